"""Which kind of file a path is: what the client would take it for."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Literal

Kind = Literal["agent", "plugin-agent", "skill", "settings", "hooks", "plugin", "marketplace", "mcp"]

SKILL = "SKILL.md"
MANIFESTS = ".claude-plugin"
_SETTINGS = {"settings.json", "settings.local.json", "managed-settings.json"}


def kind_of(path: Path) -> Kind | None:
    """The kind of the file at ``path``, from its name and the folders around it; None for JSON of no known kind.

    Whatever is no JSON file counts as an agent definition.
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
    """The plugin that ``folder`` is part of: the nearest folder above with a manifest, unless a `.claude` is nearer."""
    for above in (folder.absolute(), *folder.absolute().parents):
        if above.name == ".claude":
            return None
        if (above / MANIFESTS / "plugin.json").is_file():
            return above
    return None
