"""Reads a load-test run from its result file: once, and once more without its warm-up where it has one."""

from __future__ import annotations

import gc
from functools import partial
from typing import NamedTuple

from acolytes_perf.errors import InputError, one_line, quoted
from acolytes_perf.inputs.units import read_duration
from acolytes_perf.methods.latency import warm_up_end
from acolytes_perf.methods.latency_histogram import LatencyHistogram
from acolytes_perf.result_files import Reader, reader_of
from acolytes_perf.result_files.parallel import run_in_parallel, split_position
from acolytes_perf.result_files.record import CountedLatencies, ToolSummary
from acolytes_perf.result_files.source import Source


class LoadTestRun(NamedTuple):
    """A run from one file.

    Attributes:
        path: of the file.
        format: name of the tool and its format.
        bytes: size of the file.
        corrupt: lines that cannot be read.
        is_truncated: the file ends within a line.
        histogram: the requests; empty where the file has only a summary.
        summary: what the tool computed itself, where the file has no requests.
        warm_up_seconds: left out at the start.
        requests_read: requests with the warm-up.
        resolution: relative step between the latencies that the file, or the histogram, tells apart; 0 if exact.
        duration: seconds from the first request to the last, or as the tool reports it; None where unknown.
    """

    path: str
    format: str
    bytes: int
    corrupt: int
    is_truncated: bool
    histogram: LatencyHistogram
    summary: ToolSummary | None
    warm_up_seconds: float
    requests_read: int
    resolution: float
    duration: float | None


def read_run(path: str, pointer: str, label: str | None, warm_up: str) -> LoadTestRun:
    """Reads a result file.

    Args:
        path: of the file.
        pointer: JSON pointer of the input that names it, for errors.
        label: reads only requests with this name, if given.
        warm_up: `auto`, `none`, or a duration with its unit to leave out at the start.

    Raises:
        InputError: the file cannot be read, or has no request.
    """
    run = _read_once(path, pointer, label, None)
    histogram = run.histogram
    if warm_up == "none" or run.summary or histogram.first is None:
        return run
    since = warm_up_end(histogram) if warm_up == "auto" else histogram.first + read_duration(warm_up, warm_up)
    if since is None or since <= histogram.first:
        return run
    rest = _read_once(path, pointer, label, since)
    if not rest.histogram.requests:
        raise InputError("/warm_up", f"{quoted(warm_up)} is longer than the run", {"warm_up": None})
    return rest._replace(warm_up_seconds=since - histogram.first, requests_read=histogram.requests)


class _Part(NamedTuple):
    """The requests of a file, or of one half of it; the fields are those of LoadTestRun."""

    histogram: LatencyHistogram
    summary: ToolSummary | None
    resolution: float
    duration: float | None
    corrupt: int
    is_truncated: bool
    labels: set[str]


def _read_once(path: str, pointer: str, label: str | None, since: float | None) -> LoadTestRun:
    source = Source(path, pointer)
    try:
        reader = reader_of(source)
        start_of_second = split_position(source, reader)
        if start_of_second is None:
            part = _read(reader, source, label, since)
        else:
            # a process that is a copy of this one would share the file's position
            second = partial(_read_rest, reader, source, start_of_second, label, since)
            source.stop_at(start_of_second)
            part = _merged(*run_in_parallel(partial(_read, reader, source, label, since), second))
    finally:
        source.close()
    histogram = part.histogram
    requests = part.summary.requests if part.summary else histogram.requests
    if not requests and since is None:
        raise _no_requests(source, reader.NAME, label, part)
    return LoadTestRun(
        path=path,
        format=reader.NAME,
        bytes=source.bytes,
        corrupt=part.corrupt,
        is_truncated=part.is_truncated,
        histogram=histogram,
        summary=part.summary,
        warm_up_seconds=0.0,
        requests_read=requests,
        resolution=max(part.resolution, 2.0**-histogram.bits) if histogram.bits else part.resolution,
        duration=histogram.duration if part.duration is None else part.duration,
    )


def _read(reader: Reader, source: Source, label: str | None, since: float | None) -> _Part:
    histogram = LatencyHistogram(since)
    summary, resolution, duration = None, 0.0, None
    is_collecting = gc.isenabled()
    gc.disable()  # the search for reference cycles, which do not occur here, takes a tenth of the time
    try:
        for record in reader.read(source, label):
            if isinstance(record, CountedLatencies):
                histogram.add_counts(record.counts)
                resolution, duration = record.resolution, record.duration
            elif isinstance(record, ToolSummary):
                summary = record
            else:
                histogram.add(record)
        histogram.flush()
    finally:
        if is_collecting:
            gc.enable()
    return _Part(histogram, summary, resolution, duration, source.corrupt, source.is_truncated, source.labels)


def _read_rest(reader: Reader, source: Source, start: int, label: str | None, since: float | None) -> _Part:
    rest = source.open_rest(start)
    try:
        return _read(reader, rest, label, since)
    finally:
        rest.close()


def _merged(first: _Part, second: _Part) -> _Part:
    """Both halves of a file of requests."""
    first.histogram.merge(second.histogram)
    corrupt, labels = first.corrupt + second.corrupt, first.labels | second.labels
    return first._replace(corrupt=corrupt, is_truncated=second.is_truncated, labels=labels)


def _no_requests(source: Source, name: str, label: str | None, part: _Part) -> InputError:
    if label is not None and part.labels:
        labels = ", ".join(sorted(one_line(text, 30) for text in part.labels)[:6])
        error = InputError("/label", f"{quoted(label)} is not a request of this file; it has {labels}")
        error.fix = {"label": None}
        return error
    lines = f", and {part.corrupt} lines that cannot be read" if part.corrupt else ""
    return source.error(f"is {name} without any request{lines}")
