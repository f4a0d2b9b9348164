"""What the verbs print for a person: short enough to be read in ten seconds."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

from acolytes_cc.install.hook_entries import has_hooks
from acolytes_cc.install.options import agent_name
from acolytes_cc.install.places import CONFLICTS, IGNORE, Places, data_home

# what people want to know the number of, not the names; an agent, and what the user has a part in, stands by itself
_COUNTED = {"scripts": "quest script", "acolytes": "hook script", "skills": "skill"}
_USERS_PART = ("merge", "keep-user", "keep-deleted", "conflict")
_MOST_FINDINGS = 5
_EXAMPLES = {
    "ops.performance": "will this survive Black Friday?",
    "coordinator.performance": "plan our capacity for next year with two consultants",
}


def plan_lines(shown: dict[str, Any]) -> list[str]:
    """The plan as lines: one for each agent that changes and for what the user has a part in; the rest is counted."""
    lines = []
    counted: Counter[tuple[str, str]] = Counter()
    for file in shown["files"]:
        action, path = file["action"], file["path"]
        part = path.split("/")[0]
        if action == "unchanged" or path == IGNORE:
            continue
        if part in _COUNTED and action not in _USERS_PART:
            counted[action, _COUNTED[part]] += 1
        else:
            about = file.get("reason") or ("" if "/" in path else "entries of our hooks")
            lines.append(f"  {action:<12} {path}{about and f': {about}'}")
    lines += [f"  {action:<12} {count} {what}{'s' * (count > 1)}" for (action, what), count in counted.items()]
    unchanged = sum(file["action"] == "unchanged" for file in shown["files"])
    return lines + ([f"  unchanged    {unchanged} files"] if unchanged else [])


def installed(shown: dict[str, Any], places: Places, answers: dict[str, Any], *, first: bool, told: bool) -> list[str]:
    """After an install or update; ``first`` when nothing was there before, ``told`` when the plan was shown already."""
    plan = [] if told else plan_lines(shown)
    if shown["dry_run"]:
        return [f"would install into {shown['target']}:", *plan, *_findings(shown), "nothing was written"]
    if shown["changed"]:
        head = f"{'installed into' if first else 'updated'} {shown['target']}{':' if plan else ''}"
    else:
        head = f"already installed in {shown['target']}; nothing changed:"
    actions = {file["action"] for file in shown["files"]}
    notes = []
    if "conflict" in actions:
        notes.append(f"where both sides changed the same, yours stays; ours lies in {places.state / CONFLICTS}")
    if "keep-deleted" in actions:
        notes.append("what you deleted stays deleted; --restore brings it back")
    notes += _unignored(places)
    return [head, *plan, *_findings(shown), *notes, "", *_next(shown, places, answers, first=first)]


def _next(shown: dict[str, Any], places: Places, answers: dict[str, Any], *, first: bool) -> list[str]:
    """What the user can do now."""
    command = shlex.quote(str(data_home() / "bin" / "acolytes"))
    path = f'export PATH="$PATH:{data_home() / "bin"}"'
    shell = f"In your own shell: {path}"
    if not has_hooks(answers):
        shell = f"Hooks are off: our commands ask each time, and the client needs them on PATH: {path}"
    if not first:
        usage = ["Start a new session of `claude` to use what changed."] if shown["changed"] else []
        return usage if has_hooks(answers) else [*usage, shell]
    agents = [agent_name(file["path"]) for file in shown["files"] if file["path"].startswith("agents/")]
    examples = [f"  @agent-{name} {text}" for name, text in _EXAMPLES.items() if name in agents]
    return [
        "Start a new session of `claude` in your project and type, for example:",
        *(examples or [f"  @agent-{name} ..." for name in agents[:1]]),
        shell,
        f"Take it away: {command} uninstall{_options(places)}",
    ]


def _findings(shown: dict[str, Any]) -> list[str]:
    """What is wrong with definitions that are not our own; ours are refused for it."""
    found = shown["findings"]
    more = [f"  and {len(found) - _MOST_FINDINGS} more: acolytes lint says them"] if len(found) > _MOST_FINDINGS else []
    return [f"  finding      {finding}" for finding in found[:_MOST_FINDINGS]] + more


def uninstalled(shown: dict[str, Any]) -> list[str]:
    """After an uninstall."""
    kept = [f"  kept, for you changed it: {path}" for path in shown["kept"]]
    if shown["boards"]:
        kept.append(f"quest boards stay, with --purge they go: {', '.join(shown['boards'])}")
    if shown["dry_run"]:
        return [
            f"would remove from {shown['target']}:",
            *(f"  {path}" for path in shown["removed"]),
            *purge_lines(shown),
            *kept,
            "nothing was changed",
        ]
    head = f"removed {len(shown['removed'])} files and our entries in the settings from {shown['target']}"
    purged = [f"deleted for good: {path}" for path in shown["purged"]]
    return [head, *purged, *kept, shown["application"]]


def purge_lines(shown: dict[str, Any]) -> list[str]:
    """What an uninstall would delete so that nothing brings it back."""
    return [f"deletes for good: {path}" for path in shown["purged"]]


def went_back(shown: dict[str, Any]) -> list[str]:
    """Before and after a rollback."""
    lines = [*_moved("restored", shown["restored"]), *_moved("removed", shown["removed"])]
    lines += [f"  kept, for you changed it: {path}" for path in shown["kept"]]
    lines += [shown["application"]] if shown.get("application") else []
    return [f"back in {shown['target']}:", *lines] if lines else [f"nothing to go back to in {shown['target']}"]


def _moved(done: str, paths: list[str]) -> list[str]:
    """A line for each agent and for the settings; the rest is counted, without our own state."""
    seen = [path for path in paths if not path.startswith("acolytes/") or path.startswith("acolytes/hooks/")]
    counted = Counter(_COUNTED[part] for path in seen if (part := path.split("/")[0]) in _COUNTED)
    lines = [f"  {done:<9} {path}" for path in seen if path.split("/")[0] not in _COUNTED]
    return lines + [f"  {done:<9} {count} {what}{'s' * (count > 1)}" for what, count in counted.items()]


def _unignored(places: Places) -> list[str]:
    """In a project: the settings file holds paths of this machine, so git had better not take it."""
    if places.scope != "project" or not places.settings.exists():
        return []
    command = ["git", "-C", str(places.target), "check-ignore", "-q", str(places.settings)]
    if subprocess.run(command, capture_output=True, check=False).returncode != 1:
        return []
    return [
        f"note: git does not ignore {places.settings.name}, which holds paths of this machine: add it to .gitignore"
    ]


def _options(places: Places) -> str:
    if places.scope == "project":
        return " --scope project"
    if places.target == Path.home() / ".claude" and not os.environ.get("CLAUDE_CONFIG_DIR"):
        return ""
    return f" --target {shlex.quote(str(places.target))}"
