"""Steady state of a birth-death chain: a number in a system that goes up or down by one.

Source: Kleinrock, Queueing Systems, volume 1, 1975, section 3.1.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

#: States that are this much rarer than the likeliest one are left out: those that underflow.
_RAREST = 1e-300
#: Most states that are computed.
MAX_STATES = 1_000_000


class SteadyState(NamedTuple):
    """Probabilities of successive states.

    Attributes:
        first: the state of the first probability.
        probabilities: of `first` and the states above it; their sum is 1.
    """

    first: int
    probabilities: list[float]

    def probability(self, state: int) -> float:
        """The probability of a state; 0 for one that was left out."""
        place = state - self.first
        return self.probabilities[place] if 0 <= place < len(self.probabilities) else 0.0

    def mean(self, value: Callable[[int], float]) -> float:
        """The mean of a function of the state."""
        return math.fsum(one * value(state) for state, one in enumerate(self.probabilities, self.first))

    def weighted(self, weight: Callable[[int], float]) -> SteadyState:
        """What arrivals find that come with the rate `weight` in each state (PASTA where it is constant).

        At least one state must have a weight above 0.
        """
        weights = [one * weight(state) for state, one in enumerate(self.probabilities, self.first)]
        total = math.fsum(weights)
        return SteadyState(self.first, [one / total for one in weights])


def steady_state(
    birth: Callable[[int], float], death: Callable[[int], float], last: int | None = None, rarest: float = _RAREST
) -> SteadyState:
    """The steady state of a chain from state 0 on, summed from its likeliest state outwards, so that nothing overflows.

    Args:
        birth: rate from a state to the next one; it must not grow with the state.
        death: rate from a state, at least 1, to the one before; it must not fall with the state, and be above 0.
        last: the last state; None without one, when deaths must outgrow births.
        rarest: states that are this much rarer than the likeliest one are left out.

    Raises:
        OverflowError: more than MAX_STATES states matter.
    """
    mode = _mode(birth, death, last)
    above, below = [], []
    weight, state = 1.0, mode
    while (last is None or state < last) and weight > rarest:
        weight *= birth(state) / death(state + 1)
        state += 1
        above.append(weight)
        if len(above) > MAX_STATES:
            raise OverflowError("too many states")
    weight, state = 1.0, mode
    while state > 0 and weight > rarest:
        weight *= death(state) / birth(state - 1)
        state -= 1
        below.append(weight)
        if len(below) > MAX_STATES:
            raise OverflowError("too many states")
    weights = [*reversed(below), 1.0, *above]
    total = math.fsum(weights)
    return SteadyState(mode - len(below), [one / total for one in weights])


def _mode(birth: Callable[[int], float], death: Callable[[int], float], last: int | None) -> int:
    """The first state from which the chain goes down more often than up from the next one."""
    high = 1 if last is None else last
    while last is None and birth(high) > death(high + 1):
        high *= 2
    low = 0
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if birth(middle) > death(middle + 1) else (low, middle)
    return low
