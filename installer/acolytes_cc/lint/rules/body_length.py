"""The body is longer than 10,000 characters.

## What it does
Reports a body above that length, at its start.

## Why
The whole body is in every request of the agent (2.1.330). Long prompts dilute their own instructions and cost tokens
each turn. The median of 1,874 published definitions is 6,243 characters; 24 % are above 10,000.

## Bad
A definition that carries its reference tables, protocols and checklists in the body.

## Good
A body that says who the agent is, what it does step by step and when it stops, and a skill for the rest.

## How to fix
Move reference material into skills, named by `skills:` in the frontmatter or loaded by the Skill tool.

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

_LONGEST = 10_000


def check(definition: Definition, _context: Context) -> Iterator[Problem]:
    length = definition.body_length
    if length > _LONGEST:
        yield Problem(
            definition.body_start,
            f"the body has {length:,} characters, over {_LONGEST:,}; move reference material out",
        )
