"""Exact results for a number of servers with random arrivals and exponential service times."""

from __future__ import annotations

from acolytes_perf.declare import Command
from acolytes_perf.errors import InputError
from acolytes_perf.inputs.fields import MAX_ITEMS, Field, Inputs, choice_field
from acolytes_perf.inputs.offered_load import (
    ARRIVAL_RATE,
    MAX_TIME,
    OFFERED_LOAD,
    SERVERS,
    SERVICE_RATE,
    SERVICE_TIME,
    UTILISATION,
    OfferedLoad,
    check_stability,
    read_offered_load,
)
from acolytes_perf.inputs.units import DURATION, RATIO, complement
from acolytes_perf.methods.queueing import mmc
from acolytes_perf.outcome import AnswerWarning, Outcome, Result, ResultTable, Row
from acolytes_perf.wording import format_quantity, pluralize


def run(inputs: Inputs) -> Outcome:
    """Waiting and response times with percentiles, or the share that is lost when there is no queue."""
    offered, servers = read_offered_load(COMMAND.fields, inputs), int(inputs.number("servers"))
    if inputs.text("overflow") == "lost":
        return _lossy(inputs, offered, servers)
    check_stability(inputs, offered.load, servers)
    p_wait = mmc.erlang_c(offered.load, servers)
    results = [
        Result("offered_load", offered.load, "erlang"),
        Result("utilisation", offered.load / servers, "ratio"),
        Result("p_wait", p_wait, "probability"),
        Result("blocking_if_lost", mmc.erlang_b(offered.load, servers), "probability"),
        Result("p_empty", mmc.idle_probability(offered.load, servers), "probability"),
        *_times(inputs, offered, servers, p_wait),
    ]
    wait = p_wait / (servers - offered.load)
    results += [
        Result("mean_queue", offered.load * wait, "arrivals"),
        Result("mean_in_system", offered.load * (1 + wait), "arrivals"),
    ]
    scale, unit = offered.time_scale
    answer = (
        f"{pluralize(servers, 'server')} under {format_quantity(offered.load, 'erlang')} (utilisation "
        f"{format_quantity(offered.load / servers, 'ratio')}): {format_quantity(p_wait, 'probability')} wait, "
        f"{format_quantity(wait * scale, unit)} on "
        f"average; the response takes {format_quantity((1 + wait) * scale, unit)} on average."
    )
    general = {name: value for name, value in inputs.written.items() if name in _SHARED}
    assumptions = [
        "Poisson arrivals, exponential service times, one queue, first come first served, nobody gives up.",
        "Steady state: close to overload, an hour may be too short to reach it.",
    ]
    tables = [_percentiles(inputs, offered, servers, p_wait)]
    next_calls = [("queue mgc", {**general, "service_scv": "2"})]
    return Outcome(answer, results, assumptions, next_calls=next_calls, tables=tables)


def _percentiles(inputs: Inputs, offered: OfferedLoad, servers: int, p_wait: float) -> ResultTable:
    """A row for each percentile, in seconds or in service times."""
    rows, (scale, unit) = [], offered.time_scale
    for share in inputs.numbers("percentiles"):
        wait = mmc.wait_percentile(p_wait, offered.load, servers, share)
        response = mmc.response_percentile(p_wait, offered.load, servers, share)
        cells = [Result("wait", wait * scale, unit), Result("response", response * scale, unit)]
        rows.append(Row(f"p{100 * share:.12g}", cells))
    return ResultTable("percentiles", "percentile", rows)


def _times(inputs: Inputs, offered: OfferedLoad, servers: int, p_wait: float) -> list[Result]:
    """Mean times, in seconds or in service times, and the shares that take longer than `time`."""
    scale, unit = offered.time_scale
    spare = servers - offered.load
    mean = p_wait / spare
    results = [Result("mean_wait", mean * scale, unit), Result("mean_response", (1 + mean) * scale, unit)]
    if "time" in inputs:
        if offered.service_time is None:
            raise COMMAND.missing("service_time", "time is compared with it")
        time = inputs.number("time") / offered.service_time
        late = mmc.wait_tail_probability(p_wait, offered.load, servers, time)
        slow = mmc.response_tail_probability(p_wait, offered.load, servers, time)
        results += [Result("wait_exceeds", late, "probability"), Result("response_exceeds", slow, "probability")]
    return results


