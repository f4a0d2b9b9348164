"""Turns: blocked -> queued -> leased -> done. When a lease ends, a turn is queued again; after three, it is dead.

All changes run in a write transaction, which makes a claim exclusive.
"""

from __future__ import annotations

from ..checks import ANYONE
from ..stores.sql import and_equal
from . import dependencies, liveness, messages, reviews, states
from .quests import live_turns, log, workers
from .rows import AnonymousTurn, Turn

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from ..stores.engine import Query, Transaction
    from .wanted import Wanted

ATTEMPTS = 3


def assign(
    tx: Transaction,
    quest: int,
    agent: str,
    after: list[int],
    *,
    kind: str = "work",
    about: int | None = None,
    reviewed: bool = False,
) -> Turn:
    """Create a turn for a member. It is blocked until every turn in `after` is completed.

    Args:
        tx: A write transaction.
        quest: The quest of the turn.
        agent: The worker who gets it, or ANYONE.
        after: The turns that it depends on.
        kind: work or review.
        about: The turn that it reviews, or whose work it does again.
        reviewed: Whether its answer must be accepted in a review.
    """
    state = "blocked" if after else "queued"
    turn = tx.rows(
        Turn,
        "INSERT INTO turn (quest, assignee, state, queued_boot, queued_since, kind, about, reviewed, pool)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING *",
        *(quest, agent, state, *tx.now, kind, about, int(reviewed), int(agent == ANYONE)),
    )[0]
    log(tx, state, quest, turn=turn.id, actor=agent)
    if not after:
        return turn
    dependencies.add(tx, turn, after)
    return get(tx, turn.id)


def get(tx: Transaction, turn: int) -> Turn:
    """Return a turn that exists."""
    return tx.rows(Turn, "SELECT * FROM turn WHERE id = ?", turn)[0]


def holding(session: str) -> Query:
    """Return the query of `held_by`."""
    return "SELECT * FROM turn WHERE state = 'leased' AND holder = ? ORDER BY id", (session,)


def held_by(tx: Transaction, session: str) -> Turn | None:
    """Return the turn that a session holds."""
    sql, values = holding(session)
    return tx.row(Turn, sql, *values)


def held_anonymously(tx: Transaction, agent: str, quest: int | None) -> list[AnonymousTurn]:
    """Return the turns of `agent` that anonymous sessions hold."""
    condition, values = and_equal({"t.quest": quest})
    return tx.rows(
        AnonymousTurn,
        "SELECT t.*, (SELECT MAX(e.at) FROM event e WHERE e.turn = t.id AND e.kind = 'claimed') AS since"
        " FROM turn t JOIN session s ON s.id = t.holder"
        f" WHERE t.state = 'leased' AND s.anonymous = 1 AND t.assignee = ?{condition} ORDER BY t.id",
        *(agent, *values),
    )


def claim(tx: Transaction, wanted: Wanted, holder: str) -> Turn | None:
    """Lease the oldest turn that is wanted and free to the session `holder`, raising its fence; None without one."""
    free, values = wanted.free()
    row = tx.row(
        Turn,
        "UPDATE turn SET state = 'leased', assignee = ?, holder = ?, fence = fence + 1, attempt = attempt + 1,"
        " kept = 0, lease_boot = ?, lease_renewed = ?, lease_until = ?"
        f" WHERE id = (SELECT t.id FROM turn t JOIN quest q ON q.id = t.quest WHERE {free}"
        f" ORDER BY t.id LIMIT 1{tx.skip_locked}) RETURNING *",
        *(wanted.agent, holder, tx.now[0], tx.now[1], tx.now[1] + tx.lease, *values),
    )
    if row is not None:
        log(tx, "claimed", row.quest, turn=row.id, actor=row.assignee, session=holder, fence=row.fence)
    return row


def claimable(tx: Transaction, wanted: Wanted, limit: int) -> list[Turn]:
    """Return the turns that can be taken now, in the order in which they would be taken."""
    free, values = wanted.free()
    sql = f"SELECT t.* FROM turn t JOIN quest q ON q.id = t.quest WHERE {free} ORDER BY t.id LIMIT ?"
    return tx.rows(Turn, sql, *values, limit)


def record_file(tx: Transaction, turn: Turn, path: str) -> bool:
    """Record a file, named from the root of the project, that was changed for a turn; return whether it is new."""
    sql = "INSERT INTO turn_file (turn, path) VALUES (?, ?) ON CONFLICT (turn, path) DO NOTHING RETURNING path"
    return tx.exists(sql, turn.id, path)


