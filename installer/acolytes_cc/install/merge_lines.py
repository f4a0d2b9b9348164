"""Three-way merge by lines, with git's own algorithm; line ends are the user's."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections.abc import Iterator
from difflib import SequenceMatcher
from pathlib import Path
from typing import NamedTuple

from acolytes_cc.errors import Exit, UserError

_LINE = re.compile(r"[^\n]*\n|[^\n]+")


class LineSpan(NamedTuple):
    """A range of lines, counted from 1."""

    first: int
    last: int


class _EditedRange(NamedTuple):
    """A change between two lists of lines, as half-open ranges counted from 0."""

    old_start: int
    old_end: int
    new_start: int
    new_end: int


class LineConflictError(Exception):
    """Both sides changed the same lines: ``spans`` are ranges of lines in the user's text."""

    def __init__(self, spans: list[LineSpan]) -> None:
        super().__init__(spans)
        self.spans = spans

    def reason(self, lines_before: int) -> str:
        """A sentence for the user, for a text that starts after ``lines_before`` lines of the file."""
        places = ", ".join(
            str(first + lines_before) if first == last else f"{first + lines_before}-{last + lines_before}"
            for first, last in self.spans
        )
        return f"you and the new version changed the same lines ({places})"


def line_end(text: str) -> str:
    """The line end that most lines of ``text`` have; LF for a text without any."""
    return "\r\n" if text.count("\r\n") * 2 > text.count("\n") else "\n"


def unix(text: str) -> str:
    """``text`` with LF for every CR LF."""
    return text.replace("\r\n", "\n")


def merge_lines(baseline: str, users: str, ours: str, eol: str) -> str:
    """Merge by lines.

    Each line of the user's keeps its line end, also in a file that mixes them; a line of ours has ``eol``. The user
    decides whether the last line has a line end; we decide only where that line is ours.

    Raises:
        LineConflictError: Both sides changed the same lines, or lines next to each other.
        UserError: git is missing.
    """
    old, mine, new = (_LINE.findall(_ended(text, eol)) for text in (baseline, users, ours))
    # A line that one side left alone has the same bytes on all sides, or git would take its line end for a change.
    old = _with_line_ends_of(mine, old, eol)
    new = _with_line_ends_of(old, new, eol)
    merged = _merge(old, mine, new)
    last = _LINE.findall(merged)[-1:]
    we_decide = _is_ended(users) == _is_ended(baseline) and last == new[-1:]
    if _is_ended(ours if we_decide else users):
        return merged
    if last == mine[-1:] and not _is_ended(users):
        return merged.removesuffix(eol)  # the one added above; a CR before it is the user's
    return merged.removesuffix("\n").removesuffix("\r")


def _is_ended(text: str) -> bool:
    return not text or text.endswith("\n")


def _ended(text: str, eol: str) -> str:
    return text if _is_ended(text) else text + eol


def _with_line_ends_of(model: list[str], lines: list[str], eol: str) -> list[str]:
    """``lines`` with the line ends of the same lines in ``model``; a line that ``model`` lacks gets ``eol``."""
    bare = [unix(line) for line in lines]
    result = [line[:-1] + eol for line in bare]
    bare_model = [unix(line) for line in model]
    if model != [line[:-1] + eol for line in bare_model]:
        for match in SequenceMatcher(None, bare_model, bare, autojunk=False).get_matching_blocks():
            result[match.b : match.b + match.size] = model[match.a : match.a + match.size]
    return result


def _merge(old: list[str], mine: list[str], new: list[str]) -> str:
    if mine == old:
        return "".join(new)
    if new in (old, mine):
        return "".join(mine)
    merged = _git_merge("".join(old), "".join(mine), "".join(new))
    if merged is None:
        raise LineConflictError(list(_overlaps(old, mine, new)) or [LineSpan(1, max(1, len(mine)))])
    return merged


def _git_merge(old: str, mine: str, new: str) -> str | None:
    """The output of ``git merge-file``, None for a conflict. It reads no git configuration."""
    with tempfile.TemporaryDirectory(prefix="acolytes-merge-") as folder:
        for name, text in (("mine", mine), ("old", old), ("new", new)):
            Path(folder, name).write_bytes(text.encode())
        env = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        env |= {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CEILING_DIRECTORIES": folder}
        try:
            done = subprocess.run(
                ["git", "merge-file", "-p", "-q", "mine", "old", "new"],
                cwd=folder,
                env=env,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=False,
            )
        except FileNotFoundError:
            raise UserError(
                "git is not installed, and edited files are merged with it: install git", Exit.CANNOT
            ) from None
    # up to 127 the exit code is the number of conflicts; above, it is an error
    if done.returncode > 127:
        raise UserError(f"git merge-file failed: {done.stderr.decode(errors='replace').strip()}", Exit.CANNOT)
    return None if done.returncode else done.stdout.decode()


def _overlaps(old: list[str], mine: list[str], new: list[str]) -> Iterator[LineSpan]:
    """The user's changes that touch one of ours; approximate, for people."""
    ours = _changes(old, new)
    for change in _changes(old, mine):
        if any(change.old_start <= other.old_end and other.old_start <= change.old_end for other in ours):
            # deleted lines have no position any more: name the next line, or the last
            line = min(change.new_start + 1, max(1, len(mine)))
            yield LineSpan(line, max(line, change.new_end))


def _changes(old: list[str], new: list[str]) -> list[_EditedRange]:
    codes = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return [_EditedRange(*ranges) for kind, *ranges in codes if kind != "equal"]
