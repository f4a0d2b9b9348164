"""Finds the definitions in a folder, and reads files without waiting for pipes."""

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
# `.md`, and endings of files that the client does not read, although people use them for definitions
ENDINGS = (ENDING, ".markdown", ".mdown", ".txt")
# Documents beside definitions. They are definitions only if they have frontmatter.
_DOCUMENTS = {"agents.md", "changelog.md", "claude.md", "contributing.md", "license.md", "readme.md"}
_START_BYTES = 4096
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")

# Why a Markdown file is not checked
SkipReason = Literal["outside_agents", "skill", "no_frontmatter"]


class Scan(NamedTuple):
    """The files of a folder: definitions, skipped Markdown files, and others (skills and JSON files of the client)."""

    definitions: list[Path]
    skipped: dict[Path, SkipReason]
    others: list[Path]


def read_bytes(path: Path, limit: int) -> bytes:
    """Read at most ``limit`` bytes of a regular file.

    Raises:
        OSError: The path is a broken link, a pipe or a folder, or it may not be read.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        if path.is_symlink() and not path.exists():
            raise OSError(errno.ENOENT, "it is a broken symbolic link") from None
        raise
    with open(handle, "rb", buffering=0) as file:
        info = os.fstat(handle)
        if not stat.S_ISREG(info.st_mode):
            raise OSError(errno.EINVAL, "it is not a regular file")
        # a read with a limit reserves that much memory, so only large files use it
        return file.read(limit) if info.st_size >= limit else file.read()[:limit]


def find_definitions(folder: Path) -> list[Path]:
    """The definitions that ``scan_folder`` finds in a folder."""
    return scan_folder(folder).definitions


def scan_folder(folder: Path) -> Scan:
    """Find the definitions in ``folder`` and its subfolders, in sorted order.

    Definitions are all ``*.md`` files in folders named ``agents``, at any depth; ``folder`` itself may be one. If there
    are none, definitions are all ``*.md`` files with frontmatter. A file in an ``agents`` folder that has frontmatter
    and another ending, such as ``.MD``, also counts, because its author wanted a definition.

    The scan follows links, as the client does, and enters no folder twice. If a folder cannot be listed, its path is in
    the result, so that a later attempt to read it gives the reason.
    """
    scan = Scan([], {}, [])
    is_agents_folder = AGENTS in (folder.name, folder.resolve().name)
    outside: list[Path] = []
    for parent, names in _folders(folder):
        inside = is_agents_folder or AGENTS in parent.relative_to(folder).parts
        in_skill = _is_in_skill(parent, folder)
        for path in (parent / name for name in sorted(names)):
            if path.name.endswith(".json"):
                if _belongs_to_client(path, kind_of(path)):
                    scan.others.append(path)
            elif is_skill(path):
                scan.others.append(path)
            elif in_skill:
                scan.skipped[path] = "skill"
            elif inside:
                _add_file(path, scan)
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


def _add_file(path: Path, scan: Scan) -> None:
    """Add a file of an ``agents`` folder. With frontmatter it is a definition, whatever its name is."""
    is_document = path.name.lower() in _DOCUMENTS
    has_other_ending = path.suffix != ENDING and path.suffix.lower() in ENDINGS
    if not (is_document or has_other_ending) or _has_frontmatter(path):
        scan.definitions.append(path)
    elif is_document:
        scan.skipped[path] = "no_frontmatter"


def is_skill(path: Path) -> bool:
    """Whether this is the main file of a skill, which looks like the definition of an agent."""
    return path.name == SKILL


def _belongs_to_client(path: Path, kind: Kind | None) -> bool:
    """Whether the client reads this JSON file; the name alone does not decide."""
    if kind == "settings":
        return path.parent.name == ".claude"
    if kind == "hooks":
        return path.parent.name == "hooks" and (path.parent.parent / MANIFESTS).is_dir()
    return kind is not None


def _is_in_skill(parent: Path, folder: Path) -> bool:
    """Whether ``parent`` is part of a skill in ``folder``. A skill may have an ``agents`` folder of its own."""
    inside = [parent, *parent.parents][: len(parent.relative_to(folder).parts) + 1]
    return any(above.parent.name == SKILLS and (above / SKILL).is_file() for above in map(Path.absolute, inside))


def _folders(folder: Path) -> Iterator[tuple[Path, list[str]]]:
    """Each folder with the names of its Markdown and JSON files. A folder that cannot be listed counts as a file."""
    entered: set[tuple[int, int]] = set()
    unlisted: list[Path] = []
    walk = os.walk(folder, followlinks=True, onerror=lambda error: unlisted.append(Path(error.filename)))
    for parent, folders, names in walk:
        info = os.stat(parent)
        if (info.st_dev, info.st_ino) in entered:
            folders.clear()
            continue
        entered.add((info.st_dev, info.st_ino))
        # the installer's state: earlier versions of the definitions, for the next merge
        state = "acolytes" if os.path.basename(parent) == ".claude" else ""
        folders[:] = sorted(name for name in folders if name not in (".git", state))
        yield Path(parent), [name for name in names if name.lower().endswith((*ENDINGS, ".json"))]
    for path in unlisted:
        yield path.parent if path != folder else path, [path.name]


def _has_frontmatter(path: Path) -> bool:
    """Whether the file starts with frontmatter, even invalid frontmatter. True for a file that cannot be read."""
    try:
        start = read_bytes(path, _START_BYTES)
    except OSError:
        return True
    return start.startswith(_UTF_16) or start.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"---")