def _lossy(inputs: Inputs, offered: OfferedLoad, servers: int) -> Outcome:
    if "time" in inputs:
        raise InputError("/time", "has no meaning when nobody waits: leave it out", {"time": None})
    lost = mmc.erlang_b(offered.load, servers)
    results = [
        Result("offered_load", offered.load, "erlang"),
        Result("utilisation", offered.load * (1 - lost) / servers, "ratio"),
        Result("blocking", lost, "probability"),
    ]
    if offered.arrival_rate is not None:
        results.append(Result("lost_rate", lost * offered.arrival_rate, "1/s"))
    answer = (
        f"{pluralize(servers, 'server')} without a queue under {format_quantity(offered.load, 'erlang')} lose "
        f"{format_quantity(lost, 'probability')} of the arrivals."
    )
    assumptions = ["Poisson arrivals; one that finds all servers busy is lost; any service times with this mean."]
    many = [
        AnswerWarning(
            "much_is_lost", "more than a tenth of the arrivals is lost", "find the number of servers with queue size"
        )
    ] * (lost > 0.1)
    next_calls = [("queue size", {"offered_load": f"{offered.load:.12g} erlang", "blocking": "1%"})]
    return Outcome(answer, results, assumptions, many, next_calls)


#: Inputs that the other queueing commands take as well.
_SHARED = {"arrival_rate", "service_time", "service_rate", "utilisation", "offered_load", "servers"}

_RESULTS = {
    "offered_load": "arrival rate times mean service time: the number of servers that are busy on average",
    "utilisation": "share of the time that a server is busy",
    "p_wait": "share of the arrivals that wait (Erlang C)",
    "blocking": "share of the arrivals that is lost (Erlang B)",
    "blocking_if_lost": "share that would be lost if nobody could wait (Erlang B)",
    "p_empty": "share of the time that the system is empty",
    "mean_wait": "mean time in the queue, of all arrivals",
    "mean_response": "mean time in the queue and in service together",
    "wait_exceeds": "share of the arrivals that waits longer than the given time",
    "response_exceeds": "share of the arrivals whose response takes longer than the given time",
    "mean_queue": "arrivals that wait, on average",
    "mean_in_system": "arrivals that wait or are served, on average",
    "lost_rate": "arrivals lost per unit of time",
}

_TABLES = {
    "percentiles": {
        "wait": "time in the queue that this share of the arrivals does not exceed",
        "response": "time in the queue and in service together",
    }
}

COMMAND = Command(
    name="queue mmc",
    summary="Exact waits, percentiles and losses of a queue (M/M/c): random arrivals, exponential service.",
    fields=(
        ARRIVAL_RATE,
        SERVICE_TIME,
        SERVICE_RATE,
        OFFERED_LOAD,
        UTILISATION,
        SERVERS,
        Field(
            "percentiles",
            RATIO,
            "percentiles of the times to show",
            "50%,95%,99%",
            0.001,
            complement(1e-9),
            default="50%,95%,99%",
            max_items=MAX_ITEMS,
        ),
        Field("time", DURATION, "a time: shows the share of arrivals that takes longer", "200ms", 0, MAX_TIME),
        choice_field("overflow", "what happens to an arrival that finds all servers busy", ("wait", "lost"), "wait"),
    ),
    run=run,
    formula="C = c B / (c - a (1 - B)), 1/B = sum over k of c! / ((c - k)! a^k), a = rate * s; mean wait C s/(c - a); "
    "P(wait > t) = C exp(-(c - a) t / s); P(response > t) = exp(-t/s) + C (exp(-(c-a)t/s) - exp(-t/s)) / (1 - c + a)",
    source="Erlang 1917; Jagerman 1974 (stable sum); Kleinrock 1975, section 3.5; Bolch et al. 2006, section 6.5",
    example={"arrival_rate": "1200/s", "service_time": "80ms", "servers": "104"},
    results=_RESULTS,
    tables=_TABLES,
)
