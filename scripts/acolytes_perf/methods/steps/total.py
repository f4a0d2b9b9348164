"""The latency of a whole from its steps: steps in series are convolved, of parallel ones the slowest counts.

Percentiles do not add up. So each step is spread over cells of equal width, in which all sums are exact up to the
width of a cell. Convolution multiplies two long integers whose digits are the cells (Kronecker substitution), which is
many times faster than loops.

Sources: Feller, An Introduction to Probability Theory and Its Applications, volume 1, 3rd edition, 1968, section XI.2
(convolution); David and Nagaraja, Order Statistics, 3rd edition, 2003, section 2.1 (maximum); Hoeffding, A class of
statistics with asymptotically normal distribution, Annals of Mathematical Statistics 19(3), 1948,
doi 10.1214/aoms/1177730196 (variance of an estimate from several samples).
"""

from __future__ import annotations

import itertools
import math
import operator
import struct
from collections.abc import Callable, Sequence
from typing import NamedTuple

from acolytes_perf.methods.latency.curve import LatencyCurve

#: Cells that a sum is spread over. One is about a 2,000th of the largest latency that matters.
CELLS = 2048
#: Bits of a probability, and bytes of a cell of a product: 2 * 40 + 11 bits for so many cells.
_BITS, _BYTES = 40, 16


class Step(NamedTuple):
    """A part of a request.

    Attributes:
        name: of the step.
        curve: its latency.
        share: of the requests that take the step; the others spend no time in it.
        group: steps of the same group run at the same time; None for a step on its own.
    """

    name: str
    curve: LatencyCurve
    share: float = 1.0
    group: str | None = None

    def share_within(self, latency: float) -> float:
        """The share of all requests that spend at most this long in the step."""
        return (1 - self.share) + self.share * self.curve.share_within(latency) if latency >= 0 else 0.0

    def percentile(self, share: float) -> float:
        """The time in the step that this share of all requests does not exceed."""
        inside = 1 - (1 - share) / self.share if self.share else 0.0
        return self.curve.percentile(inside) if inside > 0 else 0.0


def convolved(first: Sequence[float], second: Sequence[float]) -> list[float]:
    """The cells of a sum of two independent times, as many as `first` has.

    >>> convolved([0.5, 0.5, 0.0], [0.5, 0.5, 0.0])
    [0.25, 0.5, 0.25]
    """
    packed = [
        int.from_bytes(
            b"".join([round(math.ldexp(value, _BITS)).to_bytes(_BYTES, "little") for value in cells]), "little"
        )
        for cells in (first, second)
    ]
    size = len(first)
    product = (packed[0] * packed[1]).to_bytes(_BYTES * (size + len(second)), "little")
    halves = struct.unpack(f"<{2 * size}Q", product[: _BYTES * size])
    unit = 0.25**_BITS
    return [(low + high * 18446744073709551616.0) * unit for low, high in zip(halves[::2], halves[1::2])]


def cells_of(share_within: Callable[[float], float], width: float, size: int) -> list[float]:
    """The probability of each cell; cell k reaches half a width to both sides of k * width."""
    edges = [share_within((index + 0.5) * width) for index in range(size)]
    return [edges[0], *(max(0.0, high - low) for low, high in zip(edges, edges[1:]))]


