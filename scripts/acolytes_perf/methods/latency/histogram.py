"""Counts latencies as they are read, in memory that does not grow with the number of requests.

The counts are exact nanoseconds until there are too many different values; then values keep only so many leading bits
that they fit. Up to MAX_SLICES coarse slices of time beside them show what changes during a run.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from acolytes_perf.methods.latency.percentiles import LatencyDistribution
from acolytes_perf.result_files.record import NANOSECONDS, SLICE_BITS, ToolSummary, round_to_leading_bits

MAX_VALUES = 120_000
#: Leading bits that values keep at first when there are too many different ones: 1 part in 65,536.
FIRST_BITS = 17
MAX_SLICES = 128
#: Width of a slice at first, in seconds.
FIRST_SLICE_SECONDS = 1 / 32
#: Different causes of failures that an endpoint keeps; all others are counted as OTHER_CAUSES.
MAX_CAUSES = 50
OTHER_CAUSES = ("", "other causes")


class TimeSlice:
    """The requests of one stretch of time.

    Attributes:
        requests: their number.
        failed: how many of them failed.
        total: sum of their latencies in nanoseconds.
    """

    __slots__ = ("_counts", "_packed", "_sorted", "failed", "requests", "total")

    def __init__(self) -> None:
        self.requests, self.failed, self.total = 0, 0, 0
        self._counts: Counter[int] = Counter()
        #: Values and their numbers while nothing is added: a sixth of the memory.
        self._packed: tuple[array[int], array[int]] | None = None
        self._sorted: LatencyDistribution | None = None

    @property
    def counts(self) -> Counter[int]:
        """How often each latency occurred, rounded to SLICE_BITS leading bits; a copy where the slice is packed."""
        if self._packed is None:
            return self._counts
        counts: Counter[int] = Counter()
        dict.update(counts, zip(*self._packed))
        return counts

    def items(self) -> Iterable[tuple[int, int]]:
        """The items of `counts`."""
        return self._counts.items() if self._packed is None else zip(*self._packed)

    @property
    def size(self) -> int:
        """Number of different latencies."""
        return len(self._counts) if self._packed is None else len(self._packed[0])

    @property
    def distribution(self) -> LatencyDistribution:
        """The latencies in order; the slice must not be empty."""
        return self._sorted or LatencyDistribution(self.counts)

    def keep_sorted(self) -> None:
        """Keeps the latencies in order until something is added: quicker for several questions, but more memory."""
        self._sorted = self.distribution

    def requests_above(self, latency: int) -> int:
        """How many requests took longer."""
        if self._sorted:
            return self.requests - self._sorted.up_to(latency)
        return sum([count for value, count in self.items() if value > latency])

    def pack(self) -> None:
        """Makes the slice smaller until something is added."""
        if self._packed is None:
            self._packed = array("Q", self._counts), array("Q", self._counts.values())
            self._counts = Counter()

    def _unpack(self) -> None:
        self._counts, self._packed, self._sorted = self.counts, None, None

    def add(self, requests: int, failed: int, total: int, counts: Mapping[int, int]) -> None:
        """Adds requests of the same time; the arguments are the attributes."""
        self._unpack()
        self.requests += requests
        self.failed += failed
        self.total += total
        if self._counts:
            add_counts(self._counts, counts.items())
        else:
            # many times faster, and most slices of endpoints are within one batch
            dict.update(self._counts, counts)

    def merge(self, other: TimeSlice) -> None:
        """Adds the requests of another slice."""
        is_packed = self._packed is not None
        self.add(other.requests, other.failed, other.total, other.counts)
        if is_packed:
            self.pack()

    def coarsen(self, bits: int) -> None:
        """Rounds all values to so many leading bits."""
        self._counts, self._packed, self._sorted = rounded_counts(self.counts, bits), None, None

    @property
    def mean(self) -> float:
        """Mean latency in nanoseconds; the slice must not be empty."""
        return self.total / self.requests


def exceedances_by_slice(slices: Sequence[TimeSlice], latency: int) -> tuple[list[int], list[int]]:
    """Requests of each slice, and how many of them exceed a latency as far as the slices resolve it.

    Args:
        slices: in order of time.
        latency: in nanoseconds.
    """
    limit = round_to_leading_bits(latency, SLICE_BITS)
    return [part.requests for part in slices], [part.requests_above(limit) for part in slices]


class EndpointStatistics:
    """The requests of one endpoint, or of a whole run.

    All share one grid of slices, so that the slices do not depend on how a file was divided in reading.

    Attributes:
        name: of the endpoint; empty for the whole run.
        requests: their number, without those left out as warm-up.
        failed: how many of them failed; 0 where that is unknown.
        has_outcomes: whether it is known of all requests which failed.
        counts: how often each latency in nanoseconds occurred.
        failed_counts: the same of the failed requests alone.
        causes: how many requests failed by code and message, with those of the warm-up.
        total: sum of the latencies in nanoseconds.
        bits: leading bits that the values of `counts` keep; None where they are exact.
        start: when the first request started, in seconds since 1970; None without times.
        end: when the last request ended.
        first: the first time in the file, from which slices are counted; see `Span`.
        last: the last time in the file.
        slices: by number, counted from 1970.
        slice_seconds: width of a slice.
        requests_read: with those of the warm-up.
        failed_read: how many of them failed.
        reported: what the tool computed itself, where the file has no requests.
    """

    def __init__(self, name: str = "") -> None:
        self.name = name
        self.requests, self.failed, self.total = 0, 0, 0
        self.has_outcomes = True
        self.counts: Counter[int] = Counter()
        self.failed_counts: Counter[int] = Counter()
        self.causes: Counter[tuple[str, str]] = Counter()
        self.bits: int | None = None
        self.start: float | None = None
        self.end: float | None = None
        self.first: float | None = None
        self.last: float | None = None
        self.slices: dict[int, TimeSlice] = {}
        self.slice_seconds = FIRST_SLICE_SECONDS
        self.requests_read, self.failed_read = 0, 0
        self.reported: ToolSummary | None = None

    @property
    def duration(self) -> float | None:
        """Seconds from the start of the first request to the end of the last; None without times, or for 0."""
        if self.start is None or self.end is None:
            return None
        # seconds since 1970 have no more digits than these
        return round(self.end - self.start, 6) or None

    @cached_property
    def distribution(self) -> LatencyDistribution:
        """The latencies in order; nothing may be added afterwards, and there must be a request."""
        return LatencyDistribution(self.counts)

    @property
    def mean(self) -> float:
        """Mean latency in seconds, of the exact values; there must be requests."""
        return self.total / self.requests / NANOSECONDS

    def slice_start(self, number: int) -> float:
        """When a slice begins, in seconds since 1970."""
        return number * self.slice_seconds

    def slice_at(self, number: int) -> TimeSlice:
        """The slice of a number, created where there is none."""
        part = self.slices.get(number)
        if part is None:
            part = self.slices[number] = TimeSlice()
        return part

    def cause_of(self, code: str, message: str) -> tuple[str, str]:
        """Under which code and message failures are counted: OTHER_CAUSES where there are too many."""
        cause = (code, message)
        return cause if cause in self.causes or len(self.causes) < MAX_CAUSES else OTHER_CAUSES

    def add_cause(self, code: str, message: str, count: int) -> None:
        """Adds failures of one code and message."""
        self.causes[self.cause_of(code, message)] += count

    def merge(self, other: EndpointStatistics) -> None:
        """Adds the requests of another, which must not be used afterwards; both must have the same slices' width."""
        bits = min((bits for bits in (self.bits, other.bits) if bits is not None), default=None)
        if bits is not None:
            self.coarsen(bits)
            other.coarsen(bits)
        merge_counts(self.counts, other.counts)
        merge_counts(self.failed_counts, other.failed_counts)
        self.requests += other.requests
        self.failed += other.failed
        self.requests_read += other.requests_read
        self.failed_read += other.failed_read
        self.total += other.total
        self.has_outcomes &= other.has_outcomes
        for (code, message), count in other.causes.items():
            self.add_cause(code, message, count)
        if other.start is not None and other.end is not None and other.first is not None and other.last is not None:
            self.extend(other.first, other.last, other.start, other.end)
        for number, part in other.slices.items():
            if number in self.slices:
                self.slices[number].merge(part)
            else:
                self.slices[number] = part

    def extend(self, first: float, last: float, start: float, end: float) -> None:
        """Extends the time of the requests; the arguments are those of `Span`."""
        self.first = first if self.first is None else min(self.first, first)
        self.last = last if self.last is None else max(self.last, last)
        self.start = start if self.start is None else min(self.start, start)
        self.end = end if self.end is None else max(self.end, end)

    def limit_values(self, most: int) -> None:
        """Rounds values until at most so many different ones are left."""
        while len(self.counts) > most:
            self.coarsen(FIRST_BITS if self.bits is None else self.bits - 1)

    def coarsen(self, bits: int) -> None:
        """Rounds all values to so many leading bits."""
        for counts in (self.counts, self.failed_counts):
            coarser = rounded_counts(counts, bits)
            counts.clear()
            dict.update(counts, coarser)
        self.bits = bits

    def double_slices(self) -> None:
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


def rounded(counts: Mapping[int, int], bits: int) -> Iterator[tuple[int, int]]:
    """The counts with values rounded to their leading bits."""
    for value, count in counts.items():
        # as `round_to_leading_bits` does; a call for each value would take a tenth of all time
        spare = value.bit_length() - bits
        yield (value if spare <= 0 else (value + (1 << spare >> 1)) >> spare << spare), count


def rounded_counts(counts: Mapping[int, int], bits: int) -> Counter[int]:
    """The counts by value rounded to its leading bits."""
    coarser: Counter[int] = Counter()
    add_counts(coarser, rounded(counts, bits))
    return coarser


def add_counts(counts: Counter[int], items: Iterable[tuple[int, int]]) -> None:
    """Adds counted values."""
    get = counts.get  # Counter's own lookup of a new value takes three times as long
    for value, count in items:
        counts[value] = get(value, 0) + count


def merge_counts(counts: Counter[int], others: Mapping[int, int]) -> None:
    """Adds counted values, most of which are not among the others."""
    shared = {value: counts[value] + others[value] for value in counts.keys() & others.keys()}
    dict.update(counts, others)  # faster than `add_counts`
    dict.update(counts, shared)
