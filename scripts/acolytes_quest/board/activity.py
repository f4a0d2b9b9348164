"""What a turn has been doing: since when it is in its state, the last sign of life, and whether its client has ended.

Times are Unix seconds. A sign of life of a holder is the renewal of its lease, or anything that the log has of it.
"""

from __future__ import annotations

from . import liveness

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from ..stores.engine import Transaction
    from .rows import Turn

_BEGINNINGS = {  # the events by which a turn gets into a state
    "leased": ("claimed",),
    "queued": ("queued", "expired", "released", "orphaned"),
}


_RECENT = 500  # the newest events and messages of a quest, in which signs of life of its members are looked for


class Activity:
    """What one turn has been doing. `since` and `last_sign` are None where that is unknown."""

    __slots__ = ("agent", "client_ended", "last_sign", "since")

    def __init__(self, agent: str, since: float | None, last_sign: float | None, *, client_ended: bool) -> None:
        self.agent = agent
        self.since = since
        self.last_sign = last_sign
        self.client_ended = client_ended


def of_turns(tx: Transaction, quest: int, turns: list[Turn]) -> dict[int, Activity]:
    """Return the activity of turns of one quest, by their numbers."""
    ended = {turn.id for turn in liveness.abandoned(tx, quest=quest)} if any(map(_is_leased, turns)) else set()
    return {
        turn.id: Activity(
            turn.assignee,
            _since(tx, turn),
            _last_sign(tx, turn) if _is_leased(turn) else None,
            client_ended=turn.id in ended,
        )
        for turn in turns
    }


def of_members(tx: Transaction, quest: int, activities: dict[int, Activity]) -> dict[str, float]:
    """Return when each member was last heard of, as far as the newest events and messages say.

    `activities` are those of the turns that are held now.
    """
    newest = "(SELECT * FROM {} WHERE quest = ? ORDER BY {} DESC LIMIT ?) AS recent"
    pairs = tx.tuples(
        f"SELECT actor, MAX(at) FROM {newest.format('event', 'id')}"
        " WHERE session IS NOT NULL AND kind IN ('claimed', 'joined', 'waited', 'done') GROUP BY actor",
        *(quest, _RECENT),
    )
    wrote = f"SELECT sender, MAX(at) FROM {newest.format('message', 'seq')} GROUP BY sender"
    pairs += tx.tuples(wrote, quest, _RECENT)
    pairs += [(doing.agent, doing.last_sign) for doing in activities.values()]
    signs: dict[str, float] = {}
    for name, at in pairs:
        if at is not None:
            signs[name] = max(at, signs.get(name, at))
    return signs


def _is_leased(turn: Turn) -> bool:
    return turn.state == "leased"


def _since(tx: Transaction, turn: Turn) -> float | None:
    kinds = _BEGINNINGS.get(turn.state, (turn.state,))
    marks = ", ".join("?" * len(kinds))
    return tx.value(float, f"SELECT MAX(at) FROM event WHERE turn = ? AND kind IN ({marks})", turn.id, *kinds)


def _last_sign(tx: Transaction, turn: Turn) -> float | None:
    signs = tx.column(float, "SELECT MAX(at) FROM event WHERE session = ?", turn.holder)
    boot, seconds = tx.now
    if turn.lease_renewed is not None and turn.lease_boot == boot:
        signs.append(tx.at - (seconds - turn.lease_renewed))
    return max((sign for sign in signs if sign is not None), default=None)