def renew(tx: Transaction, turn: Turn, at_least: float = 0.0) -> None:
    """Restart the lease of a held turn, to last at least `at_least` seconds."""
    tx.run(
        "UPDATE turn SET lease_boot = ?, lease_renewed = ?, lease_until = ? WHERE id = ?",
        *(tx.now[0], tx.now[1], tx.now[1] + max(tx.lease, at_least), turn.id),
    )


def expiring(*, agent: str | None = None, quest: int | None = None) -> list[Query]:
    """Return the queries of `next_expiry`."""
    condition, values = and_equal({"assignee": agent, "quest": quest})
    sql = f"SELECT lease_boot, lease_until FROM turn WHERE state = 'leased'{condition}"
    return [(sql, tuple(values)), liveness.finding(agent=agent, quest=quest)]


def next_expiry(tx: Transaction, *, agent: str | None = None, quest: int | None = None) -> float | None:
    """Return the seconds until the first lease of the agent or quest ends, at most 0 when it has; None without one.

    It has ended, too, when the client of its holder has.
    """
    sql, values = expiring(agent=agent, quest=quest)[0]
    rows = tx.tuples(sql, *values)
    if not rows:
        return None
    if liveness.abandoned(tx, agent=agent, quest=quest):
        return 0.0
    boot, seconds = tx.now
    return min(lease_until - seconds if lease_boot == boot else 0.0 for lease_boot, lease_until in rows)


def leased() -> list[Query]:
    """Return the queries of `expire`."""
    # an ORDER BY here would read every turn on the board
    return [("SELECT * FROM turn WHERE state = 'leased'", ()), liveness.finding()]


def expire(tx: Transaction) -> None:
    """Queue every turn whose lease or client has ended. Every writer calls this, so no process needs to run for it."""
    sql, values = leased()[0]
    rows = tx.rows(Turn, sql, *values)
    for turn in sorted(rows, key=lambda row: row.id):
        if turn.lease_left(tx.now) <= 0:
            release(tx, turn, "expired")
    if rows:
        for turn in liveness.abandoned(tx):
            release(tx, turn, "orphaned")


def release(tx: Transaction, turn: Turn, why: str) -> None:
    """Queue a leased turn again. After the last attempt it dies instead, and the leader is notified."""
    if turn.attempt >= ATTEMPTS:
        waiting = dependencies.all_blocked_by(tx, turn.id)
        states.end(tx, turn, "dead")
        text = f"turn {turn.id} for {turn.assignee} is dead: {ATTEMPTS} attempts ended without an answer"
        if waiting:
            from ..framing import numbered

            verb = "is" if len(waiting) == 1 else "are"
            text += f"; {numbered('turn', sorted(waiting))} that depended on it {verb} cancelled"
        text += ". Assign the work again, or go on without it."
        messages.notify_leader(tx, turn.quest, text, turn=turn.id)
        dependencies.resolve(tx, turn, completed=False)
    else:
        states.queue(tx, turn, why)
    wake_waiting(tx, turn.quest)


def take_back(tx: Transaction, turn: Turn) -> None:
    """Queue a leased turn again, because the leader wants that. It does not count as an attempt."""
    states.queue(tx, turn, "released", taken_back=True)
    wake_waiting(tx, turn.quest)


def finish(tx: Transaction, turn: Turn, *, completed: bool) -> None:
    """Mark a turn as answered, and queue the turns that depended on it. After a question they wait for the decision.

    If the turn has a review, that begins now, and only the turns that review it are queued.
    """
    states.end(tx, turn, "done")
    tx.foresee(dependencies.blocking(turn.id), waited_for(turn.quest), *leased())  # also for `expire`
    if completed and turn.reviewed:
        reviews.begin(tx, turn)
    if completed:
        dependencies.resolve(tx, turn, completed=True)
    wake_waiting(tx, turn.quest)


def cancel(tx: Transaction, turn: Turn) -> None:
    """Cancel a live turn, and the turns that depend on it."""
    states.end(tx, turn, "cancelled")
    dependencies.resolve(tx, turn, completed=False)
    wake_waiting(tx, turn.quest)


def cancel_all(tx: Transaction, quest: int) -> int:
    """Cancel the quest's live turns; return how many."""
    live = live_turns(tx, quest)
    for turn in live:
        states.end(tx, turn, "cancelled")
    return len(live)


def wake_waiting(tx: Transaction, quest: int) -> None:
    """Wake the workers of the queued turns: a turn that ends may have made room for another, or unblocked it."""
    sql, values = waited_for(quest)
    names = tx.column(str, sql, *values)
    tx.to_wake.update(workers(tx, quest) if ANYONE in names else names)


def waited_for(quest: int) -> Query:
    """Return the query for the names to which queued turns are addressed."""
    return "SELECT DISTINCT assignee FROM turn WHERE quest = ? AND state = 'queued'", (quest,)
