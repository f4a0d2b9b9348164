"""Whether retries of failed requests can keep an overload alive, and which load, budget or queue rules that out."""

from __future__ import annotations

from typing import NamedTuple

from acolytes_perf.declare import Answer, Command, Format
from acolytes_perf.errors import InputError
from acolytes_perf.inputs.fields import Field, Inputs
from acolytes_perf.inputs.offered_load import ARRIVAL_RATE, MAX_TIME, SERVICE_TIME
from acolytes_perf.inputs.units import COUNT, DURATION, RATIO
from acolytes_perf.methods.queueing.retries import Balance, Curve, RetrySystem
from acolytes_perf.outcome import AnswerWarning, Outcome, Result, ResultTable, Row
from acolytes_perf.wording import format_quantity, format_result, pluralize

_MOST_SERVERS = 10_000
_MOST_WAITING = 20_000
#: Without a limit, the queue holds this many times what is served within the timeout, within these numbers.
_DEFAULT_TIMEOUTS, _DEFAULT_LEAST, _DEFAULT_MOST = 3, 20, 2000
#: Attempts of a request over all layers.
_MOST_ATTEMPTS = 10_000


class _Case(NamedTuple):
    """The system with its curve; loads are in erlang, `scale` is the mean service time in seconds."""

    curve: Curve
    load: float
    scale: float

    @property
    def system(self) -> RetrySystem:
        return self.curve.system

    def rate(self, load: float) -> float:
        return load / self.scale


def read_case(inputs: Inputs) -> _Case:
    """The system and its curve of balances.

    Raises:
        InputError: the load or the number of attempts is out of bounds.
    """
    scale, servers = inputs.number("service_time"), int(inputs.number("servers"))
    load = inputs.number("arrival_rate") * scale
    if not 1e-3 * servers <= load <= 100 * servers:
        bounds = f"{servers / 1000:g} to {100 * servers}"
        message = f"makes {load:.4g} erlang; for {pluralize(servers, 'server')} it must be {bounds}"
        raise InputError("/arrival_rate", message)
    attempts = (int(inputs.number("retries")) + 1) ** int(inputs.number("layers"))
    if attempts > _MOST_ATTEMPTS:
        message = f"make {attempts} attempts of one request in the worst case; at most {_MOST_ATTEMPTS} are computed"
        raise InputError("/layers", message, {"layers": None})
    timeout = inputs.number("timeout") / scale
    if timeout > 1e6:
        raise InputError("/timeout", "is more than a million service times: no answer comes so late", {"timeout": None})
    waiting = inputs.optional("queue_limit")
    if waiting is None:
        waiting = min(max(_DEFAULT_LEAST, round(_DEFAULT_TIMEOUTS * servers * timeout)), _DEFAULT_MOST)
    system = RetrySystem(servers, servers + int(waiting), timeout, attempts - 1, inputs.optional("retry_budget"))
    return _Case(Curve(system, load), load, scale)


def run(inputs: Inputs) -> Outcome:
    """Find all balances of the load, and what rules out the lasting overload."""
    case = read_case(inputs)
    balances = case.curve.balances(case.load)
    turning = case.curve.turning_points()
    normal = balances[0] if balances and balances[0].attempts < case.system.servers else None
    overload = balances[-1] if balances and (normal is None or len(balances) > 1) else None
    results = [
        Result("utilisation", case.load / case.system.servers, "ratio"),
        Result("metastable", normal is not None and overload is not None, ""),
        Result("worst_amplification", case.system.amplification(1.0), "x"),
    ]
    if normal:
        results += [
            Result("amplification", normal.attempts / case.load, "x"),
            Result("attempt_failure", normal.failure, "probability"),
        ]
    results += _edges(case, turning, normal, balances)
    if overload:
        results += [
            Result("overload_attempts", case.rate(overload.attempts), "1/s"),
            Result("overload_failure", overload.failure, "probability"),
        ]
    rows = [Row(_name(one, normal, index), _balance(case, one)) for index, one in enumerate(balances)]
    return Outcome(
        _answer(case, results, normal, overload),
        results,
        _assumptions(inputs, case),
        _warnings(case, turning, normal, overload),
        tables=[ResultTable("balances", "balance", rows)],
    )


def _edges(
    case: _Case, turning: tuple[float, float] | None, normal: Balance | None, balances: list[Balance]
) -> list[Result]:
    """The loads, budgets and retries between which there are two lasting states."""
    results = []
    if turning:
        results += [
            Result("safe_rate", case.rate(turning[0]), "1/s"),
            Result("collapse_rate", case.rate(turning[1]), "1/s"),
        ]
        if case.load > turning[0]:
            results.append(Result("shed_share", 1 - turning[0] / case.load, "ratio"))
    if normal and len(balances) > 1:
        results += [
            Result("trigger_rate", case.rate(balances[1].attempts), "1/s"),
            Result("budget_limit", balances[1].attempts / case.load - 1, "ratio"),
            Result("safe_retries", case.curve.most_retries(case.load), "retries"),
        ]
    return results


def _name(one: Balance, normal: Balance | None, index: int) -> str:
    if one is normal:
        return "normal"
    return ("overload" if one.stable else "unstable") + (f" {index}" if index > 2 else "")


