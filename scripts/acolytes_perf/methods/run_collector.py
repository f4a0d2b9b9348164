"""Collects the requests of a file as they are read: of the whole run, and of each endpoint.

An endpoint is what the tool names a request: JMeter's label, k6's tag `name`. The first MAX_ENDPOINTS endpoints of a
file have statistics of their own. All others together are one group, with the number of their names.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from acolytes_perf.methods.latency_histogram import (
    FIRST_BITS,
    MAX_SLICES,
    MAX_VALUES,
    SLICE_BITS,
    EndpointStatistics,
    TimeSlice,
    add_counts,
    rounded,
)
from acolytes_perf.result_files.record import (
    CountedLatencies,
    KindCount,
    RequestKind,
    Requests,
    Span,
    ToolSummary,
    round_to_leading_bits,
)

MAX_ENDPOINTS = 100
#: Names beyond the endpoints that are told apart to count them.
MAX_OTHER_NAMES = 250_000
#: Different values of all endpoints together, exact and in slices.
MAX_ENDPOINT_VALUES, MAX_SLICE_VALUES = 2 * MAX_VALUES, 250_000
MIN_SLICE_BITS = 3
#: Kinds of requests whose place is remembered.
MAX_KINDS = 20_000
#: Names that an error can list.
MAX_NAMES = 20
#: More bits than a latency has.
EXACT_BITS = 64


class _Channel:
    """Where the requests of a kind are counted; of the slice that is being counted until `close`."""

    __slots__ = ("cause", "counts", "endpoint", "failed", "requests", "slice_counts", "total")

    def __init__(self, endpoint: EndpointStatistics, failed: bool | None, cause: tuple[str, str]) -> None:  # noqa: FBT001
        self.endpoint, self.failed, self.cause = endpoint, failed, cause
        self.requests, self.total = 0, 0
        self.counts = endpoint.counts
        self.slice_counts: Counter[int] | None = None


class RunCollector:
    """The statistics of a run, complete after `flush`.

    Attributes:
        whole: of all requests.
        endpoints: by name, in order of appearance.
        others: of all endpoints without statistics of their own.
        other_names: hashes of their names.
        names: some names of requests, also of those that the label excludes.
        has_unnamed: whether there are figures or requests without a name of their endpoint.
        resolution: relative step between latencies that the file tells apart; 0 if exact.
        duration: of the run in seconds, where the tool reports it and the file has no times.
    """

    def __init__(self, since: float | None = None, label: str | None = None) -> None:
        """Leaves out requests before `since` (seconds since 1970), and all but those named `label`, if given."""
        self.whole = EndpointStatistics()
        self.endpoints: dict[str, EndpointStatistics] = {}
        self.others = EndpointStatistics()
        self.other_names: set[int] = set()
        self.names: set[str] = set()
        self.has_unnamed = False
        self.resolution = 0.0
        self.duration: float | None = None
        self._since, self._label = since, label
        self._slice_bits = SLICE_BITS
        self._pending: list[Requests] = []
        self._pending_size = 0
        self._by_kind: dict[RequestKind, _Channel | None] = {}
        self._channels: dict[tuple[str, bool, bool | None, tuple[str, str]], _Channel] = {}

    def add(self, record: Requests | CountedLatencies | ToolSummary) -> None:
        """Adds what a reader yields; requests are counted together with later ones where they are few."""
        if isinstance(record, ToolSummary):
            self._add_reported(record)
            return
        if isinstance(record, CountedLatencies):
            self._add_counted(record)
            return
        kept = record if self._since is None else record.since(self._since)
        if self._pending and type(kept) is not type(self._pending[0]):
            self.flush()
        if kept.size:
            self._pending.append(kept)
            self._pending_size += kept.size
        if self._pending_size >= kept.batch_size:
            self.flush()

    def _add_reported(self, summary: ToolSummary) -> None:
        self.has_unnamed |= not summary.name
        if summary.name:
            self.names.add(summary.name)
            if self._label is None:
                self.endpoints[summary.name] = endpoint = EndpointStatistics(summary.name)
                _report(endpoint, summary)
        if self._label in (None, summary.name) and (self._label is not None or not summary.name):
            _report(self.whole, summary)

    def _add_counted(self, counted: CountedLatencies) -> None:
        self.has_unnamed |= not counted.name
        if counted.name:
            self.names.add(counted.name)
        if self._label not in (None, counted.name):
            return
        targets = [self.whole]
        if counted.name and self._label is None:
            targets.append(self._endpoint(counted.name))
        requests = sum(counted.counts.values())
        for statistics in targets:
            bits = statistics.bits
            add_counts(statistics.counts, counted.counts.items() if bits is None else rounded(counted.counts, bits))
            statistics.limit_values(MAX_VALUES)
            statistics.requests += requests
            statistics.requests_read += requests
            statistics.total += sum(value * count for value, count in counted.counts.items())
            statistics.has_outcomes = False
        self.resolution, self.duration = max(self.resolution, counted.resolution), counted.duration

    def flush(self) -> None:
        """Counts the requests that are pending."""
        if not self._pending:
            return
        batch = self._pending[0].joined(self._pending[1:])
        self._pending.clear()
        self._pending_size = 0
        span = batch.span()
        if span:
            self._cover(span)
        for number, counts in batch.by_slice(self.whole.slice_seconds):
            self._count(number if span else None, counts)
        self.whole.limit_values(MAX_VALUES)
        self._limit_endpoints()
        if len(self._by_kind) > MAX_KINDS:
            self._by_kind.clear()

    def close(self) -> None:
        """Forgets what only counting needs; nothing can be added afterwards."""
        self._by_kind.clear()
        self._channels.clear()

    def _count(self, number: int | None, counts: Iterable[KindCount]) -> None:
        """Counts requests of one time slice, or without times. This loop takes most of the time."""
        whole, by_kind, slice_bits = self.whole, self._by_kind, self._slice_bits
        whole_slice = TimeSlice()
        if number is not None:
            whole_slice = whole.slices.setdefault(number, whole_slice)
        whole_counts, whole_slice_counts = whole.counts, whole_slice.counts
        whole_get, whole_slice_get = whole_counts.get, whole_slice_counts.get
        whole_bits = whole.bits or EXACT_BITS
        endpoint_bits = self.others.bits or EXACT_BITS
        used: list[_Channel] = []
        for kind, latency, count in counts:
            try:
                channel = by_kind[kind]
            except KeyError:
                channel = by_kind[kind] = self._channel_of(kind)
            if channel is None:
                continue
            slice_counts = channel.slice_counts
            if slice_counts is None:
                used.append(channel)
                part = TimeSlice() if number is None else channel.endpoint.slices.setdefault(number, TimeSlice())
                slice_counts = channel.slice_counts = part.counts
            channel.requests += count
            channel.total += latency * count
            length = latency.bit_length()
            # values rounded as by `round_to_leading_bits`; a call for each would take a tenth of all time
            spare = length - SLICE_BITS
            value = latency if spare <= 0 else (latency + (1 << spare >> 1)) >> spare << spare
            whole_slice_counts[value] = whole_slice_get(value, 0) + count
            if slice_bits != SLICE_BITS:
                value = round_to_leading_bits(latency, slice_bits)
            slice_counts[value] = slice_counts.get(value, 0) + count
            value = latency if length <= whole_bits else round_to_leading_bits(latency, whole_bits)
            whole_counts[value] = whole_get(value, 0) + count
            if channel.failed:
                whole.failed_counts[value] += count
            value = latency if length <= endpoint_bits else round_to_leading_bits(latency, endpoint_bits)
            channel.counts[value] = channel.counts.get(value, 0) + count
            if channel.failed:
                channel.endpoint.failed_counts[value] += count
        for channel in used:
            self._close(channel, number, whole_slice)

    def _close(self, channel: _Channel, number: int | None, whole_slice: TimeSlice) -> None:
        """Adds what a channel counted in a slice to the sums."""
        endpoint, whole, requests = channel.endpoint, self.whole, channel.requests
        failed = requests if channel.failed else 0
        parts = [whole_slice] if number is None else [whole_slice, endpoint.slices[number]]
        sums: list[EndpointStatistics | TimeSlice] = [whole, endpoint, *parts]
        for each in sums:
            each.requests += requests
            each.failed += failed
            each.total += channel.total
        for statistics in (whole, endpoint):
            statistics.requests_read += requests
            statistics.failed_read += failed
            if failed:
                statistics.add_cause(*channel.cause, failed)
            elif channel.failed is None:
                statistics.has_outcomes = False
        channel.requests, channel.total, channel.slice_counts = 0, 0, None

    def _channel_of(self, kind: RequestKind) -> _Channel | None:
        """Where requests of a kind are counted; None for those that the label excludes."""
        self.has_unnamed |= not kind.name
        if len(self.names) < MAX_NAMES:
            self.names.add(kind.name)
        if self._label not in (None, kind.name):
            return None
        endpoint = self._endpoint(kind.name if self._label is None else "")
        cause = endpoint.cause_of(kind.code, kind.message) if kind.failed else ("", "")
        key = (endpoint.name, endpoint is self.others, kind.failed, cause)
        channel = self._channels.get(key)
        if channel is None:
            channel = self._channels[key] = _Channel(endpoint, kind.failed, cause)
        return channel

    def _endpoint(self, name: str) -> EndpointStatistics:
        """The statistics of an endpoint; those of all others where there are too many."""
        endpoint = self.endpoints.get(name)
        if endpoint is None:
            if len(self.endpoints) >= MAX_ENDPOINTS:
                if len(self.other_names) < MAX_OTHER_NAMES:
                    self.other_names.add(hash(name))
                return self.others
            endpoint = self.endpoints[name] = EndpointStatistics(name)
            endpoint.slice_seconds = self.whole.slice_seconds
            endpoint.bits = self.others.bits
        return endpoint

    def merge(self, other: RunCollector) -> None:
        """Adds another part of the same file, which must not be used afterwards; both must be flushed."""
        if other.whole.first is not None and other.whole.last is not None:
            self._cover(Span(other.whole.first, other.whole.last, other.whole.first, other.whole.last), sums=False)
        while other.whole.slice_seconds < self.whole.slice_seconds:
            other._double_slices()
        while self.whole.slice_seconds < other.whole.slice_seconds:
            self._double_slices()
        self._align(other)
        self.whole.merge(other.whole)
        self.whole.limit_values(MAX_VALUES)
        # an endpoint that is counted as one of the others in one part has no figures of its own
        for mine, theirs in ((self, other), (other, self)):
            if theirs.others.requests_read:
                for name in [name for name in mine.endpoints if name not in theirs.endpoints]:
                    mine._give_up(name)
        for name, endpoint in other.endpoints.items():
            if name in self.endpoints:
                self.endpoints[name].merge(endpoint)
            elif len(self.endpoints) < MAX_ENDPOINTS:
                self.endpoints[name] = endpoint
            else:
                other.others.merge(endpoint)
                other.other_names.add(hash(name))
        self.others.merge(other.others)
        self.other_names |= other.other_names
        self.names |= other.names
        self._limit_endpoints()

    def _align(self, other: RunCollector) -> None:
        """Rounds the values of the endpoints of both as the coarser one does."""
        bits = min((each.others.bits for each in (self, other) if each.others.bits is not None), default=None)
        slice_bits = min(self._slice_bits, other._slice_bits)
        for collector in (self, other):
            for endpoint in collector._all_endpoints():
                if bits is not None and endpoint.bits != bits:
                    endpoint.coarsen(bits)
                if collector._slice_bits != slice_bits:
                    for part in endpoint.slices.values():
                        part.coarsen(slice_bits)
            collector._slice_bits = slice_bits

    def _give_up(self, name: str) -> None:
        self.others.merge(self.endpoints.pop(name))
        self.other_names.add(hash(name))

    def _all_endpoints(self) -> list[EndpointStatistics]:
        return [*self.endpoints.values(), self.others]

    def _cover(self, span: Span, *, sums: bool = True) -> None:
        """Extends the run to these times, and makes slices wide enough."""
        whole = self.whole
        first = span.first if whole.first is None else min(whole.first, span.first)
        last = span.last if whole.last is None else max(whole.last, span.last)
        if sums:
            whole.extend(*span)
        while int(last / whole.slice_seconds) - int(first / whole.slice_seconds) >= MAX_SLICES:
            self._double_slices()

    def _double_slices(self) -> None:
        for statistics in (self.whole, *self._all_endpoints()):
            statistics.double_slices()

    def _limit_endpoints(self) -> None:
        """Rounds the values of all endpoints alike, until memory is bounded."""
        everything = self._all_endpoints()
        while sum(len(endpoint.counts) for endpoint in everything) > MAX_ENDPOINT_VALUES:
            bits = FIRST_BITS if self.others.bits is None else self.others.bits - 1
            for endpoint in everything:
                endpoint.coarsen(bits)
        if self._slice_bits <= MIN_SLICE_BITS:
            return
        parts = [part for endpoint in everything for part in endpoint.slices.values()]
        while sum(len(part.counts) for part in parts) > MAX_SLICE_VALUES and self._slice_bits > MIN_SLICE_BITS:
            self._slice_bits -= 1
            for part in parts:
                part.coarsen(self._slice_bits)


def _report(statistics: EndpointStatistics, summary: ToolSummary) -> None:
    statistics.reported = summary
    statistics.requests = statistics.requests_read = summary.requests
    statistics.has_outcomes = summary.failed is not None
    statistics.failed = statistics.failed_read = summary.failed or 0
    statistics.causes.update(summary.causes)
