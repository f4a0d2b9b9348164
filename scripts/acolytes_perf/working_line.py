"""One line on a terminal while an answer takes longer than a second.

acolytes_cc/progress.py does it with a thread. Here the calculation may go on in a copy of this process, which a thread
would prevent, so an alarm of the system draws the line.
"""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Iterator

_DELAY_SECONDS, _PAUSE_SECONDS = 1.0, 0.2
_NARROW = 20
_shown: list[_Line] = []


class _Line:
    """The line. The cursor stays at its beginning, so that what comes next, as the ``^C`` of a terminal, is on it."""

    def __init__(self, doing: str) -> None:
        self.doing = doing
        self.part = ""
        self._start = time.monotonic()
        self._width = 0

    def draw(self, *_alarm: object) -> None:
        """Write the line over the one of before."""
        ending = f", {int(time.monotonic() - self._start)} s"
        try:
            columns = os.get_terminal_size(2).columns
        except OSError:
            columns = 0
        room = max((columns or 80) - 1, _NARROW) - len(ending)
        text = f"acolytes-perf: {self.doing}{self.part}"
        line = (text if len(text) <= room else text[: room - 3] + "...") + ending
        self._write(line + " " * (self._width - len(line)) + "\r")
        self._width = len(line)

    def clear(self) -> None:
        """Remove the line."""
        if self._width:
            self._write("\r" + " " * self._width + "\r")

    def _write(self, text: str) -> None:
        with contextlib.suppress(OSError):  # not sys.stderr: the alarm may come while it is being written
            os.write(2, text.encode("utf-8", "replace"))


@contextlib.contextmanager
def working(doing: str) -> Iterator[None]:
    """Show on a terminal what takes so long, and for how long already; the line is removed when the work ends."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield
        return
    import signal

    line = _Line(doing)
    try:
        before = signal.signal(signal.SIGALRM, line.draw)
    except (AttributeError, ValueError):  # not on Windows, and not beside the main thread
        yield
        return
    _shown.append(line)
    signal.setitimer(signal.ITIMER_REAL, _DELAY_SECONDS, _PAUSE_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        _shown.clear()
        line.clear()


def says(part: str) -> None:
    """Say on the line which part of the work is done now; empty for none in particular."""
    for line in _shown:
        line.part = f": {part}" if part else ""
