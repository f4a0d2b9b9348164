"""A printed figure is never rounded to its limit or across it, in any text, table, page or saved answer."""

import json
import re
import shlex
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from acolytes_perf.cli import main
from acolytes_perf.outcome import Interval, Result
from acolytes_perf.outputs.answer_files import FOLDER, read_answers
from acolytes_perf.reports.answer_parts import answer_table, cell
from acolytes_perf.reports.known_figures import known_figures
from acolytes_perf.schemas import result_schema
from acolytes_perf.wording import format_quantity

SOURCES = Path(__file__).parents[2] / "scripts" / "acolytes_perf"
#: 43.2 min are allowed.
MISSED = "slo budget --slo 99.9% --window 30d --downtime 2592.1s"
STEPS = "latency budget --steps a:5ms:12ms:30ms,b:20ms:60ms:150ms"
RUNS = (
    "results compare --baseline-values 100,100.1,99.9,100,100.05"
    " --candidate-values 104.99,105.1,104.9,105,105.061 --metric p95"
)


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("value", "unit", "limit", "text"),
    [
        (1.00004, "ratio", 1.0, "100.004 %"),
        (0.050004, "ratio", 0.05, "5.0004 %"),
        (0.79998, "probability", 0.8, "79.998 %"),
        (0.50001, "s", 0.5, "500.01 ms"),
        (0.99999, "s", 1.0, "999.99 ms"),
        (1200.02, "s", 1200, "20.0003 min"),
        (2592000.5, "s", 2592000, "30.00001 d"),
        (1200.4, "1/s", 1200, "1200.4/s"),
        (1200.4, "servers", 1200, "1200.4 servers"),
        (1e9 + 1e5, "B", 1e9, "1.0001 GB"),
        (1.00001, "x", 1.0, "1.00001x"),
        # what is equal stays as short as it was, also with the residue of binary numbers
        (0.1 + 0.2, "s", 0.3, "300 ms"),
        (0.5, "s", 0.5, "500 ms"),
        (0.4, "s", 0.5, "400 ms"),
        (None, "s", 0.5, "never"),
    ],
)
def test_a_value_has_the_digits_that_show_its_side(value: float, unit: str, limit: float, text: str) -> None:
    assert format_quantity(value, unit, [limit]) == text


@given(st.floats(1e-2, 1e6), st.floats(1e-8, 1e-3), st.sampled_from([-1, 1]), st.sampled_from(["ratio", "x", ""]))
def test_what_is_shown_is_on_the_side_of_the_value(limit: float, apart: float, side: int, unit: str) -> None:
    value = limit * (1 + side * apart)
    shown = float(re.sub(r"[ %x]", "", format_quantity(value, unit, [limit]))) / (100 if unit == "ratio" else 1)
    assert (shown - limit) * side > 0


