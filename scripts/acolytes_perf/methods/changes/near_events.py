"""Which events lie near which change points, and how often an event would lie that near by chance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from acolytes_perf.inputs.timeline import TimeGrid
from acolytes_perf.methods.changes.points import ChangePoint
from acolytes_perf.series.event_list import Event


class Window(NamedTuple):
    """When an event must have been to be near a change: seconds since 1970."""

    start: float
    end: float


class NearEvents(NamedTuple):
    """The events near one change.

    Attributes:
        window: the times that count as near.
        events: within it, in order of time.
        by_chance: share of all places of the series at which a change would have an event just as near.
    """

    window: Window
    events: list[Event]
    by_chance: float


def near_events(
    change: ChangePoint, positions: Sequence[int], grid: TimeGrid, events: Sequence[Event], before: float
) -> NearEvents:
    """The events from `before` the change's earliest time to its latest time.

    A value may stand for the step before its time or after it. So the window begins at the last value that is surely
    before the change, and ends one step after the first that is surely after it.

    Args:
        change: with positions among the values that are present.
        positions: for each of these values its place on the grid.
        grid: with a start.
        events: all events.
        before: seconds by which an event may be earlier.
    """
    first, last = positions[change.low - 1], positions[change.high]
    earlier, later = positions[change.position] - first, last - positions[change.position]

    def window(position: int) -> Window:
        return Window(grid.time_at(position - earlier) - before, grid.time_at(position + later) + grid.step)

    def inside(span: Window) -> list[Event]:
        return [event for event in events if span.start <= event.time <= span.end]

    places = [place for place in positions if positions[0] <= place - earlier and place + later <= positions[-1]]
    hits = sum(bool(inside(window(place))) for place in places)
    here = window(positions[change.position])
    return NearEvents(here, inside(here), hits / len(places))


def chance_of_as_many(chances: Sequence[float], hits: int) -> float:
    """The probability that at least `hits` of independent trials succeed.

    Args:
        chances: of success, one for each trial.
        hits: at least 0.

    >>> chance_of_as_many([0.5, 0.5], 1)
    0.75
    """
    exactly = [1.0]
    for chance in chances:
        exactly = [
            (exactly[count] * (1 - chance) if count < len(exactly) else 0.0)
            + (exactly[count - 1] * chance if count else 0.0)
            for count in range(len(exactly) + 1)
        ]
    return min(1.0, sum(exactly[hits:]))
