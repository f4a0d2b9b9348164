"""Availability of what is made of parts: k of n replicas, alternatives, and everything that must be up at once.

`shared` is the share of a part's unavailability that takes all replicas or alternatives down together (the beta factor
of reliability engineering); 0 means that failures are independent.
Sources: K. S. Trivedi, Probability and Statistics with Reliability, Queuing and Computer Science Applications (2002),
sections 3.5 and 8.4; K. N. Fleming 1975 (beta factor).
"""

from __future__ import annotations

import math
from collections.abc import Sequence


def of_times(between_failures: float, to_repair: float) -> float:
    """Availability from the mean time between failures, measured while it is up, and the mean time to repair.

    >>> round(of_times(3600, 1), 6)
    0.999722
    """
    return between_failures / (between_failures + to_repair)


def down_of_replicas(down: float, replicas: int, needed: int, shared: float) -> float:
    """Unavailability of replicas that are each down with that probability, of which `needed` must be up.

    Computed as the probability of failure, so that nothing is lost beside 1.

    >>> round(down_of_replicas(0.01, 2, 1, 0), 10)
    0.0001
    """
    if replicas == needed == 1:
        return down
    alone = down * (1 - shared)
    too_many = math.fsum(
        math.comb(replicas, failed) * alone**failed * (1 - alone) ** (replicas - failed)
        for failed in range(replicas - needed + 1, replicas + 1)
    )
    return either(down * shared, too_many)


def down_of_alternatives(downs: Sequence[float], shared: float) -> float:
    """Unavailability of parts of which one is enough."""
    if len(downs) == 1:
        return downs[0]
    together = shared * min(downs)
    return either(together, math.prod(down - together for down in downs))


def either(*downs: float) -> float:
    """Unavailability of parts that must all be up: 1 - product of (1 - down), exact for small ones."""
    return -math.expm1(math.fsum(math.log1p(-down) for down in downs)) if max(downs) < 1 else 1.0