@pytest.mark.parametrize(
    ("call", "code", "texts"),
    [
        (MISSED, 0, ["sli            99.899996 %", "used           100.004 %"]),
        (
            f"{STEPS} --target 158.8ms",
            0,
            ["p99 of the request is 158.84 ms", "request             158.84 ms (", "missed"],
        ),
        (f"{STEPS} --target 158.85ms", 0, ["p99 of the request is 158.8 ms", "is met"]),
        (
            "queue size --arrival-rate 10/s --service-time 96.0001ms --servers 1 --max-utilisation 96%",
            0,
            ["utilisation 96.0001 %", "the targets are not met"],
        ),
        (
            "queue abandon --arrival-rate 48/min --service-time 60s --patience 2min --servers 49 --abandonment 3.8595%",
            0,
            ["3.86 % give up", "the targets are not met"],
        ),
        (
            "incident rto --arrival-rate 100/s --capacity 200/s --outage 10min --restart 0.0005s --rto 20min",
            0,
            ["recovered 20.00002 min after the failure, beyond the objective of 20 min", "time       20.00002 min ("],
        ),
        (
            "incident rto --arrival-rate 100/s --capacity 200/s --backlog 60001 --rto 10min",
            0,
            ["drains in 10.0002 min, beyond the objective of 10 min"],
        ),
        (
            "cost per-request --levels 100/s:0.1%:4,400/s:1.00003%:12 --instance-price '9 USD/hour' --max-failures 1%",
            0,
            ["(1.00003 % fail)", "1.00003 %", "no"],
        ),
        (
            "budget check --limits p95:500ms --candidate-values p95:500.02ms,p95:500.021ms,p95:500.022ms",
            1,
            ["p95 500.02 ms (limit 500 ms)", "500.02 ms"],
        ),
        (f"{RUNS} --regression 5%", 0, ["4.9997 % higher", "change                  4.9997 % (", "gate of 5 % passes"]),
    ],
)
def test_a_text_shows_on_which_side_of_its_limit_a_figure_is(
    call: str, code: int, texts: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(shlex.split(call)) == code
    printed = capsys.readouterr().out
    for text in texts:
        assert text in printed


def test_files_for_other_tools_show_it_too(capsys: pytest.CaptureFixture[str]) -> None:
    call = "budget check --limits p95:500ms --candidate-values p95:500.02ms,p95:500.021ms,p95:500.022ms"
    assert main([*call.split(), "--out", "all/"]) == 1
    assert "| 500.02 ms |" in Path("all/github-summary.md").read_text("utf-8")
    assert "value 500.02 ms" in Path("all/budget-check-junit.xml").read_text("utf-8")


def test_a_saved_answer_keeps_the_limits_for_pages_and_papers(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*MISSED.split(), "--save"]) == 0
    (file,) = Path(FOLDER).iterdir()
    content = json.loads(file.read_text())
    jsonschema.Draft202012Validator(result_schema()).validate(content)
    (saved,) = read_answers([FOLDER], "/answers")
    printed = {one.name: one.printed for one in known_figures(saved) if one.is_result}
    assert (printed["sli"], printed["used"]) == ("99.899996 %", "100.004 %")
    assert main(["report", "board", "--decision", "Wait.", "--money", f"{saved.id}.used", "--out", "paper.md"]) == 0
    assert "100.004 %" in Path("paper.md").read_text("utf-8")
    assert main(["dashboard", "--out", "state.html"]) == 0
    assert "100.004 %" in Path("state.html").read_text("utf-8")


def test_a_kept_table_and_intervals_keep_them(capsys: pytest.CaptureFixture[str]) -> None:
    call = "slo report --slo 99.9% --incidents 2026-11-06:2592.1s:100% --since 2026-10-01 --until 2026-12-01 --save"
    assert main(call.split()) == 0
    (saved,) = read_answers([FOLDER], "/answers")
    page = answer_table(saved, saved.outcome.tables[0], 9)
    assert "99.899996 %" in page
    assert "100.004 %" in page
    result = Result("change", 0.050004, "ratio", Interval(0.049996, 0.07, "statistical", 0.95), [0.05])
    assert cell(result, "")[:2] == ("5.0004 %", "4.9996 % to 7 %, 95 %")


def test_a_file_of_an_earlier_version_has_no_limits(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*MISSED.split(), "--json"]) == 0
    content = json.loads(capsys.readouterr().out)
    for result in content["results"]:
        result.pop("limits", None)
    Path("old.json").write_text(json.dumps(content))
    assert not any(result.limits for result in read_answers(["old.json"], "/answers")[0].outcome.results)


@pytest.mark.parametrize("limits", ["0.999", ["0.999"], [None], {"a": 1}, 3])
def test_damaged_limits_are_refused(limits: object, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*MISSED.split(), "--json"]) == 0
    content = json.loads(capsys.readouterr().out)
    content["results"][0]["limits"] = limits
    Path("bad.json").write_text(json.dumps(content))
    assert main(["dashboard", "--answers", "bad.json"]) == 2
    assert "'bad.json' is damaged" in capsys.readouterr().err


def test_values_are_written_by_one_function() -> None:
    """A value that is written from its unit alone would be rounded to a limit of its result."""
    pattern = re.compile(r"format_quantity\((\w+)\.value, \1\.unit")
    others = [file.name for file in SOURCES.rglob("*.py") if pattern.search(file.read_text("utf-8"))]
    assert others == ["wording.py"]
