"""Plugins: each key of the manifest, paths, layout, agents' fields and servers, and good plugins."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle
from random import Random

from bench.client_truth.case import Case
from bench.client_truth.kinds.plugins.changes import MANIFEST, shape
from bench.client_truth.kinds.plugins.draft import started
from bench.client_truth.kinds.plugins.hook_files import HOOKS
from bench.client_truth.kinds.plugins.layout import LAYOUT
from bench.client_truth.kinds.plugins.observe import observe

__all__ = ["KINDS", "generate", "observe"]

KINDS = ("plugin", "plugin-files", "plugin-hooks")
_CHANGES = {"plugin": MANIFEST, "plugin-files": LAYOUT, "plugin-hooks": HOOKS}


def generate(random: Random) -> Iterator[Case]:
    """Cases of all kinds in turn, without end."""
    for number, (kind, changes) in enumerate(cycle(_CHANGES.items())):
        draft = started(random, number)
        if kind == "plugin-hooks":
            draft.forget("h", "hooks/hooks.json")
            random.choice(changes)(random, draft)
        else:
            chosen = dict.fromkeys(random.sample(changes, random.choice((0, 1, 1, 1, 1, 2))))
            for change in sorted(chosen, key=lambda change: change is shape):  # the text comes after its values
                change(random, draft)
        yield draft.case(kind, number)
