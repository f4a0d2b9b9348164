"""Targets for a pool of servers, and what a pool does: M/M/c where arrivals wait, M/M/c/c where they are lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from acolytes_perf.declare import Result
from acolytes_perf.inputs.units import at_most
from acolytes_perf.methods import queueing


class Targets(NamedTuple):
    """What must hold, None where nothing is asked. `wait` is in seconds, `late` the share that may wait longer."""

    blocking: float | None = None
    p_wait: float | None = None
    wait: float | None = None
    late: float = 1.0
    utilisation: float | None = None

    @property
    def loss(self) -> bool:
        """Whether arrivals that find all servers busy are lost, instead of waiting."""
        return self.blocking is not None

    def kept(
        self,
        load: float,
        servers: int,
        service_time: float | None,
        waiting: Callable[[float, int], float] = queueing.erlang_c,
    ) -> bool:
        """Whether the servers meet every target; `waiting` gives P(wait), exactly or by an approximation."""
        if self.blocking is not None:
            lost = queueing.erlang_b(load, servers)
            return at_most(lost, self.blocking) and self._busy_enough(load * (1 - lost) / servers)
        if load >= servers or not self._busy_enough(load / servers):
            return False
        p_wait = waiting(load, servers)
        if self.p_wait is not None and not at_most(p_wait, self.p_wait):
            return False
        if self.wait is None or service_time is None:
            return True
        return at_most(queueing.wait_exceeds(p_wait, load, servers, self.wait / service_time), self.late)

    def _busy_enough(self, utilisation: float) -> bool:
        return self.utilisation is None or at_most(utilisation, self.utilisation)

    def smallest(self, load: float, service_time: float | None) -> int:
        """The smallest number of servers that keeps every target."""
        low = 1 if self.loss else int(load) + 1
        return queueing.smallest_servers(lambda servers: self.kept(load, servers, service_time), low)

    def by_square_root(self, load: float, service_time: float | None) -> int:
        """The same by the square-root staffing rule, for comparison; for systems with waiting."""
        return queueing.smallest_servers(
            lambda servers: self.kept(load, servers, service_time, queueing.halfin_whitt), int(load) + 1
        )

    def largest(self, servers: int, service_time: float | None) -> float:
        """The largest load in erlang on which the servers keep every target."""
        below = servers / (1 - self.blocking) if self.blocking is not None else float(servers)
        return queueing.largest_load(lambda load: self.kept(load, servers, service_time), below)


def measures(load: float, servers: int, service_time: float | None, targets: Targets, column: str = "") -> list[Result]:
    """What the servers do under the load, as results whose names start with `column`.

    Times are in seconds, or in mean service times where that time is not known. An overloaded queue has no waiting
    times: everybody waits, and longer with every arrival.
    """
    results = [Result("servers", servers, "servers")]
    if targets.loss:
        lost = queueing.erlang_b(load, servers)
        results += [
            Result("utilisation", load * (1 - lost) / servers, "ratio"),
            Result("blocking", lost, "probability"),
        ]
        if service_time is not None:
            results.append(Result("lost_rate", lost * load / service_time, "1/s"))
    else:
        results += [Result("utilisation", load / servers, "ratio"), *_waiting(load, servers, service_time, targets)]
    return [result._replace(name=column + result.name) for result in results]


def _waiting(load: float, servers: int, service_time: float | None, targets: Targets) -> list[Result]:
    stable = load < servers
    p_wait = queueing.erlang_c(load, servers) if stable else 1.0
    results = [Result("p_wait", p_wait, "probability")]
    if targets.wait is not None and service_time is not None:
        late = queueing.wait_exceeds(p_wait, load, servers, targets.wait / service_time) if stable else 1.0
        results.append(Result("service_level", 1 - late, "probability"))
    if stable:
        scale, unit = (service_time, "s") if service_time is not None else (1.0, "service times")
        mean_wait = p_wait / (servers - load)
        times = {
            "mean_wait": mean_wait,
            "p95_wait": queueing.wait_percentile(p_wait, load, servers, 0.95),
            "mean_response": 1 + mean_wait,
            "p95_response": queueing.response_percentile(p_wait, load, servers, 0.95),
        }
        results += [Result(name, time * scale, unit) for name, time in times.items()]
    return results
