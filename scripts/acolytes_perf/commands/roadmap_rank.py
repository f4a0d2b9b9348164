"""Which measures to do first: net present value with its range, chance of loss, and the best set for limited weeks."""

from __future__ import annotations

from acolytes_perf.declare import Command, Format
from acolytes_perf.errors import InputError, quoted
from acolytes_perf.inputs.fields import Field, Inputs, choice_field
from acolytes_perf.inputs.money import CURRENCY
from acolytes_perf.inputs.units import COUNT, NUMBER
from acolytes_perf.methods.roadmap import simulation
from acolytes_perf.methods.roadmap.cash_flows import annuity_factor
from acolytes_perf.methods.roadmap.choice import Choice, choose
from acolytes_perf.methods.roadmap.inputs import GAIN_TIMES, RATE, YEARS
from acolytes_perf.methods.roadmap.measure_columns import ROLES, WSJF
from acolytes_perf.methods.roadmap.measures import MEASURES, Measure, Measures, read_measures
from acolytes_perf.methods.roadmap.simulation import Drawn, Roadmap
from acolytes_perf.methods.statistics.three_points import DISTRIBUTIONS, PERT, TRIANGULAR
from acolytes_perf.outcome import SCENARIO, AnswerWarning, Interval, Outcome, Result, ResultTable, Row
from acolytes_perf.outputs.roadmap_picture import value_ranges
from acolytes_perf.series.series_input import columns_field
from acolytes_perf.wording import format_interval, format_quantity


def run(inputs: Inputs) -> Outcome:
    """Draw the values, then choose a set and its order."""
    read = read_measures(inputs)
    measures, limit = read.items, inputs.optional("weeks")
    _check(inputs, measures)
    rate, timing = inputs.number("rate"), GAIN_TIMES[inputs.text("timing") or "end"]
    years = [one.years or int(inputs.number("years")) for one in measures]
    factors = [annuity_factor(rate, count, timing) for count in years]
    distribution = inputs.text("distribution") or TRIANGULAR
    wanted = inputs.optional("draws")
    count = simulation.draws_for(measures, None if wanted is None else int(wanted))
    roadmap = simulation.draw_roadmap(measures, factors, distribution, count)
    likely = [simulation.likely_value(one, factor) for one, factor in zip(measures, factors)]
    choice = choose(measures, roadmap, likely, limit)
    rows = _rows(read, roadmap, likely, choice)
    other = PERT if distribution == TRIANGULAR else TRIANGULAR
    others = [simulation.mean_value(one, factor, other) for one, factor in zip(measures, factors)]
    tables = [ResultTable("measures", "measure", rows)]
    if choice.order:
        tables.append(ResultTable("plan", "step", _plan(read, roadmap, choice)))
    return Outcome(
        _answer(read, roadmap, likely, choice, limit),
        _results(read, roadmap, likely, choice),
        _assumptions(inputs, read, distribution, count),
        _warnings(read, roadmap, likely, (other, others), choice),
        tables=tables,
    )


def _check(inputs: Inputs, measures: list[Measure]) -> None:
    missing = next((one.name for one in measures if one.weeks is None), None)
    if "weeks" in inputs and missing is not None:
        raise InputError("/measures", f"{quoted(missing)} has no weeks of work, which the limit needs: add them")
    if "years" not in inputs:
        unknown = next((one.name for one in measures if one.years is None), None)
        if unknown is not None:
            raise COMMAND.missing("years", f"how long the gain of {quoted(unknown)} lasts")
    elif all(one.years is not None for one in measures):
        raise InputError("/years", "has no effect: every measure has years of its own", {"years": None})
    if not any(one.cost.has_interval or one.gain.has_interval for one in measures):
        message = "no cost and no gain has a range: write low, likely and high, such as 12000..18000..40000"
        raise InputError("/measures", f"{message}; figures that are certain belong in roadmap roi")


def _value(name: str, drawn: Drawn, unit: str) -> Result:
    """A net present value with the interval that 90 % of the draws lie in."""
    return Result(name, drawn.mean, unit, Interval(drawn.low, drawn.high, SCENARIO, simulation.LEVEL))


def _rows(read: Measures, roadmap: Roadmap, likely: list[float], choice: Choice) -> list[Row]:
    """The measures, that with the largest mean value first."""
    rows = []
    for index in sorted(range(len(read.items)), key=lambda place: -roadmap.values[place].mean):
        one, drawn = read.items[index], roadmap.values[index]
        cells = [
            _value("npv", drawn, read.currency),
            Result("likely_npv", likely[index], read.currency),
            Result("loss", drawn.loss, "probability"),
            Result("first", roadmap.first[index], "probability"),
            Result("chosen", index in choice.order, ""),
        ]
        if roadmap.weeks[index]:
            weeks = sum(roadmap.weeks[index]) / roadmap.number
            cells.append(Result("weeks", weeks, "weeks"))
            if weeks:
                cells.append(Result("npv_per_week", drawn.mean / weeks, read.currency))
        rows.append(Row(one.name, cells + _scores(one)))
    return rows


