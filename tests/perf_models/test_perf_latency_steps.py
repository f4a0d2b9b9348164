"""Latencies of whole requests beside scipy, brute-force convolution and simulation."""

import itertools
import json
import math
import statistics
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from acolytes_perf.cli import main
from acolytes_perf.methods.latency.curve import MeasuredCurve, PercentileCurve, normal_quantile
from acolytes_perf.methods.steps.fan_out import Hedged, SlowestOf, allowed_slow_share, share_that_meets_slow
from acolytes_perf.methods.steps.total import Step, StepSum, convolved

SHARES = (0.5, 0.95, 0.99)


def _log_normal(median: float, sigma: float) -> PercentileCurve:
    return PercentileCurve([(share, median * math.exp(sigma * stats.norm.ppf(share))) for share in SHARES])


def _answer(capsys: pytest.CaptureFixture[str], *call: str) -> dict[str, Any]:
    assert main([*call, "--json"]) == 0
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    return {result["name"]: result for result in document["results"]} | {"document": document}


@given(st.floats(1e-12, 1 - 1e-12))
def test_the_normal_quantile_is_that_of_python(share: float) -> None:
    assert normal_quantile(share) == pytest.approx(statistics.NormalDist().inv_cdf(share), abs=1e-8)


@given(st.floats(0.001, 10), st.floats(0.05, 2), st.floats(0.001, 0.9999))
def test_three_percentiles_of_a_log_normal_give_all_of_it(median: float, sigma: float, share: float) -> None:
    curve = _log_normal(median, sigma)
    exact = stats.lognorm(sigma, scale=median)
    assert curve.percentile(share) == pytest.approx(exact.ppf(share), rel=1e-6)
    assert curve.share_within(curve.percentile(share)) == pytest.approx(share, abs=1e-9)


@given(st.lists(st.floats(0, 1), min_size=2, max_size=40), st.lists(st.floats(0, 1), min_size=2, max_size=40))
def test_a_convolution_of_integers_is_that_of_numpy(first: list[float], second: list[float]) -> None:
    size = max(len(first), len(second))
    one, other = (np.array(cells + [0.0] * (size - len(cells))) / max(1.0, sum(cells)) for cells in (first, second))
    assert convolved(list(one), list(other)) == pytest.approx(list(np.convolve(one, other)[:size]), abs=1e-11)


@settings(deadline=None)
@given(st.lists(st.lists(st.integers(1, 12), min_size=1, max_size=4), min_size=1, max_size=3), st.floats(0.02, 0.98))
def test_a_sum_of_measured_steps_is_that_of_all_combinations(values: list[list[int]], share: float) -> None:
    steps = [
        Step(str(index), MeasuredCurve({value * 10**6: column.count(value) for value in set(column)}))
        for index, column in enumerate(values)
    ]
    sums = sorted(sum(one) / 1000 for one in itertools.product(*values))
    total = StepSum(steps, 0.999)
    exact = sums[min(len(sums) - 1, math.ceil(share * len(sums) * (1 - 1e-12)) - 1)]
    near = (share * len(sums)) % 1
    if 1e-6 < near < 1 - 1e-6:  # else two values are equally right
        assert total.percentile(share) == pytest.approx(exact, abs=1.01 * len(values) * total.width)


def test_a_sum_of_exponential_steps_is_erlang_distributed() -> None:
    rng = np.random.default_rng(2)
    drawn = (rng.exponential(0.05, (4, 400_000)) * 1e9).astype(int)
    steps = [Step(str(index), MeasuredCurve(dict.fromkeys(row.tolist(), 1))) for index, row in enumerate(drawn)]
    total = StepSum(steps, 0.99)
    for share in SHARES:
        assert total.percentile(share) == pytest.approx(stats.erlang(4, scale=0.05).ppf(share), rel=0.01)


def test_parallel_optional_and_serial_steps_are_those_of_a_simulation() -> None:
    shapes = [(0.02, 0.5), (0.01, 1.0), (0.03, 0.7), (0.02, 1.2)]
    curves = [_log_normal(*shape) for shape in shapes]
    steps = [
        Step("a", curves[0]), Step("b", curves[1]), Step("c", curves[2], 1.0, "both"), Step("d", curves[3], 0.5, "both")
    ]  # fmt: skip
    rng = np.random.default_rng(1)
    a, b, c, d = (median * np.exp(sigma * rng.standard_normal(2_000_000)) for median, sigma in shapes)
    d = np.where(rng.random(len(d)) < 0.5, d, 0)
    total = StepSum(steps, 0.99)
    whole = a + b + np.maximum(c, d)
    for share in SHARES:
        assert total.percentile(share) == pytest.approx(np.quantile(whole, share), rel=0.006)
    alone = total.scale_that_keeps(steps[1], 0.35, 0.99)
    assert alone is not None
    assert np.mean(a + alone * b + np.maximum(c, d) <= 0.35) == pytest.approx(0.99, abs=2e-4)
    together = total.scale_that_keeps(steps[2], 0.35, 0.99)
    assert together is not None
    assert np.mean(a + b + np.maximum(together * c, d) <= 0.35) == pytest.approx(0.99, abs=2e-4)


