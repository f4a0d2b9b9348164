"""G/G/c: servers in parallel whose arrivals and service times vary as measured. Times are in mean service times.

A squared coefficient of variation (scv) is the variance over the square of the mean: 0 is constant, 1 exponential.
Sources: Crommelin 1932 (M/D/c, exact) with the roots as in Janssen and van Leeuwaarden, Queueing Systems 50, 2005;
T. Kimura, Operations Research 34(5), 1986 (M/G/c); W. Kraemer and M. Langenbach-Belz, 8th International Teletraffic
Congress, 1976, and W. Whitt, Production and Operations Management 2(2), 1993 (arrivals that are not random); A. O.
Allen, Probability, Statistics and Queueing Theory (1990), section 5.4 (Allen-Cunneen). Two moments tell no more than
such intervals: V. Gupta et al., Queueing Systems 64, 2010. What several servers add when arrivals vary more than
random ones is fitted to event simulations, see the tests.
"""

from __future__ import annotations

import cmath
import math
from typing import NamedTuple

from acolytes_perf.methods.queueing import erlang_c

#: Whitt's limit of Cosmetatos' term, beyond which the approximations for arrivals that are not random fail.
MOST_GAP = 0.24
#: Of more varied service times, `tail` has not been seen to hold.
MOST_TAIL = 4
#: By how much fewer or more wait than in M/M/c, and shorter or longer than exponentially, at the limits of `tail`.
_TAIL_LOW, _TAIL_HIGH = (0.85, 0.85), (1.2, 1.3)


class Wait(NamedTuple):
    """A mean wait, and the least and the most that service times of this variation can make of it."""

    low: float
    value: float
    high: float


def exponential_wait(servers: int, utilisation: float) -> float:
    """Mean wait in M/M/c; 0 < utilisation < 1."""
    return erlang_c(servers * utilisation, servers) / (servers * (1 - utilisation))


def constant_wait(servers: int, utilisation: float) -> float:
    """Mean wait in M/D/c, exactly; 0 < utilisation < 1.

    >>> round(constant_wait(10, 0.9), 6), round(constant_wait(1, 0.5), 6)
    (0.344582, 0.5)
    """
    decay = servers * (utilisation - 1 - math.log(utilisation))
    return _by_sum(servers, utilisation) if decay > 0.5 else _by_roots(servers, utilisation)


def _by_sum(servers: int, utilisation: float) -> float:
    """Crommelin's sum over k of P(N >= kc) - P(N > kc) / utilisation, N Poisson with mean k times the load."""
    total, k = 0.0, 0
    while True:
        k += 1
        count, mean = k * servers, k * servers * utilisation
        here = math.exp(count * math.log(mean) - mean - math.lgamma(count + 1))
        above, term, n = 0.0, here, count
        while term > above * 1e-17:
            n += 1
            term *= mean / n
            above += term
        added = here + above - above / utilisation
        total += added
        if added <= total * 1e-15:
            return total


def _by_roots(servers: int, utilisation: float) -> float:
    """From the roots inside the unit circle of z^c = exp(a (z - 1)), a the load; exact where waiting is common."""
    load = servers * utilisation
    queue = utilisation / (2 * (1 - utilisation)) - (servers - 1 + load) / 2
    for k in range(1, servers):
        turn = cmath.exp(2j * cmath.pi * k / servers)
        root = turn * math.exp(-utilisation)
        for _ in range(60):  # Newton; five steps are usual
            power = turn * cmath.exp(utilisation * (root - 1))
            step = (root - power) / (1 - utilisation * power)
            root -= step
            if abs(step) < 1e-15:
                break
        queue += (1 / (1 - root)).real
    return queue / load


