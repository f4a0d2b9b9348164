"""Demand in the user's own unit: a plain number, a rate, a share, a duration, a load in erlang or bytes."""

from __future__ import annotations

import math
from typing import NamedTuple

from acolytes_perf.inputs.quantity import COUNTED, SCALE, QuantityError, taken_apart, with_prefix
from acolytes_perf.inputs.quantity import NUMBER as _NUMBER
from acolytes_perf.inputs.units import DURATION, RATE, Kind, Value, read_duration, read_rate, tidy

_BYTES = {name: 1000.0**power for power, name in enumerate(("B", "kB", "MB", "GB", "TB", "PB"))}
_BYTES.update({f"{name}iB": 1024.0**power for power, name in enumerate("KMGTP", 1)})
_MOST = 1e15
_UNITS = "120, 120/s, 80%, 80ms, 5 erlang, 40 GB"
_SHARE, _LOAD = "ratio", "erlang"


class Amount(NamedTuple):
    """A number, and the unit that results have: empty, 1/s, ratio, s, erlang, or B for bytes."""

    number: float
    unit: str


def amount(value: Value) -> Amount:
    """What AMOUNT has read, with its unit."""
    return _taken(value, str(value))


def _taken(raw: object, example: str) -> Amount:
    parts = taken_apart(raw, example)
    unit = parts.unit
    if unit in ("%", "percent"):
        return Amount(parts.number / 100, _SHARE)
    counted = with_prefix(parts, unit, COUNTED | {""})
    if counted:
        return Amount(counted[0], "")
    if unit in _BYTES:
        return Amount(parts.number * _BYTES[unit], "B")
    if unit.lower() in ("erlang", "erlangs", "erl"):
        return Amount(parts.number, _LOAD)
    if "/" in unit or " per " in f" {unit} " or unit.lower().endswith(("rps", "qps", "tps", "rpm")):
        return Amount(read_rate(raw, example), "1/s")
    try:
        return Amount(read_duration(raw, example), "s")
    except QuantityError as error:
        if error.readings:
            raise
        raise QuantityError(f"has an unknown unit: write it like one of {_UNITS}") from None


def _read(raw: object, example: str) -> Value:
    """A number as it is, anything with a unit as a text in base units."""
    found = _taken(raw, example)
    if not 0 <= found.number <= _MOST:
        raise QuantityError("is below 0, which no demand is" if found.number < 0 else "is too large to be meant")
    return found.number if not found.unit else _shown(found)


def _shown(found: Amount) -> str:
    """The amount with a unit, so that reading it again gives the same."""
    if found.unit == "1/s":
        return str(RATE.show(found.number))
    if found.unit == "s":
        return str(DURATION.show(found.number))
    if found.unit == _SHARE:
        return f"{found.number * 100:.12g}%"
    return f"{found.number:.12g} {found.unit}"


def _show(value: Value) -> str | int | float:
    if isinstance(value, str):
        return value
    number = float(f"{float(value):.12g}")
    return int(number) if number.is_integer() else number


AMOUNT = Kind("amount", _read, _show, ["number", "string"], rf"^{_NUMBER} ?{SCALE}[^0-9]*([0-9.]+[a-z]+)?$")


class Shown(NamedTuple):
    """The unit that results have, and by how much values in base units are divided for it."""

    unit: str
    scale: float


def shown_in(unit: str, largest: float) -> Shown:
    """Bytes in the largest unit of a thousand that leaves at least 1; others as they are."""
    if unit != "B" or largest <= 0:
        return Shown(unit, 1.0)
    power = min(5, max(0, math.floor(math.log(tidy(largest), 1000) + 1e-12)))
    return Shown(("B", "kB", "MB", "GB", "TB", "PB")[power], 1000.0**power)
