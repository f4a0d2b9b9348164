"""Findings while typing: from the text in the editor, with the files around it, and the settings of the linter."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from acolytes_cc.cli import main
from acolytes_cc.lint.api import lint_paths
from editor import Editor
from support import build_tree

AGENT = "---\nname: reviewer\ndescription: Use when code is to be reviewed.\ntools: Read\n---\nReview the change.\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return build_tree(tmp_path / "project", {".claude/agents/reviewer.md": AGENT})


@pytest.fixture
def editor(shared_editor: Editor, root: Path) -> Iterator[Editor]:
    with shared_editor.in_folder(root):
        yield shared_editor


def test_findings_follow_the_text_that_is_not_saved(editor: Editor, root: Path) -> None:
    agent = root / ".claude/agents/reviewer.md"
    assert editor.open(agent) == []
    editor.change(agent, (AGENT.index("Read"), AGENT.index("Read"), "Raed, "))
    (finding,) = editor.findings(agent)
    assert (finding.code, finding.source, editor.marked(agent, finding)) == ("ACO202", "acolytes", "Raed")
    assert agent.read_text() == AGENT
    assert editor.rewrite(agent, AGENT) == []


def test_the_findings_are_those_of_the_command(editor: Editor, root: Path) -> None:
    """Files of each kind with mistakes: line, column, severity and message are those of `acolytes lint`."""
    files = {
        ".claude/agents/a.md": "---\nname: a\ndescription: ü😀\ntools: [Raed, Bash, Grep]\n"
        "color: mauve\nhooks: {Foo: []}\n---\nx\n",
        ".claude/skills/b/SKILL.md": "---\nname: b\nmodel: 3\n---\n",
        ".claude/settings.json": '{\r\n "permissions": {"deny": ["Bsh(rm)"]},\r\n "hooks": {"PreToolUse": [{}]}}',
        ".mcp.json": '{"mcpServers": {"x": {"command": 3}}}',
        "p/.claude-plugin/plugin.json": '{"name": 3, "agents": "x"}',
        "p/hooks/hooks.json": "{",
    }
    build_tree(root, files)
    severities = {"error": 1, "warning": 2, "info": 3}
    found = lint_paths([root]).findings
    assert {finding.path for finding in found} >= {str(root / name) for name in files} - {
        str(root / "p/hooks/hooks.json")
    }
    for name in files:
        path = root / name
        text = path.read_bytes().decode()
        lines = [*editor._line_starts(text), len(text)]
        expected = sorted(
            (lines[one.line - 1] + one.column - 1, one.rule, severities[one.severity], one.message)
            for one in found
            if one.path == str(path)
        )
        shown = sorted(
            (editor.offset(text, one.range.start), one.code, one.severity, one.message) for one in editor.open(path)
        )
        assert shown == expected, name


def test_a_duplicate_name_in_another_unsaved_document_is_seen(editor: Editor, root: Path) -> None:
    first, second = root / ".claude/agents/reviewer.md", root / ".claude/agents/second.md"
    editor.open(first)
    assert editor.open(second, AGENT.replace("reviewer", "other")) == []  # not on the disk at all
    editor.change(second, (len("---\nname: "), len("---\nname: other"), "reviewer"))
    editor.wait_until(lambda: editor.codes(second) == ["ACO401"])
    editor.wait_until(lambda: editor.codes(first) == ["ACO401"])
    assert ".claude/agents/second.md" in editor.published[first.as_uri()].diagnostics[0].message
    assert str(root) not in editor.published[first.as_uri()].diagnostics[0].message
    editor.close(second)
    editor.wait_until(lambda: editor.codes(first) == [])
    assert editor.codes(second) == []


def test_a_duplicate_name_on_the_disk_is_seen(root: Path) -> None:
    build_tree(root, {".claude/agents/deep/other.md": AGENT})
    agent = root / ".claude/agents/reviewer.md"
    with Editor(root) as editor:
        editor.open(agent)
        editor.wait_until(lambda: editor.codes(agent) == ["ACO401"])
        (root / ".claude/agents/deep/other.md").unlink()
        editor.files_changed(root / ".claude/agents/deep/other.md")
        editor.wait_until(lambda: editor.codes(agent) == [])


def test_servers_and_scripts_beside_the_file_count(editor: Editor, root: Path) -> None:
    agent, servers = root / ".claude/agents/reviewer.md", root / ".mcp.json"
    assert [one.code for one in editor.open(agent, AGENT.replace("Read", "Read, mcp__board__post"))] == ["ACO406"]
    editor.open(servers, '{"mcpServers": {"board": {"command": "board"}}}')  # never saved
    editor.wait_until(lambda: editor.codes(agent) == [])
    settings = root / ".claude/settings.json"
    hook = '{"type": "command", "command": "$CLAUDE_PROJECT_DIR/guard.sh"}'
    found = editor.open(settings, f'{{"hooks": {{"Stop": [{{"hooks": [{hook}]}}]}}}}')
    assert ["guard.sh" in one.message for one in found] == [True]
    (root / "guard.sh").write_text("#!/bin/sh\n")
    (root / "guard.sh").chmod(0o755)
    editor.files_changed(root / "guard.sh")
    editor.wait_until(lambda: editor.codes(settings) == [])


def test_the_settings_of_the_linter_count_and_are_read_again(editor: Editor, root: Path) -> None:
    agent, settings = root / ".claude/agents/reviewer.md", root / ".acolytes.toml"
    wrong = AGENT.replace("Read", "Read, Raed")
    assert [one.severity for one in editor.open(agent, wrong)] == [1]
    settings.write_text('[lint]\nseverity = {"tool-unknown" = "info"}\n')
    editor.files_changed(settings)
    editor.wait_until(lambda: [one.severity for one in editor.published[agent.as_uri()].diagnostics] == [3])
    settings.write_text('[lint.per-file-ignores]\n".claude/agents/*" = ["ACO2"]\n')
    editor.files_changed(settings)
    editor.wait_until(lambda: editor.codes(agent) == [])
    settings.write_text("[lint]\nselct = []\n")
    editor.files_changed(settings)
    editor.wait_until(lambda: editor.codes(agent) == ["ACO202"] and bool(editor.messages))
    assert "did you mean `select`?" in editor.messages[0]
    assert ".acolytes.toml:2" in editor.messages[0]


def test_the_baseline_counts(shared_editor: Editor, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    agent = (
        build_tree(root, {".claude/agents/reviewer.md": AGENT.replace("Read", "Read, Raed")})
        / ".claude/agents/reviewer.md"
    )
    monkeypatch.chdir(root)
    assert main(["lint", ".", "--write-baseline", "known.json"]) == 0
    build_tree(root, {".acolytes.toml": '[lint]\nbaseline = "known.json"\n'})
    with shared_editor.in_folder(root) as editor:
        found = editor.open(agent, AGENT.replace("tools: Read", "color: mauve\ntools: Read, Raed"))
        assert [editor.marked(agent, one) for one in found] == ["mauve"], [one.message for one in found]


def test_a_baseline_that_cannot_be_read_is_said_once_and_hides_nothing(editor: Editor, root: Path) -> None:
    agent = root / ".claude/agents/reviewer.md"
    build_tree(root, {".acolytes.toml": '[lint]\nbaseline = "known.json"\n'})
    editor.files_changed(root / ".acolytes.toml")
    assert [one.code for one in editor.open(agent, AGENT.replace("Read", "Read, Raed"))] == ["ACO202"]
    assert editor.rewrite(agent, AGENT.replace("Read", "Read, Grpe")) != []
    (message,) = editor.messages
    assert "known.json does not exist" in message


def test_a_file_that_is_saved_elsewhere_counts(editor: Editor, root: Path) -> None:
    """Another program adds an agent, renames it, and removes it."""
    agent, other = root / ".claude/agents/reviewer.md", root / ".claude/agents/other.md"
    editor.open(agent)
    for content, codes in (
        (AGENT, ["ACO401"]),
        (AGENT.replace("reviewer", "other"), []),
        (AGENT, ["ACO401"]),
        ("", []),
    ):
        other.write_text(content)
        editor.files_changed(other)
        editor.wait_until(lambda expected=codes: editor.codes(agent) == expected)
    other.write_text(AGENT)
    editor.files_changed(other)
    editor.wait_until(lambda: editor.codes(agent) == ["ACO401"])
    other.unlink()
    editor.files_changed(other)
    editor.wait_until(lambda: editor.codes(agent) == [])


@pytest.mark.parametrize(
    "name", ["README.md", "docs/agents.md", ".claude/agents/README.md", "notes.txt", "package.json"]
)
def test_a_file_that_is_not_for_the_client_gets_nothing(editor: Editor, root: Path, name: str) -> None:
    path = root / name
    assert editor.open(path, "# Words\n{{x}} Use the Bahs tool.\n") == []
    assert editor.hover(path, 3) == ""
    assert editor.actions(path, 3) == []
    assert editor.complete(path, "na|") == {}


def test_a_document_without_a_file_gets_nothing(editor: Editor) -> None:
    from lsprotocol import types

    item = types.TextDocumentItem("untitled:Untitled-1", "markdown", 1, "---\nname: 3\n---\n")
    editor._tell(lambda: editor.client.text_document_did_open(types.DidOpenTextDocumentParams(item)))
    params = types.HoverParams(types.TextDocumentIdentifier("untitled:Untitled-1"), types.Position(1, 1))
    assert editor._run(editor.client.text_document_hover_async(params)) is None
    assert "untitled:Untitled-1" not in editor.published


def test_a_file_without_a_workspace_is_checked_by_its_place(root: Path) -> None:
    build_tree(root, {".claude/agents/other.md": AGENT})
    agent = root / ".claude/agents/reviewer.md"
    with Editor(None) as editor:
        editor.open(agent, AGENT.replace("Read", "Read, Raed"))
        editor.wait_until(lambda: sorted(editor.codes(agent)) == ["ACO202", "ACO401"])


@pytest.mark.parametrize("seed", range(3))
def test_a_storm_of_changes_ends_in_the_right_state(editor: Editor, root: Path, seed: int) -> None:
    """1,000 random changes; afterwards the findings are those of a fresh look at the same text."""
    agent = root / ".claude/agents/reviewer.md"
    chance = random.Random(seed)
    editor.open(agent)
    pieces = [
        "x",
        "\n",
        "\r\n",
        "😀",
        "ü",
        "---\n",
        "tools: Raed\n",
        "  - a",
        '"',
        ": ",
        "\f",
        "\u2028",
        "name: b\n",
        "",
    ]
    for _ in range(500):
        changes = []
        length = len(editor.texts[agent.as_uri()])
        for _ in range(2):
            start = chance.randint(0, length)
            end = min(length, start + chance.choice([0, 0, 0, 1, 5]))
            new = chance.choice(pieces)
            changes.append((start, end, new))
            length += len(new) - (end - start)
        editor.change(agent, *changes)
    last = [(one.range, one.code, one.message) for one in editor.findings(agent)]
    text = editor.texts[agent.as_uri()]
    again = build_tree(root, {".claude/agents/reviewer.md": text})
    with Editor(again) as fresh:
        assert [(one.range, one.code, one.message) for one in fresh.open(agent)] == last
    # unchanged text in a whole: nothing was lost on the way
    editor.change(agent, (0, len(text), AGENT))
    assert editor.findings(agent) == []
