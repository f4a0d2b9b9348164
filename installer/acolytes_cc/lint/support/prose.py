"""Whether a sentence in a body requires something, or denies it, quotes it, or makes it optional."""

from __future__ import annotations

import re

REACH = 240
"""How far a sentence is followed: a body may be one line of a megabyte."""

# It begins with a set of signs, so that they are jumped to.
_SENTENCE_END = re.compile(r"[.!?;\n](?:(?<!\n)\s|(?<=\n)\s*\n|(?<=\n)\s*(?:[-*+]|\d+[.)])\s)")
_DENIAL = re.compile(
    r"\b(?:never|not|cannot|without|avoid|instead of|rather than|unless|lacks?|lacking|disable[sd]?|except|no)\b"
    r"|n['’]t\b",
    re.IGNORECASE,
)
# What a denial holds: looked for first, for the expression takes five times as long.
_DENYING = (
    "no",
    "never",
    "without",
    "avoid",
    "instead of",
    "rather than",
    "unless",
    "lack",
    "disable",
    "except",
    "n't",
    "n’t",
)
_DENIED_AFTER = re.compile(
    r"[`*_\s]*(?:tools?\s+)?(?:is|are|was|were|will|can)(?:n['’]t|\s+not|not|\s+never)\b", re.IGNORECASE
)
_OPTIONAL = re.compile(
    r"\b(?:if|when|where|whenever) (?:it is |they are |you have |one is )?(?:available|granted|configured|present)\b"
    r"|\boptional(?:ly)?\b",
    re.IGNORECASE,
)
_PRESENT = ("available", "granted", "configured", "present", "optional")  # looked for first, for the same reason
_QUOTED = re.compile(r'"[^"\n]*"|“[^”\n]*”')


def is_demanded(text: str, start: int, end: int) -> bool:
    """Whether ``text[start:end]`` is asked for: not denied, not quoted, not only when available."""
    before, after = _before(text, start), _after(text, end)
    if _denies(before, after) or is_quoted(text, start):
        return False
    around = f"{before} … {after}"
    return not (any(map(around.lower().__contains__, _PRESENT)) and _OPTIONAL.search(around))


def is_denied(text: str, start: int, end: int) -> bool:
    """Whether the sentence says not to use ``text[start:end]``, or that it is not there."""
    return _denies(_before(text, start), _after(text, end))


def _denies(before: str, after: str) -> bool:
    small = before.lower()
    return bool(any(map(small.__contains__, _DENYING)) and _DENIAL.search(before)) or bool(_DENIED_AFTER.match(after))


def is_quoted(text: str, offset: int) -> bool:
    """Whether ``offset`` lies between double quotes on its line."""
    before = text[max(0, offset - REACH) : offset].rpartition("\n")[2]
    if '"' not in before and "“" not in before:
        return False
    after = text[offset : offset + REACH].partition("\n")[0]
    return any(match.start() < len(before) < match.end() for match in _QUOTED.finditer(before + after))


def _before(text: str, start: int) -> str:
    return _SENTENCE_END.split(text[max(0, start - REACH) : start])[-1]


def _after(text: str, end: int) -> str:
    found = _SENTENCE_END.search(text, end, end + REACH)
    return text[end : found.start() if found else end + REACH]
