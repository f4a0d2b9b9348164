"""Let the client decide on a call for each rule: a rule has an effect when the decision differs from that without it.

Without a rule in `allow`, the client asks for each call, which is a refusal in a session without a user. For rules in
`ask` and `deny`, all tools are allowed on the command line.
"""

from __future__ import annotations

import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from bench.client_truth.case import Case, Class
from bench.client_truth.client_run import MAIN, converse, in_parallel, tools_of
from bench.client_truth.kinds.permissions.surroundings import SERVER, make_surroundings

from acolytes_cc.doctor.loopback import Role
from acolytes_cc.doctor.messages import Block, ModelRequest, Step, Text, ToolUse

_FIRST_LINE = 4  # in the file, of the rules
_CASES_IN_A_RUN = 120
_CALLS_IN_AN_ANSWER = 40
_EVERYTHING = "Bash,Read,Edit,Write,NotebookEdit,WebFetch,WebSearch,mcp__shop"
_REFUSED = re.compile(
    r"permission|(requires?|needs) approval|has been denied|haven't granted|was blocked|not allowed|denied (by|access)",
    re.IGNORECASE,
)
_NO_TOOL = re.compile(r"No such tool available|is not enabled in this context")


def observe(cases: Sequence[Case], client: Path, scratch: Path) -> list[Case]:
    """Return the cases with their class and what was seen."""
    batches = list(enumerate(_batches(cases)))
    done = in_parallel(lambda batch: _observe_batch(batch[1], client, scratch / str(batch[0])), batches)
    observed = {case.id: case for batch in done for case in batch}
    return [observed[case.id] for case in cases]


def _batches(cases: Sequence[Case]) -> Iterator[list[Case]]:
    groups: dict[Any, list[Case]] = defaultdict(list)
    for case in cases:
        groups[case.intent["key"], case.id if case.intent["alone"] else ""].append(case)
    for group in groups.values():
        for start in range(0, len(group), _CASES_IN_A_RUN):
            yield group[start : start + _CASES_IN_A_RUN]


def _observe_batch(cases: list[Case], client: Path, place: Path) -> list[Case]:
    key = cases[0].intent["key"]
    project, home = place / "project", place / "home"
    (project / ".claude").mkdir(parents=True)
    home.mkdir()
    calls = [(case.id, call) for case in cases for call in case.intent["calls"]]
    make_surroundings(cases, project)
    server = place / "server.py"
    server.write_text(SERVER)
    names = sorted({call["tool"].removeprefix("mcp__shop__") for _, call in calls if call["tool"].startswith("mcp__")})
    servers = {"mcpServers": {"shop": {"command": sys.executable, "args": [str(server), *names]}}}
    (place / "servers.json").write_text(json.dumps(servers))
    trusted = {"projects": {str(project): {"hasTrustDialogAccepted": True}}}
    (home / ".claude.json").write_text(json.dumps(trusted))
    absolute = str(project).removeprefix("/")
    rules = [
        rule.replace("%", absolute) if isinstance(rule, str) else rule
        for case in cases
        for rule in case.intent["rules"]
    ]
    settings = {"permissions": {key: rules}, "skipWebFetchPreflight": True}
    (project / ".claude" / "settings.json").write_text(json.dumps(settings))
    # a file must be read before it is changed
    paths = [
        call["input"].get("file_path") or call["input"].get("notebook_path")
        for _, call in calls
        if "Edit" in call["tool"]
    ]
    reads: list[Block] = [ToolUse("Read", {"file_path": _placed(path, absolute)}) for path in paths]
    blocks: list[Block] = [
        ToolUse(call["tool"], {name: _placed(value, absolute) for name, value in call["input"].items()})
        for _, call in calls
    ]
    steps: list[Step] = [*_cut(reads), *_cut(blocks), Text("done")]
    of_agents = Role("agent", lambda request: "You are a probe." in request.system, [Text("done")])
    said = converse(
        client,
        project,
        home,
        [of_agents, Role(MAIN, lambda _: True, steps)],
        *("--mcp-config", str(place / "servers.json"), "--strict-mcp-config"),
        allowed="TodoWrite" if key == "allow" else _EVERYTHING,
        environ={"ENABLE_TOOL_SEARCH": "false"},
    )
    if not said.of(MAIN) and key == "deny" and len(cases) == 1 and said.run.result.get("result"):
        return [replace(cases[0], verdict="OK", observed=("no tool is left",))]
    if not said.of(MAIN):
        raise SystemExit(f"the client did not start: {said.run.stderr[-300:]}{said.run.stdout[-300:]} {rules}")
    results = _results(said.of(MAIN)[-1])[len(reads) :]
    tools = tools_of(said.of(MAIN)[0])
    by_case: dict[str, list[str]] = defaultdict(list)
    for (identity, _), text in zip(calls, results, strict=True):
        by_case[identity].append(text)
    return [_judged(case, key, by_case[case.id], tools) for case in cases]


def _placed(value: Any, project: str) -> Any:
    """The value with the project's path in it."""
    return value.replace("%", project) if isinstance(value, str) else value


def _cut(calls: list[Block]) -> Iterator[list[Block]]:
    """The calls as answers of the model; what is called in one answer is decided at once."""
    for start in range(0, len(calls), _CALLS_IN_AN_ANSWER):
        yield calls[start : start + _CALLS_IN_AN_ANSWER]


def _results(request: ModelRequest) -> list[str]:
    """The result of each call, in the order of the calls."""
    texts: dict[str, str] = {}
    asked: list[str] = []
    for message in request.body["messages"]:
        for block in message["content"] if isinstance(message["content"], list) else ():
            if block["type"] == "tool_use":
                asked.append(block["id"])
            elif block["type"] == "tool_result":
                content = block["content"]
                texts[block["tool_use_id"]] = (
                    content if isinstance(content, str) else " ".join(part.get("text", "") for part in content)
                )
    return [texts[identity] for identity in asked]


def _judged(case: Case, key: str, results: Sequence[str], tools: frozenset[str]) -> Case:
    rules = case.intent["rules"]
    seen: list[str] = []
    without = ["a rule that is no text" for rule in rules if not isinstance(rule, str) or not rule.strip()]
    written = [rule for rule in rules if isinstance(rule, str) and rule.strip()]
    for rule, call, text in zip(written, case.intent["calls"], results, strict=True):
        is_refused = bool(_REFUSED.search(text) or (_NO_TOOL.search(text) and call["tool"] not in tools))
        seen.append(f"{call['tool']}: {text[:160]}")
        if is_refused == (key == "allow"):
            without.append(rule)
    verdict: Class = "CHANGE" if without else "OK"
    # each rule has a line of its own
    is_lost = [rule in without or not isinstance(rule, str) or not rule.strip() for rule in rules]
    lost = tuple(f"settings.json:{_FIRST_LINE + at} " for at, lost in enumerate(is_lost) if lost)
    about = lost if verdict == "CHANGE" else ()
    observed = (*(f"without effect: {rule}" for rule in without), *seen)
    return replace(case, verdict=verdict, observed=observed, about=about)
