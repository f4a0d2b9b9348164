"""A quantity's text taken apart: number, scale and unit. What is nearly one is refused with the readings it may have.

A word or sign that is not understood is never skipped: it could change the number a thousandfold.
"""

from __future__ import annotations

import re
from collections.abc import Container
from typing import NamedTuple

NUMBER = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,4})?"
_QUANTITY = re.compile(rf"({NUMBER})\s*(.*)", re.ASCII)
# not compiled, since they are rarely needed
_GROUPED = r"([+-]?[1-9]\d{0,2}(?:([,'_ ])\d{3})(?:\2\d{3})*(?:\.\d+)?)(?![\d,.'_])(.*)"
_DECIMAL_COMMA = r"([+-]?(?:\d{1,3}(?:\.\d{3})+|\d+)),(\d+)(?![\d,.])(.*)"
_WORD_SCALE = {"thousand": 3, "million": 6, "billion": 9}

#: Powers of ten of the prefixes on counts, rates and loads; a small m or g is none, it could be meant as milli or gram.
SCALES = {"k": 3, "K": 3, "M": 6, "G": 9}
SCALE = "[kKMG]?"

_EVENTS = """
arrival arrivals call calls click clicks connection connections customer customers error errors event events failure
failures hit hits insert inserts item items job jobs login logins message messages msg msgs op ops operation operations
order orders packet packets page pages pageview pageviews payment payments query queries read reads record records
req reqs request requests row rows session sessions task tasks transaction transactions txn txns update updates
user users view views visit visits visitor visitors write writes
"""
_SERVERS = """
core cores cpu cpus instance instances line lines machine machines node nodes pod pods process processes
replica replicas server servers thread threads worker workers
"""
#: What arrives, as a word before the slash of a rate.
EVENTS = frozenset(_EVENTS.split())
#: What is counted: events, and what serves them.
COUNTED = EVENTS.union(_SERVERS.split())


class QuantityError(ValueError):
    """A value that is not such a quantity; `readings` are what it may mean, the likelier first."""

    def __init__(self, message: str, *readings: str) -> None:
        super().__init__(message)
        self.readings = readings


class Parts(NamedTuple):
    """A quantity's number, what stands behind it, and the number as it was written."""

    number: float
    unit: str
    written: str


def taken_apart(raw: object, example: str) -> Parts:
    """Number and unit of a JSON number or a text; QuantityError, which shows the example, when there are none."""
    if isinstance(raw, bool) or not isinstance(raw, (str, int, float)):
        what = {bool: "a boolean", type(None): "null", list: "a list", dict: "an object"}[type(raw)]
        raise QuantityError(f"expected a quantity such as {example}, not {what}")
    if isinstance(raw, int) and abs(raw) > 10**18:
        raise QuantityError("is too large to be meant")
    text = raw.strip() if isinstance(raw, str) else repr(raw)
    found = _QUANTITY.fullmatch(text)
    if len(text) > 100 or not found:
        if re.match(r"[+-]?(nan|inf)", text, re.IGNORECASE):
            raise QuantityError("is not a finite number")
        raise QuantityError(f"is not a quantity like {example}")
    number, unit = float(found[1]), found[2].strip()
    if unit[:1] in set(",'_0123456789"):
        _refuse_separators(text)
    if number in (float("inf"), float("-inf")):
        raise QuantityError("is not a finite number")
    word = next((word for word in _WORD_SCALE if unit.lower().startswith(word)), None)
    if word:
        digits = f"{scaled(found[1], _WORD_SCALE[word]):.15g}"
        raise QuantityError(f"has a number in words, '{word}'", digits + unit[len(word) :].removeprefix("s"))
    return Parts(number, unit, found[1])


def _refuse_separators(text: str) -> None:
    """A comma, or another sign between digits, is read differently from country to country."""
    grouped, comma = re.match(_GROUPED, text, re.ASCII), re.match(_DECIMAL_COMMA, text, re.ASCII)
    readings = []
    if grouped:
        readings.append(grouped[1].replace(grouped[2], "") + grouped[3])
    if comma:
        readings.append(f"{comma[1].replace('.', '')}.{comma[2]}{comma[3]}")
    if readings:
        what = "a comma between digits" if len(readings) > 1 else "a thousands separator" if grouped else (
            "a decimal comma"
        )  # fmt: skip
        raise QuantityError(f"has {what}", *readings)


def scaled(written: str, power: int) -> float:
    """The number as written times a power of ten, rounded once: 1.001M is 1001000."""
    mantissa, _, exponent = written.lower().partition("e")
    return float(f"{mantissa}e{int(exponent or 0) + power}")


def with_prefix(parts: Parts, unit: str, known: Container[str], tail: str = "") -> tuple[float, str] | None:
    """The number times the unit's prefix, and the unit without it; None when it is none of the known ones.

    `k`, `k req` and `kreq` are all a thousand. `tail` is what follows the unit, for the readings of a refusal.
    """
    if unit.lower() in known:
        return parts.number, unit.lower()
    prefix, plain = unit[:1], unit[1:].strip()
    if plain.lower() not in known:
        return None
    if prefix in SCALES:
        return scaled(parts.written, SCALES[prefix]), plain.lower()
    if prefix == "m":
        readings = (f"{scaled(parts.written, power):.15g}{' ' * bool(plain)}{plain}{tail}" for power in (6, -3))
        raise QuantityError("has a small m, which could be million or milli", *readings)
    return None
