"""Requests that wait for several calls at once: the slowest decides. Hedged calls are sent again when they are late.

Sources: Dean and Barroso, The tail at scale, Communications of the ACM 56(2), 2013, doi 10.1145/2408776.2408794; David
and Nagaraja, Order Statistics, 3rd edition, 2003, section 2.1.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from acolytes_perf.methods.latency.curve import LatencyCurve


def share_that_meets_slow(slow: float, calls: float) -> float:
    """The share of requests with at least one slow call.

    Args:
        slow: share of the calls that are slow.
        calls: of a request, in all stages together.

    >>> round(share_that_meets_slow(0.01, 100), 3), round(share_that_meets_slow(0.0001, 2000), 3)
    (0.634, 0.181)
    """
    return -math.expm1(calls * math.log1p(-slow)) if slow < 1 else 1.0


def allowed_slow_share(share: float, calls: float) -> float:
    """The share of slow calls with which at most this share of the requests meets one.

    Args:
        share: of the requests, from 0 and below 1.
        calls: of a request, in all stages together; at least 1.

    >>> round(allowed_slow_share(0.634, 100), 4)
    0.01
    """
    return -math.expm1(math.log1p(-share) / calls)


class SlowestOf(NamedTuple):
    """The distribution of the slowest of independent calls."""

    curve: LatencyCurve
    calls: int

    def call_share(self, share: float) -> float:
        """The percentile of one call that decides a percentile of the slowest."""
        return math.exp(math.log(share) / self.calls)

    def share_within(self, latency: float) -> float:
        """As of a LatencyCurve."""
        return self.curve.share_within(latency) ** self.calls

    def percentile(self, share: float) -> float:
        """As of a LatencyCurve."""
        return self.curve.percentile(min(self.call_share(share), 1 - 2**-53))


class Hedged(NamedTuple):
    """The distribution of a call that is sent once more when there is no answer after a delay; the first answer counts.

    Both calls have the same distribution and are independent.
    """

    curve: LatencyCurve
    delay: float

    @property
    def extra_calls(self) -> float:
        """The share of calls that are sent twice."""
        return 1 - self.curve.share_within(self.delay)

    def share_within(self, latency: float) -> float:
        """As of a LatencyCurve."""
        late = 1 - self.curve.share_within(latency)
        return 1 - late * (1 - self.curve.share_within(latency - self.delay) if latency > self.delay else 1)

    def percentile(self, share: float) -> float:
        """As of a LatencyCurve."""
        low, high = 0.0, self.curve.percentile(share)
        for _ in range(60):
            middle = (low + high) / 2
            if self.share_within(middle) >= share:
                high = middle
            else:
                low = middle
        return high
