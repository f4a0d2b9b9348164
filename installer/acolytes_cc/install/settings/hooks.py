"""The hook entries that go into the client's settings file: those that an agent's frontmatter cannot carry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from acolytes_cc.hook_registration import HOOKS, declared_as, settings_entry
from acolytes_cc.install.disk.manifest import SettingsEntry
from acolytes_cc.resources import data_path


def settings_entries(interpreter: Path, hooks: Path, launchers: Path) -> list[SettingsEntry]:
    """Return the entries of all hooks that are registered in the settings.

    ``interpreter``, ``hooks`` (the folder of the hook scripts) and ``launchers`` (what goes on PATH) are absolute.
    """
    return [
        SettingsEntry(hook.event, settings_entry(hook, interpreter, hooks, launchers))
        for hook in HOOKS
        if hook.registered_in == "settings"
    ]


def has_hooks(answers: dict[str, Any]) -> bool:
    """Whether the user wants hooks at all, by the answers of an installation."""
    return answers.get("hooks") is not False


def stray_entries(document: Mapping[str, Any], wanted: Sequence[dict[str, Any]]) -> list[SettingsEntry]:
    """Return the entries that run hooks of ours, and nothing else, beyond one of each that is ``wanted``.

    They are copies, or of another version or machine.
    """
    hooks = document.get("hooks")
    stray, seen = [], []
    for event, entries in hooks.items() if isinstance(hooks, dict) else ():
        for entry in entries if isinstance(entries, list) else ():
            inner = entry.get("hooks") if isinstance(entry, dict) else None
            if not isinstance(inner, list) or not inner or not all(map(_is_ours, inner)):
                continue
            if entry not in wanted or entry in seen:
                stray.append(SettingsEntry(event, entry))
            seen.append(entry)
    return stray


def _is_ours(hook: object) -> bool:
    """Whether a hook runs a script of ours by its absolute path, wherever that is."""
    words = hook.get("args") if isinstance(hook, dict) else None
    return isinstance(words, list) and any(isinstance(word, str) and is_hook_script(word) for word in words)


def is_hook_script(word: str) -> bool:
    """Whether a path is of a hook script: in an installation, or in the application's data."""
    path = PurePosixPath(word)
    is_in_data = str(path.parent) == str(data_path("hooks")) or path.parent.parts[-3:] == (
        "acolytes_cc",
        "_data",
        "hooks",
    )
    return (
        path.suffix == ".py"
        and declared_as(word) is not None
        and (is_in_data or path.parent.parts[-2:] == ("acolytes", "hooks"))
    )
