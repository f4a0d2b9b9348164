"""The text holds mojibake: UTF-8 that was read as Windows-1252.

## What it does
Reports each run of characters that is UTF-8 once encoded as Windows-1252, such as `â†’` for an arrow.

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
Put in what the message says, and save the file as UTF-8. Runs that a typographer may have meant (`É”` in capitals,
`é »` in French) are not reported.

## Source
5 of 1,874 published definitions have such text; in a labelled sample none of it was meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.definitions.source import Span
from acolytes_cc.lint.printable import shown
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
        # Five bytes are undefined there; browsers and editors read them as Latin-1.
        return chr(byte)


_BYTES = {_as_windows_1252(byte): byte for byte in range(0x80, 0x100)}
_NEXT = "[" + re.escape("".join(_as_windows_1252(byte) for byte in range(0x80, 0xC0))) + "]"
_RUN = re.compile(f"(?:[\xc2-\xdf]{_NEXT}|[\xe0-\xef]{_NEXT}{{2}}|[\xf0-\xf4]{_NEXT}{{3}})+")
# How a run begins: this alone is quickly looked for
_LEAD = re.compile("[\xc2-\xf4]")
# Closing quotes, dashes and no-break spaces after a capital letter: `MAÇÃ”` is no broken letter
_TYPOGRAPHY = frozenset("‘’“”–—…›»\xa0")
# One broken character of these is proof enough: Latin-1 letters and signs, punctuation, arrows, symbols, emoji;
# not Braille, which is `â »` in French typography
_LIKELY = re.compile("[\xa0-\xff\u2000-\u27ff\u2900-\u2bff\ufe0f\ufeff\ufffd\U0001f000-\U0001faff]")


def check(definition: Definition, _context: Context) -> Iterator[Problem]:
    if not _LEAD.search(definition.source.beyond_ascii):
        return
    for found in _runs(definition.text):
        meant = _decoded(found[0])
        if meant is not None and not _is_typography(definition.text, found):
            fix = Fix((Edit(Span(*found.span()), meant),))
            yield Problem(found.start(), f"{shown(found[0])} is UTF-8 read as Windows-1252; it was {shown(meant)}", fix)


def _runs(text: str) -> Iterator[re.Match[str]]:
    read = 0
    for lead in _LEAD.finditer(text):
        if lead.start() >= read and (found := _RUN.match(text, lead.start())):
            read = found.end()
            yield found


def _decoded(run: str) -> str | None:
    # The way back itself, for what is reported is to be mended. Measured: of 4,101 signs of the common blocks, damaged
    # this way, it restores 3,973, and all of 4,094 pairs of them; ftfy 6.3.1, which weighs what may have been meant,
    # 3,332 and 3,825. On the published definitions both do the same.
    try:
        meant = bytes(_BYTES[char] for char in run).decode("utf-8")
    except UnicodeDecodeError:
        return None
    return meant if len(meant) > 1 or _LIKELY.match(meant) else None


def _is_typography(text: str, found: re.Match[str]) -> bool:
    after_capital = found.start() > 0 and text[found.start() - 1].isupper()
    return after_capital and len(found[0]) == 2 and found[0][1] in _TYPOGRAPHY
