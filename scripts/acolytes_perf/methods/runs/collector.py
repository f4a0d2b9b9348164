"""Collects the requests of a file as they are read: of the whole run, and of each endpoint.

An endpoint is what the tool names a request: JMeter's label, k6's tag `name`. Where a file has too many of them, those
with most requests have statistics of their own, and all others together are one group (see `endpoint_names`).
"""

from __future__ import annotations

import operator
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from acolytes_perf.methods.latency.histogram import (
    FIRST_BITS,
    MAX_SLICES,
    MAX_VALUES,
    EndpointStatistics,
    add_counts,
    merge_counts,
    rounded,
    rounded_counts,
)
from acolytes_perf.result_files.record import (
    OTHER_ENDPOINTS,
    SLICE_BITS,
    CountedLatencies,
    KindCounts,
    RequestKind,
    Requests,
    Span,
    ToolSummary,
)

#: Different values of all endpoints together, exact and in slices.
MAX_ENDPOINT_VALUES, MAX_SLICE_VALUES = 2 * MAX_VALUES, 250_000
MIN_SLICE_BITS = 3
#: Kinds of requests whose place is remembered.
MAX_KINDS = 20_000
#: Names that an error can list.
MAX_NAMES = 20


class _Channel(NamedTuple):
    """Where the requests of a kind are counted."""

    endpoint: EndpointStatistics
    failed: bool | None
    cause: tuple[str, str]


