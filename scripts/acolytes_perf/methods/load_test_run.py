"""Reads a load-test run from its result file: once, and once more without its warm-up where it has one.

A run has the statistics of all its requests, `whole`, and those of each endpoint. Where the file has only figures that
the tool computed, `whole.reported` has them, and each endpoint's `reported` where the tool reports endpoints.
"""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from acolytes_perf.errors import InputError, one_line, quoted
from acolytes_perf.inputs.columns import ColumnChoice
from acolytes_perf.inputs.units import read_duration
from acolytes_perf.methods.latency_histogram import EndpointStatistics
from acolytes_perf.methods.run_collector import RunCollector
from acolytes_perf.methods.warm_up import course_of, find_warm_up
from acolytes_perf.result_files import Reader, reader_of
from acolytes_perf.result_files.parallel import run_in_parallel, split_position
from acolytes_perf.result_files.record import TRANSACTIONS, ToolSummary
from acolytes_perf.result_files.source import Source

#: A stretch without requests is a gap from this share of the run on, if it takes at least two whole slices.
_GAP_SHARE = 1 / 20
#: Metrics of k6 tests that send no requests by HTTP or gRPC: the browser's, and those of WebSockets.
_OTHER_K6_METRICS = ("browser_http_req_duration", "ws_session_duration")


class LoadTestRun(NamedTuple):
    """A run from one file.

    Attributes:
        path: of the file.
        format: name of the tool and its format.
        bytes: size of the file.
        corrupt: lines that cannot be read.
        is_truncated: the file ends within a line.
        whole: the statistics of all requests, without those of the warm-up.
        endpoints: those of each endpoint, most requests first; empty where the file has no names.
        warm_up_seconds: left out at the start.
        has_steady_state: false where the latency still changed in the middle of the run, so that no warm-up ends.
        resolution: relative step between the latencies that the file, or the histogram, tells apart; 0 if exact.
        duration: seconds from the start of the first request to the end of the last, or as the tool reports it; None
            where unknown.
        start: when the first request started, in seconds since 1970, without the warm-up; None without times.
        end: when the last request ended.
        gaps: start and end of each stretch of time without any request.
        appended_runs: how many further runs were written to the same file.
        other_endpoints: number of endpoints that are counted together, in `endpoints[other_name]`; 0 for none.
        other_name: the name of that group.
        version: of the tool, where the file tells; empty otherwise.
        with_warm_up: the statistics of all requests and those of the warm-up; None where nothing is left out.
        left_out: number of rows of the file that are no requests, by what they are.
        notes: what the reader had to assume, a sentence each.
    """

    path: str
    format: str
    bytes: int
    corrupt: int
    is_truncated: bool
    whole: EndpointStatistics
    endpoints: Mapping[str, EndpointStatistics]
    warm_up_seconds: float = 0.0
    has_steady_state: bool = True
    resolution: float = 0.0
    duration: float | None = None
    start: float | None = None
    end: float | None = None
    gaps: Sequence[tuple[float, float]] = ()
    appended_runs: int = 0
    other_endpoints: int = 0
    other_name: str = ""
    version: str = ""
    left_out: Mapping[str, int] = {}
    with_warm_up: EndpointStatistics | None = None
    notes: Sequence[str] = ()

    @property
    def summary(self) -> ToolSummary | None:
        """What the tool computed itself, where the file has no requests."""
        return self.whole.reported

    @property
    def requests_read(self) -> int:
        """The requests with those of the warm-up."""
        return self.whole.requests_read


def read_run_since(
    path: str,
    pointer: str,
    label: str | None,
    since: float,
    columns: Sequence[ColumnChoice] = (),
    *,
    endpoint_slices: bool = True,
) -> LoadTestRun:
    """Reads only the requests from a time on.

    Args:
        path: of the file.
        pointer: JSON pointer of the input that names it, for errors.
        label: reads only requests with this name, if given.
        since: in seconds since 1970.
        columns: as of `read_run`.
        endpoint_slices: as of `read_run`.
    """
    make_collector = partial(RunCollector, label=label, since=since, endpoint_slices=endpoint_slices)
    return _read_once(path, pointer, label, make_collector, columns)


