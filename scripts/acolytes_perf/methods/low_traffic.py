"""What chance does to burn-rate alerts where few events come: false alerts, and what an outage must be to be seen.

Events come evenly, and each fails at random: the number of errors in a window is binomial. How long so many events
take is said for events that come at random.
"""

from __future__ import annotations

import math

from acolytes_perf.inputs.units import ROUNDING
from acolytes_perf.methods.slo import Alert

MONTH = 30 * 86400.0
#: Above so many errors in a window, chance plays no part that matters.
MOST_ERRORS = 1000
#: A single error says nothing: a rule that counts errors waits for a second one.
LEAST_COUNT = 2


def least_errors(alert: Alert, rate: float, span: float) -> int:
    """The fewest errors in a window of `span` seconds that are above the threshold, at `rate` events per second."""
    return math.floor(_events(rate, span) * alert.threshold * (1 + ROUNDING)) + 1


def false_alerts(alert: Alert, rate: float, error_ratio: float) -> float:
    """How often a month the alert begins to fire while errors come at their usual ratio.

    It begins with an error that makes both windows reach their counts, when without it one of them had not.
    """
    short, long = (least_errors(alert, rate, span) for span in (alert.short, alert.long))
    recent = _events(rate, alert.short) - 1
    before = _events(rate, alert.long) - 1 - recent
    with_it = _both(recent, before, error_ratio, short - 1, long - 1)
    return MONTH * rate * error_ratio * max(0.0, with_it - _both(recent, before, error_ratio, short, long))


def false_counts(alert: Alert, rate: float, error_ratio: float, count: int) -> float:
    """How often a month `count` errors come together in the long window, at their usual ratio."""
    others = _events(rate, alert.long) - 1
    return MONTH * rate * error_ratio * _failed(others, error_ratio, count - 1)


def count_for(alert: Alert, allowed_failures: float) -> int:
    """The errors in the long window that use the alert's share of all that the budget allows; never a single one."""
    return max(LEAST_COUNT, math.ceil(alert.share * allowed_failures * (1 - ROUNDING)))


def errors_to_fire(alert: Alert, rate: float, allowed_failures: float) -> int | None:
    """The errors in the long window that fire what is written for the alert: the count where one error would fire the
    alert itself. None where so many events never come in the window.
    """
    if not alert.is_fired_by_one_error(rate):
        return least_errors(alert, rate, alert.long)
    count = count_for(alert, allowed_failures)
    return count if count <= rate * alert.long * (1 + ROUNDING) else None


def sees_outage_in(alert: Alert, rate: float, allowed_failures: float) -> float | None:
    """Seconds from the start of a full outage until what is written for the alert fires; None if it never does."""
    errors = errors_to_fire(alert, rate, allowed_failures)
    soonest = alert.detects_in(1)
    return None if errors is None or soonest is None else max(soonest, errors / rate)


def guard_events(alert: Alert) -> int:
    """The least events in the long window of which a single failed one does not fire the alert."""
    return math.ceil(1 / alert.threshold * (1 - ROUNDING))


def outage_of(count: int, rate: float, chance: float) -> float:
    """Seconds until `count` events have come, with this probability, if they come at random at `rate` a second.

    The quantile of an Erlang distribution.
    """
    low, high = 0.0, (count + 10 * math.sqrt(count) + 40) / rate
    for _ in range(60):
        middle = (low + high) / 2
        if 1 - math.fsum(_poisson(rate * middle, few) for few in range(count)) < chance:
            low = middle
        else:
            high = middle
    return high


def _events(rate: float, span: float) -> int:
    """The events of a window that ends with one."""
    return max(1, math.ceil(rate * span * (1 - ROUNDING)))


def _both(recent: int, before: int, error_ratio: float, short: int, long: int) -> float:
    """P(X >= short and X + Y >= long) of the errors X of so many recent events, and Y of those before them."""
    late = [1.0]  # P(Y >= n)
    for count in range(long):
        late.append(max(0.0, late[-1] - _failed(before, error_ratio, count)))
    # more recent errors than both counts change nothing any more, so that their sum is the rest
    enough = max(short, long)
    less = [_failed(recent, error_ratio, count) for count in range(enough)]
    rest = max(0.0, 1 - math.fsum(less))
    return rest + math.fsum(chance * late[long - count] for count, chance in enumerate(less) if count >= short)


def _failed(events: int, error_ratio: float, count: int) -> float:
    """The probability that so many of the events failed (binomial)."""
    if error_ratio in (0, 1) or not 0 <= count <= events:
        return float(count == events * error_ratio)
    choices = math.lgamma(events + 1) - math.lgamma(count + 1) - math.lgamma(events - count + 1)
    return math.exp(choices + count * math.log(error_ratio) + (events - count) * math.log1p(-error_ratio))


def _poisson(mean: float, count: int) -> float:
    return math.exp(count * math.log(mean) - mean - math.lgamma(count + 1)) if mean else float(count == 0)
