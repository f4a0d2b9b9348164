"""Retries of failed requests, and the lasting overload that they can keep alive.

A queue M/M/c/K serves attempts. An attempt fails when all places are taken, or when its answer comes after the
timeout; the server works on it all the same. With the attempt rate x an attempt fails with the chance f(x), and a
request makes A(f) = 1 + f + ... + f^n attempts. So the request rate that keeps x in balance is x / A(f(x)). Where this
curve falls and rises again, one request rate has several balances: a normal one, a lasting overload, and between them
an unstable one that a disturbance has to pass.

Sources: Bronson, Aghayev, Charapko and Zhu, Metastable failures in distributed systems, HotOS 2021; Huang et al.,
Metastable failures in the wild, OSDI 2022; Beyer et al., Site Reliability Engineering, 2016, chapter 22 (retry
budgets, and retries in several layers).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

from acolytes_perf.methods.queueing.finite import TimesInSystem, with_few_places

_POINTS = 160
_GOLDEN = (math.sqrt(5) - 1) / 2


class RetrySystem(NamedTuple):
    """What attempts meet; times are in mean service times.

    Attributes:
        servers: c, at least 1.
        places: K, of those that wait or are served, at least `servers`.
        timeout: of an attempt, above 0.
        retries: n, after the first attempt, at least 0.
        budget: most retries as a share of the requests, at least 0; None without a budget.
    """

    servers: int
    places: int
    timeout: float
    retries: int
    budget: float | None = None

    def failure(self, attempts: float) -> float:
        """The chance that an attempt fails, at a load of attempts in erlang above 0."""
        queue = with_few_places(attempts, self.servers, self.places)
        late = TimesInSystem(queue).response_exceeds(self.timeout)
        return min(1.0, queue.blocking + (1 - queue.blocking) * late)

    def amplification(self, failure: float) -> float:
        """Attempts that a request makes on average, where each fails with this chance."""
        attempts = attempts_of(failure, self.retries)
        return attempts if self.budget is None else min(attempts, 1 + self.budget)


def attempts_of(failure: float, retries: int) -> float:
    """The mean number of attempts of a request: 1 + f + f^2 + ... + f^n.

    Args:
        failure: the chance that an attempt fails, 0 to 1.
        retries: n, the most attempts after the first.

    >>> attempts_of(0.5, 2), attempts_of(1.0, 3)
    (1.75, 4.0)
    """
    if failure <= 0:
        return 1.0
    if failure >= 1:
        return float(retries + 1)
    return -math.expm1((retries + 1) * math.log(failure)) / (1 - failure)


class Balance(NamedTuple):
    """A rate of attempts at which retries and failures keep each other up; loads in erlang.

    Attributes:
        attempts: load of the attempts.
        failure: chance that an attempt fails.
        stable: a small disturbance goes away by itself.
    """

    attempts: float
    failure: float
    stable: bool


class Curve:
    """The load of requests that keeps each load of attempts in balance.

    Args:
        system: servers, places, timeout and retries.
        load: of the requests, in erlang, above 0; the curve covers all balances of this load.

    Attributes:
        system: as above.
        points: (load of attempts, load of requests, failure), by attempts.
    """

    def __init__(self, system: RetrySystem, load: float) -> None:
        self.system = system
        most = 1.1 * (system.retries + 1) * max(load, float(system.servers))
        low = min(load, system.servers) * 0.3
        # half of the points where attempts are near the capacity, since the curve turns there
        spread = [low * (most / low) ** (index / (_POINTS // 2)) for index in range(_POINTS // 2 + 1)]
        near = [system.servers * (0.5 + index / (_POINTS // 2)) for index in range(_POINTS // 2 + 1)]
        self.points = [self._point(attempts) for attempts in sorted({*spread, *near})]

    def _point(self, attempts: float) -> tuple[float, float, float]:
        failure = self.system.failure(attempts)
        return attempts, attempts / self.system.amplification(failure), failure

    def requests(self, attempts: float) -> float:
        """The load of requests that keeps a load of attempts in balance."""
        return self._point(attempts)[1]

    def balances(self, load: float) -> list[Balance]:
        """All balances of a load of requests, by their attempts; stable and unstable ones take turns."""
        found = []
        for (low, before, _), (high, after, _) in zip(self.points, self.points[1:]):
            if (before < load) != (after < load):
                rises = before < after
                attempts = self._root(load, low, high, rises=rises)
                found.append(Balance(attempts, self.system.failure(attempts), rises))
        return found

    def _root(self, load: float, low: float, high: float, *, rises: bool) -> float:
        """Where the curve passes a load between two of its points, to a relative 1e-9."""
        while high - low > 1e-9 * high:
            middle = (low + high) / 2
            low, high = (middle, high) if (self.requests(middle) < load) == rises else (low, middle)
        return (low + high) / 2

    def turning_points(self) -> tuple[float, float] | None:
        """(load below which only the normal balance exists, load from which only the overload does).

        None where the curve only rises, so that each load has one balance.
        """
        loads = [requests for _, requests, _ in self.points]
        top = next((index for index in range(1, len(loads) - 1) if loads[index] > loads[index + 1] * (1 + 1e-9)), None)
        if top is None:
            return None
        bottom = min(range(top + 1, len(loads)), key=lambda index: loads[index])
        highest = -self._least(lambda one: -self.requests(one), top)
        return self._least(self.requests, bottom), highest

    def _least(self, value: Callable[[float], float], place: int) -> float:
        """The least value near a point of the curve, by golden sections."""
        low = self.points[max(0, place - 1)][0]
        high = self.points[min(len(self.points) - 1, place + 1)][0]
        for _ in range(25):
            left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
            low, high = (low, right) if value(left) < value(right) else (left, high)
        return value((low + high) / 2)

    def most_retries(self, load: float) -> int:
        """The most retries, up to those of the system, with which a load has one balance below the capacity.

        0 where even one retry allows another balance.
        """
        for retries in range(self.system.retries, 0, -1):
            system = self.system._replace(retries=retries)
            loads = [attempts / system.amplification(failure) for attempts, _, failure in self.points]
            if _crossings(loads, load) == 1 and self._normal(loads, load):
                return retries
        return 0

    def _normal(self, loads: Sequence[float], load: float) -> bool:
        """Whether the only balance is below the capacity."""
        place = next(index for index, one in enumerate(loads) if one >= load)
        return self.points[place][0] < self.system.servers


def _crossings(loads: Sequence[float], load: float) -> int:
    return sum((before < load) != (after < load) for before, after in zip(loads, loads[1:]))
