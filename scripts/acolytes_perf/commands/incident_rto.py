"""How long recovery from an outage takes: the restart, and then the backlog."""

from __future__ import annotations

import math

from acolytes_perf.declare import Command
from acolytes_perf.errors import CannotAnswerError, InputError
from acolytes_perf.inputs.fields import Field, Inputs
from acolytes_perf.inputs.offered_load import MAX_TIME
from acolytes_perf.inputs.units import COUNT, DURATION, NUMBER, RATE, RATIO, at_most
from acolytes_perf.methods.reliability.outage_recovery import (
    Outage,
    drain,
    late_requests,
    longest_outage,
    needed_capacity,
)
from acolytes_perf.outcome import STATISTICAL, AnswerWarning, Interval, Outcome, Result, limits_of
from acolytes_perf.wording import format_quantity

_NORMAL = 1.959964


def run(inputs: Inputs) -> Outcome:
    """Drain the backlog, and compare the time with the objective."""
    outage = _outage(inputs)
    if outage.arrival_rate >= outage.capacity:
        message = (
            f"{format_quantity(outage.arrival_rate, '1/s')} arrive and {format_quantity(outage.capacity, '1/s')} are "
            "completed at most: the backlog never drains; missing: more capacity, or fewer requests"
        )
        raise CannotAnswerError("/arrival_rate", message)
    drained = drain(outage)
    ends = drained.seconds != math.inf
    reach = _NORMAL * drained.sd
    objectives = limits_of(inputs.optional("rto"))
    results = [
        Result("backlog", outage.waiting, "requests"),
        Result("drain_time", *_time(drained.seconds, reach, 0.0)),
        Result("recovery_time", *_time(drained.seconds + outage.down, reach, outage.down), objectives),
        Result("wait_after_restart", outage.waiting / outage.capacity, "s"),
        Result("utilisation", outage.arrival_rate / outage.capacity, "ratio"),
        Result("lost", outage.lost, "requests"),
    ]
    deadline = inputs.optional("deadline")
    if deadline is not None:
        late = late_requests(outage, deadline)
        results.append(Result("late", None if late == math.inf else late, "requests"))
    answer = _answer(outage, drained.seconds, inputs)
    objective = inputs.optional("rto")
    if objective is not None:
        results += _against(inputs, outage, objective, drained.seconds)
    if not ends:
        results.append(Result("most_admitted", outage.capacity / (1 + outage.retries), "1/s"))
    return Outcome(answer, results, _assumptions(outage), _warnings(outage, ends=ends))


def _time(seconds: float, reach: float, least: float) -> tuple[float | None, str, Interval | None]:
    if seconds == math.inf:
        return None, "s", None
    return seconds, "s", Interval(max(least, seconds - reach), seconds + reach, STATISTICAL, 0.95)


def _outage(inputs: Inputs) -> Outage:
    if "capacity" in inputs:
        for name in inputs.present("servers", "service_time"):
            raise InputError(f"/{name}", "cannot be combined with capacity: leave one out", {name: None})
        capacity = inputs.number("capacity")
    else:
        names = ("servers", "service_time")
        missing = next((name for name in names if name not in inputs), None)
        if missing:
            raise COMMAND.missing(
                "capacity" if len(inputs.present(*names)) == 0 else missing,
                "or give servers and service_time"
                if not inputs.present(*names)
                else "servers and service_time belong together",
            )
        capacity = inputs.number("servers") / inputs.number("service_time")
    if ("retries" in inputs) != ("timeout" in inputs):
        missing = "timeout" if "retries" in inputs else "retries"
        raise COMMAND.missing(missing, "retries and timeout belong together")
    if "outage" not in inputs and "backlog" not in inputs:
        raise COMMAND.missing("outage", "or give the backlog")
    if "outage" not in inputs and "kept" in inputs.written and not inputs.number("restart"):
        raise InputError("/kept", "has no effect: the backlog is given, and there is no restart", {"kept": None})
    return Outage(
        inputs.number("arrival_rate"),
        capacity,
        inputs.optional("outage") or 0.0,
        inputs.number("restart"),
        inputs.number("kept"),
        inputs.optional("backlog"),
        inputs.optional("timeout"),
        inputs.optional("retries") or 0.0,
    )


def _answer(outage: Outage, seconds: float, inputs: Inputs) -> str:
    waiting = format_quantity(outage.waiting, "requests")
    if seconds == math.inf:
        return (
            f"The service does not recover by itself: {waiting} wait longer than the timeout, and with "
            f"{format_quantity(outage.retries, '')} retries {format_quantity(outage.overload, '1/s')} arrive for a "
            f"capacity of {format_quantity(outage.capacity, '1/s')}. Admit at most "
            f"{format_quantity(outage.capacity / (1 + outage.retries), '1/s')} new requests until the backlog is gone."
        )
    objective = inputs.optional("rto")
    objectives = limits_of(objective)
    parts = f"{format_quantity(outage.down, 's')} without service" if outage.down else ""
    text = f"The backlog of {waiting} drains in {format_quantity(seconds, 's', () if outage.down else objectives)}"
    if parts:
        text += f" after {parts}: recovered {format_quantity(outage.down + seconds, 's', objectives)} after the failure"
    if objective is not None:
        kept = at_most(outage.down + seconds, objective)
        text += f", {'within' if kept else 'beyond'} the objective of {format_quantity(objective, 's')}"
    return f"{text}."


