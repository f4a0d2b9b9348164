"""What the figures of each format mean, for the documentation; no command imports it."""

from __future__ import annotations

from typing import NamedTuple

_STATUS = "status of 400 or above, or no response"
_NO_SPAN = "no times"


class Meaning(NamedTuple):
    """What a reader counts. Throughput is always requests over the span.

    Attributes:
        file: how the tool writes it.
        request: what counts as a request.
        failure: what counts as a failed one.
        duration: what is measured.
        span: from when to when the run takes; throughput is requests over it.
        checked: tool and version of the sample, or that it was written from public documentation.
    """

    file: str
    request: str
    failure: str
    duration: str
    span: str
    checked: str


_STARTS = "first start to last end"
_DOCUMENTED = "written from the tool's documentation"
_SOURCE = "written from the tool's source; not run"
_DESCRIBED = "no file of the tool: made from descriptions of the format"
MEANINGS = {
    "baseline": Meaning(
        "`results summarize --out`",
        "as in the summarized file",
        "as there",
        "as there",
        "as there",
        "our own",
    ),
    "hdr": Meaning(
        "HdrHistogram log",
        "each counted value",
        "not in the file",
        "the value",
        "sum of the intervals",
        "Python library `hdrhistogram`",
    ),
    "gatling": Meaning(
        "`simulation.log`, text, up to 3.9",
        "`REQUEST` line",
        "`KO`",
        "start to end",
        _STARTS,
        _DOCUMENTED,
    ),
    "gatling_binary": Meaning(
        "`simulation.log`, binary, since 3.10",
        "request record",
        "status not OK",
        "start to end",
        _STARTS,
        "written from Gatling's source of 2026; not run",
    ),
    "gatling_stats": Meaning(
        "`stats.json`",
        "request of the report",
        "`ko`",
        "the report's",
        "not in the file",
        _DOCUMENTED,
    ),
    "vegeta": Meaning(
        "`vegeta encode --to json`",
        "each line",
        "status outside 200 to 399, or an error",
        "latency",
        _STARTS,
        "written from vegeta's source of 12.13.0; not run",
    ),
    "vegeta_report": Meaning(
        "`vegeta report`",
        "the report's requests",
        "1 - success ratio",
        "the report's",
        "the attack",
        "written from vegeta's source of 12.13.0; not run",
    ),
    "k6": Meaning(
        "`--out json`",
        "`http_req_duration` or `grpc_req_duration` point",
        "tag `expected_response` is false, or status",
        "sending, waiting and receiving",
        _STARTS,
        "written from k6's source of 2.2.0; not run",
    ),
    "k6_csv": Meaning(
        "`--out csv`",
        "`http_req_duration` row",
        "`expected_response` is false, or status",
        "sending, waiting and receiving",
        _STARTS,
        "written from k6's source of 2.2.0; not run",
    ),
    "k6_summary": Meaning(
        "`--summary-export`, `handleSummary`, also with `--new-machine-readable-summary`",
        "`http_reqs`; gRPC: count of `grpc_req_duration`, else iterations; browser: of `browser_http_req_failed`",
        "`http_req_failed`; gRPC: not in the file",
        "`http_req_duration`, `grpc_req_duration` or `browser_http_req_duration`",
        "the length of the test, else requests over their rate",
        "written from k6's source of 2.2.0; not run",
    ),
    "jtl": Meaning(
        "JTL as CSV; Taurus' `kpi.jtl`",
        "row that is not a transaction",
        "`success` is false; without it, the code",
        "`elapsed`",
        _STARTS,
        "JMeter 2.13, Taurus 1.17.2; newer versions from documentation",
    ),
    "jtl_xml": Meaning(
        "JTL as XML",
        "sample that is not a transaction",
        "`s` is false",
        "`t`",
        _STARTS,
        "JMeter 2.13",
    ),
    "hey": Meaning(
        "text report",
        "responses and errors",
        _STATUS,
        "the report's",
        "the report's total",
        "hey 0.1.4",
    ),
    "hey_csv": Meaning(
        "`-o csv`",
        "each row",
        "status of 400 or above",
        "`response-time`",
        _STARTS,
        "hey 0.1.4",
    ),
    "locust": Meaning(
        "`--csv`: stats, history or requests",
        "row's request count; the last second may be missing",
        "row's failure count",
        "the row's",
        "requests over their rate; first to last row of the history",
        "Locust 2.47.0",
    ),
    "locust_json": Meaning(
        "`--json` or `--json-file`",
        "`num_requests`",
        "`num_failures`",
        "`response_times`: nearest rank of times that Locust rounds to two digits from 100 ms on",
        "first start to last request",
        "Locust 2.47.0",
    ),
    "oha": Meaning(
        "`--output-format json`",
        "responses and errors, without those that oha aborted at the end",
        _STATUS,
        "the report's",
        "the report's total",
        "written from oha's source of 1.15.0; not run",
    ),
    "artillery": Meaning(
        "JSON report",
        "`http.responses` and requests without one",
        "code of 400 or above, or no response",
        "`http.response_time`",
        "first to last metric",
        "Artillery 2.0.21; version 1 from documentation",
    ),
    "wrk2": Meaning(
        "wrk and wrk2, text with `--latency`",
        "requests",
        "response not 2xx or 3xx, or a socket error",
        "latency, corrected in wrk2",
        "the report's",
        "wrk 4.1.0; wrk2 from documentation",
    ),
    "ab": Meaning(
        "report as text; `-g`; not `-e`, which has no number of requests",
        "complete requests",
        "not 2xx, or an error of connection, receiving or protocol; another length is not a failure; not in `-g`",
        "total time (`ttime`)",
        "the report's; from `-g` only from 20 s on",
        "ab 2.3",
    ),
    "autocannon": Meaning(
        "`--json`",
        "responses and errors",
        _STATUS,
        "latency",
        "`duration`",
        "autocannon 9.0.0",
    ),
    "ghz": Meaning(
        "`--format json`",
        "each call in `details`, else `count`",
        "status other than OK",
        "latency; of `details` also that of failures",
        "first start to last end, else `total`",
        _DESCRIBED,
    ),
    "fortio": Meaning(
        "`-json`",
        "count of `DurationHistogram`",
        _STATUS + "; gRPC: not SERVING",
        "`DurationHistogram`",
        "`ActualDuration`",
        _DESCRIBED,
    ),
    "siege": Meaning(
        "report as JSON or text; log with one run",
        "transactions, and those that failed",
        "failed transactions",
        "response time, rounded to 10 ms",
        "elapsed time",
        "siege 4.0.7",
    ),
    "taurus": Meaning(
        "final stats, `dump-csv`",
        "`succ` + `fail`",
        "`fail`; a status of 500 that no assertion checks is none",
        "`avg_rt`, `perc_..`",
        "not in the file",
        "Taurus 1.17.2",
    ),
    "access_log": Meaning(
        "access log of nginx, Apache, AWS ALB or Envoy",
        "each line",
        "status of 400 or above, or 0",
        "nginx `$request_time`, else upstream time (`-` counts as 0, several are added); Apache `%D`, `%T`; "
        "ALB: its three times (-1 counts as 0); Envoy `%DURATION%`",
        "first start to last end; nginx and ALB log the end, Apache and Envoy the start",
        "written from the servers' documentation",
    ),
    "chosen_columns": Meaning(
        "any CSV, TSV or NDJSON with `--columns`",
        "each row",
        "`success` is false; else status of 400 or above, below 100, or a word such as `failed`; gRPC: not 0",
        "the chosen column",
        _STARTS,
        "any tool",
    ),
}


