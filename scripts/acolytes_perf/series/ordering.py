"""Points in the order of their times, each time once."""

from __future__ import annotations

from collections.abc import Sequence

from acolytes_perf.errors import InputError
from acolytes_perf.inputs.timeline import EARLIEST, LATEST, show_time


def in_order(
    points: Sequence[tuple[float, float | None]],
    lines: Sequence[int] | None,
    where: str,
    pointer: str,
    *,
    dated: bool = True,
) -> tuple[list[tuple[float, float | None]], tuple[str, ...]]:
    """The points by time, each time once, and what was done.

    Raises:
        InputError: a time is out of range, or there twice with different values.
    """
    outside = next((time for time, _ in points if dated and not EARLIEST <= time <= LATEST), None)
    if outside is not None:
        ends = f"{show_time(EARLIEST)} and {show_time(LATEST)}"
        raise InputError(pointer, f"{where} has the time {outside:g}, which is not between {ends}")
    order = sorted(range(len(points)), key=lambda index: points[index][0])
    notes = []
    if order != list(range(len(points))):
        is_reversed = all(earlier[0] >= later[0] for earlier, later in zip(points, points[1:]))
        notes.append("The newest point is first in the file." if is_reversed else "Points were sorted by time.")
    kept: list[tuple[float, float | None]] = []
    kept_at: list[int] = []
    repeated = 0
    for index in order:
        time, value = points[index]
        if kept and kept[-1][0] == time:
            earlier = kept[-1][1]
            if earlier is not None and value is not None and earlier != value:
                when = show_time(time) if dated else f"{time:g} s"
                places = "" if lines is None else f" in lines {lines[kept_at[-1]]} and {lines[index]}"
                message = f"{where} has {when} twice{places}, with the values {earlier:g} and {value:g}"
                raise InputError(
                    pointer, f"{message}: leave one out, write the times with their zone, or name a column of labels"
                )
            repeated += 1
            if earlier is None:
                kept[-1] = (time, value)
            continue
        kept.append((time, value))
        kept_at.append(index)
    if repeated:
        notes.append(f"{repeated} repeated times with the same value are read once.")
    return kept, tuple(notes)
