"""Completion and hover: what is proposed where, what the text is afterwards, and what fields mean."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from acolytes_cc.definitions.registry import registry
from editor import Editor
from support import build_tree

HEAD = "---\nname: a\ndescription: Use when needed.\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    files = {
        ".claude/agents/a.md": f"{HEAD}---\nBody.\n",
        ".claude/skills/deploy/SKILL.md": "---\nname: deploy\ndescription: Use when deploying.\n---\nDo.\n",
        ".claude/settings.json": "{}",
        ".mcp.json": '{"mcpServers": {"board": {"command": "board"}}}',
        "tool/.claude-plugin/plugin.json": '{"name": "tool"}',
        "tool/hooks/hooks.json": '{"hooks": {}}',
    }
    return build_tree(tmp_path / "project", files)


@pytest.fixture
def editor(shared_editor: Editor, root: Path) -> Iterator[Editor]:
    with shared_editor.in_folder(root):
        yield shared_editor


@pytest.fixture
def agent(editor: Editor, root: Path) -> Path:
    path = root / ".claude/agents/a.md"
    editor.open(path)
    while "deploy" not in editor.complete(path, f"{HEAD}skills: |\n---\n"):  # until the folder is read
        time.sleep(0.05)
    return path


def test_a_field_name_is_completed_with_its_colon(editor: Editor, agent: Path) -> None:
    offered = editor.complete(agent, f"{HEAD}co|\n---\nBody.\n")
    assert offered["color"] == f"{HEAD}color: \n---\nBody.\n"
    assert set(offered) == registry().fields - {"name", "description"}  # these are there already
    with_colon = editor.complete(agent, f"{HEAD}co|: blue\n---\nBody.\n")
    assert with_colon["color"] == f"{HEAD}color: blue\n---\nBody.\n"


@pytest.mark.parametrize("field", ["color", "effort", "permissionMode", "memory", "isolation"])
def test_the_values_of_a_field_are_those_of_the_registry(editor: Editor, agent: Path, field: str) -> None:
    offered = editor.complete(agent, f"{HEAD}{field}: |\n---\nBody.\n")
    assert set(offered) == set(registry().values[field])
    for value, text in offered.items():
        assert text == f"{HEAD}{field}: {value}\n---\nBody.\n"
        assert not [one for one in editor.rewrite(agent, text) if one.code == "ACO108"], value


def test_every_model_that_is_offered_is_accepted(editor: Editor, agent: Path) -> None:
    for text in editor.complete(agent, f"{HEAD}model: o|\n---\nBody.\n").values():
        assert editor.rewrite(agent, text) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("tools: Read, Gr|", "tools: Read, {}"),
        ("tools: [Read, Gr|]", "tools: [Read, {}]"),
        ("tools: [Read, |]", "tools: [Read, {}]"),
        ('tools: ["Read", "Gr|"]', 'tools: ["Read", "{}"]'),
        ('tools: ["Read", "Gr|', 'tools: ["Read", "{}"'),
        ("tools:\n  - Read\n  - Gr|", "tools:\n  - Read\n  - {}"),
        ("tools:\n- Read\n- Gr|", "tools:\n- Read\n- {}"),
        ("tools:\n  - Read\n  - |", "tools:\n  - Read\n  - {}"),
        ("disallowedTools: Gr|ep", "disallowedTools: {}"),
    ],
)
def test_an_item_of_a_list_is_completed_in_each_style(editor: Editor, agent: Path, before: str, after: str) -> None:
    offered = editor.complete(agent, f"{HEAD}{before}\n---\nBody.\n")
    assert offered["Grep"] == f"{HEAD}{after.format('Grep')}\n---\nBody.\n"
    assert "mcp__board" in offered
    assert not set(offered) & registry().never_for_subagents
    assert not set(offered) & registry().removed_tools.keys()


def test_every_tool_that_is_offered_arrives(editor: Editor, agent: Path) -> None:
    for tool, text in editor.complete(agent, f"{HEAD}tools: Read, |\n---\nBody.\n").items():
        wrong = [
            one.message for one in editor.rewrite(agent, text) if str(one.code).startswith("ACO2") and one.severity == 1
        ]
        assert wrong == [], tool


def test_skills_servers_and_hooks_are_completed(editor: Editor, agent: Path) -> None:
    assert editor.complete(agent, f"{HEAD}skills: [de|]\n---\n")["deploy"] == f"{HEAD}skills: [deploy]\n---\n"
    assert "board" in editor.complete(agent, f"{HEAD}mcpServers:\n  - |\n---\n")
    events = editor.complete(agent, f"{HEAD}hooks:\n  Pre|\n---\n")
    assert set(events) == registry().hooks.events
    assert events["PreToolUse"] == f"{HEAD}hooks:\n  PreToolUse: \n---\n"
    hook = f"{HEAD}hooks:\n  PreToolUse:\n    - matcher: B|\n      hooks:\n        - type: command\n---\n"
    assert "Bash" in editor.complete(agent, hook)
    assert set(editor.complete(agent, hook.replace("B|", "Bash").replace("command", "|"))) == set(
        registry().hooks.types
    )
    keys = editor.complete(agent, hook.replace("B|", "Bash").replace("type: command", "type: command\n          ti|"))
    assert "timeout" in keys
    assert "type" not in keys


def test_nothing_is_offered_in_a_body_or_at_the_fences(editor: Editor, agent: Path) -> None:
    for text in (
        f"{HEAD}---\nco|\n",
        f"|{HEAD}---\n",
        f"---|\n{HEAD[4:]}---\n",
        f"{HEAD}|---\n",
        "co|\n",
        f"{HEAD}# co|\n---\n",
    ):
        assert editor.complete(agent, text) == {}, text


def test_an_unclosed_frontmatter_is_completed(editor: Editor, agent: Path) -> None:
    assert editor.complete(agent, f"{HEAD}model: o|")["opus"] == f"{HEAD}model: opus"


@pytest.mark.parametrize(
    ("before", "label", "after"),
    [
        ('{"permi|"}', "permissions", '{"permissions": }'),
        ('{"permi|', "permissions", '{"permissions": '),
        ('{"permi|": {}}', "permissions", '{"permissions": {}}'),
        (
            '{"model": "x", "permissions": {"defaultMode": "|"}}',
            "plan",
            '{"model": "x", "permissions": {"defaultMode": "plan"}}',
        ),
        ('{"permissions": {"defaultMode": |}}', "plan", '{"permissions": {"defaultMode": "plan"}}'),
        ('{"permissions": {"allow": ["Read", "Ba|"]}}', "Bash", '{"permissions": {"allow": ["Read", "Bash"]}}'),
        ('{"hooks": {"Pre|"}}', "PreToolUse", '{"hooks": {"PreToolUse": }}'),
        ('{"hooks": {"PreToolUse": [{"ma|', "matcher", '{"hooks": {"PreToolUse": [{"matcher": '),
        (
            '{"hooks": {"Stop": [{"hooks": [{"type": "|"}]}]}}',
            "command",
            '{"hooks": {"Stop": [{"hooks": [{"type": "command"}]}]}}',
        ),
        ('{"model": "|"}', "opus", '{"model": "opus"}'),
        ('{"alwaysThinkingEnabled": t|}', "true", '{"alwaysThinkingEnabled": true}'),
    ],
)
def test_settings_are_completed(editor: Editor, root: Path, before: str, label: str, after: str) -> None:
    settings = root / ".claude/settings.json"
    editor.open(settings)
    offered = editor.complete(settings, before)
    assert offered.get(label) == after, sorted(offered)[:20]


def test_a_key_that_is_there_is_not_offered_again(editor: Editor, root: Path) -> None:
    settings = root / ".claude/settings.json"
    editor.open(settings)
    offered = editor.complete(settings, '{"model": "opus", "|", "env": {"permissions": 1}}')
    assert not {"model", "env"} & set(offered)
    assert "permissions" in offered
    assert editor.complete(settings, '{"model" |}') == {}  # a colon comes first
    assert editor.complete(settings, '{"env": {}} |') == {}


@pytest.mark.parametrize(
    ("name", "before", "label"),
    [
        ("tool/.claude-plugin/plugin.json", '{"name": "tool", "out|"}', "outputStyles"),
        ("tool/hooks/hooks.json", '{"hooks": {"|"}}', "SessionStart"),
        (".mcp.json", '{"mcpServers": {"a": {"|"}}}', "command"),
        (".claude-plugin/marketplace.json", '{"plugins": [{"|"}]}', "source"),
    ],
)
def test_other_json_files_are_completed_by_their_schemas(
    editor: Editor, root: Path, name: str, before: str, label: str
) -> None:
    editor.open(root / name, "{}")
    assert label in editor.complete(root / name, before)


def test_hover_over_a_finding_shows_the_page_of_its_rule(editor: Editor, agent: Path) -> None:
    from acolytes_cc.lint.catalogue import find_rule

    text = f"{HEAD}tools: Read, Raed\n---\nBody.\n"
    editor.rewrite(agent, text)
    rule = find_rule("ACO202")
    assert rule is not None
    shown = editor.hover(agent, text.index("Raed") + 2)
    page = str(rule.__doc__)
    assert shown.startswith("**ACO202 tool-unknown** (error)")
    assert page.splitlines()[0] in shown
    assert all(line in shown for line in page.splitlines() if not line.startswith("## "))


def test_hover_over_a_field_says_what_it_means(editor: Editor, agent: Path, root: Path) -> None:
    text = f"{HEAD}tools: Read\nmodel: opus\nmaxTurns: 3\ncolor: blue\n---\nBody.\n"
    editor.rewrite(agent, text)
    assert "all tools that subagents may have" in editor.hover(agent, text.index("tools"))
    assert "`inherit`" in editor.hover(agent, text.index("model"))
    assert "`purple`" in editor.hover(agent, text.index("color"))
    assert editor.hover(agent, text.index("opus")) == ""
    settings = root / ".claude/settings.json"
    text = '{"permissions": {"defaultMode": "plan"}}'
    editor.open(settings, text)
    assert "`acceptEdits`" in editor.hover(settings, text.index("defaultMode"))


def test_each_field_that_the_client_reads_has_a_meaning(editor: Editor, agent: Path) -> None:
    schema = json.loads((Path(__file__).resolve().parents[2] / "schemas/agent-frontmatter.schema.json").read_text())
    for field in schema["properties"]:
        if field not in ("name", "description"):
            text = f"{HEAD}{field}: x\n---\nBody.\n"
            editor.rewrite(agent, text)
            assert schema["properties"][field]["description"] in editor.hover(agent, text.index(field) + 1), field
