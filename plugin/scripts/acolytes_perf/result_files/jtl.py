"""JMeter's result file (JTL) as CSV: elapsed is in milliseconds, timeStamp in milliseconds since 1970."""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_perf.result_files.delimited import Columns, Quick, batches, heading, layout
from acolytes_perf.result_files.jtl_arrays import TICK, UNIT, ArrayReader
from acolytes_perf.result_files.record import Batch, Requests, check_latencies, check_times
from acolytes_perf.result_files.source import Source

NAME = "JMeter JTL (CSV)"
_WANTED = ("timeStamp", "elapsed", "success", "label")


def recognises(head: bytes) -> bool:
    """Whether the heading names the columns that every such file has."""
    return {"timeStamp", "elapsed"} <= set(heading(head))


def read(source: Source, label: str | None) -> Iterator[Requests]:
    """Every sample, or those of one label."""

    def convert(columns: Columns) -> Batch:
        times, elapsed, success, *labels = columns
        if not set(success) <= {"true", "false", ""}:
            raise ValueError("success")
        stamps, latencies = list(map(int, times)), list(map(int, elapsed))
        check_latencies(latencies, UNIT)
        check_times(stamps, TICK)
        batch = Batch(latencies, UNIT, list(map("false".__eq__, success)), stamps, TICK)
        if label is None:
            return batch
        source.saw(set(labels[0]))
        return batch.chosen(list(map(label.__eq__, labels[0])))

    if label is None:
        return batches(source, _WANTED[:3], convert, _quick(source))
    return batches(source, _WANTED, convert)


def _quick(source: Source) -> Quick | None:
    """The reader of blocks with numpy, where that is installed and all columns are there."""
    titles, sign = layout(source.head)
    try:
        return ArrayReader(len(titles), [titles.index(name) for name in _WANTED[:3]], sign)
    except (ImportError, ValueError):
        return None
