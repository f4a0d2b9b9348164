"""How unevenly a load spreads over shards, and what servers the busiest shard needs."""

from __future__ import annotations

import math
from typing import NamedTuple

from acolytes_perf.declare import Command
from acolytes_perf.errors import InputError, one_line
from acolytes_perf.inputs.fields import Field, Inputs
from acolytes_perf.inputs.offered_load import ARRIVAL_RATE, MAX_LOAD, SERVICE_TIME
from acolytes_perf.inputs.units import COUNT, NUMBER, RATE, RATIO, complement
from acolytes_perf.methods.popularity.key_skew import Popularity, busiest_shard, fewest_shards, from_counts, zipf
from acolytes_perf.methods.queueing.staffing import Targets
from acolytes_perf.outcome import STATISTICAL, AnswerWarning, Interval, Outcome, Result, ResultTable, Row, limits_of
from acolytes_perf.series.key_counts import KEYS, read_key_counts
from acolytes_perf.wording import format_quantity, pluralize

_MOST_SHARDS = 4096
_MOST_KEYS = 10**12
_LEVEL = 0.95
#: Keys in the table of the hottest ones.
_HOTTEST = 5


class _Keys(NamedTuple):
    """The popularity of the keys, and the names of the hottest ones."""

    popularity: Popularity
    names: list[str]
    description: str


def run(inputs: Inputs) -> Outcome:
    """The share of the busiest shard, its rate, and the servers that it needs."""
    keys = _keys(inputs)
    shards, seed = int(inputs.number("shards")), int(inputs.number("seed"))
    if "service_time" not in inputs:
        for name in ("p_wait", "max_utilisation"):
            if name in inputs.written:
                raise COMMAND.missing("service_time", f"{name} needs it to find the servers")
    nodes = int(inputs.number("virtual_nodes")) if "virtual_nodes" in inputs else None
    spread = busiest_shard(keys.popularity, shards, nodes, seed)
    hottest = keys.popularity.hottest[0]

    def result(name: str, factor: float, unit: str) -> Result:
        interval = Interval(spread.low * factor, spread.high * factor, STATISTICAL, _LEVEL)
        return Result(name, spread.median * factor, unit, interval if spread.low < spread.high else None)

    results = [
        result("busiest_share", 1, "ratio"),
        result("imbalance", shards, "x"),
        Result("hottest_key", hottest, "ratio"),
        Result("useful_shards", int(1 / hottest * (1 + 1e-12)), "shards"),
    ]
    answer = (
        f"The busiest of {pluralize(shards, 'shard')} gets {format_quantity(spread.median, 'ratio')} of the load (95 % "
        f"of the placements: {format_quantity(spread.low, 'ratio')} to {format_quantity(spread.high, 'ratio')}), "
        f"{format_quantity(spread.median * shards, 'x')} an even share"
    )
    factor = _node_factor(inputs)
    rate = inputs.optional("arrival_rate")
    if rate is None:
        for name in inputs.present("service_time", "node_rate"):
            raise COMMAND.missing("arrival_rate", f"{name} needs it")
    else:
        results.append(result("busiest_rate", rate, "1/s"))
        if factor != 1:
            results.append(result("busiest_node_rate", rate * factor, "1/s"))
        answer += f": {format_quantity(rate * spread.median * factor, '1/s')} on each of its nodes"
    if "node_rate" in inputs and rate is not None:
        most = inputs.number("node_rate") / (rate * factor)
        needed = 1 if most >= 1 else fewest_shards(keys.popularity, most, nodes, seed, _MOST_SHARDS)
        results.append(Result("shards_needed", needed, "shards"))
        carried = inputs.number("node_rate") / factor / spread.high
        results.append(Result("carried_rate", carried, "1/s"))
        limit = f"so that each node keeps {format_quantity(inputs.number('node_rate'), '1/s')}"
        answer += (
            f"; no number of shards is enough {limit}"
            if needed is None
            else f"; {pluralize(needed, 'shard')} are needed {limit}"
        )
    if "service_time" in inputs and rate is not None:
        results += _servers(inputs, shards, rate * factor, spread.high)
    tables = [ResultTable("hottest_keys", "key", _hottest_rows(keys, rate)), _by_number(keys, shards, nodes, seed)]
    assumptions = [
        f"{keys.description} Random placement by a hash{_ring(nodes)}; the interval is over placements.",
        "The load of a key is its share of the requests: all requests cost the same.",
    ]
    if factor != 1 or "replicas" in inputs:
        assumptions.append("Reads spread evenly over the primary and its replicas; each of them applies all writes.")
    warnings = _warnings(hottest, shards, spread.median)
    return Outcome(answer + ".", results, assumptions, warnings, tables=tables)


