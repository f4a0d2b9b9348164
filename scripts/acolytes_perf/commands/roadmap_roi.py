"""Whether an investment pays: net present value, all internal rates of return, payback, with the timing stated."""

from __future__ import annotations

import math
from collections.abc import Sequence

from acolytes_perf.declare import Answer, Command, Format
from acolytes_perf.errors import CannotAnswerError
from acolytes_perf.inputs.fields import Inputs, choice_field
from acolytes_perf.inputs.money import CURRENCY
from acolytes_perf.methods.roadmap import cash_flows
from acolytes_perf.methods.roadmap.cash_flows import Flow
from acolytes_perf.methods.roadmap.flow_list import FLOWS, PERIODS, ROLES, TIMINGS, Flows, read_flows
from acolytes_perf.methods.roadmap.inputs import RATE
from acolytes_perf.outcome import SCENARIO, AnswerWarning, Interval, Outcome, Result, ResultTable, Row
from acolytes_perf.series.series_input import columns_field
from acolytes_perf.wording import format_interval, format_quantity


def run(inputs: Inputs) -> Outcome:
    """Value, rates and payback of the flows, and the same if they ended after each one."""
    read = read_flows(inputs)
    flows, unit = read.flows, read.currency
    per_year = 1 if read.is_dated else PERIODS[inputs.text("period") or "year"]
    if not any(flow.amount for flow in flows):
        raise CannotAnswerError("/flows", "all flows are 0; missing: the cost and the gains")
    yearly = inputs.estimate("rate")
    low, rate, high = (math.expm1(math.log1p(one) / per_year) for one in yearly)
    value = cash_flows.present_value(flows, rate)
    ends = [cash_flows.present_value(flows, one) for one in (low, rate, high)]
    interval = Interval(min(ends), max(ends), SCENARIO) if yearly.has_interval else None
    of_periods = cash_flows.internal_rates(flows)
    rates = [_yearly(one, per_year) for one in of_periods]
    shown = cash_flows.spreadsheet_rate(of_periods)
    results = [Result("npv", value, unit, interval)]
    if shown is not None:
        results.append(Result("irr", _yearly(shown, per_year), "ratio"))
    results.append(Result("irr_count", len(rates), "rates"))
    modified = cash_flows.modified_rate(flows, rate, rate)
    if modified is not None:
        results.append(Result("mirr", _yearly(modified, per_year), "ratio"))
    plain, discounted = (cash_flows.payback(flows, one) for one in (0.0, rate))
    results += [
        Result("payback", _in_years(plain, per_year), "years"),
        Result("discounted_payback", _in_years(discounted, per_year), "years"),
    ]
    paid = -math.fsum(flow.amount for flow in flows if flow.amount < 0)
    earned = math.fsum(flow.amount for flow in flows if flow.amount > 0)
    if paid:
        results.append(Result("roi", earned / paid - 1, "ratio"))
    if not read.is_dated and "timing" not in inputs.written:
        results.append(Result("spreadsheet_npv", value / (1 + rate), unit))
    tables = [
        ResultTable("flows", "date" if read.is_dated else "period", _rows(read, rate, per_year)),
    ]
    if len(rates) > 1:
        rows = [Row(str(index), [Result("rate", one, "ratio")]) for index, one in enumerate(rates, 1)]
        tables.append(ResultTable("rates", "internal rate", rows))
    answer = _answer(results, rates, yearly.value, unit)
    warnings = _warnings(flows, rates, yearly.value)
    return Outcome(answer, results, _assumptions(inputs, read, per_year), warnings, tables=tables)


def _yearly(rate: float, per_year: int) -> float:
    """The rate of a year from that of a period."""
    return math.expm1(per_year * math.log1p(rate)) if per_year > 1 else rate


def _in_years(periods: float | None, per_year: int) -> float | None:
    return None if periods is None else periods / per_year


def _rows(read: Flows, rate: float, per_year: int) -> list[Row]:
    """Each flow, the sums so far, and the internal rate if this flow were the last one."""
    rows, plain, discounted = [], 0.0, 0.0
    for index, (flow, label) in enumerate(zip(read.flows, read.labels)):
        present = cash_flows.present_value([flow], rate)
        plain, discounted = plain + flow.amount, discounted + present
        cells = [
            Result("flow", flow.amount, read.currency),
            Result("present_value", present, read.currency),
            Result("sum_so_far", plain, read.currency),
            Result("npv_so_far", discounted, read.currency),
        ]
        so_far = cash_flows.spreadsheet_rate(cash_flows.internal_rates(read.flows[: index + 1])) if index < 60 else None
        if so_far is not None:
            cells.append(Result("irr_so_far", _yearly(so_far, per_year), "ratio"))
        rows.append(Row(label if label not in read.labels[:index] else f"{label} ({index})", cells))
    return rows


