"""Every hook of ours, declared once, and the shape in which the client registers hooks.

From ``HOOKS`` follow: the entries in the client's settings (``settings_entries``), the hooks in the frontmatter of our
agents (``agent_templates/_shared/hooks.jinja``), the plugin's ``hooks.json`` with what its ``guard.sh`` lets through,
what the doctor expects of each hook, and the table in docs/plugin.md. ``python3 dev.py generate`` writes the files.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, NamedTuple

SHELL = "/bin/sh"
# A missing interpreter or script must be exit 0: Python itself exits 2 for a script that is missing or that it may not
# read, and 2 blocks the tool.
START_SCRIPT = '[ -x "$0" ] && [ -f "$1" ] && [ -r "$1" ] || exit 0; exec "$0" -I -S "$@"'
# A project's definitions are committed: they find the application of whoever runs them. A relative XDG_DATA_HOME would
# lead into the project.
START_BY_LAUNCHER = (
    'h="${XDG_DATA_HOME:-$HOME/.local/share}/acolytes/hook"; '
    'case $h in /*) [ -x "$h" ] && exec "$h" "$0";; esac; exit 0'
)
START_BY_GUARD = '[ -f "$0" ] && [ -r "$0" ] || exit 0; . "$0"'
# The client names a plugin's agents so; a matcher in hooks.json sees that name.
PLUGIN_PREFIX = "acolytes:"
# The events whose matcher is compared with the agent's name.
_MATCHED_BY_AGENT = ("SubagentStart", "SubagentStop")


class HookDeclaration(NamedTuple):
    """One hook: which script the client runs on which of its events, for whom, and with what effect."""

    script: str
    """The name of the script in ``hooks/``, without ``.py``."""
    event: str
    """The client's event in settings and in a plugin."""
    registered_in: Literal["settings", "frontmatter"]
    """Where a direct installation registers it: the frontmatter of our agents where that can carry the event."""
    effect: str
    """What it does, for the table in the docs."""
    agents: Literal["ours", "any", "session"] = "ours"
    """Whose events the plugin's guard lets through.

    ``any``: another agent's, too, where there is a quest board. ``session``: all.
    """
    needs: Literal["nothing", "board", "command or board"] = "board"
    """What the plugin's guard looks for before it starts Python for one of our agents."""
    matcher: str | None = None
    """The tools that it is for, by name or as a regular expression; None for all."""
    condition: str | None = None
    """The permission rule that a call must match, so that the client does not start it for others."""
    timeout_seconds: int | None = None
    """How long the client waits; None for the client's own limit."""
    wakes_agent: bool = False
    """Whether the client runs it in the background, and wakes the agent with its answer (exit code 2)."""
    takes_launchers: bool = False
    """Whether its argument is the folder of the commands' launchers."""
    expects: Literal["silence", "allow", "context", "launchers on PATH"] = "silence"
    """How it answers the doctor's trial event."""

    @property
    def frontmatter_event(self) -> str:
        """The event in an agent's frontmatter, where ``Stop`` means the end of that agent."""
        return "Stop" if self.event == "SubagentStop" else self.event


HOOKS = (
    HookDeclaration(
        script="session_start",
        event="SessionStart",
        registered_in="settings",
        effect="puts our commands on PATH (a plugin has that already); tells a leader its open quests",
        agents="session",
        needs="nothing",
        takes_launchers=True,
        expects="launchers on PATH",
    ),
    HookDeclaration(
        script="pre_tool_use",
        event="PreToolUse",
        registered_in="frontmatter",
        effect="allows one plain call of our commands; denies an edit or an agent call that a quest forbids",
        needs="command or board",
        expects="allow",
    ),
    HookDeclaration(
        script="board_call",
        event="PreToolUse",
        registered_in="settings",
        effect="allows one plain call of the quest board's commands, for every agent and the main one",
        agents="session",
        needs="nothing",
        matcher="Bash",
        condition="Bash(acolytes-quest *)",
        expects="silence",  # the doctor's trial event is a call of a calculator
    ),
    HookDeclaration(
        script="post_tool_use",
        event="PostToolUse",
        registered_in="frontmatter",
        effect="renews the lease of the agent's turn; notes the files that it writes; shows it notes and a lost turn",
    ),
    HookDeclaration(
        script="subagent_start",
        event="SubagentStart",
        registered_in="settings",
        effect="names the project's documents and a waiting turn to the agent",
        agents="any",  # any agent can be a member of a quest
        needs="nothing",
        expects="context",
    ),
    HookDeclaration(
        script="subagent_stop",
        event="SubagentStop",
        registered_in="frontmatter",
        effect="keeps an agent that holds a turn; lets a worker wait for its next turn",
        timeout_seconds=300,  # a worker waits here; `hooks/wait.py` of the board has its limit
    ),
    HookDeclaration(
        script="stop",
        event="Stop",
        registered_in="settings",
        effect="wakes the main agent when there is news of a quest that it leads",
        agents="any",  # the main agent is no agent of ours
        timeout_seconds=86_400,  # it waits in the background as long as the quest is open
        wakes_agent=True,
    ),
    HookDeclaration(
        script="session_end",
        event="SessionEnd",
        registered_in="settings",
        effect="gives back the turns that the session's agents hold",
        agents="any",  # the event names no agent
    ),
)


