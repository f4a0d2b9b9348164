"""What the readers give: requests in batches, counted latencies, or only what a tool computed itself."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import compress
from typing import Any, NamedTuple, Protocol, Union

NANOSECONDS = 1_000_000_000
#: No request takes longer; anything above is a damaged number.
MAX_NANOSECONDS = 7 * 86400 * NANOSECONDS
#: The last time that is one, in seconds since 1970: the year 33658.
MAX_SECONDS = 1e12


class Part(NamedTuple):
    """Requests of one slice of time: how many failed, and how often each latency occurred, in nanoseconds."""

    number: int
    failed: int
    counts: Mapping[int, int]


class Requests(Protocol):
    """Some requests of a file, however they are kept."""

    @property
    def size(self) -> int:
        """How many there are."""

    @property
    def batch_size(self) -> int:
        """How many are worth counting at once, since many have the same latency."""

    def joined(self, others: Sequence[Any]) -> Requests:
        """These and others of the same file and kind."""

    def since(self, time: float) -> Requests:
        """Those from a time on, in seconds since 1970; all when they have no times."""

    def span(self) -> tuple[float, float] | None:
        """The first and the last time; None when they have none."""

    def parts(self, width: float) -> Iterable[Part]:
        """All of them by slices of so many seconds, a power of two, numbered from 1970 on."""


class Batch(NamedTuple):
    """Requests in lists of the same length.

    Latencies are whole numbers of `unit` nanoseconds; times, of which there are so many a second, may be missing as a
    whole.
    """

    latencies: Sequence[int]
    unit: int
    failed: Sequence[bool]
    times: Sequence[float] | None = None
    per_second: int = 1

    @property
    def size(self) -> int:
        """How many there are."""
        return len(self.latencies)

    @property
    def batch_size(self) -> int:
        """How many are worth counting at once, since many have the same latency."""
        return 1 << 13

    def joined(self, others: Sequence[Batch]) -> Batch:
        """These and others of the same file and kind."""
        all_times = None if self.times is None else [*self.times]
        latencies, failed = [*self.latencies], [*self.failed]
        for other in others:
            latencies += other.latencies
            failed += other.failed
            if all_times is not None:
                all_times += other.times or ()
        return self._replace(latencies=latencies, failed=failed, times=all_times)

    def since(self, time: float) -> Batch:
        """Those from a time on, in seconds since 1970; all when they have no times."""
        return self if self.times is None else self.chosen([at / self.per_second >= time for at in self.times])

    def span(self) -> tuple[float, float] | None:
        """The first and the last time; None when they have none."""
        return (min(self.times) / self.per_second, max(self.times) / self.per_second) if self.times else None

    def parts(self, width: float) -> Iterator[Part]:
        """All of them by slices of so many seconds, a power of two, numbered from 1970 on."""
        if self.times is None:
            yield self._part(0, 0, self.size)
            return
        if sorted(self.times) != self.times:
            yield from self._in_order(self.times).parts(width)
            return
        step, start = width * self.per_second, 0
        while start < self.size:
            number = int(self.times[start] // step)
            # where times are so large that the next slice's start is the same number, too, one at a time
            stop = max(start + 1, bisect_left(self.times, (number + 1) * step, start))
            yield self._part(number, start, stop)
            start = stop

    def _in_order(self, times: Sequence[float]) -> Batch:
        """The same by time."""
        order = sorted(range(self.size), key=times.__getitem__)
        return self._replace(
            latencies=[self.latencies[place] for place in order],
            failed=[self.failed[place] for place in order],
            times=[times[place] for place in order],
        )

    def _part(self, number: int, start: int, stop: int) -> Part:
        counts: Mapping[int, int] = Counter(self.latencies[start:stop])
        if self.unit != 1:
            counts = {value * self.unit: count for value, count in counts.items()}
        return Part(number, sum(self.failed[start:stop]), counts)

    def chosen(self, which: Sequence[bool]) -> Batch:
        """Those for which it is true."""
        return self._replace(
            latencies=list(compress(self.latencies, which)),
            failed=list(compress(self.failed, which)),
            times=None if self.times is None else list(compress(self.times, which)),
        )


class CountedLatencies(NamedTuple):
    """Latencies in nanoseconds with how often each occurred, without times; `resolution` is their relative step."""

    counts: Mapping[int, int]
    resolution: float
    seconds: float | None = None


class ToolSummary(NamedTuple):
    """What a tool computed and of which the requests are lost: seconds, shares of percentiles to seconds."""

    requests: int
    failed: int | None
    seconds: float | None
    mean: float | None
    least: float | None
    most: float | None
    percentiles: Mapping[float, float]


Record = Union[Requests, CountedLatencies, ToolSummary]


def check_latencies(latencies: Sequence[int], unit: int) -> None:
    """Raises ValueError for a latency that cannot be."""
    if latencies and (min(latencies) < 0 or max(latencies) * unit > MAX_NANOSECONDS):
        raise ValueError("latency out of bounds")


def check_times(times: Sequence[float], per_second: int) -> None:
    """Raises ValueError for a time that cannot be."""
    if times and (min(times) < 0 or max(times) > MAX_SECONDS * per_second):
        raise ValueError("time out of bounds")


def round_to_leading_bits(value: int, bits: int) -> int:
    """The value with all but its leading bits rounded: at most 1 part in 2 ** bits off."""
    spare = value.bit_length() - bits
    return value if spare <= 0 else (value + (1 << spare >> 1)) >> spare << spare
