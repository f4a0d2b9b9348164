"""docs/worked-case.md is true: each command is run, and prints what the page shows."""

from __future__ import annotations

import csv
import importlib.util
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import headless_browser as browser
from perf_answers import document_values
from support import ROOT
from worked_case import FOLDER, Step, copy_case, missing_lines, run, steps

#: How far a figure of a live load test may be from that of the page, as a share of it, by command.
LIVE = {
    "usl fit": {"rate": 0.25, "throughput": 0.25},
    "forecast event": {"capacity_now": 0.25, "targets[50 %].demand": 0.001, "ordinary": 0.001},
    "cost per-request": {"best_per_million": 0.25},
    "results summarize": {"error_rate": 0.0},
}
#: Figures that the text of the page repeats, and by what the values of the answers are multiplied for their units.
QUOTED = {
    "106 ms": 1e3, "84 ms": 1e3, "44 requests": 1, "191.6 requests": 1, "127.8 %": 100, "99.87 %": 100, "28.8 %": 100,
    "434 USD": 1, "0.86 ": 1, "6.48 USD": 1,
}  # fmt: skip

Case = tuple[Path, list[tuple[Step, "subprocess.CompletedProcess[str]"]]]


def load(name: str) -> ModuleType:
    """A module of the case."""
    spec = importlib.util.spec_from_file_location(f"worked_case_{name}", FOLDER / f"{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def kept(folder: Path) -> dict[str, dict[str, Any]]:
    """The figures of each kept answer, by the name of its command."""
    documents = [json.loads(path.read_text("utf-8")) for path in sorted((folder / "perf-answers").glob("*.json"))]
    return {document["command"]: document_values(document) for document in documents}


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """A copy of the case after all its commands but the load test, and what each of them printed."""
    folder = copy_case(tmp_path_factory.mktemp("worked"))
    return folder, [(step, run(step.command, folder)) for step in steps() if not step.is_load_test]


def test_each_command_prints_what_the_page_shows(case: Case) -> None:
    _, done = case
    assert len(done) > 14
    for step, result in done:
        assert result.returncode == step.exit_code, f"{step.command}\n{result.stdout}\n{result.stderr}"
        assert step.shown, f"the page shows nothing of: {step.command}"
        assert missing_lines(step.shown, result.stdout) == [], f"{step.command}\nprints:\n{result.stdout}"


def test_a_line_that_is_not_printed_is_seen() -> None:
    assert missing_lines(["a", "...", "c"], "a\nb\nc\n") == []
    assert missing_lines(["a", "c"], "a\nb\nc\n") == ["c"]
    assert missing_lines(["a", "...", "d"], "a\nb\nc\n") == ["d"]
    assert missing_lines(["...", "c", "...", "a"], "a\nb\nc\n") == ["a"]


def test_figures_of_the_text_are_those_of_the_answers(case: Case) -> None:
    """The prose repeats figures of the outputs, rounded."""
    values = [value for figures in kept(case[0]).values() for value in figures.values()]
    numbers = [value for value in values if isinstance(value, (int, float))]
    text = re.sub(r"```.*?```", "", (ROOT / "docs/worked-case.md").read_text("utf-8"), flags=re.DOTALL)
    for figure, scale in QUOTED.items():
        assert figure in text, figure
        number = figure.split()[0]
        digits = len(number.partition(".")[2])
        assert any(round(value * scale, digits) == float(number) for value in numbers), figure


def test_the_report_has_no_finding_and_finds_a_wrong_figure(case: Case) -> None:
    folder, _ = case
    clean = run("acolytes-perf report lint report.md --json", folder)
    figures = document_values(json.loads(clean.stdout))
    assert (clean.returncode, figures["findings"]) == (0, 0)
    assert figures["traced"] == figures["figures"] > 30
    text = (folder / "report.md").read_text("utf-8")
    (folder / "wrong.md").write_text(text.replace("434 USD", "443 USD"), "utf-8")
    assert run("acolytes-perf report lint wrong.md", folder).returncode == 1


@pytest.mark.parametrize("page", ["dashboard.html", "board.html"])
@pytest.mark.parametrize("width", [400, 1400])
def test_the_pages_fit_a_phone_and_a_screen(
    case: Case, page: str, width: int, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    if not browser.path():
        pytest.skip("no Chromium")
    script = browser.axe(tmp_path_factory.getbasetemp() / "axe") or ""
    seen, console = browser.look(Path(shutil.copy(case[0] / page, tmp_path)), width, script=script)
    assert seen["width"] <= width
    assert seen["violations"] == []
    assert console == []


def test_the_traffic_is_the_one_that_its_generator_makes() -> None:
    done = run(f"{sys.executable} {FOLDER / 'data.py'}", FOLDER)
    assert done.stdout == (FOLDER / "traffic.csv").read_text("utf-8")


def test_the_recorded_load_tests_agree_with_the_shop(case: Case) -> None:
    shop = load("shop")
    service = (3 * shop.SERVICE["GET /plants"] + shop.SERVICE["POST /orders"]) / 4
    fit = kept(case[0])["usl fit"]
    assert fit["rate"] == pytest.approx(1 / service, rel=0.1)
    assert fit["contention"] == pytest.approx(shop.CONTENTION, abs=0.02)
    assert fit["coherency"] == pytest.approx(shop.COHERENCY, abs=0.0005)
    with (FOLDER / "measured/sizes.csv").open(encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            workers = int(row["workers"])
            assert float(row["rps"]) == pytest.approx(workers / service / shop.slowdown(workers), rel=0.1)


def test_the_case_with_a_load_test_of_now(case: Case, tmp_path: Path) -> None:
    """The same commands on what a short load test measures: figures that rest on it agree within a tolerance."""
    if importlib.util.find_spec("locust") is None:
        pytest.skip("locust is not installed")
    folder = copy_case(tmp_path)
    shutil.rmtree(folder / "measured")
    for step in steps():
        extra = " --seconds 3 --runs 2" if step.is_load_test else ""
        if "report " in step.command.split(" --")[0]:
            continue  # these quote ids of the recorded answers
        done = run(step.command + extra, folder)
        # whether two short runs show the change of the release is a matter of luck
        allowed = (0, 1) if step.exit_code == 1 else (0,)
        assert done.returncode in allowed, f"{step.command}\n{done.stdout}\n{done.stderr}"
    live, recorded = kept(folder), kept(case[0])
    assert live.keys() == recorded.keys()
    for command, tolerances in LIVE.items():
        for name, tolerance in tolerances.items():
            expected = recorded[command][name]
            assert live[command][name] == pytest.approx(expected, rel=tolerance), f"{command}: {name}"
    for command in ("slo report", "slo alerts", "incident stats", "cost compare", "roadmap rank", "queue size"):
        assert live[command] == recorded[command]
