"""The base class of rows: each statement names the class of the rows that it returns."""

from __future__ import annotations

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from collections.abc import Sequence


class Row:
    """One row of a result, with an attribute for each column.

    A subclass declares its columns as annotations and ends with `__slots__ = tuple(__annotations__)`. A column that
    it does not declare is an error: `typing.NamedTuple` would do the same, and take longer to import than a command.
    """

    __slots__: tuple[str, ...] = ()

    def __init__(self, columns: Sequence[str], values: Sequence[object]) -> None:
        for column, value in zip(columns, values):
            setattr(self, column, value)
