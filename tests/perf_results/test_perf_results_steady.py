"""Whether a run has a steady state: a leak has none, and is not reported as a warm-up."""

import json
import random
import re
from pathlib import Path

import pytest

from acolytes_perf.cli import main
from acolytes_perf.methods.latency.histogram import EndpointStatistics
from acolytes_perf.methods.runs.collector import RunCollector
from acolytes_perf.methods.runs.warm_up import WarmUp, course_of, find_warm_up
from acolytes_perf.result_files.record import Batch, RequestKind
from perf_samples import SAMPLES
from warm_up_simulation import measure


def read(latencies: list[float], step: float = 0.1) -> EndpointStatistics:
    """A run with a request every so many seconds, whose latencies are in milliseconds."""
    collector = RunCollector()
    kinds = [RequestKind("", failed=False)] * len(latencies)
    times = [1e9 + index * step for index in range(len(latencies))]
    collector.add(Batch([int(latency * 1e6) for latency in latencies], 1, kinds, times))
    collector.finish()
    return collector.whole


def found(*runs: EndpointStatistics) -> WarmUp:
    return find_warm_up([course for course in map(course_of, runs) if course])


def noisy(rng: random.Random, trend: list[float]) -> list[float]:
    return [value * rng.lognormvariate(0, 0.3) for value in trend]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(
    "trend",
    [
        [100 + index / 30 for index in range(6000)],  # 10 minutes of a linear leak
        [300 - index / 30 for index in range(6000)],
        [100 + max(0, index - 3000) / 15 for index in range(6000)],  # a leak that starts in the middle
    ],
    ids=["leak", "falling", "late leak"],
)
def test_a_run_that_drifts_has_no_steady_state_and_no_warm_up(trend: list[float], seed: int) -> None:
    run = read(noisy(random.Random(seed), trend))
    assert found(run) == WarmUp(0.0, is_steady=False)


@pytest.mark.parametrize("seed", range(5))
def test_a_warm_up_ends_in_a_steady_state(seed: int) -> None:
    rng = random.Random(seed)
    steady = read(noisy(rng, [100.0] * 6000))
    assert found(steady) == WarmUp(0.0, is_steady=True)
    warming = read(noisy(rng, [100 + max(0, 400 - index / 2) for index in range(6000)]))
    assert found(warming).is_steady
    assert 50 <= found(warming).seconds <= 120


def test_a_busy_queue_rarely_counts_as_drifting(request: pytest.FixtureRequest) -> None:
    """Its waiting times depend on each other for long, and yet it is steady (M/M/1, utilisation 0.8)."""
    trials, rng, drifting = 200 if request.config.getoption("--full") else 30, random.Random(4), 0
    for _ in range(trials):
        now = free = 0.0
        latencies = []
        for index in range(8000):
            now += rng.expovariate(0.8)
            free = max(free, now) + rng.expovariate(1)
            if index >= 2000:
                latencies.append(10 * (free - now))
        drifting += not found(read(latencies)).is_steady
    assert drifting / trials <= 0.1


def test_too_few_requests_tell_nothing() -> None:
    assert found(read([100.0] * 10)) == WarmUp(0.0, is_steady=True)
    assert found(EndpointStatistics()) == WarmUp(0.0, is_steady=True)


#: A warm-up's shape and length, latencies, and the ends that are found in 9 of 10 tries: of one run, and of four.
KNOWN = [
    ("none", 0, "alike", (0, 0), (0, 1)), ("none", 0, "endpoints", (0, 0), (0, 0)),
    ("none", 0, "swings", (0, 0), (0, 0)),
    ("step", 18, "alike", (16, 22), (16, 24)), ("step", 18, "endpoints", (15, 22), (16, 22)),
    ("ramp", 18, "alike", (11, 20), (13, 22)), ("ramp", 18, "endpoints", (10, 20), (13, 20)),
    ("ramp", 60, "endpoints", (40, 62), (48, 66)), ("decay", 30, "endpoints", (11, 36), (18, 40)),
]  # fmt: skip


@pytest.mark.parametrize(("shape", "length", "noise", "single", "joint"), KNOWN)
def test_a_known_warm_up_is_found(
    request: pytest.FixtureRequest, shape: str, length: int, noise: str, single: tuple[int, int], joint: tuple[int, int]
) -> None:
    trials = 100 if request.config.getoption("--full") else 10
    ends_of_one, ends_of_four = measure(shape, length, noise, trials)
    for ends, (low, high) in ((ends_of_one, single), (ends_of_four, joint)):
        assert sum(low <= end <= high for end in ends) >= 0.9 * len(ends), sorted(ends)


def test_a_comparison_leaves_the_same_time_out_of_all_runs(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """A candidate that warms up for longer is not spared more, and its failures while it warms up count."""
    rng, sides = random.Random(5), {"baseline": 10, "candidate": 30}
    for number in range(3):
        for place, (side, length) in enumerate(sides.items()):
            start = 1_760_000_000 + 1000 * (2 * number + place)
            rows = []
            for index in range(6000):
                at = index / 25
                latency = 100 * rng.lognormvariate(0, 0.4) * (1 + max(0, 1 - at / length))
                failed = side == "candidate" and at < 5 and index % 2
                rows.append(f"{round(1000 * (start + at))},{round(latency)},a,{500 if failed else 200},"
                            f"{'false' if failed else 'true'}\n")  # fmt: skip
            (tmp_path / f"{side}-{number}.jtl").write_text(
                "timeStamp,elapsed,label,responseCode,success\n" + "".join(rows)
            )
    words = ["results", "compare"]
    for side in sides:
        words += [f"--{side}", str(tmp_path / f"{side}-*.jtl")]
    assert main([*words, "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    (text,) = (text for text in result["assumptions"] if text.startswith("Warm-up: "))
    seconds = re.fullmatch("Warm-up: the first ([0-9.]+) s of each run are left out .*; their failures count.", text)
    assert seconds
    assert 22 <= float(seconds[1]) <= 34
    assert result["answer"].startswith("Worse: a (failures 0 % to 1.033 %).")
    assert main([*words, "--json", "--warm-up", "none"]) == 0
    assert "p50" in json.loads(capsys.readouterr().out)["answer"]


def test_runs_that_drift_are_compared_whole_and_with_a_warning(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    rng = random.Random(6)
    for name in ("a1", "a2", "b1", "b2"):
        rows = [
            f"{1_760_000_000_000 + 100 * index},{round((100 + index / 30) * rng.lognormvariate(0, 0.3))},a,200,true\n"
            for index in range(6000)
        ]
        (tmp_path / name).write_text("timeStamp,elapsed,label,responseCode,success\n" + "".join(rows))
    sides = [",".join(str(tmp_path / name) for name in names) for names in (("a1", "a2"), ("b1", "b2"))]
    assert main(["results", "compare", "--baseline", sides[0], "--candidate", sides[1], "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert "no_steady_state" in {warning["code"] for warning in result["warnings"]}
    assert not any(text.startswith("Warm-up") for text in result["assumptions"])


def test_a_warm_up_of_a_file_without_times_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["results", "compare", "--baseline", str(SAMPLES / "hey.txt"), "--candidate", str(SAMPLES / "wrk.txt")]
    assert main([*words, "--warm-up", "5s"]) == 2
    error = capsys.readouterr().err
    assert "warm_up: has no effect on " in error
    assert "hey (text) does not say when each request started" in error
