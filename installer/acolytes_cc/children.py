"""Other programs that ask nothing: they end with this one, and so does all that they have started.

They are killed at once. installer/setting_up/programs.py gives its own, as pip, time to clean up.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Iterator, Sequence
from typing import Any

from acolytes_cc.signals import signals_held


@contextlib.contextmanager
def child(command: Sequence[str | os.PathLike[str]], **options: Any) -> Iterator[subprocess.Popen[bytes]]:
    """Start a program in a session of its own; whatever is left of the session after the body is killed.

    Raises OSError when it does not start.
    """
    process: subprocess.Popen[bytes] | None = None
    try:
        with signals_held():
            process = subprocess.Popen(command, start_new_session=True, **options)
        yield process
    finally:
        if process is not None:
            with signals_held():
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                for stream in (process.stdin, process.stdout, process.stderr):
                    if stream:
                        with contextlib.suppress(OSError):
                            stream.close()


def output_of(
    command: Sequence[str | os.PathLike[str]], timeout: float, given: bytes | None = None, **options: Any
) -> subprocess.CompletedProcess[bytes]:
    """Run a program to its end, with ``given`` on its standard input.

    Raises OSError when it does not start, and subprocess.TimeoutExpired.
    """
    pipe = subprocess.PIPE
    stdin = subprocess.DEVNULL if given is None else pipe
    with child(command, stdin=stdin, stdout=pipe, stderr=pipe, **options) as process:
        out, errors = process.communicate(given, timeout)
    return subprocess.CompletedProcess(command, process.returncode, out, errors)
