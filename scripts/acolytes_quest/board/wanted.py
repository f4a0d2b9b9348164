"""Which turns a worker may take: one rule for monitor, ready, the wait in a hook, and the hook at an agent's start.

A worker takes turns that are for it, in quests of its own working tree or of all trees. Only if it names the quest or
the turn, it works for another tree.
"""

from __future__ import annotations

from ..checks import ANYONE
from ..stores.sql import OPEN, and_equal

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from ..stores.engine import Transaction

# Of a turn `t` and its quest `q`: nobody holds it, and in single mode nobody holds another one of the quest.
_FREE = (
    f"t.state = 'queued' AND q.status IN {OPEN}"
    " AND (q.mode = 'parallel' OR NOT EXISTS (SELECT 1 FROM turn o WHERE o.quest = t.quest AND o.state = 'leased'))"
)
_OWN_TREE = " AND (q.tree IS NULL OR q.tree = ?)"
_NOT_LED = " AND (q.leader_session IS NULL OR q.leader_session <> ?)"
_FOR_ANYONE = (
    f"t.assignee IN (?, '{ANYONE}')"
    " AND EXISTS (SELECT 1 FROM member m WHERE m.quest = t.quest AND m.agent = ? AND m.role = 'worker')"
)


class Wanted:
    """The turns that an agent wants; None as the agent is all agents.

    Attributes:
        agent: Whose turns; with `any_worker` also those for any worker of a quest in which it is one.
        quest: Only turns of this quest, whatever its tree.
        turn: Only this turn, whatever its tree.
        tree: The working tree of the worker, where neither of those is named; None is all trees.
        any_worker: Whether turns for any worker are wanted.
        session: Who wants them, if it has a name: a session takes no turns of a quest that it leads.
    """

    __slots__ = ("agent", "any_worker", "quest", "session", "tree", "turn")

    def __init__(
        self,
        agent: str | None,
        *,
        quest: int | None = None,
        turn: int | None = None,
        tree: str | None = None,
        any_worker: bool = False,
        session: str | None = None,
    ) -> None:
        self.agent = agent
        self.quest = quest
        self.turn = turn
        self.tree = tree if quest is None and turn is None else None
        self.any_worker = any_worker
        self.session = session

    def condition(self) -> tuple[str, list[object]]:
        """Return the condition on a turn `t` of a quest `q`, and its values. It does not say that the turn is free."""
        rest, values = and_equal({"t.quest": self.quest, "t.id": self.turn})
        if self.tree is not None:
            rest += _OWN_TREE
            values.append(self.tree)
        if self.session is not None:
            rest += _NOT_LED
            values.append(self.session)
        if self.agent is None:
            return f"1 = 1{rest}", values
        if self.any_worker:
            return f"{_FOR_ANYONE}{rest}", [self.agent, self.agent, *values]
        return f"t.assignee = ?{rest}", [self.agent, *values]

    def free(self) -> tuple[str, list[object]]:
        """Return the condition on a turn `t` of a quest `q` that can be taken now, and its values."""
        condition, values = self.condition()
        return f"{condition} AND {_FREE}", values


class OtherTree:
    """An open quest of another working tree, and how many of its turns can be taken now."""

    __slots__ = ("quest", "ready", "tree")

    def __init__(self, quest: int, tree: str, ready: int) -> None:
        self.quest = quest
        self.tree = tree
        self.ready = ready

    def data(self) -> dict[str, object]:
        """Return it for JSON."""
        return {"quest": self.quest, "tree": self.tree, "ready": self.ready}


def in_other_trees(tx: Transaction, wanted: Wanted) -> list[OtherTree]:
    """Return the open quests that an agent, or any, works in and that `wanted` leaves out for their tree."""
    if wanted.tree is None:
        return []
    free, values = Wanted(wanted.agent, any_worker=wanted.any_worker).free()
    member = "" if wanted.agent is None else " AND m.agent = ?"
    rows = tx.tuples(
        f"SELECT q.id, q.tree, (SELECT COUNT(*) FROM turn t WHERE t.quest = q.id AND {free}) FROM quest q"
        f" WHERE q.status IN {OPEN} AND q.tree IS NOT NULL AND q.tree <> ?"
        f" AND EXISTS (SELECT 1 FROM member m WHERE m.quest = q.id AND m.role = 'worker'{member}) ORDER BY q.id",
        *(*values, wanted.tree, *([] if wanted.agent is None else [wanted.agent])),
    )
    return [OtherTree(*row) for row in rows]
