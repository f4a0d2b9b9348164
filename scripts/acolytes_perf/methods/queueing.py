"""M/M/c and M/M/c/c: `load` is the offered load in erlang (arrival rate times mean service time), times are in
mean service times, and servers are counted.

Sources: A. K. Erlang 1917; D. L. Jagerman, Bell System Technical Journal 53(3), 1974, for the stable sum;
L. Kleinrock, Queueing Systems vol. 1 (1975), section 3.5; S. Halfin and W. Whitt, Operations Research 29(3), 1981.
"""

from __future__ import annotations

import math
from collections.abc import Callable


def erlang_b(load: float, servers: int) -> float:
    """Probability that an arrival finds all servers busy and is lost; load > 0, servers >= 1.

    1/B = sum over k of c!/(c-k)!/a^k. All terms are positive, so nothing cancels, and those that matter are a few
    times the square root of the load: 100,000 servers take microseconds. Underflows to 0.

    >>> round(erlang_b(14, 20), 6)
    0.030035
    """
    total = term = 1.0
    for free in range(servers, 0, -1):
        term *= free / load
        total += term
        if term < total * 1e-18:
            break
        if total == math.inf:
            return 0.0
    return 1 / total


def erlang_c(load: float, servers: int) -> float:
    """Probability that an arrival waits; 0 < load < servers.

    >>> round(erlang_c(14, 20), 6)
    0.093561
    """
    blocked = erlang_b(load, servers)
    return servers * blocked / (servers - load + load * blocked)


def empty(load: float, servers: int) -> float:
    """Probability that nobody is there; 0 < load < servers. Underflows to 0.

    >>> round(empty(0.8, 1), 6), round(empty(5, 7), 6)
    (0.2, 0.005975)
    """
    blocked = erlang_b(load, servers)
    if blocked == 0:
        return math.exp(-load)
    all_busy = servers * math.log(load) - math.lgamma(servers + 1)  # of empty, as a logarithm
    return math.exp(math.log(blocked) - all_busy) / (1 + blocked * load / (servers - load))


def halfin_whitt(load: float, servers: int) -> float:
    """The square-root approximation of `erlang_c`: 1 / (1 + k Phi(k)/phi(k)) with k spare servers per root of load."""
    k = (servers - load) / math.sqrt(load)
    cumulative = (1 + math.erf(k / math.sqrt(2))) / 2
    if k > 35:  # phi underflows, and so does the probability
        return 0.0
    return 1 / (1 + k * cumulative * math.sqrt(2 * math.pi) * math.exp(k * k / 2))


def wait_exceeds(p_wait: float, load: float, servers: int, time: float) -> float:
    """P(wait > time), first come first served."""
    return p_wait * math.exp(-(servers - load) * time)


def wait_percentile(p_wait: float, load: float, servers: int, share: float) -> float:
    """The time that `share` of the arrivals wait at most."""
    return max(0.0, math.log(p_wait / (1 - share)) / (servers - load)) if p_wait > 0 else 0.0


def response_exceeds(p_wait: float, load: float, servers: int, time: float) -> float:
    """P(wait + service > time): exp(-t) + C (exp(-(c-a)t) - exp(-t)) / (1 - (c-a)), and its limit at c - a = 1."""
    spare = servers - load
    slow, gap = min(spare, 1.0), abs(spare - 1)
    both = math.exp(-slow * time) * (-math.expm1(-gap * time) / gap if gap > 1e-12 else time)
    return math.exp(-time) + p_wait * both


def response_percentile(p_wait: float, load: float, servers: int, share: float) -> float:
    """The time within which `share` of the arrivals are served, by bisection to a relative 1e-14."""
    low, high = 0.0, 1.0
    while response_exceeds(p_wait, load, servers, high) > 1 - share:
        low, high = high, 2 * high
    return _bisect(lambda time: response_exceeds(p_wait, load, servers, time) > 1 - share, low, high)


def smallest_servers(enough: Callable[[int], bool], low: int) -> int:
    """The smallest count from `low` on for which `enough` holds; once it holds it must go on holding."""
    step = 1
    while not enough(low + step - 1):
        low, step = low + step, 2 * step
    high = low + step - 1
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle + 1, high)
    return low


def largest_load(carried: Callable[[float], bool], below: float) -> float:
    """The largest load under `below` for which `carried` holds; once it fails it must go on failing."""
    return _bisect(carried, 0.0, below)


def _bisect(holds: Callable[[float], bool], low: float, high: float) -> float:
    """The end of the interval on which `holds` is true, from inside it."""
    while high - low > 1e-14 * high:
        middle = (low + high) / 2
        if middle in (low, high):
            break
        low, high = (middle, high) if holds(middle) else (low, middle)
    return low
