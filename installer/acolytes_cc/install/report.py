"""What the verbs print for a person: short enough to be read in ten seconds."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

from acolytes_cc.install.places import Places, data_home

# of these folders people want to know how many files there are, not which
_COUNTED = {"scripts": "quest scripts", "acolytes": "hook scripts"}


def plan_lines(shown: dict[str, Any]) -> list[str]:
    """The plan as lines: one for each definition that comes, changes or is kept; everything else is counted."""
    lines = []
    counted: Counter[tuple[str, str]] = Counter()
    for file in shown["files"]:
        part = file["path"].split("/")[0]
        if file["action"] == "unchanged":
            counted["unchanged", "files"] += 1
        elif part in _COUNTED or file["action"] == "remove":
            counted[file["action"], _COUNTED.get(part, part)] += 1
        else:
            reason = f": {file['reason']}" if "reason" in file else ""
            lines.append(f"  {file['action']:<12} {file['path']}{reason}")
    return lines + [f"  {action:<12} {count} {what}" for (action, what), count in counted.items()]


def installed(shown: dict[str, Any], places: Places) -> list[str]:
    """After an install or update."""
    if shown["dry_run"]:
        return [f"would install into {shown['target']}:", *plan_lines(shown), "nothing was written"]
    if shown["changed"]:
        head = [f"installed into {shown['target']}:", *plan_lines(shown)]
    else:
        head = [f"already installed in {shown['target']}; nothing changed:", *plan_lines(shown)]
    conflicts = [file for file in shown["files"] if file["action"] == "conflict"]
    if conflicts:
        head.append(f"where both sides changed the same, yours stays; ours lies in {places.state / 'conflicts'}")
    if any(file["action"] == "keep-deleted" for file in shown["files"]):
        head.append("what you deleted stays deleted; --restore brings it back")
    return [
        *head,
        *_unignored(places),
        "",
        "Start a new session of `claude` in your project and type, for example:",
        "  @agent-ops.performance will this survive Black Friday?",
        "  @agent-coordinator.performance plan our capacity for next year with two consultants",
        f'In your own shell: export PATH="$PATH:{data_home() / "bin"}"',
        f"Take it away: {shlex.quote(str(data_home() / 'bin' / 'acolytes'))} uninstall{_options(places)}",
    ]


def uninstalled(shown: dict[str, Any]) -> list[str]:
    """After an uninstall."""
    kept = [f"  kept, for you changed it: {path}" for path in shown["kept"]]
    if shown["dry_run"]:
        return [f"would remove from {shown['target']}:", *(f"  {path}" for path in shown["removed"]), *kept]
    head = f"removed {len(shown['removed'])} files and our entries in the settings from {shown['target']}"
    return [head, *kept, shown["application"]]


def went_back(shown: dict[str, Any]) -> list[str]:
    """Before and after a rollback."""
    named = [path for path in shown["restored"] if not path.startswith("acolytes/")]
    lines = [f"  restored  {path}" for path in named]
    lines += [f"  removed   {path}" for path in shown["removed"] if not path.startswith("acolytes/")]
    lines += [f"  kept, for you changed it: {path}" for path in shown["kept"]]
    lines += [shown["application"]] if shown.get("application") else []
    return [f"back in {shown['target']}:", *lines] if lines else [f"nothing to go back to in {shown['target']}"]


def _unignored(places: Places) -> list[str]:
    """In a project: the settings file holds paths of this machine, so git had better not take it."""
    if places.scope != "project":
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
