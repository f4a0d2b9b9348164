"""What real tools wrote against a local server, held against their own reports and the server's counts.

real/record.py made the files. Each test reads the tool's own report by itself.
"""

import json
import math
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from acolytes_perf.errors import InputError
from acolytes_perf.methods.latency.percentiles import LatencyDistribution
from acolytes_perf.methods.runs.load_test import LoadTestRun, read_run

REAL = Path(__file__).parent / "real"
TRUTH = json.loads((REAL / "truth.json").read_text())


def read(name: str) -> LoadTestRun:
    return read_run(str(REAL / name), "/file", None, "none")


def text(name: str) -> str:
    return (REAL / name).read_text()


def check_counts(run: LoadTestRun, truth: str, prefix: str = "") -> None:
    """Requests and failures of the run and of each endpoint are those that the server counted."""
    requests, failures = TRUTH[truth]["requests"], TRUTH[truth]["failures"]
    whole = run.summary or run.whole
    assert (whole.requests, whole.failed) == (sum(requests.values()), sum(failures.values()))
    for name, endpoint in run.endpoints.items():
        figures = endpoint.reported or endpoint
        path = name.removeprefix(prefix)
        assert (figures.requests, figures.failed) == (requests[path], failures[path]), name


def summary(run: LoadTestRun) -> Any:
    assert run.summary
    return run.summary


def test_apachebench_report() -> None:
    run, report = read("ab.txt"), text("ab.txt")
    check_counts(run, "ab")
    times = re.search(r"^Total: +(\d+) +(\d+) +[\d.]+ +\d+ +(\d+)$", report, re.MULTILINE)
    assert times
    figures = summary(run)
    assert [1000 * value for value in (figures.minimum, figures.mean, figures.maximum)] == [
        int(one) for one in times.groups()
    ]
    rate = re.search(r"^Requests per second: +([\d.]+)", report, re.MULTILINE)
    assert rate
    assert 300 / (run.duration or math.nan) == pytest.approx(float(rate[1]), rel=1e-3)
    shares = re.findall(r"^ +(\d+)% +(\d+)$", report, re.MULTILINE)
    assert {round(100 * share): round(1000 * value) for share, value in figures.percentiles.items()} == {
        int(share): int(value) for share, value in shares if share != "100"
    }


def test_apachebench_requests_are_those_of_its_report() -> None:
    run, report = read("ab.tsv"), summary(read("ab.txt"))
    distribution = LatencyDistribution(run.whole.counts)
    assert (run.whole.requests, run.whole.has_outcomes) == (300, False)
    assert (distribution.values[0], distribution.values[-1]) == (report.minimum * 1e9, report.maximum * 1e9)
    for share, value in report.percentiles.items():
        # ab takes the next larger request, and rounds to a millisecond
        assert abs(distribution.percentile(share) / 1e6 - 1000 * value) <= 1
    with pytest.raises(
        InputError, match=r"percentiles of ab \(-e\) without the number of requests: use its report, or -g"
    ):
        read("ab-percentiles.csv")


def test_hey() -> None:
    run, report = read("hey.txt"), text("hey.txt")
    check_counts(run, "hey")
    figures = {name: float(value) for name, value in re.findall(r"^ +(\w+):\t([\d.]+) secs", report, re.MULTILINE)}
    ours = summary(run)
    assert [ours.maximum, ours.minimum, ours.mean, run.duration] == [
        figures[name] for name in ("Slowest", "Fastest", "Average", "Total")
    ]
    shares = re.findall(r"^ +(\d+)% in ([\d.]+) secs", report, re.MULTILINE)
    assert ours.percentiles == pytest.approx({int(share) / 100: float(value) for share, value in shares})
    run = read("hey.csv")
    check_counts(run, "hey-csv")
    rows = [line.split(",") for line in text("hey.csv").splitlines()[1:]]
    assert run.whole.counts == Counter(round(1e9 * float(row[0])) for row in rows)
    ends = [float(row[7]) + float(row[0]) for row in rows]
    assert run.duration == pytest.approx(max(ends) - min(float(row[7]) for row in rows), abs=1e-4)


def test_wrk() -> None:
    run, report = read("wrk.txt"), text("wrk.txt")
    counted = re.search(r"(\d+) requests in ([\d.]+)s", report)
    failed = re.search(r"Non-2xx or 3xx responses: (\d+)", report)
    assert counted
    assert failed
    ours = summary(run)
    assert (ours.requests, ours.failed, run.duration) == (int(counted[1]), int(failed[1]), float(counted[2]))
    # up to five requests are under way when wrk stops
    assert 0 <= TRUTH["wrk"]["requests"]["/slow"] - ours.requests <= 5
    assert 0 <= TRUTH["wrk"]["failures"]["/slow"] - ours.failed <= 1
    shares = re.findall(r"^ +(\d+)% +([\d.]+)ms$", report, re.MULTILINE)
    assert ours.percentiles == pytest.approx({int(share) / 100: float(value) / 1000 for share, value in shares})


