"""Worked examples from other sources, and whether the calculators reproduce them.

`references/AREA_COMMAND.json`, or `COMMAND.json`, belongs to the command of that name. It is an object with two lists:

- `references`: entries with `id`, `basis` (one of BASES), `source` and `cases`. A case has `inputs`, the expected
  `results` by name, the expected `tables` by table, row and column, and a `tolerance`.
- `kinds`: rules by which `verify` reads the entries of others for this command (see `kinds`).

An expected value or a tolerance (`abs` or `rel`) is a number in the result's unit, or a text with its own unit.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Any, NamedTuple

from acolytes_perf.declare import Command
from acolytes_perf.inputs.data_sizes import BANDWIDTH, SIZE
from acolytes_perf.inputs.units import RESULT_KINDS
from acolytes_perf.outcome import ResultPath

#: The kind of a figure, by its unit.
_KINDS = {**RESULT_KINDS, "B": SIZE, "bit/s": BANDWIDTH}
FOLDER = os.path.join(os.path.dirname(__file__), "references")


#: Where the expected numbers come from, in words.
BASES = {
    "published": "published in books, papers and manuals",
    "informal": "informal (forum, exam, test or discussion of another project)",
    "computed": "not published, computed another way",
}


class Check(NamedTuple):
    """An expected and a computed number, and the allowed difference, in the unit of the result."""

    name: str
    unit: str
    expected: float | None
    computed: float | None
    tolerance: float
    reproduced: bool


def file_of(name: str) -> str:
    """The path of a command's file."""
    return os.path.join(FOLDER, f"{name.replace(' ', '_').replace('-', '_')}.json")


def read(name: str) -> dict[str, list[dict[str, Any]]]:
    """Read the file of a command: its `references` and its `kinds`."""
    with open(file_of(name), encoding="utf-8") as stream:
        content: dict[str, list[dict[str, Any]]] = json.load(stream)
    return content


def entries(name: str) -> list[dict[str, Any]]:
    """The worked examples of a command."""
    return read(name)["references"]


def identifiers(name: str) -> list[str]:
    """Ids of a command's references."""
    return [entry["id"] for entry in entries(name)]


def recompute(command: Command, entry: dict[str, Any]) -> list[Check]:
    """Run every case of a reference through the command, and compare."""
    checks = []
    for case in entry["cases"]:
        outcome = command.run(command.check(case["inputs"]))
        for path, expected in _expected(case):
            result = path.find(outcome)
            assert result, f"{command.name} has no {path} for {entry['id']}"
            checks.append(compared(str(path), result.unit, expected, result.value, case["tolerance"]))
    return checks


def _expected(case: dict[str, Any]) -> Iterator[tuple[ResultPath, Any]]:
    """Every expected figure of a case with its address."""
    for name, value in case.get("results", {}).items():
        yield ResultPath(name), value
    for table, rows in case.get("tables", {}).items():
        for row, cells in rows.items():
            for name, value in cells.items():
                yield ResultPath(name, table, row), value


def compared(name: str, unit: str, expected: Any, computed: float | None, tolerance: dict[str, Any]) -> Check:
    """Compare the two numbers. An event that does not happen (null) is reproduced only by null."""
    if expected is None or computed is None:
        return Check(
            name, unit, expected if expected is None else _number(expected, unit), computed, 0.0, expected is computed
        )
    expected_number = _number(expected, unit)
    limit = _number(tolerance["abs"], unit) if "abs" in tolerance else tolerance["rel"] * abs(expected_number)
    return Check(name, unit, expected_number, computed, limit, abs(computed - expected_number) <= limit)


def _number(value: Any, unit: str) -> float:
    if not isinstance(value, str):
        return float(value)
    return float(_KINDS[unit].read(value, value))
