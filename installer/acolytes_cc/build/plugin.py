"""What the plugin consists of: the templates in plugin scope, hooks, commands, and what a directory asks for."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from acolytes_cc import __version__
from acolytes_cc.build.icon import icon
from acolytes_cc.definitions.definition import parse_definition
from acolytes_cc.install.places import package_path
from acolytes_cc.install.render import Rendered, refuse_errors, render_templates
from acolytes_cc.resources import data_path

_DESCRIPTION = "A performance consultant whose numbers are computed, and quests in which several agents lose nothing"
_STATIC = Path(__file__).resolve().parent / "static"
# What a chosen server reaches; our own parts reach nothing.
_HOSTS: dict[str, list[str]] = {"code-index": [], "context7": ["context7.com", "registry.npmjs.org"]}


def plugin_files(servers: Sequence[str] = ()) -> dict[str, bytes]:
    """Every file of the plugin, {path: content}, sorted by path; ``servers`` are the chosen MCP servers.

    Raises UserError when a rendered definition has a finding at error level.
    """
    files = dict(render_templates({"scope": "plugin", "mcp_servers": list(servers)}))
    refuse_errors([Rendered(path, content) for path, content in files.items()])
    files |= _folder(_STATIC, "")
    files |= {f"hooks/{path.name}": path.read_bytes() for path in data_path("hooks").glob("*.py")}
    del files["hooks/session_start.py"]  # the client puts a plugin's bin/ on PATH by itself
    for package in ("acolytes_quest", "acolytes_perf"):
        files |= _folder(package_path(package), f"scripts/{package}/")
    files[".claude-plugin/plugin.json"] = _json(_manifest(servers))
    files[".claude-plugin/icon.png"] = icon()
    files["LICENSE"] = data_path("LICENSE").read_bytes()
    if servers:
        files[".mcp.json"] = _json({"mcpServers": _servers(servers)})
    return dict(sorted(files.items()))


def is_executable(path: str) -> bool:
    """Whether the plugin's file ``path`` is started by its name."""
    return path.startswith(("bin/", "scripts/acolytes_quest/quest_"))


def _manifest(servers: Sequence[str]) -> dict[str, Any]:
    return {
        "name": "acolytes",  # what `prefix` in the templates says, too
        "version": __version__,
        "description": _DESCRIPTION,
        "author": {"name": "The Acolytes authors"},
        "license": "MIT",
        "keywords": ["performance", "capacity-planning", "slo", "subagents"],
        "network": {"hosts": sorted(host for server in servers for host in _HOSTS[server])},
    }


def _servers(servers: Sequence[str]) -> dict[str, Any]:
    """How the servers start, as the definitions of a direct install say it: a plugin's own cannot."""
    rendered = dict(render_templates({"scope": "project", "mcp_servers": list(servers)}))
    found: dict[str, Any] = {}
    for path, content in rendered.items():
        if path.startswith("agents/"):
            field = parse_definition(content, path).field("mcpServers")
            for entry in field.value.plain() if field else []:
                found |= entry
    return found


def _folder(folder: Path, prefix: str) -> dict[str, bytes]:
    return {
        prefix + path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }


def _json(content: dict[str, Any]) -> bytes:
    return json.dumps(content, indent=2).encode() + b"\n"
