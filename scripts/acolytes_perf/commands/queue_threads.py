"""How many threads or workers a pool needs, from the processor part and the wait part of a request."""

from __future__ import annotations

import math
from typing import NamedTuple

from acolytes_perf.declare import Command
from acolytes_perf.errors import CannotAnswerError, InputError
from acolytes_perf.inputs.fields import Field, Inputs
from acolytes_perf.inputs.offered_load import ARRIVAL_RATE, MAX_TIME
from acolytes_perf.inputs.units import COUNT, DURATION, RATIO, ROUNDING, at_most, complement
from acolytes_perf.methods.queueing.mmc import min_servers
from acolytes_perf.methods.queueing.thread_pool import PoolUnderLoad, threads_by_ratio, throughputs, under_load
from acolytes_perf.outcome import AnswerWarning, Outcome, Result, ResultTable, Row
from acolytes_perf.wording import format_quantity, format_result, pluralize

#: Most threads of a pool.
_MOST = 4000


class _Pool(NamedTuple):
    """The times in seconds and the cores."""

    cpu_time: float
    wait_time: float
    cores: int

    def rates(self, threads: int) -> list[float]:
        """Requests a second of 1, 2, ... threads that are all at work."""
        return throughputs(threads, self.cores, self.cpu_time, self.wait_time)

    def utilisation(self, rate: float) -> float:
        return rate * self.cpu_time / self.cores


