"""The verbs of whoever looks after the board: check, redact and purge."""

from __future__ import annotations

from .. import checks
from ..board import identity, messages, quests
from ..call import Call, Reply
from ..framing import counted, visible

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from ..stores.engine import Transaction

_SHOWN = 20
_DAY = 86_400.0


def check(call: Call) -> Reply:
    """Look for damage, broken invariants and events that do not give the tables. Findings are exit code 1."""
    from ..board import invariants

    damage = call.board.health()
    with call.board.read() as tx:
        if call.options.quest is None:
            numbers = [row["id"] for row in tx.all("SELECT id FROM quest ORDER BY id")]
        else:
            numbers = [quests.find(tx, call.options.quest)["id"]]
        found = [finding for number in numbers for finding in invariants.broken(tx, number)]
    lines = [
        *(f"damage: {line}" for line in damage),
        *(f"quest {row['quest']}: invariant {row['invariant']}: {row['what']}" for row in found),
    ]
    left_out = counted(len(lines) - _SHOWN, "more finding") if len(lines) > _SHOWN else ""
    data = {"healthy": not lines, "quests": len(numbers), "damage": damage, "findings": found}
    if not lines:
        return Reply(data, f"the board is whole: {counted(len(numbers), 'quest')} checked")
    return Reply(data, *(visible(line) for line in lines[:_SHOWN]), left_out and f"and {left_out}", exit_code=1)


def redact(call: Call) -> Reply:
    """Take a message's text away for good; its place, author and time stay. A second call changes nothing."""
    reason = checks.text(call.options.reason, "reason")
    with call.board.write() as tx:
        quest = quests.find(tx, call.options.quest)
        row = messages.find(tx, quest["id"], call.options.seq)
        repeated = bool(row["redacted"])
        if not repeated:
            identity.check_leader(tx, quest, call.session, call.environ, "redacts messages of")
            messages.redact(tx, row, reason)
            quests.log(
                tx,
                "redacted",
                quest["id"],
                turn=row["turn"],
                actor=quest["leader"],
                session=call.session,
                detail=str(row["seq"]),
            )
    call.board.scrub()
    again = "already " if repeated else ""
    return Reply(
        {"quest": quest["id"], "message": row["seq"], "repeated": repeated},
        f"message {row['seq']} of quest {quest['id']} is {again}redacted;"
        " what was printed, exported or backed up before is out of the board's reach",
    )


def purge(call: Call) -> Reply:
    """Delete the quests that have been over for so many days, with all that belongs to them."""
    options = call.options
    with call.board.read() if options.dry_run else call.board.write() as tx:
        before = tx.at - options.older * _DAY
        sql = "SELECT id FROM quest WHERE finished_at IS NOT NULL AND finished_at < ? ORDER BY id"
        numbers = [int(row["id"]) for row in tx.all(sql, before)]
        if not options.dry_run:
            for number in numbers:
                _delete(tx, number)
            _delete_sessions(tx, before)
    if numbers and not options.dry_run:
        call.board.scrub()
    listed = ", ".join(str(number) for number in numbers[:10]) + (", ..." if len(numbers) > 10 else "")
    done = "would be deleted" if options.dry_run else "deleted"
    data = {"quests": numbers, "deleted": not options.dry_run}
    return Reply(data, f"{counted(len(numbers), 'quest')} {done}" + (f": {listed}" if numbers else ""))


def _delete(tx: Transaction, quest: int) -> None:
    tx.run("INSERT INTO purged (quest, at) VALUES (?, ?)", quest, tx.at)
    own = "turn IN (SELECT id FROM turn WHERE quest = ?)"
    for table in ("turn_file", "turn_dependency", "review", "reservation"):
        tx.run(f"DELETE FROM {table} WHERE {own}", quest)
    for table in ("message", "event", "turn", "member"):
        tx.run(f"DELETE FROM {table} WHERE quest = ?", quest)
    tx.run("DELETE FROM quest WHERE id = ?", quest)


def _delete_sessions(tx: Transaction, before: float) -> None:
    """Delete old sessions that nothing names any longer; one that still runs enters again with its next call."""
    tx.run(
        "DELETE FROM session WHERE created_at < ? AND NOT EXISTS (SELECT 1 FROM turn t WHERE t.holder = session.id)"
        " AND NOT EXISTS (SELECT 1 FROM event e WHERE e.session = session.id)",
        before,
    )
