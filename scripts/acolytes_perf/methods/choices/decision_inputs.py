"""What a choice is made of: options with their values, criteria with their weights, and comparisons in pairs."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from acolytes_perf.errors import InputError, did_you_mean, one_line, quoted
from acolytes_perf.inputs.fields import Field, Inputs, choice_field
from acolytes_perf.inputs.files import read_text
from acolytes_perf.inputs.tables import Table
from acolytes_perf.inputs.units import NUMBER, TEXT

_MOST = 1e12
SCORES = Table(
    "scores",
    (
        Field("option", TEXT, "name of an option", "k6", required=True, aliases=("alternative", "tool", "vendor")),
        Field("criterion", TEXT, "name of a criterion", "price", required=True),
        Field("value", NUMBER, "its value", "120", 0, _MOST, required=True),
    ),
    "values of options; a file may have a row for each option and a column for each criterion",
    "A:price:120,A:speed:800,B:price:90,B:speed:500",
    takes_files=True,
)  # fmt: skip
CRITERIA = Table(
    "criteria",
    (
        Field("criterion", TEXT, "name of a criterion", "price", required=True, aliases=("name",)),
        Field("weight", NUMBER, "how much it counts, beside the others", "3", 1e-9, 1e9, default="1"),
        choice_field("best", "which values are better", ("high", "low"), "high"),
    ),
    "criteria with weights; by default all count the same, and high values are better",
    "price:2:low,speed:3",
    max_rows=15, takes_files=True,
)  # fmt: skip
PAIRS = Table(
    "pairs",
    (
        Field("first", TEXT, "name of a criterion or option", "speed", required=True),
        Field("second", TEXT, "another one", "price", required=True),
        Field("ratio", NUMBER, "how many times as important or as good the first is", "3", 1 / 100, 100, required=True),
        Field("criterion", TEXT, "the criterion by which two options are compared", "support"),
    ),
    "comparisons in pairs, from 1 for equal to 9 (the better one first): of criteria, or of options by a criterion",
    "speed:price:3",
    max_rows=1500, takes_files=True,
)  # fmt: skip


class Choice(NamedTuple):
    """Everything that a choice is made of; the inputs that are not there are empty.

    Attributes:
        values: of each option by criterion.
        weights: of the criteria, as given; empty where the user gave none.
        low_is_better: the criteria with it.
        pairs: ratios by criterion (empty for comparisons of criteria) and pair of names.
        about: what a shipped template says of itself.
    """

    values: Mapping[str, Mapping[str, float]]
    weights: Mapping[str, float]
    low_is_better: frozenset[str]
    pairs: Mapping[str, Mapping[tuple[str, str], float]]
    about: str = ""


def templates() -> list[str]:
    """The names of the shipped templates."""
    return sorted(name[:-5] for name in os.listdir(_FOLDER) if name.endswith(".json"))


_FOLDER = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(__file__))), "criteria")


def read_choice(inputs: Inputs) -> Choice:
    """Read the inputs and their files.

    Raises:
        InputError: a value is missing or there twice, or a criterion has no values.
    """
    about, values = "", {}
    if "template" in inputs:
        with open(os.path.join(_FOLDER, f"{inputs.text('template')}.json"), encoding="utf-8") as stream:
            template = json.load(stream)
        about, values = template["about"], template["options"]
    if "scores" in inputs:
        values = _scores(inputs)
    weights: dict[str, float] = {}
    low: set[str] = set()
    for index, row in enumerate(_rows(inputs, CRITERIA)):
        name = row.text("criterion") or ""
        if name in weights:
            raise InputError(f"/criteria/{index}/criterion", f"{quoted(name)} is there twice: leave one out")
        weights[name] = row.number("weight")
        if row.text("best") == "low":
            low.add(name)
    choice = Choice(values, weights, frozenset(low), _pairs(_rows(inputs, PAIRS)), about)
    _check_values(choice)
    return choice


def _rows(inputs: Inputs, table: Table) -> list[Inputs]:
    """The rows of a table that are written in the call, or those of its files."""
    rows = inputs.rows(table.name)
    for path in inputs.texts(table.name):
        where = "standard input" if path == "-" else quoted(path)
        _, read = table.read(table.from_csv(read_text(path, f"/{table.name}"), where))
        assert isinstance(read, list)
        rows += [row for row in read if isinstance(row, Inputs)]
    return rows


def _scores(inputs: Inputs) -> dict[str, dict[str, float]]:
    values: dict[str, dict[str, float]] = {}

    def add(option: str, criterion: str, value: float, pointer: str) -> None:
        cells = values.setdefault(option, {})
        if criterion in cells:
            raise InputError(pointer, f"{quoted(option)} has {quoted(criterion)} twice: leave one out")
        cells[criterion] = value

    for index, row in enumerate(inputs.rows("scores")):
        add(row.text("option") or "", row.text("criterion") or "", row.number("value"), f"/scores/{index}")
    for path in inputs.texts("scores"):
        from acolytes_perf.series.read import read_table_rows  # a fifth of the start, and only files need it

        table, where = read_table_rows(path, "/scores"), quoted(path)
        if table is None:
            raise InputError("/scores", f"{where} has no rows of options: use CSV, TSV or NDJSON")
        plain = [heading.strip().lower() for heading in table.headings]
        if {"option", "criterion", "value"} <= set(plain):
            places = [plain.index(name) for name in ("option", "criterion", "value")]
            for cells, line in zip(table.rows, table.lines):
                option, criterion, cell = (cells[place].strip() for place in places)
                add(option, criterion, _value(cell, where, line), "/scores")
            continue
        if len(table.headings) < 2:
            raise InputError(
                "/scores", f"{where} has one column: it needs options in the first, and criteria beside it"
            )
        for cells, line in zip(table.rows, table.lines):
            for heading, cell in list(zip(table.headings, cells))[1:]:
                add(cells[0].strip(), heading.strip(), _value(cell.strip(), where, line), "/scores")
    return values


def _value(cell: str, where: str, line: int) -> float:
    try:
        value = float(cell)
    except ValueError:
        value = -1.0
    if not 0 <= value <= _MOST:
        message = (
            f"{where} line {line}: {quoted(cell)} is not a number of at least 0: use plain numbers, one unit a column"
        )
        raise InputError("/scores", message)
    return value


def _pairs(rows: Sequence[Inputs]) -> dict[str, dict[tuple[str, str], float]]:
    pairs: dict[str, dict[tuple[str, str], float]] = {}
    for index, row in enumerate(rows):
        pair = row.text("first") or "", row.text("second") or ""
        if pair[0] == pair[1]:
            raise InputError(f"/pairs/{index}", f"compares {quoted(pair[0])} with itself: leave it out")
        known = pairs.setdefault(row.text("criterion") or "", {})
        if pair in known or pair[::-1] in known:
            raise InputError(f"/pairs/{index}", f"{quoted(pair[0])} and {quoted(pair[1])} are compared twice")
        known[pair] = row.number("ratio")
    return pairs


def _check_values(choice: Choice) -> None:
    """Raise an error for an option without a value that others have, or a criterion that nobody has."""
    criteria = list(dict.fromkeys(name for cells in choice.values.values() for name in cells))
    for option, cells in choice.values.items():
        missing = next((name for name in criteria if name not in cells), None)
        if missing is not None:
            raise InputError("/scores", f"{quoted(option)} has no value for {quoted(missing)}: add it")
    if choice.values and len(choice.values) < 2:
        raise InputError("/scores", "has one option: a choice needs two")
    for name in choice.weights:
        if name not in [*criteria, *choice.pairs]:
            nearest = did_you_mean(name, criteria)
            known = ", ".join(map(one_line, [*criteria, *(one for one in choice.pairs if one)]))
            hint = f" (did you mean {one_line(nearest)}?)" if nearest else f": the criteria are {known}"
            raise InputError("/criteria", f"{quoted(name)} has no values{hint}")


def matrix(ratios: Mapping[tuple[str, str], float], names: Sequence[str], what: str) -> list[list[float]]:
    """The comparisons as a reciprocal matrix.

    Raises:
        InputError: two of the names are not compared, or a comparison is about another one.
    """
    for pair in ratios:
        for name in pair:
            if name not in names:
                raise InputError(
                    "/pairs", f"{quoted(name)} is not one of the {what}: {', '.join(map(one_line, names))}"
                )
    rows = [[1.0] * len(names) for _ in names]
    for row, first in enumerate(names):
        for column, second in enumerate(names):
            if (first, second) in ratios:
                rows[row][column], rows[column][row] = ratios[first, second], 1 / ratios[first, second]
            elif row < column and (second, first) not in ratios:
                message = f"{quoted(first)} and {quoted(second)} are not compared: add {first}:{second}:RATIO"
                raise InputError("/pairs", message)
    return rows
