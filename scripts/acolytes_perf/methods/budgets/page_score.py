"""The performance score of a page, as Lighthouse 10 and later computes it from five metrics.

Each metric has a score on a log-normal curve: 0.9 at its p10, 0.5 at its median. The total is their weighted mean.

Source: Lighthouse, core/audits/metrics (p10 and median), core/config/default-config.js (weights) and
shared/statistics.js (curve), version 12.8.2.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

MOBILE, DESKTOP = "mobile", "desktop"
#: The 90 % quantile of the normal law.
_P10_QUANTILE = 1.2815515655446004


class Metric(NamedTuple):
    """One metric.

    Attributes:
        weight: in the total, 0 to 1.
        audit: its name in a report.
        curves: p10 and median for mobile and desktop; seconds, for the layout shift without a unit.
        is_time: whether it is a time.
    """

    weight: float
    audit: str
    curves: Mapping[str, tuple[float, float]]
    is_time: bool = True


METRICS = {
    "fcp": Metric(0.10, "first-contentful-paint", {MOBILE: (1.8, 3.0), DESKTOP: (0.934, 1.6)}),
    "si": Metric(0.10, "speed-index", {MOBILE: (3.387, 5.8), DESKTOP: (1.311, 2.3)}),
    "lcp": Metric(0.25, "largest-contentful-paint", {MOBILE: (2.5, 4.0), DESKTOP: (1.2, 2.4)}),
    "tbt": Metric(0.30, "total-blocking-time", {MOBILE: (0.2, 0.6), DESKTOP: (0.15, 0.35)}),
    "cls": Metric(0.25, "cumulative-layout-shift", {MOBILE: (0.1, 0.25), DESKTOP: (0.1, 0.25)}, is_time=False),
}


def metric_score(name: str, value: float, device: str) -> float:
    """The score of one metric, 0 to 1.

    Args:
        name: of METRICS.
        value: seconds, for `cls` without a unit; at least 0.
        device: MOBILE or DESKTOP.

    >>> round(metric_score("lcp", 4.0, MOBILE), 9), round(metric_score("lcp", 2.5, MOBILE), 6)
    (0.5, 0.9)
    """
    if value <= 0:
        return 1.0
    p10, median = METRICS[name].curves[device]
    shape = math.log(median / p10) / _P10_QUANTILE
    return math.erfc(math.log(value / median) / shape / math.sqrt(2)) / 2


def page_score(values: Mapping[str, float], device: str) -> float:
    """The score of a page, 0 to 1, from all of METRICS.

    >>> round(page_score({"fcp": 2.13, "si": 5.8, "lcp": 4.0, "tbt": 0.6, "cls": 0.25}, MOBILE), 6)
    0.530489
    """
    return math.fsum(metric.weight * metric_score(name, values[name], device) for name, metric in METRICS.items())
