"""Reads a column of numbers: units, Kubernetes quantities, decimal commas and thousands separators, gaps.

Sources: Kubernetes documentation, "Resource units in Kubernetes" and the Quantity type; Grafana's unit names `K`, `Mil`
and `Bil`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import NamedTuple

from acolytes_perf.errors import quoted
from acolytes_perf.inputs.demand_quantity import demand_quantity
from acolytes_perf.inputs.quantity import QuantityError
from acolytes_perf.inputs.units import ROUNDING
from acolytes_perf.series.rate_headings import rate_of_words

#: What files write where a value is missing.
MISSING = frozenset(
    ("", "null", "nan", "na", "n/a", "#n/a", "none", "undefined", "nil", "-", "--", "\u2013", "no data")
)
_NUMBER = r"[+-]?(?:\d[\d.,'\u2019 _\u00a0\u202f]*\d|\d|\.\d+)(?:[eE][+-]?\d{1,3})?"
_CELL = re.compile(rf"({_NUMBER})\s*(.*)", re.DOTALL)
_SPACES = re.compile(r"[ _'\u2019\u00a0\u202f]")
_GRAFANA = {"K": 1e3, "Mil": 1e6, "Bil": 1e9, "Tri": 1e12}
_BINARY = {"Ki": 2.0**10, "Mi": 2.0**20, "Gi": 2.0**30, "Ti": 2.0**40, "Pi": 2.0**50, "Ei": 2.0**60}
_DECIMAL = {"n": 1e-9, "u": 1e-6, "m": 1e-3, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15, "E": 1e18}
#: Unit words in a heading, with the unit that they mean.
_HEADING_UNITS = {
    "rps": "/s", "qps": "/s", "tps": "/s", "reqps": "/s", "rpm": "/min", "ms": "ms", "msec": "ms", "millis": "ms",
    "milliseconds": "ms", "seconds": "s", "secs": "s", "us": "us", "microseconds": "us", "ns": "ns",
    "nanoseconds": "ns", "percent": "%", "pct": "%", "bytes": "B", "kb": "kB", "mb": "MB", "gb": "GB", "tb": "TB",
    "kib": "KiB", "mib": "MiB", "gib": "GiB", "tib": "TiB", "erlang": "erlang", "cores": "cores",
    "millicores": "millicores",
}  # fmt: skip
#: Words for units of `--columns role=UNIT:heading` and of brackets, besides those of a quantity.
_WORDS = {
    "req/s": "/s", "requests/s": "/s", "ops/s": "/s", "reqps": "/s", "rps": "/s", "qps": "/s", "tps": "/s",
    "count/second": "/s", "percent": "%", "seconds": "s", "milliseconds": "ms", "microseconds": "us",
    "by": "B", "bytes": "B", "kilobytes": "kB", "megabytes": "MB", "gigabytes": "GB", "terabytes": "TB", "1": "",
    "count": "", "none": "", "short": "", "cpu": "cores", "vcpu": "cores", "core": "cores", "mcores": "millicores",
    "minute": "min", "min": "min",
}  # fmt: skip
DECIMAL_COMMA, DECIMAL_POINT = "decimal_comma", "decimal_point"


class Numbers(NamedTuple):
    """Values in a base unit (empty, 1/s, ratio, s, erlang, B), None for missing ones, and how they were read."""

    values: list[float | None]
    unit: str = ""
    notes: tuple[str, ...] = ()


class NumberError(ValueError):
    """The cells are not numbers that have one meaning. `row` is the index of the cell, None for the whole column."""

    def __init__(self, message: str, row: int | None = None, *, looks_like_numbers: bool = False) -> None:
        super().__init__(message)
        self.row = row
        self.looks_like_numbers = looks_like_numbers


class Scale(NamedTuple):
    """A unit: what values are multiplied by, and the base unit that they have then."""

    factor: float
    unit: str

    def apply(self, value: float) -> float:
        """The value in the base unit, rounded once: 103 ms are 0.103 s.

        >>> Scale(1e-3, "s").apply(103), 103 * 1e-3
        (0.103, 0.10300000000000001)
        """
        divisor = round(1 / self.factor) if 0 < self.factor < 1 else 0
        is_exact = divisor and abs(divisor * self.factor - 1) < ROUNDING
        return value / divisor if is_exact else value * self.factor


def scale_of(unit: str) -> Scale | None:
    """The scale of a unit's text; None for an unknown one, and for one with a number other than 1 before it.

    >>> scale_of("ms"), scale_of("1/min"), scale_of("2/min")
    (Scale(factor=0.001, unit='s'), Scale(factor=0.016666666666666666, unit='1/s'), None)
    """
    plain = _without_one(unit)
    word = _WORDS.get(plain.lower(), plain)
    if word in ("", "cores"):
        return Scale(1.0, "")
    if word == "millicores":
        return Scale(1e-3, "")
    if word in _BINARY:
        return Scale(_BINARY[word], "B")
    try:
        # with a space, so that no digit of the unit becomes one of the number
        quantity = demand_quantity(f"1 {word}")
    except QuantityError:
        return None
    return Scale(quantity.number, quantity.unit)


def _without_one(unit: str) -> str:
    """A rate's unit without the 1 that UCUM and others write before its slash: `1/min` is `/min`."""
    return re.sub(r"^1\s*(?=/|\bper\s)", "", unit)


