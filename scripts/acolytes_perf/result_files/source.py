"""Reads a result file in blocks of whole lines, gzip or not, in memory that does not grow with the file."""

from __future__ import annotations

import contextlib
import functools
import io
import os
import stat
import sys
import zlib
from collections import Counter
from collections.abc import Iterator
from typing import IO, cast

from acolytes_perf.errors import InputError, quoted
from acolytes_perf.result_files.record import RequestKinds
from acolytes_perf.working_line import says

#: Size of a block. Memory of larger ones goes back to the system each time, and clearing new pages takes too long.
BLOCK_BYTES = 126 << 10
#: No tool writes a longer line; it is skipped and counted as corrupt.
MAX_LINE_BYTES = 1 << 20
#: Largest file that is read as a whole, such as a summary.
MAX_WHOLE_BYTES = 32 << 20
#: No tool's output compresses further than this ratio; the first bytes are not checked.
MAX_GZIP_RATIO, UNCHECKED_BYTES = 250, 64 << 20


class Source:
    """An open result file, or a part of one that is not gzip.

    Attributes:
        path: of the file.
        pointer: JSON pointer of the input that names it, for errors.
        bytes: size of the file.
        head: its first bytes.
        is_gzip: whether it is compressed.
        corrupt: lines that the reader could not read.
        is_truncated: the file ends within a line that cannot be read.
        lacks_newline: the last line has no line end.
        appended_runs: how many further runs the reader met in the same file.
        version: of the tool, where the reader knows it.
        notes: what the reader had to assume: sentences, as keys.
        left_out: number of rows that are no requests, by what they are.
        kinds: of the requests; set before a reader is chosen.
    """

    def __init__(self, path: str, pointer: str, start: int = 0, stop: int | None = None) -> None:
        """Opens the file; `start` and `stop` are the positions of two line starts, for a part of it."""
        self.path, self.pointer = path, pointer
        self.corrupt = 0
        self.is_truncated = False
        self.appended_runs = 0
        self.version = ""
        self.notes: dict[str, None] = {}
        self.left_out: Counter[str] = Counter()
        self.lacks_newline = False
        self.kinds = RequestKinds()
        self._raw = _opened(path, pointer)
        status = os.fstat(self._raw.fileno())
        self.bytes, self._identity = status.st_size, (status.st_dev, status.st_ino)
        self.head = self._raw.read(1 << 16)
        self._stream: IO[bytes] = self._raw
        self.is_gzip = self.head[:2] == b"\x1f\x8b"
        self._start, self._stop = start, self.bytes if stop is None else min(stop, self.bytes)
        if self.is_gzip:
            self._unzip()

    def _unzip(self) -> None:
        """Replaces stream and head by the uncompressed ones."""
        import gzip

        self._raw.seek(0)
        self._stream = cast(IO[bytes], gzip.GzipFile(fileobj=self._raw))
        try:
            self.head = next(self.pieces(), b"")[: 1 << 16]
            if self.is_truncated and not self.head:
                raise self.error("is truncated gzip without any content: copy it again")
        except InputError:
            self.close()
            raise
        self._stream.seek(0)
        self.is_truncated = False

    def read_range(self, start: int, stop: int) -> bytes:
        """The bytes of a range, of a file that is not gzip."""
        self._raw.seek(max(0, start))
        return self._raw.read(stop - max(0, start))

    def stop_at(self, stop: int) -> None:
        """Ends reading at this position."""
        self._stop = stop

    def open_rest(self, start: int) -> Source:
        """Opens the file again to read it from `start`; raises InputError if it has changed."""
        other = Source(self.path, self.pointer, start, self.bytes)
        if (other._identity, other.is_gzip) != (self._identity, self.is_gzip) or other.bytes < self.bytes:
            other.close()
            raise self.error("changed while it was read: wait for the test to end")
        other.kinds = self.kinds
        return other

    @property
    def begins_file(self) -> bool:
        """Whether reading starts with the first line of the file, which may be a heading."""
        return self._start == 0

    def close(self) -> None:
        """Closes the file."""
        self._raw.close()

    def error(self, message: str) -> InputError:
        """An InputError that names this file."""
        return file_error(self.path, self.pointer, message)

    def read_all(self) -> bytes:
        """The whole content of a small file."""
        parts, size = [], 0
        for piece in self.pieces():
            size += len(piece)
            if size > MAX_WHOLE_BYTES:
                raise self.error(f"is larger than the {MAX_WHOLE_BYTES >> 20} MB that a summary can have")
            parts.append(piece)
        return b"".join(parts)

    def blocks(self) -> Iterator[bytes]:
        """Blocks of whole lines with their line ends; a missing last one is added (`lacks_newline`)."""
        rest, skipping = b"", False
        for content in self.pieces():
            piece = content
            if skipping:
                _, newline, piece = piece.partition(b"\n")
                skipping = not newline
                if skipping:
                    continue
            end = piece.rfind(b"\n") + 1
            if end:
                yield b"".join((rest, memoryview(piece)[:end]))  # copied once
                rest = piece[end:]
            else:
                rest += piece
            if len(rest) > MAX_LINE_BYTES:
                self.corrupt += 1
                rest, skipping = b"", True
        if rest:
            self.lacks_newline = True
            yield rest + b"\n"

    def lines(self) -> Iterator[bytes]:
        """All lines, without their ends."""
        for block in self.blocks():
            yield from block.splitlines()

    def count_corrupt(self, lines: int, *, at_end: bool = True) -> None:
        """Counts lines that could not be read; a last one without line end counts as truncated instead.

        Args:
            lines: their number.
            at_end: the last of them may be the last line read so far.
        """
        if lines and at_end and self.lacks_newline and not self.is_truncated:
            self.is_truncated = True
            lines -= 1
        self.corrupt += lines

    def pieces(self) -> Iterator[bytes]:
        """The content in pieces of any length; a truncated gzip stream ends it."""
        done, size = 0, sys.maxsize
        if not self.is_gzip:
            size = self._stop - self._start
            self._raw.seek(self._start)
        name = quoted(os.path.basename(self.path))
        try:
            while size > done:
                piece = self._stream.read(min(BLOCK_BYTES, size - done))
                if not piece:
                    return
                is_first = self._start == done == 0
                done += len(piece)
                if self.is_gzip and done > UNCHECKED_BYTES and done > MAX_GZIP_RATIO * self.bytes:
                    raise self.error(
                        f"expands to more than {MAX_GZIP_RATIO} times its size, which no tool's output does"
                    )
                read = (self._raw.tell() - self._start) / max(self._stop - self._start, 1)
                says(f"reading {name}, {read:.0%}")
                yield piece.removeprefix(b"\xef\xbb\xbf") if is_first else piece
        except EOFError:
            self.is_truncated = True
            yield from self._before_truncation(done)
        except (OSError, zlib.error) as error:
            detail = "is damaged gzip" if self.is_gzip else f"cannot be read: {error}"
            raise self.error(detail) from None
        finally:
            says("")

    def _before_truncation(self, done: int) -> Iterator[bytes]:
        """What a truncated gzip stream holds beyond the first `done` bytes; reading a whole block would lose it."""
        import gzip

        self._raw.seek(0)
        stream, position = gzip.GzipFile(fileobj=self._raw), 0
        with contextlib.suppress(EOFError):
            while True:
                piece = stream.read1(BLOCK_BYTES)
                position += len(piece)
                if position > done:
                    yield piece[done - position :]


