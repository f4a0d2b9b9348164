"""When demand outgrows a capacity, from its own history: the chance by a date, and the time to a given chance."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

from acolytes_perf.declare import STATISTICAL, Command, Format, Interval, Outcome, Result, Warn
from acolytes_perf.errors import CannotAnswerError
from acolytes_perf.fields import Field, Inputs, text_field
from acolytes_perf.forecasting import (
    LEVEL,
    METHODS,
    Smoothing,
    Values,
    backtest,
    exceeded_by,
    fit,
    forecast,
    futures,
    intervals,
)  # fmt: skip
from acolytes_perf.plot import Axis, Shape, plot
from acolytes_perf.render import mark
from acolytes_perf.tables import Table
from acolytes_perf.units import COUNT, DURATION, NUMBER, RATIO, SECONDS
from acolytes_perf.wording import counted, said

_MOST_STEPS, _MOST_DRAWN = 5000, 400_000
_LOW_COVERAGE, _HIGH_COVERAGE = 0.9, 0.98
#: The season of a step: the hours of a week, and the days of one.
_SEASONS = {SECONDS["h"]: 168, SECONDS["d"]: 7}
_MORE = 4


class _Case(NamedTuple):
    """A checked call, its model and the random futures."""

    values: Values
    season: int
    method: str
    model: Smoothing
    step: float
    steps: int
    paths: list[list[float]]
    held: int


def run(inputs: Inputs) -> Outcome:
    """Fits, holds values back to judge the forecast, and counts the futures above the capacity."""
    case = _case(inputs)
    limits = intervals(case.model, case.paths)[-1]
    last = forecast(case.model, case.steps)[-1]
    if not all(map(math.isfinite, (*limits, last))):
        raise CannotAnswerError("/history", "the values vary too much for so far a look; missing: a shorter horizon")
    end = said(case.steps * case.step, "s")
    results = [Result("demand", last, "", Interval(*limits, STATISTICAL, LEVEL))]
    answer = (
        f"In {end} demand is expected to be {said(last, '')} ({said(limits[0], '')} to {said(limits[1], '')}, 95 %)"
    )
    if "capacity" in inputs:
        shares = exceeded_by(case.paths, inputs.number("capacity"))
        wanted = inputs.number("probability")
        reached = next((index for index, share in enumerate(shares, 1) if share >= wanted), None)
        answer += f"; it exceeds the capacity by then with a probability of {said(shares[-1], 'probability')}"
        results = [
            Result("probability_exceeded", shares[-1], "probability"),
            Result("probability_reached_in", None if reached is None else reached * case.step, "s"),
            *results,
        ]
    judged = backtest(case.values, case.season, case.method, case.held, len(case.paths), int(inputs.number("seed")))
    if not all(map(math.isfinite, (judged.mase or 0, judged.mape or 0, judged.rmse))):
        raise CannotAnswerError("/history", "the values vary too much for a backtest; missing: steadier values")
    results += [
        Result("mase", judged.mase, ""),
        Result("mape", judged.mape, "ratio"),
        Result("rmse", judged.rmse, ""),
        Result("coverage", judged.coverage, "ratio"),
        Result("squares", case.model.squares, ""),
        *(Result(name, weight, "") for name, weight in zip(_WEIGHTS, case.model.weights)),
    ]
    return Outcome(answer + ".", results, _assumptions(case), _warnings(case, judged.coverage))


def _case(inputs: Inputs) -> _Case:
    values: Values = [row.optional("value") for row in inputs.rows("history")]
    step, season, held = inputs.number("step"), _season(inputs), int(inputs.optional("held_out") or 0)
    held = held or max(1, min(2 * season, len(values) // 4))
    known, needed = sum(value is not None for value in values[:-held]), 2 * season + _MORE
    if min(len(values) - held, known) < needed:
        more = needed - min(len(values) - held, known)
        message = f"a season of {season} takes {needed} values before the {held} held back; missing: "
        raise CannotAnswerError("/history", f"{message}{counted(more, 'more value')}, or a shorter season")
    if all(value is None for value in values[-held:]):
        raise CannotAnswerError("/held_out", "all values held back are gaps; missing: one that is none")
    steps = math.ceil(inputs.number("horizon") / step - 1e-9) if "horizon" in inputs else max(12, 2 * season)
    if not 1 <= steps <= _MOST_STEPS:
        message = f"the horizon is {steps} steps; missing: one of at most {_MOST_STEPS}, or a longer step"
        raise CannotAnswerError("/horizon", message)
    method, model = _fitted(inputs, values, season, held)
    paths = futures(model, steps, max(200, min(2000, _MOST_DRAWN // steps)), int(inputs.number("seed")))
    return _Case(values, season, method, model, step, steps, paths, held)


def _season(inputs: Inputs) -> int:
    return int(inputs.optional("season") or _SEASONS.get(inputs.number("step"), 1))


def _fitted(inputs: Inputs, values: Values, season: int, held: int) -> tuple[str, Smoothing]:
    """The method asked for, or of those that suit the one with the least squares."""
    asked = inputs.text("method") or "auto"
    positive = all(value is None or value > 0 for value in values)
    methods = (
        [asked] if asked != "auto" else ["additive", "multiplicative"] if season > 1 and positive else ["additive"]
    )
    fits = [(fit(values, season, method), method) for method in methods if method != "multiplicative" or positive]
    fits = [one for one in fits if math.isfinite(fit(values[:-held], season, one[1]).deviation * one[0].deviation)]
    if not fits:
        message = f"the {asked} method does not suit values at 0 or near it; missing: values above 0"
        raise CannotAnswerError("/method", message)
    model, method = min(fits, key=lambda one: one[0].squares)
    return method, model


def _assumptions(case: _Case) -> list[str]:
    season = f"a season of {case.season} steps" if case.season > 1 else "no season"
    return [
        f"Method {case.method}, {season}; level, trend and season go on to change as they did.",
        f"Errors are independent and normal; probabilities are shares of {len(case.paths)} simulated futures.",
        f"MASE, MAPE, RMSE and coverage are of the last {case.held} values, forecast from those before.",
    ]


def _warnings(case: _Case, coverage: float) -> list[Warn]:
    warnings = []
    gaps = sum(value is None for value in case.values)
    if gaps:
        message = f"{counted(gaps, 'value')} of {len(case.values)} are missing; the model bridges them"
        warnings.append(Warn("gaps", message, "fill them in where they are known"))
    if not _LOW_COVERAGE <= coverage <= _HIGH_COVERAGE and case.held >= 20:
        message = f"intervals of 95 % held {said(coverage, 'ratio')} of the last {case.held} values"
        warnings.append(Warn("backtest_coverage", message, "try another method or season, or trust the intervals less"))
    return warnings


def chart(inputs: Inputs, document: Mapping[str, Any]) -> str:
    """The history, the forecast with its band, and the capacity."""
    case = _case(inputs)
    past = [(float(at), value) for at, value in enumerate(case.values) if value is not None]
    ahead = list(enumerate(forecast(case.model, case.steps), len(case.values)))
    band = [(float(at), *limits) for at, limits in enumerate(intervals(case.model, case.paths), len(case.values))]
    shapes = [
        Shape("band", "95 %", band),
        Shape("line", "history", past),
        Shape("dashed", "forecast", [(float(at), value) for at, value in ahead]),
    ]
    if "capacity" in inputs:
        shapes.append(Shape("across", "capacity", [(inputs.number("capacity"),)]))
    axis = Axis(f"steps of {said(case.step, 's')}")
    return plot("Demand", document["answer"], axis, Axis("demand"), shapes, mark(document))


_WEIGHTS = ("level_weight", "trend_weight", "season_weight")

_LEGEND = {
    "probability_exceeded": "chance that demand is above the capacity at least once until the horizon's end",
    "probability_reached_in": "time after the last value when that chance reaches the probability asked for",
    "demand": "expected at the horizon's end",
    "mase, mape, rmse": "errors of the backtest: against a seasonal naive forecast, as a share, and in demand's unit",
    "coverage": "share of the values held back that their 95 % intervals held",
    "squares": "sum of the squared one-step errors",
    "level_weight, trend_weight, season_weight": "smoothing weights, 1 for the last value alone",
}

COMMAND = Command(
    name="forecast runout",
    summary="Demand by its history, and the chance that it exceeds a capacity by a time, with a backtest.",
    fields=(
        Table(
            "history",
            (Field("value", NUMBER, "demand, empty for a gap", "118", 0, 1e12, also=("demand", "load", "rate", "y")),),
            "demand at even steps, oldest first",
            "112,118,132,129",
            most_rows=20_000,
            required=True,
        ),
        Field("capacity", NUMBER, "the demand that can be carried", "700", 0, 1e15),
        Field("step", DURATION, "time between two values", "1h", 1, 366 * SECONDS["d"], default="1d"),
        Field("season", COUNT, "steps of a season, 1 for none (168 for 1h, 7 for 1d, else 1)", "12", 1, 2000),
        Field("horizon", DURATION, "how far to look (two seasons, at least 12 steps)", "30d", 1, 1e10),
        Field("probability", RATIO, "chance for which the time is wanted", "10%", 0.001, 0.999, default="10%"),
        text_field(
            "method", "how trend and season go together", "additive", "|".join(["auto", *METHODS]),
            f"auto or one of {', '.join(METHODS)}", "auto",
        ),
        Field("held_out", COUNT, "last values held back to judge by (two seasons, at most a quarter)", "24", 1, 5000),
        Field("seed", COUNT, "of the simulated futures", "1", 0, 10**9, default="1"),
    ),
    run=run,
    formula="level a(x - s) + (1 - a)(l + b), trend b'(l - l_before) + (1 - b')b, season g(x - l) + (1 - g)s, or with "
    "products; least squares of one-step errors; intervals from simulated futures with Student deviations",
    source="Winters 1960; Hyndman and Athanasopoulos, Forecasting: Principles and Practice, chapters 5 and 8",
    example={
        "history": "50,52,55,53,58,40,38,54,57,59,57,62,44,42,58,61,63,61,66,48,46,62,65,67,65,70,52,50",
        "capacity": "90",
        "horizon": "30d",
    },
    legend=_LEGEND,
    formats={"svg": Format((".svg",), chart)},
)  # fmt: skip
