"""Finds the definitions in a folder, and reads files without waiting for pipes."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Literal, NamedTuple

from acolytes_cc.definitions.kinds import (
    AGENTS,
    COMMANDS,
    ENDING,
    OTHER_ENDINGS,
    SKILL,
    SKILLS,
    is_in_skill,
    kind_in,
    kind_of,
    placed_kind,
)
from acolytes_cc.definitions.looks import looks_like, looks_like_command
from acolytes_cc.definitions.misplaced import is_settings_of_other_form, is_yaml_of_client, misplaced
from acolytes_cc.definitions.places import CLAUDE, MANIFESTS, Place, place_of

ENDINGS = (ENDING, *OTHER_ENDINGS)
# Folders outside of `.claude` and of plugins, in which a look-alike is an example or a page
_LEFT_ALONE = frozenset(
    {
        *("docs", "doc", "documentation", "blog", "posts", "_posts", "content", "website"),
        *("example", "examples", "template", "templates", "reference", "references"),
        *("test", "tests", "__tests__", "fixtures", "testdata", "node_modules", "vendor", "dist", "build"),
    }
)
# The client's own state: earlier versions of the definitions of our installer, for the next merge, and what it fetched
_STATE = {CLAUDE: ("acolytes",), "plugins": ("cache", "marketplaces")}
# With one of these, a folder is no mere collection of agents
_COLLECTED = ("skill", "command", "plugin", "marketplace")
_UNREADABLE = "---\nname:\ndescription:\n"
# Documents beside definitions. They are definitions only if they have frontmatter.
DOCUMENTS = {"agents.md", "changelog.md", "claude.md", "contributing.md", "license.md", "readme.md"}
# To be copied and filled in
_TEMPLATES = frozenset({"template", "_template", "example", "_example"})
_START_BYTES = 4096
_JSON_BYTES = 1_048_576
_READ_BYTES = 4_096
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")

# Why a Markdown file is not checked
SkipReason = Literal["outside_agents", "skill", "no_frontmatter"]


class Scan(NamedTuple):
    """The files of a folder: definitions, skipped Markdown files, and others (skills and JSON files of the client)."""

    definitions: list[Path]
    skipped: dict[Path, SkipReason]
    others: list[Path]


def read_bytes(path: Path | str, limit: int) -> bytes:
    """Read at most ``limit`` bytes of a regular file.

    Raises:
        OSError: The path is a broken link, a pipe or a folder, or it may not be read.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        if os.path.islink(path) and not os.path.exists(path):
            raise OSError(errno.ENOENT, "it is a broken symbolic link") from None
        raise
    try:
        info = os.fstat(handle)
        if not stat.S_ISREG(info.st_mode):
            raise OSError(errno.EINVAL, "it is not a regular file")
        size = min(max(info.st_size, _READ_BYTES) + 1, limit)
        data = part = os.read(handle, size)
        while part and len(data) < limit and len(data) != info.st_size:  # mostly all is there at once
            part = os.read(handle, size)
            data += part
        return data[:limit]
    finally:
        os.close(handle)


def find_definitions(folder: Path) -> list[Path]:
    """The definitions that ``scan_folder`` finds in a folder."""
    return scan_folder(folder).definitions


def scan_folder(folder: Path) -> Scan:
    """Find the files for the client in ``folder`` and its subfolders, in sorted order.

    A file counts when the client reads it where it lies, or when its name or place is a mistake. Definitions are also
    the files of other ``agents`` folders that look like agents: people keep collections to copy from. If there is
    nothing of all that, definitions are all ``*.md`` files that look like agents, or the skills of folders that are for
    something else. In ``folder`` itself, when it is an ``agents`` folder, every ``*.md`` file counts.

    The scan follows links, as the client does, and enters no folder twice. If a folder cannot be listed, its path is in
    the result, so that a later attempt to read it gives the reason.
    """
    scan = Scan([], {}, [])
    is_agents_folder = AGENTS in (folder.name, folder.resolve().name)
    outside: list[Path] = []
    elsewhere: list[Path] = []
    for parent, names in _folders(folder):
        absolute = os.path.abspath(parent)
        parts = parent.relative_to(folder).parts
        is_other = place_of(absolute).kind == "other"
        if is_in_skill(absolute):
            _add_skill(parent, names, scan, elsewhere if is_skill_for_others(parent, parts) else scan.others)
            continue
        others = _add_placed(parent, sorted(names), scan, is_hidden=is_other and is_hidden(parts))
        if is_agents_folder or place_of(absolute).inside[:1] == (AGENTS,):
            for path in others:
                _add_file(path, scan)
        elif is_left_alone(parts, place_of(absolute)):
            scan.skipped.update((path, "outside_agents") for path in others if path.suffix not in OTHER_ENDINGS)
        else:
            for path in others:
                _add_look_alike(path, parts, scan, outside)
    if scan.definitions or any(kind_of(path) in _COLLECTED for path in scan.others):
        scan.skipped.update((path, "outside_agents") for path in outside if path.name.endswith(ENDING))
        scan.skipped.update((path, "skill") for path in elsewhere)
        return scan
    for path in outside:
        if looks_like(_start(path), path.name) == "agent":
            scan.definitions.append(path)
        else:
            scan.skipped[path] = "outside_agents" if _has_frontmatter(path) else "no_frontmatter"
    if not scan.definitions and not scan.others:
        return scan._replace(others=elsewhere)  # somebody wants these checked: there is nothing else
    scan.skipped.update((path, "skill") for path in elsewhere)
    return scan


