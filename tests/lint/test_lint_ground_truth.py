"""Compares the linter with the behaviour of the real client in 130 small projects."""

from __future__ import annotations

import json

import pytest

from acolytes_cc.definitions.definition import parse_definition
from lint_accuracy import GROUND_TRUTH, ProjectResult, lint_projects, main, projects, table

FINDINGS = GROUND_TRUTH.with_name("client-ground-truth-findings.json")


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> list[ProjectResult]:
    return list(lint_projects(tmp_path_factory.mktemp("projects")))


def test_every_ignored_or_changed_definition_is_reported_and_no_working_one_is_an_error(
    results: list[ProjectResult],
) -> None:
    print(table(results), end="")
    assert len(results) == 130
    assert [case for case in results if case.observed == "OK" and case.has_error] == []
    assert [case for case in results if case.observed != "OK" and not case.is_reported] == []


def test_each_cause_is_reported_at_its_place(results: list[ProjectResult]) -> None:
    """The file, line, severity and rule of each finding that matters are those that were reviewed by hand."""
    expected = json.loads(FINDINGS.read_text("utf-8"))
    assert {case.id: list(case.mistakes) for case in results if case.observed != "OK"} == expected


def test_the_reader_reads_the_name_that_the_client_started() -> None:
    """In projects with a single definition that ran, the name that we read is the name that ran."""
    compared = 0
    for project in projects():
        texts = [text for path, text in project["files"].items() if path.endswith(".md") and isinstance(text, str)]
        ran = {seen["spawned"] for seen in project["observed"] if seen["ran"] == "yes"}
        if len(texts) == 1 and ran and project["id"] not in {"name-ctrl", "name-newline", "name-surround-space"}:
            name = parse_definition(texts[0].encode(), "agent.md").field("name")
            assert name is not None
            assert name.value.data in ran, project["id"]
            compared += 1
    assert compared > 80


def test_the_script_prints_each_class(capsys: pytest.CaptureFixture[str]) -> None:
    assert main() == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert lines[1:] == [["DROP", "20", "19", "20"], ["CHANGE", "61", "49", "61"], ["OK", "49", "0", "1"]]
