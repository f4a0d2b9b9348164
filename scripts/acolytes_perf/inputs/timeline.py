"""Points in time in common notations, and the even grid that a series of them lies on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from typing import NamedTuple

from acolytes_perf.errors import CannotAnswerError, InputError
from acolytes_perf.inputs.moments import EARLIEST, LATEST, show_time
from acolytes_perf.inputs.quantity import QuantityError
from acolytes_perf.inputs.units import QuantityKind
from acolytes_perf.time_units import SECONDS
from acolytes_perf.wording import format_quantity

#: The range and the text of a time are of this module for all others.
__all__ = ["EARLIEST", "LATEST", "TIME", "TimeGrid", "month_grid", "place_on_grid", "show_time", "typical_step"]

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_NUMBER = re.compile(r"(-?\d{9,16}(?:\.\d+)?) ?(s|ms|us)?", re.ASCII)
_MONTH = re.compile(r"(\d{4})(?:-(\d\d))?", re.ASCII)
_ISO = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(\.\d{1,9})?)? ?(Z|UTC|[+-]\d\d:?\d\d)?", re.ASCII)
_DIVISORS = {"s": 1.0, "ms": 1e3, "us": 1e6}
#: How far a time may be from its grid point, in steps.
_TOLERANCE = 0.2
_MAX_POINTS = 200_000


def _read(raw: object, example: str) -> float:
    """Seconds since 1970 in UTC; a time without a zone counts as UTC."""
    text = repr(raw) if isinstance(raw, (int, float)) and not isinstance(raw, bool) else raw
    if not isinstance(text, str):
        raise QuantityError(f"is not a time such as {example}")
    text = text.strip()
    number, month, iso = _NUMBER.fullmatch(text), _MONTH.fullmatch(text), _ISO.fullmatch(text)
    try:
        if number:
            digits = len(number[1].lstrip("-").partition(".")[0])
            unit = number[2] or ("s" if digits <= 11 else "ms" if digits <= 13 else "us")
            return float(number[1]) / _DIVISORS[unit]
        if month:
            return (datetime(int(month[1]), int(month[2] or 1), 1, tzinfo=timezone.utc) - _EPOCH).total_seconds()
        if iso:
            return _seconds(iso)
    except ValueError:
        raise QuantityError("is not a date of the calendar, or not a time of day") from None
    return _in_other_form(text, example)


def _in_other_form(text: str, example: str) -> float:
    """A time in one of the forms that files have, such as `27.11.2026 19:00` or a zone `+1`."""
    from acolytes_perf.inputs.dates import DAY_FIRST, MONTH_FIRST, DateError, read_times  # seldom needed

    try:
        times = read_times([text])
    except DateError as error:
        if "day or the month first" in str(error):
            readings = [show_time(read_times([text], order).seconds[0]) for order in (DAY_FIRST, MONTH_FIRST)]
            raise QuantityError("could have the day or the month first", *readings) from None
        times = None
    if times is None or not times.dated:
        message = f"is not a time: write it like {example}, 2026-03-01T14:00Z, 2026-03 or seconds since 1970"
        raise QuantityError(message)
    return times.seconds[0]


def _seconds(iso: re.Match[str]) -> float:
    zone = "+00:00" if iso[4] in (None, "Z", "UTC") else iso[4]
    zone = zone if ":" in zone else f"{zone[:3]}:{zone[3:]}"
    moment = datetime.fromisoformat(f"{iso[1]}T{iso[2] or '00:00'}{zone}")
    return (moment - _EPOCH).total_seconds() + float(iso[3] or 0)


TIME = QuantityKind("time", _read, show_time, ["string", "number"], None)


class TimeGrid(NamedTuple):
    """Points in time at even steps.

    Attributes:
        start: time of the first point in seconds since 1970; None where times are unknown.
        step: in seconds; the mean for months.
        months: months in a step, 0 for steps of seconds. Points are on the day of the start, or on the last of a month.
    """

    start: float | None
    step: float
    months: int = 0

    def time_at(self, index: int) -> float:
        """Seconds since 1970 of a point; without a start, since the first point."""
        if self.start is None or not self.months:
            return (self.start or 0.0) + index * self.step
        return _add_months(self.start, index * self.months)

    def last_index_until(self, time: float) -> int:
        """The last point that is not after the time."""
        index = int((time - (self.start or 0.0)) // self.step) + 2
        while self.time_at(index) > time + 1e-6 * self.step:
            index -= 1
        return index

    @property
    def step_text(self) -> str:
        """The step in words."""
        if not self.months:
            return format_quantity(self.step, "s")
        return "1 month" if self.months == 1 else f"{self.months} months"


def _add_months(start: float, months: int) -> float:
    moment = _EPOCH + timedelta(seconds=start)
    is_last = _is_last_day(moment)
    count = moment.year * 12 + moment.month - 1 + months
    year, month = count // 12, count % 12 + 1
    following = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=timezone.utc)
    days = (following - timedelta(days=1)).day
    later = moment.replace(year=year, month=month, day=days if is_last else min(moment.day, days))
    return (later - _EPOCH).total_seconds()


def _is_last_day(moment: datetime) -> bool:
    return moment.day > 27 and (moment + timedelta(days=1)).month != moment.month


def place_on_grid(times: Sequence[float]) -> tuple[TimeGrid, list[int]]:
    """The even grid of the times, and the index of each on it.

    Args:
        times: seconds since 1970 in any order, at least one.

    Raises:
        InputError: two times have the same index, or one lies between two points.
        CannotAnswerError: most points would have no value.
    """
    ordered = sorted(range(len(times)), key=times.__getitem__)
    gaps = [times[later] - times[earlier] for earlier, later in zip(ordered, ordered[1:])]
    for earlier, later, gap in zip(ordered, ordered[1:], gaps):
        if gap <= 0:
            first, second = sorted((earlier, later))
            message = (
                f"{show_time(times[second])} is there twice, also in row {first}: leave one out, or write it in UTC"
            )
            raise InputError(f"/history/{second}/time", message)
    grid = month_grid([times[index] for index in ordered]) or TimeGrid(times[ordered[0]], typical_step(gaps))
    indices = [0] * len(times)
    previous = -1
    for index in ordered:
        position = _grid_position(grid, times[index])
        nearest = round(position)
        if abs(position - nearest) > _TOLERANCE or nearest == previous:
            moment, start = show_time(times[index]), show_time(times[ordered[0]])
            message = f"{moment} is not on the even grid of {grid.step_text} from {start} on"
            raise InputError(f"/history/{index}/time", f"{message}: bring the values to even steps")
        indices[index] = previous = nearest
    if previous >= min(_MAX_POINTS, 3 * len(times) + 10):
        message = f"only {len(times)} of {previous + 1} steps of {grid.step_text} have a value"
        message += "; missing: at least every third of them"
        raise CannotAnswerError("/history", message)
    return grid, indices


def typical_step(gaps: Sequence[float]) -> float:
    """The median of those gaps that are about one step long."""
    if not gaps:
        return SECONDS["d"]
    middle = sorted(gaps)[(len(gaps) - 1) // 2]
    smallest = min(gaps)
    # where most values are missing, even the middle gap is several steps
    is_multiple = all(abs(gap / smallest - round(gap / smallest)) <= _TOLERANCE for gap in gaps)
    step = smallest if is_multiple else middle
    single = sorted(gap for gap in gaps if abs(gap - step) <= _TOLERANCE * step)
    return single[len(single) // 2]


def month_grid(times: Sequence[float]) -> TimeGrid | None:
    """A grid of months, where all times are on the same day of the month, or all on the last day."""
    moments = [_EPOCH + timedelta(seconds=time) for time in times]
    days = {(moment.day, moment.time()) for moment in moments}
    if len(times) < 2 or not (len(days) == 1 or all(map(_is_last_day, moments))):
        return None
    months = [moment.year * 12 + moment.month for moment in moments]
    steps = [later - earlier for earlier, later in zip(months, months[1:])]
    step = sorted(steps)[(len(steps) - 1) // 2]
    if step <= 0:
        return None
    return TimeGrid(times[0], step * 365.2425 / 12 * SECONDS["d"], step)


def _grid_position(grid: TimeGrid, time: float) -> float:
    """The index of a time, with a fraction where it lies between two points."""
    assert grid.start is not None
    if not grid.months:
        return (time - grid.start) / grid.step
    start, moment = _EPOCH + timedelta(seconds=grid.start), _EPOCH + timedelta(seconds=time)
    return ((moment.year - start.year) * 12 + moment.month - start.month) / grid.months
