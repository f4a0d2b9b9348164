"""Points in time as a person or a machine writes them, and the even grid that a series of them lies on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from typing import NamedTuple

from acolytes_perf.errors import CannotAnswerError, InputError
from acolytes_perf.inputs.quantity import QuantityError
from acolytes_perf.inputs.units import SECONDS, Kind, Value
from acolytes_perf.wording import format_quantity

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
#: From 1900 to 2200.
EARLIEST, LATEST = -2208988800.0, 7258118400.0
_NUMBER = re.compile(r"(-?\d{9,16}(?:\.\d+)?) ?(s|ms|us)?", re.ASCII)
_MONTH = re.compile(r"(\d{4})(?:-(\d\d))?", re.ASCII)
_ISO = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(\.\d{1,9})?)? ?(Z|UTC|[+-]\d\d:?\d\d)?", re.ASCII)
_DIVISORS = {"s": 1.0, "ms": 1e3, "us": 1e6}
#: How far a time may be from its place on the grid, in steps.
_JITTER = 0.2
_MOST_PLACES = 200_000


def _read(raw: object, example: str) -> float:
    """Seconds since 1970 in UTC; a time without a zone counts as UTC."""
    text = repr(raw) if isinstance(raw, (int, float)) and not isinstance(raw, bool) else raw
    if not isinstance(text, str):
        raise QuantityError(f"is no time such as {example}")
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
        raise QuantityError("is no date of the calendar, or no time of the day") from None
    raise QuantityError(f"is no time: write it like {example}, 2026-03-01T14:00Z, 2026-03 or seconds since 1970")


def _seconds(iso: re.Match[str]) -> float:
    zone = "+00:00" if iso[4] in (None, "Z", "UTC") else iso[4]
    zone = zone if ":" in zone else f"{zone[:3]}:{zone[3:]}"
    found = datetime.fromisoformat(f"{iso[1]}T{iso[2] or '00:00'}{zone}")
    return (found - _EPOCH).total_seconds() + float(iso[3] or 0)


def show(value: Value) -> str:
    """ISO 8601 in UTC, as short as the time allows: `2026-03-01`, `2026-03-01T14:00Z`."""
    moment = _EPOCH + timedelta(seconds=round(float(value), 3))
    if not (moment.hour or moment.minute or moment.second or moment.microsecond):
        return moment.strftime("%Y-%m-%d")
    if moment.microsecond:
        return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}Z"
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ" if moment.second else "%Y-%m-%dT%H:%MZ")


TIME = Kind("time", _read, show, ["string", "number"], None)


class Grid(NamedTuple):
    """Even steps: so many seconds, or whole months where `months` is not 0 (its day is the start's, or the last)."""

    start: float | None
    step: float
    months: int = 0

    def at(self, place: int) -> float:
        """Seconds since 1970 of a place; without a start, since the first place."""
        if self.start is None or not self.months:
            return (self.start or 0.0) + place * self.step
        return _months_later(self.start, place * self.months)

    def places_to(self, time: float) -> int:
        """The last place that is not after the time."""
        place = int((time - (self.start or 0.0)) // self.step) + 2
        while self.at(place) > time + 1e-6 * self.step:
            place -= 1
        return place

    @property
    def said(self) -> str:
        """The step in words."""
        if not self.months:
            return format_quantity(self.step, "s")
        return "1 month" if self.months == 1 else f"{self.months} months"


def _months_later(start: float, months: int) -> float:
    moment = _EPOCH + timedelta(seconds=start)
    last = _is_last_day(moment)
    count = moment.year * 12 + moment.month - 1 + months
    year, month = count // 12, count % 12 + 1
    following = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=timezone.utc)
    days = (following - timedelta(days=1)).day
    there = moment.replace(year=year, month=month, day=days if last else min(moment.day, days))
    return (there - _EPOCH).total_seconds()


def _is_last_day(moment: datetime) -> bool:
    return moment.day > 27 and (moment + timedelta(days=1)).month != moment.month


def placed(times: Sequence[float]) -> tuple[Grid, list[int]]:
    """The grid of the times, in any order, and the place of each; gaps are places that none has.

    InputError where two have the same place or one lies between; CannotAnswerError where most would be gaps.
    """
    ordered = sorted(range(len(times)), key=times.__getitem__)
    gaps = [times[later] - times[earlier] for earlier, later in zip(ordered, ordered[1:])]
    for earlier, later, gap in zip(ordered, ordered[1:], gaps):
        if gap <= 0:
            first, second = sorted((earlier, later))
            message = f"{show(times[second])} is there twice, also in row {first}: leave one out, or write it in UTC"
            raise InputError(f"/history/{second}/time", message)
    grid = _by_calendar([times[index] for index in ordered]) or Grid(times[ordered[0]], _spacing(gaps))
    places = [0] * len(times)
    before = -1
    for index in ordered:
        exact = _place(grid, times[index])
        place = round(exact)
        if abs(exact - place) > _JITTER or place == before:
            message = f"{show(times[index])} is not on the even grid of {grid.said} from {show(times[ordered[0]])} on"
            raise InputError(f"/history/{index}/time", f"{message}: bring the values to even steps")
        places[index] = before = place
    if before >= min(_MOST_PLACES, 3 * len(times) + 10):
        there = f"{len(times)} of {before + 1}"
        message = f"only {there} steps of {grid.said} have a value; missing: at least every third of them"
        raise CannotAnswerError("/history", message)
    return grid, places


def _spacing(gaps: Sequence[float]) -> float:
    """The step: the middle of the gaps that are about as small as one step is."""
    if not gaps:
        return SECONDS["d"]
    middle = sorted(gaps)[(len(gaps) - 1) // 2]
    least = min(gaps)
    # where most values are missing even the middle gap is several steps
    step = least if all(abs(gap / least - round(gap / least)) <= _JITTER for gap in gaps) else middle
    single = sorted(gap for gap in gaps if abs(gap - step) <= _JITTER * step)
    return single[len(single) // 2]


def _by_calendar(times: Sequence[float]) -> Grid | None:
    """A grid of months, where all times are on the same day of the month, or all on the last."""
    moments = [_EPOCH + timedelta(seconds=time) for time in times]
    same = {(moment.day, moment.time()) for moment in moments}
    if len(times) < 2 or not (len(same) == 1 or all(map(_is_last_day, moments))):
        return None
    months = [moment.year * 12 + moment.month for moment in moments]
    steps = [later - earlier for earlier, later in zip(months, months[1:])]
    step = sorted(steps)[(len(steps) - 1) // 2]
    if step <= 0:
        return None
    return Grid(times[0], step * 365.2425 / 12 * SECONDS["d"], step)


def _place(grid: Grid, time: float) -> float:
    assert grid.start is not None
    if not grid.months:
        return (time - grid.start) / grid.step
    start, moment = _EPOCH + timedelta(seconds=grid.start), _EPOCH + timedelta(seconds=time)
    return ((moment.year - start.year) * 12 + moment.month - start.month) / grid.months
