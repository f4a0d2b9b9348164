"""The files of an input: names, folders, patterns, standard input; and their text."""

from __future__ import annotations

import os
import stat
import sys
import zlib
from collections.abc import Sequence

from acolytes_perf.errors import InputError, quoted

#: The most of a file that is read; series are small against the runs that they describe.
MOST_BYTES = 128 << 20
_MOST_FILES = 1000
#: What people name by mistake, by its first bytes in lower case.
_OTHER_KINDS = {
    b"<!doctype html": "an HTML page: name the file with the data of the page",
    b"<html": "an HTML page: name the file with the data of the page",
    b"version https://git-lfs": "only the pointer of Git LFS: get the file itself with git lfs pull",
    b"pk\x03\x04": "a ZIP archive or an Excel workbook: unpack it, or save it as CSV",
    b"%pdf": "a PDF document: name the file with its data",
    b"\x89png": "a picture: name the file with its data",
}
_SUFFIXES = (".csv", ".tsv", ".json", ".ndjson", ".jsonl", ".txt")


class NoFilesError(InputError):
    """A folder or pattern has no file."""


def expand(paths: Sequence[str], pointer: str, suffixes: Sequence[str] = _SUFFIXES) -> list[str]:
    """The files that names, folders and patterns mean, each once, in order.

    A folder means the files in it with one of the suffixes, packed or not. A pattern or folder does not lead to files
    outside of where it starts, and not to hidden files.

    Raises:
        InputError: a folder or pattern has no file, or one of its files is a link to somewhere else.
    """
    files: dict[str, None] = {}
    for path in paths:
        if path == "-" or not (os.path.isdir(path) or any(sign in path for sign in "*?[")) or os.path.isfile(path):
            files[path] = None
            continue
        import glob

        is_folder = os.path.isdir(path)
        pattern = os.path.join(glob.escape(path), "*") if is_folder else path
        matches = sorted(match for match in glob.glob(pattern, recursive=True) if os.path.isfile(match))
        if is_folder:
            matches = [match for match in matches if match.lower().removesuffix(".gz").endswith(tuple(suffixes))]
        if not matches:
            kind = f"is a folder without files that end in {', '.join(suffixes)}" if is_folder else "matches no file"
            raise NoFilesError(pointer, f"{quoted(path)} {kind}")
        root = os.path.realpath(_fixed_part(pattern))
        for match in matches:
            if os.path.commonpath((root, os.path.realpath(match))) != root:
                raise InputError(pointer, f"{quoted(match)} is a link to another folder: name the file itself")
            files[match] = None
        if len(files) > _MOST_FILES:
            raise InputError(pointer, f"{quoted(path)} means more than {_MOST_FILES} files")
    return list(files)


def _fixed_part(pattern: str) -> str:
    """The folder before the first sign of a pattern."""
    import glob

    folder = os.path.dirname(pattern)
    while glob.has_magic(folder):
        folder = os.path.dirname(folder)
    return folder or "."


def other_kind(head: bytes) -> str | None:
    """What a file is that has no data to read, and what to do; None for any other file."""
    start = head[:64].lstrip().lower()
    return next((what for beginning, what in _OTHER_KINDS.items() if start.startswith(beginning)), None)


def read_text(path: str, pointer: str) -> str:
    """The text of a file or of standard input, packed with gzip or not.

    Raises:
        InputError: it cannot be read, is too large, or is not text.
    """
    if path == "-":
        content = sys.stdin.buffer.read(MOST_BYTES + 1)
        where = "standard input"
        if len(content) > MOST_BYTES:
            raise InputError(pointer, f"{where} has more than {MOST_BYTES >> 20} MB")
    else:
        content, where = _content(path, pointer), quoted(path)
    kind = other_kind(content)
    if kind:
        raise InputError(pointer, f"{where} is {kind}")
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        raise InputError(pointer, f"{where} is not UTF-8 text") from None
    if not text.strip():
        raise InputError(pointer, f"{where} is empty")
    return text


def _content(path: str, pointer: str) -> bytes:
    """The bytes of a regular file, unpacked; anything else could block or never end."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "no file can have this name"
        raise InputError(pointer, f"{quoted(path)} cannot be read: {reason}") from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise InputError(pointer, f"{quoted(path)} is not a file")
    with os.fdopen(descriptor, "rb") as stream:
        try:
            content = stream.read(MOST_BYTES + 1)
            if content.startswith(b"\x1f\x8b"):
                content = _unpacked(content)
        except (OSError, EOFError, zlib.error) as error:
            raise InputError(pointer, f"{quoted(path)} cannot be read: {error}") from None
    if len(content) > MOST_BYTES:
        raise InputError(pointer, f"{quoted(path)} has more than {MOST_BYTES >> 20} MB")
    return content


def _unpacked(content: bytes) -> bytes:
    """The content of a gzip file, at most one byte more than is allowed."""
    import gzip
    import io

    with gzip.GzipFile(fileobj=io.BytesIO(content)) as unpacked:
        return unpacked.read(MOST_BYTES + 1)
