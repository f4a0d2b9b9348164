"""`budget init` and `budget check`: proposals, verdicts, exit codes, JUnit XML and the GitHub summary."""

import json
import random
import shlex
import statistics
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

import gate_simulation
from acolytes_perf.cli import main
from acolytes_perf.errors import InputError
from acolytes_perf.methods.budgets.limits import Limit, parse_budget
from acolytes_perf.methods.budgets.proposal import round_up
from acolytes_perf.methods.budgets.verdict import LimitVerdict, check_limits
from acolytes_perf.outputs.budget_report import describe, perhaps_kept
from perf_answers import document_values
from release_files import MEDIANS, write_releases, write_run

CHECK = "--budget budget.json --baseline 'before-*.jtl' --warm-up none --candidate"


def answered(capsys: pytest.CaptureFixture[str], call: str, code: int = 0) -> tuple[dict[str, Any], dict[str, Any]]:
    assert main([*shlex.split(f"budget {call}"), "--json"]) == code, capsys.readouterr().err
    result: dict[str, Any] = json.loads(capsys.readouterr().out, parse_constant=pytest.fail)
    return result, document_values(result)


def printed(capsys: pytest.CaptureFixture[str], call: str, code: int = 0) -> str:
    assert main(shlex.split(f"budget {call}")) == code, capsys.readouterr().err
    return capsys.readouterr().out


@pytest.fixture
def releases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Path:
    """Four runs of a release, four of one that is slower and fails more, four of an unchanged one, and a budget."""
    monkeypatch.chdir(tmp_path)
    write_releases(tmp_path, slower={"detail": 1.15}, failing={"upload": 0.06})
    for number in range(4):
        write_run(tmp_path / f"same-{number}.jtl", 90 + number, 1_790_000_000 + number * 7200 + 5400)
    printed(capsys, "init --baseline 'before-*.jtl' --warm-up none --out budget.json")
    return tmp_path


@pytest.mark.usefixtures("releases")
def test_the_proposed_budget_stops_a_worse_release_and_passes_an_unchanged_one(
    capsys: pytest.CaptureFixture[str],
) -> None:
    result, values = answered(capsys, f"check {CHECK} 'after-*.jtl'", 1)
    assert values["gate_passed"] is False
    assert values["latency_changes[detail p50].fails"] is True
    assert values["latency_changes[detail p50].change"] == pytest.approx(0.15, abs=0.05)
    assert values["failure_changes[upload failures].fails"] is True
    assert values["failure_limits[upload failures].value"] == pytest.approx(0.06, abs=0.015)
    assert not [name for name, value in values.items() if name.endswith(".fails") and value and "login" in name]
    assert result["answer"].startswith("Fail: ")
    assert "upload failures" in result["answer"]
    result, values = answered(capsys, f"check {CHECK} 'same-*.jtl'")
    assert (values["gate_passed"], values["failed"]) == (True, 0)
    assert values["passed"] + values["undecided"] == values["limits"]


@pytest.mark.usefixtures("releases")
def test_an_undecided_budget_passes_or_fails_as_the_call_says(capsys: pytest.CaptureFixture[str]) -> None:
    two = "before-0.jtl,before-1.jtl --warm-up none --candidate same-0.jtl,same-1.jtl"
    call = f"--budget budget.json --baseline {two}"
    result, values = answered(capsys, f"check {call}")
    assert (values["failed"], values["gate_passed"]) == (0, True)
    assert values["undecided"] > 0
    assert values["runs_needed"] is None or values["runs_needed"] > 2
    assert result["answer"].startswith("Undecided: no limit fails, ")
    assert answered(capsys, f"check {call} --undecided fail", 1)[1]["gate_passed"] is False


@pytest.mark.usefixtures("releases")
def test_one_run_is_checked_against_absolute_limits(capsys: pytest.CaptureFixture[str]) -> None:
    call = "--candidate after-0.jtl --warm-up none --limits"
    result, values = answered(capsys, f"check {call} p50:500ms,failures:8%")
    assert values["passed"] == 2
    assert [warning["code"] for warning in result["warnings"]] == ["variation_assumed"]
    _, values = answered(capsys, f"check {call} p95:50ms,failures:0.1%", 1)
    assert values["failed"] == 2
    # a limit within the noise is undecided
    p50 = answered(capsys, f"check {call} p50:500ms")[1]["latency_limits[all requests p50].value"]
    _, values = answered(capsys, f"check {call} p50:{1000 * p50 * 1.01:.2f}ms")
    assert values["undecided"] == 1


