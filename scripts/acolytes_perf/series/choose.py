"""Which of several series a command uses: `--select`, `--columns` by name, and sums over series."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from statistics import fmean

from acolytes_perf.errors import InputError, did_you_mean, quoted
from acolytes_perf.inputs.columns import ColumnChoice, listed, unknown_heading
from acolytes_perf.series.cells import scale_of
from acolytes_perf.series.time_series import COUNTER, COUNTS, TimeSeries, make_series
from acolytes_perf.wording import format_quantity

_CONDITION = re.compile(r"([^=!~]+?)\s*(=~|!~|!=|=)\s*(.*)", re.DOTALL)
#: The name of a series in a condition.
_NAMES = ("name", "__name__")
#: How several series become one.
_WORK: dict[str, Callable[[Sequence[float]], float]] = {"sum": math.fsum, "mean": fmean, "max": max, "min": min}
COMBINATIONS = tuple(_WORK)


def selected(series: Sequence[TimeSeries], select: str, pointer: str = "/select") -> list[TimeSeries]:
    """The series whose labels fulfil all conditions, such as `job=api,code=~5..`.

    The operators are those of Prometheus: `=`, `!=`, and `=~` and `!~` for a regular expression that must match the
    whole text. `name` is the name of the series.

    Raises:
        InputError: a condition is not understood, names no label, or no series remains.
    """
    remaining = list(series)
    for part in _parts(select):
        match = _CONDITION.fullmatch(part.strip())
        if not match:
            raise InputError(pointer, f"{quoted(part)} is not a condition: write LABEL=VALUE, such as job=api")
        label, operator, text = match[1].strip().strip("{"), match[2], match[3].strip().strip('"}')
        texts = list(dict.fromkeys(_text(one, label) for one in series if _has(one, label)))
        if not texts:
            labels = [*dict.fromkeys(key for one in series for key in one.labels), "name"]
            nearest = did_you_mean(label, labels)
            hint = f" (did you mean {nearest}?)" if nearest else f": the labels are {listed(labels)}"
            raise InputError(pointer, f"no series has the label {quoted(label)}{hint}")
        try:
            remaining = [one for one in remaining if _fulfils(_text(one, label), operator, text)]
        except re.error as error:
            raise InputError(pointer, f"{quoted(text)} is not a regular expression: {error}") from None
        if not remaining:
            raise InputError(pointer, f"no series fulfils {quoted(part.strip())}: {label} is {listed(texts)}")
    return remaining


def labels_of(select: str) -> list[str]:
    """The labels that the conditions name."""
    matches = [_CONDITION.fullmatch(part.strip()) for part in _parts(select)]
    return [match[1].strip().strip("{") for match in matches if match]


def _parts(select: str) -> list[str]:
    """The conditions between commas; a comma inside quotes or brackets belongs to a condition."""
    parts, part, depth, in_quotes = [], "", 0, False
    for char in select.strip():
        if char == '"':
            in_quotes = not in_quotes
        depth += (char in "([") - (char in ")]")
        if char == "," and not in_quotes and depth <= 0:
            parts.append(part)
            part = ""
        else:
            part += char
    return [text for text in [*parts, part] if text.strip()]


def _has(series: TimeSeries, label: str) -> bool:
    return label in series.labels or (label in _NAMES and bool(series.name))


def _text(series: TimeSeries, label: str) -> str:
    return series.labels.get(label, series.name if label in _NAMES else "")


def _fulfils(text: str, operator: str, wanted: str) -> bool:
    if operator in ("=", "!="):
        return (text == wanted) == (operator == "=")
    return (re.fullmatch(wanted, text) is not None) == (operator == "=~")


def by_columns(series: Sequence[TimeSeries], choices: Sequence[ColumnChoice], where: str) -> list[TimeSeries]:
    """The series of a format without columns that `--columns` names, each with its role.

    Raises:
        InputError: no series has the name, or the role is `time` or `label`, which such a format has itself.
    """
    chosen = []
    names = list(dict.fromkeys(one.name for one in series if one.name))
    for choice in choices:
        if choice.role in ("time", "label"):
            message = f"{choice.role}={choice.text} has no effect: {where} says itself what its times and labels are"
            raise InputError("/columns", message)
        unit = ""
        matches = [one for one in series if choice.text in (one.name, one.title)]
        if not matches:
            unit = choice.unit
            matches = [one for one in series if choice.heading in (one.name, one.title)]
        if not matches:
            raise unknown_heading(choice, names or ["no names, only labels: use --select"], where)
        chosen += [in_unit(one, unit, "/columns")._replace(role=choice.role) for one in matches]
    return chosen


def in_unit(series: TimeSeries, unit: str, pointer: str = "/unit") -> TimeSeries:
    """The series with values in a unit that its file does not say.

    Raises:
        InputError: the unit is unknown, or the file says another one.
    """
    if not unit:
        return series
    scale = scale_of(unit)
    if scale is None:
        raise InputError(pointer, f"{quoted(unit)} is not a unit: use one such as ms, s, /s, %, MB or cores")
    if series.unit:
        raise InputError(pointer, f"has no effect: {series.title} has the unit {series.unit}", {"unit": None})
    values = [None if value is None else scale.apply(value) for value in series.values]
    return series._replace(values=values, unit=scale.unit)


def longer_steps(series: TimeSeries, step: float) -> TimeSeries | None:
    """The series in longer steps, which begin at multiples of the step: sums of counts, means of other values.

    A step that lacks some of its points has a mean of the others.

    Args:
        series: with even steps.
        step: seconds; None is returned where it is not a multiple of the series' own.
    """
    count = round(step / series.step) if series.step else 0
    if count < 2 or series.months or not series.even or abs(count * series.step - step) > 1e-3 * step:
        return None
    groups: dict[int, list[float]] = {}
    for time, value in zip(series.times, series.values):
        # a count belongs to the step before its time
        place = math.ceil(time / step) - 1 if series.kind == COUNTS else math.floor(time / step)
        if value is not None:
            groups.setdefault(place, []).append(value)
    ends = (min(groups), max(groups))
    # the first and the last may have only a part of their points
    whole = [place for place in sorted(groups) if place not in ends or len(groups[place]) == count]
    if not whole:
        return None
    shift = series.kind == COUNTS
    points = [
        ((place + shift) * step, (math.fsum if series.kind == COUNTS else fmean)(groups[place])) for place in whole
    ]
    what = "sum" if series.kind == COUNTS else "mean"
    note = f"Each step of {format_quantity(step, 's')} is the {what} of {count} points of {series.step_text}."
    return make_series(
        points, name=series.name, labels=series.labels, unit=series.unit, kind=series.kind, role=series.role,
        dated=series.dated, notes=(*series.notes, note), source=series.source, step=step,
    )  # fmt: skip


def titles(series: Sequence[TimeSeries]) -> str:
    """The series for a message."""
    return listed([one.title for one in series], 6)


def single(series: Sequence[TimeSeries], pointer: str, combine: str | None = None) -> TimeSeries:
    """The only series, or all of them combined.

    Raises:
        InputError: there are several, and nothing says how they become one.
    """
    if len(series) == 1:
        if combine:
            raise InputError("/combine", "has no effect: there is one series", {"combine": None})
        return series[0]
    if combine:
        return combined(series, combine, pointer)
    names = [one.name for one in series]
    has_names = len(set(names)) == len(names)
    shown = next((one.title for one in series if one.title), "")
    if has_names:
        way = f"choose one, e.g. --columns value={_column_name(names[0])}"
    else:
        pair = next(iter(_telling_label(series).items()), ("label", "value"))
        way = f"choose one, e.g. --select {pair[0]}={pair[1]}, or add them up with --combine sum"
    raise InputError(pointer, f"has {len(series)} series ({titles(series) or shown}): {way}")


def _column_name(name: str) -> str:
    return f'"{name}"' if "," in name else name


def _telling_label(series: Sequence[TimeSeries]) -> dict[str, str]:
    """A label whose values differ, with that of the first series."""
    for key, text in series[0].labels.items():
        if len({one.labels.get(key) for one in series}) > 1:
            return {key: text}
    return {}


def combined(series: Sequence[TimeSeries], how: str, pointer: str) -> TimeSeries:
    """Several series as one, step by step.

    Counts are added where they are present. Of other values a step has a result only where no series has a gap;
    before its first and after its last point a series does not count.

    Raises:
        InputError: units, kinds or steps differ.
    """
    first = series[0]
    for one in series[1:]:
        if one.unit != first.unit or one.kind != first.kind or one.dated != first.dated:
            message = f"{first.title} and {one.title} differ in unit or kind: choose among them with --select"
            raise InputError(pointer, message)
    if first.kind == COUNTER:
        raise InputError(pointer, "counters are added after their increases: this is a bug")
    by_time: dict[float, list[float | None]] = {}
    step = max(one.step for one in series)
    anchor = min(one.times[0] for one in series)
    for one in series:
        for time, value in zip(one.times, one.values):
            # points of one scrape differ by less than a step
            place = round((time - anchor) / step) if step else time - anchor
            by_time.setdefault(place, []).append(value)
    work = _WORK[how]
    points: list[tuple[float, float | None]] = []
    partial = 0
    for place in sorted(by_time):
        present = [value for value in by_time[place] if value is not None]
        has_gap = len(present) < len(by_time[place])
        partial += has_gap
        value = work(present) if present and (first.kind == COUNTS or not has_gap) else None
        points.append((anchor + place * step if step else anchor + place, value))
    notes = dict.fromkeys(note for one in series for note in one.notes)
    notes[f"{len(series)} series are combined: {how} of {titles(series)}."] = None
    if partial:
        notes[f"{partial} steps lack a value of one of the series."] = None
    return make_series(
        points, name=first.name, unit=first.unit, kind=first.kind, role=first.role, dated=first.dated,
        notes=tuple(notes), source=first.source, step=step if not first.months else 0.0,
    )  # fmt: skip