def test_the_standard_error_of_a_share_is_that_of_repeated_samples() -> None:
    rng = np.random.default_rng(7)
    limit, found, stated = 0.12, [], []
    for _ in range(120):
        samples = [rng.exponential(mean, 500) for mean in (0.03, 0.02)]
        steps = [
            Step(str(index), MeasuredCurve({int(value * 1e9): 1 for value in sample}))
            for index, sample in enumerate(samples)
        ]
        total = StepSum(steps, 0.99, limit)
        found.append(total.share_within(limit))
        stated.append(total.deviation(limit, [(step, 500) for step in steps]))
    assert np.mean(stated) == pytest.approx(np.std(found), rel=0.25)


@given(st.floats(1e-6, 0.5), st.integers(1, 10**5))
def test_the_share_that_meets_a_slow_call_is_binomial(slow: float, calls: int) -> None:
    share = share_that_meets_slow(slow, calls)
    assert share == pytest.approx(stats.binom(calls, slow).sf(0), rel=1e-6, abs=1e-12)
    if share < 0.999:
        assert allowed_slow_share(share, calls) == pytest.approx(slow, rel=1e-5)


@pytest.mark.parametrize("calls", [1, 3, 40])
def test_the_slowest_of_hedged_calls_is_that_of_a_simulation(calls: int) -> None:
    curve = _log_normal(0.02, 0.8)
    hedged = Hedged(curve, curve.percentile(0.95))
    rng = np.random.default_rng(3)
    first, second = (0.02 * np.exp(0.8 * rng.standard_normal((200_000, calls))) for _ in range(2))
    slowest = np.minimum(first, hedged.delay + second).max(axis=1)
    for share in SHARES:
        assert SlowestOf(hedged, calls).percentile(share) == pytest.approx(np.quantile(slowest, share), rel=0.02)
    assert hedged.extra_calls == pytest.approx(0.05)
    assert np.mean(first > hedged.delay) == pytest.approx(0.05, abs=0.001)


def test_stages_follow_each_other(capsys: pytest.CaptureFixture[str]) -> None:
    points = ",".join(f"p{100 * share:g}:{20 * math.exp(0.6 * stats.norm.ppf(share)):.9f}ms" for share in (0.5, 0.9999))
    found = _answer(capsys, "fanout", "--calls", "5", "--stages", "3", "--latency", points, "--hedge-after", "95%")
    rng = np.random.default_rng(4)
    drawn = 0.02 * np.exp(0.6 * rng.standard_normal((400_000, 3, 5)))
    assert found["request"]["value"] == pytest.approx(np.quantile(drawn.max(axis=2).sum(axis=1), 0.99), rel=0.01)
    assert found["calls_of_a_request"]["value"] == 15
    assert found["request"]["ci"] is None


