"""In which order the runs of two releases were made, by the times in their files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Optional

_DAY = 86_400

#: Start and end of a run, in seconds since 1970; None where the file has no times.
Times = Optional[tuple[float, float]]


class RunOrder(NamedTuple):
    """The order of the runs.

    Attributes:
        is_known: whether the files tell the times of all runs.
        is_in_turn: whether the sides take turns, so that a slow change of the environment meets both.
        overlap: whether a run of one side was made at the same time as one of the other.
        days_apart: whole days between the last run of the earlier side and the first of the later one; 0 in turn.
        sequence: the sides by time, such as `BCBC`.
    """

    is_known: bool
    is_in_turn: bool
    overlap: bool
    days_apart: int
    sequence: str


def order_of(baseline: Sequence[Times], candidate: Sequence[Times]) -> RunOrder:
    """The order of the runs of both sides.

    They take turns when the side changes at least as often as the smaller side has runs.

    >>> order_of([(0, 9), (20, 29)], [(10, 19), (30, 39)]).sequence
    'BCBC'
    >>> order_of([(0, 9), (10, 19)], [(900_000, 900_009), (900_010, 900_019)]).days_apart
    10
    """
    times = [(when, side) for side, runs in (("B", baseline), ("C", candidate)) for when in runs if when is not None]
    if len(times) < len(baseline) + len(candidate):
        return RunOrder(is_known=False, is_in_turn=False, overlap=False, days_apart=0, sequence="")
    times.sort()
    sequence = "".join(side for _, side in times)
    changes = sum(first != second for first, second in zip(sequence, sequence[1:]))
    overlap = any(
        first[0] < second[1] and second[0] < first[1]
        for first, side in times
        for second, other in times
        if side < other
    )
    gap = 0.0
    if changes == 1:
        last, start = next((one[0][1], two[0][0]) for one, two in zip(times, times[1:]) if one[1] != two[1])
        gap = max(0.0, start - last)
    in_turn = changes >= max(2, min(len(baseline), len(candidate)))
    return RunOrder(is_known=True, is_in_turn=in_turn, overlap=overlap, days_apart=int(gap // _DAY), sequence=sequence)
