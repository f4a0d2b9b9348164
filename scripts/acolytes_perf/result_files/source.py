"""A result file as blocks of whole lines: read once, in memory that does not grow with it, gzip or not."""

from __future__ import annotations

import os
import stat
import sys
import time
import zlib
from collections.abc import Iterable, Iterator
from typing import IO, cast

from acolytes_perf.errors import InputError, quoted

#: Larger ones are given back to the system each time, and clearing their pages anew takes longer than reading.
BLOCK = 126 << 10
#: A line longer than this is no record of any tool; it is skipped and counted.
LONGEST_LINE = 1 << 20
#: The most of a file that is read as a whole, as tools' summaries are.
MOST_WHOLE = 32 << 20
#: What gzip cannot have made of a tool's output: this many times its size, beyond the first bytes.
MOST_RATIO, FREE_BYTES = 250, 64 << 20
MOST_LABELS = 20


class Source:
    """An open result file. Readers count in `corrupt` what they cannot read and name in `labels` what they see.

    `head` is its beginning, `cut` whether it ends within a line that cannot be read. Of a file that is not packed, a
    part can be read: from `start`, where a line begins, to `stop`, where another does.
    """

    def __init__(self, path: str, pointer: str, start: int = 0, stop: int | None = None) -> None:
        self.path, self.pointer = path, pointer
        self.corrupt = 0
        self.cut = False
        self.labels: set[str] = set()
        self.ends_open = False
        self._raw = _opened(path, pointer)
        status = os.fstat(self._raw.fileno())
        self.bytes, self._identity = status.st_size, (status.st_dev, status.st_ino)
        self.head = self._raw.read(1 << 16)
        self._stream: IO[bytes] = self._raw
        self.zipped = self.head[:2] == b"\x1f\x8b"
        self._start, self._stop = start, self.bytes if stop is None else min(stop, self.bytes)
        if self.zipped:
            self._unzip()

    def _unzip(self) -> None:
        """Puts the packed content, and its own beginning, in the place of the file's."""
        import gzip

        self._raw.seek(0)
        self._stream = cast(IO[bytes], gzip.GzipFile(fileobj=self._raw))
        try:
            self.head = next(self._pieces(), b"")[: 1 << 16]
            if self.cut and not self.head:
                raise self.refusal("is gzip that ends before anything can be read: fetch it again")
        except InputError:
            self.close()
            raise
        self._stream.seek(0)
        self.cut = False

    def between(self, start: int, stop: int) -> bytes:
        """Some bytes of a file that is not packed."""
        self._raw.seek(max(0, start))
        return self._raw.read(stop - max(0, start))

    def until(self, stop: int) -> None:
        """Confines what is read to what comes before."""
        self._stop = stop

    def rest(self, start: int) -> Source:
        """The same file from there on, opened anew; InputError if it is another by now."""
        other = Source(self.path, self.pointer, start, self.bytes)
        if (other._identity, other.zipped) != (self._identity, self.zipped) or other.bytes < self.bytes:
            other.close()
            raise self.refusal("changed while it was read: let the test end first")
        return other

    @property
    def begins_file(self) -> bool:
        """Whether what is read is the file's beginning, where a heading stands."""
        return self._start == 0

    def close(self) -> None:
        """Closes the file."""
        self._raw.close()

    def refusal(self, message: str) -> InputError:
        """The error that names this file."""
        return InputError(self.pointer, f"{quoted(self.path)} {message}")

    def saw(self, labels: Iterable[str]) -> None:
        """Notes names of requests, as many as a message can hold."""
        if len(self.labels) < MOST_LABELS:
            self.labels.update(labels)

    def whole(self) -> bytes:
        """All of a small file."""
        parts, size = [], 0
        for piece in self._pieces():
            size += len(piece)
            if size > MOST_WHOLE:
                raise self.refusal(f"is larger than the {MOST_WHOLE >> 20} MB of any summary")
            parts.append(piece)
        return b"".join(parts)

    def blocks(self) -> Iterator[bytes]:
        """Blocks of whole lines, each with its line ends; the last line gets one if it has none (`ends_open`)."""
        rest, skipping = b"", False
        for read in self._pieces():
            piece = read
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
            if len(rest) > LONGEST_LINE:
                self.corrupt += 1
                rest, skipping = b"", True
        if rest:
            self.ends_open = True
            yield rest + b"\n"

    def lines(self) -> Iterator[bytes]:
        """Every line, without its end."""
        for block in self.blocks():
            yield from block.splitlines()

    def mark_last(self, bad: int, *, at_end: bool = True) -> None:
        """Counts lines of a block that could not be read; the last one of an open end is a cut, not a fault."""
        if bad and at_end and self.ends_open and not self.cut:
            self.cut = True
            bad -= 1
        self.corrupt += bad

    def _pieces(self) -> Iterator[bytes]:
        """What the file holds; a gzip stream that ends too early is a cut."""
        seen, left = 0, sys.maxsize
        if not self.zipped:
            left = self._stop - self._start
            self._raw.seek(self._start)
        progress = _Progress(self.path, self._start, self._stop)
        try:
            while left > seen:
                piece = self._stream.read(min(BLOCK, left - seen))
                if not piece:
                    return
                first = self._start == seen == 0
                seen += len(piece)
                if self.zipped and seen > FREE_BYTES and seen > MOST_RATIO * self.bytes:
                    raise self.refusal(f"unpacks to more than {MOST_RATIO} times its size: no tool writes such a file")
                progress.at(self._raw.tell())
                yield piece.removeprefix(b"\xef\xbb\xbf") if first else piece
        except EOFError:
            self.cut = True
        except (OSError, zlib.error) as error:
            detail = "is damaged gzip" if self.zipped else f"cannot be read: {error}"
            raise self.refusal(detail) from None
        finally:
            progress.done()


def _opened(path: str, pointer: str) -> IO[bytes]:
    """The regular file; anything else could block or never end."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "no such name can be"
        if isinstance(error, FileNotFoundError) and any(sign in path for sign in "*?["):
            reason += "; patterns are not filled in: name the files, with commas between"
        raise InputError(pointer, f"{quoted(path)} cannot be read: {reason}") from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise InputError(pointer, f"{quoted(path)} is no file")
    return os.fdopen(descriptor, "rb")


class _Progress:
    """A line on the terminal's standard error that shows how far reading is, from two seconds on."""

    def __init__(self, path: str, start: int, stop: int) -> None:
        self._name = quoted(os.path.basename(path))
        self._start, self._total = start, max(stop - start, 1)
        self._next = time.monotonic() + 2
        self._shown = False

    def at(self, position: int) -> None:
        """Shows the position five times a second."""
        if time.monotonic() >= self._next and sys.stderr is not None and sys.stderr.isatty():
            done = position - self._start
            filled = 30 * done // self._total
            bar = "#" * filled + "." * (30 - filled)
            sys.stderr.write(f"\rreading {self._name} [{bar}] {100 * done // self._total} %")
            sys.stderr.flush()
            self._shown, self._next = True, time.monotonic() + 0.2

    def done(self) -> None:
        """Takes the line away."""
        if self._shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