def read_run(
    path: str,
    pointer: str,
    label: str | None,
    warm_up: str,
    columns: Sequence[ColumnChoice] = (),
    *,
    endpoint_slices: bool = True,
) -> LoadTestRun:
    """Reads a result file.

    Args:
        path: of the file.
        pointer: JSON pointer of the input that names it, for errors.
        label: reads only requests with this name, if given.
        warm_up: `auto`, `none`, or a duration with its unit to leave out at the start.
        columns: of any CSV, TSV, NDJSON or access log, as the user chose them; empty for a known format.
        endpoint_slices: false where the caller needs slices of time only of the whole run; that is faster.

    Raises:
        InputError: the file cannot be read, or has no request.
    """
    make_collector = partial(RunCollector, label=label, endpoint_slices=endpoint_slices)
    run = _read_once(path, pointer, label, make_collector, columns)
    whole = run.whole
    if warm_up == "none" or run.summary or whole.first is None:
        return run
    if warm_up == "auto":
        course = course_of(whole)
        found = find_warm_up([course] if course else [])
        run = run._replace(has_steady_state=found.is_steady)
        since = whole.first + found.seconds
    else:
        since = whole.first + read_duration(warm_up, warm_up)
    if since <= whole.first:
        return run
    rest = _read_once(path, pointer, label, partial(make_collector, since=since), columns)
    if not rest.whole.requests:
        raise InputError("/warm_up", f"{quoted(warm_up)} is longer than the run", {"warm_up": None})
    return _with_warm_up(rest, run)._replace(warm_up_seconds=since - whole.first)


def _with_warm_up(rest: LoadTestRun, run: LoadTestRun) -> LoadTestRun:
    """The run without its warm-up, whose failures count: a system that fails while it starts fails."""
    pairs = [(rest.whole, run.whole)]
    endpoints = dict(rest.endpoints)
    for name, before in run.endpoints.items():
        after = endpoints.setdefault(name, EndpointStatistics(name))
        pairs.append((after, before))
    for after, before in pairs:
        after.requests_read, after.failed_read, after.causes = before.requests, before.failed, before.causes
    return rest._replace(endpoints=endpoints, with_warm_up=run.whole)


class _Part(NamedTuple):
    """What was read of a file, or of one half of it."""

    collector: RunCollector
    corrupt: int
    is_truncated: bool
    appended_runs: int
    version: str
    left_out: Counter[str]
    notes: Mapping[str, None]


def _read_once(
    path: str,
    pointer: str,
    label: str | None,
    make_collector: Callable[[], RunCollector],
    columns: Sequence[ColumnChoice],
) -> LoadTestRun:
    source = Source(path, pointer)
    try:
        reader = reader_of(source, columns)
        start_of_second = split_position(source, reader)
        if start_of_second is None:
            part = _read(reader, source, make_collector())
        else:
            # a process that is a copy of this one would share the file's position
            second = partial(_read_rest, reader, source, start_of_second, make_collector())
            source.stop_at(start_of_second)
            part = _merged(*run_in_parallel(partial(_read, reader, source, make_collector()), second))
    finally:
        source.close()
    collector = part.collector
    collector.finish()
    whole = collector.whole
    if not whole.requests and not collector.leaves_out_warm_up:
        raise _no_requests(source, reader.NAME, label, part)
    endpoints, other_name = _endpoints(collector)
    resolution = collector.resolution
    return LoadTestRun(
        path=path,
        format=reader.NAME,
        bytes=source.bytes,
        corrupt=part.corrupt,
        is_truncated=part.is_truncated,
        whole=whole,
        endpoints=endpoints,
        resolution=max(resolution, 2.0**-whole.bits) if whole.bits else resolution,
        duration=_duration(collector),
        start=whole.start,
        end=whole.end,
        gaps=_gaps(whole),
        appended_runs=part.appended_runs,
        other_endpoints=len(collector.other_names),
        other_name=other_name,
        version=part.version,
        left_out=part.left_out,
        notes=list(part.notes),
    )


