"""Counts latencies as they are read, in memory that does not grow with the number of requests.

The counts of the whole run are exact nanoseconds until there are too many different values; then values keep only so
many leading bits that they fit. Up to MAX_SLICES coarse slices of time beside them show what changes during a run.
"""

from __future__ import annotations

import operator
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from acolytes_perf.result_files.record import NANOSECONDS, Requests

MAX_VALUES = 120_000
#: Leading bits that values keep at first when there are too many different ones: 1 part in 65,536.
FIRST_BITS = 17
SLICE_BITS = 8
MAX_SLICES = 128
#: Width of a slice at first, in seconds.
FIRST_SLICE_SECONDS = 1 / 32


class TimeSlice:
    """The requests of one stretch of time.

    Attributes:
        requests: their number.
        failed: how many of them failed.
        total: sum of their latencies in nanoseconds.
        counts: how often each latency occurred, rounded to SLICE_BITS leading bits.
    """

    __slots__ = ("counts", "failed", "requests", "total")

    def __init__(self) -> None:
        self.requests, self.failed, self.total = 0, 0, 0
        self.counts: Counter[int] = Counter()

    def add(self, requests: int, failed: int, total: int, counts: Iterable[tuple[int, int]]) -> None:
        """Adds requests of the same time."""
        self.requests += requests
        self.failed += failed
        self.total += total
        _add_counts(self.counts, counts)

    def merge(self, other: TimeSlice) -> None:
        """Adds the requests of another slice."""
        self.add(other.requests, other.failed, other.total, other.counts.items())

    @property
    def mean(self) -> float:
        """Mean latency in nanoseconds; the slice must not be empty."""
        return self.total / self.requests


class LatencyHistogram:
    """The latency counts of a run, complete after `flush`.

    All runs share one grid of slices, so that the slices do not depend on how a file was divided in reading.

    Attributes:
        counts: how often each latency in nanoseconds occurred.
        requests: their number.
        failed: how many of them failed.
        total: sum of their latencies in nanoseconds.
        bits: leading bits that the values of `counts` keep; None where they are exact.
        first: time of the first request, in seconds since 1970; None without times.
        last: time of the last request.
        slices: by number, counted from 1970.
        slice_seconds: width of a slice.
        has_outcomes: whether it is known which requests failed.
    """

    def __init__(self, since: float | None = None) -> None:
        """Requests before `since` (seconds since 1970) are left out."""
        self.counts: Counter[int] = Counter()
        self.requests, self.failed, self.total = 0, 0, 0
        self.bits: int | None = None
        self.first: float | None = None
        self.last: float | None = None
        self.slices: dict[int, TimeSlice] = {}
        self.slice_seconds = FIRST_SLICE_SECONDS
        self.has_outcomes = False
        self._since = since
        self._pending: list[Requests] = []
        self._pending_size = 0

    def add(self, requests: Requests) -> None:
        """Counts requests, together with later ones where they are few."""
        kept = requests if self._since is None else requests.since(self._since)
        if self._pending and type(kept) is not type(self._pending[0]):
            self.flush()
        if kept.size:
            self._pending.append(kept)
            self._pending_size += kept.size
        if self._pending_size >= kept.batch_size:
            self.flush()

    def flush(self) -> None:
        """Counts the requests that are pending."""
        if not self._pending:
            return
        batch = self._pending[0].joined(self._pending[1:])
        self._pending.clear()
        self._pending_size = 0
        self.has_outcomes = True
        span = batch.span()
        if span:
            self._cover(*span)
        for number, failed, counts in batch.by_slice(self.slice_seconds):
            requests, total = self.add_counts(counts)
            self.failed += failed
            if span:
                time_slice = self.slices.setdefault(number, TimeSlice())
                time_slice.add(requests, failed, total, _rounded(counts, SLICE_BITS))

    def merge(self, other: LatencyHistogram) -> None:
        """Adds the counts of another histogram, which must not be used afterwards; both must be flushed."""
        bits = min((bits for bits in (self.bits, other.bits) if bits is not None), default=None)
        if bits is not None:
            self._coarsen(bits)
            other._coarsen(bits)
        shared = {value: self.counts[value] + other.counts[value] for value in self.counts.keys() & other.counts.keys()}
        dict.update(self.counts, other.counts)  # faster than `_add_counts`, since most values are in one of the two
        dict.update(self.counts, shared)
        self._limit_values()
        self.requests += other.requests
        self.failed += other.failed
        self.total += other.total
        self.has_outcomes |= other.has_outcomes
        if other.first is None or other.last is None:
            return
        self._cover(other.first, other.last)
        while other.slice_seconds < self.slice_seconds:
            other._double_slices()
        while self.slice_seconds < other.slice_seconds:
            self._double_slices()
        for number, part in other.slices.items():
            self.slices.setdefault(number, TimeSlice()).merge(part)

    def _cover(self, first: float, last: float) -> None:
        """Extends the run to these times, and makes slices wide enough."""
        self.first = first if self.first is None else min(self.first, first)
        self.last = last if self.last is None else max(self.last, last)
        while int(self.last / self.slice_seconds) - int(self.first / self.slice_seconds) >= MAX_SLICES:
            self._double_slices()

    def add_counts(self, counts: Mapping[int, int]) -> tuple[int, int]:
        """Adds counted latencies in nanoseconds; returns how many requests they are, and the sum of their latencies."""
        bits = self.bits
        _add_counts(self.counts, counts.items() if bits is None else _rounded(counts, bits))
        self._limit_values()
        requests, total = sum(counts.values()), sum(map(operator.mul, counts, counts.values()))
        self.requests += requests
        self.total += total
        return requests, total

    def _limit_values(self) -> None:
        while len(self.counts) > MAX_VALUES:
            self._coarsen(FIRST_BITS if self.bits is None else self.bits - 1)

    def _coarsen(self, bits: int) -> None:
        """Rounds all values to so many leading bits."""
        coarser: Counter[int] = Counter()
        _add_counts(coarser, _rounded(self.counts, bits))
        self.counts, self.bits = coarser, bits

    def _double_slices(self) -> None:
        """Joins the slices in pairs."""
        self.slice_seconds *= 2
        joined: dict[int, TimeSlice] = {}
        for number in sorted(self.slices):
            part, pair = self.slices[number], joined.get(number // 2)
            if pair is None:
                joined[number // 2] = part
            else:
                pair.merge(part)
        self.slices = joined

    def slice_start(self, number: int) -> float:
        """When a slice begins, in seconds since 1970."""
        return number * self.slice_seconds

    @property
    def duration(self) -> float | None:
        """Seconds from the first request to the last; None without times, or when all have the same."""
        if self.first is None or self.last is None:
            return None
        # seconds since 1970 have no more digits than these
        return round(self.last - self.first, 6) or None

    @property
    def mean(self) -> float:
        """Mean latency in seconds, of the exact values."""
        return self.total / self.requests / NANOSECONDS


def _rounded(counts: Mapping[int, int], bits: int) -> Iterator[tuple[int, int]]:
    for value, count in counts.items():
        # as `round_to_leading_bits` does; a call for each value would take a tenth of all time
        spare = value.bit_length() - bits
        yield (value if spare <= 0 else (value + (1 << spare >> 1)) >> spare << spare), count


def _add_counts(counts: Counter[int], items: Iterable[tuple[int, int]]) -> None:
    get = counts.get  # Counter's own lookup of a new value takes three times as long
    for value, count in items:
        counts[value] = get(value, 0) + count
