"""Writing a result to a file inside the working folder, whole or not at all, never over someone else's."""

from __future__ import annotations

import json
import os
import re
import secrets
import stat
from pathlib import Path

from acolytes_perf import SCHEMA
from acolytes_perf.errors import InputError, quoted

FORMATS = {".json": "json", ".md": "markdown", ".txt": "text", ".yml": "prometheus", ".yaml": "prometheus"}
_MOST_BYTES = 1_000_000
_MARK = re.compile(rf"(?:# |<!-- )?{re.escape(SCHEMA)} [a-z]+ [a-z]+, id [0-9a-f]{{12}}, version \S+(?: -->)?")


def format_of(path: str) -> str:
    """The format that a file's suffix asks for."""
    suffix = Path(path).suffix
    if suffix not in FORMATS:
        raise InputError(
            "", f"--out {quoted(path)} does not say its format: end it in {', '.join(FORMATS)}, or add --format"
        )
    return FORMATS[suffix]


def write(path: str, text: str) -> None:
    """Creates the file, or replaces an earlier output of ours; InputError for any other place."""
    folder = _open_folder(path)
    name = Path(path).name
    temporary = f".acolytes-perf.{secrets.token_hex(8)}.tmp"
    try:
        ours = _is_replaceable(folder, name, path)
        try:
            _create(folder, temporary, text)
            if ours:
                os.replace(temporary, name, src_dir_fd=folder, dst_dir_fd=folder)
            else:
                # unlike a rename, a link never replaces what came into being meanwhile
                os.link(temporary, name, src_dir_fd=folder, dst_dir_fd=folder, follow_symlinks=False)
                os.unlink(temporary, dir_fd=folder)
        except OSError as error:
            _remove(folder, temporary)
            raise InputError("", f"--out {quoted(path)} cannot be written: {error.strerror}") from None
    finally:
        os.close(folder)


def _open_folder(path: str) -> int:
    """A descriptor of the folder to write in, reached from the working folder without following a link."""
    parts = path.split("/")
    if "\0" in path or path.startswith("/") or ".." in parts or not parts[-1]:
        raise InputError("", f"--out {quoted(path)} must be a file below the working folder, without '..'")
    if any(part.startswith(".") and part != "." for part in parts):
        raise InputError("", f"--out {quoted(path)} must not have a part that starts with a dot")
    root = Path.cwd().resolve()
    target = (root / path).parent.resolve()
    if root not in (target, *target.parents):
        raise InputError("", f"--out {quoted(path)} leads out of the working folder through a link")
    steps = target.relative_to(root).parts
    if any(step.startswith(".") for step in steps):
        raise InputError("", f"--out {quoted(path)} leads into a folder that starts with a dot")
    folder = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
    for step in steps:
        parent = folder
        try:
            folder = os.open(step, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=parent)
        except OSError as error:
            raise InputError("", f"--out {quoted(path)} has no such folder: {error.strerror}") from None
        finally:
            os.close(parent)
    return folder


def _is_replaceable(folder: int, name: str, path: str) -> bool:
    """Whether the file is there and ours, False when it is not there; refuses anything else."""
    try:
        descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise InputError("", f"--out {quoted(path)} cannot be replaced: {error.strerror}") from None
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        with os.fdopen(descriptor, "rb") as stream:
            text = stream.read(_MOST_BYTES).decode("utf-8", "replace")
    else:
        os.close(descriptor)
        text = ""
    if not _is_ours(text):
        raise InputError("", f"--out {quoted(path)} is there and is no output of acolytes-perf: choose another name")
    return True


def _create(folder: int, name: str, text: str) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    with os.fdopen(os.open(name, flags, 0o666, dir_fd=folder), "w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())


def _remove(folder: int, name: str) -> None:
    try:
        os.unlink(name, dir_fd=folder)
    except FileNotFoundError:
        return


def _is_ours(text: str) -> bool:
    """Whether a file's text is an earlier output: JSON with our schema, or our mark on the first or the last line."""
    lines = text.strip().splitlines() or [""]
    if any(_MARK.fullmatch(line) for line in (lines[0], lines[-1])):
        return True
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(found, dict) and found.get("schema") == SCHEMA and "id" in found
