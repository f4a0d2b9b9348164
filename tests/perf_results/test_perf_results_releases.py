"""`results compare` on result files: every endpoint and measure in one call, failures, the order of runs, folders."""

import json
import math
import random
import re
import shlex
from pathlib import Path
from typing import Any

import pytest

import gate_simulation
from acolytes_perf.cli import main
from acolytes_perf.methods.comparison.failure_rates import (
    INDEPENDENT,
    Dispersion,
    RunCounts,
    compare_failures,
    limit_p_value,
    two_sample_p_value,
)
from acolytes_perf.methods.comparison.log_difference import LogSides, rounding_of
from acolytes_perf.methods.comparison.releases import EndpointFigures, compare_releases
from acolytes_perf.methods.comparison.shared_variation import Variance, moderated
from acolytes_perf.methods.runs.order import order_of
from acolytes_perf.methods.statistics.multiple_tests import holm_adjusted
from acolytes_perf.methods.statistics.student_t import f_upper_tail
from acolytes_perf.outputs.release_report import describe
from perf_answers import document_values
from release_files import DAY, HOUR, MEDIANS, write_releases, write_run
from support import ROOT


def compared(capsys: pytest.CaptureFixture[str], call: str, code: int = 0) -> tuple[dict[str, Any], dict[str, Any]]:
    assert main([*shlex.split(f"results compare {call}"), "--json"]) == code, capsys.readouterr().err
    output, error = capsys.readouterr()
    assert error == ""
    result: dict[str, Any] = json.loads(output, parse_constant=pytest.fail)
    return result, document_values(result)


def codes(result: dict[str, Any]) -> set[str]:
    return {warning["code"] for warning in result["warnings"]}


