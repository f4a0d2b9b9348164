"""Writes answers to files in the working folder: complete or not at all, and never over other people's files.

A file of ours carries a hash of its content, by which an edit shows.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import re
import secrets
import stat
from collections.abc import Mapping
from pathlib import Path

from acolytes_perf import SCHEMA
from acolytes_perf.errors import InputError, quoted
from acolytes_perf.outputs.digest import sha256_hex

_MOST_BYTES = 1_000_000
_PLAIN = re.compile(r"\w[\w.-]{0,99}", re.ASCII)
_MARK = re.compile(
    rf"^((?:# |// |<!-- )?{re.escape(SCHEMA)} [a-z]+(?: [a-z0-9-]+)?, id [0-9a-f]{{12}}, version [^\s,]+)((?: -->)?)$",
    re.MULTILINE,
)
_SEAL = re.compile(r'(?:, content hash |,\n  "content_hash": ")([0-9a-f]{16})"?')


def format_of(path: str, suffixes: Mapping[str, str]) -> str:
    """The format of a file by its suffix."""
    root, suffix = os.path.splitext(path)
    if suffix not in suffixes:
        message = f"--out {quoted(path)} has no known format: end it in {', '.join(suffixes)}, or add --format"
        raise InputError("", message, {"--out": _free(f"{root}.md")})
    return suffixes[suffix]


def is_folder(path: str) -> bool:
    """Whether `--out` names a folder, which takes every format."""
    return path.endswith("/") or os.path.isdir(path)


def write(texts: Mapping[str, str], place: str) -> None:
    """Create files in one folder, or replace earlier outputs of acolytes-perf that nobody edited.

    Either all files are written, or none.

    Args:
        texts: the text by path.
        place: the value of `--out`, a file or a folder.

    Raises:
        InputError: a file may not be written; its fix proposes another place.
    """
    is_new = place.endswith("/") and not os.path.isdir(place)
    try:
        if is_new:
            _make_folder(place)
        try:
            _write({path: _sealed(text) for path, text in texts.items()})
        except BaseException:
            if is_new:
                with contextlib.suppress(OSError):
                    os.rmdir(place)
            raise
    except InputError as error:
        error.fix = {"--out": _free(place)}
        raise


def _free(path: str) -> str | None:
    """An unused name similar to the requested one, in the same folder where that is possible."""
    folder, name = os.path.split(path)
    try:
        os.close(_open_folder(path))
    except InputError:
        folder = ""
    root, suffix = os.path.splitext(name.lstrip("."))
    names = [f"{root}{number}{suffix}" for number in ("", *range(-2, -100, -1))]
    paths = [os.path.join(folder, name) for name in names if _PLAIN.fullmatch(name)]
    return next((path for path in paths if not os.path.lexists(path)), None)


def _make_folder(path: str) -> None:
    parent = _open_folder(path.rstrip("/"))
    try:
        os.mkdir(os.path.basename(path.rstrip("/")), dir_fd=parent)
    except OSError as error:
        what = (
            "exists and is not a folder" if isinstance(error, FileExistsError) else f"cannot be made: {error.strerror}"
        )
        raise InputError("", f"--out {quoted(path)} {what}") from None
    finally:
        os.close(parent)


def _write(texts: Mapping[str, str]) -> None:
    """All files or none: first every text under another name, where a full disk shows, then the names."""
    folder = _open_folder(next(iter(texts)))
    temporaries: dict[str, str] = {}
    new: list[str] = []
    try:
        ours = {path: _is_replaceable(folder, Path(path).name, path) for path in texts}
        for path, text in texts.items():
            temporaries[path] = f".acolytes-perf.{secrets.token_hex(8)}.tmp"
            _create(folder, temporaries[path], text)
        for path, temporary in temporaries.items():
            _name(folder, temporary, Path(path).name, replace=ours[path])
            new += [] if ours[path] else [Path(path).name]
    except OSError as error:
        _remove(folder, *new)
        raise InputError("", f"--out {quoted(path)} cannot be written: {error.strerror}") from None
    finally:
        _remove(folder, *temporaries.values())
        os.close(folder)


def _name(folder: int, temporary: str, name: str, *, replace: bool) -> None:
    if replace:
        os.replace(temporary, name, src_dir_fd=folder, dst_dir_fd=folder)
    else:
        # unlike a rename, a link never replaces what came into being meanwhile
        os.link(temporary, name, src_dir_fd=folder, dst_dir_fd=folder, follow_symlinks=False)


def _open_folder(path: str) -> int:
    """Open the folder to write in, from the working folder on, without following a link."""
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
            reason = "does not exist: make it first"
            if not isinstance(error, FileNotFoundError):
                reason = f"cannot be opened: {error.strerror}"
            raise InputError("", f"--out {quoted(path)}: the folder {quoted(step)} {reason}") from None
        finally:
            os.close(parent)
    return folder


def _is_replaceable(folder: int, name: str, path: str) -> bool:
    """Whether the file exists and is an output of acolytes-perf that nobody edited.

    Raises:
        InputError: the file is something else.
    """
    try:
        descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
    except FileNotFoundError:
        return False
    except OSError as error:
        reason = "is a link: name the file itself"
        if error.errno != errno.ELOOP:
            reason = f"cannot be replaced: {error.strerror}"
        raise InputError("", f"--out {quoted(path)} {reason}") from None
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        with os.fdopen(descriptor, "rb") as stream:
            text = stream.read(_MOST_BYTES).decode("utf-8", "replace")
    else:
        os.close(descriptor)
        text = ""
    if not _is_ours(text):
        raise InputError("", f"--out {quoted(path)} exists and was not written by acolytes-perf: choose another name")
    if not _is_untouched(text):
        raise InputError("", f"--out {quoted(path)} was edited since it was written: choose another name")
    return True


def _create(folder: int, name: str, text: str) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    with os.fdopen(os.open(name, flags, 0o666, dir_fd=folder), "w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())


def _remove(folder: int, *names: str) -> None:
    for name in names:
        with contextlib.suppress(OSError):
            os.unlink(name, dir_fd=folder)


def _is_ours(text: str) -> bool:
    """Whether a text is an output of acolytes-perf: JSON with its schema, or its mark on the first or last line."""
    lines = _SEAL.sub("", text).strip().splitlines() or [""]
    if any(_MARK.fullmatch(line) for line in (lines[0], lines[-1])):
        return True
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(content, dict) and content.get("schema") == SCHEMA and "id" in content


def _sealed(text: str) -> str:
    """The text with a hash of its content, in its mark or as the last member of JSON."""
    seal = sha256_hex(text)[:16]
    if text.startswith("{\n") and text.endswith("\n}\n"):
        return f'{text[:-3]},\n  "content_hash": "{seal}"\n}}\n'
    return _MARK.sub(rf"\1, content hash {seal}\2", text, count=1)


def is_edited(text: str) -> bool:
    """Whether a text with a content hash was changed since it was written."""
    return not _is_untouched(text)


def _is_untouched(text: str) -> bool:
    seal = _SEAL.search(text)
    return seal is not None and _sealed(text[: seal.start()] + text[seal.end() :]) == text
