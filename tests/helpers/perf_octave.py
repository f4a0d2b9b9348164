"""Random queueing networks as octave-queueing and our own functions solve them.

octave-queueing is an implementation of its own (Moreno Marzolla, University of Bologna; Debian's package of that name).
"""

from __future__ import annotations

import random
import subprocess
from collections.abc import Callable, Sequence
from typing import NamedTuple

from acolytes_perf.inputs.stations import Station
from acolytes_perf.methods.queueing.finite import with_few_places, with_few_users
from acolytes_perf.methods.queueing.mmc import erlang_c
from acolytes_perf.methods.queueing.networks import exact_mva, multiclass_mva, network_bounds, open_residence_time


class Case(NamedTuple):
    """A calculation: its kind, its inputs, and the Octave expression that gives the same numbers in the same order."""

    kind: str
    figures: dict[str, list[float]]
    expression: str


def case(kind: str, seed: int) -> Case:
    """A random case of one of KINDS; the same for the same seed."""
    return KINDS[kind][0](random.Random(f"{kind} {seed}"))


def ours(problem: Case) -> list[float]:
    """The numbers of the case by our own functions."""
    return KINDS[problem.kind][1](problem.figures)


def octave(problems: Sequence[Case], command: str = "octave-cli") -> list[list[float]]:
    """The numbers of the cases by octave-queueing, in one process."""
    lines = ["warning('off', 'all');", "pkg load queueing;"]
    lines += [f'{problem.expression} printf("%.17g ", x); printf("\\n");' for problem in problems]
    words = [command, "--no-gui", "--no-init-file", "--quiet", "--eval", "\n".join(lines)]
    done = subprocess.run(words, capture_output=True, text=True, check=True, timeout=600)
    return [[float(number) for number in line.split()] for line in done.stdout.splitlines()]


def _closed(rng: random.Random) -> Case:
    count = rng.randint(1, 5)
    figures = {
        "demands": [round(rng.uniform(0.01, 2), 4) for _ in range(count)],
        "servers": [float(rng.choice([-1, 1, 1, 1, 2, 3])) for _ in range(count)],  # -1 for a delay
        "users": [float(rng.randint(1, 60))],
        "think": [rng.choice([0.0, round(rng.uniform(0, 5), 3)])],
    }
    if all(servers == -1 for servers in figures["servers"]):
        figures["servers"][0] = 1.0
    call = f"qncsmva({_row(figures['users'])}, {_row(figures['demands'])}, ones(1, {count}), "
    return Case(
        "closed",
        figures,
        f"[U R Q X] = {call}{_row(figures['servers'])}, {_row(figures['think'])}); x = [X(1) R Q];",
    )


def _solved_closed(figures: dict[str, list[float]]) -> list[float]:
    found = exact_mva(_stations(figures), figures["think"][0], int(figures["users"][0]))
    return [found.throughputs[-1], *found.residence_times, *found.queue_lengths]


def _classes(rng: random.Random) -> Case:
    classes, count = rng.randint(2, 3), rng.randint(1, 4)
    figures = {
        "users": [float(rng.randint(1, 5)) for _ in range(classes)],
        "think": [round(rng.uniform(0, 4), 3) for _ in range(classes)],
        "servers": [float(rng.choice([-1, 1, 1, 1])) for _ in range(count)],
        **{f"demands{one}": [round(rng.uniform(0.01, 2), 4) for _ in range(count)] for one in range(classes)},
    }
    rows = "; ".join(_row(figures[f"demands{one}"])[1:-1] for one in range(classes))
    call = f"qncmmva({_row(figures['users'])}, [{rows}], ones({classes}, {count}), "
    return Case(
        "classes",
        figures,
        f"[U R Q X] = {call}{_row(figures['servers'])}, {_row(figures['think'])}); x = [X(:, 1)' reshape(R', 1, [])];",
    )


def _solved_classes(figures: dict[str, list[float]]) -> list[float]:
    users = [int(one) for one in figures["users"]]
    demands = [figures[f"demands{one}"] for one in range(len(users))]
    found = multiclass_mva(demands, [one == -1 for one in figures["servers"]], figures["think"], users)
    return [*found.throughputs, *(time for times in found.residence_times for time in times)]


def _balanced(rng: random.Random) -> Case:
    count = rng.randint(1, 5)
    figures = {
        "demands": [round(rng.uniform(0.01, 2), 4) for _ in range(count)],
        "servers": [1.0] * count,
        "users": [float(rng.randint(1, 300))],
        "think": [0.0],
    }
    call = f"qncsbsb({_row(figures['users'])}, {_row(figures['demands'])})"
    return Case("bounds", figures, f"[a b c d] = {call}; x = [a b c d];")


def _solved_bounds(figures: dict[str, list[float]]) -> list[float]:
    return list(network_bounds(_stations(figures), 0.0, int(figures["users"][0])))


