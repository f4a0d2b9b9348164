"""Moving over from the published package `acolytes` 2.1.2: what of it in the client's folder is its own, by hash.

It copied 125 files into ``~/.claude`` and entries into settings.json that run some of them. What the user edited since
has another hash, and stays.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from acolytes_cc.definitions import json_splice
from acolytes_cc.install import settings
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
# Three of its entries carry the path of its author's machine, so only the end of a path tells.
COMMAND = re.compile(rf"\.claude/hooks/({'|'.join(HOOKS)})\.py\b|\.claude/scripts/status_line\.py\b")


def is_command(command: object) -> bool:
    """Whether a hook's or status line's command runs one of its scripts."""
    return isinstance(command, str) and bool(COMMAND.search(command.replace("\\", "/")))


def files() -> dict[str, str]:
    """Every file that it installs: path relative to the client's folder -> SHA-256."""
    text = (data_path("schemas") / "upstream-acolytes-2.1.2.json").read_text("utf-8")
    found: dict[str, str] = json.loads(text)["files"]
    return found


def without_its_entries(path: Path, text: str) -> str:
    """The settings text without the hook entries that run only its scripts, and without its status line.

    An entry in which the user runs something else, too, stays. Raises UserError for what is no settings file.
    """
    mark, text = settings.checked(path, text)
    before = json.loads(text).get("hooks") or {}
    entries = [(event, entry) for event, listed in before.items() for entry in listed if _is_its_entry(entry)]
    text = settings.without_entries(path, text, entries, None)
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
