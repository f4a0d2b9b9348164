"""A `---` inside a value ends the frontmatter.

## What it does
Reports a closing `---` that does not stand alone on its line.

## Why
Clients 2.1.197 and 2.1.330 end the frontmatter at the first `---` after the opening one, even inside a value. They cut
the value there and lose all fields after it. The rest becomes part of the prompt. There is no message.

## Bad
```yaml
description: Reviews code --- and explains. Use after a change is written.
tools: Read
```

## Good
```yaml
description: Reviews code, and explains. Use after a change is written.
tools: Read
```

## How to fix
Use another dash (`–`, `—` or `--`) or a comma. Quotes do not help.

## Source
The program text of both clients, and tests with them; https://github.com/anthropics/claude-code/pull/89404
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.definitions.frontmatter import FENCE, TOP_KEY
from acolytes_cc.definitions.source import Span
from acolytes_cc.lint.rule import Confidence, Context, Edit, Fix, Kinds, Persona, Problem, Severity

CODE = "ACO104"
NAME = "frontmatter-cut"
SEVERITY: Severity = "error"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("agent", "plugin-agent", "skill", "command")

_FENCE_LINE = re.compile(r"^---[ \t]*\r?$", re.MULTILINE)

_WORDS = re.compile(r"[ \t]*\w[^\s:]* +\S")

_DASHES = re.compile(r"-+[ \t]*\r?")
_LONGER = "This line has more than three dashes, so the rest of them becomes part of the prompt. Write exactly `---`."


def check(definition: Definition, context: Context) -> Iterator[Problem]:
    if definition.block is None:
        return
    closing = definition.block.closing
    end = definition.text.find("\n", closing)
    end = len(definition.text) if end < 0 else end
    rest = definition.text[closing + len(FENCE) : end]
    line = max(definition.text.rfind("\n", 0, closing), definition.text.rfind("\r", 0, closing)) + 1
    before = definition.text[line:closing]
    # spaces in front of a fence do not matter, but a later fence shows that this one is part of a block
    is_at_margin = not before or (not before.strip() and not _FENCE_LINE.search(definition.text, end))
    if not before and _DASHES.fullmatch(rest):
        fix = Fix((Edit(Span(closing + len(FENCE), closing + len(FENCE) + len(rest.rstrip())), ""),))
        yield Problem(closing, _LONGER, fix)
    elif not is_at_margin or (_is_seen(rest) and not _starts_body(rest, definition, context)):
        yield Problem(
            closing,
            "This `---` ends the frontmatter, so the rest becomes part of the prompt. Use a comma or another dash.",
            _fix(definition.text, closing),
        )


def _starts_body(rest: str, definition: Definition, context: Context) -> bool:
    """Whether the body starts on the line of the fence: a line, words alone, or words without fields below."""
    if rest.strip() == FENCE or _FENCE_LINE.sub("", definition.body).strip() == rest.strip():
        return True
    below = _FENCE_LINE.split(definition.body, maxsplit=1)[0]
    return bool(_WORDS.match(rest)) and not any(key in context.registry.fields for key in TOP_KEY.findall(below))


def _is_seen(rest: str) -> bool:
    """Whether there is more than spaces and invisible characters, which have a rule of their own."""
    return any(char.isprintable() and not char.isspace() for char in rest)


def _fix(text: str, closing: int) -> Fix | None:
    """Another dash, where a line `---` follows that was meant to end the frontmatter."""
    if text[closing - 1] in "\r\n" or not _FENCE_LINE.search(text, closing):
        return None
    dashes = len(text) - closing - len(text[closing:].lstrip("-"))
    return Fix((Edit(Span(closing, closing + dashes), "—"),))
