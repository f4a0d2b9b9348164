"""False alarms at the noise between runs, power, the gate, and warnings about too few runs."""

import json
import math
import random
import shlex
from pathlib import Path
from typing import Any

import pytest

from acolytes_perf.cli import main
from acolytes_perf.methods.comparison.runs import (
    compare_runs,
    mann_whitney,
    required_runs,
    sample_from_moments,
    sample_of,
)
from acolytes_perf.methods.statistics.student_t import t_cdf, t_quantile
from perf_answers import document_values

SAMPLES = Path(__file__).parent / "samples"
DEVIATION = 0.03


def compared(capsys: pytest.CaptureFixture[str], call: str, code: int = 0) -> tuple[dict[str, Any], dict[str, Any]]:
    assert main([*shlex.split(f"results compare {call}"), "--json"]) == code
    output, error = capsys.readouterr()
    assert error == ""
    result: dict[str, Any] = json.loads(output, parse_constant=pytest.fail)
    return result, document_values(result)


def run_files(folder: Path, name: str, factor: float, seed: int, runs: int = 5, noise: float = DEVIATION) -> str:
    """JTL files of runs whose level varies from run to run."""
    rng, paths = random.Random(seed), []
    for run in range(runs):
        level, file = factor * math.exp(rng.gauss(0, noise)), folder / f"{name}-{run}.jtl"
        rows = [f"{10 * row},{round(1000 * level * rng.lognormvariate(0, 0.2))},a,true\n" for row in range(1000)]
        file.write_text("timeStamp,elapsed,label,success\n" + "".join(rows), encoding="utf-8")
        paths.append(str(file))
    return ",".join(paths)


@pytest.mark.parametrize("runs", [2, 3, 5, 8])
def test_at_most_5_percent_false_alarms_at_3_percent_noise_between_runs(
    request: pytest.FixtureRequest, runs: int
) -> None:
    trials = 20_000 if request.config.getoption("--full") else 1500
    rng = random.Random(runs)

    def side() -> list[float]:
        return [math.exp(rng.gauss(0, DEVIATION)) for _ in range(runs)]

    alarms = sum(compare_runs(sample_of(side()), sample_of(side())).is_significant for _ in range(trials)) / trials
    # three standard errors of what is measured
    assert alarms <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / trials)


def test_the_smallest_detectable_effect_has_a_power_of_80_percent() -> None:
    rng, trials, runs = random.Random(9), 1500, 5
    spread = [DEVIATION * place / math.sqrt(2.5) for place in (-2, -1, 0, 1, 2)]
    side = sample_of([math.exp(one) for one in spread])
    assert side.log_sd == pytest.approx(DEVIATION)
    effect = compare_runs(side, side).detectable

    def draw(shift: float) -> list[float]:
        return [(1 + shift) * math.exp(rng.gauss(0, DEVIATION)) for _ in range(runs)]

    result = (
        sum(compare_runs(sample_of(draw(0)), sample_of(draw(effect))).is_significant for _ in range(trials)) / trials
    )
    assert result == pytest.approx(0.8, abs=0.06)
    need = required_runs(effect, side, side)
    assert need is not None
    assert abs(need - runs) <= 1
    assert required_runs(1e-7, side, side) is None


def test_the_interval_covers_the_true_change() -> None:
    rng, trials = random.Random(10), 1500
    held = 0
    for _ in range(trials):
        sides = [[level * math.exp(rng.gauss(0, DEVIATION)) for _ in range(4)] for level in (1, 1.07)]
        result = compare_runs(sample_of(sides[0]), sample_of(sides[1]))
        held += result.low <= 0.07 <= result.high
    assert 0.93 <= held / trials <= 0.98


def test_students_t_distribution() -> None:
    # closed forms for 1, 2 and many degrees of freedom
    for value in (-3.0, -0.5, 0.0, 0.1, 2.0, 40.0):
        assert t_cdf(value, 1) == pytest.approx(0.5 + math.atan(value) / math.pi, abs=1e-12)
        assert t_cdf(value, 2) == pytest.approx(0.5 + value / math.sqrt(8 + 4 * value**2), abs=1e-12)
    assert t_quantile(0.975, 1e7) == pytest.approx(1.959964, abs=1e-5)
    rng = random.Random(11)
    for _ in range(300):
        probability, freedom = rng.uniform(0.001, 0.999), rng.uniform(0.8, 300)
        assert t_cdf(t_quantile(probability, freedom), freedom) == pytest.approx(probability, abs=1e-10)


def test_mann_whitney_counts_every_order() -> None:
    assert (mann_whitney([1, 2], [3, 4]) or ()) == pytest.approx((0, 1 / 3))
    assert (mann_whitney([3], [1, 2]) or ()) == pytest.approx((2, 2 / 3))
    assert mann_whitney([1, 2], [2, 3]) is None
    apart = mann_whitney(list(range(1, 51)), list(range(51, 101)))
    assert (apart or ()) == pytest.approx((0, 2 / math.comb(100, 50)), abs=0)


