"""k6's streamed results as CSV (`--out csv`): times in whole seconds, latencies in milliseconds."""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_perf.result_files.delimited import Columns, decode_cells, read_batches, read_titles
from acolytes_perf.result_files.k6 import outcome_of
from acolytes_perf.result_files.record import Batch, RequestKinds, Requests, check_latencies, check_times
from acolytes_perf.result_files.source import Source

NAME = "k6 (CSV)"
QUOTES = b'"'
_WANTED = ("metric_name", "timestamp", "metric_value", "expected_response", "status", "name", "error", "error_code")


def recognises(head: bytes) -> bool:
    """Whether the heading is k6's."""
    return {"metric_name", "timestamp", "metric_value"} <= set(read_titles(head))


def read(source: Source) -> Iterator[Requests]:
    """The rows of http_req_duration."""
    kinds = RequestKinds()

    def convert(columns: Columns) -> Batch:
        rows = [row for row in zip(*map(decode_cells, columns)) if row[0] == "http_req_duration"]
        latencies = [_nanoseconds(row[2]) for row in rows]
        check_latencies(latencies, 1)
        times = [int(row[1]) for row in rows]
        check_times(times, 1)
        return Batch(latencies, 1, [kinds.get(*outcome_of(*row[3:])) for row in rows], times, times_are_ends=True)

    return read_batches(source, _WANTED, convert)


def _nanoseconds(text: str) -> int:
    try:
        return round(float(text) * 1e6)
    except OverflowError:
        raise ValueError(text) from None
