"""The hook entries that go into the client's settings file: those that an agent's frontmatter cannot carry."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from acolytes_cc.hook_registration import HOOKS, settings_entry
from acolytes_cc.install.manifest import SettingsEntry


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
