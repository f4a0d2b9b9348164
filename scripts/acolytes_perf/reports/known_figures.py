"""The figures that an answer has, and whether a figure of a report is one of them at its printed precision."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from acolytes_perf.outcome import Outcome, Result
from acolytes_perf.outputs.answer_files import SavedAnswer
from acolytes_perf.reports.figures import Figure, find_figures
from acolytes_perf.reports.units import COUNT, FACTOR, SHARE, TIME, unit_of_result
from acolytes_perf.wording import format_quantity

_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_ROUNDING = 1e-9
#: The smallest values that answers print, by kind.
_SMALLEST = {SHARE: 1e-6, TIME: 1e-9}


class Known(NamedTuple):
    """A figure of an answer.

    Attributes:
        name: of the result, or of the input.
        printed: for people.
        kind: what its unit measures; empty for a pure number, which may count anything.
        value: in base units.
        is_result: a result, rather than an input or a number of a text.
    """

    name: str
    printed: str
    kind: str
    value: float
    is_result: bool


def known_figures(answer: SavedAnswer) -> list[Known]:
    """The figures of an answer: results and tables with their intervals, inputs, and the numbers of its texts."""
    found = list(_of_results(answer.outcome))
    found += _of_inputs(answer.inputs, "")
    outcome = answer.outcome
    texts = [outcome.answer, *outcome.assumptions, *(text for one in outcome.warnings for text in one[1:])]
    for table in outcome.tables:
        for row in table.rows:
            texts.append(row.label)
            # a row may be about a number itself, such as a size
            if _NUMBER.fullmatch(row.label):
                found.append(Known(f"row of {table.name}", row.label, "", float(row.label), is_result=False))
    for text in texts:
        found += _of_text("the answer's text", text)
    return found


def _of_results(outcome: Outcome) -> Iterator[Known]:
    for result in outcome.results:
        yield from _of_result(result.name, result)
    for table in outcome.tables:
        for row in table.rows:
            for result in row.results:
                yield from _of_result(f"{table.name}[{row.label}].{result.name}", result)


def _of_result(name: str, result: Result) -> Iterator[Known]:
    unit = unit_of_result(result.unit)
    kind, factor = (unit.kind, unit.factor) if unit else ("", 1.0)
    interval = result.interval
    values = [(name, result.value)]
    if interval:
        values += [(f"low end of {name}", interval.low), (f"high end of {name}", interval.high)]
    if interval and interval.level is not None:
        yield Known(
            f"level of {name}", format_quantity(interval.level, "ratio"), "share", interval.level, is_result=True
        )
    for own, value in values:
        if value is not None and not isinstance(value, bool):
            yield Known(own, format_quantity(value, result.unit, result.limits), kind, value * factor, is_result=True)


def _of_inputs(value: object, name: str) -> Iterator[Known]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _of_inputs(item, f"{name}.{key}" if name else str(key))
    elif isinstance(value, list):
        for item in value:
            yield from _of_inputs(item, name)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield Known(f"input {name}", f"{value:.12g}", "", float(value), is_result=False)
    elif isinstance(value, str):
        if _NUMBER.fullmatch(value):
            yield Known(f"input {name}", value, "", float(value), is_result=False)
        yield from _of_text(f"input {name}", value)


def _of_text(name: str, text: str) -> Iterator[Known]:
    for figure in find_figures(text.replace("..", " to ")):
        yield Known(name, figure.text, figure.unit.kind, figure.value, is_result=False)


def agrees(figure: Figure, known: Known) -> bool:
    """Whether a figure of a report is this one, to its printed precision. The sign is left to the words around it."""
    unit = figure.unit
    if (
        unit.kind == known.kind
        and unit.kind in _SMALLEST
        and _is_beyond(figure.value, known.value, _SMALLEST[unit.kind])
    ):
        return True
    if unit.amount and known.kind == unit.kind.split()[0]:
        # an answer may have an amount a month without saying so in its unit
        return _is_near(figure.number * unit.amount, figure.slack * unit.amount, known.value)
    if known.kind != unit.kind and (known.kind or unit.kind in (TIME, SHARE, FACTOR)):
        return False
    if known.kind:
        value, slack = figure.value, figure.slack * unit.factor
        slack += abs(value) * unit.slack
    else:
        value, slack = figure.number, figure.slack
        scale = unit.factor
        if figure.unit.kind == COUNT and scale > 1:
            value, slack = value * scale, slack * scale
    return _is_near(value, slack, known.value)


def _is_beyond(printed: float, value: float, smallest: float) -> bool:
    """Whether both are beyond the ends of what answers print: `under 0.0001 %`, `over 99.9999 %`, `under 1 ns`."""
    if printed <= smallest * (1 + _ROUNDING):
        return abs(value) < smallest
    return smallest == _SMALLEST[SHARE] and printed >= 1 - smallest * (1 + _ROUNDING) and 1 - smallest < value < 1


def _is_near(value: float, slack: float, known: float) -> bool:
    return abs(abs(known) - abs(value)) <= slack + _ROUNDING * abs(known)


def nearest(figure: Figure, known: list[Known]) -> Known | None:
    """The result of the same kind whose value is nearest, by ratio."""
    same = [one for one in known if one.is_result and one.kind == figure.unit.kind and one.value and figure.value]
    return min(same, key=lambda one: abs(math.log(abs(one.value / figure.value))), default=None)
