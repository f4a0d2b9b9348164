"""Answers: at most one a turn, from its last holder under its present fence; a retry gets the first result again."""

from __future__ import annotations

from ..errors import RefusalError
from ..stores.sql import narrowed
from . import dependencies, holding, messages, turns
from .holding import Caller

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from ..stores.engine import Transaction


class Answer(Caller):
    """What a caller says, and what it says about itself."""

    def __init__(
        self,
        text: str,
        *,
        files: list[str],
        session: str | None,
        agent: str | None = None,
        turn: int | None = None,
        fence: int | None = None,
    ) -> None:
        super().__init__(session=session, agent=agent, turn=turn, fence=fence)
        self.text = text
        self.files = files
        self.stated_kind = messages.stated_kind(text)


def give(tx: Transaction, quest: dict[str, Any], answer: Answer, environ: Mapping[str, str]) -> dict[str, Any]:
    """Answer the turn that the caller holds in this quest; return its message's row.

    A lease that has run out does no harm as long as nobody else has taken the turn. A text that does not state its kind
    counts as completed, but no other turn ever starts on it. Raises RefusalError when it is not clear which turn is
    meant or how it ended, and RecordedRefusalError when the caller has none to answer.
    """
    held = holding.held(tx, quest["id"], answer)
    if not held:
        earlier = _same_answer(tx, quest["id"], answer)
        if earlier is not None:
            return {**earlier, "repeated": True}
        raise holding.refusal(tx, quest["id"], answer, environ)
    turn = holding.only(tx, quest["id"], held, answer, environ)
    if answer.stated_kind is None:
        _check_nobody_waits(tx, turn)
    kind = answer.stated_kind or "completed"
    seq = post(tx, quest, turn, kind, answer.text)
    for path in answer.files:
        turns.touch(tx, turn, path)
    turns.finish(tx, turn, completed=kind == "completed")
    return {"seq": seq, "turn": turn["id"], "sender": turn["assignee"], "kind": kind, "repeated": False}


def post(tx: Transaction, quest: dict[str, Any], turn: dict[str, Any], kind: str, text: str) -> int:
    """Post a turn's answer to the leader; return its place in the sequence."""
    return messages.append(
        tx,
        quest["id"],
        kind=kind,
        sender=turn["assignee"],
        recipient=quest["leader"],
        turn=turn["id"],
        session=turn["holder"],
        text=text,
    )


def _same_answer(tx: Transaction, quest: int, answer: Answer) -> dict[str, Any] | None:
    who, values = answer.narrowed()
    which, more = narrowed({"m.turn": answer.turn, "m.sender": answer.agent})
    return tx.one(
        "SELECT m.seq, m.turn, m.sender, m.kind FROM message m JOIN session s ON s.id = m.session"
        f" WHERE m.quest = ? AND m.kind IN {messages.ANSWERS} AND m.text = ?{who}{which} ORDER BY m.seq DESC LIMIT 1",
        *(quest, answer.text, *values, *more),
    )


def _check_nobody_waits(tx: Transaction, turn: dict[str, Any]) -> None:
    waiting = ", ".join(str(other["id"]) for other in dependencies.waiting_for(tx, turn["id"]))
    if waiting:
        raise RefusalError(
            f"turn {waiting} comes after turn {turn['id']}, so this answer must say how that ended:"
            f" begin it with {messages.OPENINGS}"
        )
