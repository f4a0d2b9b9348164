"""Print the output of a command, and handle a full disk or a closed stream."""

from __future__ import annotations

import os
import sys

from .errors import UnavailableError

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from typing import TextIO


def show(text: str) -> None:
    """Print an answer at once.

    Raises:
        UnavailableError: It cannot be written.
        BrokenPipeError: The reader has closed the pipe.
    """
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


def json_text(data: object, indent: int | None = None) -> str:
    """Return data as JSON in ASCII. A damaged byte in a text becomes a replacement mark."""
    import json

    text = json.dumps(data, indent=indent)
    if "\\udc" not in text:
        return text
    from .framing import mended

    return json.dumps(json.loads(mended(json.dumps(data, ensure_ascii=False))), indent=indent)


def show_error(line: str) -> None:
    """Print one line on standard error. If that is not possible, the exit code alone reports the error."""
    stream: TextIO | None = sys.stderr
    if stream is None:
        return
    try:
        stream.write(line + "\n")
        stream.flush()
    except OSError:
        silence(stream)


def silence(stream: TextIO) -> None:
    """Discard what is still to be written, for the interpreter would fail again at its end, with a traceback."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def _lost(why: str) -> UnavailableError:
    return UnavailableError(
        f"the command is done, but its output cannot be written to standard output ({why}): redirect it elsewhere"
    )
