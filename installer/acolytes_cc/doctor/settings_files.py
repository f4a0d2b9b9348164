"""The client's settings files, read as the client reads them.

The client ignores a whole file that is not JSON. An invalid hook is ignored by 2.1.330, and makes older clients ignore
the whole file (seen in 2.1.197).
"""

from __future__ import annotations

import json
import os
import plistlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from xml.parsers.expat import ExpatError

from acolytes_cc.definitions.registry import registry

SettingsSource = Literal["user", "project", "local", "managed"]

# where the administrator's settings are; they beat the user's own
MANAGED_FOLDER = Path("/Library/Application Support/ClaudeCode" if sys.platform == "darwin" else "/etc/claude-code")

# where macOS keeps the settings of a device manager, for the machine and for each user
MANAGED_PREFERENCES = Path("/Library/Managed Preferences")


@dataclass(frozen=True, slots=True)
class SettingsFault:
    """Why the client ignores a settings file, or a part of it."""

    message: str
    scope: Literal["file", "hook"]


@dataclass(frozen=True, slots=True)
class SettingsFile:
    """One settings file; ``data`` is empty for one that cannot be read."""

    path: Path
    source: SettingsSource
    data: dict[str, Any] = field(default_factory=dict)
    faults: tuple[SettingsFault, ...] = ()

    @property
    def effective(self) -> dict[str, Any]:
        """The part of the data that the client uses."""
        return {} if any(fault.scope == "file" for fault in self.faults) else self.data

    @property
    def env(self) -> dict[str, str]:
        """The environment variables that it sets."""
        env = self.data.get("env")
        return {str(key): str(value) for key, value in env.items()} if isinstance(env, dict) else {}


def read_settings(path: Path, source: SettingsSource) -> SettingsFile | None:
    """The file, or None where there is none."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        return None
    except OSError as error:
        return _unusable(path, source, f"it cannot be read: {error.strerror}")
    except UnicodeDecodeError as error:
        return _unusable(path, source, f"it cannot be read: {error}")
    try:
        data = json.loads(text) if text.strip() else {}
    except json.JSONDecodeError as error:
        return _unusable(path, source, f"line {error.lineno}, column {error.colno}: {error.msg}")
    except RecursionError:
        return _unusable(path, source, "it is nested too deeply")
    if not isinstance(data, dict):
        return _unusable(path, source, "it is not a JSON object")
    return SettingsFile(path, source, data, tuple(_hook_faults(data.get("hooks"))))


def managed_files(config: Path) -> list[SettingsFile]:
    """The administrator's settings: those of this machine, and those that the client got from a server."""
    paths = [MANAGED_FOLDER / "managed-settings.json"]
    paths += sorted((MANAGED_FOLDER / "managed-settings.d").glob("*.json"))
    paths += [config / "remote-settings.json"]
    files = [file for path in paths if (file := read_settings(path, "managed"))]
    return files + [_read_preferences(path) for path in MANAGED_PREFERENCES.rglob("com.anthropic.claudecode.plist")]


def _unusable(path: Path, source: SettingsSource, message: str) -> SettingsFile:
    return SettingsFile(path, source, faults=(SettingsFault(message, "file"),))


def _read_preferences(path: Path) -> SettingsFile:
    try:
        data = plistlib.loads(path.read_bytes())
    except (OSError, plistlib.InvalidFileException, ExpatError) as error:
        return _unusable(path, "managed", f"it cannot be read: {error}")
    return SettingsFile(path, "managed", data if isinstance(data, dict) else {})


def _hook_faults(hooks: object) -> Iterator[SettingsFault]:
    for message in _hook_messages(hooks):
        yield SettingsFault(message, "hook")


def _hook_messages(hooks: object) -> Iterator[str]:
    if hooks is None:
        return
    if not isinstance(hooks, dict):
        yield "`hooks` is not an object"
        return
    for event, entries in hooks.items():
        if not isinstance(entries, list):
            yield f"hooks.{event} is not a list"
            continue
        for number, entry in enumerate(entries):
            where = f"hooks.{event}[{number}]"
            inner = entry.get("hooks") if isinstance(entry, dict) else None
            if not isinstance(inner, list):
                yield f"{where} has no list `hooks`"
                continue
            yield from (f"{where}: {message}" for hook in inner if (message := _hook_message(hook)))


def _hook_message(hook: object) -> str:
    """What is wrong with one hook; empty for a valid one."""
    if not isinstance(hook, dict):
        return "a hook is not an object"
    kind = hook.get("type")
    required = registry().hooks.types.get(kind) if isinstance(kind, str) else None
    if required is None:
        return f"a hook has the unknown type {kind!r}"
    missing = [f"`{key}`" for key in required if not isinstance(hook.get(key), str)]
    return f"a hook has no {' and no '.join(missing)}" if missing else ""


def has_own_config(config: Path) -> bool:
    """Whether the client needs CLAUDE_CONFIG_DIR to use this folder; then its state file is in there too."""
    return "CLAUDE_CONFIG_DIR" in os.environ or config != Path.home() / ".claude"


def state_file(config: Path) -> Path:
    """The client's own record, among other things of the folders that the user trusts."""
    return (config if has_own_config(config) else Path.home()) / ".claude.json"


def trusted_folders(config: Path) -> list[Path]:
    """The folders that the user trusts, from the client's state file; it also trusts the folders below them."""
    state = read_settings(state_file(config), "user")
    projects = state.data.get("projects") if state else None
    return [
        Path(folder)
        for folder, facts in (projects.items() if isinstance(projects, dict) else ())
        if isinstance(facts, dict) and facts.get("hasTrustDialogAccepted") is True
    ]
