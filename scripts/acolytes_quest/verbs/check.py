"""The verb check: look for damage, and for what breaks an invariant."""

from __future__ import annotations

from ..board import invariants, quests
from ..call import Reply, VerbCall
from ..framing import counted, visible

_SHOWN = 20


def run(call: VerbCall) -> Reply:
    """Check the file and the quests. The exit code is 1 when there is a problem."""
    damage = call.board.health()
    with call.board.read() as tx:
        if call.options.quest is None:
            numbers = tx.column(int, "SELECT id FROM quest ORDER BY id")
        else:
            numbers = [quests.find(tx, call.options.quest).id]
        violations = [violation for number in numbers for violation in invariants.violations(tx, number)]
    lines = [
        *(f"damage: {line}" for line in damage),
        *(f"quest {row.quest}: invariant {row.invariant}: {row.text}" for row in violations),
    ]
    data = {
        "healthy": not lines,
        "quests": len(numbers),
        "damage": damage,
        "findings": [{"quest": row.quest, "invariant": row.invariant, "problem": row.text} for row in violations],
    }
    if not lines:
        return Reply(data, f"the board is healthy: {counted(len(numbers), 'quest')} checked")
    rest = f"and {counted(len(lines) - _SHOWN, 'more problem')}" if len(lines) > _SHOWN else ""
    return Reply(data, *(visible(line) for line in lines[:_SHOWN]), rest, exit_code=1)
