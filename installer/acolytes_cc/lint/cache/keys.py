"""Keys: each changes with whatever its value depends on.

Imports almost nothing when it is loaded: a repeated ``acolytes lint`` comes through here.
"""

from __future__ import annotations

import os
import sys
import time
from hashlib import sha256

from acolytes_cc import __version__
from acolytes_cc.client import client_on_path, file_identity
from acolytes_cc.terminal import has_colour

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from acolytes_cc.definitions.subject import Subject

# A larger definition is not loaded anyway
_MAX_BYTES = 1_048_576
# Every file that the linter may read; acolytes_cc.definitions.files uses these endings
_ENDINGS = (".json", ".markdown", ".md", ".mdc", ".mdown", ".mdx", ".txt")
_SETTINGS = (".acolytes.toml", "pyproject.toml")
# What above a file decides of which kind it is
_KIND_FROM = (
    os.path.join(".claude-plugin", "plugin.json"),
    os.path.join(".claude-plugin", "marketplace.json"),
    "SKILL.md",
)
# A file that is written twice between two ticks of the clock looks the same, so the state of a young one is not used.
_YOUNG_NANOSECONDS = 2_000_000_000


class TooYoungError(ValueError):
    """Something changed just now, and may change again without a trace."""


def client_key(program: str) -> bytes:
    """Return the key of the version of a client. Raises OSError if it is not there."""
    return sha256(b"client\0" + os.fsencode(file_identity(program))).digest()


def run_prefix(client_version: str, codes: Collection[str]) -> bytes:
    """Return the part that the keys of all files of a run have in common."""
    # a relative path means another file in another folder
    parts = [b"file", program_state(), client_version.encode(), " ".join(sorted(codes)).encode(), _working_folder()]
    return b"\0".join(parts)


def file_key(subject: Subject, prefix: bytes) -> bytes:
    """Return the key of the result of one file."""
    digest = sha256(b"\0".join([prefix, os.fsencode(subject.path), subject.kind.encode(), b""]))
    digest.update(subject.source.data)
    return digest.digest()


def output_key(arguments: list[str]) -> bytes | None:
    """Return the key of the output of ``acolytes lint`` with these arguments; None if it must not be kept.

    It depends on the program, the client on PATH, the settings, the content of every named file, and the state of every
    named folder, as git sees it: names, sizes and times.
    """
    first = _key_without_folders(arguments)
    digest = sha256()
    try:
        for folder in filter(os.path.isdir, arguments):
            digest.update(_folder_state(folder))
    except (OSError, ValueError):
        return None
    return first + digest.digest() if first else None


def is_still(key: bytes, arguments: list[str]) -> bool:
    """Whether the output of a run that has just ended may be kept under the key that these arguments had before it.

    A content can change and change back, so the key of contents has to be the same now. The states of folders have
    times that nobody can set back: what changed since then gives another key to every later call.
    """
    first = _key_without_folders(arguments)
    return first is not None and key.startswith(first)


def _key_without_folders(arguments: list[str]) -> bytes | None:
    files = [argument for argument in arguments if os.path.isfile(argument)]
    folders = [argument for argument in arguments if os.path.isdir(argument)]
    may_hide_a_file = any(argument.startswith("-") and "=" in argument for argument in arguments)
    if not (files or folders) or may_hide_a_file or sys.stdout.isatty() or has_colour(sys.stdout):
        return None
    client = client_on_path()
    digest = sha256(b"output\0" + program_state())
    try:
        for text in (os.getcwd(), os.path.expanduser("~"), file_identity(client) if client else "", *arguments):
            digest.update(os.fsencode(text) + b"\0")
        for file in files:
            digest.update(_content(file))
        for place in (*map(os.path.dirname, files), *folders):
            for name in _KIND_FROM:
                above = filter(os.path.exists, _paths_above(place, name))
                digest.update("\0".join(_stamp(os.stat(path)) for path in above).encode() + b"\0\0")
        for name in _SETTINGS:
            for path in _paths_above("", name):
                digest.update(_content(path) if os.path.isfile(path) else b"-")
    except (OSError, ValueError):
        return None
    return digest.digest()


