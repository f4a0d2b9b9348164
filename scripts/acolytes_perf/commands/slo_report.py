"""Where objectives stand: SLI and budget by requests and by time, incidents, and the chance to miss the next window."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from acolytes_perf.declare import Command
from acolytes_perf.errors import CannotAnswerError, InputError
from acolytes_perf.inputs.fields import MAX_ITEMS, Field, Inputs
from acolytes_perf.inputs.timeline import EARLIEST, LATEST, TIME, show_time
from acolytes_perf.inputs.units import RATE, at_most, complement, show_duration, show_ratio
from acolytes_perf.methods.error_history import ErrorHistory, Use
from acolytes_perf.methods.incidents import find_incidents
from acolytes_perf.methods.missed_windows import DAY, LEAST_DAYS, chances_to_miss
from acolytes_perf.methods.slo import SLO, WINDOW
from acolytes_perf.outcome import STATISTICAL, AnswerWarning, Interval, Outcome, Result, ResultTable, Row
from acolytes_perf.series.incident_list import INCIDENTS, ROLES, IncidentRow, read_incidents
from acolytes_perf.series.pairs import PAIR_FIELDS, read_pair
from acolytes_perf.series.series_input import columns_field, columns_for, refuse_without_files
from acolytes_perf.wording import format_interval, format_quantity, pluralize

_PAIR_ROLES = ("time", "label", "requests", "errors", "good")
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


def run(inputs: Inputs) -> Outcome:
    """Read the history, then measure each objective over each window."""
    case = _from_incidents(inputs) if "incidents" in inputs else _from_series(inputs)
    slos, windows = inputs.numbers("slo"), inputs.numbers("window")
    for name, values in (("slo", slos), ("window", windows)):
        index = next((index for index, value in enumerate(values) if value in values[:index]), None)
        if index is not None:
            raise InputError(f"/{name}/{index}", "is there twice: leave one out")
    history, rows, sentences = case.history, [], []
    warnings = list(case.warnings)
    days = history.days()
    for window in windows:
        use = history.last_window(window)
        span = min(window, history.end - history.start)
        chances = None
        if len(days) >= LEAST_DAYS:
            chances = chances_to_miss(days, window, [complement(slo) for slo in slos])
        worst = [history.worst_window(window, by_time=by_time) for by_time in (False, True)]
        for index, slo in enumerate(slos):
            cells = _measured(case, use, complement(slo), span / window, worst)
            if chances is not None:
                cells += [
                    Result(name, one.value, "probability", Interval(one.low, one.high, STATISTICAL, 0.95))
                    for name, one in zip(("chance_to_miss", "chance_to_miss_by_time"), chances[index])
                    if case.has_requests or name.endswith("by_time")
                ]
            rows.append(Row(f"{show_ratio(slo)} over {show_duration(window)}", cells))
            sentences.append(_sentence(rows[-1], has_requests=case.has_requests))
        if span < window * (1 - 1e-6):
            warnings.append(_short_history(span, window))
        sentences.append(_worst(worst, window, has_requests=case.has_requests))
    if len(days) < LEAST_DAYS:
        warnings.append(_too_few_days(len(days)))
    elif len(case.episodes) < 10:
        warnings.append(_few_incidents(case, len(days)))
    budget = complement(slos[0]), history.last_window(windows[0])
    table = _episodes(case, *budget)
    if case.has_requests:
        sentences.append(_cheapest(case))
    window_use = budget[1]
    results = [Result("bad_time", window_use.bad_time, "s")]
    if case.has_requests:
        results = [
            Result("requests", window_use.requests, "requests"),
            Result("bad", window_use.bad, "requests"),
            Result("usual_bad_share", case.usual_share, "ratio"),
            *results,
        ]
    until = show_time(history.end)
    answer = f"Until {until}: {' '.join(sentence for sentence in sentences if sentence)}"
    return Outcome(
        answer, results, _assumptions(case), warnings,
        [("slo alerts", {"slo": inputs.written["slo"]})],
        tables=[ResultTable("objectives", "objective", rows), ResultTable("incidents", "incident from", table)],
    )  # fmt: skip


def _from_series(inputs: Inputs) -> Case:
    if "requests" not in inputs:
        message = "is missing, e.g. --requests requests.json --errors errors.json; or give --incidents incidents.csv"
        raise InputError("/requests", message)
    refuse = next(iter(inputs.present("rate")), None)
    if refuse:
        raise InputError("/rate", "has no effect: the files say how many requests there were", {"rate": None})
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
    detection = find_incidents(history)
    episodes = [Episode(one.use, one.use.end - one.use.start, one.use.bad_share) for one in detection.incidents]
    return Case(history, episodes, detection.usual_share, pair.notes, (), has_requests=True)


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
    incidents = read_incidents(inputs, columns_for(inputs, ROLES, _PAIR_ROLES))
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
        raise InputError("/until", "must be at least a day after since")
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


def _measured(case: Case, use: Use, budget: float, part: float, worst: Sequence[Use]) -> list[Result]:
    """SLI and budget of one objective; `part` is the part of the window that was measured."""
    used_by_time = use.bad_time_share / budget * part
    by_time = [
        Result("sli_by_time", 1 - use.bad_time_share, "ratio"),
        Result("used_by_time", used_by_time, "ratio"),
        Result("left_by_time", complement(used_by_time), "ratio"),
        Result("left_time", complement(used_by_time) * budget * use.time / part, "s"),
        Result("worst_used_by_time", worst[1].bad_time_share / budget * part, "ratio"),
    ]
    if not case.has_requests:
        return by_time
    used = use.bad_share / budget * part
    return [
        Result("sli", 1 - use.bad_share, "ratio"),
        Result("used", used, "ratio"),
        Result("left", complement(used), "ratio"),
        Result("left_requests", complement(used) * budget * use.requests / part, "requests"),
        Result("worst_used", worst[0].bad_share / budget * part, "ratio"),
        *by_time,
    ]


def _sentence(row: Row, *, has_requests: bool) -> str:
    cells = {result.name: result for result in row.results}
    parts = []
    if has_requests:
        parts.append(_standing(cells["sli"].value, cells["used"].value, "by requests"))
    parts.append(_standing(cells["sli_by_time"].value, cells["used_by_time"].value, "by time"))
    chance = cells.get("chance_to_miss", cells.get("chance_to_miss_by_time"))
    if chance is not None and chance.interval is not None:
        limits = format_interval(chance.interval.low, chance.interval.high, "probability", STATISTICAL, 0.95)
        parts.append(f"the next window misses it with {format_quantity(chance.value, 'probability')} ({limits})")
    return f"{row.label}: {'; '.join(parts)}."


def _standing(sli: float | None, used: float | None, how: str) -> str:
    is_met = at_most(used or 0.0, 1)
    return (
        f"SLI {format_quantity(sli, 'ratio')} {how}, {format_quantity(used, 'ratio')} of the budget used, "
        f"{'met' if is_met else 'missed'}"
    )


def _worst(worst: Sequence[Use], window: float, *, has_requests: bool) -> str:
    by_requests, by_time = worst
    texts = []
    if has_requests:
        texts.append(f"{_span(by_requests)} by requests (SLI {format_quantity(1 - by_requests.bad_share, 'ratio')})")
    texts.append(f"{_span(by_time)} by time (SLI {format_quantity(1 - by_time.bad_time_share, 'ratio')})")
    return f"The worst {show_duration(window)}: {', '.join(texts)}."


def _span(use: Use) -> str:
    return f"{show_time(use.start)} to {show_time(use.end)}"


def _cheapest(case: Case) -> str:
    """What the two ways of counting disagree about most: which incident was the largest."""
    if not case.episodes:
        return "No incident stands out."
    by_time = sorted(case.episodes, key=lambda one: -one.use.bad_time)
    by_requests = sorted(case.episodes, key=lambda one: -one.use.bad)
    largest = by_time[0]
    text = (
        f"{pluralize(len(case.episodes), 'incident')}. The largest by time began {show_time(largest.use.start)} "
        f"({format_quantity(largest.duration, 's')}, {format_quantity(largest.share, 'ratio')} failed)"
    )
    rank = by_requests.index(largest)
    if rank == 0:
        return f"{text}, by requests, too."
    return (
        f"{text}; by requests it is only number {rank + 1}, with {format_quantity(largest.use.bad, 'requests')}, "
        f"and the largest began {show_time(by_requests[0].use.start)}."
    )


def _episodes(case: Case, budget: float, use: Use) -> list[Row]:
    rows = []
    for one in case.episodes:
        cells = [
            Result("duration", one.duration, "s"),
            Result("bad_share", one.share, "ratio"),
            Result("bad_time", one.use.bad_time, "s"),
            Result("budget_by_time", one.use.bad_time / (budget * use.time), "ratio"),
        ]
        if case.has_requests:
            cells += [
                Result("bad", one.use.bad, "requests"),
                Result("budget", one.use.bad / (budget * use.requests), "ratio"),
            ]
        rows.append(Row(show_time(one.use.start), cells))
    return rows


def _assumptions(case: Case) -> list[str]:
    texts = [
        "By time, a step counts as bad by the share of its requests that failed; steps without requests do not count.",
        "The next window: its days are drawn from the past days, seeded. What never happened is not in it.",
        "The shares of the budget of each incident are of the first objective and window.",
        *case.notes,
    ]
    if case.usual_share:
        texts.append(
            "An incident has more failures than chance explains (1 % chance that a history without any shows one); "
            f"usually {format_quantity(case.usual_share, 'ratio')} of the requests fail."
        )
    return texts


def _short_history(span: float, window: float) -> AnswerWarning:
    message = (
        f"the history covers {format_quantity(span, 's')} of the {format_quantity(window, 's')}: used is what these "
        "used of the whole window's budget"
    )
    return AnswerWarning("window_not_over", message, "use a longer history, or a shorter window")


def _too_few_days(days: int) -> AnswerWarning:
    message = f"{pluralize(days, 'whole day')} of history say nothing about the next window"
    return AnswerWarning("too_few_days", message, f"use a history of at least {LEAST_DAYS} days, better 90")


def _few_incidents(case: Case, days: int) -> AnswerWarning:
    message = (
        f"the chances to miss rest on {pluralize(len(case.episodes), 'incident')} in {days} days: their intervals are "
        "wide"
    )
    return AnswerWarning("few_incidents", message, "use a longer history, e.g. a year of incidents with --incidents")


_RESULTS = {
    "requests": "requests in the first window",
    "bad": "failed ones among them",
    "usual_bad_share": "share of requests that fails outside of incidents",
    "bad_time": "bad time in the first window: each step counts by the share of its requests that failed",
}

_TABLES = {
    "objectives": {
        "sli": "share of good requests in the last window",
        "used": "used share of the window's budget, by requests; above 100 % the objective is missed",
        "left": "remaining share of that budget; negative when it is overspent",
        "left_requests": "remaining budget as failed requests",
        "worst_used": "the same use in the worst window of the history",
        "sli_by_time": "share of good time in the last window",
        "used_by_time": "used share of the window's budget, by time",
        "left_by_time": "remaining share of that budget",
        "left_time": "remaining budget as time fully down",
        "worst_used_by_time": "the same use in the worst window of the history",
        "chance_to_miss": "probability that the next window misses the objective, by requests",
        "chance_to_miss_by_time": "the same by time",
    },
    "incidents": {
        "duration": "from its first to its last step",
        "bad_share": "share of its requests that failed",
        "bad_time": "duration times that share, step by step",
        "budget_by_time": "share of the budget that it used, by time",
        "bad": "requests that failed in it",
        "budget": "share of the budget that it used, by requests",
    },
}

COMMAND = Command(
    name="slo report",
    summary="SLI, used budget, worst window, incidents and the chance to miss each SLO, from series or incidents.",
    fields=(
        SLO._replace(max_items=MAX_ITEMS, example="99.9%,99.95%", doc="the objectives: shares of good requests"),
        WINDOW._replace(max_items=MAX_ITEMS, maximum=366 * DAY, doc="the periods that they are measured over"),
        *(field for field in PAIR_FIELDS if field.name != "columns"),
        INCIDENTS,
        columns_field(*_PAIR_ROLES, *ROLES),
        Field("since", TIME, "start of the period (default: start of the history)", "2026-10-01", EARLIEST, LATEST),
        Field("until", TIME, "end of the period (default: end of the history)", "2026-11-01", EARLIEST, LATEST),
        Field("rate", RATE, "requests per unit of time, for incidents: shows failed requests", "50/s", 1e-9, 1e12),
    ),
    run=run,
    formula="SLI = good / all, by requests or by time; used = (1 - SLI) / (1 - SLO) * measured part of the window; "
    "chance: bootstrap over days, its interval by the Bayesian bootstrap",
    source="The Site Reliability Workbook (Google, 2018), chapters 2 and 5; Kulldorff 1997 (incidents); Rubin 1981",
    example={"slo": "99.9%,99.95%", "incidents": "2026-10-29:35min:100%,2026-11-06:50min:20%",
             "since": "2026-10-01", "until": "2026-12-01"},
    results=_RESULTS,
    tables=_TABLES,
)  # fmt: skip
