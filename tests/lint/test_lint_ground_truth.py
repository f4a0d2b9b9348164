"""The linter against what the real client did with 130 small projects."""

from __future__ import annotations

from pathlib import Path

import pytest

from acolytes_cc.definitions.definition import parse_definition
from lint.lint_accuracy import judge, main, projects

# Not definitions' defects: a definition at a place where the client does not look.
NOT_A_DEFINITION = {"file-agents-root"}
CHANGED_CAUGHT = 46


def test_what_works_is_no_error_and_what_is_dropped_is_one(tmp_path: Path) -> None:
    judged = list(judge(tmp_path))
    assert len(judged) == 130
    assert [case for case in judged if case.observed == "OK" and case.errors] == []
    assert {case.id for case in judged if case.observed == "DROP" and not case.errors} == NOT_A_DEFINITION
    assert sum(bool(case.errors) for case in judged if case.observed == "CHANGE") >= CHANGED_CAUGHT


def test_the_reader_finds_the_name_that_the_client_spawned() -> None:
    """Where one definition ran, its name as read is the one that ran."""
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
    assert "DROP: 19 of 20 with an error\n  file-agents-root" in capsys.readouterr().out
