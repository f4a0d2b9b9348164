"""Throughput and response time for a number of users, exactly for product-form networks."""

from __future__ import annotations

import math

from acolytes_perf.commands.bottleneck_bounds import USERS
from acolytes_perf.declare import Answer, Command, Format
from acolytes_perf.errors import CannotAnswerError, InputError, quoted
from acolytes_perf.inputs.fields import Field, Inputs, text_field
from acolytes_perf.inputs.offered_load import MAX_TIME
from acolytes_perf.inputs.stations import NAME_DESCRIPTION, STATIONS, THINK_TIME, Station, bottleneck, read_stations
from acolytes_perf.inputs.tables import Table
from acolytes_perf.inputs.units import COUNT, DURATION
from acolytes_perf.methods.queueing import networks
from acolytes_perf.outcome import Outcome, Result, ResultTable, Row
from acolytes_perf.outputs.document import mark
from acolytes_perf.outputs.plot import Axis, Shape, plot
from acolytes_perf.wording import format_quantity, pluralize

#: Steps of the calculation: about two seconds.
_MOST_STEPS = 3_000_000
_NAME = r"[\w-]{1,40}"


def run(inputs: Inputs) -> Outcome:
    """One class of users, or several with their own demands."""
    network = read_stations(inputs)
    if bottleneck(network) is None:
        raise CannotAnswerError("/stations", "no station has a demand and a queue; missing: the demand of one")
    return _classes(inputs, network) if "classes" in inputs else _single(inputs, network)


def _single(inputs: Inputs, network: list[Station]) -> Outcome:
    if "demands" in inputs:
        raise COMMAND.missing("classes", "demands are those of classes")
    if "users" not in inputs:
        raise COMMAND.missing("users", USERS.doc)
    users, think = int(inputs.number("users")), inputs.number("think_time")
    most = _MOST_STEPS // _steps(network)
    way_out = f"at most {pluralize(most, 'user')} for these stations, or bottleneck bounds, which takes any number"
    _check_size(users * _steps(network), "/users", way_out if most else "fewer stations with several servers")
    solution = networks.exact_mva(network, think, users)
    throughput = solution.throughputs[-1]
    response = math.fsum(solution.residence_times)
    slowest = bottleneck(network)
    assert slowest
    results = [
        Result("throughput", throughput, "1/s"),
        Result("response_time", response, "s"),
        Result("thinking_users", throughput * think, "users"),
    ]
    tables = [ResultTable("stations", "station", _rows(network, throughput, solution))]
    answer = (
        f"{users} users get {format_quantity(throughput, '1/s')} at a response time of "
        f"{format_quantity(response, 's')}; {slowest.name} is "
        f"{format_quantity(throughput * slowest.demand_per_server, 'ratio')} busy."
    )
    twice = 2 * users * _steps(network) <= _MOST_STEPS and 2 * users <= USERS.maximum
    next_calls = [("bottleneck mva", {**inputs.written, "users": 2 * users})] if twice else []
    return Outcome(answer, results, _ASSUMPTIONS, next_calls=next_calls, tables=tables)


def _rows(network: list[Station], throughput: float, solution: networks.MvaSolution) -> list[Row]:
    """A row for each station."""
    rows = []
    for station, residence, number in zip(network, solution.residence_times, solution.queue_lengths):
        cells = [Result("queue_length", number, "requests"), Result("residence_time", residence, "s")]
        if not station.is_delay:
            cells.insert(0, Result("utilisation", throughput * station.demand_per_server, "ratio"))
        if station.visits is not None:
            cells.append(Result("response_per_visit", residence / station.visits, "s"))
        rows.append(Row(station.name, cells))
    return rows


def _steps(network: list[Station]) -> int:
    several = [station.servers for station in network if station.servers > 1 and not station.is_delay]
    return (len(network) + sum(several)) << len(several)


def _check_size(steps: float, pointer: str, way_out: str) -> None:
    if steps > _MOST_STEPS:
        message = f"the exact solution takes {steps:.0f} steps, more than {_MOST_STEPS}; missing: {way_out}"
        raise CannotAnswerError(pointer, message)


def _classes(inputs: Inputs, network: list[Station]) -> Outcome:
    if "users" in inputs:
        raise InputError("/users", "is the sum of the classes' users: leave it out", {"users": None})
    if any(station.servers > 1 and not station.is_delay for station in network):
        message = "classes are solved for stations with one server; missing: stations that have one, or a single class"
        raise CannotAnswerError("/stations", message)
    rows = inputs.rows("classes")
    names = [row.text("name") or "" for row in rows]
    demands = _demands(inputs, network, names)
    users, thinks = [int(row.number("users")) for row in rows], [row.number("think_time") for row in rows]
    for index, name in enumerate(names):
        if thinks[index] + math.fsum(demands[index]) == 0:
            message = f"{quoted(name)} has neither a demand nor a think time; missing: one of them"
            raise CannotAnswerError(f"/classes/{index}", message)
    steps = math.prod(count + 1 for count in users) * len(users) * len(network)
    _check_size(steps, "/classes", "fewer users, or classes that are joined")
    solution = networks.multiclass_mva(demands, [station.is_delay for station in network], thinks, users)
    results = [Result("throughput", math.fsum(solution.throughputs), "1/s")]
    classes, by_class = [], []
    for name, throughput, residence in zip(names, solution.throughputs, solution.residence_times):
        response = math.fsum(residence)
        classes.append(Row(name, [Result("throughput", throughput, "1/s"), Result("response_time", response, "s")]))
        by_class.append(f"{name} {format_quantity(throughput, '1/s')} at {format_quantity(response, 's')}")
    places = []
    for k, station in enumerate(network):
        cells = [Result("queue_length", solution.queue_lengths[k], "requests")]
        if not station.is_delay:
            busy = math.fsum(throughput * demands[index][k] for index, throughput in enumerate(solution.throughputs))
            cells.insert(0, Result("utilisation", busy, "ratio"))
        places.append(Row(station.name, cells))
    tables = [ResultTable("classes", "class", classes), ResultTable("stations", "station", places)]
    answer = f"Throughput and response time by class: {', '.join(by_class)}."
    return Outcome(answer, results, _ASSUMPTIONS, tables=tables)


