"""Waiting times by independent methods: an event simulator for any G/G/c, and a Markov chain for M/PH/c."""

from __future__ import annotations

import heapq
import itertools
import math
import random
from collections.abc import Callable, Iterator
from statistics import fmean

Draw = Callable[[random.Random], float]


def two_phases(scv: float, rare: float | None = None) -> tuple[float, float, float]:
    """(share, rate, other rate) of a hyperexponential with mean 1: balanced means, or a share of long ones."""
    if rare is None:
        share = (1 + math.sqrt((scv - 1) / (scv + 1))) / 2
        return share, 2 * share, 2 * (1 - share)
    spread = (scv - 1) / 2
    return rare, 1 / (1 + math.sqrt((1 - rare) / rare * spread)), 1 / (1 - math.sqrt(rare / (1 - rare) * spread))


def draws(name: str, scv: float) -> Draw:
    """Samples from a distribution with mean 1 and a squared coefficient of variation."""
    if scv == 0:
        return lambda _: 1.0
    if name == "gamma":
        return lambda chance: chance.gammavariate(1 / scv, scv)
    if name == "mixed":
        share, rate, other = two_phases(scv)
        return lambda chance: chance.expovariate(rate if chance.random() < share else other)
    if name == "lognormal":
        spread = math.log(1 + scv)
        return lambda chance: chance.lognormvariate(-spread / 2, math.sqrt(spread))
    assert name == "two values"
    rare = 0.1
    short, long = 1 - math.sqrt(rare / (1 - rare) * scv), 1 + math.sqrt((1 - rare) / rare * scv)
    return lambda chance: long if chance.random() < rare else short


def simulated_wait(
    servers: int, utilisation: float, gap: Draw, service: Draw, arrivals: int, seed: int, batches: int = 10
) -> tuple[float, float]:
    """Mean wait in service times and its standard error, from batch means; the first batch is left out."""
    waits, size = _waits(servers, utilisation, gap, service, seed), arrivals // (batches + 1)
    kept = [fmean(itertools.islice(waits, size)) for _ in range(batches + 1)][1:]
    mean = fmean(kept)
    return mean, math.sqrt(sum((one - mean) ** 2 for one in kept) / (batches * (batches - 1)))


def simulated_tail(servers: int, utilisation: float, service: Draw, arrivals: int, seed: int) -> float:
    """The 95th percentile of the wait in service times, for Poisson arrivals; the first tenth is left out."""
    waits = _waits(servers, utilisation, lambda chance: chance.expovariate(1), service, seed)
    return sorted(itertools.islice(waits, arrivals // 10, arrivals))[int(0.95 * 0.9 * arrivals)]


def _waits(servers: int, utilisation: float, gap: Draw, service: Draw, seed: int) -> Iterator[float]:
    """The waits of successive arrivals, without end, from an empty queue on."""
    chance, free, now = random.Random(seed), [0.0] * servers, 0.0
    mean_gap = 1 / (servers * utilisation)
    while True:
        now += gap(chance) * mean_gap
        start = max(now, free[0])
        heapq.heapreplace(free, start + service(chance))
        yield start - now


def chain_wait(servers: int, utilisation: float, phases: tuple[float, float, float] | None, levels: int) -> float:
    """Mean wait in M/PH/c with two phases, truncated at so many requests: a mix as `two_phases` has it, or Erlang-2.

    States are (arrivals, servers in the first phase). Level by level from the cut down, each level's distribution is
    that of the level below times a matrix.
    """
    rate = servers * utilisation
    steps: list[list[list[float]]] = [[] for _ in range(levels + 1)]
    below = [[0.0] * (servers + 1) for _ in range(servers + 1)]
    for level in range(levels, 0, -1):
        busy = min(level, servers)
        local = [[0.0] * (busy + 1) for _ in range(busy + 1)]
        above = min(level + 1, servers)
        down = _down(above, min(level, servers), level + 1 > servers, phases)
        for state in range(busy + 1):
            out = (rate if level < levels else 0.0) + _work(state, busy, phases)
            local[state][state] -= out
            if phases is None and state:
                local[state][state - 1] += 2.0 * state
            if level < levels:
                for middle in range(above + 1):
                    for target in range(busy + 1):
                        local[state][target] += below[state][middle] * down[middle][target]
        up = _up(min(level - 1, servers), busy, level > servers, rate, phases)
        below = _times_inverse(up, [[-value for value in row] for row in local])
        steps[level] = below
    weights, vector, total, waiting = 1.0, [1.0], 1.0, 0.0
    for level in range(1, levels + 1):
        vector = [sum(vector[i] * steps[level][i][j] for i in range(len(vector))) for j in range(len(steps[level][0]))]
        weights = sum(vector)
        total += weights
        waiting += max(0, level - servers) * weights
    return waiting / total / rate


def _work(state: int, busy: int, phases: tuple[float, float, float] | None) -> float:
    return 2.0 * busy if phases is None else state * phases[1] + (busy - state) * phases[2]


def _up(busy: int, after: int, full: bool, rate: float, phases: tuple[float, float, float] | None) -> list[list[float]]:
    """Arrivals: into the queue when all are busy, else into a phase."""
    share = 1.0 if phases is None else phases[0]
    matrix = [[0.0] * (after + 1) for _ in range(busy + 1)]
    for state in range(busy + 1):
        if full:
            matrix[state][state] += rate
        else:
            matrix[state][state + 1] += rate * share
            matrix[state][state] += rate * (1 - share)
    return matrix


def _down(busy: int, after: int, queued: bool, phases: tuple[float, float, float] | None) -> list[list[float]]:
    """Departures: with a queue the next one starts at once."""
    matrix = [[0.0] * (after + 1) for _ in range(busy + 1)]
    share = 1.0 if phases is None else phases[0]
    for state in range(busy + 1):
        # an Erlang-2 service ends only from its second phase
        first = 0.0 if phases is None else state * phases[1]
        second = (busy - state) * (2.0 if phases is None else phases[2])
        for speed, left in ((first, state - 1), (second, state)):
            if speed and queued:
                matrix[state][left + 1] += speed * share
                if left >= 0:
                    matrix[state][left] += speed * (1 - share)
            elif speed:
                matrix[state][left] += speed
    return matrix


def _times_inverse(left: list[list[float]], right: list[list[float]]) -> list[list[float]]:
    """left * right^-1, by elimination on the transposed system."""
    size = len(right)
    rows = [[right[j][i] for j in range(size)] + [row[i] for row in left] for i in range(size)]
    for pivot in range(size):
        best = max(range(pivot, size), key=lambda index: abs(rows[index][pivot]))
        rows[pivot], rows[best] = rows[best], rows[pivot]
        for index in range(size):
            if index != pivot and rows[index][pivot]:
                factor = rows[index][pivot] / rows[pivot][pivot]
                rows[index] = [one - factor * other for one, other in zip(rows[index], rows[pivot], strict=True)]
    return [[rows[i][size + k] / rows[i][i] for i in range(size)] for k in range(len(left))]
