"""Availability of systems: k-out-of-n replicas, alternatives, and parts in series.

Unavailabilities are probabilities of being down, from 0 to 1. The beta factor is the share of a part's unavailability
that takes all replicas or alternatives down together (common cause); 0 means independent failures.

Sources: Trivedi, Probability and Statistics with Reliability, Queuing and Computer Science Applications, 2nd edition,
2002, sections 3.5 and 8.4; Fleming, A reliability model for common mode failures, 1975 (beta factor).
"""

from __future__ import annotations

import math
from collections.abc import Sequence


def availability_from_times(mtbf: float, mttr: float) -> float:
    """Steady-state availability.

    Args:
        mtbf: mean time between failures, counted while up; above 0.
        mttr: mean time to repair, in the same unit; at least 0.

    >>> round(availability_from_times(3600, 1), 6)
    0.999722
    """
    return mtbf / (mtbf + mttr)


def replica_unavailability(unavailability: float, replicas: int, required: int, beta_factor: float) -> float:
    """Unavailability of a k-out-of-n system.

    Computed from probabilities of failure, so that small ones keep all their digits.

    Args:
        unavailability: of each replica.
        replicas: n, at least `required`.
        required: k, how many must be up; at least 1.
        beta_factor: from 0 to 1.

    >>> round(replica_unavailability(0.01, 2, 1, 0), 10)
    0.0001
    """
    if replicas == required == 1:
        return unavailability
    independent = unavailability * (1 - beta_factor)
    too_many_down = math.fsum(
        math.comb(replicas, down) * independent**down * (1 - independent) ** (replicas - down)
        for down in range(replicas - required + 1, replicas + 1)
    )
    return series_unavailability(unavailability * beta_factor, too_many_down)


def alternatives_unavailability(unavailabilities: Sequence[float], beta_factor: float) -> float:
    """Unavailability of parts in parallel, of which one is enough.

    Args:
        unavailabilities: of each part, at least one.
        beta_factor: from 0 to 1, of the most available part.

    >>> round(alternatives_unavailability([0.01, 0.1], 0), 10)
    0.001
    """
    if len(unavailabilities) == 1:
        return unavailabilities[0]
    common = beta_factor * min(unavailabilities)
    return series_unavailability(common, math.prod(unavailability - common for unavailability in unavailabilities))


def series_unavailability(*unavailabilities: float) -> float:
    """Unavailability of parts that all must be up: 1 - product of (1 - u), exact for small ones.

    >>> round(series_unavailability(0.1, 0.2), 10)
    0.28
    """
    if max(unavailabilities) >= 1:
        return 1.0
    return -math.expm1(math.fsum(math.log1p(-unavailability) for unavailability in unavailabilities))
