"""The two waits: a worker waits for a turn, a leader for news. Each looks, then sleeps until it may find something."""

from __future__ import annotations

import contextlib
import time

from .. import interrupts
from ..checks import ANYONE
from ..errors import LostError
from ..trees import MAIN, words
from . import decisions, identity, listening, messages, news, prospects, quests, reviews, turns
from .wanted import Wanted

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    from ..stores.engine import Board, Heard, Transaction
    from .rows import Message, PendingReview, Quest, Question, Turn

    T = TypeVar("T")

# A turn that is not taken, and that no agent listens for, is reported to a waiting leader after this time. To start an
# agent, or to think between two waits, takes less.
UNATTENDED_SECONDS = 60.0
_LOOK_AGAIN_SECONDS = 15.0
_OTHER_NAMES_SECONDS = 0.5
_BOARD_POLL_SECONDS = 0.5
_CONTENDED_SECONDS = 0.05


class TurnTaken:
    """How a worker's wait ends: with a turn, which the session now holds, and the message that assigned it.

    `task` is the number of the message with the task, if the work was sent back and the assignment says what to change.
    """

    __slots__ = ("assignment", "task", "turn")

    def __init__(self, tx: Transaction, turn: Turn) -> None:
        self.turn = turn
        self.assignment = messages.assignment(tx, turn.id)  # in one transaction: what cannot be read is not taken
        self.task = messages.first_task(tx, turn.id) if turn.about and turn.kind == "work" else None


class QuestEnded:
    """How a worker's wait ends: with the end of a quest. `open_quests` are those in which it still is a worker."""

    __slots__ = ("open_quests", "quest")

    def __init__(self, quest: Quest, open_quests: list[int]) -> None:
        self.quest = quest
        self.open_quests = open_quests


class NothingYet:
    """How a worker's wait ends: with the deadline, or `in_vain`. `open_quests` are those in which it is a worker."""

    __slots__ = ("in_vain", "open_quests")

    def __init__(self, open_quests: list[int], *, in_vain: bool = False) -> None:
        self.open_quests = open_quests
        self.in_vain = in_vain


class LeaderNews:
    """How a leader's wait ends. There are no messages at the deadline, or when the quest has ended."""

    __slots__ = ("for_a_person", "live_turns", "messages", "quest", "questions", "reviews")

    def __init__(
        self,
        quest: Quest,
        messages: list[Message],
        *,
        live_turns: list[Turn],
        reviews: list[PendingReview],
        questions: list[Question],
        for_a_person: list[int],
    ) -> None:
        self.quest = quest
        self.messages = messages
        self.live_turns = live_turns
        self.reviews = reviews
        self.questions = questions
        self.for_a_person = for_a_person  # the turns in `reviews` that were sent back too often


def for_board(board: Board, deadline: float) -> bool:
    """Wait for a board until `deadline` (time.monotonic); return whether there is one. Creates none."""
    board.end_by(deadline)
    while not board.exists():
        interrupts.check()
        remaining = deadline - time.monotonic()
        if remaining <= 0:
            return False
        time.sleep(min(remaining, _BOARD_POLL_SECONDS))
    return True


def despite_breaks(wait: Callable[[float], T], deadline: float) -> T:
    """Return the result of a Worker's or Leader's `wait`. Wait again when the connection to a server breaks."""
    while time.monotonic() < deadline:
        with contextlib.suppress(LostError):
            return wait(deadline)
    return wait(deadline)


