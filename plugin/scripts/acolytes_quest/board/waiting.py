"""The two waits: a worker's for a turn, a leader's for news. Each looks, then sleeps until something may be new."""

from __future__ import annotations

import contextlib
import time

from ..errors import LostError
from . import identity, messages, quests, reviews, turns

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from ..stores.engine import Board, Transaction

# A turn that nobody has taken and nobody listens for is reported to a waiting leader after this long: starting an
# agent, or its thinking between two waits, takes less.
UNATTENDED_SECONDS = 60.0
_LOOK_AGAIN_SECONDS = 15.0
_BOARD_POLL_SECONDS = 0.5
_CONTENDED_SECONDS = 0.05


def for_board(board: Board, deadline: float) -> bool:
    """Wait until there is a board, at most to `deadline` (time.monotonic); return whether there is one. Makes none."""
    while not board.exists():
        remaining = deadline - time.monotonic()
        if remaining <= 0:
            return False
        time.sleep(min(remaining, _BOARD_POLL_SECONDS))
    return True


def despite_breaks(wait: Callable[[float], dict[str, Any]], deadline: float) -> dict[str, Any]:
    """Return what a Worker's or Leader's `wait` finds; wait again when the connection to a server breaks meanwhile."""
    while time.monotonic() < deadline:
        with contextlib.suppress(LostError):
            return wait(deadline)
    return wait(deadline)


class Worker:
    """A worker's wait. `session` is None for a caller without --as; `quest` narrows the wait to one quest."""

    def __init__(self, board: Board, *, agent: str, session: str | None, quest: int | None) -> None:
        self._board = board
        self._agent = agent
        self._session = session
        self._quest = quest
        self._seen_open: set[int] = set()

    def wait(self, deadline: float) -> dict[str, Any]:
        """Return `{"turn": row}`, or `{"ended": row of the quest, "open": [...]}`, or `{"open": [...]}` at `deadline`.

        `open` lists the open quests in which the agent is a worker.
        """
        turn = None
        noted: list[int] | None = None
        with self._board.listen(self._agent) as listener:
            while turn is None:
                with self._board.read() as tx:
                    ended, opened = self._ended(tx)
                    ready = turns.is_claimable(tx, self._agent, self._quest)
                    expiry = turns.next_expiry(tx, agent=self._agent)
                remaining = deadline - time.monotonic()
                # Also at first, for a turn held already, and for each new quest, which a named session joins.
                if opened != noted or ready or (expiry is not None and expiry <= 0):
                    noted = opened
                    turn = self._take()
                    if turn is None and ready:  # another is taking it at this moment
                        if remaining <= 0:
                            return {"open": opened}
                        listener.wait(min(remaining, _CONTENDED_SECONDS))
                elif ended is not None:
                    return {"ended": ended, "open": opened}
                elif remaining <= 0:
                    return {"open": opened}
                else:
                    listener.wait(remaining if expiry is None else min(remaining, expiry))
        return {"turn": turn}

    def _take(self) -> dict[str, Any] | None:
        """Return the turn that this session holds already, its lease renewed, else the next one, claimed for it."""
        holder = self._session or identity.new_anonymous()
        with self._board.claim(holder) as tx:
            turn = self._held(tx)
            expiry = turns.next_expiry(tx)
            if turn is not None or expiry is None or expiry > 0:
                return turn or self._claim(tx, holder)
        with self._board.write() as tx:  # to take back what others hold, one must be alone on the board
            turns.expire(tx)
            return self._held(tx) or self._claim(tx, holder)

    def _held(self, tx: Transaction) -> dict[str, Any] | None:
        if self._session is None:
            return None
        identity.join(tx, self._session, self._agent, self._quest)
        turn = turns.held_by(tx, self._session)
        if turn is not None:
            turns.renew(tx, turn)
        return turn

    def _claim(self, tx: Transaction, holder: str) -> dict[str, Any] | None:
        turn = turns.claim(tx, self._agent, holder, self._quest)
        if turn is not None:
            identity.enter(tx, holder, self._agent, anonymous=self._session is None)
        return turn

    def _ended(self, tx: Transaction) -> tuple[dict[str, Any] | None, list[int]]:
        """Return the quest whose end this worker should hear of, if any, and its open quests.

        That is: the quest it asked for; or one that ended while it waited; or, when all in which this session took part
        are over and none is open, the latest of them. Older quests of the same agent's name are none of its business.
        """
        opened = quests.open_as_worker(tx, self._agent)
        over = self._seen_open.difference(opened)
        self._seen_open.update(opened)
        if self._quest is not None:
            over = {self._quest}.difference(opened)
        elif not over and not opened and self._session:
            over = set(identity.joined(tx, self._session)[-1:])
        return (quests.find(tx, max(over)) if over else None), opened


class Leader:
    """A leader's wait for what is newer than `since`; None stands for what it has not reacted to yet."""

    def __init__(self, board: Board, *, quest: dict[str, Any], since: int | None) -> None:
        self._board = board
        self._quest = quest["id"]
        self._leader = quest["leader"]
        self._since = since

    def wait(self, deadline: float) -> dict[str, Any]:
        """Return `{"news": rows, "quest": row, "live": rows of its live turns, "reviews": rows of `reviews.pending`}`.

        At `deadline` there may be no news.
        """
        with self._board.listen(self._leader) as listener:
            while True:
                with self._board.read() as tx:
                    quest = quests.find(tx, self._quest)
                    news = messages.news_for_leader(tx, self._quest, self._leader, self._since)
                    live = quests.live_turns(tx, self._quest)
                    expiry = turns.next_expiry(tx, quest=self._quest)
                    pending = reviews.pending(tx, self._quest)
                    idle = _unattended(tx, quest, live)
                if expiry is not None and expiry <= 0:
                    self._expire()
                    continue
                remaining = deadline - time.monotonic()
                if news or quests.is_over(quest) or remaining <= 0:
                    return {"news": news, "quest": quest, "live": live, "reviews": pending}
                alone = [turn for turn in idle if listener.is_heard_by(turn["assignee"]) is False]
                if alone:
                    self._report(alone)
                    continue
                pause = min(remaining, _LOOK_AGAIN_SECONDS) if live else remaining
                listener.wait(pause if expiry is None else min(pause, expiry))

    def _expire(self) -> None:
        with self._board.write() as tx:
            turns.expire(tx)

    def _report(self, alone: list[dict[str, Any]]) -> None:
        with self._board.write() as tx:
            for turn in alone:
                if turns.get(tx, turn["id"])["state"] == "queued":
                    name = turn["assignee"]
                    told = f"turn {turn['id']} waits for {name}, and no {name} is listening: start one"
                    messages.tell_leader(tx, self._quest, told, turn=turn["id"], key=_unattended_key(turn))


def _unattended_key(turn: dict[str, Any]) -> str:
    return f"unattended:{turn['id']}:{turn['attempt']}"


def _unattended(tx: Transaction, quest: dict[str, Any], live: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the turns to report: they could be taken, have long not been, and their agent is not at work on another.

    Each is reported once for each time that it was queued.
    """
    if quest["mode"] == "single" and any(turn["state"] == "leased" for turn in live):
        return []
    boot, seconds = tx.now
    return [
        turn
        for turn in live
        if turn["state"] == "queued"
        and (turn["queued_boot"] != boot or seconds - turn["queued_since"] >= UNATTENDED_SECONDS)
        and not tx.all("SELECT 1 FROM turn WHERE state = 'leased' AND assignee = ? LIMIT 1", turn["assignee"])
        and not messages.has_key(tx, quest["id"], _unattended_key(turn))
    ]
