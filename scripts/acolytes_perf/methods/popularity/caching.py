"""Hit ratios of caches for independent requests: LRU, LFU and a time to live.

Objects of the same popularity form a group, so that the work does not grow with the number of objects.

Sources: Che, Tung and Wang, Hierarchical Web caching systems, IEEE Journal on Selected Areas in Communications 20(7),
2002, doi 10.1109/JSAC.2002.801752 (characteristic time of LRU); Fricker, Robert and Roberts, A versatile and accurate
approximation for LRU cache performance, ITC 24, 2012, arXiv 1202.3974; King, Analysis of demand paging algorithms, IFIP
Congress 1971 (exact LRU); Fofack, Nain, Neglia and Towsley, Performance evaluation of hierarchical TTL-based cache
networks, Computer Networks 65, 2014, doi 10.1016/j.comnet.2014.03.006 (time to live).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

#: Ranks that a Zipf law keeps one by one; further ones are grouped, each group within 1 % of its first rank.
_SINGLE_RANKS, _GROWTH = 1000, 1.01
#: The most sets of cached objects for which LRU is computed exactly.
_MOST_SETS = 20_000


class Group(NamedTuple):
    """Objects of one popularity: their number, and the share of all requests that each of them gets."""

    objects: int
    share: float


class Popularity:
    """How the requests spread over the objects, the most popular first.

    Attributes:
        groups: their shares, each times its objects, sum up to 1.
        objects: number of objects.
    """

    def __init__(self, groups: Iterable[Group]) -> None:
        self.groups = sorted(groups, key=lambda group: -group.share)
        self.objects = sum(group.objects for group in self.groups)

    @classmethod
    def of_counts(cls, counts: Iterable[int]) -> Popularity:
        """From the requests of each object; objects without any are left out."""
        by_count = Counter(count for count in counts if count > 0)
        total = sum(count * objects for count, objects in by_count.items())
        return cls(Group(objects, count / total) for count, objects in by_count.items())

    @classmethod
    def zipf(cls, objects: int, alpha: float) -> Popularity:
        """By Zipf's law: the object of rank r gets requests in proportion to 1 / r ** alpha.

        Args:
            objects: at least 1.
            alpha: at least 0; 0 makes all objects equal.

        >>> [round(group.share, 4) for group in Popularity.zipf(3, 1).groups]
        [0.5455, 0.2727, 0.1818]
        """
        weights = [(1, float(rank) ** -alpha) for rank in range(1, min(objects, _SINGLE_RANKS) + 1)]
        first = _SINGLE_RANKS + 1
        while first <= objects:
            last = min(objects, max(first, int(first * _GROWTH)))
            weights.append((last - first + 1, _mean_weight(first, last, alpha)))
            first = last + 1
        total = math.fsum(count * weight for count, weight in weights)
        return cls(Group(count, weight / total) for count, weight in weights)


def _mean_weight(first: int, last: int, alpha: float) -> float:
    """The mean of rank ** -alpha over the ranks, by the integral of midpoints."""
    low, high = first - 0.5, last + 0.5
    if abs(alpha - 1) < 1e-9:
        return math.log(high / low) / (high - low)
    return (math.pow(high, 1 - alpha) - math.pow(low, 1 - alpha)) / ((1 - alpha) * (high - low))


def characteristic_time(popularity: Popularity, capacity: int) -> float:
    """How long an object stays in an LRU cache without a request, counted in requests (Che, Tung and Wang 2002).

    It is the time in which as many different objects are requested as the cache holds.

    Args:
        popularity: of the objects.
        capacity: objects that the cache holds, at least 1.

    Returns:
        The time; infinite where all objects fit.
    """
    if capacity >= popularity.objects:
        return math.inf
    low, high = math.log(capacity) - 1e-9, math.log(capacity) + 1.0
    while _distinct(popularity, math.exp(high)) < capacity and high < 700:
        high += 2.0
    for _ in range(60):
        middle = (low + high) / 2
        if _distinct(popularity, math.exp(middle)) < capacity:
            low = middle
        else:
            high = middle
        if high - low < 1e-13 * high:
            break
    return math.exp((low + high) / 2)


def _distinct(popularity: Popularity, requests: float) -> float:
    """The mean number of different objects among so many requests (Poisson)."""
    return math.fsum([-count * math.expm1(-share * requests) for count, share in popularity.groups])


def lru_hit_ratio(popularity: Popularity, capacity: int) -> float:
    """The hit ratio of an LRU cache in steady state: exact for few objects, else by Che's approximation.

    Args:
        popularity: of the objects, which are all of the same size.
        capacity: how many objects the cache holds, at least 1.

    Returns:
        A share of the requests, 0 to 1.

    >>> round(lru_hit_ratio(Popularity.zipf(8, 1.0), 3), 7)
    0.5356153
    """
    if capacity >= popularity.objects:
        return 1.0
    if is_exact(popularity, capacity):
        return _exact_lru([share for count, share in popularity.groups for _ in range(count)], capacity)
    time = characteristic_time(popularity, capacity)
    return math.fsum([-count * share * math.expm1(-share * time) for count, share in popularity.groups])


def is_exact(popularity: Popularity, capacity: int) -> bool:
    """Whether `lru_hit_ratio` is exact: the possible contents of the cache are few."""
    sets = 0
    for size in range(min(capacity, popularity.objects) + 1):
        sets += math.comb(popularity.objects, size)
        if sets * max(1, capacity) > _MOST_SETS:
            return False
    return True


def _exact_lru(shares: list[float], capacity: int) -> float:
    """King 1971: the chance of each set of cached objects, built up from the last requested one backwards.

    Args:
        shares: of the requests, one an object.
        capacity: less than the number of objects.
    """
    # a set is a bit for each object; its value is its chance and the share of the requests for it
    sets = {0: (1.0, 0.0)}
    for _ in range(capacity):
        larger: dict[int, tuple[float, float]] = {}
        for members, (chance, held) in sets.items():
            for index, share in enumerate(shares):
                if not members >> index & 1:
                    more = members | 1 << index
                    before = larger[more][0] if more in larger else 0.0
                    larger[more] = before + chance * share / (1 - held), held + share
        sets = larger
    return min(1.0, math.fsum(chance * held for chance, held in sets.values()))


def lfu_hit_ratio(popularity: Popularity, capacity: int) -> float:
    """The hit ratio of a cache that holds the most popular objects, as perfect LFU does.

    No other policy is better for independent requests. The arguments and the result are those of `lru_hit_ratio`.

    >>> round(lfu_hit_ratio(Popularity.of_counts([6, 3, 1]), 2), 6)
    0.9
    """
    left, hits = capacity, 0.0
    for count, share in popularity.groups:
        hits += min(left, count) * share
        left -= min(left, count)
    return min(1.0, hits)


class TtlCache(NamedTuple):
    """A cache that keeps each object for a fixed time: its hit ratio, and the objects in it on average."""

    hit_ratio: float
    objects: float


def ttl_cache(popularity: Popularity, requests_in_ttl: float) -> TtlCache:
    """A cache without a limit of size where each object stays for a fixed time after it was fetched.

    Of an object with m requests in that time on average, one fetch serves m requests more (Fofack et al. 2014).

    Args:
        popularity: of the objects.
        requests_in_ttl: all requests in the time to live, at least 0.

    >>> ttl_cache(Popularity.of_counts([1, 1]), 2)
    TtlCache(hit_ratio=0.5, objects=1.0)
    """
    hits = [(count, share, share * requests_in_ttl) for count, share in popularity.groups]
    return TtlCache(
        math.fsum(count * share * mean / (1 + mean) for count, share, mean in hits),
        math.fsum(count * mean / (1 + mean) for count, _, mean in hits),
    )


def size_for(popularity: Popularity, target: float, *, is_lru: bool = True) -> int:
    """The smallest capacity whose hit ratio reaches a target.

    Args:
        popularity: of the objects.
        target: above 0 and at most 1.
        is_lru: LRU, else perfect LFU.
    """
    hit_ratio = lru_hit_ratio if is_lru else lfu_hit_ratio
    low, high = 0, popularity.objects
    while high - low > 1:
        middle = (low + high) // 2
        if hit_ratio(popularity, middle) >= target * (1 - 1e-12):
            high = middle
        else:
            low = middle
    return high


def replay(requests: Iterable[str], capacity: int) -> float:
    """The hit ratio of an LRU cache that starts empty and sees these requests in order.

    Args:
        requests: the object of each request, at least one.
        capacity: how many objects the cache holds, at least 1.

    >>> replay(["a", "b", "a", "c", "b"], 2)
    0.2
    """
    cached: dict[str, None] = {}  # in order of their last requests
    hits = total = 0
    for key in requests:
        total += 1
        if key in cached:
            hits += 1
            del cached[key]
        elif len(cached) >= capacity:
            del cached[next(iter(cached))]
        cached[key] = None
    return hits / total