def _scores(one: Measure) -> list[Result]:
    """RICE and WSJF, where the measure has what they take."""
    scores, weeks = one.scores, one.weeks.value if one.weeks else 0.0
    cells = []
    effort, size = scores.get("effort", weeks), scores.get("job_size", weeks)
    if "reach" in scores and effort:
        cells.append(Result("rice", scores["reach"] * scores["impact"] * scores["confidence"] / effort, ""))
    if "user_value" in scores and size:
        cells.append(Result("wsjf", sum(scores[name] for name in WSJF[:3]) / size, ""))
    return cells


def _plan(read: Measures, roadmap: Roadmap, choice: Choice) -> list[Row]:
    """The chosen measures one after another."""
    rows, end, value = [], 0.0, 0.0
    for index, phase in zip(choice.order, choice.phases):
        cells = [Result("phase", phase, "")]
        value += roadmap.values[index].mean
        if choice.weeks is not None:
            start, end = end, end + sum(roadmap.weeks[index]) / roadmap.number
            cells += [Result("start", start, "weeks"), Result("end", end, "weeks")]
        rows.append(Row(read.items[index].name, [*cells, Result("npv_so_far", value, read.currency)]))
    return rows


def _results(read: Measures, roadmap: Roadmap, likely: list[float], choice: Choice) -> list[Result]:
    results = [Result("draws", roadmap.number, "draws")]
    if choice.worth is None:
        return results
    results = [
        _value("chosen_npv", choice.worth, read.currency),
        Result("chosen_likely_npv", sum(likely[index] for index in choice.order), read.currency),
        Result("chosen_loss", choice.worth.loss, "probability"),
    ]
    if choice.weeks is not None:
        results.append(Result("chosen_weeks", choice.weeks, "weeks"))
    if choice.chance_weeks is not None:
        results.append(Result("chance_weeks_suffice", choice.chance_weeks, "probability"))
    if choice.chance_over_rival is not None:
        worth = sum(roadmap.values[index].mean for index in choice.rival)
        results.append(Result("rival_npv", worth, read.currency))
        results.append(Result("chance_over_rival", choice.chance_over_rival, "probability"))
    return [*results, Result("draws", roadmap.number, "draws")]


def _names(read: Measures, indices: list[int], sign: str = ", then ") -> str:
    return sign.join(read.items[index].name for index in indices)


def _answer(read: Measures, roadmap: Roadmap, likely: list[float], choice: Choice, limit: float | None) -> str:
    if choice.worth is None:
        return "Do none of these measures: no set of them that fits has a mean net present value above 0."
    worth, unit = choice.worth, read.currency
    weeks = ""
    if limit is not None and choice.weeks is not None:
        weeks = f" ({choice.weeks:.4g} of {limit:.4g} weeks)"
    ends = format_interval(worth.low, worth.high, unit, SCENARIO, simulation.LEVEL)
    likely_sum = format_quantity(sum(likely[index] for index in choice.order), unit)
    text = (
        f"Do {_names(read, choice.order)}{weeks}: mean net present value {format_quantity(worth.mean, unit)} ({ends}), "
        f"chance of a loss {format_quantity(worth.loss, 'probability')}; the likely figures alone say {likely_sum}"
    )
    if choice.rival and choice.chance_over_rival is not None:
        rival = format_quantity(sum(roadmap.values[index].mean for index in choice.rival), unit)
        text += (
            f". The next best set, {_names(read, choice.rival, ' + ')}, has {rival}; the choice is worth more in "
            f"{format_quantity(choice.chance_over_rival, 'ratio')} of the draws"
        )
    return f"{text}."


def _assumptions(inputs: Inputs, read: Measures, distribution: str, count: int) -> list[str]:
    timing = inputs.text("timing") or "end"
    why = (
        "triangular: it gives the ends more weight than PERT, since most ranges that people write are too narrow"
        if distribution == TRIANGULAR
        else "PERT, which gives the likely value four times the weight of an end"
    )
    return [
        f"Costs are paid once, at the start; a gain comes at the {timing} of each year, the same in every year.",
        f"Money to come is discounted by {inputs.number('rate') * 100:.4g} % a year.",
        f"Each figure is {why}.",
        f"{count} draws, seeded. Figures do not depend on each other, and waiting for a turn costs nothing.",
        "npv is the mean with the interval of 90 % of the draws; likely_npv is the value of the likely figures.",
        *read.notes,
    ]


