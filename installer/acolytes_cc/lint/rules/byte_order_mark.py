r"""The file starts with a byte order mark.

## What it does
Reports the character U+FEFF at the start of a file.

## Why
Client 2.1.197 then finds no frontmatter and does not load the agent. It gives no message. Client 2.1.330 skips the
mark.

## Bad
A file saved as "UTF-8 with BOM".

## Good
The same file saved as "UTF-8".

## How to fix
Save the file without the mark, or run `sed -i '1s/^\xef\xbb\xbf//' agent.md`.

## Source
Tested with both clients on such a file.
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.definitions.frontmatter import BYTE_ORDER_MARK
from acolytes_cc.definitions.source import Span
from acolytes_cc.lint.rule import Confidence, Context, Edit, Fix, Kinds, Persona, Problem, Severity

CODE = "ACO003"
NAME = "byte-order-mark"
SEVERITY: Severity = "warning"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("agent", "plugin-agent")


def check(definition: Definition, _context: Context) -> Iterator[Problem]:
    if definition.text.startswith(BYTE_ORDER_MARK):
        fix = Fix((Edit(Span(0, 1), ""),))
        yield Problem(
            0,
            "The file starts with a byte order mark. Client 2.1.197 does not load the agent. Save it without the mark.",
            fix,
        )
