"""Code actions: what they are called, and that the text after them is right."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from acolytes_cc.language_server.command import how_to_install
from acolytes_cc.lint.api import lint_text
from editor import Editor
from support import build_tree

AGENT = """---
name: reviewer
description: >-
  Use when code is to be reviewed.
tools: Read, Raed, Bash, Grep
color: Blue
---
Review it.

AWS_KEY at /home/user/x
"""


@pytest.fixture
def agent(tmp_path: Path) -> Path:
    return build_tree(tmp_path / "project", {".claude/agents/reviewer.md": AGENT}) / ".claude/agents/reviewer.md"


@pytest.fixture
def editor(shared_editor: Editor, agent: Path) -> Iterator[Editor]:
    with shared_editor.in_folder(agent.parents[2]):
        yield shared_editor


def test_a_safe_fix_is_preferred_and_changes_nothing_else(editor: Editor, agent: Path) -> None:
    before = editor.open(agent)
    (fix, *_) = editor.actions(agent, AGENT.index("Blue") + 2, ["quickfix"])
    assert (fix.title, fix.kind, fix.is_preferred) == ("ACO108: replace `Blue` by `blue`", "quickfix", True)
    assert [one.code for one in fix.diagnostics or ()] == ["ACO108"]
    after = editor.apply(agent, fix)
    assert editor.texts[agent.as_uri()] == AGENT.replace("Blue", "blue")
    assert [one.message for one in after] == [one.message for one in before if one.code != "ACO108"]


def test_an_unsafe_fix_says_so_and_is_not_preferred(editor: Editor, agent: Path) -> None:
    text = AGENT.replace("Read, Raed, Bash, Grep", "Read, BashOutput")
    editor.open(agent, text)
    fixes = [one for one in editor.actions(agent, text.index("BashOutput")) if "ignore" not in one.title]
    unsafe = [one for one in fixes if "unsafe" in one.title]
    assert unsafe, [one.title for one in fixes]
    assert all(one.is_preferred is False for one in unsafe)


def test_fix_all_does_what_the_command_does(editor: Editor, agent: Path, tmp_path: Path) -> None:
    from acolytes_cc.cli import main

    text = AGENT.replace("color: Blue\n", "color: Blue\nmodel: Opus\n").replace("\n", "\r\n")
    editor.open(agent, text)
    (action,) = editor.actions(agent, 0, ["source.fixAll"])
    assert action.kind == "source.fixAll.acolytes"
    editor.apply(agent, action)
    agent.write_bytes(text.encode())
    main(["lint", str(agent), "--fix", "--no-cache"])
    assert editor.texts[agent.as_uri()].encode() == agent.read_bytes() != text.encode()
    assert editor.actions(agent, 0, ["source.fixAll"]) == []


def test_an_editor_that_resolves_nothing_gets_the_edits_when_it_asks(agent: Path) -> None:
    with Editor(agent.parents[2], resolves=False) as editor:
        editor.open(agent)
        assert {one.kind for one in editor.actions(agent, AGENT.index("Blue"))} == {"quickfix"}
        (action,) = editor.actions(agent, 0, ["source.fixAll"])
        assert action.edit
        editor.apply(agent, action)
        assert editor.texts[agent.as_uri()] == AGENT.replace("Blue", "blue")


def test_only_what_was_asked_for_is_offered(editor: Editor, agent: Path) -> None:
    editor.open(agent)
    offset = AGENT.index("Blue")
    assert {one.kind for one in editor.actions(agent, offset)} == {"quickfix", "source.fixAll.acolytes"}
    assert {one.kind for one in editor.actions(agent, offset, ["quickfix"])} == {"quickfix"}
    assert {one.kind for one in editor.actions(agent, offset, ["source"])} == {"source.fixAll.acolytes"}
    assert editor.actions(agent, offset, ["refactor"]) == []
    assert [one.kind for one in editor.actions(agent, AGENT.index("Review it"))] == ["source.fixAll.acolytes"]


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("word", ["Raed", "Grep", "Blue", "Use when", "/home"])
def test_each_finding_can_be_ignored_in_its_place(editor: Editor, agent: Path, word: str, line_end: str) -> None:
    """In frontmatter, in a string over several lines, in a body: this finding goes, and no other comes."""
    text = AGENT.replace("Use when code is to be reviewed.", "Reviews\n  code.").replace("\n", line_end)
    before = editor.open(agent, text)
    targets = [
        one
        for one in before
        if text[editor.offset(text, one.range.start) :].startswith(word.replace("Use when", "Reviews"))
    ]
    for finding in targets or before:
        editor.rewrite(agent, text)
        offset = editor.offset(text, finding.range.start)
        ignoring = [
            one for one in editor.actions(agent, offset, ["quickfix"]) if f"{finding.code}: ignore" in one.title
        ]
        assert ignoring, finding.message
        after = editor.apply(agent, ignoring[0])
        assert sorted(one.message for one in after) == sorted(one.message for one in before if one is not finding)
        assert line_end == "\n" or "\n" not in editor.texts[agent.as_uri()].replace("\r\n", "")


@pytest.mark.parametrize("word", ["read", "OurTool"])
def test_two_findings_of_a_rule_on_a_line_can_only_be_ignored_together(editor: Editor, agent: Path, word: str) -> None:
    text = AGENT.replace("tools: ", "tools: read, OurTool, ")
    before = editor.open(agent, text)
    assert [one.code for one in before].count("ACO202") >= 2
    offset = text.index(word, text.index("tools:"))
    (action,) = [one for one in editor.actions(agent, offset, ["quickfix"]) if "ACO202: ignore" in one.title]
    assert action.title == "ACO202: ignore tool-unknown on this line"
    after = editor.apply(agent, action)
    assert sorted(one.message for one in after) == sorted(one.message for one in before if one.code != "ACO202")


def test_a_duplicate_name_can_be_ignored(editor: Editor, agent: Path) -> None:
    editor.open(agent, "---\nname: same\ndescription: Use when needed.\n---\nBody.\n")
    other = agent.with_name("other.md")
    editor.open(other, "---\nname: same\ndescription: Use when needed.\n---\nBody.\n")
    (action,) = [one for one in editor.actions(other, 10, ["quickfix"]) if "ACO401: ignore" in one.title]
    assert editor.apply(other, action) == []
    editor.wait_until(lambda: editor.codes(agent) == ["ACO401"])


def test_json_has_no_comments_so_nothing_is_offered_there(editor: Editor, agent: Path) -> None:
    settings = agent.parents[1] / "settings.json"
    text = '{"permissions": {"deny": ["Bsh(rm *)"]}, "hooks": {"PreToolUse": [{}]}}'
    found = editor.open(settings, text)
    assert found
    for finding in found:
        titles = [one.title for one in editor.actions(settings, editor.offset(text, finding.range.start))]
        assert not any("ignore" in title for title in titles)


def test_each_safe_fix_of_the_rules_cases_works_here_too(editor: Editor, agent: Path) -> None:
    """Wherever `--fix` repairs one of these, the quick fix alone removes the finding that it is for."""
    mistakes = {"color: Blue": "color: RED", "tools: Read, Raed, Bash, Grep": "tools: Read, Task, read"}
    text = AGENT
    for old, new in mistakes.items():
        text = text.replace(old, new)
    fixable = [one for one in lint_text(text, str(agent)) if one.fixable == "safe"]
    assert fixable
    for finding in fixable:
        found = editor.open(agent, text)
        (shown, *_) = [one for one in found if one.code == finding.rule and one.range.start.line == finding.line - 1]
        offset = editor.offset(text, shown.range.start)
        (fix, *_) = [
            one for one in editor.actions(agent, offset) if one.is_preferred and one.title.startswith(finding.rule)
        ]
        after = editor.apply(agent, fix)
        assert sum(one.code == finding.rule for one in after) < sum(one.code == finding.rule for one in found)


@pytest.mark.parametrize(
    ("prefix", "expected"),
    [
        ("/opt/pipx/venvs/acolytes-cc", "pipx inject acolytes-cc pygls"),
        ("/opt/uv/tools/acolytes-cc", "uv tool install --with pygls acolytes-cc"),
        ("/opt/my env", "'/opt/my env/bin/python' -m pip install 'acolytes-cc[lsp]'"),
    ],
)
def test_how_to_install_fits_the_installation(prefix: str, expected: str) -> None:
    assert how_to_install(prefix, f"{prefix}/bin/python") == expected
