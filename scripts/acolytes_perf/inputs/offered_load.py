"""The offered load of the queueing commands: arrival rate and service time, or one input that stands for both."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from acolytes_perf.errors import CannotAnswerError, InputError
from acolytes_perf.inputs.fields import Field, InputDeclaration, Inputs, missing_input
from acolytes_perf.inputs.units import COUNT, DURATION, LOAD, RATE, RATIO
from acolytes_perf.time_units import SECONDS
from acolytes_perf.wording import format_quantity, pluralize

#: Largest load in erlang, and longest time in seconds, that are accepted.
MAX_LOAD = 1e6
MAX_TIME = 3660 * SECONDS["d"]

ARRIVAL_RATE = Field(
    "arrival_rate", RATE, "arrivals per unit of time", "1200/s", 1e-9, 1e12,
    aliases=("rate", "rps", "qps", "throughput"),
)  # fmt: skip
SERVICE_TIME = Field(
    "service_time", DURATION, "mean time that an arrival keeps one server busy", "80ms", 1e-9, MAX_TIME
)
SERVICE_RATE = Field(
    "service_rate", RATE, "what one server completes when it is always busy, instead of service_time", "12.5/s",
    1 / MAX_TIME, 1e9, aliases=("mu",),
)  # fmt: skip
OFFERED_LOAD = Field(
    "offered_load", LOAD, "arrival rate times service time, instead of the two", "96 erlang", 1e-9, MAX_LOAD
)
UTILISATION = Field(
    "utilisation", RATIO, "share of the time that a server is busy, instead of arrival_rate", "80%", 1e-9, 100,
    aliases=("rho", "utilization"),
)  # fmt: skip
SERVERS = Field(
    "servers",
    COUNT,
    "servers, workers, threads or pods at work",
    "104",
    1,
    1e6,
    required=True,
    aliases=("c", "workers"),
)


class OfferedLoad(NamedTuple):
    """A load on servers.

    Attributes:
        load: in erlang.
        service_time: mean, in seconds; None where only the load is known.
    """

    load: float
    service_time: float | None

    @property
    def time_scale(self) -> tuple[float, str]:
        """A factor for times in mean service times, and their unit after it."""
        return (1.0, "service times") if self.service_time is None else (self.service_time, "s")

    @property
    def arrival_rate(self) -> float | None:
        """Arrivals per second; None where only the load is known."""
        return None if self.service_time is None else self.load / self.service_time


def read_offered_load(fields: Sequence[InputDeclaration], inputs: Inputs, end: str = "value") -> OfferedLoad:
    """Reads the load from arrival_rate and service_time, offered_load, or utilisation and servers.

    Args:
        fields: the inputs of the command, for errors.
        inputs: the checked inputs.
        end: of inputs with an interval: `low`, `value` or `high`.

    Raises:
        InputError: the load is missing, given twice, or out of bounds.
    """
    present = inputs.present("arrival_rate", "offered_load", "utilisation")
    if not present:
        others = [
            f"--{field.name.replace('_', '-')}" for field in fields if field.name in ("offered_load", "utilisation")
        ]
        raise missing_input(fields, "arrival_rate", f"add it with --service-time, or add {' or '.join(others)}")
    if len(present) > 1:
        message = f"follows from {present[0]} and service_time: leave it out"
        raise InputError(f"/{present[1]}", message, {present[1]: None})
    service_time = _service_time(inputs, end)
    if present == ["offered_load"]:
        return OfferedLoad(inputs.number("offered_load"), service_time)
    if present == ["utilisation"]:
        return OfferedLoad(inputs.number("utilisation") * inputs.number("servers"), service_time)
    if service_time is None:
        raise missing_input(fields, "service_time", "arrival_rate alone gives no load")
    load = getattr(inputs.estimate("arrival_rate"), end) * service_time
    if not 1e-9 <= load <= MAX_LOAD:
        raise InputError("/arrival_rate", f"makes {load:.4g} erlang; it must be 1e-9 to {MAX_LOAD:.0f}")
    return OfferedLoad(load, service_time)


def _service_time(inputs: Inputs, end: str) -> float | None:
    """Mean service time in seconds; None without one."""
    if "service_rate" in inputs and "service_time" in inputs:
        raise InputError("/service_rate", "cannot be combined with service_time: leave one out", {"service_rate": None})
    if "service_rate" in inputs:
        return 1 / inputs.number("service_rate")
    return float(getattr(inputs.estimate("service_time"), end)) if "service_time" in inputs else None


def check_stability(inputs: Inputs, load: float, servers: int) -> None:
    """Raises CannotAnswerError for a load in erlang that the servers cannot carry."""
    if load < servers:
        return
    if "utilisation" in inputs:
        message = "has no steady state: the queue grows without end and has no waiting time; missing: less than 100 %"
        raise CannotAnswerError("/utilisation", f"{format_quantity(load / servers, 'ratio')} {message}")
    raise overload_error(load, servers, int(load) + 1)


def overload_error(load: float, servers: int, needed: int) -> CannotAnswerError:
    """The error for a load in erlang that the servers cannot carry; `needed` servers would be enough."""
    message = (
        f"{servers} cannot carry {format_quantity(load, 'erlang')} (utilisation "
        f"{format_quantity(load / servers, 'ratio')}): "
        f"the queue grows without end and has no waiting time; missing: {pluralize(needed - servers, 'server')} more"
    )
    return CannotAnswerError("/servers", message, {"servers": str(needed)})
