"""The settings files: the client reads them, they have our entries, and hooks are allowed to run."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from acolytes_cc.doctor import remedies
from acolytes_cc.doctor.client_run import OLDEST_CLIENT
from acolytes_cc.doctor.inspection import Inspection
from acolytes_cc.doctor.results import CheckFact, CheckFinding, CheckResult
from acolytes_cc.doctor.settings_files import SettingsFile, read_settings
from acolytes_cc.hook_registration import RegisteredHook, registered_hooks
from acolytes_cc.install.disk.places import location_arguments
from acolytes_cc.install.settings.hooks import stray_entries
from acolytes_quest import contract

_SCRIPT_LIMIT = 4_000_000
_WITHOUT_HOOKS = (
    "none of our hooks runs: commands ask each time, PATH is not set, and nothing but the agents themselves keeps the "
    "rules of a quest; its board works, but only its own commands renew a lease, which is an hour "
    "(ACOLYTES_QUEST_LEASE sets another time)"
)


def ignored(inspection: Inspection) -> Iterator[CheckResult]:
    """The client ignores no settings file, and no hook in one, without a message."""
    old = inspection.client_version is not None and inspection.client_version < OLDEST_CLIENT
    for file in (*inspection.settings, *inspection.managed):
        for fault in file.faults:
            if fault.scope == "file" or old:
                message = f"the client ignores the whole file with its hooks, permissions and env: {fault.message}"
                fix = "correct it there: JSON has no comments and no trailing commas; a hook needs the key of its type"
                yield CheckFinding("settings", "error", message, fix, str(file.path))
            else:
                message = f"the client ignores a hook; before 2.1.330 it ignores the whole file: {fault.message}"
                fix = "correct or remove it: a hook needs the key of its type, and must be in a list `hooks`"
                yield CheckFinding("settings", "warning", message, fix, str(file.path))


def entries(inspection: Inspection) -> Iterator[CheckResult]:
    """Each entry that was installed is still in its settings file."""
    record = inspection.manifest.settings if inspection.manifest else None
    if not record:
        return
    path = inspection.places.settings
    if path.is_symlink() and not path.exists():
        message = "the settings file is a link to a file that does not exist"
        fix = f"bring that file back, or remove the link and run `{inspection.install_command} --restore`"
        yield CheckFinding("entries", "error", message, fix, str(path))
        return
    file = read_settings(path, "user")
    hooks = file.data.get("hooks") if file else None
    for event, entry in record.entries if not (file and file.faults) else []:
        listed = hooks.get(event) if isinstance(hooks, dict) else None
        if not isinstance(listed, list) or entry not in listed:
            restore = f"{inspection.install_command} --restore"
            if event in record.left_out:  # an update has said so, and the user has left it
                message = f"our {event} hook was removed or changed, and an update leaves it so"
                fix = f"nothing to do if you did that; else `{restore}`"
                yield CheckFinding("entries", "info", message, fix, str(path))
                continue
            call = f"acolytes update{location_arguments(inspection.places)}"
            fix = f"run `{restore}`: it adds the entries that you removed; to leave them out, run `{call}`"
            commands = remedies.restore(inspection)
            message = f"our {event} hook is missing or was changed"
            yield CheckFinding("entries", "error", message, fix, str(path), commands)


def strangers(inspection: Inspection) -> Iterator[CheckResult]:
    """No hook of ours is registered twice, or with the paths of another machine, as a colleague's settings have it."""
    record = inspection.manifest.settings if inspection.manifest else None
    wanted = [entry.entry for entry in record.entries] if record else []
    for file in inspection.settings:
        wrong = stray_entries(file.effective, wanted if file.path == inspection.places.settings else [])
        if inspection.other_target and file.path.parent == inspection.other_target:
            continue  # the check "doubles" reports that installation
        hooks = file.effective.get("hooks")
        listed = hooks if isinstance(hooks, dict) else {}
        missing = {event for event, entry in record.entries if not _has(listed.get(event), entry)} if record else set()
        for event, _entry in wrong:
            if event in missing and file.path == inspection.places.settings:
                continue  # the check `entries` reports that ours was changed
            message = f"a {event} hook of acolytes is there that this installation did not write"
            fix = "it is a second copy, or came from another machine or version: remove that entry"
            is_own = file.path == inspection.places.settings
            commands = remedies.restore(inspection) if is_own else ()
            yield CheckFinding("entries", "error", message, fix, str(file.path), commands)


