"""The descriptions use more than 15,000 tokens.

## What it does
Adds up the names and descriptions of all agents of one folder that the client reads. A collection to choose from does
not count.

## Why
They are in the main agent's context from the first request of every session. Clients 2.1.197 and 2.1.330 warn above
15,000 tokens. One published collection has 133,000.

## Bad
Three hundred agents with a description of 1,500 characters each.

## Good
The twenty agents that the project needs, with a description of two sentences each.

## How to fix
Install fewer agents. Shorten the descriptions that the message names.

## Source
The program text of both clients. 60 agents of the published `acolytes` package use about 3,650 tokens.
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions.kinds import placed_kind
from acolytes_cc.definitions.registry import Registry
from acolytes_cc.lint.context.project import Project
from acolytes_cc.lint.printable import quoted
from acolytes_cc.lint.rule import Confidence, Kinds, Persona, ProjectProblem, Severity

CODE = "ACO404"
NAME = "collection-cost"
SEVERITY: Severity = "warning"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("project",)

_MOST_TOKENS = 15_000


def check(project: Project, _registry: Registry) -> Iterator[ProjectProblem]:
    for files in project.collections.values():
        if placed_kind(files[0].path) is None:
            continue  # agents to choose from: nobody loads all of them
        cost = sum(file.listed_tokens for file in files)
        if cost > _MOST_TOKENS:
            longest = sorted(files, key=lambda file: -file.listed_tokens)[:3]
            names = ", ".join(quoted(file.name.name) for file in longest if file.name)
            yield ProjectProblem(
                files[0].path,
                1,
                1,
                f"The descriptions of these {len(files)} agents use about {cost:,} tokens in every session, "
                f"more than {_MOST_TOKENS:,}. Shorten them. The longest are: {names}.",
            )
