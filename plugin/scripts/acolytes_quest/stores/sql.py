"""Small parts of statements that several modules put together, in what both engines understand."""

from __future__ import annotations

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from collections.abc import Mapping

OPEN_STATES = ("open", "reviewing")  # a quest that is not over
OPEN = "('open', 'reviewing')"
LIVE = "('blocked', 'queued', 'leased')"  # a turn that is not over


def narrowed(conditions: Mapping[str, object]) -> tuple[str, list[object]]:
    """Return ` AND column = ?` for every value that is given (not None), and these values.

    A `? IS NULL OR column = ?` would not do: PostgreSQL cannot tell the type of the first.
    """
    given = {column: value for column, value in conditions.items() if value is not None}
    return "".join(f" AND {column} = ?" for column in given), list(given.values())
