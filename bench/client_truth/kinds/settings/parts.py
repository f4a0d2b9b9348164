"""Parts of a settings file that leave a trace in a run of the client: what the author writes, and how it shows.

A run has three settings files side by side, so each part has a name or tool of its own for each of them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SCOPES: Mapping[str, str] = {
    "project": ".claude/settings.json",
    "local": ".claude/settings.local.json",
    "user": ".claude/settings.json",
}
_DENIED = {"project": "Skill", "local": "Workflow", "user": "ScheduleWakeup"}
MODEL = "haiku"


@dataclass(frozen=True, slots=True)
class Traces:
    """What a run left behind.

    Attributes:
        environ: The variables that a command of the session sees.
        tools: The tools that the model may use.
        system: The system prompt.
        model: The model that was asked.
        project: The folder in which files were made.
    """

    environ: Mapping[str, str]
    tools: Collection[str]
    system: str
    model: str
    project: Path


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that a file declares.

    Attributes:
        path: The keys under which it stands.
        value: What the author writes there, for a scope.
        shows: Whether it took effect.
        alone: Whether only one file of a run may have it.
    """

    path: tuple[str, ...]
    value: Callable[[str], Any]
    shows: Callable[[str, Traces], bool]
    alone: bool = False


def marker(scope: str, name: str) -> str:
    """The name of a file that shows that something of a scope ran."""
    return f"{name}-{scope}.txt"


def allowed_command(scope: str) -> str:
    """The command that only the rule of this scope allows."""
    return f"touch {marker(scope, 'allowed')}"


def _hooks(scope: str) -> Any:
    command = f'echo x >> "$CLAUDE_PROJECT_DIR/{marker(scope, "hook")}"'
    return [{"hooks": [{"type": "command", "command": command}]}]


PARTS: Mapping[str, Part] = {
    "env": Part(
        ("env",),
        lambda scope: {f"PROBE_{scope.upper()}": "yes"},
        lambda scope, seen: seen.environ.get(f"PROBE_{scope.upper()}") == "yes",
    ),
    "deny": Part(
        ("permissions", "deny"),
        lambda scope: [_DENIED[scope]],
        lambda scope, seen: _DENIED[scope] not in seen.tools,
    ),
    "allow": Part(
        ("permissions", "allow"),
        lambda scope: [f"Bash({allowed_command(scope)})"],
        lambda scope, seen: (seen.project / marker(scope, "allowed")).exists(),
    ),
    "additionalDirectories": Part(
        ("permissions", "additionalDirectories"),
        lambda scope: [f"../beside-{scope}"],
        lambda scope, seen: f"beside-{scope}" in seen.system,
    ),
    "hooks": Part(
        ("hooks", "SessionStart"),
        _hooks,
        lambda scope, seen: (seen.project / marker(scope, "hook")).exists(),
    ),
    "language": Part(("language",), lambda _: "klingon", lambda _, seen: "klingon" in seen.system, alone=True),
    "model": Part(("model",), lambda _: MODEL, lambda _, seen: MODEL in seen.model, alone=True),
    "outputStyle": Part(
        ("outputStyle",), lambda _: "Explanatory", lambda _, seen: "Explanatory" in seen.system, alone=True
    ),
}
