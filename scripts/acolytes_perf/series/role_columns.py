"""Which columns of a table have which role: as the user chose them, else by the words of their headings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from acolytes_perf.inputs.columns import listed, parse_columns, unknown_heading
from acolytes_perf.series.layout import words_of

if TYPE_CHECKING:
    from acolytes_perf.series.rows import Rows


def find_columns(
    cells: Rows, columns: str | None, words: Mapping[str, Sequence[str]], where: str
) -> dict[str, tuple[int, str]]:
    """The place and the unit or format of the column of each role; roles without a column are left out.

    Args:
        cells: of the table.
        columns: the value of `--columns`; None for no choice.
        words: words of headings by role, the most telling first.
        where: the file, as errors name it.

    Raises:
        InputError: a chosen heading is not there.
    """
    places: dict[str, tuple[int, str]] = {}
    for choice in parse_columns(columns, tuple(words)):
        place = choice.column(cells.headings)
        if place is None:
            raise unknown_heading(choice, cells.headings, where)
        places[choice.role] = place
    headings = [words_of(heading) for heading in cells.headings]
    for role, names in words.items():
        free = set(range(len(headings))) - {index for index, _ in places.values()}
        found = next((index for name in names for index in sorted(free) if name in headings[index]), None)
        if role not in places and found is not None:
            places[role] = found, ""
    return places


def unused_note(cells: Rows, used: Iterable[int], where: str) -> str:
    """A sentence that names the columns without a role; empty where there are none."""
    taken = set(used)
    unused = [heading for index, heading in enumerate(cells.headings) if index not in taken]
    return f"Columns of {where} that are not used: {listed(unused)}." if unused else ""