def heading_unit(heading: str) -> str:
    """The unit that a heading says: in brackets, in words such as `per minute`, or as its first or last word.

    >>> heading_unit("load [rps]"), heading_unit("requests per minute"), heading_unit("latency_ms")
    ('rps', '/min', 'ms')
    """
    bracket = re.fullmatch(r".*[\[(]\s*([^\])]*?)\s*[\])]\s*", heading)
    if bracket and (scale_of(bracket[1]) is not None or _is_rate_of_several(bracket[1])):
        return _without_one(bracket[1])
    rate = (bracket and rate_of_words(bracket[1])) or rate_of_words(heading)
    if rate:
        return rate
    words = [word for word in re.split(r"[^A-Za-z%/]+", heading.lower()) if word]
    raw = [word for word in re.split(r"[^A-Za-z0-9%/]+", heading.lower()) if word]
    for word in (raw[-1:] + raw[:1]) if words else []:
        if word in _HEADING_UNITS:
            return _HEADING_UNITS[word]
    return "%" if "%" in heading else ""


def _is_rate_of_several(text: str) -> bool:
    """Whether a text is a rate's unit with a number before it, such as `2/s`: no unit, but never to be overlooked."""
    unit = re.sub(rf"^{_NUMBER}\s*(?=/|\bper\s)", "", text)
    scale = scale_of(unit)
    return unit != text and scale is not None and scale.unit == "1/s"


def read_numbers(
    cells: Sequence[str], heading: str = "", unit: str = "", *, has_decimal_commas: bool = False
) -> Numbers:
    """The values of all cells in one base unit.

    Args:
        cells: the texts of the column.
        heading: of the column, which may say a unit.
        unit: the unit of plain numbers where the user names it, or DECIMAL_COMMA or DECIMAL_POINT.
        has_decimal_commas: the file looks like one with decimal commas, so that a dot may separate thousands.

    Raises:
        NumberError: a cell is no number, units differ, or a separator has two readings.

    >>> read_numbers(["512Mi", "1Gi"])
    Numbers(values=[536870912.0, 1073741824.0], unit='B', notes=('Ki, Mi and Gi are powers of 1,024 bytes.',))
    """
    stated = "" if unit in (DECIMAL_COMMA, DECIMAL_POINT) else unit
    named = stated or heading_unit(heading)
    scale = scale_of(named)
    if scale is None:
        message = f"{quoted(named)} is not a unit: use one such as ms, s, /s, %, MB or cores"
        raise NumberError(message, looks_like_numbers=not stated)
    if has_decimal_commas and not stated and unit not in (DECIMAL_COMMA, DECIMAL_POINT):
        _refuse_dots_of_thousands(cells)
    values = None if unit == DECIMAL_COMMA else _plain_floats(cells)
    notes: tuple[str, ...] = ()
    if values is None:
        numbers, suffixes, notes = _split(cells, unit)
        suffixed = {suffix for number, suffix in zip(numbers, suffixes) if number is not None and suffix}
        if not suffixed:
            values = numbers
        else:
            return _with_suffixes(cells, numbers, suffixes, heading, named, notes)
    missing = sum(value is None for value in values)
    if missing == len(values):
        raise NumberError("has no numbers")
    if scale.factor != 1:
        values = [None if value is None else scale.apply(value) for value in values]
    return Numbers(values, scale.unit, notes)


