"""A pool of threads whose requests take turns on processor cores and wait for something else in between.

A thread alternates between the cores (one queue, exponential or shared service) and a wait without a queue. N threads
that are all at work are a closed network of these two, whose throughput X(N) is exact. Requests that arrive wait for
a thread while all are at work. The pool is then one server whose rate is X(n) with n requests inside (flow equivalent
server), which is exact on the inside and an approximation at the gate.

Sources: Goetz, Java Concurrency in Practice, 2006, section 8.2 (the size by wait and compute time); Lazowska,
Zahorjan, Graham and Sevcik, Quantitative System Performance, 1984, sections 8.2 and 9.3 (memory constraints).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from acolytes_perf.inputs.stations import Station
from acolytes_perf.methods.queueing.birth_death import steady_state
from acolytes_perf.methods.queueing.networks import exact_mva


def threads_by_ratio(cores: float, utilisation: float, cpu_time: float, wait_time: float) -> float:
    """Goetz's size: cores * utilisation * (1 + wait / compute).

    Args:
        cores: above 0.
        utilisation: target, from 0 to 1.
        cpu_time: seconds of processor of a request, above 0.
        wait_time: seconds that a request waits for something else, at least 0.

    >>> round(threads_by_ratio(4, 1, 0.01, 0.09), 6)
    40.0
    """
    return cores * utilisation * (cpu_time + wait_time) / cpu_time


def throughputs(threads: int, cores: int, cpu_time: float, wait_time: float) -> list[float]:
    """Requests a second of 1, 2, ..., `threads` threads that are all at work, exactly (mean value analysis).

    Args:
        threads: at least 1.
        cores: at least 1.
        cpu_time: seconds, above 0.
        wait_time: seconds, at least 0.
    """
    return exact_mva([Station("cores", cpu_time, cores)], wait_time, threads).throughputs


class PoolUnderLoad(NamedTuple):
    """A pool under arrivals at random times.

    Attributes:
        p_wait: share of the arrivals that finds all threads at work.
        mean_wait: seconds for a thread, of all arrivals.
        mean_response: seconds for a thread, for the cores and the other wait together.
        busy_threads: mean number at work.
    """

    p_wait: float
    mean_wait: float
    mean_response: float
    busy_threads: float


def under_load(rate: float, rates: Sequence[float]) -> PoolUnderLoad | None:
    """The pool under a load; None where it cannot carry it.

    Args:
        rate: arrivals a second, above 0.
        rates: throughput with 1, 2, ..., N threads at work, not falling.
    """
    threads = len(rates)
    if rate >= rates[-1]:
        return None
    state = steady_state(lambda _: rate, lambda number: rates[min(number, threads) - 1], threads)
    # beyond N the chain is geometric
    ratio = rate / rates[-1]
    all_busy = state.probability(threads)
    total = 1 + all_busy * ratio / (1 - ratio)
    waiting = all_busy * ratio / (1 - ratio) ** 2 / total
    p_wait = all_busy / (1 - ratio) / total
    busy = (state.mean(float) + all_busy * ratio / (1 - ratio) * threads) / total
    return PoolUnderLoad(p_wait, waiting / rate, (waiting + busy) / rate, busy)
