"""What a verb gets and what it gives back: the call's surroundings, and a reply for a person and for a program."""

from __future__ import annotations

import os
import time

from .board.messages import shown_kind
from .settings import open_board
from .stores.engine import LEASE_SECONDS, UNHOOKED_LEASE_SECONDS

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping
    from typing import Any

    from .stores.engine import Board


class Call:
    """One command: its options, and where it was called. `script` is the path of the quest script, if one was run."""

    def __init__(self, options: argparse.Namespace, cwd: str, environ: Mapping[str, str], script: str | None) -> None:
        self.options = options
        self.cwd = cwd
        self.environ = environ
        self._script = script
        # A hook adds --as. Where none runs, nothing renews the lease between two commands.
        lease = LEASE_SECONDS if self.session else UNHOOKED_LEASE_SECONDS
        self.board: Board = open_board(cwd, environ, lease=lease)

    @property
    def session(self) -> str | None:
        """The caller's session, as --as names it."""
        named: str | None = self.options.session
        return named

    def command(self, verb: str, *words: object) -> str:
        """Return a command line to type next, in the way in which this one was called."""
        start = f"acolytes-quest {verb}"
        if self._script:
            from shlex import quote

            start = "python3 " + quote(os.path.join(os.path.dirname(self._script), f"quest_{verb}.py"))
        return " ".join([start, *(str(word) for word in words)])


class Reply:
    """A verb's result: `data` for --json, `lines` for reading."""

    def __init__(self, data: dict[str, Any], *lines: str, exit_code: int = 0) -> None:
        self.data = data
        self.exit_code = exit_code
        self.text = "\n".join(line for line in lines if line)


def described_message(row: dict[str, Any]) -> dict[str, Any]:
    """Return a message's row as it stands in JSON."""
    return {
        "seq": row["seq"],
        "kind": row["kind"],
        "from": row["sender"],
        "to": row["recipient"],
        "turn": row["turn"],
        "at": utc(row["at"]),
        "text": row["text"],
        "redacted": bool(row["redacted"]),
    }


def title(row: dict[str, Any]) -> str:
    """Return what stands above a message: its number, kind and author."""
    turn = f", turn {row['turn']}" if row["turn"] else ""
    return f"message {row['seq']} ({shown_kind(row)}{turn}) from {row['sender']}"


def utc(at: float) -> str:
    """Return Unix seconds as a UTC time, to the second."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at))
