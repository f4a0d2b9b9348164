"""Which turn a caller holds, and why it may hold none. A stale fence is refused, and the audit log records that."""

from __future__ import annotations

from ..errors import RecordedRefusalError, RefusalError
from ..stores.sql import and_equal
from . import identity
from .quests import log
from .rows import Turn

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..stores.engine import Query, Transaction


class Caller:
    """Who calls, and which turn it means. `session` is None for a caller without --as."""

    def __init__(
        self, *, session: str | None, agent: str | None = None, turn: int | None = None, fence: int | None = None
    ) -> None:
        self.session = session
        self.agent = agent
        self.turn = turn
        self.fence = fence

    def session_condition(self) -> tuple[str, list[object]]:
        """Return a condition on a session `s`, and its values. Without --as it matches any anonymous session."""
        return and_equal({"s.id": self.session}) if self.session else (" AND s.anonymous = 1", [])


def finding(quest: int, caller: Caller) -> list[Query]:
    """Return the queries of `held_turns`."""
    of_session, session = caller.session_condition()
    of_turn, values = and_equal({"t.id": caller.turn, "t.assignee": caller.agent})
    sql = (
        "SELECT t.* FROM turn t JOIN session s ON s.id = t.holder WHERE t.quest = ? AND t.state IN ('leased', 'queued')"
        f"{of_session}{of_turn} ORDER BY t.id"
    )
    return [(sql, (quest, *session, *values)), *identity.naming(caller.session)]


def held_turns(tx: Transaction, quest: int, caller: Caller) -> list[Turn]:
    """Return the turns that the caller may answer.

    These are the turns that it has leased; if there are none, those queued again that no session has taken since.

    Raises:
        RefusalError: The session works under another name.
    """
    if identity.agent_of(tx, caller.session):
        identity.worker_name(tx, caller.session, caller.agent)
    sql, values = finding(quest, caller)[0]
    rows = tx.rows(Turn, sql, *values)
    leased = [row for row in rows if row.state == "leased"]
    is_identified = caller.session is not None or caller.turn is not None
    return leased or (rows if is_identified else [])


def single_turn(tx: Transaction, quest: int, held: list[Turn], caller: Caller, environ: Mapping[str, str]) -> Turn:
    """Return the one held turn. Refuse several turns, and a fence that is not the turn's."""
    if len(held) > 1:
        listed = ", ".join(f"{turn.id} ({turn.assignee})" for turn in held)
        raise RefusalError(f"several turns are held: {listed}; say which: --turn N{_hint(caller, environ)}")
    turn = held[0]
    if caller.fence not in {None, turn.fence}:
        raise _recorded(tx, quest, caller, turn, _wrong_fence(caller, turn))
    return turn


def refusal(tx: Transaction, quest: int, caller: Caller, environ: Mapping[str, str]) -> RecordedRefusalError:
    """Return why a caller that holds no turn cannot answer the turn that it probably means."""
    turn = _probable_turn(tx, quest, caller)
    take = f"take one with acolytes-quest monitor --role worker --agent {caller.agent or 'NAME'} --quest {quest}"
    if caller.turn is not None and turn is None:
        reason = f"quest {quest} has no turn {caller.turn}; see acolytes-quest status --quest {quest}"
    elif turn is None:
        reason = f"you hold no turn of quest {quest}: {take}"
    elif turn.state == "done":
        reason = f"turn {turn.id} is answered already and takes no other answer: wait for the next turn with monitor"
    elif turn.state in {"dead", "cancelled"}:
        reason = f"turn {turn.id} is {turn.state} and takes no answer: wait for the next turn with monitor"
    elif turn.state == "leased":
        hint = _hint(caller, environ)
        reason = f"turn {turn.id} is held by another session: answer your own, or add the --as of that session{hint}"
    else:
        reason = f"turn {turn.id} is not held by any session: {take}"
    return _recorded(tx, quest, caller, turn, reason)


def _wrong_fence(caller: Caller, turn: Turn) -> str:
    # A named session is sure to hold the turn; an anonymous one is recognised by its fence only.
    if caller.session is None and caller.fence is not None and caller.fence < turn.fence:
        return f"turn {turn.id} was taken by another worker when its lease ended: drop your work, the other one answers"
    return f"--fence {caller.fence} is not the fence of turn {turn.id}: use the one that monitor printed with that turn"


def _hint(caller: Caller, environ: Mapping[str, str]) -> str:
    """Return why the session may be missing, for a caller without one inside the client."""
    if caller.session is None and environ.get("CLAUDECODE") == "1":
        return " (inside Claude Code, but the PreToolUse hook did not add --as: another hook may rewrite commands, too)"
    return ""


def _probable_turn(tx: Transaction, quest: int, caller: Caller) -> Turn | None:
    """Return the turn that the caller names, else the last one that it took."""
    if caller.turn is not None:
        return tx.row(Turn, "SELECT * FROM turn WHERE id = ? AND quest = ?", caller.turn, quest)
    condition, values = and_equal({"e.session": caller.session, "t.assignee": caller.agent})
    return tx.row(
        Turn,
        "SELECT t.* FROM turn t JOIN event e ON e.turn = t.id AND e.kind = 'claimed'"
        f" WHERE t.quest = ?{condition} ORDER BY e.id DESC LIMIT 1",
        *(quest, *values),
    )


def _recorded(tx: Transaction, quest: int, caller: Caller, turn: Turn | None, reason: str) -> RecordedRefusalError:
    number, fence = (turn.id, turn.fence) if turn else (None, None)
    actor = identity.agent_of(tx, caller.session) or caller.agent
    log(tx, "refused", quest, turn=number, actor=actor, session=caller.session, fence=fence, detail=reason)
    return RecordedRefusalError(reason)
