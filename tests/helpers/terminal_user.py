"""`acolytes` on a real pseudo-terminal, with a person who reads and types."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

_PATIENCE_SECONDS = 60
# the terminal has to be the process's own, or Ctrl-C would reach nobody; a run in the background ignores it
_START = (
    "import fcntl, os, signal, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); "
    "signal.signal(signal.SIGINT, signal.SIG_DFL); os.execv(sys.argv[1], sys.argv[1:])"
)


class Terminal:
    """One call of `acolytes`, or of another ``program``; everything that it shows is in ``shown``."""

    def __init__(
        self,
        *arguments: str,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        program: tuple[str, ...] = ("-I", "-m", "acolytes_cc"),
        columns: int = 200,
        lines: int = 24,
    ) -> None:
        self.shown = ""
        self._handle, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self._process = subprocess.Popen(
            [sys.executable, "-c", _START, sys.executable, *program, *arguments],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            cwd=cwd,
            env={**os.environ, "TERM": "dumb", **(env or {})},
            start_new_session=True,
        )
        os.close(slave)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._handle)

    def sees(self, text: str) -> str:
        """Read until ``text`` has come; returns what was shown up to its end since the last time."""
        start = time.monotonic()
        while text not in self.shown:
            assert self._read(start), f"{text!r} never came: {self.shown}"
        before, _, self.shown = self.shown.partition(text)
        return before + text

    def types(self, text: str) -> None:
        """Type a line."""
        os.write(self._handle, f"{text}\n".encode())

    def ends_input(self) -> int:
        """Press Ctrl-D; returns the exit code."""
        os.write(self._handle, b"\x04")
        return self.ends()

    def interrupts(self) -> int:
        """Press Ctrl-C, as a person does again when nothing happens; returns the exit code.

        Python only notes a signal that comes between showing a prompt and reading, and reads on.
        """
        start = time.monotonic()
        while self._process.poll() is None and time.monotonic() - start < _PATIENCE_SECONDS:
            os.write(self._handle, b"\x03")
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(2)
        return self.ends()

    def ends(self) -> int:
        """Read to the end; returns the exit code."""
        start = time.monotonic()
        while self._read(start):
            pass
        return self._process.wait(_PATIENCE_SECONDS)

    def _read(self, start: float) -> bool:
        left = start + _PATIENCE_SECONDS - time.monotonic()
        if not select.select([self._handle], [], [], max(left, 0))[0]:
            return False
        try:
            read = os.read(self._handle, 65536)
        except OSError:  # Linux says so when the other side has closed
            return False
        self.shown += read.decode("utf-8", "replace").replace("\r\n", "\n")
        return bool(read)


def screen(shown: str) -> list[str]:
    """What a terminal shows in the end: a carriage return goes to the beginning of the line."""
    lines = []
    for line in shown.split("\n"):
        cells: list[str] = []
        for part in line.split("\r"):
            cells[: len(part)] = part
        lines.append("".join(cells).rstrip())
    return lines
