"""The errors of a command: one line each, with its exit code."""

from __future__ import annotations


class QuestError(Exception):
    """An error that is not a bug. Its text is the line on standard error, and says how to correct the call."""

    exit_code = 2
    code = "refused"  # the word for it in --json


class RefusalError(QuestError):
    """Wrong input, or a call that the rules of the board forbid. Nothing was changed."""


class RecordedRefusalError(RefusalError):
    """A refusal that the audit log records: the transaction that raises it is committed, with only that event."""


class NoBoardError(RefusalError):
    """There is no board at the place where one should be."""

    code = "no_board"


class UnavailableError(QuestError):
    """The call may be right, but the board cannot be used now or here: it is locked, unwritable, damaged or newer."""

    exit_code = 3
    code = "unavailable"


class LostError(UnavailableError):
    """The connection to the board broke. Nothing was changed, and the same call may be repeated."""

    code = "connection_lost"