def _duration(collector: RunCollector) -> float | None:
    reported = collector.whole.reported
    if reported:
        return reported.duration
    return collector.whole.duration if collector.duration is None else collector.duration


def _endpoints(collector: RunCollector) -> tuple[dict[str, EndpointStatistics], str]:
    """The endpoints, most requests first and the group of all others last, and the name of that group."""
    endpoints = collector.endpoints
    if not any(endpoints):  # the file has no names
        return {}, ""
    ordered = dict(sorted(endpoints.items(), key=lambda item: (-item[1].requests, item[0])))
    if not collector.other_names:
        return ordered, ""
    name = f"{len(collector.other_names)} other endpoints"
    collector.others.name = name
    return {**ordered, name: collector.others}, name


def _gaps(whole: EndpointStatistics) -> list[tuple[float, float]]:
    """Long stretches without requests, as far as the slices resolve them."""
    numbers, width = sorted(whole.slices), whole.slice_seconds
    if len(numbers) < 2:
        return []
    fewest = max(2.0, _GAP_SHARE * (numbers[-1] - numbers[0]))
    return [
        ((before + 1) * width, after * width)
        for before, after in zip(numbers, numbers[1:])
        if after - before - 1 >= fewest
    ]


def _read(reader: Reader, source: Source, collector: RunCollector) -> _Part:
    is_collecting = gc.isenabled()
    gc.disable()  # the search for reference cycles, which do not occur here, takes a tenth of the time
    try:
        for record in reader.read(source):
            collector.add(record)
        collector.close()
    finally:
        if is_collecting:
            gc.enable()
    return _Part(
        collector=collector,
        corrupt=source.corrupt,
        is_truncated=source.is_truncated,
        appended_runs=source.appended_runs,
        version=source.version,
        left_out=source.left_out,
        notes=source.notes,
    )


def _read_rest(reader: Reader, source: Source, start: int, collector: RunCollector) -> _Part:
    rest = source.open_rest(start)
    try:
        return _read(reader, rest, collector)
    finally:
        rest.close()


def _merged(first: _Part, second: _Part) -> _Part:
    """Both halves of a file of requests."""
    first.collector.merge(second.collector)
    return first._replace(
        corrupt=first.corrupt + second.corrupt,
        is_truncated=second.is_truncated,
        appended_runs=first.appended_runs + second.appended_runs,
        left_out=first.left_out + second.left_out,
        notes={**first.notes, **second.notes},
    )


def _no_requests(source: Source, name: str, label: str | None, part: _Part) -> InputError:
    names = part.collector.names - {""}
    if label is not None and (names or part.collector.has_unnamed):
        if names:
            listed = ", ".join(sorted(one_line(text, 30) for text in names)[:6])
            message = f"{quoted(label)} is not a request of this file; it has {listed}"
        else:
            message = f"has no effect on {name}, which has no figures of single endpoints: leave it out"
        error = InputError("/label", message)
        error.fix = {"label": None}
        return error
    transactions = part.left_out[TRANSACTIONS]
    if transactions and not names:
        fix = "make the test without 'Generate parent sample', which writes only their sums"
        return source.error(f"has {transactions} {TRANSACTIONS}, but here it has none: {fix}")
    if name == "k6 (NDJSON)":
        other = next((metric for metric in _OTHER_K6_METRICS if f'"{metric}"'.encode() in source.head), None)
        if other:
            columns = f"--columns time=data.time,duration=ms:data.value,label=metric --label {other}"
            return source.error(f"is {name} without any request; for its {other} set {columns}")
    lines = f", and {part.corrupt} lines that cannot be read" if part.corrupt else ""
    return source.error(f"is {name} without any request{lines}")
