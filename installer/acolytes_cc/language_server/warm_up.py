"""Imports what the first check needs, so that the first answer is as fast as the others."""

from __future__ import annotations

from acolytes_cc.definitions.registry import registry
from acolytes_cc.definitions.subject import parse_subject
from acolytes_cc.lint.engine.check_file import check_file
from acolytes_cc.lint.settings.policy import Policy

# One text for each library that is imported late: YAML, Markdown, JSON Schema
_TEXTS = {
    ".claude/agents/a.md": "---\nname: a\ndescription: >-\n  b\ntools: [Read]\n---\n`x` [a](b) Use the Bash tool. $1\n",
    ".claude/skills/a/SKILL.md": "---\nname: a\ndescription: b\n---\nUse it.\n",
    ".claude/settings.json": '{"hooks": {"PreToolUse": [{"hooks": [{"type": "command", "command": "a"}]}]}, "a": 1}',
    "a/.claude-plugin/plugin.json": '{"name": "a", "hooks": 1}',
    "a/.claude-plugin/marketplace.json": '{"name": "a", "plugins": [1]}',
    ".mcp.json": '{"mcpServers": {"a": {}}}',
}


def warm_up() -> None:
    """Check a small text of each form."""
    codes = Policy().codes
    for path, text in _TEXTS.items():
        check_file(parse_subject(text.encode(), f"/acolytes-warm-up/{path}"), registry(), codes)
