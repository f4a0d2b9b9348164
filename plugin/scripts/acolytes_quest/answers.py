"""Answers: at most one a turn, from its last holder under its present fence; a retry gets the first result again."""

from __future__ import annotations

from . import identity, messages, turns
from .errors import RecordedRefusalError, RefusalError
from .quests import log

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from .engine import Transaction


class Answer:
    """What a caller says, and what it says about itself. `session` is None for a caller without --as."""

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
        self.text = text
        self.files = files
        self.session = session
        self.agent = agent
        self.turn = turn
        self.fence = fence
        self.stated_kind = messages.stated_kind(text)


def give(tx: Transaction, quest: dict[str, Any], answer: Answer, environ: Mapping[str, str]) -> dict[str, Any]:
    """Answer the turn that the caller holds in this quest; return its message's row.

    A lease that has run out does no harm as long as nobody else has taken the turn. A text that does not state its kind
    counts as completed, but no other turn ever starts on it. Raises RefusalError when it is not clear which turn is
    meant or how it ended, and RecordedRefusalError when the caller has none to answer.
    """
    if identity.known(tx, answer.session):
        identity.worker_name(tx, answer.session, answer.agent)  # refuses to be called by another's name
    held = _held(tx, quest["id"], answer)
    if len(held) > 1:
        listed = ", ".join(f"{turn['id']} ({turn['assignee']})" for turn in held)
        raise RefusalError(f"several turns are held: {listed}; say which: --turn N{_hint(answer, environ)}")
    if not held:
        earlier = _same_answer(tx, quest["id"], answer)
        if earlier is not None:
            return {**earlier, "repeated": True}
        raise _refused(tx, quest, answer, environ)
    turn = held[0]
    if answer.fence not in {None, turn["fence"]}:
        raise _recorded(tx, quest["id"], answer, turn, _wrong_fence(answer, turn))
    if answer.stated_kind is None:
        _check_nobody_waits(tx, turn)
    kind = answer.stated_kind or "completed"
    seq = messages.append(
        tx,
        quest["id"],
        kind=kind,
        sender=turn["assignee"],
        recipient=quest["leader"],
        turn=turn["id"],
        session=turn["holder"],
        text=answer.text,
    )
    for path in answer.files:
        tx.run("INSERT INTO turn_file (turn, path) VALUES (?, ?)", turn["id"], path)
    turns.finish(tx, turn, completed=kind == "completed")
    return {"seq": seq, "turn": turn["id"], "sender": turn["assignee"], "kind": kind, "repeated": False}


def _held(tx: Transaction, quest: int, answer: Answer) -> list[dict[str, Any]]:
    """Return the turns that the caller may answer: leased ones, else those queued again that nobody has taken since."""
    rows = tx.all(
        "SELECT t.* FROM turn t JOIN session s ON s.id = t.holder WHERE t.quest = ? AND t.state IN ('leased', 'queued')"
        f" AND {_CALLER} AND (? IS NULL OR t.id = ?) AND (? IS NULL OR t.assignee = ?) ORDER BY t.id",
        *(quest, answer.session, answer.session, answer.turn, answer.turn, answer.agent, answer.agent),
    )
    leased = [row for row in rows if row["state"] == "leased"]
    named = answer.session is not None or answer.turn is not None
    return leased or (rows if named else [])


def _same_answer(tx: Transaction, quest: int, answer: Answer) -> dict[str, Any] | None:
    return tx.one(
        "SELECT m.seq, m.turn, m.sender, m.kind FROM message m JOIN session s ON s.id = m.session"
        f" WHERE m.quest = ? AND m.kind IN {messages.ANSWERS} AND m.text = ? AND {_CALLER}"
        " AND (? IS NULL OR m.turn = ?) AND (? IS NULL OR m.sender = ?) ORDER BY m.seq DESC LIMIT 1",
        *(quest, answer.text, answer.session, answer.session),
        *(answer.turn, answer.turn, answer.agent, answer.agent),
    )


def _check_nobody_waits(tx: Transaction, turn: dict[str, Any]) -> None:
    waiting = ", ".join(str(other["id"]) for other in turns.waiting_for(tx, turn["id"]))
    if waiting:
        raise RefusalError(
            f"turn {waiting} comes after turn {turn['id']}, so this answer must say how that ended:"
            f" begin it with {messages.OPENINGS}"
        )


def _wrong_fence(answer: Answer, turn: dict[str, Any]) -> str:
    # A named session is known to hold the turn still; an anonymous one is known by its fence alone.
    if answer.session is None and answer.fence is not None and answer.fence < turn["fence"]:
        return f"turn {turn['id']} was taken by another worker when its lease ended: drop this work, the other answers"
    return f"--fence {answer.fence} is not the fence of turn {turn['id']}: give the one that monitor printed with it"


# A caller without --as may be any anonymous session, and none that has a name.
_CALLER = "((? IS NULL AND s.anonymous = 1) OR s.id = ?)"


def _refused(
    tx: Transaction, quest: dict[str, Any], answer: Answer, environ: Mapping[str, str]
) -> RecordedRefusalError:
    turn = _meant(tx, quest["id"], answer)
    if answer.turn is not None and turn is None:
        told = f"quest {quest['id']} has no turn {answer.turn}"
    elif turn is None:
        told = f"there is no turn of quest {quest['id']} to answer: take one with acolytes-quest monitor --role worker"
    elif turn["state"] == "done":
        told = f"turn {turn['id']} is answered already and takes no other answer: wait for the next with monitor"
    elif turn["state"] in {"dead", "cancelled"}:
        told = f"turn {turn['id']} is {turn['state']} and takes no answer: wait for the next with monitor"
    elif turn["state"] == "leased":
        told = f"turn {turn['id']} is held by another session: answer your own, or add its --as{_hint(answer, environ)}"
    else:
        told = f"turn {turn['id']} is held by nobody: take it first with acolytes-quest monitor --role worker"
    return _recorded(tx, quest["id"], answer, turn, told)


def _hint(answer: Answer, environ: Mapping[str, str]) -> str:
    """Return why an identity may be missing, for a caller without one inside the client."""
    if answer.session is None and environ.get("CLAUDECODE") == "1":
        return " (inside Claude Code, but the PreToolUse hook did not add --as: another hook may rewrite commands, too)"
    return ""


def _meant(tx: Transaction, quest: int, answer: Answer) -> dict[str, Any] | None:
    """Return the turn that an answer to nothing was probably meant for: as named, else the caller's latest."""
    if answer.turn is not None:
        return tx.one("SELECT * FROM turn WHERE id = ? AND quest = ?", answer.turn, quest)
    return tx.one(
        "SELECT t.* FROM turn t JOIN event e ON e.turn = t.id AND e.kind = 'claimed' WHERE t.quest = ?"
        " AND (? IS NULL OR e.session = ?) AND (? IS NULL OR t.assignee = ?) ORDER BY e.id DESC LIMIT 1",
        *(quest, answer.session, answer.session, answer.agent, answer.agent),
    )


def _recorded(
    tx: Transaction, quest: int, answer: Answer, turn: dict[str, Any] | None, told: str
) -> RecordedRefusalError:
    number, fence = (turn["id"], turn["fence"]) if turn else (None, None)
    actor = identity.known(tx, answer.session) or answer.agent
    log(tx, "refused", quest, turn=number, actor=actor, session=answer.session, fence=fence, detail=told)
    return RecordedRefusalError(told)
