"""Finds definitions below a folder and reads them without ever waiting for a pipe."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path

AGENTS = "agents"
# Documents that live beside definitions and are none, unless they have frontmatter.
_DOCUMENTS = {"agents.md", "changelog.md", "claude.md", "contributing.md", "license.md", "readme.md"}


def read_bytes(path: Path, limit: int) -> bytes:
    """At most ``limit`` bytes of a regular file.

    Raises OSError when there is none to read: a broken link, a pipe, a folder, no permission.
    """
    if path.is_symlink() and not path.exists():
        raise OSError(errno.ENOENT, "it is a symbolic link that leads nowhere")
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError(errno.EINVAL, "it is not a regular file")
        return file.read(limit)


def find_definitions(folder: Path) -> list[Path]:
    """Every ``*.md`` below the ``agents`` folders in ``folder``, or every ``*.md`` when it has none or is one itself.

    Follows links, as the client does, and enters no folder twice. Sorted. A folder that cannot be listed stands for its
    files, so that reading it says why.
    """
    found = sorted(_markdown_files(folder))
    if AGENTS in (folder.name, folder.resolve().name):
        return found
    return [path for path in found if AGENTS in path.relative_to(folder).parts[:-1]] or found


def _markdown_files(folder: Path) -> Iterator[Path]:
    entered: set[tuple[int, int]] = set()
    unlisted: list[Path] = []
    walk = os.walk(folder, followlinks=True, onerror=lambda error: unlisted.append(Path(error.filename)))
    for parent, folders, names in walk:
        info = os.stat(parent)
        if (info.st_dev, info.st_ino) in entered:
            folders.clear()
            continue
        entered.add((info.st_dev, info.st_ino))
        folders[:] = sorted(name for name in folders if name != ".git")
        yield from (path for name in names if name.endswith(".md") and not _is_document(path := Path(parent, name)))
    yield from unlisted


def _is_document(path: Path) -> bool:
    if path.name.lower() not in _DOCUMENTS:
        return False
    try:
        return not read_bytes(path, 3).startswith(b"---")
    except OSError:
        return False
