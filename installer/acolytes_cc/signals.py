"""Ctrl-C, SIGTERM and a closed terminal end a command at any line. Here is what they cannot cut in two.

Imports nothing but the standard library, and most of that late: a command that writes nothing must not pay for it.
"""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterator
from pathlib import Path

_STOPPING = (signal.SIGINT, signal.SIGTERM, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else []))


@contextlib.contextmanager
def signals_held() -> Iterator[list[int]]:
    """Let these signals wait until the body has ended; then the first of them acts.

    Yields:
        The signals that wait. What is taken out of this list is forgotten.
    """
    import threading

    waiting: list[int] = []
    before = {number: signal.getsignal(number) for number in _STOPPING}
    # A handler of Python's acts in the main thread only, and nothing else can be cut in two.
    if threading.current_thread() is not threading.main_thread():
        before = {}
    before = {number: handler for number, handler in before.items() if callable(handler)}
    try:
        for number in before:
            signal.signal(number, lambda number, _frame: waiting.append(number))
        yield waiting
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        if waiting:
            signal.raise_signal(waiting[0])


@contextlib.contextmanager
def scratch_folder(prefix: str, parent: str | os.PathLike[str] | None = None) -> Iterator[Path]:
    """A temporary folder that goes with the body, however that ends.

    ``tempfile.TemporaryDirectory`` alone leaves its folder when a signal comes before it has noted the name, or while
    it removes the folder. Between the two, it sees to it itself.

    Args:
        prefix: The beginning of its name.
        parent: The folder to make it in; the default is the system's folder for temporary files.
    """
    import tempfile

    with signals_held():
        folder = tempfile.TemporaryDirectory(prefix=prefix, dir=parent)
    try:
        yield Path(folder.name)
    finally:
        with signals_held():
            folder.cleanup()
