"""The stations that every request visits, such as processors, disks, pools and downstream services.

A service demand is the time that one request keeps a station busy, in all of its visits together.

Source: Lazowska et al., Quantitative System Performance, 1984, chapter 3 (service demand, forced flow law).
"""

from __future__ import annotations

from typing import NamedTuple

from acolytes_perf.errors import InputError, quoted
from acolytes_perf.inputs.fields import Field, Inputs, choice_field, text_field
from acolytes_perf.inputs.offered_load import MAX_TIME
from acolytes_perf.inputs.tables import Table
from acolytes_perf.inputs.units import COUNT, DURATION, NUMBER

QUEUE, DELAY = "queue", "delay"
_NAME = r"[\w-]{1,40}"
NAME_DESCRIPTION = "a name of letters, digits, _ and -"

STATION_COLUMNS = (
    text_field("name", "name of the station", "cpu", _NAME, NAME_DESCRIPTION)._replace(
        required=True, aliases=("station",)
    ),
    Field("demand", DURATION, "time that a request keeps it busy, in all visits together", "20ms", 1e-9, MAX_TIME),
    Field("servers", COUNT, "servers that work at the same time", "4", 1, 1000, default="1"),
    Field("visits", NUMBER, "visits of a request, with service_time instead of demand", "16", 1e-9, 1e9),
    Field("service_time", DURATION, "time of one visit without waiting", "5ms", 1e-9, MAX_TIME),
    choice_field("kind", "a queue, or a delay where nobody waits for another", (QUEUE, DELAY), QUEUE),
)
STATIONS = Table(
    "stations",
    STATION_COLUMNS,
    "stations that a request visits, such as a disk",
    "cpu:20ms:4,disk:45ms,api:120ms",
    max_rows=100,
    required=True,
)
THINK_TIME = Field(
    "think_time", DURATION, "time between an answer and the same user's next request", "5s", 0, MAX_TIME,
    default="0s", aliases=("think",),
)  # fmt: skip


class Station(NamedTuple):
    """A station of a queueing network.

    Attributes:
        name: unique in the network.
        demand: service demand of a request, in seconds.
        servers: that work at the same time.
        visits: of a request; None where only the demand is known.
        is_delay: requests never wait for each other.
    """

    name: str
    demand: float
    servers: int = 1
    visits: float | None = None
    is_delay: bool = False

    @property
    def demand_per_server(self) -> float:
        """Service demand over servers in seconds, 0 for a delay; its inverse is the station's maximum throughput."""
        return 0.0 if self.is_delay else self.demand / self.servers


def read_stations(inputs: Inputs, throughput: float | None = None) -> list[Station]:
    """Reads the table of stations.

    Args:
        inputs: the checked inputs.
        throughput: requests per second at which utilisations were measured; a row with a utilisation needs it.

    Raises:
        InputError: a name occurs twice, or a row does not determine its demand.
    """
    stations = [_read_station(row, index, throughput) for index, row in enumerate(inputs.rows("stations"))]
    names = [station.name for station in stations]
    for index, name in enumerate(names):
        if name in names[:index]:
            raise InputError(f"/stations/{index}/name", f"{quoted(name)} is there twice: use each name once")
    return stations


def _read_station(row: Inputs, index: int, throughput: float | None) -> Station:
    name, servers = row.text("name") or "", int(row.number("servers"))
    present = row.present("demand", "service_time", "utilisation")
    visits = row.optional("visits")
    if len(present) != 1 or ("service_time" in present and visits is None):
        message = f"{quoted(name)} needs one of demand, or visits with service_time"
        raise InputError(f"/stations/{index}", message)
    if present == ["utilisation"]:
        if throughput is None:
            message = f"{quoted(name)} has a utilisation: give the throughput at which it was measured"
            raise InputError(f"/stations/{index}/utilisation", message)
        demand = row.number("utilisation") * servers / throughput
    else:
        is_per_visit = present == ["service_time"]
        demand = row.number("service_time") * (visits or 1.0) if is_per_visit else row.number("demand")
    return Station(name, demand, servers, visits, row.text("kind") == DELAY)


def bottleneck(stations: list[Station]) -> Station | None:
    """The station that limits the throughput; None where all are delays or have no demand."""
    slowest = max(stations, key=lambda station: station.demand_per_server)
    return slowest if slowest.demand_per_server > 0 else None
