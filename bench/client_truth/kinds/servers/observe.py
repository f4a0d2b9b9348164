"""Let the client start the servers of many files at once: it reads .mcp.json of each folder above its own."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from bench.client_truth.case import Case, Class, write_files
from bench.client_truth.client_run import in_batches
from bench.client_truth.kinds.plugins.observe import started
from bench.client_truth.kinds.servers.changes import PORT, SET
from bench.client_truth.mcp_probe import http_server

_CASES_IN_A_RUN = 60
_NOT_A_STRING = {"wrong": [5]}


def observe(cases: Sequence[Case], client: Path, scratch: Path) -> list[Case]:
    """Return the cases with their class and what was seen."""
    return in_batches(_observe_batch, cases, client, scratch, size=_CASES_IN_A_RUN)


def _observe_batch(client: Path, place: Path, cases: Sequence[Case]) -> list[Case]:
    home, folder = place / "home", place / "project"
    write_files({".claude/settings.json": json.dumps({"enableAllProjectMcpServers": True})}, home)
    scripts: dict[str, Any] = {}
    with http_server() as (port, asked):
        for number, case in enumerate(cases):
            folder = folder / f"f{number}"
            own = {path: text for path, text in case.files.items() if path.endswith("mcp.json")}
            write_files({path: _with_port(text, port) for path, text in own.items()}, folder)
            scripts |= {path: text for path, text in case.files.items() if path not in own}
        probes = {
            f"probe-{key}": {"command": "true", key: _NOT_A_STRING} for key in {c.intent["key"] for c in cases} if key
        }
        folder = folder / "here"
        write_files({".mcp.json": json.dumps({"mcpServers": probes}), "notes.txt": "x", **scripts}, folder)
        start = started(client, folder, home, environ=SET)
        written = start.written + "\n".join(asked)
    listed = {server["name"]: server["status"] for server in start.said["mcp_servers"]}
    return [_judged(case, written, listed) for case in cases]


def _with_port(content: Any, port: int) -> Any:
    return content.replace(PORT, str(port)) if isinstance(content, str) else content


def _judged(case: Case, written: str, listed: dict[str, str]) -> Case:
    missing = [name for name in case.intent["wants"] if not re.search(rf"(?<![\w.]){re.escape(name)}(?![\w])", written)]
    seen = [f"not there: {name} ({_status(name, listed)})" for name in missing]
    seen += [f"there though not meant: {name}" for name in case.intent["unwanted"] if name in written]
    key = case.intent["key"]
    if key and f"probe-{key}" in listed:
        seen.append(f"the key {key} is not read")
    verdict: Class = "CHANGE" if seen else "OK"
    names = [name for name in case.intent["wants"] if "-" in name]
    if names and all(name in missing and _status(name, listed) == "not listed" for name in names):
        verdict = "DROP"
    return replace(case, verdict=verdict, observed=({"seen": seen},))


def _status(name: str, listed: dict[str, str]) -> str:
    return next((status for one, status in listed.items() if name in one), "not listed")
