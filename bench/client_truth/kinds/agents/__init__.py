"""Agents: each field of the frontmatter, shapes of YAML, odd bytes, places, names that collide, and good files."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from random import Random

from bench.client_truth.case import Case
from bench.client_truth.kinds.agents import fields, hooks, keys, lists, mixtures, places, servers, shapes, texts
from bench.client_truth.kinds.agents.definition import Draft
from bench.client_truth.kinds.agents.observe import observe

__all__ = ["KINDS", "generate", "observe"]

_MODULES = (fields, keys, lists, texts, shapes, mixtures, places, hooks, servers)
_MAKERS = {kind: make for module in _MODULES for kind, make in module.MAKERS.items()}
KINDS = tuple(_MAKERS)


def generate(random: Random) -> Iterator[Case]:
    """Cases of all kinds in turn, without end."""
    for number in count():
        for kind, make in _MAKERS.items():
            yield make(random, Draft(f"{kind}{number}{random.choice('abcdefghkmpqrst')}x"))
