"""Replay a history against burn-rate alerts: when each rule would have fired, and which incidents it saw.

The rules are those that `outputs.prometheus` writes, evaluated at the end of each step of the history. A window that
is shorter than a step is one step.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from acolytes_perf.inputs.units import at_most
from acolytes_perf.methods.reliability import low_traffic
from acolytes_perf.methods.reliability.error_history import ErrorHistory
from acolytes_perf.methods.reliability.slo import BurnRateAlert

#: An alert that starts so long after an incident, in seconds, still belongs to it.
_LATE = 900.0
#: False alarms a month that a rule may have by chance.
_FALSE_A_MONTH = 0.1
#: Chance that an outage pages once more while its failures are still in the long window.
_FALSE_AFTER_AN_OUTAGE = 0.02
_HALF_DAY = 43_200.0


class AlertRule(NamedTuple):
    """A burn-rate alert as it is written for some traffic.

    Attributes:
        alert: its windows and threshold.
        min_failures: the long window needs so many failures, too; None without this condition.
        min_recent: the short window needs so many failures, too; None without this condition.
        count_rule: one error would fire the alert, so it waits for enough requests, and so many failures fire it, too.
    """

    alert: BurnRateAlert
    min_failures: int | None = None
    min_recent: int | None = None
    count_rule: int | None = None


class Firing(NamedTuple):
    """From when to when an alert fires, in seconds since 1970."""

    start: float
    end: float


class Traffic(NamedTuple):
    """Requests per second: the mean, and the mean of the hour of the day with the fewest."""

    mean: float
    lowest: float


def traffic_of(history: ErrorHistory) -> Traffic:
    """The traffic of a history; an hour of the day without any request does not count."""
    sums = [[0.0, 0.0] for _ in range(24)]
    for time, requests in zip(history.times, history.requests):
        hour = sums[int((time - history.step / 2) // 3600) % 24]
        hour[0] += requests
        hour[1] += history.step
    rates = [requests / seconds for requests, seconds in sums if requests]
    mean = math.fsum(history.requests) / (history.step * len(history.times))
    return Traffic(mean, min([*rates, mean]))


def guarded_rule(
    alert: BurnRateAlert, traffic: Traffic, usual_share: float, budget_errors: float, least: int | None
) -> AlertRule:
    """The rule for an alert at this traffic.

    Args:
        alert: its windows and threshold.
        traffic: of the service.
        usual_share: share of the requests that fails when nothing is wrong.
        budget_errors: errors that the SLO window allows, above 0.
        least: failures that the user demands; None for as many as keep false alarms below one in ten months.
    """
    rate = traffic.lowest if alert.long_window < _HALF_DAY else traffic.mean
    if alert.is_fired_by_one_error(traffic.mean):
        return AlertRule(alert, count_rule=max(low_traffic.count_threshold(alert, budget_errors), least or 0))
    needed = least or failures_beyond_chance(alert, rate, usual_share)
    fewest = low_traffic.threshold_errors(alert, rate, alert.long_window)
    # after an outage the long window stays above for hours, and a few failures by chance would page again
    short_fewest = low_traffic.threshold_errors(alert, traffic.lowest, alert.short_window)
    recent = recent_failures_beyond_chance(alert, traffic.mean, usual_share)
    return AlertRule(alert, needed if needed > fewest else None, recent if recent > short_fewest else None)


def failures_beyond_chance(alert: BurnRateAlert, rate: float, usual_share: float) -> int:
    """The fewest failures in the long window, at least 2, that chance brings less often than once in ten months.

    Args:
        alert: its long window.
        rate: requests per second, above 0.
        usual_share: share of the requests that fails when nothing is wrong.
    """
    mean = rate * alert.long_window * usual_share
    count = max(low_traffic.MIN_COUNT_THRESHOLD, math.floor(mean))
    while count < mean + 10 * math.sqrt(mean) + 20:
        if low_traffic.false_counts_per_month(alert, rate, usual_share, count) <= _FALSE_A_MONTH:
            break
        count += 1
    return count


def recent_failures_beyond_chance(alert: BurnRateAlert, rate: float, usual_share: float) -> int:
    """The fewest failures in the short window, at least 2, that chance brings after one outage in fifty.

    Args:
        alert: its long window is above for so long after an outage.
        rate: requests per second, above 0.
        usual_share: share of the requests that fails when nothing is wrong.
    """
    others = max(0, round(rate * alert.short_window) - 1)
    count = low_traffic.MIN_COUNT_THRESHOLD
    failures = rate * alert.long_window * usual_share
    while failures * low_traffic.binomial_pmf(count - 1, others, usual_share) > _FALSE_AFTER_AN_OUTAGE:
        count += 1
    return count


def no_traffic_window(rate: float) -> float:
    """Seconds without any request that chance brings less often than once in a hundred months.

    Args:
        rate: requests per second, above 0.

    >>> round(no_traffic_window(20 / 3600) / 60)
    43
    """
    return math.log(max(rate * low_traffic.MONTH, 1.0) / 0.01) / rate


def firings(history: ErrorHistory, rule: AlertRule) -> list[Firing]:
    """When a rule fires."""
    alert, result = rule.alert, []
    start = None
    long = history.in_windows(alert.long_window)
    short = history.in_windows(alert.short_window)
    for time, (requests, bad), (recent, recent_bad) in zip(history.times, long, short):
        is_above = _is_above(bad, requests, alert.threshold) and _is_above(recent_bad, recent, alert.threshold)
        if rule.min_failures is not None:
            is_above = is_above and bad > rule.min_failures - 0.5
        if rule.min_recent is not None:
            is_above = is_above and recent_bad > rule.min_recent - 0.5
        if rule.count_rule is not None:
            is_above = is_above and requests >= low_traffic.min_requests_for_ratio(alert) - 0.5
            is_above = is_above or bad > rule.count_rule - 0.5
        if is_above and start is None:
            start = time
        elif not is_above and start is not None:
            result.append(Firing(start, time))
            start = None
    if start is not None:
        result.append(Firing(start, history.end))
    return result


def _is_above(bad: float, requests: float, threshold: float) -> bool:
    return bool(requests) and not at_most(bad / requests, threshold)


def joined(all_firings: Sequence[Firing], gap: float = 0.0) -> list[Firing]:
    """Firings of several rules as what somebody notices: those at most `gap` seconds apart are one."""
    result: list[Firing] = []
    for firing in sorted(all_firings):
        if result and firing.start <= result[-1].end + gap:
            result[-1] = Firing(result[-1].start, max(result[-1].end, firing.end))
        else:
            result.append(firing)
    return result


def belongs(firing: Firing, start: float, end: float) -> bool:
    """Whether an alert tells of an incident from `start` to `end`: it starts in it or soon after, or lasts into it."""
    return firing.start <= end + _LATE and firing.end > start


def detection(all_firings: Sequence[Firing], start: float, end: float) -> float | None:
    """Seconds from the start of an incident to the first alert that tells of it; None without one."""
    times = [max(0.0, firing.start - start) for firing in all_firings if belongs(firing, start, end)]
    return min(times, default=None)
