"""Event simulations that are kept apart from the formulas under test: a pool of threads, and a storm of retries."""

from __future__ import annotations

import heapq
import itertools
import random

import numpy as np


def simulated_threads(
    rate: float, threads: int, cores: int, cpu: float, wait: float, arrivals: int
) -> tuple[float, float]:
    """P(wait for a thread) and mean response of a pool whose requests compute once and then wait once."""
    rng = random.Random(11)
    clock = itertools.count()
    events: list[tuple[float, int, str, float]] = [(rng.expovariate(rate), next(clock), "arrive", 0.0)]
    at_gate: list[float] = []
    at_cores: list[float] = []
    busy_threads = busy_cores = seen = waited = 0
    responses: list[float] = []
    while len(responses) < arrivals:
        now, _, what, born = heapq.heappop(events)
        if what == "arrive":
            heapq.heappush(events, (now + rng.expovariate(rate), next(clock), "arrive", 0.0))
            seen += 1
            at_gate.append(now)
            waited += busy_threads >= threads
        elif what == "computed":
            busy_cores -= 1
            heapq.heappush(events, (now + rng.expovariate(1 / wait), next(clock), "answered", born))
        else:
            busy_threads -= 1
            responses.append(now - born)
        while at_gate and busy_threads < threads:
            busy_threads += 1
            at_cores.append(at_gate.pop(0))
        while at_cores and busy_cores < cores:
            busy_cores += 1
            heapq.heappush(events, (now + rng.expovariate(1 / cpu), next(clock), "computed", at_cores.pop(0)))
    return waited / seen, float(np.mean(responses[arrivals // 10 :]))


def storm(rate: float, servers: int, places: int, timeout: float, retries: int, **options: float) -> float:
    """Attempts a second at the end of a simulation in which the servers stood still for a while at its start."""
    outage, length, budget = options["outage"], options["length"], options.get("budget")
    backoff = options.get("backoff", 0.0)
    rng, clock = random.Random(6), itertools.count()
    events: list[tuple[float, int, str, int]] = [(rng.expovariate(rate), next(clock), "new", 0)]
    waiting: list[tuple[float, int]] = []
    busy, tokens, attempts = servers, 0.0, 0
    for _ in range(servers):
        heapq.heappush(events, (outage, next(clock), "free", 0))
    while True:
        now, _, what, tries = heapq.heappop(events)
        if now > length:
            return attempts / (length * 0.3)
        if what in ("new", "again"):
            if what == "new":
                heapq.heappush(events, (now + rng.expovariate(rate), next(clock), "new", 0))
                tokens = min(tokens + (budget or 0.0), 10.0)
            attempts += now > 0.7 * length
            accepted = busy < servers or len(waiting) < places - servers
            leaves = now + rng.expovariate(1.0) if busy < servers else None
            if leaves is not None:
                busy += 1
                heapq.heappush(events, (leaves, next(clock), "free", 0))
            elif accepted:
                waiting.append((now, tries))
            fails = not accepted or (leaves is not None and leaves > now + timeout)
            if fails:
                heapq.heappush(events, (now if not accepted else now + timeout, next(clock), "failed", tries))
        elif what == "failed":
            if tries < retries and (budget is None or tokens >= 1):
                tokens -= 1 if budget is not None else 0
                pause = rng.uniform(0, backoff * 2**tries) if backoff else 0.0
                heapq.heappush(events, (now + pause, next(clock), "again", tries + 1))
        else:
            busy -= 1
            if waiting:
                born, again = waiting.pop(0)
                busy += 1
                leaves = now + rng.expovariate(1.0)
                heapq.heappush(events, (leaves, next(clock), "free", 0))
                if leaves > born + timeout:
                    heapq.heappush(events, (max(now, born + timeout), next(clock), "failed", again))
