"""The answers: asked on a real terminal, given by `--data` and `--answers`, checked, remembered, and what follows."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from acolytes_cc.cli import main
from support import build_tree, read_tree
from terminal_user import Terminal

AGENTS = ("coordinator.performance", "ops.performance")
QUESTIONS = ("Which agents?", "Which model", "Install hooks?", "Which MCP servers")
NOWHERE = {"PATH": "/nonexistent"}


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    assert main([*arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def one_line(capsys: pytest.CaptureFixture[str]) -> str:
    error = capsys.readouterr().err
    assert error.count("\n") == 1, error
    return error


def answers(home: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((home / ".claude/acolytes/manifest.json").read_text())["answers"]
    return found


def installed(home: Path) -> list[str]:
    return sorted(path.stem for path in (home / ".claude/agents").iterdir())


def definitions(home: Path) -> dict[str, tuple[str, bytes]]:
    """Everything but our own record of it."""
    tree = read_tree(home / ".claude")
    return {path: found for path, found in tree.items() if not path.startswith(("acolytes/snap", "acolytes/manifest"))}


def test_a_terminal_is_asked_once(scratch_home: Path) -> None:
    with Terminal("install", env=NOWHERE) as terminal:
        assert "1  coordinator.performance\n  2  ops.performance\n" in terminal.sees("none [all]: ")
        terminal.types("nosuch")
        terminal.sees("Error: nosuch is not a choice")
        terminal.types("2")
        terminal.sees("Number [1]: ")
        terminal.types("opus")
        terminal.sees("Install hooks?")
        terminal.types("perhaps")
        terminal.sees("Error: answer y or n")
        terminal.types("n")
        assert "code-index-mcp is missing" in terminal.sees("none [none]: ")
        terminal.types("1,2")
        terminal.sees("Error: context7 needs the command npx, which is not on PATH")
        terminal.types("")
        assert "agents/ops.performance.md" in terminal.sees("Install into")
        terminal.types("y")
        assert terminal.ends() == 0
    assert answers(scratch_home) == {"only": "ops.performance", "model": "opus", "hooks": False, "mcp_servers": []}
    assert installed(scratch_home) == ["ops.performance"]
    assert "\nmodel: opus\n" in (scratch_home / ".claude/agents/ops.performance.md").read_text()
    assert not (scratch_home / ".claude/settings.json").exists()
    with Terminal("update", env=NOWHERE) as terminal:
        assert terminal.ends() == 0
        assert "nothing changed" in terminal.shown
        assert not [question for question in QUESTIONS if question in terminal.shown]


def test_one_can_go_back_and_loses_no_answer(scratch_home: Path) -> None:
    with Terminal("install", env=NOWHERE) as terminal:
        terminal.sees("< goes back")
        terminal.sees("1 of 4: Which agents?")
        terminal.types("<")
        terminal.sees("This is the first question.")
        terminal.sees("[all]: ")
        terminal.types("2")
        terminal.sees("2 of 4: Which model")
        terminal.types("opus")
        terminal.sees("3 of 4: Install hooks?")
        terminal.types("back")
        terminal.sees("2 of 4: Which model")
        terminal.sees("Number [opus]: ")
        terminal.types("<")
        terminal.sees("none [2]: ")
        for _ in range(2):
            terminal.types("")
        terminal.sees("3 of 4: ")
        for _ in range(3):
            terminal.types("")
        assert terminal.ends() == 0
    assert answers(scratch_home) == {"only": "ops.performance", "model": "opus", "hooks": True, "mcp_servers": []}


def test_the_end_of_input_writes_nothing(scratch_home: Path) -> None:
    with Terminal("install") as terminal:
        terminal.sees("[all]: ")
        assert terminal.ends_input() == 130
        assert terminal.shown.splitlines()[-1] == "acolytes: interrupted"
    assert read_tree(scratch_home) == {}


def test_enter_takes_the_default(scratch_home: Path) -> None:
    with Terminal("install") as terminal:
        for prompt in ("[all]: ", "[1]: ", "[Y/n]: ", "[none]: ", "[Y/n]: "):
            terminal.sees(prompt)
            terminal.types("")
        assert terminal.ends() == 0
    assert answers(scratch_home) == {"only": "*", "model": "as-written", "hooks": True, "mcp_servers": []}
    assert installed(scratch_home) == list(AGENTS)


def test_the_question_below_the_plan_can_be_gone_back_from(scratch_home: Path) -> None:
    with Terminal("install") as terminal:
        for prompt in ("[all]: ", "[1]: ", "[Y/n]: ", "[none]: "):
            terminal.sees(prompt)
            terminal.types("")
        terminal.sees("Install into")
        for _ in range(3):
            terminal.types("<")
        terminal.sees("2 of 4")
        terminal.sees("[1]: ")
        terminal.types("opus")
        terminal.sees("3 of 4")
        for prompt in ("[Y/n]: ", "[none]: ", "[Y/n]: "):
            terminal.sees(prompt)
            terminal.types("")
        assert terminal.ends() == 0
        assert "Error" not in terminal.shown
    assert answers(scratch_home) == {"only": "*", "model": "opus", "hooks": True, "mcp_servers": []}


def test_before_the_only_question_is_none(scratch_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, "install", "--yes")
    with Terminal("uninstall") as terminal:
        terminal.sees("[Y/n]: ")
        terminal.types("<")
        terminal.sees("There is no question before this one.\n")
        terminal.sees("[Y/n]: ")
        terminal.types("n")
        assert terminal.ends() == 130
    assert installed(scratch_home) == list(AGENTS)


@pytest.mark.parametrize("last", [1, 4, 5])
def test_an_interrupted_question_writes_nothing(last: int, scratch_home: Path) -> None:
    with Terminal("install") as terminal:
        for number, prompt in enumerate(("[all]: ", "[1]: ", "[Y/n]: ", "[none]: ", "[Y/n]: "), 1):
            terminal.sees(prompt)
            if number == last:
                break
            terminal.types("")
        assert terminal.interrupts() == 130
        assert "interrupted" in terminal.shown
    assert read_tree(scratch_home) == {}


def test_only_what_nobody_answered_is_asked(scratch_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, "install", "--only", "ops.*", "--data", "model=haiku", "--data", "mcp_servers=")
    with Terminal("update") as terminal:
        before = terminal.sees("Install hooks?")
        assert not [question for question in QUESTIONS if question in before and question != "Install hooks?"]
        terminal.types("no")
        terminal.sees("[Y/n]: ")
        terminal.types("")
        assert terminal.ends() == 0
    assert answers(scratch_home) == {"only": "ops.*", "model": "haiku", "mcp_servers": [], "hooks": False}


@pytest.mark.parametrize("option", ["--yes", "--json"])
def test_nobody_is_asked_who_does_not_want_to_be(option: str, scratch_home: Path) -> None:
    with Terminal("install", option) as terminal:
        assert terminal.ends() == 0
        assert not [question for question in QUESTIONS if question in terminal.shown]
    assert answers(scratch_home) == {}


@pytest.mark.parametrize(
    "text",
    [
        "# by copier\n_src_path: x\n_commit: v1\nmodel: opus\nhooks: off\nonly: [ops.performance]\n",
        '{\n\t"_src_path": "x", "model": "opus", "hooks": false, "only": "ops.*"}',
    ],
    ids=["yaml", "json"],
)
def test_a_file_of_answers_is_taken_and_data_is_stronger(
    text: str, tmp_path: Path, scratch_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = build_tree(tmp_path, {"answers": text}) / "answers"
    run(capsys, "install", "--answers", str(file), "--data", "model=haiku")
    assert {**answers(scratch_home), "only": ""} == {"model": "haiku", "hooks": False, "only": ""}
    assert installed(scratch_home) == ["ops.performance"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            "model: opus\n\nnosuch: 1\n",
            ":3: there is no question 'nosuch'; the questions are only, model, hooks, mcp_servers",
        ),
        ("# x\npython: /tmp/evil\n", ":2: there is no question 'python'"),
        ("model: gpt\n", ":1: model cannot be 'gpt'; choose from as-written, inherit, opus, sonnet, haiku"),
        ("hooks: 3\n", ":1: 3 is neither true nor false"),
        ("hooks: perhaps\n", ":1: 'perhaps' is neither true nor false"),
        ("mcp_servers: {context7: true}\n", "is not a list"),
        ("mcp_servers: [context8]\n", "mcp_servers cannot be 'context8'"),
        ("model: opus\nhooks: [\n", ":3: "),
        ("- model\n", "the file has no answers"),
        ("", "the file has no answers"),
        (b"\xff", "not UTF-8 text"),
        (None, "No such file"),
    ],
)
def test_a_wrong_file_is_one_line_with_the_place(
    text: str | bytes | None, says: str, tmp_path: Path, scratch_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if text is not None:
        build_tree(tmp_path, {"a.yml": text})
    assert main(["install", "--yes", "--answers", str(tmp_path / "a.yml")]) == 2
    error = one_line(capsys)
    assert f"{tmp_path / 'a.yml'}" in error
    assert says in error
    assert read_tree(scratch_home) == {}


@pytest.mark.parametrize("data", ["model=gpt", "hooks=perhaps", "only=nosuch", "mcp_servers=context7,nosuch"])
def test_wrong_data_is_one_line(data: str, scratch_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["install", "--yes", "--data", data]) == 2
    assert re.split("[=,]", data)[-1] in one_line(capsys)
    assert read_tree(scratch_home) == {}


def test_the_questions_of_other_templates_are_those_that_count(
    tmp_path: Path, scratch_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copier = "name: you\nsize: {type: int, default: 3}\ntone:\n  choices: [[soft, s], [loud, l]]\n  default: s\n"
    body = "---\nname: a\ndescription: Use when a.\n---\n{{ name }} {{ size + 1 }} {{ tone }}\n"
    template = str(build_tree(tmp_path, {"copier.yml": copier, "agents/a.md.jinja": body}))
    run(capsys, "install", "--templates", template, "--data", "name=me", "--data", "size=4", "--data", "tone=l")
    assert (scratch_home / ".claude/agents/a.md").read_text().endswith("\nme 5 l\n")
    assert main(["update", "--data", "model=opus"]) == 2
    assert "the questions are only, name, size, tone" in one_line(capsys)
    assert main(["update", "--data", "tone=x"]) == 2
    assert "choose from s, l" in one_line(capsys)


@pytest.mark.parametrize("model", ["inherit", "haiku"])
def test_the_model_is_that_of_every_agent(model: str, scratch_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, "install", "--data", f"model={model}")
    for name in AGENTS:
        assert f"\nmodel: {model}\n" in (scratch_home / f".claude/agents/{name}.md").read_text()


@pytest.mark.parametrize("before", [None, "", '{\n\t"model": "opus"  }', '{"hooks": {"Stop": []}}\n'])
def test_hooks_go_and_come_back(before: str | None, scratch_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = scratch_home / ".claude/settings.json"
    if before is not None:
        build_tree(scratch_home, {".claude/settings.json": before})
    mine = read_tree(scratch_home)
    run(capsys, "install")
    with_hooks = definitions(scratch_home)
    run(capsys, "update", "--data", "hooks=false")
    assert (settings.read_text() if settings.exists() else None) == before
    assert not (scratch_home / ".claude/acolytes/hooks").exists()
    for path, (_, content) in definitions(scratch_home).items():
        if path.startswith(("agents/", "skills/")):
            assert b"\nhooks:" not in content, path
            assert b"start context lists" not in content, path
            assert b"renewed by your tool calls" not in content, path
    again = run(capsys, "update")
    assert again["changed"] is False
    run(capsys, "update", "--data", "hooks=on")
    assert definitions(scratch_home) == with_hooks
    run(capsys, "update", "--data", "hooks=no")
    run(capsys, "uninstall")
    assert read_tree(scratch_home) == mine


def test_an_entry_of_the_users_survives_switching_hooks_off(
    scratch_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = scratch_home / ".claude/settings.json"
    run(capsys, "install")
    parsed = json.loads(settings.read_text())
    mine = {"hooks": [{"type": "command", "command": "mine"}]}
    parsed["hooks"]["SubagentStart"].append(mine)
    settings.write_text(json.dumps(parsed))
    run(capsys, "update", "--data", "hooks=false")
    assert json.loads(settings.read_text()) == {"hooks": {"SubagentStart": [mine]}}


def test_the_doctor_finds_an_installation_without_hooks_healthy(
    scratch_home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(scratch_home)
    run(capsys, "install", "--data", "hooks=false")
    report = run(capsys, "doctor")
    assert report["healthy"] is True
    assert "off by your choice" in report["facts"]["hooks"]
    assert {finding["check"] for finding in report["findings"]} <= {"path", "client"}
    monkeypatch.setenv("PATH", f"{scratch_home / '.local/share/acolytes/bin'}:/usr/bin:/bin")
    assert "path" not in {finding["check"] for finding in run(capsys, "doctor")["findings"]}


def test_a_look_at_some_agents_only(scratch_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, "install")
    for name in AGENTS:
        with (scratch_home / f".claude/agents/{name}.md").open("a") as stream:
            stream.write("mine\n")
    assert run(capsys, "status", "--only", "ops.*")["changed"] == ["agents/ops.performance.md"]
    assert run(capsys, "list", "--only", "coord*,nosuch")[0]["agents"] == ["coordinator.performance"]


def test_a_plugin_is_not_built_with_a_server_whose_command_is_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", NOWHERE["PATH"])
    assert main(["build", "plugin", str(tmp_path / "p"), "--mcp-server", "context7"]) == 3
    assert "npx" in one_line(capsys)
    assert not (tmp_path / "p").exists()
