"""Demand in any unit: a plain number, a rate, a share, a duration, a load in erlang, or bytes."""

from __future__ import annotations

import math
from typing import NamedTuple

from acolytes_perf.inputs.data_sizes import BYTES_IN
from acolytes_perf.inputs.quantity import (
    COUNTABLE_WORDS,
    NUMBER_PATTERN,
    PREFIX_PATTERN,
    QuantityError,
    apply_prefix,
    split_quantity,
)
from acolytes_perf.inputs.units import DURATION, RATE, QuantityKind, Value, read_duration, read_rate, round_to_15_digits

_MAX_NUMBER = 1e15
_UNITS = "120, 120/s, 80%, 80ms, 5 erlang, 40 GB"
_SHARE, _LOAD = "ratio", "erlang"


class DemandQuantity(NamedTuple):
    """A demand in base units.

    Attributes:
        number: its value.
        unit: empty, 1/s, ratio, s, erlang, or B for bytes.
    """

    number: float
    unit: str


def demand_quantity(value: Value) -> DemandQuantity:
    """The quantity of a checked value of DEMAND_QUANTITY.

    >>> demand_quantity("40 GB")
    DemandQuantity(number=40000000000.0, unit='B')
    """
    return _parse(value, str(value))


def _parse(raw: object, example: str) -> DemandQuantity:
    parts = split_quantity(raw, example)
    unit = parts.unit
    if unit in ("%", "percent"):
        return DemandQuantity(parts.number / 100, _SHARE)
    counted = apply_prefix(parts, unit, COUNTABLE_WORDS | {""})
    if counted:
        return DemandQuantity(counted[0], "")
    if unit in BYTES_IN:
        return DemandQuantity(parts.number * BYTES_IN[unit], "B")
    if unit.lower() in ("erlang", "erlangs", "erl"):
        return DemandQuantity(parts.number, _LOAD)
    if "/" in unit or " per " in f" {unit} " or unit.lower().endswith(("rps", "qps", "tps", "rpm")):
        return DemandQuantity(read_rate(raw, example), "1/s")
    try:
        return DemandQuantity(read_duration(raw, example), "s")
    except QuantityError as error:
        if error.readings:
            raise
        raise QuantityError(f"has an unknown unit: write it like one of {_UNITS}") from None


def _read(raw: object, example: str) -> Value:
    """A number as it is, anything with a unit as a text."""
    quantity = _parse(raw, example)
    if not 0 <= quantity.number <= _MAX_NUMBER:
        raise QuantityError("is below 0, which a demand cannot be" if quantity.number < 0 else "is too large")
    return quantity.number if not quantity.unit else _text(quantity)


def _text(quantity: DemandQuantity) -> str:
    """The quantity with its unit; parsing it gives the same again."""
    if quantity.unit == "1/s":
        return str(RATE.show(quantity.number))
    if quantity.unit == "s":
        return str(DURATION.show(quantity.number))
    if quantity.unit == _SHARE:
        return f"{quantity.number * 100:.12g}%"
    return f"{quantity.number:.12g} {quantity.unit}"


def _show(value: Value) -> str | int | float:
    if isinstance(value, str):
        return value
    number = float(f"{float(value):.12g}")
    return int(number) if number.is_integer() else number


DEMAND_QUANTITY = QuantityKind(
    "amount", _read, _show, ["number", "string"], rf"^{NUMBER_PATTERN} ?{PREFIX_PATTERN}[^0-9]*([0-9.]+[a-z]+)?$"
)


class DisplayUnit(NamedTuple):
    """The unit of results.

    Attributes:
        unit: its name.
        divisor: of values in base units.
    """

    unit: str
    divisor: float


def display_unit(unit: str, largest: float) -> DisplayUnit:
    """For bytes the largest decimal unit that leaves at least 1; other units stay.

    >>> display_unit("B", 4e10), display_unit("1/s", 4e10)
    (DisplayUnit(unit='GB', divisor=1000000000.0), DisplayUnit(unit='1/s', divisor=1.0))
    """
    if unit != "B" or largest <= 0:
        return DisplayUnit(unit, 1.0)
    power = min(5, max(0, math.floor(math.log(round_to_15_digits(largest), 1000) + 1e-12)))
    return DisplayUnit(("B", "kB", "MB", "GB", "TB", "PB")[power], 1000.0**power)
