"""What hooks can ask of the board. Every function is fast, and treats a board that it cannot read as no board.

A board that is busy for a second counts as one that cannot be read. Nothing of the database is imported before the
file of a board is known to exist or, for a board on a server, the session is known to work on it (`membership`). The
rules that the user has switched off (`switch`) do nothing.
"""

from __future__ import annotations

import os

from ..errors import QuestError
from ..location import URL_VARIABLE, find_board
from . import switch
from .switch import is_off

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every tool call
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import TypeVar

    from ..stores.engine import Board
    from .turns import KeptTurn, WaitingTurn

    T = TypeVar("T")

BUSY_SECONDS = 1.0


class OneOpening:
    """Within this block, the questions of a hook share one opening of the board."""

    current: OneOpening | None = None

    def __init__(self) -> None:
        self.board: Board | None = None

    def __enter__(self) -> None:
        OneOpening.current = self

    def __exit__(self, *_: object) -> None:
        OneOpening.current = None
        if self.board:
            self.board.close()


def waiting_turn(cwd: str, environ: Mapping[str, str], agent: str, client: str | None = None) -> WaitingTurn | None:
    """Return the oldest turn that waits for `agent`, which no session holds; None if there is none.

    Turns of a quest that `client`, the client's session, or an agent of it leads come first. Quests of another working
    tree than that of `cwd` do not count.
    """

    def ask(board: Board) -> WaitingTurn | None:
        from ..board.wanted import Wanted
        from ..trees import tree_of
        from . import turns

        return turns.waiting(board, Wanted(agent, tree=tree_of(cwd, environ)), client)

    return _ask(cwd, environ, ask)


def renew(cwd: str, environ: Mapping[str, str], session: str, for_seconds: float = 0.0) -> bool:
    """Renew the lease that `session` holds if it was renewed more than 60 s ago; return whether it was renewed now.

    It is also renewed when it would end during a tool call of `for_seconds`; then it lasts a minute longer than that.
    """

    def ask(board: Board) -> bool:
        from . import turns

        return turns.renew(board, session, for_seconds)

    return not is_off(environ, "renew") and bool(_ask(cwd, environ, ask, session=session))


def record_file(cwd: str, environ: Mapping[str, str], session: str, path: str) -> bool:
    """Record that `session` changed a file for the turn that it holds; return whether the file is new for that turn.

    Only files of the project count. They are named from its root.
    """

    def ask(board: Board) -> bool:
        from . import turns

        return turns.record_file(board, cwd, environ, session, path)

    return not is_off(environ, "files") and bool(_ask(cwd, environ, ask, session=session))


def reach(cwd: str, environ: Mapping[str, str], session: str) -> str | None:
    """Return the notes to `session`, and that it has lost its turn, each once; None when there is nothing new."""

    def ask(board: Board) -> str | None:
        from . import reach as reaching

        return reaching.news(board, session)

    return _ask(cwd, environ, ask, session=session)


def objection_to_edit(cwd: str, environ: Mapping[str, str], session: str, path: str) -> str | None:
    """Return why `session` must not edit this file, and what to do instead; None when it may."""
    if is_off(environ, "reservations") and is_off(environ, "turn-order"):
        return None

    def ask(board: Board) -> str | None:
        from . import rules

        return rules.objection_to_edit(board, cwd, environ, session, path)

    return _ask(cwd, environ, ask, session=session)


def objection_to_call(cwd: str, environ: Mapping[str, str], session: str) -> str | None:
    """Return why `session` must not call another agent, and what to do instead; None when it may."""
    if is_off(environ, "direct-calls"):
        return None

    def ask(board: Board) -> str | None:
        from . import rules

        return rules.objection_to_call(board, session)

    return _ask(cwd, environ, ask, session=session)


def keep(cwd: str, environ: Mapping[str, str], session: str, limit: int = 5) -> KeptTurn | None:
    """Return the turn that `session` holds when it wants to stop, and count that; None when it holds none.

    After `limit` times, or when the rule is off, the turn is released, so that another agent can take it.
    """
    times = 0 if is_off(environ, "keep-working") else limit

    def ask(board: Board) -> KeptTurn | None:
        from . import turns

        return turns.keep(board, session, times)

    return _ask(cwd, environ, ask, session=session)


