"""The file holds bytes that are not UTF-8.

## What it does
Reports the first undecodable byte of each line.

## Why
Clients 2.1.197 and 2.1.330 read definitions as UTF-8 and put U+FFFD (a question mark in a diamond) in the place of
each such byte, in the description as well as in the prompt, without a word.

## Bad
A file saved as Latin-1 or Windows-1252 that says `café`.

## Good
The same file saved as UTF-8.

## How to fix
Convert it: `iconv -f windows-1252 -t utf-8 old.md > new.md`.

## Source
Both clients run on a Latin-1 file and on one with stray bytes.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.definitions.source import Span
from acolytes_cc.lint.rule import Confidence, Context, Edit, Fix, Kinds, Persona, Problem, Severity

CODE = "ACO002"
NAME = "invalid-utf8"
SEVERITY: Severity = "error"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("agent", "plugin-agent", "skill", "settings", "hooks", "plugin", "marketplace", "mcp")
# A line with more of them is no text.
_MOST = 200


def check(definition: Definition, _context: Context) -> Iterator[Problem]:
    source, offsets = definition.source, definition.source.undecodable
    read = 0
    while read < len(offsets):
        line = source.position(offsets[read]).line
        start = read
        read = bisect_left(offsets, source.line_starts[line], read) if line < len(source.line_starts) else len(offsets)
        found = [(offset, source.undecodable_byte(offset)) for offset in offsets[start : min(read, start + _MOST + 1)]]
        edits = tuple(Edit(Span(at, at + 1), _windows_1252(byte)) for at, byte in found)
        yield Problem(
            found[0][0],
            f"byte 0x{found[0][1]:02x} is not UTF-8; the client reads U+FFFD here: save the file as UTF-8",
            Fix(edits, safe=False) if len(edits) <= _MOST and all(edit.text for edit in edits) else None,
        )


def _windows_1252(byte: int) -> str:
    return bytes([byte]).decode("cp1252", "ignore")
