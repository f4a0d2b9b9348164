"""Latencies counted as they are read, in memory that does not grow with their number.

The whole run's counts are exact whole nanoseconds until there are too many different ones; then values keep so many
leading bits that they fit. Beside them stand up to MOST_SLICES coarse slices of time, for what changes during a run.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from acolytes_perf.result_files.record import NANO, Part, Requests, leading

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

    def add(self, part: Part | Slice) -> None:
        """Takes in what is of the same time."""
        self.requests += part.requests
        self.failed += part.failed
        self.total += part.total
        _add(self.counts, part.counts.items())

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
        self._count(kept.counts())
        self.knows_failures = True
        span = kept.span()
        if span:
            self.first = span[0] if self.first is None else min(self.first, span[0])
            self.last = span[1] if self.last is None else max(self.last, span[1])
            while int(self.last / self.width) - int(self.first / self.width) >= MOST_SLICES:
                self._widen()
        for part in kept.parts(self.width, SLICE_BITS):
            self.requests += part.requests
            self.failed += part.failed
            self.total += part.total
            if span:
                self.slices.setdefault(part.number, Slice()).add(part)

    def add_counted(self, counts: Mapping[int, int]) -> None:
        """Counts latencies in nanoseconds that are counted already."""
        self._count(counts)
        self.requests += sum(counts.values())
        self.total += sum(value * count for value, count in counts.items())

    def _count(self, counts: Mapping[int, int]) -> None:
        bits = self.bits
        _add(self.counts, counts.items() if bits is None else _rounded(counts, bits))
        while len(self.counts) > MOST_VALUES:
            self.bits = FIRST_BITS if self.bits is None else self.bits - 1
            coarser: Counter[int] = Counter()
            _add(coarser, _rounded(self.counts, self.bits))
            self.counts = coarser

    def _widen(self) -> None:
        """Makes one slice of two."""
        self.width *= 2
        joined: dict[int, Slice] = {}
        for number in sorted(self.slices):
            joined.setdefault(number // 2, Slice()).add(self.slices[number])
        self.slices = joined

    def slice_start(self, number: int) -> float:
        """When a slice begins, in seconds since 1970."""
        return number * self.width

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


def _rounded(counts: Mapping[int, int], bits: int) -> Iterator[tuple[int, int]]:
    return ((leading(value, bits), count) for value, count in counts.items())


def _add(counts: Counter[int], items: Iterable[tuple[int, int]]) -> None:
    before = counts.get  # a Counter's own way for values not seen before takes three times as long
    for value, count in items:
        counts[value] = before(value, 0) + count