def _open(rng: random.Random) -> Case:
    count = rng.randint(1, 4)
    demands = [round(rng.uniform(0.01, 2), 4) for _ in range(count)]
    servers = [float(rng.choice([-1, 1, 2, 5, 20])) for _ in range(count)]
    least = [demand / one for demand, one in zip(demands, servers, strict=True) if one > 0]
    rate = rng.uniform(0.05, 0.98) / max(least, default=1.0)
    figures = {"demands": demands, "servers": servers, "rate": [rate]}
    call = f"qnos({_row([rate])}, {_row(demands)}, ones(1, {count}), {_row(servers)})"
    return Case("open", figures, f"[U R Q X] = {call}; x = R;")


def _solved_open(figures: dict[str, list[float]]) -> list[float]:
    return [open_residence_time(station, figures["rate"][0]) for station in _stations(figures)]


def _queue(rng: random.Random) -> Case:
    servers, mean = rng.choice([1, 2, 3, 10, 50, 120]), round(rng.uniform(0.01, 3), 4)
    rate = rng.uniform(0.05, 0.99) * servers / mean
    figures = {"rate": [rate], "mean": [mean], "servers": [float(servers)]}
    call = f"qsmmm({_row([rate])}, 1 / {_row([mean])}, {servers})"
    return Case("queue", figures, f"[U R Q X p0 pm] = {call}; x = [R Q pm];")


def _solved_queue(figures: dict[str, list[float]]) -> list[float]:
    (rate,), (mean,), servers = figures["rate"], figures["mean"], int(figures["servers"][0])
    waits = erlang_c(rate * mean, servers)
    response = mean + waits * mean / (servers - rate * mean)
    return [response, rate * response, waits]


def _places(rng: random.Random) -> Case:
    servers = rng.choice([1, 2, 3, 5])  # octave solves the chain as a linear system, which fails for large ones
    rate, mean = rng.uniform(0.4, 1.6) * servers, round(rng.uniform(0.5, 3), 4)
    figures = {
        "rate": [rate / mean],
        "mean": [mean],
        "servers": [float(servers)],
        "places": [float(servers + rng.choice([0, 1, 5, 15]))],
    }
    call = f"qsmmmk({_row(figures['rate'])}, 1 / {_row([mean])}, {servers}, {figures['places'][0]:.0f})"
    return Case("places", figures, f"[U R Q X p0 pK] = {call}; x = [U R Q X pK];")


def _solved_places(figures: dict[str, list[float]]) -> list[float]:
    (rate,), (mean,) = figures["rate"], figures["mean"]
    servers, places = int(figures["servers"][0]), int(figures["places"][0])
    found = with_few_places(rate * mean, servers, places)
    served = found.throughput / mean
    return [found.throughput / servers, found.in_system / served, found.in_system, served, found.at_limit]


def _users(rng: random.Random) -> Case:
    users, servers = rng.randint(1, 60), rng.choice([1, 2, 3])  # with more servers its recursion loses digits
    figures = {
        "users": [float(users)],
        "servers": [float(servers)],
        "mean": [round(rng.uniform(0.05, 3), 4)],
        "think": [round(rng.uniform(0.5, 20), 3)],
    }
    demand = f"{_row(figures['mean'])}, 1, {servers}, {_row(figures['think'])}"
    return Case("users", figures, f"[U R Q X] = qncsmva({users}, {demand}); x = [X(1) R Q];")


def _solved_users(figures: dict[str, list[float]]) -> list[float]:
    (mean,), (think,) = figures["mean"], figures["think"]
    found = with_few_users(mean / think, int(figures["users"][0]), int(figures["servers"][0]))
    return [found.throughput / mean, (1 + found.mean_wait) * mean, found.in_system]


def _stations(figures: dict[str, list[float]]) -> list[Station]:
    rows = zip(figures["demands"], figures["servers"], strict=True)
    return [Station(str(at), demand, max(1, int(one)), is_delay=one == -1) for at, (demand, one) in enumerate(rows)]


def _row(numbers: Sequence[float]) -> str:
    return "[" + " ".join(map(repr, numbers)) + "]"


#: By kind: the function that makes a case, and ours that solves it.
KINDS: dict[str, tuple[Callable[[random.Random], Case], Callable[[dict[str, list[float]]], list[float]]]] = {
    "closed": (_closed, _solved_closed),
    "classes": (_classes, _solved_classes),
    "bounds": (_balanced, _solved_bounds),
    "open": (_open, _solved_open),
    "queue": (_queue, _solved_queue),
    "places": (_places, _solved_places),
    "users": (_users, _solved_users),
}


def apart(one: Sequence[float], other: Sequence[float]) -> float:
    """The largest relative difference between two lists of numbers."""
    pairs = zip(one, other, strict=True)
    return max(abs(left - right) / max(abs(left), abs(right), 1e-300) for left, right in pairs)
