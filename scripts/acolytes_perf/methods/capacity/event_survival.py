"""The chance that a size survives an event, the smallest size for a chance, and what must be turned away otherwise."""

from __future__ import annotations

import math
from collections.abc import Sequence

from acolytes_perf.methods.capacity.curve import CapacityCurve
from acolytes_perf.methods.capacity.event_demand import EventDemand

#: Sizes on the way to the largest, of which each is so many times the one before.
_SEARCH_FACTOR = 1.25
_MAX_SHED = 1 - 1e-6
#: Chances that are shown where none of the wanted ones is in reach.
_LOWER_CHANCES = (0.05, 0.1, 0.25, 0.5, 0.75, 0.8, 0.9)


class EventSurvival:
    """An event's demand and the capacity by size.

    Attributes:
        demand: in the peak.
        curve: capacity by size.
    """

    def __init__(self, demand: EventDemand, curve: CapacityCurve) -> None:
        self.demand = demand
        self.curve = curve
        self._chances: dict[tuple[float, float], float] = {}
        self._smallest: dict[tuple[float, int | None], int | None] = {}

    def chance(self, size: float, served: float = 1.0) -> float:
        """The probability that a size carries the served share of the demand; 0 for a size below 1.

        Args:
            size: number of units that are left.
            served: share of the demand that is let in, above 0.
        """
        if size < 1:
            return 0.0
        if (size, served) not in self._chances:
            below = self.demand.probability_below
            capacities = self.curve.capacities(size)
            self._chances[size, served] = math.fsum(below(value / served) for value in capacities) / len(capacities)
        return self._chances[size, served]

    def shed(self, size: float, chance: float) -> float:
        """The smallest share of the demand to turn away, so that a size carries the rest with this probability."""
        if self.chance(size) >= chance:
            return 0.0
        low, high = 0.0, _MAX_SHED
        while high - low > 1e-4:
            middle = (low + high) / 2
            low, high = (low, middle) if self.chance(size, 1 - middle) >= chance else (middle, high)
        return high

    def smallest_size(self, chance: float, zones: int | None = None) -> int | None:
        """The smallest size that survives with this probability; None where no considered size does.

        Args:
            chance: from 0 to 1.
            zones: the size loses one of so many zones; None for a size that loses none.
        """
        if (chance, zones) not in self._smallest:
            self._smallest[chance, zones] = self._search(chance, zones)
        return self._smallest[chance, zones]

    def _search(self, chance: float, zones: int | None) -> int | None:
        below = 0
        for size in self.search_sizes():
            if self.chance(remaining(size, zones)) >= chance:
                above = size
                while above - below > 1:
                    middle = (below + above) // 2
                    is_enough = self.chance(remaining(middle, zones)) >= chance
                    below, above = (below, middle) if is_enough else (middle, above)
                return above
            below = size
        return None

    def best_size(self, zones: int | None = None) -> int:
        """The considered size with the highest chance, to a few percent.

        Args:
            zones: the size loses one of so many zones; None for a size that loses none.
        """
        return max(self.search_sizes(), key=lambda size: self.chance(remaining(size, zones)))

    def shown_chances(self, wanted: Sequence[float], zones: int | None = None) -> list[float]:
        """One half and the wanted chances; where all wanted are out of reach, also the highest usual ones that are not.

        Args:
            wanted: chances from 0 to 1.
            zones: considers the loss of one of so many zones, too.

        Returns:
            The chances in order, each once.
        """
        shown = {0.5, *wanted}
        for lost in {None, zones}:
            best = self.chance(remaining(self.best_size(lost), lost))
            if best < min(wanted):
                shown.update([chance for chance in _LOWER_CHANCES if chance <= best][-2:])
        return sorted(shown)

    def size_for(self, demand: float) -> int | None:
        """The smallest size that carries a demand more likely than not; None where no considered size does."""
        first = next((size for size in self.search_sizes() if self.curve.capacity(size)[0] >= demand), None)
        if first is None:
            return None
        return next(size for size in range(1, first + 1) if self.curve.capacity(size)[0] >= demand)

    def search_sizes(self) -> list[int]:
        """Sizes from 1 to the largest that is considered."""
        sizes = [1]
        while sizes[-1] < self.curve.max_size:
            sizes.append(min(self.curve.max_size, max(sizes[-1] + 1, math.ceil(sizes[-1] * _SEARCH_FACTOR))))
        return sizes


def remaining(size: int, zones: int | None) -> int:
    """The units left when the largest of several zones is lost; all of them without zones.

    Args:
        size: units, spread evenly over the zones.
        zones: how many zones there are; None for no loss.

    >>> remaining(24, 2), remaining(25, 3), remaining(24, None)
    (12, 16, 24)
    """
    return size if zones is None else size - math.ceil(size / zones)