def is_missing(cell: str) -> bool:
    """Whether a cell says that there is no value."""
    return cell.strip().lower() in MISSING


def _plain_floats(cells: Sequence[str]) -> list[float | None] | None:
    """The values of cells that are all plain numbers or missing; None otherwise."""
    values: list[float | None] = []
    for cell in cells:
        try:
            value = float(cell)
        except ValueError:
            if not is_missing(cell):
                return None
            values.append(None)
            continue
        if "_" in cell or not cell.isascii():
            return None
        if math.isnan(value):
            values.append(None)
        elif math.isinf(value):
            raise NumberError(f"{quoted(cell)} is not a finite number", len(values), looks_like_numbers=True)
        else:
            values.append(value)
    return values


def _refuse_dots_of_thousands(cells: Sequence[str]) -> None:
    """Refuses a column whose only dots have groups of three digits behind them, like 1.234."""
    dotted = [row for row, cell in enumerate(cells) if "." in cell]
    if dotted and all(re.fullmatch(r"[+-]?[1-9]\d{0,2}\.\d{3}", cells[row].strip()) for row in dotted):
        row = dotted[0]
        text = cells[row].strip()
        message = f"{quoted(text)} could be {text.replace('.', '')} or {text}, and so could all others with a dot"
        raise NumberError(f"{message}: name it {DECIMAL_POINT} or {DECIMAL_COMMA}", row, looks_like_numbers=True)


def _split(cells: Sequence[str], unit: str) -> tuple[list[float | None], list[str], tuple[str, ...]]:
    """Number and unit text of each cell, with the separators of the whole column."""
    texts: list[str | None] = []
    suffixes = []
    for row, cell in enumerate(cells):
        match = None if is_missing(cell) else _CELL.fullmatch(cell.strip().lstrip("~"))
        if match is None and not is_missing(cell):
            raise NumberError(f"{quoted(cell.strip())} is not a number", row, looks_like_numbers=row > 0)
        texts.append(match[1] if match else None)
        suffixes.append(match[2].strip() if match else "")
    present = [(row, text) for row, text in enumerate(texts) if text is not None]
    decimal, note = _decimal_sign(present, unit)
    values: list[float | None] = [None] * len(cells)
    for row, text in present:
        values[row] = _number(text, decimal, row, cells[row])
    return values, suffixes, note


def _decimal_sign(present: Sequence[tuple[int, str]], unit: str) -> tuple[str, tuple[str, ...]]:
    """The decimal sign of a column, `.` or `,`, and a note where a separator was read."""
    if unit in (DECIMAL_COMMA, DECIMAL_POINT):
        return ("," if unit == DECIMAL_COMMA else "."), ()
    comma = [(row, text) for row, text in present if "," in text]
    if not comma:
        if any(text.count(".") > 1 for _, text in present):
            return ",", ("A dot separates thousands.",)
        grouped = any(_SPACES.search(text) for _, text in present)
        return ".", (("A space or apostrophe separates thousands.",) if grouped else ())
    point = any(text.count(",") > 1 or ("." in text and text.rfind(".") > text.rfind(",")) for _, text in comma)
    decimal = any(
        not re.fullmatch(r"[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d*)?", text) and text.count(",") == 1 for _, text in comma
    )
    if point and decimal:
        row, text = next((r, t) for r, t in comma if not re.fullmatch(r"[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d*)?", t))
        raise NumberError(f"{quoted(text)} has a comma where other cells have thousands separators", row)
    if not point and not decimal:
        # 1,234 alone: thousands where other cells have a decimal point, unknown otherwise
        if any("." in text for _, text in present):
            return ".", ("A comma separates thousands.",)
        row, text = comma[0]
        first, second = text.replace(",", ""), text.replace(",", ".")
        message = f"{quoted(text)} could be {first} or {second}, and so could all others with a comma"
        raise NumberError(f"{message}: name it {DECIMAL_POINT} or {DECIMAL_COMMA}", row, looks_like_numbers=True)
    return ("," if decimal else "."), (("A comma is the decimal sign." if decimal else "A comma separates thousands."),)


