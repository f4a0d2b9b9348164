"""The clashes of a file from its last update on: where they are after later edits and versions, and which are settled.

A clash is open until the user settles it with ``acolytes resolve``, or by hand with the new version's text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from acolytes_cc.definitions.source import Source
from acolytes_cc.install.disk.clashes import FRONTMATTER, Clash, part_hash
from acolytes_cc.install.disk.manifest import Manifest
from acolytes_cc.install.disk.places import BASELINE, CONFLICTS, Places
from acolytes_cc.install.merging.line_changes import changes, moved
from acolytes_cc.install.merging.lines import split_lines, unix
from acolytes_cc.install.merging.parts import DefinitionParts, Unmergeable, read_parts


class Version:
    """One version of a file that has clashes, as text with LF line ends."""

    def __init__(self, content: bytes) -> None:
        self.text = unix(Source(content).text)
        self.lines = split_lines(self.text)
        read = read_parts(self.text)
        self.parts = None if isinstance(read, Unmergeable) or isinstance(read.keys, Unmergeable) else read


def open_clashes(places: Places, manifest: Manifest) -> dict[str, tuple[Clash, ...]]:
    """The open clashes of each file that has some, with their lines in the file as it is now."""
    found = {}
    for path, clashes in manifest.clashes.items():
        if users := read(places.target / path):
            found[path] = located(places, path, clashes, users)
    return {path: clashes for path, clashes in found.items() if clashes}


def located(places: Places, path: str, clashes: Sequence[Clash], users: bytes) -> tuple[Clash, ...]:
    """Those of the clashes that are open, with their lines in ``users``, the file as it is now."""
    left, theirs = (read(places.state / part / path) for part in (CONFLICTS, BASELINE))
    if left is None or theirs is None:  # somebody removed our copies: nobody can tell any more what clashed
        return ()
    return relocated(clashes, left, users, theirs)


def relocated(clashes: Sequence[Clash], left: bytes, users: bytes, theirs: bytes) -> tuple[Clash, ...]:
    """Those of the clashes of ``left`` that are open after the edits that lead to ``users``, with their lines there."""
    return tuple(_located(clashes, Version(left), Version(users), Version(theirs)))


def carried(
    clashes: Sequence[Clash], new: Sequence[Clash], users: bytes, merged: bytes, baseline: bytes, ours: bytes
) -> tuple[Clash, ...]:
    """The open clashes of ``users`` after a merge that made ``merged`` of it, together with the new ones.

    A clash that the new version changed again is the same clash, with the newest text of ours.
    """
    keys = {clash.key for clash in (*clashes, *new)}
    if FRONTMATTER in keys:  # one clash for all keys has those of single keys in it
        clashes, new = ([clash for clash in each if clash.key in ("", FRONTMATTER)] for each in (clashes, new))
    result = list(new)
    before, after, old, now = Version(users), Version(merged), Version(baseline), Version(ours)
    on_our_side = changes(old.lines, now.lines)
    on_users_side = changes(before.lines, after.lines)
    still_different = changes(after.lines, now.lines)
    for clash in clashes:
        lines, their_lines = moved(clash.lines, on_users_side), moved(clash.their_lines, on_our_side)
        if any(change.old.overlaps(clash.their_lines) for change in on_our_side):
            # what the new version has in its place now: the rest of what changed there may have arrived
            their_lines = moved(lines, still_different)
        same = [
            other
            for other in result
            if (other.key == clash.key if clash.key or other.key else lines.overlaps(other.lines))
        ]
        for other in same:
            is_inside = other.lines.with_lines_of(lines) == other.lines
            lines = lines.with_lines_of(other.lines)
            their_lines = other.their_lines if is_inside else their_lines.with_lines_of(other.their_lines)
            result.remove(other)
        result.append(clash._replace(lines=lines, their_lines=their_lines))
    result.sort(key=lambda clash: clash.lines)
    return tuple(_located(result, after, after, now))


def read(path: Path) -> bytes | None:
    """The bytes of a file; None where there is none."""
    try:
        return path.read_bytes()
    except OSError:
        return None


def _located(clashes: Sequence[Clash], left: Version, users: Version, theirs: Version) -> Iterator[Clash]:
    edits = changes(left.lines, users.lines)
    for clash in clashes:
        if clash.key and users.parts and theirs.parts:
            found = _key(clash, users.parts, theirs.parts)
        else:
            found = _lines(clash._replace(lines=moved(clash.lines, edits)), users, theirs)
        if found:
            yield found


def _key(clash: Clash, users: DefinitionParts, theirs: DefinitionParts) -> Clash | None:
    """None where the user deleted the key, or gave it our value."""
    mine, new = users.key_meaning(clash.key), theirs.key_meaning(clash.key)
    if mine is None or mine == new:
        return None
    lines, their_lines = users.key_lines(clash.key), theirs.key_lines(clash.key)
    return clash._replace(theirs=part_hash(theirs.key_text(clash.key)), lines=lines, their_lines=their_lines)


def _lines(clash: Clash, users: Version, theirs: Version) -> Clash | None:
    """None where the user's lines are ours by now."""
    mine, new = users.lines[slice(*clash.lines)], theirs.lines[slice(*clash.their_lines)]
    return None if mine == new else clash._replace(theirs=part_hash("".join(new)))