class Worker:
    """A worker's wait. `session` is None for a caller without --as.

    With `may_leave` it ends in vain as soon as no turn may come without another act of the leader.
    """

    def __init__(
        self,
        board: Board,
        *,
        agent: str,
        session: str | None,
        quest: int | None,
        turn: int | None = None,
        tree: str | None = None,
        any_worker: bool = False,
        may_leave: bool = False,
    ) -> None:
        """For the other arguments see `Wanted`. `turn` must be one of `quest`."""
        self._board = board
        self._may_leave = may_leave
        self._agent = agent
        self._session = session
        self._quest = quest
        self._wanted = Wanted(
            agent, quest=quest, turn=turn, tree=tree, any_worker=any_worker or turn is not None, session=session
        )
        self._joins_as = Wanted(agent, quest=quest, tree=tree, any_worker=any_worker)
        self._seen_open: set[int] = set()
        self._joined: tuple[int, ...] | None = None  # the open quests that a named session has joined

    def wait(self, deadline: float) -> TurnTaken | QuestEnded | NothingYet:
        """Wait for a turn, for the end of a quest, or until `deadline` (time.monotonic)."""
        self._board.end_by(deadline)
        with self._board.listen(self._agent, listening.of_worker(self._wanted)) as listener:
            # At first, too, for a turn that is held already, and because a named session joins its quests.
            taken = self._take()
            while taken is None:
                with self._board.read() as tx:
                    ended, open_quests = self._ended(tx)
                    ready = bool(turns.claimable(tx, self._wanted, 1))
                    expiry = turns.next_expiry(tx, agent=None if self._wanted.any_worker else self._agent)
                    is_in_vain = self._may_leave and not ready and not self._may_come(tx, open_quests)
                remaining = deadline - time.monotonic()
                is_new = self._joined not in {None, tuple(open_quests)}
                if is_new or ready or (expiry is not None and expiry <= 0):
                    taken = self._take()
                    if taken is None and remaining <= 0:
                        return QuestEnded(ended, open_quests) if ended and not ready else NothingYet(open_quests)
                    if taken is None and ready:  # another session is taking it at this moment
                        listener.wait(min(remaining, _CONTENDED_SECONDS))
                elif ended is not None:
                    return QuestEnded(ended, open_quests)
                elif is_in_vain:
                    return NothingYet(open_quests, in_vain=True)
                elif remaining <= 0:
                    return NothingYet(open_quests)
                else:
                    # A turn that somebody holds may lose its client, which rings no bell.
                    listener.wait(remaining if expiry is None else min(remaining, expiry, _LOOK_AGAIN_SECONDS))
            return taken

    def _take(self) -> TurnTaken | None:
        """Return the turn that this session holds already, with its lease renewed, else the next one, claimed."""
        holder = self._session or identity.new_anonymous()
        ahead = [*identity.joining(holder, self._joins_as), turns.holding(holder)] if self._session else []
        with self._board.claim(holder, *ahead, *turns.expiring()) as tx:
            held = self._held(tx)
            expiry = turns.next_expiry(tx)
            if held is not None or expiry is None or expiry > 0:
                return held or self._claim(tx, holder)
        with self._board.write() as tx:  # to take back what others hold, it needs the board to itself
            turns.expire(tx)
            return self._held(tx) or self._claim(tx, holder)

    def _held(self, tx: Transaction) -> TurnTaken | None:
        if self._session is None:
            return None
        self._joined = tuple(identity.join(tx, self._session, self._joins_as, self._quest))
        self._seen_open.update(self._joined)
        turn = turns.held_by(tx, self._session)
        if turn is None:
            return None
        turns.renew(tx, turn)
        return TurnTaken(tx, turn)

    def _claim(self, tx: Transaction, holder: str) -> TurnTaken | None:
        turn = turns.claim(tx, self._wanted, holder)
        if turn is None:
            return None
        if self._session is None:
            identity.enter(tx, holder, self._agent, anonymous=True)
        return TurnTaken(tx, turn)

    def _may_come(self, tx: Transaction, open_quests: list[int]) -> bool:
        concerned = open_quests if self._quest is None else [self._quest]
        return any(prospects.may_bring_turns(tx, quest) for quest in concerned)

    def _ended(self, tx: Transaction) -> tuple[Quest | None, list[int]]:
        """Return the quest whose end this worker should hear of, if any, and its open quests.

        That is the quest that it waits for; or one that ended during the wait; or, when this session has no open quest
        left, the last one in which it took part. Older quests of agents with the same name do not concern it.
        """
        open_quests = quests.open_as_worker(tx, self._agent, self._wanted.tree)
        ended = self._seen_open.difference(open_quests)
        self._seen_open.update(open_quests)
        if self._quest is not None:
            ended = {self._quest}.difference(open_quests)
        elif not ended and not open_quests and self._session:
            ended = set(identity.joined(tx, self._session)[-1:])
        return (quests.find(tx, max(ended)) if ended else None), open_quests