def test_files_of_runs_are_compared_by_one_figure_each(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    slow, fast = run_files(tmp_path, "slow", 1.2, 1), run_files(tmp_path, "fast", 1.0, 2)
    result, values = compared(capsys, f"--set baseline={fast} --set candidate={slow} --set metric=p90")
    # failures are compared whatever the metric is
    assert (values["endpoints"], values["tests"], values["worse"], values["better"]) == (1, 2, 1, 0)
    assert values["latencies[a p90].change"] == pytest.approx(0.2, abs=0.08)
    assert values["latencies[a p90].p"] < 0.05
    assert result["answer"].startswith("Worse: a (p90 +")
    result, values = compared(capsys, f"--set baseline={slow} --set candidate={fast} --set regression=5%")
    assert values["gate_passed"] is True
    assert result["answer"].startswith("Better: a (p50 -")
    again = run_files(tmp_path, "again", 1.0, 3)
    result, values = compared(capsys, f"--set baseline={fast} --set candidate={again} --set regression=2%")
    assert values["worse"] == values["better"] == 0
    assert result["answer"].startswith("No difference shown in any endpoint or measure; these runs would detect p50 ")
    assert {warning["code"] for warning in result["warnings"]} >= {"gate_is_blind"}


def test_the_gate_fails_only_for_a_significant_regression_of_its_size(capsys: pytest.CaptureFixture[str]) -> None:
    base = "--set baseline_values=100,101,99,100.5,99.5"
    for candidate, limit, code in (
        ("110,111,109,110.5,109.5", "5%", 1),
        ("110,111,109,110.5,109.5", "15%", 0),
        ("90,91,89,90.5,89.5", "5%", 0),
        ("80,140,100,120,115", "5%", 0),
    ):
        _, values = compared(capsys, f"{base} --set candidate_values={candidate} --set regression={limit}", code)
        assert values["gate_passed"] is (code == 0)
    less = f"{base} --set candidate_values=90,91,89,90.5,89.5 --set metric=throughput --set regression=5%"
    assert compared(capsys, less, 1)[1]["gate_passed"] is False


def test_runs_without_noise_are_reported(capsys: pytest.CaptureFixture[str]) -> None:
    result, values = compared(capsys, "--set baseline_values=5,5,5 --set candidate_values=6,6,6")
    assert result["answer"].endswith("worse, in runs without any noise.")
    assert values["variation_between_runs"] == values["smallest_detectable"] == 0


def test_a_file_on_both_sides_is_refused(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    link = tmp_path / "other.csv"
    link.symlink_to(SAMPLES / "hey.csv")
    words = ["--set", f"baseline={SAMPLES}/hey.csv", "--set", f"candidate={SAMPLES}/k6.ndjson,{link}"]
    assert main(["results", "compare", *words]) == 2
    assert "/candidate/1: " in (error := capsys.readouterr().err)
    assert "is also a file of the baseline" in error


def test_the_warm_up_of_each_run_is_reported(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    call = f"--set baseline={run_files(tmp_path, 'a', 1, 1, 2)} --set candidate={run_files(tmp_path, 'b', 1, 2, 2)}"
    result, _ = compared(capsys, f"{call} --set warm_up=2s")
    text = "Warm-up: the first 2 s of each run are left out of latency and throughput; their failures count."
    assert text in result["assumptions"]


def test_one_run_a_side_cannot_estimate_noise(capsys: pytest.CaptureFixture[str]) -> None:
    call = f"--set baseline={SAMPLES}/k6.ndjson --set candidate={SAMPLES}/hey.csv"
    result, values = compared(capsys, call + " --set metric=p50")
    assert result["answer"].startswith("Undecided: p50 is ")
    assert "different" not in values
    assert values["error_within_runs"] > 0
    assert " Failures: " in result["answer"]
    assert {warning["code"] for warning in result["warnings"]} >= {"one_run", "load_differs", "tools_differ"}
    assert main(shlex.split(f"results compare {call} --set regression=5%")) == 3
    assert "missing: one run more, better five" in capsys.readouterr().err
    # with several on one side, their variation stands for the other side as well
    result, values = compared(capsys, "--set baseline_values=100,103,97,101 --set candidate_values=150")
    assert values["different"] is True


def test_a_baseline_file_stands_for_its_run(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["results", "summarize", "--set", f"file={SAMPLES / 'jmeter.jtl'}", "--out", "base.json"]) == 0
    capsys.readouterr()
    _, values = compared(capsys, f"--set baseline=base.json --set candidate={SAMPLES / 'jmeter.jtl'}")
    assert values["change"] == pytest.approx(0, abs=1e-9)
    assert main(["results", "compare", "--set", f"baseline={SAMPLES / 'locust_requests.csv'}", "--set",
                 "candidate=base.json"]) == 2  # fmt: skip
    assert "/baseline/0: p95 is not in the file" in capsys.readouterr().err


def test_equal_runs_and_summaries_of_runs() -> None:
    same = sample_of([5.0, 5.0])
    assert compare_runs(same, same).change == 0
    assert not compare_runs(same, same).is_significant
    ministat = compare_runs(sample_from_moments(5, 36105.6, 31.165686), sample_from_moments(5, 36142.6, 49.952978))
    assert not ministat.is_significant
    assert ministat.change == pytest.approx(37 / 36105.6)


def test_figures_without_a_name_count_as_worse_when_larger(capsys: pytest.CaptureFixture[str]) -> None:
    call = "--set baseline_values=102,99,101,100,98 --set candidate_values=107,109,106,110,108"
    result, _ = compared(capsys, call)
    assert result["answer"].startswith("the metric is 8.002 % higher")
    assert [warning["code"] for warning in result["warnings"]] == ["unnamed_metric"]
    result, _ = compared(capsys, f"{call} --set metric=p95")
    assert result["answer"].startswith("p95 is 8.002 % higher")
    assert result["warnings"] == []