def is_idle(cwd: str, environ: Mapping[str, str], session: str) -> bool:
    """Whether `session` works in an open quest, holds no turn, and so should wait for one."""

    def ask(board: Board) -> bool:
        from . import turns

        return turns.is_idle(board, session)

    return not is_off(environ, "idle-wait") and bool(_ask(cwd, environ, ask, session=session))


def wait_for_work(cwd: str, environ: Mapping[str, str], session: str) -> str | None:
    """Wait for work for a worker that `is_idle`; return the text for the agent, None when it may end."""

    def ask(board: Board) -> str | None:
        from . import wait

        return wait.wait(board, cwd, environ, session)

    # A hook that waits for minutes can wait for a busy board, too.
    return _ask(cwd, environ, ask, session=session, busy=None)


def how_off(rule: str) -> str:
    """Return how the user can switch a rule off. Every reason ends with this."""
    return switch.how_off(rule)


def give_back(cwd: str, environ: Mapping[str, str], client: str) -> int:
    """Release every turn that an agent of this session of the client holds; return how many."""

    def ask(board: Board) -> int:
        from . import turns

        return turns.release_all(board, client)

    return _ask(cwd, environ, ask) or 0


def leads(cwd: str, environ: Mapping[str, str], session: str) -> bool:
    """Whether `session` leads an open quest in which something can happen without it."""

    def ask(board: Board) -> bool:
        from . import turns

        return turns.leads(board, session)

    return not is_off(environ, "wake-leader") and bool(_ask(cwd, environ, ask, session=session))


def wait_for_news(cwd: str, environ: Mapping[str, str], session: str, patience: float) -> str | None:
    """Wait at most `patience` seconds for news of a quest that `session` leads; return its text, None without any."""

    def ask(board: Board) -> str | None:
        from . import push

        return push.wait(board, cwd, environ, session, patience)

    return None if is_off(environ, "wake-leader") else _ask(cwd, environ, ask, session=session, busy=None)


def wait_as_leader(cwd: str, environ: Mapping[str, str], session: str) -> str | None:
    """Wait for news for a subagent that leads; return the text for it, None when it may end."""

    def ask(board: Board) -> str | None:
        from . import wait

        return wait.wait_as_leader(board, cwd, environ, session)

    return _ask(cwd, environ, ask, session=session, busy=None)


def client_identity(process: int) -> str:
    """Return the client's process as the commands of its session name it; empty where that cannot be found out."""
    from ..stores import processes

    return processes.identity(process)


def note_cleared(cwd: str, environ: Mapping[str, str], client: str, process: int) -> None:
    """Note for `resume_leading` that the client in this process has cleared its session `client`."""
    from ..membership import note_cleared as note

    if _is_there(cwd, environ, client):
        note(cwd, environ, client, process)


def resume_leading(cwd: str, environ: Mapping[str, str], client: str, cleared_by: int | None = None) -> str | None:
    """Return the open quests that a session leads, with their news, when it starts, is resumed, or is compacted.

    What it had printed last counts as new again. `cleared_by` is the process of a client that has just cleared its
    session: the new one leads the quests of the old one from now on.
    """

    def ask(board: Board) -> str | None:
        from . import resume

        return resume.leading(board, cwd, environ, client, cleared_by)

    if cleared_by is not None and environ.get(URL_VARIABLE):
        from ..membership import note

        note(cwd, environ, client)
    return _ask(cwd, environ, ask, session=client)


def _ask(
    cwd: str,
    environ: Mapping[str, str],
    ask: Callable[[Board], T],
    *,
    session: str | None = None,
    busy: float | None = BUSY_SECONDS,
) -> T | None:
    """Return what `ask` finds out from the board; None where there is no board, or where it cannot be used.

    A server is not asked on behalf of a `session` that has never worked there.
    """
    try:
        if not _is_there(cwd, environ, session):
            return None
        from ..settings import open_board

        shared = OneOpening.current
        board = (shared and shared.board) or open_board(cwd, environ, busy=busy)
        if shared:
            shared.board = board
        try:
            return ask(board)
        finally:
            if not shared:
                board.close()
    except QuestError:
        return None


def _is_there(cwd: str, environ: Mapping[str, str], session: str | None) -> bool:
    if not environ.get(URL_VARIABLE):
        return os.path.exists(find_board(cwd, environ))
    if session is None:
        return True
    from ..membership import is_noted

    return is_noted(cwd, environ, session)
