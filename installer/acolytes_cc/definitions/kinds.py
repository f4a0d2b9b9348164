"""The kinds of files that the client reads, and how a path tells the kind."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Literal

Kind = Literal["agent", "plugin-agent", "skill", "settings", "hooks", "plugin", "marketplace", "mcp"]

SKILL = "SKILL.md"
MANIFESTS = ".claude-plugin"
_SETTINGS = {"settings.json", "settings.local.json", "managed-settings.json"}


def kind_of(path: Path) -> Kind | None:
    """The kind of the file at ``path``; None for a JSON file that the client does not read.

    The name and the folders decide. A file that is not JSON is a skill or the definition of an agent.
    """
    name, folder = path.name, path.parent.name
    if not name.endswith(".json"):
        if name == SKILL:
            return "skill"
        return "plugin-agent" if plugin_root(path.parent) else "agent"
    if name in _SETTINGS:
        return "settings"
    if folder == MANIFESTS and name in {"plugin.json", "marketplace.json"}:
        return "plugin" if name == "plugin.json" else "marketplace"
    if name == "hooks.json":
        return "hooks"
    return "mcp" if name == ".mcp.json" else None


@lru_cache(maxsize=4096)
def plugin_root(folder: Path) -> Path | None:
    """The root of the plugin around ``folder``: the nearest parent with a manifest, unless a `.claude` is nearer."""
    for parent in (folder.absolute(), *folder.absolute().parents):
        if parent.name == ".claude":
            return None
        if (parent / MANIFESTS / "plugin.json").is_file():
            return parent
    return None
