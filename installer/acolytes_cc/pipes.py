"""Standard streams that outlive their reader. Imports next to nothing."""

from __future__ import annotations

import io
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class _Pipe(io.FileIO):
    """A pipe. When its reader has closed it, as `head` and a pager do, what is still to be written is discarded.

    So a command ends as it would have ended: an installation is not left half done, and the exit code is its own.
    """

    def write(self, data: Any, /) -> int:
        try:
            return super().write(data)
        except BrokenPipeError:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self.fileno())
            os.close(nowhere)
            return super().write(data)


def outlive_readers() -> None:
    """Make pipes of standard output and standard error. What is not the process's own stream stays as it is."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None or stream is not getattr(sys, f"__{name}__") or _is_file_or_terminal(stream):
            continue
        raw = _Pipe(stream.fileno(), "w", closefd=False)
        is_buffered = isinstance(stream.buffer, io.BufferedWriter)  # not with PYTHONUNBUFFERED
        patient = io.TextIOWrapper(
            io.BufferedWriter(raw) if is_buffered else raw,
            stream.encoding,
            stream.errors,
            line_buffering=stream.line_buffering,
            write_through=stream.write_through,
        )
        setattr(sys, name, patient)


def _is_file_or_terminal(stream: io.TextIOWrapper) -> bool:
    import stat

    try:
        mode = os.fstat(stream.fileno()).st_mode
    except (OSError, ValueError):
        return True
    return not (stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode))
