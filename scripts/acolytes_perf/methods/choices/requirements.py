"""What a supplier or an option must keep, such as `p95<=60ms`, and the figures that it is compared with."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from acolytes_perf.errors import InputError, did_you_mean, quoted
from acolytes_perf.inputs.demand_quantity import demand_quantity
from acolytes_perf.inputs.fields import Field, text_field
from acolytes_perf.inputs.quantity import QuantityError

PATTERN = r"[A-Za-z][\w .-]{0,40}?\s*[<>]=?\s*[\d.]+\s*[^\s,:]{0,10}"
#: Words that mean a share of good time or good answers.
AVAILABILITY = ("sla", "availability", "uptime", "available")
#: Patterns are compiled when they are first used, since that takes as long as a module.
LATENCY = r"p\d{2,5}|latency|response|ttfb|rtt|duration|mean|median"
THROUGHPUT = ("throughput", "capacity", "rps", "qps", "tps", "bandwidth")
ERRORS = ("errors", "error", "failures", "failed", "failure")
_FIGURE = r"\s*([A-Za-z][\w ]{0,40}?)\s*=\s*(.+?)\s*"
#: Words of headings that are units or say how a figure was taken.
_UNITS = frozenset(("ms", "s", "us", "sec", "seconds", "percent", "pct", "share", "rate", "ratio", "rps"))


class Measured(NamedTuple):
    """A figure in a base unit."""

    value: float
    unit: str


class Requirement(NamedTuple):
    """A limit of a figure. `text` is as written; `is_least` says that the figure must be at least the limit."""

    text: str
    name: str
    is_least: bool
    limit: Measured

    def is_kept(self, figure: float) -> bool:
        """Whether a figure in the same unit keeps it."""
        return figure >= self.limit.value if self.is_least else figure <= self.limit.value


def requirement_field(name: str, doc: str, **options: object) -> Field:
    """An input of requirements."""
    field = text_field(name, doc, "p95<=60ms", PATTERN, "a limit")
    return field._replace(**options)  # type: ignore[arg-type]


def figure_name(words: Sequence[str]) -> str | None:
    """The name of a figure of quality that a heading holds, by its words; None for another column.

    >>> figure_name(["p95", "ms"]), figure_name(["sla"]), figure_name(["fixed"])
    ('p95', 'availability', None)
    """
    kept = [word for word in words if word not in _UNITS]
    if any(word in AVAILABILITY for word in words):
        return "availability"
    is_figure = any(re.fullmatch(LATENCY, word) or word in (*THROUGHPUT, *ERRORS) for word in words)
    return "_".join(kept) or "_".join(words) if is_figure else None


def read_requirement(text: str, figures: Mapping[str, str], pointer: str) -> Requirement:
    """Reads a limit.

    Args:
        text: such as `p95<=60ms`.
        figures: the unit of each figure by its name.
        pointer: of the input, for errors.

    Raises:
        InputError: no figure has this name, or the limit has another unit.
    """
    match = re.fullmatch(r"(.*?)\s*([<>])=?\s*([\d.].*)", text)
    assert match  # the field's pattern
    words = [word for word in re.split(r"[\W_]+", match[1].lower()) if word]
    name = figure_name(words) or "_".join(words)
    names = [one for one in figures if one == name] or [one for one in figures if set(words) <= set(one.split("_"))]
    if len(names) != 1:
        nearest = did_you_mean(name, list(figures))
        has = ", ".join(figures) or "none"
        hint = f" (did you mean {nearest}?)" if nearest else f": there is {has}"
        problem = f"fits several figures, {', '.join(names)}" if names else f"names no figure that is there{hint}"
        raise InputError(pointer, f"{quoted(text)} {problem}")
    try:
        limit = demand_quantity(match[3].strip())
    except QuantityError as error:
        raise InputError(pointer, f"{quoted(text)}: the limit {error}") from None
    unit = figures[names[0]]
    value = limit.number
    if names[0] == "availability":
        if limit.unit == "" and value > 1:
            raise InputError(pointer, f"{quoted(text)} is not a share between 0 and 1: write {match[3].strip()}%")
        if limit.unit in ("", "ratio"):
            # 99.9 / 100 is a little more than 0.999, which the figure of a supplier is
            return Requirement(text, names[0], match[2] == ">", Measured(float(f"{value:.15g}"), "ratio"))
    if limit.unit != unit:
        has = f"is in {limit.unit}" if limit.unit else "has no unit"
        raise InputError(pointer, f"{quoted(text)} {has}, and {names[0]} {f'is in {unit}' if unit else 'has none'}")
    return Requirement(text, names[0], match[2] == ">", Measured(value, unit))


def read_figure(name: str, text: str, unit: str, pointer: str) -> Measured:
    """The figure of a cell.

    Args:
        name: by `figure_name`.
        text: with or without a unit.
        unit: of numbers without one, from the heading; empty where it says none.
        pointer: of the input, for errors.

    Raises:
        InputError: it is no number.
    """
    is_plain = re.fullmatch(r"[\d.]+", text.strip())
    try:
        figure = demand_quantity(f"{text}{unit}" if is_plain else text)
    except QuantityError:
        raise InputError(pointer, f"{name}: {quoted(text)} is not a figure such as 55ms, 400/s or 0.2%") from None
    if name != "availability":
        return Measured(*figure)
    share = figure.number / 100 if figure.unit == "" and figure.number > 1 else figure.number
    if figure.unit not in ("", "ratio") or not 0 <= share <= 1:
        raise InputError(pointer, f"{name}: {quoted(text)} is not a share such as 99.95%")
    return Measured(float(f"{share:.15g}"), "ratio")


def read_figures(text: str, pointer: str) -> dict[str, Measured]:
    """The figures of a text `p95=55ms; sla=99.9%`, by their names.

    Raises:
        InputError: a part is no figure, or a name is there twice.

    >>> read_figures("sla=99.9%", "/figures")
    {'availability': Measured(value=0.999, unit='ratio')}
    """
    figures: dict[str, Measured] = {}
    for part in text.split(";") if text.strip() else []:
        match = re.fullmatch(_FIGURE, part)
        if not match:
            raise InputError(pointer, f"{quoted(part.strip())} is not a figure: write NAME=VALUE, such as p95=55ms")
        words = [word for word in re.split(r"[\W_]+", match[1].lower()) if word]
        name = figure_name(words) or "_".join(words)
        if name in figures:
            raise InputError(pointer, f"{name} is there twice: leave one out")
        figures[name] = read_figure(name, match[2], "", pointer)
    return figures
