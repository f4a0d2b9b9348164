"""The input and the output of a verb: the call with its surroundings, and the reply for a person and for a program."""

from __future__ import annotations

import os

from .settings import open_board
from .stores.engine import LEASE_SECONDS, UNHOOKED_LEASE_SECONDS
from .verb_table import script_name

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Mapping

    from .board.holding import Caller
    from .nearby import Boards
    from .stores.engine import Board


_ALL = 2**62  # more rows than there can be, in the LIMIT of a query


class VerbCall:
    """One call of a verb: its options, and where it was made. `script` is the path of the quest script, if one ran."""

    def __init__(self, options: argparse.Namespace, cwd: str, environ: Mapping[str, str], script: str | None) -> None:
        self.options = options
        self.cwd = cwd
        self.environ = environ
        self._script = script
        # A hook adds --as. Where no hook runs, nothing renews the lease between two commands.
        lease = LEASE_SECONDS if self.session else UNHOOKED_LEASE_SECONDS
        self.board: Board = open_board(cwd, environ, lease=lease)

    @property
    def session(self) -> str | None:
        """The caller's session, from --as."""
        session: str | None = self.options.session
        return session

    @property
    def agent(self) -> str | None:
        """The checked name from --agent."""
        from .checks import agent_name

        return agent_name(self.options.agent) if self.options.agent else None

    @property
    def is_for_program(self) -> bool:
        """Whether a program reads the reply: then it is whole, because bounds are for readers."""
        return getattr(self.options, "format", None) == "json"  # a hook has no such option

    def bound(self, number: int) -> int:
        """Return how many rows to show at most: `number` to a reader, all to a program."""
        return _ALL if self.is_for_program else number

    def caller(self) -> Caller:
        """Return who calls, and which turn it means."""
        from .board.holding import Caller

        return Caller(session=self.session, agent=self.agent, turn=self.options.turn, fence=self.options.fence)

    def command(self, verb: str, *words: object) -> str:
        """Return a command line to type next, in the form in which this call was made."""
        start = f"acolytes-quest {verb}"
        if self._script:
            from shlex import quote

            start = "python3 " + quote(os.path.join(os.path.dirname(self._script), script_name(verb)))
        return " ".join([start, *(str(word) for word in words)])


class Reply:
    """The result of a verb: `data` for --json, `lines` for a reader. `when_printed` is called when it is printed.

    With `boards`, JSON says which board was used, and a reader that there is another one.
    """

    def __init__(
        self,
        data: Mapping[str, object],
        *lines: str,
        exit_code: int = 0,
        when_printed: Callable[[], None] | None = None,
        boards: Boards | None = None,
    ) -> None:
        self.data = {**data, **boards.data()} if boards else data
        self.notes = [boards.line] if boards and boards.line else []
        self.exit_code = exit_code
        self.when_printed = when_printed
        self.text = "\n".join(line for line in lines if line)
