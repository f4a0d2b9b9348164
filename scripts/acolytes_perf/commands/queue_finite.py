"""A queue with few places, or of few users: exact losses and waits."""

from __future__ import annotations

from typing import NamedTuple

from acolytes_perf.declare import Command
from acolytes_perf.errors import InputError
from acolytes_perf.inputs.fields import MAX_ITEMS, Field, Inputs
from acolytes_perf.inputs.offered_load import (
    ARRIVAL_RATE,
    MAX_TIME,
    OFFERED_LOAD,
    SERVICE_TIME,
    read_offered_load,
)
from acolytes_perf.inputs.units import COUNT, DURATION, RATIO, complement
from acolytes_perf.methods.queueing.finite import (
    FiniteQueue,
    TimesInSystem,
    min_places,
    with_few_places,
    with_few_users,
)
from acolytes_perf.outcome import AnswerWarning, Outcome, Result, ResultTable, Row
from acolytes_perf.wording import format_quantity, pluralize

_MOST = 100_000


class _Case(NamedTuple):
    """The queue, and what makes seconds of its mean service times."""

    queue: FiniteQueue
    scale: float
    unit: str
    who: str
    assumption: str


def run(inputs: Inputs) -> Outcome:
    """Means, losses, percentiles, and the places for a target of losses."""
    servers = int(inputs.number("servers"))
    if "places" in inputs and inputs.number("places") < servers:
        message = f"counts those in service, too: it must be at least the {pluralize(servers, 'server')}"
        raise InputError("/places", message, {"places": servers})
    case = _users(inputs, servers) if "users" in inputs else _places(inputs, servers)
    queue = case.queue
    times = TimesInSystem(queue)
    results = _means(case, has_losses="places" in inputs)
    if "time" in inputs:
        if case.unit != "s":
            raise COMMAND.missing("service_time", "time is compared with it")
        time = inputs.number("time") / case.scale
        results += [
            Result("wait_exceeds", times.wait_exceeds(time), "probability"),
            Result("response_exceeds", times.response_exceeds(time), "probability"),
        ]
    answer = (
        f"{pluralize(servers, 'server')} {case.who}: "
        + (f"{format_quantity(queue.blocking, 'probability')} are lost, and " if "places" in inputs else "")
        + f"an arrival waits {format_quantity(queue.mean_wait * case.scale, case.unit)} on average"
    )
    if "blocking" in inputs:
        places = min_places(read_offered_load(COMMAND.fields, inputs).load, servers, inputs.number("blocking"), _MOST)
        results.append(Result("places_needed", places, "places"))
        target = format_quantity(inputs.number("blocking"), "probability")
        answer += (
            f"; for at most {target} lost, no number of places is enough: add servers"
            if places is None
            else f"; for at most {target} lost, {pluralize(places, 'place')} are needed"
        )
    rows = []
    for share in sorted(set(inputs.numbers("percentiles"))):
        wait, response = (times.percentile(one, share) for one in (times.wait_exceeds, times.response_exceeds))
        cells = [
            Result("wait", wait * case.scale, case.unit),
            Result("response", response * case.scale, case.unit),
        ]
        rows.append(Row(f"p{share * 100:.12g}", cells))
    assumptions = [
        f"{case.assumption} Exponential service times; first come, first served; steady state.",
        "Waits and responses are those of arrivals that are not lost.",
    ]
    tables = [ResultTable("percentiles", "percentile", rows)]
    return Outcome(answer + ".", results, assumptions, _warnings(inputs, queue), tables=tables)


def _places(inputs: Inputs, servers: int) -> _Case:
    """M/M/c/K."""
    if "think_time" in inputs:
        raise InputError("/think_time", "has no effect without users: leave it out", {"think_time": None})
    if "places" not in inputs:
        raise COMMAND.missing("places", "add it, or add --users and --think-time; with neither use queue mmc")
    offered = read_offered_load(COMMAND.fields, inputs)
    places = int(inputs.number("places"))
    return _Case(
        with_few_places(offered.load, servers, places),
        *offered.time_scale,
        f"and {pluralize(places, 'place')} in all under {format_quantity(offered.load, 'erlang')}",
        "Poisson arrivals; one that finds all places taken is lost, and does not come again.",
    )


def _users(inputs: Inputs, servers: int) -> _Case:
    """M/M/c//N, with or without a limit of places."""
    for name in inputs.present("arrival_rate", "offered_load", "blocking"):
        why = "holds for arrivals from many users" if name == "blocking" else "follows from users and think_time"
        raise InputError(f"/{name}", f"{why}: leave it out", {name: None})
    for name in ("think_time", "service_time"):
        if name not in inputs:
            raise COMMAND.missing(name, "the users of a small group send the next request that long after an answer")
    users, service_time = int(inputs.number("users")), inputs.number("service_time")
    places = int(inputs.number("places")) if "places" in inputs else None
    if places is not None and places >= users:
        raise InputError("/places", f"has no effect: {users} users never take more places", {"places": None})
    ratio = service_time / inputs.number("think_time")
    limit = f" and {pluralize(places, 'place')} in all" if places is not None else ""
    lost = "; one whose request is lost tries again after such a time" if places is not None else ""
    return _Case(
        with_few_users(ratio, users, servers, places),
        service_time,
        "s",
        f"for {pluralize(users, 'user')}{limit}",
        f"Each user waits for the answer, and sends the next request an exponential think time later{lost}.",
    )


