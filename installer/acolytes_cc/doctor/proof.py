"""What a run of ``--live`` showed."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from acolytes_cc.doctor.finding import Finding

PROBE = "acolytes-perf --help"
"""What each agent runs: a command of ours that does nothing."""
EVENTS = ("SessionStart", "SubagentStart", "PreToolUse", "PostToolUse", "SubagentStop")


@dataclass(frozen=True)
class HookRun:
    """One hook command of ours that the client ran."""

    event: str
    status: int
    milliseconds: int


@dataclass(frozen=True)
class AgentProof:
    """What the client made of one of our agents."""

    name: str
    listed: bool
    answered: bool
    own_text: bool
    declared: tuple[str, ...]
    got: tuple[str, ...]
    context: bool
    command: str
    """the result of ``acolytes-perf --help`` in its Bash: ran, refused, not found, or what it said"""

    @property
    def missing(self) -> tuple[str, ...]:
        """Declared, and not there; a server stands for any of its tools."""
        return tuple(tool for tool in self.declared if not any(_grants(tool, name) for name in self.got))


@dataclass(frozen=True)
class Proof:
    """What the run showed."""

    client: str
    listed: tuple[str, ...]
    agents: tuple[AgentProof, ...]
    hooks: tuple[HookRun, ...]
    requests: int
    findings: list[Finding] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        agents = [{**asdict(agent), "missing": agent.missing} for agent in self.agents]
        return {
            "client": self.client,
            "requests": self.requests,
            "listed": self.listed,
            "agents": agents,
            "hooks": [asdict(run) for run in self.hooks],
        }

    def lines(self) -> list[str]:
        """The table for a person."""
        lines = [f"{'live':<14}{self.requests} requests, all on the loopback; {len(self.listed)} agents listed"]
        for agent in self.agents:
            state = "answered" if agent.answered else "listed only" if agent.listed else "not listed"
            lines.append(f"  {agent.name:<26}{state}; {PROBE}: {agent.command}")
            states = {tool: "missing" if tool in agent.missing else "there" for tool in agent.declared}
            lines += [f"    {tool:<24}{state}" for tool, state in states.items() if agent.answered]
        for event in EVENTS:
            runs = [run for run in self.hooks if run.event == event]
            slowest = f", {max(run.milliseconds for run in runs)} ms at most" if runs else ""
            lines.append(f"  {event:<26}" + (f"fired {len(runs)} times{slowest}" if runs else "did not fire"))
        return lines


def _grants(declared: str, got: str) -> bool:
    server = declared.removesuffix("__*")
    return got == declared or (server.startswith("mcp__") and got.startswith(f"{server}__"))
