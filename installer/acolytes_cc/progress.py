"""One line on the terminal for work that takes longer than a second."""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Iterator

_DELAY_SECONDS = 1.0


@contextlib.contextmanager
def progress(doing: str) -> Iterator[None]:
    """Show on standard error, if it is a terminal, what takes so long; the line is removed when the work ends.

    Args:
        doing: The work, as "rendering the definitions".
    """
    if not sys.stderr.isatty():
        yield
        return
    line = f"acolytes: {doing} ..."
    shown = threading.Event()

    def show() -> None:
        shown.set()
        print(line, end="\r", file=sys.stderr, flush=True)

    timer = threading.Timer(_DELAY_SECONDS, show)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()  # it may be printing just now
        if shown.is_set():
            print(" " * len(line), end="\r", file=sys.stderr, flush=True)
