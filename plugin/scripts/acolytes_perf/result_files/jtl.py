"""JMeter's result file (JTL) as CSV: elapsed is in milliseconds, timeStamp in milliseconds since 1970."""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_perf.result_files.delimited import Columns, Quick, batches, heading, layout, texts
from acolytes_perf.result_files.jtl_arrays import PER_SECOND, UNIT, ArrayReader
from acolytes_perf.result_files.record import Batch, Requests, check_latencies, check_times
from acolytes_perf.result_files.source import Source

NAME = "JMeter JTL (CSV)"
QUOTES = b'"'
_WANTED = ("timeStamp", "elapsed", "success", "label")
_FAILED = {b"true": False, b"false": True, b"": False}
_MOST_TEXTS = 10_000


def recognises(head: bytes) -> bool:
    """Whether the heading names the columns that every such file has."""
    return {"timeStamp", "elapsed"} <= set(heading(head))


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
        names = texts(labels[0])
        source.saw(set(names))
        return batch.chosen(list(map(label.__eq__, names)))

    if label is None:
        return batches(source, _WANTED[:3], convert, _quick(source))
    return batches(source, _WANTED, convert)


class _Latencies(dict[bytes, int]):
    """The latencies that texts are, in milliseconds; most occur again and again. ValueError for what is none."""

    def __missing__(self, text: bytes) -> int:
        if len(self) >= _MOST_TEXTS:
            self.clear()
        found = int(text)
        check_latencies((found,), UNIT)
        self[text] = found
        return found


def _quick(source: Source) -> Quick | None:
    """The reader of blocks with numpy, where that is installed and all columns are there."""
    titles, sign = layout(source.head)
    try:
        return ArrayReader(len(titles), [titles.index(name) for name in _WANTED[:3]], sign)
    except (ImportError, ValueError):
        return None
