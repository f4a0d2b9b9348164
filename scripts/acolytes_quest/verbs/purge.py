"""The verb purge: delete quests that ended long ago."""

from __future__ import annotations

from ..call import Reply, VerbCall
from ..framing import counted

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from ..stores.engine import Transaction

_DAY = 86_400.0


def run(call: VerbCall) -> Reply:
    """Delete the quests that ended at least --older days ago, with all that belongs to them."""
    options = call.options
    with call.board.read() if options.dry_run else call.board.write() as tx:
        before = tx.at - options.older * _DAY
        sql = "SELECT id FROM quest WHERE finished_at IS NOT NULL AND finished_at < ? ORDER BY id"
        numbers = tx.column(int, sql, before)
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
    for table in ("turn_file", "turn_dependency", "review", "decision", "reservation"):
        tx.run(f"DELETE FROM {table} WHERE {own}", quest)
    for table in ("shown", "message", "event", "turn", "member"):
        tx.run(f"DELETE FROM {table} WHERE quest = ?", quest)
    tx.run("DELETE FROM quest WHERE id = ?", quest)


def _delete_sessions(tx: Transaction, before: float) -> None:
    """Delete old sessions that no turn and no event names. One that still runs enters again with its next call."""
    tx.run(
        "DELETE FROM session WHERE created_at < ? AND NOT EXISTS (SELECT 1 FROM turn t WHERE t.holder = session.id)"
        " AND NOT EXISTS (SELECT 1 FROM event e WHERE e.session = session.id)",
        before,
    )
