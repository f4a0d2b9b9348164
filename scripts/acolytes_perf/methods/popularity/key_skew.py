"""How much of the load the busiest of several shards gets, when keys differ in popularity and a hash places them.

The hottest keys are placed one by one at random, as a hash does. The others are many and small, so what they add to a
shard is nearly normal (Berry-Esseen), with the variance of a random placement.

Sources: Raab and Steger, Balls into bins - a simple and tight analysis, RANDOM 1998 (the fullest bin); Breslau, Cao,
Fan, Phillips and Shenker, Web caching and Zipf-like distributions, INFOCOM 1999 (popularity); Karger et al.,
Consistent hashing and random trees, STOC 1997 (virtual nodes).
"""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Sequence
from typing import NamedTuple

#: Keys that are placed one by one.
_PLACED = 1500
#: Terms that are added one by one before the sum becomes an integral.
_DIRECT = 2000
#: Random numbers that one sample of placements may take.
_BUDGET = 600_000
_MOST_DRAWS, _FEWEST_DRAWS = 1000, 100


class Popularity(NamedTuple):
    """The shares of the keys in the load.

    Attributes:
        hottest: shares of the most popular keys, the first one the largest.
        rest: share of all other keys together.
        rest_squares: sum of the squared shares of these.
    """

    hottest: Sequence[float]
    rest: float
    rest_squares: float


class Spread(NamedTuple):
    """The share of the busiest shard: the median of random placements, and 95 % of them."""

    low: float
    median: float
    high: float


def zipf(keys: int, exponent: float) -> Popularity:
    """Keys whose popularity falls with their rank k as k^-exponent.

    Args:
        keys: how many, at least 1.
        exponent: at least 0; 0 makes all keys equal.
    """
    total = power_sum(1, keys, exponent)
    hottest = [rank**-exponent / total for rank in range(1, min(keys, _PLACED) + 1)]
    if keys <= _PLACED:
        return Popularity(hottest, 0.0, 0.0)
    rest = power_sum(_PLACED + 1, keys, exponent) / total
    return Popularity(hottest, rest, power_sum(_PLACED + 1, keys, 2 * exponent) / total**2)


def power_sum(first: int, last: int, exponent: float) -> float:
    """The sum of k^-exponent for k from first to last, by Euler and Maclaurin from the 2,000th term on.

    >>> round(power_sum(1, 10**6, 1.0), 6)
    14.392727
    """
    direct = math.fsum(rank**-exponent for rank in range(first, min(last, first + _DIRECT) + 1))
    start = first + _DIRECT + 1
    if start > last:
        return direct
    low, high = float(start), float(last)
    span = math.log(high / low)
    power = 1 - exponent
    # by expm1, which keeps its digits where the exponent is close to 1
    integral: float = low**power * math.expm1(power * span) / power if power else span
    ends: float = (low**-exponent + high**-exponent) / 2
    slopes: float = exponent * (low ** (-exponent - 1) - high ** (-exponent - 1)) / 12
    return direct + integral + ends + slopes


def from_counts(counts: Sequence[float]) -> Popularity:
    """Keys by their counted requests, of which at least one is above 0."""
    total = math.fsum(counts)
    shares = sorted((count / total for count in counts), reverse=True)
    rest = shares[_PLACED:]
    return Popularity(shares[:_PLACED], math.fsum(rest), math.fsum(share * share for share in rest))


def busiest_shard(popularity: Popularity, shards: int, virtual_nodes: int | None, seed: int) -> Spread:
    """The share of the busiest shard over random placements.

    Args:
        popularity: of the keys.
        shards: at least 1.
        virtual_nodes: points of each shard on the ring of a consistent hash; None for a hash modulo the shards.
        seed: of the placements.
    """
    if shards == 1:
        return Spread(1.0, 1.0, 1.0)
    rng = random.Random(f"{seed} {shards} {virtual_nodes}")  # noqa: S311  no secret
    work = len(popularity.hottest) + shards * (1 + (virtual_nodes is not None))
    draws = max(_FEWEST_DRAWS, min(_MOST_DRAWS, _BUDGET // work))
    highest = sorted(_one_placement(popularity, shards, virtual_nodes, rng) for _ in range(draws))
    # of draws + 1 placements, one more lies beyond these ends with a chance of at most 5 %
    beyond = int(0.025 * (draws + 1))
    return Spread(highest[beyond - 1], highest[draws // 2], highest[draws - beyond])


def _one_placement(popularity: Popularity, shards: int, virtual_nodes: int | None, rng: random.Random) -> float:
    keys = len(popularity.hottest)
    if virtual_nodes is None:
        places = rng.choices(range(shards), k=keys)
        loads = [popularity.rest / shards] * shards
    else:
        arcs = [rng.gammavariate(virtual_nodes, 1.0) for _ in range(shards)]
        total = math.fsum(arcs)
        places = rng.choices(range(shards), cum_weights=list(itertools.accumulate(arcs)), k=keys)
        loads = [popularity.rest * arc / total for arc in arcs]
    for place, share in zip(places, popularity.hottest):
        loads[place] += share
    if popularity.rest_squares:
        spread = math.sqrt(popularity.rest_squares / shards)
        noise = [rng.gauss(0.0, spread) for _ in range(shards)]
        shift = math.fsum(noise) / shards
        loads = [load + one - shift for load, one in zip(loads, noise)]
    return max(loads)


def fewest_shards(
    popularity: Popularity, most_share: float, virtual_nodes: int | None, seed: int, limit: int
) -> int | None:
    """The fewest shards at which the busiest one keeps a share in 97.5 % of the placements; None above the limit.

    Args:
        popularity: of the keys.
        most_share: of the busiest shard, above 0.
        virtual_nodes: as for `busiest_shard`.
        seed: of the placements.
        limit: most shards to try.
    """
    if popularity.hottest[0] > most_share:
        return None
    low, high = 1, max(1, math.ceil(1 / most_share))
    while busiest_shard(popularity, high, virtual_nodes, seed).high > most_share:
        low, high = high + 1, 2 * high
        if high > limit:
            return None
    # the samples vary a little, so the search may be off by as much
    while low < high:
        middle = (low + high) // 2
        is_enough = busiest_shard(popularity, middle, virtual_nodes, seed).high <= most_share
        low, high = (low, middle) if is_enough else (middle + 1, high)
    return low
