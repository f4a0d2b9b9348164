"""Kinds of quantities: parsed from text with a unit, and shown in one normal form.

Base units: seconds for a duration, events per second for a rate, a number from 0 to 1 for a ratio, erlang for a load.
`show` writes at most 12 significant digits, and parsing that text gives the same text again, so that results depend
only on the normal form.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple, Union

from acolytes_perf.inputs.quantity import (
    COUNTABLE_WORDS,
    EVENT_WORDS,
    NUMBER_PATTERN,
    PREFIX_PATTERN,
    QuantityError,
    apply_prefix,
    split_quantity,
)
from acolytes_perf.time_units import SECONDS

Value = Union[float, int, str]

_UNITS = ", ".join([*SECONDS, "w"])
_ALIASES = {
    "\u00b5s": "us", "\u03bcs": "us", "msec": "ms", "millisecond": "ms", "sec": "s", "second": "s",
    "minute": "min", "hr": "h", "hour": "h", "day": "d",
}  # fmt: skip
#: Calendar units have no fixed length; errors propose the days that SLO tables use.
_CALENDAR = {"mo": 30, "month": 30, "quarter": 90, "y": 365, "yr": 365, "year": 365}
#: Seconds in the unit of time of these abbreviated rates.
_RATES = {"rps": 1, "qps": 1, "tps": 1, "rpm": 60}
_ERLANG = ("", "erlang", "erlangs", "erl", "e")
#: A second proposal for a bare number, next to the unit of the input's example.
_NEIGHBOUR = {"ns": "us", "us": "ms", "ms": "s", "s": "min", "min": "h", "h": "d", "d": "h"}
_PER = re.compile(r"([a-z]*(?: [a-z]+)*)\s*(?:/|\bper\b)\s*(\d+(?:\.\d+)?)?\s*([^\s\d]+)", re.IGNORECASE)

#: Relative difference below which two numbers count as equal.
ROUNDING = 1e-12


class QuantityKind(NamedTuple):
    """A kind of input.

    Attributes:
        name: in help and schemas.
        read: parses a JSON value or a text to a value in base units; the second argument is a valid example.
        show: the normal form of a value.
        types: JSON types that it accepts.
        pattern: regular expression of its texts for the JSON schema; None for any text.
    """

    name: str
    read: Callable[[object, str], Value]
    show: Callable[[Value], str | int | float]
    types: list[str]
    pattern: str | None


def complement(ratio: float) -> float:
    """1 - ratio without binary residue.

    >>> complement(0.999), 1 - 0.999
    (0.001, 0.0010000000000000009)
    """
    return round(1 - ratio, 15) + 0.0  # never -0.0


def at_most(value: float, limit: float) -> bool:
    """Whether value <= limit, within rounding: 96 erlang on 120 servers keep a utilisation of 80 %."""
    return value <= limit * (1 + ROUNDING)


def round_to_15_digits(number: float) -> float:
    """The number with 15 significant digits, without binary residue.

    >>> round_to_15_digits(43.199999999999996)
    43.2
    """
    return float(f"{number:.15g}")


def _unit_seconds(unit: str) -> float | None:
    """Seconds in a unit of time; None for any other text."""
    plain = unit if unit in SECONDS else unit.lower()
    if plain in ("w", "week", "weeks"):
        return 7 * SECONDS["d"]
    return SECONDS.get(_ALIASES.get(plain, _ALIASES.get(plain.rstrip("s"), plain)))


def _refuse_calendar(unit: str, count: float, count_text: str, before: str = "") -> None:
    """Refuses months, quarters and years, which differ in length, and m, which could be minutes."""
    days = _CALENDAR.get(unit.lower()) or _CALENDAR.get(unit.lower().rstrip("s"))
    if unit in ("m", "M"):
        readings = (f"{before}{count_text}min", f"{before}{30 * count:.12g}d")
        raise QuantityError(f"has the unit {unit}, which could be minutes or months (there are {_UNITS})", *readings)
    if days:
        message = f"has the unit {unit}, which has no fixed length (there are {_UNITS})"
        raise QuantityError(message, f"{before}{days * count:.12g}d")


def read_duration(raw: object, example: str) -> float:
    """Seconds, from `80ms`, `5 min` or `30d`; a unit is required.

    >>> read_duration("5 min", "80ms")
    300.0
    """
    number, unit, number_text = split_quantity(raw, example)
    if not unit:
        example_unit = split_quantity(example, example).unit
        raise QuantityError("has no unit", f"{number_text}{example_unit}", f"{number_text}{_NEIGHBOUR[example_unit]}")
    _refuse_calendar(unit, number, number_text)
    seconds = _unit_seconds(unit)
    if seconds is None:
        raise QuantityError(f"has an unknown unit of time: use one of {_UNITS}")
    # dividing by 1000 rounds once, multiplying by 0.001 twice
    return number / round(1 / seconds) if seconds < 1 else number * seconds


def read_rate(raw: object, example: str) -> float:
    """Events per second, from `1200/s`, `1.2k/s`, `10 requests/h`, `100/30min` or `1200rps`; a unit is required.

    >>> read_rate("90/min", "1200/s")
    1.5
    """
    parts = split_quantity(raw, example)
    if not parts.unit:
        raise QuantityError("has no unit", f"{parts.number_text}/s", f"{parts.number_text}/h")
    abbreviated = apply_prefix(parts, parts.unit, _RATES)
    if abbreviated:
        return abbreviated[0] / _RATES[abbreviated[1]]
    per = _PER.fullmatch(parts.unit)
    if per is None or float(per[2] or 1) == 0:
        raise QuantityError("is not a rate: write it per unit of time, like 1200/s, 90/min or 10/h")
    events, span = per[1].strip(), parts.unit[per.end(1) :]
    counted = apply_prefix(parts, events, EVENT_WORDS | {""}, span)
    if counted is None:
        raise QuantityError(f"has the unknown word '{events}': write it like 1200/s, 1.2k/s or 10/h")
    _refuse_calendar(per[3], float(per[2] or 1), per[2] or "", f"{parts.number_text}{' ' * (len(events) > 1)}{events}/")
    seconds = _unit_seconds(per[3])
    if seconds is None:
        raise QuantityError("is not a rate: write it per unit of time, like 1200/s, 90/min or 10/h")
    return counted[0] / (float(per[2] or 1) * seconds)


def read_ratio(raw: object, example: str) -> float:
    """A share from 0 to 1, from `99.9%` or `0.999`; a bare 99.9 is refused, since it could mean either.

    >>> read_ratio("95%", "99.9%")
    0.95
    """
    number, unit, number_text = split_quantity(raw, example)
    if unit in ("%", "percent"):
        return number / 100
    if unit:
        raise QuantityError(f"is not a share: write it like {example}")
    if 1 < number <= 100:
        raise QuantityError("is not a share between 0 and 1", f"{number_text}%")
    return number


def read_figure(raw: object, example: str) -> float:
    """A number, or a share such as `0.02%`.

    >>> read_figure("0.5%", "102"), read_figure("102", "102")
    (0.005, 102.0)
    """
    if isinstance(raw, str) and raw.strip().endswith("%"):
        return read_ratio(raw, example)
    return read_number(raw, example)


def read_load(raw: object, example: str) -> float:
    """Erlang, from `96 erlang`, `96E`, `1k erlang` or 96 (an erlang is a pure number)."""
    parts = split_quantity(raw, example)
    load = apply_prefix(parts, parts.unit, _ERLANG)
    if load is None:
        raise QuantityError("is not a load in erlang: write it like 96 erlang or 1.2k erlang")
    return load[0]


def read_number(raw: object, example: str) -> float:
    """A pure number; a trailing x, as in `14.4x`, is accepted."""
    number, unit, _ = split_quantity(raw, example)
    if unit in ("%", "percent"):
        raise QuantityError("is in per cent, but must be a pure number", f"{number / 100:.12g}")
    if unit not in ("", "x"):
        raise QuantityError(f"must be a pure number without a unit: write it like {example}")
    return number


def read_count(raw: object, example: str) -> int:
    """A whole number; a prefix k, M or G is accepted, as in `1k` and `1.5M`.

    >>> read_count("1.5M", "104")
    1500000
    """
    parts = split_quantity(raw, example)
    count = apply_prefix(parts, parts.unit, COUNTABLE_WORDS | {""})
    if count is None:
        raise QuantityError(f"must be a plain count without a unit: write it like {example} or 1.2k")
    number, unit = count
    if unit:
        raise QuantityError("must be a plain count without a unit", f"{number:.15g}")
    if number != int(number):
        raise QuantityError("is not a whole number")
    return int(number)


def read_text(raw: object, example: str) -> str:
    """One line of at most 500 printable characters."""
    if not isinstance(raw, str):
        raise QuantityError(f"is not a text: write one such as {example}")
    if not raw.strip():
        raise QuantityError(f"is empty: write a text such as {example}")
    if len(raw) > 500 or not raw.isprintable():
        raise QuantityError("must be one line of at most 500 printable characters")
    return raw.strip()


def _exact_text(value: float, texts: Sequence[str], read: Callable[[object, str], float]) -> str:
    """The first text that means exactly this value, so that 100/h does not become 1.66666666667/min; else the first."""
    return next((text for text in texts if read(text, text) == value), texts[0])


def show_duration(value: Value) -> str:
    """The duration in the largest unit that leaves at least 1 and a short number.

    >>> show_duration(2592), show_duration(100)
    ('43.2min', '100s')
    """
    seconds = float(value)
    units = [unit for unit in reversed(SECONDS) if at_most(SECONDS[unit], abs(seconds))] or ["ns"]
    texts = [f"{seconds / SECONDS[unit]:.12g}{unit}" for unit in units] if seconds else ["0s"]
    return _exact_text(seconds, texts, read_duration)


def show_rate(value: Value) -> str:
    """The rate per the shortest unit of time that leaves at least 1 event and a short number.

    >>> show_rate(1200), show_rate(100 / 3600)
    ('1200/s', '100/h')
    """
    rate = float(value)
    units = [unit for unit in ("s", "min", "h", "d") if at_most(1, rate * SECONDS[unit])] or ["d"]
    return _exact_text(rate, [f"{rate * SECONDS[unit]:.12g}/{unit}" for unit in units], read_rate)


def show_ratio(value: Value) -> str:
    """The share in per cent, such as `99.9%`."""
    return f"{float(value) * 100:.12g}%"


def _show_number(value: Value) -> int | float:
    number = float(f"{float(value):.12g}")
    return int(number) if number.is_integer() else number


_TIME = "(ns|us|ms|s|min|h|d|w)"
_PER_TIME = rf"(/[0-9.]*{_TIME}|[rqt]ps|rpm)"
DURATION = QuantityKind("duration", read_duration, show_duration, ["string"], rf"^{NUMBER_PATTERN} ?{_TIME}$")
RATE = QuantityKind("rate", read_rate, show_rate, ["string"], rf"^{NUMBER_PATTERN} ?{PREFIX_PATTERN}{_PER_TIME}$")
RATIO = QuantityKind("ratio", read_ratio, show_ratio, ["string", "number"], rf"^{NUMBER_PATTERN} ?%?$")
LOAD = QuantityKind(
    "load",
    read_load,
    lambda value: f"{float(value):.12g} erlang",
    ["string", "number"],
    rf"^{NUMBER_PATTERN} ?{PREFIX_PATTERN} ?(erlang|E)?$",
)
NUMBER = QuantityKind("number", read_number, _show_number, ["number", "string"], rf"^{NUMBER_PATTERN}x?$")
FIGURE = QuantityKind("number or share", read_figure, _show_number, ["number", "string"], rf"^{NUMBER_PATTERN} ?[x%]?$")
COUNT = QuantityKind("count", read_count, int, ["integer", "string"], rf"^{NUMBER_PATTERN}{PREFIX_PATTERN}$")
TEXT = QuantityKind("text", read_text, str, ["string"], None)

#: The kind of a result, by its unit.
RESULT_KINDS = {"s": DURATION, "ratio": RATIO, "probability": RATIO, "1/s": RATE}
