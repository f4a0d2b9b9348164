"""k6's streamed results as CSV (`--out csv`): latencies in milliseconds, times in the format that the test sets."""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_perf.result_files.delimited import Columns, decode_cells, read_batches, read_titles
from acolytes_perf.result_files.k6 import Clock, outcome_of
from acolytes_perf.result_files.record import Batch, NamesOfRequests, Requests, check_latencies, check_times
from acolytes_perf.result_files.source import Source

NAME = "k6 (CSV)"
QUOTES = b'"'
_WANTED = ("metric_name", "timestamp", "metric_value", "expected_response", "status", "name", "error", "error_code")


def recognises(head: bytes) -> bool:
    """Whether the heading is k6's."""
    return {"metric_name", "timestamp", "metric_value"} <= set(read_titles(head))


def read(source: Source) -> Iterator[Requests | NamesOfRequests]:
    """The rows of http_req_duration."""
    kinds, clock = source.kinds, Clock()

    def convert(columns: Columns) -> Batch:
        rows = [row for row in zip(*map(decode_cells, columns)) if row[0] == "http_req_duration"]
        latencies = [_nanoseconds(row[2]) for row in rows]
        check_latencies(latencies, 1)
        times = [_seconds(row[1], clock) for row in rows]
        check_times(times, 1)
        return Batch(latencies, 1, [kinds.get(*outcome_of(*row[3:])) for row in rows], times, times_are_ends=True)

    return read_batches(source, _WANTED, convert)


def _seconds(text: str, clock: Clock) -> float:
    """Seconds since 1970 in any of k6's time formats: whole seconds, ms, us or ns, or RFC 3339."""
    if not text.isdigit():
        return clock(text)
    # 12 digits are the year 5138 in seconds, and 1973 in milliseconds
    thousands = max(0, (len(text) - 10) // 3) if len(text) > 11 else 0
    return float(int(text) / 1000**thousands)


def _nanoseconds(text: str) -> int:
    try:
        return round(float(text) * 1e6)
    except OverflowError:
        raise ValueError(text) from None
