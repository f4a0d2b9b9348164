"""The picture of `cost compare`: the total of each supplier by the load of the first month."""

from __future__ import annotations

from acolytes_perf.declare import Answer
from acolytes_perf.methods.costs.tariff_case import read_case
from acolytes_perf.methods.costs.tariffs import total_cost
from acolytes_perf.outputs.document import mark
from acolytes_perf.outputs.plot import COLOURS, FILE_FRAME, Axis, Shape, plot

_STEPS = 120


def totals_by_load(answer: Answer) -> str:
    """A line for each of the cheapest suppliers, and the load of now."""
    case = read_case(answer.inputs)
    now = case.plan.load
    crossings = [
        float(result.value)
        for table in answer.outcome.tables if table.name == "break_even"
        for row in table.rows
        for result in row.results
        if result.name == "load" and result.value is not None and result.value <= 4 * now
    ]  # fmt: skip
    most = max(2 * now, *(1.2 * load for load in crossings), 0.0)
    tariffs = sorted(case.tariffs, key=lambda tariff: total_cost(tariff, case.plan))[: len(COLOURS) - 1]
    shapes = []
    for tariff in tariffs:
        loads = [most * step / _STEPS for step in range(_STEPS + 1)]
        points = [(load, total_cost(tariff, case.plan._replace(load=load))) for load in loads]
        shapes.append(Shape("line", tariff.name, points))
    shapes.append(Shape("up", "load of the first month", [(now,)]))
    title = f"Cost over {case.plan.months} months by load"
    x, y = Axis("load of the first month", case.load.unit), Axis("total", case.read.currency)
    return plot(title, answer.outcome.answer, x, y, shapes, mark(answer), FILE_FRAME._replace(left=110))
