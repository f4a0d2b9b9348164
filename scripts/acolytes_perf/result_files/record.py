"""What readers yield: batches of requests, counted latencies, or the figures that a tool computed itself."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import compress
from typing import Any, NamedTuple, Protocol, Union

NANOSECONDS = 1_000_000_000
#: Longest valid latency; a larger number is damaged.
MAX_NANOSECONDS = 7 * 86400 * NANOSECONDS
#: Last valid time in seconds since 1970: the year 33658.
MAX_SECONDS = 1e12


class SliceCounts(NamedTuple):
    """The requests of one time slice.

    Attributes:
        number: of the slice, counted from 1970.
        failed: how many requests failed.
        counts: how often each latency in nanoseconds occurred.
    """

    number: int
    failed: int
    counts: Mapping[int, int]


class Requests(Protocol):
    """Some requests of a file, in any representation."""

    @property
    def size(self) -> int:
        """Number of requests."""

    @property
    def batch_size(self) -> int:
        """How many requests to count at once; more at once are faster, since many have the same latency."""

    def joined(self, others: Sequence[Any]) -> Requests:
        """These requests and others of the same file and class."""

    def since(self, time: float) -> Requests:
        """The requests from a time on, in seconds since 1970; all if they have no times."""

    def span(self) -> tuple[float, float] | None:
        """The first and the last time in seconds since 1970; None without times."""

    def by_slice(self, slice_seconds: float) -> Iterable[SliceCounts]:
        """The requests by time slice; the width is a power of two."""


class Batch(NamedTuple):
    """Requests in lists of the same length.

    Attributes:
        latencies: whole numbers of `unit` nanoseconds.
        unit: nanoseconds in the unit of the latencies.
        failed: whether each request failed.
        times: in units since 1970; None where the file has none.
        ticks_per_second: how many units of the times are a second.
    """

    latencies: Sequence[int]
    unit: int
    failed: Sequence[bool]
    times: Sequence[float] | None = None
    ticks_per_second: int = 1

    @property
    def size(self) -> int:
        """Number of requests."""
        return len(self.latencies)

    @property
    def batch_size(self) -> int:
        """How many requests to count at once; more at once are faster, since many have the same latency."""
        return 1 << 13

    def joined(self, others: Sequence[Batch]) -> Batch:
        """These requests and others of the same file and class."""
        all_times = None if self.times is None else [*self.times]
        latencies, failed = [*self.latencies], [*self.failed]
        for other in others:
            latencies += other.latencies
            failed += other.failed
            if all_times is not None:
                all_times += other.times or ()
        return self._replace(latencies=latencies, failed=failed, times=all_times)

    def since(self, time: float) -> Batch:
        """The requests from a time on, in seconds since 1970; all if they have no times."""
        return self if self.times is None else self.select([at / self.ticks_per_second >= time for at in self.times])

    def span(self) -> tuple[float, float] | None:
        """The first and the last time in seconds since 1970; None without times."""
        return (
            (min(self.times) / self.ticks_per_second, max(self.times) / self.ticks_per_second) if self.times else None
        )

    def by_slice(self, slice_seconds: float) -> Iterator[SliceCounts]:
        """The requests by time slice; the width is a power of two."""
        if self.times is None:
            yield self._count(0, 0, self.size)
            return
        if sorted(self.times) != self.times:
            yield from self._sorted_by(self.times).by_slice(slice_seconds)
            return
        step, start = slice_seconds * self.ticks_per_second, 0
        while start < self.size:
            number = int(self.times[start] // step)
            # where times are so large that the next slice's start is the same number, too, one at a time
            stop = max(start + 1, bisect_left(self.times, (number + 1) * step, start))
            yield self._count(number, start, stop)
            start = stop

    def _sorted_by(self, times: Sequence[float]) -> Batch:
        order = sorted(range(self.size), key=times.__getitem__)
        return self._replace(
            latencies=[self.latencies[index] for index in order],
            failed=[self.failed[index] for index in order],
            times=[times[index] for index in order],
        )

    def _count(self, number: int, start: int, stop: int) -> SliceCounts:
        counts: Mapping[int, int] = Counter(self.latencies[start:stop])
        if self.unit != 1:
            counts = {value * self.unit: count for value, count in counts.items()}
        return SliceCounts(number, sum(self.failed[start:stop]), counts)

    def select(self, mask: Sequence[bool]) -> Batch:
        """The requests for which the mask is true."""
        return self._replace(
            latencies=list(compress(self.latencies, mask)),
            failed=list(compress(self.failed, mask)),
            times=None if self.times is None else list(compress(self.times, mask)),
        )


class CountedLatencies(NamedTuple):
    """Latencies without times.

    Attributes:
        counts: how often each latency in nanoseconds occurred.
        resolution: relative step between latencies.
        duration: of the run in seconds; None where unknown.
    """

    counts: Mapping[int, int]
    resolution: float
    duration: float | None = None


class ToolSummary(NamedTuple):
    """The figures that a tool computed, without the requests; None for what it does not report.

    Attributes:
        requests: their number.
        failed: how many of them failed.
        duration: of the run, in seconds.
        mean: latency, in seconds.
        minimum: latency, in seconds.
        maximum: latency, in seconds.
        percentiles: latencies in seconds, by share.
    """

    requests: int
    failed: int | None
    duration: float | None
    mean: float | None
    minimum: float | None
    maximum: float | None
    percentiles: Mapping[float, float]


Record = Union[Requests, CountedLatencies, ToolSummary]


def check_latencies(latencies: Sequence[int], unit: int) -> None:
    """Raises ValueError for a latency below 0 or above MAX_NANOSECONDS; `unit` is that of `Batch`."""
    if latencies and (min(latencies) < 0 or max(latencies) * unit > MAX_NANOSECONDS):
        raise ValueError("latency out of bounds")


def check_times(times: Sequence[float], ticks_per_second: int) -> None:
    """Raises ValueError for a time before 1970 or after MAX_SECONDS."""
    if times and (min(times) < 0 or max(times) > MAX_SECONDS * ticks_per_second):
        raise ValueError("time out of bounds")


def round_to_leading_bits(value: int, bits: int) -> int:
    """Rounds to the leading bits, with a relative error of at most 2 ** -bits.

    >>> round_to_leading_bits(1000, 4)
    1024
    """
    spare = value.bit_length() - bits
    return value if spare <= 0 else (value + (1 << spare >> 1)) >> spare << spare
