"""Kinds of quantities: read from text with a unit, checked, and shown in one normal form.

Inside, a duration is in seconds, a rate in events per second, a ratio a number from 0 to 1, a load in erlang.
`show` writes at most 12 significant digits, and reading that text again gives the same text: results depend on the
normal form alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple, Union

from acolytes_perf.inputs.quantity import COUNTED, EVENTS, SCALE, QuantityError, taken_apart, with_prefix
from acolytes_perf.inputs.quantity import NUMBER as _NUMBER

Value = Union[float, int, str]

SECONDS = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0}
_UNITS = ", ".join([*SECONDS, "w"])
_ALIASES = {
    "\u00b5s": "us", "\u03bcs": "us", "msec": "ms", "millisecond": "ms", "sec": "s", "second": "s",
    "minute": "min", "hr": "h", "hour": "h", "day": "d",
}  # fmt: skip
#: Spans of the calendar with the days that SLO tables take for them: a proposal, since they have no fixed length.
_CALENDAR = {"mo": 30, "month": 30, "quarter": 90, "y": 365, "yr": 365, "year": 365}
#: How many seconds one event of these is for.
_RATES = {"rps": 1, "qps": 1, "tps": 1, "rpm": 60}
_ERLANG = ("", "erlang", "erlangs", "erl", "e")
#: A second proposal for a bare number, beside the unit of the input's own example.
_NEIGHBOUR = {"ns": "us", "us": "ms", "ms": "s", "s": "min", "min": "h", "h": "d", "d": "h"}
_PER = re.compile(r"([a-z]*(?: [a-z]+)*)\s*(?:/|\bper\b)\s*(\d+(?:\.\d+)?)?\s*([^\s\d]+)", re.IGNORECASE)

#: Relative error below which two numbers count as the same.
ROUNDING = 1e-12


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
    """Value <= limit, but for the arithmetic's own rounding: 96 erlang on 120 servers keep 80 %."""
    return value <= limit * (1 + ROUNDING)


def tidy(number: float) -> float:
    """The number at 15 significant digits, so that 43.2 does not read 43.199999999999996."""
    return float(f"{number:.15g}")


def _unit_seconds(unit: str) -> float | None:
    """Seconds in a unit of time, None when it is none."""
    plain = unit if unit in SECONDS else unit.lower()
    if plain in ("w", "week", "weeks"):
        return 7 * SECONDS["d"]
    return SECONDS.get(_ALIASES.get(plain, _ALIASES.get(plain.rstrip("s"), plain)))


def _refuse_calendar(unit: str, count: float, written: str, before: str = "") -> None:
    """Months, quarters and years differ in length, and an m could be minutes; `before` stands before the span."""
    days = _CALENDAR.get(unit.lower()) or _CALENDAR.get(unit.lower().rstrip("s"))
    if unit in ("m", "M"):
        readings = (f"{before}{written}min", f"{before}{30 * count:.12g}d")
        raise QuantityError(f"has the unit {unit}, which could be minutes or months (there are {_UNITS})", *readings)
    if days:
        message = f"has the unit {unit}, which has no fixed length (there are {_UNITS})"
        raise QuantityError(message, f"{before}{days * count:.12g}d")


def read_duration(raw: object, example: str) -> float:
    """Seconds, from `80ms`, `5 min`, `30d`; the unit is a must."""
    number, unit, written = taken_apart(raw, example)
    if not unit:
        own = taken_apart(example, example).unit
        raise QuantityError("has no unit", f"{written}{own}", f"{written}{_NEIGHBOUR[own]}")
    _refuse_calendar(unit, number, written)
    seconds = _unit_seconds(unit)
    if seconds is None:
        raise QuantityError(f"has an unknown unit of time: use one of {_UNITS}")
    # dividing by 1000 rounds once, multiplying by 0.001 twice
    return number / round(1 / seconds) if seconds < 1 else number * seconds


def read_rate(raw: object, example: str) -> float:
    """Events per second, from `1200/s`, `1.2k/s`, `10 requests/h`, `100/30min` or `1200rps`; the unit is a must."""
    parts = taken_apart(raw, example)
    if not parts.unit:
        raise QuantityError("has no unit", f"{parts.written}/s", f"{parts.written}/h")
    abbreviated = with_prefix(parts, parts.unit, _RATES)
    if abbreviated:
        return abbreviated[0] / _RATES[abbreviated[1]]
    per = _PER.fullmatch(parts.unit)
    if per is None or float(per[2] or 1) == 0:
        raise QuantityError("is not a rate: write it per unit of time, like 1200/s, 90/min or 10/h")
    events, span = per[1].strip(), parts.unit[per.end(1) :]
    counted = with_prefix(parts, events, EVENTS | {""}, span)
    if counted is None:
        raise QuantityError(f"has the word '{events}', which is no known event: write it like 1200/s, 1.2k/s or 10/h")
    _refuse_calendar(per[3], float(per[2] or 1), per[2] or "", f"{parts.written}{' ' * (len(events) > 1)}{events}/")
    seconds = _unit_seconds(per[3])
    if seconds is None:
        raise QuantityError("is not a rate: write it per unit of time, like 1200/s, 90/min or 10/h")
    return counted[0] / (float(per[2] or 1) * seconds)


