"""What `forecast event` computes from its inputs: the ordinary hour, the event's demand, and the capacity by size."""

from __future__ import annotations

import math
import re
from typing import NamedTuple

from acolytes_perf.errors import CannotAnswerError, InputError
from acolytes_perf.inputs.demand_quantity import demand_quantity, display_unit
from acolytes_perf.inputs.fields import Inputs
from acolytes_perf.inputs.tables import Table
from acolytes_perf.inputs.timeline import show_time
from acolytes_perf.methods.capacity.curve import CapacityCurve, fit_capacity_curve
from acolytes_perf.methods.capacity.event_demand import EventDemand, event_demand
from acolytes_perf.methods.capacity.event_survival import EventSurvival
from acolytes_perf.methods.capacity.scalability import Point, require_points
from acolytes_perf.methods.forecasting.calendar_days import read_calendar
from acolytes_perf.methods.forecasting.forecasts import interval_half_widths, point_forecast
from acolytes_perf.methods.forecasting.model_selection import Selection
from acolytes_perf.methods.forecasting.runout import Runout, choose_model
from acolytes_perf.methods.forecasting.special_days import without_days
from acolytes_perf.series import demand_history
from acolytes_perf.series.demand_history import History
from acolytes_perf.series.points import Points, read_points
from acolytes_perf.series.series_input import columns_for
from acolytes_perf.time_units import SECONDS

_MAX_STEPS = 3000
_HISTORY_ROLES = ("time", "label", "value")
#: The normal quantile of the 95 % intervals.
_NORMAL_QUANTILE = 1.959963984540054
_ZONE = re.compile(r"\s?(?:[+-]\d\d:?\d\d|Z|UTC)$")
#: What a moment within a day has: seconds since 1970, or a time of day.
_HAS_TIME = re.compile(r"^-?\d{9}|:|\dT\d|\d ?[ap]m\b", re.IGNORECASE)
_PRICE = re.compile(r"(\d{1,15}(?:\.\d+)?)\s*(.*)")


class EventCase(NamedTuple):
    """An event, what its demand will be, and what carries it.

    Attributes:
        forecast: of the ordinary demand up to the event; its capacity is None, and it has no paths.
        ordinary: demand of the event's step without an event, with its 95 % prediction interval.
        survival: demand in the peak, and the capacity by size.
        points: the measured sizes, as they were read.
        measured: sizes with their throughputs, in the unit of the history.
        price: of one unit, None without one.
        currency: what the price is in, such as `USD/month`.
        with_outliers: the event where outliers are kept; None where none were left out.
    """

    forecast: Runout
    ordinary: tuple[float, float, float]
    survival: EventSurvival
    points: Points
    measured: list[Point]
    price: float | None
    currency: str
    with_outliers: WithOutliers | None


class WithOutliers(NamedTuple):
    """The event where outliers of the history are kept.

    Attributes:
        method: of the forecast.
        ordinary: demand of the event's step without an event.
        survival: demand in the peak, and the capacity by size.
    """

    method: str
    ordinary: float
    survival: EventSurvival


class _Ordinary(NamedTuple):
    """The forecast of the event's step without an event: `half_width` is of its 95 % interval."""

    selection: Selection
    missing_values: int
    expected: list[float]
    half_width: float

    @property
    def value(self) -> float:
        """Expected demand."""
        return self.expected[-1]

    @property
    def is_usable(self) -> bool:
        return math.isfinite(self.half_width) and self.value > 0

    def event_demand(self, inputs: Inputs, run_sd: float) -> EventDemand:
        """The demand in the peak; `run_sd` is the relative standard deviation of single runs of a size."""
        # on the logarithmic scale, so that the product with the ratio has a simple distribution
        log_sd = math.sqrt(math.log1p((self.half_width / _NORMAL_QUANTILE / self.value) ** 2))
        peak = inputs.estimate("peak")
        peak_sd = math.log(peak.high / peak.low) / 2 / _NORMAL_QUANTILE
        sd = math.sqrt(log_sd**2 + peak_sd**2 + run_sd**2)
        return event_demand(self.value, inputs.numbers("ratios"), peak.value, sd)


