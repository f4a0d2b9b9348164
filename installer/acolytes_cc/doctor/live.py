"""``acolytes doctor --live``: run the user's own client, in the user's own configuration, with a scripted model."""

from __future__ import annotations

import contextlib
import re
import shutil
import uuid
from collections.abc import Callable
from functools import partial
from pathlib import Path

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.doctor.inspection import Inspection, agent_name
from acolytes_cc.doctor.isolation import live_environment, overriding_settings, refuse_managed
from acolytes_cc.doctor.live_report import EVENTS, TEST_COMMAND, LiveAgent, LiveHookRun, LiveReport
from acolytes_cc.doctor.loopback import LoopbackModel, Role
from acolytes_cc.doctor.messages import Block, ModelRequest, Step, Text, ToolUse
from acolytes_cc.doctor.results import CheckFinding
from acolytes_cc.doctor.supervise import run_supervised
from acolytes_cc.errors import Exit, UserError
from acolytes_cc.signals import scratch_folder

_CLIENTS_OWN_TOOL = "DeferredToolPlaceholder"
_HOOK_RAN = re.compile(r"Hooks: (\w+)(?::(\S+))? \[(.*)\] finished with status (\d+) \((\d+)ms\)")
# an agent as the client lists it to the main agent; the line of a skill names no tools
_LISTED = re.compile(r"^- ([A-Za-z0-9_.:-]+): (?:(?!\n- ).)*?\(Tools: ", re.MULTILINE | re.DOTALL)


def run_live(inspection: Inspection, announce: Callable[[str], None]) -> LiveReport:
    """Run the client once and have it call each of our agents.

    Args:
        inspection: The installation.
        announce: Shows the user a line before the client starts.

    Raises:
        UserError: There is no client, managed settings could choose a real model, or the client did not call the
            loopback server.
    """
    if inspection.client is None:
        raise UserError("--live needs the client: put `claude` on PATH, or name it with --client", Exit.CANNOT)
    if not inspection.agents:
        raise UserError(f"--live has nothing to test: none of our agents is in {inspection.places.target}", Exit.CANNOT)
    refuse_managed(inspection)
    announce(
        f"running {inspection.client} once in {inspection.cwd}: your own hooks and MCP servers will run, but without "
        "network through proxies; no real model is called"
    )
    session = str(uuid.uuid4())
    with LoopbackModel(_roles(inspection)) as model, scratch_folder("acolytes-live-") as folder:
        debug = folder / "debug.txt"
        command = [
            str(inspection.client),
            *("-p", "acolytes doctor --live"),
            *("--no-session-persistence", "--session-id", session),
            *("--output-format", "json", "--allowedTools", "Agent"),
            *("--settings", overriding_settings(inspection, model.url)),
            *("--debug-file", str(debug)),
        ]
        try:
            env = live_environment(inspection, model.url, temporary=folder)
            ended = run_supervised(command, inspection.cwd, env, lambda: bool(model.requests))
        finally:
            _forget_session(inspection.config, session)
        if not model.requests:
            raise UserError(f"the client did not call the loopback server; its last output: {ended}", Exit.CANNOT)
        hooks = _hook_runs(inspection, debug.read_text("utf-8", "replace") if debug.is_file() else "")
    return _report(inspection, model, hooks)


def _roles(inspection: Inspection) -> list[Role]:
    steps: list[Step] = [ToolUse("Bash", {"command": TEST_COMMAND, "description": "doctor"}), Text("done")]
    names = [agent_name(agent) for agent in inspection.agents]
    calls: list[Block] = [
        ToolUse(
            "Agent",
            {"description": "doctor", "prompt": _prompt(name), "subagent_type": name, "run_in_background": False},
        )
        for name in names
    ]
    agents = [Role(name, partial(_is_for, name), steps) for name in names]
    return [*agents, Role("main", lambda _: True, [calls, Text("done")])]