def _warnings(
    read: Measures, roadmap: Roadmap, likely: list[float], other: tuple[str, list[float]], choice: Choice
) -> list[AnswerWarning]:
    warnings = []
    means = [one.mean for one in roadmap.values]
    worst = max(range(len(means)), key=lambda index: abs(likely[index] - means[index]))
    gap, name = likely[worst] - means[worst], read.items[worst].name
    if abs(gap) > 0.1 * abs(means[worst]):
        message = (
            f"the likely figures of {quoted(name)} give {format_quantity(likely[worst], read.currency)}, "
            f"which is {format_quantity(abs(gap), read.currency)} {'more' if gap > 0 else 'less'} than the mean"
        )
        warnings.append(AnswerWarning("lopsided_ranges", message, "plan with npv, and not with likely_npv"))
    if set(choice.by_likely) != set(choice.order):
        message = f"the likely figures alone would choose {_names(read, choice.by_likely, ' + ') or 'nothing'}"
        warnings.append(AnswerWarning("likely_choice_differs", message, "say so, and plan with npv"))
    distribution, others = other
    if _order(means) != _order(others):
        pairs = zip(_order(means), _order(others))
        now, then = next((read.items[one].name, read.items[two].name) for one, two in pairs if one != two)
        message = f"with {distribution} instead, {quoted(then)} has a higher npv than {quoted(now)}"
        warnings.append(
            AnswerWarning("order_depends_on_distribution", message, f"compare with --distribution {distribution}")
        )
    if choice.chance_weeks is not None and choice.chance_weeks < 0.8:
        message = f"the weeks suffice only with {format_quantity(choice.chance_weeks, 'probability')}"
        warnings.append(AnswerWarning("weeks_are_tight", message, "plan with fewer weeks, so that a reserve is left"))
    return warnings


def _order(values: list[float]) -> list[int]:
    return sorted(range(len(values)), key=lambda index: -values[index])


_RESULTS = {
    "chosen_npv": "mean net present value of the chosen measures: together, with the interval of 90 % of the draws",
    "chosen_likely_npv": "net present value of the chosen measures by the likely figures alone: for comparison",
    "chosen_loss": "probability that the chosen measures together lose money",
    "chosen_weeks": "mean work of the chosen measures",
    "chance_weeks_suffice": "probability that the work of the chosen measures is within the weeks",
    "rival_npv": "mean net present value of the best set with a measure that is not chosen",
    "chance_over_rival": "probability that the choice is worth more than the next best set: the one of rival_npv",
    "draws": "number of draws",
}

_TABLES = {
    "measures": {
        "npv": "mean net present value: with the interval of 90 % of the draws",
        "likely_npv": "net present value of the likely figures alone, which is not the mean",
        "loss": "probability of a net present value below 0",
        "first": "probability of the largest net present value of all measures",
        "chosen": "whether the measure belongs to the best set",
        "weeks": "mean work",
        "npv_per_week": "mean net present value for a week of work",
        "rice": "RICE score: reach * impact * confidence / effort, for comparison",
        "wsjf": "WSJF score: (user_value + time_criticality + risk_reduction) / job_size, for comparison",
    },
    "plan": {
        "phase": "phase of the plan: 1 where the measure needs no other, else one more than what it needs",
        "start": "weeks of work before it, with one team",
        "end": "weeks of work until it is done",
        "npv_so_far": "mean net present value of the measures up to this one",
    },
}

COMMAND = Command(
    name="roadmap rank",
    summary="Which measures to do in which order: value by Monte-Carlo, and the best set for limited weeks.",
    fields=(
        MEASURES,
        YEARS,
        RATE,
        Field("weeks", NUMBER, "weeks of work that there are", "18", 0, 1e5, aliases=("capacity", "limit", "budget")),
        choice_field("timing", "when in each year a gain comes", tuple(GAIN_TIMES), "end"),
        choice_field("distribution", "how a figure is spread over its range", DISTRIBUTIONS, TRIANGULAR),
        Field("draws", COUNT, "Monte-Carlo draws (default 20000, fewer for many measures)", "20000",
              simulation.LEAST_DRAWS, 200_000),
        CURRENCY,
        columns_field(*ROLES, "ignore")._replace(example="cost_low=min,cost_likely=usual,cost_high=max"),
    ),
    run=run,
    formula="npv = gain * sum (1 + rate)^-t - cost, drawn from triangular or PERT distributions by a Latin hypercube; "
    "set: largest sum of mean npv with work within the weeks and all that is needed, by branch and bound",
    source="Brealey, Myers and Allen 2011, chapters 5 and 10; McKay, Beckman and Conover 1979; Savage 2009; Kellerer, "
    "Pferschy and Pisinger 2004, sections 2.4 and 13.1",
    example={
        "measures": "replica:12000..18000..40000:8000..15000..17000:4..6..9,"
        "images:25000..30000..70000:9000..24000..30000:9,"
        "arm:40000..60000..150000:30000..52000..60000:12:tests,tests:5000..7000..9000:1000..3000..5000:3",
        "years": "4",
        "rate": "8%",
        "weeks": "18",
    },
    results=_RESULTS,
    tables=_TABLES,
    formats={"svg": Format((".svg",), value_ranges)},
)  # fmt: skip