class RunCollector:
    """The statistics of a run, complete after `finish`.

    Attributes:
        whole: of all requests.
        endpoints: by name, in order of appearance.
        others: of all endpoints without statistics of their own.
        names: some names of requests, also of those that the label excludes.
        has_unnamed: whether there are figures or requests without a name of their endpoint.
        resolution: relative step between latencies that the file tells apart; 0 if exact.
        duration: of the run in seconds, where the tool reports it and the file has no times.
    """

    def __init__(self, since: float | None = None, label: str | None = None, *, endpoint_slices: bool = True) -> None:
        """Leaves out requests before `since` (seconds since 1970), and all but those named `label`, if given.

        Unless `endpoint_slices`, only the whole run has slices of time.
        """
        self.whole = EndpointStatistics()
        self.endpoints: dict[str, EndpointStatistics] = {}
        self.others = EndpointStatistics()
        self.names: set[str] = set()
        self.has_unnamed = False
        self.resolution = 0.0
        self.duration: float | None = None
        self._since, self._label = since, label
        # with a label there is one endpoint, and the slices of other requests must be told apart
        self._endpoint_slices = endpoint_slices or label is not None
        self._slice_bits = SLICE_BITS
        self._whole_is_separate = False
        self._whole_slices_are_separate = not self._endpoint_slices or label is not None
        self._pending: list[Requests] = []
        self._pending_size = 0
        self._by_kind: dict[RequestKind, _Channel | None] = {}
        self._channels: dict[tuple[str, bool, bool | None, tuple[str, str]], _Channel] = {}

    @property
    def leaves_out_warm_up(self) -> bool:
        """Whether requests before a time are left out."""
        return self._since is not None

    def add(self, record: Requests | CountedLatencies | ToolSummary) -> None:
        """Adds what a reader yields; requests are counted together with later ones where they are few."""
        if isinstance(record, ToolSummary):
            self._add_reported(record)
            return
        if isinstance(record, CountedLatencies):
            self._add_counted(record)
            return
        kept = record if self._since is None else record.since(self._since)
        if self._pending and not kept.joins(self._pending[0]):
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
                _report(self._endpoint(summary.name), summary)
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
        for kind, counts in batch.by_kind():
            channel = self._channel(kind)
            if channel:
                self._count(channel, counts)
        if span:
            if self._label is None and self._whole_slices_are_separate:
                for number, groups in batch.by_slice(self.whole.slice_seconds, by_kind=False):
                    self._count_slice_of_whole(number, groups)
            if self._endpoint_slices:
                for number, groups in batch.by_slice(self.whole.slice_seconds):
                    self._count_slice(number, groups)
            self._pack_slices(int(span.first / self.whole.slice_seconds))
        self._limit_endpoints()
        if len(self._by_kind) > MAX_KINDS:
            self._by_kind.clear()

    def _pack_slices(self, first: int) -> None:
        """Packs the slices before a number, to which nothing is added if times are in order."""
        for statistics in (self.whole, *self._all_endpoints()):
            for number, part in statistics.slices.items():
                if number < first:
                    part.pack()

    def close(self) -> None:
        """Counts what is pending, and forgets what only counting needs; nothing can be added afterwards."""
        self.flush()
        if self.whole.last is not None:
            self._pack_slices(int(self.whole.last / self.whole.slice_seconds) + 1)
        self._by_kind.clear()
        self._channels.clear()

    def finish(self) -> None:
        """Completes the statistics of the whole run; nothing can be added or merged afterwards."""
        self.close()
        self._separate_whole()
        self._separate_slices_of_whole()

    def _separate_slices_of_whole(self) -> None:
        """Sums up the slices of the endpoints, which are as fine as those of the whole run until here."""
        if self._whole_slices_are_separate:
            return
        self._whole_slices_are_separate = True
        for endpoint in self._all_endpoints():
            for number, part in endpoint.slices.items():
                self.whole.slice_at(number).merge(part)

    def _separate_whole(self) -> None:
        """Sums up the endpoints, which are exact until here; from now on the whole run is counted beside them."""
        if self._whole_is_separate:
            return
        self._whole_is_separate = True
        for endpoint in self._all_endpoints():
            merge_counts(self.whole.counts, endpoint.counts)
            merge_counts(self.whole.failed_counts, endpoint.failed_counts)
        self.whole.limit_values(MAX_VALUES)

    def _channel(self, kind: RequestKind) -> _Channel | None:
        """Where requests of a kind are counted; None for those that the label excludes."""
        try:
            return self._by_kind[kind]
        except KeyError:
            channel = self._by_kind[kind] = self._channel_of(kind)
            return channel

    def _count(self, channel: _Channel, counts: Mapping[int, int]) -> None:
        requests, total = sum(counts.values()), sum(map(operator.mul, counts, counts.values()))
        for statistics in (self.whole, channel.endpoint):
            statistics.requests += requests
            statistics.requests_read += requests
            statistics.total += total
            if channel.failed:
                statistics.failed += requests
                statistics.failed_read += requests
                statistics.add_cause(*channel.cause, requests)
            elif channel.failed is None:
                statistics.has_outcomes = False
        for statistics in (self.whole, channel.endpoint) if self._whole_is_separate else (channel.endpoint,):
            bits = statistics.bits
            values = counts if bits is None else rounded_counts(counts, bits)
            merge_counts(statistics.counts, values)
            if channel.failed:
                merge_counts(statistics.failed_counts, values)

    def _count_slice_of_whole(self, number: int, groups: Iterable[KindCounts]) -> None:
        for kind, requests, total, counts in groups:
            self.whole.slice_at(number).add(requests, requests if kind.failed else 0, total, counts)

    def _count_slice(self, number: int, groups: Iterable[KindCounts]) -> None:
        for kind, requests, total, counts in groups:
            channel = self._channel(kind)
            if channel is None:
                continue
            failed = requests if channel.failed else 0
            if self._label is not None:
                self.whole.slice_at(number).add(requests, failed, total, counts)
            coarse = counts if self._slice_bits == SLICE_BITS else rounded_counts(counts, self._slice_bits)
            channel.endpoint.slice_at(number).add(requests, failed, total, coarse)

    def _channel_of(self, kind: RequestKind) -> _Channel | None:
        """Where requests of a kind are counted; None for those that the label excludes."""
        self.has_unnamed |= not kind.name
        if len(self.names) < MAX_NAMES and kind.name != OTHER_ENDPOINTS:
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
        """The statistics of an endpoint, or of all others."""
        if name == OTHER_ENDPOINTS:
            return self.others
        endpoint = self.endpoints.get(name)
        if endpoint is None:
            endpoint = self.endpoints[name] = EndpointStatistics(name)
            endpoint.slice_seconds = self.whole.slice_seconds
            endpoint.bits = self.others.bits
        return endpoint

    def merge(self, other: RunCollector) -> None:
        """Adds another part of the same file, which must not be used afterwards; both must be closed."""
        if other.whole.first is not None and other.whole.last is not None:
            self._cover(Span(other.whole.first, other.whole.last, other.whole.first, other.whole.last), sums=False)
        while other.whole.slice_seconds < self.whole.slice_seconds:
            other._double_slices()
        while self.whole.slice_seconds < other.whole.slice_seconds:
            self._double_slices()
        if self._whole_is_separate or other._whole_is_separate:
            self._separate_whole()
            other._separate_whole()
        if self._whole_slices_are_separate or other._whole_slices_are_separate:
            self._separate_slices_of_whole()
            other._separate_slices_of_whole()
        self._align(other)
        self.whole.merge(other.whole)
        self.whole.limit_values(MAX_VALUES)
        for name, endpoint in other.endpoints.items():
            if name in self.endpoints:
                self.endpoints[name].merge(endpoint)
            else:
                self.endpoints[name] = endpoint
        self.others.merge(other.others)
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
        if self._whole_is_separate:
            self.whole.limit_values(MAX_VALUES)
        everything = self._all_endpoints()
        while sum(len(endpoint.counts) for endpoint in everything) > MAX_ENDPOINT_VALUES:
            self._separate_whole()
            bits = FIRST_BITS if self.others.bits is None else self.others.bits - 1
            for endpoint in everything:
                endpoint.coarsen(bits)
        if self._slice_bits <= MIN_SLICE_BITS:
            return
        parts = [part for endpoint in everything for part in endpoint.slices.values()]
        while sum(part.size for part in parts) > MAX_SLICE_VALUES and self._slice_bits > MIN_SLICE_BITS:
            self._separate_slices_of_whole()
            self._slice_bits -= 1
            for part in parts:
                part.coarsen(self._slice_bits)


def _report(statistics: EndpointStatistics, summary: ToolSummary) -> None:
    statistics.reported = summary
    statistics.requests = statistics.requests_read = summary.requests
    statistics.has_outcomes = summary.failed is not None
    statistics.failed = statistics.failed_read = summary.failed or 0
    statistics.causes.update(summary.causes)
