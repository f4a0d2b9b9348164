"""Quantities with their units: read, checked, and shown in one normal form.

Inside, a duration is in seconds, a rate in events per second, a ratio a number from 0 to 1, a load in erlang.
`show` writes 12 significant digits, and reading that text again gives the same text: results depend on the
normal form alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple, Union

Value = Union[float, int, str]

SECONDS = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0}
_ALIASES = {
    "\u00b5s": "us", "\u03bcs": "us", "msec": "ms", "millisecond": "ms", "sec": "s", "second": "s",
    "minute": "min", "hr": "h", "hour": "h", "day": "d",
}  # fmt: skip
_RATES = {"rps": 1.0, "qps": 1.0, "tps": 1.0, "rpm": 1 / 60}
_ERLANG = ("", "erlang", "erlangs", "erl", "e")
#: A second proposal for a bare number, beside the unit of the input's own example.
_NEIGHBOUR = {"ns": "us", "us": "ms", "ms": "s", "s": "min", "min": "h", "h": "d", "d": "h"}

_NUMBER = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,4})?"
_QUANTITY = re.compile(rf"({_NUMBER})\s*(.*)", re.ASCII)
_DIVISOR = re.compile(r"[a-z]*\s*(?:/|per )\s*(\d+(?:\.\d+)?)?\s*(\S+)")


#: Relative error below which two numbers count as the same.
ROUNDING = 1e-12


class QuantityError(ValueError):
    """A value that is not such a quantity; `suggestion` is what was probably meant."""

    def __init__(self, message: str, suggestion: str | None = None) -> None:
        super().__init__(message)
        self.suggestion = suggestion


class Kind(NamedTuple):
    """A kind of input: how it is read (from JSON or from text, with an example at hand), shown and described."""

    name: str
    read: Callable[[object, str], Value]
    show: Callable[[Value], str | int | float]
    types: list[str]
    pattern: str | None


def complement(ratio: float) -> float:
    """1 - ratio, without the binary residue: 1 - 0.999 is 0.001, as a ratio written in decimals means it."""
    return round(1 - ratio, 15) + 0.0  # never -0.0


def at_most(value: float, limit: float) -> bool:
    """value <= limit, but for the arithmetic's own rounding: 96 erlang on 120 servers keep 80 %."""
    return value <= limit * (1 + ROUNDING)


def tidy(number: float) -> float:
    """The number at 15 significant digits, so that 43.2 does not read 43.199999999999996."""
    return float(f"{number:.15g}")


def _split(raw: object, example: str) -> tuple[float, str, str]:
    """Number, unit and the number as it was written."""
    if isinstance(raw, bool) or not isinstance(raw, (str, int, float)):
        what = {bool: "a boolean", type(None): "null", list: "a list", dict: "an object"}[type(raw)]
        raise QuantityError(f"expected a quantity such as {example}, not {what}")
    if isinstance(raw, int) and abs(raw) > 10**18:
        raise QuantityError("is too large to be meant")
    text = raw.strip() if isinstance(raw, str) else repr(raw)
    found = _QUANTITY.fullmatch(text)
    if len(text) > 100 or not found:
        finite = (
            "is not a finite number"
            if re.match(r"[+-]?(nan|inf)", text, re.IGNORECASE)
            else f"is not a quantity like {example}"
        )
        raise QuantityError(finite)
    if re.match(r",\d{3}", found[2]):
        raise QuantityError("has a thousands separator: leave it out", text.replace(",", ""))
    number = float(found[1])
    if number in (float("inf"), float("-inf")):
        raise QuantityError("is not a finite number")
    return number, found[2].strip(), found[1]


def _unit_seconds(unit: str) -> float | None:
    """Seconds in a unit of time, None when it is none."""
    plain = unit if unit in SECONDS else unit.lower()
    if plain in ("w", "week", "weeks"):
        return 7 * SECONDS["d"]
    return SECONDS.get(_ALIASES.get(plain, _ALIASES.get(plain.rstrip("s"), plain)))


def read_duration(raw: object, example: str) -> float:
    """Seconds, from `80ms`, `5 min`, `30d`; the unit is a must."""
    number, unit, written = _split(raw, example)
    if not unit:
        own = _split(example, example)[1]
        proposal = f"{written}{own}"
        raise QuantityError(f"has no unit: write {proposal} or {written}{_NEIGHBOUR[own]}", proposal)
    if unit in ("m", "M", "mo") or unit.lower().startswith(("month", "quarter", "year")) or unit == "y":
        raise QuantityError("could be minutes, or months of any length: write 5min, 30d, 90d or 365d")
    seconds = _unit_seconds(unit)
    if seconds is None:
        raise QuantityError(f"has an unknown unit of time: use one of {', '.join(SECONDS)}")
    # dividing by 1000 rounds once, multiplying by 0.001 twice
    return number / round(1 / seconds) if seconds < 1 else number * seconds


