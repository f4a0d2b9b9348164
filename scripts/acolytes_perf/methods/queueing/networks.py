"""Queueing networks: operational laws of open ones, bounds and exact mean value analysis of closed ones.

Times are in seconds, service demands as in `stations.Station`. Product form is assumed: queues are first come first
served with exponential service, or processor sharing, or delays.

Sources: Denning and Buzen, The operational analysis of queueing network models, Computing Surveys 10(3), 1978;
Lazowska et al., Quantitative System Performance, 1984, chapters 5 to 7; Reiser and Lavenberg, Mean-value analysis of
closed multichain queuing networks, Journal of the ACM 27(2), 1980; Reiser, Performance Evaluation 1, 1981 (several
servers without subtraction).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import NamedTuple

from acolytes_perf.inputs.stations import Station
from acolytes_perf.methods.queueing.mmc import erlang_c


class NetworkBounds(NamedTuple):
    """Limits of a closed network: throughput per second, response time in seconds."""

    min_throughput: float
    max_throughput: float
    min_response: float
    max_response: float


class MvaSolution(NamedTuple):
    """Mean values of a closed network with one class.

    Attributes:
        throughputs: per second, by population from 1 user on.
        residence_times: seconds at each station in all visits together, for the last population.
        queue_lengths: mean number of requests at each station, for the last population.
    """

    throughputs: list[float]
    residence_times: list[float]
    queue_lengths: list[float]


class MulticlassSolution(NamedTuple):
    """Mean values of a closed network with several classes.

    Attributes:
        throughputs: per second, by class.
        residence_times: seconds, by class and station.
        queue_lengths: mean number of requests at each station.
    """

    throughputs: list[float]
    residence_times: list[list[float]]
    queue_lengths: list[float]


def open_residence_time(station: Station, throughput: float) -> float:
    """Seconds that a request spends at a station in all visits, in an open network.

    Args:
        station: utilisation must be below 1, except for a delay.
        throughput: requests per second, at least 0.
    """
    load = throughput * station.demand
    if station.is_delay or load == 0:
        return station.demand
    return station.demand * (1 + erlang_c(load, station.servers) / (station.servers - load))


def network_bounds(stations: Sequence[Station], think_time: float, users: int) -> NetworkBounds:
    """Asymptotic bounds, and balanced job bounds where every queue has one server (Lazowska, table 5.2).

    Args:
        stations: at least one.
        think_time: seconds between a response and the same user's next request, at least 0.
        users: at least 1.
    """
    total = math.fsum(station.demand for station in stations)
    delay = think_time + math.fsum(station.demand for station in stations if station.is_delay)
    queues = [station for station in stations if not station.is_delay and station.demand > 0]
    queue_demand = math.fsum(station.demand for station in queues)
    station_delay = delay - think_time
    if not queues:
        return NetworkBounds(users / delay, users / delay, total, total)
    max_demand_per_server = max(station.demand_per_server for station in queues)
    # one server in place of several is slower at any load, so its lower bound holds here, too
    max_demand = max(station.demand for station in queues)
    upper = min(1 / max_demand_per_server, users / (total + think_time))
    if all(station.servers == 1 for station in queues):
        mean = queue_demand / len(queues)
        upper = min(upper, users / (queue_demand + delay + (users - 1) * mean / (1 + delay / queue_demand)))
    lower = users / (queue_demand + delay + (users - 1) * max_demand / (1 + delay / (users * queue_demand)))
    return NetworkBounds(lower, upper, max(users / upper - think_time, station_delay), users / lower - think_time)


def exact_mva(stations: Sequence[Station], think_time: float, users: int) -> MvaSolution:
    """Exact mean value analysis of one class; its arguments are those of `network_bounds`.

    Args:
        stations: at least one.
        think_time: seconds, at least 0.
        users: at least 1; time grows with it, and doubles with each station of several servers.
    """
    multiserver = [index for index, station in enumerate(stations) if station.servers > 1 and not station.is_delay]
    throughputs_without: dict[tuple[int, ...], list[float]] = {}
    for size in range(len(multiserver) + 1):
        for removed in itertools.combinations(multiserver, len(multiserver) - size):
            solution = _solve_without(stations, removed, think_time, users, throughputs_without)
            throughputs_without[removed] = solution.throughputs
    return solution


def _solve_without(
    stations: Sequence[Station],
    removed: tuple[int, ...],
    think_time: float,
    users: int,
    throughputs_without: dict[tuple[int, ...], list[float]],
) -> MvaSolution:
    """The network without the removed stations.

    The probability that a station with several servers is empty follows from the network without that station:
    p(0|n) = p(0|n-1) X(n) / X without it(n), a product of positive numbers that loses no digits.
    """
    kept = [index for index in range(len(stations)) if index not in removed]
    multiserver = [index for index in kept if stations[index].servers > 1 and not stations[index].is_delay]
    queue_lengths = dict.fromkeys(kept, 0.0)
    probabilities = {index: [1.0] + [0.0] * (stations[index].servers - 1) for index in multiserver}
    throughputs: list[float] = []
    residence_times: dict[int, float] = {}
    for population in range(1, users + 1):
        residence_times = {
            index: _residence_time(stations[index], queue_lengths[index], probabilities.get(index)) for index in kept
        }
        cycle_time = think_time + math.fsum(residence_times.values())
        if cycle_time == 0:
            return MvaSolution([math.inf] * users, [], [])
        throughput = population / cycle_time
        throughputs.append(throughput)
        queue_lengths = {index: throughput * residence_times[index] for index in kept}
        for index in multiserver:
            without = throughputs_without[tuple(sorted((*removed, index)))][population - 1]
            before = probabilities[index]
            probabilities[index] = [before[0] * throughput / without]
            for requests in range(1, stations[index].servers):
                probabilities[index].append(before[requests - 1] * throughput * stations[index].demand / requests)
    return MvaSolution(
        throughputs, [residence_times[index] for index in kept], [queue_lengths[index] for index in kept]
    )


def _residence_time(station: Station, queue_length: float, probabilities: Sequence[float] | None) -> float:
    """Residence time of an arrival that finds `queue_length` others on average, and j others with probability j."""
    if station.is_delay:
        return station.demand
    if probabilities is None:
        return station.demand * (1 + queue_length)
    idle_servers = math.fsum(
        (station.servers - 1 - requests) * probability for requests, probability in enumerate(probabilities[:-1])
    )
    return station.demand_per_server * (1 + queue_length + idle_servers)


def multiclass_mva(
    demands: Sequence[Sequence[float]], delays: Sequence[bool], think_times: Sequence[float], users: Sequence[int]
) -> MulticlassSolution:
    """Exact mean value analysis of several classes. Time and memory grow with the product of the populations.

    Args:
        demands: service demands in seconds, by class and station.
        delays: whether each station is a delay.
        think_times: seconds, by class.
        users: population, by class.
    """
    station_indices = range(len(delays))
    queue_lengths: dict[tuple[int, ...], list[float]] = {}
    throughputs, residence_times = [0.0] * len(users), [[0.0] * len(delays) for _ in users]
    for population in itertools.product(*(range(count + 1) for count in users)):
        lengths = [0.0] * len(delays)
        for job_class, count in enumerate(population):
            if count == 0:
                continue
            one_less = queue_lengths[tuple(size - (index == job_class) for index, size in enumerate(population))]
            times = [demands[job_class][k] * (1.0 if delays[k] else 1 + one_less[k]) for k in station_indices]
            residence_times[job_class] = times
            throughputs[job_class] = count / (think_times[job_class] + math.fsum(times))
            for k in station_indices:
                lengths[k] += throughputs[job_class] * times[k]
        queue_lengths[population] = lengths
    return MulticlassSolution(throughputs, residence_times, queue_lengths[tuple(users)])
