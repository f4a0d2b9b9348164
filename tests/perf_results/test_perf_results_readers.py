"""Wrong numbers that readers once gave, each with its true value, and files that were once refused."""

import base64
import io
import json
import random
import struct
import zlib
from pathlib import Path

import pytest

from acolytes_perf.errors import InputError
from acolytes_perf.methods.runs.load_test import LoadTestRun, read_run
from acolytes_perf.result_files import jtl

HEADING = "timeStamp,elapsed,label,responseCode,responseMessage,threadName,dataType,success,failureMessage,bytes\n"
START = 1_760_000_000_000


def read(path: Path, content: str, label: str | None = None, warm_up: str = "none") -> LoadTestRun:
    path.write_text(content, encoding="utf-8", newline="")
    return read_run(str(path), "/file", label, warm_up)


def row(at: float, elapsed: int, label: str = "a", code: str = "200", message: str = "OK", ok: str = "true",
        failure: str = "") -> str:  # fmt: skip
    return f"{START + round(1000 * at)},{elapsed},{label},{code},{message},Thread 1-1,text,{ok},{failure},9\n"


def test_a_jtl_has_endpoints_with_failures_by_cause(tmp_path: Path) -> None:
    rows = [row(index, 100 + index, "GET /a") for index in range(6)]
    rows += [row(2, 900, "POST /b", "500", "Internal Server Error", "false"), row(3, 40, "POST /b")]
    rows += [row(4, 50, "POST /b", "200", "OK", "false", "Test failed: text expected")]
    run = read(tmp_path / "a.jtl", HEADING + "".join(rows))
    assert list(run.endpoints) == ["GET /a", "POST /b"]
    pay = run.endpoints["POST /b"]
    assert (pay.requests, pay.failed, run.whole.requests, run.whole.failed) == (3, 2, 9, 2)
    assert pay.causes == {("500", "Internal Server Error"): 1, ("200", "Test failed: text expected"): 1}
    assert pay.counts - pay.failed_counts == {40_000_000: 1}
    assert sum(part.failed for part in pay.slices.values()) == 2
    assert sum(part.requests for part in run.endpoints["GET /a"].slices.values()) == 6
    assert run.whole.counts == run.endpoints["GET /a"].counts + pay.counts


def test_the_span_ends_at_the_last_end(tmp_path: Path) -> None:
    run = read(tmp_path / "a.jtl", HEADING + row(0, 30_000) + row(10, 30_000))
    assert run.duration == 40
    assert 60 * run.whole.requests / run.duration == 3
    # an early request may end last
    assert read(tmp_path / "b.jtl", HEADING + row(0, 90_000) + row(10, 1000)).duration == 90


def test_rows_of_transactions_are_no_requests(tmp_path: Path) -> None:
    sums = '"Number of samples in transaction : 2, number of failing samples : 0"'
    rows = [row(0, 100), row(0.1, 200), row(0, 300, "buy", "200", sums), row(1, 100), row(1, 100, "buy", "200", sums)]
    run = read(tmp_path / "a.jtl", HEADING + "".join(rows))
    assert (run.whole.requests, list(run.endpoints), sum(run.left_out.values())) == (3, ["a"], 2)
    with pytest.raises(InputError, match="2 rows of transaction controllers"):
        read(tmp_path / "b.jtl", HEADING + rows[2] + rows[4])


@pytest.mark.parametrize("parent", [False, True])
def test_rows_of_transactions_in_xml_are_no_requests(tmp_path: Path, parent: bool) -> None:
    message = "Number of samples in transaction : 1, number of failing samples : 0"
    request = f'<httpSample t="10" ts="{START}" s="true" lb="a" rc="200" rm="OK"><httpSample t="3" ts="{START}"/>'
    request += "</httpSample>"
    inside, beside = (request, "") if parent else ("", request)
    transaction = f'<sample t="10" ts="{START}" s="true" lb="buy" rc="200" rm="{message}">{inside}</sample>'
    run = read(
        tmp_path / "a.xml", f'<?xml version="1.0"?>\n<testResults version="1.2">{beside}{transaction}</testResults>\n'
    )
    assert (run.whole.requests, list(run.endpoints), sum(run.left_out.values())) == (1, ["a"], 1)


