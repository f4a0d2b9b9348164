"""Whether series of requests are counters, counts within each step, or rates, where the files do not say it.

A counter and counts that grow look alike. Counts of requests vary by chance, at least as a Poisson distribution does.
So counts that grow slowly also fall now and then, and a series of such values that never falls is a counter. Where
the values grow so fast that counts would hardly fall either, nothing is guessed. Requests and failures, and the
buckets of a histogram, are of one kind, so that the clear ones decide for the others.

Source: Cox and Lewis, The Statistical Analysis of Series of Events, 1966, chapter 2 (two Poisson counts compared by the
normal approximation).
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence

from acolytes_perf.errors import InputError
from acolytes_perf.series.time_series import COUNTER, COUNTS, LEVEL, PER_SECOND, TimeSeries

#: From this many increases on, growth is no chance.
_MIN_INCREASES = 10
#: At most this share of the steps of a counter are restarts, after which it is below half of its value.
_MOST_RESTARTS, _RESTART = 0.05, 0.5
#: Counts that would fall so often fall at least once in 400 of 401 cases.
_CLEAR_FALLS = 6.0
_CLEAR_INCREASES = 3
_DAY = 86400.0

GROWS, FALLS, UNCLEAR = "grows", "falls", "unclear"


def only_grows(values: Sequence[float], known_restarts: int = 0) -> bool:
    """Whether values never fall, apart from a few restarts.

    Args:
        values: in order.
        known_restarts: so many falls are no matter, since another counter restarted at the same times.

    >>> only_grows([1, 5, 5, 9]), only_grows([5, 7, 4])
    (True, False)
    """
    pairs = list(zip(values, values[1:]))
    falls = [later / earlier if earlier > 0 else 1.0 for earlier, later in pairs if later < earlier]
    unknown = max(0, len(falls) - known_restarts)
    return (
        min(values, default=-1.0) >= 0
        and unknown <= max(1, _MOST_RESTARTS * len(pairs))
        and all(share < _RESTART for share in falls)
        and 3 * unknown <= _increases(values)
    )


def is_named_counter(series: TimeSeries, name: str) -> bool:
    """Whether a history is a counter by a name that ends in `_total`.

    A total of each day, or of a longer step, may grow every time without being a counter.

    Args:
        series: whose values must not contradict the name.
        name: of the file.
    """
    return (
        name.endswith("_total")
        and series.kind == LEVEL
        and 0 < series.step < _DAY
        and only_grows(series.present)
        and _increases(series.present) >= _MIN_INCREASES
    )


def growth(series: TimeSeries, restarts: Collection[float] = ()) -> str:
    """What the values say: GROWS (a counter), FALLS (no counter), or UNCLEAR.

    Args:
        series: values in order.
        restarts: times at which a counter that belongs to the same requests restarted.
    """
    values = series.present
    if not only_grows(values, sum(time in restarts for time in _restarts(series))):
        return FALLS
    scale = 1.0 if _is_whole(series) else series.step or 1.0
    falls = sum(
        _normal_tail((later - earlier) * math.sqrt(scale / (later + earlier)))
        for earlier, later in zip(values, values[1:])
        if later + earlier > 0 and later >= earlier
    )
    return GROWS if falls >= _CLEAR_FALLS and _increases(values) >= _CLEAR_INCREASES else UNCLEAR


def with_kind(series: Sequence[TimeSeries], kind: str) -> list[TimeSeries]:
    """The series with the kind that the user names; a note says where their values contradict it."""
    named = []
    for one in series:
        note = f"{one.title} only grows as counters do, and counts would not: check --kind {kind}."
        is_odd = kind != COUNTER and growth(one) == GROWS
        named.append(one._replace(kind=kind, notes=(*one.notes, note) if is_odd else one.notes))
    return named


def with_kinds(series: Sequence[TimeSeries], pointer: str) -> list[TimeSeries]:
    """The series with a kind for each whose file does not say it.

    Args:
        series: of requests, failures or buckets, which belong together.
        pointer: of the input, for errors.

    Raises:
        InputError: they may be counters as well as counts or rates.
    """
    unknown = [one for one in series if one.kind == LEVEL and one.unit != "1/s"]
    if not unknown:
        return list(series)
    long = [one for one in unknown if _increases(one.present) >= _MIN_INCREASES and growth(one) != FALLS]
    counters = [*long, *(one for one in series if one.kind == COUNTER)]
    restarts = {time for one in counters for time in _restarts(one)}
    grown = {id(one): growth(one, restarts) for one in unknown}
    found = set(grown.values())
    not_counted = COUNTS
    if any(one.unit == "1/s" or one.kind == PER_SECOND for one in series) or not all(map(_is_whole, unknown)):
        not_counted = PER_SECOND
    if GROWS in found or any(one.kind == COUNTER for one in series):
        unclear = COUNTER
    elif FALLS in found or all(_increases(one.present) < _MIN_INCREASES for one in unknown):
        unclear = not_counted
    else:
        other = "rate" if not_counted == PER_SECOND else "counts"
        title = next(one.title for one in unknown if _increases(one.present) >= _MIN_INCREASES)
        message = f"{title} only grows: is it a counter, or are these {'rates' if other == 'rate' else 'counts'}"
        raise InputError(pointer, f"{message} that rise? Add --kind counter or --kind {other}", {"kind": "counter"})
    kinds = {GROWS: COUNTER, FALLS: not_counted, UNCLEAR: unclear}
    return [_noted(one, kinds[grown[id(one)]]) if id(one) in grown else one for one in series]


def _noted(series: TimeSeries, kind: str) -> TimeSeries:
    """The series with its kind, and how it was read in its notes."""
    if kind == COUNTER:
        note = f"{series.title} only grows, so it is read as a counter (else --kind counts or --kind rate)."
    elif kind == PER_SECOND:
        note = f"{series.title} is read as a rate per second (else --kind counts or --kind counter)."
    else:
        counts = "counts within the step that ends at each time"
        note = f"{series.title} is read as {counts} (else --kind counter or --kind rate)."
    return series._replace(kind=kind, notes=(*series.notes, note))


def _is_whole(series: TimeSeries) -> bool:
    return all(value.is_integer() for value in series.present)


def _increases(values: Sequence[float]) -> int:
    return sum(later > earlier for earlier, later in zip(values, values[1:]))


def _restarts(series: TimeSeries) -> list[float]:
    """The times of the points that are lower than the one before."""
    points = [(time, value) for time, value in zip(series.times, series.values) if value is not None]
    return [time for (_, earlier), (time, later) in zip(points, points[1:]) if later < earlier]


def _normal_tail(value: float) -> float:
    """P(Z > value) of the standard normal distribution."""
    return math.erfc(value / math.sqrt(2)) / 2
