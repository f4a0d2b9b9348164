"""Requests as numbers of samples: each combination of latency and kind that occurs in a file is a sample.

In most files whose latencies are whole milliseconds, such combinations occur often. Then a request is a small number,
and counting numbers is quicker than counting latencies and kinds.
"""

from __future__ import annotations

import operator
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from acolytes_perf.result_files.record import SLICE_BITS, KindCounts, RequestKind, Span, round_to_leading_bits

#: What a row becomes that is not a request.
NO_REQUEST = -1
#: A table with more samples is replaced by a new one.
MAX_SAMPLES = 100_000


class SampleTable(dict[bytes, int]):
    """The samples of a file by the text from which they were read.

    Attributes:
        latencies: of each sample in nanoseconds.
        kinds: of each sample.
        coarse_samples: kind and latency, rounded to SLICE_BITS leading bits.
        has_no_requests: whether a text means a row that is not a request.
    """

    def __init__(self, parse: Callable[[bytes], tuple[int, RequestKind] | None]) -> None:
        """The function returns latency and kind of a text, None for no request, or raises ValueError."""
        self._parse = parse
        self.latencies: list[int] = []
        self.kinds: list[RequestKind] = []
        self.coarse_samples: list[tuple[RequestKind, int]] = []
        self.has_no_requests = False
        #: Of each sample the index of its coarse sample: by its own kind, or by one kind for all that failed alike.
        self._coarse: dict[bool, list[int]] = {True: [], False: []}
        self._coarse_index: dict[tuple[RequestKind, int], int] = {}
        self._first_kinds: dict[bool | None, RequestKind] = {}

    def __missing__(self, text: bytes) -> int:
        parsed = self._parse(text)
        if parsed is None:
            self.has_no_requests = True
            self[text] = NO_REQUEST
            return NO_REQUEST
        latency, kind = parsed
        index = self[text] = len(self.latencies)
        self.latencies.append(latency)
        self.kinds.append(kind)
        return index

    def coarse(self, *, by_kind: bool) -> list[int]:
        """Of each sample its index in `coarse_samples`; unless `by_kind`, with one kind for all that failed alike."""
        coarse, first = self._coarse[by_kind], len(self._coarse[by_kind])
        for kind, latency in zip(self.kinds[first:], self.latencies[first:]):
            same = kind if by_kind else self._first_kinds.setdefault(kind.failed, kind)
            sample = same, round_to_leading_bits(latency, SLICE_BITS)
            index = self._coarse_index.setdefault(sample, len(self.coarse_samples))
            if index == len(self.coarse_samples):
                self.coarse_samples.append(sample)
            coarse.append(index)
        return coarse

    @property
    def is_full(self) -> bool:
        """Whether it is time for a new table."""
        return len(self) > MAX_SAMPLES


class Samples:
    """Requests of one table; the methods are those of `record.Requests`."""

    batch_size = 1 << 16

    def __init__(self, table: SampleTable, samples: Sequence[int], times: Sequence[int], ticks_per_second: int) -> None:
        """The sample of each request, and when it started, in units since 1970."""
        self._table, self._samples, self._times, self._ticks = table, samples, times, ticks_per_second

    @property
    def size(self) -> int:
        """Number of requests."""
        return len(self._samples)

    def joins(self, other: object) -> bool:
        """Whether `joined` can join them."""
        return isinstance(other, Samples) and other._table is self._table

    def joined(self, others: Sequence[Samples]) -> Samples:
        """These requests and others of the same table, in order of time."""
        samples, times = [*self._samples], [*self._times]
        for other in others:
            samples += other._samples
            times += other._times
        if sorted(times) != times:
            order = sorted(range(len(times)), key=times.__getitem__)
            samples = list(map(samples.__getitem__, order))
            times = list(map(times.__getitem__, order))
        return Samples(self._table, samples, times, self._ticks)

    def since(self, time: float) -> Samples:
        """The requests from a time on, in seconds since 1970."""
        kept = [index for index, at in enumerate(self._times) if at / self._ticks >= time]
        samples = [self._samples[index] for index in kept]
        return Samples(self._table, samples, [self._times[index] for index in kept], self._ticks)

    def span(self) -> Span:
        """When the requests began and ended; they must be in order."""
        times, ticks = self._times, self._ticks
        first, last = times[0], times[-1]
        latencies = self._table.latencies
        per_tick = 1_000_000_000 // ticks
        # only requests near the end can be the last to end
        reach = max(map(latencies.__getitem__, set(self._samples))) // per_tick + 1
        near = bisect_left(times, last - reach)
        end = max(at + latencies[sample] / per_tick for at, sample in zip(times[near:], self._samples[near:]))
        return Span(first / ticks, last / ticks, first / ticks, end / ticks)

    def timed(self, label: str | None) -> Iterator[tuple[float, int]]:
        """Time in seconds since 1970 and latency in nanoseconds of each request, of one name if given."""
        latencies, kinds = self._table.latencies, self._table.kinds
        for at, sample in zip(self._times, self._samples):
            if label is None or kinds[sample].name == label:
                yield at / self._ticks, latencies[sample]

    def by_kind(self) -> Iterator[tuple[RequestKind, Mapping[int, int]]]:
        """How often each latency in nanoseconds occurred, by kind."""
        latencies, kinds = self._table.latencies, self._table.kinds
        groups: defaultdict[RequestKind, dict[int, int]] = defaultdict(dict)
        for sample, count in Counter(self._samples).items():
            group, latency = groups[kinds[sample]], latencies[sample]
            group[latency] = group.get(latency, 0) + count
        yield from groups.items()

    def by_slice(self, slice_seconds: float, *, by_kind: bool = True) -> Iterator[tuple[int, Iterable[KindCounts]]]:
        """The requests by time slice; they must be in order."""
        coarse = list(map(self._table.coarse(by_kind=by_kind).__getitem__, self._samples))
        times, step, start = self._times, slice_seconds * self._ticks, 0
        while start < len(times):
            number = int(times[start] // step)
            stop = max(start + 1, bisect_left(times, (number + 1) * step, start))
            yield number, self._count(coarse[start:stop])
            start = stop

    def _count(self, coarse: Sequence[int]) -> Iterator[KindCounts]:
        samples = self._table.coarse_samples
        groups: defaultdict[RequestKind, dict[int, int]] = defaultdict(dict)
        for sample, count in Counter(coarse).items():
            kind, latency = samples[sample]
            groups[kind][latency] = count
        for kind, counts in groups.items():
            yield kind_counts(kind, counts)


def kind_counts(kind: RequestKind, counts: Mapping[int, int]) -> KindCounts:
    """The requests of a kind by their rounded latencies."""
    return KindCounts(kind, sum(counts.values()), sum(map(operator.mul, counts, counts.values())), counts)
