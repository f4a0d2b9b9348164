"""Read the paths and patterns of `reserve`: in which working tree they lie, and how its file system compares names."""

from __future__ import annotations

import os

from . import checks, spelling, trees
from .board import patterns
from .board.reservations import ReservedPath
from .errors import RefusalError
from .location import quest_root

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from collections.abc import Mapping

_MOST_CHARACTERS = 4096  # of a path, as in most systems


def read(value: str, cwd: str, environ: Mapping[str, str]) -> list[ReservedPath]:
    """Return the paths of a list with commas, each once. Refuse what could protect nothing."""
    named = [part.strip() for part in value.split(",") if part.strip()]
    if not named:
        raise RefusalError("--paths is empty: name files, folders or patterns such as 'src/**', separated by commas")
    found = {}
    for name in named:
        path = _read_one(name, cwd, environ)
        found[path.tree, path.path] = path
    return list(found.values())


def _read_one(name: str, cwd: str, environ: Mapping[str, str]) -> ReservedPath:
    root = quest_root(cwd, environ)
    _check(name)
    path = checks.inside(name, cwd, root, "--paths")
    start = _literal_start(path)
    rest = path[len(start) :].lstrip("/")
    named = os.path.join(root, start)
    is_folder = bool(rest) or os.path.isdir(named)
    place = trees.locate(os.path.join(named, "_") if is_folder else named, cwd, environ)
    if place is None:
        raise RefusalError(f"--paths {name!a}: a link leads out of the project there: reserve what lies inside")
    tree, inner = place
    inner = os.path.dirname(inner) if is_folder else inner
    real = "/".join(part for part in (inner, rest) if part) or "**"  # a folder may be a working tree of its own
    folder = os.path.realpath(named) if rest else os.path.dirname(os.path.realpath(named))
    return ReservedPath(
        tree,
        real,
        folder=name.endswith("/") or _may_hold_files(root, path),
        any_case=spelling.other_case(real) != real and spelling.ignores_case(folder),
        any_form=spelling.other_form(real) != real and spelling.ignores_form(folder, may_write=True),
    )


def _check(name: str) -> None:
    if name.count("{") != name.count("}"):
        raise RefusalError(f"--paths {name!a}: braces are not expanded: name each path or pattern, as '*.md,*.txt'")
    if len(name) > (patterns.MOST_CHARACTERS if patterns.has_wildcards(name) else _MOST_CHARACTERS):
        raise RefusalError(f"--paths {name[:40]!a}...: this is too long for a path or pattern: name a folder above it")
    if not patterns.can_match(name):
        raise RefusalError(f"--paths {name!a}: no file can match: write a range from the first to the last, as [a-z]")


def _literal_start(path: str) -> str:
    """Return the folders before the first wildcard; of a path without one all of it."""
    parts = path.split("/")
    wild = next((place for place, part in enumerate(parts) if patterns.has_wildcards(part)), len(parts))
    return "/".join(parts[:wild])


def _may_hold_files(root: str, path: str) -> bool:
    """Whether something can lie below. A name with an extension is one of a file, unless it is a folder already."""
    last = path.rpartition("/")[2]
    if patterns.has_wildcards(path):
        return last == "**" or "." not in last[1:]
    whole = os.path.join(root, path)
    return os.path.isdir(whole) if os.path.lexists(whole) else "." not in last[1:]
