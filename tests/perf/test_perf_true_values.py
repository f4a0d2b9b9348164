"""Inputs that calculators once answered wrongly, refused or could not be asked about, each with its right answer.

`CASES` has a row for each: what it is, the files of the call by name, the call, and what the answer must hold. A figure
is looked up by its address, such as `endpoints[GET /cart].requests`. `ELSEWHERE` names the tests of those cases that
need more than one call.
"""

import ast
import functools
import json
import math
import random
import shlex
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from acolytes_perf.cli import main
from acolytes_perf.commands.forecast_event import COMMAND as EVENT
from perf_answers import document_figures, document_values

SAMPLES = Path(__file__).parents[1] / "perf_results" / "samples"
HEADING = "timeStamp,elapsed,label,responseCode,responseMessage,success\n"
START = 1_760_000_000_000
Files = Mapping[str, "str | Callable[[], str]"]


class Case(NamedTuple):
    """One call and its right answer.

    Attributes:
        what: the kind of input.
        files: text by name.
        call: words of the call.
        figures: values by their addresses.
        said: texts that the answer, an assumption or a warning must hold.
        code: exit code.
    """

    what: str
    files: Files
    call: str
    figures: Mapping[str, Any] = {}
    said: tuple[str, ...] = ()
    code: int = 0


def row(at: float, elapsed: int, label: str = "a", code: str = "200", message: str = "OK") -> str:
    return f"{START + round(1000 * at)},{elapsed},{label},{code},{message},{'true' if code == '200' else 'false'}\n"


def jtl(*rows: str) -> str:
    return HEADING + "".join(rows)


def run_of(seed: int, failing: float) -> str:
    """A run of 400 requests; those that fail are fast."""
    rng, rows = random.Random(seed), []
    for at in range(400):
        if rng.random() < failing:
            rows.append(row(at / 10, 5, code="500", message="Internal Server Error"))
        else:
            rows.append(row(at / 10, round(rng.lognormvariate(5, 0.3))))
    return jtl(*rows)


def series(heading: str, times: list[str], values: list[float]) -> str:
    return "\n".join([heading, *(f"{time},{value:g}" for time, value in zip(times, values, strict=True))]) + "\n"


def hours(count: int) -> list[str]:
    return [
        (datetime(2026, 3, 1, tzinfo=timezone.utc) + timedelta(hours=at)).strftime("%Y-%m-%d %H:%M")
        for at in range(count)
    ]


def days(count: int, form: str = "%Y-%m-%d") -> list[str]:
    return [(datetime(2026, 1, 1, tzinfo=timezone.utc) + timedelta(days=at)).strftime(form) for at in range(count)]


