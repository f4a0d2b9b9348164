"""A program on a pseudo-terminal with a size, and its screen: enough of a terminal for `acolytes-quest watch`."""

from __future__ import annotations

import codecs
import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

_PATIENCE_SECONDS = 30
_SEQUENCE = re.compile(r"\x1b\[(\??[0-9;]*)([A-Za-z])")
# The terminal has to be the process's own, or Ctrl-C would reach nobody.
_START = (
    "import fcntl, os, signal, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); "
    "signal.signal(signal.SIGINT, signal.SIG_DFL); os.execv(sys.argv[1], sys.argv[1:])"
)


class ScreenProgram:
    """A program on a terminal. `lines` is what the screen shows, `written` is everything that was written to it."""

    def __init__(self, *words: str, cwd: Path, columns: int = 80, rows: int = 24, env: Mapping[str, str] | None = None):
        self.written = ""
        self.lines: dict[int, str] = {}
        self.modes: list[str] = []  # the private modes, in the order in which they were set and reset
        self._row = 1
        self._rest = ""
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")  # a read may end within a character
        self._handle, slave = pty.openpty()
        self.resize(columns, rows)
        self.settings_before = self.settings()
        environ = {name: value for name, value in os.environ.items() if name not in {"NO_COLOR", "LC_ALL", "COLUMNS"}}
        self.process = subprocess.Popen(
            [sys.executable, "-c", _START, sys.executable, *words],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            cwd=cwd,
            env={**environ, "TERM": "xterm-256color", "LANG": "C.UTF-8", **(env or {})},
            start_new_session=True,
        )
        os.close(slave)

    def __enter__(self) -> ScreenProgram:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.kill()
        self.process.wait()
        if self._handle >= 0:
            os.close(self._handle)

    def settings(self) -> list[Any]:
        """Return the settings of the terminal, as `stty` shows them."""
        return termios.tcgetattr(self._handle)

    def resize(self, columns: int, rows: int) -> None:
        fcntl.ioctl(self._handle, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def types(self, text: str) -> None:
        os.write(self._handle, text.encode())

    def hangs_up(self) -> None:
        """Close the terminal, as when its window is closed."""
        os.close(self._handle)
        self._handle = -1

    @property
    def text(self) -> str:
        """What the screen shows."""
        return "\n".join(self.lines[row] for row in sorted(self.lines))

    def sees(self, text: str, patience: float = _PATIENCE_SECONDS) -> float:
        """Read until the screen shows `text`; return how long that took."""
        start = time.monotonic()
        while text not in self.text:
            left = start + patience - time.monotonic()
            assert left > 0, f"{text!r} never came: {self.text}"
            assert self.reads(left), f"it ended without {text!r}: {self.text}"
        return time.monotonic() - start

    def reads(self, seconds: float) -> bool:
        """Read what is written within `seconds`; return False at the end."""
        if not select.select([self._handle], [], [], seconds)[0]:
            return True
        try:
            data = os.read(self._handle, 65536)
        except OSError:  # Linux says so when the other side has closed
            return False
        new = self._decoder.decode(data)
        self.written += new
        self._show(new)
        return bool(data)

    def ends(self) -> int:
        """Read to the end; return the exit code."""
        start = time.monotonic()
        while time.monotonic() - start < _PATIENCE_SECONDS and self.reads(1) and self.process.poll() is None:
            pass
        return self.process.wait(_PATIENCE_SECONDS)

    def cpu_seconds(self) -> float:
        fields = Path(f"/proc/{self.process.pid}/stat").read_text("utf-8").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def _show(self, new: str) -> None:
        data = self._rest + new
        place = 0
        for match in _SEQUENCE.finditer(data):
            self._print(data[place : match.start()])
            place = match.end()
            parameters, what = match.groups()
            if what == "J":
                self.lines = {}
            elif what == "H":
                self._row = int(parameters.split(";")[0])
            elif what == "K":
                self.lines[self._row] = ""
            elif what in "hl":
                self.modes.append(parameters + what)
            else:
                assert what == "m", match.group()
        last = data.rfind("\x1b", place)
        end = len(data) if last < 0 else last
        self._print(data[place:end])
        self._rest = data[end:]

    def _print(self, text: str) -> None:
        if text:
            self.lines[self._row] = self.lines.get(self._row, "") + text
