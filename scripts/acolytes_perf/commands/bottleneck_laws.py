"""What measured counts, rates and times imply, and which station is the bottleneck."""

from __future__ import annotations

import math
from typing import NamedTuple

from acolytes_perf.declare import Command
from acolytes_perf.errors import CannotAnswerError, InputError
from acolytes_perf.inputs.fields import Field, Inputs
from acolytes_perf.inputs.offered_load import ARRIVAL_RATE, MAX_TIME
from acolytes_perf.inputs.stations import STATION_COLUMNS, STATIONS, THINK_TIME, Station, bottleneck, read_stations
from acolytes_perf.inputs.tables import Table
from acolytes_perf.inputs.units import COUNT, DURATION, NUMBER, RATIO, at_most
from acolytes_perf.methods.queueing.networks import open_residence_time
from acolytes_perf.outcome import AnswerWarning, Outcome, Result, ResultTable, Row
from acolytes_perf.wording import format_quantity, pluralize

#: Two ways to the same number that differ by more are no measurement of one system.
_APART = 0.05


def run(inputs: Inputs) -> Outcome:
    """Utilisation and service time from counts, Little's law for what is missing, demands and the bottleneck."""
    throughput, results = _counted(inputs)
    implied, warnings = _little(inputs, throughput)
    results += implied
    computed = next((result.value for result in results if result.name == "throughput"), None)
    throughput = throughput if computed is None else float(computed)
    rows: list[Row] = []
    sentences = [
        _SAID.get(name, f"{name.replace('_', ' ')} {{}}").format(format_quantity(value, unit))
        for name, value, unit, *_ in results
    ]
    sentences += ["these do not agree with the number of users"] * bool(warnings)
    assumptions = ["As many requests ended as began while it was measured. The laws hold for any distribution."]
    next_calls = []
    if "stations" in inputs:
        each = read_stations(inputs, throughput)
        network = _network(each, throughput)
        results += network.results
        rows = network.rows
        sentences.append(network.answer)
        warnings += network.warnings
        if throughput is not None:
            assumptions.append("Times at the stations: random arrivals, with exponential service or processor sharing.")
        if "users" in inputs:
            users = max(1, round(inputs.number("users")))
            think = {name: inputs.written[name] for name in ("think_time",) if name in inputs.written}
            think.update({one.name: f"{one.value:.9g}s" for one in results if one.name == "think_time"})
            next_calls = [("bottleneck bounds", {"stations": _for_others(inputs, each), "users": users, **think})]
    if not results:
        message = "too few inputs: add two of --throughput, --response-time and --users, or counts, or --stations"
        raise InputError("", message, {"stations": STATIONS.example})
    answer = "; ".join(sentences)
    answer = f"{answer[0].upper()}{answer[1:]}."
    return Outcome(
        answer, results, assumptions, warnings, next_calls, tables=[ResultTable("stations", "station", rows)]
    )


def _counted(inputs: Inputs) -> tuple[float | None, list[Result]]:
    """Throughput, utilisation and service time from what was counted over a span."""
    throughput = inputs.optional("throughput")
    present = inputs.present("span", "completions", "busy")
    if not present:
        return throughput, []
    if "completions" not in inputs or "span" not in inputs:
        raise COMMAND.missing("span" if "span" not in inputs else "completions", f"{present[0]} alone gives no rate")
    if throughput is not None:
        raise InputError("/throughput", "follows from completions and span: leave it out", {"throughput": None})
    span, completions = inputs.number("span"), inputs.number("completions")
    results = [Result("throughput", completions / span, "1/s")]
    if "busy" in inputs:
        busy = inputs.number("busy")
        if not at_most(busy, span):
            raise InputError(
                "/busy", f"is longer than the {format_quantity(span, 's')} that it was measured in: give at most that"
            )
        results += [Result("utilisation", busy / span, "ratio"), Result("service_time", busy / completions, "s")]
    return completions / span, results


