"""Starts the client in a folder and keeps what shows what it loaded there. No hook and no MCP server is started."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import Any, NamedTuple

from acolytes_cc.doctor.inspection import Inspection
from acolytes_cc.doctor.isolation import overriding_settings
from acolytes_cc.doctor.loopback import LoopbackModel, Role
from acolytes_cc.doctor.messages import Block, ModelRequest, Step, Text, ToolUse
from acolytes_cc.doctor.supervise import supervised_output
from acolytes_cc.doctor.verification.scratch_home import quiet_environment
from acolytes_cc.errors import Exit, UserError
from acolytes_cc.signals import scratch_folder

MAIN = ""
"""The name of the main agent among the requests; no agent has an empty name."""
# The client runs at most ten agents side by side.
_AT_ONCE = 10
_TIME = re.compile(r"^\d{4}-\S+ ", re.MULTILINE)
_LIST_ITEM = re.compile(r"^- (.+?): (.*)$", re.MULTILINE)


class Surroundings(NamedTuple):
    """What the runs of one verification have in common.

    Attributes:
        client: The client.
        home: The client's scratch home.
        bare: A scratch home without any settings and plugins, in which no project is trusted.
        inspection: The user's installation.
    """

    client: Path
    home: Path
    bare: Path
    inspection: Inspection


@dataclass(frozen=True)
class Session:
    """What one run of the client showed.

    Attributes:
        init: The object in which the client lists what it loaded; empty if it printed none.
        debug: Its debug log, without the times.
        requests: The requests of the main agent, and of each agent that it started, by name.
    """

    init: dict[str, Any] = field(default_factory=dict)
    debug: str = ""
    requests: dict[str, list[ModelRequest]] = field(default_factory=dict)

    def names(self, key: str) -> tuple[str, ...]:
        """The names that the client lists under a key, such as ``agents``."""
        listed = self.init.get(key)
        return tuple(name for name in listed if isinstance(name, str)) if isinstance(listed, list) else ()

    @cached_property
    def context(self) -> str:
        """What the main agent was shown at the start."""
        main = self.requests.get(MAIN)
        return main[0].everything if main else ""

    @cached_property
    def contents(self) -> frozenset[str]:
        """The files whose text is in the context, by their real path."""
        shown = re.findall(r"^Contents of (/.+?)(?: \([^()\n]*\))?:$", self.context, re.MULTILINE)
        return frozenset(map(os.path.realpath, shown))

    @cached_property
    def listing(self) -> dict[str, str]:
        """How the client describes each skill and each command to the model."""
        return dict(_LIST_ITEM.findall(self.context))

    def lines_about(self, *texts: str) -> list[str]:
        """The lines of the debug log with one of these texts."""
        return [line for line in self.debug.splitlines() if any(text in line for text in texts)]


def quiet_settings(surroundings: Surroundings, url: str, style: str = "") -> str:
    """The JSON for ``--settings`` that lets the client load everything, and start nothing of it."""
    settings = json.loads(overriding_settings(surroundings.inspection, url))
    settings |= {"disableAllHooks": True, "sandbox": {"enabled": False}}
    if style:
        settings["outputStyle"] = style
    return json.dumps(settings)


def run_session(
    surroundings: Surroundings,
    folder: Path,
    *,
    agents: Sequence[str] = (),
    plugins: Sequence[Path] = (),
    style: str = "",
) -> Session:
    """Start the client once in ``folder`` and have it start each of these agents.

    Args:
        surroundings: What all runs have in common.
        folder: The folder to start it in.
        agents: The full names of the agents to start.
        plugins: Folders of plugins to load.
        style: The output style to use in place of the one in the settings.

    Raises:
        UserError: The client called no model.
    """
    with scratch_folder("acolytes-debug-") as scratch, LoopbackModel(_roles(agents)) as model:
        debug = scratch / "debug.txt"
        command = [
            str(surroundings.client),
            *("-p", "acolytes lint --verify-with-client", "--no-session-persistence"),
            *("--output-format", "stream-json", "--verbose", "--allowedTools", "Agent", "--strict-mcp-config"),
            *("--settings", quiet_settings(surroundings, model.url, style), "--debug-file", str(debug)),
            *(argument for plugin in plugins for argument in ("--plugin-dir", str(plugin))),
        ]
        env = quiet_environment(surroundings.home, model.url)
        output = supervised_output(command, folder, env, lambda: bool(model.requests))
        if not model.of(MAIN):
            last = (output.strip().splitlines() or ["nothing"])[-1][:300]
            raise UserError(f"the client did not call the loopback server; its last output: {last}", Exit.CANNOT)
        log = debug.read_text("utf-8", "replace") if debug.is_file() else ""
        return Session(_init(output), _TIME.sub("", log), {name: model.of(name) for name in (MAIN, *agents)})


def _init(output: str) -> dict[str, Any]:
    for line in output.splitlines():
        try:
            parsed = json.loads(line) if line.startswith("{") else None
        except ValueError:
            continue
        if isinstance(parsed, dict) and parsed.get("subtype") == "init":
            return parsed
    return {}


def _roles(agents: Sequence[str]) -> list[Role]:
    calls = [
        ToolUse(
            "Agent",
            {"description": "verify", "prompt": _prompt(name), "subagent_type": name, "run_in_background": False},
        )
        for name in agents
    ]
    steps: list[Step] = [list[Block](calls[cut : cut + _AT_ONCE]) for cut in range(0, len(calls), _AT_ONCE)]
    started = [Role(name, partial(_is_for, name), [Text("done")]) for name in agents]
    return [*started, Role(MAIN, lambda _: True, [*steps, Text("done")])]


def _prompt(name: str) -> str:
    return f"Verify the agent «{name}»."


def _is_for(name: str, request: ModelRequest) -> bool:
    return _prompt(name) in request.first_prompt
