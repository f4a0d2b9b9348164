"""Finds definitions below a folder and reads them without ever waiting for a pipe."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, NamedTuple

AGENTS = "agents"
SKILLS = "skills"
SKILL = "SKILL.md"
# Documents that live beside definitions and are none, unless they have frontmatter.
_DOCUMENTS = {"agents.md", "changelog.md", "claude.md", "contributing.md", "license.md", "readme.md"}
_START_BYTES = 4096
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")

# Why a Markdown file is not looked at
Reason = Literal["outside_agents", "skill", "no_frontmatter"]


class Scan(NamedTuple):
    """What a folder holds: definitions, and Markdown files that are none."""

    definitions: list[Path]
    skipped: dict[Path, Reason]


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
    """The definitions that ``scan_folder`` finds."""
    return scan_folder(folder).definitions


def scan_folder(folder: Path) -> Scan:
    """Every ``*.md`` below the ``agents`` folders in ``folder``; when it has none, every ``*.md`` with frontmatter.

    A folder that is itself called ``agents`` counts as a whole. Follows links, as the client does, and enters no folder
    twice. Sorted. A folder that cannot be listed stands for its files, so that reading it says why.
    """
    scan = Scan([], {})
    whole = AGENTS in (folder.name, folder.resolve().name)
    outside: list[Path] = []
    for path in sorted(_markdown_files(folder)):
        if is_skill(path) or _in_skill(path, folder):
            scan.skipped[path] = "skill"
        elif not whole and AGENTS not in path.relative_to(folder).parts[:-1]:
            outside.append(path)
        elif path.name.lower() in _DOCUMENTS and not _has_frontmatter(path):
            scan.skipped[path] = "no_frontmatter"
        else:
            scan.definitions.append(path)
    if scan.definitions:
        scan.skipped.update((path, "outside_agents") for path in outside if path.name.endswith(".md"))
        return scan
    for path in outside:
        if _has_frontmatter(path):
            scan.definitions.append(path)
        else:
            scan.skipped[path] = "no_frontmatter"
    return scan


def is_skill(path: Path) -> bool:
    """Whether this is a skill's own file, which is no definition of an agent, though it looks like one."""
    return path.name == SKILL


def _in_skill(path: Path, folder: Path) -> bool:
    """Whether the file belongs to a skill in ``folder``; a skill may have an ``agents`` folder of its own."""
    inside = path.parents[: len(path.relative_to(folder).parts)]
    return any(parent.parent.name == SKILLS and (parent / SKILL).is_file() for parent in map(Path.absolute, inside))


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
        yield from (Path(parent, name) for name in names if name.endswith(".md"))
    yield from unlisted


def _has_frontmatter(path: Path) -> bool:
    """Whether the file seems meant to begin with frontmatter, be it broken; also when it cannot be read."""
    try:
        start = read_bytes(path, _START_BYTES)
    except OSError:
        return True
    return start.startswith(_UTF_16) or start.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"---")
