"""Who calls. A session is one running agent.

A hook names it by appending `--as ID`. Without that, it is anonymous, and the board makes one for each claim. Two
agents of the same name are two sessions. Only what a session did on the board counts, never what its text says.
"""

from __future__ import annotations

import os

from .. import checks
from ..errors import RefusalError
from ..location import URL_VARIABLE
from ..stores import processes
from ..stores.clock import system_clock
from ..stores.sql import OPEN
from . import quests

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..stores.engine import Query, Transaction
    from .rows import Quest
    from .wanted import Wanted

_LED = f"SELECT id FROM quest WHERE leader_session = ? AND status IN {OPEN} ORDER BY id"
_JOINED = "SELECT DISTINCT quest FROM event WHERE session = ? AND kind = 'joined' ORDER BY quest"


def naming(session: str | None) -> list[Query]:
    """Return the query of `agent_of`, if that makes one."""
    return [("SELECT agent FROM session WHERE id = ?", (session,))] if session else []


def agent_of(tx: Transaction, session: str | None) -> str | None:
    """Return the name of the agent as which a session has worked on this board; None for a new session."""
    return next((tx.value(str, sql, *values) for sql, values in naming(session)), None)


def worker_name(tx: Transaction, session: str | None, agent: str | None) -> str:
    """Return the name of the worker: the session's name so far, else `agent`, which --agent names."""
    existing = agent_of(tx, session)
    if existing and agent and existing != agent:
        raise RefusalError(
            f"this session works as {existing}, not as {agent}: leave --agent out, or start another agent"
        )
    name = existing or agent
    if name is None:
        raise RefusalError("name the worker: --agent NAME")
    return name


def member_name(tx: Transaction, quest: Quest, session: str | None) -> str | None:
    """Return the name under which a session takes part in this quest; None when it does not yet."""
    if session and session == quest.leader_session:
        return quest.leader
    agent = agent_of(tx, session)
    return tx.value(str, "SELECT agent FROM member WHERE quest = ? AND agent = ?", quest.id, agent) if agent else None


def sender(tx: Transaction, quest: Quest, session: str | None, name: str | None, to: list[str]) -> str:
    """Return who sends a message: the session's own name, else `name` (--from), else the leader for workers."""
    own = member_name(tx, quest, session)
    if own and name and own != name:
        raise RefusalError(f"this session is {own} and cannot write as {name}: leave --from out")
    if own is None and name is None and quest.leader in to:
        raise RefusalError(f"say who writes to the leader {quest.leader}: --from NAME")
    result = own or name or quest.leader
    quests.check_member(tx, quest.id, result)
    return result


def leading(session: str | None) -> list[Query]:
    """Return the query of `check_worker`, if that makes one."""
    return [(_LED, (session,))] if session else []


def check_worker(tx: Transaction, session: str | None, agent: str, quest: int | None) -> None:
    """Refuse a session that leads the quest that it wants to work in; None is every open quest of the agent."""
    led = [row for sql, values in leading(session) for row in tx.column(int, sql, *values)]
    if led:
        own = [number for number in ([quest] if quest else quests.open_as_worker(tx, agent)) if number in led]
        if own:
            other = "" if quest else ", or name another quest by --quest N"
            raise RefusalError(
                f"this session leads quest {own[0]}, so it cannot take its turns as {agent}: start another agent{other}"
            )


def check_leader(tx: Transaction, quest: Quest, session: str | None, environ: Mapping[str, str], doing: str) -> None:
    """Refuse an action to a session that is sure not to lead the quest. `doing` is the action, as "ends".

    On one machine, a session that the board has never seen may lead: a program that can write the file can do anything,
    and a resumed client has a new session. On a server, it must be the session that created
    the quest, or to which it was handed over, if there is one.
    """
    check_not_handed_over(tx, quest, session, environ)
    own = member_name(tx, quest, session)
    if own == quest.leader:
        return
    if own is not None:
        raise RefusalError(f"only the leader {quest.leader} {doing} quest {quest.id}; this session is its worker {own}")
    created = quest.leader_session
    if environ.get(URL_VARIABLE) and created and leader_session(session, environ) != created:
        raise RefusalError(
            f"only the session that leads it {doing} quest {quest.id} on a server's board: add its --as ID, or take the"
            f" quest over with acolytes-quest handover --quest {quest.id}"
        )


def check_not_handed_over(tx: Transaction, quest: Quest, session: str | None, environ: Mapping[str, str]) -> None:
    """Refuse a session that led the quest before."""
    caller = leader_session(session, environ)
    if caller and quests.has_handed_over(tx, quest, caller):
        now = f"the session {quest.leader_session} leads it" if quest.leader_session else "no session leads it now"
        other = "that session" if quest.leader_session else "another session"
        raise RefusalError(
            f"quest {quest.id} was handed over, and {now}: only {other} can give it back, by acolytes-quest handover"
            f" --quest {quest.id} --to {caller}"
        )


def enter(tx: Transaction, session: str, agent: str, *, anonymous: bool) -> None:
    """Add a session to the board, if it is new, with the client that runs it now."""
    process = processes.parsed(os.environ.get(processes.CLIENT_VARIABLE, "")) or (None, None)
    tx.run(
        "INSERT INTO session (id, agent, anonymous, created_at, host, boot, client, process, process_start)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET host = excluded.host, boot = excluded.boot,"
        " client = excluded.client, process = excluded.process, process_start = excluded.process_start"
        " WHERE excluded.process IS NOT NULL",
        *(session, agent, int(anonymous), tx.at, os.uname().nodename, system_clock()[0], _client(os.environ), *process),
    )


def joining(session: str, wanted: Wanted) -> list[Query]:
    """Return the queries of `join`."""
    return [quests.finding_open(wanted.agent or "", wanted.tree), (_JOINED, (session,))]


def join(tx: Transaction, session: str, wanted: Wanted, only: int | None) -> list[int]:
    """Record in which open quests a named session waits, so that it hears of their end between two waits.

    `only` is the one quest that it wants work of. The record says so, for it must not get work of another. Recorded is
    also whether it wants turns for any worker. Returns the open quests of the agent.
    """
    agent = wanted.agent or ""
    enter(tx, session, agent, anonymous=False)
    any_worker = int(wanted.any_worker)
    tx.run("UPDATE session SET takes_any = ? WHERE id = ? AND takes_any <> ?", any_worker, session, any_worker)
    before = joined(tx, session)
    open_quests = quests.open_as_worker(tx, agent, wanted.tree)
    for quest in open_quests:
        if only in {None, quest} and quest not in before:
            quests.log(tx, "joined", quest, actor=agent, session=session, detail="only" if only else None)
    return open_quests


def takes_any(tx: Transaction, session: str) -> bool:
    """Whether a session waits for turns for any worker, too."""
    return bool(tx.value(int, "SELECT takes_any FROM session WHERE id = ?", session))


def joined(tx: Transaction, session: str) -> list[int]:
    """Return the quests in which a session has taken part, oldest first."""
    return tx.column(int, _JOINED, session)


def new_anonymous() -> str:
    """Return a new id for an anonymous session."""
    return "anonymous-" + os.urandom(8).hex()


def leader_session(session: str | None, environ: Mapping[str, str]) -> str | None:
    """Return the session that creates a quest: --as, else the client's own, if its id is valid."""
    return session or _client(environ)


def _client(environ: Mapping[str, str]) -> str | None:
    """Return the client's session, which the sessions of its agents belong to; None outside of a client."""
    try:
        return checks.session_id(environ.get("CLAUDE_CODE_SESSION_ID", ""))
    except RefusalError:
        return None
