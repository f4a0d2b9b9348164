"""Percentiles of dependent requests: against independent formulas, a known autocorrelation time, and a queue."""

import json
import math
import random
import shlex
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from acolytes_perf.cli import main
from acolytes_perf.methods.runs.request_sequence import read_sequence
from acolytes_perf.methods.statistics.dependent_percentile import indicator_inflation, percentile_interval

SAMPLES = Path(__file__).parents[1] / "perf_results" / "samples"


def response_times(utilisation: float, count: int, seed: int) -> list[float]:
    """Of a queue with one server (M/M/1) in steady state, whose mean service time is 1."""
    rng, wait, times = random.Random(seed), 0.0, []
    if rng.random() < utilisation:
        wait = rng.expovariate(1 - utilisation)
    for _ in range(count):
        service = rng.expovariate(1)
        times.append(wait + service)
        wait = max(0.0, wait + service - rng.expovariate(utilisation))
    return times


def autocorrelation_time(values: list[float], limit: float) -> float:
    """By numpy: 1 + 2 sum of the indicator's autocorrelations, Geyer's initial monotone sequence."""
    indicator = (np.asarray(values) > limit).astype(float)
    centred = indicator - indicator.mean()
    lags = np.correlate(centred, centred, "full")[len(values) - 1 :] / len(values)
    total, least = -lags[0], math.inf
    for lag in range(0, len(lags) - 1, 2):
        pair = lags[lag] + lags[lag + 1]
        if pair <= 0:
            break
        least = min(least, pair)
        total += 2 * least
    return max(1.0, float(total / lags[0]))


@pytest.mark.parametrize("share", [0.3, 0.5, 0.9, 0.99])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_inflation_is_that_of_numpy(share: float, seed: int) -> None:
    values = response_times(0.7, 3000, seed)
    limit = float(np.quantile(values, share))
    assert indicator_inflation(values, limit) == pytest.approx(autocorrelation_time(values, limit), rel=1e-9)


def test_a_chain_of_two_states_has_its_known_inflation() -> None:
    rng, values, state = random.Random(4), [], 0
    for _ in range(200_000):
        if rng.random() < 0.05:
            state = 1 - state
        values.append(float(state))
    # the autocorrelation is 0.9 ** lag
    assert indicator_inflation(values, 0.5) == pytest.approx((1 + 0.9) / (1 - 0.9), rel=0.1)


def test_independent_requests_have_about_the_binomial_interval() -> None:
    rng = random.Random(2)
    values = [rng.random() for _ in range(20_000)]
    found = percentile_interval(values, 0.95, 0.95)
    ranked = sorted(values)
    low, high = (int(rank) for rank in stats.binom.ppf([0.025, 0.975], 20_000, 0.95))
    assert found.inflation < 1.3
    assert found.value == ranked[18_999]
    assert found.low == pytest.approx(ranked[low - 1], abs=0.0006)
    assert found.high == pytest.approx(ranked[high], abs=0.0006)


def test_the_p99_of_a_busy_queue_is_in_its_interval() -> None:
    """A short form of bench/perf_coverage_latency.py."""
    truth, held, naive, answered = -math.log(0.01) / 0.2, 0, 0, 0
    for seed in range(60):
        values = response_times(0.8, 10_000, seed)
        found = percentile_interval(values, 0.99, 0.95)
        if found.low is None or found.high is None:
            continue
        answered += 1
        held += found.low <= truth <= found.high
        ranked = sorted(values)
        low, high = (int(rank) for rank in stats.binom.ppf([0.025, 0.975], 10_000, 0.99))
        naive += ranked[low - 1] <= truth <= ranked[high]
    assert answered >= 50
    assert held / answered >= 0.85
    assert naive / answered <= 0.5


@pytest.mark.parametrize(("count", "share"), [(299, 0.99), (299, 0.01), (5, 0.5)])
def test_a_short_run_has_no_interval_and_says_what_it_needs(count: int, share: float) -> None:
    rng = random.Random(1)
    found = percentile_interval([rng.random() for _ in range(count)], share, 0.95)
    assert (found.low, found.high) == (None, None)
    assert found.needed > count


@pytest.mark.parametrize("name", ["jmeter.jtl", "k6.ndjson", "vegeta.ndjson", "k6.csv", "jmeter.xml", "gatling.log"])
def test_files_of_requests_are_read_in_order_of_time(name: str) -> None:
    whole = read_sequence(str(SAMPLES / name), "/file", None, "none", [])
    assert len(whole.latencies) == whole.run.whole.requests
    names = list(whole.run.endpoints)
    if names:
        parts = [read_sequence(str(SAMPLES / name), "/file", one, "none", []).latencies for one in names]
        assert sorted(value for part in parts for value in part) == pytest.approx(sorted(whole.latencies))


def test_a_file_is_sorted_by_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    rows = [(1772323200 + at, 10 + at) for at in range(40)]
    random.Random(3).shuffle(rows)
    Path("runs.csv").write_text("ts,latency\n" + "".join(f"{at},{value}\n" for at, value in rows), encoding="utf-8")
    from acolytes_perf.inputs.columns import parse_columns

    columns = parse_columns("time=ts,duration=ms:latency")
    found = read_sequence("runs.csv", "/file", None, "none", columns)
    assert found.latencies == pytest.approx([(10 + at) / 1000 for at in range(40)])


@pytest.mark.parametrize("name", ["wrk.txt", "hdr.hlog", "k6_summary.json", "vegeta_report.txt", "locust_stats.csv"])
def test_files_of_summaries_are_refused(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(shlex.split(f"latency ci --file {SAMPLES / name}")) == 2
    assert "an interval needs each request with its time" in capsys.readouterr().err


def test_the_warm_up_does_not_count(capsys: pytest.CaptureFixture[str]) -> None:
    call = f"latency ci --file {SAMPLES}/jmeter.jtl --percentiles 50% --json --warm-up"
    counts = []
    for warm_up in ("none", "1s"):
        assert main(shlex.split(f"{call} {warm_up}")) == 0
        results = {one["name"]: one["value"] for one in json.loads(capsys.readouterr().out)["results"]}
        counts.append(results["requests"])
    assert 0 < counts[1] < counts[0]
