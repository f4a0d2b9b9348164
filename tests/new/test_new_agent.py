"""`acolytes new agent`: what is written is clean, and nothing is overwritten."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from acolytes_cc.cli import main
from acolytes_cc.definitions.definition import parse_definition
from acolytes_cc.lint.api import lint_text
from support import read_tree
from terminal_user import Terminal

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


def test_it_asks_on_a_terminal_and_a_wrong_answer_loses_no_other(project: Path) -> None:
    with Terminal("new", "agent", "asked", cwd=project) as terminal:
        terminal.sees("1 of 4: What does it do")
        terminal.types("Use when asked.")
        terminal.sees("2 of 4: What is its task?")
        terminal.types("answer")
        terminal.sees("Tools [Read, Grep, Glob]: ")
        terminal.types("Reed")
        terminal.sees("Error: Unknown tool `Reed`")
        terminal.sees("Tools [Read, Grep, Glob]: ")
        terminal.types("<")
        terminal.sees("Task [answer]: ")
        terminal.types("")
        terminal.sees("Tools [Read, Grep, Glob]: ")
        terminal.types("")
        terminal.sees("Model [inherit]: ")
        terminal.types("haiku")
        assert "description: Use when asked.\ntools: Read, Grep, Glob\nmodel: haiku\n" in terminal.sees("Write ")
        terminal.types("<")
        terminal.sees("Model [haiku]: ")
        assert read_tree(project) == {}
        terminal.types("opus")
        terminal.sees("Write .claude/agents/asked.md? [Y/n]: ")
        terminal.types("")
        assert terminal.ends() == 0
    assert "tools: Read, Grep, Glob\nmodel: opus\n" in (project / ".claude/agents/asked.md").read_text()


def test_all_tools_can_be_said(project: Path) -> None:
    with Terminal("new", "agent", "asked", *ANSWERS, cwd=project) as terminal:
        terminal.sees("1 of 2: Which tools")
        terminal.types("all")
        terminal.sees("Model [inherit]: ")
        terminal.types("")
        terminal.sees("Write ")
        terminal.types("")
        assert terminal.ends() == 0
    assert "tools:" not in (project / ".claude/agents/asked.md").read_text()


@pytest.mark.parametrize("word", ["all", " ALL "])
def test_all_tools_can_be_said_in_an_option_too(project: Path, word: str) -> None:
    assert main(["new", "agent", "asked", *ANSWERS, "--data", f"tools={word}"]) == 0
    assert "tools:" not in (project / ".claude/agents/asked.md").read_text()


def test_enter_is_no_answer_where_there_is_no_default(project: Path) -> None:
    with Terminal(
        "new", "agent", "asked", *ANSWERS[:2], "--data", "tools=all", "--data", "model=opus", cwd=project
    ) as terminal:
        for reply in ("", "   "):
            terminal.sees("Task: ")
            terminal.types(reply)
            terminal.sees("Error: this question has no default; type an answer\n")
        terminal.sees("Task: ")
        terminal.types("answer")
        terminal.sees("[Y/n]: ")
        terminal.types("")
        assert terminal.ends() == 0
    assert "You answer.\n" in (project / ".claude/agents/asked.md").read_text()


@pytest.mark.parametrize("way", ["Ctrl-C", "Ctrl-D", "no"])
def test_one_can_leave_without_a_trace(project: Path, way: str) -> None:
    with Terminal("new", "agent", "asked", *ANSWERS, "--data", "model=opus", cwd=project) as terminal:
        terminal.sees("Tools [")
        if way == "no":
            terminal.types("")
            terminal.sees("Write ")
            terminal.types("n")
            assert terminal.ends() == 130
            assert "nothing was written" in terminal.shown
        else:
            assert (terminal.interrupts() if way == "Ctrl-C" else terminal.ends_input()) == 130
            assert terminal.shown.splitlines()[-1] == "acolytes: interrupted"
    assert read_tree(project) == {}
