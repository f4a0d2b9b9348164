"""Answer, assumptions and warnings of `forecast event` in words."""

from __future__ import annotations

from acolytes_perf.inputs.fields import Inputs
from acolytes_perf.inputs.timeline import show_time
from acolytes_perf.methods.event_case import EventCase
from acolytes_perf.methods.event_demand import mean_ratio
from acolytes_perf.outcome import AnswerWarning
from acolytes_perf.outputs.runout_report import warnings as forecast_warnings
from acolytes_perf.wording import format_quantity, pluralize


def describe_chance(chance: float) -> str:
    """A chance; its draws do not tell less than a tenth of a percent from 0, nor more from 1."""
    if chance < 1e-3:
        return "under 0.1 %"
    return "over 99.9 %" if chance > 1 - 1e-3 else format_quantity(round(chance, 3), "probability")


def describe_demand(case: EventCase) -> str:
    """The demand in the peak and the ordinary demand, in a sentence."""
    demand, (unit, divisor) = case.survival.demand, case.forecast.display
    median, low, high = (
        format_quantity(value / divisor, unit)
        for value in (demand.median, demand.quantile(0.025), demand.quantile(0.975))
    )
    ordinary = format_quantity(case.ordinary[0] / divisor, unit)
    return f"The peak is expected at {median} (95 % interval {low} to {high}), of an ordinary {ordinary}."


def assumptions(inputs: Inputs, case: EventCase) -> list[str]:
    """What the ordinary demand, the ratio and the capacity rest on."""
    forecast, curve = case.forecast, case.survival.curve
    chosen, history = forecast.selection.best, forecast.history
    ratios = inputs.numbers("ratios")
    mean, low, high = mean_ratio(ratios, 0.95)
    step = show_time(history.grid.time_at(history.last_index + len(forecast.expected)))
    season = f"a season of {pluralize(chosen.season, 'step')}" if chosen.season > 1 else "no season"
    measured = f"{format_quantity(curve.smallest, '')} to {format_quantity(curve.largest, '')}"
    ratio = f"{format_quantity(mean, 'x')} (95 % interval {format_quantity(low, 'x')} to {format_quantity(high, 'x')})"
    spread = format_quantity(round(curve.run_sd, 4), "ratio")
    demand = f"Ordinary demand: the step of {history.grid.step_text} from {step}, by method {chosen.method}, {season}."
    events = f"The {len(ratios)} ratios are a sample of like events: geometric mean {ratio}, the next by Student's t."
    capacity = f"Capacity: contention and coherency are at least 0; runs differ by {spread}; measured from {measured}."
    return [
        demand,
        events,
        " ".join([capacity, *case.points.notes]),
        # what is missing is warned of
        *(note for note in history.notes if " missing: " not in note),
    ]


def _listed(sizes: list[int]) -> str:
    return ", ".join(map(str, sizes))


def warnings(inputs: Inputs, case: EventCase) -> list[AnswerWarning]:
    """What is extrapolated, missing or uncertain."""
    survival, zones = case.survival, inputs.optional("zones")
    curve, found = survival.curve, []
    size = inputs.number("size")
    chances = sorted({0.5, *inputs.numbers("chances")})
    needed = {chance: survival.smallest_size(chance) for chance in chances}
    beyond = sorted({smallest for smallest in [*needed.values(), int(size)] if smallest and smallest > curve.largest})
    if beyond:
        largest = format_quantity(curve.largest, "")
        listed, verb = (f"size {beyond[0]}", "is") if len(beyond) == 1 else (f"sizes {_listed(beyond)}", "are")
        message = f"{listed} {verb} beyond the largest measured size, {largest}"
        found.append(AnswerWarning("extrapolated", message, f"measure at {beyond[0]} before you rely on it"))
    if size < curve.smallest:
        message = f"the size now is below the smallest measured size, {format_quantity(curve.smallest, '')}"
        found.append(AnswerWarning("extrapolated", message, "measure at the size now"))
    impossible = [chance for chance, smallest in needed.items() if smallest is None]
    if impossible:
        best = survival.best_size()
        chance = impossible[0]
        message = (
            f"no size up to {curve.max_size} survives with a chance of {format_quantity(chance, 'probability')}: the "
            f"best, {best}, has {describe_chance(survival.chance(best))}"
        )
        share = format_quantity(round(survival.shed(best, chance), 3), "ratio")
        fix = f"turn away {share} of the demand at {best} units (a queue in front), or raise the limit of scaling"
        found.append(AnswerWarning("no_size_is_enough", message, fix))
    if "peak" not in inputs.written:
        message = "without a peak within the hour the hour's mean counts, and its first minute may be far above"
        found.append(AnswerWarning("no_peak", message, "use --peak, highest minute over the hour's mean"))
    if zones is None:
        message = "the loss of a zone is not considered"
        found.append(AnswerWarning("no_zones", message, "use --zones, the number of data centres"))
    return [*found, *forecast_warnings(case.forecast, is_by_date=True)]
