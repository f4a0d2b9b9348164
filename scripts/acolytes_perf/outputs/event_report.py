"""Answer, assumptions and warnings of `forecast event` in words."""

from __future__ import annotations

from functools import partial

from acolytes_perf.inputs.fields import Inputs
from acolytes_perf.inputs.timeline import show_time
from acolytes_perf.methods.capacity.event_case import EventCase
from acolytes_perf.methods.capacity.event_demand import mean_ratio
from acolytes_perf.methods.capacity.event_survival import remaining
from acolytes_perf.outcome import AnswerWarning
from acolytes_perf.outputs.runout_report import warnings as forecast_warnings
from acolytes_perf.wording import format_quantity, pluralize

#: A size above this share of another is near it.
_NEAR = 0.9


def describe_chance(chance: float) -> str:
    """A chance; its draws do not tell less than a tenth of a percent from 0, nor more from 1."""
    if chance < 1e-3:
        return "under 0.1 %"
    return "over 99.9 %" if chance > 1 - 1e-3 else format_quantity(round(chance, 3), "probability")


def answer(inputs: Inputs, case: EventCase) -> str:
    """The chances of the size now, the demand, the sizes for the wanted chances, and the best size, in sentences."""
    survival, size, zones = case.survival, int(inputs.number("size")), _zones(inputs)
    chance = survival.chance(size)
    text = f"With {pluralize(size, 'unit')} the chance to survive is {describe_chance(chance)}"
    if zones is None:
        text += f", to run out {describe_chance(1 - chance)}"
    else:
        lost = survival.chance(remaining(size, zones))
        text += f" (to run out {describe_chance(1 - chance)}), with a zone lost {describe_chance(lost)}"
        text += f" (to run out {describe_chance(1 - lost)})"
    needed, impossible = [], []
    for wanted in survival.shown_chances(inputs.numbers("chances"), zones):
        smallest, words = survival.smallest_size(wanted), format_quantity(wanted, "probability")
        if smallest is None:
            impossible.append(words)
        else:
            needed.append(f"{pluralize(smallest, 'unit')} for {words}")
    sentences = [f"It takes {', '.join(needed)}."] if needed else []
    if impossible:
        sentences.append(f"No size up to {survival.curve.max_size} is enough for {' or '.join(impossible)}.")
        sentences.append(_describe_best(case, zones))
    return f"{text}. {describe_demand(case)} {' '.join(sentences)}"


def _describe_best(case: EventCase, zones: int | None) -> str:
    """The best size: its chance, with a zone lost and without, and its cost."""
    survival, best = case.survival, case.survival.best_size()
    text = f"The best size is {best}: {describe_chance(survival.chance(best))}"
    if zones is not None:
        text += f", with a zone lost {describe_chance(survival.chance(remaining(best, zones)))}"
    if case.price is not None:
        text += f", for {format_quantity(case.price * best, case.currency)}"
    if zones is not None and survival.best_size(zones) != best:
        other = survival.best_size(zones)
        text += f"; with a zone lost it is {other}: {describe_chance(survival.chance(remaining(other, zones)))}"
        if case.price is not None:
            text += f", for {format_quantity(case.price * other, case.currency)}"
    return f"{text}."


def _zones(inputs: Inputs) -> int | None:
    zones = inputs.optional("zones")
    return None if zones is None else int(zones)


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
    measured = f"{format_quantity(curve.smallest, '')} to {format_quantity(curve.largest, 'units')}"
    ratio = f"{format_quantity(mean, 'x')} (95 % interval {format_quantity(low, 'x')} to {format_quantity(high, 'x')})"
    spread = format_quantity(round(curve.run_sd, 4), "ratio")
    demand = f"Ordinary demand: the step of {history.grid.step_text} from {step}, by method {chosen.method}, {season}."
    events = f"The {len(ratios)} ratios are a sample of like events: geometric mean {ratio}, the next by Student's t."
    capacity = f"Capacity: contention and coherency are at least 0; runs differ by {spread}; measured from {measured}."
    return [
        demand,
        events,
        _describe_past(inputs, case),
        " ".join([capacity, *case.points.notes]),
        # what is missing is warned of
        *(note for note in history.notes if " missing: " not in note),
    ]


def _describe_past(inputs: Inputs, case: EventCase) -> str:
    """The demand if each past event came again, and the size that carries it more likely than not."""
    unit, divisor = case.forecast.display
    again = []
    for ratio in dict.fromkeys(inputs.numbers("ratios")):
        demand = case.ordinary[0] * ratio * inputs.number("peak")
        size = case.survival.size_for(demand)
        carried = "no size carries it" if size is None else f"size {size}"
        again.append(f"{format_quantity(ratio, 'x')} = {format_quantity(demand / divisor, unit)} ({carried})")
    return f"Past events, if they came again: {', '.join(again)}."