def _add_skill(parent: Path, names: Sequence[str], scan: Scan, skills: list[Path]) -> None:
    """Add the main file of a skill to ``skills``; its other files are for the skill itself."""
    is_inner = is_in_skill(os.path.dirname(os.path.abspath(parent)))
    for path in (parent / name for name in sorted(names)):
        if path.name == SKILL and not is_inner:
            skills.append(path)
        elif not path.name.endswith(".json"):
            scan.skipped[path] = "skill"


def _add_placed(parent: Path, names: Sequence[str], scan: Scan, *, is_hidden: bool) -> list[Path]:
    """Add what the client reads in a folder, and mistakes of name or place; return the Markdown files that are left.

    A hidden folder belongs to another product, so a file there is no mistake.
    """
    left: list[Path] = []
    folder = os.path.abspath(parent)
    for name in names:
        path = parent / name
        kind = kind_in(folder, name)
        if kind in ("agent", "plugin-agent"):
            _add_file(path, scan)
        elif kind or (not is_hidden and misplaced(str(path), partial(_start, path))):
            scan.others.append(path)
        elif not name.lower().endswith((".json", ".yaml", ".yml")):
            left.append(path)
    return left


def is_left_alone(parts: Sequence[str], place: Place) -> bool:
    """Whether nothing in this folder is for the client, whatever it looks like, unless its place says so."""
    if place.kind != "other":
        return True
    if parts[-2:] == ("claude", AGENTS):
        return False
    return is_for_others(parts)


def is_for_others(parts: Sequence[str]) -> bool:
    """Whether a folder outside of `.claude` and of plugins has pages, examples, or the files of another product."""
    return is_hidden(parts) or any(part.lower() in _LEFT_ALONE for part in parts)


def is_skill_for_others(folder: Path, parts: Sequence[str]) -> bool:
    """Whether the skill in a folder is an example, or another product's, and the client does not read it there."""
    place = place_of(os.path.abspath(folder))
    if place.inside[:1] == (SKILLS,) and not is_hidden(place.inside):
        return False  # in the client's own folder, one too deep is a mistake
    # in a folder `skills`, the skill itself may be called `docs` or `test`
    around = parts[:-1] if parts[-2:-1] == (SKILLS,) else parts
    return is_for_others(around) and placed_kind(folder / SKILL) is None


def is_template(name: str) -> bool:
    """Whether a file's name says that it is a form to fill in."""
    return os.path.splitext(name)[0].lower() in _TEMPLATES


def is_hidden(parts: Sequence[str]) -> bool:
    """Whether a folder is a hidden one, or in one: these belong to other products, unless the client reads them."""
    return any(part.startswith(".") for part in parts)


def _add_look_alike(path: Path, parts: Sequence[str], scan: Scan, outside: list[Path]) -> None:
    """Add a file of a collection: one that looks like an agent in a folder of agents, or like a command."""
    if is_template(path.name):
        outside.append(path)
    elif AGENTS in parts:
        if looks_like(_start(path), path.name) == "agent":
            scan.definitions.append(path)
        elif path.suffix not in OTHER_ENDINGS:
            scan.skipped[path] = "outside_agents" if _has_frontmatter(path) else "no_frontmatter"
    elif COMMANDS in parts and looks_like_command(_start(path)):
        scan.others.append(path)
    elif path.suffix not in OTHER_ENDINGS:
        outside.append(path)


def _add_file(path: Path, scan: Scan) -> None:
    """Add a file of an ``agents`` folder. With frontmatter it is a definition, whatever its name is."""
    name = path.name
    is_document = name.lower() in DOCUMENTS
    has_other_ending = not name.endswith(ENDING) and path.suffix.lower() in ENDINGS
    if not (is_document or has_other_ending) or _has_frontmatter(path):
        scan.definitions.append(path)
    elif is_document:
        scan.skipped[path] = "no_frontmatter"


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
        left_out = not_entered(os.path.abspath(parent))
        # a hidden folder of another product may link to the files of this one: those count where they lie
        folders[:] = sorted((name for name in folders if name not in left_out), key=_visible_first)
        yield Path(parent), [name for name in names if may_be_for_client(parent, name)]
    for path in unlisted:
        yield path.parent if path != folder else path, [path.name]


def may_be_for_client(folder: str, name: str) -> bool:
    """Whether a file with this name can be one that the client reads, or is meant to be one."""
    if name.lower().endswith((*ENDINGS, ".json")):
        return True
    return is_settings_of_other_form(folder, name) or is_yaml_of_client(folder, name)


def not_entered(folder: str) -> tuple[str, ...]:
    """The names of folders in the one at an absolute path that no scan enters."""
    names = (".git", *_STATE.get(os.path.basename(folder), ()))
    return (*names, "node_modules") if place_of(folder).kind == "other" else names


def _visible_first(name: str) -> tuple[bool, str]:
    return (name.startswith(".") and name not in (CLAUDE, MANIFESTS), name)


def _has_frontmatter(path: Path) -> bool:
    """Whether the file starts with frontmatter, even invalid frontmatter. True for a file that cannot be read."""
    start = _start(path)
    return start is _UNREADABLE or start.removeprefix("\ufeff").lstrip().startswith("---")


def _start(path: Path) -> str:
    """The first characters of a file, also of one in UTF-16; frontmatter for a file that cannot be read."""
    try:
        data = read_bytes(path, _JSON_BYTES if path.name.endswith(".json") else _START_BYTES)
    except OSError:
        return _UNREADABLE
    return data.decode("utf-16" if data.startswith(_UTF_16) else "utf-8", "replace")
