"""The file starts with a byte order mark.

## What it does
Reports U+FEFF at the very start of a file.

## Why
Client 2.1.197 then sees no frontmatter and silently drops the agent. Client 2.1.330 skips the mark.

## Bad
A file saved as "UTF-8 with BOM".

## Good
The same file saved as "UTF-8".

## How to fix
Save it without the mark, or `sed -i '1s/^\\xef\\xbb\\xbf//' agent.md`.

## Source
Both clients run on such a file.
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
        yield Problem(0, "a byte order mark: clients before 2.1.330 drop the agent; save it as UTF-8 without BOM", fix)