def _against(inputs: Inputs, outage: Outage, objective: float, seconds: float) -> list[Result]:
    needed = needed_capacity(outage, objective)
    results = [
        Result("meets_rto", at_most(outage.down + seconds, objective), ""),
        Result("needed_capacity", needed, "1/s"),
    ]
    if "servers" in inputs:
        servers = None if needed is None else math.ceil(needed * inputs.number("service_time") * (1 - 1e-9))
        results.append(Result("needed_servers", servers, "servers"))
    if outage.backlog is None:
        results.append(Result("longest_outage", longest_outage(outage, objective), "s"))
    return results


def _assumptions(outage: Outage) -> list[str]:
    texts = [
        "Requests arrive at the same rate during the outage, the restart and the drain, and are served in order.",
        "All capacity works right after the restart, at full speed: cold caches and slow starts are not in it.",
        "The interval is for Poisson arrivals and exponential service times; a wrong rate changes the time far more.",
    ]
    if outage.kept < 1:
        texts.append(f"{format_quantity(1 - outage.kept, 'ratio')} of the requests without service never come again.")
    if outage.retries:
        texts.append("While the wait is longer than the timeout, new requests are tried again; all tries are served.")
    return texts


def _warnings(outage: Outage, *, ends: bool) -> list[AnswerWarning]:
    warnings = []
    utilisation = outage.arrival_rate / outage.capacity
    if ends and utilisation > 0.9:
        message = (
            f"at a utilisation of {format_quantity(utilisation, 'ratio')} a few per cent more load double the time"
        )
        warnings.append(AnswerWarning("little_spare_capacity", message, "try --arrival-rate of the busiest hour"))
    if not ends:
        message = "retries keep the service overloaded after the cause is gone"
        fix = "shed load, limit retries, or drop requests that nobody waits for"
        warnings.append(AnswerWarning("metastable", message, fix))
    return warnings


COMMAND = Command(
    name="incident rto",
    summary="Recovery from an outage: backlog, drain time, lost and late requests, and what a recovery time needs.",
    fields=(
        Field("arrival_rate", RATE, "new requests per unit of time, always the same", "900/s", 1e-9, 1e12,
              required=True, aliases=("rate", "rps", "lambda", "load")),
        Field("capacity", RATE, "what the whole service completes at most", "1200/s", 1e-9, 1e12),
        Field("servers", COUNT, "servers after the restart, with service_time instead of capacity", "100", 1, 10**6),
        Field("service_time", DURATION, "mean time that a request keeps one server busy", "80ms", 1e-9, MAX_TIME),
        Field("outage", DURATION, "from the failure to the start of the restart", "20min", 1e-3, MAX_TIME),
        Field("backlog", COUNT, "requests that wait when the restart begins, instead of those of the outage", "1M", 0,
              10**15),
        Field("restart", DURATION, "time of the restart, without service", "2min", 0, MAX_TIME, default="0s"),
        Field("kept", RATIO, "share of the requests without service that wait or come again", "60%", 0, 1,
              default="100%"),
        Field("deadline", DURATION, "a request that waits longer is late", "10s", 1e-6, MAX_TIME),
        Field("timeout", DURATION, "wait after which a client tries again, with retries", "5s", 1e-6, MAX_TIME),
        Field("retries", NUMBER, "how many more times a client tries while it waits longer", "2", 0.01, 1000),
        Field("rto", DURATION, "recovery time objective, from the failure until nothing waits", "1h", 1e-3, MAX_TIME,
              aliases=("objective", "target")),
    ),
    run=run,
    formula="backlog Q = kept * rate * (outage + restart); drain Q / (capacity - rate), variance Q (capacity + rate) "
    "/ (capacity - rate)^3; with retries first (Q - capacity * timeout) / (capacity - rate (1 + retries))",
    source="Newell 1982, chapter 2 (fluid queue); Cox and Miller 1965, section 5.7 (variance); Bronson 2021, "
    "doi 10.1145/3458336.3465286 (metastable failures)",
    example={
        "arrival_rate": "900/s", "capacity": "1200/s", "outage": "20min", "restart": "2min", "kept": "60%",
        "deadline": "10s", "rto": "1h",
    },
    results={
        "backlog": "requests that wait when the service works again",
        "drain_time": "time from the recovery until no request waits",
        "recovery_time": "outage, restart and drain time",
        "wait_after_restart": "wait of a request that comes just after the restart",
        "utilisation": "arrival rate over capacity",
        "lost": "requests without service that never come again",
        "late": "requests that are served after the deadline",
        "meets_rto": "whether the recovery time is within the objective",
        "needed_capacity": "least capacity that keeps the objective; never: outage and restart take longer already",
        "needed_servers": "servers with which the target is met",
        "longest_outage": "longest outage that keeps the objective with this capacity",
        "most_admitted": "rate of new requests to admit until the backlog is gone, so that it shrinks",
    },
)  # fmt: skip
