"""What a change of latency is worth in revenue, by an elasticity that the user has measured, with its interval."""

from __future__ import annotations

from acolytes_perf.declare import Answer, Command, Format
from acolytes_perf.errors import CannotAnswerError, InputError, quoted
from acolytes_perf.inputs.fields import Estimate, Field, Inputs, choice_field
from acolytes_perf.inputs.money import price_field, read_price
from acolytes_perf.inputs.units import DURATION, FIGURE, NUMBER, RATIO, show_duration
from acolytes_perf.methods.roadmap.cash_flows import annuity_factor
from acolytes_perf.methods.roadmap.inputs import GAIN_TIMES, RATE, YEARS
from acolytes_perf.methods.roadmap.latency_revenue import LatencyChange, impact
from acolytes_perf.outcome import SCENARIO, AnswerWarning, Interval, Outcome, Result
from acolytes_perf.outputs.document import mark
from acolytes_perf.outputs.plot import FILE_FRAME, Axis, Shape, plot
from acolytes_perf.wording import format_interval, format_quantity, format_result

_EVIDENCE = ("experiment", "correlation", "elsewhere")
_MONTHS_A_YEAR = 12


def run(inputs: Inputs) -> Outcome:
    """The change of revenue in a year; with a cost the value of the whole."""
    _check(inputs)
    change, elasticity = _change(inputs), inputs.estimate("elasticity")
    revenue = read_price(inputs.text("revenue") or "", "/revenue", has_period=True)
    if revenue.amount <= 0:
        raise InputError("/revenue", "must be more than 0")
    unit, affected = revenue.currency, inputs.number("affected")
    yearly = revenue.per_month * _MONTHS_A_YEAR * affected
    margin = inputs.optional("margin")
    worth = yearly * (1.0 if margin is None else margin)
    factor = 0.0
    if "cost" in inputs:
        timing = GAIN_TIMES[inputs.text("timing") or "end"]
        factor = annuity_factor(inputs.number("rate"), int(inputs.number("years")), timing)
    found = impact(change, elasticity, worth * factor, inputs.estimate("cost") if "cost" in inputs else None)
    gain = found.gain
    extra = _scaled("extra_revenue", gain, yearly, unit)
    results = [
        Result("revenue_change", gain.value, "ratio", Interval(gain.low, gain.high, SCENARIO)),
        extra,
        Result("likely_extra_revenue", change.gain(elasticity.value) * yearly, unit),
        _scaled("per_millisecond", gain, yearly / abs(change.before - change.after) / 1000, unit),
    ]
    if margin is not None:
        results.append(_scaled("extra_margin", gain, worth, unit))
    if found.values:
        results += _values(inputs.number("cost"), change, found.values, worth * factor, unit)
    return Outcome(_answer(change, results), results, _assumptions(inputs), _warnings(inputs, results))


def _check(inputs: Inputs) -> None:
    if not inputs.estimate("elasticity").has_interval:
        text = inputs.written["elasticity"]
        message = f"{quoted(text)} has no interval: write LOW..VALUE..HIGH of what you measured"
        raise InputError("/elasticity", message)
    if inputs.number("before") == inputs.number("after"):
        raise InputError("/after", "is the same latency as before: there is no change")
    names = ("years", "rate")
    if "cost" in inputs:
        for name in names:
            if name not in inputs:
                raise COMMAND.missing(name, "the cost is set against the gains of some years")
    else:
        for name in (*inputs.present(*names), *(name for name in ("timing",) if name in inputs.written)):
            raise InputError(f"/{name}", "has no effect: there is no cost to set against the gains", {name: None})
    measured = inputs.numbers("measured")
    if not measured:
        return
    if len(measured) != 2 or measured[0] >= measured[1]:
        raise InputError("/measured", "must be the lowest and the highest latency, such as 600ms,1200ms")
    for name in ("before", "after"):
        if not measured[0] * (1 - 1e-9) <= inputs.number(name) <= measured[1] * (1 + 1e-9):
            limits = f"{show_duration(measured[0])} to {show_duration(measured[1])}"
            message = f"lies outside of the latencies that the elasticity was measured at, {limits}"
            raise CannotAnswerError(f"/{name}", f"{message}; missing: a measurement there")


