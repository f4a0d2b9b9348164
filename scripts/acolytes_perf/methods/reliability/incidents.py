"""Find incidents in a history of failed and all requests: stretches in which far more fail than usual.

Each stretch has the largest log likelihood ratio of "a share p of its requests fails" to "the usual share fails"
(Kulldorff, "A spatial scan statistic", Communications in Statistics 26, 1997). The candidates are the maximal scoring
segments of Ruzzo and Tompa ("A linear time algorithm for finding all maximal scoring subsequences", ISMB 1999).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from acolytes_perf.methods.reliability.error_history import ErrorHistory, Use

#: The chance that a history without incidents shows one.
_FALSE_INCIDENT = 0.01
#: One failure is no incident, however few requests there were.
_LEAST_FAILURES = 2
_MOST_ROUNDS = 6


class Incident(NamedTuple):
    """One stretch of failures.

    Attributes:
        use: what was measured in it.
        first: its first step.
        last: the step after its last one.
        evidence: log likelihood ratio of its share of failures to the usual share.
    """

    use: Use
    first: int
    last: int
    evidence: float


class Detection(NamedTuple):
    """The incidents in order of time, and the share of requests that fails outside of them."""

    incidents: list[Incident]
    usual_share: float


def find_incidents(history: ErrorHistory) -> Detection:
    """All stretches in which more requests fail than chance explains.

    The usual share of failures and the incidents depend on each other, so both are found in turn.
    """
    total, failed = math.fsum(history.requests), math.fsum(history.bad)
    incidents: list[Incident] = []
    usual = _share(failed, total)
    for _ in range(_MOST_ROUNDS):
        found = _stretches(history, usual)
        rest = total - math.fsum(one.use.requests for one in found)
        share = _share(failed - math.fsum(one.use.bad for one in found), rest)
        is_stable = [one[1:3] for one in found] == [one[1:3] for one in incidents]
        incidents, usual = found, share
        if is_stable:
            break
    return Detection(incidents, usual)


def _share(bad: float, requests: float) -> float:
    """A share that is neither 0 nor 1: half a failure stands for none."""
    return min(max(bad, 0.5) / max(requests, 1.0), 0.5)


def _stretches(history: ErrorHistory, usual: float) -> list[Incident]:
    enough = math.log(max(len(history.times), 2) / _FALSE_INCIDENT)
    candidates: dict[tuple[int, int], Incident] = {}
    for share in sorted({min(10 * usual, 0.5), math.sqrt(usual), 0.5}):
        if share <= usual:
            continue
        gain, loss = math.log(share / usual), math.log((1 - share) / (1 - usual))
        scores = [bad * gain + (every - bad) * loss for every, bad in zip(history.requests, history.bad)]
        for first, last in maximal_segments(scores, enough):
            use = history.use(first, last)
            evidence = _evidence(use, usual)
            if use.bad >= _LEAST_FAILURES and evidence >= enough:
                candidates[first, last] = Incident(use, first, last, evidence)
    chosen: list[Incident] = []
    for candidate in sorted(candidates.values(), key=lambda one: -one.evidence):
        if all(candidate.last <= other.first or other.last <= candidate.first for other in chosen):
            chosen.append(candidate)
    return sorted(chosen, key=lambda one: one.first)


def _evidence(use: Use, usual: float) -> float:
    """Log likelihood ratio of the share of the stretch to the usual share, 0 where it is not above that."""
    share = use.bad_share
    if share <= usual:
        return 0.0
    good = use.requests - use.bad
    return use.bad * math.log(share / usual) + (good * math.log((1 - share) / (1 - usual)) if good > 0 else 0.0)


def maximal_segments(scores: Sequence[float], least: float) -> Iterator[tuple[int, int]]:
    """The disjoint segments of maximal sum, of those that reach `least`.

    Args:
        scores: positive for what belongs to a segment.
        least: the smallest sum of a segment.

    Yields:
        The first index of a segment, and the index after its last one.

    >>> list(maximal_segments([-1, 3, -1, 2, -9, 5], 2))
    [(1, 4), (5, 6)]
    """
    # each candidate: first, last, sum before it, sum up to its end
    stack: list[tuple[int, int, float, float]] = []
    total = 0.0
    for index, score in enumerate(scores):
        before, total = total, total + score
        if score <= 0:
            continue
        first, left = index, before
        while True:
            place = len(stack) - 1
            while place >= 0 and stack[place][2] >= left:
                place -= 1
            if place < 0 or stack[place][3] >= total:
                break
            first, left = stack[place][0], stack[place][2]
            del stack[place:]
        stack.append((first, index + 1, left, total))
    for first, last, left, right in stack:
        if right - left >= least:
            yield first, last
