"""The latency distribution as a picture: percentiles on a logarithmic scale of what lies beyond them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from acolytes_perf.errors import CannotAnswerError
from acolytes_perf.inputs.fields import Inputs
from acolytes_perf.outputs.plot import Axis, Shape, plot
from acolytes_perf.outputs.render import mark


def draw(inputs: Inputs, document: Mapping[str, Any]) -> str:
    """SVG of the percentiles that the answer has, with their intervals; needs two of them above 0."""
    del inputs
    percentiles = (table for table in document["tables"] if table["name"] == "percentiles")
    cells = {float(row["label"][1:]): row["cells"]["latency"] for table in percentiles for row in table["rows"]}
    rows = sorted((percent, cell) for percent, cell in cells.items() if cell["value"] > 0)
    if len(rows) < 2:
        raise CannotAnswerError("", "a picture needs two percentiles above 0; missing: percentiles such as 50%,99%")
    places = [(100 / (100 - percent), cell) for percent, cell in rows]
    shapes = [
        Shape("line", "latency", [(place, cell["value"]) for place, cell in places]),
        Shape("points", "", [(place, cell["value"]) for place, cell in places]),
    ]
    band = [(place, *cell["ci"]) for place, cell in places if cell["ci"] and cell["ci"][0] > 0]
    if len(band) > 1:
        shapes.append(Shape("band", "95 % interval", band))
    ticks = [(place, f"{percent:.10g} %") for (place, _), (percent, _) in zip(places, rows)]
    x = Axis("percentile", log=True, ticks=ticks)
    return plot("Latency", document["answer"], x, Axis("latency", "s", log=True), shapes, mark(document))
