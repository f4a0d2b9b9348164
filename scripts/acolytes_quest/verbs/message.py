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
        waiting = {to: decisions.read_from(tx, quest, to) for to in recipients} if leads else {}
        answered = _answered(tx, quest, waiting, draft) if leads and not sent else {}
        moved: dict[int, list[int]] = {}
        if not sent and leads:
            sent = [_assign(tx, quest, sender, to, draft, states, answered.get(to)) for to in recipients]
            for question in {row.turn: row for row in answered.values()}.values():
                new = [row.turn for row in sent if row.turn and answered.get(row.recipient or "") is question]
                moved[question.turn] = decisions.reply(tx, question, new, session=call.session)
        elif not sent:
            sent = [_note(tx, quest, sender, to, draft) for to in recipients]
        replied = list({row.turn: row for row in answered.values()}.values())
        undecided = [row for rows in waiting.values() for row in rows if row.turn not in moved]
    role = "leader" if leads else "worker"
    following = call.command("monitor", "--role", role, "--agent", sender, "--quest", quest.id)
    assigned = [{"turn": row.turn, "agent": row.recipient, "state": states[row.turn]} for row in sent if row.turn]
    return Reply(
        {
            "quest": quest.id,
            "from": sender,
            "messages": [message_data(row) for row in sent],
            "turns": assigned,
            "replied": [row.turn for row in replied],
            "moved": sorted({turn for turns_moved in moved.values() for turn in turns_moved}),
            "undecided": [row.turn for row in undecided],
            "unread": unread,
            "next": following,
        },
        *(_line(row, states) for row in sent),
        *(f"this is the reply to turn {row.turn} ({row.kind}){_moved(moved[row.turn])}" for row in replied),
        *(f"turn {row.turn} ({row.kind}) still waits for your reply: --answers {row.turn}" for row in undecided),
        f"next: {following}" + (f" ({counted(unread, 'message')} to read)" if unread else ""),
    )


def _moved(numbers: list[int]) -> str:
    """Return which turns depended on the question, and now depend on the reply."""
    if not numbers:
        return ""
    verb = "depends" if len(numbers) == 1 else "depend"
    return f"; {numbered('turn', numbers)} {verb} on it now"


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


def _answered(tx: Transaction, quest: Quest, waiting: dict[str, list[Question]], draft: _Draft) -> dict[str, Question]:
    """Return the question to which this is the reply, by recipient: that of --answers, else its only one.

    Those of each recipient that are `waiting` for one have been read. A turn that depends on a question cannot be the
    reply to it.
    """
    if draft.answers is not None:
        row = decisions.question(tx, quest.id, draft.answers)
        if depending := _depending(tx, row, draft):
            raise RefusalError(
                f"--after {depending[0]}: that turn waits for this reply to turn {row.turn}; leave --after or --answers"
                " out"
            )
        return dict.fromkeys(waiting, row)
    if draft.reviews is not None:
        return {}
    single = {to: rows[0] for to, rows in waiting.items() if len(rows) == 1}
    return {to: row for to, row in single.items() if not _depending(tx, row, draft)}


def _depending(tx: Transaction, row: Question, draft: _Draft) -> list[int]:
    """Return the turns of --after that depend on a question, or are the question itself."""
    if not draft.after:
        return []
    blocked = dependencies.all_blocked_by(tx, row.turn)
    return [turn for turn in draft.after if turn == row.turn or turn in blocked]


def _line(row: Message, states: dict[int, str]) -> str:
    if row.turn:
        return f"turn {row.turn} for {row.recipient} is {states[row.turn]} (message {row.seq})"
    return f"{row.recipient} has message {row.seq}"


def _assign(
    tx: Transaction,
    quest: Quest,
    sender: str,
    to: str,
    draft: _Draft,
    states: dict[int, str],
    question: Question | None,
) -> Message:
    """Assign a turn, which is the reply to `question` if there is one: it does the work of that turn again."""
    about = draft.reviews
    if about is None and question is not None and question.of_kind == "review":
        about = question.about if reviews.is_pending(tx, question.about) else None
    if about is None:
        reviewed = draft.reviewed or (question is not None and bool(question.reviewed))
        of = question.turn if question is not None else None
        turn = turns.assign(tx, quest.id, to, draft.after, about=of, reviewed=reviewed)
    else:
        if to == checks.ANYONE:
            raise RefusalError("--to any cannot review: the author could take the turn; name the reviewer by --to")
        reviews.check_reviewable(tx, quest.id, about)
        after = list(dict.fromkeys([about, *draft.after]))
        turn = turns.assign(tx, quest.id, to, after, kind="review", about=about)
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


def _note(tx: Transaction, quest: Quest, sender: str, to: str, draft: _Draft) -> Message:
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
