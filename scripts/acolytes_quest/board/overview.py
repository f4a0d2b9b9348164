"""All that a person wants to see of the open quests at one moment: `watch` shows it. Times are Unix seconds."""

from __future__ import annotations

from ..stores.sql import OPEN
from . import activity, decisions, listening, messages, news, quests, reviews
from .rows import Member, Message, Quest

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from ..stores.engine import Heard, Transaction
    from .activity import Activity
    from .rows import PendingReview, Question, Turn

_QUESTS = 50  # the newest of the open ones
_MESSAGES = 60  # the newest of each quest
_TASKS = 40  # the live turns of a quest whose task is read, those at work first


class MemberView:
    """A member: the turns that sessions of it hold, how many wait for it, and its last sign of life.

    `listens` is whether a process waits for its turns of this quest, or for the news of the leader; None where that
    cannot be found out.
    """

    __slots__ = ("held", "last_sign", "listens", "name", "role", "waiting")

    def __init__(self, row: Member, turns: list[Turn], last_sign: float | None, *, listens: bool | None) -> None:
        self.name = row.agent
        self.role = row.role
        self.held = [turn for turn in turns if turn.state == "leased"]
        self.waiting = len(turns) - len(self.held)
        self.last_sign = last_sign
        self.listens = listens


class QuestView:
    """A quest with its members, live turns, what waits for its leader, and its newest messages, oldest first."""

    __slots__ = (
        "activities",
        "counts",
        "members",
        "messages",
        "quest",
        "questions",
        "reviews",
        "tasks",
        "turns",
        "unread",
    )

    def __init__(self, tx: Transaction, quest: Quest, heard: Heard) -> None:
        self.quest = quest
        self.turns: list[Turn] = quests.live_turns(tx, quest.id)
        self.activities: dict[int, Activity] = activity.of_turns(tx, quest.id, self.turns)
        first = sorted(self.turns, key=lambda turn: ("leased", "queued", "blocked").index(turn.state))[:_TASKS]
        self.tasks = {turn.id: messages.assignment(tx, turn.id).text for turn in first}
        self.counts = quests.count_turns(tx, quest.id)
        self.questions: list[Question] = decisions.needed(tx, quest.id)
        self.reviews: list[PendingReview] = reviews.pending(tx, quest.id)
        self.unread = news.count_unread(tx, quest)
        sql = "SELECT * FROM message WHERE quest = ? ORDER BY seq DESC LIMIT ?"
        self.messages: list[Message] = tx.rows(Message, sql, quest.id, _MESSAGES)[::-1]
        self.members = self._members(tx, heard)

    def _members(self, tx: Transaction, heard: Heard) -> list[MemberView]:
        rows = quests.members(tx, self.quest.id)
        signs = activity.of_members(tx, self.quest.id, self.activities)
        members = []
        for row in rows:
            own = [turn for turn in self.turns if turn.assignee == row.agent]
            leads = row.role == "leader"
            ears = listening.for_leader(self.quest) if leads else listening.for_worker(self.quest, self.turns)
            listens = None if self.quest.is_over else heard(row.agent, ears)
            members.append(MemberView(row, own, signs.get(row.agent), listens=listens))
        return members


class Overview:
    """The newest open quests, newest first, or the one that was asked for. `others` is how many are left out."""

    __slots__ = ("at", "others", "quests")

    def __init__(self, tx: Transaction, number: int | None, heard: Heard) -> None:
        self.at = tx.at
        self.others = 0
        if number is not None:
            rows = [quests.find(tx, number)]
        else:
            rows = tx.rows(Quest, f"SELECT * FROM quest WHERE status IN {OPEN} ORDER BY id DESC LIMIT ?", _QUESTS)
            total = tx.column(int, f"SELECT COUNT(*) FROM quest WHERE status IN {OPEN}")[0]
            self.others = total - len(rows)
        self.quests = [QuestView(tx, row, heard) for row in rows]


def mark(tx: Transaction) -> tuple[object, ...]:
    """Return values of which one is another when the overview is another, up to ages. This is cheap."""
    sql = (
        "SELECT (SELECT MAX(id) FROM event), (SELECT MAX(lease_renewed) FROM turn WHERE state = 'leased'),"
        f" COUNT(*), SUM(next_seq), SUM(leader_seen) FROM quest WHERE status IN {OPEN}"
    )
    return tx.tuples(sql)[0]
