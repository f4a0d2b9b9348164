"""A history of failed and all requests, from series in files or from a list of incidents."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from acolytes_perf.errors import CannotAnswerError, InputError
from acolytes_perf.inputs.fields import Field, Inputs
from acolytes_perf.inputs.timeline import EARLIEST, LATEST, TIME, show_time
from acolytes_perf.inputs.units import show_duration
from acolytes_perf.methods.reliability.error_history import ErrorHistory, Use
from acolytes_perf.outcome import AnswerWarning
from acolytes_perf.series.incident_list import ROLES, IncidentRow, read_incidents
from acolytes_perf.series.pairs import read_pair
from acolytes_perf.series.series_input import columns_for, refuse_without_files
from acolytes_perf.time_units import SECONDS
from acolytes_perf.wording import format_quantity

DAY = SECONDS["d"]
PAIR_ROLES = ("time", "label", "requests", "errors", "good")
SINCE = Field("since", TIME, "start of the period (default: start of the history)", "2026-10-01", EARLIEST, LATEST)
UNTIL = Field("until", TIME, "end of the period (default: end of the history)", "2026-11-01", EARLIEST, LATEST)
#: Steps of a history that is made of a list of incidents, in seconds.
_INCIDENT_STEP = 60.0
_LONGEST = 400 * DAY


class Episode(NamedTuple):
    """An incident: where it was, and what failed in it."""

    use: Use
    duration: float
    share: float


class Case(NamedTuple):
    """The history of a call, its incidents, and how it was read. `has_requests`: requests were counted."""

    history: ErrorHistory
    episodes: list[Episode]
    usual_share: float
    notes: tuple[str, ...]
    warnings: tuple[AnswerWarning, ...]
    has_requests: bool


def read_history(inputs: Inputs) -> Case:
    """The history that the inputs mean: those of PAIR_FIELDS, or `incidents`.

    Raises:
        InputError: files cannot be read, or inputs contradict each other.
        CannotAnswerError: there is no request in the period.
    """
    return _from_incidents(inputs) if "incidents" in inputs else _from_series(inputs)


def _from_series(inputs: Inputs) -> Case:
    if "requests" not in inputs:
        message = "is missing, e.g. --requests requests.json --errors errors.json; or give --incidents incidents.csv"
        raise InputError("/requests", message)
    pair = read_pair(inputs)
    if not pair.step:
        raise InputError("/requests", "has one point only: a history needs at least two")
    known = [
        (time, every, bad)
        for time, every, bad in zip(pair.times, pair.requests, pair.errors)
        if every is not None and bad is not None
    ]
    columns = list(zip(*known)) or [(), (), ()]
    history = _limited(inputs, ErrorHistory(columns[0], columns[1], columns[2], pair.step))
    if not math.fsum(history.requests):
        raise CannotAnswerError("/requests", "has no request in this period; missing: at least 1 request")
    from acolytes_perf.methods.reliability.incidents import find_incidents  # help and most refusals do without

    detection = find_incidents(history)
    episodes = [Episode(one.use, one.use.end - one.use.start, one.use.bad_share) for one in detection.incidents]
    warnings = tuple(
        AnswerWarning(
            "more_failed_than_requests", note.rstrip("."), "say what the numbers are: --kind counter or counts"
        )
        for note in pair.notes
        if "more failed than there were requests" in note
    )
    if pair.failed > pair.total / 2:
        share = format_quantity(pair.failed / pair.total, "ratio")
        fix = "check which files or columns have all, the failed and the good requests"
        warnings += (AnswerWarning("mostly_failed", f"{share} of all requests failed", fix),)
    return Case(history, episodes, detection.usual_share, pair.notes, warnings, has_requests=True)


def _limited(inputs: Inputs, history: ErrorHistory) -> ErrorHistory:
    """The part of the history between `since` and `until`."""
    since, until = inputs.optional("since"), inputs.optional("until")
    if since is None and until is None and history.times:
        return history
    part = history.part(since, until)
    if not part.times:
        where = "the files have no step with both numbers"
        if history.times:
            where = f"nothing is between since and until: the files reach from {show_time(history.start)} to "
            where += show_time(history.end)
        raise InputError("/since" if since is not None else "/until" if until is not None else "/requests", where)
    return part


def _from_incidents(inputs: Inputs) -> Case:
    both = inputs.present("requests", "errors", "good")
    if both:
        raise InputError(f"/{both[0]}", "cannot be combined with incidents: leave one out", {both[0]: None})
    refuse_without_files(inputs, "select", "errors_select", "good_select", "kind")
    incidents = read_incidents(inputs, columns_for(inputs, ROLES, PAIR_ROLES))
    rows = incidents.rows
    since, until = _period(inputs, rows)
    outside = next((row for row in rows if row.start < since or row.end > until), None)
    if outside:
        which = "since" if outside.start < since else "until"
        message = f"leaves out the incident of {show_time(outside.start)}: choose a longer period"
        raise InputError(f"/{which}", message)
    if until - since > _LONGEST:
        raise InputError("/since", f"the period is longer than {show_duration(_LONGEST)}: report a part of it")
    rate = inputs.optional("rate")
    history = _as_history(rows, since, until, rate or 1.0)
    episodes = [Episode(_use_of(row, rate or 1.0), row.duration, row.share) for row in rows]
    warnings = []
    if not {"since", "until"} <= inputs.written.keys():
        message = f"the incidents are taken to be all from {show_time(since)} to {show_time(until)}, whole months"
        warnings.append(AnswerWarning("period_assumed", message, "set --since and --until to the period of the list"))
    notes = (*incidents.notes, "The rate of requests is taken as even, so that requests and time say the same.")
    return Case(history, episodes, 0.0, notes, tuple(warnings), has_requests=rate is not None)


def _period(inputs: Inputs, rows: Sequence[IncidentRow]) -> tuple[float, float]:
    """The period of a list of incidents, by default whole months."""
    from datetime import datetime, timedelta, timezone

    first = datetime.fromtimestamp(rows[0].start, timezone.utc)
    last = datetime.fromtimestamp(rows[-1].end - 1, timezone.utc)
    midnight = {"hour": 0, "minute": 0, "second": 0, "microsecond": 0}
    month = first.replace(day=1, **midnight)  # type: ignore[arg-type]
    following = (last.replace(day=1, **midnight) + timedelta(days=32)).replace(day=1)  # type: ignore[arg-type]
    since, until = inputs.optional("since"), inputs.optional("until")
    since = month.timestamp() if since is None else since
    until = following.timestamp() if until is None else until
    if until - since < DAY:
        period = f"{show_time(since)} to {show_time(until)}"
        raise InputError("/until", f"must be at least a day after since, but the period is {period}: give both")
    return since, until


def _use_of(row: IncidentRow, rate: float) -> Use:
    every = row.duration * rate
    return Use(row.start, row.end, every, every * row.share, row.duration, row.duration * row.share)


def _as_history(rows: Sequence[IncidentRow], since: float, until: float, rate: float) -> ErrorHistory:
    """Steps with the share of failures that the incidents cause in each."""
    step = _INCIDENT_STEP
    count = round((until - since) / step)
    bad = [0.0] * count
    for row in rows:
        for index in range(int((row.start - since) // step), min(count, math.ceil((row.end - since) / step))):
            begin = since + index * step
            overlap = min(row.end, begin + step) - max(row.start, begin)
            bad[index] += max(0.0, overlap) * rate * row.share
    return ErrorHistory([since + step * (index + 1) for index in range(count)], [rate * step] * count, bad, step)
