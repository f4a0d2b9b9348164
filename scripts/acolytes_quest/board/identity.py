"""Who calls. A session is one running agent: named by `--as ID`, which a hook appends, or anonymous, made for a claim.

Two agents of one name are two sessions. Only what a session did on the board counts, never what its text says.
"""

from __future__ import annotations

import os

from .. import checks
from ..errors import RefusalError
from ..stores.clock import system_clock
from . import quests

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from ..stores.engine import Transaction


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


def check_leader(
    tx: Transaction, quest: dict[str, Any], session: str | None, environ: Mapping[str, str], doing: str
) -> None:
    """Refuse `doing` to anybody of whom it is known that it does not lead the quest.

    On one machine a session that the board has never seen may lead: whoever can write the file can do so anyway, and a
    resumed client has a new session. On a server's board it must be the session that created the quest, if one did.
    """
    own = member_name(tx, quest, session)
    leader = quest["leader"]
    if own == leader:
        return
    if own is not None:
        raise RefusalError(f"only the leader {leader} {doing} quest {quest['id']}; this session is its worker {own}")
    created = quest["leader_session"]
    if environ.get("ACOLYTES_QUEST_URL") and created and leader_session(session, environ) != created:
        raise RefusalError(
            f"only the session that created it {doing} quest {quest['id']} on a server's board: add its --as ID"
        )


def enter(tx: Transaction, session: str, agent: str, *, anonymous: bool) -> None:
    """Put a session on the board, if it is new."""
    tx.run(
        "INSERT INTO session (id, agent, anonymous, created_at, host, boot, client) VALUES (?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (id) DO NOTHING",
        *(session, agent, int(anonymous), tx.at, os.uname().nodename, system_clock()[0], _client(os.environ)),
    )


def join(tx: Transaction, session: str, agent: str, only: int | None = None) -> None:
    """Note in which open quests a named session waits, so that it can be told of their end between two waits.

    `only` is the quest to which it keeps; the note says so, for it is not to be given work of another.
    """
    enter(tx, session, agent, anonymous=False)
    for quest in quests.open_as_worker(tx, agent):
        if only not in {None, quest}:
            continue
        known = "SELECT 1 AS known FROM event WHERE session = ? AND kind = 'joined' AND quest = ?"
        if not tx.all(known, session, quest):
            quests.log(tx, "joined", quest, actor=agent, session=session, detail="only" if only else None)


def joined(tx: Transaction, session: str) -> list[int]:
    """Return the quests in which a session has taken part, oldest first."""
    rows = tx.all("SELECT DISTINCT quest FROM event WHERE session = ? AND kind = 'joined' ORDER BY quest", session)
    return [row["quest"] for row in rows]


def new_anonymous() -> str:
    """Return the id of a session that nobody has named."""
    return "anonymous-" + os.urandom(8).hex()


def leader_session(session: str | None, environ: Mapping[str, str]) -> str | None:
    """Return the session that creates a quest: --as, else the client's own, as far as it can be one."""
    return session or _client(environ)


def _client(environ: Mapping[str, str]) -> str | None:
    """Return the client's session, of which the agents' sessions are parts; None outside of one."""
    try:
        return checks.session_id(environ.get("CLAUDE_CODE_SESSION_ID", ""))
    except RefusalError:
        return None
