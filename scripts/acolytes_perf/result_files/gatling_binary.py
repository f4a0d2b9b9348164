"""Gatling's simulation.log since 3.10, which is binary; times are in milliseconds since the start of the run.

The form is that of `LogFileDataWriter` in Gatling's source (gatling-core, Apache License 2.0), big-endian:

    string        length:int, bytes, coder:byte (0 Latin-1, 1 UTF-16); only the length where it is 0
    cached string index:int, string for a new one; -index:int for one that was written before
    run      0    version, class:string, start:long, description:string, scenarios:int with strings,
                  assertions:int with length:int and bytes
    request  1    groups:int with cached strings, name:cached, start:int, end:int, ok:byte, message:cached
    user     2    scenario:int, starts:byte, time:int
    group    3    groups:int with cached strings, start:int, end:int, cumulated:int, ok:byte
    error    4    message:cached, time:int
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

from acolytes_perf.result_files.record import MAX_NANOSECONDS, Batch, RequestKind, check_times
from acolytes_perf.result_files.source import MAX_WHOLE_BYTES, Source

NAME = "Gatling (binary simulation.log)"
UNIT, PER_SECOND = 1_000_000, 1000
_VERSION = re.compile(rb"\0\0\0\0.(3\.(?:[1-9]\d)\.\d{1,2}[\w.-]*)", re.DOTALL)
#: Longest text, list of names and number of requests in a batch.
_MAX_TEXT, _MAX_ITEMS, _BATCH = 1 << 20, 10_000, 1 << 13
_INT, _LONG, _TIMES = struct.Struct(">i"), struct.Struct(">q"), struct.Struct(">iiB")
_RUN, _REQUEST, _USER, _GROUP, _ERROR = range(5)


def recognises(head: bytes) -> bool:
    """Whether it starts with a record of a run that names a version."""
    return _VERSION.match(head) is not None


def read(source: Source) -> Iterator[Batch]:
    """Every request, as long as records can be read; the rest of a damaged file is counted as one corrupt line."""
    log = _Log(source)
    try:
        start = log.read_run()
        check_times((start,), PER_SECOND)
    except (ValueError, IndexError):
        raise source.error("is damaged at its start: the record of the run cannot be read") from None
    source.version = log.version
    kinds, batch = source.kinds, _Requests()
    while True:
        try:
            header = log.read_header()
            if header is None:
                break
            request = log.read_record(header)
        except IndexError:
            source.is_truncated = True
            break
        except ValueError:
            source.corrupt += 1
            break
        if request is None:
            continue
        name, begin, end, is_good, message = request
        if not 0 <= end - begin <= MAX_NANOSECONDS // UNIT:
            source.corrupt += 1
            continue
        batch.latencies.append(end - begin)
        batch.times.append(start + begin)
        batch.kinds.append(kinds.get(name, not is_good, "", message))
        if len(batch.times) >= _BATCH:
            yield batch.as_batch()
            batch = _Requests()
    yield batch.as_batch()


class _Requests:
    """Requests that are being collected."""

    def __init__(self) -> None:
        self.latencies: list[int] = []
        self.times: list[int] = []
        self.kinds: list[RequestKind] = []

    def as_batch(self) -> Batch:
        """The requests as a batch."""
        return Batch(self.latencies, UNIT, self.kinds, self.times, PER_SECOND)


class _Log:
    """Reads records; IndexError where the file ends within one, ValueError for what no record can have."""

    def __init__(self, source: Source) -> None:
        self._pieces = source.pieces()
        self._data, self._at = b"", 0
        self._texts: dict[int, str] = {}
        self.version = ""

    def _take(self, size: int) -> bytes:
        if not 0 <= size <= MAX_WHOLE_BYTES:
            raise ValueError("size")
        while len(self._data) - self._at < size:
            piece = next(self._pieces, None)
            if piece is None:
                raise IndexError("end of the file")
            self._data, self._at = self._data[self._at :] + piece, 0
        self._at += size
        return self._data[self._at - size : self._at]

    def _int(self) -> int:
        number: int = _INT.unpack(self._take(4))[0]
        return number

    def _count(self) -> int:
        count = self._int()
        if not 0 <= count <= _MAX_ITEMS:
            raise ValueError("count")
        return count

    def _text(self) -> str:
        size = self._int()
        if not 0 <= size <= _MAX_TEXT:
            raise ValueError("text")
        if not size:
            return ""
        content, coder = self._take(size), self._take(1)[0]
        if coder > 1:
            raise ValueError("coder")
        return content.decode("utf-16-le" if coder else "latin-1", "replace")

    def _cached(self) -> str:
        index = self._int()
        if index > 0:
            self._texts[index] = self._text()
        elif -index not in self._texts:
            raise ValueError("unknown text")
        return self._texts[abs(index)]

    def read_run(self) -> int:
        """Milliseconds since 1970 of the run's start."""
        if self._take(1)[0] != _RUN:
            raise ValueError("no run")
        self.version = self._text()
        self._text()
        start: int = _LONG.unpack(self._take(8))[0]
        self._text()
        for _ in range(self._count()):
            self._text()
        for _ in range(self._count()):
            self._take(self._count())
        return start

    def read_header(self) -> int | None:
        """The kind of the next record; None at the end of the file."""
        try:
            return self._take(1)[0]
        except IndexError:
            return None

    def read_record(self, header: int) -> tuple[str, int, int, bool, str] | None:
        """Name, start, end, outcome and message of a request; None for another record."""
        if header == _REQUEST:
            for _ in range(self._count()):
                self._cached()
            name = self._cached()
            start, end, outcome = _TIMES.unpack(self._take(9))
            if outcome > 1:
                raise ValueError("outcome")
            return name, start, end, bool(outcome), self._cached()
        if header == _USER:
            self._take(9)
        elif header == _GROUP:
            for _ in range(self._count()):
                self._cached()
            self._take(13)
        elif header == _ERROR:
            self._cached()
            self._take(4)
        else:
            raise ValueError("unknown record")
        return None
