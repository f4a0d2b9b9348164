"""The text has characters of a wrong encoding.

## What it does
Reports characters such as `â†’` for an arrow. They appear when a program reads UTF-8 text as Windows-1252 (mojibake).

## Why
Clients 2.1.197 and 2.1.330 pass the characters on as they are, so the model reads noise.

## Bad
```markdown
Read â†’ think â†’ answer
```

## Good
```markdown
Read → think → answer
```

## How to fix
Write the characters in the message, and save the file as UTF-8. The rule allows sequences that can be correct
typography, such as `É”` in capitals and `é »` in French.

## Source
5 of 1,874 published definitions have such text. In a labelled sample, none of it was correct.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.definitions.source import Span
from acolytes_cc.lint.printable import quoted
from acolytes_cc.lint.rule import Confidence, Context, Edit, Fix, Kinds, Persona, Problem, Severity

CODE = "ACO301"
NAME = "mojibake"
SEVERITY: Severity = "error"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("agent", "plugin-agent", "skill")


def _as_windows_1252(byte: int) -> str:
    try:
        return bytes([byte]).decode("cp1252")
    except UnicodeDecodeError:
        # Five bytes are undefined there; browsers and editors next_offset them as Latin-1.
        return chr(byte)


_BYTES = {_as_windows_1252(byte): byte for byte in range(0x80, 0x100)}
_NEXT = "[" + re.escape("".join(_as_windows_1252(byte) for byte in range(0x80, 0xC0))) + "]"
_RUN = re.compile(f"(?:[\xc2-\xdf]{_NEXT}|[\xe0-\xef]{_NEXT}{{2}}|[\xf0-\xf4]{_NEXT}{{3}})+")
# The first character of each run: a search for it alone is fast
_LEAD = re.compile("[\xc2-\xf4]")
# Closing quotes, dashes and no-break spaces after a capital letter: `MAÇÃ”` is no broken letter
_TYPOGRAPHY = frozenset("‘’“”–—…›»\xa0")
# A single broken character of these kinds is enough to report: Latin-1 letters and signs, punctuation, arrows,
# symbols, emoji. Not Braille: its broken form is `â »`, which is correct French typography.
_PLAUSIBLE = re.compile("[\xa0-\xff\u2000-\u27ff\u2900-\u2bff\ufe0f\ufeff\ufffd\U0001f000-\U0001faff]")


def check(definition: Definition, _context: Context) -> Iterator[Problem]:
    if not _LEAD.search(definition.source.non_ascii):
        return
    for match in _runs(definition.text):
        original = _decoded(match[0])
        if original is not None and not _is_typography(definition.text, match):
            fix = Fix((Edit(Span(*match.span()), original),))
            broken, correct = quoted(match[0]), quoted(original)
            message = f"Wrong encoding: {broken} should be {correct}. Write {correct}, and save the file as UTF-8."
            yield Problem(match.start(), message, fix)


def _runs(text: str) -> Iterator[re.Match[str]]:
    next_offset = 0
    for lead in _LEAD.finditer(text):
        if lead.start() >= next_offset and (match := _RUN.match(text, lead.start())):
            next_offset = match.end()
            yield match


def _decoded(run: str) -> str | None:
    # Reverse the damage exactly, because the fix writes the result. Measured on damaged characters of the common
    # blocks: this restores 3,973 of 4,101 characters and all of 4,094 pairs; ftfy 6.3.1 restores 3,332 and 3,825.
    # On the published definitions both give the same result.
    try:
        original = bytes(_BYTES[char] for char in run).decode("utf-8")
    except UnicodeDecodeError:
        return None
    return original if len(original) > 1 or _PLAUSIBLE.match(original) else None


def _is_typography(text: str, match: re.Match[str]) -> bool:
    after_capital = match.start() > 0 and text[match.start() - 1].isupper()
    return after_capital and len(match[0]) == 2 and match[0][1] in _TYPOGRAPHY
