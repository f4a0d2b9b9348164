"""Finds definitions below a folder and reads them without ever waiting for a pipe."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, NamedTuple

from acolytes_cc.definitions.kinds import MANIFESTS, SKILL, Kind, kind_of

AGENTS = "agents"
SKILLS = "skills"
ENDING = ".md"
# What people call a definition, and the client does not read
ENDINGS = (ENDING, ".markdown", ".mdown", ".txt")
# Documents that live beside definitions and are none, unless they have frontmatter.
_DOCUMENTS = {"agents.md", "changelog.md", "claude.md", "contributing.md", "license.md", "readme.md"}
_START_BYTES = 4096
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")

# Why a Markdown file is not looked at
Reason = Literal["outside_agents", "skill", "no_frontmatter"]


class Scan(NamedTuple):
    """What a folder holds: definitions, Markdown files that are none, and the skills and JSON files around them."""

    definitions: list[Path]
    skipped: dict[Path, Reason]
    others: list[Path]


def read_bytes(path: Path, limit: int) -> bytes:
    """At most ``limit`` bytes of a regular file.

    Raises OSError when there is none to read: a broken link, a pipe, a folder, no permission.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        if path.is_symlink() and not path.exists():
            raise OSError(errno.ENOENT, "it is a symbolic link that leads nowhere") from None
        raise
    with open(handle, "rb", buffering=0) as file:
        info = os.fstat(handle)
        if not stat.S_ISREG(info.st_mode):
            raise OSError(errno.EINVAL, "it is not a regular file")
        # room for the limit would be had of the system, and given back, for each file
        return file.read(limit) if info.st_size >= limit else file.read()[:limit]


def find_definitions(folder: Path) -> list[Path]:
    """The definitions that ``scan_folder`` finds."""
    return scan_folder(folder).definitions


def scan_folder(folder: Path) -> Scan:
    """Every ``*.md`` below the ``agents`` folders in ``folder``; when it has none, every ``*.md`` with frontmatter.

    A folder that is itself called ``agents`` counts as a whole. Follows links, as the client does, and enters no folder
    twice. Sorted. A folder that cannot be listed stands for its files, so that reading it says why. A file in an
    ``agents`` folder with frontmatter and another ending, such as ``.MD``, counts: it was meant to be a definition.
    """
    scan = Scan([], {}, [])
    whole = AGENTS in (folder.name, folder.resolve().name)
    outside: list[Path] = []
    for parent, names in _folders(folder):
        inside = whole or AGENTS in parent.relative_to(folder).parts
        of_skill = _is_of_skill(parent, folder)
        for path in (parent / name for name in sorted(names)):
            if path.name.endswith(".json"):
                if _is_clients(path, kind_of(path)):
                    scan.others.append(path)
            elif is_skill(path):
                scan.others.append(path)
            elif of_skill:
                scan.skipped[path] = "skill"
            elif inside:
                _sort_in(path, scan)
            elif path.suffix not in ENDINGS[1:]:
                outside.append(path)
    if scan.definitions:
        scan.skipped.update((path, "outside_agents") for path in outside if path.name.endswith(ENDING))
        return scan
    for path in outside:
        if _has_frontmatter(path):
            scan.definitions.append(path)
        else:
            scan.skipped[path] = "no_frontmatter"
    return scan


def _sort_in(path: Path, scan: Scan) -> None:
    """A file in an ``agents`` folder: whatever it is called, frontmatter makes it a definition."""
    is_document = path.name.lower() in _DOCUMENTS
    is_other = path.suffix != ENDING and path.suffix.lower() in ENDINGS
    if not (is_document or is_other) or _has_frontmatter(path):
        scan.definitions.append(path)
    elif is_document:
        scan.skipped[path] = "no_frontmatter"


def is_skill(path: Path) -> bool:
    """Whether this is a skill's own file, which is no definition of an agent, though it looks like one."""
    return path.name == SKILL


def _is_clients(path: Path, kind: Kind | None) -> bool:
    """Whether a JSON file is the client's, not only named like one of its."""
    if kind == "settings":
        return path.parent.name == ".claude"
    if kind == "hooks":
        return path.parent.name == "hooks" and (path.parent.parent / MANIFESTS).is_dir()
    return kind is not None


def _is_of_skill(parent: Path, folder: Path) -> bool:
    """Whether the files of ``parent`` belong to a skill in ``folder``, which may have an ``agents`` folder, too."""
    inside = [parent, *parent.parents][: len(parent.relative_to(folder).parts) + 1]
    return any(above.parent.name == SKILLS and (above / SKILL).is_file() for above in map(Path.absolute, inside))


def _folders(folder: Path) -> Iterator[tuple[Path, list[str]]]:
    """Each folder with the names in it that may be of interest; one that cannot be listed is such a name."""
    entered: set[tuple[int, int]] = set()
    unlisted: list[Path] = []
    walk = os.walk(folder, followlinks=True, onerror=lambda error: unlisted.append(Path(error.filename)))
    for parent, folders, names in walk:
        info = os.stat(parent)
        if (info.st_dev, info.st_ino) in entered:
            folders.clear()
            continue
        entered.add((info.st_dev, info.st_ino))
        # our own state: what definitions were rendered as, for the next merge
        state = "acolytes" if os.path.basename(parent) == ".claude" else ""
        folders[:] = sorted(name for name in folders if name not in (".git", state))
        yield Path(parent), [name for name in names if name.lower().endswith((*ENDINGS, ".json"))]
    for path in unlisted:
        yield path.parent if path != folder else path, [path.name]


def _has_frontmatter(path: Path) -> bool:
    """Whether the file seems meant to begin with frontmatter, be it broken; also when it cannot be read."""
    try:
        start = read_bytes(path, _START_BYTES)
    except OSError:
        return True
    return start.startswith(_UTF_16) or start.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"---")
