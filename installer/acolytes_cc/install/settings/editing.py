"""Our entries in the client's settings file: added and removed one by one; nothing else in the file is touched."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from acolytes_cc.definitions import json_splice
from acolytes_cc.errors import Exit, UserError, cannot_read
from acolytes_cc.install.disk.files import sha256
from acolytes_cc.install.disk.manifest import SettingsEntry, SettingsRecord
from acolytes_cc.install.settings.hooks import stray_entries

_BYTE_ORDER_MARK = "\ufeff"


def read_text(path: Path) -> str | None:
    """The file's text, or None where there is none; bytes that are not UTF-8 are kept as surrogates."""
    try:
        return path.read_bytes().decode("utf-8", "surrogateescape")
    except FileNotFoundError:
        if path.is_symlink():
            message = f"{path} is a link to a file that does not exist: repair or remove the link"
            raise UserError(message, Exit.CANNOT) from None
        return None
    except OSError as error:
        raise cannot_read(path, error) from None


def to_bytes(text: str) -> bytes:
    """The bytes that ``read_text`` read as ``text``."""
    return text.encode("utf-8", "surrogateescape")


def missing_entries(path: Path, text: str, entries: Sequence[SettingsEntry]) -> list[SettingsEntry]:
    """The entries that are not in the text exactly as they are. Raises UserError as ``with_entries`` does."""
    hooks = json.loads(split_mark(path, text)[1]).get("hooks", {}) if not is_blank(text) else {}
    return [entry for entry in entries if entry.entry not in hooks.get(entry.event, [])]


def with_entries(path: Path, text: str | None, entries: Sequence[SettingsEntry]) -> str:
    """The text with those of the entries added that it lacks.

    Raises:
        UserError: The client would not read this text either; the message names ``path``, line and column.
    """
    if text is None or is_blank(text):
        text = "{}\n"
    mark, text = split_mark(path, text)
    for entry in entries:
        text = _add(text, entry)
    return mark + text


def without_entries(path: Path, text: str, entries: Sequence[SettingsEntry], original: str | None) -> str:
    """The text without the entries, and without the lists and objects that are empty because of that.

    ``original`` is the text from before we changed it: a list or object that it has stays, also when empty.
    """
    if is_blank(text):
        return text
    mark, text = split_mark(path, text)
    original = _cut_mark(original or "")[1]
    original_hooks = json.loads(original).get("hooks") if original.strip() else None
    for entry in entries:
        text = _remove(text, entry, original_hooks)
    return mark + text


def without_stray_entries(path: Path, text: str, entries: Sequence[SettingsEntry]) -> str:
    """The text without the entries that run our hooks and are none of ``entries``, or are there twice."""
    if is_blank(text):
        return text
    mark, text = split_mark(path, text)
    for entry in stray_entries(json.loads(text), [one.entry for one in entries]):
        text = _remove(text, entry, None)
    return mark + text


def restored(path: Path, text: str, record: SettingsRecord) -> str | None:
    """The text without everything of ours, None for no file: the original bytes as long as nobody else edited it."""
    if sha256(to_bytes(text)) == record.after:
        return record.original
    rest = without_entries(path, text, record.entries, record.original)
    return None if record.before is None and rest.strip() == "{}" else rest


def split_mark(path: Path, text: str) -> tuple[str, str]:
    """The byte order mark (or an empty text), and the rest of a settings text; UserError for any other text."""
    mark, text = _cut_mark(text)
    try:
        root = json.loads(text)
        json_splice.parse(text)
    except json.JSONDecodeError as error:
        where = f"{path}:{error.lineno}:{error.colno}"
        hint = "correct it; JSON has no comments and no trailing commas"
        raise UserError(f"{where}: {error.msg}; the client ignores the whole file: {hint}") from None
    except (RecursionError, ValueError) as error:
        reason = "it is nested too deeply" if isinstance(error, RecursionError) else error
        raise UserError(f"{path}: {reason}: correct it and run this again") from None
    hooks = root.get("hooks", {}) if isinstance(root, dict) else None
    if not isinstance(hooks, dict):
        raise UserError(f"{path}: the file and its 'hooks' must be JSON objects: correct it and run this again")
    for event, entries in hooks.items():
        if not isinstance(entries, list):
            raise UserError(f"{path}: hooks.{event} must be a list, or the client ignores it: correct it")
    return mark, text


def is_blank(text: str) -> bool:
    """Whether the file has nothing in it, which the client takes for no settings."""
    return not text.strip(_BYTE_ORDER_MARK + " \t\r\n")


def _cut_mark(text: str) -> tuple[str, str]:
    """The byte order mark, which the client skips (seen in 2.1.330), and the rest."""
    return (_BYTE_ORDER_MARK, text[1:]) if text.startswith(_BYTE_ORDER_MARK) else ("", text)


def _add(text: str, entry: SettingsEntry) -> str:
    root = json_splice.parse(text)
    hooks = _member(root, "hooks")
    if hooks is None:
        return json_splice.append_member(text, root, "hooks", {entry.event: [entry.entry]})
    listed = _member(hooks, entry.event)
    if listed is None:
        return json_splice.append_member(text, hooks, entry.event, [entry.entry])
    if entry.entry in json.loads(text[listed.start : listed.end]):
        return text
    return json_splice.append_element(text, listed, entry.entry)


def _remove(text: str, entry: SettingsEntry, original_hooks: dict[str, Any] | None) -> str:
    root = json_splice.parse(text)
    hooks = _member(root, "hooks")
    listed = _member(hooks, entry.event) if hooks else None
    if hooks is None or listed is None:
        return text
    entries = json.loads(text[listed.start : listed.end])
    if entry.entry not in entries:
        return text
    if entries != [entry.entry] or entry.event in (original_hooks or {}):
        return json_splice.remove_child(text, listed, entries.index(entry.entry))
    is_only_event = len(hooks.children) == 1 and original_hooks is None
    container, key = (root, "hooks") if is_only_event else (hooks, entry.event)
    return json_splice.remove_member(text, container, key)


def _member(node: json_splice.Node, key: str) -> json_splice.Node | None:
    member = node.members.get(key)
    return member[1] if member else None
