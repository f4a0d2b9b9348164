"""In which order the runs of two releases were made, by the times in their files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Optional

_DAY, _HOUR = 86_400, 3_600
#: Hours by which the sides' times of the day must differ to be named.
_LEAST_APART = 0.5

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
        always_first: the side, `B` or `C`, that was made first in each pair of runs in turn; empty where neither was.
        hours: the time of the day, in hours from 0 to 24 (UTC), at which each side's runs were always made, where both
            sides have such a time and they differ; None otherwise.
    """

    is_known: bool
    is_in_turn: bool
    overlap: bool
    days_apart: int
    sequence: str
    always_first: str = ""
    hours: tuple[float, float] | None = None


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
    return RunOrder(
        is_known=True,
        is_in_turn=in_turn,
        overlap=overlap,
        days_apart=int(gap // _DAY),
        sequence=sequence,
        always_first=_always_first(sequence),
        hours=_hours(baseline, candidate),
    )


def _always_first(sequence: str) -> str:
    """The side that starts every pair of runs.

    >>> _always_first("BCBCBC"), _always_first("BCCBBC"), _always_first("BC")
    ('B', '', '')
    """
    pairs = len(sequence) // 2
    is_strict = pairs > 1 and sequence == sequence[:2] * pairs and sequence[0] != sequence[1]
    return sequence[0] if is_strict else ""


def _hours(baseline: Sequence[Times], candidate: Sequence[Times]) -> tuple[float, float] | None:
    """The time of the day of each side, where the runs of each are on several days within an hour of the day.

    >>> _hours([(0, 9), (86_400, 86_409)], [(7200, 7209), (93_600, 93_609)])
    (0.0, 2.0)
    >>> _hours([(0, 9), (7200, 7209)], [(3600, 3609), (10_800, 10_809)]) is None
    True
    """
    hours = []
    for side in (baseline, candidate):
        starts = [when[0] for when in side if when is not None]
        # the distance to the first run's time of the day, from -12 to 12 hours
        offsets = [(start - starts[0] + _DAY / 2) % _DAY - _DAY / 2 for start in starts]
        if max(starts) - min(starts) < _DAY / 2 or max(offsets) - min(offsets) > _HOUR:
            return None
        hours.append((starts[0] + sum(offsets) / len(offsets)) % _DAY / _HOUR)
    apart = abs(hours[0] - hours[1])
    return (hours[0], hours[1]) if _LEAST_APART < apart < 24 - _LEAST_APART else None
