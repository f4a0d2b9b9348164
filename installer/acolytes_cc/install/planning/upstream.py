"""What the published package `acolytes` 2.1.2 left in the client's folder: its files by hash, its settings entries.

It copied 125 files into ``~/.claude``, and added entries to settings.json that run some of them. A file that the user
edited since has another hash, and stays.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from acolytes_cc.definitions import json_splice
from acolytes_cc.install.disk.manifest import SettingsEntry
from acolytes_cc.install.settings import editing
from acolytes_cc.resources import data_path

HOOKS = (
    "capture_code_changes",
    "post_tool_use",
    "pre_compact",
    "pre_tool_use",
    "session_start",
    "stop",
    "subagent_stop",
    "user_prompt_submit",
)
# Three of its entries have the path of its author's machine, so only the end of a path is compared.
COMMAND = re.compile(rf"\.claude/hooks/({'|'.join(HOOKS)})\.py\b|\.claude/scripts/status_line\.py\b")


def is_command(command: object) -> bool:
    """Whether a hook's or status line's command runs one of its scripts."""
    return isinstance(command, str) and bool(COMMAND.search(command.replace("\\", "/")))


def files() -> dict[str, str]:
    """The files that it installs: path relative to the client's folder -> SHA-256."""
    text = (data_path("schemas") / "upstream-acolytes-2.1.2.json").read_text("utf-8")
    hashes: dict[str, str] = json.loads(text)["files"]
    return hashes


def without_its_entries(path: Path, text: str) -> str:
    """The settings text without the hook entries that run only its scripts, and without its status line.

    An entry in which the user also runs something else stays.

    Raises:
        UserError: The text is not a settings file.
    """
    mark, text = editing.split_mark(path, text)
    before = json.loads(text).get("hooks") or {}
    entries = [SettingsEntry(event, entry) for event, rows in before.items() for entry in rows if _is_its_entry(entry)]
    text = editing.without_entries(path, text, entries, None)
    root = json_splice.parse(text)
    line = json.loads(text).get("statusLine")
    if isinstance(line, dict) and is_command(line.get("command")):
        text = json_splice.remove_member(text, root, "statusLine")
    return mark + text


def _is_its_entry(entry: Any) -> bool:
    hooks = entry.get("hooks") if isinstance(entry, dict) else None
    if not isinstance(hooks, list) or not hooks:
        return False
    return all(isinstance(hook, dict) and is_command(hook.get("command")) for hook in hooks)
