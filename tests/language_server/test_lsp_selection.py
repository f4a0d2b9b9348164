"""The editor checks the files that `acolytes lint FOLDER` checks, and no others."""

from __future__ import annotations

from pathlib import Path

import pytest

from acolytes_cc.definitions.files import scan_folder
from acolytes_cc.definitions.places import forget_places
from acolytes_cc.language_server.selection import is_checked
from support import build_tree

AGENT = "---\nname: a\ndescription: b\ntools: Read\n---\nBody.\n"
COMMAND = "---\ndescription: b\nallowed-tools: Read\n---\nBody.\n"
POST = "---\ntitle: A post\ndate: 2026-01-01\n---\nBody.\n"
WORDS = "# Words\n"
FOLDERS = (
    "", ".claude", ".claude/agents", ".claude/agents/deep", ".claude/commands", ".claude/rules", ".claude/skills",
    ".claude/skills/s", ".claude/skills/s/agents", ".claude/subagents", "agents", "agents/deep", "commands", "docs",
    "docs/agents", "examples/claude/agents", "p", "p/.claude-plugin", "p/agents", "p/commands", "p/skills/s", "p/hooks",
    "templates", "src/.hidden/agents", "x/commands",
)  # fmt: skip
NAMES = (
    "a.md",
    "README.md",
    "a.txt",
    "a.markdown",
    "a.mdc",
    "SKILL.md",
    "CLAUDE.md",
    "settings.json",
    "hooks.json",
    ".mcp.json",
)


@pytest.mark.parametrize("content", [AGENT, COMMAND, POST, WORDS], ids=["agent", "command", "post", "words"])
def test_the_choice_is_that_of_a_scan(tmp_path: Path, content: str) -> None:
    """Each name in each folder, with each content."""
    files = {f"{folder}/{name}".lstrip("/"): content for folder in FOLDERS for name in NAMES}
    build_tree(tmp_path, {**files, "p/.claude-plugin/plugin.json": '{"name": "p"}', ".claude/skills/s/SKILL.md": AGENT})
    forget_places()
    scan = scan_folder(tmp_path)
    found = {str(path) for path in (*scan.definitions, *scan.others)}
    chosen = {
        str(tmp_path / name)
        for name in (*files, "p/.claude-plugin/plugin.json")
        if is_checked(str(tmp_path / name), (tmp_path / name).read_text(), str(tmp_path))
    }
    assert chosen == found
    assert chosen
    assert len(chosen) < len(files)
