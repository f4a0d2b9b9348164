"""A queue whose callers give up: how many do, how long the others wait, and how many servers a target needs."""

from __future__ import annotations

import contextlib
from typing import NamedTuple

from acolytes_perf.declare import Command
from acolytes_perf.errors import InputError
from acolytes_perf.inputs.fields import Field, Inputs
from acolytes_perf.inputs.offered_load import (
    ARRIVAL_RATE,
    MAX_TIME,
    OFFERED_LOAD,
    SERVICE_TIME,
    OfferedLoad,
    read_offered_load,
)
from acolytes_perf.inputs.units import COUNT, DURATION, RATIO, at_most, complement
from acolytes_perf.methods.queueing.impatience import MAX_WAITING, ImpatientQueue, garnett_abandonment
from acolytes_perf.methods.queueing.mmc import min_servers
from acolytes_perf.outcome import AnswerWarning, Outcome, Result, ResultTable, Row, limits_of
from acolytes_perf.wording import format_quantity, format_result, pluralize

#: Most servers, and the highest load in erlang.
_MOST = 100_000
_TARGETS = ("abandonment", "p_wait", "wait_target")


class _Case(NamedTuple):
    """The load, the patience in mean service times, and the targets; a target is None where there is none."""

    offered: OfferedLoad
    service_time: float
    patience: float
    abandonment: float | None
    p_wait: float | None
    max_wait: float | None
    served: float

    def queue(self, servers: int) -> ImpatientQueue:
        return ImpatientQueue(self.offered.load, servers, self.patience)

    def is_met(self, queue: ImpatientQueue) -> bool:
        """Whether the queue keeps every target."""
        if self.abandonment is not None and not at_most(queue.abandonment, self.abandonment):
            return False
        if self.p_wait is not None and not at_most(queue.p_wait, self.p_wait):
            return False
        return self.max_wait is None or at_most(self.served, queue.served_within(self.max_wait))


def run(inputs: Inputs) -> Outcome:
    """Describe the given servers, or find the fewest that keep the targets."""
    case = _read(inputs)
    has_targets = bool(inputs.present(*_TARGETS))
    if not has_targets and "servers" not in inputs:
        message = "a target is missing: add --abandonment 3% (or your own), --p-wait, --wait-target, or --servers"
        raise InputError("", message, {"abandonment": "3%"})
    needed = _needed(case) if has_targets else None
    servers = int(inputs.number("servers")) if "servers" in inputs else needed
    assert servers is not None
    try:
        results = _results(case, servers)
    except OverflowError:
        raise _too_many(case) from None
    answer = f"{pluralize(servers, 'server')} for {format_quantity(case.offered.load, 'erlang')}: {_verdict(results)}"
    tables = []
    if "servers" in inputs and needed is not None:
        met = case.is_met(case.queue(servers))
        results.insert(0, Result("targets_met", met, ""))
        answer += f"; the targets are {'met' if met else 'not met'}"
        if needed != servers:
            answer += f", {needed} would be enough" if met else f", {needed} are needed"
            tables.append(ResultTable("needed", "case", [Row("needed", _results(case, needed))], beside_results=True))
    elif needed is not None and servers > 1:
        with contextlib.suppress(OverflowError):  # so few servers are no alternative
            fewer = _results(case, servers - 1)
            answer += f"; one server less would give {_verdict(fewer)}"
            tables.append(ResultTable("one_less", "case", [Row("one_less", fewer)], beside_results=True))
    assumptions = [
        "Poisson arrivals, exponential service times and patience; first come, first served; steady state.",
        "Who gives up does not come again. Measure patience as: mean wait of all, divided by the share that gave up.",
    ]
    return Outcome(answer + ".", results, assumptions, _warnings(case, results), tables=tables)


def _read(inputs: Inputs) -> _Case:
    if "service_time" not in inputs:
        raise COMMAND.missing("service_time", "patience is compared with it")
    for name, other in (("wait_target", "service_level"), ("service_level", "wait_target")):
        if name in inputs and other not in inputs:
            raise COMMAND.missing(other, f"{name} needs it")
    offered = read_offered_load(COMMAND.fields, inputs)
    if offered.load > _MOST:
        raise InputError("/arrival_rate", f"makes {offered.load:.4g} erlang; it must be at most {_MOST}")
    service_time = inputs.number("service_time")
    longest = inputs.optional("wait_target")
    return _Case(
        offered,
        service_time,
        inputs.number("patience") / service_time,
        inputs.optional("abandonment"),
        inputs.optional("p_wait"),
        None if longest is None else longest / service_time,
        inputs.optional("service_level") or 0.0,
    )


