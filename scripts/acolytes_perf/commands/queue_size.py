"""How many servers a load needs, what a number of servers achieves, and the load that it carries."""

from __future__ import annotations

import math

from acolytes_perf.declare import Command
from acolytes_perf.errors import InputError
from acolytes_perf.inputs.fields import Field, Inputs
from acolytes_perf.inputs.offered_load import (
    ARRIVAL_RATE,
    MAX_LOAD,
    MAX_TIME,
    OFFERED_LOAD,
    SERVICE_TIME,
    overload_error,
)
from acolytes_perf.inputs.units import COUNT, DURATION, NUMBER, RATIO, ROUNDING, complement
from acolytes_perf.methods.queueing.staffing import Targets, pool_results
from acolytes_perf.outcome import Outcome, Result, ResultTable, Row
from acolytes_perf.outputs.staffing_report import assumptions, margin, verdict
from acolytes_perf.wording import format_quantity, pluralize

_TARGETS = ("p_wait", "wait_target", "blocking", "max_utilisation")


def run(inputs: Inputs) -> Outcome:
    """Find the servers for a load, check a number of servers, or find the load that they carry."""
    targets = _targets(inputs)
    load, service_time = _demand(inputs)
    if "wait_target" in inputs and service_time is None:
        raise COMMAND.missing("service_time", "wait_target is compared with it")
    has_targets = bool(inputs.present(*_TARGETS))
    if not has_targets and (load is None or "servers" not in inputs):
        message = "a target is missing: add --p-wait 20% (or your own), --wait-target, --blocking or --max-utilisation"
        raise InputError("", message, {"p_wait": "20%"})
    if "servers" not in inputs:
        if load is None:
            raise COMMAND.missing("arrival_rate", "add it with --service-time, or add --offered-load")
        return _sized(inputs, load, service_time, targets)
    if "shrinkage" in inputs:
        raise InputError(
            "/shrinkage", "has no effect with servers, which are those at work: leave it out", {"shrinkage": None}
        )
    if load is None:
        return _carried(inputs, service_time, targets)
    return _judged(inputs, load, service_time, targets if has_targets else None)


def _targets(inputs: Inputs) -> Targets:
    """The targets. Those of a queue and those of a loss system exclude each other."""
    waiting = inputs.present("p_wait", "wait_target", "service_level")
    if "blocking" in inputs and waiting:
        message = f"is for arrivals that are lost, {waiting[0]} for arrivals that wait: use one of them"
        raise InputError("/blocking", message, {"blocking": None})
    for name, other in (("wait_target", "service_level"), ("service_level", "wait_target")):
        if name in inputs and other not in inputs:
            raise COMMAND.missing(other, f"{name} needs it")
    return Targets(
        blocking=inputs.optional("blocking"),
        p_wait=inputs.optional("p_wait"),
        max_wait=inputs.optional("wait_target"),
        late_share=complement(inputs.number("service_level")) if "service_level" in inputs else 1.0,
        max_utilisation=inputs.optional("max_utilisation"),
    )


def _demand(inputs: Inputs) -> tuple[float | None, float | None]:
    """Offered load at the peak in erlang, and mean service time in seconds; each is None where it is unknown."""
    rate, service_time = inputs.optional("arrival_rate"), inputs.optional("service_time")
    load = inputs.optional("offered_load")
    if load is not None:
        if rate is not None and service_time is not None:
            raise InputError(
                "/offered_load", "follows from arrival_rate and service_time: leave it out", {"offered_load": None}
            )
        service_time = service_time if rate is None else load / rate
    elif rate is not None:
        if service_time is None:
            raise COMMAND.missing("service_time", "arrival_rate alone gives no load")
        load = rate * service_time
    if load is None:
        return None, service_time
    load *= inputs.number("peak_factor")
    if not 1e-9 <= load <= MAX_LOAD:
        name = next(iter(inputs.present("offered_load", "arrival_rate")))
        raise InputError(f"/{name}", f"makes {load:.4g} erlang; it must be 1e-9 to {MAX_LOAD:.0f}")
    return load, service_time


def _sized(inputs: Inputs, load: float, service_time: float | None, targets: Targets) -> Outcome:
    servers = targets.min_servers(load, service_time)
    results = [Result("offered_load", load, "erlang"), *pool_results(load, servers, service_time, targets)]
    answer = f"{pluralize(servers, 'server')} for {format_quantity(load, 'erlang')}: {verdict(results, targets)}"
    tables = []
    if servers > 1:
        fewer = pool_results(load, servers - 1, service_time, targets)
        is_enough = targets.is_loss_system or load < servers - 1
        answer += "; one server less " + (f"would give {verdict(fewer, targets)}" if is_enough else "cannot carry it")
        tables.append(_beside("one_less", fewer))
    if "shrinkage" in inputs:
        positions = math.ceil(servers / complement(inputs.number("shrinkage")) * (1 - ROUNDING))
        results.append(Result("positions", positions, "servers"))
        answer += (
            f"; {positions} in all, because {format_quantity(inputs.number('shrinkage'), 'ratio')} of them are away"
        )
    if not targets.is_loss_system:
        results.append(Result("square_root_rule", targets.min_servers_by_square_root(load, service_time), "servers"))
    next_calls = []
    if inputs.number("peak_factor") == 1:
        next_calls.append(("queue size", {**inputs.written, "peak_factor": 1.2}))
    warnings = margin(inputs, load, servers)
    return Outcome(answer + ".", results, assumptions(inputs, targets), warnings, next_calls, tables=tables)