def _prompt(name: str) -> str:
    return f"acolytes doctor tests {name}."


def _is_for(name: str, request: ModelRequest) -> bool:
    return _prompt(name) in request.first_prompt


def _report(inspection: Inspection, model: LoopbackModel, hooks: tuple[LiveHookRun, ...]) -> LiveReport:
    main = model.of("main")
    text = main[0].everything if main else ""
    listed = tuple(dict.fromkeys(_LISTED.findall(text)))
    agents = tuple(_agent(definition, model, listed) for definition in inspection.agents)
    findings = [finding for agent in agents for finding in _agent_findings(agent, with_hooks=inspection.wants_hooks)]
    for event in EVENTS:
        runs = [run for run in hooks if run.event == event]
        if not runs and inspection.wants_hooks and any(agent.answered for agent in agents):
            fix = "see the other findings of `acolytes doctor`: an ignored settings file, disabled hooks, or no trust"
            findings.append(CheckFinding("live-hooks", "error", f"our {event} hook did not fire", fix))
        findings += [
            CheckFinding(
                "live-hooks", "error", f"our {event} hook ended with exit code {run.status}", "see the check `hooks`"
            )
            for run in runs
            if run.status
        ]
    return LiveReport(str(inspection.client), listed, agents, hooks, len(model.requests), findings)


def _agent(definition: Definition, model: LoopbackModel, listed: tuple[str, ...]) -> LiveAgent:
    name = agent_name(definition)
    requests = model.of(name)
    first = requests[0] if requests else ModelRequest({})
    results = [result for request in requests[1:2] for result in request.tool_results]
    return LiveAgent(
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


def _agent_findings(agent: LiveAgent, *, with_hooks: bool) -> list[CheckFinding]:
    def error(message: str, fix: str) -> CheckFinding:
        return CheckFinding("live-agents", "error", f"{agent.name}: {message}", fix)

    if not agent.listed:
        return [error("the client does not list it", "run `acolytes lint` on its definition")]
    if not agent.answered:
        return [
            error("the client lists it but did not start it", "check whether your permission rules deny Agent(...)")
        ]
    findings = []
    if not agent.own_text:
        findings.append(error("another definition of that name answered", "see the check `names`"))
    if agent.missing:
        fix = "correct `tools` in the definition; an MCP server may need the network, which --live does not allow"
        findings.append(error(f"declares tools that it does not get: {', '.join(agent.missing)}", fix))
    if not with_hooks:  # by the user's choice nothing gives context, sets PATH or allows a command
        return findings
    if not agent.context:
        findings.append(error("got no context when it started", "check the SubagentStart entry of the settings"))
    if agent.command == "not found":
        findings.append(
            error(f"`{TEST_COMMAND}` is not found", "check the SessionStart entry of the settings, which sets PATH")
        )
    elif agent.command != "ran":
        fix = "check its PreToolUse hook and your deny rules"
        findings.append(error(f"`{TEST_COMMAND}` did not run without a question: {agent.command}", fix))
    return findings


def _hook_runs(inspection: Inspection, debug: str) -> tuple[LiveHookRun, ...]:
    """The runs of our hooks in the client's debug file; a definition's Stop is called SubagentStop there."""
    return tuple(
        LiveHookRun(event, int(status), int(milliseconds))
        for event, _, command, status, milliseconds in _HOOK_RAN.findall(debug)
        if inspection.names_ours(command)
    )


def _forget_session(config: Path, session: str) -> None:
    """Remove the notes about subagents and the environment that the client keeps even without a transcript."""
    for left in [*config.glob(f"projects/*/{session}*"), *config.glob(f"session-env/{session}")]:
        if left.is_dir():
            shutil.rmtree(left, ignore_errors=True)
        else:
            left.unlink(missing_ok=True)
        with contextlib.suppress(OSError):  # the project's folder stays where the user has sessions in it
            left.parent.rmdir()
