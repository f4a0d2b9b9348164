"""``acolytes doctor --live``: the user's own client, in the user's own configuration, against a scripted model."""

from __future__ import annotations

import contextlib
import re
import shutil
import tempfile
import uuid
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.doctor.finding import Finding
from acolytes_cc.doctor.guard import live_environment, overriding_settings, refuse_managed
from acolytes_cc.doctor.loopback import LoopbackModel, Request, Role, Step, Text, Use
from acolytes_cc.doctor.proof import EVENTS, PROBE, AgentProof, HookRun, Proof
from acolytes_cc.doctor.subject import Subject, agent_name
from acolytes_cc.doctor.supervise import supervised
from acolytes_cc.errors import Exit, UserError

_CLIENTS_OWN_TOOL = "DeferredToolPlaceholder"
_RAN = re.compile(r"Hooks: (\w+)(?::(\S+))? \[(.*)\] finished with status (\d+) \((\d+)ms\)")
# an agent type as the client lists it to the main agent; a skill's line names no tools
_LISTED = re.compile(r"^- ([A-Za-z0-9_.:-]+): (?:(?!\n- ).)*?\(Tools: ", re.MULTILINE | re.DOTALL)


def prove(subject: Subject, say: Callable[[str], None]) -> Proof:
    """Run the client once and have it call each of our agents.

    ``say`` takes the line that the user must see beforehand. Raises UserError where it cannot be proved: no client,
    managed settings that could choose a model, a client that did not turn to the loopback.
    """
    if subject.client is None:
        raise UserError("--live needs the client: put `claude` on PATH, or name it with --client", Exit.CANNOT)
    if not subject.agents:
        raise UserError(f"--live has nothing to prove: no agent of ours in {subject.places.target}", Exit.CANNOT)
    refuse_managed(subject)
    say(
        f"running {subject.client} once in {subject.cwd}: your own hooks and MCP servers will run, without network "
        "through proxies; no real model is asked"
    )
    session = str(uuid.uuid4())
    with LoopbackModel(_roles(subject)) as model, tempfile.TemporaryDirectory(prefix="acolytes-live-") as folder:
        debug = Path(folder, "debug.txt")
        command = [
            str(subject.client),
            *("-p", "acolytes doctor --live"),
            *("--no-session-persistence", "--session-id", session),
            *("--output-format", "json", "--allowedTools", "Agent"),
            *("--settings", overriding_settings(subject, model.url)),
            *("--debug-file", str(debug)),
        ]
        try:
            ended = supervised(command, subject.cwd, live_environment(subject, model.url), lambda: bool(model.requests))
        finally:
            _forget_session(subject.config, session)
        if not model.requests:
            raise UserError(f"stopped: the client asked nothing of the loopback model; it said: {ended}", Exit.CANNOT)
        hooks = _hook_runs(subject, debug.read_text("utf-8", "replace") if debug.is_file() else "")
    return _judge(subject, model, hooks)


def _roles(subject: Subject) -> list[Role]:
    probe: list[Step] = [Use("Bash", {"command": PROBE, "description": "doctor"}), Text("done")]
    names = [agent_name(agent) for agent in subject.agents]
    calls: list[Any] = [
        Use(
            "Agent",
            {"description": "doctor", "prompt": _prompt(name), "subagent_type": name, "run_in_background": False},
        )
        for name in names
    ]
    agents = [Role(name, partial(_is_for, name), probe) for name in names]
    return [*agents, Role("main", lambda _: True, [calls, Text("done")])]


def _prompt(name: str) -> str:
    return f"acolytes doctor probes {name}."


def _is_for(name: str, request: Request) -> bool:
    return _prompt(name) in request.first_prompt