def _keys(inputs: Inputs) -> _Keys:
    """The popularity from counts, or by Zipf's law."""
    if "keys" in inputs:
        names, counts = read_key_counts(inputs)
        for name in inputs.present("key_count", "zipf"):
            raise InputError(f"/{name}", "follows from keys: leave it out", {name: None})
        ranked = sorted(range(len(counts)), key=lambda index: -counts[index])[:_HOTTEST]
        return _Keys(from_counts(counts), [names[index] for index in ranked], f"{len(counts)} counted keys.")
    for name, other in (("zipf", "key_count"), ("key_count", "zipf")):
        if name not in inputs:
            why = f"{other} needs it" if other in inputs else "or give counts with --keys counts.csv"
            raise COMMAND.missing(name, why)
    count, exponent = int(inputs.number("key_count")), inputs.number("zipf")
    names = [f"rank {rank}" for rank in range(1, min(count, _HOTTEST) + 1)]
    return _Keys(zipf(count, exponent), names, f"{count} keys whose popularity falls as rank^-{exponent:g}.")


def _node_factor(inputs: Inputs) -> float:
    """The share of a shard's requests that each of its nodes executes."""
    for name, other in (("replicas", "read_share"), ("read_share", "replicas")):
        if name in inputs and other not in inputs:
            raise COMMAND.missing(other, f"{name} needs it")
    if "replicas" not in inputs:
        return 1.0
    reads = inputs.number("read_share")
    return complement(reads) + reads / (1 + inputs.number("replicas"))


def _servers(inputs: Inputs, shards: int, rate: float, share: float) -> list[Result]:
    """Servers of a node that the busiest shard needs, in 97.5 % of the placements, and with an even spread."""
    service_time = inputs.number("service_time")
    targets = Targets(p_wait=inputs.optional("p_wait"), max_utilisation=inputs.number("max_utilisation"))
    load = rate * share * service_time
    if not 1e-9 <= load <= MAX_LOAD:
        raise InputError("/arrival_rate", f"makes {load:.4g} erlang; it must be 1e-9 to {MAX_LOAD:.0f}")
    servers = targets.min_servers(load, service_time)
    even = targets.min_servers(rate / shards * service_time, service_time)
    return [
        Result("servers", servers, "servers"),
        Result("even_servers", even, "servers"),
        Result("busiest_utilisation", load / servers, "ratio", limits=limits_of(targets.max_utilisation)),
    ]


def _hottest_rows(keys: _Keys, rate: float | None) -> list[Row]:
    rows = []
    for name, share in zip(keys.names, keys.popularity.hottest):
        cells = [Result("share", share, "ratio")]
        rows.append(Row(one_line(name, 40), [*cells, *([] if rate is None else [Result("rate", share * rate, "1/s")])]))
    return rows


