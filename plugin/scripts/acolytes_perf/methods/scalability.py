"""The universal scalability law: how throughput grows with users, threads or machines, and where it turns.

X(N) = rate N / (1 + contention (N - 1) + coherency N (N - 1)); Amdahl's law is the case without coherency.

The least squares of X are found by Levenberg and Marquardt's steps from the weighted least squares of N / X, which are
linear: no library is needed. Intervals are by the delta method with Student's t for the points less 3.

Sources: Gunther, Guerrilla Capacity Planning (2007), chapters 4 to 6; Amdahl, AFIPS 30 (1967),
doi 10.1145/1465482.1465560; Marquardt, SIAM 11(2), 1963, doi 10.1137/0111030.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

from acolytes_perf.methods.student import quantile

LEVEL = 0.95
LEAST_POINTS, LEAST_SIZES = 4, 3
#: A peak beyond it says no more than that there is none.
MOST_SIZE = 1e12
Point = tuple[float, float]
Vector = tuple[float, float, float]
_STEPS = 500
_ROUNDING = 1e-9


class Law(NamedTuple):
    """Throughput at size 1, and the two coefficients, which may be negative in a fit."""

    rate: float
    contention: float
    coherency: float

    def at(self, size: float) -> float:
        """Throughput at a size of at least 1."""
        return self.rate * size / self.slowdown(size)

    def slowdown(self, size: float) -> float:
        """How many times slower each unit is than one alone."""
        return 1 + self.contention * (size - 1) + self.coherency * size * (size - 1)

    def gradient(self, size: float) -> Vector:
        """Derivatives of the throughput by the rate and the coefficients."""
        each = size / self.slowdown(size)
        less = -self.at(size) / self.slowdown(size) * (size - 1)
        return each, less, less * size

    @property
    def peak(self) -> float | None:
        """The size after which throughput falls; None where that is never or beyond MOST_SIZE, or from the start."""
        if self.coherency <= 0 or self.contention >= 1 - self.coherency:
            return None
        peak = math.sqrt((1 - self.contention) / self.coherency)
        return peak if peak < MOST_SIZE else None


class Fit(NamedTuple):
    """The law of least squares, the covariance of its three figures, and the degrees of freedom."""

    law: Law
    covariance: tuple[Vector, Vector, Vector]
    freedom: int

    def reach(self, gradient: Vector) -> float:
        """Half the interval at LEVEL of a figure that has this gradient."""
        variance = math.fsum(
            one * other * self.covariance[i][j] for i, one in enumerate(gradient) for j, other in enumerate(gradient)
        )
        return quantile((1 + LEVEL) / 2, self.freedom) * math.sqrt(max(variance, 0.0))

    @property
    def reaches(self) -> Vector:
        """Half the intervals of rate, contention and coherency."""
        return self.reach((1, 0, 0)), self.reach((0, 1, 0)), self.reach((0, 0, 1))

    @property
    def supports_peak(self) -> bool:
        """Whether there is a peak, no coefficient is negative, and not both could as well be 0."""
        _, contention, coherency = self.reaches
        if self.law.peak is None or self.law.contention < 0 or self.law.coherency < 0:
            return False
        return self.law.contention > contention or self.law.coherency > coherency

    @property
    def peak_reach(self) -> float:
        """Half the interval of the size at the peak, which there must be."""
        peak = self.law.peak
        assert peak is not None
        return self.reach((0, -1 / (2 * self.law.coherency * peak), -peak / (2 * self.law.coherency)))

    @property
    def peak_throughput_reach(self) -> float:
        """Half the interval of the throughput there, whose slope by the size is 0."""
        assert self.law.peak is not None
        return self.reach(self.law.gradient(self.law.peak))


def contention_for(speedup: float, size: float, coherency: float = 0.0) -> float:
    """The most contention with which so many are that much faster than one; negative where there is none.

    >>> round(contention_for(80, 100), 6)
    0.002525
    """
    return (size / speedup - 1 - coherency * size * (size - 1)) / (size - 1)


def fit(points: Sequence[Point]) -> Fit | None:
    """The least squares of (size, throughput); None where the points do not settle the three figures.

    Needs LEAST_POINTS points of LEAST_SIZES different sizes, sizes of at least 1 and throughputs above 0.
    """
    scale = max(throughput for _, throughput in points)
    scaled = [(size, throughput / scale) for size, throughput in points]
    law = _first(scaled)
    law = _descended(scaled, law) if law else None
    law = _without_noise(scaled, law) if law else None
    inverse = _inverse(_normal(scaled, law)) if law else None
    if law is None or inverse is None:
        return None
    freedom = len(points) - 3
    variance = _squares(scaled, law) / freedom
    units = (scale, 1.0, 1.0)
    rows = [tuple(variance * inverse[i][j] * units[i] * units[j] for j in range(3)) for i in range(3)]
    covariance = (_vector(rows[0]), _vector(rows[1]), _vector(rows[2]))
    if not all(math.isfinite(value) for row in covariance for value in row):
        return None
    return Fit(law._replace(rate=law.rate * scale), covariance, freedom)


def _first(points: Sequence[Point]) -> Law | None:
    """Where to start: size / throughput is linear in 1, size - 1 and size (size - 1)."""
    weighted = []
    for size, throughput in points:
        weight = throughput * throughput / size
        weighted.append(((weight, weight * (size - 1), weight * size * (size - 1)), throughput))
    found = _solved(_products([row for row, _ in weighted]), _times(weighted))
    if found is not None and found[0] > 0:
        law = Law(1 / found[0], found[1] / found[0], found[2] / found[0])
        if _is_possible(points, law):
            return law
    return Law(max(throughput / size for size, throughput in points), 0.01, 0.0)


def _descended(points: Sequence[Point], law: Law) -> Law | None:
    """The least squares from a start on; None where they do not settle."""
    squares, damping = _squares(points, law), 1e-3
    for _ in range(_STEPS):
        normal = _normal(points, law)
        slope = _times([(law.gradient(size), throughput - law.at(size)) for size, throughput in points])
        damped = [[value * (1 + damping * (i == j)) for j, value in enumerate(row)] for i, row in enumerate(normal)]
        step = _solved(damped, slope)
        if step is None:
            return None
        further = Law(law.rate + step[0], law.contention + step[1], law.coherency + step[2])
        found = _squares(points, further) if further.rate > 0 and _is_possible(points, further) else math.inf
        if found <= squares:
            settled = all(abs(one) <= 1e-10 * (abs(value) + 1e-12) for one, value in zip(step, further))
            law, damping = further, max(damping / 10, 1e-15)
            if settled or found <= 1e-30 or (squares - found <= 1e-15 * squares and damping < 1e-8):
                return law
            squares = found
        elif damping > 1e12:
            return law
        else:
            damping *= 10
    return None


def _without_noise(points: Sequence[Point], law: Law) -> Law:
    """The law with coefficients of 0 where what they do, even at the largest size, is no more than rounding."""
    largest = max(size for size, _ in points)
    contention = law.contention if abs(law.contention) * largest > _ROUNDING else 0.0
    coherency = law.coherency if abs(law.coherency) * largest * largest > _ROUNDING else 0.0
    return Law(law.rate, contention, coherency)


def _is_possible(points: Sequence[Point], law: Law) -> bool:
    return all(law.slowdown(size) > 1e-9 for size, _ in points)


def _squares(points: Sequence[Point], law: Law) -> float:
    return math.fsum((throughput - law.at(size)) ** 2 for size, throughput in points)


def _normal(points: Sequence[Point], law: Law) -> list[list[float]]:
    return _products([law.gradient(size) for size, _ in points])


def _products(rows: Sequence[Vector]) -> list[list[float]]:
    return [[math.fsum(row[i] * row[j] for row in rows) for j in range(3)] for i in range(3)]


def _times(rows: Sequence[tuple[Vector, float]]) -> list[float]:
    return [math.fsum(row[i] * value for row, value in rows) for i in range(3)]


def _inverse(matrix: list[list[float]]) -> list[Vector] | None:
    columns = [_solved(matrix, [float(i == j) for j in range(3)]) for i in range(3)]
    kept = [column for column in columns if column is not None]
    return kept if len(kept) == 3 else None


def _solved(matrix: Sequence[Sequence[float]], right: Sequence[float]) -> Vector | None:
    """The solution of a symmetric system, scaled by its diagonal; None where it is as good as singular."""
    if any(matrix[i][i] <= 0 or not math.isfinite(matrix[i][i]) for i in range(3)):
        return None
    scales = [1 / math.sqrt(matrix[i][i]) for i in range(3)]
    rows = [[matrix[i][j] * scales[i] * scales[j] for j in range(3)] + [right[i] * scales[i]] for i in range(3)]
    for i in range(3):
        pivot = max(range(i, 3), key=_size_in(rows, i))
        rows[i], rows[pivot] = rows[pivot], rows[i]
        if abs(rows[i][i]) < 1e-13:
            return None
        for k in range(i + 1, 3):
            factor = rows[k][i] / rows[i][i]
            rows[k] = [one - factor * other for one, other in zip(rows[k], rows[i])]
    found = [0.0, 0.0, 0.0]
    for i in (2, 1, 0):
        found[i] = (rows[i][3] - math.fsum(rows[i][j] * found[j] for j in range(i + 1, 3))) / rows[i][i]
    solution = _vector([value * scale for value, scale in zip(found, scales)])
    return solution if all(map(math.isfinite, solution)) else None


def _size_in(rows: Sequence[Sequence[float]], column: int) -> Callable[[int], float]:
    return lambda row: abs(rows[row][column])


def _vector(values: Sequence[float]) -> Vector:
    one, two, three = values
    return one, two, three
