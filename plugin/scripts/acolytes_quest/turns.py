"""Turns: blocked -> queued -> leased -> done; leased -> queued when a lease runs out, dead after three; cancelled.

Everything here runs inside a write transaction, which is what makes a claim exclusive.
"""

from __future__ import annotations

from . import messages
from .clock import is_over
from .errors import RefusalError
from .quests import live_turns, log

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from typing import Any

    from .engine import Transaction

ATTEMPTS = 3
_NO_LEASE = "lease_boot = NULL, lease_renewed = NULL, lease_until = NULL"


def assign(tx: Transaction, quest: int, agent: str, after: list[int]) -> dict[str, Any]:
    """Make a turn for a member; it is blocked until every turn in `after` is completed. Return its row."""
    done = [_checked_dependency(tx, quest, earlier)["state"] == "done" for earlier in after]
    state = "queued" if all(done) else "blocked"
    turn = tx.insert(
        "INSERT INTO turn (quest, assignee, state, queued_boot, queued_since) VALUES (?, ?, ?, ?, ?)",
        *(quest, agent, state, *tx.now),
    )
    for earlier in after:
        tx.run("INSERT INTO turn_dependency (turn, after) VALUES (?, ?)", turn, earlier)
    log(tx, state, quest, turn=turn, actor=agent)
    return get(tx, turn)


def get(tx: Transaction, turn: int) -> dict[str, Any]:
    """Return the row of a turn that is known to exist."""
    return tx.all("SELECT * FROM turn WHERE id = ?", turn)[0]


def held_by(tx: Transaction, session: str) -> dict[str, Any] | None:
    """Return the turn that a session holds."""
    return tx.one("SELECT * FROM turn WHERE state = 'leased' AND holder = ? ORDER BY id", session)


def held_anonymously(tx: Transaction, agent: str, quest: int | None) -> list[dict[str, Any]]:
    """Return the turns of `agent` that sessions without a name hold; `since` is when they were taken (Unix seconds)."""
    return tx.all(
        "SELECT t.*, (SELECT MAX(e.at) FROM event e WHERE e.turn = t.id AND e.kind = 'claimed') AS since"
        " FROM turn t JOIN session s ON s.id = t.holder"
        " WHERE t.state = 'leased' AND s.anonymous = 1 AND t.assignee = ? AND (? IS NULL OR t.quest = ?) ORDER BY t.id",
        *(agent, quest, quest),
    )


def claim(tx: Transaction, agent: str, holder: str, quest: int | None) -> dict[str, Any] | None:
    """Lease the oldest turn that waits for `agent` to the session `holder`, raising its fence; None if none waits."""
    row = tx.one(
        "UPDATE turn SET state = 'leased', holder = ?, fence = fence + 1, attempt = attempt + 1, kept = 0,"
        " lease_boot = ?, lease_renewed = ?, lease_until = ?"
        f" WHERE id = (SELECT MIN(t.id) FROM turn t JOIN quest q ON q.id = t.quest WHERE {_CLAIMABLE}) RETURNING *",
        *(holder, tx.now[0], tx.now[1], tx.now[1] + tx.lease, agent, quest, quest),
    )
    if row is not None:
        log(tx, "claimed", row["quest"], turn=row["id"], actor=agent, session=holder, fence=row["fence"])
    return row


_CLAIMABLE = (
    "t.assignee = ? AND t.state = 'queued' AND q.status = 'open' AND (? IS NULL OR t.quest = ?)"
    " AND (q.mode = 'parallel' OR NOT EXISTS (SELECT 1 FROM turn o WHERE o.quest = t.quest AND o.state = 'leased'))"
)


def is_claimable(tx: Transaction, agent: str, quest: int | None) -> bool:
    """Whether a claim by `agent` would succeed now."""
    sql = f"SELECT 1 FROM turn t JOIN quest q ON q.id = t.quest WHERE {_CLAIMABLE} LIMIT 1"
    return bool(tx.all(sql, agent, quest, quest))


def renew(tx: Transaction, turn: dict[str, Any]) -> None:
    """Let a held turn's lease begin anew."""
    tx.run(
        "UPDATE turn SET lease_boot = ?, lease_renewed = ?, lease_until = ? WHERE id = ?",
        *(tx.now[0], tx.now[1], tx.now[1] + tx.lease, turn["id"]),
    )


def next_expiry(tx: Transaction, *, agent: str | None = None, quest: int | None = None) -> float | None:
    """Return the seconds until a lease of this agent's or quest's turns runs out: at most 0 when one has; else None."""
    rows = tx.all(
        "SELECT lease_boot, lease_until FROM turn WHERE state = 'leased' AND (? IS NULL OR assignee = ?)"
        " AND (? IS NULL OR quest = ?)",
        *(agent, agent, quest, quest),
    )
    if not rows:
        return None
    boot, seconds = tx.now
    return min(row["lease_until"] - seconds if row["lease_boot"] == boot else 0.0 for row in rows)


