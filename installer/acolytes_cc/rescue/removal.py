"""Remove an installation without the application: what its manifest lists, and nothing that the user changed."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import os
import shutil
from pathlib import Path
from typing import Any

from acolytes_cc.definitions import json_splice
from acolytes_cc.rescue.place import Installation, RescueError

_BOARD = "quests.db"
_RECORDS = ("baseline", "conflicts", "snapshots", "forward")


def plan(installation: Installation) -> tuple[list[str], list[str]]:
    """The files that go, and those that stay because the user changed them."""
    if (installation.target / "acolytes" / "journal.json").exists():
        raise RescueError(f"a change of {installation.target} was interrupted, and only the application can undo it")
    kept = [path for path in installation.files if installation.is_changed(path)]
    board = (installation.target / "acolytes" / _BOARD).exists()
    going = [
        path
        for path in installation.files
        if path not in kept
        and not (board and path == "acolytes/.gitignore")
        and os.path.lexists(installation.target / path)
    ]
    return going, kept


def remove(installation: Installation, going: list[str]) -> None:
    """Remove ``going`` and our entries in the settings; the manifest goes last, so that all this can be repeated."""
    target, state = installation.target, installation.target / "acolytes"
    if installation.settings:
        _restore_settings(installation.settings_path, installation.settings)
    for path in going:
        (target / path).unlink()
    for record in _RECORDS:
        shutil.rmtree(state / record, ignore_errors=True)
    installation.manifest_path.unlink()
    for folder in [*reversed(installation.folders), "acolytes"]:
        shutil.rmtree(target / folder / "__pycache__", ignore_errors=True)
        _remove_empty(target / folder)


def remove_application(data_home: Path, target: Path) -> bool:
    """Take ``target`` off the application's record; with the last one, remove the launchers and the dead environment.

    Returns:
        Whether the application's folder went.
    """
    record = data_home / "users.json"
    try:
        users = json.loads(record.read_text("utf-8"))
        others = [other for other in users["targets"] if other != str(target) and os.path.isdir(other)]
        folders = [str(folder) for folder in users["folders"]]
    except (OSError, ValueError, KeyError, TypeError):
        others, folders = [], []
    if others:
        record.write_text(json.dumps({"targets": others, "folders": folders}, indent=1) + "\n", "utf-8")
        return False
    for name in ("venv", "venv.new", "venv.old"):
        if (data_home / name / "made-by-acolytes").exists():
            shutil.rmtree(data_home / name)
    for name in ("bin/acolytes", "bin/acolytes-perf", "bin/acolytes-quest", "hook", "users.json"):
        with contextlib.suppress(FileNotFoundError):
            (data_home / name).unlink()
    shutil.rmtree(data_home / "rescue", ignore_errors=True)
    for folder in (data_home / "bin", data_home, *map(Path, reversed(folders))):
        _remove_empty(folder)
    return True


def _remove_empty(folder: Path) -> None:
    with contextlib.suppress(OSError):  # something else is in it, or it is gone
        os.rmdir(os.path.normpath(folder))


def _restore_settings(path: Path, record: dict[str, Any]) -> None:
    """Bring back the original bytes; where somebody edited the file since, take out our entries alone."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return
    if hashlib.sha256(content).hexdigest() == record["after"]:
        if record["before"] is None:
            path.unlink()
        else:
            _write(path, base64.b64decode(record["before"]))
        return
    try:
        mark, text = (
            ("\ufeff", content.decode("utf-8-sig")) if content[:3] == b"\xef\xbb\xbf" else ("", content.decode())
        )
        original = base64.b64decode(record["before"] or "").decode("utf-8-sig")
        had = json.loads(original).get("hooks") if original.strip() else None
        rest = _without_entries(text, record["entries"], had) if text.strip() else text
    except ValueError as error:
        raise RescueError(f"{path}: {error}: correct it, and run this again") from None
    if record["before"] is None and rest.strip() == "{}":
        path.unlink()
    elif rest != text:
        _write(path, (mark + rest).encode())


def _without_entries(text: str, entries: list[Any], original: dict[str, Any] | None) -> str:
    """The text without ``entries``. A list or object that is empty then goes, unless the ``original`` hooks had it."""
    for event, entry in entries:
        hooks = json.loads(text).get("hooks", {})
        listed = hooks.get(event, []) if isinstance(hooks, dict) else []
        if entry not in listed:
            continue
        root = json_splice.parse(text)
        node = root.members["hooks"][1]
        if len(listed) > 1 or event in (original or {}):
            text = json_splice.remove_child(text, node.members[event][1], listed.index(entry))
        elif len(hooks) > 1 or original is not None:
            text = json_splice.remove_member(text, node, event)
        else:
            text = json_splice.remove_member(text, root, "hooks")
    return text


def _write(path: Path, content: bytes) -> None:
    path = path.resolve()
    staged = path.with_name(f".{path.name}.acolytes-new")
    staged.write_bytes(content)
    shutil.copymode(path, staged)
    staged.replace(path)
