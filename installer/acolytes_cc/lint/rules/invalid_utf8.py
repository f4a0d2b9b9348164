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

from collections.abc import Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.lint.rule import Confidence, Context, Persona, Problem, Severity

CODE = "ACO002"
NAME = "invalid-utf8"
SEVERITY: Severity = "error"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"


def check(definition: Definition, _context: Context) -> Iterator[Problem]:
    line = 0
    for offset in definition.source.undecodable:
        found = definition.source.position(offset).line
        if found != line:
            line = found
            byte = definition.source.data[definition.source.byte_offset(offset)]
            yield Problem(
                offset, f"byte 0x{byte:02x} is not UTF-8; the client reads U+FFFD here: save the file as UTF-8"
            )
