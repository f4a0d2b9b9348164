"""Stations that every request visits: processors, disks, pools, services behind; as the bottleneck commands take them.

A demand is the time that one request keeps a station busy in all of its visits together.
"""

from __future__ import annotations

from typing import NamedTuple

from acolytes_perf.errors import InputError, quoted
from acolytes_perf.inputs.demand import MOST_TIME
from acolytes_perf.inputs.fields import Field, Inputs, choice_field, text_field
from acolytes_perf.inputs.tables import Table
from acolytes_perf.inputs.units import COUNT, DURATION, NUMBER

QUEUE, DELAY = "queue", "delay"
_NAME = r"[\w-]{1,40}"
SAID_NAME = "a name of letters, digits, _ and -"

COLUMNS = (
    text_field("name", "name of the station", "cpu", _NAME, SAID_NAME)._replace(required=True, also=("station",)),
    Field("demand", DURATION, "time that a request keeps it busy, in all visits together", "20ms", 1e-9, MOST_TIME),
    Field("servers", COUNT, "servers that work at the same time", "4", 1, 1000, default="1"),
    Field("visits", NUMBER, "visits of a request, with service_time instead of demand", "16", 1e-9, 1e9),
    Field("service_time", DURATION, "time of one visit without waiting", "5ms", 1e-9, MOST_TIME),
    choice_field("kind", "a queue, or a delay where nobody waits for another", (QUEUE, DELAY), QUEUE),
)
STATIONS = Table(
    "stations", COLUMNS, "what a request visits", "cpu:20ms:4,disk:45ms,api:120ms", most_rows=100, required=True
)
THINK_TIME = Field(
    "think_time", DURATION, "time between an answer and the same user's next request", "5s", 0, MOST_TIME,
    default="0s", also=("think",),
)  # fmt: skip


class Station(NamedTuple):
    """A demand in seconds; `visits` is None where only the demand is known. A delay has no queue."""

    name: str
    demand: float
    servers: int = 1
    visits: float | None = None
    is_delay: bool = False

    @property
    def demand_per_server(self) -> float:
        """The time that a request takes of the whole station, 0 for a delay: its inverse is the most throughput."""
        return 0.0 if self.is_delay else self.demand / self.servers


def stations(inputs: Inputs, throughput: float | None = None) -> list[Station]:
    """The checked rows; a `utilisation` measured at the throughput stands for the demand where the table has it."""
    found = [_station(row, index, throughput) for index, row in enumerate(inputs.rows("stations"))]
    names = [station.name for station in found]
    for index, name in enumerate(names):
        if name in names[:index]:
            raise InputError(f"/stations/{index}/name", f"{quoted(name)} is there twice: name each once")
    return found


def _station(row: Inputs, index: int, throughput: float | None) -> Station:
    name, servers = row.text("name") or "", int(row.number("servers"))
    ways = row.given("demand", "service_time", "utilisation")
    visits = row.optional("visits")
    if len(ways) != 1 or ("service_time" in ways and visits is None):
        message = f"{quoted(name)} needs one of demand, or visits with service_time"
        raise InputError(f"/stations/{index}", message)
    if ways == ["utilisation"]:
        if throughput is None:
            message = f"{quoted(name)} has a utilisation, which needs the throughput that it was measured at"
            raise InputError(f"/stations/{index}/utilisation", message)
        demand = row.number("utilisation") * servers / throughput
    else:
        demand = row.number(ways[0]) * (visits or 1.0) if ways == ["service_time"] else row.number("demand")
    return Station(name, demand, servers, visits, row.text("kind") == DELAY)


def bottleneck(found: list[Station]) -> Station | None:
    """The station that sets the most throughput, None when there are only delays or no demands."""
    most = max(found, key=lambda station: station.demand_per_server)
    return most if most.demand_per_server > 0 else None