def _listed(sizes: list[int]) -> str:
    return " and ".join([", ".join(map(str, sizes[:-1])), str(sizes[-1])] if len(sizes) > 1 else map(str, sizes))


def warnings(inputs: Inputs, case: EventCase) -> list[AnswerWarning]:
    """What is extrapolated, missing or uncertain."""
    survival, zones = case.survival, _zones(inputs)
    curve, size = survival.curve, int(inputs.number("size"))
    found = _extrapolated(inputs, case)
    if size < curve.smallest:
        message = f"the size now is below the smallest measured size, {format_quantity(curve.smallest, '')}"
        found.append(AnswerWarning("extrapolated", message, "measure at the size now"))
    wanted = inputs.numbers("chances")
    found += _no_size(case, wanted, None)
    if zones is not None:
        found += _no_size(case, wanted, zones)
    if "peak" not in inputs.written:
        message = "without a peak within the hour the hour's mean counts, and its first minute may be far above"
        found.append(AnswerWarning("no_peak", message, "use --peak, highest minute over the hour's mean"))
    if zones is None:
        message = "the loss of a zone is not considered"
        found.append(AnswerWarning("no_zones", message, "use --zones, the number of data centres"))
    return [*found, *map(partial(_with_kept, inputs, case), forecast_warnings(case.forecast, is_by_date=True))]


def _extrapolated(inputs: Inputs, case: EventCase) -> list[AnswerWarning]:
    """Sizes of the answer beyond the measured ones; the fix names those on which the decision rests."""
    survival, zones, size = case.survival, _zones(inputs), int(inputs.number("size"))
    largest, wanted = survival.curve.largest, inputs.numbers("chances")
    decisive = {size}
    for lost in (None, zones):
        reached = {survival.smallest_size(chance, lost) for chance in wanted} - {None}
        decisive |= {remaining(one, lost) for one in reached if one} or {remaining(survival.best_size(lost), lost)}
    shown = {survival.smallest_size(chance) for chance in survival.shown_chances(wanted, zones)} | {
        survival.best_size()
    }
    beyond = sorted(one for one in {*shown, size} if one and one > largest)
    if not beyond:
        return []
    listed, verb = (f"size {beyond[0]}", "is") if len(beyond) == 1 else (f"sizes {_listed(beyond)}", "are")
    message = f"{listed} {verb} beyond the largest measured size, {format_quantity(largest, '')}"
    to_measure: list[int] = []
    for one in sorted((one for one in decisive if one > largest), reverse=True):
        # sizes near each other need one measurement
        if not to_measure or one < _NEAR * to_measure[-1]:
            to_measure.append(one)
    fix = f"measure at {_listed(to_measure[::-1] or beyond)} before you rely on the answer"
    return [AnswerWarning("extrapolated", message, fix)]


def _no_size(case: EventCase, wanted: list[float], zones: int | None) -> list[AnswerWarning]:
    """No considered size reaches a wanted chance: what to turn away, and what else helps."""
    survival = case.survival
    impossible = [chance for chance in sorted(wanted) if survival.smallest_size(chance, zones) is None]
    # with a zone lost, the same warning would say little more
    if not impossible or (zones is not None and survival.smallest_size(impossible[0]) is None):
        return []
    best, chance, most = survival.best_size(zones), impossible[0], survival.curve.max_size
    left = remaining(best, zones)
    where = "" if zones is None else " with a zone lost"
    message = (
        f"no size up to {most} survives{where} with a chance of {format_quantity(chance, 'probability')}: the best, "
        f"{best}, has {describe_chance(survival.chance(left))}"
    )
    share = format_quantity(round(survival.shed(left, chance), 3), "ratio")
    more = (
        f"or measure larger sizes, since those above {most} are not considered"
        if best >= most
        else "or lower contention and coherency, since more units make it worse"
    )
    fix = f"turn away {share} of the demand at {pluralize(best, 'unit')} (a queue in front), {more}"
    return [AnswerWarning("no_size_is_enough", message, fix)]


def _with_kept(inputs: Inputs, case: EventCase, warning: AnswerWarning) -> AnswerWarning:
    """The warning of outliers with the answer where they are kept."""
    if warning.code != "outliers" or case.with_outliers is None:
        return warning
    kept, (unit, divisor) = case.with_outliers, case.forecast.display
    size, zones = int(inputs.number("size")), _zones(inputs)
    text = (
        f"with them the method is {kept.method}, the ordinary demand {format_quantity(kept.ordinary / divisor, unit)}, "
        f"the peak {format_quantity(kept.survival.demand.median / divisor, unit)} and the chance "
        f"{describe_chance(kept.survival.chance(size))}"
    )
    if zones is not None:
        text += f", with a zone lost {describe_chance(kept.survival.chance(remaining(size, zones)))}"
    return warning._replace(message=f"{warning.message}; {text}")
