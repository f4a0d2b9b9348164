"""A time series with its step, its gaps, and notes on how it was read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from acolytes_perf.inputs.timeline import month_grid, show_time, typical_step
from acolytes_perf.wording import format_quantity, pluralize

#: What the values are: a level or a mean, a counter that only grows, counts within each step, or a rate.
LEVEL, COUNTER, COUNTS, PER_SECOND = "level", "counter", "counts", "rate"
#: How far a time may be from its place on the even grid, in steps.
TOLERANCE = 0.2
#: Gaps are filled in up to this many times the number of points.
_MOST_SPARSE = 4


class Gap(NamedTuple):
    """Missing points: the time of the first, the time of the last, and how many points are missing."""

    start: float
    end: float
    points: int


class TimeSeries(NamedTuple):
    """Values at points in time, in order.

    Attributes:
        name: of the metric or column; empty where the file has none.
        labels: of this series.
        unit: base unit of the values: empty, 1/s, ratio, s, erlang, or B.
        times: seconds since 1970, strictly ascending; where `dated` is false, seconds since the first point.
        values: one for each time, None for a missing one.
        step: seconds between two points, the usual distance where it varies; 0 where the file does not tell.
        kind: LEVEL, COUNTER, COUNTS (within the step that ends at the time) or PER_SECOND.
        role: the role of `--columns` that chose the series; empty where nothing did.
        months: months in a step, 0 for a step of seconds.
        even: the points are on a grid of even steps, and missing ones are there with None.
        dated: the times are dates.
        notes: how the file was read, in sentences for the assumptions of an answer.
        source: the file.
    """

    name: str
    labels: Mapping[str, str]
    unit: str
    times: Sequence[float]
    values: Sequence[float | None]
    step: float
    kind: str = LEVEL
    role: str = ""
    months: int = 0
    even: bool = True
    dated: bool = True
    notes: tuple[str, ...] = ()
    source: str = ""

    @property
    def title(self) -> str:
        """Name and labels as Prometheus writes them.

        >>> TimeSeries("up", {"job": "api"}, "", [0.0], [1.0], 60.0).title
        'up{job="api"}'
        """
        pairs = ", ".join(f'{key}="{value}"' for key, value in self.labels.items())
        text = f"{self.name}{{{pairs}}}" if pairs else self.name or "{}"
        return text if text.isprintable() else "".join(char if char.isprintable() else "?" for char in text)

    @property
    def present(self) -> list[float]:
        """The values without the missing ones."""
        return [value for value in self.values if value is not None]

    @property
    def gaps(self) -> list[Gap]:
        """The stretches of missing points between the first and the last value."""
        gaps: list[Gap] = []
        start = None
        for index, value in enumerate(self.values):
            if value is None:
                start = index if start is None else start
            elif start is not None:
                if start:
                    gaps.append(Gap(self.times[start], self.times[index - 1], index - start))
                start = None
        return gaps

    @property
    def gap_note(self) -> str | None:
        """The gaps in a sentence, None without any."""
        gaps = self.gaps
        if not gaps:
            return None
        largest = max(gaps, key=lambda gap: gap.points)
        total = sum(gap.points for gap in gaps)
        text = f"{pluralize(total, 'point')} of {len(self.values)} {'is' if total == 1 else 'are'} missing"
        if not self.dated:
            return f"{text}."
        ends = show_time(largest.start) + (f" to {show_time(largest.end)}" if largest.points > 1 else "")
        most = "" if len(gaps) == 1 else f"{pluralize(len(gaps), 'gap')}, the largest "
        return f"{text}: {most}{ends}."

    @property
    def step_text(self) -> str:
        """The step in words."""
        if self.months:
            return pluralize(self.months, "month")
        return format_quantity(self.step, "s")


def make_series(
    points: Sequence[tuple[float, float | None]],
    *,
    name: str = "",
    labels: Mapping[str, str] | None = None,
    unit: str = "",
    kind: str = LEVEL,
    role: str = "",
    dated: bool = True,
    notes: Sequence[str] = (),
    source: str = "",
    months: int = 0,
    step: float = 0.0,
) -> TimeSeries:
    """Finds the step of points with ascending times, and puts None where a step has no point.

    Args:
        points: times and values, ascending, each time once.
        name: of the series.
        labels: of the series.
        unit: base unit of the values.
        kind: what the values are.
        role: the role of `--columns`.
        dated: whether the times are dates.
        notes: how the points were read.
        source: the file.
        months: months in a step, where the file says it.
        step: seconds in a step, where the file says it.
    """
    times: list[float] = [time for time, _ in points]
    values: list[float | None] = [value for _, value in points]
    grid = month_grid(times) if dated and not step else None
    even = True
    if grid is not None:
        step, months = grid.step, grid.months
    elif not months:
        if not step and len(times) > 1:
            step = typical_step([later - earlier for earlier, later in zip(times, times[1:])])
        filled = _fill_gaps(times, values, step)
        if filled and len(times) > 2 and not _is_exact(filled[0], step):
            step = _mean_step(filled[0])
        even = filled is not None
        times, values = filled or (times, values)
    if grid is not None:
        times, values = _fill_months(times, values)
    if not even:
        notes = [*notes, f"Points are not at even steps: usually {format_quantity(step, 's')} apart."]
    return TimeSeries(
        name, dict(labels or {}), unit, times, values, step, kind, role, months, even, dated, tuple(notes), source
    )


def _is_exact(times: Sequence[float], step: float) -> bool:
    """Whether the points stay on their grid to the end."""
    return abs(times[-1] - times[0] - (len(times) - 1) * step) <= TOLERANCE * step


def _mean_step(times: Sequence[float]) -> float:
    """The mean distance of points whose clock jitters, in whole seconds where it is close to that."""
    mean = (times[-1] - times[0]) / (len(times) - 1)
    return float(round(mean)) if abs(mean - round(mean)) <= 0.005 * mean else mean


def _fill_gaps(
    times: Sequence[float], values: Sequence[float | None], step: float
) -> tuple[list[float], list[float | None]] | None:
    """The points with None in the gaps; None for uneven steps, or where most points would be missing."""
    if len(times) < 2 or not step:
        return list(times), list(values)
    if (times[-1] - times[0]) / step > _MOST_SPARSE * len(times) + 10:
        return None
    filled_times, filled = [times[0]], [values[0]]
    for earlier, later, value in zip(times, times[1:], values[1:]):
        steps = round((later - earlier) / step)
        # compared with the neighbour, so that a clock that drifts does not count
        if steps < 1 or abs((later - earlier) / step - steps) > TOLERANCE * max(1, steps) ** 0.5:
            return None
        filled_times += [earlier + (later - earlier) * missing / steps for missing in range(1, steps)]
        filled += [None] * (steps - 1)
        filled_times.append(later)
        filled.append(value)
    return filled_times, filled


def _fill_months(times: Sequence[float], values: Sequence[float | None]) -> tuple[list[float], list[float | None]]:
    """The points of a grid of months with None in the gaps."""
    from acolytes_perf.inputs.timeline import place_on_grid

    grid, indices = place_on_grid(times)
    by_index = dict(zip(indices, values))
    count = max(indices) + 1
    return [grid.time_at(index) for index in range(count)], [by_index.get(index) for index in range(count)]
