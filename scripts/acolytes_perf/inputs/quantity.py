"""Splits a quantity's text into number, prefix and unit. Ambiguous text is refused with its possible readings.

An unknown word or sign is never skipped: it could change the number a thousandfold.
"""

from __future__ import annotations

import re
from collections.abc import Container
from typing import NamedTuple

NUMBER_PATTERN = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,4})?"
_QUANTITY = re.compile(rf"({NUMBER_PATTERN})\s*(.*)", re.ASCII)
# not compiled, since they are rarely needed
_GROUPED = r"([+-]?[1-9]\d{0,2}(?:([,'_ ])\d{3})(?:\2\d{3})*(?:\.\d+)?)(?![\d,.'_])(.*)"
_DECIMAL_COMMA = r"([+-]?(?:\d{1,3}(?:\.\d{3})+|\d+)),(\d+)(?![\d,.])(.*)"
_WORD_SCALE = {"thousand": 3, "million": 6, "billion": 9}

#: Powers of ten of the prefixes on counts, rates and loads. A small m or g is not one: it could mean milli or gram.
PREFIXES = {"k": 3, "K": 3, "M": 6, "G": 9}
PREFIX_PATTERN = "[kKMG]?"

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
#: Words for what arrives, before the slash of a rate.
EVENT_WORDS = frozenset(_EVENTS.split())
#: Words for what is counted: events, and what serves them.
COUNTABLE_WORDS = EVENT_WORDS.union(_SERVERS.split())


class QuantityError(ValueError):
    """A value that is not a quantity of this kind.

    Attributes:
        readings: texts that it may mean, the likeliest first.
    """

    def __init__(self, message: str, *readings: str) -> None:
        super().__init__(message)
        self.readings = readings


class QuantityParts(NamedTuple):
    """The parts of a quantity's text.

    Attributes:
        number: its value.
        unit: the text behind the number.
        number_text: the number as written.
    """

    number: float
    unit: str
    number_text: str


def split_quantity(raw: object, example: str) -> QuantityParts:
    """Splits a JSON number or a text into number and unit.

    Args:
        raw: from JSON or the command line.
        example: a valid text, for errors.

    Raises:
        QuantityError: there is no number, or it is ambiguous.
    """
    if isinstance(raw, bool) or not isinstance(raw, (str, int, float)):
        json_type = {bool: "a boolean", type(None): "not a value", list: "a list", dict: "an object"}[type(raw)]
        raise QuantityError(f"is {json_type}: write a quantity such as {example}")
    if isinstance(raw, int) and abs(raw) > 10**18:
        raise QuantityError("is too large")
    text = raw.strip() if isinstance(raw, str) else repr(raw)
    match = _QUANTITY.fullmatch(text)
    if len(text) > 100 or not match:
        if re.match(r"[+-]?(nan|inf)", text, re.IGNORECASE):
            raise QuantityError("is not a finite number")
        raise QuantityError(f"is not a quantity like {example}")
    number, unit = float(match[1]), match[2].strip()
    if unit[:1] in set(",'_0123456789"):
        _refuse_separators(text)
    if number in (float("inf"), float("-inf")):
        raise QuantityError("is not a finite number")
    word = next((word for word in _WORD_SCALE if unit.lower().startswith(word)), None)
    if word:
        digits = f"{shift_decimal(match[1], _WORD_SCALE[word]):.15g}"
        raise QuantityError(f"has a number in words, '{word}'", digits + unit[len(word) :].removeprefix("s"))
    return QuantityParts(number, unit, match[1])


def _refuse_separators(text: str) -> None:
    """Refuses a comma or another sign between digits, which countries read differently."""
    grouped, comma = re.match(_GROUPED, text, re.ASCII), re.match(_DECIMAL_COMMA, text, re.ASCII)
    readings = []
    if grouped:
        readings.append(grouped[1].replace(grouped[2], "") + grouped[3])
    if comma:
        readings.append(f"{comma[1].replace('.', '')}.{comma[2]}{comma[3]}")
    if readings:
        separator = "a thousands separator" if grouped else "a decimal comma"
        if len(readings) > 1:
            separator = "a comma between digits"
        raise QuantityError(f"has {separator}", *readings)


def shift_decimal(number_text: str, power: int) -> float:
    """The number times a power of ten, rounded once.

    >>> shift_decimal("1.001", 6)
    1001000.0
    """
    mantissa, _, exponent = number_text.lower().partition("e")
    return float(f"{mantissa}e{int(exponent or 0) + power}")


def apply_prefix(parts: QuantityParts, unit: str, units: Container[str], rest: str = "") -> tuple[float, str] | None:
    """Multiplies the number by the prefix of its unit: `k`, `k req` and `kreq` are all a thousand.

    Args:
        parts: number and its text.
        unit: with or without a prefix.
        units: valid units in lower case.
        rest: text behind the unit, for the readings of an error.

    Returns:
        The number and the unit without its prefix; None for a unit that is not valid.

    Raises:
        QuantityError: the prefix is a small m.
    """
    if unit.lower() in units:
        return parts.number, unit.lower()
    prefix, plain = unit[:1], unit[1:].strip()
    if plain.lower() not in units:
        return None
    if prefix in PREFIXES:
        return shift_decimal(parts.number_text, PREFIXES[prefix]), plain.lower()
    if prefix == "m":
        readings = (
            f"{shift_decimal(parts.number_text, power):.15g}{' ' * bool(plain)}{plain}{rest}" for power in (6, -3)
        )
        raise QuantityError("has a small m, which could be million or milli", *readings)
    return None
