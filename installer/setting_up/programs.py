"""Runs other programs, and ends them when this one has to end.

A program that is killed leaves running what it has started: venv starts ensurepip, ensurepip starts pip, and pip starts
build backends. They would go on writing into a folder that this program has removed.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NoReturn

from acolytes_cc.signals import signals_held
from setting_up.errors import TerminatedError

#: The signals that ask a program to end: from a terminal, from `kill`, and from a terminal that was closed.
STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_SECONDS_TO_CLEAN_UP = 30.0


@contextlib.contextmanager
def stops_raised() -> Iterator[None]:
    """Let each signal raise TerminatedError in the body, so that programs are ended, and folders removed."""
    stops = [stop for stop in STOPS[1:] if signal.getsignal(stop) is signal.SIG_DFL]  # `nohup` ignores one of them
    for stop in stops:
        signal.signal(stop, _stop)
    try:
        yield
    finally:
        for stop in stops:
            signal.signal(stop, signal.SIG_DFL)


def _stop(number: int, _frame: object) -> NoReturn:
    raise TerminatedError(number)


@contextlib.contextmanager
def started(
    command: Sequence[str], *, env: Mapping[str, str] | None = None, **options: Any
) -> Iterator[subprocess.Popen[bytes]]:
    """Start a program that asks nothing, in a session of its own, and wait for it after the body.

    When the body or the waiting raises anything, the program and all that it has started are ended first. Their
    temporary files go in any case: ensurepip leaves some when venv kills it.
    """
    with contextlib.ExitStack() as stack:
        with signals_held():
            scratch = stack.enter_context(tempfile.TemporaryDirectory(prefix="acolytes-", ignore_cleanup_errors=True))
        own = {"start_new_session": True, "env": {**(os.environ if env is None else env), "TMPDIR": scratch}}
        with _guarded(command, _end_session, **own, **options) as process:
            yield process


def run(command: Sequence[str], **options: Any) -> int:
    """Run a program in the user's terminal, and return its exit code. When this one must end, the other ends first."""
    with _guarded(command, _end, **options) as process:
        pass
    return process.returncode


@contextlib.contextmanager
def _guarded(
    command: Sequence[str], end: Callable[[subprocess.Popen[bytes], BaseException], None], **options: Any
) -> Iterator[subprocess.Popen[bytes]]:
    process = None
    try:
        with signals_held():
            process = subprocess.Popen(command, **options)
        yield process
        process.wait()
    except BaseException as error:
        if process is not None:
            end(process, error)
        raise
    finally:
        if process is not None and process.stdout:
            process.stdout.close()


def _end(process: subprocess.Popen[bytes], error: BaseException) -> None:
    """End one program. A terminal has sent its SIGINT to that program, too."""
    try:
        if not isinstance(error, KeyboardInterrupt):
            process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_SECONDS_TO_CLEAN_UP)
    finally:  # also when the user cannot wait, and interrupts again
        process.kill()
        process.wait()


def _end_session(process: subprocess.Popen[bytes], _error: BaseException) -> None:
    """End a program and all that it has started. pip removes its temporary folders on SIGINT, and not on SIGTERM."""
    is_ignored = signal.getsignal(signal.SIGINT) is signal.SIG_IGN  # then it is ignored there, too
    try:
        _signal_session(process, signal.SIGTERM if is_ignored else signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_SECONDS_TO_CLEAN_UP)
    finally:
        is_there = _signal_session(process, signal.SIGKILL)
        process.wait()
        deadline = time.monotonic() + 1  # a killed program ends when its last system call has
        while is_there and time.monotonic() < deadline:
            time.sleep(0.01)
            is_there = _signal_session(process, signal.SIGKILL)


def _signal_session(process: subprocess.Popen[bytes], number: int) -> bool:
    """Whether there is still a program in the session to which the signal was sent."""
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        return False
    return True