def _judge(subject: Subject, model: LoopbackModel, hooks: tuple[HookRun, ...]) -> Proof:
    main = model.of("main")
    text = main[0].everything if main else ""
    listed = tuple(dict.fromkeys(_LISTED.findall(text)))
    agents = tuple(_agent(definition, model, listed) for definition in subject.agents)
    findings = [finding for agent in agents for finding in _agent_findings(agent, with_hooks=subject.wants_hooks)]
    for event in EVENTS:
        runs = [run for run in hooks if run.event == event]
        if not runs and subject.wants_hooks and any(agent.answered for agent in agents):
            fix = "see the other findings of `acolytes doctor`: a dropped settings file, hooks switched off, no trust"
            findings.append(Finding("live-hooks", "error", f"our {event} hook did not fire", fix))
        findings += [
            Finding("live-hooks", "error", f"our {event} hook ended with {run.status}", "see the check `hooks`")
            for run in runs
            if run.status
        ]
    return Proof(str(subject.client), listed, agents, hooks, len(model.requests), findings)


def _agent(definition: Definition, model: LoopbackModel, listed: tuple[str, ...]) -> AgentProof:
    name = agent_name(definition)
    requests = model.of(name)
    first = requests[0] if requests else Request({})
    results = [result for request in requests[1:2] for result in request.tool_results]
    return AgentProof(
        name,
        listed=name in listed,
        answered=bool(requests),
        own_text=definition.body.strip()[:2000] in first.system,
        declared=tuple(entry.name for entry in definition.tool_entries("tools")),
        got=tuple(tool for tool in first.tools if tool != _CLIENTS_OWN_TOOL),
        context="Your id on the quest board" in first.everything,
        command=_outcome(results[0]) if results else "was not run",
    )


def _outcome(result: str) -> str:
    if "usage: acolytes-perf" in result:
        return "ran"
    if "not found" in result:
        return "not found"
    if re.search(r"approval|permission|denied", result):
        return "refused"
    return result.strip().partition("\n")[0][:80] or "no output"


def _agent_findings(agent: AgentProof, *, with_hooks: bool) -> list[Finding]:
    def error(message: str, fix: str) -> Finding:
        return Finding("live-agents", "error", f"{agent.name}: {message}", fix)

    if not agent.listed:
        return [error("the client does not list it", "see what `acolytes lint` says of its definition")]
    if not agent.answered:
        return [error("the client lists it and did not start it", "see whether your rules deny Agent(...)")]
    found = []
    if not agent.own_text:
        found.append(error("another definition of that name answered", "see the check `names`"))
    if agent.missing:
        fix = "mend `tools` in the definition; an MCP server may need the network, which --live keeps closed"
        found.append(error(f"declares and does not get {', '.join(agent.missing)}", fix))
    if not with_hooks:  # then nothing gives context, sets PATH or allows a command, which is the user's choice
        return found
    if not agent.context:
        found.append(error("got no context at its start", "see the SubagentStart entry of the settings"))
    if agent.command == "not found":
        found.append(error(f"`{PROBE}` is not found", "see the SessionStart entry, which sets PATH"))
    elif agent.command != "ran":
        fix = "see its PreToolUse hook, and your deny rules"
        found.append(error(f"`{PROBE}` did not run unasked: {agent.command}", fix))
    return found


def _hook_runs(subject: Subject, debug: str) -> tuple[HookRun, ...]:
    """Our hooks' lines in the client's debug file; a definition's Stop is named SubagentStop there."""
    return tuple(
        HookRun(event, int(status), int(milliseconds))
        for event, _, command, status, milliseconds in _RAN.findall(debug)
        if subject.is_ours(command)
    )


def _forget_session(config: Path, session: str) -> None:
    """The client keeps no transcript, but notes about subagents and the session's environment: ours by its id."""
    for left in [*config.glob(f"projects/*/{session}*"), *config.glob(f"session-env/{session}")]:
        if left.is_dir():
            shutil.rmtree(left, ignore_errors=True)
        else:
            left.unlink(missing_ok=True)
        with contextlib.suppress(OSError):  # the project's folder, when the user has no session in it
            left.parent.rmdir()