def test_without_success_the_code_decides_or_nothing(tmp_path: Path) -> None:
    text = "timeStamp,elapsed,label,responseCode\n" + "".join(
        f"{START + n},5,a,{code}\n" for n, code in enumerate((500, 200))
    )
    run = read(tmp_path / "a.jtl", text)
    assert (run.whole.requests, run.whole.failed, run.whole.has_outcomes) == (2, 1, True)
    lost = "timeStamp,elapsed,label,responseCode\n" + f"{START},5,a,Non HTTP response code: java.net.ConnectException\n"
    assert read(tmp_path / "b.jtl", lost).whole.failed == 1
    assert not read(tmp_path / "c.jtl", f"timeStamp,elapsed\n{START},5\n").whole.has_outcomes


def test_warm_up_does_not_hide_failures(tmp_path: Path) -> None:
    rows = [row(n / 10, 400 if n < 60 else 100 + n % 7, ok="false" if n < 60 and n % 2 else "true") for n in range(600)]
    for warm_up in ("auto", "8.5s"):
        run = read(tmp_path / "a.jtl", HEADING + "".join(rows), warm_up=warm_up)
        assert run.warm_up_seconds >= 6
        assert run.whole.requests < run.requests_read == 600
        assert run.whole.failed_read / run.whole.requests_read == 0.05
        assert run.endpoints["a"].failed_read == sum(run.whole.causes.values()) == 30


def test_a_leak_has_no_steady_state(tmp_path: Path) -> None:
    run = read(tmp_path / "a.jtl", HEADING + "".join(row(n, 100 + n) for n in range(600)), warm_up="auto")
    assert (run.warm_up_seconds, run.has_steady_state) == (0, False)
    assert read(
        tmp_path / "b.jtl", HEADING + "".join(row(n, 100 + n % 7) for n in range(600)), warm_up="auto"
    ).has_steady_state


def test_gaps_and_appended_runs_are_reported(tmp_path: Path) -> None:
    rows = "".join(row(n, 100) for n in range(100))
    later = "".join(row(500 + n, 100) for n in range(100))
    run = read(tmp_path / "a.jtl", HEADING + rows + HEADING + later)
    assert (run.corrupt, run.appended_runs, run.whole.requests) == (0, 1, 200)
    ((start, end),) = run.gaps
    assert start - START / 1000 == pytest.approx(100, abs=8)
    assert end - START / 1000 == pytest.approx(500, abs=8)


def test_a_jtl_without_a_heading(tmp_path: Path) -> None:
    run = read(tmp_path / "a.jtl", "".join(row(n, 100, f"GET /{n % 2}") for n in range(10)))
    assert (run.whole.requests, list(run.endpoints), run.corrupt) == (10, ["GET /0", "GET /1"], 0)
    assert "no heading" in run.notes[0]
    old = "".join(f"{START + n},100,home,404,Not Found,Thread 1-1,false,512,97\n" for n in range(3))
    run = read(tmp_path / "b.jtl", old)
    assert (run.whole.requests, run.whole.failed) == (3, 3)


@pytest.mark.parametrize("times", [
    ("2026/01/02 03:04:05.250", "2026/01/02 03:04:15"), ("2026-01-02 03:04:05.250", "2026-01-02 03:04:15.000"),
    ("2026-01-02T03:04:05.250+02:00", "2026-01-02T01:04:15Z"),
])  # fmt: skip
def test_a_jtl_with_local_times(tmp_path: Path, times: tuple[str, str]) -> None:
    rows = "".join(f"{time},1250,a,true\n" for time in times)
    run = read(tmp_path / "a.jtl", "timeStamp,elapsed,label,success\n" + rows)
    assert (run.whole.requests, run.duration, run.corrupt) == (2, 11, 0)


@pytest.mark.parametrize("first", ["1767323045", "1767323045000", "1767323045000000", "1767323045000000000",
                                   "2026-01-02T03:04:05Z", "2026-01-02T05:04:05.000000+02:00"])  # fmt: skip
