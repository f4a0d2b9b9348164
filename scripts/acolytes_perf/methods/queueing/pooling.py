"""One shared pool of servers against several separate ones.

Arrivals of all pools together are still random. Their service times are a mixture, which varies more than an
exponential time where the means differ.

Sources: Tijms, A First Course in Stochastic Models, 2003, section 5.3 (square-root staffing and the gain of pooling);
Smith and Whitt, Resource sharing for efficiency in traffic systems, Bell System Technical Journal 60(1), 1981.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple


class Part(NamedTuple):
    """The load of one pool.

    Attributes:
        name: of the pool.
        load: offered, in erlang, above 0.
        service_time: mean, in seconds, above 0.
        servers: of its own; None where they are to be found.
    """

    name: str
    load: float
    service_time: float
    servers: int | None = None


class Mixture(NamedTuple):
    """The load of all pools together.

    Attributes:
        load: offered, in erlang.
        service_time: mean, in seconds.
        scv: squared coefficient of variation of the mixed service times; 1 where all means are equal.
    """

    load: float
    service_time: float
    scv: float


def mixture(parts: Sequence[Part]) -> Mixture:
    """The arrivals of all parts, whose service times are exponential with means of their own.

    >>> round(mixture([Part("short", 1, 1), Part("long", 1, 3)]).scv, 4)
    1.6667
    """
    load = sum(part.load for part in parts)
    rate = math.fsum(part.load / part.service_time for part in parts)
    mean = load / rate
    square = 2 * math.fsum(part.load * part.service_time for part in parts) / rate
    same = len({part.service_time for part in parts}) == 1
    return Mixture(load, parts[0].service_time if same else mean, 1.0 if same else square / mean**2 - 1)


def square_root_saving(loads: Sequence[float], servers: Sequence[int]) -> float:
    """The servers that pooling saves by the square-root rule: c = R + k sqrt(R), with the k that the pools have now.

    Args:
        loads: of the pools, in erlang.
        servers: of the pools, each above its load.
    """
    total = sum(loads)
    margins = [(one - load) / math.sqrt(load) for load, one in zip(loads, servers)]
    margin = math.fsum(one * load for one, load in zip(margins, loads)) / total
    return sum(servers) - (total + margin * math.sqrt(total))


def deadlock_free_size(threads: int, held: int) -> int:
    """The fewest connections with which threads that hold several at the same time cannot block each other for ever.

    Of `threads` threads each may hold all but its last connection; one more lets one of them finish.

    Args:
        threads: that may need connections at the same time, at least 1.
        held: connections that a thread holds at the same time, at least 1.

    >>> deadlock_free_size(8, 3), deadlock_free_size(8, 1)
    (17, 1)
    """
    return threads * (held - 1) + 1
