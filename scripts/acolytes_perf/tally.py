"""Latencies counted as they are read, in memory that does not grow with their number.

The whole run's counts are exact whole nanoseconds until there are too many different ones; then values keep so many
leading bits that they fit. Beside them stand up to MOST_SLICES coarse slices of time, for what changes during a run.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import compress

from acolytes_perf.result_files.record import NANO, Batch

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

    def join(self, other: Slice) -> None:
        """Takes in the slice that follows."""
        self.requests += other.requests
        self.failed += other.failed
        self.total += other.total
        self.counts.update(other.counts)

    @property
    def mean(self) -> float:
        """Mean latency in nanoseconds; the slice must not be empty."""
        return self.total / self.requests


class Tally:
    """The counts of a run. With `since`, requests before that time (seconds since 1970) are left out."""

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

    def add(self, batch: Batch) -> None:
        """Counts a batch of requests."""
        kept = batch
        if self._since is not None and batch.times is not None:
            inside = list(map((self._since / batch.tick).__le__, map(float, batch.times)))
            kept = batch._replace(
                latencies=list(compress(batch.latencies, inside)),
                failed=list(compress(batch.failed, inside)),
                times=list(compress(batch.times, inside)),
            )
        if kept.latencies:
            self._count(Counter(kept.latencies), kept.unit)
            self.requests += len(kept.latencies)
            self.failed += sum(kept.failed)
            self.total += sum(kept.latencies) * kept.unit
            self.knows_failures = True
            if kept.times is not None:
                self._slice(kept, kept.times)

    def add_counted(self, counts: Mapping[int, int]) -> None:
        """Counts latencies in nanoseconds that are counted already."""
        self._count(counts, 1)
        self.requests += sum(counts.values())
        self.total += sum(value * count for value, count in counts.items())

    def _count(self, counts: Mapping[int, int], unit: int) -> None:
        if self.bits is None:
            for value, count in counts.items():
                self.counts[value * unit] += count
        else:
            for value, count in counts.items():
                self.counts[leading(value * unit, self.bits)] += count
        while len(self.counts) > MOST_VALUES:
            self.bits = FIRST_BITS if self.bits is None else self.bits - 1
            self.counts = _coarser(self.counts.items(), self.bits)

    def _slice(self, batch: Batch, times: Sequence[float]) -> None:
        """Puts runs of neighbours, a small part of a slice each, where the first of them belongs."""
        low, high = min(times) * batch.tick, max(times) * batch.tick
        if self.first is None or self.last is None:
            self.first, self.last, self._origin = low, high, low
        self.first, self.last = min(self.first, low), max(self.last, high)
        step = max(1, min(4096, self.requests // (8 * MOST_SLICES)))
        start = 0
        self._index(high)  # widens the slices where that is needed, before any is named
        places = [self._index(times[place] * batch.tick) for place in range(0, len(times), step)]
        for index, group in itertools.groupby(places):
            end = start + step * sum(1 for _ in group)
            latencies = batch.latencies[start:end]
            one = self.slices.setdefault(index, Slice())
            one.requests += len(latencies)
            one.failed += sum(batch.failed[start:end])
            one.total += sum(latencies) * batch.unit
            for value, count in Counter(latencies).items():
                one.counts[leading(value * batch.unit, SLICE_BITS)] += count
            start = end

    def _index(self, time: float) -> int:
        index = max(0, int((time - self._origin) / self.width))
        while index >= MOST_SLICES:
            self.width *= 2
            index = max(0, int((time - self._origin) / self.width))
            joined: dict[int, Slice] = {}
            for number in sorted(self.slices):
                joined.setdefault(number // 2, Slice()).join(self.slices[number])
            self.slices = joined
        return index

    def slice_start(self, number: int) -> float:
        """When a slice begins, in seconds since 1970."""
        return self._origin + number * self.width

    @property
    def seconds(self) -> float | None:
        """From the first request to the last, None without times or when all have the same."""
        if self.first is None or self.last is None or self.last <= self.first:
            return None
        return self.last - self.first

    @property
    def mean(self) -> float:
        """Mean latency in seconds, of the values as they were read."""
        return self.total / self.requests / NANO


def leading(value: int, bits: int) -> int:
    """The value with all but its leading bits rounded: at most 1 part in 2 ** bits off."""
    spare = value.bit_length() - bits
    return value if spare <= 0 else (value + (1 << spare >> 1)) >> spare << spare


def _coarser(items: Iterable[tuple[int, int]], bits: int) -> Counter[int]:
    found: Counter[int] = Counter()
    for value, count in items:
        found[leading(value, bits)] += count
    return found
