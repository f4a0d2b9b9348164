"""Ctrl-C in a process that waits. Python alone may lose it.

Python raises KeyboardInterrupt wherever the main thread is. In a callback, such as `__del__` or one of an import, an
exception is only printed, and the process goes on. Another thread may get the signal, and then no sleep of the main
thread ends. So the signal is noted here and writes to a pipe, and each wait looks at both.
"""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]  # `signal` itself takes longer to import
import _thread
import os

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from typing import NoReturn

WAKES: list[int] = []  # the files that become readable when a signal comes; a wait ends then
_has_come: list[int] = []  # the numbers of the signals
_main_thread = _thread.get_ident()


def watch() -> None:
    """Note each SIGINT of this process from now on, unless it is ignored, as in a job in the background."""
    if _signal.getsignal(_signal.SIGINT) is _signal.default_int_handler:
        _signal.signal(_signal.SIGINT, interrupt)
    woken, wake = os.pipe()
    os.set_blocking(wake, False)
    _signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    WAKES.append(woken)


def interrupt(number: int, _frame: object) -> NoReturn:
    """Handle a signal: note it, and raise KeyboardInterrupt."""
    _has_come.append(number)
    raise KeyboardInterrupt


def check() -> None:
    """Raise KeyboardInterrupt if a signal has come before and was lost. Call this in the main thread, in each wait."""
    if _has_come and _thread.get_ident() == _main_thread:
        raise KeyboardInterrupt