def _change(inputs: Inputs) -> LatencyChange:
    return LatencyChange(inputs.number("before"), inputs.number("after"), inputs.optional("per"))


def _scaled(name: str, gain: Estimate, scale: float, unit: str) -> Result:
    return Result(name, gain.value * scale, unit, Interval(gain.low * scale, gain.high * scale, SCENARIO))


def _values(cost: float, change: LatencyChange, values: list[float], worth: float, unit: str) -> list[Result]:
    """Net present value, its chance to be below 0, and the elasticity that just pays."""
    ordered = sorted(values)
    tail = len(ordered) // 20
    interval = Interval(ordered[tail], ordered[-1 - tail], SCENARIO, 0.9)
    results = [
        Result("npv", sum(values) / len(values), unit, interval),
        Result("loss", sum(value < 0 for value in values) / len(values), "probability"),
    ]
    even = change.elasticity_for(cost / worth) if worth else None
    if even is not None:
        results.append(Result("break_even_elasticity", even, "ratio"))
    return results


def _answer(change: LatencyChange, results: list[Result]) -> str:
    cells = {result.name: result for result in results}

    def shown(name: str) -> str:
        cell = cells[name]
        assert cell.interval is not None
        return (
            f"{format_result(cell)} a year "
            f"({format_interval(cell.interval.low, cell.interval.high, cell.unit, SCENARIO, None)})"
        )

    word = "Faster" if change.after < change.before else "Slower"
    text = (
        f"{word} answers, {show_duration(change.before)} to {show_duration(change.after)}, change revenue by "
        f"{shown('extra_revenue')}"
    )
    if "extra_margin" in cells:
        text += f", and what is left of it by {shown('extra_margin')}"
    if "npv" in cells:
        loss = format_quantity(cells["loss"].value, "probability")
        text += f"; after the cost the net present value is {format_quantity(cells['npv'].value, cells['npv'].unit)}, "
        text += f"chance of a loss {loss}"
        if "break_even_elasticity" in cells:
            text += (
                f"; it pays from an elasticity of {format_quantity(cells['break_even_elasticity'].value, 'ratio')} on"
            )
    return f"{text}."


def _assumptions(inputs: Inputs) -> list[str]:
    per = inputs.optional("per")
    meaning = "an elasticity of 10 % means 0.1 % more revenue for 1 % less latency" if per is None else (
        f"the elasticity is the share of revenue that each {show_duration(per)} costs, the same at every latency"
    )  # fmt: skip
    texts = [
        f"As you stated, {meaning}.",
        "The elasticity is drawn from a triangular distribution over its interval; values are means with their ends.",
        "All users get the change, and nothing else changes: neither prices nor demand nor the competition.",
    ]
    if "cost" in inputs:
        rate = inputs.number("rate") * 100
        place = inputs.text("timing") or "end"
        what = "margin" if "margin" in inputs else "revenue"
        texts.append(f"The cost is paid once now; {what} comes at the {place} of each year, at {rate:.4g} % interest.")
    return texts


def _warnings(inputs: Inputs, results: list[Result]) -> list[AnswerWarning]:
    warnings = []
    evidence = inputs.text("evidence")
    if evidence != "experiment":
        message = {
            None: "nothing says where the elasticity comes from",
            "correlation": "a correlation of speed and sales is not an effect: fast users differ in other ways, too",
            "elsewhere": "the elasticity of another business says little about this one",
        }[evidence]
        fix = "slow a share of your users down by 100 ms for two weeks, and set --evidence experiment"
        warnings.append(AnswerWarning("elasticity_unproven", message, fix))
    if "measured" not in inputs:
        message = "nothing says at which latencies the elasticity was measured, and it holds only there"
        warnings.append(AnswerWarning("range_unknown", message, "set --measured LOWEST,HIGHEST"))
    if "cost" in inputs and "margin" not in inputs:
        message = "all extra revenue counts as gain, as if it cost nothing to serve"
        warnings.append(AnswerWarning("revenue_is_no_gain", message, "set --margin to the share that is left"))
    gain = results[0]
    if gain.interval is not None and gain.interval.low < 0 < (gain.interval.high or 0):
        message = "the interval of the elasticity holds 0: an effect is not shown"
        warnings.append(AnswerWarning("effect_not_shown", message, "measure it with more users"))
    return warnings


