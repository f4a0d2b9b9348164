"""Three-way merge of frontmatter by top-level key, as splices of the user's own text."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from acolytes_cc.install.merging.items import merge_value
from acolytes_cc.install.merging.lines import unix
from acolytes_cc.install.merging.parts import FrontmatterText, KeyBlock, Unmergeable, divide


class MergedFrontmatter(NamedTuple):
    """The merged text, and the keys that both sides changed in different ways: they are as the user has them."""

    yaml: FrontmatterText
    clashing: list[str]


def merge_yaml(old: FrontmatterText, mine: FrontmatterText, new: FrontmatterText) -> MergedFrontmatter:
    """Bring the change from ``old`` to ``new`` into ``mine``; text from ``new`` keeps its line ends."""
    before = {entry.key: entry for entry in old.entries}
    ours = {entry.key: entry for entry in new.entries}
    kept: list[KeyBlock] = []
    clashing: list[str] = []
    orphaned = ""
    for entry in mine.entries:
        was, now = before.get(entry.key), ours.get(entry.key)
        if was and not now and entry.is_written_as(was):
            # we remove the key, but not the comment that the user wrote above it
            orphaned += "" if unix(entry.gap) == unix(was.gap) else entry.gap
        else:
            merged = _merge_entry(was, entry, now)
            if merged is None:
                clashing.append(entry.key)
            kept.append(replace(merged or entry, gap=orphaned + (merged or entry).gap))
            orphaned = ""
    users_keys = {entry.key for entry in mine.entries}
    for previous, entry in zip((None, *new.entries), new.entries, strict=False):
        if entry.key not in before and entry.key not in users_keys:
            kept.insert(_place_after(previous, kept), entry)
    merged_yaml = FrontmatterText(tuple(kept), orphaned + _choose(old.tail, mine.tail, new.tail))
    return MergedFrontmatter(merged_yaml, clashing)


def _merge_entry(was: KeyBlock | None, entry: KeyBlock, now: KeyBlock | None) -> KeyBlock | None:
    """The user's ``entry`` with our change in it; None where the two conflict."""
    if now is None:
        return None if was else entry
    if was is None:
        return entry if now.meaning == entry.meaning else None
    entry = replace(entry, gap=_choose(was.gap, entry.gap, now.gap))
    if entry.is_written_as(was):
        return entry if now.is_written_as(was) else replace(now, gap=entry.gap)
    if now.meaning in (was.meaning, entry.meaning):
        return entry
    if entry.value and now.value and was.value and entry.raw_value == was.raw_value:
        # the user changed only the spacing, or a comment beside the value
        before, after = entry.block[: entry.value.start], entry.block[entry.value.end :]
        if before == was.block[: was.value.start]:
            before = now.block[: now.value.start]
        written = before + now.block[slice(*now.value)] + after
        alone = divide(written, 1)
        if isinstance(alone, Unmergeable):
            # with an alias it has a meaning only in its place, where it is read again in the end
            is_right = isinstance(divide(now.block, 1), Unmergeable)
        else:
            is_right = [meaning for _, meaning in alone.meanings] == [now.meaning]
        if is_right:
            return replace(entry, block=written, meaning=now.meaning)
    merged = merge_value(entry.key, was.block, entry.block, now.block)
    if merged is None or isinstance(read := divide(merged, 1), Unmergeable):
        return None
    return replace(entry, block=merged, meaning=read.entries[0].meaning)


def _place_after(previous: KeyBlock | None, entries: list[KeyBlock]) -> int:
    keys = [entry.key for entry in entries]
    if previous is None:
        return 0
    return keys.index(previous.key) + 1 if previous.key in keys else len(keys)


def _choose(old: str, mine: str, new: str) -> str:
    """Comments and blank lines: ours where the user did not change them, else the user's."""
    return new if unix(mine) == unix(old) != unix(new) else mine
