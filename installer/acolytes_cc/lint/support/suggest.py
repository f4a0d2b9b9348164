"""Finds the name that a misspelt word is close to."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches
from functools import lru_cache

# No name of the client is longer
_MAX_LENGTH = 40
_CUTOFF = 0.8


def closest_name(word: str, names: Iterable[str]) -> str | None:
    """Return the name most like ``word``, without regard to case and punctuation; None if none is close."""
    if len(word) > _MAX_LENGTH:
        return None
    plain = _plain_names(frozenset(names))
    close = get_close_matches(plain_name(word), plain, n=1, cutoff=_CUTOFF)
    return plain[close[0]] if close else None


@lru_cache(maxsize=64)
def _plain_names(names: frozenset[str]) -> dict[str, str]:
    """The names by their plain form."""
    return {plain_name(name): name for name in sorted(names)}


@lru_cache(maxsize=1024)  # the same few keys and tools are in each file
def plain_name(name: str) -> str:
    """Return a name in lower case and without punctuation."""
    return re.sub(r"[\W_]", "", name.lower())
