"""Blocks of a JTL in which nothing is odd, read with numpy in a fifth of the time."""

from __future__ import annotations

import importlib
import os
from collections.abc import Iterator, Sequence
from typing import Any

from acolytes_perf.result_files.record import MAX_NANOSECONDS, Part

#: Nanoseconds in a millisecond, and milliseconds in a second.
UNIT, PER_SECOND = 1_000_000, 1000
#: Of a number; longer ones are left to the reader that can tell whether they are damaged.
_MOST_DIGITS = 15
#: Before a block, so that even its first number has sixteen bytes up to its end.
_ROOM = b" " * 16


class ArrayBatch:
    """Requests in arrays: latencies, times in milliseconds, whether each failed."""

    def __init__(self, latencies: Any, times: Any, failed: Any) -> None:
        self._latencies, self._times, self._failed = latencies, times, failed
        self.size = len(latencies)
        self.batch_size = 1 << 17

    def joined(self, others: Sequence[ArrayBatch]) -> ArrayBatch:
        """These and others of the same file and kind."""
        columns = zip(*((one._latencies, one._times, one._failed) for one in (self, *others)))
        return ArrayBatch(*map(_numpy().concatenate, columns))

    def since(self, time: float) -> ArrayBatch:
        """Those from a time on, in seconds since 1970."""
        return self._chosen(self._times / PER_SECOND >= time)

    def span(self) -> tuple[float, float]:
        """The first and the last time."""
        return int(self._times.min()) / PER_SECOND, int(self._times.max()) / PER_SECOND

    def parts(self, width: float) -> Iterator[Part]:
        """All of them by slices of so many seconds, a power of two, numbered from 1970 on; one of each number."""
        numbers = self._times // (width * PER_SECOND)
        for number in sorted(set(numbers.tolist())):
            which = numbers == number
            yield Part(int(number), int(self._failed[which].sum()), _counted(self._latencies[which]))

    def _chosen(self, which: Any) -> ArrayBatch:
        return ArrayBatch(self._latencies[which], self._times[which], self._failed[which])


def _counted(milliseconds: Any) -> dict[int, int]:
    """How often each latency occurs, in nanoseconds."""
    numpy = _numpy()
    if int(milliseconds.max()) < 1 << 20:  # counting by index needs no sorting, and room up to the largest
        counts = numpy.bincount(milliseconds)
        values = counts.nonzero()[0]
        counts = counts[values]
    else:
        values, counts = numpy.unique(milliseconds, return_counts=True)
    return dict(zip((values * UNIT).tolist(), counts.tolist()))


def _numpy() -> Any:
    # its linear algebra, which nothing here uses, would start threads, and a process with threads cannot be copied
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    return importlib.import_module("numpy")


class ArrayReader:
    """Reads blocks of lines of so many columns, with time, elapsed and success at three places; ImportError without
    numpy.
    """

    def __init__(self, width: int, places: Sequence[int], sign: str) -> None:
        self._numpy = _numpy()
        self._width, self._places, self._sign = width, places, ord(sign)

    def __call__(self, block: bytes) -> ArrayBatch | None:
        """All requests of a block of whole lines; None where anything is odd."""
        if b'"' in block or b"\r" in block:
            return None
        numpy = self._numpy
        block = _ROOM + block
        text = numpy.frombuffer(block, "uint8")
        is_newline = text == ord("\n")
        stops = numpy.flatnonzero((text == self._sign) | is_newline)
        rows = int(numpy.count_nonzero(is_newline))
        if len(stops) != rows * self._width:
            return None
        stops = stops.reshape(rows, self._width)
        if not is_newline[stops[:, -1]].all():
            return None
        eights = numpy.ndarray((len(text) - 7,), "<u8", block, 0, (1,))  # the eight bytes from each place on
        (time, elapsed, success) = (self._column(stops, place) for place in self._places)
        times, latencies = self._whole(eights, *time), self._whole(eights, *elapsed)
        failed = self._failed(eights, *success)
        if times is None or latencies is None or failed is None:
            return None
        if int(latencies.max()) * UNIT > MAX_NANOSECONDS:
            return None
        return ArrayBatch(latencies, times, failed)

    def _column(self, stops: Any, place: int) -> tuple[Any, Any]:
        """Where the cells of a column start and stop."""
        before = stops[:, place - 1] if place else self._numpy.concatenate(([len(_ROOM) - 1], stops[:-1, -1]))
        return before + 1, stops[:, place]

    def _whole(self, eights: Any, starts: Any, stops: Any) -> Any:
        """Whole numbers of a column; None if one is none or too long."""
        widths = stops - starts
        least, most = int(widths.min()), int(widths.max())
        if least < 1 or most > _MOST_DIGITS:
            return None
        found = self._eight_digits(eights[stops - 8], most if least == most else widths)
        if most > 8 and found is not None:
            widths = most if least == most else self._numpy.maximum(widths, 8)
            upper = self._eight_digits(eights[stops - 16], widths - 8)
            found = None if upper is None else upper * self._numpy.uint64(100_000_000) + found
        return None if found is None else found.astype("int64")

    def _eight_digits(self, words: Any, widths: Any) -> Any:
        """The numbers that the last digits of eight bytes are, so many of each; None if one is none.

        All eight at once: neighbours are joined to numbers of two, four and eight digits.
        """
        words = words ^ 0x3030303030303030
        if isinstance(widths, int):
            if widths < 8:
                words = words >> 8 * (8 - widths) << 8 * (8 - widths)
        else:  # by a step less than the word, as the whole word is none that a shift is defined for
            spare = (64 - 8 * self._numpy.minimum(widths, 8)).astype("uint64")
            half = spare // 2
            words = words >> half >> (spare - half) << half << (spare - half)
        # a byte that was no digit is above 9 now: 6 more carries it into the upper half, or it was there before
        if ((words | (words + 0x0606060606060606)) & 0xF0F0F0F0F0F0F0F0).any():
            return None
        words = words * 2561 >> 8 & 0x00FF00FF00FF00FF
        words = words * 6553601 >> 16 & 0x0000FFFF0000FFFF
        return words * 42949672960001 >> 32

    def _failed(self, eights: Any, starts: Any, stops: Any) -> Any:
        """Where a column is false; None if it is neither that nor true in every row."""
        words, widths = eights[stops - 8], stops - starts
        failed = ~((words >> 32 == _number(b"true")) & (widths == 4))
        rest = words[failed] >> 24
        return failed if ((rest == _number(b"false")) & (widths[failed] == 5)).all() else None


def _number(word: bytes) -> int:
    return int.from_bytes(word, "little")
