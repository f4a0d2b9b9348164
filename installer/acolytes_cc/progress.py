"""One line for a person who waits longer than a second."""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Iterator

_PATIENCE_SECONDS = 1.0


@contextlib.contextmanager
def progress(doing: str) -> Iterator[None]:
    """Say on standard error, when that is a terminal, what takes so long; the line goes when it is done."""
    if not sys.stderr.isatty():
        yield
        return
    line = f"acolytes: {doing} ..."
    shown = threading.Event()

    def show() -> None:
        shown.set()
        print(line, end="\r", file=sys.stderr, flush=True)

    timer = threading.Timer(_PATIENCE_SECONDS, show)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()  # it may be writing just now
        if shown.is_set():
            print(" " * len(line), end="\r", file=sys.stderr, flush=True)
