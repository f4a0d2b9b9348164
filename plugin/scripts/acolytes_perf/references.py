"""Worked examples from elsewhere, and whether the calculators reproduce them.

A reference file holds `{"references": [{"id", "command", "basis", "source", "cases": [{"inputs", "expected",
"tolerance"}]}]}`; the basis is one of BASES.
An expected value or a tolerance (`abs` or `rel`) is a number in the result's unit, or a text with its own unit.
"""

from __future__ import annotations

import json
import os
from typing import Any, NamedTuple

from acolytes_perf.declare import Command
from acolytes_perf.inputs.units import RESULT_KINDS

FOLDER = os.path.join(os.path.dirname(__file__), "references")


#: Where the expected numbers come from, and how that is called.
BASES = {
    "published": "published in books, papers and manuals",
    "informal": "informal (forum, exam, test or discussion of another project)",
    "computed": "not published, computed another way",
}


class Check(NamedTuple):
    """One expected number beside the computed one, and how far they may be apart, all in the result's unit."""

    name: str
    unit: str
    expected: float | None
    computed: float | None
    tolerance: float
    reproduced: bool


def entries(name: str) -> list[dict[str, Any]]:
    """The references of a command, from the file that is named after it."""
    with open(os.path.join(FOLDER, f"{name.replace(' ', '_')}.json"), encoding="utf-8") as stream:
        found: list[dict[str, Any]] = json.load(stream)["references"]
    return found


def identifiers(name: str) -> list[str]:
    """Ids of a command's references."""
    return [entry["id"] for entry in entries(name)]


def recompute(command: Command, entry: dict[str, Any]) -> list[Check]:
    """Runs every case of a reference through the command, and compares."""
    checks = []
    for case in entry["cases"]:
        results = {result.name: result for result in command.run(command.check(case["inputs"])).results}
        for name, expected in case["expected"].items():
            computed, unit = results[name].value, results[name].unit
            checks.append(compared(name, unit, expected, computed, case["tolerance"]))
    return checks


def compared(name: str, unit: str, expected: Any, computed: float | None, tolerance: dict[str, Any]) -> Check:
    """The two beside each other; what does not happen (null) is reproduced by nothing else."""
    if expected is None or computed is None:
        return Check(
            name, unit, expected if expected is None else _number(expected, unit), computed, 0.0, expected is computed
        )
    wanted = _number(expected, unit)
    limit = _number(tolerance["abs"], unit) if "abs" in tolerance else tolerance["rel"] * abs(wanted)
    return Check(name, unit, wanted, computed, limit, abs(computed - wanted) <= limit)


def _number(value: Any, unit: str) -> float:
    if not isinstance(value, str):
        return float(value)
    return float(RESULT_KINDS[unit].read(value, value))
