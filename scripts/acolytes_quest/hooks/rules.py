"""What hooks forbid a worker of an open quest. Each reason says why, what to do instead, and how to switch it off.

The rules apply to a session that has entered a quest, and to no other. Commands in Bash are not checked.
"""

from __future__ import annotations

import os

from ..board import reservations, turns
from ..board.rows import JoinedQuest, Turn
from ..framing import quoted
from ..location import quest_root
from ..stores.clock import is_over
from ..stores.sql import OPEN
from .switch import how_off, is_off

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every tool call
if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..stores.engine import Board, Transaction


def names_in_project(cwd: str, environ: Mapping[str, str], path: str) -> list[str]:
    """Return the names of a file from the root of the project; the first one contains no links.

    A file outside of the project has no such name, whether it is named by `..` or reached by a link.
    """
    root = quest_root(cwd, environ)
    written = os.path.abspath(os.path.join(cwd, path))
    real = _below(os.path.realpath(root), os.path.realpath(written))
    return list(dict.fromkeys(name for name in (real, _below(root, written)) if name)) if real else []


def objection_to_edit(board: Board, cwd: str, environ: Mapping[str, str], session: str, path: str) -> str | None:
    """Return why `session` must not edit this file; None when it may."""
    from .. import trees

    with board.read() as tx:
        joined = open_quests(tx, session)
        place = trees.locate(path, cwd, environ) if joined else None
        if place is None:
            return None
        held = turns.held_by(tx, session)
        reason = None if is_off(environ, "reservations") else _reserved(tx, held, os.path.join(cwd, path), *place)
        if reason is None and held is None and not is_off(environ, "turn-order"):
            reason = _out_of_turn(tx, joined)
    return reason


def objection_to_call(board: Board, session: str) -> str | None:
    """Return why `session` must not call or write to another agent directly; None when it may, as a leader may."""
    with board.read() as tx:
        joined = open_quests(tx, session)
        leads = f"SELECT 1 FROM quest WHERE leader_session = ? AND status IN {OPEN} LIMIT 1"
        if not joined or tx.exists(leads, session):
            return None
    quest = joined[-1]
    return (
        f"You are a worker in quest {quest.id}: workers reach each other only through its leader, so that no work is"
        f" lost when an agent ends. Write in your answer (acolytes-quest respond --quest {quest.id}) what the other"
        f" agent should do, or write to the leader: acolytes-quest message --quest {quest.id} --to {quest.leader}"
        f" --msg '...'. {how_off('direct-calls')}"
    )


def open_quests(tx: Transaction, session: str) -> list[JoinedQuest]:
    """Return the open quests that a session has entered as a worker, the latest last."""
    return tx.rows(
        JoinedQuest,
        "SELECT q.id, q.mode, q.leader, e.detail FROM event e JOIN quest q ON q.id = e.quest"
        f" WHERE e.session = ? AND e.kind = 'joined' AND q.status IN {OPEN} ORDER BY e.id",
        session,
    )


def _reserved(tx: Transaction, held: Turn | None, path: str, tree: str, name: str) -> str | None:
    others = [
        row
        for row in reservations.of_other_turns(tx, held.id if held else None)
        if row.tree == tree and not row.shared and not is_over(row.lease_boot, row.lease_until, tx.now)
    ]
    if not others:
        return None
    from .. import spelling

    folder = os.path.dirname(os.path.realpath(path))
    any_case, any_form = spelling.ignores_case(folder), spelling.ignores_form(folder, may_write=False)
    file = reservations.ReservedPath(tree, name, any_case=any_case, any_form=any_form)
    conflict = next((row for row in others if reservations.covers(row, file)), None)
    if conflict is None:
        return None
    return (
        f"{quoted(name)} is reserved: {conflict.assignee} works on {quoted(conflict.path)} in turn {conflict.turn} of"
        f" quest {conflict.quest}. Work on something else, or try again when that turn has ended"
        f" (acolytes-quest status --quest {conflict.quest}). {how_off('reservations')}"
    )


def _out_of_turn(tx: Transaction, joined: list[JoinedQuest]) -> str | None:
    """Return the objection for the first quest in single mode in which another session has the turn."""
    for quest in joined:
        if quest.mode != "single":
            continue
        turn = tx.row(Turn, "SELECT * FROM turn WHERE quest = ? AND state = 'leased'", quest.id)
        if turn and turn.lease_left(tx.now) > 0:
            return (
                f"It is not your turn: quest {quest.id} runs one turn at a time, and {turn.assignee} has turn"
                f" {turn.id}. Wait for yours: acolytes-quest monitor --role worker --quest {quest.id}."
                f" {how_off('turn-order')}"
            )
    return None


def _below(root: str, path: str) -> str:
    return os.path.relpath(path, root) if path.startswith(root.rstrip(os.sep) + os.sep) else ""
