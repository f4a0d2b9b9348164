"""The verb review: the leader, or the worker with a review turn, gives the verdict on a turn."""

from __future__ import annotations

from ..board import dependencies, holding, identity, messages, prospects, quests, responses, reviews, turns
from ..board.holding import Caller
from ..board.rows import Turn
from ..call import Reply, VerbCall
from ..errors import RefusalError
from ..leading import act_as_leader
from ..texts import option_text

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from ..board.rows import Quest, ReviewedTurn
    from ..stores.engine import Transaction


class _Verdict:
    """The verdict of a caller: `change` is what to change, None when it accepts; `note` goes with that."""

    def __init__(self, call: VerbCall) -> None:
        options = call.options
        if (options.change is not None) == options.accept:
            raise RefusalError("give the verdict with one of --accept and --change 'WHAT TO CHANGE'")
        if options.msg is not None and options.change is not None:
            raise RefusalError("--msg goes with --accept; with --change, its text is the message")
        self.change = option_text(options.change, "change") if options.change is not None else None
        self.note = option_text(options.msg, "message") if options.msg is not None else None
        self.word = "accepted" if self.change is None else "changed"


def run(call: VerbCall) -> Reply:
    """Accept the answer to a turn, or send the turn back. A retry of the same verdict gives the same reply."""
    verdict = _Verdict(call)
    agent = call.agent
    with call.board.write() as tx:
        quest = quests.find(tx, call.options.quest)
        turn = reviews.find(tx, quest.id, call.options.turn)
        new = _check_earlier_verdict(tx, turn, verdict)
        repeated = turn.verdict == verdict.word
        if not repeated:
            new = _give(tx, quest, turn, verdict, call, agent)
            turns.expire(tx)
            prospects.wake_those_without(tx, quest.id)
        sent_back = reviews.send_backs(tx, new.id if new else turn.id)
        again = reviews.reviewer(tx, new.id) if new else None
    data = {
        "quest": quest.id,
        "turn": turn.id,
        "verdict": verdict.word,
        "new_turn": new.id if new else None,
        "reviewer": again,
        "sent_back": sent_back,
        "repeated": repeated,
    }
    already = "already " if repeated else ""
    if new is None:
        return Reply(data, f"turn {turn.id} is {already}accepted")
    line = f"turn {turn.id} is {already}sent back: turn {new.id} for {new.assignee} does it again"
    line += f", and {again or 'the leader'} reviews that"
    if sent_back < reviews.MANY_SEND_BACKS:
        return Reply(data, line)
    return Reply(data, line, f"this work has been sent back {sent_back} times: if that does not help, ask a person")


def _check_earlier_verdict(tx: Transaction, turn: ReviewedTurn, verdict: _Verdict) -> Turn | None:
    """Return the turn that does the work again if a retry repeats this verdict. Refuse a turn with another verdict."""
    earlier = turn.verdict
    if earlier == "pending":
        return None
    if earlier is None:
        raise RefusalError(f"turn {turn.id} ({turn.state}) has no completed answer to review: wait for its answer")
    if earlier == verdict.word == "accepted":
        return None
    new = tx.row(Turn, "SELECT * FROM turn WHERE about = ? AND kind = 'work'", turn.id)
    if new and earlier == verdict.word:
        assignment = messages.assignment(tx, new.id)
        if assignment.redacted or assignment.text == verdict.change:
            return new
    raise RefusalError(f"turn {turn.id} has its verdict ({earlier}) already: assign a new turn with message")


def _give(
    tx: Transaction, quest: Quest, turn: ReviewedTurn, verdict: _Verdict, call: VerbCall, agent: str | None
) -> Turn | None:
    """Give the verdict; return the turn that does the work again, None for an acceptance."""
    task = _review_turn(tx, quest, turn, call, agent)
    if task is None:
        act_as_leader(tx, quest, call, "reviews")
    else:
        outcome = "accepted" if verdict.change is None else "sent back"
        text = f"Completed: turn {turn.id} is {outcome}. {verdict.change or verdict.note or ''}".rstrip()
        responses.post(tx, quest, task, "completed", text)
        turns.finish(tx, task, completed=True)
    by = task.assignee if task else quest.leader
    reviewer = task.assignee if task else reviews.reviewer(tx, turn.id)
    reviews.decide(tx, turn, verdict.word, by=by, session=task.holder if task else call.session)
    if verdict.change is not None:
        new = _send_back(tx, turn, by, verdict.change)
        if reviewer is not None and reviews.send_backs(tx, new.id) < reviews.MANY_SEND_BACKS:
            _review_again(tx, new, by, reviewer)
        return new
    if verdict.note is not None and task is None:
        messages.append(
            tx, quest.id, kind="note", sender=by, recipient=turn.assignee, session=call.session, text=verdict.note
        )
    dependencies.resolve(tx, turn, completed=True)
    turns.wake_waiting(tx, quest.id)
    return None


def _review_turn(tx: Transaction, quest: Quest, turn: ReviewedTurn, call: VerbCall, agent: str | None) -> Turn | None:
    """Return the review turn that the caller holds; None for the leader. Refuse any other caller."""
    name = agent or identity.member_name(tx, quest, call.session)
    if name in {None, quest.leader}:
        return None
    sql = "SELECT id FROM turn WHERE about = ? AND kind = 'review' AND assignee = ? ORDER BY id DESC"
    callers = [
        Caller(session=call.session, agent=name, turn=task, fence=call.options.fence)
        for task in tx.column(int, sql, turn.id, name)
    ]
    if not callers:
        raise RefusalError(
            f"{name} has no review turn for turn {turn.id}: the leader ({quest.leader}) gives the verdict on it, or"
            f" assigns a review turn by message --reviews {turn.id} --to {name}"
        )
    for caller in callers:
        held = holding.held_turns(tx, quest.id, caller)
        if held:
            return holding.single_turn(tx, quest.id, held, caller, call.environ)
    raise holding.refusal(tx, quest.id, callers[0], call.environ)


def _send_back(tx: Transaction, turn: ReviewedTurn, by: str, change: str) -> Turn:
    """Assign the work again, with a review. The turns that depend on the first turn now depend on the new one."""
    new = turns.assign(tx, turn.quest, turn.assignee, [], about=turn.id, reviewed=True)
    messages.append(tx, turn.quest, kind="assignment", sender=by, recipient=turn.assignee, turn=new.id, text=change)
    dependencies.move(tx, turn.id, [new.id])
    return new


def _review_again(tx: Transaction, new: Turn, by: str, reviewer: str) -> None:
    """Let the worker who reviewed the last version review the next one, too. The leader can still decide first."""
    text = (
        f"Review turn {new.id}, which does the work of turn {new.about} again. Message"
        f" {messages.assignment(tx, new.id).seq} says what had to change, message"
        f" {reviews.assigned_to(tx, new.id)} what to check."
    )
    review = turns.assign(tx, new.quest, reviewer, [new.id], kind="review", about=new.id)
    messages.append(tx, new.quest, kind="assignment", sender=by, recipient=reviewer, turn=review.id, text=text)
