"""The verb restore: put a backup in the place of the board."""

from __future__ import annotations

import time

from ..board import quests
from ..call import Reply, VerbCall
from ..errors import RefusalError
from ..framing import visible
from ..new_file import new_file
from .backup import counts, listed, read


def run(call: VerbCall) -> Reply:
    """Make the board what the backup holds. With --force, a board that has quests is copied beside it first."""
    call.board.check_restore(call.options.file)
    path, rows = read(call, call.options.file)
    kept = None
    if call.board.exists() and _number_of_quests(call):
        if not call.options.force:
            raise RefusalError(
                "the board has quests already: add --force to replace all of them (the board is copied beside it first)"
            )
        kept = call.board.place_for_copy(time.strftime("replaced-%Y%m%dT%H%M%SZ", time.gmtime()))
        with new_file(kept) as new:
            call.board.copy_to(new)
    call.board.restore_from(path)
    with call.board.read() as tx:  # upgrades a backup of an older version
        quests.workers(tx, 0)
    return Reply(
        {"file": path, **counts(rows), "kept": kept},
        f"the board is what {visible(path)} holds: {listed(rows)}",
        f"what it was before is in {visible(kept)}" if kept else "",
    )


def _number_of_quests(call: VerbCall) -> int:
    with call.board.read() as tx:
        return tx.column(int, "SELECT COUNT(*) FROM quest")[0]
