"""What a replay of a history against the alerts of each objective shows: its inputs, tables, figures and sentences."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from acolytes_perf.errors import InputError, quoted
from acolytes_perf.inputs.fields import Field, InputDeclaration, Inputs, text_field
from acolytes_perf.inputs.timeline import show_time
from acolytes_perf.inputs.units import TEXT, show_duration, show_ratio
from acolytes_perf.methods.reliability.alert_replay import (
    AlertRule,
    Firing,
    Traffic,
    belongs,
    detection,
    firings,
    joined,
)
from acolytes_perf.methods.reliability.alert_replay import traffic_of as _traffic_of
from acolytes_perf.methods.reliability.error_history import ErrorHistory
from acolytes_perf.methods.reliability.slo_history import DAY, PAIR_ROLES, SINCE, UNTIL, Case, read_history
from acolytes_perf.outcome import AnswerWarning, Result, ResultTable, Row
from acolytes_perf.series.incident_list import INCIDENTS, ROLES
from acolytes_perf.series.pairs import PAIR_FIELDS
from acolytes_perf.series.series_input import columns_field
from acolytes_perf.wording import format_quantity, pluralize

#: The most alerts that the table lists.
_MOST_ROWS = 50

#: The inputs of a command that replays a history.
REPLAY_FIELDS: tuple[InputDeclaration, ...] = (
    *(field for field in PAIR_FIELDS if field.name != "columns"),
    columns_field(*PAIR_ROLES, *ROLES),
    INCIDENTS,
    SINCE,
    UNTIL,
    text_field("night", "hours in which a page wakes somebody", "22:00-07:00",
               r"(?:[01]\d|2[0-3]):[0-5]\d-(?:[01]\d|2[0-3]):[0-5]\d", "two times of day HH:MM-HH:MM", "22:00-07:00"),
    Field("timezone", TEXT, "time zone of the night", "Europe/Berlin", default="UTC"),
)  # fmt: skip


class Replay(NamedTuple):
    """A history to replay, its traffic, and whether a time is at night."""

    case: Case
    traffic: Traffic
    has_rate: bool
    is_night: Callable[[float], bool]


def read_replay(inputs: Inputs) -> Replay | None:
    """The history that the call names, None without one.

    Raises:
        InputError: an input of a replay has no history, or the history cannot be read.
    """
    names = [field.name for field in REPLAY_FIELDS]
    if not inputs.present("requests", "incidents"):
        for name in names:
            if name in inputs.written:
                message = "has no effect: there is no history to replay; add --requests or --incidents"
                if name in ("errors", "good"):
                    message += f"; a metric of the rules is --{name}-metric"
                raise InputError(f"/{name}", message, {name: None})
        return None
    values = {name: inputs.value(name) for name in [*names, "rate"] if name in inputs}
    case = read_history(Inputs(inputs.normal, values, inputs.written))
    has_rate = "requests" in inputs or "rate" in inputs
    return Replay(case, _traffic_of(case.history), has_rate, _night(inputs))


def _night(inputs: Inputs) -> Callable[[float], bool]:
    from datetime import datetime, timezone, tzinfo

    name, night = inputs.text("timezone") or "UTC", inputs.text("night") or ""
    zone: tzinfo = timezone.utc
    if name != "UTC":
        from zoneinfo import ZoneInfo

        try:
            zone = ZoneInfo(name)
        except (KeyError, ValueError, OSError):
            message = f"{quoted(name)} is not a time zone: write one such as Europe/Berlin"
            raise InputError("/timezone", message) from None
    first, last = (int(text[:2]) * 60 + int(text[3:]) for text in night.split("-"))

    def is_night(time: float) -> bool:
        moment = datetime.fromtimestamp(time, zone)
        minute = moment.hour * 60 + moment.minute
        return first <= minute < last if first <= last else minute >= first or minute < last

    return is_night


class Replayed(NamedTuple):
    """The figures, tables, sentences and warnings of a replay."""

    results: list[Result]
    tables: list[ResultTable]
    sentences: list[str]
    warnings: list[AnswerWarning]


def replayed(replay: Replay, by_slo: Sequence[tuple[float, Sequence[AlertRule]]]) -> Replayed:
    """Replay the history against the rules of each objective."""
    history, episodes = replay.case.history, replay.case.episodes
    several = len(by_slo) > 1
    fired_rows: list[Row] = []
    seen_rows: list[Row] = []
    totals: list[Row] = []
    sentences, warnings = [], []
    for slo, rules in by_slo:
        prefix = f"{show_ratio(slo)} " if several else ""
        by_severity: dict[str, list[Firing]] = {"page": [], "ticket": []}
        for rule in rules:
            by_severity[rule.alert.severity] += firings(history, rule)
        pages, tickets = joined(by_severity["page"]), joined(by_severity["ticket"], DAY)
        alone = [page for page in pages if not any(belongs(page, one.use.start, one.use.end) for one in episodes)]
        missed = []
        for one in episodes:
            paged = detection(pages, one.use.start, one.use.end)
            ticketed = detection(tickets, one.use.start, one.use.end)
            cells = [
                Result("paged_after", paged, "s"),
                Result("ticket_after", ticketed, "s"),
                Result("began_at_night", replay.is_night(one.use.start), ""),
            ]
            seen_rows.append(Row(f"{prefix}{show_time(one.use.start)}", cells))
            if paged is None:
                missed.append(one)
        for severity, each in (("page", pages), ("ticket", tickets)):
            fired_rows += [
                Row(
                    f"{prefix}{severity} {show_time(firing.start)}",
                    [
                        Result("lasted", firing.end - firing.start, "s"),
                        Result("at_night", replay.is_night(firing.start), ""),
                        Result(
                            "in_incident",
                            any(belongs(firing, one.use.start, one.use.end) for one in episodes),
                            "",
                        ),
                    ],
                )
                for firing in each
            ]
        at_night = sum(replay.is_night(page.start) for page in pages)
        totals.append(
            Row(
                show_ratio(slo),
                [
                    Result("pages", len(pages), "pages"),
                    Result("pages_at_night", at_night, "pages"),
                    Result("pages_without_incident", len(alone), "pages"),
                    Result("tickets", len(tickets), "tickets"),
                    Result("incidents_not_paged", len(missed), "incidents"),
                ],
            )
        )
        text = (
            f"Replayed{f' for {prefix.strip()}' if several else ''}: {pluralize(len(pages), 'page')} in "
            f"{format_quantity(history.end - history.start, 's')} ({at_night} at night, {len(alone)} without an "
            f"incident) and {pluralize(len(tickets), 'ticket')}"
        )
        names = [f"{show_time(one.use.start)} ({format_quantity(one.duration, 's')})" for one in missed]
        text += f"; not paged: {', '.join(names)}" if names else "; every incident is paged" if episodes else ""
        sentences.append(f"{text}.{_saved_by_guards(history, rules, len(pages))}")
    if len(fired_rows) > _MOST_ROWS:
        message = f"the table has the first {_MOST_ROWS} of {len(fired_rows)} alerts"
        warnings.append(AnswerWarning("many_alerts", message, "choose a shorter period with --since, or fewer alerts"))
    shortest = min(rule.alert.short_window for _, rules in by_slo for rule in rules)
    if shortest < history.step * (1 - 1e-9):
        message = (
            f"a step of the history, {show_duration(history.step)}, is longer than the shortest window, "
            f"{show_duration(shortest)}: the replay sees alerts later, and none that are shorter"
        )
        warnings.append(AnswerWarning("coarse_history", message, "export the history with a shorter step"))
    results = []
    if replay.has_rate:
        results = [
            Result("mean_rate", replay.traffic.mean, "1/s"),
            Result("lowest_rate_of_day", replay.traffic.lowest, "1/s"),
        ]
    tables = [
        ResultTable("replay", "objective", totals),
        ResultTable("fired", "alert", fired_rows[:_MOST_ROWS]),
        ResultTable("incidents", "incident from", seen_rows),
    ]
    return Replayed(results, tables, sentences, warnings)


def _saved_by_guards(history: ErrorHistory, rules: Sequence[AlertRule], pages: int) -> str:
    """What the least numbers of failures do, and how many pages they save on this history."""
    paging = [rule for rule in rules if rule.alert.severity == "page"]
    if not any(rule.min_failures or rule.min_recent or rule.count_rule for rule in paging):
        return ""
    bare = [firing for rule in paging for firing in firings(history, AlertRule(rule.alert))]
    more = len(joined(bare)) - pages
    saved = f"save {pluralize(more, 'page')}" if more > 0 else "save no page"
    return (
        f" The least numbers of failures keep single failures at quiet hours from paging; on this history they {saved}."
    )


#: The explanations of the figures and columns, for the command's declaration.
REPLAY_RESULTS = {
    "mean_rate": "mean traffic of the history",
    "lowest_rate_of_day": "mean traffic of the hour of the day with the fewest requests; rules of hours must suit it",
}
REPLAY_TABLES = {
    "replay": {
        "pages": "times that somebody would have been paged; overlapping alerts count once",
        "pages_at_night": "pages that start at night: within `night`",
        "pages_without_incident": "pages that belong to no incident",
        "tickets": "tickets of the slow alerts; those less than a day apart count once",
        "incidents_not_paged": "incidents during which nobody would have been paged",
    },
    "fired": {
        "lasted": "how long at least one rule fired",
        "at_night": "whether the alert started at night: within `night`",
        "in_incident": "whether it belongs to an incident",
    },
    "incidents": {
        "paged_after": "time from the start of the incident to the page; never: nobody is paged",
        "ticket_after": "time to the ticket",
        "began_at_night": "whether the incident began at night: within `night`",
    },
}