def _demands(inputs: Inputs, network: list[Station], names: list[str]) -> list[list[float]]:
    """Demand by class and station: the station's own, unless the class has another."""
    places = [station.name for station in network]
    demands = [[station.demand for station in network] for _ in names]
    for index, row in enumerate(inputs.rows("demands")):
        for name, allowed in (("class", names), ("station", places)):
            if row.text(name) not in allowed:
                raise InputError(
                    f"/demands/{index}/{name}", f"{quoted(row.text(name))} is not one of {', '.join(allowed)}"
                )
        demands[names.index(row.text("class") or "")][places.index(row.text("station") or "")] = row.number("demand")
    return demands


def curve(answer: Answer) -> str:
    """Throughput by users, with the limits that bound it."""
    inputs = answer.inputs
    if "classes" in inputs:
        raise CannotAnswerError("", "the curve is of one class of users; missing: a single class", {"--format": None})
    network, think, users = read_stations(inputs), inputs.number("think_time"), int(inputs.number("users"))
    throughputs = networks.exact_mva(network, think, users).throughputs
    shown = sorted({max(1, round(users * step / 200)) for step in range(1, 201)})
    limits = [networks.network_bounds(network, think, count) for count in shown]
    return plot(
        "Throughput by users",
        answer.outcome.answer,
        Axis("users"),
        Axis("throughput", "1/s"),
        [
            Shape("band", "bounds", [(n, one.min_throughput, one.max_throughput) for n, one in zip(shown, limits)]),
            Shape("line", "exact", [(count, throughputs[count - 1]) for count in shown]),
        ],
        mark(answer),
    )


_ASSUMPTIONS = (
    "Product form: exponential service in order of arrival, or processor sharing; demands do not grow with the load.",
    "Steady state; every user waits for the answer before thinking and sending again.",
)

_RESULTS = {
    "throughput": "answers per unit of time",
    "response_time": "mean time of an answer, without the think time",
    "thinking_users": "users that think, on average",
}

_TABLES = {
    "stations": {
        "utilisation": "share of the time that a server of the station is busy",
        "queue_length": "requests at the station on average",
        "residence_time": "time that a request spends at the station, over all its visits",
        "response_per_visit": "time of one visit, waiting and service",
    },
    "classes": {
        "throughput": "answers to users of the class per unit of time",
        "response_time": "mean time of an answer to users of the class",
    },
}

COMMAND = Command(
    name="bottleneck mva",
    summary="Exact throughput and response time for a number of users or classes (mean value analysis).",
    fields=(
        STATIONS,
        USERS._replace(required=False),
        THINK_TIME,
        Table(
            "classes",
            (
                text_field("name", "name of the class", "web", _NAME, NAME_DESCRIPTION)._replace(required=True),
                Field("users", COUNT, "its users", "20", 0, 10**6, required=True),
                THINK_TIME,
            ),
            "classes of users, instead of users",
            "web:20:5s,batch:2",
            max_rows=6,
        ),
        Table(
            "demands",
            (
                text_field("class", "name of the class", "batch", _NAME, NAME_DESCRIPTION)._replace(required=True),
                text_field("station", "name of the station", "disk", _NAME, NAME_DESCRIPTION)._replace(required=True),
                Field("demand", DURATION, "its own demand there", "300ms", 0, MAX_TIME, required=True),
            ),
            "demands of a class that differ from those of the stations",
            "batch:disk:300ms",
        ),
    ),
    run=run,
    formula="R_k(n) = D_k (1 + Q_k(n - 1)), X(n) = n / (Z + sum R_k), Q_k = X R_k; several servers by p(j|n) = "
    "D X(n) p(j - 1|n - 1) / j, p(0|n) = p(0|n - 1) X(n) / X of the network without it",
    source="Reiser and Lavenberg 1980; Reiser 1981; Lazowska et al. 1984, chapters 6 to 8",
    example={"stations": "cpu:20ms:4,disk:45ms,api:120ms:1:::delay", "users": "50", "think_time": "1s"},
    results=_RESULTS,
    tables=_TABLES,
    formats={"svg": Format((".svg",), curve)},
)
