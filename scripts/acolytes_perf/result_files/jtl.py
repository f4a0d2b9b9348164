"""JMeter's result file (JTL) as CSV; elapsed is in milliseconds, timeStamp in milliseconds since 1970."""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_perf.result_files.delimited import (
    BlockReader,
    Columns,
    decode_cells,
    read_batches,
    read_layout,
    read_titles,
)
from acolytes_perf.result_files.jtl_arrays import PER_SECOND, UNIT, ArrayReader
from acolytes_perf.result_files.record import Batch, Requests, check_latencies, check_times
from acolytes_perf.result_files.source import Source

NAME = "JMeter JTL (CSV)"
QUOTES = b'"'
_COLUMNS = ("timeStamp", "elapsed", "success", "label")
_FAILED = {b"true": False, b"false": True, b"": False}
_MAX_TEXTS = 10_000


def recognises(head: bytes) -> bool:
    """Whether the heading has the columns that every such file has."""
    return {"timeStamp", "elapsed"} <= set(read_titles(head))


def read(source: Source, label: str | None) -> Iterator[Requests]:
    """Every sample, or those of one label."""
    latency = _Latencies()

    def convert(columns: Columns) -> Batch:
        times, elapsed, success, *labels = columns
        try:
            failed = list(map(_FAILED.__getitem__, success))
        except KeyError:
            raise ValueError("success") from None
        stamps = list(map(int, times))
        check_times(stamps, PER_SECOND)
        batch = Batch(list(map(latency.__getitem__, elapsed)), UNIT, failed, stamps, PER_SECOND)
        if label is None:
            return batch
        names = decode_cells(labels[0])
        source.add_labels(set(names))
        return batch.select(list(map(label.__eq__, names)))

    if label is None:
        return read_batches(source, _COLUMNS[:3], convert, _block_reader(source))
    return read_batches(source, _COLUMNS, convert)


class _Latencies(dict[bytes, int]):
    """Latencies in milliseconds by their text; most texts occur often. Raises ValueError for an invalid one."""

    def __missing__(self, text: bytes) -> int:
        if len(self) >= _MAX_TEXTS:
            self.clear()
        latency = int(text)
        check_latencies((latency,), UNIT)
        self[text] = latency
        return latency


def _block_reader(source: Source) -> BlockReader | None:
    """The reader of blocks with numpy, where that is installed and all columns are present."""
    titles, delimiter = read_layout(source.head)
    try:
        return ArrayReader(len(titles), [titles.index(name) for name in _COLUMNS[:3]], delimiter)
    except (ImportError, ValueError):
        return None
