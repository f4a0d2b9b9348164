"""Blocks of a JTL in which nothing is odd, read with numpy in a third of the time."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Sequence
from typing import Any

from acolytes_perf.result_files.record import MOST_NANOSECONDS, Part

#: Nanoseconds and seconds in a millisecond.
UNIT, TICK = 1_000_000, 1e-3
#: Of a number; longer ones are left to the reader that can tell whether they are damaged.
_MOST_DIGITS = 15


class ArrayBatch:
    """Requests in arrays: latencies, times in milliseconds, whether each failed."""

    def __init__(self, latencies: Any, times: Any, failed: Any) -> None:
        self._latencies, self._times, self._failed = latencies, times, failed
        self.size = len(latencies)
        self.enough = 1 << 16

    def joined(self, others: Sequence[ArrayBatch]) -> ArrayBatch:
        """These and others of the same file and kind."""
        columns = zip(*((one._latencies, one._times, one._failed) for one in (self, *others)))
        return ArrayBatch(*map(_numpy().concatenate, columns))

    def since(self, time: float) -> ArrayBatch:
        """Those from a time on, in seconds since 1970."""
        return self._chosen(self._times * TICK >= time)

    def span(self) -> tuple[float, float]:
        """The first and the last time."""
        return int(self._times.min()) * TICK, int(self._times.max()) * TICK

    def counts(self) -> dict[int, int]:
        """How often each latency occurred, in nanoseconds."""
        return _counted(self._latencies * UNIT)

    def parts(self, width: float, bits: int) -> Iterator[Part]:
        """All of them by slices of so many seconds, numbered from 1970 on; latencies have so many leading bits."""
        first, last = (int(time / width) for time in self.span())
        if first != last:
            numbers = (self._times * TICK / width).astype("int64")
            for number in sorted(set(numbers.tolist())):
                yield from self._chosen(numbers == number).parts(width, bits)
            return
        nanoseconds = self._latencies * UNIT
        spare = _numpy().maximum(_numpy().frexp(nanoseconds)[1] - bits, 0).astype("int64")
        coarse = (nanoseconds + (1 << spare >> 1)) >> spare << spare
        yield Part(first, self.size, int(self._failed.sum()), int(nanoseconds.sum()), _counted(coarse))

    def _chosen(self, which: Any) -> ArrayBatch:
        return ArrayBatch(self._latencies[which], self._times[which], self._failed[which])


def _counted(values: Any) -> dict[int, int]:
    found, counts = _numpy().unique(values, return_counts=True)
    return dict(zip(found.tolist(), counts.tolist()))


def _numpy() -> Any:
    return importlib.import_module("numpy")


class ArrayReader:
    """Reads blocks of lines of so many columns, with time, elapsed and success at three places; ImportError without
    numpy.
    """

    def __init__(self, width: int, places: Sequence[int], sign: str) -> None:
        self._numpy = numpy = _numpy()
        self._width, self._places, self._sign = width, places, ord(sign)
        self._powers = 10.0 ** numpy.arange(_MOST_DIGITS - 1, -1, -1)  # exact, and quicker than whole numbers

    def __call__(self, block: bytes) -> ArrayBatch | None:
        """All requests of a block of whole lines; None where anything is odd."""
        if b'"' in block or b"\r" in block:
            return None
        numpy = self._numpy
        text = numpy.frombuffer(block, "uint8")
        is_newline = text == ord("\n")
        stops = numpy.flatnonzero((text == self._sign) | is_newline)
        rows = int(numpy.count_nonzero(is_newline))
        if len(stops) != rows * self._width:
            return None
        stops = stops.reshape(rows, self._width)
        if not is_newline[stops[:, -1]].all():
            return None
        (time, elapsed, success) = (self._column(stops, place) for place in self._places)
        times, latencies = self._whole(text, *time), self._whole(text, *elapsed)
        failed = self._failed(text, *success)
        if times is None or latencies is None or failed is None:
            return None
        if int(latencies.max()) * UNIT > MOST_NANOSECONDS:
            return None
        return ArrayBatch(latencies, times, failed)

    def _column(self, stops: Any, place: int) -> tuple[Any, Any]:
        """Where the cells of a column start and stop."""
        before = stops[:, place - 1] if place else self._numpy.concatenate(([-1], stops[:-1, -1]))
        return before + 1, stops[:, place]

    def _whole(self, text: Any, starts: Any, stops: Any) -> Any:
        """Whole numbers of a column; None if one is none, is too long, or has no room before it for the longest."""
        numpy = self._numpy
        widths = stops - starts
        least, most = int(widths.min()), int(widths.max())
        if least < 1 or most > _MOST_DIGITS or int(stops[0]) < most:
            return None
        windows = numpy.lib.stride_tricks.sliding_window_view(text, most)
        digits = windows[stops - most] - ord("0")  # what is below 0 becomes more than 9
        if least < most:
            digits = numpy.where(numpy.arange(most, 0, -1) <= widths[:, None], digits, 0)
        return None if int(digits.max()) > 9 else (digits @ self._powers[-most:]).astype("int64")

    def _failed(self, text: Any, starts: Any, stops: Any) -> Any:
        """Where a column is false; None if it is neither that nor true in every row."""
        numpy = self._numpy
        windows = numpy.lib.stride_tricks.sliding_window_view(text, 4)
        first = windows[numpy.minimum(starts, len(text) - 4)].view("<u4")[:, 0]
        failed = ~((first == _number(b"true")) & (stops - starts == 4))
        rest, widths = first[failed], (stops - starts)[failed]
        if not ((rest == _number(b"fals")) & (widths == 5) & (text[stops[failed] - 1] == ord("e"))).all():
            return None
        return failed


def _number(word: bytes) -> int:
    return int.from_bytes(word, "little")
