"""Latencies counted as they are read, in memory that does not grow with their number.

The whole run's counts are exact whole nanoseconds until there are too many different ones; then values keep so many
leading bits that they fit. Beside them stand up to MOST_SLICES coarse slices of time, for what changes during a run.
"""

from __future__ import annotations

import operator
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from acolytes_perf.result_files.record import NANO, Requests

MOST_VALUES = 120_000
#: Leading bits that values have at first when there are too many different ones: 1 part in 65,536.
FIRST_BITS = 17
SLICE_BITS = 8
MOST_SLICES = 128
FIRST_WIDTH = 1 / 32


class Slice:
    """What happened in one stretch of time; latencies by their leading bits."""

    __slots__ = ("counts", "failed", "requests", "total")

    def __init__(self) -> None:
        self.requests, self.failed, self.total = 0, 0, 0
        self.counts: Counter[int] = Counter()

    def add(self, requests: int, failed: int, total: int, counts: Iterable[tuple[int, int]]) -> None:
        """Takes in what is of the same time."""
        self.requests += requests
        self.failed += failed
        self.total += total
        _add(self.counts, counts)

    def take_in(self, other: Slice) -> None:
        """Takes in all of another slice."""
        self.add(other.requests, other.failed, other.total, other.counts.items())

    @property
    def mean(self) -> float:
        """Mean latency in nanoseconds; the slice must not be empty."""
        return self.total / self.requests


class Tally:
    """The counts of a run, complete after `settle`. With `since`, requests before that time (seconds since 1970) are
    left out.

    Slices lie on one grid for all runs, so that what they hold does not depend on how the file was divided in reading.
    """

    def __init__(self, since: float | None = None) -> None:
        self.counts: Counter[int] = Counter()
        self.requests, self.failed, self.total = 0, 0, 0
        self.bits: int | None = None
        self.first: float | None = None
        self.last: float | None = None
        self.slices: dict[int, Slice] = {}
        self.width = FIRST_WIDTH
        self.knows_failures = False
        self._since = since
        self._waiting: list[Requests] = []
        self._size = 0

    def add(self, found: Requests) -> None:
        """Counts some requests, together with others where they are few."""
        kept = found if self._since is None else found.since(self._since)
        if self._waiting and type(kept) is not type(self._waiting[0]):
            self.settle()
        if kept.size:
            self._waiting.append(kept)
            self._size += kept.size
        if self._size >= kept.enough:
            self.settle()

    def settle(self) -> None:
        """Counts what has waited for more to come."""
        if not self._waiting:
            return
        kept = self._waiting[0].joined(self._waiting[1:])
        self._waiting.clear()
        self._size = 0
        self.knows_failures = True
        span = kept.span()
        if span:
            self._cover(*span)
        for number, failed, counts in kept.parts(self.width):
            requests, total = self.add_counted(counts)
            self.failed += failed
            if span:
                into = self.slices.setdefault(number, Slice())
                into.add(requests, failed, total, _rounded(counts, SLICE_BITS))

    def take_in(self, other: Tally) -> None:
        """Counts what another has counted, which is of no use afterwards; both are settled."""
        bits = min((one for one in (self.bits, other.bits) if one is not None), default=None)
        if bits is not None:
            self._coarsen(bits)
            other._coarsen(bits)
        both = {value: self.counts[value] + other.counts[value] for value in self.counts.keys() & other.counts.keys()}
        dict.update(self.counts, other.counts)  # `_add` is slow for many, of which most are in one of the two alone
        dict.update(self.counts, both)
        self._fit()
        self.requests += other.requests
        self.failed += other.failed
        self.total += other.total
        self.knows_failures |= other.knows_failures
        if other.first is None or other.last is None:
            return
        self._cover(other.first, other.last)
        while other.width < self.width:
            other._widen()
        while self.width < other.width:
            self._widen()
        for number, part in other.slices.items():
            self.slices.setdefault(number, Slice()).take_in(part)

    def _cover(self, first: float, last: float) -> None:
        """Makes slices wide enough for this stretch of time, too."""
        self.first = first if self.first is None else min(self.first, first)
        self.last = last if self.last is None else max(self.last, last)
        while int(self.last / self.width) - int(self.first / self.width) >= MOST_SLICES:
            self._widen()

    def add_counted(self, counts: Mapping[int, int]) -> tuple[int, int]:
        """Counts latencies in nanoseconds that are counted already; how many they are, and their sum."""
        self._count(counts)
        requests, total = sum(counts.values()), sum(map(operator.mul, counts, counts.values()))
        self.requests += requests
        self.total += total
        return requests, total

    def _count(self, counts: Mapping[int, int]) -> None:
        bits = self.bits
        _add(self.counts, counts.items() if bits is None else _rounded(counts, bits))
        self._fit()

    def _fit(self) -> None:
        while len(self.counts) > MOST_VALUES:
            self._coarsen(FIRST_BITS if self.bits is None else self.bits - 1)

    def _coarsen(self, bits: int) -> None:
        """Leaves values only so many leading bits."""
        coarser: Counter[int] = Counter()
        _add(coarser, _rounded(self.counts, bits))
        self.counts, self.bits = coarser, bits

    def _widen(self) -> None:
        """Makes one slice of two."""
        self.width *= 2
        joined: dict[int, Slice] = {}
        for number in sorted(self.slices):
            part, into = self.slices[number], joined.get(number // 2)
            if into is None:
                joined[number // 2] = part
            else:
                into.take_in(part)
        self.slices = joined

    def slice_start(self, number: int) -> float:
        """When a slice begins, in seconds since 1970."""
        return number * self.width

    @property
    def seconds(self) -> float | None:
        """From the first request to the last, None without times or when all have the same."""
        if self.first is None or self.last is None:
            return None
        # of seconds since 1970 a number has no more digits than these
        return round(self.last - self.first, 6) or None

    @property
    def mean(self) -> float:
        """Mean latency in seconds, of the values as they were read."""
        return self.total / self.requests / NANO


def _rounded(counts: Mapping[int, int], bits: int) -> Iterator[tuple[int, int]]:
    for value, count in counts.items():
        spare = value.bit_length() - bits  # as `leading` does; a call for each value takes a tenth of all time
        yield (value if spare <= 0 else (value + (1 << spare >> 1)) >> spare << spare), count


def _add(counts: Counter[int], items: Iterable[tuple[int, int]]) -> None:
    before = counts.get  # a Counter's own way for values not seen before takes three times as long
    for value, count in items:
        counts[value] = before(value, 0) + count