def test_one_call_tells_which_endpoint_became_slower_and_which_fails(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_releases(tmp_path, slower={"detail": 1.15}, failing={"upload": 0.06})
    call = "--baseline 'before-*.jtl' --candidate 'after-*.jtl' --warm-up none"
    result, values = compared(capsys, call)
    assert values["endpoints"] == 4  # without the transaction `journey`
    for measure in ("p50", "p95", "mean"):
        row = f"latencies[detail {measure}]"
        assert values[f"{row}.change"] == pytest.approx(0.15, abs=0.06)
        assert min(values[f"{row}.p"], values[f"{row}.p_against_others"]) < 0.05
    assert values["failures[upload].baseline"] == pytest.approx(0.002, abs=0.003)
    assert values["failures[upload].candidate"] == pytest.approx(0.06, abs=0.015)
    assert values["failures[upload].p"] < 0.001
    # its successes are unchanged; with the failed requests it would look faster
    assert values["latencies[upload p50].p"] > 0.05
    assert values["latencies[upload p50].change"] == pytest.approx(0, abs=0.06)
    slow, all_requests = (
        values["latencies[upload mean].candidate"],
        values["with_failed_requests[upload mean].candidate"],
    )
    assert all_requests < 0.97 * slow
    for other in ("login", "list"):
        assert all(values[f"latencies[{other} {measure}].p"] > 0.05 for measure in ("p50", "p95", "p99", "mean"))
    assert result["answer"].startswith("Worse: detail (p50 +")
    assert "upload (failures 0." in result["answer"]
    assert "this endpoint, not the machine" in result["answer"]
    assert compared(capsys, f"{call} --regression 5%", 1)[1]["gate_passed"] is False


def test_a_slower_machine_is_told_apart_from_a_slower_endpoint(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    write_releases(tmp_path, slower=dict.fromkeys(MEDIANS, 1.15))
    result, values = compared(
        capsys, f"--baseline '{tmp_path}/before-*.jtl' --candidate '{tmp_path}/after-*.jtl' --warm-up none"
    )
    assert values["latencies[detail p50].p"] < 0.05
    assert values["latencies[detail p50].p_against_others"] > 0.05
    assert "the other endpoints changed as well, so look at the machine first" in result["answer"]


def test_endpoints_are_not_better_because_another_one_is_worse(capsys: pytest.CaptureFixture[str]) -> None:
    folder = Path(__file__).parent / "samples" / "releases"
    result, values = compared(capsys, f"--baseline '{folder}/before-*' --candidate '{folder}/after-*'")
    assert values["better"] == 0
    assert values["latencies[GET /list p50].p_against_others"] < 0.05
    assert result["answer"].startswith("Worse: GET /detail (p50 +42.58 %")


def test_fast_errors_fail_the_gate(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """5 runs without failures against 5 with 30 % fast HTTP 500: the gate of p95 passed."""
    none, many = dict.fromkeys(MEDIANS, 0.0), dict.fromkeys(MEDIANS, 0.3)
    sides = []
    for side, failing in (("before", none), ("after", many)):
        sides.append(
            ",".join(write_run(tmp_path / f"{side}-{run}.jtl", run, 1_790_000_000 + run * HOUR, failing=failing)
                     for run in range(5))
        )  # fmt: skip
    call = f"--baseline {sides[0]} --candidate {sides[1]} --metric p95 --regression 5% --warm-up none"
    result, values = compared(capsys, call, 1)
    assert values["gate_passed"] is False
    assert values["failures[all requests].baseline"] == 0
    assert values["failures[all requests].candidate"] == pytest.approx(0.3, abs=0.02)
    assert values["better"] == 0
    assert result["answer"].endswith("the gate of 5 % fails.")


def test_the_order_of_the_runs_is_read_from_the_files(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "turn").mkdir()
    (tmp_path / "days").mkdir()
    write_releases(tmp_path / "turn")
    write_releases(tmp_path / "days", apart=3 * DAY)
    result, _ = compared(capsys, f"--baseline '{tmp_path}/turn/b*' --candidate '{tmp_path}/turn/a*'")
    assert not codes(result) & {"not_in_turn", "order_unknown", "runs_overlap"}
    first = next(one for one in result["warnings"] if one["code"] == "same_side_first")
    assert first["message"].startswith("the baseline was made first in every pair (BCBCBCBC)")
    assert "always ran at" not in first["message"]  # all within a day
    result, _ = compared(capsys, f"--baseline '{tmp_path}/days/b*' --candidate '{tmp_path}/days/a*'")
    assert "not_in_turn" in codes(result)
    assert any("BBBBCCCC, 2 days apart" in warning["message"] for warning in result["warnings"])


def test_the_order_is_read_from_times_that_a_tool_sums_up(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    entries = json.loads((ROOT / "tests/perf_results/real/locust.json").read_text("utf-8"))
    for number in range(4):
        moved = [
            {**entry, **{key: entry[key] + 60 * number for key in ("start_time", "last_request_timestamp")}}
            for entry in entries
        ]
        (tmp_path / f"{'ab'[number % 2]}{number}.json").write_text(json.dumps(moved))
    result, _ = compared(capsys, f"--baseline '{tmp_path}/a*' --candidate '{tmp_path}/b*'")
    assert "order_unknown" not in codes(result)
    first = next(one for one in result["warnings"] if one["code"] == "same_side_first")
    assert "(BCBC)" in first["message"]


def test_a_load_that_differs_and_endpoints_of_one_side_are_reported(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    write_releases(tmp_path, gap=0.03)
    with (tmp_path / "after-0.jtl").open("a") as stream:
        stream.write("1790003600500,5,only here,200,OK,t 1-1,text,true\n")
    result, _ = compared(capsys, f"--baseline '{tmp_path}/before-*' --candidate '{tmp_path}/after-*'")
    assert {"load_differs", "endpoints_differ"} <= codes(result)
    assert any("not compared: only here" in warning["message"] for warning in result["warnings"])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("--baseline 'no-*.jtl' --candidate 'after-*.jtl'", "'no-*.jtl' matches no file"),
        ("--baseline 'before-*.jtl,before-1.jtl' --candidate 'after-*.jtl'", "names 'before-1.jtl' twice"),
        ("--baseline 'before-*.jtl' --candidate .", "is also a file of the baseline"),
        ("--baseline linked --candidate 'after-*.jtl'", "is a link to another folder"),
        ("--baseline 'before-*.jtl' --candidate 'after-*.jtl' --metric p95,p101", "'p101' is not a percentile"),
        ("--baseline-values 0,0,0 --candidate-values 1,1,2", "'0' must be more than 0, since changes are ratios"),
        ("--baseline-values 1,2 --candidate-values 1,2 --metric p95,p50", "takes one measure with figures"),
        ("--baseline 'before-*.jtl' --candidate 'after-*.jtl' --label nothing", "'nothing' is not a request"),
    ],
)
def test_wrong_calls(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    write_releases(tmp_path, 2)
    (tmp_path / "linked").mkdir()
    (tmp_path / "linked" / "run.jtl").symlink_to(tmp_path / "before-1.jtl")
    assert main(shlex.split(f"results compare {call}")) == 2
    assert message in capsys.readouterr().err


def test_folders_are_sides(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    for side, seed in (("old", 1), ("new", 30)):
        (tmp_path / side).mkdir()
        (tmp_path / side / "README.md").write_text("not a result file")
        for run in (1, 2, 10):
            write_run(tmp_path / side / f"run-{run}.jtl", seed + run, 1_790_000_000 + (seed + run) * HOUR)
    _, values = compared(capsys, f"--baseline {tmp_path}/old --candidate {tmp_path}/new/ --warm-up none")
    assert (values["baseline_runs"], values["candidate_runs"]) == (3, 3)


def test_shares_may_be_zero(capsys: pytest.CaptureFixture[str]) -> None:
    call = "--metric failures --baseline-values 0,0,0,0 --candidate-values"
    result, values = compared(capsys, f"{call} 0.02%,0.03%,0.01%,0.02%")
    assert values["difference"] == pytest.approx(0.0002)
    assert values["different"] is True
    assert "worse, and more than noise" in result["answer"]
    _, values = compared(capsys, f"{call} 0,0.1%,0,0")
    assert values["different"] is False
    assert compared(capsys, f"{call} 2%,2.1%,1.9%,2% --regression 5%", 1)[1]["gate_passed"] is False


def test_failures_are_compared_by_counts() -> None:
    # scipy.stats.fisher_exact gives 0.0325 for this table, and binomtest 0.0702 for the limit
    assert two_sample_p_value(RunCounts(0, 10), RunCounts(5, 10), INDEPENDENT) == pytest.approx(0.0325, abs=1e-4)
    assert limit_p_value(RunCounts(3, 10), 0.1, INDEPENDENT) == pytest.approx(0.0702, abs=1e-4)
    assert two_sample_p_value(RunCounts(0, 10), RunCounts(0, 10), INDEPENDENT) == 1
    assert limit_p_value(RunCounts(900, 1000), 0.1, INDEPENDENT) < 1e-100
    before, after = [RunCounts(2, 1000)] * 5, [RunCounts(20, 1000)] * 5
    change = compare_failures(before, after, INDEPENDENT)
    assert change.p_value < 1e-10
    assert change.low < change.difference < change.high
    assert change.difference == pytest.approx(0.018)
    assert change.difference > change.detectable
    # the same counts prove less where runs vary more than independent requests do
    assert compare_failures(before, after, Dispersion(10.0, 8)).p_value > 100 * change.p_value


def test_bursts_of_failures_are_no_change() -> None:
    """A burst in one run of five: requests are not independent."""
    before = [RunCounts(1, 1000), RunCounts(2, 1000), RunCounts(0, 1000), RunCounts(1, 1000), RunCounts(2, 1000)]
    after = [RunCounts(1, 1000), RunCounts(0, 1000), RunCounts(40, 1000), RunCounts(2, 1000), RunCounts(1, 1000)]
    names = dict.fromkeys(gate_simulation.ENDPOINTS, 1)
    rng = random.Random(3)
    scenario = gate_simulation.Scenario(5, 0.02, is_shared=True)
    sides = []
    for counts in (before, after):
        runs = [dict(gate_simulation.draw_run(rng, scenario, is_candidate=False)) for _ in counts]
        for run, count in zip(runs, counts, strict=True):
            run["login"] = run["login"]._replace(failures=count.failures)
        sides.append(runs)
    changes = compare_releases(sides[0], sides[1], ["failures"])
    assert {change.endpoint for change in changes} >= set(names)
    assert not [change for change in changes if change.endpoint == "login" and change.change.is_significant]


@pytest.mark.parametrize(
    ("after", "said"),
    [
        ([9, 20, 7, 7], "; perhaps worse, which more runs would decide: upload (failures 0.25 % to 5.375 %)"),
        ([11, 11, 10, 11], "Worse: upload (failures 0.25 % to 5.375 %)"),  # as many, but not in one run
        ([1, 1, 0, 0], ""),
    ],
)
def test_more_failures_that_may_be_noise_are_named(after: list[int], said: str) -> None:
    rng = random.Random(3)
    scenario = gate_simulation.Scenario(4, 0.02, is_shared=True)
    sides = []
    for counts in ([0, 2, 0, 0], after):
        runs = [dict(gate_simulation.draw_run(rng, scenario, is_candidate=False)) for _ in counts]
        for run, count in zip(runs, counts, strict=True):
            run["upload"] = run["upload"]._replace(requests=200, failures=count)
        sides.append(runs)
    text = describe(compare_releases(sides[0], sides[1]))
    assert said in text
    assert ("perhaps" in text) == ("perhaps" in said)


def test_holms_correction() -> None:
    # R: p.adjust(c(.01, .04, .03, .005), "holm")
    assert holm_adjusted([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm_adjusted([]) == []


def test_the_f_distribution() -> None:
    # scipy.stats.f.sf
    assert f_upper_tail(4.0, 8, 8) == pytest.approx(0.0333440, abs=1e-6)
    assert f_upper_tail(0.0, 4, 20) == pytest.approx(1)


def test_an_endpoint_that_varies_more_is_judged_by_itself() -> None:
    calm = [Variance(0.0004, 8)] * 5
    assert moderated(Variance(0.01, 8), calm) == Variance(0.01, 8)
    shared = moderated(Variance(0.0002, 8), calm)
    assert shared.value == pytest.approx(0.0003)
    assert shared.degrees_of_freedom == 16


@pytest.mark.parametrize(("runs", "steps", "is_shown"), [(2, 2, False), (2, 3, False), (5, 1, False), (5, 3, True)])
def test_equal_rounded_figures_are_no_proof_of_runs_that_do_not_vary(runs: int, steps: int, is_shown: bool) -> None:
    """Medians of 58 ms in both runs before and of 60 ms in both after: the rounding hides how much they vary."""
    noise = [0.98, 1.02, 1.01, 0.99, 1.0]

    def side(median: int) -> list[dict[str, EndpointFigures]]:
        return [
            {
                name: EndpointFigures(100, 0, {"p50": level}, 10.0, {"p50": level})
                for name, level in (("order", median / 1000), ("list", 0.3 * noise[run]), ("pay", 0.5 * noise[run - 1]))
            }
            for run in range(runs)
        ]

    changes = compare_releases(side(58), side(58 + steps), ["p50"])
    assert [change.endpoint for change in changes if change.change.is_significant] == ["order"] * is_shown


def test_rounded_latencies_do_not_look_exact() -> None:
    """Medians of 90 and 91 ms in every run differ by the rounding to milliseconds alone."""
    figures = [0.09] * 5 + [0.091] * 5
    logs = LogSides([math.log(value) for value in figures[:5]], [math.log(value) for value in figures[5:]])
    assert rounding_of(figures, logs) >= logs.difference
    noisy = [0.085, 0.09, 0.095]
    assert rounding_of(noisy, LogSides([math.log(value) for value in noisy], [])) == 0


def test_overlapping_runs_and_unknown_times() -> None:
    assert order_of([(0, 10)], [(5, 15)]).overlap
    assert not order_of([(0, 10), None], [(20, 30)]).is_known
    assert order_of([(0, 1), (2, 3)], [(10, 11), (12, 13)]).is_in_turn is False


def test_the_side_that_is_always_first_and_the_time_of_the_day() -> None:
    day = 86_400
    pairs = [(day * n + 3600 * 9, day * n + 3600 * 9 + 60) for n in range(3)]
    later = [(start + 7200, end + 7200) for start, end in pairs]
    order = order_of(pairs, later)
    assert (order.always_first, order.hours) == ("B", (9.0, 11.0))
    swapped = [pairs[0], later[1], pairs[2]], [later[0], pairs[1], later[2]]
    order = order_of(*swapped)
    assert (order.sequence, order.always_first, order.hours) == ("BCCBBC", "", None)


def test_false_alarms_and_power(request: pytest.FixtureRequest) -> None:
    """The promises of bench/perf_gates.py, with fewer trials and three standard errors."""
    trials = 2000 if request.config.getoption("--full") else 150
    slack = 3 * math.sqrt(0.05 * 0.95 / trials)
    for scenario in gate_simulation.unchanged():
        outcome = gate_simulation.simulate(scenario, trials, seed=5)
        assert outcome.changed <= 0.05 + slack, scenario
        assert outcome.budget_failed <= 0.05 + slack, scenario
    for scenario in gate_simulation.changed():
        outcome = gate_simulation.simulate(scenario, trials, seed=6)
        least = 0.9 if scenario.slower else 0.95
        shares = (
            (outcome.found_slower, outcome.budget_slower)
            if scenario.slower
            else (outcome.found_failing, outcome.budget_failing)
        )
        assert min(shares) >= least - 3 * math.sqrt(least * (1 - least) / trials), scenario


#: A table of the text: its heading line, its rows, and how many rows it leaves out.
def tables_of(text: str) -> dict[str, tuple[list[str], list[str], int]]:
    found: dict[str, tuple[list[str], list[str], int]] = {}
    for block in text.split("\n\n"):
        lines = [line for line in block.splitlines() if line.startswith("  ")]
        if not lines or "baseline  " not in lines[0]:
            continue
        left = re.match(r"  and (\d+) more, see --json$", lines[-1])
        heading = re.split(r"\s{2,}", lines[0].strip())
        rows = [re.split(r"\s{2,}", line.strip())[0] for line in lines[1 : -1 if left else None]]
        found[heading[0]] = (heading, rows, int(left[1]) if left else 0)
    return found


def write_many(folder: Path, names: list[str], *, worse: list[str], broken: bool = False) -> None:
    """Three runs a side of many endpoints, made in turn; some of them are 60 % slower in the candidate."""
    rng = random.Random(8)
    for number in range(3):
        for place, side in enumerate(("before", "after")):
            start = 1_760_000_000_000 + 100_000 * (2 * number + place)
            level = {name: rng.lognormvariate(0, 0.02) * (1.6 if place and name in worse else 1) for name in names}
            rows = []
            for index in range(60 * len(names)):
                name = names[index % len(names)]
                latency = round(100 * level[name] * rng.lognormvariate(0, 0.3))
                ok = not (place and name in worse[:1] and rng.random() < 0.4)
                rows.append(
                    f'{start + 2 * index},{latency},"{name}",{200 if ok else 500},{"true" if ok else "false"}\n'
                )
            if broken:
                rows.insert(40, "damaged\n")
            text = "timeStamp,elapsed,label,responseCode,success\n" + "".join(rows)
            (folder / f"{side}-{number}.jtl").write_text(text)


@pytest.mark.parametrize("broken", [False, True])
@pytest.mark.parametrize("worse", [0, 1, 12])
def test_a_text_fits_a_terminal_and_says_how_many_rows_it_leaves_out(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, worse: int, broken: bool
) -> None:
    names = [f"GET /api/v2/customers/{{id}}/orders/number/{index}" for index in range(30)]
    write_many(tmp_path, names, worse=names[5 : 5 + worse], broken=broken)
    call = f"--baseline '{tmp_path}/before-*.jtl' --candidate '{tmp_path}/after-*.jtl' --regression 5%"
    code = 1 if worse else 0
    result, _ = compared(capsys, call, code)
    assert main(shlex.split(f"results compare {call}")) == code
    text = capsys.readouterr().out
    lines = text.splitlines()
    assert len(lines) <= 40, text
    assert max(len(line) for line in lines if line.startswith("  ")) <= 102, text
    tables = tables_of(text)
    assert set(tables) == {"failures", "latencies", "throughput"}
    for table in result["tables"]:
        if table["name"] in ("with_failed_requests", "changed_latencies"):
            continue
        heading, rows, left = tables[table["name"]]
        assert heading[1:] == ["baseline", "candidate", "change", "p"]
        assert len(rows) + left == len(table["rows"])
        # what differs comes first
        cells = [row["cells"] for row in table["rows"]]
        differs = [min(cell["value"] for name, cell in row.items() if name[:1] == "p") < 0.05 for row in cells]
        assert differs == sorted(differs, reverse=True)
        assert [row["label"][-6:] for row in table["rows"][: len(rows)]] == [label[-6:] for label in rows]
    assert ("  changed latencies  " in text) is (worse > 0)
    assert ("warning [corrupt_lines]: 6 lines could not be read" in text) is broken
    if worse == 1:
        assert tables["failures"][1][0].endswith("number/5")
        assert tables["latencies"][1][0].split()[-2].endswith("number/5")
