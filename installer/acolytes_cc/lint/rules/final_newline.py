"""The file does not end with a line end.

## What it does
Reports a last line without one.

## Why
Client 2.1.330 does not mind; text appended by a tool lands on the last line, and a diff shows a line that nobody
changed.

## Bad
A file that ends right after its last word.

## Good
A file that ends with a line end.

## How to fix
Add it.

## Source
43 % of 1,874 published definitions.
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.definitions.source import Span
from acolytes_cc.lint.rule import Confidence, Context, Edit, Fix, Kinds, Persona, Problem, Severity

CODE = "ACO312"
NAME = "final-newline"
SEVERITY: Severity = "info"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "pedantic"
KINDS: Kinds = ("agent", "plugin-agent", "skill")


def check(definition: Definition, _context: Context) -> Iterator[Problem]:
    text = definition.text
    if text and not text.endswith(("\n", "\r")):
        newline = "\r\n" if "\r\n" in text else "\n"
        yield Problem(
            len(text), "no line end at the end of the file", Fix((Edit(Span(len(text), len(text)), newline),))
        )