def read_ratio(raw: object, example: str) -> float:
    """A share from 0 to 1, from `99.9%` or `0.999`; a bare 99.9 is refused, since it could be either."""
    number, unit, written = taken_apart(raw, example)
    if unit in ("%", "percent"):
        return number / 100
    if unit:
        raise QuantityError(f"is not a share: write it like {example}")
    if 1 < number <= 100:
        raise QuantityError("is not a share between 0 and 1", f"{written}%")
    return number


def read_load(raw: object, example: str) -> float:
    """Erlang, from `96 erlang`, `96E`, `1k erlang` or 96 (an erlang is a pure number)."""
    parts = taken_apart(raw, example)
    found = with_prefix(parts, parts.unit, _ERLANG)
    if found is None:
        raise QuantityError("is not a load in erlang: write it like 96 erlang or 1.2k erlang")
    return found[0]


def read_number(raw: object, example: str) -> float:
    """A pure number; one trailing x, as in `14.4x`, is accepted."""
    number, unit, _ = taken_apart(raw, example)
    if unit in ("%", "percent"):
        raise QuantityError("is in per cent, and a pure number is wanted", f"{number / 100:.12g}")
    if unit not in ("", "x"):
        raise QuantityError(f"is a pure number without a unit: write it like {example}")
    return number


def read_count(raw: object, example: str) -> int:
    """A whole number; k, M and G are accepted behind it, as in `1k` and `1.5M`."""
    parts = taken_apart(raw, example)
    found = with_prefix(parts, parts.unit, COUNTED | {""})
    if found is None:
        raise QuantityError(f"is a plain count without a unit: write it like {example} or 1.2k")
    number, counted = found
    if counted:
        raise QuantityError("is a plain count without a unit", f"{number:.15g}")
    if number != int(number):
        raise QuantityError("is not a whole number")
    return int(number)


def read_text(raw: object, example: str) -> str:
    """A single line of at most 500 printable characters."""
    if not isinstance(raw, str) or not raw.strip():
        raise QuantityError(f"expected a text such as {example}")
    if len(raw) > 500 or not raw.isprintable():
        raise QuantityError("must be one line of at most 500 printable characters")
    return raw.strip()


def _shown(value: float, texts: Sequence[str], read: Callable[[object, str], float]) -> str:
    """The first text that means exactly this value, so that 100/h does not become 1.66666666667/min; else the first."""
    return next((text for text in texts if read(text, text) == value), texts[0])


def show_duration(value: Value) -> str:
    """The duration in the largest unit that leaves at least 1 and a short number: `43.2min`, `100s`."""
    seconds = float(value)
    units = [unit for unit in reversed(SECONDS) if at_most(SECONDS[unit], abs(seconds))] or ["ns"]
    texts = [f"{seconds / SECONDS[unit]:.12g}{unit}" for unit in units] if seconds else ["0s"]
    return _shown(seconds, texts, read_duration)


def show_rate(value: Value) -> str:
    """The rate per the shortest unit of time that leaves at least 1 event and a short number: `100/h`."""
    rate = float(value)
    units = [unit for unit in ("s", "min", "h", "d") if at_most(1, rate * SECONDS[unit])] or ["d"]
    return _shown(rate, [f"{rate * SECONDS[unit]:.12g}/{unit}" for unit in units], read_rate)


def show_ratio(value: Value) -> str:
    """The share in per cent: `99.9%`."""
    return f"{float(value) * 100:.12g}%"


def _show_number(value: Value) -> int | float:
    number = float(f"{float(value):.12g}")
    return int(number) if number.is_integer() else number


_TIME = "(ns|us|ms|s|min|h|d|w)"
_PER_TIME = rf"(/[0-9.]*{_TIME}|[rqt]ps|rpm)"
DURATION = Kind("duration", read_duration, show_duration, ["string"], rf"^{_NUMBER} ?{_TIME}$")
RATE = Kind("rate", read_rate, show_rate, ["string"], rf"^{_NUMBER} ?{SCALE}{_PER_TIME}$")
RATIO = Kind("ratio", read_ratio, show_ratio, ["string", "number"], rf"^{_NUMBER} ?%?$")
LOAD = Kind(
    "load",
    read_load,
    lambda value: f"{float(value):.12g} erlang",
    ["string", "number"],
    rf"^{_NUMBER} ?{SCALE} ?(erlang|E)?$",
)
NUMBER = Kind("number", read_number, _show_number, ["number", "string"], rf"^{_NUMBER}x?$")
COUNT = Kind("count", read_count, int, ["integer", "string"], rf"^{_NUMBER}{SCALE}$")
TEXT = Kind("text", read_text, str, ["string"], None)

#: How a result's unit is read in a reference file and shown to a person.
RESULT_KINDS = {"s": DURATION, "ratio": RATIO, "probability": RATIO, "1/s": RATE}