def test_k6_csv_in_any_format_of_times(tmp_path: Path, first: str) -> None:
    text = "metric_name,timestamp,metric_value,expected_response,name,status\n"
    text += f"http_req_duration,{first},250,false,GET /,503\n"
    run = read(tmp_path / "a.csv", text)
    assert (run.end, run.start, run.duration) == (1767323045, 1767323044.75, 0.25)
    assert run.endpoints["GET /"].causes == {("503", ""): 1}


def test_recorded_latency_of_wrk2_not_uncorrected(tmp_path: Path) -> None:
    text = """Running 10s test @ http://shop.example/
  2 threads and 10 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     4.10s     2.60s    9.00s    57.00%
    Req/Sec    50.00      1.00    52.00     90.00%
  Latency Distribution (HdrHistogram - Recorded Latency)
 50.000%    4.00s
 99.000%    9.00s
100.000%    9.00s
#[Mean    =     4100.000, StdDeviation   =     2600.000]
  Latency Distribution (HdrHistogram - Uncorrected Latency (measured without taking delayed starts into account))
 50.000%    1.00ms
 99.000%    2.00ms
100.000%    3.00ms
#[Mean    =        1.100, StdDeviation   =        0.100]
  1000 requests in 10.00s, 1.00MB read
Requests/sec:    100.00
"""
    summary = read(tmp_path / "a.txt", text).summary
    assert summary
    assert (summary.percentiles[0.99], summary.mean, summary.maximum) == (9, 4.1, 9)


ARTILLERY = {"aggregate": {
    "counters": {"http.requests": 100, "http.responses": 100, "http.codes.200": 60, "http.codes.500": 40,
                 "errors.Failed capture or match": 40,
                 "plugins.metrics-by-endpoint./cart.codes.200": 10, "plugins.metrics-by-endpoint./cart.codes.500": 40},
    "summaries": {"http.response_time": {"min": 1, "max": 9, "count": 100, "mean": 5, "median": 5, "p95": 8, "p99": 9},
                  "plugins.metrics-by-endpoint.response_time./cart": {"min": 2, "max": 7, "mean": 5, "p95": 6}},
}}  # fmt: skip


def test_artillerys_checks_are_not_further_failures(tmp_path: Path) -> None:
    run = read(tmp_path / "a.json", json.dumps(ARTILLERY))
    assert (run.whole.requests, run.whole.failed) == (100, 40)
    assert run.whole.causes == {("500", ""): 40}
    cart = read(tmp_path / "a.json", json.dumps(ARTILLERY), label="/cart").summary
    assert cart
    assert (cart.requests, cart.failed, cart.percentiles) == (50, 40, {0.95: 0.006})


def test_artillerys_requests_without_response_failed(tmp_path: Path) -> None:
    report = json.loads(json.dumps(ARTILLERY))
    report["aggregate"]["counters"] |= {"http.requests": 110, "errors.ETIMEDOUT": 7}
    run = read(tmp_path / "a.json", json.dumps(report))
    assert (run.whole.requests, run.whole.failed) == (110, 50)
    assert run.whole.causes == {("500", ""): 40, ("", "ETIMEDOUT"): 7, ("", "no response"): 3}


SAMPLES = Path(__file__).parent / "samples"


@pytest.mark.parametrize("name", ["k6_summary.json", "artillery.json", "wrk.txt", "wrk2.txt", "oha.json",
                                  "vegeta_report.json", "vegeta_report.txt", "hey.txt", "hey.csv"])  # fmt: skip
def test_a_label_without_effect_is_refused(name: str) -> None:
    with pytest.raises(
        InputError, match=r"has no effect on .*, which has no figures of single endpoints: leave it out"
    ):
        read_run(str(SAMPLES / name), "/file", "GET /no-such", "none")


@pytest.mark.parametrize("name", ["k6.ndjson", "k6.csv", "jmeter.jtl", "jmeter.xml", "gatling.log", "vegeta.ndjson",
                                  "locust_stats.csv", "gatling_stats.json", "locust_stats_history.csv"])  # fmt: skip
def test_a_label_that_is_not_in_the_file_is_refused_with_those_that_are(name: str) -> None:
    with pytest.raises(InputError, match=r"is not a request of this file|has no effect"):
        read_run(str(SAMPLES / name), "/file", "GET /no-such", "none")


