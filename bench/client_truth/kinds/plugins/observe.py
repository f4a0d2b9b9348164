"""Let the client load a hundred plugins at once, and look which of their parts turn up."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bench.client_truth.case import Case, Class, write_cases
from bench.client_truth.client_run import MAIN, Conversation, converse, in_batches
from bench.client_truth.mcp_probe import LOG

from acolytes_cc.doctor.loopback import Role
from acolytes_cc.doctor.messages import Step, Text, ToolUse

_CASES_IN_A_RUN = 100
# The client runs no command that begins with `sleep`
_WAIT_FOR_SERVERS = f"""sleep 4
seen=-1
for turn in 1 2 3 4 5 6 7 8; do
  now=$(cat {LOG} 2>&1 | wc -l); [ "$now" = "$seen" ] && break; seen=$now; sleep 3
done"""
_ENVIRONMENT = {
    "MCP_SERVER_CONNECTION_BATCH_SIZE": "10",
    "MCP_REMOTE_SERVER_CONNECTION_BATCH_SIZE": "10",
    "MCP_TIMEOUT": "120000",
    # a wrapper in front of python3 makes each server start slower
    "PATH": os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath))),
}
_SAID = re.compile(r"\b(?:ignored?|invalid|Invalid|failed|Failed|not found|ignores|unknown|Missing)\b")
ALL_AT_ONCE = ("--output-format", "stream-json", "--verbose")


@dataclass(frozen=True)
class Start:
    """What the client says at its start, and what its hooks and servers wrote."""

    said: dict[str, Any]
    names: frozenset[str]
    listing: str
    debug: Sequence[str]
    written: str


def observe(cases: Sequence[Case], client: Path, scratch: Path) -> list[Case]:
    """Return the cases with their class and what was seen."""
    return in_batches(_observe_batch, cases, client, scratch, size=_CASES_IN_A_RUN)


def _observe_batch(client: Path, place: Path, cases: Sequence[Case]) -> list[Case]:
    project, home = place / "project", place / "home"
    for folder in (project, home):
        folder.mkdir(parents=True)
    write_cases(cases, project, home)
    (project / "notes.txt").write_text("notes\n")
    folders = [*(project / case.intent["plugin"] for case in cases), *_key_probes(cases, project)]
    start = started(client, project, home, *(part for path in folders for part in ("--plugin-dir", str(path))))
    return [_judged(case, start, project) for case in cases]


def started(
    client: Path, project: Path, home: Path, *arguments: str, environ: Mapping[str, str] | None = None
) -> Start:
    """Run the client so that hooks of the common events run, and servers have time to connect."""
    (project / "wait.sh").write_text(_WAIT_FOR_SERVERS)
    steps: list[Step] = [
        ToolUse("Bash", {"command": "sh wait.sh", "description": "wait"}),
        ToolUse("Read", {"file_path": str(project / "notes.txt")}),
        ToolUse("Write", {"file_path": str(project / "new.txt"), "content": "x"}),
        ToolUse("Edit", {"file_path": str(project / "new.txt"), "old_string": "x", "new_string": "y"}),
        Text("done"),
    ]
    said = converse(
        client,
        project,
        home,
        [Role(MAIN, lambda _: True, steps)],
        *ALL_AT_ONCE,
        *arguments,
        allowed="Bash,Read,Write,Edit",
        environ={**_ENVIRONMENT, **(environ or {})},
    )
    first = next((event for event in _events(said) if event.get("subtype") == "init"), None)
    if first is None:
        raise SystemExit(f"the client did not start: {said.run.stderr[-500:]}{said.run.stdout[-500:]}")
    names = frozenset(name.rsplit(":", 1)[-1] for key in ("agents", "slash_commands") for name in first[key])
    written = "".join((project / log).read_text() for log in ("hooks.log", LOG) if (project / log).exists())
    return Start(first, names, said.of(MAIN)[0].everything, said.debug_lines, written)


def _events(said: Conversation) -> Iterator[dict[str, Any]]:
    for line in said.run.stdout.splitlines():
        if line.startswith("{"):
            yield json.loads(line)


def _key_probes(cases: Sequence[Case], project: Path) -> list[Path]:
    """For each key in question a plugin in which it is a number: the client complains when it reads the key."""
    probes = []
    for case in cases:
        if key := case.intent["key"]:
            folder = project / f"probe-{case.intent['plugin']}"
            (folder / ".claude-plugin").mkdir(parents=True)
            (folder / ".claude-plugin" / "plugin.json").write_text(json.dumps({"name": folder.name, key: 5}))
            probes.append(folder)
    return probes


def _is_unread(case: Case, start: Start) -> bool:
    """Whether the client does not read the key in question."""
    probe = f"probe-{case.intent['plugin']}"
    is_loaded = any(Path(plugin["path"]).name == probe for plugin in start.said["plugins"])
    return (
        bool(case.intent["key"]) and is_loaded and not any(_is_warning(line) and probe in line for line in start.debug)
    )


def _judged(case: Case, start: Start, project: Path) -> Case:
    folder = str(project / case.intent["plugin"])
    loaded = [plugin for plugin in start.said["plugins"] if plugin["path"] == folder]
    errors = [error for error in start.said.get("plugin_errors", []) if _is_about(json.dumps(error), case, folder)]
    warnings = [line for line in start.debug if _is_warning(line) and _is_about(line, case, folder)]
    missing = [name for name in case.intent["wants"] if not _turned_up(name, start)]
    seen = [f"not there: {name}" for name in missing]
    seen += [str(error.get("message", error))[:300] for error in errors]
    seen += [line[:300] for line in warnings]
    if _is_unread(case, start):
        seen.append(f"the key {case.intent['key']} is not read")
    verdict: Class = "CHANGE" if seen else "OK"
    if not loaded:
        verdict = "DROP"
    holders = [path for path, text in case.files.items() if any(name in str(text) for name in missing)]
    if any("-h" in name for name in missing):
        holders.append("hooks.json")
    about = (*missing, *holders) if len(missing) == len(seen) else ()
    return replace(case, verdict=verdict, observed=({"seen": seen},), about=about)


def _turned_up(name: str, start: Start) -> bool:
    is_agent = re.search(r"-a[0-9a-f]{6}$", name)
    if is_agent:  # the author's description counts, too
        return name in start.names and f"Use {name} for questions." in start.listing
    return name in start.names or re.search(rf"\b{name}\b", start.written) is not None


def _is_about(text: str, case: Case, folder: str) -> bool:
    own = (folder + "/", folder + '"', folder + " ", *case.intent["wants"])
    name = re.escape(case.intent["plugin"])
    return any(word in text for word in own) or re.search(rf"[Pp]lugin:? [\"']?{name}\b", text) is not None


def _is_warning(line: str) -> bool:
    is_note = "received null)" in line or 'unknown key "own"' in line  # nothing is meant to happen
    return line.startswith(("[WARN]", "[ERROR]")) and _SAID.search(line) is not None and not is_note
