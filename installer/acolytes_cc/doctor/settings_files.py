"""The client's settings files, read as the client reads them.

Text that is no JSON costs the whole file. A hook that is none costs itself in 2.1.330, and the whole file in older
clients (seen in 2.1.197).
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

Source = Literal["user", "project", "local", "managed"]

# where an administrator's settings lie; the client asks for these before the user's own
MANAGED_FOLDER = Path("/Library/Application Support/ClaudeCode" if sys.platform == "darwin" else "/etc/claude-code")

# where macOS keeps what a device manager sets, for the machine and for each user
MANAGED_PREFERENCES = Path("/Library/Managed Preferences")

_HOOK_NEEDS = {"command": "command", "prompt": "prompt", "agent": "prompt", "http": "url", "mcp_tool": "tool"}
"""type of a hook -> the key without which it is none"""


@dataclass(frozen=True)
class Fault:
    """Why the client does not take the file, or one of its hooks (``whole`` false)."""

    message: str
    whole: bool = True


@dataclass(frozen=True)
class SettingsFile:
    """One settings file; ``data`` is empty for one that cannot be read."""

    path: Path
    source: Source
    data: dict[str, Any] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()

    @property
    def effective(self) -> dict[str, Any]:
        """What the client takes from it."""
        return {} if any(fault.whole for fault in self.faults) else self.data

    @property
    def env(self) -> dict[str, str]:
        found = self.data.get("env")
        return {str(key): str(value) for key, value in found.items()} if isinstance(found, dict) else {}


def read_settings(path: Path, source: Source) -> SettingsFile | None:
    """The file, or None where there is none."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        return SettingsFile(path, source, faults=(Fault(f"it cannot be read: {error}"),))
    try:
        data = json.loads(text) if text.strip() else {}
    except json.JSONDecodeError as error:
        return SettingsFile(path, source, faults=(Fault(f"line {error.lineno}, column {error.colno}: {error.msg}"),))
    except RecursionError:
        return SettingsFile(path, source, faults=(Fault("it is nested too deeply"),))
    if not isinstance(data, dict):
        return SettingsFile(path, source, faults=(Fault("it is no JSON object"),))
    return SettingsFile(path, source, data, tuple(_hook_faults(data.get("hooks"))))


def managed_files(config: Path) -> list[SettingsFile]:
    """The administrator's settings: of this machine, and those that the client fetched from a server."""
    paths = [MANAGED_FOLDER / "managed-settings.json"]
    paths += sorted((MANAGED_FOLDER / "managed-settings.d").glob("*.json"))
    paths += [config / "remote-settings.json"]
    files = [found for path in paths if (found := read_settings(path, "managed"))]
    return files + [_read_preferences(path) for path in MANAGED_PREFERENCES.rglob("com.anthropic.claudecode.plist")]


def _read_preferences(path: Path) -> SettingsFile:
    try:
        data = plistlib.loads(path.read_bytes())
    except (OSError, plistlib.InvalidFileException, ExpatError) as error:
        return SettingsFile(path, "managed", faults=(Fault(f"it cannot be read: {error}"),))
    return SettingsFile(path, "managed", data if isinstance(data, dict) else {})


def hook_objects(data: dict[str, Any], event: str | None = None) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every hook of a settings object or a frontmatter, as far as it is well formed: (event, matcher, hook)."""
    hooks = data.get("hooks")
    for name, entries in hooks.items() if isinstance(hooks, dict) else ():
        if event not in (None, name) or not isinstance(entries, list):
            continue
        for entry in entries:
            inner = entry.get("hooks") if isinstance(entry, dict) else None
            for hook in inner if isinstance(inner, list) else ():
                if isinstance(hook, dict):
                    yield name, str(entry.get("matcher") or ""), hook


def hook_words(hook: dict[str, Any]) -> list[str]:
    """The command of a hook and its arguments."""
    arguments = hook.get("args")
    return [str(hook.get("command") or ""), *map(str, arguments if isinstance(arguments, list) else [])]


def _hook_faults(hooks: Any) -> Iterator[Fault]:
    if hooks is None:
        return
    if not isinstance(hooks, dict):
        yield Fault("`hooks` is no object", whole=False)
        return
    for event, entries in hooks.items():
        if not isinstance(entries, list):
            yield Fault(f"hooks.{event} is no list", whole=False)
            continue
        for number, entry in enumerate(entries):
            where = f"hooks.{event}[{number}]"
            inner = entry.get("hooks") if isinstance(entry, dict) else None
            if not isinstance(inner, list):
                yield Fault(f"{where} has no list `hooks`", whole=False)
                continue
            yield from (Fault(f"{where}: {wrong}", whole=False) for hook in inner if (wrong := _wrong_with(hook)))


def _wrong_with(hook: Any) -> str:
    if not isinstance(hook, dict):
        return "a hook that is no object"
    kind = hook.get("type")
    if not isinstance(kind, str) or kind not in _HOOK_NEEDS:
        return f"a hook of the unknown type {kind!r}"
    needed = _HOOK_NEEDS[kind]
    return "" if isinstance(hook.get(needed), str) else f"a hook without `{needed}`"


def has_own_config(config: Path) -> bool:
    """Whether the client must be told of this folder by CLAUDE_CONFIG_DIR; then its file of state lies there, too."""
    return "CLAUDE_CONFIG_DIR" in os.environ or config != Path.home() / ".claude"


def trusted_folders(config: Path) -> list[Path]:
    """The folders that the user trusts, as the client notes them; it trusts what lies below them, too."""
    path = (config if has_own_config(config) else Path.home()) / ".claude.json"
    found = read_settings(path, "user")
    projects = found.data.get("projects") if found else None
    return [
        Path(folder)
        for folder, facts in (projects.items() if isinstance(projects, dict) else ())
        if isinstance(facts, dict) and facts.get("hasTrustDialogAccepted") is True
    ]
