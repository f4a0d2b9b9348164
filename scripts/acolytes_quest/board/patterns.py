"""Patterns of paths, as `reserve` takes them: whether one covers a path, and whether two can meet in a path.

`**` is any number of folders. Within a name `*` is any text, `?` any character, and `[a-c]` or `[!a-c]` one of some. A
path without these is a pattern, too. Names such as `[id]` exist, so brackets also stand for themselves.
"""

from __future__ import annotations

import functools

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from typing import Optional

    Ranges = tuple[tuple[int, int], ...]  # the characters that may stand at one place, by their numbers
    Spelling = tuple[Optional[Ranges], ...]  # None is `*`
    Part = tuple[Spelling, ...]  # the ways to read what stands between two slashes; none at all is `**`

MOST_CHARACTERS = 500  # of a pattern with wildcards: comparing two takes at most a few milliseconds
_LAST = 0x10FFFF
_ANY: Ranges = ((0, _LAST),)
_DEEP: Part = ()
_WIDEST_FOLDED = 1000


def has_wildcards(text: str) -> bool:
    """Whether a text is more than the name of one path."""
    return any(char in text for char in "*?[")


def can_match(text: str) -> bool:
    """Whether any path matches. A range from a later to an earlier character, as `[z-a]`, matches none."""
    return all(part is _DEEP or () not in part[0] for part in _parts(text, any_case=False, any_form=False))


def covers(pattern: str, path: str, *, any_case: bool, any_form: bool) -> bool:
    """Whether a path matches, or lies below one that does.

    >>> covers("src/*.py", "src/a.py", any_case=False, any_form=False)
    True
    """
    literal = tuple(_literal(name, any_case=any_case) for name in _composed(path, any_form=any_form).split("/"))
    return _meet(_parts(pattern, any_case=any_case, any_form=any_form), literal, below_one=True, below_other=False)


def overlap(one: str, other: str, *, folders: tuple[bool, bool], any_case: bool, any_form: bool) -> bool:
    """Whether a path can match both patterns, or lie below what one matches and match the other.

    `folders` is of which of the two something may lie below what it matches. Two plain paths need no such knowledge.

    >>> overlap("src/**", "*/a.py", folders=(True, False), any_case=False, any_form=False)
    True
    """
    both_plain = not has_wildcards(one) and not has_wildcards(other)
    return _meet(
        _parts(one, any_case=any_case, any_form=any_form),
        _parts(other, any_case=any_case, any_form=any_form),
        below_one=both_plain or folders[0],
        below_other=both_plain or folders[1],
    )


def _meet(one: tuple[Part, ...], other: tuple[Part, ...], *, below_one: bool, below_other: bool) -> bool:
    """Walk through both at once, over every way to let a `**` stand for more or fewer names."""
    seen = set()
    open_ways = [(0, 0)]
    while open_ways:
        way = open_ways.pop()
        if way in seen:
            continue
        seen.add(way)
        i, j = way
        if i == len(one) or j == len(other):
            rest = one[i:] or other[j:]
            if all(part is _DEEP for part in rest) or (below_one if i == len(one) else below_other):
                return True
        elif one[i] is _DEEP or other[j] is _DEEP:
            open_ways += [(i + 1, j), (i, j + 1)]
        elif any(_names_meet(a, b) for a in one[i] for b in other[j]):
            open_ways.append((i + 1, j + 1))
    return False


def _names_meet(one: Spelling, other: Spelling) -> bool:
    """Whether one name matches both."""
    if one == other:
        return () not in one
    ends = {0}  # the places in `other` that can be reached with what was read of `one`
    for token in one:
        ends = _past_stars(other, ends)
        if token is None:
            ends = set(range(min(ends), len(other) + 1)) if ends else ends
        else:
            ends = {end + (other[end] is not None) for end in ends if end < len(other) and _share(token, other[end])}
    return len(other) in _past_stars(other, ends)


def _past_stars(tokens: Spelling, ends: set[int]) -> set[int]:
    reached = set(ends)
    for end in ends:
        place = end
        while place < len(tokens) and tokens[place] is None:
            place += 1
            reached.add(place)
    return reached


def _share(one: Ranges, other: Ranges | None) -> bool:
    if other is None:
        return bool(one)
    return any(max(a, c) <= min(b, d) for a, b in one for c, d in other)


@functools.lru_cache(maxsize=1000)
def _parts(text: str, *, any_case: bool, any_form: bool) -> tuple[Part, ...]:
    return tuple(
        _DEEP if part == "**" else _read(part, any_case=any_case)
        for part in _composed(text, any_form=any_form).split("/")
    )


def _read(part: str, *, any_case: bool) -> Part:
    spellings = [_spelling(part, any_case=any_case, classes=True)]
    if "[" in part:
        spellings.append(_spelling(part, any_case=any_case, classes=False))
    return tuple(spellings)


def _spelling(part: str, *, any_case: bool, classes: bool) -> Spelling:
    tokens: list[Ranges | None] = []
    place = 0
    while place < len(part):
        char = part[place]
        end = part.find("]", place + 2 + (part[place + 1 : place + 2] in {"!", "^"})) if char == "[" else -1
        if char == "*":
            tokens += [None] if tokens[-1:] != [None] else []
        elif char == "?":
            tokens.append(_ANY)
        elif classes and end > 0:
            tokens.append(_class(part[place + 1 : end], any_case=any_case))
            place = end
        else:
            tokens.append(_one(char, any_case=any_case))
        place += 1
    return tuple(tokens)


def _class(inner: str, *, any_case: bool) -> Ranges:
    """Return the characters of `[...]`. With `any_case` it may be more of them, never fewer."""
    negated = inner[0] in "!^"
    ranges = []
    place = int(negated)
    while place < len(inner):
        last = place + 2 if inner[place + 1 : place + 2] == "-" and place + 2 < len(inner) else place
        if inner[place] <= inner[last]:
            ranges.append((ord(inner[place]), ord(inner[last])))
        place = last + 1
    if any_case:
        if negated or any(high - low > _WIDEST_FOLDED for low, high in ranges):
            return _ANY
        return tuple(_one(chr(code), any_case=True)[0] for low, high in ranges for code in range(low, high + 1))
    return _complement(sorted(ranges)) if negated else tuple(ranges)


def _complement(ranges: list[tuple[int, int]]) -> Ranges:
    result = []
    start = 0
    for low, high in ranges:
        if start < low:
            result.append((start, low - 1))
        start = max(start, high + 1)
    return (*result, (start, _LAST)) if start <= _LAST else tuple(result)


def _literal(name: str, *, any_case: bool) -> Part:
    return (tuple(_one(char, any_case=any_case) for char in name),)


def _one(char: str, *, any_case: bool) -> Ranges:
    """Return one character. File systems that ignore the case compare character by character."""
    if any_case:
        upper = char.upper()
        lower = upper.lower() if len(upper) == 1 else char
        char = lower if len(lower) == 1 else char
    return ((ord(char), ord(char)),)


def _composed(text: str, *, any_form: bool) -> str:
    if any_form and not text.isascii():
        import unicodedata

        return unicodedata.normalize("NFC", text)
    return text