def file_error(path: str, pointer: str, message: str) -> InputError:
    """An InputError that names a file."""
    where = "standard input" if path == "-" else quoted(path)
    return InputError(pointer, f"{where} {message}")


@functools.lru_cache(maxsize=1)
def _copy_of_standard_input(stream: IO[bytes]) -> IO[bytes]:
    """A file with the content of standard input, since a result file is read from several places."""
    import tempfile
    from shutil import copyfileobj

    copy = cast(IO[bytes], tempfile.TemporaryFile())  # noqa: SIM115 -- open until the program ends
    copyfileobj(stream, copy)
    copy.flush()
    return copy


def _opened(path: str, pointer: str) -> IO[bytes]:
    """Opens a regular file, or for `-` standard input; reading anything else could block or never end."""
    if path == "-":
        if sys.stdin is None or sys.stdin.isatty():
            raise InputError(pointer, "'-' is standard input, which is a terminal here: name a file, or use a pipe")
        copy = _copy_of_standard_input(sys.stdin.buffer)
        # a second descriptor of the same file would share its position
        link = f"/proc/self/fd/{copy.fileno()}"
        if os.path.exists(link):
            return open(link, "rb")
        copy.seek(0)
        return cast(IO[bytes], io.BytesIO(copy.read()))
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a valid name"
        if isinstance(error, FileNotFoundError) and any(sign in path for sign in "*?["):
            reason += "; patterns are not supported: name the files, separated by commas"
        raise InputError(pointer, f"{quoted(path)} cannot be read: {reason}") from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise InputError(pointer, f"{quoted(path)} is not a regular file")
    return os.fdopen(descriptor, "rb")
