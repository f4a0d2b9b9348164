"""Fresh cases of the kinds that are wanted, and their observation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from random import Random

from bench.client_truth.case import Case
from bench.client_truth.kinds import all_kinds, modules

_MOST_TRIES = 200
"""So many cases are made for each one that is wanted; a kind that is rarer is an error of its module."""


def sampled(count: int, seed: int, kinds: Iterable[str]) -> list[Case]:
    """Make ``count`` cases, the same number of each kind; equal seeds give equal cases.

    >>> sampled(0, 1, ["name"])
    []
    """
    wanted = sorted(set(kinds))
    if unknown := set(wanted) - set(all_kinds()):
        raise SystemExit(f"--kind {min(unknown)}: this bench makes {', '.join(all_kinds())}")
    quotas = Counter({kind: (count + at) // len(wanted) for at, kind in enumerate(wanted)})
    cases: list[Case] = []
    for module in modules():
        missing = Counter({kind: quotas[kind] for kind in module.KINDS if quotas[kind]})
        tries = _MOST_TRIES * missing.total()
        made = module.generate(Random(f"{seed} {' '.join(module.KINDS)}"))
        while missing.total():
            case = next(made)
            tries -= 1
            if tries < 0:
                raise SystemExit(f"{module.KINDS}: makes too few cases of {', '.join(+missing)}")
            if missing[case.kind] > 0:
                missing[case.kind] -= 1
                cases.append(case)
    return cases


def observed_by_client(cases: Sequence[Case], client: Path, scratch: Path) -> list[Case]:
    """Let the client load the cases, those of a module together."""
    observed: list[Case] = []
    for number, module in enumerate(modules()):
        own = [case for case in cases if case.kind in module.KINDS]
        if own:
            folder = scratch / f"observe-{number}"
            folder.mkdir(parents=True)
            observed += module.observe(own, client, folder)
    return observed
