"""Three-way merge by lines. The line ends are the user's."""

from __future__ import annotations

import re
from typing import NamedTuple

from acolytes_cc.install.disk.clashes import Lines
from acolytes_cc.install.merging.line_changes import Change, changes, same_at_start

_LINE = re.compile(r"[^\n]*\n|[^\n]+")


class LineClash(NamedTuple):
    """Both sides changed the same lines, and the merged text has the user's."""

    base: str
    """the lines of the baseline"""
    users: Lines
    """in the user's text"""
    merged: Lines
    """the same lines, in the merged text"""
    ours: Lines
    """in our text"""

    def is_followed_by(self, other: LineClash) -> bool:
        """Whether no line is between the two, on either side: then they are one."""
        return (self.users.end, self.ours.end) == (other.users.start, other.ours.start)

    def with_next(self, other: LineClash) -> LineClash:
        """Both as one."""
        hulls = (mine.with_lines_of(others) for mine, others in zip(self[1:], other[1:], strict=True))
        return LineClash(self.base + other.base, *hulls)


class MergedLines(NamedTuple):
    """The merged text, and where it lacks something of ours."""

    text: str
    clashes: list[LineClash]


class _Group(NamedTuple):
    """Changes that overlap: those of one side alone, or those of both."""

    users: list[Change]
    ours: list[Change]


def line_end(text: str) -> str:
    """The line end that most lines of ``text`` have; LF for a text without any."""
    return "\r\n" if text.count("\r\n") * 2 > text.count("\n") else "\n"


def unix(text: str) -> str:
    """``text`` with LF for every CR LF."""
    return text.replace("\r\n", "\n")


def split_lines(text: str) -> list[str]:
    """The lines of ``text``, each with its line end. Only LF ends a line, as in an editor and in the client."""
    return _LINE.findall(text)


def merge_lines(baseline: str, users: str, ours: str, eol: str) -> MergedLines:
    """Merge by lines; where both sides changed the same lines in different ways, the user's stay.

    Each line of the user's keeps its line end, also in a file that mixes them; a line of ours has ``eol``. The user
    decides whether the last line has a line end; we decide only where that line is ours.
    """
    written = split_lines(_ended(users, eol))
    old, mine, new = (split_lines(_ended(unix(text), "\n")) for text in (baseline, users, ours))
    result: list[str] = []
    clashes: list[LineClash] = []
    at = _Position(0, 0, 0)
    for group in _groups(changes(old, mine), changes(old, new)):
        base = _hull(group)
        same = base.start - at.base
        result += written[at.users : at.users + same]
        users_lines = _after(group.users, base, at.users + same)
        our_lines = _after(group.ours, base, at.ours + same)
        at = _Position(base.end, users_lines.end, our_lines.end)
        if not group.users:
            result += [line[:-1] + eol for line in new[slice(*our_lines)]]
            continue
        if group.ours:
            users_rest, our_rest = _different(mine, new, users_lines, our_lines)
            has_more = our_rest.start < our_rest.end
            if base.start == base.end and has_more and users_rest.start == users_rest.end:
                # both inserted the same, and we something more
                result += written[users_lines.start : users_rest.start]
                result += [line[:-1] + eol for line in new[slice(*our_rest)]]
                users_lines = Lines(users_rest.end, users_lines.end)
            elif has_more or (users_rest.start < users_rest.end and base.start < base.end):
                merged = users_rest.shifted(len(result) - users_lines.start)
                clash = LineClash("".join(old[slice(*base)]), users_rest, merged, our_rest)
                if clashes and clashes[-1].is_followed_by(clash):
                    clash = clashes.pop().with_next(clash)
                clashes.append(clash)
        result += written[slice(*users_lines)]
    result += written[at.users :]
    return MergedLines(_with_last_end(result, written, new, (baseline, users, ours), eol), clashes)


class _Position(NamedTuple):
    """How many lines of each text are dealt with."""

    base: int
    users: int
    ours: int


def _groups(users: list[Change], ours: list[Change]) -> list[_Group]:
    """The changes of both sides in their order; those that overlap are one group."""
    groups: list[_Group] = []
    both = [*((change, True) for change in users), *((change, False) for change in ours)]
    for change, is_users in sorted(both, key=lambda pair: pair[0].old):
        others = (groups[-1].ours if is_users else groups[-1].users) if groups else []
        if not any(change.old.overlaps(other.old) for other in others):
            groups.append(_Group([], []))
        (groups[-1].users if is_users else groups[-1].ours).append(change)
    return groups


def _hull(group: _Group) -> Lines:
    """All lines of the baseline that a group changes."""
    ranges = [change.old for change in (*group.users, *group.ours)]
    return Lines(min(lines.start for lines in ranges), max(lines.end for lines in ranges))


def _after(changed: list[Change], base: Lines, start: int) -> Lines:
    """The range of lines that one side has for ``base``; it begins at ``start``."""
    growth = sum((change.new.end - change.new.start) - (change.old.end - change.old.start) for change in changed)
    return Lines(start, start + base.end - base.start + growth)


def _different(mine: list[str], new: list[str], users: Lines, ours: Lines) -> tuple[Lines, Lines]:
    """Both ranges without the lines that are the same at their start and at their end."""
    users_lines, our_lines = mine[slice(*users)], new[slice(*ours)]
    first = same_at_start(users_lines, our_lines)
    last = same_at_start(users_lines[first:][::-1], our_lines[first:][::-1])
    return Lines(users.start + first, users.end - last), Lines(ours.start + first, ours.end - last)


def _with_last_end(result: list[str], written: list[str], new: list[str], texts: tuple[str, str, str], eol: str) -> str:
    baseline, users, ours = texts
    merged = "".join(result)
    last = [unix(line) for line in result[-1:]]
    we_decide = _is_ended(users) == _is_ended(baseline) and last == new[-1:]
    if _is_ended(ours if we_decide else users):
        return merged
    if result[-1:] == written[-1:] and not _is_ended(users):
        return merged.removesuffix(eol)  # the one that was added above; a CR before it is the user's
    return merged.removesuffix("\n").removesuffix("\r")


def _is_ended(text: str) -> bool:
    return not text or text.endswith("\n")


def _ended(text: str, eol: str) -> str:
    return text if _is_ended(text) else text + eol