def test_fast_errors_break_every_budget_with_a_baseline(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A budget that only names p95 still compares failures."""
    monkeypatch.chdir(tmp_path)
    none, many = dict.fromkeys(MEDIANS, 0.0), dict.fromkeys(MEDIANS, 0.3)
    for number in range(5):
        start = 1_790_000_000 + number * 7200
        write_run(tmp_path / f"before-{number}.jtl", number, start, failing=none)
        write_run(tmp_path / f"after-{number}.jtl", number, start + 3600, failing=many)
    call = "check --limits p95:5%:baseline --baseline 'before-*' --candidate 'after-*' --warm-up none"
    _, values = answered(capsys, call, 1)
    assert values["failure_changes[all requests failures].baseline"] == 0
    assert values["failure_changes[all requests failures].fails"] is True


def test_throughput_has_least_values(capsys: pytest.CaptureFixture[str]) -> None:
    call = "check --limits throughput:100/s --candidate-values"
    assert answered(capsys, f"{call} throughput:120/s,throughput:121/s,throughput:119/s")[1]["passed"] == 1
    assert answered(capsys, f"{call} throughput:80/s,throughput:81/s,throughput:79/s", 1)[1]["failed"] == 1
    call = "check --limits throughput:5%:baseline --baseline-values throughput:120/s,throughput:121/s,throughput:119/s"
    _, values = answered(capsys, f"{call} --candidate-values throughput:100/s,throughput:101/s,throughput:99/s", 1)
    row = "throughput_changes[all requests throughput]"
    assert values[f"{row}.change"] == pytest.approx(-1 / 6, abs=0.001)
    assert values[f"{row}.limit"] == -0.05


@pytest.mark.usefixtures("releases")
def test_junit_xml_and_the_github_summary(capsys: pytest.CaptureFixture[str]) -> None:
    output = printed(capsys, f"check {CHECK} 'after-*.jtl' --format junit", 1)
    suite = ElementTree.fromstring(output).find("testsuite")
    assert suite is not None
    cases = suite.findall("testcase")
    assert int(suite.attrib["tests"]) == len(cases) > 10
    assert int(suite.attrib["failures"]) == len(suite.findall("testcase/failure")) >= 2
    failed = {case.attrib["name"] for case in cases if case.find("failure") is not None}
    assert "upload failures" in failed
    output = printed(capsys, f"check {CHECK} 'after-*.jtl' --format github", 1)
    assert output.startswith("### Performance budget\n\n**Fail: ")
    assert "| :x: fail | upload failures (failure limits) |" in output
    # files: by suffix, and all of them in a folder
    printed(capsys, f"check {CHECK} 'after-*.jtl' --out report.xml", 1)
    assert Path("report.xml").read_text().startswith("<?xml ")
    printed(capsys, f"check {CHECK} 'after-*.jtl' --out reports/", 1)
    assert {path.name for path in Path("reports").iterdir()} == {
        "budget-check.json", "budget-check.md", "budget-check-junit.xml", "github-summary.md",
    }  # fmt: skip


def test_names_of_endpoints_cannot_break_the_files(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    name = '<b>&"|`]]>--'
    rows = "".join(f'{1_790_000_000_000 + 50 * row},{100 + row % 9},"{name.replace(chr(34), chr(34) * 2)}",true\n'
                   for row in range(400))  # fmt: skip
    Path("run.jtl").write_text("timeStamp,elapsed,label,success\n" + rows)
    Path("b.json").write_text(json.dumps({"endpoints": {name: {"p95": {"at_most": "1ms"}}}}))
    output = printed(capsys, "check --budget b.json --candidate run.jtl --format junit", 1)
    assert [case.attrib["name"] for case in ElementTree.fromstring(output).iter("testcase")] == [f"{name} p95"]
    assert "<b>" not in printed(capsys, "check --budget b.json --candidate run.jtl --format github", 1)


@pytest.mark.parametrize(
    ("budget", "message"),
    [
        ("{}", "has no limit (b.json)"),
        ("[]", "must be a JSON object"),
        ("{", "is not JSON"),
        ('{"all_request": {}}', "b.json: all_request is not a part of a budget (did you mean all_requests?)"),
        ('{"all_requests": {"p101": {}}}', "b.json: all_requests/p101 is not a measure"),
        ('{"all_requests": {"p95": "500ms"}}', 'all_requests/p95 must be an object such as {"p95": {"at_most"'),
        ('{"all_requests": {"p95": {"atmost": "5s"}}}', "atmost is not a limit of p95 (did you mean at_most?)"),
        ('{"all_requests": {"p95": {"at_most": 500}}}', "all_requests/p95/at_most 500 "),
        ('{"all_requests": {"p95": {"at_most": "0ms"}}}', "'0ms' must be above 0"),
        ('{"all_requests": {"failures": {"at_most": 5}}}', "5 is not a share between 0 and 1: write 5%"),
        ('{"all_requests": {"throughput": {"at_most": "5/s"}}}', "at_most is not a limit of throughput"),
        ('{"endpoints": {"none": {"p95": {"at_most": "1s"}}}}', "limits for the endpoint 'none', which the runs lack"),
        ('{"every_endpoint": {"p95": {"above_baseline_by_at_most": "5%"}}}', "baseline: is missing, e.g. --baseline"),
        ('{"all_requests": {}, "all_requests": {}}', "all_requests is there twice"),
    ],
)
def test_wrong_budgets(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, budget: str, message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    write_run(tmp_path / "run.jtl", 1, 1_790_000_000, requests=200)
    Path("b.json").write_text(budget)
    assert main(shlex.split("budget check --budget b.json --candidate run.jtl")) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1


@pytest.mark.usefixtures("releases")
def test_the_proposal_is_tried_on_the_runs_and_on_a_candidate(capsys: pytest.CaptureFixture[str]) -> None:
    call = "init --baseline 'before-*.jtl' --warm-up none --candidate"
    result, values = answered(capsys, f"{call} 'after-*.jtl'")
    assert (values["splits"], values["splits_failed"], values["stops_candidate"]) == (6, 0, True)
    assert "0 of 6 splits fail. It stops the candidate by " in result["answer"]
    assert "detail p50 +1" in result["answer"]
    _, verdicts = answered(capsys, f"check {CHECK} 'after-*.jtl'", 1)
    names = [name for name in values if name.endswith(".fails")]
    assert sum(values[name] for name in names) == verdicts["failed"]
    assert all(values[name] == verdicts[name] for name in names)
    result, values = answered(capsys, f"{call} 'same-*.jtl'")
    assert values["stops_candidate"] is False
    assert "It does not stop the candidate: none of " in result["answer"]


@pytest.mark.usefixtures("releases")
def test_a_budget_file_does_not_hide_the_answer(capsys: pytest.CaptureFixture[str]) -> None:
    text = printed(capsys, "init --baseline 'before-*.jtl' --candidate 'after-*.jtl' --warm-up none --out b.json")
    assert "p95_at_most" in text
    assert "written: b.json" in text
    assert len(text.splitlines()) <= 41  # the last line names the file
    assert json.loads(Path("b.json").read_text())["endpoints"]["detail"]["p95"]


@pytest.mark.usefixtures("releases")
def test_limits_that_fail_come_first_in_a_text(capsys: pytest.CaptureFixture[str]) -> None:
    text = printed(capsys, f"check {CHECK} 'after-*.jtl'", 1)
    rows = [line for line in text.splitlines() if line.startswith("  detail p") and "%" in line]
    assert [row.split()[1] for row in rows if row.endswith("yes")] == ["p50", "p95"]
    assert "  login p50" not in text  # it passes
    assert " that pass, see --json" in text
    assert len(text.splitlines()) <= 40


def test_few_runs_and_blind_limits_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    result, values = answered(
        capsys, "init --baseline-values p50:100ms,p95:100ms,p50:101ms,p95:900ms,p50:99ms,p95:300ms"
    )
    assert "splits" not in values
    assert "Not tried on the baseline's own runs: that needs 4 or more." in result["answer"]
    warning = next(one for one in result["warnings"] if one["code"] == "limit_nearly_blind")
    assert "all requests p95 (100 %)" in warning["message"]


def test_a_candidate_without_the_endpoints_is_an_error(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("a", "b"):
        rows = "".join(f"{1_790_000_000_000 + n * 100},{20 + n % 7},{name},200,true\n" for n in range(300))
        Path(f"{name}.jtl").write_text("timeStamp,elapsed,label,responseCode,success\n" + rows)
    assert main(shlex.split("budget init --baseline a.jtl --candidate b.jtl")) == 2
    assert "candidate: has none of the endpoints of the baseline: a" in capsys.readouterr().err


def test_an_endpoint_may_be_named_like_a_comment() -> None:
    limits = {"p95": {"at_most": "1s"}}
    budget = parse_budget({"endpoints": {"about": "a comment", "about us": limits}}, "b.json")
    assert budget.limits(["about us"], has_baseline=False) == [Limit("about us", "p95", "at_most", 1.0)]


def test_what_is_said_of_changes_within_noise_of_the_limit() -> None:
    """+6 % fails a limit of 5 %, though the release may be within it: the answer says so."""
    verdict = LimitVerdict(Limit("a", "p50", "above_baseline_by_at_most", 0.05), "fail", 0.106, 0.1, 0.06, 0.09, 0.03,
                           0.01, None, 0.08)  # fmt: skip
    assert "perhaps still within the limit: a p50" in perhaps_kept([verdict])
    assert perhaps_kept([verdict._replace(best_case=0.055)]) == ""


def test_open_limits_say_which_runs_would_decide_them() -> None:
    limit = Limit("a", "p50", "above_baseline_by_at_most", 0.05)
    first = LimitVerdict(limit, "undecided", 0.101, 0.1, 0.01, 0.07, -0.05, 1.0, 6, 0.2)
    second = first._replace(limit=limit._replace(endpoint="b"), reached=0.048, runs_needed=96)
    assert describe([first, second]) == (
        "Undecided: no limit fails, 0 of 2 limits pass, 2 are open. About 6 runs a side would decide a p50 +1 % "
        "against the baseline (limit 5 %), 96 would decide b p50 +4.8 % against the baseline (limit 5 %), which is "
        "nearer to its limit."
    )


def test_limits_of_an_endpoint_replace_those_of_every_endpoint() -> None:
    limits = {"p95": {"at_most": "1s", "above_baseline_by_at_most": "5%"}}
    budget = parse_budget(
        {"about": "x", "every_endpoint": limits, "endpoints": {"b": {"about": 1, "p95": {"at_most": "2s"}}}}, "b.json"
    )
    assert budget.limits(["a", "b"], has_baseline=False) == [
        Limit("a", "p95", "at_most", 1.0),
        Limit("a", "p95", "above_baseline_by_at_most", 0.05),
        Limit("b", "p95", "at_most", 2.0),
        Limit("b", "p95", "above_baseline_by_at_most", 0.05),
    ]
    with pytest.raises(InputError, match="which the runs lack: a"):
        budget.limits(["a"], has_baseline=False)


def test_proposed_limits_have_two_digits() -> None:
    assert [round_up(value) for value in (0.1201, 0.5, 12.0, 0.0099)] == [0.13, 0.5, 12.0, 0.0099]


def test_a_proposal_from_figures(capsys: pytest.CaptureFixture[str]) -> None:
    call = "init --baseline-values p50:180ms,p95:412ms,p50:184ms,p95:420ms,p50:177ms,p95:405ms"
    _, values = answered(capsys, call)
    assert values["latencies[all requests p95].at_most"] == 0.51  # 420 ms and 20 %, rounded up
    assert values["latencies[all requests p95].above_baseline"] == 0.075
    budget = json.loads(printed(capsys, f"{call} --regression 5% --headroom 10% --format budget"))
    assert budget["all_requests"] == {
        "p50": {"above_baseline_by_at_most": "5%"},
        "p95": {"at_most": "470ms", "above_baseline_by_at_most": "5%"},
    }


@pytest.mark.parametrize(
    "limit",
    [
        Limit("detail", "p95", "above_baseline_by_at_most", 0.01),
        Limit("detail", "p95", "above_baseline_by_at_most", 0.1),
        Limit("detail", "p95", "at_most", 0.2),
        Limit("detail", "failures", "at_most", 0.01),
        Limit("detail", "failures", "above_baseline_by_at_most", 0.005),
        Limit("detail", "failures", "above_baseline_by_at_most", 0.02),
        Limit("detail", "failures", "at_most", 0.0),
    ],
)
@pytest.mark.parametrize("requests", [200, 2000])
def test_what_fails_from_says_fails_in_80_of_100_checks(limit: Limit, requests: int) -> None:
    trials, rng = 300, random.Random(4)
    usual = gate_simulation.Scenario(5, 0.03, is_shared=False, requests=requests)

    def verdict(scenario: gate_simulation.Scenario) -> LimitVerdict:
        sides = [
            [gate_simulation.draw_run(rng, scenario, is_candidate=is_candidate) for _ in range(scenario.runs)]
            for is_candidate in (True, False)
        ]
        return check_limits([limit], sides[0], sides[1], 0.05)[0]

    typical = sorted(verdict(usual).fails_from or 0.0 for _ in range(61))[30]
    if limit.measure == "failures":
        share = typical + (usual.failures if limit.kind.startswith("above") else 0)
        changed = usual._replace(failures=share)
    else:
        draws = [gate_simulation.draw_run(rng, usual, is_candidate=False) for _ in range(200)]
        p95 = statistics.geometric_mean(run["detail"].latencies["p95"] for run in draws)
        changed = usual._replace(slower=typical if limit.kind.startswith("above") else typical / p95 - 1)
    failed = sum(verdict(changed).verdict == "fail" for _ in range(trials)) / trials
    assert failed == pytest.approx(0.8, abs=0.09), (typical, changed)
