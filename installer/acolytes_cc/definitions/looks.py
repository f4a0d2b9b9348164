"""What a Markdown file looks like by the keys of its frontmatter, for a file that lies where nothing tells its kind.

The client does not read such a file. People keep collections of agents that way, for others to copy. Posts, issue
templates and pages of documentation have frontmatter, too, and so do the files of other products.
"""

from __future__ import annotations

import re

from acolytes_cc.definitions.kind_names import Kind

_KEY = re.compile(r"^(?:\ufeff)?([A-Za-z][\w-]*)[ \t]*:", re.MULTILINE)
_AGENT_ONLY = frozenset(
    {
        *("tools", "disallowedTools", "model", "color", "permissionMode", "maxTurns", "mcpServers", "memory"),
        *("background", "isolation", "initialPrompt", "skills", "effort"),
    }
)
_COMMAND_ONLY = frozenset({"allowed-tools", "argument-hint", "disable-model-invocation", "user-invocable"})
_COMMAND = frozenset({"description", "model", "name", "hooks", "version", "category", "tags", *_COMMAND_ONLY})
# Keys of posts, issue templates, pages of documentation and the files of other products
_ELSEWHERE = frozenset(
    {
        *("title", "layout", "date", "about", "labels", "assignees", "permalink", "slug", "draft", "weight", "image"),
        *("sidebar_position", "sidebar_label", "nav_order", "sidebarTitle", "pubDate", "published", "excerpt"),
        *("globs", "alwaysApply", "applyTo", "mode", "agent", "trigger", "type"),
    }
)
# How other products name their own prompts and agents
_OTHER_PRODUCTS = (".chatmode.md", ".prompt.md", ".instructions.md", ".agent.md", ".mdc")


def looks_like(text: str, name: str = "") -> Kind | None:
    r"""Return the kind that the keys of the frontmatter tell; None when they tell none of ours.

    >>> looks_like("---\nname: a\ndescription: b\n---\n")
    'agent'
    >>> looks_like("---\ntitle: A post\ndate: 2026-01-01\n---\n")
    """
    if name.endswith(_OTHER_PRODUCTS):
        return None
    keys = frontmatter_keys(text)
    if keys & _ELSEWHERE:
        return None
    if "name" not in keys and keys & _COMMAND_ONLY:
        return "command"
    if {"name", "description"} <= keys or (keys & {"name", "description"} and keys & _AGENT_ONLY):
        return "agent"
    return None


def looks_like_command(text: str) -> bool:
    """Return whether a file of a folder `commands` has a description, and only keys that a command may have."""
    keys = frontmatter_keys(text)
    return "description" in keys and keys <= _COMMAND


def frontmatter_keys(text: str) -> frozenset[str]:
    """Return the keys at the left margin of the frontmatter, even if it is not valid YAML or not closed."""
    start = text.removeprefix("\ufeff").lstrip()
    if not start.startswith("---"):
        return frozenset()
    block = re.split(r"^---[ \t]*$", start[3:], maxsplit=1, flags=re.MULTILINE)[0]
    return frozenset(key for key in _KEY.findall(block))
