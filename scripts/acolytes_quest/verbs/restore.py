"""The verb restore: put a backup in the place of the board."""

from __future__ import annotations

from ..board import quests
from ..call import Reply, VerbCall
from ..framing import visible
from .backup import counts, listed, read


def run(call: VerbCall) -> Reply:
    """Make the board what the backup holds. With --force, a board that has quests is copied beside it first."""
    call.board.check_restore(call.options.file)
    path, rows = read(call, call.options.file)
    kept = call.board.restore_from(path, force=call.options.force)
    with call.board.read() as tx:  # upgrades a backup of an older version
        quests.workers(tx, 0)
    return Reply(
        {"file": path, **counts(rows), "kept": kept},
        f"the board now has the content of {visible(path)}: {listed(rows)}",
        f"the earlier board is in {visible(kept)}" if kept else "",
    )
