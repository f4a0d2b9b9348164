"""Turns: blocked -> queued -> leased -> done; leased -> queued when a lease runs out, dead after three; cancelled.

Everything here runs inside a write transaction, which is what makes a claim exclusive.
"""

from __future__ import annotations

from ..stores.clock import is_over
from ..stores.sql import OPEN, narrowed
from . import dependencies, messages, reviews, states
from .quests import live_turns, log

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from typing import Any

    from ..stores.engine import Transaction

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
) -> dict[str, Any]:
    """Make a turn for a member; it is blocked until every turn in `after` is completed. Return its row.

    `kind` is work or review, `about` the turn that it reviews or does again; `reviewed` asks for a review of it.
    """
    state = "blocked" if after else "queued"
    turn = tx.insert(
        "INSERT INTO turn (quest, assignee, state, queued_boot, queued_since, kind, about, reviewed)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        *(quest, agent, state, *tx.now, kind, about, int(reviewed)),
    )
    log(tx, state, quest, turn=turn, actor=agent)
    if after:
        dependencies.add(tx, get(tx, turn), after)
    return get(tx, turn)


def get(tx: Transaction, turn: int) -> dict[str, Any]:
    """Return the row of a turn that is known to exist."""
    return tx.all("SELECT * FROM turn WHERE id = ?", turn)[0]


def held_by(tx: Transaction, session: str) -> dict[str, Any] | None:
    """Return the turn that a session holds."""
    return tx.one("SELECT * FROM turn WHERE state = 'leased' AND holder = ? ORDER BY id", session)


def held_anonymously(tx: Transaction, agent: str, quest: int | None) -> list[dict[str, Any]]:
    """Return the turns of `agent` that sessions without a name hold; `since` is when they were taken (Unix seconds)."""
    which, values = narrowed({"t.quest": quest})
    return tx.all(
        "SELECT t.*, (SELECT MAX(e.at) FROM event e WHERE e.turn = t.id AND e.kind = 'claimed') AS since"
        " FROM turn t JOIN session s ON s.id = t.holder"
        f" WHERE t.state = 'leased' AND s.anonymous = 1 AND t.assignee = ?{which} ORDER BY t.id",
        *(agent, *values),
    )


def claim(tx: Transaction, agent: str, holder: str, quest: int | None) -> dict[str, Any] | None:
    """Lease the oldest turn that waits for `agent` to the session `holder`, raising its fence; None if none waits."""
    which, values = narrowed({"t.quest": quest})
    row = tx.one(
        "UPDATE turn SET state = 'leased', holder = ?, fence = fence + 1, attempt = attempt + 1, kept = 0,"
        " lease_boot = ?, lease_renewed = ?, lease_until = ?"
        f" WHERE id = (SELECT t.id FROM turn t JOIN quest q ON q.id = t.quest WHERE {_CLAIMABLE}{which}"
        f" ORDER BY t.id LIMIT 1{tx.skip_locked}) RETURNING *",
        *(holder, tx.now[0], tx.now[1], tx.now[1] + tx.lease, agent, *values),
    )
    if row is not None:
        log(tx, "claimed", row["quest"], turn=row["id"], actor=agent, session=holder, fence=row["fence"])
    return row


_CLAIMABLE = (
    f"t.assignee = ? AND t.state = 'queued' AND q.status IN {OPEN}"
    " AND (q.mode = 'parallel' OR NOT EXISTS (SELECT 1 FROM turn o WHERE o.quest = t.quest AND o.state = 'leased'))"
)


def is_claimable(tx: Transaction, agent: str, quest: int | None) -> bool:
    """Whether a claim by `agent` would succeed now."""
    which, values = narrowed({"t.quest": quest})
    sql = f"SELECT 1 AS found FROM turn t JOIN quest q ON q.id = t.quest WHERE {_CLAIMABLE}{which} LIMIT 1"
    return bool(tx.all(sql, agent, *values))


def touch(tx: Transaction, turn: dict[str, Any], path: str) -> bool:
    """Note a file that was touched for a turn, by its name in the project; return whether this is new."""
    sql = "INSERT INTO turn_file (turn, path) VALUES (?, ?) ON CONFLICT (turn, path) DO NOTHING RETURNING path"
    return bool(tx.all(sql, turn["id"], path))


def renew(tx: Transaction, turn: dict[str, Any], at_least: float = 0.0) -> None:
    """Let a held turn's lease begin anew, to last `at_least` so many seconds."""
    tx.run(
        "UPDATE turn SET lease_boot = ?, lease_renewed = ?, lease_until = ? WHERE id = ?",
        *(tx.now[0], tx.now[1], tx.now[1] + max(tx.lease, at_least), turn["id"]),
    )


def next_expiry(tx: Transaction, *, agent: str | None = None, quest: int | None = None) -> float | None:
    """Return the seconds until a lease of this agent's or quest's turns runs out: at most 0 when one has; else None."""
    which, values = narrowed({"assignee": agent, "quest": quest})
    rows = tx.all(f"SELECT lease_boot, lease_until FROM turn WHERE state = 'leased'{which}", *values)
    if not rows:
        return None
    boot, seconds = tx.now
    return min(row["lease_until"] - seconds if row["lease_boot"] == boot else 0.0 for row in rows)


def expire(tx: Transaction) -> None:
    """Take back every turn whose lease is over. Whoever writes next does this; nobody needs to be there for it."""
    leased = tx.all("SELECT * FROM turn WHERE state = 'leased'")  # an ORDER BY here would read every turn that ever was
    for turn in sorted(leased, key=lambda row: row["id"]):
        if is_over(turn["lease_boot"], turn["lease_until"], tx.now):
            give_back(tx, turn, "expired")


def give_back(tx: Transaction, turn: dict[str, Any], why: str) -> None:
    """Queue a leased turn again, or let it die when its attempts are used up, of which the leader hears."""
    if turn["attempt"] >= ATTEMPTS:
        states.end(tx, turn, "dead")
        told = f"turn {turn['id']} for {turn['assignee']} is dead: {ATTEMPTS} attempts ended without an answer"
        messages.tell_leader(tx, turn["quest"], told, turn=turn["id"])
        dependencies.settle(tx, turn, completed=False)
    else:
        states.queue(tx, turn, why)
    wake_waiting(tx, turn["quest"])


def finish(tx: Transaction, turn: dict[str, Any], *, completed: bool) -> None:
    """Mark a turn as answered and let those that wait for it go on, or cancel them when it was not completed.

    Where a review was asked for, it begins now, and only the review's own turns go on.
    """
    states.end(tx, turn, "done")
    if completed and turn["reviewed"]:
        reviews.begin(tx, turn)
    dependencies.settle(tx, turn, completed=completed)
    wake_waiting(tx, turn["quest"])


def cancel(tx: Transaction, turn: dict[str, Any]) -> None:
    """Cancel a live turn, and with it whatever waits for it."""
    states.end(tx, turn, "cancelled")
    dependencies.settle(tx, turn, completed=False)
    wake_waiting(tx, turn["quest"])


def cancel_all(tx: Transaction, quest: int) -> int:
    """Cancel the quest's live turns; return how many."""
    live = live_turns(tx, quest)
    for turn in live:
        states.end(tx, turn, "cancelled")
    return len(live)


def wake_waiting(tx: Transaction, quest: int) -> None:
    """Wake whoever a queued turn waits for: a turn that ends may have made room, or work."""
    rows = tx.all("SELECT DISTINCT assignee FROM turn WHERE quest = ? AND state = 'queued'", quest)
    tx.to_wake.update(row["assignee"] for row in rows)
