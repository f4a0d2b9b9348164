"""A queue whose arrivals and service times vary as measured, with the error of the method."""

from __future__ import annotations

import math

from acolytes_perf.declare import Command
from acolytes_perf.inputs.fields import Estimate, Field, Inputs
from acolytes_perf.inputs.offered_load import (
    ARRIVAL_RATE,
    OFFERED_LOAD,
    SERVERS,
    SERVICE_RATE,
    SERVICE_TIME,
    UTILISATION,
    OfferedLoad,
    check_stability,
    read_offered_load,
)
from acolytes_perf.inputs.units import NUMBER
from acolytes_perf.methods.queueing.general import (
    MAX_COSMETATOS_GAP,
    MAX_PERCENTILE_SCV,
    cosmetatos_gap,
    mean_wait_bounds,
    wait_percentile_bounds,
)
from acolytes_perf.outcome import MODEL, SCENARIO, AnswerWarning, Interval, Outcome, Result
from acolytes_perf.wording import format_interval, format_quantity, pluralize

#: Above this, a few long jobs decide, and what they are is not in the variation.
_MUCH = 4


def run(inputs: Inputs) -> Outcome:
    """Mean wait, response and queue, each with the interval of the method and of the inputs."""
    offered, servers = read_offered_load(COMMAND.fields, inputs), int(inputs.number("servers"))
    check_stability(inputs, offered.load, servers)
    utilisation = offered.load / servers
    arrivals, service = inputs.estimate("arrival_scv"), inputs.estimate("service_scv")
    wait = mean_wait_bounds(servers, utilisation, arrivals.value, service.value)
    least, most = read_offered_load(COMMAND.fields, inputs, "low"), read_offered_load(COMMAND.fields, inputs, "high")
    stays_stable = most.load < servers
    shortest = mean_wait_bounds(servers, least.load / servers, arrivals.low, service.low)
    longest = mean_wait_bounds(servers, most.load / servers, arrivals.high, service.high) if stays_stable else None
    low, high = shortest.low, None if longest is None else longest.high
    varies = least != most or arrivals.has_interval or service.has_interval
    kind = SCENARIO if varies else MODEL

    def result(name: str, value: float, low: float, high: float | None, unit: str) -> Result:
        return Result(name, value, unit, Interval(low, high, kind) if high is None or low < high else None)

    scale, unit = offered.time_scale
    highest = _times(high, most.time_scale[0])
    results = [
        Result("offered_load", offered.load, "erlang"),
        result("utilisation", utilisation, least.load / servers, most.load / servers, "ratio"),
        result("mean_wait", wait.value * scale, low * least.time_scale[0], highest, unit),
        result(
            "mean_response",
            (1 + wait.value) * scale,
            (1 + low) * least.time_scale[0],
            None if highest is None else highest + most.time_scale[0],
            unit,
        ),
        result("mean_queue", offered.load * wait.value, least.load * low, _times(high, most.load), "arrivals"),
        result(
            "mean_in_system",
            offered.load * (1 + wait.value),
            least.load * (1 + low),
            None if high is None else most.load * (1 + high),
            "arrivals",
        ),
    ]
    has_tail = arrivals == Estimate(1, 1, 1) and service.high <= MAX_PERCENTILE_SCV
    is_exact = service == Estimate(1, 1, 1)
    if has_tail:
        within = wait_percentile_bounds(servers, utilisation, wait, is_mmc=is_exact).value * scale
        soonest = (
            wait_percentile_bounds(servers, least.load / servers, shortest, is_mmc=is_exact).low * least.time_scale[0]
        )
        latest = (
            None
            if longest is None
            else wait_percentile_bounds(servers, most.load / servers, longest, is_mmc=is_exact).high
            * most.time_scale[0]
        )
        results.insert(3, result("p95_wait", within, soonest, latest, unit))
    if servers == 1:
        results.append(result("p_empty", 1 - utilisation, max(0.0, 1 - most.load), 1 - least.load, "probability"))
    error = max(wait.high - wait.value, wait.value - wait.low) / wait.value if wait.value else 0.0
    if math.isfinite(error):  # of a wait that is next to nothing it is not
        results.append(Result("model_error", error, "ratio"))
    answer = (
        f"{pluralize(servers, 'server')} under {format_quantity(offered.load, 'erlang')} (utilisation "
        f"{format_quantity(utilisation, 'ratio')}): "
        f"an arrival waits {format_quantity(wait.value * scale, unit)} on average"
    )
    if results[2].interval:
        answer += f" ({format_interval(low * least.time_scale[0], highest, unit, kind, None)})"
    if has_tail:
        answer += f"; 95 % wait at most {format_quantity(within, unit)}"
        if results[3].interval:
            answer += f" ({format_interval(soonest, latest, unit, kind, None)})"
    next_calls = [("queue mmc", {name: value for name, value in inputs.written.items() if name in _SHARED})]
    assumptions = _assumptions(arrivals.value, varies=varies, has_tail=has_tail)
    warnings = _warnings(offered, servers, arrivals.value, service.value, stays_stable=stays_stable)
    return Outcome(answer + ".", results, assumptions, warnings, [] if varies else next_calls)