def _balance(case: _Case, one: Balance) -> list[Result]:
    return [
        Result("attempts", case.rate(one.attempts), "1/s"),
        Result("amplification_there", one.attempts / case.load, "x"),
        Result("failure", one.failure, "probability"),
    ]


def _answer(case: _Case, results: list[Result], normal: Balance | None, overload: Balance | None) -> str:
    texts = {result.name: format_result(result) for result in results}
    rate = format_quantity(case.rate(case.load), "1/s")
    if normal is None:
        text = f"At {rate} the servers are overloaded permanently"
        text += f": retries make {texts['overload_attempts']} of it" if overload else ""
        most = texts.get("collapse_rate")
        return text + (f"; without a disturbance they carry up to {most}." if most else ".")
    text = f"At {rate} a request makes {texts['amplification']} attempts"
    if overload is None:
        return f"{text}, and after any disturbance the servers recover: this is the only balance."
    return (
        f"{text}, but a disturbance of over {texts['trigger_rate']} attempts starts an overload that retries keep "
        f"alive ({texts['overload_attempts']}, {texts['overload_failure']} fail). It ends only below "
        f"{texts['safe_rate']}; a retry budget under {texts['budget_limit']} of the requests rules it out."
    )


def _assumptions(inputs: Inputs, case: _Case) -> list[str]:
    waiting = case.system.places - case.system.servers
    texts = [
        "Exponential service times; first come, first served. Attempts arrive at random, as after a backoff.",
        "Instant retries meet the same full queue, and do a little less harm than stated.",
        "Servers finish the work of an attempt whose timeout has passed.",
        "Backoff moves retries to later. It takes the top off a spike, but a lasting overload has as many retries.",
    ]
    if "queue_limit" not in inputs:
        texts.append(f"queue_limit is not given: at most {waiting} attempts wait. A shorter queue fails faster.")
    return texts


def _warnings(
    case: _Case, turning: tuple[float, float] | None, normal: Balance | None, overload: Balance | None
) -> list[AnswerWarning]:
    if normal is None:
        message = "no balance below the capacity exists at this load"
        return [AnswerWarning("overloaded", message, "add servers, lower the load, or retry less")]
    if overload is None or turning is None:
        return []
    message = "a short disturbance can start an overload that does not end by itself"
    places = max(1, int(case.system.servers * case.system.timeout / 2))
    fix = f"limit retries by a budget, or let at most {places} attempts wait (--queue-limit {places})"
    return [AnswerWarning("metastable", message, fix)]


def _chart(answer: Answer) -> str:
    from acolytes_perf.outputs.retries_chart import chart

    case = read_case(answer.inputs)
    return chart(answer, case.curve, case.load, case.scale)


_RESULTS = {
    "utilisation": "load of the first attempts over the servers",
    "metastable": "whether this load has a normal balance and a lasting overload",
    "worst_amplification": "attempts of a request when every attempt fails",
    "amplification": "attempts of a request in the normal balance",
    "attempt_failure": "chance that an attempt fails in the normal balance",
    "safe_rate": "requests below which any overload ends by itself",
    "collapse_rate": "requests from which the overload begins without a disturbance",
    "shed_share": "share of the requests to turn away for a while to end the overload",
    "trigger_rate": "attempts that a disturbance must reach to start the overload",
    "budget_limit": "retries as a share of the requests, below which a budget rules the overload out",
    "safe_retries": "most retries of a request that rule the overload out",
    "overload_attempts": "attempts in the lasting overload",
    "overload_failure": "chance that an attempt fails in the overloaded state",
}

COMMAND = Command(
    name="queue retries",
    summary="Whether retries can keep an overload alive (metastable failure): safe load, retry budget, queue limit.",
    fields=(
        ARRIVAL_RATE._replace(required=True, doc="requests per unit of time, without retries"),
        SERVICE_TIME._replace(required=True),
        Field("servers", COUNT, "servers, workers or threads at work", "8", 1, _MOST_SERVERS, required=True,
              aliases=("c", "workers")),
        Field("timeout", DURATION, "time after which an attempt has failed", "1s", 1e-9, MAX_TIME, required=True),
        Field("retries", COUNT, "retries after the first attempt", "3", 0, 100, default="3",
              aliases=("max_retries", "attempts")),
        Field("layers", COUNT, "layers that each retry, so that their attempts multiply", "2", 1, 10, default="1"),
        Field("queue_limit", COUNT, "most attempts that wait; more are refused at once", "100", 0, _MOST_WAITING,
              aliases=("backlog", "queue_size")),
        Field("retry_budget", RATIO, "most retries as a share of the requests, by a token bucket", "10%", 0, 10),
    ),
    run=run,
    formula="request rate in balance with attempts x: x / A(f(x)), A(f) = 1 + f + ... + f^n, f by M/M/c/K: refused, or "
    "answered after the timeout; several balances where this curve falls and rises again",
    source="Bronson et al. 2021; Huang et al. 2022; Beyer et al. 2016, chapter 22",
    example={"arrival_rate": "60/s", "service_time": "100ms", "servers": "8", "timeout": "1s", "retries": "3"},
    results=_RESULTS,
    tables={
        "balances": {
            "attempts": "attempts per unit of time in this balance",
            "amplification_there": "attempts of a request in this balance",
            "failure": "chance that an attempt fails in this balance",
        }
    },
    formats={"svg": Format((".svg",), _chart)},
)  # fmt: skip
