"""Quests and their members: making, finding and ending them."""

from __future__ import annotations

from .. import checks
from ..errors import RefusalError
from ..stores.sql import LIVE, OPEN, OPEN_STATES

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from typing import Any

    from ..stores.engine import Transaction


def create(
    tx: Transaction, *, mission: str, agents: list[str], leader: str, phase: str | None, mode: str, session: str | None
) -> int:
    """Make an open quest and its members; return its number. `session` is the leader's, as far as it is known."""
    if leader in agents:
        raise RefusalError(
            f"{leader} leads the quest and cannot be its worker too: name another by --leader or --agents"
        )
    quest = tx.insert(
        "INSERT INTO quest (mission, phase, mode, leader, leader_session, created_at) VALUES (?, ?, ?, ?, ?, ?)",
        *(mission, phase, mode, leader, session, tx.at),
    )
    for agent in [leader, *agents]:
        role = "leader" if agent == leader else "worker"
        tx.run("INSERT INTO member (quest, agent, role) VALUES (?, ?, ?)", quest, agent, role)
    log(tx, "created", quest, actor=leader, session=session, detail=",".join(agents))
    tx.to_wake.update(agents)
    return quest


def find(tx: Transaction, quest: int) -> dict[str, Any]:
    """Return the quest's row, or refuse the number and say which there are."""
    row = tx.one("SELECT * FROM quest WHERE id = ?", quest)
    if row is None:
        if tx.one("SELECT 1 AS gone FROM purged WHERE quest = ?", quest):
            raise RefusalError(f"quest {quest} was over and has been purged from the board")
        known = tx.all("SELECT id FROM quest ORDER BY id DESC LIMIT 10")
        numbers = ", ".join(str(other["id"]) for other in known)
        raise RefusalError(
            f"there is no quest {quest}; " + (f"the newest: {numbers}" if known else "the board is empty")
        )
    return row


def find_open(tx: Transaction, quest: int) -> dict[str, Any]:
    """Return the row of a quest that is not over."""
    row = find(tx, quest)
    if is_over(row):
        raise RefusalError(f"quest {quest} is {row['status']}: it takes nothing more; create another")
    return row


def is_over(quest: dict[str, Any]) -> bool:
    """Whether the quest has ended; one that is being reviewed has not."""
    return quest["status"] not in OPEN_STATES


def workers(tx: Transaction, quest: int) -> list[str]:
    """Return the names of all members but the leader."""
    rows = tx.all("SELECT agent FROM member WHERE quest = ? AND role = 'worker' ORDER BY agent", quest)
    return [row["agent"] for row in rows]


def open_as_worker(tx: Transaction, agent: str) -> list[int]:
    """Return the open quests in which the agent is a worker, oldest first; how many are over costs nothing."""
    rows = tx.all(
        f"SELECT q.id FROM quest q WHERE q.status IN {OPEN}"
        " AND EXISTS (SELECT 1 FROM member m WHERE m.quest = q.id AND m.agent = ? AND m.role = 'worker') ORDER BY q.id",
        agent,
    )
    return [row["id"] for row in rows]


def check_member(tx: Transaction, quest: int, agent: str) -> None:
    """Refuse an agent that is no member of the quest; say who is."""
    names = [row["agent"] for row in tx.all("SELECT agent FROM member WHERE quest = ? ORDER BY role, agent", quest)]
    if agent not in names:
        raise RefusalError(
            f"{agent} is no member of quest {quest}; its members: {', '.join(names)}{checks.suggestion(agent, names)}"
        )


def finish(tx: Transaction, quest: dict[str, Any], result: str, summary: str) -> None:
    """End the quest and wake every member. Its live turns must be cancelled before, its pending reviews dropped."""
    tx.run(
        "UPDATE quest SET status = ?, summary = ?, finished_at = ? WHERE id = ?", result, summary, tx.at, quest["id"]
    )
    log(tx, result, quest["id"], actor=quest["leader"])
    members = tx.all("SELECT agent FROM member WHERE quest = ?", quest["id"])
    tx.to_wake.update(row["agent"] for row in members)


def live_turns(tx: Transaction, quest: int) -> list[dict[str, Any]]:
    """Return the turns that still wait or run, oldest first."""
    return tx.all(f"SELECT * FROM turn WHERE quest = ? AND state IN {LIVE} ORDER BY id", quest)


def log(
    tx: Transaction,
    kind: str,
    quest: int,
    *,
    turn: int | None = None,
    actor: str | None = None,
    session: str | None = None,
    fence: int | None = None,
    detail: str | None = None,
) -> None:
    """Add an event to the audit log. Replaying a quest's events (`replay`) gives the state of its turns."""
    tx.run(
        "INSERT INTO event (kind, quest, turn, actor, session, fence, detail, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        *(kind, quest, turn, actor, session, fence, detail, tx.at),
    )