def read_event(inputs: Inputs, sizes: Table) -> EventCase:
    """Reads the inputs of `forecast event`, and forecasts.

    Raises:
        InputError: inputs contradict each other, or a file cannot be read.
        CannotAnswerError: the history or the measured sizes are too few.
    """
    roles = [column.name for column in sizes.columns]
    history = demand_history.read_history(inputs, roles)
    history_columns = columns_for(inputs, _HISTORY_ROLES, roles)
    if history_columns is not None and not inputs.texts("history"):
        message = f"{history_columns} has no effect: the history is not from a file"
        raise InputError("/columns", message, {"columns": None})
    points = read_points(sizes, inputs, columns_for(inputs, roles, _HISTORY_ROLES))
    measured = _measured(points, history)
    curve = _capacity_curve(measured)
    steps = _steps_to_event(inputs, history)
    days = read_calendar(inputs, history)
    for index, day in enumerate(days):
        if day.steps[0] > history.last_index:
            message = "is after the history, so it has no effect: leave it out"
            raise InputError(f"/calendar/{index}/date", message)
    fitted = history._replace(values=without_days(history.values, days))
    ordinary = _ordinary(inputs, fitted, steps)
    display = display_unit(history.unit, max(value for value in history.values if value is not None))
    if not ordinary.is_usable:
        message = "no demand is left at the event's time by this history; missing: a longer or steadier history"
        raise CannotAnswerError("/history", message)
    survival = EventSurvival(ordinary.event_demand(inputs, curve.run_sd), curve)
    kept = None
    if ordinary.selection.outliers:
        other = _ordinary(inputs, fitted, steps, clean_outliers=False)
        if other.is_usable:
            other_survival = EventSurvival(other.event_demand(inputs, curve.run_sd), curve)
            kept = WithOutliers(other.selection.best.method, other.value, other_survival)
    value = ordinary.value
    interval = (max(0.0, value - ordinary.half_width), value + ordinary.half_width)
    forecast = Runout(
        history, ordinary.selection, ordinary.missing_values, display, None, ordinary.expected, [interval] * steps, []
    )
    return EventCase(forecast, (value, *interval), survival, points, measured, *_price(inputs), kept)


def _ordinary(inputs: Inputs, fitted: History, steps: int, *, clean_outliers: bool | None = None) -> _Ordinary:
    """The forecast so many steps ahead, with outliers as the inputs say, or else as `clean_outliers` does."""
    selection, missing_values = choose_model(inputs, fitted, clean_outliers=clean_outliers)
    half_width = interval_half_widths(selection.model, steps)[-1] * selection.best.interval_scale
    return _Ordinary(selection, missing_values, point_forecast(selection.model, steps), half_width)


def _steps_to_event(inputs: Inputs, history: History) -> int:
    """Steps from the last value to the step that the event's time lies in."""
    grid = history.grid
    if grid.start is None:
        message = "the history has no times, so the event's season is unknown; missing: a history with times"
        raise CannotAnswerError("/history", message)
    time = inputs.number("at")
    _refuse_day(inputs, history)
    steps = grid.last_index_until(time) - history.last_index
    if steps < 1:
        last = show_time(grid.time_at(history.last_index))
        raise InputError("/at", f"is not after the last value of the history, {last}: name a later time")
    if steps > _MAX_STEPS:
        message = f"the event is {steps} steps after the history; missing: values up to {_MAX_STEPS} steps before it"
        raise CannotAnswerError("/at", message)
    return steps


def _refuse_day(inputs: Inputs, history: History) -> None:
    """Refuses a day alone where the history has steps within a day: midnight is hardly what it means."""
    written, grid = inputs.written["at"], history.grid
    day = _ZONE.sub("", str(written).strip())
    if grid.step >= SECONDS["d"] or _HAS_TIME.search(day):
        return
    totals: dict[float, float] = {}
    for index, value in enumerate(history.values):
        moment = grid.time_at(index) % SECONDS["d"]
        totals[moment] = totals.get(moment, 0.0) + (value or 0.0)
    start = inputs.number("at") // SECONDS["d"] * SECONDS["d"]
    busiest, midnight = show_time(start + max(totals, key=totals.__getitem__)), f"{show_time(start)}T00:00Z"
    busiest = midnight if busiest == show_time(start) else busiest
    message = f"is a day, but the history has steps of {grid.step_text}: add the time of the event's peak, such as "
    message += f"{busiest}, the day's busiest in the history"
    if busiest != midnight:
        message += f", or {midnight} for midnight"
    raise InputError("/at", message, {"at": busiest})


def _measured(points: Points, history: History) -> list[Point]:
    """The sizes and throughputs in the unit of the history."""
    measured: list[Point] = []
    for index, row in enumerate(points.rows):
        text = row.text("throughput")
        quantity = demand_quantity(text if text is not None else row.number("throughput"))
        pointer = f"/sizes/{index}/throughput"
        demand_history.check_unit(quantity.unit, history, pointer, heading="throughput")
        if quantity.number <= 0:
            raise InputError(pointer, "must be more than 0")
        measured.append((row.number("size"), quantity.number))
    return measured


def _capacity_curve(measured: list[Point]) -> CapacityCurve:
    require_points(measured, "/sizes", "capacity by size")
    curve = fit_capacity_curve(measured)
    if curve is None:
        message = "these points do not determine the capacity by size; missing: sizes farther apart, from 1 on"
        raise CannotAnswerError("/sizes", message)
    return curve


def _price(inputs: Inputs) -> tuple[float | None, str]:
    """The price of a unit, and what it is in."""
    text = inputs.text("price")
    if text is None:
        return None, ""
    match = _PRICE.fullmatch(text)
    assert match  # the field's pattern
    return float(match[1]), match[2].strip()