def _means(case: _Case, *, has_losses: bool) -> list[Result]:
    queue, scale, unit = case.queue, case.scale, case.unit
    results = [
        Result("utilisation", queue.throughput / queue.servers, "ratio"),
        *([Result("blocking", queue.blocking, "probability")] if has_losses else []),
        Result("p_wait", queue.p_wait, "probability"),
        Result("p_empty", queue.empty, "probability"),
        Result("mean_wait", queue.mean_wait * scale, unit),
        Result("mean_response", (1 + queue.mean_wait) * scale, unit),
        Result("mean_queue", queue.mean_queue, "arrivals"),
        Result("mean_in_system", queue.in_system, "arrivals"),
    ]
    if unit == "s":
        results.append(Result("throughput", queue.throughput / scale, "1/s"))
        if has_losses:
            lost = queue.throughput * queue.blocking / (1 - queue.blocking)
            results.append(Result("lost_rate", lost / scale, "1/s"))
    return results


def _warnings(inputs: Inputs, queue: FiniteQueue) -> list[AnswerWarning]:
    busy = queue.throughput / queue.servers
    if "users" in inputs and busy > 0.95:
        message = "the servers are nearly always busy: more users would not get more answers in a second"
        return [AnswerWarning("saturated", message, "add servers, or shorten the service time")]
    if queue.blocking > 0.1:
        return [AnswerWarning("much_is_lost", "more than a tenth of the arrivals is lost", "add servers or places")]
    return []


_RESULTS = {
    "utilisation": "share of the time that a server is busy",
    "blocking": "share of the arrivals that is lost, because all places are taken",
    "p_wait": "share of the arrivals that waits, of those that are not lost",
    "p_empty": "share of the time that the system is empty",
    "mean_wait": "mean time in the queue, of the arrivals that are not lost",
    "mean_response": "mean time in the queue and in service together",
    "mean_queue": "arrivals that wait, on average",
    "mean_in_system": "arrivals that wait or are served, on average",
    "throughput": "arrivals served per unit of time",
    "lost_rate": "arrivals lost per unit of time",
    "wait_exceeds": "share of the arrivals that waits longer than the given time: of those that are not lost",
    "response_exceeds": "share of the arrivals whose response takes longer than the given time: of those that are not "
    "lost",
    "places_needed": "fewest places with which no more is lost than allowed: the share `blocking`",
}

COMMAND = Command(
    name="queue finite",
    summary="Exact losses and waits of a queue with few places (M/M/c/K), or of few users (M/M/c//N).",
    fields=(
        ARRIVAL_RATE,
        SERVICE_TIME,
        OFFERED_LOAD,
        Field("servers", COUNT, "servers, workers, threads or pods at work", "4", 1, _MOST, required=True,
              aliases=("c", "workers")),
        Field("places", COUNT, "most requests that may wait or be served at the same time", "20", 1, _MOST,
              aliases=("capacity", "k", "buffer")),
        Field("users", COUNT, "users of a small group, instead of arrival_rate", "50", 1, _MOST,
              aliases=("population", "n", "clients")),
        Field("think_time", DURATION, "mean time of a user between an answer and the next request", "5s", 1e-9,
              MAX_TIME),
        Field("blocking", RATIO, "target: at most this share is lost; finds the places", "1%", 1e-9, complement(1e-9)),
        Field("percentiles", RATIO, "percentiles of the times to show", "50%,95%,99%", 0.001, complement(1e-9),
              default="50%,95%,99%", max_items=MAX_ITEMS, is_distinct=True),
        Field("time", DURATION, "a time: shows the share of arrivals that takes longer", "200ms", 0, MAX_TIME),
    ),
    run=run,
    formula="p(n + 1) / p(n) = births(n) / deaths(n + 1), births a below K (or (N - n) S / Z), deaths min(n, c); "
    "arrivals find births(n) p(n); P(wait > t | j wait) = Erlang tail of j + 1 completions at rate c / S",
    source="Gross, Shortle, Thompson and Harris 2008, sections 2.5 and 2.7; Sevcik and Mitrani 1981",
    example={"arrival_rate": "45/s", "service_time": "80ms", "servers": "4", "places": "20", "blocking": "0.1%"},
    results=_RESULTS,
    tables={
        "percentiles": {
            "wait": "time in the queue that this share of the arrivals does not exceed",
            "response": "time in the queue and in service together",
        }
    },
)  # fmt: skip
