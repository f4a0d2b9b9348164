"""Follows the `@path` imports of CLAUDE.md and of rules, as client 2.1.332 does."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from acolytes_cc.definitions import frontmatter
from acolytes_cc.definitions.places import CLAUDE
from acolytes_cc.definitions.source import Source
from acolytes_cc.lint.context.file_references import Reference
from acolytes_cc.lint.context.project import FileSummary
from acolytes_cc.lint.context.surroundings import Surroundings
from acolytes_cc.lint.context.text_references import HTML, NOT_ESCAPED, imports
from acolytes_cc.lint.printable import quoted

DEPTH = 4
"""How many files the client follows, one from the other."""
# The endings of files that the client imports; one without an ending is imported, too
_TEXT_ENDINGS_WORDS = """
md txt text json yaml yml toml xml csv html htm css scss sass less js ts tsx jsx mjs cjs mts cts py pyi pyw rb
erb rake go rs java kt kts scala c cpp cc cxx h hpp hxx cs swift sh bash zsh fish ps1 bat cmd env ini cfg conf
config properties sql graphql gql proto vue svelte astro ejs hbs pug jade php pl pm lua r dart ex exs erl hrl
clj cljs cljc edn hs lhs elm ml mli f f90 f95 for cmake make makefile gradle sbt rst adoc asciidoc org tex latex
lock log diff patch
"""
_TEXT_ENDINGS = frozenset(_TEXT_ENDINGS_WORDS.split())
_FIRST = re.compile(r"\.{1,2}/|~/|/(?!$)|[a-zA-Z0-9._-]")
_TRAILING = ".,;:!?)]}>'\"*_`"
# What people put around a path
_AROUND = "\"'`{}<>()[]"

_IN_HTML = "The client imports nothing in a block of HTML. Put {} on its own line, below a blank line."


class Trouble(NamedTuple):
    """An import that does not do what it says: its place in the file, or that of the import that leads to it."""

    line: int
    column: int
    message: str


def troubles(file: FileSummary, surroundings: Surroundings) -> Iterator[Trouble]:
    """What is wrong with the imports of a file, and with those of the files that it imports."""
    seen = {os.path.realpath(file.path)}
    cut: set[tuple[int, int]] = set()  # where a path is longer than the client takes it
    level = [(one, file.path, one) for one in file.references if one.use == "import"]
    plain = {one.path for one, _, _ in level if not one.key}
    for depth in range(1, DEPTH + 2):
        deeper: list[tuple[Reference, str, Reference]] = []
        for first, path, reference in level:
            target = _target(path, reference)
            message = _trouble(path, reference, target, surroundings)
            if message is None and target is not None and depth > DEPTH and os.path.realpath(target) not in seen:
                written = quoted("@" + reference.path)
                message = f"The client follows imports only {DEPTH} files deep, so it does not read {written}."
            if reference.key == HTML and reference.path in plain:
                continue
            at = (first.line, first.column)
            if message is not None and not (depth == 1 and at in cut):
                if reference.key == NOT_ESCAPED:
                    cut.add(at)
                where = "" if path == file.path else f"In {quoted(os.path.basename(path))}: "
                yield Trouble(first.line, first.column, f"{where}{message}")
            elif not reference.key and target is not None and (real := os.path.realpath(target)) not in seen:
                seen.add(real)
                deeper += [(first, str(target), one) for one in _imports_of(target, surroundings)]
        level = deeper


def outside(file: FileSummary, surroundings: Surroundings) -> Iterator[Reference]:
    """The imports of a project's file that lead out of the project."""
    root = _project_of(Path(file.path).absolute(), surroundings)
    for reference in file.references if root else ():
        target = _target(file.path, reference) if reference.use == "import" and not reference.key else None
        if target is not None and not target.absolute().is_relative_to(root or "") and surroundings.is_file(target):
            yield reference


def _project_of(path: Path, surroundings: Surroundings) -> Path | None:
    """The folder of the project to which a CLAUDE.md belongs; None for that of a user, who may import anything."""
    home = Path.home() / CLAUDE
    if path.is_relative_to(home):
        return None
    folders = [folder for folder in path.parents if CLAUDE not in folder.parts]
    return next((folder for folder in folders if surroundings.exists(folder / ".git")), folders[0] if folders else None)