def _has(listed: object, entry: object) -> bool:
    return isinstance(listed, list) and entry in listed


def hooks_off(inspection: Inspection) -> Iterator[CheckResult]:
    """Hooks are not disabled, and not limited to the administrator's."""
    for file in (*inspection.settings, *inspection.managed):
        if file.effective.get("disableAllHooks") is True:
            fix = "remove disableAllHooks" if file.source != "managed" else "ask your administrator for the hooks"
            message = f"disableAllHooks is set: {_WITHOUT_HOOKS}"
            yield CheckFinding("hooks-off", "error", message, fix, str(file.path))
        if file.source == "managed" and file.effective.get("allowManagedHooksOnly") is True:
            fix = "ask your administrator for the hooks, or work without quests"
            message = f"managed settings allow their own hooks only: {_WITHOUT_HOOKS}"
            yield CheckFinding("hooks-off", "error", message, fix, str(file.path))


def quest_rules(inspection: Inspection) -> Iterator[CheckResult]:
    """Every quest rule that the settings switch off exists: the hooks ignore any other name silently."""
    rules = contract.HOOK_RULES
    variable = contract.HOOK_SWITCH_VARIABLE
    for file in (*inspection.settings, *inspection.managed):
        env = file.effective.get("env")
        names = str(env.get(variable, "")).replace(",", " ").split() if isinstance(env, dict) else []
        unknown = [name for name in names if name not in rules]
        if unknown:
            message = f"{variable} has a name that is not a quest rule: {', '.join(unknown)[:200]}"
            fix = f"correct or remove the name; the rules are {', '.join(rules)}"
            yield CheckFinding("quest-rules", "warning", message, fix, str(file.path))
        elif names:
            yield CheckFact("quest-rules", f"switched off in {file.path}: {', '.join(names)}")


def rewriting(inspection: Inspection) -> Iterator[CheckResult]:
    """No other hook rewrites Bash commands: of two, the later one wins, and our agents lose their identity."""
    for file in (*inspection.settings, *inspection.managed):
        for hook in registered_hooks(file.effective, "PreToolUse"):
            if _matches_bash(hook.matcher) and not inspection.is_ours(hook) and _rewrites(hook, file):
                message = f"another PreToolUse hook rewrites Bash commands: {hook.command[:200]}"
                fix = "let it skip calls of acolytes-quest, or these lose the identity that our hook adds"
                yield CheckFinding("rewriting", "warning", message, fix, str(file.path))


def _matches_bash(matcher: str) -> bool:
    try:
        return matcher in ("", "*") or any(re.search(part, "Bash") for part in re.split(r",\s*", matcher))
    except re.error:
        return False


def _rewrites(hook: RegisteredHook, file: SettingsFile) -> bool:
    """Whether the command, or a program or script that it names, has the name of the field that rewrites."""
    words = [word.strip("\"'") for text in hook.words for word in text.split()]
    paths = [Path(word.replace("$CLAUDE_PROJECT_DIR", str(file.path.parent.parent))).expanduser() for word in words]
    programs = [Path(program) for word in words[:3] if (program := shutil.which(word))]
    return "updatedInput" in hook.command or any(map(_has_field_name, [*paths, *programs]))


def _has_field_name(path: Path) -> bool:
    try:
        if not path.is_file():
            return False
        with path.open("rb") as stream:
            return b"updatedInput" in stream.read(_SCRIPT_LIMIT)
    except (OSError, ValueError):
        return False
