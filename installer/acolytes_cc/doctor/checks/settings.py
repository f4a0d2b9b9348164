"""The settings files: taken by the client, with our entries in them, and with hooks that may run."""

from __future__ import annotations

import re
import runpy
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from acolytes_cc.doctor.checks.files import options
from acolytes_cc.doctor.client import OLDEST
from acolytes_cc.doctor.finding import Fact, Finding, Result
from acolytes_cc.doctor.settings_files import SettingsFile, hook_objects, hook_words, read_settings
from acolytes_cc.doctor.subject import Subject
from acolytes_cc.install.places import package_path

_SCRIPT_LIMIT = 4_000_000
_WITHOUT_HOOKS = (
    "no hook of ours runs: commands ask each time, PATH is not set, and a quest's protocol rests on the agents alone; "
    "the board works, with leases of an hour that only its own commands renew (ACOLYTES_QUEST_LEASE sets another time)"
)


def ignored(subject: Subject) -> Iterator[Result]:
    """No settings file, and no hook in one, is such that the client drops it without a word."""
    old = subject.client_version is not None and subject.client_version < OLDEST
    for file in (*subject.settings, *subject.managed):
        for fault in file.faults:
            if fault.whole or old:
                message = f"the client ignores the whole file, hooks, permissions and env: {fault.message}"
                fix = "mend it there: JSON has neither comments nor trailing commas, and a hook needs its type's key"
                yield Finding("settings", "error", message, fix, str(file.path))
            else:
                message = f"the client skips this, and one before 2.1.330 the whole file: {fault.message}"
                fix = "mend or remove it: a hook needs its type's key, inside a list `hooks`"
                yield Finding("settings", "warning", message, fix, str(file.path))


def entries(subject: Subject) -> Iterator[Result]:
    """Each entry that was installed still stands in its settings file."""
    ledger = subject.manifest.settings if subject.manifest else None
    if not ledger:
        return
    path = subject.places.settings
    file = read_settings(path, "user")
    hooks = file.data.get("hooks") if file else None
    for event, entry in ledger.entries if not (file and file.faults) else []:
        listed = hooks.get(event) if isinstance(hooks, dict) else None
        if not isinstance(listed, list) or entry not in listed:
            fix = f"run `acolytes install --restore{options(subject)}`: it puts back what you took out"
            yield Finding("entries", "error", f"our {event} hook is missing or was changed", fix, str(path))


def hooks_off(subject: Subject) -> Iterator[Result]:
    """Hooks are neither switched off nor kept to the administrator's."""
    for file in (*subject.settings, *subject.managed):
        if file.effective.get("disableAllHooks") is True:
            fix = "remove disableAllHooks" if file.source != "managed" else "ask your administrator for the hooks"
            yield Finding("hooks-off", "error", f"disableAllHooks is set: {_WITHOUT_HOOKS}", fix, str(file.path))
        if file.source == "managed" and file.effective.get("allowManagedHooksOnly") is True:
            fix = "ask your administrator for the hooks, or work without quests"
            message = f"managed settings allow their own hooks only: {_WITHOUT_HOOKS}"
            yield Finding("hooks-off", "error", message, fix, str(file.path))


def quest_rules(subject: Subject) -> Iterator[Result]:
    """Every rule of quests that the settings switch off is one that exists: the hooks say nothing of another."""
    known: tuple[str, ...] = runpy.run_path(str(package_path("acolytes_quest") / "hooks" / "switch.py"))["RULES"]
    for file in (*subject.settings, *subject.managed):
        env = file.effective.get("env")
        given = str(env.get("ACOLYTES_QUEST_OFF", "")) if isinstance(env, dict) else ""
        unknown = [name for name in given.replace(",", " ").split() if name not in known]
        if unknown:
            message = f"ACOLYTES_QUEST_OFF names no rule of quests: {', '.join(unknown)[:200]}"
            yield Finding("quest-rules", "warning", message, f"the rules are {', '.join(known)}", str(file.path))
        elif given:
            yield Fact("quest-rules", f"off by {file.path}: {', '.join(given.replace(',', ' ').split())}")


def rewriting(subject: Subject) -> Iterator[Result]:
    """No other hook rewrites Bash commands: of two that do, the later wins, and our agents lose their identity."""
    for file in (*subject.settings, *subject.managed):
        for _, matcher, hook in hook_objects(file.effective, "PreToolUse"):
            command = " ".join(hook_words(hook))
            if _matches_bash(matcher) and not subject.is_ours(command) and _rewrites(hook, file):
                message = f"another PreToolUse hook rewrites Bash commands: {command[:200]}"
                fix = "keep it away from calls of acolytes-quest, or these lose the identity that our hook adds"
                yield Finding("rewriting", "warning", message, fix, str(file.path))


def _matches_bash(matcher: str) -> bool:
    try:
        return matcher in ("", "*") or any(re.search(part, "Bash") for part in re.split(r",\s*", matcher))
    except re.error:
        return False


def _rewrites(hook: dict[str, Any], file: SettingsFile) -> bool:
    """Whether the command, or a program or script that it names, knows the field by which a hook rewrites."""
    words = [word.strip("\"'") for text in hook_words(hook) for word in text.split()]
    paths = [Path(word.replace("$CLAUDE_PROJECT_DIR", str(file.path.parent.parent))).expanduser() for word in words]
    found = [Path(program) for word in words[:3] if (program := shutil.which(word))]
    return any("updatedInput" in text for text in hook_words(hook)) or any(map(_knows_the_field, [*paths, *found]))


def _knows_the_field(path: Path) -> bool:
    try:
        if not path.is_file():
            return False
        with path.open("rb") as stream:
            return b"updatedInput" in stream.read(_SCRIPT_LIMIT)
    except (OSError, ValueError):
        return False
