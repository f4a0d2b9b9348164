"""`acolytes new agent`: what is written is clean, and nothing is overwritten."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from acolytes_cc.cli import main
from acolytes_cc.definitions.definition import parse_definition
from acolytes_cc.lint.api import lint_text
from support import read_tree

ANSWERS = ("--data", "description=Reviews SQL. Use when a query is slow.", "--data", "task=review SQL.")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_new_agent_is_clean(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new", "agent", "sql-reviewer", *ANSWERS]) == 0
    out, err = capsys.readouterr()
    assert out == "wrote .claude/agents/sql-reviewer.md; to call it in Claude Code: @agent-sql-reviewer ...\n"
    assert err == ""
    text = (project / ".claude/agents/sql-reviewer.md").read_text()
    assert lint_text(text, "sql-reviewer.md") == []
    assert "You review SQL.\n" in text
    assert "<@" not in text


@pytest.mark.parametrize(
    "description",
    [
        "Use when: a query # is slow",
        "'Use' when it's \"slow\" \\ never",
        "- Use when slow",
        "true",
        "@Use when {slow} [now]",
        "Use when\nslow,   then\tstop",
        "使う when slow 🐢",
        "<@ name @> Use when slow",
    ],
)
def test_answers_arrive_as_they_were_given(project: Path, description: str) -> None:
    assert main(["new", "agent", "a", "--data", f"description={description}", "--data", "task=x"]) == 0
    definition = parse_definition((project / ".claude/agents/a.md").read_bytes(), "a.md")
    field = definition.field("description")
    assert field is not None
    assert field.value.data == " ".join(description.split())


def test_tools_and_model(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = [*ANSWERS, "--data", "tools=", "--data", "model=opus", "--folder", "here", "--json"]
    assert main(["new", "agent", "a", *data]) == 0
    assert json.loads(capsys.readouterr().out)["path"] == "here/a.md"
    head = (project / "here/a.md").read_text().split("---")[1]
    assert "tools" not in head
    assert "model: opus\n" in head


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["a"], 3, "no answer for description, task: add --data description=... --data task=..."),
        (["a", *ANSWERS, "--data", "colour=red"], 2, "unknown key; the keys are description, task, tools, model"),
        (["a", *ANSWERS, "--data", "colour"], 2, "write KEY=VALUE"),
        (["a", *ANSWERS, "--data", "tools=LS"], 1, "would have errors, so it was not written: a.md:4:8: error"),
        (["a:b", *ANSWERS], 2, "for instance a-b"),
        (["../a", *ANSWERS], 2, "'../a' cannot be an agent's name"),
        (["", *ANSWERS], 2, "use lower-case letters, digits, dots and hyphens"),
        (["My Reviewer!", *ANSWERS], 2, "for instance my-reviewer"),
        (["there", *ANSWERS], 2, "already exists"),
        (["link", *ANSWERS], 2, "already exists"),
    ],
)
def test_a_refusal_is_one_line_and_writes_no_file(
    project: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, message: str
) -> None:
    (project / ".claude/agents").mkdir(parents=True)
    (project / ".claude/agents/there.md").write_text("mine")
    (project / ".claude/agents/link.md").symlink_to("/nowhere")
    before = read_tree(project)
    assert main(["new", "agent", *arguments]) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert message in err
    assert err.count("\n") == 1
    assert read_tree(project) == before


def test_it_asks_on_a_terminal(project: Path) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "acolytes_cc", "new", "agent", "asked"]
    process = subprocess.Popen(command, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    os.write(ours, b"Use when asked.\nanswer\n\nhaiku\n")
    out, err = process.communicate(timeout=60)
    os.close(theirs)
    os.close(ours)
    assert process.returncode == 0, err
    assert out.startswith(b"wrote ")
    assert b"[Read, Grep, Glob]" in err
    text = (project / ".claude/agents/asked.md").read_text()
    assert "tools: Read, Grep, Glob\nmodel: haiku\n" in text
