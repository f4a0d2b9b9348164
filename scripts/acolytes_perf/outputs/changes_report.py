"""What `changes` says: the sentence, the tables, and the picture of a history with its levels and events."""

from __future__ import annotations

from acolytes_perf.declare import Answer
from acolytes_perf.inputs.timeline import show_time
from acolytes_perf.methods.changes.case import ChangeCase, read_changes
from acolytes_perf.methods.changes.near_events import chance_of_as_many
from acolytes_perf.methods.changes.noise import MOST_AUTOCORRELATION
from acolytes_perf.methods.changes.points import ChangePoint
from acolytes_perf.outcome import STATISTICAL, AnswerWarning, Interval, Result, Row
from acolytes_perf.outputs.document import mark
from acolytes_perf.outputs.plot import Axis, Shape, plot
from acolytes_perf.time_units import SECONDS
from acolytes_perf.wording import format_interval, format_quantity, format_result, pluralize

#: A chance above this is no sign of a connection.
_SMALL_CHANCE = 0.05
#: Spans of more seconds have dates at their axis, others minutes.
_LONG = 3 * SECONDS["d"]


def results(case: ChangeCase) -> list[Result]:
    """The figures of the whole series."""
    segments = case.found.segments
    figures = [
        Result("changes", len(case.changes), "changes"),
        Result("smallest_change", case.found.smallest_change(), "ratio"),
        Result("autocorrelation", segments.noise.autocorrelation, ""),
        Result("outliers", len(segments.outliers), "values"),
    ]
    if segments.trend:
        figures.append(_trend(case))
    if case.near:
        hits, chance = _hits(case)
        figures += [Result("near_events", hits, "changes"), Result("by_chance", chance, "probability")]
    return figures


def _hits(case: ChangeCase) -> tuple[int, float]:
    """How many changes have an event near, and the probability of as many by chance."""
    hits = sum(bool(near.events) for near in case.near)
    return hits, chance_of_as_many([near.by_chance for near in case.near], hits)


def _trend(case: ChangeCase) -> Result:
    trend = case.found.segments.trend
    if case.found.is_relative:
        return Result("trend", trend, "ratio")
    return Result("trend", trend / case.divisor, case.unit)


def describe(case: ChangeCase) -> str:
    """One sentence: the last changes, their sizes and the events near."""
    smallest = case.found.smallest_change()
    if not case.changes:
        text = "The level does not change"
        if case.found.segments.trend:
            text += f", apart from a trend of {_trend_text(case)}"
        if smallest is None:
            return f"{text}."
        return f"{text}; a lasting change of {format_quantity(smallest, 'ratio')} would very likely have been found."
    parts = []
    for index, change in enumerate(case.changes[-3:], max(0, len(case.changes) - 3)):
        parts.append(_change_text(case, change) + _near_text(case, index))
    text = f"{pluralize(len(case.changes), 'lasting change')}"
    if len(case.changes) > 3:
        text += ", the last three"
    text += f": {'; '.join(parts)}."
    if case.found.segments.trend:
        text += f" Apart from them, there is a trend of {_trend_text(case)}."
    return text


def _change_text(case: ChangeCase, change: ChangePoint) -> str:
    size = case.found.size(change)
    levels = f"from {case.show(size.before)} to {case.show(size.after)}"
    if size.change is None or size.change_low is None:
        return f"{case.place(change.position)} {levels}"
    sign = "+" if size.change > 0 else ""
    limits = format_interval(size.change_low, size.change_high, "ratio", STATISTICAL, 0.95)
    return f"{case.place(change.position)} {levels} ({sign}{format_quantity(size.change, 'ratio')}; {limits})"


def _near_text(case: ChangeCase, index: int) -> str:
    if not case.near:
        return ""
    events = case.near[index].events
    if not events:
        return ", no event near"
    more = f" and {len(events) - 2} more" if len(events) > 2 else ""
    return f", near {', '.join(event.title for event in events[:2])}{more}"


def _trend_text(case: ChangeCase) -> str:
    result = _trend(case)
    return f"{format_result(result)} a step"