def _beside(case: str, results: list[Result]) -> ResultTable:
    """The results for another number of servers."""
    return ResultTable(case, "case", [Row(case, results)], beside_results=True)


def _judged(inputs: Inputs, load: float, service_time: float | None, targets: Targets | None) -> Outcome:
    """Check a number of servers. `targets` is None where the user has no target."""
    servers, checked_targets = int(inputs.number("servers")), targets or Targets()
    needed = checked_targets.min_servers(load, service_time)
    if load >= servers and not checked_targets.is_loss_system:
        raise overload_error(load, servers, needed)
    results = [Result("offered_load", load, "erlang"), *pool_results(load, servers, service_time, checked_targets)]
    answer = (
        f"{pluralize(servers, 'server')} under {format_quantity(load, 'erlang')}: {verdict(results, checked_targets)}"
    )
    tables = []
    if targets is not None:
        met = targets.are_met(load, servers, service_time)
        results.insert(0, Result("targets_met", met, ""))
        answer += f"; the targets are {'met' if met else 'not met'}"
        if needed != servers:
            tables.append(_beside("needed", pool_results(load, needed, service_time, targets)))
            answer += f", {needed} would be enough" if met else f", {needed} are needed"
    sizing = {name: value for name, value in inputs.written.items() if name != "servers"}
    next_calls = [("queue size", sizing if targets else {**sizing, "p_wait": "20%"})]
    warnings = margin(inputs, load, servers)
    return Outcome(answer + ".", results, assumptions(inputs, checked_targets), warnings, next_calls, tables=tables)


def _carried(inputs: Inputs, service_time: float | None, targets: Targets) -> Outcome:
    servers = int(inputs.number("servers"))
    peak = targets.max_load(servers, service_time)
    mean = peak / inputs.number("peak_factor")
    results = [Result("offered_load", mean, "erlang")]
    answer = f"{pluralize(servers, 'server')} carry at most {format_quantity(mean, 'erlang')}"
    if service_time is not None:
        results.append(Result("arrival_rate", mean / service_time, "1/s"))
        answer += f", which is {format_quantity(mean / service_time, '1/s')}"
    results += pool_results(peak, servers, service_time, targets)
    answer += f" within the targets: {verdict(results, targets)}."
    return Outcome(answer, results, assumptions(inputs, targets))


_RESULTS = {
    "offered_load": "arrival rate times mean service time, at the peak: the number of servers that are busy on average",
    "arrival_rate": "the arrivals that the servers carry, on average",
    "servers": "servers at work; beside it `one_less` (one server less) or `needed` (what the targets need)",
    "utilisation": "share of the time that a server is busy; from 100 % on the queue only grows",
    "p_wait": "share of the arrivals that wait",
    "service_level": "share of the arrivals that starts in time: within wait_target",
    "mean_wait": "mean time in the queue, of all arrivals",
    "p95_wait": "95th percentile of the wait: 95 % of the arrivals wait no longer",
    "mean_response": "mean time in the queue and in service together",
    "p95_response": "95th percentile of the response time: 95 % of the arrivals take no longer in the queue and in "
    "service",
    "blocking": "share of the arrivals that is lost",
    "lost_rate": "arrivals lost per unit of time",
    "targets_met": "whether the given servers meet every target",
    "positions": "servers to have in all: so that enough are at work while the share `shrinkage` is away",
    "square_root_rule": "servers by the square-root approximation: (Halfin and Whitt), to compare with the exact "
    "number",
}

COMMAND = Command(
    name="queue size",
    summary="How many servers a load needs, what a number of servers achieves, or what load it carries.",
    fields=(
        ARRIVAL_RATE,
        SERVICE_TIME,
        OFFERED_LOAD,
        Field("servers", COUNT, "servers at work: to check them, or to find the load that they carry", "104", 1, 1e6),
        Field("p_wait", RATIO, "target: at most this share of the arrivals waits", "20%", 1e-9, complement(1e-9)),
        Field(
            "wait_target",
            DURATION,
            "target: the longest wait that the share service_level of the arrivals may have",
            "50ms",
            1e-9,
            MAX_TIME,
        ),
        Field(
            "service_level",
            RATIO,
            "the share of the arrivals that waits at most wait_target",
            "95%",
            1e-9,
            complement(1e-9),
        ),
        Field(
            "blocking", RATIO, "target: at most this share is lost (no queue: Erlang B)", "1%", 1e-9, complement(1e-9)
        ),
        Field("max_utilisation", RATIO, "target: servers busy at most this share of the time", "80%", 0.01, 0.9999),
        Field("peak_factor", NUMBER, "peak load divided by the mean load", "1.5", 1, 100, default="1"),
        Field(
            "shrinkage",
            RATIO,
            "share of all servers that is not available (breaks, deployments, a lost zone)",
            "30%",
            0.001,
            0.95,
        ),
    ),
    run=run,
    formula="Erlang C: P(wait) = c B / (c - a (1 - B)), P(wait > t) = P(wait) exp(-(c - a) t / s), a = rate * s; "
    "Erlang B: 1/B = sum over k of c! / ((c - k)! a^k); the smallest c that keeps every target",
    source="Erlang 1917; Jagerman 1974 (stable sum); Kleinrock 1975, section 3.5; Halfin and Whitt 1981 (square root)",
    example={"arrival_rate": "1200/s", "service_time": "80ms", "wait_target": "50ms", "service_level": "95%"},
    results=_RESULTS,
)