def expire(tx: Transaction) -> None:
    """Take back every turn whose lease is over. Whoever writes next does this; nobody needs to be there for it."""
    for turn in tx.all("SELECT * FROM turn WHERE state = 'leased'"):
        if is_over(turn["lease_boot"], turn["lease_until"], tx.now):
            give_back(tx, turn, "expired")


def give_back(tx: Transaction, turn: dict[str, Any], why: str) -> None:
    """Queue a leased turn again, or let it die when its attempts are used up, of which the leader hears."""
    if turn["attempt"] >= ATTEMPTS:
        _end(tx, turn, "dead")
        told = f"turn {turn['id']} for {turn['assignee']} is dead: {ATTEMPTS} attempts ended without an answer"
        messages.tell_leader(tx, turn["quest"], told, turn=turn["id"])
        settle(tx, turn, completed=False)
    else:
        tx.run(
            f"UPDATE turn SET state = 'queued', queued_boot = ?, queued_since = ?, {_NO_LEASE} WHERE id = ?",
            *(*tx.now, turn["id"]),
        )
        _log_turn(tx, why, turn)
    wake_waiting(tx, turn["quest"])


def finish(tx: Transaction, turn: dict[str, Any], *, completed: bool) -> None:
    """Mark a turn as answered and let those that wait for it go on, or cancel them when it was not completed."""
    _end(tx, turn, "done")
    settle(tx, turn, completed=completed)
    wake_waiting(tx, turn["quest"])


def cancel_all(tx: Transaction, quest: int) -> int:
    """Cancel the quest's live turns; return how many."""
    live = live_turns(tx, quest)
    for turn in live:
        _end(tx, turn, "cancelled")
    return len(live)


def settle(tx: Transaction, turn: dict[str, Any], *, completed: bool) -> None:
    """Queue the turns that only waited for this one. What it did not bring about is cancelled, and the leader told."""
    for other in waiting_for(tx, turn["id"]):
        if not completed:
            _end(tx, other, "cancelled")
            told = f"turn {other['id']} for {other['assignee']} is cancelled: turn {turn['id']} was not completed"
            messages.tell_leader(tx, turn["quest"], told, turn=other["id"])
            settle(tx, other, completed=False)
        elif not _unmet(tx, other["id"]):
            sql = "UPDATE turn SET state = 'queued', queued_boot = ?, queued_since = ? WHERE id = ?"
            tx.run(sql, *tx.now, other["id"])
            _log_turn(tx, "queued", other)


def waiting_for(tx: Transaction, turn: int) -> list[dict[str, Any]]:
    """Return the turns that are held back until this one is completed."""
    return tx.all(
        "SELECT t.* FROM turn_dependency d JOIN turn t ON t.id = d.turn WHERE d.after = ? AND t.state = 'blocked'"
        " ORDER BY t.id",
        turn,
    )


def wake_waiting(tx: Transaction, quest: int) -> None:
    """Wake whoever a queued turn waits for: a turn that ends may have made room, or work."""
    rows = tx.all("SELECT DISTINCT assignee FROM turn WHERE quest = ? AND state = 'queued'", quest)
    tx.to_wake.update(row["assignee"] for row in rows)


def _end(tx: Transaction, turn: dict[str, Any], state: str) -> None:
    tx.run(f"UPDATE turn SET state = ?, {_NO_LEASE} WHERE id = ?", state, turn["id"])
    _log_turn(tx, state, turn)


def _log_turn(tx: Transaction, kind: str, turn: dict[str, Any]) -> None:
    log(tx, kind, turn["quest"], turn=turn["id"], actor=turn["assignee"], session=turn["holder"], fence=turn["fence"])


def _unmet(tx: Transaction, turn: int) -> bool:
    sql = "SELECT 1 FROM turn_dependency d JOIN turn t ON t.id = d.after WHERE d.turn = ? AND t.state <> 'done' LIMIT 1"
    return bool(tx.all(sql, turn))


def _checked_dependency(tx: Transaction, quest: int, turn: int) -> dict[str, Any]:
    row = tx.one("SELECT id, state FROM turn WHERE id = ? AND quest = ?", turn, quest)
    if row is None:
        raise RefusalError(f"--after {turn}: quest {quest} has no such turn; see acolytes-quest status --quest {quest}")
    if row["state"] in {"dead", "cancelled"}:
        raise RefusalError(f"--after {turn}: that turn is {row['state']} and will never be completed; assign it anew")
    answer = messages.answer_to(tx, turn)
    if answer is not None and (kind := messages.shown_kind(answer)) != "completed":
        raise RefusalError(
            f"--after {turn}: that turn is answered: {kind}; read message {answer['seq']}, then assign it anew"
            " or leave --after out"
        )
    return row
