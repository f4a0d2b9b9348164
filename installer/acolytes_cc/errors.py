"""How a command ends when it cannot do its work: with one line for the user, and an exit code."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from enum import IntEnum
from typing import NoReturn

from acolytes_cc.terminal import is_terminal


class Exit(IntEnum):
    """Exit codes of all our commands."""

    FINE = 0
    FINDINGS = 1
    WRONG_INPUT = 2
    CANNOT = 3
    BUG = 4
    INTERRUPTED = 130
    TERMINATED = 143


class UserError(Exception):
    """A problem that the user can fix: the message says in one line what is wrong, where, and how to fix it."""

    def __init__(self, message: str, code: Exit = Exit.WRONG_INPUT) -> None:
        super().__init__(message)
        self.code = code


class TerminatedError(BaseException):
    """The process was asked to end, by SIGTERM or because its terminal was closed.

    What is open is closed, and what is temporary is removed, on the way.
    """


def _stop(_signal: int, _frame: object) -> NoReturn:
    raise TerminatedError


def cannot_read(path: str | os.PathLike[str], error: OSError) -> UserError:
    """The error for a file that the system does not let us read."""
    return UserError(f"cannot read {reason(error, path, '')}", Exit.CANNOT)


def reason(error: OSError, path: str | os.PathLike[str], way_out: str = "; check this path") -> str:
    """What the system says of ``path``, and how to mend it: ``way_out``, unless a permission is missing."""
    if isinstance(error, PermissionError):
        from pathlib import Path

        from acolytes_cc.permissions import hint

        found = hint(Path(os.fsdecode(path)))
        way_out = f"; {found}" if found else way_out
    return f"{os.fsdecode(path)}: {error.strerror}{way_out}"


def guarded(command: str, body: Callable[[], int]) -> int:
    """Run ``body``, and turn what it raises into one line on standard error and an exit code.

    The traceback of a bug goes to a file that only the user can read (mode 0600); the line names that file.

    Args:
        command: The name of the command, with which the line begins.
        body: The work; it returns the exit code.
    """
    import click

    stops = [signal.SIGTERM, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else [])]  # Windows has no SIGHUP
    stops = [number for number in stops if signal.getsignal(number) is signal.SIG_DFL]  # `nohup` ignores one of them
    for number in stops:
        signal.signal(number, _stop)
    try:
        return body()
    except UserError as error:
        print(f"{command}: {error}", file=sys.stderr)
        return error.code
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        print(error.format_message(), file=sys.stderr)
        return Exit.WRONG_INPUT
    except click.ClickException as error:
        context = getattr(error, "ctx", None)
        called = context.command_path if context else command
        print(f"{command}: {error.format_message().rstrip('.')}; see {called} --help", file=sys.stderr)
        return Exit.WRONG_INPUT
    except (KeyboardInterrupt, click.Abort) as stop:
        # at a question the cursor is behind the prompt; elsewhere a terminal has only its own ^C on the line
        start = ("\n" if isinstance(stop, click.Abort) else "\r") if is_terminal(sys.stderr) else ""
        print(f"{start}{command}: interrupted", file=sys.stderr)
        return Exit.INTERRUPTED
    except TerminatedError:
        print(f"{command}: terminated", file=sys.stderr)
        return Exit.TERMINATED
    except OSError as error:
        said = reason(error, error.filename) if error.filename else error.strerror
        print(f"{command}: {said}", file=sys.stderr)
        return Exit.CANNOT
    except Exception as error:  # noqa: BLE001 - the last resort: a bug leaves a log, never a traceback on the screen
        details = _details(error)
        print(f"{command}: this is a bug ({type(error).__name__}): please report it with {details}", file=sys.stderr)
        return Exit.BUG
    finally:
        for number in stops:  # who calls this in a program of its own has its handlers back
            signal.signal(number, signal.SIG_DFL)


def _details(error: Exception) -> str:
    """Write the traceback of a bug to a log, and return its path; without a place for it, where the bug came up."""
    import tempfile
    import traceback

    try:
        handle, path = tempfile.mkstemp(prefix="acolytes-bug-", suffix=".log")
        with open(handle, "w", encoding="utf-8", errors="backslashreplace") as log:
            traceback.print_exc(file=log)
    except OSError:
        place = traceback.extract_tb(error.__traceback__)[-1]
        name = os.path.basename(place.filename)
        return f"its place, {name}, line {place.lineno}; for a log set TMPDIR to a folder with room"
    return path
