"""The last line has no line break.

## What it does
Reports a file whose last line does not end with a line break.

## Why
Client 2.1.330 accepts this. But text that a tool appends continues the last line, and a diff shows a change that
nobody made.

## Bad
A file that ends right after its last word.

## Good
A file that ends with a line break.

## How to fix
Add a line break.

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
            len(text),
            "No line break at the end of the file. Appended text would continue this line. Add one.",
            Fix((Edit(Span(len(text), len(text)), newline),)),
        )