def _by_number(keys: _Keys, shards: int, nodes: int | None, seed: int) -> ResultTable:
    """The busiest shard for half, twice and four times as many shards."""
    rows = []
    for count in sorted(
        {max(1, shards // 2), shards, *(more for more in (2 * shards, 4 * shards) if more <= _MOST_SHARDS)}
    ):
        spread = busiest_shard(keys.popularity, count, nodes, seed)
        share = Result("busiest", spread.median, "ratio")
        rows.append(Row(pluralize(count, "shard"), [share, Result("times_even", spread.median * count, "x")]))
    return ResultTable("by_shards", "shards", rows)


def _ring(nodes: int | None) -> str:
    return "" if nodes is None else f" on a ring with {pluralize(nodes, 'point')} for each shard"


def _warnings(hottest: float, shards: int, median: float) -> list[AnswerWarning]:
    if hottest * shards > 1:
        message = (
            f"the hottest key alone has {format_quantity(hottest, 'ratio')} of the load, more than an even share: "
            f"shards beyond {math.floor(1 / hottest)} do not help it"
        )
        fix = "cache it, split it (a suffix on the key), or give it a shard of its own"
        return [AnswerWarning("hot_key", message, fix)]
    if median * shards > 1.5:
        message = f"the busiest shard has {format_quantity(median * shards, 'x')} the even share"
        return [AnswerWarning("uneven", message, "use more virtual nodes, or move shards by their load")]
    return []


_RESULTS = {
    "busiest_share": "share of the load on the busiest shard: median of the placements, with 95 % of them",
    "imbalance": "load of the busiest node over the even share",
    "hottest_key": "share of the load on the hottest key, which no hash can split",
    "useful_shards": "shards beyond this many cannot lower the load of the one with the hottest key",
    "busiest_rate": "requests to the busiest shard",
    "busiest_node_rate": "requests that each node of the busiest shard executes, with replicas",
    "shards_needed": "fewest shards with which the busiest node is not too busy: keeps node_rate",
    "carried_rate": "arrivals that the shards carry: at which the busiest node reaches node_rate",
    "servers": "servers, cores or workers that each node of the busiest shard needs",
    "even_servers": "servers needed if the load spread evenly",
    "busiest_utilisation": "share of the time that these servers of the busiest shard are busy",
}

COMMAND = Command(
    name="queue shard",
    summary="How unevenly keys load the shards (Zipf or counts): the busiest shard, servers, shards needed, replicas.",
    fields=(
        KEYS,
        Field("key_count", COUNT, "number of keys, with zipf", "1M", 1, _MOST_KEYS),
        Field("zipf", NUMBER, "exponent of the popularity by rank, 0 for equal keys", "0.99", 0, 5,
              aliases=("skew", "exponent", "alpha", "theta")),
        Field("shards", COUNT, "shards or partitions", "16", 1, _MOST_SHARDS, required=True, aliases=("partitions",)),
        Field("virtual_nodes", COUNT, "points of a shard on the ring of a consistent hash; leave it out for a modulo",
              "128", 1, 100_000, aliases=("vnodes",)),
        ARRIVAL_RATE._replace(doc="requests to all shards together"),
        Field("node_rate", RATE, "requests that one node can execute", "5k/s", 1e-9, 1e12),
        SERVICE_TIME._replace(doc="mean time that a request keeps a server of a node busy; finds the servers"),
        Field("max_utilisation", RATIO, "target: servers of the busiest shard busy at most this share of the time",
              "80%", 0.01, 0.9999, default="80%"),
        Field("p_wait", RATIO, "target: at most this share of its requests waits", "20%", 1e-9, complement(1e-9)),
        Field("read_share", RATIO, "share of the requests that only read", "90%", 0, 1),
        Field("replicas", COUNT, "copies of a shard that serve reads beside the primary", "2", 0, 100),
        Field("seed", COUNT, "seed of the random placements", "1", 0, 10**9, default="1"),
    ),
    run=run,
    formula="share of rank k: k^-s / sum; the 1,500 hottest keys are placed at random, the others are normal with "
    "variance sum(share^2) / m; a node executes writes + reads / (1 + replicas)",
    source="Raab and Steger 1998; Breslau et al. 1999; Karger et al. 1997",
    example={"key_count": "1M", "zipf": "0.99", "shards": "16", "arrival_rate": "40k/s", "node_rate": "5k/s",
             "read_share": "90%", "replicas": "2"},
    results=_RESULTS,
    tables={
        "hottest_keys": {"share": "share of the load", "rate": "requests to this key"},
        "by_shards": {
            "busiest": "share of the busiest of so many shards, median of the placements",
            "times_even": "load of the busiest node over the even share",
        },
    },
)  # fmt: skip
