"""Run all hooks of a batch in one session that has every event, and read from their log which of them ran."""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from bench.client_truth.case import Case, write_files
from bench.client_truth.client_run import MAIN, converse, in_parallel
from bench.client_truth.kinds.permissions.surroundings import SERVER, make_surroundings
from bench.client_truth.kinds.settings_hooks.generate import CALLS, EVENTS

from acolytes_cc.doctor.loopback import Role
from acolytes_cc.doctor.messages import Block, Step, Text, ToolUse

_CASES_IN_A_RUN = 80
_CALLS_IN_AN_ANSWER = 20
_EVERYTHING = "Bash,Read,Edit,Write,NotebookEdit,WebFetch,WebSearch,Skill,Agent,mcp__shop"
_CONTROL = "control"


def observe(cases: Sequence[Case], client: Path, scratch: Path) -> list[Case]:
    """Return the cases with their class and what was seen."""
    # a misspelt event may cost the whole file
    together = [case for case in cases if case.intent["event"] in EVENTS]
    batches = [together[at : at + _CASES_IN_A_RUN] for at in range(0, len(together), _CASES_IN_A_RUN)]
    batches += [[case] for case in cases if case.intent["event"] not in EVENTS]
    done = in_parallel(lambda batch: _observe_batch(batch[1], client, scratch / str(batch[0])), enumerate(batches))
    observed = {case.id: case for batch in done for case in batch}
    return [observed[case.id] for case in cases]


def _observe_batch(cases: Sequence[Case], client: Path, place: Path) -> list[Case]:
    project, home, log = place / "project", place / "home", place / "hooks.log"
    (project / ".claude").mkdir(parents=True)
    home.mkdir()
    absolute = str(project).removeprefix("/")
    calls: list[dict[str, Any]] = [{"tool": call.tool, "input": dict(call.input)} for call in CALLS]
    calls += [call for case in cases for call in case.intent["calls"]]
    named = [Case("", "", {}, intent={"name": "shop", "calls": calls[: len(CALLS)]}), *cases]
    make_surroundings(named, project)
    hooks: dict[str, list[Any]] = defaultdict(list)
    for case in cases:
        write_files({path: file for path, file in case.files.items() if path != ".claude/settings.json"}, project)
        hooks[case.intent["event"]].append(_placed(case.intent["entry"], absolute))
    hooks["Stop"].append({"hooks": [{"type": "command", "command": f'echo {_CONTROL} >> "$HOOK_LOG"'}]})
    settings = {"hooks": hooks, "skipWebFetchPreflight": True}
    (project / ".claude" / "settings.json").write_text(json.dumps(settings))
    (home / ".claude.json").write_text(json.dumps({"projects": {str(project): {"hasTrustDialogAccepted": True}}}))
    server = place / "server.py"
    server.write_text(SERVER)
    tools = sorted({call["tool"].removeprefix("mcp__shop__") for call in calls if call["tool"].startswith("mcp__")})
    servers = {"mcpServers": {"shop": {"command": sys.executable, "args": [str(server), *tools]}}}
    (place / "servers.json").write_text(json.dumps(servers))
    blocks: list[Block] = [ToolUse(call["tool"], _placed(call["input"], absolute)) for call in calls]
    reads: list[Block] = [
        ToolUse("Read", {"file_path": one.input["file_path"]})
        for one in blocks
        if isinstance(one, ToolUse) and one.tool == "Edit"
    ]
    steps: list[Step] = []
    for part in (reads, blocks):
        steps += [part[at : at + _CALLS_IN_AN_ANSWER] for at in range(0, len(part), _CALLS_IN_AN_ANSWER)]
    of_agents = Role("agent", lambda request: "You are a probe." in request.system, [Text("done")])
    said = converse(
        client,
        project,
        home,
        [of_agents, Role(MAIN, lambda _: True, [*steps, Text("done")])],
        *("--mcp-config", str(place / "servers.json"), "--strict-mcp-config"),
        allowed=_EVERYTHING,
        environ={"ENABLE_TOOL_SEARCH": "false", "HOOK_LOG": str(log)},
    )
    ran = set(log.read_text("utf-8").split()) if log.exists() else set()
    if _CONTROL not in ran and len(cases) == 1:
        return [replace(cases[0], verdict="DROP", observed=("no hook of the file ran",))]
    if _CONTROL not in ran:
        raise SystemExit(f"no hook ran: {said.run.stderr[-300:]}{said.run.stdout[-300:]}")
    return [_judged(case, ran) for case in cases]


def _placed(value: Any, project: str) -> Any:
    """The value with the project's path in it."""
    return json.loads(json.dumps(value).replace("%", project))


def _judged(case: Case, ran: set[str]) -> Case:
    if case.intent["name"] in ran:
        return replace(case, verdict="OK", observed=("it ran",))
    entry = case.intent["entry"]
    about = (case.intent["event"], *entry, *entry["hooks"][0])
    return replace(case, verdict="CHANGE", observed=(f"it did not run: {json.dumps(entry)}",), about=about)
