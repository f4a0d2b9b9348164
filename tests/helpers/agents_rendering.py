"""What the tests of the templates share: renderings, their frontmatter and body, and the examples that they show."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import Any

from ruamel.yaml import YAML

from acolytes_cc.agent_declarations import declared_agents
from acolytes_cc.install.planning.render import render_templates

PYTHON = "/opt/some where/bin/python3"
HOOKS = "/home/user/.claude/acolytes/hooks"
SCOPES = ("user", "project", "plugin")
SERVER_CHOICES = ((), ("context7",), ("code-index",), ("context7", "code-index"))
EVERY_CHOICE = tuple(product(SCOPES, SERVER_CHOICES))
OPS = "agents/ops.performance.md"
COORDINATOR = "agents/coordinator.performance.md"
AGENTS = tuple(f"agents/{agent.name}.md" for agent in declared_agents())
WORKER = "skills/quest-worker/SKILL.md"
LEADER = "skills/quest-leader/SKILL.md"

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```\n", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Example:
    """A command in a fenced block, and the comments below it: what it prints, after "exit 3: " where it is not 0."""

    command: str
    exit_code: int
    prints: tuple[str, ...]


@cache
def rendering(scope: str = "user", servers: tuple[str, ...] = ()) -> dict[str, str]:
    """Every rendered file, {path: text}."""
    data = {"scope": scope, "python": PYTHON, "hook_scripts": HOOKS, "mcp_servers": list(servers)}
    return {file.path: file.content.decode("utf-8") for file in render_templates(data)}


def split(text: str) -> tuple[dict[str, Any], str]:
    """Frontmatter, read as strict YAML, and body."""
    fence, raw, body = text.split("---\n", 2)
    assert fence == ""
    return YAML(typ="safe", pure=True).load(raw), body


def headings(text: str) -> list[str]:
    """The headings outside fenced blocks, without their hashes."""
    return re.findall(r"^#{1,3} (.+)$", _FENCE.sub("", text), re.MULTILINE)


def examples(text: str) -> list[Example]:
    """The commands of the bash blocks, in order."""
    shown: list[Example] = []
    for fence in _FENCE.finditer(text):
        if fence[1] != "bash":
            continue
        for line in fence[2].splitlines():
            comment = re.fullmatch(r"# (?:exit (\d): )?(.+)", line)
            if comment is None:
                shown.append(Example(line, 0, ()))
            else:
                last = shown.pop()
                shown.append(Example(last.command, int(comment[1] or last.exit_code), (*last.prints, comment[2])))
    return shown


def inline_commands(text: str) -> list[str]:
    """The code spans that name one of the product's commands."""
    return re.findall(r"`(acolytes-(?:perf|quest)[^`\n]*)`", _FENCE.sub("", text))
