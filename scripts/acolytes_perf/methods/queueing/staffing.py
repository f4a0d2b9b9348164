"""Staffing a pool of servers to targets: M/M/c where arrivals wait, M/M/c/c where they are lost.

Loads are in erlang (arrival rate times mean service time), times in seconds.

Source: Gans, Koole and Mandelbaum, Telephone call centers: tutorial, review and research prospects, Manufacturing and
Service Operations Management 5(2), 2003; the formulas are in `mmc`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from acolytes_perf.inputs.units import at_most, complement
from acolytes_perf.methods.queueing import mmc
from acolytes_perf.outcome import Result, limits_of


class Targets(NamedTuple):
    """What a pool must keep; None where nothing is required.

    Attributes:
        blocking: largest share of lost arrivals; makes the pool a loss system.
        p_wait: largest share of arrivals that wait.
        max_wait: in seconds.
        late_share: largest share of arrivals that wait longer than `max_wait`.
        max_utilisation: of each server, from 0 to 1.
    """

    blocking: float | None = None
    p_wait: float | None = None
    max_wait: float | None = None
    late_share: float = 1.0
    max_utilisation: float | None = None

    @property
    def is_loss_system(self) -> bool:
        """Whether arrivals that find all servers busy are lost, instead of waiting."""
        return self.blocking is not None

    def are_met(
        self,
        load: float,
        servers: int,
        service_time: float | None,
        p_wait_formula: Callable[[float, int], float] = mmc.erlang_c,
    ) -> bool:
        """Whether the servers meet every target.

        Args:
            load: offered load in erlang, above 0.
            servers: at least 1.
            service_time: mean, in seconds; needed for `max_wait`.
            p_wait_formula: gives P(wait) from load and servers, exactly or approximately.
        """
        if self.blocking is not None:
            blocking = mmc.erlang_b(load, servers)
            return at_most(blocking, self.blocking) and self._meets_utilisation(load * (1 - blocking) / servers)
        if load >= servers or not self._meets_utilisation(load / servers):
            return False
        p_wait = p_wait_formula(load, servers)
        if self.p_wait is not None and not at_most(p_wait, self.p_wait):
            return False
        if self.max_wait is None or service_time is None:
            return True
        return at_most(mmc.wait_tail_probability(p_wait, load, servers, self.max_wait / service_time), self.late_share)

    def _meets_utilisation(self, utilisation: float) -> bool:
        return self.max_utilisation is None or at_most(utilisation, self.max_utilisation)

    def min_servers(self, load: float, service_time: float | None) -> int:
        """The smallest number of servers that meets every target.

        Args:
            load: offered load in erlang, above 0.
            service_time: mean, in seconds; None where no target needs it.
        """
        low = 1 if self.is_loss_system else int(load) + 1
        return mmc.min_servers(lambda servers: self.are_met(load, servers, service_time), low)

    def min_servers_by_square_root(self, load: float, service_time: float | None) -> int:
        """The same by the square-root staffing rule, for comparison; only for systems with waiting.

        Args:
            load: offered load in erlang, above 0.
            service_time: mean, in seconds; None where no target needs it.
        """
        return mmc.min_servers(
            lambda servers: self.are_met(load, servers, service_time, mmc.halfin_whitt), int(load) + 1
        )

    def max_load(self, servers: int, service_time: float | None) -> float:
        """The largest offered load in erlang at which the servers meet every target.

        Args:
            servers: at least 1.
            service_time: mean, in seconds; None where no target needs it.
        """
        limit = servers / (1 - self.blocking) if self.blocking is not None else float(servers)
        return mmc.max_load(lambda load: self.are_met(load, servers, service_time), limit)


def pool_results(load: float, servers: int, service_time: float | None, targets: Targets) -> list[Result]:
    """The performance of a pool as results.

    An overloaded queue has no waiting times: everybody waits, and longer with every arrival.

    Args:
        load: offered load in erlang, above 0.
        servers: at least 1.
        service_time: mean, in seconds; None gives times in mean service times.
        targets: decide between loss and waiting, and whether there is a service level.
    """
    results = [Result("servers", servers, "servers")]
    if targets.is_loss_system:
        blocking = mmc.erlang_b(load, servers)
        results += [
            Result("utilisation", load * (1 - blocking) / servers, "ratio", limits=limits_of(targets.max_utilisation)),
            Result("blocking", blocking, "probability", limits=limits_of(targets.blocking)),
        ]
        if service_time is not None:
            results.append(Result("lost_rate", blocking * load / service_time, "1/s"))
    else:
        utilisation = Result("utilisation", load / servers, "ratio", limits=limits_of(targets.max_utilisation))
        results += [utilisation, *_waiting(load, servers, service_time, targets)]
    return results


def _waiting(load: float, servers: int, service_time: float | None, targets: Targets) -> list[Result]:
    stable = load < servers
    p_wait = mmc.erlang_c(load, servers) if stable else 1.0
    results = [Result("p_wait", p_wait, "probability", limits=limits_of(targets.p_wait))]
    if targets.max_wait is not None and service_time is not None:
        late = mmc.wait_tail_probability(p_wait, load, servers, targets.max_wait / service_time) if stable else 1.0
        results.append(Result("service_level", 1 - late, "probability", limits=[complement(targets.late_share)]))
    if stable:
        scale, unit = (service_time, "s") if service_time is not None else (1.0, "service times")
        mean_wait = p_wait / (servers - load)
        times = {
            "mean_wait": mean_wait,
            "p95_wait": mmc.wait_percentile(p_wait, load, servers, 0.95),
            "mean_response": 1 + mean_wait,
            "p95_response": mmc.response_percentile(p_wait, load, servers, 0.95),
        }
        results += [Result(name, time * scale, unit) for name, time in times.items()]
    return results
