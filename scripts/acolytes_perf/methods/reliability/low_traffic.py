"""Burn-rate alerts at low traffic: false alerts by chance, and how large an outage must be to be seen.

Requests are evenly spaced and fail independently, so the number of errors in a window is binomial. How long an outage
must last is stated for Poisson arrivals.

Source: The Site Reliability Workbook, Google, 2018, chapter 5, section "Low-traffic services and error budget
alerting"; the distributions are standard.
"""

from __future__ import annotations

import math

from acolytes_perf.inputs.units import ROUNDING
from acolytes_perf.methods.reliability.slo import BurnRateAlert

MONTH = 30 * 86400.0
#: With more errors than this in a window, chance no longer matters.
MAX_ERRORS = 1000
#: A single error proves nothing: a rule that counts errors waits for a second one.
MIN_COUNT_THRESHOLD = 2


def threshold_errors(alert: BurnRateAlert, rate: float, window: float) -> int:
    """The fewest errors in a window of so many seconds that exceed the threshold, at `rate` requests per second.

    Args:
        alert: its threshold.
        rate: requests per second, above 0.
        window: in seconds, above 0.
    """
    return math.floor(_requests_in_window(rate, window) * alert.threshold * (1 + ROUNDING)) + 1


def false_alerts_per_month(alert: BurnRateAlert, rate: float, error_ratio: float) -> float:
    """How often a month the alert starts to fire while the error ratio is at its usual level.

    It starts with an error that brings both windows to their thresholds, where without it one was below.

    Args:
        alert: two windows with one burn rate.
        rate: requests per second, above 0.
        error_ratio: usual share of failed requests, from 0 to 1.
    """
    short, long = (threshold_errors(alert, rate, window) for window in (alert.short_window, alert.long_window))
    recent = _requests_in_window(rate, alert.short_window) - 1
    earlier = _requests_in_window(rate, alert.long_window) - 1 - recent
    with_error = _probability_both(recent, earlier, error_ratio, short - 1, long - 1)
    without_error = _probability_both(recent, earlier, error_ratio, short, long)
    return MONTH * rate * error_ratio * max(0.0, with_error - without_error)


def false_counts_per_month(alert: BurnRateAlert, rate: float, error_ratio: float, count: int) -> float:
    """How often a month `count` errors fall into one long window, at the usual error ratio.

    Args:
        alert: its long window.
        rate: requests per second, above 0.
        error_ratio: usual share of failed requests, from 0 to 1.
        count: errors, at least 1.
    """
    other_requests = _requests_in_window(rate, alert.long_window) - 1
    return MONTH * rate * error_ratio * binomial_pmf(count - 1, other_requests, error_ratio)


def count_threshold(alert: BurnRateAlert, budget_errors: float) -> int:
    """The errors in the long window that use the alert's share of the budget, `budget_errors` in all; at least 2.

    Args:
        alert: its share of the budget.
        budget_errors: errors that the SLO window allows, above 0.
    """
    return max(MIN_COUNT_THRESHOLD, math.ceil(alert.budget_share * budget_errors * (1 - ROUNDING)))


def errors_to_fire(alert: BurnRateAlert, rate: float, budget_errors: float) -> int | None:
    """The errors in the long window that fire the rule written for the alert.

    That rule counts errors where a single one would fire the alert itself. None where the window never has so many
    requests.

    Args:
        alert: with its long window.
        rate: requests per second, above 0.
        budget_errors: errors that the SLO window allows, above 0.
    """
    if not alert.is_fired_by_one_error(rate):
        return threshold_errors(alert, rate, alert.long_window)
    count = count_threshold(alert, budget_errors)
    return count if count <= rate * alert.long_window * (1 + ROUNDING) else None


def outage_detection_time(alert: BurnRateAlert, rate: float, budget_errors: float) -> float | None:
    """Seconds from the start of a full outage until the rule written for the alert fires; None if it never does.

    Args:
        alert: with its long window.
        rate: requests per second, above 0.
        budget_errors: errors that the SLO window allows, above 0.
    """
    errors = errors_to_fire(alert, rate, budget_errors)
    soonest = alert.detection_time(1)
    return None if errors is None or soonest is None else max(soonest, errors / rate)


def min_requests_for_ratio(alert: BurnRateAlert) -> int:
    """The fewest requests in the long window of which a single failed one does not fire the alert."""
    return math.ceil(1 / alert.threshold * (1 - ROUNDING))


def erlang_quantile(count: int, rate: float, probability: float) -> float:
    """Seconds until `count` Poisson arrivals have come, with this probability: a quantile of the Erlang distribution.

    Args:
        count: at least 1.
        rate: arrivals per second, above 0.
        probability: above 0 and below 1.

    >>> round(erlang_quantile(1, 1.0, 0.5), 6)
    0.693147
    """
    low, high = 0.0, (count + 10 * math.sqrt(count) + 40) / rate
    for _ in range(60):
        middle = (low + high) / 2
        if 1 - math.fsum(poisson_pmf(fewer, rate * middle) for fewer in range(count)) < probability:
            low = middle
        else:
            high = middle
    return high


def _requests_in_window(rate: float, window: float) -> int:
    """The requests of a window that ends with one."""
    return max(1, math.ceil(rate * window * (1 - ROUNDING)))


def _probability_both(recent: int, earlier: int, error_ratio: float, short: int, long: int) -> float:
    """P(X >= short and X + Y >= long), X the errors of so many recent requests, Y those of the earlier ones."""
    earlier_tail = [1.0]  # P(Y >= n)
    for count in range(long):
        earlier_tail.append(max(0.0, earlier_tail[-1] - binomial_pmf(count, earlier, error_ratio)))
    # with more recent errors than both thresholds both hold, so their total probability is the rest
    enough = max(short, long)
    recent_pmf = [binomial_pmf(count, recent, error_ratio) for count in range(enough)]
    rest = max(0.0, 1 - math.fsum(recent_pmf))
    return rest + math.fsum(
        probability * earlier_tail[long - count] for count, probability in enumerate(recent_pmf) if count >= short
    )


def binomial_pmf(count: int, trials: int, probability: float) -> float:
    """P(N = count) of a binomial N.

    Args:
        count: any whole number.
        trials: at least 0.
        probability: of success in each trial, from 0 to 1.
    """
    if probability in (0, 1) or not 0 <= count <= trials:
        return float(count == trials * probability)
    log_choices = math.lgamma(trials + 1) - math.lgamma(count + 1) - math.lgamma(trials - count + 1)
    return math.exp(log_choices + count * math.log(probability) + (trials - count) * math.log1p(-probability))


def poisson_pmf(count: int, mean: float) -> float:
    """P(N = count) of a Poisson N; count >= 0, mean >= 0."""
    return math.exp(count * math.log(mean) - mean - math.lgamma(count + 1)) if mean else float(count == 0)