def test_endpoints_of_a_k6_summary(tmp_path: Path) -> None:
    metrics = {
        "http_req_duration": {"avg": 50, "min": 1, "med": 40, "max": 900, "p(95)": 200},
        "http_req_duration{name:GET /cart}": {"avg": 60, "min": 2, "med": 50, "max": 900, "p(95)": 300},
        "http_req_duration{expected_response:true}": {"avg": 45, "min": 1, "med": 40, "max": 400, "p(95)": 190},
        "http_reqs": {"count": 100, "rate": 10}, "http_reqs{name:GET /cart}": {"count": 40, "rate": 4},
        "http_req_failed": {"passes": 5, "fails": 95, "value": 0.05},
        "http_req_failed{name:GET /cart}": {"passes": 4, "fails": 36, "value": 0.1},
    }  # fmt: skip
    run = read(tmp_path / "a.json", json.dumps({"metrics": metrics}))
    assert list(run.endpoints) == ["GET /cart"]
    cart = read(tmp_path / "a.json", json.dumps({"metrics": metrics}), label="GET /cart").summary
    assert cart
    assert (cart.requests, cart.failed, cart.percentiles[0.95], cart.duration) == (40, 4, 0.3, 10)


def test_locusts_rows_of_one_name_are_two_endpoints(tmp_path: Path) -> None:
    text = "Type,Name,Request Count,Failure Count,Median Response Time,Average Response Time,Min Response Time,Max Response Time,Requests/s,95%\n"  # noqa: E501
    text += "GET,/cart,1000,500,20,30,1,400,100,90\nPOST,/cart,10,0,25,26,20,40,1,39\nGET,/,5,0,9,9,9,9,.5,9\n"
    text += ",Aggregated,1015,500,20,30,1,400,101.5,90\n"
    run = read(tmp_path / "a.csv", text)
    assert {name: (part.requests, part.failed) for name, part in run.endpoints.items()} == {
        "GET /cart": (1000, 500), "POST /cart": (10, 0), "/": (5, 0)
    }  # fmt: skip
    with pytest.raises(InputError, match="it has /, GET /cart, POST /cart"):
        read(tmp_path / "a.csv", text, label="/cart")


def test_gatlings_four_times_end_with_the_response(tmp_path: Path) -> None:
    line = "REQUEST\tScn\t1\t\trequest_1\t1434473443000\t1434473443005\t1434473443490\t1434473443500\tOK\t\n"
    run = read(tmp_path / "a.log", "RUN\tx\ty\t1434473443000\t \t2.0\n" + line)
    assert run.whole.counts == {500_000_000: 1}
    assert list(run.endpoints) == ["request_1"]


def test_hey_where_every_request_failed(tmp_path: Path) -> None:
    text = """
Summary:
  Total:\t0.0093 secs
  Slowest:\t0.0000 secs
  Fastest:\t0.0000 secs
  Average:\t NaN secs
  Requests/sec:\t2145.3

Error distribution:
  [20]\tGet "http://127.0.0.1:9/": dial tcp 127.0.0.1:9: connect: connection refused
"""
    run = read(tmp_path / "a.txt", text)
    assert (run.whole.requests, run.whole.failed) == (20, 20)
    assert run.whole.causes == {
        ("", 'Get "http://127.0.0.1:9/": dial tcp 127.0.0.1:9: connect: connection refused'): 20
    }


def test_a_k6_run_of_grpc_alone(tmp_path: Path) -> None:
    lines = [
        {"metric": "grpc_req_duration", "type": "Point", "data": {"time": f"2026-01-02T03:04:0{n}Z", "value": 10 + n,
         "tags": {"name": "/shop.Cart/Add", "status": "14" if n == 3 else "0"}}}
        for n in range(6)
    ]  # fmt: skip
    run = read(tmp_path / "a.ndjson", "".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines))
    assert (run.whole.requests, run.whole.failed) == (6, 1)
    assert run.endpoints["/shop.Cart/Add"].causes == {("14", ""): 1}


def _log(cookie: int, header: bytes, payload: bytes) -> str:
    plain = struct.pack(">i", cookie) + header + payload
    packed = zlib.compress(plain)
    return base64.b64encode(struct.pack(">ii", cookie + 1, len(packed)) + packed).decode()