def _answer(results: Sequence[Result], rates: Sequence[float], rate: float, unit: str) -> str:
    cells = {result.name: result for result in results}
    npv = cells["npv"]
    text = f"Net present value {format_quantity(npv.value, unit)} at {format_quantity(rate, 'ratio')} a year"
    if npv.interval is not None:
        text += f" ({format_interval(npv.interval.low, npv.interval.high, unit, SCENARIO, None)})"
    if not rates:
        text += "; no internal rate of return exists"
    elif len(rates) == 1:
        text += f"; internal rate of return {format_quantity(rates[0], 'ratio')}"
    else:
        texts = " and ".join(format_quantity(one, "ratio") for one in rates)
        text += f"; {len(rates)} internal rates of return, {texts}, so that none of them decides"
    back = cells["payback"].value
    if back is None:
        return f"{text}; it is never paid back."
    after = cells["discounted_payback"].value
    text += f"; paid back after {format_quantity(back, 'years')}"
    return f"{text}, " + (
        "with interest never." if after is None else f"with interest {format_quantity(after, 'years')}."
    )


def _assumptions(inputs: Inputs, read: Flows, per_year: int) -> list[str]:
    if read.is_dated:
        timing = "The first flow is at time 0; years have 365 days, as in XNPV and XIRR of spreadsheets"
    else:
        place = inputs.text("timing") or "end"
        period = inputs.text("period") or "year"
        timing = f"The first flow is now, each later one at the {place} of its {period}"
    texts = [
        f"{timing}.",
        "Of several internal rates irr is the one nearest to 10 %, the guess of spreadsheets. Their NPV discounts the "
        + ("first flow, too (spreadsheet_npv)." if not read.is_dated else "first flow, too; XNPV does not."),
        "Within a period the payback counts its flow as if it came in evenly. mirr pays and earns the given rate.",
        *read.notes,
    ]
    if per_year > 1:
        texts.append(f"All rates are effective ones of a year: (1 + rate of a period)^{per_year} - 1.")
    return texts


def _warnings(flows: Sequence[Flow], rates: Sequence[float], rate: float) -> list[AnswerWarning]:
    warnings = []
    if len(rates) > 1:
        message = f"the flows change their sign several times, and have {len(rates)} internal rates"
        warnings.append(AnswerWarning("several_rates", message, "decide by npv, or quote mirr"))
    if not rates:
        message = "no rate makes the value of these flows 0"
        warnings.append(AnswerWarning("no_rate", message, "decide by npv"))
    first = next(flow.amount for flow in flows if flow.amount)
    if first > 0 and len(rates) == 1:
        message = "money comes in first, as with a loan: here a lower internal rate is better"
        warnings.append(
            AnswerWarning("like_a_loan", message, f"compare it with what a loan costs, not with {rate:.4g}")
        )
    return warnings


def picture(answer: Answer) -> str:
    """The picture of the answer; what draws it is imported only here."""
    from acolytes_perf.outputs.flow_picture import value_so_far

    return value_so_far(answer)


_RESULTS = {
    "npv": "net present value; with a range of rates the least and the most",
    "irr": "internal rate of return of a year; of several, the one that spreadsheets print",
    "irr_count": "number of internal rates of return",
    "mirr": "modified internal rate of return: outflows are financed and inflows invested at the rate of the call",
    "payback": "time until the flows so far are paid back: years until they sum up to 0 or more for good; never where "
    "they do not",
    "discounted_payback": "time until the flows so far are paid back with interest",
    "roi": "return on investment: all that comes in over all that goes out, minus 1, without interest",
    "spreadsheet_npv": "net present value as spreadsheets print: NPV of all flows, which discounts the first one, too",
}

_TABLES = {
    "flows": {
        "flow": "money in, or out where it is negative",
        "present_value": "present value of the flow: at the time of the first flow",
        "sum_so_far": "sum of the flows up to this one",
        "npv_so_far": "net present value of the flows up to this one",
        "irr_so_far": "internal rate of return of a year if this were the last flow",
    },
    "rates": {"rate": "a rate at which the net present value is 0"},
}

COMMAND = Command(
    name="roadmap roi",
    summary="Whether an investment pays: net present value, internal rates of return, payback, from cash flows.",
    fields=(
        FLOWS,
        RATE._replace(example="6%..8%..10%", takes_interval=True),
        choice_field("period", "time between two flows without dates", tuple(PERIODS), "year"),
        choice_field("timing", "when in its period a flow after the first one comes", tuple(TIMINGS), "end"),
        CURRENCY,
        columns_field(*ROLES, "ignore")._replace(example="amount=net,ignore=comment"),
    ),
    run=run,
    formula="npv = sum of flow (1 + rate)^-t; irr: every rate with npv = 0, found between the roots of derivatives "
    "with fewer changes of sign; mirr = (value of inflows at the end / value of outflows now)^(1/n) - 1",
    source="Brealey, Myers and Allen 2011, chapters 2 and 5; Microsoft Excel documentation of NPV, IRR, MIRR and XIRR",
    example={"flows": "-70000,12000,15000,18000,21000,26000", "rate": "6%..8%..10%"},
    results=_RESULTS,
    tables=_TABLES,
    formats={"svg": Format((".svg",), picture)},
)
