"""`--save` keeps answers, and their ids change with the data that they rest on."""

import json
import os
import shlex
from collections.abc import Sequence
from pathlib import Path

import pytest

from acolytes_perf import commands
from acolytes_perf.cli import main
from acolytes_perf.errors import InputError
from acolytes_perf.outcome import Result
from acolytes_perf.outputs.answer_files import FOLDER, read_answers
from acolytes_perf.outputs.document import document
from acolytes_perf.outputs.output_file import write
from acolytes_perf.outputs.render import as_markdown
from report_answers import CITED, answer, keep

BUDGET = "slo budget --slo 99.9% --window 30d --downtime 20min"
RUNOUT = "forecast runout --history load.csv --capacity 87"


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def write_history(tmp_path: Path, last: int) -> None:
    values = [*(50 + day % 7 for day in range(27)), last]
    lines = [f"2026-10-{day + 1:02},{value}" for day, value in enumerate(values)]
    (tmp_path / "load.csv").write_text("\n".join(["time,load", *lines]) + "\n", encoding="utf-8")


def test_a_saved_answer_is_printed_and_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*shlex.split(BUDGET), "--json"]) == 0
    plain = json.loads(capsys.readouterr().out)
    path = f"{FOLDER}/slo-budget-{plain['id']}.json"
    assert main([*shlex.split(BUDGET), "--save"]) == 0
    text = capsys.readouterr().out
    assert text.startswith("99.9 % over 30 d allows 43.2 min down")
    assert text.endswith(f"saved: {path}\n")
    kept = json.loads((tmp_path / path).read_text())
    assert kept.pop("content_hash")
    assert kept == plain
    assert main([*shlex.split(BUDGET), "--save", "--json"]) == 0
    output, error = capsys.readouterr()
    assert json.loads(output) == plain
    assert error == f"acolytes-perf: saved: {path}\n"
    assert main([*shlex.split(BUDGET), "--save", "--out", "b.md"]) == 0
    assert (tmp_path / "b.md").exists()
    assert [file.name for file in (tmp_path / FOLDER).iterdir()] == [Path(path).name]


