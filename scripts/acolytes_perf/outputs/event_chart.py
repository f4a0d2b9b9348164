"""The chart of `forecast event`: the chance to survive by size and cost, above capacity by size against the demand."""

from __future__ import annotations

import math

from acolytes_perf.declare import Answer
from acolytes_perf.inputs.fields import Inputs
from acolytes_perf.inputs.tables import Table
from acolytes_perf.methods.capacity.event_case import EventCase, read_event
from acolytes_perf.methods.capacity.event_survival import remaining
from acolytes_perf.outputs.document import mark
from acolytes_perf.outputs.plot import Axis, Panel, Shape, stacked
from acolytes_perf.wording import format_quantity

#: Shares of the demand's distribution that its band holds, from low to high.
_LOW, _HIGH = 0.05, 0.95
#: Sizes along the axis, each at most so many times the one before.
_STEP = 1.06
_CHANCES = (0.0, 0.25, 0.5, 0.75, 0.9, 1.0)
#: More sizes than the largest that matters are shown, by this factor.
_ROOM = 1.3


def chart(answer: Answer, sizes: Table) -> str:
    """Draw both panels as SVG, with the same sizes along them.

    Args:
        answer: of `forecast event`.
        sizes: the command's table of measured sizes.
    """
    case = read_event(answer.inputs, sizes)
    shown = _sizes(answer.inputs, case)
    axis = _size_axis(case, shown[-1])
    panels = [_survival(answer.inputs, case, axis, shown), _capacity(case, axis, shown)]
    return stacked("Chance to survive by size", answer.outcome.answer, panels, mark(answer))


def _sizes(inputs: Inputs, case: EventCase) -> list[int]:
    survival = case.survival
    reached = [survival.smallest_size(chance) for chance in inputs.numbers("chances")]
    matter = [int(inputs.number("size")), math.ceil(survival.curve.largest), survival.best_size()]
    end = math.ceil(_ROOM * max(*matter, *(size for size in reached if size)))
    shown = [1]
    while shown[-1] < end:
        shown.append(min(end, max(shown[-1] + 1, int(shown[-1] * _STEP))))
    return shown


def _size_axis(case: EventCase, end: int) -> Axis:
    """Round sizes with their cost."""
    rounds = [factor * 10**power for power in range(math.ceil(math.log10(end)) + 1) for factor in (1, 2, 5)]
    ticks = [(float(size), _tick(case, size)) for size in rounds if size <= end]
    label = "size" if case.price is None else f"size (cost in {case.currency or 'the price'})"
    return Axis(label, log=True, ticks=ticks)


def _tick(case: EventCase, size: int) -> str:
    return str(size) if case.price is None else f"{size} ({format_quantity(case.price * size, '')})"


def _survival(inputs: Inputs, case: EventCase, axis: Axis, sizes: list[int]) -> Panel:
    survival, now = case.survival, int(inputs.number("size"))
    shapes = [Shape("line", "chance to survive", [(size, survival.chance(size)) for size in sizes])]
    if "zones" in inputs:
        zones = int(inputs.number("zones"))
        lost = [(float(size), survival.chance(remaining(size, zones))) for size in sizes]
        shapes.append(Shape("dashed", "with a zone lost", lost))
    shapes += [
        Shape("up", f"now: {now}", [(float(now),)]),
        Shape("up", _largest(case), [(survival.curve.largest,)]),
        Shape("none", "", [(1.0, 0.0), (1.0, 1.0)]),
    ]
    chances = [(chance, format_quantity(chance, "ratio") if chance else "0 %") for chance in _CHANCES]
    return Panel(axis, Axis("chance to survive", "ratio", ticks=chances), shapes)


def _capacity(case: EventCase, axis: Axis, sizes: list[int]) -> Panel:
    """Capacity with its band, and the demand's middle 90 %; a line has the colour of its band."""
    survival, (unit, divisor) = case.survival, case.forecast.display
    demand, curve = survival.demand, survival.curve
    limits = demand.quantile(_LOW) / divisor, demand.quantile(_HIGH) / divisor
    capacities = [(float(size), *(value / divisor for value in curve.capacity(size))) for size in sizes]
    measured = [(float(size), value / divisor) for size, value in case.measured]
    ends = [(float(size), *limits) for size in (sizes[0], sizes[-1])]
    shapes = [
        Shape("band", "capacity, 95 %", [(size, low, high) for size, _, low, high in capacities]),
        Shape("band", "demand: median and middle 90 %", ends),
        Shape("points", "measured", measured),
        Shape("up", _largest(case), [(curve.largest,)]),
        Shape("line", "", [(size, value) for size, value, _, _ in capacities]),
        Shape("across", "", [(demand.median / divisor,)]),
    ]
    return Panel(axis, Axis("demand and capacity", unit), shapes)


def _largest(case: EventCase) -> str:
    return f"largest measured: {format_quantity(case.survival.curve.largest, '')}"
