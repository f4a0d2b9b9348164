"""All requests and failed requests step by step, from two files, two columns, or two selections of labels."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from acolytes_perf.errors import InputError
from acolytes_perf.inputs.fields import Field, Inputs
from acolytes_perf.inputs.timeline import show_time
from acolytes_perf.inputs.units import TEXT
from acolytes_perf.series.series_input import KIND, SELECT, columns_field, columns_for
from acolytes_perf.wording import format_quantity, pluralize

if TYPE_CHECKING:
    from acolytes_perf.series.time_series import TimeSeries

#: How the names of counters end in Prometheus.
_COUNTER = re.compile(r"[a-zA-Z_:][\w:]*_(?:total|count|bucket)", re.ASCII)
_LABEL = re.compile(r"[a-zA-Z_]\w*", re.ASCII)
_ROLES = ("requests", "errors", "good")
#: So many times all requests are no matter of when they were counted.
_MOST_EXCESS = 1.5
#: The inputs of a command that reads such a pair.
PAIR_FIELDS = (
    Field("requests", TEXT, "files with all requests: a counter, counts or a rate", "requests.json", is_file=True),
    Field("errors", TEXT, "files with the failed requests", "errors.json", is_file=True),
    Field("good", TEXT, "files with the good requests, instead of errors", "good.json", is_file=True),
    columns_field("time", "label", "requests", "errors", "good"),
    SELECT,
    SELECT._replace(
        name="errors_select", doc="labels of the failed ones among the series of requests", example="code=~5.."
    ),
    SELECT._replace(name="good_select", doc="labels of the good ones among the series of requests", example="le=0.3"),
    KIND,
)


class Pair(NamedTuple):
    """Requests and failed requests in steps.

    Attributes:
        times: the end of each step in seconds since 1970 (the time of the point).
        requests: in each step; None where the file has no value.
        errors: failed ones among them; None where unknown.
        step: seconds.
        notes: how the files were read, in sentences for the assumptions.
    """

    times: list[float]
    requests: list[float | None]
    errors: list[float | None]
    step: float
    notes: tuple[str, ...]

    @property
    def total(self) -> float:
        """All requests of steps in which both are known."""
        return sum(every for every, bad in zip(self.requests, self.errors) if every is not None and bad is not None)

    @property
    def failed(self) -> float:
        """All failed requests of these steps."""
        return sum(bad for every, bad in zip(self.requests, self.errors) if every is not None and bad is not None)


def read_pair(inputs: Inputs) -> Pair:
    """The pair that the inputs PAIR_FIELDS mean.

    Raises:
        InputError: there is no file of requests, or no way to the failed ones or more than one; or the steps differ.
    """
    # declaring the inputs does not need the readers
    from acolytes_perf.series.choose import selected
    from acolytes_perf.series.counters import as_counts
    from acolytes_perf.series.read import read_series
    from acolytes_perf.series.series_kind import with_kind, with_kinds

    columns = columns_for(inputs, ("time", "label", *_ROLES))
    kind = inputs.text("kind") or "auto"
    everything = read_series(
        _files(inputs, "requests"), columns=columns, select=inputs.text("select"), roles=_ROLES, pointer="/requests"
    )
    by_role = {role: [one for one in everything if one.role == role] for role in _ROLES}
    has_roles = any(by_role.values())
    ways = [name for name in ("errors", "good", "errors_select", "good_select") if name in inputs]
    ways += [role for role in ("errors", "good") if by_role[role]]
    if len(ways) != 1:
        message = "give the failed ones by one of errors, good, errors_select, good_select or --columns errors=HEADING"
        raise InputError("/errors", f"{message}, not by {' and '.join(ways)}" if ways else f"is missing: {message}")
    way = ways[0]
    if has_roles and not by_role["requests"]:
        raise InputError("/columns", "names no column of all requests: add requests=HEADING")
    all_series = by_role["requests"] if has_roles else everything
    if way in inputs.present("errors", "good"):
        if _files(inputs, way) == _files(inputs, "requests"):
            message = f"names the same files as requests: choose with --{way}-select, or --columns {way}=HEADING"
            raise InputError(f"/{way}", message)
        others = read_series(_files(inputs, way), select=inputs.text("select"), pointer=f"/{way}")
    elif way.endswith("_select"):
        others = selected(all_series, inputs.text(way) or "", f"/{way}")
        all_series = _whole_histogram(all_series)
    else:
        others = by_role[way]
    together = [*all_series, *others]
    together = with_kinds(together, "/requests") if kind == "auto" else with_kind(together, kind)
    requests = as_counts(together[: len(all_series)], "/requests")
    part = as_counts(together[len(all_series) :], f"/{way}")
    return _aligned(requests, part, f"/{way}", is_good=way.startswith("good"))


def counters_of(inputs: Inputs) -> tuple[str, str] | None:
    """The counters of all requests and of the other file, errors or good, as selectors of Prometheus.

    A name is that of the series, else that of its file (a query of a sum has no name). It must end as counters do.
    Labels are those that all series of a file share. None where that does not name two different counters.
    """
    from acolytes_perf.series.read import read_series

    way = next((name for name in ("errors", "good") if name in inputs), None)
    if way is None or "requests" not in inputs:
        return None
    files, select = _files(inputs, "requests"), inputs.text("select")
    columns = columns_for(inputs, ("time", "label", *_ROLES))
    all_series = read_series(files, columns=columns, select=select, roles=_ROLES, pointer="/requests")
    others = read_series(_files(inputs, way), select=select, pointer=f"/{way}")
    first, second = _counter_name(all_series, files), _counter_name(others, _files(inputs, way))
    if not first or not second or first == second:
        return None
    return _selector(first, all_series), _selector(second, others)


def _counter_name(series: Sequence[TimeSeries], files: Sequence[str]) -> str:
    names = {one.name for one in series}
    name = names.pop() if len(names) == 1 else ""
    if not name and len(files) == 1:
        name = os.path.basename(files[0]).partition(".")[0]
    return name if _COUNTER.fullmatch(name) else ""


def _selector(name: str, series: Sequence[TimeSeries]) -> str:
    """The metric with the labels that all series share."""
    shared = dict(series[0].labels)
    for one in series[1:]:
        shared = {label: text for label, text in shared.items() if one.labels.get(label) == text}
    escaped = {label: text.replace("\\", "\\\\").replace('"', '\\"') for label, text in shared.items()}
    matchers = ",".join(f'{label}="{text}"' for label, text in escaped.items() if _LABEL.fullmatch(label))
    return f"{name}{{{matchers}}}" if matchers else name


def _files(inputs: Inputs, name: str) -> list[str]:
    text = inputs.text(name)
    if text is None:
        raise InputError(f"/{name}", "is missing, e.g. --requests requests.json: files with all requests")
    return [part.strip() for part in text.split(",")]


def _whole_histogram(series: Sequence[TimeSeries]) -> list[TimeSeries]:
    """All requests of a histogram are those of its last bucket; other series are all of them."""
    if not any("le" in one.labels for one in series):
        return list(series)
    return [one for one in series if one.labels.get("le") == "+Inf"] or list(series)


def _aligned(requests: TimeSeries, part: TimeSeries, pointer: str, *, is_good: bool) -> Pair:
    """Both series on the steps of the requests."""
    from acolytes_perf.series.time_series import TOLERANCE  # declaring the inputs does not need it

    for owner, series in (("/requests", requests), (pointer, part)):
        negative = next((value for value in series.values if value is not None and value < 0), None)
        if negative is not None:
            message = f"{series.title} has the value {negative:.6g}, but a number of requests cannot be below 0"
            raise InputError(owner, message)
    step = requests.step or part.step
    if part.step and abs(part.step - step) > TOLERANCE * step:
        message = (
            f"the steps differ: {format_quantity(requests.step, 's')} in {requests.title}, "
            f"{format_quantity(part.step, 's')} in {part.title}"
        )
        raise InputError("/requests", f"{message}; export both with the same step")
    places = {_place(time, requests.times[0], step): value for time, value in zip(part.times, part.values)}
    first = _place(part.times[0], requests.times[0], step)
    errors: list[float | None] = []
    early = unknown = 0
    above, known_total, part_total = 0, 0.0, 0.0
    for time, every in zip(requests.times, requests.values):
        place = _place(time, requests.times[0], step)
        value = places.get(place)
        if value is None and place < first and not is_good:
            value = 0.0  # a counter of failures begins with the first failure
            early += 1
        if every is not None and value is None:
            unknown += 1
        known_total += every or 0.0 if value is not None else 0.0
        part_total += value or 0.0 if every is not None else 0.0
        bad = None if value is None or every is None else every - value if is_good else value
        if bad is not None and every is not None and not 0 <= bad <= every:
            above += 1
            bad = min(max(bad, 0.0), every)
        errors.append(bad)
    # scrapes a moment apart make a little more
    if part_total > _MOST_EXCESS * known_total:
        message = "has more than all requests: swap it with requests, or say by --kind what the numbers are"
        raise InputError(pointer, message)
    notes = [*requests.notes, *part.notes]
    if requests.gap_note:
        notes.append(f"Requests: {requests.gap_note}")
    if early:
        begin = f"{part.title} begins at {show_time(part.times[0])}: before, no request counts as failed"
        notes.append(f"{begin}, nor does what its first point holds.")
    if unknown:
        notes.append(f"{pluralize(unknown, 'step')} with requests but without a count of {part.title} is left out.")
    if above:
        notes.append(f"In {pluralize(above, 'step')} more failed than there were requests: limited to all requests.")
    return Pair(list(requests.times), list(requests.values), errors, step, tuple(dict.fromkeys(notes)))


def _place(time: float, start: float, step: float) -> int:
    return round((time - start) / step) if step else round(time - start)