def change_rows(case: ChangeCase) -> list[Row]:
    """The changes with sizes, places and events."""
    rows = []
    grid = case.history.grid
    positions = case.found.positions
    for index, change in enumerate(case.changes):
        size = case.found.size(change)
        cells = [
            Result("before", size.before / case.divisor, case.unit),
            Result("after", size.after / case.divisor, case.unit),
            Result(
                "difference", (size.after - size.before) / case.divisor, case.unit,
                Interval(size.low / case.divisor, size.high / case.divisor, STATISTICAL, 0.95),
            ),
        ]  # fmt: skip
        if size.change is not None and size.change_low is not None:
            cells.append(
                Result("change", size.change, "ratio", Interval(size.change_low, size.change_high, STATISTICAL, 0.95))
            )
        at, low, high = (positions[place] for place in (change.position, change.low, change.high))
        cells += [
            Result("position", at, ""),
            Result("earlier", grid.time_at(at) - grid.time_at(low), "s"),
            Result("later", grid.time_at(high) - grid.time_at(at), "s"),
        ]
        if case.near:
            cells += [
                Result("events", len(case.near[index].events), "events"),
                Result("by_chance", case.near[index].by_chance, "probability"),
            ]
        rows.append(Row(case.place(change.position), cells))
    return rows


def event_rows(case: ChangeCase) -> list[Row]:
    """The events, those near a change first."""
    rows: dict[bool, list[Row]] = {True: [], False: []}
    for event in case.events.events:
        beside = [index for index, near in enumerate(case.near) if event in near.events]
        cells = [Result("near_change", bool(beside), "")]
        if beside:
            change = case.changes[beside[0]]
            size = case.found.size(change)
            at = case.history.grid.time_at(case.found.positions[change.position])
            cells.append(Result("until_change", at - event.time, "s"))
            if size.change is not None:
                cells.append(Result("change", size.change, "ratio"))
        rows[bool(beside)].append(Row(event.title, cells))
    return rows[True] + rows[False]


def assumptions(case: ChangeCase, least: int) -> list[str]:
    """What the method takes as true; `least` is the fewest values between two changes."""
    found = case.found
    texts = [
        f"A change is a step of the level of {least} values or more; the last {least - 1} values cannot show it.",
        "Of series without a change, at most 5 % show one: also with 3 % spikes, or an autocorrelation of 0.5.",
        "Intervals hold if the change is real; small changes that are just found look larger than they are.",
    ]
    if found.is_relative:
        texts.append("The noise grows with the level: changes are ratios of geometric means.")
    if found.season > 1:
        texts.append(f"The usual course of a season of {found.season} steps is taken away.")
    if case.events.events:
        texts.append("Near: from one step (or --near) before a change's earliest time to a step after its latest one.")
    return [*texts, *case.history.notes, *case.events.notes]


def warnings(case: ChangeCase) -> list[AnswerWarning]:
    """A level that wanders, and events that would be as near by chance."""
    found = []
    if case.found.segments.noise.autocorrelation >= MOST_AUTOCORRELATION:
        message = "the level wanders from value to value, so that only large steps can be told from it"
        found.append(AnswerWarning("wandering_level", message, "use a steadier measure, or a longer step"))
    hits, chance = _hits(case)
    if hits and chance > _SMALL_CHANCE:
        message = (
            f"{pluralize(hits, 'change')} of {len(case.changes)} {'has' if hits == 1 else 'have'} an event near; with "
            f"{pluralize(len(case.events.events), 'event')} in the history that happens by chance with "
            f"{format_quantity(chance, 'probability')}"
        )
        fix = "compare runs before and after the event with results compare"
        found.append(AnswerWarning("near_by_chance", message, fix))
    return found


def chart(answer: Answer) -> str:
    """The history, its level between changes, and the events as SVG."""
    case = read_changes(answer.inputs)
    grid, positions = case.history.grid, case.found.positions
    values = [
        () if value is None else (float(index), value / case.divisor) for index, value in enumerate(case.history.values)
    ]
    starts = {change.position for change in case.changes}
    level: list[tuple[float, ...]] = []
    for index, (position, height) in enumerate(zip(positions, case.found.level)):
        level += [()] if index in starts else []
        level.append((float(position), height / case.divisor))
    shapes = [Shape("line", "measured", values), Shape("line", "level", level)]
    if grid.start is not None and case.events.events:
        at = [((event.time - grid.start) / grid.step,) for event in case.events.events]
        shapes.append(Shape("up", "events", at))
    axis = Axis("value")
    if grid.start is not None:
        marks = dict.fromkeys(round(place * positions[-1] / 4) for place in range(5))
        signs = 10 if positions[-1] * grid.step > _LONG else 16
        axis = Axis(
            "time (UTC)", ticks=[(float(mark_at), show_time(grid.time_at(mark_at))[:signs]) for mark_at in marks]
        )
    return plot("Changes of the level", answer.outcome.answer, axis, Axis("value", case.unit), shapes, mark(answer))
