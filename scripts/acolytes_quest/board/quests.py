"""Quests and their members: how they are created, found and ended; and the audit log."""

from __future__ import annotations

from .. import checks
from ..errors import RefusalError
from ..stores.sql import LIVE, OPEN
from .rows import Member, Quest, Turn

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from ..stores.engine import Query, Transaction


def create(
    tx: Transaction,
    *,
    mission: str,
    agents: list[str],
    leader: str,
    phase: str | None,
    mode: str,
    session: str | None,
    tree: str | None = None,
) -> int:
    """Create an open quest with its members; return its number.

    `session` is the leader's, None if it is unknown. `tree` is the working tree of the quest, None if it has all.
    """
    if leader in agents:
        raise RefusalError(f"{leader} leads the quest and cannot be its worker, too: change --leader or --agents")
    checks.different([leader, *agents])
    quest = tx.insert(
        "INSERT INTO quest (mission, phase, mode, leader, leader_session, created_at, tree)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        *(mission, phase, mode, leader, session, tx.at, tree),
    )
    for agent in [leader, *agents]:
        role = "leader" if agent == leader else "worker"
        tx.run("INSERT INTO member (quest, agent, role) VALUES (?, ?, ?)", quest, agent, role)
    log(tx, "created", quest, actor=leader, session=session, detail=",".join(agents))
    tx.to_wake.update(agents)
    return quest


def add_workers(tx: Transaction, quest: Quest, agents: list[str], *, session: str | None) -> list[str]:
    """Make agents workers of an open quest; return those that were no members before."""
    if quest.leader in agents:
        raise RefusalError(f"{quest.leader} leads quest {quest.id} and cannot be its worker, too: leave it out")
    members = workers(tx, quest.id)
    new = [agent for agent in agents if agent not in members]
    # An older quest may have such names already.
    alike = {agent.lower() for agent in new}
    checks.different([*(name for name in [quest.leader, *members] if name.lower() in alike), *new])
    for agent in new:
        tx.run("INSERT INTO member (quest, agent, role) VALUES (?, ?, 'worker')", quest.id, agent)
        log(tx, "added", quest.id, actor=agent, session=session)
    tx.to_wake.update(new)
    return new


def set_phase(tx: Transaction, quest: Quest, phase: str, *, session: str | None) -> None:
    """Name the phase that an open quest is in."""
    tx.run("UPDATE quest SET phase = ? WHERE id = ?", phase, quest.id)
    log(tx, "phase", quest.id, actor=quest.leader, session=session, detail=phase)


def hand_over(tx: Transaction, quest: Quest, session: str | None) -> None:
    """Make `session` the leader's of an open quest; None stands for whoever takes it next."""
    tx.run("UPDATE quest SET leader_session = ? WHERE id = ?", session, quest.id)
    log(tx, "handed-over", quest.id, actor=quest.leader, session=quest.leader_session, detail=session)


def handing_over(quest: int, session: str) -> Query:
    """Return the query of `has_handed_over`."""
    return "SELECT 1 FROM event WHERE session = ? AND kind = 'handed-over' AND quest = ?", (session, quest)


def has_handed_over(tx: Transaction, quest: Quest, session: str) -> bool:
    """Whether a session led the quest before another one does."""
    sql, values = handing_over(quest.id, session)
    return session != quest.leader_session and tx.exists(sql, *values)


def finding(quest: int) -> Query:
    """Return the query of `find`."""
    return "SELECT * FROM quest WHERE id = ?", (quest,)


def find(tx: Transaction, quest: int) -> Quest:
    """Return the quest. Refuse a number that does not exist, and name those that do."""
    sql, values = finding(quest)
    row = tx.row(Quest, sql, *values)
    if row is None:
        if tx.exists("SELECT 1 FROM purged WHERE quest = ?", quest):
            raise RefusalError(f"quest {quest} had ended and was purged from the board")
        existing = tx.column(int, "SELECT id FROM quest ORDER BY id DESC LIMIT 10")
        newest = f"the newest: {', '.join(map(str, existing))}" if existing else "the board has no quests"
        raise RefusalError(f"there is no quest {quest}; {newest}")
    return row


def find_open(tx: Transaction, quest: int) -> Quest:
    """Return the quest. Refuse one that has ended."""
    row = find(tx, quest)
    if row.is_over:
        raise RefusalError(f"quest {quest} is {row.status} and cannot change: create another quest")
    return row


