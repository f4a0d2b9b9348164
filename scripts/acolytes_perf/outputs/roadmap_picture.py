"""The picture of `roadmap rank`: the net present value of each measure with its range, the largest mean on top."""

from __future__ import annotations

from acolytes_perf.declare import Answer
from acolytes_perf.outputs.document import mark
from acolytes_perf.outputs.plot import FILE_FRAME, Axis, Shape, plot

_MOST_ROWS = 24
_MOST_LABEL = 24


def value_ranges(answer: Answer) -> str:
    """Interval, mean and value of the likely figures, a row for each measure."""
    table = next(table for table in answer.outcome.tables if table.name == "measures")
    rows = table.rows[:_MOST_ROWS]
    ranges: list[tuple[float, ...]] = []
    means, likely, ticks, unit = [], [], [], ""
    for place, row in enumerate(reversed(rows), 1):
        cells = {result.name: result for result in row.results}
        npv, unit = cells["npv"], cells["npv"].unit
        assert npv.interval is not None
        assert npv.interval.high is not None
        ranges += [(npv.interval.low, place), (npv.interval.high, place), ()]
        means.append((float(npv.value or 0), place))
        likely.append((float(cells["likely_npv"].value or 0), place))
        label = row.label if len(row.label) <= _MOST_LABEL else f"{row.label[: _MOST_LABEL - 3]}..."
        ticks.append((place, label + (" *" if cells["chosen"].value else "")))
    places = [point[0] for point in [*ranges, *likely] if point]
    left, right = min(0.0, *places), max(0.0, *places)
    room = 0.03 * (right - left)
    shapes = [
        Shape("line", "90 % of the draws", ranges),
        Shape("points", "likely figures alone", likely),
        Shape("points", "mean", means),
        Shape("up", "", [(0.0,)]),
        Shape("none", "", [(left - room, 0.5), (right + room, len(rows) + 0.5)]),
    ]
    frame = FILE_FRAME._replace(left=190, height=max(240, 120 + 34 * len(rows)))
    x = Axis("net present value (* in the best set)", unit)
    return plot("Measures by value", answer.outcome.answer, x, Axis("", ticks=ticks), shapes, mark(answer), frame)
