"""k6's streamed results as CSV (`--out csv`): times in whole seconds, latencies in milliseconds."""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_perf.result_files.delimited import Columns, decode_cells, read_batches, read_titles
from acolytes_perf.result_files.k6 import is_error
from acolytes_perf.result_files.record import Batch, Requests, check_latencies, check_times
from acolytes_perf.result_files.source import Source

NAME = "k6 (CSV)"
QUOTES = b'"'
_WANTED = ("metric_name", "timestamp", "metric_value", "name", "expected_response", "status")


def recognises(head: bytes) -> bool:
    """Whether the heading is k6's."""
    return {"metric_name", "timestamp", "metric_value"} <= set(read_titles(head))


def read(source: Source, label: str | None) -> Iterator[Requests]:
    """The rows of http_req_duration."""

    def convert(columns: Columns) -> Batch:
        rows = [row for row in zip(*map(decode_cells, columns)) if row[0] == "http_req_duration"]
        source.add_labels({row[3] for row in rows})
        latencies = [_nanoseconds(row[2]) for row in rows]
        check_latencies(latencies, 1)
        kept = [index for index, row in enumerate(rows) if label is None or row[3] == label]
        failed = [rows[index][4] == "false" or (not rows[index][4] and is_error(rows[index][5])) for index in kept]
        times = [int(rows[index][1]) for index in kept]
        check_times(times, 1)
        return Batch([latencies[index] for index in kept], 1, failed, times)

    return read_batches(source, _WANTED, convert)


def _nanoseconds(text: str) -> int:
    try:
        return round(float(text) * 1e6)
    except OverflowError:
        raise ValueError(text) from None
