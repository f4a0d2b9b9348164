"""Times to repair: quantiles and mean of a log-normal law with exact intervals, beside those of the data alone.

Sources:
- Krishnamoorthy and Mathew, "Inferences on the means of lognormal distributions using generalized p-values and
  generalized confidence intervals", Journal of Statistical Planning and Inference 115(1), 2003,
  doi 10.1016/S0378-3758(02)00153-2 (mean; for a quantile the same draws give the exact interval).
- Efron and Tibshirani, An Introduction to the Bootstrap, 1993, section 13.3 (percentile interval).
- Davidovic, Incident Metrics in SRE, Google, 2021 (why a change of the mean time to repair is rarely seen).
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from typing import NamedTuple

from acolytes_perf.methods.statistics.student_t import t_quantile

#: The fewest incidents from which a law is estimated.
LEAST = 5
_DRAWS, _RESAMPLES = 4000, 1000
_POWER_QUANTILE = 0.8416


class Figure(NamedTuple):
    """A value with its 95 % interval, in seconds."""

    value: float
    low: float
    high: float


class LogNormal(NamedTuple):
    """Mean and standard deviation of the logarithms, and their number."""

    mean: float
    sd: float
    size: int


class Figures(NamedTuple):
    """The mean, or a quantile: by the log-normal law, and of the data alone."""

    name: str
    by_law: Figure
    by_data: Figure


def fit_log_normal(seconds: Sequence[float]) -> LogNormal:
    """The law of some times.

    Args:
        seconds: at least two, more than 0.
    """
    logs = [math.log(value) for value in seconds]
    mean = math.fsum(logs) / len(logs)
    return LogNormal(mean, math.sqrt(math.fsum((log - mean) ** 2 for log in logs) / (len(logs) - 1)), len(logs))


def figures(seconds: Sequence[float], quantiles: Sequence[float], seed: int) -> list[Figures]:
    """The mean and some quantiles.

    Args:
        seconds: times to repair, at least LEAST.
        quantiles: from 0 to 1.
        seed: of the draws.
    """
    law, rng = fit_log_normal(seconds), random.Random(seed)  # noqa: S311
    freedom = law.size - 1
    draws = []
    for _ in range(_DRAWS):
        scale = math.sqrt(rng.gammavariate(freedom / 2, 2.0) / freedom)
        draws.append((law.mean - rng.gauss(0, 1) * law.sd / math.sqrt(law.size) / scale, law.sd / scale))
    ranked = sorted(seconds)
    samples = [sorted(rng.choices(ranked, k=law.size)) for _ in range(_RESAMPLES)]
    found = [
        Figures(
            "mean",
            _figure(math.exp(law.mean + law.sd**2 / 2), [math.exp(min(m + s * s / 2, 700.0)) for m, s in draws]),
            _figure(math.fsum(seconds) / law.size, [math.fsum(sample) / law.size for sample in samples]),
        )
    ]
    for quantile in quantiles:
        normal = t_quantile(quantile, 1e9)
        found.append(
            Figures(
                f"p{100 * quantile:.6g}",
                _figure(math.exp(law.mean + normal * law.sd), [math.exp(min(m + normal * s, 700.0)) for m, s in draws]),
                _figure(_quantile(ranked, quantile), [_quantile(sample, quantile) for sample in samples]),
            )
        )
    return found


def _figure(value: float, draws: Sequence[float]) -> Figure:
    ranked = sorted(draws)
    return Figure(value, _quantile(ranked, 0.025), _quantile(ranked, 0.975))


def _quantile(ranked: Sequence[float], quantile: float) -> float:
    """The quantile of values in order, between neighbours by a straight line (Hyndman and Fan's type 7)."""
    place = quantile * (len(ranked) - 1)
    index = min(int(place), len(ranked) - 2)
    return ranked[index] + (place - index) * (ranked[index + 1] - ranked[index])


def smallest_reduction(law: LogNormal, later: int) -> float:
    """The reduction of the time to repair that later incidents would show in 80 of 100 cases.

    Args:
        law: of the incidents so far.
        later: incidents after the change, at least 2.

    Returns:
        A share, 0 to 1: two-sided t test of the logarithms at 5 %.

    >>> round(smallest_reduction(LogNormal(7.0, 1.0, 10), 10), 2)
    0.73
    """
    reach = t_quantile(0.975, law.size + later - 2) + _POWER_QUANTILE
    return 1 - math.exp(-reach * law.sd * math.sqrt(1 / law.size + 1 / later))


def ratio_of_times(before: Sequence[float], after: Sequence[float]) -> Figure:
    """The geometric mean after a date over that before it, by Welch's t test of the logarithms.

    Args:
        before: times to repair, at least two.
        after: at least two.
    """
    first, second = fit_log_normal(before), fit_log_normal(after)
    parts = [law.sd**2 / law.size for law in (first, second)]
    log, square = second.mean - first.mean, sum(parts)
    if not square:
        return Figure(math.exp(log), math.exp(log), math.exp(log))
    freedom = square**2 / sum(part**2 / (law.size - 1) for part, law in zip(parts, (first, second)))
    reach = t_quantile(0.975, freedom) * math.sqrt(square)
    return Figure(math.exp(log), math.exp(log - reach), math.exp(log + reach))