def _number(text: str, decimal: str, row: int, cell: str) -> float:
    """The number of a text; the sign that is not the decimal sign separates groups of three digits."""
    mantissa, exponent = re.match(r"([^eE]*)(.*)", text, re.DOTALL).groups()  # type: ignore[union-attr]
    mantissa = _SPACES.sub("," if decimal == "." else ".", mantissa.strip())
    whole, sign, fraction = mantissa.partition(decimal)
    separator = "." if decimal == "," else ","
    grouped = re.fullmatch(rf"[+-]?\d{{1,3}}(?:{re.escape(separator)}\d{{3}})+", whole)
    if (separator in whole and not grouped) or separator in fraction or decimal in fraction:
        raise NumberError(f"{quoted(cell.strip())} has separators at odd places", row, looks_like_numbers=True)
    number = float(f"{whole.replace(separator, '') or '0'}{'.' if sign else ''}{fraction}{exponent}")
    if not math.isfinite(number):
        raise NumberError(f"{quoted(cell.strip())} is not a finite number", row, looks_like_numbers=True)
    return number


def _with_suffixes(
    cells: Sequence[str],
    numbers: Sequence[float | None],
    suffixes: Sequence[str],
    heading: str,
    named: str,
    notes: tuple[str, ...],
) -> Numbers:
    """Values of cells that have units themselves."""
    present = [
        (row, number, suffix) for row, (number, suffix) in enumerate(zip(numbers, suffixes)) if number is not None
    ]
    kinds = {suffix for _, _, suffix in present}
    words = re.split(r"[^a-z]+", heading.lower())
    is_memory = bool(kinds & set(_BINARY))
    is_cpu = scale_of(named) == Scale(1.0, "") and (
        named.lower() in ("cores", "cpu", "core", "vcpu") or bool({"cpu", "cpus", "core", "cores"} & set(words))
    )
    values: list[float | None] = [None] * len(cells)
    units: dict[str, int] = {}
    for row, number, suffix in present:
        if is_memory and (suffix in _BINARY or suffix in _DECIMAL or not suffix):
            scale: Scale | None = Scale(_BINARY.get(suffix, _DECIMAL.get(suffix, 1.0)), "B")
        elif is_cpu and (suffix in _DECIMAL or not suffix):
            scale = Scale(_DECIMAL.get(suffix, 1.0), "")
        else:
            scale = _scale_of_cell(suffix, kinds, cells[row].strip(), row)
        if scale is None:
            raise NumberError(f"{quoted(cells[row].strip())} has an unknown unit", row)
        values[row] = scale.apply(number)
        units.setdefault(scale.unit, row)
    if len(units) > 1:
        row = max(units.values())
        message = f"{quoted(cells[row].strip())} has another unit than {quoted(cells[min(units.values())].strip())}"
        raise NumberError(message, row, looks_like_numbers=True)
    if named and (scale_of(named) or Scale(1.0, "")).unit != next(iter(units)):
        raise NumberError(f"{quoted(cells[present[0][0]].strip())} is not in {named}", present[0][0])
    note = "Ki, Mi and Gi are powers of 1,024 bytes." if is_memory else "m is a thousandth of a core." if is_cpu else ""
    return Numbers(values, next(iter(units)), (*notes, note) if note else notes)


def _scale_of_cell(suffix: str, kinds: set[str], cell: str, row: int) -> Scale | None:
    if not suffix:
        if all(kind in ("", *_GRAFANA) for kind in kinds):
            return Scale(1.0, "")
        if any(kind != "m" and kind not in _GRAFANA and scale_of(kind.split(" ")[-1]) is None for kind in kinds):
            return None
        raise NumberError(f"{quoted(cell)} has no unit, but other cells have one", row, looks_like_numbers=True)
    if suffix == "m":
        message = f"{quoted(cell)} has a small m, which could be minutes, millions or thousandths"
        raise NumberError(f"{message}: name the unit, such as cores", row, looks_like_numbers=True)
    if suffix in _GRAFANA:
        return Scale(_GRAFANA[suffix], "")
    prefix, _, rest = suffix.partition(" ")
    if rest and prefix in _GRAFANA:
        scale = scale_of(rest)
        return None if scale is None else Scale(scale.factor * _GRAFANA[prefix], scale.unit)
    return scale_of(suffix)
