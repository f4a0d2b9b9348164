"""Numbers as a person reads them: four significant digits and the unit that fits. For the record, see `units`."""

from __future__ import annotations

import math

from acolytes_perf.units import SECONDS


def said(value: float | int | bool | None, unit: str) -> str:
    """The value in words: seconds as `43.2 min`, a ratio as `99.95 %`, None as `never`, a truth value as yes or no.

    >>> said(2592, "s"), said(0.9995, "ratio"), said(104, "servers")
    ('43.2 min', '99.95 %', '104 servers')
    """
    if value is None:
        return "never"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if unit == "s":
        return _time(value)
    if unit == "1/s":
        return _rate(value)
    if unit == "ratio":
        return f"{_percent(100 * value)} %"
    if unit == "x":
        return f"{_digits(value)}x"
    return f"{_digits(value)} {unit.removesuffix('s') if value == 1 else unit}".rstrip()


def _digits(value: float) -> str:
    return f"{value:.0f}" if 1000 <= abs(value) < 1e15 else f"{value:.4g}"


def _time(seconds: float) -> str:
    unit = next((unit for unit in ("d", "h", "min", "s", "ms", "us") if abs(seconds) >= SECONDS[unit]), "ns")
    if unit == "d" and abs(seconds) < 3 * SECONDS["d"]:
        unit = "h"  # 50 h says more than 2.083 d
    return f"{_digits(seconds / SECONDS[unit])} {unit}" if seconds else "0 s"


def _rate(rate: float) -> str:
    unit = next((unit for unit in ("s", "min", "h") if rate * SECONDS[unit] >= 1), "d")
    return f"{_digits(rate * SECONDS[unit])}/{unit}"


def _percent(percent: float) -> str:
    """Close to 100 the distance from it counts, so 99.999 must not become 100."""
    if not 99 < percent < 100:
        return _digits(percent)
    decimals = min(12, 1 - math.floor(math.log10(100 - percent)))
    return f"{percent:.{decimals}f}".rstrip("0").rstrip(".")
