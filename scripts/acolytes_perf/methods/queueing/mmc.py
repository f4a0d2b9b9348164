"""M/M/c and M/M/c/c queues.

The offered load is in erlang: arrival rate times mean service time. Times are in mean service times.

Sources: Jagerman, Some properties of the Erlang loss function, Bell System Technical Journal 53(3), 1974 (stable sum);
Kleinrock, Queueing Systems, volume 1, 1975, section 3.5; Halfin and Whitt, Heavy-traffic limits for queues with many
exponential servers, Operations Research 29(3), 1981.
"""

from __future__ import annotations

import math
from collections.abc import Callable


def erlang_b(offered_load: float, servers: int) -> float:
    """Erlang's loss formula: the probability that an arrival finds all servers busy in M/M/c/c.

    1/B = sum over k of c!/(c-k)!/a^k. All terms are positive, so no digits cancel, and few of them matter: 100,000
    servers take microseconds.

    Args:
        offered_load: a, in erlang, above 0.
        servers: c, at least 1.

    Returns:
        The blocking probability; 0 where it underflows.

    >>> round(erlang_b(14, 20), 6)
    0.030035
    """
    total = term = 1.0
    for free in range(servers, 0, -1):
        term *= free / offered_load
        total += term
        if term < total * 1e-18:
            break
        if total == math.inf:
            return 0.0
    return 1 / total


def erlang_c(offered_load: float, servers: int) -> float:
    """Erlang's delay formula: the probability that an arrival waits in M/M/c.

    Args:
        offered_load: in erlang, above 0 and below `servers`.
        servers: at least 1.

    >>> round(erlang_c(14, 20), 6)
    0.093561
    """
    blocking = erlang_b(offered_load, servers)
    return servers * blocking / (servers - offered_load + offered_load * blocking)


def idle_probability(offered_load: float, servers: int) -> float:
    """The probability that an M/M/c queue is empty; 0 where it underflows. Arguments as for `erlang_c`.

    >>> round(idle_probability(0.8, 1), 6), round(idle_probability(5, 7), 6)
    (0.2, 0.005975)
    """
    blocking = erlang_b(offered_load, servers)
    if blocking == 0:
        return math.exp(-offered_load)
    log_all_busy = servers * math.log(offered_load) - math.lgamma(servers + 1)  # relative to the empty queue
    return math.exp(math.log(blocking) - log_all_busy) / (1 + blocking * offered_load / (servers - offered_load))


def halfin_whitt(offered_load: float, servers: int) -> float:
    """The square-root staffing approximation of `erlang_c`, whose arguments it takes.

    1 / (1 + k Phi(k) / phi(k)), where k = (c - a) / sqrt(a) is the safety margin.
    """
    margin = (servers - offered_load) / math.sqrt(offered_load)
    if margin > 35:  # phi underflows, and so does the probability
        return 0.0
    normal_cdf = (1 + math.erf(margin / math.sqrt(2))) / 2
    return 1 / (1 + margin * normal_cdf * math.sqrt(2 * math.pi) * math.exp(margin * margin / 2))


def wait_tail_probability(p_wait: float, offered_load: float, servers: int, time: float) -> float:
    """P(wait > time), first come first served.

    Args:
        p_wait: probability of waiting at all, as by `erlang_c`.
        offered_load: in erlang, below `servers`.
        servers: at least 1.
        time: at least 0, in mean service times.
    """
    return p_wait * math.exp(-(servers - offered_load) * time)


def wait_percentile(p_wait: float, offered_load: float, servers: int, share: float) -> float:
    """The wait that a share of the arrivals does not exceed, in mean service times; 0 <= share < 1.

    Args:
        p_wait: probability of waiting at all, as by `erlang_c`.
        offered_load: in erlang, below `servers`.
        servers: at least 1.
        share: at least 0 and below 1.
    """
    return max(0.0, math.log(p_wait / (1 - share)) / (servers - offered_load)) if p_wait > 0 else 0.0


def response_tail_probability(p_wait: float, offered_load: float, servers: int, time: float) -> float:
    """P(wait + service > time), with the arguments of `wait_tail_probability`.

    exp(-t) + C (exp(-(c-a)t) - exp(-t)) / (1 - (c-a)), and its limit where c - a = 1.
    """
    spare = servers - offered_load
    slower, gap = min(spare, 1.0), abs(spare - 1)
    convolution = math.exp(-slower * time) * (-math.expm1(-gap * time) / gap if gap > 1e-12 else time)
    return math.exp(-time) + p_wait * convolution


def response_percentile(p_wait: float, offered_load: float, servers: int, share: float) -> float:
    """The response time that a share of the arrivals does not exceed, to a relative 1e-14.

    Args:
        p_wait: probability of waiting at all, as by `erlang_c`.
        offered_load: in erlang, below `servers`.
        servers: at least 1.
        share: at least 0 and below 1.
    """
    low, high = 0.0, 1.0
    while response_tail_probability(p_wait, offered_load, servers, high) > 1 - share:
        low, high = high, 2 * high
    return _bisect(lambda time: response_tail_probability(p_wait, offered_load, servers, time) > 1 - share, low, high)


def min_servers(is_enough: Callable[[int], bool], low: int) -> int:
    """The smallest number of servers from `low` on that is enough; every larger number must be, too.

    Args:
        is_enough: whether a number of servers is enough.
        low: where the search starts, at least 1.
    """
    step = 1
    while not is_enough(low + step - 1):
        low, step = low + step, 2 * step
    high = low + step - 1
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if is_enough(middle) else (middle + 1, high)
    return low


def max_load(is_carried: Callable[[float], bool], limit: float) -> float:
    """The largest offered load below the limit that is carried; every smaller load must be, too.

    Args:
        is_carried: whether a load in erlang is carried.
        limit: in erlang, above 0.
    """
    return _bisect(is_carried, 0.0, limit)


def _bisect(holds: Callable[[float], bool], low: float, high: float) -> float:
    """The last point of the interval at which `holds` is true."""
    while high - low > 1e-14 * high:
        middle = (low + high) / 2
        if middle in (low, high):
            break
        low, high = (middle, high) if holds(middle) else (low, middle)
    return low
