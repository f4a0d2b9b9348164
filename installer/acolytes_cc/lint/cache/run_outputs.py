"""Keeps the whole output of a run, so that the same call prints it again without a library being imported.

Editors and commit hooks make the same call again and again. A run may depend on more than its files: on skills, MCP
servers and a repository around them. The entry lists these paths, and is used only if all of them look the same.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import sys

from acolytes_cc.lint.cache.keys import surroundings_state
from acolytes_cc.lint.cache.store import Cache, make_private

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import TracebackType
    from typing import BinaryIO

    from acolytes_cc.lint.context.surroundings import Surroundings

# More would take longer to compare than they save
_MAX_PATHS = 5_000
_PART_BYTES = 1_000_000


class RunOutput:
    """What a run printed, in parts, and its exit code."""

    __slots__ = ("exit_code", "parts")

    def __init__(self, exit_code: int, parts: list[bytes]) -> None:
        self.exit_code = exit_code
        self.parts = parts

    def print(self) -> bool:
        """Print it; return False if that is not possible, which the ordinary way can explain better."""
        try:
            sys.stdout.buffer.writelines(self.parts)
            sys.stdout.flush()
        except OSError:
            return False
        return True


def load_output(cache: Cache, key: bytes) -> RunOutput | None:
    """Return the output that is kept under ``key``; None if there is none or the surroundings changed."""
    with cache:
        parts = cache.get(key)
    try:
        return _parsed(*parts) if parts else None
    except (ValueError, OSError):
        return None


class OutputCopy:
    """What a run prints, in a file without a name: in memory it may take as much as everything else.

    The database cannot take it piece by piece: others could not write to it while somebody reads the output.
    """

    def __init__(self, folder: str) -> None:
        self._file: BinaryIO | None = None
        with contextlib.suppress(OSError):
            if make_private(folder):
                path = os.path.join(folder, f"output-{os.getpid()}")
                self._file = open(path, "w+b")  # noqa: SIM115 (closed by `__exit__`)
                os.unlink(path)

    def __enter__(self) -> OutputCopy:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._give_up()

    @property
    def is_whole(self) -> bool:
        """Whether all pieces could be written."""
        return self._file is not None

    def add(self, piece: bytes) -> None:
        """Add the next piece, as long as there is space."""
        if self._file:
            try:
                self._file.write(piece)
            except OSError:
                self._give_up()

    def parts(self) -> Iterator[bytes]:
        """Yield all that was added, in parts for the cache."""
        if self._file:
            self._file.seek(0)
            while part := self._file.read(_PART_BYTES):
                yield part

    def _give_up(self) -> None:
        file, self._file = self._file, None
        if file:
            with contextlib.suppress(OSError):  # what is still to be written
                file.close()


def save_output(cache: Cache, key: bytes, exit_code: int, text: Iterable[bytes], surroundings: Surroundings) -> None:
    """Keep the output of a run, unless something around it changed just now."""
    seen, read = sorted(surroundings.seen), sorted(surroundings.read_paths)
    if len(seen) + len(read) > _MAX_PATHS or any("\0" in path for path in (*seen, *read)):
        return
    try:
        state = surroundings_state(seen, read).hex()
        paths = [os.fsencode(path) for path in (*seen, *read)]
    except ValueError:  # one is too young, or no file can have its name
        return
    head = b"\0".join([f"{exit_code} {len(seen)} {state}".encode(), *paths])
    with cache:
        cache.put(key, itertools.chain([head], text))


def _parsed(head: bytes, *text: bytes) -> RunOutput | None:
    summary, *paths = head.split(b"\0")
    exit_code, seen, state = summary.split(b" ")
    names = [os.fsdecode(path) for path in paths]
    now = surroundings_state(names[: int(seen)], names[int(seen) :])
    return RunOutput(int(exit_code), list(text)) if now.hex().encode() == state else None