def special_day() -> str:
    """Nine weeks of hours that grow by 1.5 % a week, with one day at 1.8 times."""
    rng, values = random.Random(5), []
    for at in range(9 * 168):
        usual = (
            700 * 1.015 ** (at / 168) * (1 + 0.3 * math.sin(2 * math.pi * at / 24)) * (0.7 if at // 24 % 7 > 4 else 1)
        )
        values.append(usual * (1.8 if at // 24 == 44 else 1) * (1 + rng.gauss(0, 0.02)))
    return series("time,load", hours(9 * 168), values)


def exceeded() -> str:
    rng = random.Random(6)
    return series("date,load", days(60), [95 if at == 57 else 50 + rng.gauss(0, 2) for at in range(60)])


def warm_up_failures() -> str:
    rows = [row(at / 10, 100, code="500" if at < 60 and at % 2 else "200") for at in range(600)]
    return jtl(*rows)


def leak() -> str:
    rng = random.Random(7)
    return jtl(*(row(at / 5, round(100 + at / 3 + rng.gauss(0, 10))) for at in range(3000)))


def transactions() -> str:
    rows = []
    for at in range(20):
        rows += [row(at, 100), row(at + 0.2, 300)]
        rows.append(
            row(at, 400, "buy", message='"Number of samples in transaction : 2, number of failing samples : 0"')
        )
    return jtl(*rows)


SUMMARY = {"min": 1, "max": 9, "count": 100, "mean": 5, "median": 5, "p95": 8, "p99": 9}
ARTILLERY = json.dumps({"aggregate": {
    "counters": {"http.requests": 100, "http.responses": 100, "http.codes.200": 60, "http.codes.500": 40,
                 "errors.Failed capture or match": 40},
    "summaries": {"http.response_time": SUMMARY}}})  # fmt: skip
#: What `wrk2 -U` adds to its report.
UNCORRECTED = """
  Latency Distribution (HdrHistogram - Uncorrected Latency (measured without taking delayed starts into account))
 50.000%    1.00ms
 99.000%    2.00ms
100.000%    3.00ms
"""
WRK2_P99 = pytest.approx(0.425)


def k6_csv(form: str) -> str:
    """40 requests, two a second, under k6's headings."""
    names = "metric_name,timestamp,metric_value,check,error,error_code,expected_response,group,method,name,proto"
    rows = [f"{names},scenario,service,status,subproto,tls_version,url,extra_tags,metadata"]
    for at in range(40):
        # k6 writes the end of a request
        end = datetime(2026, 3, 1, 10, tzinfo=timezone.utc) + timedelta(seconds=at / 2, milliseconds=100 + at)
        unix = end.timestamp()
        stamp = {"rfc3339": end.isoformat().replace("+00:00", "Z"), "s": f"{unix:.0f}", "ms": f"{unix * 1e3:.0f}"}
        text = stamp.get(form, f"{unix * 1e6:.0f}")
        rows.append(f"http_reqs,{text},1,,,,true,,GET,a,HTTP/1.1,default,,200,,,a,,")
        rows.append(f"http_req_duration,{text},{100 + at},,,,true,,GET,a,HTTP/1.1,default,,200,,,a,,")
        rows.append(f"http_req_failed,{text},0,,,,true,,GET,a,HTTP/1.1,default,,200,,,a,,")
    return "\n".join(rows) + "\n"


LOCUST = """Type,Name,Request Count,Failure Count,Median Response Time,Average Response Time,Min Response Time,\
Max Response Time,Average Content Size,Requests/s,Failures/s,50%,66%,75%,80%,90%,95%,98%,99%,99.9%,99.99%,100%
GET,/cart,1000,500,100,110,50,400,10,10,5,100,110,120,130,150,200,250,300,390,400,400
POST,/cart,10,0,200,210,150,300,10,0.1,0,200,210,220,230,250,260,270,280,300,300,300
,Aggregated,1010,500,100,111,50,400,10,10.1,5,100,110,120,130,150,200,250,300,390,400,400
"""
GATLING = """RUN\t1434473442000\tsimulation\tbasic\t2.0\t
REQUEST\tScn\t1\t\trequest_1\t1434473443000\t1434473443005\t1434473443490\t1434473443500\tOK\t
REQUEST\tScn\t2\t\trequest_1\t1434473444000\t1434473444005\t1434473444490\t1434473444500\tOK\t
"""
BEFORE = {f"before-{run}.jtl": run_of(run, 0) for run in range(1, 6)}
AFTER = {f"after-{run}.jtl": run_of(10 + run, 0.3) for run in range(1, 6)}
GATE = "--metric p95 --regression 5%"
EVERY_RUN = "--baseline 'before-*.jtl' --candidate 'after-*.jtl'"
RISING = [100.0 + at for at in range(40)]
HOURS = [100.0 + at for at in range(24)]


def ordinary(at: int) -> float:
    day = 1 + 0.3 * math.sin(2 * math.pi * at / 24)
    return float(700 * 1.015 ** (at / 168)) * day * (0.7 if at // 24 % 7 > 4 else 1)


def highest_to_come() -> float:
    """The median of the highest of the two weeks after `special_day`, by simulation."""
    rng = random.Random(8)
    draws = [max(ordinary(at) * (1 + rng.gauss(0, 0.02)) for at in range(1512, 1848)) for _ in range(200)]
    return sorted(draws)[100]


def wait_of_gamma_gaps() -> float:
    """The mean wait of one server with exponential service and gamma gaps (GI/M/1), by its root."""
    service, shape = 10.0, 1 / 4
    scale = (1 / 8) / shape
    root = 0.5
    for _ in range(500):
        root = (1 + scale * service * (1 - root)) ** -shape
    return root / (service * (1 - root))


def failures_by_message() -> str:
    return jtl(*(row(at, 50, code="500", message="Internal Server Error") for at in range(3)),
               *(row(3 + at, 60, code="503", message="Unavailable") for at in range(2)),
               *(row(5 + at, 100 + at) for at in range(95)))  # fmt: skip


def thousands() -> str:
    return "day,load\n" + "".join(f'{day},"{1000 + 10 * at:,}.5"\n' for at, day in enumerate(days(40)))


def zones() -> str:
    rows = [f"{hour},{zone},{100 * zone + at}" for at, hour in enumerate(hours(30)) for zone in (1, 2)]
    return "\n".join(["time,zone,load", *rows]) + "\n"


def without_heading() -> str:
    rest = "a,200,OK,t,text,true,,9,9,1,1,,5,0,0"
    return "".join(f"2026/03/01 10:00:{at:02}.000,{100 + at},{rest}\n" for at in range(40))


@functools.cache
def sample(name: str) -> str:
    return (SAMPLES / name).read_text(encoding="utf-8")


CASES = [
    # figures that were wrong
    Case("30 % fast failures are no better release", {**BEFORE, **AFTER}, f"results compare {EVERY_RUN}",
         {"failures[a].candidate": pytest.approx(0.3, abs=0.03), "worse": 1, "better": 0}, ("Worse: a (failures 0 %",)),
    Case("a gate of p95 fails for them", {**BEFORE, **AFTER}, f"results compare {EVERY_RUN} {GATE}", code=1),
    *(Case(f"hours under the heading {heading}", {"load.csv": series(f"{heading},load", hours(24), HOURS)},
           "forecast runout --history load.csv --capacity 140 --horizon 30h",
           {"chance_50_percent_in": pytest.approx(17.5 * 3600, abs=5400)}, ("steps of 1 h",))
      for heading in ("ts", "date_time")),
    Case("numbered weeks", {"load.csv": series("week,load", [str(at) for at in range(1, 25)], HOURS)},
         "forecast runout --history load.csv --capacity 140 --horizon 210d",
         {"chance_50_percent_in": pytest.approx(17.5 * 7 * 86400, abs=9 * 86400)}),
    Case("wrk2 with -U", {"run.txt": lambda: sample("wrk2.txt") + UNCORRECTED}, "results summarize --file run.txt",
         {"percentiles[p99].latency": WRK2_P99}),
    Case("Artillery's checks are not added to its codes", {"run.json": ARTILLERY}, "results summarize --file run.json",
         {"error_rate": pytest.approx(0.4), "failures": 40}),
    *(Case(f"a label that {name} does not have", {name: sample(name)},
           f"results summarize --file {name} --label 'GET /no-such'", {}, ("label: ",), 2)
      for name in ("k6_summary.json", "artillery.json", "wrk.txt", "oha.json", "vegeta_report.json", "hey.txt")),
    Case("a special day is no growth", {"load.csv": special_day},
         "forecast runout --history load.csv --capacity 1600 --horizon 14d",
         {"probability_exceeded": pytest.approx(0, abs=0.01), "highest": pytest.approx(highest_to_come(), rel=0.02)},
         ("24 values far from those of other seasons are left out: 1385 (1.801x) from 2026-04-14",)),
    Case("what was exceeded in the history", {"load.csv": exceeded}, "forecast runout --history load.csv --capacity 90",
         {"steps_exceeded": 1}, ("above the capacity in 1 of 60 steps, the last time with 95",)),
    Case("rows of transactions", {"run.jtl": transactions}, "results summarize --file run.jtl --warm-up none",
         {"requests": 40, "percentiles[p95].latency": pytest.approx(0.3), "throughput": pytest.approx(40 / 19.5)},
         ("transaction",)),
    Case("the span ends with the last answer", {"run.jtl": jtl(row(0, 30_000), row(10, 30_000))},
         "results summarize --file run.jtl --warm-up none", {"throughput": pytest.approx(3 / 60), "duration": 40}),
    Case("warm-up hides no failure", {"run.jtl": warm_up_failures}, "results summarize --file run.jtl",
         {"failures": 30, "error_rate": pytest.approx(0.05)}),
    Case("a leak has no steady state", {"run.jtl": leak}, "results summarize --file run.jtl", {"all_requests": None},
         ("no steady state",)),
    Case("without success the code decides",
         {"run.jtl": "timeStamp,elapsed,label,responseCode\n" + "".join(f"{START + at},9,a,500\n" for at in range(20))},
         "results summarize --file run.jtl --warm-up none", {"error_rate": 1}),
    Case("without success and code failures are unknown",
         {"run.jtl": "timeStamp,elapsed,label\n" + "".join(f"{START + at},9,a\n" for at in range(20))},
         "results summarize --file run.jtl --warm-up none", {"error_rate": None}),
    Case("one name of two methods is two endpoints", {"run_stats.csv": LOCUST},
         "results summarize --file run_stats.csv --label /cart", {}, ("it has GET /cart, POST /cart",), 2),
    Case("each of them has its own failures", {"run_stats.csv": LOCUST}, "results summarize --file run_stats.csv",
         {"requests": 1010, "endpoints[GET /cart].requests": 1000, "endpoints[POST /cart].error_rate": 0,
          "endpoints[GET /cart].error_rate": pytest.approx(0.5)}),
    Case("Gatling's fourth time ends the request", {"simulation.log": GATLING},
         "results summarize --file simulation.log --warm-up none", {"percentiles[p50].latency": pytest.approx(0.5)}),
    Case("100 users without a think time", {}, "bottleneck laws --throughput 10/s --response-time 0.5s --users 100",
         {"think_time": pytest.approx(9.5)}),
    # files that were refused, or read in part
    Case("days as dd.mm.yyyy", {"load.csv": series("Datum,Last", days(40, "%d.%m.%Y"), RISING).replace(",", ";")},
         "forecast runout --history load.csv --horizon 12d --season 1", {"demand": pytest.approx(151, rel=0.01)},
         ("steps of 24 h",)),
    Case("days as mm/dd/yyyy", {"load.csv": series("day,load", days(40, "%m/%d/%Y"), RISING)},
         "forecast runout --history load.csv --horizon 12d --season 1", {"demand": pytest.approx(151, rel=0.01)},
         ("steps of 24 h",)),
    Case("days with two readings", {"load.csv": series("day,load", days(12, "%m/%d/%Y"), RISING[:12])},
         "forecast runout --history load.csv --horizon 12d --season 1", {}, ("time=dd/mm/yyyy:day",), 2),
    Case("separators of thousands", {"load.csv": thousands},
         "forecast runout --history load.csv --horizon 12d --season 1", {"demand": pytest.approx(1510.5, rel=0.01)}),
    Case("zones as whole numbers",
         {"load.csv": zones},
         "forecast runout --history load.csv --select zone=2 --horizon 12h --season 1",
         {"demand": pytest.approx(241, rel=0.01)}),
    Case("several zones are not mixed",
         {"load.csv": zones},
         "forecast runout --history load.csv --horizon 12h", {}, ("--select",), 2),
    Case("a pattern names the runs of a side", BEFORE, "results summarize --file 'before-*.jtl' --warm-up none",
         {"runs": 5, "all_requests": 2000, "runs[before-3.jtl].requests": 400}),
    Case("a JTL without a heading line and with local times",
         {"run.jtl": without_heading},
         "results summarize --file run.jtl --warm-up none", {"requests": 40, "max": pytest.approx(0.139)}),
    *(Case(f"k6's CSV with times as {form}", {"k6.csv": functools.partial(k6_csv, form)},
           "results summarize --file k6.csv --warm-up none",
           {"requests": 40, "max": pytest.approx(0.139), "throughput": pytest.approx(40 / 19.639, rel=0.03)})
      for form in ("rfc3339", "s", "ms", "us")),
    Case("a step that agrees with the file", {"load.csv": series("ts,load", hours(24), HOURS)},
         "forecast runout --history load.csv --step 1h --horizon 12h --season 1",
         {"demand": pytest.approx(135, rel=0.01)}),
    Case("a step that does not", {"load.csv": series("ts,load", hours(24), HOURS)},
         "forecast runout --history load.csv --step 90min", {}, ("the times of the history are 1 h apart",), 2),
    # questions that no command answered
    Case("failures by code and message", {"run.jtl": failures_by_message},
         "results summarize --file run.jtl --warm-up none",
         {"failures[500 Internal Server Error].failures": 3, "failures[503 Unavailable].failures": 2}),
    Case("percentiles of successes alone", {"run.jtl": failures_by_message},
         "results summarize --file run.jtl --warm-up none --percentiles 1%,50%",
         {"percentiles[p1].latency": pytest.approx(0.05), "percentiles[p1].successes": pytest.approx(0.1)}),
    Case("apdex", {"run.jtl": jtl(*(row(at, 100 if at < 60 else 500 if at < 90 else 1500) for at in range(100)))},
         "results summarize --file run.jtl --warm-up none --apdex-target 300ms", {"apdex": pytest.approx(0.75)}),
    Case("a table of endpoints", {"run.jtl": jtl(*(row(at, 100 + at, "ab"[at % 2]) for at in range(100)))},
         "results summarize --file run.jtl --warm-up none",
         {"endpoints[a].requests": 50, "endpoints[b].max": pytest.approx(0.199)}),
    Case("absolute limits of one run", {"run.jtl": failures_by_message},
         "budget check --limits p95:500ms,failures:1% --candidate run.jtl --warm-up none",
         {"latency_limits[all requests p95].passes": True, "failure_limits[all requests failures].fails": True},
         code=1),
    Case("CPU in thousandths of a core",
         {"cpu.csv": series("time,cpu", hours(48), [250] * 48).replace("250", "250m")},
         "forecast runout --history cpu.csv --columns value=cores:cpu --capacity 2 --season 1 --horizon 12h",
         {"demand": pytest.approx(0.25)}),
    Case("memory in Mi", {"memory.csv": series("time,memory", hours(48), [512] * 48).replace("512", "512Mi")},
         "forecast runout --history memory.csv --capacity 2GB --season 1 --horizon 12h",
         {"demand": pytest.approx(536.870912)}, ("steps of 1 h",)),
    Case("several objectives and a list of incidents",
         {"incidents.csv": "date,minutes,share\n2026-10-02,35,100%\n2026-10-20,50,20%\n"},
         "slo report --slo 99.9%,99.95% --incidents incidents.csv --since 2026-10-01 --until 2026-10-31",
         {"bad_time": pytest.approx(45 * 60)}),
    Case("an uncertain factor times an uncertain ordinary hour", {},
         "forecast event " + " ".join(f"--{name} {shlex.quote(value)}" for name, value in EVENT.example.items()
                                      if name != "peak") + " --peak 1.5x..1.8x..2.2x",
         {"cost_now": 310}),
    Case("a service with a hyphen", {}, "slo alerts --slo 99.9% --service partner-api", {}),
]  # fmt: skip

#: The file of a test, by the word before its name.
FOLDERS = {
    "perf": "perf/test_perf_{}.py",
    "results": "perf_results/test_perf_results_{}.py",
    "series": "perf_series/test_perf_series_{}.py",
    "models": "perf_models/test_perf_{}.py",
    "house": "house/test_house_{}.py",
}
#: What needs more than one call, or a real tool, and the tests of it.
ELSEWHERE = {
    "limits of the wait for gamma gaps": "perf/true_values::test_the_wait_of_gamma_gaps_is_within_the_limits",
    "a k6 script has room for a slow system": "perf/true_values::test_a_k6_script_has_room_and_thresholds",
    "many URLs": "results/names::test_many_endpoints_are_one_group_with_their_number",
    "examples in docstrings run": "house/doctests::test_the_examples_of_a_module_run",
    "k6's newer summary, and its endpoints": "results/readers::test_endpoints_of_a_k6_summary",
    "k6 with gRPC alone": "results/readers::test_a_k6_run_of_grpc_alone",
    "HdrHistogram .hgrm": "results/readers::test_a_percentile_distribution_of_hdrhistogram",
    "HdrHistogram logs, versions 0 and 1": ("results/readers::test_logs_of_older_versions_of_hdrhistogram"),
    "hey where every request failed": "results/readers::test_hey_where_every_request_failed",
    "Gatling's binary log, ab, autocannon, ghz, fortio, siege, Taurus, access logs": (
        "results/formats::test_a_sample_gives_its_requests_errors_and_latencies"
    ),
    "folders": "results/releases::test_folders_are_sides",
    "a run over time": "results/report::test_time_series_has_the_throughput_of_each_part",
    "several series of Prometheus": "series/commands::test_several_series_are_chosen_or_added",
    "Grafana": "series/formats::test_grafana_series_joined_by_time",
    "CloudWatch": "series/formats::test_metric_data_of_cloudwatch",
    "several seasons": "models/forecast_history::test_hours_of_a_week_with_gaps_and_an_outlier",
    "holidays": "models/special_days::test_a_calendar_carries_the_effect_of_past_days_to_later_ones",
    "warnings of coordinated omission": "results/report::test_only_a_closed_model_is_warned_of",
    "the order of the runs": "results/releases::test_the_order_of_the_runs_is_read_from_the_files",
    "shares of zero": "results/releases::test_shares_may_be_zero",
    "rules for absence": "models/slo_replay::test_missing_samples_and_missing_requests_page",
    "rules at low traffic": "models/slo_replay::test_both_incidents_are_paged_and_chance_pages_nobody",
    "the job of a sale": "models/event::test_a_sale_is_answered_by_one_call_with_the_true_figures",
    "a chart of it": ("models/event::test_the_chart_shows_the_chance_of_each_size_and_capacity_against_demand"),
    "the job of a release": ("results/releases::test_one_call_tells_which_endpoint_became_slower_and_which_fails"),
    "the job of an objective": "models/slo_report::test_counters_give_the_requests_of_the_last_30_days",
}


@pytest.mark.parametrize("case", CASES, ids=[case.what for case in CASES])
def test_the_right_answer(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, text in case.files.items():
        Path(name).write_text(text if isinstance(text, str) else text(), encoding="utf-8")
    code = main([*shlex.split(case.call), "--json"])
    out, err = capsys.readouterr()
    assert code == case.code, err
    if code not in (0, 1):
        assert all(text in err for text in case.said), err
        return
    document = json.loads(out)
    values = document_values(document)
    assert {address: values.get(address) for address in case.figures} == case.figures
    said = [document["answer"], *document["assumptions"], *(one["message"] for one in document["warnings"])]
    assert all(any(text in line for line in said) for text in case.said), said


@pytest.mark.parametrize("what", ELSEWHERE)
def test_the_named_test_exists(what: str) -> None:
    file, _, name = ELSEWHERE[what].partition("::test_")
    folder, stem = file.split("/")
    tree = ast.parse((Path(__file__).parents[1] / FOLDERS[folder].format(stem)).read_text(encoding="utf-8"))
    assert f"test_{name}" in [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]


def answered(capsys: pytest.CaptureFixture[str], call: str) -> dict[str, Any]:
    assert main([*shlex.split(call), "--json"]) == 0
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    return document


def test_the_wait_of_gamma_gaps_is_within_the_limits(capsys: pytest.CaptureFixture[str]) -> None:
    document = answered(capsys, "queue mgc --arrival-rate 8/s --service-time 100ms --servers 1 --arrival-scv 4")
    low, high = document_figures(document)["mean_wait"]["ci"]
    assert low <= wait_of_gamma_gaps() <= high
    assert wait_of_gamma_gaps() == pytest.approx(1.0955, abs=1e-4)


def test_a_k6_script_has_room_and_thresholds(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(shlex.split("loadtest plan --throughput 200/s --response-time 250ms --format k6")) == 0
    text = capsys.readouterr().out.partition("export const options = ")[2].partition(";\n")[0]
    options = json.loads(text)
    # 50 requests are in flight when all is well; room for those of a system that answers within the time limit of 10 s
    assert options["scenarios"]["plan"]["maxVUs"] >= 200 * 10
    assert {"http_req_duration", "http_req_failed"} <= set(options["thresholds"])