def read_rate(raw: object, example: str) -> float:
    """Events per second, from `1200/s`, `10 requests/h`, `100/30min` or `1200rps`; the unit is a must."""
    number, unit, written = _split(raw, example)
    if unit in _RATES:
        return number * _RATES[unit]
    if not unit:
        raise QuantityError(f"has no unit: write {written}/s or {written}/h", f"{written}/s")
    per = _DIVISOR.fullmatch(unit)
    seconds = _unit_seconds("min" if per[2] == "m" else per[2]) if per else None
    if per is None or seconds is None or float(per[1] or 1) == 0:
        raise QuantityError("is not a rate: write it per unit of time, like 1200/s, 90/min or 10/h")
    return number / (float(per[1] or 1) * seconds)


def read_ratio(raw: object, example: str) -> float:
    """A share from 0 to 1, from `99.9%` or `0.999`; a bare 99.9 is refused, since it could be either."""
    number, unit, written = _split(raw, example)
    if unit in ("%", "percent"):
        return number / 100
    if unit:
        raise QuantityError(f"is not a share: write it like {example}")
    if 1 < number <= 100:
        raise QuantityError(f"is not a share between 0 and 1: write {written}%", f"{written}%")
    return number


def read_load(raw: object, example: str) -> float:
    """Erlang, from `96 erlang`, `96E` or 96 (an erlang is a pure number)."""
    number, unit, written = _split(raw, example)
    if unit.lower() not in _ERLANG:
        raise QuantityError(f"is not a load in erlang: write {written} erlang", f"{written} erlang")
    return number


def read_number(raw: object, example: str) -> float:
    """A pure number; one trailing x, as in `14.4x`, is accepted."""
    number, unit, written = _split(raw, example)
    if unit not in ("", "x"):
        raise QuantityError(f"is a pure number without a unit: write {written}", written)
    return number


def read_count(raw: object, example: str) -> int:
    """A whole number without a unit."""
    number, unit, written = _split(raw, example)
    if unit:
        raise QuantityError(f"is a plain count without a unit: write {written}", written)
    if number != int(number):
        raise QuantityError("is not a whole number", str(int(number) + 1))
    return int(number)


def read_text(raw: object, example: str) -> str:
    """A single line of at most 500 printable characters."""
    if not isinstance(raw, str) or not raw.strip():
        raise QuantityError(f"expected a text such as {example}")
    if len(raw) > 500 or not raw.isprintable():
        raise QuantityError("must be one line of at most 500 printable characters")
    return raw.strip()


def show_duration(value: Value) -> str:
    """The duration in the largest unit that leaves at least 1: `43.2min`."""
    seconds = float(value)
    unit = next((unit for unit in ("d", "h", "min", "s", "ms", "us") if abs(seconds) >= SECONDS[unit]), "ns")
    return f"{seconds / SECONDS[unit]:.12g}{unit}" if seconds else "0s"


def show_rate(value: Value) -> str:
    """The rate per the shortest unit of time that leaves at least 1 event: `10/h`."""
    rate = float(value)
    unit = next((unit for unit in ("s", "min", "h") if rate * SECONDS[unit] >= 1), "d")
    return f"{rate * SECONDS[unit]:.12g}/{unit}"


def show_ratio(value: Value) -> str:
    """The share in per cent: `99.9%`."""
    return f"{float(value) * 100:.12g}%"


def _show_number(value: Value) -> int | float:
    number = float(f"{float(value):.12g}")
    return int(number) if number.is_integer() else number


_TIME = "(ns|us|ms|s|min|h|d|w)"
DURATION = Kind("duration", read_duration, show_duration, ["string"], rf"^{_NUMBER} ?{_TIME}$")
RATE = Kind("rate", read_rate, show_rate, ["string"], rf"^{_NUMBER} ?[a-z]*/[0-9.]*{_TIME}$")
RATIO = Kind("ratio", read_ratio, show_ratio, ["string", "number"], rf"^{_NUMBER} ?%?$")
LOAD = Kind("load", read_load, lambda v: f"{float(v):.12g} erlang", ["string", "number"], rf"^{_NUMBER} ?(erlang|E)?$")
NUMBER = Kind("number", read_number, _show_number, ["number", "string"], rf"^{_NUMBER}x?$")
COUNT = Kind("count", read_count, int, ["integer", "string"], rf"^{_NUMBER}$")
TEXT = Kind("text", read_text, str, ["string"], None)

#: How a result's unit is read in a reference file and shown to a person.
RESULT_KINDS = {"s": DURATION, "ratio": RATIO, "1/s": RATE}
