"""The editor checks the files that `acolytes lint FOLDER` checks, and no others."""

from __future__ import annotations

import random
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
    "templates", "src/.hidden/agents", "x/commands", "docs/skills/s", ".cursor/skills/t", "skills/docs", ".cursor",
    "node_modules/x/agents", "p/node_modules/x/agents", ".claude/acolytes/agents", ".git/agents",
    "x/plugins/cache/agents",
    "test/agents", ".github",
)  # fmt: skip
NAMES = ("a.md", "README.md", "a.txt", "a.markdown", "a.mdc", "CLAUDE.md", "settings.json", "hooks.json", ".mcp.json")
# only here: everything below a SKILL.md belongs to the skill
SKILLS = (
    ".claude/skills/s", "p/skills/s", "docs/skills/s", ".cursor/skills/t", "skills/docs", "agents/deep",
    ".claude/agents/deep",
)  # fmt: skip
PARTS = (
    ".claude", "agents", "commands", "skills", "rules", "docs", "test", "plugins", "cache", "acolytes", "node_modules",
    ".git", ".cursor", "a", "b", "claude", "subagents", "examples", "output-styles",
)  # fmt: skip


def choices(root: Path) -> tuple[set[str], set[str]]:
    """The files that the editor would check, and those that a scan finds."""
    forget_places()
    scan = scan_folder(root)
    files = [path for path in root.rglob("*") if path.is_file()]
    chosen = {str(path) for path in files if is_checked(str(path), path.read_text(), str(root))}
    return chosen, {str(path) for path in (*scan.definitions, *scan.others)}


@pytest.mark.parametrize("content", [AGENT, COMMAND, POST, WORDS], ids=["agent", "command", "post", "words"])
def test_the_choice_is_that_of_a_scan(tmp_path: Path, content: str) -> None:
    """Each name in each folder, with each content."""
    files = {f"{folder}/{name}".lstrip("/"): content for folder in FOLDERS for name in NAMES}
    files |= {f"{folder}/SKILL.md": content for folder in SKILLS}
    build_tree(tmp_path, {**files, "p/.claude-plugin/plugin.json": '{"name": "p"}'})
    chosen, found = choices(tmp_path)
    assert sorted(chosen - found) == []
    assert sorted(found - chosen) == []
    assert chosen
    assert len(chosen) < len(files)


@pytest.mark.parametrize("seed", range(20))
def test_the_choice_is_that_of_a_scan_of_any_tree(tmp_path: Path, seed: int) -> None:
    """Random folders, in which a plugin or a skill may lie anywhere. One agent is there for certain."""
    chance = random.Random(seed)
    contents = (AGENT, COMMAND, POST, WORDS)
    names = (*NAMES, *NAMES, "SKILL.md", ".claude-plugin/plugin.json")
    files = {".claude/agents/first.md": AGENT}
    for _ in range(60):
        folder = "/".join(chance.choices(PARTS, k=chance.randint(1, 4)))
        name = chance.choice(names)
        files[f"{folder}/{name}"] = '{"name": "p"}' if name.endswith("plugin.json") else chance.choice(contents)
    chosen, found = choices(build_tree(tmp_path, files))
    assert sorted(chosen - found) == []
    assert sorted(found - chosen) == []
