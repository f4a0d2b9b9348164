"""Finds what a misspelt word was meant to be."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches

# No name of the client is longer; a similar one is not looked for.
_LONGEST = 40
_CUTOFF = 0.8


def closest_name(word: str, known: Iterable[str]) -> str | None:
    """The one of ``known`` that ``word`` is most like, whatever its case, hyphens and underscores; None when none."""
    if len(word) > _LONGEST:
        return None
    plain = {plain_name(name): name for name in sorted(known)}
    close = get_close_matches(plain_name(word), plain, n=1, cutoff=_CUTOFF)
    return plain[close[0]] if close else None


def plain_name(name: str) -> str:
    """A name without case and without signs."""
    return re.sub(r"[\W_]", "", name.lower())
