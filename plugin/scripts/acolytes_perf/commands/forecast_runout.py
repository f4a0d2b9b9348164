"""When demand outgrows a capacity, from its own history: the chance by a date, and the dates of given chances."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from acolytes_perf import demand_history
from acolytes_perf.amount import AMOUNT, Shown, shown_in
from acolytes_perf.declare import STATISTICAL, Command, Format, Interval, Outcome, Result, Warn
from acolytes_perf.demand_history import History
from acolytes_perf.errors import CannotAnswerError, InputError
from acolytes_perf.fields import Field, Inputs, text_field
from acolytes_perf.forecasting import LEVEL, METHODS, backtest, exceeded_by, intervals
from acolytes_perf.outlook import PATHS, Outlook, held_back, needed, outlook, paths_of, takes
from acolytes_perf.plot import Axis, Shape, plot
from acolytes_perf.render import mark
from acolytes_perf.timeline import EARLIEST, LATEST, TIME, show
from acolytes_perf.units import COUNT, DURATION, SECONDS
from acolytes_perf.wording import counted, said

_MOST_STEPS = 3000
_LOW_COVERAGE, _HIGH_COVERAGE = 0.9, 0.98
#: The chances whose times are answered, by result.
_CHANCES = {"chance_5_percent_in": 0.05, "chance_50_percent_in": 0.5}


class _Case(NamedTuple):
    """A checked call: the history, what was made of it, and its random futures in the unit shown."""

    history: History
    found: Outlook
    wanting: int
    shown: Shown
    capacity: float | None
    centre: list[float]
    limits: list[tuple[float, float]]
    paths: list[list[float]]


def run(inputs: Inputs) -> Outcome:
    """Chooses a model by a rolling backtest, and counts the futures above the capacity."""
    case = _case(inputs)
    unit, steps = case.shown.unit, len(case.centre)
    demand = _within(case.centre[-1], *case.limits[-1])
    highest = sorted(max(path) for path in case.paths)
    results = [
        Result("demand", demand[0], unit, Interval(*demand[1:], STATISTICAL, LEVEL)),
        Result(
            "highest", _share_of(highest, 0.5), unit,
            Interval(_share_of(highest, (1 - LEVEL) / 2), _share_of(highest, (1 + LEVEL) / 2), STATISTICAL, LEVEL),
        ),
    ]  # fmt: skip
    ends = f"{said(demand[0], unit)} ({said(demand[1], unit)} to {said(demand[2], unit)}, 95 %)"
    answer = f"{_when(case, steps, 'by')} demand is expected to be {ends}"
    if case.capacity is not None:
        shares = exceeded_by(case.paths, case.capacity)
        reached = {name: _first(shares, chance) for name, chance in _CHANCES.items()}
        results = [
            Result("probability_exceeded", shares[-1], "probability"),
            *(Result(name, None if at is None else case.history.after(at), "s") for name, at in reached.items()),
            *results,
        ]
        times = [
            f"{said(chance, 'ratio')} {'not within the horizon' if at is None else _when(case, at, 'on')}"
            for chance, at in zip(_CHANCES.values(), reached.values())
        ]
        answer = (
            f"Demand exceeds {said(case.capacity, unit)} {_when(case, steps, 'by')} with a probability of "
            f"{said(shares[-1], 'probability')} (reaching {', '.join(times)}); it is then expected to be {ends}"
        )
    results += _judged(case, int(inputs.number("seed")))
    return Outcome(answer[0].upper() + answer[1:] + ".", results, _assumptions(case), _warnings(case))


def _judged(case: _Case, seed: int) -> list[Result]:
    """Errors over rolling origins and of the last values held back, and the model's figures."""
    found, scale = case.found, case.shown.scale
    values = [None if value is None else value / scale for value in found.values]
    chosen, held = found.chosen, found.held
    last = None
    if any(value is not None for value in values[-held:]):
        last = backtest(values, chosen.season, chosen.method, held, PATHS // 2, seed)
    figures = [] if last is None else [
        Result("held_out.mase", last.mase, ""),
        Result("held_out.mape", last.mape, "ratio"),
        Result("held_out.rmse", last.rmse, case.shown.unit),
        Result("held_out.coverage", last.coverage, "ratio"),
    ]  # fmt: skip
    if any(not math.isfinite(one.value or 0) for one in figures):
        raise CannotAnswerError("/history", "the values vary too much for a backtest; missing: steadier values")
    return [
        Result("rolling.mase", found.mase, ""),
        Result("rolling.coverage", chosen.coverage, "ratio"),
        Result("seasonal_naive.mase", found.naive_mase, ""),
        *figures,
        Result("stretch", chosen.stretch, "x"),
        Result("squares", found.model.squares / scale**2, ""),
        *(Result(name, weight, "") for name, weight in zip(_WEIGHTS, found.model.weights)),
    ]


def _case(inputs: Inputs) -> _Case:
    history = demand_history.read(inputs)
    capacity = demand_history.capacity(inputs, history.unit)
    held = int(inputs.optional("held_out") or 0) or None
    seasons, wanting = _seasons(inputs, history, held)
    if held and all(value is None for value in history.values[-held:]):
        raise CannotAnswerError("/held_out", "all values held back are gaps; missing: one that is none")
    steps = _steps(inputs, history, max(seasons))
    asked = inputs.text("method") or "auto"
    methods = METHODS if asked == "auto" else (asked,)
    found = outlook(history.values, seasons, methods, held, tidied=inputs.text("shifts") != "ignore")
    if found is None:
        message = f"the {asked} method does not suit values at 0 or near it; missing: values above 0"
        raise CannotAnswerError("/method", message)
    largest = max(value for value in history.values if value is not None)
    shown = shown_in(history.unit, largest)
    centre, paths = paths_of(found, steps, int(inputs.number("seed")))
    limits = intervals(found.model, paths)
    if not all(map(math.isfinite, (*limits[-1], centre[-1], *map(max, paths)))):
        raise CannotAnswerError("/history", "the values vary too much for so far a look; missing: a shorter horizon")
    factor = 1 / shown.scale
    return _Case(
        history,
        found,
        wanting,
        shown,
        None if capacity is None else capacity * factor,
        [value * factor for value in centre],
        [(low * factor, high * factor) for low, high in limits],
        [[value * factor for value in path] for path in paths] if factor != 1 else paths,
    )


def _seasons(inputs: Inputs, history: History, held: int | None) -> tuple[list[int], int]:
    """The seasons to choose from, and how many more values the one given up for want of them takes."""
    asked = int(inputs.optional("season") or 0)
    usual = [asked] if asked else [*demand_history.usual_seasons(history.grid), 1]
    more = {season: takes(history.values, season, held) for season in usual}
    enough = [season for season in usual if not more[season]]
    if not enough:
        season = usual[-1]
        ahead = held or held_back(len(history.values), season)
        message = f"a season of {season} takes {needed(season, 0)} values before the {ahead} held back; missing: "
        raise CannotAnswerError("/history", f"{message}{counted(more[season], 'more value')}, or a shorter season")
    return enough, more[usual[0]]


def _steps(inputs: Inputs, history: History, season: int) -> int:
    """How many steps the horizon has after the last value."""
    for name in inputs.given("by", "now"):
        if history.grid.start is None:
            raise InputError(f"/{name}", "is a date, and the history has no times: give a horizon", {name: None})
    if "by" in inputs and "horizon" in inputs:
        raise InputError("/by", "and a horizon are both given: leave one out", {"horizon": None})
    last = history.grid.at(history.last)
    start = inputs.optional("now")
    start = last if start is None else start
    steps = max(12, 2 * season)
    if "by" in inputs:
        steps = history.grid.places_to(inputs.number("by")) - history.last
        if steps < 1:
            raise InputError("/by", f"is not a step after the last value, which is of {show(last)}")
    elif "horizon" in inputs:
        until = start + inputs.number("horizon")
        # a horizon that ends between two steps looks to the later
        steps = history.grid.places_to(until) - history.last
        steps += history.grid.at(history.last + steps) < until - 1e-6 * history.grid.step
    elif "now" in inputs:
        steps += max(0, history.grid.places_to(start) - history.last)
    if not 1 <= steps <= _MOST_STEPS:
        message = f"the horizon is {steps} steps; missing: one of 1 to {_MOST_STEPS}, or a longer step"
        raise CannotAnswerError("/by" if "by" in inputs else "/horizon", message)
    return steps


def _within(value: float, low: float, high: float) -> tuple[float, float, float]:
    """A demand and its interval, which are not below 0."""
    return max(0.0, value), max(0.0, low), max(0.0, high)


def _share_of(ranked: Sequence[float], share: float) -> float:
    return max(0.0, ranked[round(share * (len(ranked) - 1))])


def _first(shares: Sequence[float], wanted: float) -> int | None:
    """In how many steps a share is reached, None when it is not."""
    return next((step for step, share in enumerate(shares, 1) if share >= wanted), None)


def _when(case: _Case, steps: int, word: str) -> str:
    """A step after the last value as a date, or where the history has none as a span."""
    grid, last = case.history.grid, case.history.last
    if grid.start is None:
        return f"{'within' if word == 'by' else 'in'} {said(case.history.after(steps), 's')}"
    return f"{word} {show(grid.at(last + steps))}"


def _assumptions(case: _Case) -> list[str]:
    found, grid = case.found, case.history.grid
    chosen, naive = found.chosen, found.naive
    season = f"a season of {counted(chosen.season, 'step')}" if chosen.season > 1 else "no season"
    lines = [
        f"Method {chosen.method} with {season} of {grid.said}, the best of its rolling backtest; level, trend and "
        "season go on to change as they did.",
        f"Probabilities are shares of {PATHS} simulated futures, stretched {said(chosen.stretch, 'x')} as the errors of "
        f"{len({error.origin for error in chosen.errors})} past origins ask for; each looks {found.held} steps ahead.",
    ]
    if naive and chosen.method != naive.method and found.mase is not None and found.naive_mase is not None:
        lines[0] = lines[0].replace(
            "the best of its rolling backtest",
            f"chosen by rolling backtest (MASE {said(found.mase, '')}, seasonal naive {said(found.naive_mase, '')})",
        )
    fitted = len(found.values)
    if fitted < len(case.history.values):
        lines.append(f"The last {fitted} of {len(case.history.values)} steps are fitted.")
    return lines


def _warnings(case: _Case) -> list[Warn]:
    history, found, unit = case.history, case.found, case.shown.unit
    warnings = []
    gaps = sum(value is None for value in history.values)
    if gaps:
        message = f"{counted(gaps, 'value')} of {len(history.values)} are missing; the model bridges them"
        warnings.append(Warn("gaps", message, "fill them in where they are known"))
    for shift in found.shifts:
        how = "only what follows is fitted" if found.start >= shift.place else "what came before is raised to it"
        size = said(abs(shift.size) / case.shown.scale, unit)
        message = f"the level went {'up' if shift.size > 0 else 'down'} by {size} {_place(history, shift.place)}; {how}"
        warnings.append(Warn("level_shift", message, "set shifts=ignore if this was growth or chance"))
    if found.outliers:
        places = ", ".join(_place(history, place) for place in found.outliers[:3])
        message = f"{counted(len(found.outliers), 'value')} far from their neighbours, such as {places}"
        warnings.append(Warn("outliers", message, "leave empty those that were no demand"))
    if case.wanting:
        usual = demand_history.usual_seasons(history.grid)[0]
        message = f"a season of {usual} steps takes two of them and a backtest; a shorter or none is used"
        warnings.append(Warn("too_few_seasons", message, f"give {counted(case.wanting, 'more value')}"))
    coverage = found.chosen.coverage
    if not _LOW_COVERAGE <= coverage <= 1 and len(found.chosen.errors) >= 20:
        message = f"intervals of 95 % held {said(coverage, 'ratio')} of the values in the rolling backtest"
        warnings.append(Warn("backtest_coverage", message, "trust the intervals less, or give a longer history"))
    if len(case.centre) > 2 * found.held:
        message = f"the horizon is {len(case.centre)} steps, and the backtest looks {found.held} ahead"
        warnings.append(Warn("beyond_backtest", message, "look less far, or give a longer history"))
    latest = next(value for value in reversed(history.values) if value is not None) / case.shown.scale
    if case.capacity is not None and latest > case.capacity:
        message = f"the last value, {said(latest, unit)}, is above the capacity already"
        warnings.append(Warn("already_exceeded", message, "check the capacity, or its unit"))
    return warnings


def _place(history: History, place: int) -> str:
    return f"at step {place}" if history.grid.start is None else f"on {show(history.grid.at(place))}"


def chart(inputs: Inputs, document: Mapping[str, Any]) -> str:
    """The history, the forecast with its band, and the capacity."""
    case = _case(inputs)
    grid, last, scale = case.history.grid, case.history.last, case.shown.scale
    places = range(last + 1, last + 1 + len(case.centre))
    past = [(float(at), value / scale) for at, value in enumerate(case.history.values) if value is not None]
    shapes = [
        Shape("band", "95 %", [(float(at), max(0.0, low), max(0.0, high)) for at, (low, high) in zip(places, case.limits)]),
        Shape("line", "history", past),
        Shape("dashed", "forecast", [(float(at), max(0.0, value)) for at, value in zip(places, case.centre)]),
    ]
    if case.capacity is not None:
        shapes.append(Shape("across", "capacity", [(case.capacity,)]))
    axis = Axis(f"steps of {grid.said}")
    if grid.start is not None:
        marks = [round(at * places[-1] / 4) for at in range(5)]
        axis = Axis("time (UTC)", ticks=[(float(at), show(grid.at(at))[:16]) for at in dict.fromkeys(marks)])
    return plot("Demand", document["answer"], axis, Axis("demand", case.shown.unit), shapes, mark(document))


_WEIGHTS = ("level_weight", "trend_weight", "season_weight")

_LEGEND = {
    "probability_exceeded": "chance that demand is above the capacity at least once until the horizon's end",
    "chance_5_percent_in, chance_50_percent_in": "time after the last value when that chance is reached",
    "demand": "expected at the horizon's end",
    "highest": "the largest demand until then: median of the futures",
    "rolling.": "forecasts from several origins in the past, each with what was known there",
    "held_out.": "one forecast of the last values, with the model's own intervals",
    "seasonal_naive.": "the last season repeated, from the same origins",
    "mase, mape, rmse": "mean absolute error in that of repeating a season, as a share, and root mean square",
    "coverage": "share of these values that lay in their 95 % intervals (rolling: stretched by other origins)",
    "stretch": "by how much past errors widen the model's intervals, 1 where they do not",
    "squares": "sum of the squared one-step errors",
    "level_weight, trend_weight, season_weight": "smoothing weights, 1 for the last value alone",
}

COMMAND = Command(
    name="forecast runout",
    summary="Demand by its history, and the chance that it exceeds a capacity by a date, with a backtest.",
    fields=(
        demand_history.history_table(
            Field(
                "value", AMOUNT, "demand in any unit, empty for a gap", "118", 0, 1e15,
                also=("demand", "load", "rate", "y", "requests", "users", "usage", "passengers"),
            )  # fmt: skip
        ),
        Field("capacity", AMOUNT, "the demand that can be carried, in its unit", "700", 0, 1e15),
        Field("step", DURATION, "time between two values without times (1d)", "1h", 1, 366 * SECONDS["d"]),
        Field("season", COUNT, "steps of a season, 1 for none (week, day or year, as the step suggests)", "12", 1, 2000),
        Field("horizon", DURATION, "how far to look (two seasons, at least 12 steps)", "30d", 1, 1e10),
        Field("by", TIME, "look until this date, instead of a horizon", "2026-12-31", EARLIEST, LATEST),
        Field("now", TIME, "the horizon counts from here (the last value)", "2026-03-01", EARLIEST, LATEST),
        text_field(
            "method", "how trend and season go together", "additive", "|".join(["auto", *METHODS]),
            f"auto or one of {', '.join(METHODS)}", "auto",
        ),
        text_field("shifts", "steps of the level: find or ignore", "find", "find|ignore", "find or ignore", "find"),
        Field("held_out", COUNT, "steps that the backtest looks ahead (two seasons, at most a quarter)", "24", 1, 5000),
        Field("seed", COUNT, "of the simulated futures", "1", 0, 10**9, default="1"),
    ),
    run=run,
    formula="level a(x - s) + (1 - a)(l + b), trend b'(l - l_before) + (1 - b')b, season g(x - l) + (1 - g)s, or with "
    "products; least squares of one-step errors; simulated futures with Student deviations, stretched by the 95 % "
    "quantile of |error| / reach over rolling origins (conformal scaling); MASE chooses",
    source="Winters 1960; Hyndman and Athanasopoulos, Forecasting: Principles and Practice, chapters 5 and 8; "
    "Hyndman and Koehler 2006",
    example={
        "history": "50,52,55,53,58,40,38,54,57,59,57,62,44,42,58,61,63,61,66,48,46,62,65,67,65,70,52,50",
        "capacity": "90",
        "horizon": "30d",
    },
    legend=_LEGEND,
    formats={"svg": Format((".svg",), chart)},
)  # fmt: skip
