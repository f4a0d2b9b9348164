"""The latency distribution as a picture: percentiles on a logarithmic scale of what lies beyond them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from acolytes_perf.errors import CannotAnswerError
from acolytes_perf.inputs.fields import Inputs
from acolytes_perf.outputs.plot import Axis, Shape, plot
from acolytes_perf.outputs.render import mark


def draw(inputs: Inputs, found: Mapping[str, Any]) -> str:
    """SVG of the percentiles that the answer has, with their intervals; needs two of them above 0."""
    del inputs
    rows = sorted(
        (float(result["name"][1:].replace("_", ".")), result)
        for result in found["results"]
        if result["name"][1:2].isdigit() and result["value"] > 0
    )
    if len(rows) < 2:
        raise CannotAnswerError("", "a picture needs two percentiles above 0; missing: percentiles such as 50%,99%")
    places = [(100 / (100 - percent), result) for percent, result in rows]
    shapes = [
        Shape("line", "latency", [(place, result["value"]) for place, result in places]),
        Shape("points", "", [(place, result["value"]) for place, result in places]),
    ]
    band = [(place, *result["ci"]) for place, result in places if result["ci"] and result["ci"][0] > 0]
    if len(band) > 1:
        shapes.append(Shape("band", "95 % interval", band))
    ticks = [(place, f"{percent:.10g} %") for (place, _), (percent, _) in zip(places, rows)]
    x = Axis("percentile", log=True, ticks=ticks)
    return plot("Latency", found["answer"], x, Axis("latency", "s", log=True), shapes, mark(found))
