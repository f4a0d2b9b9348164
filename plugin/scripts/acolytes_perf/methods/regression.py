"""Whether a figure changed between two sets of test runs, judged by how much it varies from run to run.

Requests of one run are not independent trials of the system: tests that pool them call noise a change in half of all
comparisons. So each run gives one figure, and Welch's t test compares their logarithms, since noise and changes are
in per cent.

Beside it stands the exact Mann-Whitney test of the same figures, which supposes no distribution.

Sources: Welch, Biometrika 34(1-2), 1947, doi 10.1093/biomet/34.1-2.28; Mann and Whitney, Annals of Mathematical
Statistics 18(1), 1947, doi 10.1214/aoms/1177730491.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import NamedTuple

from acolytes_perf.methods.student import quantile

LEVEL, POWER = 0.95, 0.8
MOST_RUNS = 1000


class Side(NamedTuple):
    """The runs of a side: how many, mean and standard deviation of the logarithms (0 for a single run)."""

    runs: int
    mean: float
    deviation: float


class Difference(NamedTuple):
    """Change of the candidate against the baseline as a ratio (0.05: 5 % more), with its interval at LEVEL, and the
    smallest rise that these runs would show with a probability of POWER.
    """

    change: float
    low: float
    high: float
    detectable: float

    @property
    def is_proven(self) -> bool:
        """Whether the interval leaves out no change at all."""
        return self.low > 0 or self.high < 0


def side_of(figures: Sequence[float]) -> Side:
    """From one figure above 0 a run."""
    logs = [math.log(figure) for figure in figures]
    if min(figures) == max(figures):  # whose sum is rounded
        return Side(len(logs), logs[0], 0.0)
    mean = math.fsum(logs) / len(logs)
    square = math.fsum((one - mean) ** 2 for one in logs)
    return Side(len(logs), mean, math.sqrt(square / (len(logs) - 1)) if len(logs) > 1 else 0.0)


def side_from(runs: int, mean: float, deviation: float) -> Side:
    """From mean and standard deviation of the figures themselves, which vary by little."""
    return Side(runs, math.log(mean), deviation / mean)


def difference(baseline: Side, candidate: Side) -> Difference:
    """Candidate against baseline; needs two runs on one side at least, whose variation then stands for both."""
    error, freedom = _error(baseline, candidate)
    middle = candidate.mean - baseline.mean
    reach = quantile((1 + LEVEL) / 2, freedom) * error
    detectable = (quantile((1 + LEVEL) / 2, freedom) + quantile(POWER, freedom)) * error
    low, high = middle - reach, middle + reach
    return Difference(_ratio(middle), _ratio(low), _ratio(high), _ratio(detectable))


def mann_whitney(one: Sequence[float], other: Sequence[float]) -> tuple[int, float] | None:
    """U of the first, the pairs in which it is larger, and the exact two-sided probability of one as extreme. None
    where two figures are equal, which has no exact one.
    """
    if len({*one, *other}) < len(one) + len(other):
        return None
    larger = sum(mine > theirs for mine in one for theirs in other)
    # ways[k][u]: orders in which k of the first have u pairs, after each one of the second
    ways = [[1]] + [[0] for _ in one]
    for rank in range(len(one) + len(other)):
        for taken in range(min(rank + 1, len(one)), 0, -1):
            pairs = rank - taken + 1  # of the second that came before
            before = ways[taken - 1]
            ways[taken] = _sum(ways[taken], [0] * pairs + before) if pairs <= len(other) else ways[taken]
    counts = ways[len(one)]
    total = math.comb(len(one) + len(other), len(one))
    few, many = sum(counts[: larger + 1]), sum(counts[larger:])
    return larger, min(1.0, 2 * min(few, many) / total)


def _sum(one: list[int], other: list[int]) -> list[int]:
    return [left + right for left, right in itertools.zip_longest(one, other, fillvalue=0)]


def runs_for(effect: float, baseline: Side, candidate: Side) -> int | None:
    """The fewest runs a side that show a rise of this ratio, if both vary as they did; None for over MOST_RUNS."""
    deviation = math.sqrt((baseline.deviation**2 + candidate.deviation**2) / 2)
    if min(baseline.runs, candidate.runs) == 1:
        deviation = max(baseline.deviation, candidate.deviation)
    low, high = 2, MOST_RUNS
    if _detectable(high, deviation) > effect:
        return None
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if _detectable(middle, deviation) <= effect else (middle + 1, high)
    return low


def _detectable(runs: int, deviation: float) -> float:
    side = Side(runs, 0.0, deviation)
    return difference(side, side).detectable


def _error(one: Side, other: Side) -> tuple[float, float]:
    """Standard error of the difference of the means, and its degrees of freedom."""
    if min(one.runs, other.runs) == 1:
        several = max(one, other)
        return several.deviation * math.sqrt(1 + 1 / several.runs), several.runs - 1
    parts = [side.deviation**2 / side.runs for side in (one, other)]
    total = sum(parts)
    if not total:
        return 0.0, one.runs + other.runs - 2
    return math.sqrt(total), total**2 / sum(part**2 / (side.runs - 1) for part, side in zip(parts, (one, other)))


def _ratio(log: float) -> float:
    return math.expm1(min(log, 700))