def test_siege() -> None:
    run = read("siege.json")
    check_counts(run, "siege")
    report = {name: float(value) for name, value in re.findall(r'"(\w+)":\s*([\d.]+)', text("siege.json"))}
    assert (summary(run).requests, summary(run).failed) == (
        report["transactions"] + report["failed_transactions"], report["failed_transactions"]
    )  # fmt: skip
    assert (run.duration, summary(run).mean) == (report["elapsed_time"], report["response_time"])


def test_autocannon() -> None:
    run, report = read("autocannon.json"), json.loads(text("autocannon.json"))
    check_counts(run, "autocannon")
    assert summary(run).failed == report["non2xx"]
    assert (summary(run).mean, summary(run).maximum) == (
        report["latency"]["average"] / 1000,
        report["latency"]["max"] / 1000,
    )
    assert summary(run).percentiles[0.99] == report["latency"]["p99"] / 1000


def test_artillery() -> None:
    """The JSON, against the report that Artillery prints at the end."""
    run, printed = read("artillery.json"), text("artillery.txt")
    check_counts(run, "artillery")
    figures: dict[str, float] = {}
    section = ""
    for line in printed.splitlines():
        title, _, value = re.sub(r"\.{2,} ", "|", line).partition(": |")
        if line.endswith(":") and not line.startswith(" "):
            section = line[:-1]
        elif value and re.fullmatch(r"[\d.]+(/sec)?", value):
            figures[f"{section} {title.strip()}" if title.startswith(" ") else title] = float(
                value.removesuffix("/sec")
            )
    ours = summary(run)
    assert ours.requests == figures["http.requests"]
    assert ours.failed == figures["http.codes.500"] + figures["errors.ECONNRESET"]
    assert [1000 * value for value in (ours.minimum, ours.mean, ours.maximum)] == pytest.approx(
        [figures[f"http.response_time {name}"] for name in ("min", "mean", "max")]
    )
    for share, name in ((0.5, "median"), (0.95, "p95"), (0.99, "p99")):
        assert 1000 * ours.percentiles[share] == pytest.approx(figures[f"http.response_time {name}"])
        endpoint = run.endpoints["/slow"].reported
        assert endpoint
        expected = figures[f"plugins.metrics-by-endpoint.response_time./slow {name}"]
        assert 1000 * endpoint.percentiles[share] == pytest.approx(expected)


def test_locust_json_is_complete_and_its_csv_lacks_the_last_second() -> None:
    run = read("locust.json")
    check_counts(run, "locust")
    report = json.loads(text("locust.json"))
    total = sum(entry["total_response_time"] for entry in report)
    assert summary(run).mean == pytest.approx(total / summary(run).requests / 1000)
    for entry in report:
        endpoint = run.endpoints[entry["name"]].reported
        assert endpoint
        times = sorted(float(time) for time, count in entry["response_times"].items() for _ in range(count))
        for share, value in endpoint.percentiles.items():
            assert value * 1000 == times[math.ceil(share * len(times)) - 1]
    for name in ("locust_stats.csv", "locust_stats_history.csv"):
        run = read(name)
        last = text(name).splitlines()[-1].split(",")
        place = 2 if name == "locust_stats.csv" else last.index("Aggregated") + 14
        assert summary(run).requests == int(last[place]) < sum(TRUTH["locust"]["requests"].values())
        assert [note.partition(":")[0] for note in run.notes] == ["Locust writes this file once a second"]
    assert run.duration


@pytest.mark.parametrize("suffix", ["csv", "xml.gz"])
def test_jmeter(suffix: str) -> None:
    """JMeter's own summary also counts the row of each transaction."""
    run = read(f"jmeter.{suffix}")
    check_counts(run, "jmeter", "GET ")
    printed = re.search(r"summary = +(\d+) in +([\d.]+)s .* Err: +(\d+)", text("jmeter.txt"))
    assert printed
    (transactions,) = run.left_out.values()
    assert run.whole.requests + transactions == int(printed[1])
    # every transaction has a failed request
    assert run.whole.failed + transactions == int(printed[3])
    rows = [line.split(",") for line in text("jmeter.csv").splitlines()[1:] if ",journey," not in line]
    start, end = min(int(row[0]) for row in rows), max(int(row[0]) + int(row[1]) for row in rows)
    assert run.duration == (end - start) / 1000
    # JMeter counts from the start of the test: before its first request it loads what it needs for HTTP
    assert 0 < float(printed[2]) - run.duration < 1
    assert run.whole.counts == Counter(10**6 * int(row[1]) for row in rows)
    assert set(run.endpoints) == {"GET /fast", "GET /slow", "GET /drop"}


def test_jmeter_with_parent_samples() -> None:
    check_counts(read("jmeter-parent.xml.gz"), "jmeter-parent", "GET ")
    with pytest.raises(
        InputError, match="make the test without 'Generate parent sample', which writes only their sums"
    ):
        read("jmeter-parent.csv")
