"""The file has no frontmatter.

## What it does
Reports a definition whose first line is not exactly `---`.

## Why
Clients 2.1.197 and 2.1.330 do not load such an agent. Even the debug file does not mention it. A blank line, a comment
or a space before the first `---` is enough. So is a fourth dash, or line breaks that are only CR.

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
Make `---` the first line of the file. Then write `name:`, `description:` and a second `---`, each on its own line.
If the file has these lines further below, move what is above them.

## Source
Tested with both clients on each variant; https://github.com/anthropics/claude-code/issues/50522
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from acolytes_cc.definitions import frontmatter
from acolytes_cc.definitions.definition import Definition
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity
from acolytes_cc.lint.support.late_frontmatter import late_frontmatter

CODE = "ACO101"
NAME = "frontmatter-missing"
SEVERITY: Severity = "error"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("agent",)

_TOML = "+++"
_LATER = re.compile(r"\n---[ \t]*\r?\n(?:name|description)[ \t]*:")


def check(definition: Definition, context: Context) -> Iterator[Problem]:
    if definition.unloadable is None and frontmatter.yaml_start(definition.text) is None:
        late = late_frontmatter(definition.text, context.registry.fields)
        how_to_fix = late.how_to_fix if late else _how_to_fix(definition)
        message = f"The client finds no frontmatter, so it does not load the agent. {how_to_fix}"
        yield Problem(0, message, late.fix if late else None)


def _how_to_fix(definition: Definition) -> str:
    text = definition.text
    if definition.source.data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "The file is UTF-16. Save it as UTF-8."
    if text.startswith(frontmatter.FENCE) and "\n" not in text and "\r" in text:
        return "The line breaks are CR only. Save the file with LF."
    if text.startswith(frontmatter.FENCE):
        return "The first line must be exactly `---`."
    if text.startswith(_TOML):
        return "This is TOML. Write the fields as `key: value`, between two lines `---`."
    if text.lstrip().startswith(frontmatter.FENCE):
        return "Remove everything before the first `---`, including spaces and blank lines."
    if _LATER.search(text):
        return "Remove everything before the first `---`."
    return "Start the file with four lines: `---`, `name: ...`, `description: ...` and `---`."
