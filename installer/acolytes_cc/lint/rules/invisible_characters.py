"""The text has invisible characters.

## What it does
Reports marks that change the direction of writing, soft hyphens, zero-width characters, tag characters, terminal
escapes, and U+FFFE and U+FFFF, which are no characters. There is one finding for each line. The rule allows joiners
inside emoji and inside words of scripts that need them.

## Why
Clients 2.1.197 and 2.1.330 pass these characters to the model as they are. So the model reads a text that a reviewer
does not see.

## Bad
A line that hides an instruction in tag characters (such as U+E0041).

## Good
The same line without them.

## How to fix
Remove them. Write an escape sequence if you need one.

## Source
Tested with both clients: the request contained the characters.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import groupby

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.definitions.source import Span
from acolytes_cc.lint.rule import Confidence, Context, Edit, Fix, Kinds, Persona, Problem, Severity

CODE = "ACO307"
NAME = "invisible-characters"
SEVERITY: Severity = "warning"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("agent", "plugin-agent", "skill")

_HIDDEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0"
    "\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f\x08\x1b]"
)
_JOINERS = "\u200c\u200d"
# Flags of regions end with tag characters.
_FLAG = re.compile("\U0001f3f4[\U000e0020-\U000e007f]+")


def check(definition: Definition, _context: Context) -> Iterator[Problem]:
    source = definition.source
    if not (_HIDDEN.search(source.non_ascii) or b"\x1b" in source.data or b"\x08" in source.data):
        return
    for line, offsets in groupby(_hidden(source.text), key=lambda offset: source.position(offset).line):
        offset, *others = offsets
        edits = tuple(Edit(Span(place, place + 1), "") for place in (offset, *others))
        char = source.text[offset]
        name = unicodedata.name(char, "no character" if char > "\x7f" else "a control character").lower()
        more = f", and {len(others)} more in line {line}" if others else ""
        yield Problem(
            offset,
            f"Invisible character U+{ord(char):04X} ({name}){more}. The model reads it, but people do not see it. "
            "Remove it.",
            Fix(edits, safe=False),
        )


def _hidden(text: str) -> Iterator[int]:
    """The offsets of hidden characters, but not of a byte order mark at the start or of joiners in other scripts."""
    flags = {offset for match in _FLAG.finditer(text) for offset in range(*match.span())}
    for match in _HIDDEN.finditer(text):
        offset = match.start()
        joins = match[0] in _JOINERS and text[max(0, offset - 1)] > "\x7f"
        if offset > 0 and not joins and offset not in flags:
            yield offset
