"""Which turn a caller holds, and why it may hold none. A stale fence is refused, and the audit log keeps that."""

from __future__ import annotations

from ..errors import RecordedRefusalError, RefusalError
from ..stores.sql import narrowed
from . import identity
from .quests import log

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from ..stores.engine import Transaction


class Caller:
    """What a caller says about itself and the turn that it means. `session` is None for a caller without --as."""

    def __init__(
        self, *, session: str | None, agent: str | None = None, turn: int | None = None, fence: int | None = None
    ) -> None:
        self.session = session
        self.agent = agent
        self.turn = turn
        self.fence = fence

    def narrowed(self) -> tuple[str, list[object]]:
        """Return the condition on a session `s`: without --as it may be any anonymous one, and none that has a name."""
        return narrowed({"s.id": self.session}) if self.session else (" AND s.anonymous = 1", [])


def held(tx: Transaction, quest: int, caller: Caller) -> list[dict[str, Any]]:
    """Return the turns that the caller may answer: leased ones, else those queued again that nobody has taken since.

    Raises RefusalError when its session is known by another name.
    """
    if identity.known(tx, caller.session):
        identity.worker_name(tx, caller.session, caller.agent)
    who, values = caller.narrowed()
    which, more = narrowed({"t.id": caller.turn, "t.assignee": caller.agent})
    rows = tx.all(
        "SELECT t.* FROM turn t JOIN session s ON s.id = t.holder WHERE t.quest = ? AND t.state IN ('leased', 'queued')"
        f"{who}{which} ORDER BY t.id",
        *(quest, *values, *more),
    )
    leased = [row for row in rows if row["state"] == "leased"]
    named = caller.session is not None or caller.turn is not None
    return leased or (rows if named else [])


def only(
    tx: Transaction, quest: int, rows: list[dict[str, Any]], caller: Caller, environ: Mapping[str, str]
) -> dict[str, Any]:
    """Return the one of the held turns that the caller means; refuse several, and a fence that is not its own."""
    if len(rows) > 1:
        listed = ", ".join(f"{turn['id']} ({turn['assignee']})" for turn in rows)
        raise RefusalError(f"several turns are held: {listed}; say which: --turn N{_hint(caller, environ)}")
    turn = rows[0]
    if caller.fence not in {None, turn["fence"]}:
        raise _recorded(tx, quest, caller, turn, _wrong_fence(caller, turn))
    return turn


def refusal(tx: Transaction, quest: int, caller: Caller, environ: Mapping[str, str]) -> RecordedRefusalError:
    """Return why a caller that holds no turn cannot answer the one that it probably means."""
    turn = _meant(tx, quest, caller)
    if caller.turn is not None and turn is None:
        told = f"quest {quest} has no turn {caller.turn}"
    elif turn is None:
        told = f"there is no turn of quest {quest} to answer: take one with acolytes-quest monitor --role worker"
    elif turn["state"] == "done":
        told = f"turn {turn['id']} is answered already and takes no other answer: wait for the next with monitor"
    elif turn["state"] in {"dead", "cancelled"}:
        told = f"turn {turn['id']} is {turn['state']} and takes no answer: wait for the next with monitor"
    elif turn["state"] == "leased":
        told = f"turn {turn['id']} is held by another session: answer your own, or add its --as{_hint(caller, environ)}"
    else:
        told = f"turn {turn['id']} is held by nobody: take it first with acolytes-quest monitor --role worker"
    return _recorded(tx, quest, caller, turn, told)


def _wrong_fence(caller: Caller, turn: dict[str, Any]) -> str:
    # A named session is known to hold the turn still; an anonymous one is known by its fence alone.
    if caller.session is None and caller.fence is not None and caller.fence < turn["fence"]:
        return f"turn {turn['id']} was taken by another worker when its lease ended: drop this work, the other answers"
    return f"--fence {caller.fence} is not the fence of turn {turn['id']}: give the one that monitor printed with it"


def _hint(caller: Caller, environ: Mapping[str, str]) -> str:
    """Return why an identity may be missing, for a caller without one inside the client."""
    if caller.session is None and environ.get("CLAUDECODE") == "1":
        return " (inside Claude Code, but the PreToolUse hook did not add --as: another hook may rewrite commands, too)"
    return ""


def _meant(tx: Transaction, quest: int, caller: Caller) -> dict[str, Any] | None:
    """Return the turn that an answer to nothing was probably meant for: as named, else the caller's latest."""
    if caller.turn is not None:
        return tx.one("SELECT * FROM turn WHERE id = ? AND quest = ?", caller.turn, quest)
    which, values = narrowed({"e.session": caller.session, "t.assignee": caller.agent})
    return tx.one(
        "SELECT t.* FROM turn t JOIN event e ON e.turn = t.id AND e.kind = 'claimed'"
        f" WHERE t.quest = ?{which} ORDER BY e.id DESC LIMIT 1",
        *(quest, *values),
    )


def _recorded(
    tx: Transaction, quest: int, caller: Caller, turn: dict[str, Any] | None, told: str
) -> RecordedRefusalError:
    number, fence = (turn["id"], turn["fence"]) if turn else (None, None)
    actor = identity.known(tx, caller.session) or caller.agent
    log(tx, "refused", quest, turn=number, actor=actor, session=caller.session, fence=fence, detail=told)
    return RecordedRefusalError(told)
