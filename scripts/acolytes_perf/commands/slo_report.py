"""Where objectives stand: SLI and budget by requests and by time, incidents, and the chance to miss the next window."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from acolytes_perf.declare import Command
from acolytes_perf.errors import InputError
from acolytes_perf.inputs.fields import MAX_ITEMS, Field, Inputs
from acolytes_perf.inputs.timeline import show_time
from acolytes_perf.inputs.units import RATE, at_most, complement, show_duration, show_ratio
from acolytes_perf.methods.reliability.error_history import Use
from acolytes_perf.methods.reliability.missed_windows import DAY, LEAST_DAYS, chances_to_miss
from acolytes_perf.methods.reliability.slo import SLO, WINDOW
from acolytes_perf.methods.reliability.slo_history import PAIR_ROLES, SINCE, UNTIL, Case, read_history
from acolytes_perf.outcome import STATISTICAL, AnswerWarning, Interval, Outcome, Result, ResultTable, Row
from acolytes_perf.series.incident_list import INCIDENTS, ROLES
from acolytes_perf.series.pairs import PAIR_FIELDS
from acolytes_perf.series.series_input import columns_field
from acolytes_perf.wording import format_interval, format_quantity, pluralize

#: Levels that are usually promised, the highest first.
USUAL_LEVELS = (0.99999, 0.9999, 0.9995, 0.999, 0.998, 0.995, 0.99, 0.98, 0.95, 0.9)
#: A used share of the budget above this has missed the objective.
_ALL = (1.0,)
#: The inputs that the next call takes over.
_FOR_ALERTS = ("slo", *(field.name for field in PAIR_FIELDS), INCIDENTS.name, SINCE.name, UNTIL.name)


def run(inputs: Inputs) -> Outcome:
    """Read the history, then measure each objective over each window."""
    if "rate" in inputs and "requests" in inputs:
        raise InputError("/rate", "has no effect: the files say how many requests there were", {"rate": None})
    case = read_history(inputs)
    slos, windows = inputs.numbers("slo"), inputs.numbers("window")
    history, rows, sentences = case.history, [], []
    warnings = list(case.warnings)
    days = history.days()
    for window in windows:
        use = history.last_window(window)
        span = min(window, history.end - history.start)
        chances = None
        worst = [history.worst_window(window, by_time=by_time) for by_time in (False, True)]
        kept = _levels_kept(worst, span / window, has_requests=case.has_requests)
        levels = list(dict.fromkeys([*slos, *(level for level in kept.values() if level is not None)]))
        if len(days) >= LEAST_DAYS:
            chances = chances_to_miss(days, window, [complement(level) for level in levels])
        chance_names = ("chance_to_miss", "chance_to_miss_by_time")
        for index, slo in enumerate(levels):
            cells = _measured(case, use, complement(slo), span / window, worst, levels)
            if chances is not None:
                cells += [
                    Result(name, one.value, "probability", Interval(one.low, one.high, STATISTICAL, 0.95))
                    for name, one in zip(chance_names, chances[index])
                    if case.has_requests or name.endswith("by_time")
                ]
            rows.append(Row(f"{show_ratio(slo)} over {show_duration(window)}", cells))
            if slo in slos:
                sentences.append(_sentence(rows[-1], levels, has_requests=case.has_requests))
        sentences.append(_promise(kept, rows[-len(levels) :], levels, window))
        if span < window * (1 - 1e-6):
            warnings.append(_short_history(span, window))
        sentences.append(_worst(worst, window, span / window, slos, has_requests=case.has_requests))
    if len(days) < LEAST_DAYS:
        warnings.append(_too_few_days(len(days)))
    elif len(case.episodes) < 10:
        warnings.append(_few_incidents(case, history.end - history.start))
    window_use = history.last_window(windows[0])
    table = _episodes(case, complement(slos[0]), window_use)
    others = [
        Row(f"{show_ratio(slo)} {row.label}", row.results[-1:] if not case.has_requests else row.results[-2:])
        for slo in slos[1:]
        for row in _episodes(case, complement(slo), window_use)
    ]
    if case.has_requests:
        sentences.append(_cheapest(case))
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
        answer, results, _assumptions(case, slos, windows[0]), warnings,
        [("slo alerts", {name: inputs.written[name] for name in _FOR_ALERTS if name in inputs.written})],
        tables=[ResultTable("objectives", "objective", rows), ResultTable("incidents", "incident from", table),
                ResultTable("other_shares", "objective, incident from", others, text_rows=9)],
    )  # fmt: skip


def _measured(
    case: Case, use: Use, budget: float, part: float, worst: Sequence[Use], levels: Sequence[float]
) -> list[Result]:
    """SLI and budget of one of the levels; `part` is the part of the window that was measured."""
    used_by_time = use.bad_time_share / budget * part
    by_time = [
        Result("sli_by_time", 1 - use.bad_time_share, "ratio", limits=levels),
        Result("used_by_time", used_by_time, "ratio", limits=_ALL),
        Result("left_by_time", complement(used_by_time), "ratio"),
        Result("left_time", complement(used_by_time) * budget * use.time / part, "s"),
        Result("worst_used_by_time", worst[1].bad_time_share / budget * part, "ratio", limits=_ALL),
    ]
    if not case.has_requests:
        return by_time
    used = use.bad_share / budget * part
    return [
        Result("sli", 1 - use.bad_share, "ratio", limits=levels),
        Result("used", used, "ratio", limits=_ALL),
        Result("left", complement(used), "ratio"),
        Result("left_requests", complement(used) * budget * use.requests / part, "requests"),
        Result("worst_used", worst[0].bad_share / budget * part, "ratio", limits=_ALL),
        *by_time,
    ]


def _levels_kept(worst: Sequence[Use], part: float, *, has_requests: bool) -> dict[str, float | None]:
    """The highest usual level that every window of the history met, by each way of counting."""
    shares = {"by time": worst[1].bad_time_share * part}
    if has_requests:
        shares = {"by requests": worst[0].bad_share * part, **shares}
    return {
        how: next((level for level in USUAL_LEVELS if at_most(bad, complement(level))), None)
        for how, bad in shares.items()
    }


def _promise(kept: Mapping[str, float | None], rows: Sequence[Row], levels: Sequence[float], window: float) -> str:
    """What can be promised: the highest usual levels, and the chance that the next window misses them."""
    texts = []
    for how, level in kept.items():
        if level is None:
            texts.append(f"none of the usual levels {how}")
            continue
        text = f"{show_ratio(level)} {how}"
        name = "chance_to_miss" if how == "by requests" else "chance_to_miss_by_time"
        cells = {result.name: result for result in rows[levels.index(level)].results}
        chance = cells.get(name)
        if chance is not None and chance.interval is not None:
            limits = format_interval(chance.interval.low, chance.interval.high, "probability", STATISTICAL, 0.95)
            text += f" (the next misses it with {format_quantity(chance.value, 'probability')}, {limits})"
        texts.append(text)
    return f"Every {show_duration(window)} of the history met {' and '.join(texts)}: the highest usual level."


def _sentence(row: Row, levels: Sequence[float], *, has_requests: bool) -> str:
    cells = {result.name: result for result in row.results}
    parts = []
    if has_requests:
        parts.append(_standing(cells, "", "by requests", levels))
    parts.append(_standing(cells, "_by_time", "by time", levels))
    chance = cells.get("chance_to_miss", cells.get("chance_to_miss_by_time"))
    if chance is not None and chance.interval is not None:
        limits = format_interval(chance.interval.low, chance.interval.high, "probability", STATISTICAL, 0.95)
        parts.append(f"the next window misses it with {format_quantity(chance.value, 'probability')} ({limits})")
    return f"{row.label}: {'; '.join(parts)}."


def _standing(cells: Mapping[str, Result], suffix: str, how: str, levels: Sequence[float]) -> str:
    used, worst = (cells[f"{name}{suffix}"].value or 0.0 for name in ("used", "worst_used"))
    verdict = "met" if at_most(used, 1) else "missed"
    if verdict == "met" and not at_most(worst, 1):
        verdict = "met, but missed in the worst window"
    return (
        f"SLI {format_quantity(cells[f'sli{suffix}'].value, 'ratio', levels)} {how}, "
        f"{format_quantity(used, 'ratio', _ALL)} of the budget used, {verdict}"
    )


def _worst(worst: Sequence[Use], window: float, part: float, slos: Sequence[float], *, has_requests: bool) -> str:
    by_requests, by_time = worst
    texts = []
    if has_requests:
        texts.append(f"{_span(by_requests)} by requests ({_sli(by_requests.bad_share, part, slos)})")
    texts.append(f"{_span(by_time)} by time ({_sli(by_time.bad_time_share, part, slos)})")
    return f"The worst {show_duration(window)}: {', '.join(texts)}."


def _sli(bad: float, part: float, slos: Sequence[float]) -> str:
    """The SLI of a window, and which of the objectives it missed."""
    missed = [slo for slo in slos if not at_most(bad / complement(slo) * part, 1)]
    verdict = "met" if not missed else "missed"
    if 0 < len(missed) < len(slos):
        verdict = f"{', '.join(map(show_ratio, missed))} missed"
    return f"SLI {format_quantity(1 - bad, 'ratio', slos)}, {verdict}"


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
        ]
        if case.has_requests:
            cells.append(Result("bad", one.use.bad, "requests"))
        cells.append(Result("budget_by_time", one.use.bad_time / (budget * use.time), "ratio"))
        if case.has_requests:
            cells.append(Result("budget", one.use.bad / (budget * use.requests), "ratio"))
        rows.append(Row(show_time(one.use.start), cells))
    return rows


def _assumptions(case: Case, slos: Sequence[float], window: float) -> list[str]:
    texts = [
        "By time, a step counts as bad by the share of its requests that failed; steps without requests do not count.",
        "The next window: its days are drawn from the past days, seeded. What never happened is not in it.",
        f"The incidents' shares of the budget are of {show_ratio(slos[0])} over {show_duration(window)}.",
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


def _few_incidents(case: Case, span: float) -> AnswerWarning:
    number = pluralize(len(case.episodes), "incident")
    message = f"the chances to miss rest on {number} in {format_quantity(span, 's')}: their intervals are wide"
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
        "left": "remaining share of the budget by requests; negative when it is overspent",
        "left_requests": "remaining budget as failed requests",
        "worst_used": "used share of the budget by requests in the worst window of the history",
        "sli_by_time": "share of good time in the last window",
        "used_by_time": "used share of the window's budget, by time",
        "left_by_time": "remaining share of the budget by time",
        "left_time": "remaining budget as time fully down",
        "worst_used_by_time": "used share of the budget by time in the worst window of the history",
        "chance_to_miss": "probability that the next window misses the objective, by requests",
        "chance_to_miss_by_time": "probability that the next window misses the objective, by time",
    },
    "incidents": {
        "duration": "duration of the incident: from its first to its last step",
        "bad_share": "share of its requests that failed",
        "bad_time": "bad time of the incident: duration times the share that failed, step by step",
        "budget_by_time": "share of the budget that it used, by time",
        "bad": "requests that failed in it",
        "budget": "share of the budget that it used, by requests",
    },
    "other_shares": {
        "budget_by_time": "share of the budget of this objective that the incident used, by time",
        "budget": "share of the budget of this objective that the incident used, by requests",
    },
}

COMMAND = Command(
    name="slo report",
    summary="SLI, used budget, worst window, incidents and the chance to miss each SLO, from series or incidents.",
    fields=(
        SLO._replace(
            max_items=MAX_ITEMS, is_distinct=True, example="99.9%,99.95%", doc="the objectives: shares of good requests"
        ),
        WINDOW._replace(
            max_items=MAX_ITEMS,
            is_distinct=True,
            maximum=366 * DAY,
            doc="the periods that they are measured over",
        ),
        *(field for field in PAIR_FIELDS if field.name != "columns"),
        INCIDENTS,
        columns_field(*PAIR_ROLES, *ROLES),
        SINCE,
        UNTIL,
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
