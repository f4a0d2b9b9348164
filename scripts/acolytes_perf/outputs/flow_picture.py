"""The picture of `roadmap roi`: what the flows sum up to over time, with and without interest."""

from __future__ import annotations

from acolytes_perf.declare import Answer
from acolytes_perf.methods.roadmap.flow_list import PERIODS, read_flows
from acolytes_perf.outputs.document import mark
from acolytes_perf.outputs.plot import FILE_FRAME, Axis, Shape, plot


def value_so_far(answer: Answer) -> str:
    """Both sums by the time of the flows."""
    read = read_flows(answer.inputs)
    per_year = 1 if read.is_dated else PERIODS[answer.inputs.text("period") or "year"]
    table = next(table for table in answer.outcome.tables if table.name == "flows")
    sums: dict[str, list[tuple[float, float]]] = {"sum_so_far": [], "npv_so_far": []}
    for flow, row in zip(read.flows, table.rows):
        for result in row.results:
            if result.name in sums:
                sums[result.name].append((flow.time / per_year, float(result.value or 0)))
    shapes = [
        Shape("line", "sum of the flows", sums["sum_so_far"]),
        Shape("line", "with interest", sums["npv_so_far"]),
        Shape("across", "", [(0.0,)]),
    ]
    frame = FILE_FRAME._replace(left=110)
    y = Axis("so far", read.currency)
    return plot("Value over time", answer.outcome.answer, Axis("years"), y, shapes, mark(answer), frame)
