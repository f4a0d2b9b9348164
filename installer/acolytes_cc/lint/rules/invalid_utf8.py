"""The file has bytes that are not UTF-8.

## What it does
Reports the first byte of each line that is not valid UTF-8.

## Why
Clients 2.1.197 and 2.1.330 read definitions as UTF-8. They replace each such byte with U+FFFD, a question mark in a
diamond. This happens in the description and in the prompt, without a message.

## Bad
A file with the word `café` that was saved as Latin-1 or Windows-1252.

## Good
The same file saved as UTF-8.

## How to fix
Convert the file: `iconv -f windows-1252 -t utf-8 old.md > new.md`.

## Source
Tested with both clients on a Latin-1 file and on a file with stray bytes.
"""

from __future__ import annotations

import codecs
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
KINDS: Kinds = ("agent", "plugin-agent", "skill", "settings", "hooks", "plugin", "marketplace", "mcp", "command")
# A line with more invalid bytes is not text.
_MOST_BYTES = 200


def check(definition: Definition, _context: Context) -> Iterator[Problem]:
    source, offsets = definition.source, definition.source.undecodable
    if offsets and source.data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        yield Problem(0, "The file is UTF-16, so the client can read none of it. Save it as UTF-8.")
        return
    next_index = 0
    while next_index < len(offsets):
        line = source.position(offsets[next_index]).line
        first_index = next_index
        next_index = (
            bisect_left(offsets, source.line_starts[line], next_index)
            if line < len(source.line_starts)
            else len(offsets)
        )
        invalid = [
            (offset, source.undecodable_byte(offset))
            for offset in offsets[first_index : min(next_index, first_index + _MOST_BYTES + 1)]
        ]
        edits = tuple(Edit(Span(offset, offset + 1), _windows_1252(byte)) for offset, byte in invalid)
        yield Problem(
            invalid[0][0],
            f"Byte 0x{invalid[0][1]:02x} is not valid UTF-8, so the client reads U+FFFD instead. "
            "Save the file as UTF-8.",
            Fix(edits, safe=False) if len(edits) <= _MOST_BYTES and all(edit.text for edit in edits) else None,
        )


def _windows_1252(byte: int) -> str:
    return bytes([byte]).decode("cp1252", "ignore")
