"""Queues with few places (M/M/c/K) or few users (M/M/c//N): exact losses, means and waits.

Times are in mean service times. First come, first served. An arrival that finds j others waiting and all c servers
busy waits for j + 1 completions. They come with the rate c, so its wait is an Erlang distribution. A sum of these is
summed over Poisson probabilities (uniformisation): every term is positive, so no digits cancel.

Sources: Gross, Shortle, Thompson and Harris, Fundamentals of Queueing Theory, 4th edition 2008, sections 2.5 (M/M/c/K)
and 2.7 (finite source); Sevcik and Mitrani, The distribution of queuing network states at input and output instants,
Journal of the ACM 28(2), 1981 (what a user finds on arrival).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

from acolytes_perf.methods.queueing.birth_death import SteadyState, steady_state
from acolytes_perf.methods.queueing.mmc import erlang_b

#: After so many completions in the mean, nobody is still there: there are at most 100,000 servers and places.
_MOST_COMPLETIONS = 1e7


class FiniteQueue(NamedTuple):
    """A queue in its steady state.

    Attributes:
        servers: c.
        throughput: completions in a mean service time, which is the mean number of busy servers.
        in_system: mean number that wait or are served.
        blocking: share of the arrivals that is lost.
        empty: probability that nobody is there.
        at_limit: probability that all places are taken.
        found: what arrivals find that are not lost.
    """

    servers: int
    throughput: float
    in_system: float
    blocking: float
    empty: float
    at_limit: float
    found: SteadyState

    @property
    def p_wait(self) -> float:
        """Probability that an arrival that is not lost waits."""
        return math.fsum(
            one for state, one in enumerate(self.found.probabilities, self.found.first) if state >= self.servers
        )

    @property
    def mean_queue(self) -> float:
        """Mean number that wait."""
        return max(0.0, self.in_system - self.throughput)

    @property
    def mean_wait(self) -> float:
        """Mean wait of the arrivals that are not lost."""
        return self.found.mean(lambda state: max(0, state - self.servers + 1)) / self.servers


def with_few_places(load: float, servers: int, places: int) -> FiniteQueue:
    """M/M/c/K: arrivals at random times, lost where all places are taken.

    Args:
        load: offered, in erlang, above 0.
        servers: c, at least 1.
        places: K, of those that wait or are served, at least `servers`.
    """
    return _solved(lambda _: load, servers, places, places)


def with_few_users(ratio: float, users: int, servers: int, places: int | None = None) -> FiniteQueue:
    """M/M/c//N: each user sends a request a random time after the answer to the last one.

    A user whose request is lost tries again after another such time.

    Args:
        ratio: mean service time over mean think time, above 0.
        users: N, at least 1.
        servers: c, at least 1.
        places: K, of those that wait or are served, at least `servers`; None for no limit.
    """
    last = users if places is None else min(places, users)
    return _solved(lambda state: (users - state) * ratio, servers, last, places)


def _solved(birth: Callable[[int], float], servers: int, last: int, places: int | None) -> FiniteQueue:
    state = steady_state(birth, lambda number: float(min(number, servers)), last)
    busy, number = state.mean(lambda one: min(one, servers)), state.mean(float)
    limit = state.probability(last)
    offered = state.mean(birth)
    lost = limit * birth(last) / offered if places is not None else 0.0
    found = state.weighted(lambda one: birth(one) if one < last else 0.0)
    return FiniteQueue(servers, busy, number, lost, state.probability(0), limit, found)


class TimesInSystem:
    """Distributions of the wait, and of wait and service together, of arrivals that are not lost.

    Attributes:
        queue: the queue.
    """

    def __init__(self, queue: FiniteQueue) -> None:
        self.queue = queue
        # completions that an arrival waits for; those that find a free server wait for none
        needed = [1 - queue.p_wait] + [
            one for state, one in enumerate(queue.found.probabilities, queue.found.first) if state >= queue.servers
        ]
        gap = max(0, queue.found.first - queue.servers)
        self._needed = [needed[0], *[0.0] * gap, *needed[1:]]
        self._more = _sums_above(self._needed)
        #: chance that exactly these completions happened, and none of the c was the arrival's own service
        self._in_service = []
        share, kept = 0.0, 1 - 1 / queue.servers
        for one in self._needed:
            share = share * kept + one
            self._in_service.append(share)
        self._kept = kept

    def wait_exceeds(self, time: float) -> float:
        """P(wait > time), time in mean service times, at least 0."""
        return self._mixed(time, lambda count: self._more[count] if count < len(self._more) else 0.0)

    def response_exceeds(self, time: float) -> float:
        """P(wait + service > time), time in mean service times, at least 0."""
        last = len(self._needed) - 1

        def left(count: int) -> float:
            if count <= last:
                return self._more[count] + self._in_service[count]
            return self._in_service[last] * self._kept ** (count - last)

        return self._mixed(time, left)

    def _mixed(self, time: float, value: Callable[[int], float]) -> float:
        """The mean of a function of a Poisson number of completions."""
        mean = self.queue.servers * time
        if mean == 0:
            return min(1.0, value(0))
        if mean > _MOST_COMPLETIONS:  # at least 100 mean service times, and 100 times the places
            return 0.0
        mode = int(mean)
        top = math.exp(mode * math.log(mean) - mean - math.lgamma(mode + 1))
        total, weight, count = top * value(mode), top, mode
        while weight > top * 1e-18:
            count += 1
            weight *= mean / count
            total += weight * value(count)
        weight, count = top, mode
        while count > 0 and weight > top * 1e-18:
            weight *= count / mean
            count -= 1
            total += weight * value(count)
        return min(1.0, total)

    def percentile(self, exceeds: Callable[[float], float], share: float) -> float:
        """The time that a share of the arrivals does not exceed, by bisection to a relative 1e-10.

        Args:
            exceeds: `wait_exceeds` or `response_exceeds`.
            share: at least 0 and below 1.
        """
        rest = 1 - share
        if exceeds(0.0) <= rest:
            return 0.0
        low, high = 0.0, 1.0
        while exceeds(high) > rest:
            low, high = high, 2 * high
        while high - low > 1e-10 * high:
            middle = (low + high) / 2
            low, high = (middle, high) if exceeds(middle) > rest else (low, middle)
        return low


def _sums_above(values: Sequence[float]) -> list[float]:
    """For each index the sum of the values behind it."""
    sums, total = [0.0] * len(values), 0.0
    for index in range(len(values) - 1, 0, -1):
        total += values[index]
        sums[index - 1] = total
    return sums


def min_places(load: float, servers: int, blocking: float, most: int) -> int | None:
    """The fewest places at which at most a share of the arrivals is lost; None where `most` places are not enough.

    Args:
        load: offered, in erlang, above 0.
        servers: at least 1.
        blocking: largest share, above 0.
        most: places to try, at least `servers`.
    """
    # B(K) = B(K-1) a/c / (1 + B(K-1) a/c), from Erlang's formula on: each place costs one step
    lost, step = erlang_b(load, servers), load / servers
    for places in range(servers, most + 1):
        if lost <= blocking * (1 + 1e-12):
            return places
        lost = lost * step / (1 + lost * step)
    return None