def run(inputs: Inputs) -> Outcome:
    """Find the threads for a rate or for a utilisation, or describe a number of threads."""
    pool = _Pool(inputs.number("cpu_time"), inputs.number("wait_time"), int(inputs.number("cores")))
    target = inputs.number("max_utilisation")
    by_ratio = threads_by_ratio(pool.cores, target, pool.cpu_time, pool.wait_time)
    most_rate = target * pool.cores / pool.cpu_time
    rate = inputs.optional("arrival_rate")
    if "p_wait" in inputs.written and rate is None:
        raise COMMAND.missing("arrival_rate", "p_wait is a share of the arrivals")
    if "p_wait" in inputs.written and "threads" in inputs:
        raise InputError("/p_wait", "has no effect with threads: leave one out", {"p_wait": None})
    if rate is not None and "threads" not in inputs and not at_most(rate, most_rate):
        cores = math.ceil(rate * pool.cpu_time / target * (1 - ROUNDING))
        message = (
            f"{format_quantity(rate, '1/s')} keep {pluralize(pool.cores, 'core')} busy for "
            f"{format_quantity(pool.utilisation(rate), 'ratio')} of the time, and threads cannot change that; "
            f"missing: {pluralize(cores - pool.cores, 'core')} more, or less processor time"
        )
        raise CannotAnswerError("/arrival_rate", message, {"cores": str(cores)})
    threads = int(inputs.number("threads")) if "threads" in inputs else _threads(inputs, pool, rate, by_ratio)
    rates = pool.rates(min(_MOST, 2 * threads))
    loaded = None if rate is None else under_load(rate, rates[:threads])
    if rate is not None and loaded is None:
        limit = format_quantity(rates[threads - 1], "1/s")
        message = f"complete at most {limit}, and the queue for them grows without end; missing: more threads or cores"
        raise CannotAnswerError("/threads", f"{pluralize(threads, 'thread')} {message}", {"threads": None})
    results = _results(pool, threads, rates[threads - 1], rate, loaded)
    results += [
        Result("threads_by_ratio", by_ratio, "threads"),
        Result("max_rate", most_rate, "1/s"),
    ]
    values = {result.name: format_result(result) for result in results}
    answer = f"{pluralize(threads, 'thread')} on {pluralize(pool.cores, 'core')}"
    if rate is None:
        answer += f" complete up to {values['throughput_limit']}, with the cores busy for {values['full_utilisation']}"
    else:
        answer += (
            f" for {format_quantity(rate, '1/s')}: {values['p_wait']} wait for a thread, the cores are busy for "
            f"{values['utilisation']}, mean response {values['mean_response']}"
        )
    sizes = sorted({1, pool.cores, max(1, threads // 2), threads, 2 * threads} - {0})
    rows = [
        Row(pluralize(count, "thread"), _size_row(pool, count, rates[count - 1]))
        for count in sizes
        if count <= len(rates)
    ]
    return Outcome(
        answer + ".",
        results,
        [
            "Exact for exponential or shared processor time, with all threads at work; the wait itself has no queue.",
            "Waits for a thread are approximate: responses were 6 % off up to 80 % of throughput_limit, 17 % at 90 %.",
            "The other side (database, service) stays as fast with more threads. Check its own pool and limits.",
        ],
        _warnings(inputs, pool, threads, loaded, rates),
        tables=[ResultTable("sizes", "size", rows)],
    )


def _threads(inputs: Inputs, pool: _Pool, rate: float | None, by_ratio: float) -> int:
    """The fewest threads that reach the utilisation, or at which few arrivals wait for a thread."""
    wanted = inputs.number("max_utilisation") * pool.cores / pool.cpu_time
    p_wait = inputs.number("p_wait")

    def is_enough(rates: list[float]) -> bool:
        if rate is None:
            return at_most(wanted, rates[-1])
        found = under_load(rate, rates)
        return found is not None and at_most(found.p_wait, p_wait)

    size = min(_MOST, 2 * max(pool.cores, int(by_ratio) + 1))
    rates = pool.rates(size)
    while not is_enough(rates):
        if size == _MOST:
            message = f"needs more than {_MOST} threads; missing: a shorter wait, or asynchronous calls"
            raise CannotAnswerError("/wait_time", message)
        size = min(_MOST, 2 * size)
        rates = pool.rates(size)
    return min_servers(lambda count: is_enough(rates[:count]), 1)


def _results(pool: _Pool, threads: int, limit: float, rate: float | None, loaded: PoolUnderLoad | None) -> list[Result]:
    results = [
        Result("threads", threads, "threads"),
        Result("throughput_limit", limit, "1/s"),
        Result("full_utilisation", pool.utilisation(limit), "ratio"),
    ]
    if rate is None or loaded is None:
        return results
    return [
        *results,
        Result("utilisation", pool.utilisation(rate), "ratio"),
        Result("busy_threads", loaded.busy_threads, "threads"),
        Result("p_wait", loaded.p_wait, "probability"),
        Result("mean_wait", loaded.mean_wait, "s"),
        Result("mean_response", loaded.mean_response, "s"),
    ]


def _size_row(pool: _Pool, threads: int, limit: float) -> list[Result]:
    return [
        Result("throughput", limit, "1/s"),
        Result("cores_busy", pool.utilisation(limit), "ratio"),
        Result("response", threads / limit, "s"),
    ]


def _warnings(
    inputs: Inputs, pool: _Pool, threads: int, loaded: PoolUnderLoad | None, rates: list[float]
) -> list[AnswerWarning]:
    warnings = []
    if "threads" in inputs and threads > 1:
        half = rates[(threads + 1) // 2 - 1]
        if rates[threads - 1] < 1.02 * half:
            message = "half of the threads complete nearly as much; the others only wait for the cores"
            fix = f"use about {max(1, round(threads_by_ratio(pool.cores, 1, pool.cpu_time, pool.wait_time)))} threads"
            warnings.append(AnswerWarning("too_many_threads", message, fix))
    if loaded and loaded.p_wait > 0.1:
        message = f"{format_quantity(loaded.p_wait, 'probability')} of the arrivals wait for a thread"
        warnings.append(AnswerWarning("few_threads", message, "use more threads, or refuse arrivals early"))
    return warnings


_RESULTS = {
    "threads": "threads or workers of the pool",
    "throughput_limit": "requests completed with all threads at work",
    "full_utilisation": "share of the time that a core is busy with all threads at work",
    "utilisation": "share of the time that a core is busy: at arrival_rate",
    "busy_threads": "threads at work on average: at arrival_rate",
    "p_wait": "share of the arrivals that waits for a thread",
    "mean_wait": "mean time that an arrival waits for a thread",
    "mean_response": "mean time for a thread, for the cores and the other wait together",
    "threads_by_ratio": "the usual rule, to compare: cores x max_utilisation x (1 + wait_time / cpu_time)",
    "max_rate": "highest rate of arrivals that keeps the cores within the limit: max_utilisation of the time",
}

COMMAND = Command(
    name="queue threads",
    summary="How many threads or workers a pool needs, from the processor and wait parts of a request, and the cores.",
    fields=(
        Field("cpu_time", DURATION, "mean processor time of a request", "10ms", 1e-9, MAX_TIME, required=True,
              aliases=("compute_time", "cpu")),
        Field("wait_time", DURATION, "mean time that a request waits for a database, disk or service", "90ms", 0,
              MAX_TIME, required=True, aliases=("io_time", "blocked_time")),
        Field("cores", COUNT, "processor cores; 1 for an interpreter with a global lock", "4", 1, 1024, required=True,
              aliases=("cpus", "vcpus")),
        ARRIVAL_RATE._replace(doc="arrivals that the pool must serve"),
        Field("threads", COUNT, "threads of the pool, to describe them", "50", 1, _MOST,
              aliases=("workers", "pool_size")),
        Field("max_utilisation", RATIO, "share of the time that the cores may be busy", "80%", 0.01, 0.9999,
              default="80%"),
        Field("p_wait", RATIO, "target: at most this share of the arrivals waits for a thread", "1%", 1e-9,
              complement(1e-9), default="1%"),
    ),
    run=run,
    formula="X(n): exact throughput of n threads on the cores (M/M/c//n); arrivals: birth-death chain with deaths "
    "X(min(n, N)); rule: N = cores * utilisation * (1 + wait / compute)",
    source="Goetz 2006, section 8.2; Lazowska et al. 1984, sections 8.2 and 9.3",
    example={"cpu_time": "10ms", "wait_time": "90ms", "cores": "4", "arrival_rate": "250/s"},
    results=_RESULTS,
    tables={
        "sizes": {
            "throughput": "requests completed with so many threads, all at work",
            "cores_busy": "share of the time that a core is busy with as many threads",
            "response": "mean time of a request with as many threads: without the wait for a thread",
        }
    },
)  # fmt: skip