def members(tx: Transaction, quest: int) -> list[Member]:
    """Return the leader and the workers, without what stands for any worker."""
    sql = "SELECT agent, role FROM member WHERE quest = ? AND agent <> ? ORDER BY role, agent"
    return tx.rows(Member, sql, quest, checks.ANYONE)


def workers(tx: Transaction, quest: int) -> list[str]:
    """Return the names of all members except the leader."""
    return [row.agent for row in members(tx, quest) if row.role == "worker"]


def admit_anyone(tx: Transaction, quest: int) -> None:
    """Make turns for any worker possible: what a turn and a message are addressed to is a member."""
    sql = "INSERT INTO member (quest, agent, role) VALUES (?, ?, 'worker') ON CONFLICT (quest, agent) DO NOTHING"
    tx.run(sql, quest, checks.ANYONE)


def finding_open(agent: str, tree: str | None) -> Query:
    """Return the query of `open_as_worker`."""
    condition, values = ("", []) if tree is None else (" AND (q.tree IS NULL OR q.tree = ?)", [tree])
    sql = (
        f"SELECT q.id FROM quest q WHERE q.status IN {OPEN}"
        " AND EXISTS (SELECT 1 FROM member m WHERE m.quest = q.id AND m.agent = ? AND m.role = 'worker')"
        f"{condition} ORDER BY q.id"
    )
    return sql, (agent, *values)


def open_as_worker(tx: Transaction, agent: str, tree: str | None = None) -> list[int]:
    """Return the open quests in which the agent is a worker, oldest first. Ended quests do not slow it down.

    With `tree`, quests of other working trees are left out.
    """
    sql, values = finding_open(agent, tree)
    return tx.column(int, sql, *values)


def names(quest: int) -> Query:
    """Return the query for the names of all members."""
    return "SELECT agent FROM member WHERE quest = ? ORDER BY role, agent", (quest,)


def check_member(tx: Transaction, quest: int, agent: str) -> None:
    """Refuse an agent that is not a member of the quest, and name the members."""
    sql, values = names(quest)
    members = tx.column(str, sql, *values)
    if agent not in members:
        members = [name for name in members if name != checks.ANYONE]  # a word of --to, and no name
        hint = checks.suggestion(agent, members)
        raise RefusalError(f"{agent} is not a member of quest {quest}; its members: {', '.join(members)}{hint}")


def finish(tx: Transaction, quest: Quest, result: str, summary: str) -> None:
    """End the quest and wake every member. First its live turns must be cancelled and its pending reviews dropped."""
    tx.run("UPDATE quest SET status = ?, summary = ?, finished_at = ? WHERE id = ?", result, summary, tx.at, quest.id)
    log(tx, result, quest.id, actor=quest.leader)
    members = tx.column(str, "SELECT agent FROM member WHERE quest = ?", quest.id)
    tx.to_wake.update(members)


def led_by(tx: Transaction, session: str) -> list[Quest]:
    """Return the open quests that a session leads and that have news for it now or by the act of another."""
    return tx.rows(
        Quest,
        f"SELECT * FROM quest q WHERE q.leader_session = ? AND q.status IN {OPEN}"
        f" AND (EXISTS (SELECT 1 FROM turn t WHERE t.quest = q.id AND t.state IN {LIVE})"
        " OR EXISTS (SELECT 1 FROM message m WHERE m.quest = q.id AND m.recipient = q.leader AND m.seq > q.leader_seen"
        " AND m.seq > COALESCE((SELECT s.seq FROM shown s WHERE s.quest = q.id AND s.session = ?), 0))) ORDER BY q.id",
        *(session, session),
    )


def count_turns(tx: Transaction, quest: int) -> dict[str, int]:
    """Return how many turns are in each state; a state without turns is left out."""
    sql = "SELECT state, COUNT(*) FROM turn WHERE quest = ? GROUP BY state ORDER BY state"
    return dict(tx.tuples(sql, quest))


def live_turns(tx: Transaction, quest: int) -> list[Turn]:
    """Return the turns that have not ended, oldest first."""
    return tx.rows(Turn, f"SELECT * FROM turn WHERE quest = ? AND state IN {LIVE} ORDER BY id", quest)


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
    """Add an event to the audit log. `replay` computes the state of the turns from the events of a quest."""
    tx.run(
        "INSERT INTO event (kind, quest, turn, actor, session, fence, detail, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        *(kind, quest, turn, actor, session, fence, detail, tx.at),
    )