def test_a_file_answers_only_for_percentiles_that_it_has(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "run.csv"
    drawn = np.random.default_rng(5).exponential(50, 3000)
    lines = [f"{1_700_000_000_000 + 20 * index},{value:.3f}" for index, value in enumerate(drawn)]
    file.write_text("timestamp,latency\n" + "\n".join(lines))
    columns = ["--columns", "time=ms:timestamp,duration=ms:latency", "--warm-up", "none"]
    assert main(["fanout", "--calls", "100", "--file", str(file), *columns]) == 3
    error = capsys.readouterr().err
    assert error.startswith("acolytes-perf: file: p99 of the request is p99.98995 of one call, but the file has 3000 ")
    assert "missing: about " in error
    found = _answer(capsys, "fanout", "--calls", "5", "--file", str(file), *columns)
    low, high = found["request"]["ci"]
    exact = stats.expon(scale=0.05).ppf(0.99 ** (1 / 5))
    assert low < exact < high
    assert [row["label"] for row in found["document"]["tables"][0]["rows"]] == ["p50", "p90", "p95", "p99"]


def test_percentiles_beyond_the_last_one_have_the_interval_of_the_tail(capsys: pytest.CaptureFixture[str]) -> None:
    call = ["fanout", "--calls", "100", "--latency", "p50:20ms,p95:60ms,p99:300ms"]
    found = _answer(capsys, *call)
    assert found["document"]["warnings"][0]["code"] == "beyond_percentiles"
    assert found["request"]["ci_kind"] == "model"
    assert found["request"]["ci"][0] == pytest.approx(0.3)
    assert main([*call, "--format", "svg"]) == 0
    assert "request, hedged" in capsys.readouterr().out


def _row(found: dict[str, Any], table: str, label: str) -> dict[str, Any]:
    rows = next(one["rows"] for one in found["document"]["tables"] if one["name"] == table)
    cells: dict[str, Any] = next(row["cells"] for row in rows if row["label"] == label)
    return {name: cell["value"] for name, cell in cells.items()}


def test_a_repeated_step_scales_in_all_its_repetitions(capsys: pytest.CaptureFixture[str]) -> None:
    points = ":".join(f"{10 * math.exp(0.7 * stats.norm.ppf(share)):.9f}ms" for share in SHARES)
    call = f"api:20ms:30ms:40ms,db:{points}::100%:3"
    found = _answer(capsys, "latency", "budget", "--steps", call, "--target", "100ms")
    rng = np.random.default_rng(8)
    api = PercentileCurve([(0.5, 0.02), (0.95, 0.03), (0.99, 0.04)])
    first = np.array([api.percentile(share) for share in rng.random(200_000)])
    queries = (0.01 * np.exp(0.7 * rng.standard_normal((200_000, 3)))).sum(axis=1)
    assert found["request"]["value"] == pytest.approx(np.quantile(first + queries, 0.99), rel=0.01)
    row = _row(found, "steps", "db")
    assert row["own"] == pytest.approx(np.quantile(queries, 0.99), rel=0.01)
    assert found["request"]["value"] - row["saves"] == pytest.approx(0.04, rel=0.01)
    alone = row["may_take_alone"] / row["own"]
    assert np.mean(first + alone * queries <= 0.1) == pytest.approx(0.99, abs=6e-4)
    scaled = 0.1 / found["request"]["value"]
    assert found["factor_for_all"]["value"] == pytest.approx(scaled)
    assert row["may_take"] == pytest.approx(row["own"] * scaled)


def test_the_interval_of_files_holds_the_true_percentile(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    exact = stats.erlang(2, scale=0.05).ppf(0.95)
    held = 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        for name in ("a", "b"):
            lines = [
                f"{1_700_000_000_000 + 20 * index},{value:.3f}" for index, value in enumerate(rng.exponential(50, 1000))
            ]
            (tmp_path / f"{name}.csv").write_text("timestamp,latency\n" + "\n".join(lines))
        found = _answer(
            capsys, "latency", "budget", "--file", f"{tmp_path}/a.csv,{tmp_path}/b.csv", "--percentile", "95%",
            "--columns", "time=ms:timestamp,duration=ms:latency", "--warm-up", "none",
        )  # fmt: skip
        low, high = found["request"]["ci"]
        held += low <= exact <= high
    assert held >= 17


def test_a_missed_target_names_the_step_that_alone_is_enough(capsys: pytest.CaptureFixture[str]) -> None:
    call = "gateway:5ms:12ms:30ms,search:20ms:60ms:150ms:backends,stock:10ms:30ms:200ms:backends"
    found = _answer(capsys, "latency", "budget", "--steps", call, "--target", "200ms")
    warning = found["document"]["warnings"][0]
    assert warning["code"] == "target_missed"
    assert "only stock from 200 ms to" in warning["fix"]
    assert _row(found, "steps", "gateway")["may_take_alone"] is None
    undecided = _answer(capsys, "latency", "budget", "--steps", call, "--target", "300ms")
    assert [one["code"] for one in undecided["document"]["warnings"]] == ["target_undecided"]
    assert main(["latency", "budget", "--steps", call, "--target", "200ms", "--format", "svg"]) == 0
    assert "share of the requests" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("steps", "start"),
    [
        ("ghost", "/steps/0/name: 'ghost' is neither an endpoint nor a file: there are"),
        ("runn,api:5ms:9ms", "/steps/0/name: 'runn' is neither an endpoint nor a file (did you mean run?)"),
        ("api:5ms:9ms", "file: run.csv has no effect: no row of steps is about it"),
    ],
)
def test_a_step_that_no_file_has_is_refused(
    steps: str, start: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("run.csv").write_text("timestamp,latency\n1700000000000,5\n1700000000020,7\n")
    call = ["--file", "run.csv", "--columns", "time=ms:timestamp,duration=ms:latency", "--steps", steps]
    assert main(["latency", "budget", *call]) == 2
    assert capsys.readouterr().err.startswith(f"acolytes-perf: {start}")