def _target(path: str, reference: Reference) -> Path | None:
    """The file that the client looks for; None when it does not take the text for a path."""
    if not _FIRST.match(reference.path) or "\0" in reference.path:
        return None
    folder = os.path.dirname(os.path.realpath(path) if os.path.islink(path) else path)
    written = os.path.expanduser(reference.path) if reference.path.startswith("~/") else reference.path
    return Path(os.path.normpath(os.path.join(folder, written)))


def _trouble(path: str, reference: Reference, target: Path | None, surroundings: Surroundings) -> str | None:
    if reference.key == NOT_ESCAPED:
        return _not_escaped(path, reference, surroundings)
    written = f"@{reference.path}"
    if target is None:
        return _unusual(path, reference.path, surroundings)
    if reference.key == HTML:
        is_meant = _is_text(target.name) and surroundings.is_file(target)
        return _IN_HTML.format(quoted(written)) if is_meant else None
    plain = reference.path.rstrip(_TRAILING)
    shorter = target.with_name(target.name[: len(target.name) - len(reference.path) + len(plain)] or target.name)
    if reference.key:
        is_meant = _is_text(plain) and "/" in plain + "/" and surroundings.is_file(shorter)
        return (
            f"The client imports {quoted('@' + plain)} only after a space. Put one before the `@`."
            if is_meant
            else None
        )
    if surroundings.is_file(target):
        ending = os.path.splitext(target.name)[1]
        return None if _is_text(target.name) else f"The client imports no file that ends with `{ending}`. Use `.md`."
    if plain != reference.path and _is_text(plain) and surroundings.is_file(shorter):
        sign = reference.path[len(plain)]
        return f"The client takes the `{sign}` for a part of the path, so it imports nothing. Put a space before it."
    if surroundings.exists(target):
        is_clear = reference.path.startswith(("./", "../", "~/", "/")) or reference.path.endswith("/")
        return (
            f"{quoted(written)} is a folder, and the client imports only files. Name the files." if is_clear else None
        )
    if _is_path(plain):
        return f"There is no file {quoted('@' + plain)}, so the client imports nothing. Correct the path."
    return None


def _not_escaped(path: str, reference: Reference, surroundings: Surroundings) -> str | None:
    """What is wrong with a path that the client cuts, when all of it leads to a file."""
    whole = reference.path.lstrip("\"'").replace("\\ ", " ").replace("\\", "/")
    target = _target(path, reference._replace(path=whole))
    if target is None or not _is_text(whole) or not surroundings.is_file(target):
        return None
    right = quoted("@" + whole.replace(" ", "\\ "))
    return f"The client ends the path at the first space or `\\`, so it does not import this file. Write {right}."


def _unusual(path: str, written: str, surroundings: Surroundings) -> str | None:
    """What is wrong with a path that the client does not take for one, when it leads to a file."""
    plain = written.strip(_AROUND)
    for right in (plain, f"./{written}"):
        target = _target(path, Reference("import", "", right, 0, 0))
        if target is not None and "." in target.name and _is_text(right) and surroundings.is_file(target):
            return f"The client does not take {quoted(written)} for a path. Write {quoted('@' + right)}."
    return None


def _is_text(path: str) -> bool:
    ending = os.path.splitext(path)[1]
    return not ending or ending[1:].lower() in _TEXT_ENDINGS


def _is_path(plain: str) -> bool:
    """Whether a text that leads to no file is meant as a path; `@name` and `@scope/package` are not."""
    ending = os.path.splitext(plain)[1]
    return plain.startswith(("./", "../", "~/")) or (bool(ending) and _is_text(plain))


def _imports_of(target: Path, surroundings: Surroundings) -> list[Reference]:
    source = Source(surroundings.read(target))
    block = frontmatter.find_block(source.text)
    found = imports(source.text, source, block.body if block else 0)
    return [reference for reference in found if not reference.key]
