"""The universal scalability law (USL): throughput by users, threads or machines, and where it peaks.

X(N) = rate N / (1 + contention (N - 1) + coherency N (N - 1)); Amdahl's law is the case without coherency.

The least squares of X are found by the Levenberg-Marquardt algorithm, from the weighted linear least squares of N / X.
No library is needed. Intervals follow from the delta method, with Student's t for three degrees of freedom fewer than
points.

Sources: Gunther, Guerrilla Capacity Planning, 2007, chapters 4 to 6; Amdahl, AFIPS Conference Proceedings 30, 1967,
doi 10.1145/1465482.1465560; Marquardt, An algorithm for least-squares estimation of nonlinear parameters, Journal of
the Society for Industrial and Applied Mathematics 11(2), 1963, doi 10.1137/0111030.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

from acolytes_perf.errors import CannotAnswerError
from acolytes_perf.methods.statistics.student_t import t_quantile
from acolytes_perf.wording import pluralize

CONFIDENCE_LEVEL = 0.95
_MIN_POINTS, _MIN_SIZES = 4, 3
#: A peak at a larger size means that there is none.
MAX_SIZE = 1e12
#: Size and throughput.
Point = tuple[float, float]
Vector = tuple[float, float, float]
_MAX_STEPS = 500
_ROUNDING = 1e-9


class UslModel(NamedTuple):
    """The law with its three parameters.

    Attributes:
        rate: throughput at size 1.
        contention: share of serialised work; may be negative in a fit.
        coherency: cost of keeping each pair consistent; may be negative in a fit.
    """

    rate: float
    contention: float
    coherency: float

    def throughput(self, size: float) -> float:
        """Throughput at a size of at least 1.

        >>> round(UslModel(100, 0.1, 0.01).throughput(10), 4)
        357.1429
        """
        return self.rate * size / self.slowdown(size)

    def slowdown(self, size: float) -> float:
        """How many times slower each unit is than one alone."""
        return 1 + self.contention * (size - 1) + self.coherency * size * (size - 1)

    def gradient(self, size: float) -> Vector:
        """Partial derivatives of the throughput by rate, contention and coherency."""
        by_rate = size / self.slowdown(size)
        by_contention = -self.throughput(size) / self.slowdown(size) * (size - 1)
        return by_rate, by_contention, by_contention * size

    @property
    def peak(self) -> float | None:
        """The size of the largest throughput; None where there is none up to MAX_SIZE, or it only falls."""
        if self.coherency <= 0 or self.contention >= 1 - self.coherency:
            return None
        peak = math.sqrt((1 - self.contention) / self.coherency)
        return peak if peak < MAX_SIZE else None


class UslFit(NamedTuple):
    """A least-squares fit.

    Attributes:
        model: the parameters.
        covariance: of rate, contention and coherency.
        degrees_of_freedom: points less 3.
    """

    model: UslModel
    covariance: tuple[Vector, Vector, Vector]
    degrees_of_freedom: int

    def half_width(self, gradient: Vector) -> float:
        """Half the interval at CONFIDENCE_LEVEL of a figure with this gradient by the parameters (delta method)."""
        variance = math.fsum(
            left * right * self.covariance[i][j] for i, left in enumerate(gradient) for j, right in enumerate(gradient)
        )
        return t_quantile((1 + CONFIDENCE_LEVEL) / 2, self.degrees_of_freedom) * math.sqrt(max(variance, 0.0))

    @property
    def parameter_half_widths(self) -> Vector:
        """Half the intervals of rate, contention and coherency."""
        return self.half_width((1, 0, 0)), self.half_width((0, 1, 0)), self.half_width((0, 0, 1))

    @property
    def supports_peak(self) -> bool:
        """Whether there is a peak, no coefficient is negative, and at least one differs from 0 significantly."""
        _, contention, coherency = self.parameter_half_widths
        if self.model.peak is None or self.model.contention < 0 or self.model.coherency < 0:
            return False
        return self.model.contention > contention or self.model.coherency > coherency

    @property
    def peak_half_width(self) -> float:
        """Half the interval of the size at the peak; there must be one."""
        peak = self.model.peak
        assert peak is not None
        return self.half_width((0, -1 / (2 * self.model.coherency * peak), -peak / (2 * self.model.coherency)))

    @property
    def peak_throughput_half_width(self) -> float:
        """Half the interval of the throughput at the peak, where its slope by the size is 0."""
        assert self.model.peak is not None
        return self.half_width(self.model.gradient(self.model.peak))


def contention_for_speedup(speedup: float, size: float, coherency: float = 0.0) -> float:
    """The largest contention that allows a speedup; negative where none does.

    Args:
        speedup: throughput at `size` over throughput at 1, above 0.
        size: above 1.
        coherency: at least 0.

    >>> round(contention_for_speedup(80, 100), 6)
    0.002525
    """
    return (size / speedup - 1 - coherency * size * (size - 1)) / (size - 1)


def require_points(points: Sequence[Point], pointer: str, what: str) -> None:
    """Check that there are enough points for a curve, of enough sizes.

    Args:
        points: sizes and throughputs.
        pointer: the input that they come from.
        what: needs them, as a subject of the message.

    Raises:
        CannotAnswerError: there are too few; the message says how many more are needed.
    """
    few, sizes = _MIN_POINTS - len(points), _MIN_SIZES - len({size for size, _ in points})
    if few > 0 or sizes > 0:
        more = pluralize(max(few, sizes), "more point") + (f" at {pluralize(sizes, 'other size')}" if sizes > 0 else "")
        message = f"{what} needs {_MIN_POINTS} points at {_MIN_SIZES} sizes; missing: {more}"
        raise CannotAnswerError(pointer, message)


def fit_usl(points: Sequence[Point]) -> UslFit | None:
    """Fits the law by least squares of the throughput.

    Args:
        points: enough for `require_points`; sizes of at least 1, throughputs above 0.

    Returns:
        The fit; None where the points do not determine the three parameters.
    """
    scale = max(throughput for _, throughput in points)
    scaled = [(size, throughput / scale) for size, throughput in points]
    start = _start_model(scaled)
    minimum = _minimise(scaled, start)
    model = _without_rounding(scaled, minimum) if minimum else None
    inverse = invert_symmetric(_normal_matrix(scaled, model)) if model else None
    if model is None or inverse is None:
        return None
    degrees_of_freedom = len(points) - 3
    variance = _sum_of_squares(scaled, model) / degrees_of_freedom
    units = (scale, 1.0, 1.0)
    rows = [tuple(variance * inverse[i][j] * units[i] * units[j] for j in range(3)) for i in range(3)]
    covariance = (_vector(rows[0]), _vector(rows[1]), _vector(rows[2]))
    if not all(math.isfinite(value) for row in covariance for value in row):
        return None
    return UslFit(model._replace(rate=model.rate * scale), covariance, degrees_of_freedom)


def _start_model(points: Sequence[Point]) -> UslModel:
    """Where to start: size / throughput is linear in 1, size - 1 and size (size - 1)."""
    weighted = []
    for size, throughput in points:
        weight = throughput * throughput / size
        weighted.append(((weight, weight * (size - 1), weight * size * (size - 1)), throughput))
    solution = solve_symmetric(_cross_products([row for row, _ in weighted]), _transposed_product(weighted))
    if solution is not None and solution[0] > 0:
        model = UslModel(1 / solution[0], solution[1] / solution[0], solution[2] / solution[0])
        if _is_positive(points, model):
            return model
    return UslModel(max(throughput / size for size, throughput in points), 0.01, 0.0)


def _minimise(points: Sequence[Point], model: UslModel) -> UslModel | None:
    """Levenberg-Marquardt steps from a start; None where they do not converge."""
    squares, damping = _sum_of_squares(points, model), 1e-3
    for _ in range(_MAX_STEPS):
        normal = _normal_matrix(points, model)
        residuals = [(model.gradient(size), throughput - model.throughput(size)) for size, throughput in points]
        damped = [[value * (1 + damping * (i == j)) for j, value in enumerate(row)] for i, row in enumerate(normal)]
        step = solve_symmetric(damped, _transposed_product(residuals))
        if step is None:
            return None
        candidate = UslModel(model.rate + step[0], model.contention + step[1], model.coherency + step[2])
        is_valid = candidate.rate > 0 and _is_positive(points, candidate)
        new_squares = _sum_of_squares(points, candidate) if is_valid else math.inf
        if new_squares <= squares:
            is_small = all(abs(change) <= 1e-10 * (abs(value) + 1e-12) for change, value in zip(step, candidate))
            model, damping = candidate, max(damping / 10, 1e-15)
            if is_small or new_squares <= 1e-30 or (squares - new_squares <= 1e-15 * squares and damping < 1e-8):
                return model
            squares = new_squares
        elif damping > 1e12:
            return model
        else:
            damping *= 10
    return None


def _without_rounding(points: Sequence[Point], model: UslModel) -> UslModel:
    """The model with coefficients of 0 where their effect at the largest size is only rounding."""
    largest = max(size for size, _ in points)
    contention = model.contention if abs(model.contention) * largest > _ROUNDING else 0.0
    coherency = model.coherency if abs(model.coherency) * largest * largest > _ROUNDING else 0.0
    return UslModel(model.rate, contention, coherency)


def _is_positive(points: Sequence[Point], model: UslModel) -> bool:
    return all(model.slowdown(size) > 1e-9 for size, _ in points)


def _sum_of_squares(points: Sequence[Point], model: UslModel) -> float:
    return math.fsum((throughput - model.throughput(size)) ** 2 for size, throughput in points)


def _normal_matrix(points: Sequence[Point], model: UslModel) -> list[list[float]]:
    return _cross_products([model.gradient(size) for size, _ in points])


def _cross_products(rows: Sequence[Vector]) -> list[list[float]]:
    return [[math.fsum(row[i] * row[j] for row in rows) for j in range(3)] for i in range(3)]


def _transposed_product(rows: Sequence[tuple[Vector, float]]) -> list[float]:
    return [math.fsum(row[i] * value for row, value in rows) for i in range(3)]


def invert_symmetric(matrix: list[list[float]]) -> list[Vector] | None:
    """The inverse of a symmetric 3 by 3 matrix, by columns; None where it is nearly singular."""
    columns = [solve_symmetric(matrix, [float(i == j) for j in range(3)]) for i in range(3)]
    solved = [column for column in columns if column is not None]
    return solved if len(solved) == 3 else None


def solve_symmetric(matrix: Sequence[Sequence[float]], right: Sequence[float]) -> Vector | None:
    """The solution of a symmetric system, scaled by its diagonal; None where it is nearly singular."""
    if any(matrix[i][i] <= 0 or not math.isfinite(matrix[i][i]) for i in range(3)):
        return None
    scales = [1 / math.sqrt(matrix[i][i]) for i in range(3)]
    rows = [[matrix[i][j] * scales[i] * scales[j] for j in range(3)] + [right[i] * scales[i]] for i in range(3)]
    for i in range(3):
        pivot = max(range(i, 3), key=_magnitude_in(rows, i))
        rows[i], rows[pivot] = rows[pivot], rows[i]
        if abs(rows[i][i]) < 1e-13:
            return None
        for k in range(i + 1, 3):
            factor = rows[k][i] / rows[i][i]
            rows[k] = [value - factor * pivot_value for value, pivot_value in zip(rows[k], rows[i])]
    unscaled = [0.0, 0.0, 0.0]
    for i in (2, 1, 0):
        unscaled[i] = (rows[i][3] - math.fsum(rows[i][j] * unscaled[j] for j in range(i + 1, 3))) / rows[i][i]
    solution = _vector([value * scale for value, scale in zip(unscaled, scales)])
    return solution if all(map(math.isfinite, solution)) else None


def _magnitude_in(rows: Sequence[Sequence[float]], column: int) -> Callable[[int], float]:
    return lambda row: abs(rows[row][column])


def _vector(values: Sequence[float]) -> Vector:
    first, second, third = values
    return first, second, third
