"""The patterns in `paths` of a rule or a skill, split as client 2.1.332 splits them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from acolytes_cc.definitions.values import Value

_CODE_ENDING = re.compile(
    r"\.(?:c|cc|cpp|cs|css|go|h|html|java|js|json|jsx|kt|md|php|py|rb|rs|scss|sh|sql|svelte|swift|ts|tsx|vue|ya?ml)"
)
_ABSOLUTE = re.compile(r"/(?:home|Users|Volumes|root|srv|tmp|var|opt|mnt|workspaces?)/|[A-Za-z]:[\\/]")
_SEPARATED = re.compile(r"[*/][^\s;]*(?:\s+|\s*;\s*)[^\s;]*[*/]")


class Pattern(NamedTuple):
    """One pattern of `paths`, and where it is in the file."""

    text: str
    offset: int


def patterns(value: Value, text: str) -> list[Pattern]:
    """The patterns that the client reads from a value; none when it reads none, so that the rule always counts."""
    kept = [one for one in _patterns(value, text) if one.text != "/**"]
    return [] if all(one.text in ("**", "**/**") for one in kept) else kept


def _patterns(value: Value, text: str) -> Iterator[Pattern]:
    for item in value.items:
        yield from _patterns(item, text)
    if isinstance(value.data, str):
        for part in _split(value.data):
            offset = text.find(part, value.span.start, value.span.end)
            yield Pattern(part, offset if offset >= 0 else value.span.start)


def _split(text: str) -> Iterator[str]:
    """The parts between the commas that are in no braces."""
    depth, start = 0, 0
    for at, letter in enumerate(f"{text},"):
        depth += (letter == "{") - (letter == "}")
        if letter == "," and (depth == 0 or at == len(text)):
            if part := text[start:at].strip():
                yield part
            start = at + 1


def why_nothing_matches(pattern: str) -> str | None:
    """What to do about a pattern that no file of a project can match; None when one can.

    >>> why_nothing_matches("./src/*.ts")
    'Remove `./`.'
    >>> why_nothing_matches("src/*.{ts,tsx}")
    """
    bare = pattern.removeprefix("!")
    if bare.startswith("./"):
        return "Remove `./`."
    if bare.startswith(("../", "~")) or _ABSOLUTE.match(bare):
        return "Write it relative to the project."
    if bare[:1] in ("'", '"'):
        return "Remove the inner quotes."
    if "\\" in bare:
        return "Write `/` for each backslash."
    if _SEPARATED.search(bare):
        return "Separate patterns by commas, or write a YAML list."
    if bare.count("{") != bare.count("}") or bare.count("[") != bare.count("]"):
        return "A bracket is missing."
    if "|" in bare or re.search(r"[@+?!]\([^)]*\)", bare):
        return "Write `{a,b}` for alternatives."
    if _CODE_ENDING.fullmatch(bare):
        return f"Write `*{bare}`."
    return "A `#` makes it a comment. Remove it." if bare.startswith("#") else None
