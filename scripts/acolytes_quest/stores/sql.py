"""Parts of statements that several modules use, in SQL that both engines understand."""

from __future__ import annotations

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from collections.abc import Mapping

OPEN_STATES = ("open", "reviewing")  # a quest that is not over
OPEN = "('open', 'reviewing')"
LIVE = "('blocked', 'queued', 'leased')"  # a turn that is not over


def and_equal(values: Mapping[str, object]) -> tuple[str, list[object]]:
    """Return ` AND column = ?` for every value that is not None, and these values.

    `? IS NULL OR column = ?` would not work: PostgreSQL cannot tell the type of the first.
    """
    present = {column: value for column, value in values.items() if value is not None}
    return "".join(f" AND {column} = ?" for column in present), list(present.values())
