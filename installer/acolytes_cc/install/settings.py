"""Our entries in the client's settings file: put in and taken out one by one; nothing else in it is touched."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from acolytes_cc.definitions import json_splice
from acolytes_cc.errors import Exit, UserError
from acolytes_cc.install.manifest import SettingsLedger, sha256

_MARK = "\ufeff"

Entry = tuple[str, dict[str, Any]]
"""(hook event, entry of its list)"""


def read_text(path: Path) -> str | None:
    """The file's text with every byte kept (surrogate-escaped), or None where there is none."""
    try:
        return path.read_bytes().decode("utf-8", "surrogateescape")
    except FileNotFoundError:
        if path.is_symlink():
            raise UserError(f"{path} is a link that leads nowhere: mend it, or remove it", Exit.CANNOT) from None
        return None
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror}", Exit.CANNOT) from None


def missing_entries(path: Path, text: str, entries: list[Entry]) -> list[Entry]:
    """Those of the entries that the text lacks, or has in another form. Raises UserError as ``with_entries`` does."""
    hooks = json.loads(checked(path, text)[1]).get("hooks", {}) if not _is_blank(text) else {}
    return [(event, entry) for event, entry in entries if entry not in hooks.get(event, [])]


def with_entries(path: Path, text: str | None, entries: list[Entry]) -> str:
    """The text with every entry that it lacks; ``path`` is named in errors.

    Raises UserError, with line and column, for a text that the client would not read either.
    """
    if text is None or _is_blank(text):
        text = "{}\n"
    mark, text = checked(path, text)
    for event, entry in entries:
        text = _add(text, event, entry)
    return mark + text


def without_entries(path: Path, text: str, entries: list[Entry], before: str | None) -> str:
    """The text without each of the entries that it holds, and without the containers that stand empty because of it.

    ``before`` is the text from before our time: a container that it has stays, even when empty.
    """
    if _is_blank(text):
        return text
    mark, text = checked(path, text)
    before = _without_mark(before or "")[1]
    original = json.loads(before).get("hooks") if before.strip() else None
    for event, entry in entries:
        text = _drop(text, event, entry, original)
    return mark + text


def given_back(path: Path, text: str, ledger: SettingsLedger) -> str | None:
    """The text without everything of ours, None for no file: the original bytes as long as nobody else edited it."""
    if sha256(text.encode("utf-8", "surrogateescape")) == ledger.after:
        return ledger.original
    rest = without_entries(path, text, ledger.entries, ledger.original)
    return None if ledger.before is None and rest.strip() == "{}" else rest


def _is_blank(text: str) -> bool:
    return not text.strip(_MARK + " \t\r\n")


def _without_mark(text: str) -> tuple[str, str]:
    """The byte order mark, which the client skips (seen in 2.1.330), and the rest."""
    return (_MARK, text[1:]) if text.startswith(_MARK) else ("", text)


def checked(path: Path, text: str) -> tuple[str, str]:
    """The byte order mark, or "", and the rest of a text that is a settings file; UserError for any other."""
    mark, text = _without_mark(text)
    try:
        root = json.loads(text)
        json_splice.parse(text)
    except json.JSONDecodeError as error:
        raise UserError(
            f"{path}:{error.lineno}:{error.colno}: {error.msg}: the client ignores the whole file; mend it"
        ) from None
    except (RecursionError, ValueError) as error:
        reason = "nested too deeply" if isinstance(error, RecursionError) else error
        raise UserError(f"{path}: {reason}: mend it and run again") from None
    hooks = root.get("hooks", {}) if isinstance(root, dict) else None
    if not isinstance(hooks, dict):
        raise UserError(f"{path}: the file and its 'hooks' must be JSON objects; mend it and run again")
    for event, listed in hooks.items():
        if not isinstance(listed, list):
            raise UserError(f"{path}: hooks.{event} must be a list, which the client ignores otherwise; mend it")
    return mark, text


def _add(text: str, event: str, entry: dict[str, Any]) -> str:
    root = json_splice.parse(text)
    hooks = _member(root, "hooks")
    if hooks is None:
        return json_splice.append_member(text, root, "hooks", {event: [entry]})
    listed = _member(hooks, event)
    if listed is None:
        return json_splice.append_member(text, hooks, event, [entry])
    if entry in json.loads(text[listed.start : listed.end]):
        return text
    return json_splice.append_element(text, listed, entry)


def _drop(text: str, event: str, entry: dict[str, Any], original: dict[str, Any] | None) -> str:
    root = json_splice.parse(text)
    hooks = _member(root, "hooks")
    listed = _member(hooks, event) if hooks else None
    if hooks is None or listed is None:
        return text
    held = json.loads(text[listed.start : listed.end])
    if entry not in held:
        return text
    if held != [entry] or event in (original or {}):
        return json_splice.remove_child(text, listed, held.index(entry))
    container, key = (hooks, event) if len(hooks.children) > 1 or original is not None else (root, "hooks")
    return json_splice.remove_member(text, container, key)


def _member(node: json_splice.Node, key: str) -> json_splice.Node | None:
    found = node.members.get(key)
    return found[1] if found else None
