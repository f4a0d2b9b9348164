"""The verb message: the leader assigns turns, and a worker writes to the leader."""

from __future__ import annotations

from .. import checks
from ..board import decisions, dependencies, identity, messages, news, quests, reviews, turns
from ..call import Reply, VerbCall
from ..describe import message_data
from ..errors import RefusalError
from ..framing import counted, numbered
from ..leading import act_as_leader
from ..texts import message_text

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from ..board.rows import Message, Quest, Question
    from ..stores.engine import Query, Transaction


class _Draft:
    """A message before it is sent to each recipient."""

    def __init__(self, call: VerbCall) -> None:
        options = call.options
        self.sender = checks.agent_name(options.sender) if options.sender else None
        self.key = checks.text(options.key, "key") if options.key else None
        self.text = message_text(options.msg, options.msg_file)
        self.session = call.session
        self.after: list[int] = list(options.after)
        self.reviewed: bool = options.reviewed
        self.reviews: int | None = options.reviews
        self.answers: int | None = options.answers


def run(call: VerbCall) -> Reply:
    """Post a message: from the leader, one turn for each worker named; from a worker, a note to the leader."""
    to = call.options.to
    named = _named(to)
    draft = _Draft(call)
    reader = news.reader(call.session, call.environ)
    with call.board.write(*_ahead(call.options.quest, named, call.session, reader)) as tx:
        quest = quests.find_open(tx, call.options.quest)
        turns.expire(tx)
        if named == [checks.ANYONE]:
            quests.admit_anyone(tx, quest.id)
        recipients = named or quests.workers(tx, quest.id)
        for recipient in recipients:
            quests.check_member(tx, quest.id, recipient)
        sender = identity.sender(tx, quest, call.session, draft.sender, recipients)
        _check_direction(quest, sender, recipients)
        leads = sender == quest.leader
        if leads:
            act_as_leader(tx, quest, call, "assigns work in")
        sent = messages.sent_before(tx, quest.id, sender, recipients, draft.key, draft.text) if draft.key else []
        states = {row.turn: turns.get(tx, row.turn).state for row in sent if row.turn}
        unread = news.count_new(tx, quest.id, reader) if leads else 0
        waiting = [decisions.read_from(tx, quest, to) for to in recipients] if leads else []
        answered = _answered(tx, quest, waiting, draft) if leads and not sent else []
        if not sent:
            post = _assign if leads else _note
            sent = [post(tx, quest, sender, to, draft, states) for to in recipients]
            for row in answered:
                decisions.decide(tx, row, "replied", session=call.session)
        lost = {row.turn: [gone.id for gone in dependencies.cancelled_with(tx, row.turn)] for row in answered}
        undecided = [row for rows in waiting for row in rows if row.turn not in {other.turn for other in answered}]
    role = "leader" if leads else "worker"
    following = call.command("monitor", "--role", role, "--agent", sender, "--quest", quest.id)
    assigned = [{"turn": row.turn, "agent": row.recipient, "state": states[row.turn]} for row in sent if row.turn]
    return Reply(
        {
            "quest": quest.id,
            "from": sender,
            "messages": [message_data(row) for row in sent],
            "turns": assigned,
            "replied": [row.turn for row in answered],
            "lost": sorted({turn for turns_lost in lost.values() for turn in turns_lost}),
            "undecided": [row.turn for row in undecided],
            "unread": unread,
            "next": following,
        },
        *(_line(row, states) for row in sent),
        *(f"this is the reply to turn {row.turn} ({row.kind}){_lost(lost[row.turn])}" for row in answered),
        *(f"turn {row.turn} ({row.kind}) still waits for your reply: --answers {row.turn}" for row in undecided),
        f"next: {following}" + (f" ({counted(unread, 'message')} to read)" if unread else ""),
    )


def _lost(numbers: list[int]) -> str:
    """Return which turns were cancelled when the answer was a question: the reply does not bring them back."""
    if not numbers:
        return ""
    verb = "was" if len(numbers) == 1 else "were"
    return f"; {numbered('turn', numbers)} {verb} cancelled with that: assign the work again, after the new turn"


def _named(to: str) -> list[str]:
    """Return the recipients; none for all workers."""
    if to == checks.EVERYONE:
        return []
    return [checks.ANYONE] if to == checks.ANYONE else checks.agent_names(to)


def _ahead(quest: int, named: list[str], session: str | None, reader: str) -> list[Query]:
    """Return the queries that are needed in any case."""
    return [
        quests.finding(quest),
        *turns.leased(),
        quests.names(quest),
        *identity.naming(session),
        quests.handing_over(quest, reader),
        news.showing(quest, reader),
        news.counting(quest, reader),
        *(decisions.reading_from(quest, to) for to in named),
    ]


def _answered(tx: Transaction, quest: Quest, waiting: list[list[Question]], draft: _Draft) -> list[Question]:
    """Return the answers to which this is the reply: the one of --answers, else the only one of each recipient.

    Those of each recipient that are `waiting` for one have been read.
    """
    if draft.answers is not None:
        return [decisions.question(tx, quest.id, draft.answers)]
    if draft.reviews is not None:
        return []
    return [rows[0] for rows in waiting if len(rows) == 1]


def _line(row: Message, states: dict[int, str]) -> str:
    if row.turn:
        return f"turn {row.turn} for {row.recipient} is {states[row.turn]} (message {row.seq})"
    return f"{row.recipient} has message {row.seq}"


def _assign(tx: Transaction, quest: Quest, sender: str, to: str, draft: _Draft, states: dict[int, str]) -> Message:
    if draft.reviews is None:
        turn = turns.assign(tx, quest.id, to, draft.after, reviewed=draft.reviewed)
    else:
        if to == checks.ANYONE:
            raise RefusalError("--to any cannot review: the author could take the turn; name the reviewer by --to")
        reviews.check_reviewable(tx, quest.id, draft.reviews)
        after = list(dict.fromkeys([draft.reviews, *draft.after]))
        turn = turns.assign(tx, quest.id, to, after, kind="review", about=draft.reviews)
    states[turn.id] = turn.state
    return messages.append(
        tx,
        quest.id,
        kind="assignment",
        sender=sender,
        recipient=to,
        turn=turn.id,
        key=draft.key,
        text=draft.text,
    )


def _note(tx: Transaction, quest: Quest, sender: str, to: str, draft: _Draft, _states: dict[int, str]) -> Message:
    if draft.after or draft.reviewed or draft.reviews or draft.answers:
        raise RefusalError(
            "--after, --review, --reviews and --answers are for turns, and a message to the leader is not a turn:"
            " leave them out"
        )
    return messages.append(
        tx, quest.id, kind="note", sender=sender, recipient=to, session=draft.session, key=draft.key, text=draft.text
    )


def _check_direction(quest: Quest, sender: str, recipients: list[str]) -> None:
    leader = quest.leader
    if sender == leader:
        if leader in recipients:
            raise RefusalError(f"{leader} leads the quest and cannot write to itself: name workers by --to")
    elif recipients != [leader]:
        raise RefusalError(f"only the leader assigns work: {sender} can write to {leader} only")
