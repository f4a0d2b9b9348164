"""The file has no frontmatter.

## What it does
Reports a definition that does not start with a line of exactly `---`.

## Why
Clients 2.1.197 and 2.1.330 drop the agent without a line in the debug file. A blank line, a comment or a space
before the first `---`, a fourth dash, or line ends of CR alone are enough.

## Bad
```markdown
# Reviewer

You review code.
```

## Good
```markdown
---
name: reviewer
description: Reviews code. Use after a change is written.
---

You review code.
```

## How to fix
Make `---` the first three characters of the file and nothing else on that line, then `name:` and `description:`,
then `---`.

## Source
Both clients run on each variant; https://github.com/anthropics/claude-code/issues/50522
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions import frontmatter
from acolytes_cc.definitions.definition import Definition
from acolytes_cc.definitions.source import Span
from acolytes_cc.lint.rule import Confidence, Context, Edit, Fix, Kinds, Persona, Problem, Severity

CODE = "ACO101"
NAME = "frontmatter-missing"
SEVERITY: Severity = "error"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("agent",)


def check(definition: Definition, _context: Context) -> Iterator[Problem]:
    if definition.unloadable is None and frontmatter.opens(definition.text) is None:
        text = definition.text
        before = len(text) - len(text.lstrip())
        starts = text.startswith(f"{frontmatter.FENCE}\n", before) and frontmatter.find(text[before:])
        fix = Fix((Edit(Span(0, before), ""),)) if before and starts else None
        yield Problem(0, f"no frontmatter, so the client drops the agent: {_reason(definition)}", fix)


def _reason(definition: Definition) -> str:
    text = definition.text
    if definition.source.data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "the file is UTF-16; save it as UTF-8"
    if text.startswith(frontmatter.FENCE) and "\n" not in text and "\r" in text:
        return "its lines end with CR alone; save it with LF"
    if text.startswith(frontmatter.FENCE):
        return "the first line must be `---` and nothing else"
    if text.lstrip().startswith(frontmatter.FENCE):
        return "`---` must be the very first characters, without a blank line or a space before it"
    return "start the file with `---`, `name:`, `description:` and `---`, each on its line"