def _needed(case: _Case) -> int:
    """The fewest servers that keep the targets."""
    load = case.offered.load

    def is_enough(servers: int) -> bool:
        try:
            return case.is_met(case.queue(servers))
        except OverflowError:
            return False

    return min_servers(is_enough, max(1, int(load - MAX_WAITING / case.patience)))


def _results(case: _Case, servers: int) -> list[Result]:
    queue, scale = case.queue(servers), case.service_time
    results = [
        Result("servers", servers, "servers"),
        Result("utilisation", queue.busy / servers, "ratio"),
        Result("abandonment", queue.abandonment, "probability", limits=limits_of(case.abandonment)),
        Result("p_wait", queue.p_wait, "probability", limits=limits_of(case.p_wait)),
    ]
    if case.max_wait is not None:
        results.append(Result("service_level", queue.served_within(case.max_wait), "probability", limits=[case.served]))
    rate = case.offered.load / scale
    return [
        *results,
        Result("mean_wait", queue.mean_wait * scale, "s"),
        Result("p90_wait", queue.wait_percentile(0.9) * scale, "s"),
        Result("p95_wait", queue.wait_percentile(0.95) * scale, "s"),
        Result("mean_queue", queue.mean_queue, "arrivals"),
        Result("lost_rate", rate * queue.abandonment, "1/s"),
        Result("square_root_abandonment", garnett_abandonment(case.offered.load, servers, case.patience)[1], "ratio"),
    ]


def _verdict(results: list[Result]) -> str:
    by_name = {result.name: format_result(result) for result in results}
    text = f"{by_name['abandonment']} give up, {by_name['p_wait']} wait, {by_name['mean_wait']} on average"
    return text + (f", and {by_name['service_level']} are served in time" if "service_level" in by_name else "")


def _too_many(case: _Case) -> InputError:
    message = f"are so few that more than {MAX_WAITING} wait: use more, or a shorter patience"
    return InputError("/servers", message, {"servers": str(int(case.offered.load) + 1)})


def _warnings(case: _Case, results: list[Result]) -> list[AnswerWarning]:
    servers = next(result.value for result in results if result.name == "servers")
    assert servers is not None
    if case.offered.load < servers:
        return []
    message = "the servers cannot carry the whole load: only those that give up keep the queue short"
    return [AnswerWarning("overloaded", message, "add servers, or expect these losses at every such peak")]


_RESULTS = {
    "servers": "servers at work; beside it `one_less` (one server less) or `needed` (what the targets need)",
    "targets_met": "whether the given servers keep every target",
    "utilisation": "share of the time that a server is busy",
    "abandonment": "share of the arrivals that gives up before it is served",
    "p_wait": "share of the arrivals that finds all servers busy",
    "service_level": "share of all arrivals that is served in time: within wait_target",
    "mean_wait": "mean time in the queue of all arrivals, until they are served or give up",
    "p90_wait": "90th percentile of the time in the queue: 90 % of the arrivals wait no longer",
    "p95_wait": "95th percentile of the time in the queue: 95 % of the arrivals wait no longer",
    "mean_queue": "arrivals that wait, on average",
    "lost_rate": "arrivals that give up per unit of time",
    "square_root_abandonment": "the share that gives up by the square-root approximation, to compare",
}

COMMAND = Command(
    name="queue abandon",
    summary="A queue whose callers give up (Erlang A): who gives up, waits, and the servers for a target.",
    fields=(
        ARRIVAL_RATE,
        SERVICE_TIME,
        OFFERED_LOAD._replace(maximum=_MOST),
        Field("patience", DURATION, "mean time that one waits before giving up", "2min", 1e-6, MAX_TIME,
              required=True, aliases=("timeout", "mean_patience")),
        Field("servers", COUNT, "servers at work, to describe or to check them", "50", 1, _MOST,
              aliases=("c", "agents", "workers")),
        Field("abandonment", RATIO, "target: at most this share gives up", "3%", 1e-9, complement(1e-9)),
        Field("p_wait", RATIO, "target: at most this share of the arrivals waits", "20%", 1e-9, complement(1e-9)),
        Field("wait_target", DURATION, "target: the share service_level of the arrivals is served within this time",
              "20s", 0, MAX_TIME),
        Field("service_level", RATIO, "the share of the arrivals that is served within wait_target", "80%", 1e-9,
              complement(1e-9)),
    ),
    run=run,
    formula="p(n + 1) / p(n) = a / (min(n + 1, c) + max(0, n + 1 - c) / T), T = patience / S; "
    "abandonment = Lq / (a T); exp(-wait / T) of one behind j others ~ Beta(c T, j + 1)",
    source="Garnett, Mandelbaum and Reiman 2002; Mandelbaum and Zeltyn 2007",
    example={"arrival_rate": "48/min", "service_time": "1min", "patience": "2min", "abandonment": "3%"},
    results=_RESULTS,
)  # fmt: skip
