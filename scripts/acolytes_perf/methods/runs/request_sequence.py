"""The latencies of one run, request by request in order of time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from acolytes_perf.errors import InputError, quoted
from acolytes_perf.inputs.columns import ColumnChoice
from acolytes_perf.methods.runs.load_test import LoadTestRun, read_run
from acolytes_perf.result_files import reader_of
from acolytes_perf.result_files.record import NANOSECONDS, CountedLatencies, NamesOfRequests, ToolSummary
from acolytes_perf.result_files.source import Source

#: The most requests that are held at once: about 250 MB.
MOST_REQUESTS = 2_000_000


class RequestSequence(NamedTuple):
    """Latencies in seconds in order of time, and the run that they are of."""

    latencies: list[float]
    run: LoadTestRun


def read_sequence(
    path: str, pointer: str, label: str | None, warm_up: str, columns: Sequence[ColumnChoice]
) -> RequestSequence:
    """Reads the requests of a result file, without its warm-up.

    Args:
        path: of the file.
        pointer: JSON pointer of the input that names it, for errors.
        label: only requests of this name, if given.
        warm_up: as of `read_run`.
        columns: as of `read_run`.

    Raises:
        InputError: the file cannot be read, or has no single requests with their times.
    """
    run = read_run(path, pointer, label, warm_up, columns, endpoint_slices=False)
    if run.summary or run.whole.first is None:
        message = "has only figures of the whole run" if run.summary else "has no times of its requests"
        hint = "an interval needs each request with its time: use the tool's log of requests"
        raise InputError(pointer, f"{quoted(path)} {message}; {hint}")
    if run.whole.requests > MOST_REQUESTS:
        message = f"has {run.whole.requests} requests, and {MOST_REQUESTS} is the most"
        raise InputError(pointer, f"{quoted(path)} {message}: choose an endpoint with --label, or a longer warm-up")
    rows: list[tuple[float, int]] = []
    source = Source(path, pointer)
    try:
        for record in reader_of(source, columns).read(source):
            if isinstance(record, (CountedLatencies, NamesOfRequests, ToolSummary)):
                continue
            part = record.since(run.whole.first) if run.warm_up_seconds else record
            rows += part.timed(label)
    finally:
        source.close()
    rows.sort(key=lambda row: row[0])
    return RequestSequence([latency / NANOSECONDS for _, latency in rows], run)
