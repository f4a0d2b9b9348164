"""Runs with a warm-up of a known length, and the end of it that is found; see bench/perf_warm_up.py.

Every run takes 240 s at 16.7 requests a second. Latencies are twice as high at the start, and fall to the steady level
within the length.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from acolytes_perf.methods.latency.histogram import EndpointStatistics
from acolytes_perf.methods.runs.collector import RunCollector
from acolytes_perf.methods.runs.warm_up import course_of, find_warm_up
from acolytes_perf.result_files.record import Batch, RequestKind

SECONDS, RATE, RUNS = 240, 16.7, 4
SHAPES = (("none", 0), ("step", 18), ("ramp", 18), ("ramp", 60), ("decay", 30))
NOISES = ("alike", "endpoints", "swings")
_KIND = RequestKind("", failed=False)


def simulate(rng: np.random.Generator, shape: str, length: float, noise: str) -> EndpointStatistics:
    """A run with a warm-up of a shape and a length in seconds.

    `alike`: lognormal latencies. `endpoints`: four endpoints from 60 ms to 900 ms, and 0.3 % fast failures. `swings`:
    the level of all latencies swings by 10 %, with a correlation of 0.9 from second to second.
    """
    requests = rng.poisson(SECONDS * RATE)
    times = np.sort(rng.uniform(0, SECONDS, requests))
    latencies: Any = np.exp(rng.normal(4.6, 0.4, requests))
    if noise == "endpoints":
        endpoint = rng.choice(4, requests, p=[0.2, 0.4, 0.35, 0.05])
        center, spread = np.log([120, 90, 60, 900])[endpoint], np.array([0.3, 0.5, 0.4, 0.6])[endpoint]
        latencies = np.exp(rng.normal(center, spread)) * np.where(rng.random(requests) < 0.003, 0.1, 1)
    elif noise == "swings":
        levels = [rng.normal(0, 0.1)]
        for _ in range(SECONDS):
            levels.append(0.9 * levels[-1] + rng.normal(0, 0.1 * math.sqrt(1 - 0.81)))
        latencies *= np.exp(np.array(levels)[times.astype(int)])
    if length:
        left = np.clip(1 - times / length, 0, None)
        more = {"step": times < length, "ramp": left, "decay": np.exp(-3 * times / length)}[shape]
        latencies *= 1 + more
    collector = RunCollector()
    values = [round(1e6 * float(latency)) for latency in latencies]
    collector.add(Batch(values, 1, [_KIND] * requests, [1e9 + float(time) for time in times]))
    collector.finish()
    return collector.whole


def found(runs: Sequence[EndpointStatistics]) -> float:
    """The end of the warm-up of runs together, in seconds."""
    return find_warm_up([course for course in map(course_of, runs) if course]).seconds


def measure(shape: str, length: float, noise: str, trials: int, seed: int = 1) -> tuple[list[float], list[float]]:
    """The found ends of runs by themselves, and of four runs together."""
    rng = np.random.default_rng(seed)
    single, joint = [], []
    for _ in range(trials):
        runs = [simulate(rng, shape, length, noise) for _ in range(RUNS)]
        single += [found([run]) for run in runs]
        joint.append(found(runs))
    return single, joint
