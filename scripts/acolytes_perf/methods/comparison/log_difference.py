"""The difference of two sides' log means, with its interval and its test: a change as a ratio.

Noise and changes of latencies are relative, so that logarithms have about the same variance on both sides.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from acolytes_perf.methods.comparison.runs import POWER
from acolytes_perf.methods.comparison.shared_variation import Variance, moderated
from acolytes_perf.methods.statistics.student_t import t_cdf, t_quantile

#: The risk of one false alarm or more in a whole comparison.
SIGNIFICANCE = 0.05
#: Steps to which tools round latencies: seconds, milliseconds, microseconds.
_ROUNDING_STEPS = (1.0, 1e-3, 1e-6)


class Change(NamedTuple):
    """A change with its 95 % interval and its test.

    Attributes:
        value: candidate over baseline - 1; for failures the difference of the shares.
        low: lower limit.
        high: upper limit.
        p_value: two-sided, of this test alone.
        adjusted: the p-value after Holm's correction.
    """

    value: float
    low: float
    high: float
    p_value: float
    adjusted: float = 1.0

    @property
    def is_significant(self) -> bool:
        """Whether it is more than noise, all tests considered."""
        return self.adjusted < SIGNIFICANCE


class Spread(NamedTuple):
    """The uncertainty of a difference of log means.

    Attributes:
        standard_error: of the difference.
        degrees_of_freedom: of the standard error.
        rounding: how far rounded figures may move the difference.
        deviation: between runs.
    """

    standard_error: float
    degrees_of_freedom: float
    rounding: float
    deviation: float

    def change(self, difference: float) -> Change:
        """The change for this difference of log means."""
        half_width = t_quantile(0.975, self.degrees_of_freedom) * self.standard_error + self.rounding
        p_value = min(1.0, 2 * self.tail(abs(difference)))
        low, high = ratio_of(difference - half_width), ratio_of(difference + half_width)
        return Change(ratio_of(difference), low, high, p_value)

    def tail(self, difference: float) -> float:
        """The probability of a larger difference where there is no change.

        Args:
            difference: of the log means; a negative one is more likely than not to be exceeded.
        """
        excess = math.copysign(max(0.0, abs(difference) - self.rounding), difference)
        if self.standard_error:
            return t_cdf(-excess / self.standard_error, self.degrees_of_freedom)
        return 0.5 if not excess else float(excess < 0)

    def detectable(self, level: float) -> float:
        """The smallest rise that shows in 80 of 100 comparisons at this significance level, as a ratio."""
        quantiles = t_quantile(1 - level / 2, self.degrees_of_freedom) + t_quantile(POWER, self.degrees_of_freedom)
        return ratio_of(quantiles * self.standard_error + self.rounding)


class LogSides(NamedTuple):
    """The logarithms of one measure of one endpoint, a figure for each run. One side may be empty."""

    baseline: list[float]
    candidate: list[float]

    @property
    def difference(self) -> float:
        """The candidate's mean less the baseline's; none may be empty."""
        return mean(self.candidate) - mean(self.baseline)

    @property
    def variance(self) -> Variance:
        """The variance within the sides, with 0 degrees of freedom where no side has two runs."""
        sides = [side for side in self if side]
        squares = sum(squares_of(side) for side in sides)
        freedom = sum(len(side) - 1 for side in sides)
        return Variance(squares / freedom if freedom else 0.0, freedom)

    def standard_error(self, variance: Variance) -> float:
        """By the variance of both sides; where the smaller side varies more, by the variance of each (Welch)."""
        sizes = [len(side) for side in self]
        common = variance.value * sum(1 / size for size in sizes)
        own = self.variance.value * sum(1 / size for size in sizes)
        if min(sizes) > 1 and sizes[0] != sizes[1] and own:
            separate = sum(squares_of(side) / (len(side) - 1) / len(side) for side in self)
            common *= max(1.0, separate / own)
        return math.sqrt(common)


def spread_of(logs: LogSides, own: Variance, others: Sequence[Variance], rounding: float) -> Spread:
    """The uncertainty of the difference.

    Args:
        logs: of both sides.
        own: their variance.
        others: the variances of the same measure of other endpoints, which support it; see `shared_variation`.
        rounding: as by `rounding_of`.
    """
    variance = moderated(with_rounding(own, rounding), others)
    deviation = math.sqrt(variance.value)
    return Spread(logs.standard_error(variance), variance.degrees_of_freedom, rounding, deviation)


def with_rounding(variance: Variance, rounding: float) -> Variance:
    """The variance, at least that of a rounding: figures that it makes equal only look as if runs did not vary.

    >>> with_rounding(Variance(0.0, 2), 0.012)
    Variance(value=1.2e-05, degrees_of_freedom=2)
    """
    return variance._replace(value=max(variance.value, rounding**2 / 12))


def rounding_of(figures: Sequence[float], logs: LogSides) -> float:
    """How far rounded figures may move the difference of the log means.

    Runs that vary by more than half a step of the rounding average it out.

    Args:
        figures: of both sides, in seconds.
        logs: their logarithms.
    """
    step = next((step for step in _ROUNDING_STEPS if all(_is_multiple(figure, step) for figure in figures)), 0.0)
    deviations = [math.sqrt(squares_of(side) / (len(side) - 1)) for side in logs if len(side) > 1]
    relative = math.log1p(step / min(figures)) * (1 + 1e-9)  # more than the rounding of the logarithms
    return relative if step and min(deviations, default=0.0) < relative / 2 else 0.0


def _is_multiple(figure: float, step: float) -> bool:
    return abs(figure / step - round(figure / step)) < 1e-6


def ratio_of(log: float) -> float:
    """The relative change for a difference of logarithms."""
    return math.expm1(min(log, 700.0))


def mean(values: Sequence[float]) -> float:
    """The mean of at least one value."""
    return math.fsum(values) / len(values)


def squares_of(values: Sequence[float]) -> float:
    """The sum of squares around the mean; exactly 0 for equal values."""
    if min(values) == max(values):
        return 0.0
    middle = mean(values)
    return math.fsum((value - middle) ** 2 for value in values)