def _times(count: float | None, factor: float) -> float | None:
    return None if count is None else count * factor


def _assumptions(arrivals: float, *, varies: bool, has_tail: bool) -> list[str]:
    texts = [
        "One queue, first come first served, nobody gives up; steady state; service times do not depend on the load.",
        "Model error: what constant, gamma, lognormal and two-phase distributions do; 0 where the formula is exact.",
    ]
    if has_tail:
        texts.append(
            "p95_wait: the waits are taken as exponential, and as many as with exponential service; its limits "
            "are those of "
            "simulated gamma, lognormal and two-phase service. A few requests of 30 times the mean lie outside them."
        )
    else:
        texts.append(
            f"No p95_wait: it is computed only for random arrivals and a service_scv up to {MAX_PERCENTILE_SCV}."
        )
    if varies:
        texts.append(
            "The interval covers all inputs within their intervals, and the model error. It has no confidence level."
        )
    if arrivals != 1:
        texts.append("Gaps between arrivals are independent; in lasting bursts the waits are longer.")
    return texts


def _warnings(
    offered: OfferedLoad, servers: int, arrivals: float, service: float, *, stays_stable: bool
) -> list[AnswerWarning]:
    warnings = []
    if not stays_stable:
        message = "for some inputs within their intervals the servers are overloaded, and the wait grows without limit"
        warnings.append(AnswerWarning("may_overload", message, "add servers, or measure the load more closely"))
    if arrivals != 1 and cosmetatos_gap(servers, offered.load / servers) > MAX_COSMETATOS_GAP:
        message = (
            "many servers with much spare capacity: the wait of the few that wait depends on more than the variation"
        )
        warnings.append(AnswerWarning("light_load", message, "treat the wait as short, or simulate with measured gaps"))
    if service > _MUCH and servers > 1:
        message = (
            "service times vary so much that a few long ones dominate; two distributions may differ by a factor of 3"
        )
        warnings.append(
            AnswerWarning("heavy_tail", message, "move long jobs to a pool of their own, and compute both pools")
        )
    return warnings


#: Inputs that `queue mmc` takes as well.
_SHARED = {"arrival_rate", "service_time", "service_rate", "utilisation", "offered_load", "servers"}

_RESULTS = {
    "offered_load": "arrival rate times mean service time: the number of servers that are busy on average",
    "utilisation": "share of the time that a server is busy",
    "mean_wait": "mean time in the queue, of all arrivals",
    "mean_response": "mean time in the queue and in service together",
    "p95_wait": "95th percentile of the wait: 95 % of the arrivals wait no longer",
    "mean_queue": "arrivals that wait, on average",
    "mean_in_system": "arrivals that wait or are served, on average",
    "p_empty": "share of the time that the system is empty, for one server",
    "model_error": "possible error of the mean wait: for usual distributions of the same variation",
}

COMMAND = Command(
    name="queue mgc",
    summary="Mean and p95 wait when arrivals and service vary as measured (G/G/c), with the method's error.",
    fields=(
        ARRIVAL_RATE._replace(takes_interval=True),
        SERVICE_TIME._replace(takes_interval=True),
        SERVICE_RATE,
        OFFERED_LOAD,
        UTILISATION,
        SERVERS,
        Field(
            "arrival_scv",
            NUMBER,
            "variance of the gaps between arrivals over their squared mean: 0 regular, 1 random",
            "1",
            0,
            100,
            default="1",
            takes_interval=True,
            aliases=("ca2", "arrivals_scv"),
        ),
        Field(
            "service_scv",
            NUMBER,
            "variance of the service times over their squared mean: 0 constant, 1 exponential",
            "2",
            0,
            100,
            default="1",
            takes_interval=True,
            aliases=("cs2", "scv"),
        ),
    ),
    run=run,
    formula="mean wait = F (ca + cs) / ((1 - cs) / W(M/D/c) + 2 cs / W(M/M/c)), ca and cs the squared coefficients of "
    "variation, W(M/D/c) exact, F = 1 for random arrivals (ca = 1); limits by Allen-Cunneen, W(M/M/c) (ca + cs) / 2; "
    "p95 = W / C ln(C / 5 %), C the share that waits in M/M/c",
    source="Crommelin 1932; Kimura 1986; Kraemer and Langenbach-Belz 1976; Whitt 1993; Allen 1990, section 5.4; "
    "Kingman 1970; Gupta et al. 2010",
    example={"arrival_rate": "90/s..100/s..110/s", "service_time": "80ms", "servers": "10", "service_scv": "2"},
    results=_RESULTS,
)