class StepSum:
    """The latency of all steps together, as exact as its cells up to a largest percentile.

    Attributes:
        groups: the steps, with those that run at the same time together.
        width: of a cell, in seconds.
        largest: latency that the cells reach.
        cells: the probability of each; the rest lies beyond them.
    """

    def __init__(self, steps: Sequence[Step], largest_share: float, reach: float = 0.0, size: int = CELLS) -> None:
        """Spreads the steps over cells that reach the percentile of `largest_share`, and at least `reach` seconds.

        A sum exceeds the sum of such percentiles of its parts with at most the share that the parts have together.
        """
        groups: dict[tuple[str, int], list[Step]] = {}
        for index, step in enumerate(steps):
            groups.setdefault((step.group, 0) if step.group else ("", index), []).append(step)
        self.groups = list(groups.values())
        beyond = (1 - largest_share) / len(steps)
        bound = math.fsum(max(step.percentile(1 - beyond) for step in group) for group in self.groups)
        self.largest = max(bound, reach, 1e-9)
        self.width = self.largest / (size - 2)
        self._size = size
        self._parts = [cells_of(_slowest(group), self.width, size) for group in self.groups]
        self._sides: tuple[list[list[float]], list[list[float]]] | None = None
        self.cells = self._parts[0]
        for part in self._parts[1:]:
            self.cells = convolved(self.cells, part)
        self._within = list(itertools.accumulate(self.cells, initial=0.0))

    def percentile(self, share: float) -> float:
        """The latency that this share of the requests does not exceed, at most the largest one of the cells."""
        return percentile_of(self.cells, self.width, share)

    def share_within(self, latency: float) -> float:
        """The share of the requests that take at most this long."""
        place = max(0.0, latency / self.width + 0.5)
        whole = int(min(place, self._size))
        if whole == self._size:
            return self._within[-1]
        return self._within[whole] + (place - whole) * self.cells[whole]

    def places(self, step: Step) -> list[int]:
        """The groups with a step, one for each time that it is taken."""
        return [index for index, group in enumerate(self.groups) if any(one is step for one in group)]

    def without(self, step: Step) -> list[float]:
        """The cells of all groups without those of a step, which follow each other."""
        if self._sides is None:
            one = [1.0] + [0.0] * (self._size - 1)
            before = list(itertools.accumulate(self._parts, convolved, initial=one))
            after = list(itertools.accumulate(reversed(self._parts), convolved, initial=one))[::-1]
            self._sides = before, after
        places = self.places(step)
        return convolved(self._sides[0][places[0]], self._sides[1][places[-1] + 1])

    def room(self, step: Step, latency: float) -> list[float]:
        """For each cell of the other groups the chance that these leave the step the time from there to a latency.

        The other steps of the step's own group must be ready in that time, too.
        """
        others = _slowest([other for other in self.groups[self.places(step)[0]] if other is not step])
        cells = self.without(step)[: int(latency / self.width + 0.5) + 1]
        return [chance * others(latency - index * self.width) for index, chance in enumerate(cells)]

    def scale_that_keeps(self, step: Step, latency: float, share: float) -> float | None:
        """By what factor one step alone may become slower, so that a share of the requests keeps a latency.

        Returns:
            The factor, below 1 where the step must become faster; None where no factor is enough.
        """
        room = [(index * self.width, chance) for index, chance in enumerate(self.room(step, latency))]
        room = [(taken, chance) for taken, chance in room if chance > 1e-13]
        times = len(self.places(step))
        within = step.share_within if times == 1 else StepSum([step] * times, 1 - 1e-5, size=2 * CELLS).share_within

        def kept(factor: float) -> float:
            return math.fsum([chance * within((latency - taken) / factor) for taken, chance in room])

        low, high = 1e-6, 1.0
        if kept(low) < share:
            return None
        while kept(high) >= share and high < 1e6:
            low, high = high, high * 4
        while high - low > 1e-4 * high:
            middle = (low + high) / 2
            low, high = (middle, high) if kept(middle) >= share else (low, middle)
        return low

    def deviation(self, latency: float, samples: Sequence[tuple[Step, float]]) -> float:
        """The standard error of the share of requests within a latency, when the steps are samples (Hoeffding 1948).

        Args:
            latency: in seconds.
            samples: the steps that were measured, with the number of independent requests that each is worth.
        """
        variance = 0.0
        for step, count in samples:
            times, rest = len(self.places(step)), self.room(step, latency)
            own = cells_of(step.share_within, self.width, len(rest))
            for _ in range(times - 1):
                rest = convolved(rest, own)
            # with so much time in the step once, the rest must fit into what is left
            fits = [times * left for left in reversed(list(itertools.accumulate(rest)))]
            mean = math.fsum(map(operator.mul, own, fits))
            squares = math.fsum(chance * left * left for chance, left in zip(own, fits))
            variance += max(0.0, squares - mean * mean) / count
        return math.sqrt(variance)


def percentile_of(cells: Sequence[float], width: float, share: float) -> float:
    """The percentile of a sum by its cells, with a straight line inside a cell."""
    total = 0.0
    for index, chance in enumerate(cells):
        if total + chance >= share * (1 - 1e-12) and chance > 0:
            return max(0.0, index - 0.5 + (share - total) / chance) * width
        total += chance
    return (len(cells) - 1) * width


def _slowest(group: Sequence[Step]) -> Callable[[float], float]:
    """The share within a latency of the slowest of independent steps."""
    return lambda latency: math.prod(step.share_within(latency) for step in group)
