"""What a command prints, and what becomes of it when nobody can take it: a full disk, a closed stream."""

from __future__ import annotations

import os
import sys

from .errors import UnavailableError

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from typing import TextIO


def say(text: str) -> None:
    """Print an answer at once. Raises UnavailableError when it cannot be written, BrokenPipeError without a reader."""
    stream: TextIO | None = sys.stdout
    if stream is None:
        raise _lost("it is closed")
    try:
        stream.write(text + "\n")
        stream.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        silence(stream)
        raise _lost(error.strerror or str(error)) from None


def complain(line: str) -> None:
    """Print one line on standard error; where that is not possible, the exit code must do."""
    stream: TextIO | None = sys.stderr
    if stream is None:
        return
    try:
        stream.write(line + "\n")
        stream.flush()
    except OSError:
        silence(stream)


def silence(stream: TextIO) -> None:
    """Let what is still to be written go nowhere: it would fail again at the end, in the interpreter's own words."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def _lost(why: str) -> UnavailableError:
    return UnavailableError(
        f"the answer cannot be written to standard output ({why});"
        " what the call was to do is done: lead the output elsewhere"
    )
