"""What arrives and how long it takes, as the queueing commands take it: in two numbers, or in one that says both."""

from __future__ import annotations

from typing import NamedTuple

from acolytes_perf.declare import Command
from acolytes_perf.errors import CannotAnswerError, InputError
from acolytes_perf.inputs.fields import Field, Inputs
from acolytes_perf.inputs.units import COUNT, DURATION, LOAD, RATE, RATIO, SECONDS
from acolytes_perf.wording import format_quantity, pluralize

MOST_LOAD = 1e6
MOST_TIME = 3660 * SECONDS["d"]

ARRIVAL_RATE = Field(
    "arrival_rate", RATE, "arrivals per unit of time", "1200/s", 1e-9, 1e12,
    also=("rate", "rps", "qps", "throughput"),
)  # fmt: skip
SERVICE_TIME = Field(
    "service_time", DURATION, "mean time that an arrival keeps one server busy", "80ms", 1e-9, MOST_TIME
)
SERVICE_RATE = Field(
    "service_rate", RATE, "what one server completes when it is always busy, instead of service_time", "12.5/s",
    1 / MOST_TIME, 1e9, also=("mu",),
)  # fmt: skip
OFFERED_LOAD = Field(
    "offered_load", LOAD, "arrival rate times service time, instead of the two", "96 erlang", 1e-9, MOST_LOAD
)
UTILISATION = Field(
    "utilisation", RATIO, "share of the time that a server is busy, instead of arrival_rate", "80%", 1e-9, 100,
    also=("rho", "utilization"),
)  # fmt: skip
SERVERS = Field(
    "servers", COUNT, "servers, workers, threads or pods at work", "104", 1, 1e6, required=True, also=("c", "workers")
)


class Demand(NamedTuple):
    """`load` in erlang; the mean service time in seconds, None where only the load is known."""

    load: float
    service_time: float | None

    @property
    def scale(self) -> tuple[float, str]:
        """What a time in mean service times is to be multiplied by, and the unit that it has then."""
        return (1.0, "service times") if self.service_time is None else (self.service_time, "s")

    @property
    def rate(self) -> float | None:
        """Arrivals per second, None where only the load is known."""
        return None if self.service_time is None else self.load / self.service_time


def demand(command: Command, inputs: Inputs, end: str = "value") -> Demand:
    """The load on the servers from the one way in which it was given; InputError for none, or for two.

    `end` says which of inputs with an interval: its `low`, its `high`, or the `value` inside.
    """
    ways = inputs.given("arrival_rate", "offered_load", "utilisation")
    if not ways:
        raise command.missing("arrival_rate", "give it with service_time, or give offered_load or utilisation")
    if len(ways) > 1:
        raise InputError(f"/{ways[1]}", f"follows from {ways[0]} and service_time: leave it out", {ways[1]: None})
    each = _service_time(inputs, end)
    if ways == ["offered_load"]:
        return Demand(inputs.number("offered_load"), each)
    if ways == ["utilisation"]:
        return Demand(inputs.number("utilisation") * inputs.number("servers"), each)
    if each is None:
        raise command.missing("service_time", "arrival_rate alone is no load")
    load = getattr(inputs.span("arrival_rate"), end) * each
    if not 1e-9 <= load <= MOST_LOAD:
        raise InputError("/arrival_rate", f"makes {load:.4g} erlang; 1e-9 to {MOST_LOAD:.0f} are accepted")
    return Demand(load, each)


def _service_time(inputs: Inputs, end: str) -> float | None:
    """Mean service time in seconds, None when it was not given."""
    if "service_rate" in inputs and "service_time" in inputs:
        raise InputError("/service_rate", "says the same as service_time: give one of them", {"service_rate": None})
    if "service_rate" in inputs:
        return 1 / inputs.number("service_rate")
    return float(getattr(inputs.span("service_time"), end)) if "service_time" in inputs else None


def refuse_overload(inputs: Inputs, load: float, servers: int) -> None:
    """CannotAnswerError for a load that the servers cannot carry."""
    if load < servers:
        return
    if "utilisation" in inputs:
        message = "is no steady state: the queue grows without end and has no waiting time; missing: less than 100 %"
        raise CannotAnswerError("/utilisation", f"{format_quantity(load / servers, 'ratio')} {message}")
    raise overloaded(load, servers, int(load) + 1)


def overloaded(load: float, servers: int, needed: int) -> CannotAnswerError:
    """The refusal of a load that the servers cannot carry; `needed` would be enough."""
    message = (
        f"{servers} cannot carry {format_quantity(load, 'erlang')} (utilisation "
        f"{format_quantity(load / servers, 'ratio')}): "
        f"the queue grows without end and has no waiting time; missing: {pluralize(needed - servers, 'server')} more"
    )
    return CannotAnswerError("/servers", message, {"servers": str(needed)})
