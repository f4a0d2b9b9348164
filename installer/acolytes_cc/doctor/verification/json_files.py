"""What the client does with settings, and with the MCP servers of a project."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

from acolytes_cc.definitions.definition import SIZE_LIMIT
from acolytes_cc.definitions.files import read_bytes
from acolytes_cc.doctor.supervise import supervised_output
from acolytes_cc.doctor.verification.outcome import Outcome, dropped, loaded, unobserved
from acolytes_cc.doctor.verification.scratch_home import quiet_environment
from acolytes_cc.doctor.verification.session import Session, Surroundings, quiet_settings

_INVALID = "Invalid setting skipped without dialog (automated session): "
# How the client says that it ignores only a part of the file
_PART = re.compile(r"was (?:skipped|removed|ignored)|were (?:skipped|removed|ignored)|is ignored")
_STATUS = re.compile(r"^(.+?): .* - \S? ?(?:Pending approval|Connected|Failed|Needs|Rejected|Disabled)", re.MULTILINE)
_DIAGNOSTIC = re.compile(r"^ [└├] \[(?:Warning|Error)\] (.*)$", re.MULTILINE)
# This run has none of the user's variables: some are secrets
_UNSET = re.compile(r"Missing environment variables: (.*)$")
_NO_MODEL = "http://127.0.0.1:9"


def observe_settings(path: str, session: Session, seen_as: Path | None = None) -> Outcome:
    """What the client's log says about a settings file.

    Args:
        path: The file.
        session: A run of the client.
        seen_as: Where the client found it, if that is another place.
    """
    start = f"{_INVALID}{seen_as or Path(os.path.abspath(path))}: "
    told = [line.partition(start)[2].removeprefix(": ")[:300] for line in session.lines_about(start)]
    if any(not _PART.search(line) for line in told):
        return dropped(path, *told)
    return loaded(path, told)


def observe_servers(path: str, surroundings: Surroundings) -> Outcome:
    """Which servers of a project's `.mcp.json` the client lists. It starts none, for it does not trust the project.

    That is so only in a bare home: the user's settings may allow the servers of all projects.
    """
    command = [
        str(surroundings.client),
        *("--settings", quiet_settings(surroundings, _NO_MODEL), "--strict-mcp-config", "mcp", "list"),
    ]
    folder = Path(os.path.abspath(path)).parent
    output = supervised_output(command, folder, quiet_environment(surroundings.bare, _NO_MODEL), lambda: True)
    listed = set(_STATUS.findall(output))
    told = _about(output, folder / Path(path).name)
    return _without_variables(_servers_outcome(path, declared_servers(path), listed, told))


def compare_servers(path: str, listed: set[str]) -> Outcome:
    """Whether the servers of a plugin's file are among those that the client lists for the plugin."""
    declared = declared_servers(path)
    has_some = declared or re.search('"(?:command|url)"', _text(path))
    if has_some and not listed.intersection(declared):
        return dropped(path, "the client lists none of its servers for the plugin")
    return unobserved(path, "the client lists its servers, and checks each only when it starts it")


def _text(path: str) -> str:
    """The text of a file; empty if it cannot be read."""
    try:
        return read_bytes(Path(path), SIZE_LIMIT).decode("utf-8-sig", "replace")
    except OSError:
        return ""


def declared_servers(path: str) -> list[str]:
    """The names of the servers in a file."""
    try:
        document: Any = json.loads(_text(path))
    except (ValueError, RecursionError):
        return []
    servers = document.get("mcpServers", document) if isinstance(document, dict) else {}
    return list(servers) if isinstance(servers, dict) else []


def _servers_outcome(path: str, declared: list[str], listed: set[str], told: list[str]) -> Outcome:
    missing = [name for name in declared if name not in listed]
    if (missing and len(missing) == len(declared)) or (told and not declared):
        return dropped(path, *told)
    unsaid = [name for name in missing if not any(f"[{name}]" in line for line in told)]
    return loaded(path, [*told, *(f"the client does not list the server {name}" for name in unsaid)])


def _without_variables(outcome: Outcome) -> Outcome:
    """The outcome without complaints about variables, which this run does not have and the user's client may have."""
    unset = [match[1] for detail in outcome.details if (match := _UNSET.search(detail))]
    if not unset or outcome.state != "partly":
        return outcome
    others = [detail for detail in outcome.details if not _UNSET.search(detail)]
    if others:
        return loaded(outcome.path, others)
    return unobserved(outcome.path, f"this run does not have the environment variables {', '.join(unset)}")


def _about(output: str, file: Path) -> list[str]:
    """The diagnostics of one file."""
    blocks = output.split("Location: ")[1:]
    return [line[:300] for block in blocks if block.startswith(f"{file}\n") for line in _DIAGNOSTIC.findall(block)]
