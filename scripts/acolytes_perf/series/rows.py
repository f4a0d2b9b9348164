"""Delimited text as rows below their headings: the delimiter is found, and every row has all fields.

Source: RFC 4180.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from acolytes_perf.errors import InputError, one_line
from acolytes_perf.inputs.dates import DateError, read_times
from acolytes_perf.series.cells import NumberError, read_numbers


class Rows(NamedTuple):
    """Cells below their headings; `lines` has the line of each row in the file."""

    headings: list[str]
    rows: list[list[str]]
    lines: list[int]
    delimiter: str = ","

    def column(self, index: int) -> list[str]:
        """The cells of a column."""
        return [row[index] for row in self.rows]


def parse_rows(text: str, where: str, pointer: str) -> Rows:
    """The rows of a delimited text. The delimiter is the one that gives all lines the same number of fields.

    Raises:
        InputError: the text is empty, has no rows, or a row has another number of fields than the heading.
    """
    lines = text.splitlines()
    first = next((index for index, line in enumerate(lines) if line.strip()), None)
    if first is None:
        raise InputError(pointer, f"{where} is empty")
    delimiter = None
    stated = re.fullmatch(r'\s*"?sep=(.)"?\s*', lines[first])
    if stated:
        delimiter, first = stated[1], first + 1
    while first < len(lines) and (lines[first].startswith("#") or not lines[first].strip()):
        first += 1
    body = lines[first:]
    if not body:
        raise InputError(pointer, f"{where} has no rows")
    delimiter = delimiter or _delimiter(body)
    reader = csv.reader(body, delimiter=delimiter, strict=True)
    try:
        rows = [(first + reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise InputError(
            pointer, f"{where} is not CSV: {one_line(str(error))} at line {first + reader.line_num}"
        ) from None
    headings = [printable(cell).strip() for cell in rows[0][1]]
    if _has_no_heading(headings):
        headings = ["value"] if len(headings) == 1 else [f"column {index}" for index in range(1, len(headings) + 1)]
    else:
        rows = rows[1:]
    if not rows:
        raise InputError(pointer, f"{where} has a heading and no row below it")
    headings, rows = _even(headings, rows, where, pointer)
    repeated = next((name for name, count in Counter(headings).items() if count > 1), None)
    if repeated is not None:
        headings = [
            f"{name} {headings[: index + 1].count(name)}" if headings.count(name) > 1 else name
            for index, name in enumerate(headings)
        ]
    return Rows(headings, [row for _, row in rows], [line for line, _ in rows], delimiter)


def printable(text: str) -> str:
    """The text with a space for every character that would break a line or reach a terminal's escapes."""
    return text if text.isprintable() else "".join(char if char.isprintable() else " " for char in text)


def _even(
    headings: list[str], rows: list[tuple[int, list[str]]], where: str, pointer: str
) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Headings and rows without empty fields at their ends.

    Raises:
        InputError: a row has another number of fields than the heading.
    """
    while headings and not headings[-1] and all(len(row) < len(headings) or not row[-1].strip() for _, row in rows):
        rows = [(line, row[: len(headings) - 1]) for line, row in rows]
        headings.pop()
    for line, row in rows:
        while len(row) > len(headings) and not row[-1].strip():
            row.pop()
        if len(row) != len(headings):
            message = f"{where} line {line} has {len(row)} fields, but the heading has {len(headings)}"
            hint = ": put numbers with commas in double quotes" if len(row) > len(headings) else ": complete the line"
            raise InputError(pointer, message + hint)
    return headings, rows


def _delimiter(lines: Sequence[str]) -> str:
    """The delimiter with which most lines have as many fields as the first, and the most fields."""
    best, chosen = (0.0, 0), ","
    sample = [line for line in lines[:200] if line.strip()]
    for delimiter in ",;\t|":
        try:
            counts = [len(row) for row in csv.reader(sample, delimiter=delimiter)]
        except csv.Error:
            continue
        if counts[0] > 1:
            same = sum(count == counts[0] for count in counts) / len(counts)
            best, chosen = max((best, chosen), ((same, counts[0]), delimiter))
    return chosen


def _has_no_heading(cells: Sequence[str]) -> bool:
    """Whether the first row has values already: a time or a number in every cell."""
    return all(is_number(cell) or _is_time(cell) for cell in cells)


def is_number(cell: str) -> bool:
    """Whether a single cell is a number, with or without a unit."""
    try:
        read_numbers([cell], unit="decimal_point")
    except NumberError:
        return False
    return True


def _is_time(cell: str) -> bool:
    try:
        read_times([cell])
    except DateError as error:
        return error.looks_like_times
    return True
