"""Agents: each field of the frontmatter, shapes of YAML, odd bytes, places, names that collide, and good files."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from random import Random

from bench.client_truth.case import Case
from bench.client_truth.kinds.agents import fields, keys, lists, mixtures, shapes, texts
from bench.client_truth.kinds.agents.definition import Draft
from bench.client_truth.kinds.agents.observe import observe

__all__ = ["KINDS", "generate", "observe"]

_MAKERS = {**fields.MAKERS, **lists.MAKERS, **texts.MAKERS, **keys.MAKERS, **shapes.MAKERS, **mixtures.MAKERS}
KINDS = tuple(_MAKERS)


def generate(random: Random) -> Iterator[Case]:
    """Cases of all kinds in turn, without end."""
    for number in count():
        for kind, make in _MAKERS.items():
            yield make(random, Draft(f"{kind}{number}{random.choice('abcdefghkmpqrst')}x"))