class Leader:
    """A leader's wait for messages of its quests after `since`; None stands for those that are new to `reader`.

    `reader` is its session. With several quests, the first one with news ends the wait.
    """

    def __init__(self, board: Board, *, led: list[Quest], reader: str, since: int | None = None) -> None:
        self._board = board
        self._quests = [quest.id for quest in led]
        self._names = sorted({quest.leader for quest in led})
        self._reader = reader
        self._since = since

    def wait(self, deadline: float) -> LeaderNews:
        """Wait for messages, for the end of a quest, or until `deadline` (time.monotonic)."""
        self._board.end_by(deadline)
        with self._board.listen(self._names[0], listening.of_leader(self._quests)) as listener:
            while True:
                remaining = pause = deadline - time.monotonic()
                for number in self._quests:
                    found, expiry, idle = self._look(number)
                    if expiry is not None and expiry <= 0:
                        self._expire()
                        break
                    if found.messages or found.quest.is_over:
                        return found
                    heard = listener.listening() if idle else None
                    without_listener = [turn for turn in idle if heard and not self._may_take(heard, found.quest, turn)]
                    if without_listener and remaining > 0:
                        self._report(found.quest, without_listener)
                        break
                    limits = [pause, expiry, _LOOK_AGAIN_SECONDS if found.live_turns else None]
                    pause = min(limit for limit in limits if limit is not None)
                else:
                    if remaining <= 0:
                        return found
                    # The bell of one name is heard. Two names in one session are rare.
                    listener.wait(pause if len(self._names) == 1 else min(pause, _OTHER_NAMES_SECONDS))

    def _may_take(self, heard: Heard, quest: Quest, turn: Turn) -> bool:
        """Whether a process listens that can take the turn, or this cannot be found out."""
        names = [turn.assignee]
        if turn.assignee == ANYONE:
            with self._board.read() as tx:
                names = quests.workers(tx, turn.quest)
        ears = listening.for_turn(quest, turn)
        return any(heard(name, ears) is not False for name in names)

    def _look(self, number: int) -> tuple[LeaderNews, float | None, list[Turn]]:
        """Return what there is in a quest, when its next lease ends, and its turns that nobody takes."""
        with self._board.read() as tx:
            quest = quests.find(tx, number)
            live = quests.live_turns(tx, number)
            pending = reviews.pending(tx, number)
            found = LeaderNews(
                quest,
                news.unread(tx, quest, self._reader, self._since),
                live_turns=live,
                reviews=pending,
                questions=decisions.needed(tx, number),
                for_a_person=reviews.often_sent_back(tx, pending),
            )
            return found, turns.next_expiry(tx, quest=number), _unattended(tx, quest, live)

    def _expire(self) -> None:
        with self._board.write() as tx:
            turns.expire(tx)

    def _report(self, quest: Quest, unattended: list[Turn]) -> None:
        where = f" in {words(quest.tree)}" if quest.tree not in {None, MAIN} else ""
        with self._board.write() as tx:
            for turn in unattended:
                if turns.get(tx, turn.id).state == "queued":
                    who = f"{turn.assignee}, and no {turn.assignee} is listening{where}"
                    if turn.assignee == ANYONE:
                        who = f"any worker, and none is listening{where} with --any"
                    text = f"turn {turn.id} waits for {who}: start one"
                    messages.notify_leader(tx, quest.id, text, turn=turn.id, key=_unattended_key(turn))


def _unattended_key(turn: Turn) -> str:
    return f"unattended:{turn.id}:{turn.fence}"


def _unattended(tx: Transaction, quest: Quest, live: list[Turn]) -> list[Turn]:
    """Return the turns to report: queued for long, free to be taken, and their agent does not work on another turn.

    A turn is reported once each time that it is queued.
    """
    if quest.mode == "single" and any(turn.state == "leased" for turn in live):
        return []
    boot, seconds = tx.now
    return [
        turn
        for turn in live
        if turn.state == "queued"
        and (turn.queued_boot != boot or seconds - (turn.queued_since or 0.0) >= UNATTENDED_SECONDS)
        and not tx.exists("SELECT 1 FROM turn WHERE state = 'leased' AND assignee = ? LIMIT 1", turn.assignee)
        and not messages.has_key(tx, quest.id, _unattended_key(turn))
    ]
