"""Calls each skill and command as `/name one two`, and compares what the model got with what the author wants.

What is wanted is a JSON object. `described` and `named` are about the list that the model sees, `listed` and `slash`
about who can call it, `model`, `effort`, `forked` and `agent` (a text of the request) about how it runs, `text` about
its text, `allowed` and `refused` about tools, `reads` about files that it names, `unread` are fields that the client
does not have.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from bench.client_truth.case import Case, Class, write_cases
from bench.client_truth.client_run import in_parallel, make_repository
from bench.client_truth.session import Session, Turn, run_session, texts

from acolytes_cc.doctor.messages import Block, ModelRequest, Step, ToolUse

ARGUMENTS = "one two"
_AT_ONCE = 60
_OUT = "out"
_DEFAULT_EFFORT = "medium"


def mark_of(token: str) -> str:
    """The first word of the text of the skill with this token."""
    return f"MARK-{token}-END"


def observe(cases: Sequence[Case], client: Path, scratch: Path) -> list[Case]:
    """Call all skills, sixty in one session; those that take tools away in sessions where all tools are allowed."""
    parts: list[list[Case]] = []
    for is_open in (False, True):
        group = [case for case in cases if bool(case.intent["wants"].get("refused")) is is_open]
        parts += [group[start : start + _AT_ONCE] for start in range(0, len(group), _AT_ONCE)]
    observed = in_parallel(lambda part: list(_observe_part(part[1], client, scratch / str(part[0]))), enumerate(parts))
    by_id = {case.id: case for part in observed for case in part}
    return [by_id[case.id] for case in cases]


def _observe_part(cases: Sequence[Case], client: Path, scratch: Path) -> Iterator[Case]:
    project, home = scratch / "project", scratch / "home"
    for folder in (project / _OUT, home):
        folder.mkdir(parents=True)
    write_cases(cases, project, home)
    make_repository(project)
    turns = [Turn("start"), *(Turn(f"/{case.intent['call']} {ARGUMENTS}", _steps(case, project)) for case in cases)]
    is_open = any(case.intent["wants"].get("refused") for case in cases)
    session = run_session(client, project, home, turns, *(("--allowedTools", "Write,Bash") if is_open else ()))
    listing = texts(session.requests[0])
    for at, case in enumerate(cases, 1):
        yield _observed(case, session, listing, at, project)


def _steps(case: Case, project: Path) -> list[Step]:
    """The model tries the tools, where the author says something of them, and reads the files that the skill names."""
    token, wants = case.id, case.intent["wants"]
    calls: list[Block] = []
    if "allowed" in wants or "refused" in wants:
        calls.append(ToolUse("Write", {"file_path": str(project / _OUT / f"{token}-Write"), "content": "x"}))
        calls.append(ToolUse("Bash", {"command": f"touch {_OUT}/{token}-Bash", "description": "touch"}))
    folder = project / Path(case.intent["path"]).parent
    calls += [ToolUse("Read", {"file_path": str(folder / name)}) for name in wants.get("reads", ())]
    return [calls] if calls else []


def _observed(case: Case, session: Session, listing: str, at: int, project: Path) -> Case:
    token, wants = case.id, case.intent["wants"]
    requests = [request for request in session.requests[at] if mark_of(token) in request.newest]
    result = session.results[at] if at < len(session.results) else ""
    call = case.intent["call"]
    pattern = rf"^- {re.escape(call)}(?: \((?P<name>.*?)\))?: (?P<text>.*?)(?=^- |\n\n|\Z)"
    entry = re.search(pattern, listing, re.MULTILINE | re.DOTALL)
    slash = call in session.start.get("slash_commands", ())
    if not (requests or entry or slash) and result == "done":
        return replace(case, verdict="DROP", observed=({"seen": ["not listed, and no command"]},))
    made = [name for name in ("Write", "Bash") if (project / _OUT / f"{token}-{name}").exists()]
    seen: dict[str, Any] = {
        "described": entry["text"] if entry else None,
        "named": (entry["name"] or call) if entry else None,
        "listed": entry is not None,
        "slash": slash,
        "runs": bool(requests),
        "allowed": made,
        "refused": [name for name in ("Write", "Bash") if name not in made],
        "reads": [name for name in wants.get("reads", ()) if f"READ-{token}-{name}" in texts(session.requests[at])],
    }
    if requests:
        seen |= _of_request(requests[0])
    missed = [key for key, value in wants.items() if not _is_met(key, value, seen)]
    shown = {key: str(seen.get(key))[-160:] for key in missed}
    verdict: Class = "CHANGE" if missed else "OK"
    return replace(case, verdict=verdict, observed=({"seen": [f"{shown or 'as wanted'} {result[:90]}"]},))


def _of_request(request: ModelRequest) -> dict[str, Any]:
    return {
        "model": request.body["model"],
        "effort": request.body.get("output_config", {}).get("effort"),
        "forked": request.step == 0,  # the session's own requests also have its first turn
        "agent": request.system,
        "text": request.newest,
    }


def _is_met(key: str, value: Any, seen: Mapping[str, Any]) -> bool:
    if key == "unread":
        return not value
    if key in ("allowed", "refused", "reads"):
        return set(value) <= set(seen[key])
    if key in ("text", "agent", "model"):
        return str(value) in str(seen.get(key, ""))
    if key == "described" and seen["described"] is not None:
        return " ".join(str(value).split()) in " ".join(seen["described"].split())
    return bool(seen.get(key) == value)
