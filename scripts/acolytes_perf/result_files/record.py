"""What readers yield: batches of requests, counted latencies, or the figures that a tool computed itself."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import compress
from typing import Any, NamedTuple, Protocol, Union

from acolytes_perf.result_files.endpoint_names import KeptNames, TooManyNamesError

NANOSECONDS = 1_000_000_000
#: Longest valid latency; a larger number is damaged.
MAX_NANOSECONDS = 7 * 86400 * NANOSECONDS
#: Rows that JMeter writes beside those of requests.
TRANSACTIONS = "rows of transaction controllers, which sum up requests that have rows of their own"
#: Leading bits that latencies in time slices keep.
SLICE_BITS = 8
#: Last valid time in seconds since 1970: the year 33658.
MAX_SECONDS = 1e12


class RequestKind:
    """What the requests of one endpoint with one outcome have in common; two kinds are equal only if the same object.

    Attributes:
        name: of the endpoint; empty where the file has no names.
        failed: whether these requests failed; None where the file does not tell.
        code: status or response code, such as `500`; empty without one.
        message: what the tool wrote about the failure; empty without one.
    """

    __slots__ = ("code", "failed", "message", "name")

    def __init__(self, name: str, failed: bool | None, code: str = "", message: str = "") -> None:  # noqa: FBT001
        self.name, self.failed, self.code, self.message = name, failed, code, message


#: The name of all endpoints without figures of their own; no tool gives such a name to a request.
OTHER_ENDPOINTS = "\0"


class RequestKinds:
    """The kinds of a file, each created once while they fit.

    Attributes:
        counts_names: whether readers need only the names of requests.

    >>> kinds = RequestKinds()
    >>> kinds.get("GET /", True, "500") is kinds.get("GET /", True, "500")
    True
    """

    MAX_KINDS = 10_000

    def __init__(
        self,
        most_names: int | None = None,
        kept: KeptNames | None = None,
        label: str | None = None,
        *,
        counts_names: bool = False,
    ) -> None:
        """All names are kept unless an argument limits them.

        Args:
            most_names: with more names `get` raises TooManyNamesError, or without `kept` and with a label, takes all
                others but the label as one endpoint.
            kept: the names that are kept; all others are one endpoint.
            label: the only name whose requests count.
            counts_names: whether readers need only the names of requests.
        """
        self.counts_names = counts_names
        self._most_names, self._kept, self._label = most_names, kept, label
        self._kinds: dict[tuple[str, bool | None, str, str], RequestKind] = {}
        self._names: set[str] = set()

    def get(self, name: str, failed: bool | None, code: str = "", message: str = "") -> RequestKind:  # noqa: FBT001
        """The kind of these attributes; code and message of a success are not kept."""
        key = (name, failed, code, message) if failed else (name, failed, "", "")
        kind = self._kinds.get(key)
        if kind is None:
            if not self._keeps(name):
                return self.get(OTHER_ENDPOINTS, failed, code, message)
            if len(self._kinds) >= self.MAX_KINDS:
                self._kinds.clear()
            kind = self._kinds[key] = RequestKind(*key)
        return kind

    def _keeps(self, name: str) -> bool:
        """Whether the requests of this name are told apart; raises TooManyNamesError if that must be decided first."""
        if name == OTHER_ENDPOINTS:
            return True
        if self._kept is not None:
            return self._kept.which([name.encode("utf-8", "replace")])[0]
        if self._most_names is None or name in self._names:
            return True
        if len(self._names) < self._most_names:
            self._names.add(name)
            return True
        if self._label is None:
            raise TooManyNamesError
        return name == self._label

    @property
    def has_others(self) -> bool:
        """Whether only some names are told apart."""
        return self._kept is not None

    def are_kept(self, names: Sequence[bytes]) -> list[bool]:
        """Whether the requests of names are told apart, by their texts in the file."""
        return [True] * len(names) if self._kept is None else self._kept.which(as_utf8(names))

    def names_of(self, requests: Iterable[RequestKind]) -> NamesOfRequests:
        """The names of requests by their kinds."""
        counts: Counter[bytes] = Counter()
        for kind, count in Counter(requests).items():
            counts[kind.name.encode("utf-8", "replace")] += count
        return NamesOfRequests(counts)


def as_utf8(texts: Sequence[bytes]) -> Sequence[bytes]:
    """The texts with a sign of replacement for what is not UTF-8, as decoding writes it."""
    return texts if b"".join(texts).isascii() else [text.decode("utf-8", "replace").encode() for text in texts]


class NamesOfRequests(NamedTuple):
    """How many requests there are by name in UTF-8: all that is read where names are counted."""

    counts: Mapping[bytes, int]


class KindCounts(NamedTuple):
    """The requests of one kind in a time slice.

    Attributes:
        kind: what they have in common.
        requests: their number.
        total: sum of their latencies in nanoseconds.
        counts: how often each latency occurred, rounded to SLICE_BITS leading bits.
    """

    kind: RequestKind
    requests: int
    total: int
    counts: Mapping[int, int]


class Span(NamedTuple):
    """Times of some requests, in seconds since 1970.

    Attributes:
        first: the first time, by which requests are divided into slices.
        last: the last time.
        start: when the first request started.
        end: when the last one ended.
    """

    first: float
    last: float
    start: float
    end: float


class Requests(Protocol):
    """Some requests of a file, in any representation."""

    @property
    def size(self) -> int:
        """Number of requests."""

    @property
    def batch_size(self) -> int:
        """How many requests to count at once; more at once are faster, since many have the same latency."""

    def joins(self, other: object) -> bool:
        """Whether `joined` can join them."""

    def joined(self, others: Sequence[Any]) -> Requests:
        """These requests and others of the same file."""

    def since(self, time: float) -> Requests:
        """The requests from a time on, in seconds since 1970; all if they have no times."""

    def span(self) -> Span | None:
        """When the requests began and ended; None without times."""

    def timed(self, label: str | None) -> Iterable[tuple[float, int]]:
        """Time in seconds since 1970 and latency in nanoseconds of each request, of one name if given."""

    def by_kind(self) -> Iterable[tuple[RequestKind, Mapping[int, int]]]:
        """How often each latency in nanoseconds occurred, by kind; a kind may occur more than once."""

    def by_slice(self, slice_seconds: float, *, by_kind: bool = True) -> Iterable[tuple[int, Iterable[KindCounts]]]:
        """The requests by time slice, whose number counts from 1970; the width is a power of two.

        Not for requests without times. Unless `by_kind`, the requests of a slice are grouped only by whether they
        failed, and the kind of a group is that of one of its requests. That is faster.
        """


class Batch(NamedTuple):
    """Requests in lists of the same length.

    Attributes:
        latencies: whole numbers of `unit` nanoseconds.
        unit: nanoseconds in the unit of the latencies.
        kinds: of each request: its endpoint and outcome.
        times: in units since 1970; None where the file has none.
        ticks_per_second: how many units of the times are a second.
        times_are_ends: whether the times are those of the requests' ends, not of their starts.
    """

    latencies: Sequence[int]
    unit: int
    kinds: Sequence[RequestKind]
    times: Sequence[float] | None = None
    ticks_per_second: int = 1
    times_are_ends: bool = False

    @property
    def size(self) -> int:
        """Number of requests."""
        return len(self.latencies)

    @property
    def batch_size(self) -> int:
        """How many requests to count at once; more at once are faster, since many have the same latency."""
        return 1 << 13

    def joins(self, other: object) -> bool:
        """Whether `joined` can join them."""
        return isinstance(other, Batch) and other[1:2] + other[4:] == self[1:2] + self[4:]

    def joined(self, others: Sequence[Batch]) -> Batch:
        """These requests and others of the same file and class."""
        all_times = None if self.times is None else [*self.times]
        latencies, kinds = [*self.latencies], [*self.kinds]
        for other in others:
            latencies += other.latencies
            kinds += other.kinds
            if all_times is not None:
                all_times += other.times or ()
        return self._replace(latencies=latencies, kinds=kinds, times=all_times)

    def since(self, time: float) -> Batch:
        """The requests from a time on, in seconds since 1970; all if they have no times."""
        return self if self.times is None else self.select([at / self.ticks_per_second >= time for at in self.times])

    def span(self) -> Span | None:
        """When the requests began and ended; None without times."""
        if not self.times:
            return None
        first, last, ticks = min(self.times), max(self.times), self.ticks_per_second
        in_ticks = self.unit * ticks / NANOSECONDS
        # only requests near the ends can be the first to start or the last to end
        reach = max(self.latencies) * in_ticks
        if self.times_are_ends:
            start = min(
                at - latency * in_ticks for at, latency in zip(self.times, self.latencies) if at - reach <= first
            )
            return Span(first / ticks, last / ticks, start / ticks, last / ticks)
        end = max(at + latency * in_ticks for at, latency in zip(self.times, self.latencies) if at + reach >= last)
        return Span(first / ticks, last / ticks, first / ticks, end / ticks)

    def timed(self, label: str | None) -> Iterator[tuple[float, int]]:
        """Time in seconds since 1970 and latency in nanoseconds of each request, of one name if given."""
        for at, latency, kind in zip(self.times or (), self.latencies, self.kinds):
            if label is None or kind.name == label:
                yield at / self.ticks_per_second, latency * self.unit

    def by_kind(self) -> Iterator[tuple[RequestKind, Mapping[int, int]]]:
        """How often each latency in nanoseconds occurred, by kind."""
        unit = self.unit
        for kind, latencies in self._grouped(0, self.size).items():
            counts = Counter(latencies)
            yield kind, counts if unit == 1 else {value * unit: count for value, count in counts.items()}

    def by_slice(self, slice_seconds: float, *, by_kind: bool = True) -> Iterator[tuple[int, Iterable[KindCounts]]]:
        """The requests by time slice, whose number counts from 1970; the width is a power of two."""
        if self.times is None:
            return
        if sorted(self.times) != self.times:
            yield from self._sorted_by(self.times).by_slice(slice_seconds, by_kind=by_kind)
            return
        if not by_kind:
            yield from self._replace(kinds=one_by_outcome(self.kinds)).by_slice(slice_seconds)
            return
        step, start = slice_seconds * self.ticks_per_second, 0
        while start < self.size:
            number = int(self.times[start] // step)
            # where times are so large that the next slice's start is the same number, too, one at a time
            stop = max(start + 1, bisect_left(self.times, (number + 1) * step, start))
            yield number, self._count(start, stop)
            start = stop

    def _sorted_by(self, times: Sequence[float]) -> Batch:
        order = sorted(range(self.size), key=times.__getitem__)
        return self._replace(
            latencies=[self.latencies[index] for index in order],
            kinds=[self.kinds[index] for index in order],
            times=[times[index] for index in order],
        )

    def _grouped(self, start: int, stop: int) -> dict[RequestKind, list[int]]:
        """The latencies of some requests by kind."""
        kinds, latencies = self.kinds[start:stop], self.latencies[start:stop]
        if kinds and kinds.count(kinds[0]) == len(kinds):
            return {kinds[0]: list(latencies)}
        groups: defaultdict[RequestKind, list[int]] = defaultdict(list)
        for kind, latency in zip(kinds, latencies):
            groups[kind].append(latency)
        return groups

    def _count(self, start: int, stop: int) -> Iterator[KindCounts]:
        unit = self.unit
        for kind, group in self._grouped(start, stop).items():
            latencies = group if unit == 1 else [latency * unit for latency in group]
            # as by `round_to_leading_bits`; a call for each value would take a tenth of all time
            coarse = [
                value
                if (spare := value.bit_length() - SLICE_BITS) <= 0
                else (value + (1 << spare >> 1)) >> spare << spare
                for value in latencies
            ]
            yield KindCounts(kind, len(group), sum(latencies), Counter(coarse))

    def select(self, mask: Sequence[bool]) -> Batch:
        """The requests for which the mask is true."""
        return self._replace(
            latencies=list(compress(self.latencies, mask)),
            kinds=list(compress(self.kinds, mask)),
            times=None if self.times is None else list(compress(self.times, mask)),
        )


def one_by_outcome(kinds: Sequence[RequestKind]) -> list[RequestKind]:
    """For each kind the first one that failed as it did."""
    firsts: dict[bool | None, RequestKind] = {}
    same = {kind: firsts.setdefault(kind.failed, kind) for kind in dict.fromkeys(kinds)}
    return list(map(same.__getitem__, kinds))


class CountedLatencies(NamedTuple):
    """Latencies without times.

    Attributes:
        counts: how often each latency in nanoseconds occurred.
        resolution: relative step between latencies.
        duration: of the run in seconds; None where unknown.
        name: of the endpoint; empty where the file has no names.
    """

    counts: Mapping[int, int]
    resolution: float
    duration: float | None = None
    name: str = ""


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
        causes: how many requests failed by code and message; empty where the tool does not report it.
        name: of the endpoint; empty for all requests together.
        times: when the run started and ended, in seconds since 1970; None where the file does not tell.
    """

    requests: int
    failed: int | None
    duration: float | None
    mean: float | None
    minimum: float | None
    maximum: float | None
    percentiles: Mapping[float, float]
    causes: Mapping[tuple[str, str], int] = {}
    name: str = ""
    times: tuple[float, float] | None = None


Record = Union[Requests, CountedLatencies, ToolSummary, NamesOfRequests]


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
