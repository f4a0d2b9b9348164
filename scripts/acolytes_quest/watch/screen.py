"""The terminal while the view is shown: the alternate screen, keys without Enter, and only changed lines are drawn.

`curses` would add nothing here: the view is a list of lines, five sequences do what is needed, and every terminal of
today has them. `curses` has no way to draw a text that it takes for wider than it is, and fails without a terminfo.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from types import FrameType

_ENTER = "\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[2J"  # the alternate screen, no cursor, no wrapping, empty
_LEAVE = "\x1b[?7h\x1b[?25h\x1b[?1049l"
_SIZE = (80, 24)


def is_possible(environ: dict[str, str]) -> bool:
    """Whether standard output is a terminal that can show the view."""
    stream = sys.stdout
    return stream is not None and stream.isatty() and environ.get("TERM", "dumb") != "dumb"


def has_colours(environ: dict[str, str]) -> bool:
    """Whether to use colours: not with NO_COLOR (https://no-color.org)."""
    return not environ.get("NO_COLOR")


def has_unicode(environ: dict[str, str]) -> bool:
    """Whether the terminal shows UTF-8, by the variables of the locale."""
    name = environ.get("LC_ALL") or environ.get("LC_CTYPE") or environ.get("LANG") or ""
    return (sys.platform == "darwin" and not name) or "utf8" in name.lower().replace("-", "")


class Screen:
    """The terminal. Used as a context, it is left as it was, whatever happens.

    `wakes` are the files that become readable when a key is pressed or the size changes.
    """

    def __init__(self) -> None:
        self._out = sys.stdout.fileno()
        self._in = sys.stdin.fileno() if sys.stdin is not None and sys.stdin.isatty() else None
        self._modes: list[object] | None = None
        self._drawn: list[str] = []
        self._size = (0, 0)
        self._signals: dict[int, object] = {}
        self._woken_before = -1
        self._woken, self._wake = os.pipe()
        for handle in (self._woken, self._wake):
            os.set_blocking(handle, False)
        self.has_ended = False

    @property
    def wakes(self) -> list[int]:
        """The files to wait for."""
        return [self._woken] if self._in is None else [self._woken, self._in]

    @property
    def size(self) -> tuple[int, int]:
        """The columns and rows."""
        with contextlib.suppress(OSError):
            columns, rows = os.get_terminal_size(self._out)
            if columns and rows:
                return columns, rows
        return _SIZE

    def __enter__(self) -> Screen:
        self._woken_before = signal.set_wakeup_fd(self._wake, warn_on_full_buffer=False)
        for number, handler in (
            (signal.SIGWINCH, self._note),
            (signal.SIGTERM, self._end),
            (signal.SIGHUP, self._end),
            (signal.SIGTSTP, self._pause),
        ):
            self._signals[number] = signal.signal(number, handler)
        self._take()
        return self

    def __exit__(self, *_: object) -> None:
        self._give_back()
        signal.set_wakeup_fd(self._woken_before, warn_on_full_buffer=False)
        for number, handler in self._signals.items():
            signal.signal(number, handler)  # type: ignore[arg-type]  # what it was
        os.close(self._woken)
        os.close(self._wake)

    def draw(self, lines: list[str]) -> None:
        """Draw the lines that are not what the screen shows already; nothing is written when all are."""
        columns, rows = self.size
        parts = []
        if (columns, rows) != self._size:
            self._size = (columns, rows)
            self._drawn = []
            parts.append("\x1b[2J")
        shown = lines[:rows]
        for place in range(max(len(shown), len(self._drawn))):
            new = shown[place] if place < len(shown) else ""
            old = self._drawn[place] if place < len(self._drawn) else ""
            if new != old:
                parts.append(f"\x1b[{place + 1};1H\x1b[2K{new}")
        self._drawn = shown
        if parts:
            self._write("".join(parts))

    def keys(self) -> str:
        """Return the keys that were pressed, without waiting. The end of the terminal counts as `q`."""
        with contextlib.suppress(BlockingIOError):
            os.read(self._woken, 4096)
        import select

        if self._in is None or not select.select([self._in], [], [], 0)[0]:
            return ""
        try:
            return os.read(self._in, 1024).decode("ascii", "ignore") or "q"
        except OSError:
            return "q"

    def _take(self) -> None:
        if self._in is not None:
            import termios

            self._modes = termios.tcgetattr(self._in)
            modes = termios.tcgetattr(self._in)
            modes[3] &= ~(termios.ICANON | termios.ECHO)  # Ctrl-C and Ctrl-Z still are signals
            termios.tcsetattr(self._in, termios.TCSADRAIN, modes)
        self._size = (0, 0)
        self._write(_ENTER)

    def _give_back(self) -> None:
        with contextlib.suppress(OSError):
            self._write(_LEAVE)
        if self._in is not None and self._modes is not None:
            import termios

            with contextlib.suppress(termios.error):
                termios.tcsetattr(self._in, termios.TCSADRAIN, self._modes)  # type: ignore[arg-type]  # as they were

    def _write(self, text: str) -> None:
        data = text.encode("utf-8", "backslashreplace")
        while data:
            data = data[os.write(self._out, data) :]

    def _note(self, _number: int, _frame: FrameType | None) -> None:
        """Do nothing: the pipe wakes the loop, which looks at the size."""

    def _end(self, _number: int, _frame: FrameType | None) -> None:
        self.has_ended = True

    def _pause(self, _number: int, _frame: FrameType | None) -> None:
        """Give the terminal back while the shell has it, and take it again afterwards."""
        self._give_back()
        os.kill(os.getpid(), signal.SIGSTOP)
        self._take()