def band(answer: Answer) -> str:
    """Change of revenue between both latencies, with the ends of the elasticity."""
    inputs, outcome = answer.inputs, answer.outcome
    change, elasticity = _change(inputs), inputs.estimate("elasticity")
    revenue = read_price(inputs.text("revenue") or "", "/revenue", has_period=True)
    yearly = revenue.per_month * _MONTHS_A_YEAR * inputs.number("affected")
    low, high = sorted((change.before, change.after))
    latencies = [low + (high - low) * step / 60 for step in range(61)]
    changes = [(latency, change._replace(after=latency)) for latency in latencies]
    middle = [(latency, one.gain(elasticity.value) * yearly) for latency, one in changes]
    ends = [
        (latency, *sorted((one.gain(elasticity.low) * yearly, one.gain(elasticity.high) * yearly)))
        for latency, one in changes
    ]
    shapes = [Shape("line", "likely elasticity", middle), Shape("band", "its interval", ends)]
    frame = FILE_FRAME._replace(left=120)
    y = Axis("change of revenue in a year", revenue.currency)
    return plot("Revenue by latency", outcome.answer, Axis("latency", "s"), y, shapes, mark(answer), frame)


_RESULTS = {
    "revenue_change": "change of the revenue of affected users: mean, and both ends of the elasticity",
    "extra_revenue": "extra revenue in a year: mean, and both ends of the elasticity",
    "likely_extra_revenue": "extra revenue in a year with the likely elasticity alone",
    "per_millisecond": "extra revenue in a year for each millisecond",
    "extra_margin": "margin of the extra revenue in a year",
    "npv": "net present value of the gains after the cost: mean, and the interval of 90 % of the draws",
    "loss": "probability that the gains do not pay the cost back",
    "break_even_elasticity": "elasticity at which the gains just pay the cost back",
}

COMMAND = Command(
    name="roadmap impact",
    summary="What a change of latency is worth in revenue, by your own measured elasticity with its interval.",
    fields=(
        price_field("revenue", "revenue of all users in a period", "2.4M EUR/year", required=True),
        Field("before", DURATION, "latency now", "900ms", 1e-6, 3600, required=True, aliases=("latency", "now")),
        Field("after", DURATION, "latency then", "700ms", 1e-6, 3600, required=True, aliases=("then", "target")),
        Field(
            "elasticity", FIGURE, "share of revenue that latency costs, as an interval that you measured",
            "0.4%..1%..1.8%", -1, 10, required=True, takes_interval=True,
        ),
        Field("per", DURATION, "latency that the elasticity is stated for; without it the elasticity is for per cent",
              "100ms", 1e-6, 3600),
        Field("measured", DURATION, "lowest and highest latency that it was measured at", "600ms,1200ms", 1e-6, 3600,
              max_items=2),
        choice_field("evidence", "where the elasticity comes from", _EVIDENCE, None),
        Field("affected", RATIO, "share of the revenue that comes from users who get the change", "40%", 0, 1,
              default="100%"),
        Field("margin", RATIO, "share of revenue that is left after what it costs to serve", "30%", 0, 1),
        Field("cost", NUMBER, "cost of the change, paid once", "40000..60000..90000", 0, 1e12, takes_interval=True),
        YEARS,
        RATE._replace(required=False),
        choice_field("timing", "when in each year a gain comes", tuple(GAIN_TIMES), "end"),
    ),
    run=run,
    formula="with per: elasticity * (before - after) / per; without: (before / after)^elasticity - 1; npv = gain * "
    "margin * sum (1 + rate)^-t - cost",
    source="Kohavi, Tang and Xu 2020, chapter 5; Brealey, Myers and Allen 2011, chapter 5",
    example={
        "revenue": "2.4M EUR/year",
        "before": "900ms",
        "after": "700ms",
        "elasticity": "0.4%..1%..1.8%",
        "per": "100ms",
        "measured": "600ms,1200ms",
        "evidence": "experiment",
        "margin": "30%",
        "cost": "12000..15000..25000",
        "years": "3",
        "rate": "8%",
    },
    results=_RESULTS,
    formats={"svg": Format((".svg",), band)},
)  # fmt: skip