def general_wait(servers: int, utilisation: float, arrivals: float, service: float) -> Wait:
    """Mean wait in G/G/c by the scv of arrivals and of service; exact for M/M/c, M/G/1 and M/D/c.

    M/G/c times the factor for arrivals that are not random. The limits leave what shortens out on one side, and take it
    four times on the other. Where many servers have much room, only what holds for every distribution is claimed.
    """
    found = random_arrivals(servers, utilisation, service)
    if arrivals == 1:
        return found
    ratio = (arrivals + service) / (1 + service)
    gap = room(servers, utilisation)
    if arrivals < 1:
        shorter, longer = _regular(utilisation, arrivals, service, gap), 1.0
    else:
        shorter = math.exp(-(1 - utilisation) * (arrivals - 1) / (arrivals + 4 * service))
        longer = 1 + 8 * gap * (1 - 1 / arrivals)
    low, value, high = (one * ratio for one in found)
    if gap > MOST_GAP:
        most = most_wait(servers, utilisation, arrivals, service)
        return Wait(0.0, min(value * shorter * longer, most), most)
    return Wait(low * shorter**4, value * shorter * longer, high * longer * longer)


def random_arrivals(servers: int, utilisation: float, service: float) -> Wait:
    """M/G/c by Kimura's interpolation between M/D/c and M/M/c; exact for one server, and for scv 0 and 1.

    The limits: Allen-Cunneen's formula on one side; on the other exponential service, or where that is less varied,
    as far away as Allen-Cunneen.
    """
    exponential = exponential_wait(servers, utilisation)
    constant = exponential / 2 if servers == 1 else constant_wait(servers, utilisation)
    if constant < 1e-300:
        return Wait(0.0, 0.0, 0.0)
    value = (1 + service) / ((1 - service) / constant + 2 * service / exponential)
    if servers == 1 or service == 0:
        return Wait(value, value, value)
    simple = exponential * (1 + service) / 2
    low, high = (exponential, simple) if service > 1 else (simple, value * value / simple)
    return Wait(min(low, value), value, max(value, high))  # rounding must not part them


def tail(servers: int, utilisation: float, wait: Wait, share: float = 0.95, *, exact: bool) -> Wait:
    """The wait that a share of the arrivals stays within, for random arrivals and the mean wait; `exact` is M/M/c.

    As many wait as there, and those wait exponentially long (Whitt 1993, section 4). The limits are those of the mean,
    and what event simulations have shown beyond them for common service times with an scv up to MOST_TAIL (see the
    tests); two moments alone bound no percentile.
    """
    waiting = erlang_c(servers * utilisation, servers)

    def within(mean: float, more: float, longer: float) -> float:
        return max(0.0, longer * mean / waiting * math.log(more * waiting / (1 - share))) if waiting > 0 else 0.0

    value = within(wait.value, 1.0, 1.0)
    if exact:
        return Wait(value, value, value)
    return Wait(within(wait.low, *_TAIL_LOW), value, within(wait.high, *_TAIL_HIGH))


def most_wait(servers: int, utilisation: float, arrivals: float, service: float) -> float:
    """The mean wait that no G/G/c with these scv exceeds (Kingman 1970); far too much where there is room."""
    spread = arrivals / (servers * utilisation) + utilisation * (service + 1 - 1 / servers)
    return spread / (2 * (1 - utilisation))


def room(servers: int, utilisation: float) -> float:
    """Cosmetatos' measure of how much several servers with room differ from one that is as fast as all of them."""
    return (1 - utilisation) * (servers - 1) * (math.sqrt(4 + 5 * servers) - 2) / (16 * servers * utilisation)


def _regular(utilisation: float, arrivals: float, service: float, gap: float) -> float:
    """Kraemer and Langenbach-Belz for arrivals with scv under 1, and what several servers add (Whitt 1993, 2.23)."""
    both = arrivals + service
    if both < 1e-9:
        return 0.0
    one = math.exp(-2 * (1 - utilisation) * (1 - arrivals) ** 2 / (3 * utilisation * both))
    several = 1 - 4 * min(MOST_GAP, gap)
    return one * math.pow(several, (1 - arrivals) * min(1.0, 1 / both))
