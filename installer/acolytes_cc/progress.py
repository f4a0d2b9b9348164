"""One line on the terminal for work that takes longer than a second.

It is on standard error, only if that is a terminal, and the work leaves nothing of it. bootstrap.py uses this module,
too, so it imports nothing but the standard library.
"""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Iterator

from acolytes_cc.terminal import columns, is_terminal

_DELAY_SECONDS = 1.0
_PAUSE_SECONDS = 0.2


class Progress:
    """The line. The cursor stays at its beginning, so that what comes next, as the ``^C`` of a terminal, is on it."""

    def __init__(self, doing: str, command: str = "acolytes", total: int = 0) -> None:
        self.is_shown = is_terminal(sys.stderr)
        self._done = 0
        self._total = total
        self._doing = doing
        self._command = command
        self._part = ""
        self._width = 0  # of what is on the line
        self._start = time.monotonic()
        self._next = self._start + _DELAY_SECONDS

    def step(self) -> None:
        """Say that one more of the pieces of work is done."""
        self._done += 1
        if self._is_due:
            self._part = f": {self._done} of {self._total} ({100 * self._done // self._total} %)"
            self.draw()

    def does(self, part: str) -> None:
        """Say which part of the work is done now."""
        self._part = f": {part}"
        self.draw()

    @property
    def _is_due(self) -> bool:
        """Whether it is time to show the line, or to show it again."""
        return self.is_shown and time.monotonic() >= self._next

    def draw(self) -> None:
        """Show the line, if it is time."""
        if not self._is_due:
            return
        now = time.monotonic()
        self._next = now + _PAUSE_SECONDS
        ending = f", {int(now - self._start)} s"
        room = max(columns(sys.stderr) - 1 - len(ending), 0)
        text = f"{self._command}: {self._doing}{self._part}"
        line = (text if len(text) <= room else text[: max(room - 3, 0)] + "...") + ending
        sys.stderr.write(line + " " * (self._width - len(line)) + "\r")
        sys.stderr.flush()
        self._width = len(line)

    def clear(self) -> None:
        """Remove the line."""
        if self._width:
            sys.stderr.write("\r" + " " * self._width + "\r")
            sys.stderr.flush()
            self._width = 0


@contextlib.contextmanager
def progress(doing: str, *, command: str = "acolytes") -> Iterator[Progress]:
    """Show what takes so long, and for how long already; the line is removed when the work ends, however it ends.

    Args:
        doing: The work, as "rendering the definitions".
        command: Who does it.
    """
    line = Progress(doing, command)
    if not line.is_shown:
        yield line
        return
    import threading

    ended = threading.Event()

    def draw() -> None:
        while not ended.wait(_PAUSE_SECONDS):
            line.draw()

    drawing = threading.Thread(target=draw, daemon=True)
    drawing.start()
    try:
        yield line
    finally:
        ended.set()
        drawing.join()  # it may be drawing just now
        line.clear()


@contextlib.contextmanager
def stepwise_progress(doing: str, total: int, *, is_wanted: bool = True) -> Iterator[Progress]:
    """Like ``progress``, for work that calls ``step`` often and that may fork: so it starts no thread.

    Args:
        doing: The work, as "checking files".
        total: How many pieces of work there are.
        is_wanted: Whether to show anything.
    """
    line = Progress(doing, total=total)
    line.is_shown &= is_wanted
    try:
        yield line
    finally:
        line.clear()
