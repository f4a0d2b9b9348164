"""What a run of ``doctor --live`` showed."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from acolytes_cc.doctor.results import CheckFinding

TEST_COMMAND = "acolytes-perf --help"
"""What each agent runs: a command of ours that changes nothing."""
EVENTS = ("SessionStart", "SubagentStart", "PreToolUse", "PostToolUse", "SubagentStop", "Stop")


@dataclass(frozen=True, slots=True)
class LiveHookRun:
    """One hook command of ours that the client ran."""

    event: str
    status: int
    milliseconds: int


@dataclass(frozen=True, slots=True)
class LiveAgent:
    """What the client did with one of our agents."""

    name: str
    listed: bool
    answered: bool
    own_text: bool
    """whether it got the text of our definition"""
    declared: tuple[str, ...]
    """the tools in its definition"""
    got: tuple[str, ...]
    """the tools that the client gave it"""
    context: bool
    """whether it got the text of our SubagentStart hook"""
    command: str
    """the result of the test command in its Bash: ran, refused, not found, or the first line of its output"""

    @property
    def missing(self) -> tuple[str, ...]:
        """The declared tools that it did not get; a server counts where any of its tools came."""
        return tuple(tool for tool in self.declared if not any(_grants(tool, name) for name in self.got))


@dataclass(frozen=True, slots=True)
class LiveReport:
    """Everything that the run showed."""

    client: str
    listed: tuple[str, ...]
    agents: tuple[LiveAgent, ...]
    hooks: tuple[LiveHookRun, ...]
    requests: int
    findings: list[CheckFinding] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """The object ``live`` of ``--json``."""
        return {
            "client": self.client,
            "requests": self.requests,
            "listed": self.listed,
            "agents": [{**asdict(agent), "missing": agent.missing} for agent in self.agents],
            "hooks": [asdict(run) for run in self.hooks],
        }

    def lines(self) -> list[str]:
        """The table for a person."""
        lines = [f"{'live':<14}{self.requests} requests, all to the loopback server; {len(self.listed)} agents listed"]
        for agent in self.agents:
            state = "answered" if agent.answered else "listed only" if agent.listed else "not listed"
            lines.append(f"  {agent.name:<26}{state}; {TEST_COMMAND}: {agent.command}")
            states = {tool: "missing" if tool in agent.missing else "available" for tool in agent.declared}
            lines += [f"    {tool:<24}{state}" for tool, state in states.items() if agent.answered]
        for event in EVENTS:
            runs = [run for run in self.hooks if run.event == event]
            slowest = f", {max(run.milliseconds for run in runs)} ms at most" if runs else ""
            lines.append(f"  {event:<26}" + (f"fired {_times(len(runs))}{slowest}" if runs else "did not fire"))
        return lines


def _grants(declared: str, got: str) -> bool:
    server = declared.removesuffix("__*")
    return got == declared or (server.startswith("mcp__") and got.startswith(f"{server}__"))


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"
