"""Tables that people write for decisions: their columns are recognised by the words of the headings.

A column of numbers that is not recognised is refused by its name, since it could be a cost that is left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from acolytes_perf.errors import InputError, quoted
from acolytes_perf.inputs.columns import listed, parse_columns, unknown_heading
from acolytes_perf.inputs.files import expand
from acolytes_perf.inputs.money import currency_in, is_money_word, with_plain_codes, without_currency
from acolytes_perf.series.cells import DECIMAL_COMMA, NumberError, is_missing, read_numbers
from acolytes_perf.series.layout import words_of
from acolytes_perf.series.read import read_table_rows
from acolytes_perf.series.rows import Rows, is_number

#: The role of a column that the user leaves out.
IGNORE = "ignore"
#: Words between those that say what a column holds.
_FILLERS = frozenset(("a", "an", "the", "per", "in", "of", "to", "for", "and", "each", "p", "pa"))


#: A number whose comma can only be a decimal sign.
_DECIMAL_COMMA = re.compile(r"[+-]?(\d{1,3}(\.\d{3})+,\d+|\d+,(\d{1,2}|\d{4,}))")


class Sheet(NamedTuple):
    """The rows of one file with the columns that play a role.

    Attributes:
        where: the file, for errors.
        pointer: of the input, for errors.
        cells: headings and cells.
        places: the index of the column by role.
        notes: how it was read, in sentences.
        chosen: the unit of each role whose column the user has named, empty for none.
    """

    where: str
    pointer: str
    cells: Rows
    places: dict[str, int]
    notes: tuple[str, ...]
    chosen: Mapping[str, str] = MappingProxyType({})

    def texts(self, role: str) -> list[str]:
        """The cells of a role's column; empty texts where values are missing."""
        return ["" if is_missing(cell) else cell.strip() for cell in self.cells.column(self.places[role])]

    def heading(self, role: str) -> str:
        """The heading of a role's column."""
        return self.cells.headings[self.places[role]]

    def words(self, role: str) -> list[str]:
        """The words of its heading."""
        return words_of(with_plain_codes(self.heading(role)))

    def money(self, role: str) -> tuple[list[float | None], str]:
        """The amounts of a role's column, None for missing ones, and their currency, empty where nothing says it.

        Raises:
            InputError: a cell is no amount, or currencies differ.
        """
        currency = currency_in(self.words(role), self.heading(role))
        pairs = [without_currency(cell) for cell in self.texts(role)]
        codes = sorted({code for _, code in pairs if code} | ({currency.code} - {""}))
        if len(codes) > 1:
            raise self.error(role, None, f"has amounts in {' and '.join(codes)}: write all in one currency")
        values, unit = self._read(role, [text for text, _ in pairs], "")
        if unit:
            raise self.error(role, None, "has numbers with a unit, but holds money")
        return [None if value is None else value * currency.scale for value in values], codes[0] if codes else ""

    def numbers(self, role: str) -> tuple[list[float | None], str]:
        """The numbers of a role's column in a base unit, None for missing ones, and that unit.

        Raises:
            InputError: a cell is no number.
        """
        return self._read(role, self.texts(role), self.heading(role))

    def _read(self, role: str, texts: list[str], heading: str) -> tuple[list[float | None], str]:
        if not any(texts):
            return [None] * len(texts), ""
        unit = self.chosen.get(role, "") or (DECIMAL_COMMA if self._writes_decimal_commas else "")
        try:
            numbers = read_numbers(texts, heading, unit, has_decimal_commas=self.cells.delimiter == ";")
        except NumberError as error:
            raise self.error(role, error.row, str(error)) from None
        return numbers.values, numbers.unit

    @property
    def _writes_decimal_commas(self) -> bool:
        """Whether a cell of the file has a comma that can only be a decimal sign, so that dots separate thousands."""
        if self.cells.delimiter != ";":
            return False
        return any(_DECIMAL_COMMA.fullmatch(without_currency(cell)[0]) for row in self.cells.rows for cell in row)

    def error(self, role: str, row: int | None, message: str) -> InputError:
        """An error in a role's column, or in one of its cells."""
        line = "" if row is None else f" line {self.cells.lines[row]}"
        return InputError(self.pointer, f"{self.where}{line}, column {quoted(self.heading(role))}: {message}")


