"""Capacity by size, with contention and coherency of at least 0: what measured sizes say about sizes beyond them.

`scalability.fit_usl` lets the coefficients go below 0 and says that no peak follows. Beyond the measured sizes such a
curve has no meaning. Here both coefficients are at least 0, as in any real system. The curves that agree with the
measurements are drawn at random: size / throughput is linear in 1, size - 1 and size (size - 1), so their
distribution is a multivariate t, cut off at 0.

Errors are relative: a run of twice the throughput varies twice as much.

Sources: Gunther, Guerrilla Capacity Planning, 2007, chapters 4 to 6; Gelman et al., Bayesian Data Analysis, 3rd
edition, section 14.2 (regression with a flat prior).
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from typing import NamedTuple

from acolytes_perf.methods.capacity.scalability import Point, UslModel, invert_symmetric, solve_symmetric

#: Sizes up to so many times the largest measured are considered.
MAX_EXTRAPOLATION = 16
_DRAWS, _MAX_TRIES = 600, 30_000
#: Of a distribution's middle: 95 %.
_LIMITS = (0.025, 0.975)


class CapacityCurve(NamedTuple):
    """The curves that agree with the measurements.

    Attributes:
        draws: random curves, as likely as the measurements make them.
        run_sd: relative standard deviation of single runs.
        smallest: the smallest measured size.
        largest: the largest measured size.
    """

    draws: list[UslModel]
    run_sd: float
    smallest: float
    largest: float

    def capacities(self, size: float) -> list[float]:
        """The throughput of each drawn curve at a size."""
        return [model.throughput(size) for model in self.draws]

    def capacity(self, size: float) -> tuple[float, float, float]:
        """The median throughput at a size, and its 95 % interval."""
        ranked = sorted(self.capacities(size))
        return _share_of(ranked, 0.5), _share_of(ranked, _LIMITS[0]), _share_of(ranked, _LIMITS[1])

    @property
    def max_size(self) -> int:
        """The largest size that is considered."""
        return int(self.largest * MAX_EXTRAPOLATION)

    def peak(self) -> tuple[tuple[float, float, float], tuple[float, float, float]]:
        """The size with the highest throughput and that throughput: medians with 95 % intervals; at most infinity."""
        sizes = [model.peak or math.inf for model in self.draws]
        highest = [
            math.inf if size == math.inf else model.throughput(max(1.0, size)) for model, size in zip(self.draws, sizes)
        ]
        by_size, by_throughput = sorted(sizes), sorted(highest)
        shares = (0.5, *_LIMITS)
        size, low, high = (_share_of(by_size, share) for share in shares)
        top, least, most = (_share_of(by_throughput, share) for share in shares)
        return (size, low, high), (top, least, most)


def fit_capacity_curve(points: Sequence[Point], seed: int = 1) -> CapacityCurve | None:
    """Draws the curves that agree with the measurements.

    Args:
        points: sizes of at least 1 with their throughputs above 0; more points than three, of three sizes at least.
        seed: of the random draws.

    Returns:
        The curves; None where the points do not determine them.
    """
    for terms in (3, 2, 1):
        # with coefficients far below 0 hardly a draw is valid: the curve then lacks that term
        curve = _draw(points, terms, seed)
        if curve is not None:
            return curve
    return None


def _draw(points: Sequence[Point], terms: int, seed: int) -> CapacityCurve | None:
    rows = []
    for size, throughput in points:
        unit = size / throughput
        rows.append([term / unit for term in (1.0, size - 1, size * (size - 1))])
    normal = [[math.fsum(row[i] * row[j] for row in rows) if max(i, j) < terms else float(i == j) for j in range(3)]
              for i in range(3)]  # fmt: skip
    right = [math.fsum(row[i] for row in rows) if i < terms else 0.0 for i in range(3)]
    solution, covariance = solve_symmetric(normal, right), invert_symmetric(normal)
    if solution is None or covariance is None:
        return None
    relative = [1 - math.fsum(value * term for value, term in zip(solution, row)) for row in rows]
    degrees_of_freedom = len(points) - terms
    if degrees_of_freedom < 1:
        return None
    variance = math.fsum(value * value for value in relative) / degrees_of_freedom
    factor = _cholesky([list(row) for row in covariance])
    if factor is None:
        return None
    rng = random.Random(seed)  # noqa: S311 -- reproducible, no secret
    draws: list[UslModel] = []
    tries = 0
    while len(draws) < _DRAWS and tries < _MAX_TRIES:
        tries += 1
        scale = math.sqrt(variance * degrees_of_freedom / rng.gammavariate(degrees_of_freedom / 2, 2))
        normals = [rng.gauss(0, 1) if index < terms else 0.0 for index in range(3)]
        first, second, third = (
            value + scale * math.fsum(factor[i][j] * normals[j] for j in range(i + 1))
            for i, value in enumerate(solution)
        )
        if first > 0 and second >= -_ROUNDING * first and third >= -_ROUNDING * first:
            draws.append(UslModel(1 / first, max(0.0, second / first), max(0.0, third / first)))
    if len(draws) < _DRAWS:
        return None
    sizes = [size for size, _ in points]
    return CapacityCurve(draws, math.sqrt(variance), min(sizes), max(sizes))


#: Coefficients this far below 0 are rounding.
_ROUNDING = 1e-12


def _cholesky(matrix: list[list[float]]) -> list[list[float]] | None:
    """The lower triangle whose product with its transpose is the matrix; None where that is not positive definite."""
    factor = [[0.0] * 3 for _ in range(3)]
    for i in range(3):
        for j in range(i + 1):
            rest = matrix[i][j] - math.fsum(factor[i][k] * factor[j][k] for k in range(j))
            if i == j:
                if rest <= 0:
                    return None
                factor[i][i] = math.sqrt(rest)
            else:
                factor[i][j] = rest / factor[j][j]
    return factor


def _share_of(ranked: Sequence[float], share: float) -> float:
    return ranked[round(share * (len(ranked) - 1))]
