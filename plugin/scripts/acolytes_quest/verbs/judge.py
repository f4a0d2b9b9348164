"""The verb review: the verdict on a turn that was assigned with --review, by the leader or by the review's worker."""

from __future__ import annotations

from .. import checks
from ..board import answers, dependencies, holding, identity, messages, quests, reviews, turns
from ..board.holding import Caller
from ..call import Call, Reply
from ..errors import RefusalError
from ..texts import given_text

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from typing import Any

    from ..stores.engine import Transaction


class _Verdict:
    """What a caller says about a turn: `change` is what to change, None for an acceptance; `note` goes with that."""

    def __init__(self, call: Call) -> None:
        options = call.options
        if (options.change is not None) == options.accept:
            raise RefusalError("give the verdict by one of --accept and --change 'WHAT TO CHANGE'")
        if options.msg is not None and options.change is not None:
            raise RefusalError("--msg goes with --accept; with --change, its text is the message")
        self.change = given_text(options.change, "change") if options.change is not None else None
        self.note = given_text(options.msg, "message") if options.msg is not None else None
        self.word = "accepted" if self.change is None else "changed"


def review(call: Call) -> Reply:
    """Accept the answer to a turn, or send the turn back. A retry of the same verdict gives the same reply."""
    verdict = _Verdict(call)
    options = call.options
    agent = checks.agent_name(options.agent) if options.agent else None
    with call.board.write() as tx:
        quest = quests.find(tx, options.quest)
        turn = reviews.find(tx, quest["id"], options.turn)
        anew = _given_before(tx, turn, verdict)
        repeated = turn["verdict"] == verdict.word
        if not repeated:
            anew = _give(tx, quest, turn, verdict, call, agent)
            turns.expire(tx)
    data = {
        "quest": quest["id"],
        "turn": turn["id"],
        "verdict": verdict.word,
        "anew": anew["id"] if anew else None,
        "repeated": repeated,
    }
    again = "already " if repeated else ""
    if anew is None:
        return Reply(data, f"turn {turn['id']} is {again}accepted")
    return Reply(data, f"turn {turn['id']} is {again}sent back: turn {anew['id']} for {anew['assignee']} does it again")


def _given_before(tx: Transaction, turn: dict[str, Any], verdict: _Verdict) -> dict[str, Any] | None:
    """Return the turn that does the work again if this verdict has been given before; refuse where none is due."""
    given = turn["verdict"]
    if given == "pending":
        return None
    if given is None:
        raise RefusalError(f"turn {turn['id']} is {turn['state']} and not answered Completed: wait for its answer")
    if given == verdict.word == "accepted":
        return None
    anew = tx.one("SELECT * FROM turn WHERE about = ? AND kind = 'work'", turn["id"])
    if anew and given == verdict.word:
        said = messages.assignment(tx, anew["id"])
        if said["redacted"] or said["text"] == verdict.change:
            return anew
    raise RefusalError(f"the verdict on turn {turn['id']} is given ({given}) and never changes")


def _give(
    tx: Transaction, quest: dict[str, Any], turn: dict[str, Any], verdict: _Verdict, call: Call, agent: str | None
) -> dict[str, Any] | None:
    """Give the verdict; return the turn that does the work again, None for an acceptance."""
    task = _review_turn(tx, quest, turn, call, agent)
    if task is None:
        identity.check_leader(tx, quest, call.session, call.environ, "reviews")
    else:
        words = "accepted" if verdict.change is None else "sent back"
        text = f"Completed: turn {turn['id']} is {words}. {verdict.change or verdict.note or ''}".rstrip()
        answers.post(tx, quest, task, "completed", text)
        turns.finish(tx, task, completed=True)
    by = task["assignee"] if task else quest["leader"]
    reviews.decide(tx, turn, verdict.word, by=by, session=task["holder"] if task else call.session)
    if verdict.change is not None:
        return _send_back(tx, turn, by, verdict.change)
    if verdict.note is not None and task is None:
        messages.append(
            tx, quest["id"], kind="note", sender=by, recipient=turn["assignee"], session=call.session, text=verdict.note
        )
    dependencies.settle(tx, turn, completed=True)
    turns.wake_waiting(tx, quest["id"])
    return None


def _review_turn(
    tx: Transaction, quest: dict[str, Any], turn: dict[str, Any], call: Call, agent: str | None
) -> dict[str, Any] | None:
    """Return the review's turn that the caller holds; None for whoever speaks as the leader. Refuse anybody else."""
    name = agent or identity.member_name(tx, quest, call.session)
    if name in {None, quest["leader"]}:
        return None
    sql = "SELECT id FROM turn WHERE about = ? AND kind = 'review' AND assignee = ? ORDER BY id DESC"
    callers = [
        Caller(session=call.session, agent=name, turn=row["id"], fence=call.options.fence)
        for row in tx.all(sql, turn["id"], name)
    ]
    if not callers:
        raise RefusalError(f"{name} has no review of turn {turn['id']}: its verdict is the leader's {quest['leader']}")
    for caller in callers:
        held = holding.held(tx, quest["id"], caller)
        if held:
            return holding.only(tx, quest["id"], held, caller, call.environ)
    raise holding.refusal(tx, quest["id"], callers[0], call.environ)


def _send_back(tx: Transaction, turn: dict[str, Any], by: str, change: str) -> dict[str, Any]:
    """Assign the work again, to be reviewed like the first time; what waited for the first turn waits for the new."""
    anew = turns.assign(tx, turn["quest"], turn["assignee"], [], about=turn["id"], reviewed=True)
    messages.append(
        tx,
        turn["quest"],
        kind="assignment",
        sender=by,
        recipient=turn["assignee"],
        turn=anew["id"],
        text=change,
    )
    dependencies.move(tx, turn["id"], anew["id"])
    return anew
