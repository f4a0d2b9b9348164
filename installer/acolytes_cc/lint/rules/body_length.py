"""The body is longer than 10,000 characters.

## What it does
Reports a longer body, at its start.

## Why
Every request of the agent contains the whole body (2.1.330). In a long prompt each instruction counts less, and every
turn costs more tokens. The median length of 1,874 published definitions is 6,243 characters. 24 % are longer than
10,000.

## Bad
A definition with its reference tables, protocols and checklists in the body.

## Good
A body that says who the agent is, what it does step by step, and when it stops. A skill has the rest.

## How to fix
Move reference material into skills. Name them in `skills:` in the frontmatter, or let the agent load them with the
Skill tool.

## Source
https://code.claude.com/docs/en/skills
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity

CODE = "ACO304"
NAME = "body-length"
SEVERITY: Severity = "warning"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("agent", "plugin-agent")

_MOST_CHARACTERS = 10_000


def check(definition: Definition, _context: Context) -> Iterator[Problem]:
    length = definition.body_length
    if length > _MOST_CHARACTERS:
        yield Problem(
            definition.body_start,
            f"The body has {length:,} characters, and every request repeats them. "
            f"Use at most {_MOST_CHARACTERS:,}: move parts into a skill.",
        )