def read_sheets(
    paths: Sequence[str],
    columns: str | None,
    pointer: str,
    role_of: Callable[[list[str], str], str | None],
    roles: Sequence[str],
    required: Sequence[str],
) -> list[Sheet]:
    """The tables of files.

    Args:
        paths: files, folders, patterns, or `-` for standard input.
        columns: text of `--columns`; None without one.
        pointer: of the input, for errors.
        role_of: the role that a heading means, by its plain words and its text; None for an unknown heading.
        roles: that `--columns` may name, beside IGNORE.
        required: roles without which a table says nothing.

    Raises:
        InputError: a file is no table, lacks a column, or has one that is not recognised.
    """
    choices = parse_columns(columns, [*roles, IGNORE])
    sheets = []
    for path in expand(paths, pointer):
        where = quoted(path)
        cells = read_table_rows(path, pointer)
        if cells is None:
            raise InputError(pointer, f"{where} is not a table: use CSV, TSV, NDJSON or a JSON list of objects")
        places: dict[str, int] = {}
        left_out: set[int] = set()
        units: dict[str, str] = {}
        for choice in choices:
            place = choice.column(cells.headings)
            if place is None:
                raise unknown_heading(choice, cells.headings, where)
            if choice.role == IGNORE:
                left_out.add(place[0])
            elif choice.role in places:
                raise InputError("/columns", f"chooses two columns for {choice.role}: leave one out")
            else:
                places[choice.role], units[choice.role] = place
        sheets.append(_recognised(cells, where, pointer, (places, left_out, units), role_of, required))
    return sheets


def _recognised(
    cells: Rows,
    where: str,
    pointer: str,
    chosen: tuple[dict[str, int], set[int], dict[str, str]],
    role_of: Callable[[list[str], str], str | None],
    required: Sequence[str],
) -> Sheet:
    places, left_out, units = dict(chosen[0]), chosen[1], chosen[2]
    used = {*places.values(), *left_out}
    unknown = []
    for index, heading in enumerate(cells.headings):
        if index in used:
            continue
        role = role_of(plain_words(heading), heading)
        if role is None or role in chosen[0]:
            unknown.append(index)
        elif role in places:
            first = cells.headings[places[role]]
            message = f"{where} has two columns for {role}, {quoted(first)} and {quoted(heading)}"
            raise InputError(pointer, f"{message}: leave one out with --columns ignore={_shown(heading)}")
        else:
            places[role] = index
    missing = next((role for role in required if role not in places), None)
    if missing:
        message = f"{where} has no column for {missing}: its columns are {listed(cells.headings)}"
        raise InputError(pointer, f"{message}; choose with --columns {missing}=HEADING")
    for index in unknown:
        texts = [cell for cell in cells.column(index) if not is_missing(cell)]
        if texts and all(is_number(without_currency(cell)[0]) for cell in texts):
            heading = _shown(cells.headings[index])
            message = f"{where} has the column {quoted(cells.headings[index])}, which has no effect here"
            raise InputError(pointer, f"{message}: give it a role, or leave it out with --columns ignore={heading}")
    names = [cells.headings[index] for index in sorted({*unknown, *left_out})]
    notes = (f"Columns of {where} that are not used: {listed(names)}.",) if names else ()
    return Sheet(where, pointer, cells, places, notes, units)


def plain_words(heading: str) -> list[str]:
    """The words that say what a column holds, without currencies and fillers.

    >>> plain_words("gain_a_year_low [kUSD]")
    ['gain', 'year', 'low']
    """
    return [word for word in words_of(with_plain_codes(heading)) if word not in _FILLERS and not is_money_word(word)]


def _shown(heading: str) -> str:
    return f'"{heading}"' if "," in heading or " " in heading else heading
