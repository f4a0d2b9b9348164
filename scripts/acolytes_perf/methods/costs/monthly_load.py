"""The load of a month with its unit, and how units of load convert into each other."""

from __future__ import annotations

import re
from typing import NamedTuple

from acolytes_perf.inputs.fields import text_field

_LOAD_PATTERN = (
    r"(\d{1,15}(?:\.\d+)?(?:[eE]\d{1,2})?)\s*(k(?![A-Za-z])|M(?![A-Za-z])|million|thousand)?\s*"
    r"([A-Za-z][A-Za-z-]{0,19})?"
)
_SCALES = {"k": 1e3, "thousand": 1e3, "M": 1e6, "million": 1e6}
#: Units of load with the size of one in the first of its family.
_FAMILIES = (
    {"b": 1.0, "kb": 1e3, "mb": 1e6, "gb": 1e9, "tb": 1e12, "pb": 1e15,
     "kib": 2.0**10, "mib": 2.0**20, "gib": 2.0**30, "tib": 2.0**40},
    {"request": 1.0, "req": 1.0, "call": 1.0, "hit": 1.0, "message": 1.0, "operation": 1.0, "transaction": 1.0},
)  # fmt: skip


class Load(NamedTuple):
    """A month's load and its unit, empty for none."""

    amount: float
    unit: str


LOAD = text_field(
    "load", "load of the first month, with its unit", "90 TB", _LOAD_PATTERN, "an amount with its unit",
)._replace(required=True, aliases=("volume", "traffic", "usage", "amount"))  # fmt: skip


def read_load(text: str) -> Load:
    """The load of a checked text.

    >>> read_load("1.2M requests"), read_load("90 TB")
    (Load(amount=1200000.0, unit='requests'), Load(amount=90.0, unit='TB'))
    """
    match = re.fullmatch(_LOAD_PATTERN, text)
    assert match  # the field's pattern
    return Load(float(match[1]) * _SCALES.get(match[2] or "", 1.0), match[3] or "")


def unit_factor(unit: str, load_unit: str) -> float | None:
    """How many of a unit there are in a unit of load; None where both have nothing to do with each other.

    >>> unit_factor("gb", "TB"), unit_factor("request", "requests"), unit_factor("tb", "requests")
    (1000.0, 1.0, None)
    """
    one, other = unit.lower().rstrip("s"), load_unit.lower().rstrip("s")
    if one == other:
        return 1.0
    family = next((family for family in _FAMILIES if one in family and other in family), None)
    return family[other] / family[one] if family else None
