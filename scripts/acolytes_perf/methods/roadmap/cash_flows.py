"""Net present value, internal rates of return and payback of dated cash flows.

Sources: Brealey, Myers and Allen, Principles of Corporate Finance, 2011, chapters 2, 5 (net present value, internal
rate of return and its several roots, payback); Laguerre 1883 and Descartes' rule of signs for sums of real powers;
Microsoft Excel documentation of NPV, IRR, MIRR, XNPV and XIRR (the conventions that spreadsheets have).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

#: Rates that count: from a loss of 99.99 % a period to a gain of a millionfold.
_LEAST_RATE, _MOST_RATE = -0.9999, 1e6
#: The rate near which spreadsheets look for the internal rate of return.
GUESS = 0.1


class Flow(NamedTuple):
    """Money that comes in (more than 0) or goes out at a time, in periods after the first flow."""

    time: float
    amount: float


def present_value(flows: Sequence[Flow], rate: float) -> float:
    """The value at time 0.

    Args:
        flows: in any order, times at least 0.
        rate: interest in a period, more than -1.

    >>> round(present_value([Flow(0, -10000), Flow(1, 3000), Flow(2, 4200), Flow(3, 6800)], 0.10), 2)
    1307.29
    """
    return math.fsum(flow.amount * math.exp(-flow.time * math.log1p(rate)) for flow in flows)


def annuity_factor(rate: float, years: int, timing: float) -> float:
    """The value of 1 in each of some years.

    Args:
        rate: interest in a year, more than -1.
        years: at least 1.
        timing: when in the year it comes: 1 for its end, 0.5 for its middle, 0 for its start.

    >>> round(annuity_factor(0.08, 4, 1), 4)
    3.3121
    """
    return math.fsum((1 + rate) ** -(year + timing) for year in range(years))


def internal_rates(flows: Sequence[Flow]) -> list[float]:
    """All rates at which the flows have the value 0, in ascending order; of none, the list is empty.

    With s = -log(1 + rate) the value is a sum of a exp(t s), which has at most as many roots as its coefficients have
    changes of sign, by time. Between two roots of the sum there is one of a derivative with a change less, so that all
    are found, one level of derivatives after another.

    Args:
        flows: at least one, times at least 0.
    """
    by_time: dict[float, float] = {}
    for flow in flows:
        by_time[flow.time] = by_time.get(flow.time, 0.0) + flow.amount
    terms = sorted((time, amount) for time, amount in by_time.items() if amount)
    if len(terms) < 2:
        return []
    roots = _roots(terms, -math.log1p(_MOST_RATE), -math.log1p(_LEAST_RATE))
    return sorted(math.expm1(-root) for root in roots)


def _roots(terms: Sequence[tuple[float, float]], low: float, high: float) -> list[float]:
    """The roots s of the sum of a exp(t s) between the limits."""
    signs = [(terms[index][0], terms[index + 1][0]) for index in range(len(terms) - 1)
             if (terms[index][1] > 0) != (terms[index + 1][1] > 0)]  # fmt: skip
    if not signs:
        return []

    def scaled(s: float) -> float:
        """The sum divided by its largest term, whose sign and roots it has."""
        largest = max(math.log(abs(amount)) + time * s for time, amount in terms)
        return math.fsum(
            math.copysign(math.exp(math.log(abs(amount)) + time * s - largest), amount) for time, amount in terms
        )

    between = math.fsum(signs[0]) / 2
    derivative = [(time, amount * (time - between)) for time, amount in terms]
    turns = _roots(derivative, low, high) if len(signs) > 1 else []
    places, roots = [low, *turns, high], []
    for start, end in zip(places, places[1:]):
        first, last = scaled(start), scaled(end)
        if abs(first) < 1e-13 and start in turns:
            roots.append(start)  # the sum touches 0 where it turns
        elif first * last < 0 and not (abs(last) < 1e-13 and end in turns):
            roots.append(_bisected(scaled, start, end, first))
    return roots


def _bisected(function: object, start: float, end: float, first: float) -> float:
    assert callable(function)
    for _ in range(200):
        middle = (start + end) / 2
        value = function(middle)
        if value == 0 or middle in (start, end):
            return middle
        if (value > 0) == (first > 0):
            start = middle
        else:
            end = middle
    return (start + end) / 2


def spreadsheet_rate(rates: Sequence[float]) -> float | None:
    """The one of several internal rates that spreadsheets print: the nearest to their guess of 10 %."""
    return min(rates, key=lambda rate: abs(math.log1p(rate) - math.log1p(GUESS)), default=None)


def modified_rate(flows: Sequence[Flow], finance_rate: float, reinvest_rate: float) -> float | None:
    """The modified internal rate of return; None without flows of both signs, or with all flows at one time.

    Args:
        flows: at least one.
        finance_rate: interest that is paid for outflows, more than -1.
        reinvest_rate: interest that inflows earn until the last flow, more than -1.
    """
    end = max(flow.time for flow in flows)
    paid = -present_value([flow for flow in flows if flow.amount < 0], finance_rate)
    earned = present_value([flow for flow in flows if flow.amount > 0], reinvest_rate)
    if end == 0 or paid <= 0 or earned <= 0:
        return None
    return math.expm1((math.log(earned) - math.log(paid)) / end + math.log1p(reinvest_rate))


def payback(flows: Sequence[Flow], rate: float = 0.0) -> float | None:
    """The time from which on the flows so far never again sum up to less than 0; None where that never comes.

    Between two flows the later one counts as if it came in evenly.

    Args:
        flows: in order of time.
        rate: interest at which they are discounted; 0 for the plain payback.
    """
    total, before, since = 0.0, 0.0, None
    for flow in flows:
        amount = flow.amount * math.exp(-flow.time * math.log1p(rate))
        if total < 0 <= total + amount:
            since = before + (flow.time - before) * -total / amount
        elif total + amount < 0:
            since = None
        elif since is None and total + amount >= 0:
            since = flow.time
        total, before = total + amount, flow.time
    return since
