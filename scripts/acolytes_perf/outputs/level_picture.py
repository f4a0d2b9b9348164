"""The picture of `cost per-request`: the cost of a million successful requests by load."""

from __future__ import annotations

from acolytes_perf.declare import Answer
from acolytes_perf.inputs.units import read_rate
from acolytes_perf.outputs.document import mark
from acolytes_perf.outputs.plot import FILE_FRAME, Axis, Shape, plot


def cost_by_load(answer: Answer) -> str:
    """A point for each level, and what each further million costs."""
    table = next(table for table in answer.outcome.tables if table.name == "levels")
    series: dict[str, list[tuple[float, float]]] = {"per_million": [], "extra_per_million": []}
    unit = ""
    for row in table.rows:
        for result in row.results:
            if result.name in series:
                series[result.name].append((read_rate(row.label, row.label), float(result.value or 0)))
                unit = result.unit
    shapes = [
        Shape("line", "a million successful requests", series["per_million"]),
        Shape("points", "", series["per_million"]),
        Shape("dashed", "each further million, from the level before", series["extra_per_million"]),
    ]
    shapes.append(Shape("none", "", [(0.0, 0.0)]))
    frame = FILE_FRAME._replace(left=110)
    y = Axis("cost", unit)
    return plot("Cost by load", answer.outcome.answer, Axis("load", "1/s"), y, shapes, mark(answer), frame)
