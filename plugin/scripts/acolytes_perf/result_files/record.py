"""What the readers give: requests in batches, counted latencies, or only what a tool computed itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import compress, groupby
from typing import Any, NamedTuple, Protocol, Union

NANO = 1_000_000_000
#: No request takes longer; anything above is a damaged number.
MOST_NANOSECONDS = 7 * 86400 * NANO
#: The last time that is one, in seconds since 1970: the year 33658.
MOST_SECONDS = 1e12


class Part(NamedTuple):
    """Requests of one slice of time; latencies in nanoseconds by their leading bits, the total of the exact ones."""

    number: int
    requests: int
    failed: int
    total: int
    counts: Mapping[int, int]


class Requests(Protocol):
    """Some requests of a file, however they are kept."""

    @property
    def size(self) -> int:
        """How many there are."""

    @property
    def enough(self) -> int:
        """How many are worth counting at once, since many have the same latency."""

    def joined(self, others: Sequence[Any]) -> Requests:
        """These and others of the same file and kind."""

    def since(self, time: float) -> Requests:
        """Those from a time on, in seconds since 1970; all when they have no times."""

    def span(self) -> tuple[float, float] | None:
        """The first and the last time; None when they have none."""

    def counts(self) -> Mapping[int, int]:
        """How often each latency occurred, in nanoseconds."""

    def parts(self, width: float, bits: int) -> Iterable[Part]:
        """All of them by slices of so many seconds, numbered from 1970 on; latencies have so many leading bits."""


class Batch(NamedTuple):
    """Requests in lists of the same length.

    Latencies are whole numbers of `unit` nanoseconds, times numbers of `tick` seconds; times may be missing as a whole.
    """

    latencies: Sequence[int]
    unit: int
    failed: Sequence[bool]
    times: Sequence[float] | None = None
    tick: float = 1.0

    @property
    def size(self) -> int:
        """How many there are."""
        return len(self.latencies)

    @property
    def enough(self) -> int:
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
        return self if self.times is None else self.chosen([at * self.tick >= time for at in self.times])

    def span(self) -> tuple[float, float] | None:
        """The first and the last time; None when they have none."""
        return (min(self.times) * self.tick, max(self.times) * self.tick) if self.times else None

    def counts(self) -> Mapping[int, int]:
        """How often each latency occurred, in nanoseconds."""
        return {value * self.unit: count for value, count in Counter(self.latencies).items()}

    def parts(self, width: float, bits: int) -> Iterator[Part]:
        """All of them by slices of so many seconds, numbered from 1970 on; latencies have so many leading bits."""
        first, last = (int(time / width) for time in self.span() or (0, 0))
        if first == last:
            yield self._part(first, bits)
            return
        start, runs = 0, dict[int, list[Batch]]()
        for number, same in groupby([int(at * self.tick / width) for at in self.times or ()]):
            stop = start + len(list(same))
            run = Batch(self.latencies[start:stop], self.unit, self.failed[start:stop])
            runs.setdefault(number, []).append(run)
            start = stop
        for number, (run, *others) in sorted(runs.items()):
            yield run.joined(others)._part(number, bits)

    def _part(self, number: int, bits: int) -> Part:
        coarse = Counter[int]()
        for value, count in self.counts().items():
            coarse[leading(value, bits)] += count
        return Part(number, self.size, sum(self.failed), sum(self.latencies) * self.unit, coarse)

    def chosen(self, which: Sequence[bool]) -> Batch:
        """Those for which it is true."""
        return self._replace(
            latencies=list(compress(self.latencies, which)),
            failed=list(compress(self.failed, which)),
            times=None if self.times is None else list(compress(self.times, which)),
        )


class Counted(NamedTuple):
    """Latencies in nanoseconds with how often each occurred, without times; `resolution` is their relative step."""

    counts: Mapping[int, int]
    resolution: float
    seconds: float | None = None


class Reported(NamedTuple):
    """What a tool computed and of which the requests are lost: seconds, shares of percentiles to seconds."""

    requests: int
    failed: int | None
    seconds: float | None
    mean: float | None
    least: float | None
    most: float | None
    percentiles: Mapping[float, float]


Record = Union[Requests, Counted, Reported]


def check_latencies(latencies: Sequence[int], unit: int) -> None:
    """Raises ValueError for a latency that cannot be."""
    if latencies and (min(latencies) < 0 or max(latencies) * unit > MOST_NANOSECONDS):
        raise ValueError("latency out of bounds")


def check_times(times: Sequence[float], tick: float) -> None:
    """Raises ValueError for a time that cannot be."""
    if times and (min(times) < 0 or max(times) > MOST_SECONDS / tick):
        raise ValueError("time out of bounds")


def leading(value: int, bits: int) -> int:
    """The value with all but its leading bits rounded: at most 1 part in 2 ** bits off."""
    spare = value.bit_length() - bits
    return value if spare <= 0 else (value + (1 << spare >> 1)) >> spare << spare
