"""hey's requests (`-o csv`), in seconds."""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_perf.result_files.delimited import Columns, read_batches, read_titles
from acolytes_perf.result_files.record import (
    NANOSECONDS,
    Batch,
    NamesOfRequests,
    Requests,
    check_latencies,
    check_times,
)
from acolytes_perf.result_files.source import Source

NAME = "hey (CSV)"
QUOTES = b'"'


def recognises(head: bytes) -> bool:
    """Whether the heading is hey's."""
    return {"response-time", "status-code", "offset"} <= set(read_titles(head))


def read(source: Source) -> Iterator[Requests | NamesOfRequests]:
    """Every request; the file has no names of them."""
    kinds = source.kinds

    def convert(columns: Columns) -> Batch:
        try:
            latencies = [round(float(text) * NANOSECONDS) for text in columns[0]]
            times = [round(float(text) * NANOSECONDS) / NANOSECONDS for text in columns[2]]
        except OverflowError:
            raise ValueError("infinite") from None
        check_latencies(latencies, 1)
        check_times(times, 1)
        codes = ["" if int(code) < 400 else code.decode() for code in columns[1]]
        return Batch(latencies, 1, [kinds.get("", bool(code), code) for code in codes], times)

    return read_batches(source, ("response-time", "status-code", "offset"), convert)
