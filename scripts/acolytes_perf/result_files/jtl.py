"""JMeter's result file (JTL) as CSV: elapsed is in milliseconds, timeStamp in milliseconds since 1970."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import compress

from acolytes_perf.result_files.delimited import Columns, batches, heading
from acolytes_perf.result_files.record import Batch, check_latencies
from acolytes_perf.result_files.source import Source

NAME = "JMeter JTL (CSV)"
UNIT = 1_000_000
_WANTED = ("timeStamp", "elapsed", "label", "success")


def recognises(head: bytes) -> bool:
    """Whether the heading names the columns that every such file has."""
    return {"timeStamp", "elapsed"} <= set(heading(head))


def read(source: Source, label: str | None) -> Iterator[Batch]:
    """Every sample, or those of one label."""

    def convert(columns: Columns) -> Batch:
        times, elapsed, labels, success = columns
        source.saw(set(labels) if len(labels) < 100_000 else ())
        if not set(success) <= {"true", "false", ""}:
            raise ValueError("success")
        stamps, latencies = list(map(int, times)), list(map(int, elapsed))
        check_latencies(latencies, UNIT)
        if stamps and min(stamps) < 0:
            raise ValueError("time")
        failed = list(map("false".__eq__, success)) if "false" in success else [False] * len(success)
        if label is None:
            return Batch(latencies, UNIT, failed, stamps, 1e-3)
        chosen = list(map(label.__eq__, labels))
        stamps, latencies = list(compress(stamps, chosen)), list(compress(latencies, chosen))
        return Batch(latencies, UNIT, list(compress(failed, chosen)), stamps, 1e-3)

    return batches(source, _WANTED, convert)
