"""What a command may answer instead of a result: one line each, with its exit code."""

from __future__ import annotations


class QuestError(Exception):
    """A fault that is not a bug. Its text is the one line shown on standard error; it says how to mend the call."""

    exit_code = 2


class RefusalError(QuestError):
    """Wrong input, or a call that the board's rules forbid. Nothing was changed."""


class RecordedRefusalError(RefusalError):
    """A refusal that the audit log keeps: the transaction that raises it is committed, with that event alone."""


class NoBoardError(RefusalError):
    """There is no board where one was looked for."""


class UnavailableError(QuestError):
    """The call may be right but cannot be answered now or here: a locked, unwritable, damaged or newer board."""

    exit_code = 3


class LostError(UnavailableError):
    """The connection to the board broke. Nothing was changed, and the call may be repeated as it is."""