def _little(inputs: Inputs, throughput: float | None) -> tuple[list[Result], list[AnswerWarning]]:
    """What follows from Little's law: users = throughput * (response time + think time)."""
    response, users, think = inputs.optional("response_time"), inputs.optional("users"), inputs.number("think_time")
    results: list[Result] = []
    warnings: list[AnswerWarning] = []
    if throughput is not None and response is not None:
        results.append(Result("in_system", throughput * response, "requests"))
        implied = throughput * (response + think)
        if think:
            results.append(Result("users", implied, "users"))
        has_think_time = "think_time" in inputs.written
        if users is not None and not has_think_time and users > (1 + _APART) * implied:
            results.append(Result("think_time", users / throughput - response, "s"))
        elif users is not None and abs(implied - users) > _APART * users:
            message = (
                f"{format_quantity(users, 'users')} were given, and throughput and times imply "
                f"{format_quantity(implied, '')}"
            )
            fix = "measure all of them over the same time, or look for users that wait elsewhere"
            warnings.append(AnswerWarning("do_not_agree", message, fix))
    elif users is not None and throughput is not None:
        if not at_most(throughput * think, users):
            message = (
                f"{format_quantity(users, 'users')} that think {format_quantity(think, 's')} make at most "
                f"{format_quantity(users / think, '1/s')}"
            )
            raise InputError("/users", message)
        results.append(Result("response_time", max(0.0, users / throughput - think), "s"))
    elif users is not None and response is not None and response + think > 0:
        results.append(Result("throughput", users / (response + think), "1/s"))
    return results, warnings


class _Network(NamedTuple):
    """What follows from the stations alone, or with a throughput."""

    results: list[Result]
    rows: list[Row]
    answer: str
    warnings: list[AnswerWarning]


def _network(each: list[Station], throughput: float | None) -> _Network:
    """The demands and the highest throughput; with a throughput also utilisations and times."""
    slowest = bottleneck(each)
    if slowest is None:
        raise CannotAnswerError("/stations", "no station has a demand and a queue; missing: the demand of one")
    most = 1 / slowest.demand_per_server
    results = [
        Result("max_throughput", most, "1/s"),
        Result("total_demand", math.fsum(station.demand for station in each), "s"),
    ]
    answer = f"{slowest.name} is the bottleneck: at most {format_quantity(most, '1/s')}"
    demands = [Result("demand", station.demand, "s") for station in each]
    if throughput is None:
        return _Network(results, [Row(station.name, [demand]) for station, demand in zip(each, demands)], answer, [])
    if throughput >= most * (1 - 1e-12):
        raise _overloaded(each, throughput)
    times = [open_residence_time(station, throughput) for station in each]
    results.append(Result("network_response", math.fsum(times), "s"))
    rows = []
    for station, demand, time in zip(each, demands, times):
        cells = [demand]
        if not station.is_delay:
            cells.append(Result("utilisation", throughput * station.demand / station.servers, "ratio"))
        if station.visits is not None:
            cells.append(Result("throughput", throughput * station.visits, "1/s"))
        cells += [Result("queue_length", throughput * time, "requests"), Result("residence_time", time, "s")]
        rows.append(Row(station.name, cells))
    answer += f", {format_quantity(throughput / most, 'ratio')} of it used; with random arrivals a response takes "
    answer += format_quantity(math.fsum(times), "s")
    warnings = []
    if throughput > 0.9 * most:
        message = (
            f"{slowest.name} is {format_quantity(throughput / most, 'ratio')} busy: a little more load multiplies "
            "the times"
        )
        warnings.append(
            AnswerWarning("near_saturation", message, "add servers there, or lower its demand, before a peak")
        )
    return _Network(results, rows, answer, warnings)


