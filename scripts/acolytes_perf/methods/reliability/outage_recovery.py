"""How a backlog drains after an outage: a fluid that arrives at one rate and is worked off at another.

Source: Newell, Applications of Queueing Theory, 2nd edition, 1982, chapter 2 (fluid approximation of an overload); the
spread of the drain time is that of the first passage of a Brownian motion with drift (Cox and Miller, The Theory of
Stochastic Processes, 1965, section 5.7).
"""

from __future__ import annotations

import math
from typing import NamedTuple


class Outage(NamedTuple):
    """An outage and the service after it.

    Attributes:
        arrival_rate: new requests per second, during the outage and after it.
        capacity: requests per second that the service completes when it works.
        seconds: from the first failure until the restart begins.
        restart: seconds of the restart, in which nothing is completed.
        kept: share of the requests of both that wait or come again, 0 to 1.
        backlog: requests that wait when the restart begins; None for those of the outage.
        timeout: seconds of waiting after which a client tries again; None where clients do not.
        retries: how many more times a client tries while the wait is longer than that.
    """

    arrival_rate: float
    capacity: float
    seconds: float
    restart: float = 0.0
    kept: float = 1.0
    backlog: float | None = None
    timeout: float | None = None
    retries: float = 0.0

    @property
    def down(self) -> float:
        """Seconds in which nothing is completed."""
        return self.seconds + self.restart

    @property
    def waiting(self) -> float:
        """Requests that wait when the service works again.

        >>> Outage(100, 120, 300, 60, 0.5).waiting
        18000.0
        """
        if self.backlog is not None:
            return self.backlog + self.kept * self.arrival_rate * self.restart
        return self.kept * self.arrival_rate * self.down

    @property
    def lost(self) -> float:
        """Requests of the outage that do not come again."""
        seconds = self.restart if self.backlog is not None else self.down
        return (1 - self.kept) * self.arrival_rate * seconds

    @property
    def overload(self) -> float:
        """Requests per second while clients try again."""
        return self.arrival_rate * (1 + self.retries)


class Drain(NamedTuple):
    """Seconds until no request waits, and their standard deviation; infinite where the backlog does not shrink."""

    seconds: float
    sd: float


def drain(outage: Outage) -> Drain:
    """The time from the end of the restart until the backlog is gone.

    While the wait is longer than the timeout, each new request is tried again, and all tries are worked on.

    >>> drain(Outage(100, 120, 360)).seconds
    1800.0
    """
    calm = outage.waiting
    seconds = variance = 0.0
    if outage.timeout is not None and outage.retries:
        calm = min(calm, outage.timeout * outage.capacity)
        seconds, variance = _passage(outage.waiting - calm, outage.overload, outage.capacity)
    last_seconds, last_variance = _passage(calm, outage.arrival_rate, outage.capacity)
    return Drain(seconds + last_seconds, math.sqrt(variance + last_variance))


def _passage(backlog: float, arrival_rate: float, capacity: float) -> tuple[float, float]:
    """Mean and variance of the time in which a backlog drains, with Poisson arrivals and exponential service."""
    if backlog <= 0:
        return 0.0, 0.0
    spare = capacity - arrival_rate
    if spare <= 0:
        return math.inf, math.inf
    return backlog / spare, backlog * (arrival_rate + capacity) / spare**3


def late_requests(outage: Outage, deadline: float) -> float:
    """How many requests wait longer than a deadline, in order of arrival; without those that are lost.

    Args:
        outage: whose backlog drains.
        deadline: seconds, more than 0.
    """
    capacity = outage.capacity
    if outage.backlog is None:
        # who comes u seconds after the start waits down - u + kept * rate * u / capacity
        gain = 1 - outage.kept * outage.arrival_rate / capacity
        until = min(max((outage.down - deadline) / gain, 0.0), outage.down) if gain > 0 else outage.down
        late = outage.kept * outage.arrival_rate * until
    else:
        late = min(max(outage.waiting - max(deadline - outage.restart, 0.0) * capacity, 0.0), outage.waiting)
    above = max(outage.waiting - deadline * capacity, 0.0)
    if not above:
        return late
    # new requests are late until the backlog is as small as the deadline allows
    calm = outage._replace(backlog=above, restart=0.0, kept=1.0)
    if outage.timeout is not None:
        calm = calm._replace(timeout=max(outage.timeout - deadline, 0.0))
    return late + outage.arrival_rate * drain(calm).seconds


def needed_capacity(outage: Outage, objective: float) -> float | None:
    """The least capacity with which outage, restart and drain take no longer than an objective.

    Args:
        outage: its capacity does not count.
        objective: seconds from the start of the outage until all is worked off.

    Returns:
        Requests per second; None where outage and restart take longer already.
    """
    left = objective - outage.down
    if left <= 0:
        return None
    low, high = outage.arrival_rate, 2 * outage.overload + 2 * outage.waiting / left
    for _ in range(100):
        middle = (low + high) / 2
        if drain(outage._replace(capacity=middle)).seconds > left:
            low = middle
        else:
            high = middle
    return high


def longest_outage(outage: Outage, objective: float) -> float:
    """Seconds of the longest outage after which all is worked off within an objective; 0 where none is.

    Args:
        outage: its length and its backlog do not count.
        objective: seconds from the start of the outage until all is worked off.
    """
    low, high = 0.0, objective
    for _ in range(100):
        middle = (low + high) / 2
        tried = outage._replace(seconds=middle, backlog=None)
        if tried.down + drain(tried).seconds > objective:
            high = middle
        else:
            low = middle
    return low
