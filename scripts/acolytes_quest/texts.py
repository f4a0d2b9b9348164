"""Read the text of a message: the argument itself, standard input (`-`) or a file, up to a limit."""

from __future__ import annotations

import os
import stat
import sys

from . import checks
from .errors import RefusalError


def message_text(argument: str | None, path: str | None) -> str:
    """Return the checked text of --msg TEXT, --msg - or --msg-file PATH, of which exactly one is needed."""
    if (argument is None) == (path is None):
        raise RefusalError("give the message with one of --msg 'TEXT', --msg - (standard input) and --msg-file FILE")
    if path is not None:
        return file_text(path, "--msg-file", "message")
    return option_text(argument or "", "message")


def file_text(path: str, option: str, what: str) -> str:
    """Return the checked text of the file that an option names."""
    return checks.text(_decode(_read_file(path, option), what), what)


def option_text(argument: str, what: str) -> str:
    """Return the checked text of an option; `-` stands for standard input."""
    if argument == "-":
        return checks.text(_decode(sys.stdin.buffer.read(checks.MESSAGE_BYTES + 1), what), what)
    return checks.text(argument, what)


def _read_file(path: str, option: str) -> bytes:
    try:
        # Not blocking, so that a FIFO without a writer is refused below and does not hang the call.
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise RefusalError(f"{option} {path}: is not a regular file; name one that is")
            return file.read(checks.MESSAGE_BYTES + 1)
    except OSError as error:
        raise RefusalError(f"{option} {path}: {error.strerror}; name a file that you can read") from None


def _decode(data: bytes, what: str) -> str:
    if len(data) > checks.MESSAGE_BYTES:
        raise checks.too_long(what)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise RefusalError(f"the {what} is not valid UTF-8 at byte {error.start}: save it as UTF-8") from None
