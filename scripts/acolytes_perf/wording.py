"""Quantities for people: four significant digits and a unit that fits. `inputs.units` has the exact forms."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from acolytes_perf.time_units import SECONDS

if TYPE_CHECKING:
    from acolytes_perf.outcome import Number, Result

#: Percentages that differ by less count as equal, as do other numbers that differ by less as a share of the limit.
_SAME = 1e-9
#: More digits than these are rounding errors.
_MOST_DIGITS = 12


def format_quantity(value: Number, unit: str, limits: Sequence[float] = ()) -> str:
    """Write a value for people: seconds as `43.2 min`, a ratio as `99.95 %`, None as `never`, a bool as yes or no.

    Args:
        value: in its base unit.
        unit: of the value.
        limits: in the same base unit, such as an objective. The value gets so many digits that it is not rounded to one
            of these or across it.

    >>> format_quantity(2592, "s"), format_quantity(0.9995, "ratio"), format_quantity(104, "servers")
    ('43.2 min', '99.95 %', '104 servers')
    >>> format_quantity(0.998958, "ratio"), format_quantity(0.998958, "ratio", [0.999])
    ('99.9 %', '99.896 %')
    >>> format_quantity(0.50001, "s"), format_quantity(0.50001, "s", [0.5])
    ('500 ms', '500.01 ms')
    """
    if value is None:
        return "never"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if unit == "s":
        return _time(value, limits)
    if unit == "1/s":
        return _rate(value, limits=limits)
    if unit == "ratio":
        return f"{_percent_beside(value, limits)} %"
    if unit == "probability":
        return _probability(value, limits)
    if unit in ("B", "bit/s"):
        return _prefixed(value, unit, limits)
    if unit == "x":
        return f"{_digits(value, limits)}x"
    return f"{_digits(value, limits)} {unit.removesuffix('s') if value == 1 else unit}".rstrip()


def format_result(result: Result) -> str:
    """Write the value of a result, apart from its limits. Every table and report writes values by this."""
    return format_quantity(result.value, result.unit, result.limits)


def format_short_percent(value: float, limits: Sequence[float] = ()) -> str:
    """Write a ratio as the number of a percentage with three digits, and more beside a limit.

    >>> format_short_percent(0.1234567), format_short_percent(0.050004, [0.05])
    ('12.3', '5.0004')
    """
    return _beside_percents(f"{100 * value:.3g}", value, limits)


def words(name: str) -> str:
    """The name of a result as words.

    >>> words("p95_response"), words("shed_now")
    ('p95 response', 'shed now')
    """
    return name.replace("_", " ")


def pluralize(count: int, word: str) -> str:
    """Write a count with its noun: `1 server`, `2 servers`."""
    return f"{count} {word}" if count == 1 else f"{count} {word}s"


def format_interval(
    low: float, high: float | None, unit: str, kind: str, level: float | None, limits: Sequence[float] = ()
) -> str:
    """Write an interval for people, with its confidence level or its kind; `limits` as those of `format_quantity`.

    >>> format_interval(1.2, 1.5, "s", "model", None), format_interval(14, None, "servers", "statistical", 0.95)
    ('1.2 s to 1.5 s, model', '14 servers or more, 95 %')
    """
    if high is None:
        ends = f"{format_quantity(low, unit, limits)} or more"
    else:
        # both ends of a rate are in one unit: `0/s to 15/s`
        least = _rate(low, high, limits) if unit == "1/s" else format_quantity(low, unit, limits)
        ends = f"{least} to {format_quantity(high, unit, limits)}"
    return f"{ends}, {kind if level is None else format_quantity(level, 'ratio')}"


def _probability(value: float, limits: Sequence[float]) -> str:
    """Write a probability: few digits near 0 and 1, and no digits within one in a million of them."""
    if 0 < value < 1e-6:
        return "under 0.0001 %"
    if 1 - 1e-6 < value < 1:
        return "over 99.9999 %"
    return f"{_plain(100 * value)} %" if 0 < value < 1e-4 else f"{_percent_beside(value, limits)} %"


def _plain(value: float) -> str:
    """Two digits without an exponent: `0.0025`."""
    return f"{value:.{1 - math.floor(math.log10(value))}f}".rstrip("0")


def _digits(value: float, limits: Sequence[float] = (), scale: float = 1.0) -> str:
    """Four digits or all of an integer, and more beside a limit. The limits are divided by the scale."""
    text = f"{value:.0f}" if 1000 <= abs(value) < 1e15 else f"{value:.4g}"
    return _beside(text, value, [limit / scale for limit in limits], [_SAME * abs(limit / scale) for limit in limits])


def _time(seconds: float, limits: Sequence[float]) -> str:
    unit = next((unit for unit in ("d", "h", "min", "s", "ms", "us") if abs(seconds) >= SECONDS[unit]), "ns")
    if unit == "d" and abs(seconds) < 3 * SECONDS["d"]:
        unit = "h"  # 50 h says more than 2.083 d
    number = seconds / SECONDS[unit]
    if unit != "ns":
        return f"{_digits(number, limits, SECONDS[unit])} {unit}"
    if abs(number) < 1:
        return "under 1 ns" if seconds else "0 s"
    return f"{float(f'{number:.2g}'):g} ns"  # two digits: no wait is more exact


def _prefixed(value: float, unit: str, limits: Sequence[float]) -> str:
    """Write bytes or bits per second with a decimal prefix: `562.5 kB`."""
    power = next((power for power in (5, 4, 3, 2, 1) if abs(value) >= 1000.0**power), 0)
    return f"{_digits(value / 1000.0**power, limits, 1000.0**power)} {('', 'k', 'M', 'G', 'T', 'P')[power]}{unit}"


def _rate(rate: float, like: float | None = None, limits: Sequence[float] = ()) -> str:
    """Write a rate, in the unit of another one where there is one."""
    size = abs(like or rate)
    unit = next((unit for unit in ("s", "min", "h") if size * SECONDS[unit] >= 1), "d" if size else "s")
    return f"{_digits(rate * SECONDS[unit], limits, 1 / SECONDS[unit])}/{unit}"


def _percent_beside(value: float, limits: Sequence[float]) -> str:
    return _beside_percents(_percent(100 * value), value, limits)


def _beside_percents(text: str, value: float, limits: Sequence[float]) -> str:
    return _beside(text, 100 * value, [100 * limit for limit in limits], [_SAME] * len(limits))


def _beside(text: str, value: float, limits: Sequence[float], same: Sequence[float]) -> str:
    """Write a number that is not rounded to a limit or across it, so that a missed objective does not look met.

    Args:
        text: the number with the digits that it has without limits.
        value: the number.
        limits: in the same unit.
        same: for each limit, what still counts as equal to it.
    """
    apart = [(limit, near) for limit, near in zip(limits, same) if abs(value - limit) > near]
    digits = sum(map(str.isdigit, text.partition("e")[0].lstrip("-0.")))
    while digits < _MOST_DIGITS and any(not _is_on_its_side(float(text), value, *pair) for pair in apart):
        digits += 1
        text = f"{value:.{digits}g}"
    return text


def _is_on_its_side(shown: float, value: float, limit: float, same: float) -> bool:
    """Whether what is shown is neither across a limit nor equal to it."""
    return shown < limit - same / 2 if value < limit else shown > limit + same / 2


def _percent(percent: float) -> str:
    """Write a percentage. Near 100 it has more digits, so that 99.999 does not become 100."""
    if not 99 < percent < 100:
        return _digits(percent)
    decimals = min(12, 1 - math.floor(math.log10(100 - percent)))
    return f"{percent:.{decimals}f}".rstrip("0").rstrip(".")
