"""Counts and rates from counters, with resets as Prometheus sees them, and the values of classic histograms.

Source: Prometheus documentation, "Query functions": `increase`, `rate`, `histogram_quantile`. A counter that is lower
than before was reset to 0: its increase is then the new value. Unlike `increase` nothing is extrapolated, since the
points are compared one with the next.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from acolytes_perf.errors import InputError
from acolytes_perf.inputs.timeline import show_time
from acolytes_perf.series.choose import combined, titles
from acolytes_perf.series.series_kind import with_kinds
from acolytes_perf.series.time_series import COUNTER, COUNTS, LEVEL, PER_SECOND, TimeSeries
from acolytes_perf.wording import pluralize


def increases(series: TimeSeries) -> TimeSeries:
    """The counts within each step of a counter; the first point has none before it, and is left out.

    What was counted over a gap is at the first point after it: the total is right, its place within the gap unknown.
    """
    times, values = list(series.times), list(series.values)
    counts: list[float | None] = []
    resets: list[float] = []
    previous: float | None = None
    over_gaps, missing = 0.0, 0
    for time, value in zip(times, values):
        if value is None:
            counts.append(None)
            missing += 1
            continue
        if previous is None:
            counts.append(None)
        else:
            if value < previous:
                resets.append(time)
            counts.append(value if value < previous else value - previous)
            if missing:
                over_gaps += counts[-1] or 0.0
        previous, missing = value, 0
    notes = [*series.notes, f"{series.title} is a counter: each step counts its increase since the point before."]
    if resets:
        when = show_time(resets[0]) if series.dated else f"{resets[0]:g} s"
        first = f"at {when}" if len(resets) == 1 else f"the first at {when}"
        notes.append(f"{pluralize(len(resets), 'reset')} of the counter, {first}: it counts again from 0 there.")
    if over_gaps:
        notes.append(f"What was counted over gaps, {over_gaps:.12g}, is at the first point after each gap.")
    return series._replace(times=times[1:], values=counts[1:], kind=COUNTS, notes=tuple(notes))


def per_second(series: TimeSeries) -> TimeSeries:
    """The mean rate of a counter, or of counts, over each step; over a gap the mean rate is at its end."""
    counts = increases(series) if series.kind == COUNTER else series
    if not counts.step:
        raise InputError("/history", f"{series.title} has no step, so that its counts have no rate")
    rates: list[float | None] = []
    # a counter that had a point before knows how long each step was, whatever the usual step is
    last = series.times[0] if series.kind == COUNTER else counts.times[0] - counts.step
    for time, value in zip(counts.times, counts.values):
        rates.append(None if value is None else value / (time - last))
        last = last if value is None else time
    notes = (*counts.notes, "Counts are divided by the length of their step.")
    return counts._replace(values=rates, kind=PER_SECOND, unit="1/s", notes=notes)


def as_counts(series: Sequence[TimeSeries], pointer: str) -> TimeSeries:
    """Counts within each step of all series together, for requests, errors and the like.

    Args:
        series: counters, counts or rates, of which several are added, such as those of instances.
        pointer: of the input, for errors.

    Raises:
        InputError: the series do not fit together, their kind is unclear, or their unit is none that anybody counts in.
    """
    for one in series:
        if one.unit not in ("", "1/s"):
            raise InputError(pointer, f"{one.title} is in {one.unit}: counts have no unit, or are a rate")
    counted = [_counts_of(one, pointer) for one in with_kinds(series, pointer)]
    # a counter with one point has no increase
    counted = [one for one in counted if one.present]
    if not counted:
        raise InputError(pointer, f"{titles(series)} has one point, which shows no increase")
    return counted[0] if len(counted) == 1 else combined(counted, "sum", pointer)


def _counts_of(series: TimeSeries, pointer: str) -> TimeSeries:
    if series.kind == COUNTER:
        return increases(series)
    if series.kind == PER_SECOND or series.unit == "1/s":
        if not series.step:
            raise InputError(pointer, f"{series.title} has no step, so that a rate gives no counts")
        values = [None if value is None else value * series.step for value in series.values]
        return series._replace(values=values, kind=COUNTS, unit="")
    return series


def histogram_quantile(quantile: float, buckets: Sequence[tuple[float, float]]) -> float | None:
    """A quantile from cumulative buckets, as Prometheus' `histogram_quantile` interpolates it.

    Args:
        quantile: from 0 to 1.
        buckets: upper bound and observations up to it, ascending; the last bound is infinite.

    Returns:
        The quantile; the highest finite bound where it lies in the last bucket, None without observations.

    >>> histogram_quantile(0.9, [(0.05, 24.0), (0.1, 30.0), (0.2, 48.0), (math.inf, 60.0)])
    0.2
    """
    total = buckets[-1][1]
    if total <= 0 or len(buckets) < 2:
        return None
    rank = quantile * total
    index = next(index for index, (_, count) in enumerate(buckets) if count >= rank)
    if index == len(buckets) - 1:
        return buckets[-2][0]
    end, count = buckets[index]
    if index == 0:
        start, below = (0.0, 0.0) if end > 0 else (end, 0.0)
        if end <= 0:
            return end
    else:
        start, below = buckets[index - 1]
    return start + (end - start) * (rank - below) / (count - below) if count > below else end


def quantile_of_buckets(series: Sequence[TimeSeries], quantile: float, pointer: str) -> TimeSeries:
    """The quantile in each step of the observations of a classic histogram, over all other labels.

    Args:
        series: its buckets, each with the label `le`.
        quantile: from 0 to 1.
        pointer: of the input, for errors.

    Raises:
        InputError: a series has no `le`, or there is no bucket `+Inf`.
    """
    by_bound: dict[float, list[TimeSeries]] = {}
    for one in with_kinds(series, pointer):
        bound = _bound(one)
        if bound is None:
            raise InputError(pointer, f"{one.title} has no bound le: a quantile needs the buckets of a histogram")
        by_bound.setdefault(bound, []).append(one)
    if math.inf not in by_bound:
        raise InputError(pointer, 'the histogram has no bucket le="+Inf": export all buckets')
    counts = {bound: as_counts(parts, pointer) for bound, parts in sorted(by_bound.items())}
    lookup = {bound: dict(zip(part.times, part.values)) for bound, part in counts.items()}
    all_of_them = counts[math.inf]
    values: list[float | None] = []
    for time in all_of_them.times:
        row = [(bound, lookup[bound].get(time)) for bound in counts]
        known = [(bound, value) for bound, value in row if value is not None]
        values.append(histogram_quantile(quantile, _ascending(known)) if len(known) == len(row) else None)
    note = f"The {100 * quantile:.12g} % quantile is interpolated within its bucket, as Prometheus does."
    notes = (*dict.fromkeys(note for part in counts.values() for note in part.notes if "resets" in note), note)
    return all_of_them._replace(values=values, kind=LEVEL, unit="s", labels={}, notes=notes)


def _bound(series: TimeSeries) -> float | None:
    """The upper bound of a bucket; None without one."""
    try:
        return float(series.labels.get("le", ""))
    except ValueError:
        return None


def _ascending(buckets: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Buckets that never fall; those that were scraped a moment apart can."""
    highest, result = 0.0, []
    for bound, count in buckets:
        highest = max(highest, count)
        result.append((bound, highest))
    return result
