"""Who calls. A session is one running agent: named by `--as ID`, which a hook appends, or anonymous, made for a claim.

Two agents of one name are two sessions. Only what a session did on the board counts, never what its text says.
"""

from __future__ import annotations

import os

from . import checks, quests
from .errors import RefusalError

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from .engine import Transaction


def known(tx: Transaction, session: str | None) -> str | None:
    """Return the agent's name of a session that has worked on this board."""
    row = tx.one("SELECT agent FROM session WHERE id = ?", session) if session else None
    return row["agent"] if row else None


def worker_name(tx: Transaction, session: str | None, given: str | None) -> str:
    """Return whose work a session does: as it did before, else as it says by --agent."""
    before = known(tx, session)
    if before and given and before != given:
        raise RefusalError(f"this session works as {before}, not as {given}: leave --agent out, or start another agent")
    name = before or given
    if name is None:
        raise RefusalError("say whose work it is: --agent NAME")
    return name


def member_name(tx: Transaction, quest: dict[str, Any], session: str | None) -> str | None:
    """Return the member as which a session is known in this quest; None for a session not seen in it."""
    if session and session == quest["leader_session"]:
        return str(quest["leader"])
    agent = known(tx, session)
    seat = tx.one("SELECT agent FROM member WHERE quest = ? AND agent = ?", quest["id"], agent)
    return agent if seat else None


def sender(tx: Transaction, quest: dict[str, Any], session: str | None, given: str | None, to: list[str]) -> str:
    """Return who sends a message: the session's own member, else --from, else the leader if it goes to workers."""
    own = member_name(tx, quest, session)
    if own and given and own != given:
        raise RefusalError(f"this session is {own} and cannot write as {given}: leave --from out")
    if own is None and given is None and quest["leader"] in to:
        raise RefusalError(f"say who writes to the leader {quest['leader']}: --from NAME")
    name = own or given or str(quest["leader"])
    quests.check_member(tx, quest["id"], name)
    return name


def enter(tx: Transaction, session: str, agent: str, *, anonymous: bool) -> None:
    """Put a session on the board, if it is new."""
    tx.run(
        "INSERT INTO session (id, agent, anonymous, created_at) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
        *(session, agent, int(anonymous), tx.at),
    )


def join(tx: Transaction, session: str, agent: str) -> None:
    """Note in which open quests a named session waits, so that it can be told of their end between two waits."""
    enter(tx, session, agent, anonymous=False)
    fresh = tx.all(
        "SELECT m.quest FROM member m JOIN quest q ON q.id = m.quest WHERE m.agent = ? AND m.role = 'worker'"
        " AND q.status = 'open' AND NOT EXISTS"
        " (SELECT 1 FROM event e WHERE e.session = ? AND e.kind = 'joined' AND e.quest = m.quest)",
        *(agent, session),
    )
    for row in fresh:
        quests.log(tx, "joined", row["quest"], actor=agent, session=session)


def joined(tx: Transaction, session: str) -> list[int]:
    """Return the quests in which a session has taken part, oldest first."""
    rows = tx.all("SELECT DISTINCT quest FROM event WHERE session = ? AND kind = 'joined' ORDER BY quest", session)
    return [row["quest"] for row in rows]


def new_anonymous() -> str:
    """Return the id of a session that nobody has named."""
    return "anonymous-" + os.urandom(8).hex()


def leader_session(session: str | None, environ: Mapping[str, str]) -> str | None:
    """Return the session that creates a quest: --as, else the client's own, as far as it can be one."""
    try:
        return session or checks.session_id(environ.get("CLAUDE_CODE_SESSION_ID", ""))
    except RefusalError:
        return None
