"""Why nothing could be set up: one line for the user."""

from __future__ import annotations


class TerminatedError(BaseException):
    """The process was asked to end, by SIGTERM or because its terminal was closed; ``code`` is the exit code."""

    def __init__(self, signal: int) -> None:
        super().__init__(signal)
        self.code = 128 + signal


class SetupError(Exception):
    """The message says what is wrong, and how to mend it; ``code`` is the exit code."""

    def __init__(self, message: str, code: int = 3) -> None:
        super().__init__(message)
        self.code = code
