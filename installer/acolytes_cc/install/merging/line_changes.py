"""The changes between two texts, as ranges of lines, and where a range of lines is after them.

Blank lines alone do not show which text is which, so they are no anchors. A rewritten passage is divided again:
by lines that have most words in common, then by paragraphs where both sides have as many. A smaller change meets fewer
others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import groupby
from typing import NamedTuple

from acolytes_cc.install.disk.clashes import Lines

# the share of words that two lines have in common when one is taken for the other's new text
_SIMILAR = 0.5
# more pairs of lines than this are not compared
_MOST_PAIRS = 2_500


class Change(NamedTuple):
    """The lines ``old`` of one text are the lines ``new`` of the other."""

    old: Lines
    new: Lines


def changes(old: Sequence[str], new: Sequence[str]) -> list[Change]:
    """The changes that lead from ``old`` to ``new``, in order; none overlaps with another."""
    first = same_at_start(old, new)
    last = same_at_start(old[first:][::-1], new[first:][::-1])
    old_middle, new_middle = old[first : len(old) - last], new[first : len(new) - last]
    matcher = SequenceMatcher(_is_blank, old_middle, new_middle, autojunk=False)
    found: list[Change] = []
    for kind, old_start, old_end, new_start, new_end in matcher.get_opcodes():
        if kind != "equal":
            whole = Change(Lines(old_start, old_end), Lines(new_start, new_end))
            found += _divided(old_middle, new_middle, whole)
    return [Change(change.old.shifted(first), change.new.shifted(first)) for change in found]


def moved(lines: Lines, by: Sequence[Change]) -> Lines:
    """Where a range of the old text is in the new one. What replaced a part of it belongs to it."""
    shift = sum(_growth(change) for change in by if change.old.end <= lines.start and not change.old.overlaps(lines))
    inside = [change for change in by if change.old.overlaps(lines)]
    start = lines.start + shift
    result = Lines(start, start + lines.end - lines.start + sum(_growth(change) for change in inside))
    for change in inside:
        result = result.with_lines_of(change.new)
    return result


def _growth(change: Change) -> int:
    return change.new.size - change.old.size


def _is_blank(line: str) -> bool:
    return not line.strip()


def same_at_start(old: Sequence[str], new: Sequence[str]) -> int:
    """How many lines both texts have in common at their start."""
    count = 0
    for one, other in zip(old, new, strict=False):
        if one != other:
            break
        count += 1
    return count


def _divided(old: Sequence[str], new: Sequence[str], change: Change) -> Iterator[Change]:
    """The change as changes of single lines and paragraphs, as far as each has a counterpart."""
    befores, afters = old[slice(*change.old)], new[slice(*change.new)]
    first = same_at_start(befores, afters)
    last = same_at_start(befores[first:][::-1], afters[first:][::-1])
    change = Change(
        Lines(change.old.start + first, change.old.end - last), Lines(change.new.start + first, change.new.end - last)
    )
    if not (change.old.size and change.new.size):
        if change.old.size or change.new.size:
            yield change
        return
    pair = _most_similar(old, new, change)
    if pair:
        one, other = pair
        yield from _divided(old, new, Change(Lines(change.old.start, one), Lines(change.new.start, other)))
        if old[one] != new[other]:
            yield Change(Lines(one, one + 1), Lines(other, other + 1))
        yield from _divided(old, new, Change(Lines(one + 1, change.old.end), Lines(other + 1, change.new.end)))
        return
    olds, news = _runs(old, change.old), _runs(new, change.new)
    if [is_blank for is_blank, _ in olds] != [is_blank for is_blank, _ in news]:
        olds, news = [(False, change.old)], [(False, change.new)]
    for (_, before), (_, after) in zip(olds, news, strict=True):
        if old[slice(*before)] != new[slice(*after)]:
            yield Change(before, after)


def _most_similar(old: Sequence[str], new: Sequence[str], change: Change) -> tuple[int, int] | None:
    """The line of the old text and the line of the new one that have most words in common, if they have enough."""
    if change.old.size * change.new.size > _MOST_PAIRS:
        return None
    offset = change.old.start - change.new.start
    old_words = {number: Counter(old[number].lower().split()) for number in range(*change.old)}
    new_words = {number: Counter(new[number].lower().split()) for number in range(*change.new)}
    pairs = (
        # of pairs with as many, the one whose lines are about as far down
        (2 * (words & others).total() / (words.total() + others.total()), -abs(one - other - offset), (one, other))
        for one, words in old_words.items()
        for other, others in new_words.items()
        if words and others
    )
    share, _, pair = max(pairs, default=(0, 0, None))
    return pair if share >= _SIMILAR else None


def _runs(text: Sequence[str], lines: Lines) -> list[tuple[bool, Lines]]:
    """The paragraphs in a range, and the blank lines between them."""
    return [
        (is_blank, Lines(numbers[0], numbers[-1] + 1))
        for is_blank, group in groupby(range(*lines), lambda number: _is_blank(text[number]))
        if (numbers := list(group))
    ]