def declared_as(script: str) -> HookDeclaration | None:
    """Return the hook of ours with this script, by its path or its name."""
    return next((hook for hook in HOOKS if hook.script == Path(script).stem), None)


def settings_entry(hook: HookDeclaration, interpreter: Path, scripts: Path, launchers: Path) -> dict[str, Any]:
    """Return the entry of ``hook`` for the client's settings; all paths are absolute."""
    arguments = [str(launchers)] if hook.takes_launchers else []
    return _entry(hook, [START_SCRIPT, str(interpreter), str(scripts / f"{hook.script}.py"), *arguments])


def plugin_hooks() -> dict[str, list[dict[str, Any]]]:
    """Return the ``hooks`` object of the plugin's hooks.json."""
    registered: dict[str, list[dict[str, Any]]] = {}
    for hook in HOOKS:
        guard = "${CLAUDE_PLUGIN_ROOT}/hooks/guard.sh"
        needs = hook.needs.replace(" ", "-")
        entry = _entry(hook, [START_BY_GUARD, guard, hook.script, hook.agents, needs])
        if hook.agents == "ours" and hook.event in _MATCHED_BY_AGENT:
            entry = {"matcher": f"^{PLUGIN_PREFIX}", **entry}
        registered.setdefault(hook.event, []).append(entry)
    return registered


def _entry(hook: HookDeclaration, words: list[str]) -> dict[str, Any]:
    command: dict[str, Any] = {"type": "command", "command": SHELL, "args": ["-c", *words]}
    if hook.timeout_seconds is not None:
        command["timeout"] = hook.timeout_seconds
    if hook.condition is not None:
        command["if"] = hook.condition
    if hook.wakes_agent:
        command["asyncRewake"] = True
    return {"hooks": [command]} if hook.matcher is None else {"matcher": hook.matcher, "hooks": [command]}


class RegisteredHook(NamedTuple):
    """A hook command as it stands in a settings file or in a frontmatter, whoever put it there."""

    event: str
    matcher: str
    words: tuple[str, ...]
    """The command, and its arguments."""
    through_shell: bool
    """Whether the client hands the command to a shell: it does so where there is no ``args``."""

    @property
    def command(self) -> str:
        """The words as one line, to search in."""
        return " ".join(self.words)

    @property
    def script(self) -> str:
        """The Python script that it starts, or else its last word."""
        return next((word for word in self.words if word.endswith(".py")), self.words[-1])


def registered_hooks(document: Mapping[str, Any], event: str | None = None) -> Iterator[RegisteredHook]:
    """Yield the hook commands of a settings object or a frontmatter, as far as they are well formed.

    Args:
        document: What holds the key ``hooks``.
        event: Only the hooks of this event.
    """
    for name, matcher, hook in hook_objects(document, event):
        arguments = hook.get("args")
        words = (str(hook.get("command") or ""), *map(str, arguments if isinstance(arguments, list) else ()))
        if hook.get("type") == "command":
            yield RegisteredHook(name, matcher, words, "args" not in hook)


def hook_objects(document: Mapping[str, Any], event: str | None = None) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield every well-formed hook, of whatever type, with its event and its matcher."""
    hooks = document.get("hooks")
    for name, entries in hooks.items() if isinstance(hooks, dict) else ():
        if event not in (None, name) or not isinstance(entries, list):
            continue
        for entry in entries:
            inner = entry.get("hooks") if isinstance(entry, dict) else None
            for hook in inner if isinstance(inner, list) else ():
                if isinstance(hook, dict):
                    yield name, str(entry.get("matcher") or ""), hook
