"""What hooks ask of the board: fast, and quiet. No board, or one that cannot be read within a second, is no news.

Nothing of the database is imported before a board's file is known to exist, or, for a server's board, that the session
works on it (`membership`). `switch` says what can be off.
"""

from __future__ import annotations

import os

from ..errors import QuestError
from ..location import find_board
from . import switch
from .switch import is_off

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every tool call
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

BUSY_SECONDS = 1.0


def waiting_turn(cwd: str, environ: Mapping[str, str], agent: str) -> tuple[int, int] | None:
    """Return (quest, turn) of the oldest turn that waits for `agent` and that nobody has taken; else None."""
    found: tuple[int, int] | None = _ask(cwd, environ, "turns.waiting", agent)
    return found


def renew(cwd: str, environ: Mapping[str, str], session: str, for_seconds: float = 0.0) -> bool:
    """Renew the lease that `session` holds if that was last done over 60 s ago; return whether it was renewed.

    It is also done when the lease would not last for a call of `for_seconds`, and then lasts a minute longer than that.
    """
    return not is_off(environ, "renew") and bool(_ask(cwd, environ, "turns.renew", session, for_seconds, by=session))


def record_file(cwd: str, environ: Mapping[str, str], session: str, path: str) -> bool:
    """Note that `session` touched a file for the turn that it holds; return whether this is new.

    Only a file of the project counts; it is noted by its name from the project's root.
    """
    if is_off(environ, "files"):
        return False
    return bool(_ask(cwd, environ, "turns.record_file", cwd, environ, session, path, by=session))


def objection_to_edit(cwd: str, environ: Mapping[str, str], session: str, path: str) -> str | None:
    """Return why `session` must not edit this file, with what to do instead; None when it may."""
    if is_off(environ, "reservations") and is_off(environ, "turn-order"):
        return None
    found: str | None = _ask(cwd, environ, "rules.objection_to_edit", cwd, environ, session, path, by=session)
    return found


def objection_to_call(cwd: str, environ: Mapping[str, str], session: str) -> str | None:
    """Return why `session` must not call another agent, with what to do instead; None when it may."""
    if is_off(environ, "direct-calls"):
        return None
    found: str | None = _ask(cwd, environ, "rules.objection_to_call", session, by=session)
    return found


def keep(cwd: str, environ: Mapping[str, str], session: str, limit: int = 5) -> dict[str, int] | None:
    """Count that `session` is kept from stopping with a turn in hand; return {quest, turn, kept}, `kept` the count.

    After `limit` times, or when the rule is off, the turn goes back to the queue, so that another may take it: then
    `kept` is -1. None when it holds no turn.
    """
    limit = 0 if is_off(environ, "keep-working") else limit
    found: dict[str, int] | None = _ask(cwd, environ, "turns.keep", session, limit, by=session)
    return found


def is_idle(cwd: str, environ: Mapping[str, str], session: str) -> bool:
    """Whether `session` holds no turn of the quests that it has entered and that go on, and is to wait for one."""
    return not is_off(environ, "idle-wait") and bool(_ask(cwd, environ, "turns.is_idle", session, by=session))


def wait_for_work(cwd: str, environ: Mapping[str, str], session: str) -> str | None:
    """Wait for work for a worker that `is_idle`; return what to tell it, None when it may end."""
    # Who waits for minutes can wait for a busy board, too.
    found: str | None = _ask(cwd, environ, "wait.wait", cwd, environ, session, by=session, busy=None)
    return found


def how_off(rule: str) -> str:
    """Return what every reason ends with: how the user may switch this rule off."""
    return switch.how_off(rule)


def give_back(cwd: str, environ: Mapping[str, str], client: str) -> int:
    """Give back every turn that an agent of this session of the client holds; return how many."""
    return _ask(cwd, environ, "turns.give_back", client) or 0


def _ask(
    cwd: str,
    environ: Mapping[str, str],
    question: str,
    *words: object,
    by: str | None = None,
    busy: float | None = BUSY_SECONDS,
) -> Any:
    """Return what `module.function` of this package answers about the board; None where there is none to ask.

    A server is not asked on behalf of the session `by` if that has never worked there.
    """
    try:
        if not _is_there(cwd, environ, by):
            return None
        import importlib

        from ..settings import open_board

        module, _, name = question.partition(".")
        ask = getattr(importlib.import_module(f".{module}", __package__), name)
        board = open_board(cwd, environ, busy=busy)
        try:
            return ask(board, *words)
        finally:
            board.close()
    except QuestError:
        return None


def _is_there(cwd: str, environ: Mapping[str, str], session: str | None) -> bool:
    if not environ.get("ACOLYTES_QUEST_URL"):
        return os.path.exists(find_board(cwd, environ))
    if session is None:
        return True
    from .membership import is_noted

    return is_noted(cwd, environ, session)
