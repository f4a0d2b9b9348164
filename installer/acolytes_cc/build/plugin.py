"""What the plugin consists of: files that are rendered for it, and parts that it shares with the checkout."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from acolytes_cc import __version__
from acolytes_cc.build.agent_list import readme_list
from acolytes_cc.build.hook_files import plugin_hooks_json
from acolytes_cc.definitions.definition import parse_definition
from acolytes_cc.install.disk.places import package_path
from acolytes_cc.install.planning.render import refuse_errors, render_templates
from acolytes_cc.resources import data_path

_DESCRIPTION = (
    "A performance consultant whose numbers are computed, and quests: work shared by agents without losing any"
)
_AUTHOR = "The Acolytes authors"
_STATIC = Path(__file__).resolve().parent / "static"
# The hosts that a chosen MCP server connects to. Our own parts connect to none.
_HOSTS: dict[str, list[str]] = {"code-index": [], "context7": ["context7.com", "registry.npmjs.org"]}


class SharedPart(NamedTuple):
    """A file or folder that the plugin takes over unchanged.

    A stand-alone build copies it. The checkout's ``plugin/`` links to it, so that git holds it once.
    """

    path: str
    source: Path


def rendered_files(servers: Sequence[str] = ()) -> dict[str, bytes]:
    """Return the files that exist for the plugin alone, {path: content}, sorted by path.

    Args:
        servers: The MCP servers that the plugin's agents may use.

    Raises:
        UserError: A rendered definition has a finding at error level.
    """
    rendered = render_templates({"scope": "plugin", "mcp_servers": list(servers)})
    refuse_errors(rendered)
    files = {file.path: file.content for file in rendered}
    readme = (_STATIC / "README.md").read_text("utf-8")
    files["README.md"] = readme.replace("{agents}", readme_list()).encode()
    files["hooks/hooks.json"] = plugin_hooks_json()
    files[".claude-plugin/plugin.json"] = _json(_manifest(servers))
    if servers:
        files[".mcp.json"] = _json({"mcpServers": _servers(servers)})
    return dict(sorted(files.items()))


def shared_parts() -> list[SharedPart]:
    """Return what the plugin shares with the checkout, sorted by path."""
    names = ["bin/acolytes-perf", "bin/acolytes-quest", "hooks/guard.sh", "scripts/start.py"]
    parts = [SharedPart(name, _STATIC / name) for name in names]
    parts.append(SharedPart(".claude-plugin/icon.png", _STATIC / "icon.png"))
    parts.append(SharedPart("LICENSE", data_path("LICENSE")))
    parts += [SharedPart(f"hooks/{path.name}", path) for path in data_path("hooks").glob("*.py")]
    parts += [SharedPart(f"scripts/{name}", package_path(name)) for name in ("acolytes_quest", "acolytes_perf")]
    return sorted(parts)


def stand_alone_files(servers: Sequence[str] = ()) -> dict[str, bytes]:
    """Return every file of a plugin folder that needs nothing beside it, {path: content}, sorted by path."""
    files = rendered_files(servers)
    files[".claude-plugin/marketplace.json"] = marketplace("./")
    for part in shared_parts():
        files |= _contents(part)
    return dict(sorted(files.items()))


def is_executable(path: str) -> bool:
    """Tell whether the plugin's file ``path`` is started by its name."""
    return path.startswith("bin/")


def marketplace(source: str) -> bytes:
    """Return a marketplace.json that offers the plugin in the folder ``source``, relative to the marketplace."""
    return _json(
        {
            "name": "acolytes",
            "owner": {"name": _AUTHOR},
            "metadata": {"description": _DESCRIPTION},
            "plugins": [{"name": "acolytes", "source": source, "description": _DESCRIPTION}],
        }
    )


def _contents(part: SharedPart) -> dict[str, bytes]:
    if part.source.is_file():
        return {part.path: part.source.read_bytes()}
    return {
        f"{part.path}/{path.relative_to(part.source).as_posix()}": path.read_bytes()
        for path in sorted(part.source.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }


def _manifest(servers: Sequence[str]) -> dict[str, Any]:
    return {
        "name": "acolytes",  # the same as `prefix` in agent_templates/copier.yml
        "version": __version__,
        "description": _DESCRIPTION,
        "author": {"name": _AUTHOR},
        "license": "MIT",
        "keywords": ["performance", "capacity-planning", "slo", "subagents"],
        "network": {"hosts": sorted(host for server in servers for host in _HOSTS[server])},
    }


def _servers(servers: Sequence[str]) -> dict[str, Any]:
    """Return how each server starts, read from the definitions of a direct installation.

    The client ignores ``mcpServers`` in the definitions of a plugin.
    """
    commands: dict[str, Any] = {}
    for file in render_templates({"scope": "project", "mcp_servers": list(servers)}):
        if file.path.startswith("agents/"):
            field = parse_definition(file.content, file.path).field("mcpServers")
            for entry in field.value.plain() if field else []:
                commands |= entry
    return commands


def _json(content: dict[str, Any]) -> bytes:
    return json.dumps(content, indent=2).encode() + b"\n"
