"""The latency distribution as a chart: percentiles on a logarithmic scale of the share above them."""

from __future__ import annotations

from acolytes_perf.declare import Answer
from acolytes_perf.errors import CannotAnswerError
from acolytes_perf.outputs.document import mark
from acolytes_perf.outputs.plot import Axis, Shape, plot


def draw(answer: Answer) -> str:
    """Draw the percentiles of the answer, with their intervals, as SVG.

    Raises:
        CannotAnswerError: the answer has fewer than two percentiles above 0.
    """
    tables = (table for table in answer.outcome.tables if table.name == "percentiles")
    cells = {float(row.label[1:]): row.results[0] for table in tables for row in table.rows}
    points, band, ticks = [], [], []
    for percent, cell in sorted(cells.items()):
        if not cell.value:
            continue
        place = 100 / (100 - percent)
        points.append((place, cell.value))
        ticks.append((place, f"{percent:.10g} %"))
        if cell.interval and cell.interval.low > 0 and cell.interval.high is not None:
            band.append((place, cell.interval.low, cell.interval.high))
    if len(points) < 2:
        raise CannotAnswerError("", "a picture needs two percentiles above 0; missing: percentiles such as 50%,99%")
    shapes = [Shape("line", "latency", points), Shape("points", "", points)]
    if len(band) > 1:
        shapes.append(Shape("band", "95 % interval", band))
    x = Axis("percentile", log=True, ticks=ticks)
    return plot("Latency", answer.outcome.answer, x, Axis("latency", "s", log=True), shapes, mark(answer))
