"""Turns whose client has ended without giving them back, as after SIGKILL: nobody works on them any more.

Only a client on this machine, since its last start, can be looked for. Everywhere else the lease decides alone.
"""

from __future__ import annotations

import os

from ..stores import processes
from ..stores.clock import system_clock
from ..stores.sql import and_equal
from .rows import Turn

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from ..stores.engine import Query, Transaction


def finding(*, agent: str | None = None, quest: int | None = None) -> Query:
    """Return the query of `abandoned`, for the clients of the turns."""
    condition, values = and_equal({"t.assignee": agent, "t.quest": quest})
    sql = (
        "SELECT t.id, s.process, s.process_start FROM turn t JOIN session s ON s.id = t.holder"
        f" WHERE t.state = 'leased' AND s.process IS NOT NULL AND s.host = ? AND s.boot = ?{condition} ORDER BY t.id"
    )
    return sql, (os.uname().nodename, system_clock()[0], *values)


def abandoned(tx: Transaction, *, agent: str | None = None, quest: int | None = None) -> list[Turn]:
    """Return the leased turns of the agent or quest whose client has ended, oldest first."""
    sql, values = finding(agent=agent, quest=quest)
    rows = tx.tuples(sql, *values)
    gone = [turn for turn, number, start in rows if processes.is_gone(number, start)]
    return [tx.rows(Turn, "SELECT * FROM turn WHERE id = ?", turn)[0] for turn in gone]