def _overloaded(each: list[Station], throughput: float) -> CannotAnswerError:
    """The error that names every overloaded station, and what it lacks."""
    over = [
        station
        for station in each
        if not station.is_delay and throughput * station.demand >= station.servers * (1 - 1e-12)
    ]
    most = ", ".join(
        f"{station.name} carries at most {format_quantity(station.servers / station.demand, '1/s')}" for station in over
    )
    lacking = ", ".join(
        f"{pluralize(math.floor(throughput * station.demand * (1 + 1e-9)) + 1 - station.servers, 'server')} more for "
        f"{station.name}, "
        f"or a demand there below {format_quantity(station.servers / throughput, 's')}"
        for station in over
    )
    are = "they are" if len(over) > 1 else "it is"
    message = f"{most}, not {format_quantity(throughput, '1/s')}: {are} overloaded; missing: {lacking}"
    return CannotAnswerError("/stations", message)


def _for_others(inputs: Inputs, each: list[Station]) -> object:
    """The stations as the other bottleneck commands take them, in the user's words where possible."""
    if not any("utilisation" in row for row in inputs.rows("stations")):
        return inputs.written["stations"]
    return ",".join(
        f"{station.name}:{station.demand:.9g}s:{station.servers}{':::delay' * station.is_delay}" for station in each
    )


#: How the answer says what Little's law gives; the network's response time is another figure.
_SAID = {
    "in_system": "{} are in the system on average",
    "response_time": "by Little's law a response takes {}",
    "users": "that takes {}",
    "think_time": "with that many users, each thinks {} between answer and next request",
}

_RESULTS = {
    "throughput": "requests per unit of time",
    "utilisation": "share of the measured span that the resource was busy",
    "service_time": "busy time per request",
    "in_system": "requests in the system on average (Little's law)",
    "users": "requests in the system and users that think, on average",
    "response_time": "time between a request and its answer, from throughput and users (Little's law)",
    "think_time": "a user's time between answer and next request: from users, throughput and response time, where none "
    "is given",
    "max_throughput": "the highest throughput; above it the bottleneck is overloaded",
    "total_demand": "response time of a request that never waits",
    "network_response": "response time of all stations together, for random arrivals (an open network)",
}

_TABLES = {
    "stations": {
        "demand": "time that one request keeps the station busy, over all its visits",
        "utilisation": "share of the time that a server of the station is busy",
        "throughput": "visits per unit of time",
        "queue_length": "requests at the station on average",
        "residence_time": "time that a request spends at the station, over all its visits",
    }
}

COMMAND = Command(
    name="bottleneck laws",
    summary="What measured counts, rates and times imply (Little's law, utilisation), and which station is the limit.",
    fields=(
        ARRIVAL_RATE._replace(name="throughput", doc="requests answered per unit of time", aliases=("arrival_rate",)),
        Field("response_time", DURATION, "mean time from request to answer", "350ms", 0, MAX_TIME),
        Field("users", NUMBER, "users, or requests in the system on average", "40", 1e-9, 1e9, aliases=("n",)),
        THINK_TIME,
        Field("span", DURATION, "how long it was measured", "60s", 1e-6, MAX_TIME),
        Field("completions", COUNT, "requests completed in the span", "1800", 1, 10**15),
        Field("busy", DURATION, "time in the span during which the resource was busy", "36s", 0, MAX_TIME),
        Table(
            "stations",
            (
                *STATION_COLUMNS,
                Field("utilisation", RATIO, "measured at throughput, instead of demand", "35%", 1e-9, 1),
            ),
            STATIONS.doc,
            STATIONS.example,
            max_rows=STATIONS.max_rows,
        ),
    ),
    run=run,
    formula="X = C / T, U = B / T = X D, D = V S, N = X (R + Z); at most X = min of servers / D; "
    "open: R = sum of D (1 + Erlang C / (servers - X D))",
    source="Denning and Buzen 1978; Lazowska et al. 1984, chapters 3 and 6; Little 1961",
    example={"throughput": "12/s", "stations": "cpu:20ms:4,disk:45ms,api:120ms:1:::delay"},
    results=_RESULTS,
    tables=_TABLES,
)
