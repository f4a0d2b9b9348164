"""One shared pool of servers or connections against several separate ones."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from acolytes_perf.declare import Command
from acolytes_perf.errors import CannotAnswerError, InputError
from acolytes_perf.inputs.fields import Field, Inputs, text_field
from acolytes_perf.inputs.offered_load import ARRIVAL_RATE, MAX_LOAD, MAX_TIME, SERVICE_TIME
from acolytes_perf.inputs.tables import Table
from acolytes_perf.inputs.units import COUNT, DURATION, RATIO, complement
from acolytes_perf.methods.queueing import mmc
from acolytes_perf.methods.queueing.general import mean_wait_bounds
from acolytes_perf.methods.queueing.pooling import Mixture, Part, deadlock_free_size, mixture, square_root_saving
from acolytes_perf.methods.queueing.staffing import Targets
from acolytes_perf.outcome import MODEL, AnswerWarning, Interval, Outcome, Result, ResultTable, Row
from acolytes_perf.wording import format_quantity, pluralize

_TARGETS = ("p_wait", "wait_target", "max_utilisation")
#: Rows of pools in an answer as text.
_SHOWN = 12


class _Pool(NamedTuple):
    """A pool at work: its load, servers, and its waits in seconds."""

    part: Part
    servers: int
    p_wait: float
    mean_wait: float

    @property
    def rate(self) -> float:
        return self.part.load / self.part.service_time


def run(inputs: Inputs) -> Outcome:
    """Compare the separate pools with one shared pool."""
    parts = _parts(inputs)
    targets = _targets(inputs, parts)
    pools = _at_work(parts, targets)
    total = mixture(parts)
    if total.load > MAX_LOAD:
        raise InputError(_pointer(inputs), f"makes {total.load:.4g} erlang in all; at most {MAX_LOAD:.0f}")
    rate = sum(pool.rate for pool in pools)
    separate = sum(pool.servers for pool in pools)
    waits = math.fsum(pool.rate * pool.mean_wait for pool in pools) / rate
    shared = (
        targets.min_servers(total.load, total.service_time)
        if targets
        else mmc.min_servers(lambda count: _mean_wait(total, count)[1] <= waits * (1 + 1e-12), int(total.load) + 1)
    )
    low, wait, high = _mean_wait(total, shared)
    p_waits = math.fsum(pool.rate * pool.p_wait for pool in pools) / rate
    results = [
        Result("offered_load", total.load, "erlang"),
        Result("separate_servers", separate, "servers"),
        Result("shared_servers", shared, "servers"),
        Result("servers_saved", separate - shared, "servers"),
        Result("saved_share", (separate - shared) / separate, "ratio"),
        Result("separate_p_wait", p_waits, "probability"),
        Result("shared_p_wait", mmc.erlang_c(total.load, shared), "probability"),
        Result("separate_mean_wait", waits, "s"),
        Result("shared_mean_wait", wait, "s", Interval(low, high, MODEL) if high > low else None),
        Result("same_servers_mean_wait", _mean_wait(total, separate)[1], "s"),
        Result("square_root_saving", square_root_saving([part.load for part in parts], _sizes(pools)), "servers"),
    ]
    results += _connections(inputs, pools)
    why = "for the targets" if targets else "for the same mean wait"
    answer = (
        f"{len(pools)} separate pools need {pluralize(separate, 'server')} {why}, one shared pool {shared}: "
        f"{format_quantity((separate - shared) / separate, 'ratio')} fewer"
        if targets
        else f"{len(pools)} separate pools have {pluralize(separate, 'server')} and wait "
        f"{format_quantity(waits, 's')} on average; one shared pool needs {shared} {why}, and with all {separate} it "
        f"waits {format_quantity(_mean_wait(total, separate)[1], 's')}"
    )
    rows = [Row(pool.part.name, _row(pool)) for pool in pools]
    tables = [ResultTable("pools", "pool", rows, text_rows=_SHOWN)] if "pools" in inputs else []
    return Outcome(answer + ".", results, _assumptions(total), _warnings(inputs, pools, total, shared), tables=tables)


def _pointer(inputs: Inputs) -> str:
    return "/pools" if "pools" in inputs else "/arrival_rate"


def _sizes(pools: Sequence[_Pool]) -> list[int]:
    return [pool.servers for pool in pools]


def _parts(inputs: Inputs) -> list[Part]:
    if "pools" in inputs:
        for name in inputs.present("arrival_rate", "service_time", "instances", "servers"):
            raise InputError(f"/{name}", "follows from pools: leave it out", {name: None})
        rows = inputs.rows("pools")
        names = [row.text("pool") or "" for row in rows]
        for index, name in enumerate(names):
            if name in names[:index]:
                raise InputError(f"/pools/{index}/pool", f"{name} is there twice: give each pool its own name")
        return [_part(row, name, 1, f"/pools/{index}") for index, (row, name) in enumerate(zip(rows, names))]
    for name, why in (("arrival_rate", "of all instances together"), ("service_time", "arrival_rate gives no load")):
        if name not in inputs:
            raise COMMAND.missing(name, f"{why}; or name the pools with --pools")
    if "instances" not in inputs:
        raise COMMAND.missing("instances", "the load is spread over them; or name the pools with --pools")
    count = int(inputs.number("instances"))
    return [_part(inputs, f"instance {index + 1}", count, "") for index in range(count)]


def _part(row: Inputs, name: str, count: int, pointer: str) -> Part:
    service_time = row.number("service_time")
    load = row.number("arrival_rate") / count * service_time
    if not 1e-9 <= load <= MAX_LOAD:
        raise InputError(f"{pointer}/arrival_rate", f"makes {load:.4g} erlang; it must be 1e-9 to {MAX_LOAD:.0f}")
    return Part(name, load, service_time, int(row.number("servers")) if "servers" in row else None)


def _targets(inputs: Inputs, parts: Sequence[Part]) -> Targets | None:
    """The targets; None where every pool has its servers."""
    given = [part.servers is not None for part in parts]
    present = inputs.present(*_TARGETS, "service_level")
    if any(given):
        if not all(given):
            place = given.index(False)
            raise InputError(f"/pools/{place}/servers", "is missing, but other pools have it: give it in all or none")
        if present:
            raise InputError(f"/{present[0]}", "has no effect: the pools have their servers", {present[0]: None})
        return None
    if not inputs.present(*_TARGETS) and not present:
        message = "a target is missing: add --p-wait 5% (or your own), --wait-target, --max-utilisation, or the servers"
        raise InputError("", message, {"p_wait": "5%"})
    for name, other in (("wait_target", "service_level"), ("service_level", "wait_target")):
        if name in inputs and other not in inputs:
            raise COMMAND.missing(other, f"{name} needs it")
    return Targets(
        p_wait=inputs.optional("p_wait"),
        max_wait=inputs.optional("wait_target"),
        late_share=complement(inputs.number("service_level")) if "service_level" in inputs else 1.0,
        max_utilisation=inputs.optional("max_utilisation"),
    )


def _at_work(parts: Sequence[Part], targets: Targets | None) -> list[_Pool]:
    solved: dict[tuple[float, float, int | None], tuple[int, float]] = {}  # equal instances are solved once
    pools = []
    for index, part in enumerate(parts):
        key = (part.load, part.service_time, part.servers)
        if key not in solved:
            servers = targets.min_servers(part.load, part.service_time) if targets else part.servers or 0
            if part.load >= servers:
                raise _overloaded(part, index, servers)
            solved[key] = servers, mmc.erlang_c(part.load, servers)
        servers, p_wait = solved[key]
        pools.append(_Pool(part, servers, p_wait, p_wait / (servers - part.load) * part.service_time))
    return pools


def _overloaded(part: Part, index: int, servers: int) -> CannotAnswerError:
    message = (
        f"{part.name} cannot carry {format_quantity(part.load, 'erlang')} with {pluralize(servers, 'server')}; "
        f"missing: {pluralize(int(part.load) + 1 - servers, 'server')} more"
    )
    return CannotAnswerError(f"/pools/{index}/servers", message)


def _mean_wait(total: Mixture, servers: int) -> tuple[float, float, float]:
    """The mean wait in seconds, with the limits of the method."""
    low, value, high = mean_wait_bounds(servers, total.load / servers, 1.0, total.scv)
    return low * total.service_time, value * total.service_time, high * total.service_time


def _connections(inputs: Inputs, pools: Sequence[_Pool]) -> list[Result]:
    """What holds for pools of connections."""
    if ("held" in inputs) != ("threads" in inputs):
        name, other = ("threads", "held") if "held" in inputs else ("held", "threads")
        raise COMMAND.missing(name, f"{other} needs it")
    results = []
    if "threads" in inputs:
        size = deadlock_free_size(int(inputs.number("threads")), int(inputs.number("held")))
        results.append(Result("deadlock_free_size", size, "connections"))
    if "max_connections" in inputs:
        left = int(inputs.number("max_connections")) - sum(pool.servers for pool in pools)
        results.append(Result("connections_left", left, "connections"))
    return results


def _row(pool: _Pool) -> list[Result]:
    return [
        Result("load", pool.part.load, "erlang"),
        Result("servers", pool.servers, "servers"),
        Result("utilisation", pool.part.load / pool.servers, "ratio"),
        Result("p_wait", pool.p_wait, "probability"),
        Result("mean_wait", pool.mean_wait, "s"),
    ]


def _assumptions(total: Mixture) -> list[str]:
    texts = [
        "Poisson arrivals, exponential service times in each pool; first come, first served; steady state.",
        "A shared pool costs nothing by itself: no longer way, no lock, no server that lacks a skill or data.",
    ]
    if total.scv > 1:
        scv = format_quantity(total.scv, "")
        texts.append(
            f"Mixed service times have an scv of {scv}: the shared mean wait is that of M/G/c; P(wait) is not."
        )
    return texts


def _warnings(inputs: Inputs, pools: Sequence[_Pool], total: Mixture, shared: int) -> list[AnswerWarning]:
    warnings = []
    wait = _mean_wait(total, shared)[1]
    losers = [pool.part.name for pool in pools if wait > pool.mean_wait * (1 + 1e-9)]
    if losers and total.scv > 1:
        names = ", ".join(losers[:3]) + (f" and {len(losers) - 3} more" if len(losers) > 3 else "")
        message = f"in the shared pool the arrivals of {names} wait longer than now, behind long ones of the others"
        warnings.append(
            AnswerWarning("some_wait_longer", message, "give the short ones priority or a reserve of their own")
        )
    most = inputs.optional("max_connections")
    needed = sum(pool.servers for pool in pools)
    if most is not None and needed > most:
        message = f"the separate pools need {needed} connections, more than the {most:.0f} that there are"
        warnings.append(AnswerWarning("too_many_connections", message, "share a pool, or run fewer instances"))
    smallest = min(pool.servers for pool in pools)
    if "threads" in inputs:
        size = deadlock_free_size(int(inputs.number("threads")), int(inputs.number("held")))
        if smallest < size:
            message = f"with {smallest} connections all threads may hold some and wait for the next for ever"
            fix = f"use at least {size} connections in each pool, or hold one at a time"
            warnings.append(AnswerWarning("deadlock", message, fix))
    return warnings


_RESULTS = {
    "offered_load": "load of all pools together",
    "separate_servers": "servers of the separate pools, added up",
    "shared_servers": "servers of one shared pool: for the same targets, or for the same mean wait",
    "servers_saved": "servers that sharing saves",
    "saved_share": "saved servers as a share of the separate servers",
    "separate_p_wait": "share of all arrivals that waits in the separate pools",
    "shared_p_wait": "share of all arrivals that waits in the shared pool",
    "separate_mean_wait": "mean wait of all arrivals in the separate pools",
    "shared_mean_wait": "mean wait in the shared pool",
    "same_servers_mean_wait": "mean wait in a shared pool of as many servers: as the separate ones have together",
    "square_root_saving": "servers that sharing saves by the square-root rule, to compare",
    "deadlock_free_size": "fewest connections with which threads cannot block each other: none waits for ever for "
    "another",
    "connections_left": "connections of the database that remain: of max_connections",
}

_SERVERS = Field("servers", COUNT, "servers or connections that it has; empty to find them by the targets", "8", 1, 1e6)

COMMAND = Command(
    name="queue pool",
    summary="One shared pool of servers or connections against several separate ones: servers saved, and waits.",
    fields=(
        Table(
            "pools",
            (
                text_field("pool", "name of the pool", "web", r".{1,60}", "a name of at most 60 characters")._replace(
                    required=True, aliases=("name", "queue", "team", "service")
                ),
                ARRIVAL_RATE._replace(required=True),
                SERVICE_TIME._replace(required=True),
                _SERVERS,
            ),
            "the separate pools",
            "web:40/s:80ms:6,api:25/s:120ms:6",
            min_rows=2,
            max_rows=500,
        ),
        ARRIVAL_RATE._replace(doc="arrivals of all instances together, instead of pools"),
        SERVICE_TIME._replace(doc="mean time that an arrival keeps one server or connection busy"),
        Field("instances", COUNT, "equal instances with a pool each, instead of pools", "20", 2, 10_000,
              aliases=("pods", "replicas")),
        _SERVERS._replace(doc="servers or connections of each instance, instead of a target"),
        Field("p_wait", RATIO, "target: at most this share of the arrivals waits", "5%", 1e-9, complement(1e-9)),
        Field("wait_target", DURATION, "target: the longest wait that the share service_level may have", "50ms", 1e-9,
              MAX_TIME),
        Field("service_level", RATIO, "the share of the arrivals that waits at most wait_target", "95%", 1e-9,
              complement(1e-9)),
        Field("max_utilisation", RATIO, "target: servers busy at most this share of the time", "80%", 0.01, 0.9999),
        Field("threads", COUNT, "threads of an instance that need connections at the same time", "16", 1, 100_000),
        Field("held", COUNT, "connections that a thread holds at the same time", "2", 1, 1000),
        Field("max_connections", COUNT, "connections that the database accepts in all", "500", 1, 10_000_000),
    ),
    run=run,
    formula="servers: Erlang C for each pool and for the sum of the loads; saving by c = R + k sqrt(R); mixed service "
    "times: M/G/c; no deadlock: threads (held - 1) + 1",
    source="Tijms 2003, section 5.3; Smith and Whitt 1981; Kimura 1983 (M/G/c)",
    example={"arrival_rate": "1200/s", "service_time": "8ms", "instances": "20", "p_wait": "5%",
             "max_connections": "100"},
    results=_RESULTS,
    tables={
        "pools": {
            "load": "arrival rate times mean service time",
            "servers": "servers that the pool has or needs",
            "utilisation": "share of the time that a server is busy",
            "p_wait": "share of its arrivals that waits",
            "mean_wait": "mean wait of its arrivals",
        }
    },
)  # fmt: skip