def program_state() -> bytes:
    """Return a digest that changes with the code, the registry of client facts, or the interpreter."""
    package = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    schemas = os.path.join(package, "_data", "schemas")
    if not os.path.isdir(schemas):  # as acolytes_cc.resources does, whose import takes too long here
        schemas = os.path.join(os.path.dirname(os.path.dirname(package)), "schemas")
    digest = sha256(f"{__version__} {sys.version}".encode())
    folders = [package, os.path.join(package, "definitions"), schemas, os.path.join(package, "lint")]
    with os.scandir(folders[-1]) as entries:
        folders += sorted(entry.path for entry in entries if entry.is_dir())
    for folder in folders:
        states = [folder]
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.endswith((".py", "-registry.json", ".schema.json")):
                    info = entry.stat()
                    states.append(f"{entry.name} {info.st_ino} {info.st_size} {info.st_mtime_ns}")
        states.sort()
        digest.update(os.fsencode("\0".join(states)))
    return digest.digest()


def surroundings_state(seen: Iterable[str], read: Iterable[str]) -> bytes:
    """Return a digest of paths whose existence and right to run count, and of files whose content counts.

    Raises:
        TooYoungError: One of the files changed just now.
    """
    digest = sha256()
    for path in seen:
        digest.update(b"f" if os.path.isfile(path) else b"e" if os.path.exists(path) else b"-")
        digest.update(b"x" if os.access(path, os.X_OK) else b"-")
    for path in read:
        try:
            info = os.stat(path)
        except (OSError, ValueError):
            digest.update(b"-\0")
            continue
        _refuse_young(info.st_ctime_ns, path)
        digest.update(f"{_stamp(info)}\0".encode())
    return digest.digest()


def _folder_state(folder: str) -> bytes:
    """A digest of all files in a folder that the linter may read; raises TooYoungError."""
    digest = sha256()
    newest = 0
    entered: set[tuple[int, int]] = set()
    waiting = [folder]
    while waiting:
        parent = waiting.pop()
        info = os.stat(parent)
        if (info.st_dev, info.st_ino) in entered:
            continue
        entered.add((info.st_dev, info.st_ino))
        newest = max(newest, info.st_ctime_ns)
        # shows a new link to a folder that was entered before, and a file that was there for a moment only
        states, folders = [str(info.st_ctime_ns)], []
        with os.scandir(parent) as entries:
            for entry in entries:
                if entry.is_dir():
                    folders += [entry.path] if entry.name != ".git" else []
                elif entry.name.lower().endswith(_ENDINGS):
                    info = entry.stat()
                    newest = max(newest, info.st_ctime_ns)
                    states.append(f"{entry.path}\0{_stamp(info)}")
        # the system may list them in any order
        states.sort()
        waiting += sorted(folders)
        digest.update(os.fsencode("\0".join(states)))
    _refuse_young(newest, folder)
    return digest.digest()


def _stamp(info: os.stat_result) -> str:
    return f"{info.st_ino} {info.st_size} {info.st_mode} {info.st_mtime_ns} {info.st_ctime_ns}"


def _refuse_young(changed: int, path: str) -> None:
    if time.time_ns() - changed < _YOUNG_NANOSECONDS:
        raise TooYoungError(path)


def _paths_above(path: str, name: str) -> list[str]:
    """Where ``name`` would be in a folder, and in each folder above it."""
    paths = []
    parent = os.path.abspath(path)
    while True:
        paths.append(os.path.join(parent, name))
        if parent == os.path.dirname(parent):
            return paths
        parent = os.path.dirname(parent)


def _content(path: str) -> bytes:
    with open(path, "rb") as file:
        content = file.read(_MAX_BYTES + 1)
    if len(content) > _MAX_BYTES:
        raise ValueError(path)
    return content


def _working_folder() -> bytes:
    return os.fsencode(os.getcwd())