def page() -> str:
    """The documentation page of result files, in Markdown."""
    lines = [_INTRODUCTION]
    for name, meaning in sorted(MEANINGS.items(), key=lambda item: item[1].file.lower()):
        title = _TITLES.get(name, name.replace("_", " "))
        lines.append(
            f"### {title}\n\n| | |\n| --- | --- |\n| File | {meaning.file} |\n| Request | {meaning.request} |\n"
            f"| Failure | {meaning.failure} |\n| Duration | {meaning.duration} |\n| Span | {meaning.span} |\n"
            f"| Checked with | {meaning.checked} |\n"
        )
    return "\n".join(lines)


_TITLES = {
    "hdr": "HdrHistogram", "gatling": "Gatling, text", "gatling_binary": "Gatling, binary",
    "gatling_stats": "Gatling, report", "vegeta": "vegeta, requests", "vegeta_report": "vegeta, report",
    "k6_csv": "k6, CSV", "k6_summary": "k6, summary", "k6": "k6, NDJSON", "jtl": "JMeter, CSV",
    "jtl_xml": "JMeter, XML",
    "hey_csv": "hey, CSV", "hey": "hey, report", "locust": "Locust, CSV", "locust_json": "Locust, JSON",
    "artillery": "Artillery", "wrk2": "wrk and wrk2",
    "taurus": "Taurus", "access_log": "Access logs", "chosen_columns": "Any other file", "baseline": "Our own summary",
    "ab": "ApacheBench",
}  # fmt: skip
_INTRODUCTION = """\
# Result files

`acolytes-perf results summarize --file FILE` and `results compare` recognise a file by its content, compressed with
gzip or not. This page says what each format's figures mean. Throughput is the number of requests over the span.

## Files of any other tool

Name the columns of a CSV, TSV or NDJSON file with `--columns ROLE=HEADING` or `ROLE=UNIT:HEADING`:

```sh
acolytes-perf results summarize --file run.csv --columns time=ts,duration=ms:latency,label=path,status=code
```

- `duration` is needed. Its unit is `ns`, `us`, `ms`, `s`, `min` or `h`. It may also stand in the heading
  (`latency_ms`) or in the cells (`12ms`).
- `time` is ISO 8601 or seconds, ms, us or ns since 1970. A file in which day and month could be mixed up is refused.
- `status` is an HTTP status, a gRPC code or a word. `success` is true or false, and wins over the status.
- `label` is the name of the endpoint. `label=fold:path` writes `{id}` for the numbers and UUIDs in a path.
- A member of an object in NDJSON has dots: `duration=ms:http.latency`.

## Access logs

The name of a request is its method and path, without the query string. A log without durations still gives requests
and failures. Apache's `%D` is recognised when the median is at least 10,000, which as milliseconds would be 10 s. Any
other whole number needs its unit: `--columns "duration=s:field 10"`.

## Warm-up

`--warm-up auto` leaves the requests at the start out of latency and throughput while they are slower, or quicker, than
the rest. Latencies count by their rank, and the end is where MSER is least. `results compare` and the budgets look at
all runs of a side together, and leave the same time out of every run. Failures always count from the start, also in
Apdex. Nothing is left out where the latency changes through the whole run: a warning says so.

## Standard input

`-` is standard input, compressed or not, in place of one file.

## Formats
"""
