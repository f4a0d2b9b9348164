"""Reads a load-test run from its result file: once, and once more without its warm-up where it has one.

A run has the statistics of all its requests, `whole`, and those of each endpoint. Where the file has only figures that
the tool computed, `whole.reported` has them, and each endpoint's `reported` where the tool reports endpoints.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from acolytes_perf.errors import InputError, one_line, quoted
from acolytes_perf.inputs.columns import ColumnChoice
from acolytes_perf.inputs.units import read_duration
from acolytes_perf.methods.latency.histogram import EndpointStatistics
from acolytes_perf.methods.runs.collector import RunCollector
from acolytes_perf.methods.runs.file_passes import ReadingPass, ResultFile
from acolytes_perf.methods.runs.warm_up import course_of, find_warm_up
from acolytes_perf.result_files.endpoint_names import (
    MAX_ENDPOINTS,
    MAX_SLICED_ENDPOINTS,
    KeptNames,
    TooManyNamesError,
)
from acolytes_perf.result_files.record import TRANSACTIONS, ToolSummary
from acolytes_perf.wording import pluralize

#: Where times of 2001 to 2096 in seconds lie if they are read as milliseconds.
_SECONDS_AS_MILLISECONDS = (1e6, 4e6)
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
    most_endpoints = MAX_SLICED_ENDPOINTS if endpoint_slices else MAX_ENDPOINTS
    return _read_once(ResultFile(path, pointer, columns, label, most_endpoints), make_collector)[0]


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
    most_endpoints = MAX_SLICED_ENDPOINTS if endpoint_slices else MAX_ENDPOINTS
    file = ResultFile(path, pointer, columns, label, most_endpoints)
    run, kept = _read_once(file, make_collector)
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
    rest = _read_once(file, partial(make_collector, since=since), kept, run)[0]
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


def _read_once(
    file: ResultFile,
    make_collector: Callable[[], RunCollector],
    kept: KeptNames | None = None,
    full: LoadTestRun | None = None,
) -> tuple[LoadTestRun, KeptNames | None]:
    """Reads the file, twice where it has too many endpoints.

    Args:
        file: to read.
        make_collector: collects the requests.
        kept: the names that are kept; None if that is not decided.
        full: the run with its warm-up, which has the same endpoints; None where this is that run.

    Returns:
        The run, and the names that are kept; None for all.
    """
    try:
        part = file.read(make_collector, kept)
    except TooManyNamesError:
        kept = file.kept_names()
        part = file.read(make_collector, kept)
    collector = part.collector
    collector.finish()
    whole = collector.whole
    if not whole.requests and not collector.leaves_out_warm_up:
        raise _no_requests(file, part)
    if part.format.startswith("JMeter") and whole.start is not None and _is_of_seconds(whole.start):
        message = "has times in seconds: JMeter writes milliseconds; name the columns"
        raise file.error(f"{message}, --columns time=timeStamp,duration=ms:elapsed,label=label,success=success")
    if part.corrupt > whole.requests:
        rest = pluralize(whole.requests, "request")
        message = f"is {part.format} with {pluralize(part.corrupt, 'line')} that cannot be read, and only {rest}"
        raise file.error(f"{message}: it is damaged, or of another version of the tool")
    endpoints = _endpoints(collector)
    if kept:
        # more than these may share their counters in `kept`
        names = list(endpoints)[: file.most_endpoints] if full is None else full.endpoints
        for name in [name for name in endpoints if name not in names]:
            collector.others.merge(endpoints.pop(name))
    others = 0 if kept is None else kept.names - len(endpoints) if full is None else full.other_endpoints
    name = ""
    if kept and others:
        name = f"{others} other endpoints" if kept.is_exact else f"about {float(f'{others:.2g}'):.0f} other endpoints"
        collector.others.name = name
        endpoints[name] = collector.others
    resolution = collector.resolution
    run = LoadTestRun(
        path=file.path,
        format=part.format,
        bytes=part.bytes,
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
        other_endpoints=others,
        other_name=name,
        version=part.version,
        left_out=part.left_out,
        notes=list(part.notes),
    )
    return run, kept


def _is_of_seconds(start: float) -> bool:
    low, high = _SECONDS_AS_MILLISECONDS
    return low <= start < high


def _duration(collector: RunCollector) -> float | None:
    reported = collector.whole.reported
    if reported:
        return reported.duration
    return collector.whole.duration if collector.duration is None else collector.duration


def _endpoints(collector: RunCollector) -> dict[str, EndpointStatistics]:
    """The endpoints, most requests first; none where the file has no names."""
    endpoints = collector.endpoints
    return dict(sorted(endpoints.items(), key=lambda item: (-item[1].requests, item[0]))) if any(endpoints) else {}


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


def _no_requests(file: ResultFile, part: ReadingPass) -> InputError:
    label = file.label
    names = part.collector.names - {""}
    if label is not None and (names or part.collector.has_unnamed):
        if names:
            listed = ", ".join(sorted(one_line(text, 30) for text in names)[:6])
            message = f"{quoted(label)} is not a request of this file; it has {listed}"
        else:
            message = f"has no effect on {part.format}, which has no figures of single endpoints: leave it out"
        error = InputError("/label", message)
        error.fix = {"label": None}
        return error
    transactions = part.left_out[TRANSACTIONS]
    if transactions and not names:
        fix = "make the test without 'Generate parent sample', which writes only their sums"
        return file.error(f"has {transactions} {TRANSACTIONS}, but here it has none: {fix}")
    if part.format == "k6 (NDJSON)":
        other = next((metric for metric in _OTHER_K6_METRICS if f'"{metric}"'.encode() in part.head), None)
        if other:
            columns = f"--columns time=data.time,duration=ms:data.value,label=metric --label {other}"
            return file.error(f"is {part.format} without any request; for its {other} set {columns}")
    if not part.corrupt:
        return file.error(f"is {part.format} without any request: the test sent none, or the file is cut off")
    lines = part.head.decode("utf-8", "replace").split("\n")
    # the first line may be a heading
    example = next((line for line in lines[1:2] + lines[:1] if line.strip() and line.isprintable()), "")
    such_as = f", such as {quoted(example)}" if example else ""
    message = (
        f"is {part.format}, but not one of its lines can be read{such_as}: check its times, durations and outcomes"
    )
    return file.error(message)
