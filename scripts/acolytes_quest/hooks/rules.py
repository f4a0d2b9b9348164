"""What hooks forbid a worker of an open quest, each with its reason: why, what to do instead, how the rule goes off.

They act on a session that has entered a quest, and on nobody else. A command in Bash is not looked into.
"""

from __future__ import annotations

import os

from ..board import reservations, turns
from ..framing import quoted
from ..location import quest_root
from ..stores.clock import is_over
from ..stores.sql import OPEN
from .switch import how_off, is_off

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every tool call
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from ..stores.engine import Board, Transaction


def names_in_project(cwd: str, environ: Mapping[str, str], path: str) -> list[str]:
    """Return the names from the project's root under which a file is known, the one free of links first.

    There is none for a file that lies outside, be it by `..` or by a link.
    """
    root = quest_root(cwd, environ)
    given = os.path.abspath(os.path.join(cwd, path))
    real = _below(os.path.realpath(root), os.path.realpath(given))
    return list(dict.fromkeys(name for name in (real, _below(root, given)) if name)) if real else []


def objection_to_edit(board: Board, cwd: str, environ: Mapping[str, str], session: str, path: str) -> str | None:
    """Return why `session` must not edit this file; None when it may."""
    names = names_in_project(cwd, environ, path)
    with board.read() as tx:
        joined = open_quests(tx, session)
        if not joined or not names:
            return None
        held = turns.held_by(tx, session)
        found = None if is_off(environ, "reservations") else _reserved(tx, held, path, names)
        if found is None and held is None and not is_off(environ, "turn-order"):
            found = _out_of_turn(tx, joined)
    return found


def objection_to_call(board: Board, session: str) -> str | None:
    """Return why `session` must not call or write to another agent directly; None when it may, as a leader may."""
    with board.read() as tx:
        joined = open_quests(tx, session)
        leads = f"SELECT 1 AS found FROM quest WHERE leader_session = ? AND status IN {OPEN} LIMIT 1"
        if not joined or tx.one(leads, session):
            return None
    quest = joined[-1]
    number = quest["id"]
    return (
        f"You are a worker in quest {number}: workers reach one another through its leader alone, so that nothing is"
        f" lost when an agent ends. Say in your answer (acolytes-quest respond --quest {number}) what another is to do,"
        f" or write to the leader: acolytes-quest message --quest {number} --to {quest['leader']} --msg '...'."
        f" {how_off('direct-calls')}"
    )


def open_quests(tx: Transaction, session: str) -> list[dict[str, Any]]:
    """Return the quests that go on and that a session has entered as a worker, the latest last.

    `detail` is "only" where it asked for work of that quest alone.
    """
    return tx.all(
        "SELECT q.id, q.mode, q.leader, e.detail FROM event e JOIN quest q ON q.id = e.quest"
        f" WHERE e.session = ? AND e.kind = 'joined' AND q.status IN {OPEN} ORDER BY e.id",
        session,
    )


def _reserved(tx: Transaction, held: dict[str, Any] | None, path: str, names: list[str]) -> str | None:
    others = [
        row
        for row in reservations.of_others(tx, held["id"] if held else None)
        if not is_over(row["lease_boot"], row["lease_until"], tx.now)
    ]
    found = [row for name in names if (row := reservations.in_the_way(others, name, shared=True))]
    if not found:
        return None
    row = found[0]
    return (
        f"{quoted(path)} is reserved: {row['assignee']} works on {quoted(row['path'])} in turn {row['turn']} of quest"
        f" {row['quest']}. Work on something else, or try again when that turn has ended"
        f" (acolytes-quest status --quest {row['quest']}). {how_off('reservations')}"
    )


def _out_of_turn(tx: Transaction, joined: list[dict[str, Any]]) -> str | None:
    """Object on behalf of the first quest with one turn at a time in which another has that turn."""
    for quest in joined:
        if quest["mode"] != "single":
            continue
        row = tx.one("SELECT * FROM turn WHERE quest = ? AND state = 'leased'", quest["id"])
        if row and not is_over(row["lease_boot"], row["lease_until"], tx.now):
            return (
                f"It is not your turn: quest {quest['id']} lets one turn run at a time, and {row['assignee']} has turn"
                f" {row['id']}. Wait for yours: acolytes-quest monitor --role worker --quest {quest['id']}."
                f" {how_off('turn-order')}"
            )
    return None


def _below(root: str, path: str) -> str:
    return os.path.relpath(path, root) if path.startswith(root.rstrip(os.sep) + os.sep) else ""
