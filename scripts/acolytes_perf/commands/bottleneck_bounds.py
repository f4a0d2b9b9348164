"""Limits of throughput and response time for a number of users."""

from __future__ import annotations

import math

from acolytes_perf.declare import Command
from acolytes_perf.errors import CannotAnswerError
from acolytes_perf.inputs.fields import Field, Inputs
from acolytes_perf.inputs.stations import STATIONS, THINK_TIME, Station, bottleneck, read_stations
from acolytes_perf.inputs.units import COUNT
from acolytes_perf.methods.queueing.networks import NetworkBounds, network_bounds
from acolytes_perf.outcome import MODEL, Interval, Outcome, Result, ResultTable, Row
from acolytes_perf.wording import format_quantity

USERS = Field("users", COUNT, "users that send, wait for the answer, and think", "20", 1, 10**9, required=True)


def run(inputs: Inputs) -> Outcome:
    """The limits, and the number of users from which on the bottleneck is the limit."""
    network, think, users = read_stations(inputs), inputs.number("think_time"), int(inputs.number("users"))
    slowest = bottleneck(network)
    if slowest is None:
        raise CannotAnswerError("/stations", "no station has a demand and a queue; missing: the demand of one")
    limits = network_bounds(network, think, users)
    total = math.fsum(station.demand for station in network)
    turn = (total + think) / slowest.demand_per_server
    results = [
        Result("max_throughput", limits.max_throughput, "1/s"),
        Result("min_throughput", limits.min_throughput, "1/s"),
        Result("min_response", limits.min_response, "s"),
        Result("max_response", limits.max_response, "s"),
        Result("saturation_users", turn, "users"),
        Result("saturated_throughput", 1 / slowest.demand_per_server, "1/s"),
    ]
    busy = [Row(station.name, [_busy(station, limits)]) for station in network if not station.is_delay]
    place = "beyond" if users > turn else "below"
    answer = (
        f"{users} users get {format_quantity(limits.min_throughput, '1/s')} to "
        f"{format_quantity(limits.max_throughput, '1/s')} at "
        f"{format_quantity(limits.min_response, 's')} to {format_quantity(limits.max_response, 's')}; "
        f"{slowest.name} is the bottleneck: "
        f"they are {place} the {format_quantity(turn, 'users')} from which on it is the limit."
    )
    assumptions = ["Product form: work arrives in random order, and demands do not grow with the load."]
    if any(station.servers > 1 for station in network):
        assumptions.append(
            "In the pessimistic limits, several servers count as one with the whole demand. These limits are "
            "wide, but safe."
        )
    next_calls = [("bottleneck mva", dict(inputs.written))] if users <= 5000 else []
    tables = [ResultTable("stations", "station", busy)]
    return Outcome(answer, results, assumptions, next_calls=next_calls, tables=tables)


def _busy(station: Station, limits: NetworkBounds) -> Result:
    least, most = limits.min_throughput * station.demand_per_server, limits.max_throughput * station.demand_per_server
    return Result("utilisation", most, "ratio", Interval(least, most, MODEL))


_RESULTS = {
    "max_throughput": "highest throughput that is possible: no system of product form with these demands has a higher "
    "one",
    "min_throughput": "lowest throughput that is possible: no system of product form with these demands has a lower "
    "one",
    "min_response": "shortest response time that is possible: no system of product form with these demands answers "
    "faster",
    "max_response": "longest response time that is possible: no system of product form with these demands answers more "
    "slowly",
    "saturation_users": "number of users at which the bottleneck starts to limit the throughput",
    "saturated_throughput": "the most that the bottleneck lets through, for any number of users",
}

_TABLES = {"stations": {"utilisation": "share of the time that a server of the station is busy, at most"}}

COMMAND = Command(
    name="bottleneck bounds",
    summary="Limits of throughput and response time for a number of users, from service demands alone.",
    fields=(STATIONS, USERS, THINK_TIME),
    run=run,
    formula="X <= min(servers / D, N / (sum D + Z), N / (sum D + Z + (N - 1) mean D / (1 + Z / sum D))); "
    "X >= N / (sum D + Z + (N - 1) max D / (1 + Z / (N sum D))); R = N / X - Z",
    source="Lazowska et al. 1984, chapter 5 and table 5.2 (asymptotic and balanced system bounds)",
    example={"stations": "cpu:9.2s,disk:8s", "users": "20", "think_time": "120s"},
    results=_RESULTS,
    tables=_TABLES,
)
