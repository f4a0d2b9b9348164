"""Our agents, as their templates declare them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from acolytes_cc.resources import data_path

_SUFFIX = ".md.jinja"
_SETTING = re.compile(r"^<@% set (\w+) = '([^']*)' %@>$", re.MULTILINE)


class AgentDeclaration(NamedTuple):
    """One agent: the first lines of its template set these, and the template uses them itself."""

    name: str
    summary: str
    """What it does, as a sentence that goes on from its name; for the plugin's README."""
    example: str
    """A request to it, for the plugin's README and for the user after an install."""


def declared_agents() -> list[AgentDeclaration]:
    """Return our agents, sorted by name; ValueError for a template that lacks a setting or has another's name."""
    folder = data_path("agent_templates") / "agents"
    return [_declaration(path) for path in sorted(folder.glob(f"*{_SUFFIX}"))]


def _declaration(path: Path) -> AgentDeclaration:
    settings = dict(_SETTING.findall(path.read_text("utf-8")))
    missing = [name for name in ("agent", "summary", "example") if not settings.get(name)]
    if missing:
        raise ValueError(f"{path}: no line <@% set {missing[0]} = '...' %@> at the top")
    if f"{settings['agent']}{_SUFFIX}" != path.name:
        raise ValueError(
            f"{path}: it sets agent = {settings['agent']!r}, so its name must be {settings['agent']}{_SUFFIX}"
        )
    return AgentDeclaration(settings["agent"], settings["summary"], settings["example"])
