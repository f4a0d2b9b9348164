"""How a body says something: denied, quoted or optional words demand nothing."""

from __future__ import annotations

import re

REACH = 240
"""How far a sentence is followed: a body may be one line of a megabyte."""

_SENTENCE_END = re.compile(r"[.!?;]\s|\n\s*\n|\n\s*(?:[-*+]|\d+[.)])\s")
_DENIAL = re.compile(
    r"\b(?:never|not|cannot|without|avoid|instead of|rather than|unless|lacks?|lacking|except|no)\b|n['’]t\b",
    re.IGNORECASE,
)
_DENIED_AFTER = re.compile(
    r"[`*_\s]*(?:tools?\s+)?(?:is|are|was|were|will|can)(?:n['’]t|\s+not|not|\s+never)\b", re.IGNORECASE
)
_OPTIONAL = re.compile(
    r"\b(?:if|when|where|whenever) (?:it is |they are |you have |one is )?(?:available|granted|configured|present)\b",
    re.IGNORECASE,
)
_QUOTED = re.compile(r'"[^"\n]*"|“[^”\n]*”')


def is_demanded(text: str, start: int, end: int) -> bool:
    """Whether ``text[start:end]`` is asked for: not denied, not quoted, not only when available."""
    if is_denied(text, start, end) or is_quoted(text, start):
        return False
    return not _OPTIONAL.search(f"{_before(text, start)} … {_after(text, end)}")


def is_denied(text: str, start: int, end: int) -> bool:
    """Whether the sentence says not to use ``text[start:end]``, or that it is not there."""
    return bool(_DENIAL.search(_before(text, start)) or _DENIED_AFTER.match(_after(text, end)))


def is_quoted(text: str, offset: int) -> bool:
    """Whether ``offset`` lies between double quotes on its line."""
    before = text[max(0, offset - REACH) : offset].rpartition("\n")[2]
    after = text[offset : offset + REACH].partition("\n")[0]
    return any(found.start() < len(before) < found.end() for found in _QUOTED.finditer(before + after))


def _before(text: str, start: int) -> str:
    return _SENTENCE_END.split(text[max(0, start - REACH) : start])[-1]


def _after(text: str, end: int) -> str:
    return _SENTENCE_END.split(text[end : end + REACH])[0]
