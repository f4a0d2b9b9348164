"""Queueing networks: operational laws of open ones, bounds and exact mean values of closed ones.

Times in seconds, demands as in `stations`. Product form is assumed: queues are first come first served with exponential
service, processor sharing, or delays.
Sources: P. J. Denning and J. P. Buzen, Computing Surveys 10(3), 1978 (laws); E. D. Lazowska et al., Quantitative System
Performance (1984), chapters 5 to 7; M. Reiser and S. S. Lavenberg, Journal of the ACM 27(2), 1980 (mean values); M.
Reiser, Performance Evaluation 1, 1981 (several servers without subtraction).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import NamedTuple

from acolytes_perf.inputs.stations import Station
from acolytes_perf.methods.queueing import erlang_c


class Bounds(NamedTuple):
    """Limits of throughput (per second) and response time (seconds) of a closed network."""

    least_throughput: float
    most_throughput: float
    least_response: float
    most_response: float


class Solution(NamedTuple):
    """Throughput by users (from 1 on), and of the last the residence time and mean number at each station."""

    throughputs: list[float]
    residence: list[float]
    number: list[float]


class ClassSolution(NamedTuple):
    """Throughput and residence times by class, and the mean number at each station."""

    throughput: list[float]
    residence: list[list[float]]
    number: list[float]


def open_residence(station: Station, throughput: float) -> float:
    """Time that a request spends at a station in all visits, in an open network; the station must not be overloaded."""
    load = throughput * station.demand
    if station.delay or load == 0:
        return station.demand
    return station.demand * (1 + erlang_c(load, station.servers) / (station.servers - load))


def bounds(found: Sequence[Station], think: float, users: int) -> Bounds:
    """Asymptotic bounds, and balanced job bounds where every queue has one server (Lazowska, table 5.2)."""
    total = math.fsum(station.demand for station in found)
    delay = think + math.fsum(station.demand for station in found if station.delay)
    queues = [station for station in found if not station.delay and station.demand > 0]
    busy = math.fsum(station.demand for station in queues)
    fixed = delay - think
    if not queues:
        return Bounds(users / delay, users / delay, total, total)
    slowest = max(station.least_time for station in queues)
    # one server for several is slower, whatever the load: what bounds that from below bounds this
    longest = max(station.demand for station in queues)
    most = min(1 / slowest, users / (total + think))
    if all(station.servers == 1 for station in queues):
        mean = busy / len(queues)
        most = min(most, users / (busy + delay + (users - 1) * mean / (1 + delay / busy)))
    least = users / (busy + delay + (users - 1) * longest / (1 + delay / (users * busy)))
    return Bounds(least, most, max(users / most - think, fixed), users / least - think)


def solve(found: Sequence[Station], think: float, users: int) -> Solution:
    """Exact mean values of one class, station by station and user by user."""
    several = [index for index, station in enumerate(found) if station.servers > 1 and not station.delay]
    known: dict[tuple[int, ...], list[float]] = {}
    for size in range(len(several) + 1):
        for left_out in itertools.combinations(several, len(several) - size):
            kept = [index for index in range(len(found)) if index not in left_out]
            solution = _solve(found, kept, think, users, left_out, known)
            known[left_out] = solution.throughputs
    return solution


def _solve(
    found: Sequence[Station],
    kept: Sequence[int],
    think: float,
    users: int,
    left_out: tuple[int, ...],
    known: dict[tuple[int, ...], list[float]],
) -> Solution:
    """The network of the stations kept. With several servers a station's chance to be empty follows from the network
    without it: p(0|n) = p(0|n-1) X(n) / X without it(n), a product of positive numbers that loses nothing.
    """
    several = [index for index in kept if found[index].servers > 1 and not found[index].delay]
    number = dict.fromkeys(kept, 0.0)
    chances = {index: [1.0] + [0.0] * (found[index].servers - 1) for index in several}
    throughputs: list[float] = []
    residence: dict[int, float] = {}
    for n in range(1, users + 1):
        residence = {index: _residence(found[index], number[index], chances.get(index)) for index in kept}
        cycle = think + math.fsum(residence.values())
        if cycle == 0:
            return Solution([math.inf] * users, [], [])
        throughput = n / cycle
        throughputs.append(throughput)
        number = {index: throughput * residence[index] for index in kept}
        for index in several:
            without = known[tuple(sorted((*left_out, index)))][n - 1]
            before = chances[index]
            chances[index] = [before[0] * throughput / without]
            for j in range(1, found[index].servers):
                chances[index].append(before[j - 1] * throughput * found[index].demand / j)
    return Solution(throughputs, [residence[index] for index in kept], [number[index] for index in kept])


def _residence(station: Station, number: float, chances: Sequence[float] | None) -> float:
    """Residence time of an arrival that finds `number` others on average, and j others with chance j."""
    if station.delay:
        return station.demand
    if chances is None:
        return station.demand * (1 + number)
    idle = math.fsum((station.servers - 1 - j) * chance for j, chance in enumerate(chances[:-1]))
    return station.least_time * (1 + number + idle)


def solve_classes(
    demands: Sequence[Sequence[float]], delays: Sequence[bool], thinks: Sequence[float], users: Sequence[int]
) -> ClassSolution:
    """Exact mean values of several classes; `demands` by class and station. Passes all populations up to `users`."""
    at = range(len(delays))
    numbers: dict[tuple[int, ...], list[float]] = {}
    throughput, residence = [0.0] * len(users), [[0.0] * len(delays) for _ in users]
    for population in itertools.product(*(range(count + 1) for count in users)):
        number = [0.0] * len(delays)
        for one, count in enumerate(population):
            if count == 0:
                continue
            fewer = numbers[tuple(there - (index == one) for index, there in enumerate(population))]
            times = [demands[one][k] * (1.0 if delays[k] else 1 + fewer[k]) for k in at]
            residence[one], throughput[one] = times, count / (thinks[one] + math.fsum(times))
            for k in at:
                number[k] += throughput[one] * times[k]
        numbers[population] = number
    return ClassSolution(throughput, residence, numbers[tuple(users)])
