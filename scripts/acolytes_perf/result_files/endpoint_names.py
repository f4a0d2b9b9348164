"""Which endpoints of a file have figures of their own, where it has more of them than memory has room for.

Such a file is read twice. The first time the requests of each name are counted, in counters that names share. The
second time the names with the largest counters are kept, and the requests of all others are one group.

Source: Whang, Vander-Zanden and Taylor, A linear-time probabilistic counting algorithm for database applications, ACM
TODS 15(2), 1990, doi 10.1145/78922.78925 (the number of names by the share of counters without any).
"""

from __future__ import annotations

import math
import sys
from array import array
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple
from zlib import crc32

#: Endpoints with figures of their own; fewer where each has slices of time, too.
MAX_ENDPOINTS, MAX_SLICED_ENDPOINTS = 1000, 100
#: Names are told apart exactly up to here. Beyond, their number is estimated within about 2 %.
_MAX_EXACT_NAMES = 20_000
#: Counters that names share; with more names than counters fewer are kept.
#: Their number is prime, since the bits of a checksum of names with consecutive numbers are far from random.
_COUNTERS = (1 << 19) - 1


class TooManyNamesError(Exception):
    """The file has more names than endpoints can have figures of their own."""


class KeptNames(NamedTuple):
    """The names that have figures of their own.

    Attributes:
        places: of their counters.
        names: number of all names of the file.
        is_exact: whether that number is exact.
    """

    places: frozenset[int]
    names: int
    is_exact: bool

    def which(self, names: Iterable[bytes]) -> list[bool]:
        """Which names are kept; they are UTF-8."""
        places = self.places
        return [crc32(name) % _COUNTERS in places for name in names]


class NameCounts:
    """How many requests each name has."""

    def __init__(self) -> None:
        self._counters = array("Q", bytes(8 * _COUNTERS))
        self._hashes: set[int] | None = set()

    def add(self, counts: Mapping[bytes, int]) -> None:
        """Adds requests by name, which is UTF-8."""
        counters = self._counters
        for place, requests in zip(map(crc32, counts), counts.values()):
            counters[place % _COUNTERS] += requests
        if self._hashes is not None:
            self._hashes.update(map(hash, counts))
            self._limit_hashes()

    def merge(self, other: NameCounts) -> None:
        """Adds the counts of another part of the file."""
        # the counters as one number: they do not overflow, and one sum is quicker than a million
        total = sum(int.from_bytes(names._counters.tobytes(), sys.byteorder) for names in (self, other))
        self._counters = array("Q", total.to_bytes(8 * _COUNTERS, sys.byteorder))
        if self._hashes is not None and other._hashes is not None:
            self._hashes |= other._hashes
            self._limit_hashes()
        else:
            self._hashes = None

    def _limit_hashes(self) -> None:
        if self._hashes is not None and len(self._hashes) > _MAX_EXACT_NAMES:
            self._hashes = None

    def kept(self, most: int) -> KeptNames:
        """So many names with most requests, and those that share their counters.

        Names with few requests may be kept instead of one with a few more, if they share a counter.
        """
        values = Counter(self._counters)
        names = len(self._hashes or ())
        if self._hashes is None:
            names = round(-_COUNTERS * math.log(max(1, values[0]) / _COUNTERS))
        # a counter brings other names along, and the largest counters more than most
        left, least = round(most / (1 + 2 * max(0, names - _MAX_EXACT_NAMES) / _COUNTERS)), 0
        for least in sorted(values, reverse=True):
            if values[least] > left:
                break
            left -= values[least]
        places = [place for place, requests in enumerate(self._counters) if requests > least]
        place = -1
        for _ in range(left):
            place = self._counters.index(least, place + 1)
            places.append(place)
        return KeptNames(frozenset(places), names, self._hashes is not None)