@pytest.mark.parametrize("version", [0, 1])
@pytest.mark.parametrize("width", [2, 4, 8])
def test_logs_of_older_versions_of_hdrhistogram(tmp_path: Path, version: int, width: int) -> None:
    counts = [0] * 200
    counts[100], counts[150] = 9, 1
    payload = struct.pack(f">200{ {2: 'h', 4: 'i', 8: 'q'}[width] }", *counts)
    kind = width << 4
    if version == 0:
        encoded = _log(0x1C849308 | kind, struct.pack(">iqqq", 3, 1, 3_600_000, 10), payload)
    else:
        encoded = _log(0x1C849301 | kind, struct.pack(">iiiqqd", len(payload), 0, 3, 1, 3_600_000, 1.0), payload)
    line = f"0.127,1.007,150.0,{encoded}\n"
    run = read(
        tmp_path / "a.hlog",
        '"StartTimestamp","Interval_Length","Interval_Max","Interval_Compressed_Histogram"\n' + line,
    )
    assert run.whole.counts == {100_000_000: 9, 150_000_000: 1}


def test_a_percentile_distribution_of_hdrhistogram(tmp_path: Path) -> None:
    text = """       Value     Percentile TotalCount 1/(1-Percentile)

       1.000 0.000000000000          5           1.00
       2.000 0.500000000000         50           2.00
       9.000 0.990000000000         99         100.00
      20.000 1.000000000000        100
#[Mean    =        1.900, StdDeviation   =        2.000]
#[Max     =       20.000, Total count    =          100]
#[Buckets =           22, SubBuckets     =         2048]
"""
    run = read(tmp_path / "a.hgrm", text)
    assert run.whole.counts == {1_000_000: 5, 2_000_000: 45, 9_000_000: 49, 20_000_000: 1}
    assert "taken as milliseconds" in run.notes[0]


def test_standard_input_is_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = (HEADING + row(0, 30) + row(1, 40)).encode()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(content)))
    for _ in range(2):  # it can be read again
        assert read_run("-", "/file", None, "none").whole.requests == 2


@pytest.mark.parametrize("seed", range(6))
def test_arrays_read_what_the_exact_reader_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    pytest.importorskip("numpy")
    rng = random.Random(seed)
    labels = ["", "a", "GET /1234", "GET /1234567890123456", "GET /1234567890123457", "é", "x" * 120, "x" * 200][
        : 3 + seed
    ]
    rows = [
        row(rng.uniform(0, 900), int(rng.lognormvariate(5, 2)), rng.choice(labels), rng.choice(["200", "503"]),
            rng.choice(["OK", "Service Unavailable"]), rng.choice(["true", "true", "false"]), rng.choice(["", "no"]))
        for _ in range(9000)
    ]  # fmt: skip
    content = HEADING + "".join(rows)
    arrays = read(tmp_path / "a.jtl", content)
    monkeypatch.setattr(jtl, "_block_reader", lambda *_: None)
    exact = read(tmp_path / "a.jtl", content)
    assert list(arrays.endpoints) == list(exact.endpoints)
    pairs = [(arrays.endpoints[name], exact.endpoints[name]) for name in exact.endpoints]
    for other, statistics in [(arrays.whole, exact.whole), *pairs]:
        for attribute in ("requests", "failed", "total", "counts", "failed_counts", "causes", "start", "end"):
            assert getattr(other, attribute) == getattr(statistics, attribute), attribute
        assert {number: (part.requests, part.failed, part.counts) for number, part in other.slices.items()} == {
            number: (part.requests, part.failed, part.counts) for number, part in statistics.slices.items()
        }


def test_what_oha_aborts_at_its_deadline_is_no_failure(tmp_path: Path) -> None:
    """oha's own success rate leaves it out, too (result_data.rs of 1.15.0)."""
    report = json.loads((SAMPLES / "oha.json").read_text())
    report["errorDistribution"] = {"aborted due to deadline": 50, "connection error": 2}
    run = read(tmp_path / "a.json", json.dumps(report))
    assert run.summary
    assert (run.summary.requests, run.summary.failed) == (62, 5)
    assert run.summary.causes == {("500", ""): 3, ("", "connection error"): 2}
    assert dict(run.left_out) == {"requests that oha itself aborted at the end of the test": 50}
