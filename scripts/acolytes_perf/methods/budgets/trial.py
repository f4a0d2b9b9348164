"""A proposed budget, tried before anyone relies on it: on halves of the runs that it comes from, and on a candidate."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import combinations
from math import comb
from typing import NamedTuple

from acolytes_perf.methods.budgets.limits import Limit, parse_budget
from acolytes_perf.methods.budgets.proposal import Proposal, budget_members
from acolytes_perf.methods.budgets.verdict import FAIL, UNDECIDED, LimitVerdict, check_limits, overall
from acolytes_perf.methods.comparison.releases import WHOLE, Side

#: With fewer runs a half would be one run, which shows no noise.
LEAST_RUNS = 4
_MOST_SPLITS = 20


class SplitTrial(NamedTuple):
    """How many splits of a release's runs the budget was tried on, and in how many it failed or was undecided."""

    splits: int
    failed: int
    undecided: int


def limits_of_proposals(proposals: Sequence[Proposal], runs: Side) -> list[Limit]:
    """The limits as the budget's file has them, for the endpoints that all these runs have."""
    shared = [name for name in runs[0] if all(name in run for run in runs)]
    kept = [one for one in proposals if one.endpoint in shared]
    if not kept:
        return []
    endpoints = [name for name in shared if name != WHOLE]
    has_failures = all(run[name].failures is not None for run in runs for name in shared)
    return parse_budget(budget_members(kept), "").limits(endpoints, has_baseline=has_failures)


def try_on_halves(proposals: Sequence[Proposal], runs: Side, variation: float) -> SplitTrial | None:
    """Check one half of the runs against the other, in all ways or in 20 of them; None for fewer than 4 runs."""
    if len(runs) < LEAST_RUNS:
        return None
    limits = limits_of_proposals(proposals, runs)
    kinds = []
    for half in halves(len(runs)):
        candidate = [runs[index] for index in half]
        baseline = [run for index, run in enumerate(runs) if index not in half]
        kinds.append(overall(check_limits(limits, candidate, baseline, variation)))
    return SplitTrial(len(kinds), kinds.count(FAIL), kinds.count(UNDECIDED))


def try_on_candidate(
    proposals: Sequence[Proposal], baseline: Side, candidate: Side, variation: float
) -> list[LimitVerdict]:
    """Check the candidate, for the endpoints that all runs of both sides have."""
    limits = limits_of_proposals(proposals, [*candidate, *baseline])
    return check_limits(limits, candidate, baseline, variation) if limits else []


def halves(runs: int) -> list[tuple[int, ...]]:
    """Which runs are the candidate: every half, so that each split is tried in both directions; at most 20.

    >>> len(halves(4)), halves(4)[0], len(halves(5)), len(halves(30))
    (6, (0, 1), 10, 20)
    """
    size = runs // 2
    if comb(runs, size) <= _MOST_SPLITS:
        return list(combinations(range(runs), size))
    rng = random.Random(1)  # noqa: S311, no secret
    chosen: set[tuple[int, ...]] = set()
    while len(chosen) < _MOST_SPLITS:
        chosen.add(tuple(sorted(rng.sample(range(runs), size))))
    return sorted(chosen)
