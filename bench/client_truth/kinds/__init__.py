"""The kinds of cases: each module makes cases of some kinds, and observes what the client does with them.

A module has three names:

    KINDS: the kinds of its cases
    generate(random): cases without end: fields, values, shapes, places, collisions and surroundings, also good files
    observe(cases, client, scratch): the same cases with their class and what was seen, from few runs of the client
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from random import Random
from typing import Protocol, cast

from bench.client_truth.case import Case


class KindModule(Protocol):
    """What a module of this package has."""

    KINDS: tuple[str, ...]

    def generate(self, random: Random) -> Iterator[Case]:
        """Make cases without end."""
        ...

    def observe(self, cases: Sequence[Case], client: Path, scratch: Path) -> list[Case]:
        """Let the client load the cases; return them with their class and what was seen."""
        ...


@cache
def modules() -> tuple[KindModule, ...]:
    """All modules of this package that make cases."""
    found = [importlib.import_module(f"{__name__}.{one.name}") for one in pkgutil.iter_modules(__path__)]
    return tuple(cast(KindModule, module) for module in found if hasattr(module, "KINDS"))


def all_kinds() -> list[str]:
    """The names of all kinds."""
    return sorted(kind for module in modules() for kind in module.KINDS)