def test_a_gate_that_fails_is_kept_and_an_error_is_not(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(shlex.split("report lint --text '5 s' --save")) == 1
    assert main(shlex.split("slo budget --slo 99 --save")) == 2
    assert len(list((tmp_path / FOLDER).iterdir())) == 1
    assert "--save" in capsys.readouterr().err  # the proposed call keeps the option


def test_an_edited_file_is_not_replaced(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = keep(tmp_path, "slo budget")["slo budget"]
    file.write_text(file.read_text().replace("2592.0", "2640.0"))
    assert main([*shlex.split(BUDGET), "--save"]) == 2
    assert "--save 'perf-answers/slo-budget-" in capsys.readouterr().err
    assert read_answers([str(file)], "")[0].is_edited


@pytest.mark.parametrize("name", commands.names())
def test_a_file_of_every_command_can_be_written_again(name: str, tmp_path: Path) -> None:
    """Its mark tells that it is a file of ours which nobody edited."""
    for _ in range(2):
        write({"a.md": as_markdown(answer(name))}, "a.md")
    (tmp_path / "a.md").write_text((tmp_path / "a.md").read_text().replace("**", "*", 1))
    with pytest.raises(InputError, match="was edited since it was written"):
        write({"a.md": as_markdown(answer(name))}, "a.md")


def test_the_id_changes_with_the_data_of_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ids = []
    for last in (60, 61, 60):
        write_history(tmp_path, last)
        assert main([*shlex.split(RUNOUT), "--json"]) == 0
        ids.append(json.loads(capsys.readouterr().out)["id"])
    assert ids[0] == ids[2] != ids[1]


def as_kept(results: Sequence[Result]) -> list[Result]:
    """The results with their limits as the sequence that a file gives."""
    return [result._replace(limits=list(result.limits)) for result in results]


@pytest.mark.parametrize("name", CITED)
def test_a_kept_answer_is_read_as_it_was(name: str, tmp_path: Path) -> None:
    file = keep(tmp_path, name)[name]
    (read,) = read_answers([str(file)], "/answers")
    made = answer(name)
    assert (read.id, read.command, read.is_edited) == (made.id, name, False)
    assert read.outcome.answer == made.outcome.answer
    assert as_kept(read.outcome.results) == as_kept(made.outcome.results)
    assert [table.name for table in read.outcome.tables] == [table.name for table in made.outcome.tables if table.rows]
    assert [[(row.label, as_kept(row.results)) for row in table.rows] for table in read.outcome.tables] == [
        [(row.label, as_kept(row.results)) for row in table.rows] for table in made.outcome.tables if table.rows
    ]
    assert list(read.outcome.warnings) == list(made.outcome.warnings)
    assert read.inputs == document(made)["inputs"]


def test_a_folder_may_hold_other_files_and_a_file_several_answers(tmp_path: Path) -> None:
    keep(tmp_path)
    (tmp_path / FOLDER / "empty.json").write_text("")
    (tmp_path / FOLDER / "other.json").write_text('{"a": 1}')
    (tmp_path / FOLDER / "broken.json").write_text("{")
    budget = '{"schema": "acolytes.perf/1", "id": "0123456789ab", "command": "budget init"}'
    (tmp_path / FOLDER / "budget.json").write_text(budget)
    assert {one.command for one in read_answers([FOLDER], "/answers")} == set(CITED)
    texts = [file.read_text() for file in (tmp_path / FOLDER).glob("slo-*.json")]
    (tmp_path / "all.jsonl").write_text("\n".join(json.dumps(json.loads(text)) for text in [*texts, texts[0]]))
    assert len(read_answers(["all.jsonl"], "/answers")) == len(texts)


@pytest.mark.parametrize(
    "change",
    [
        {"results": [{"name": "a"}]},
        {"results": 5},
        {"results": None},
        {"tables": {}},
        {"id": 5},
        {"id": '"><b>'},
        {"inputs": []},
        {"answer": None},
        {"warnings": [[]]},
        {"method": None},
        {"assumptions": [1]},
        {"results": [{"name": "a", "value": "1", "unit": "s", "ci": None, "level": None, "ci_kind": None}]},
        {
            "tables": [
                {
                    "name": "t",
                    "heading": "h",
                    "beside_results": False,
                    "columns": [],
                    "rows": [{"label": "x", "cells": {"y": {}}}],
                }
            ]
        },
    ],
)
def test_a_damaged_answer_is_one_line(change: dict[str, object], tmp_path: Path) -> None:
    content = json.loads(keep(tmp_path, "slo budget")["slo budget"].read_text())
    (tmp_path / "x.json").write_text(json.dumps({**content, **change}))
    with pytest.raises(InputError, match=r"'x\.json' is damaged: make the answer again with --save"):
        read_answers(["x.json"], "/answers")


def test_two_answers_of_one_id_must_not_contradict(tmp_path: Path) -> None:
    file = keep(tmp_path, "slo budget")["slo budget"]
    (tmp_path / "other.json").write_text(file.read_text().replace("2592.0", "2640.0"))
    with pytest.raises(InputError, match=r"have the id \w{12}, but different figures: remove the one that was edited"):
        read_answers([str(file), "other.json"], "/answers")


def test_save_follows_no_link(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    project = tmp_path / "project"
    project.mkdir()
    (project / FOLDER).symlink_to(outside)
    os.chdir(project)
    assert main([*shlex.split(BUDGET), "--save"]) == 2
    assert "--save 'perf-answers/" in capsys.readouterr().err
    assert list(outside.iterdir()) == []


def test_a_kept_answer_is_named_by_its_id(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*shlex.split(BUDGET), "--save", "--json"]) == 0
    number = json.loads(capsys.readouterr().out)["id"]
    assert main(shlex.split("slo budget --slo 99.5% --window 30d --downtime 20min --save")) == 0
    capsys.readouterr()
    assert main(["report", "board", "--decision", "Wait.", "--answers", number, "--json"]) == 0
    results = {result["name"]: result["value"] for result in json.loads(capsys.readouterr().out)["results"]}
    assert results["answers"] == 1
    assert main(["report", "board", "--decision", "Wait.", "--answers", "0123456789ab"]) == 2
