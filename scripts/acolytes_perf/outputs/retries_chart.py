"""Chart of `queue retries`: the attempts that each rate of requests can settle at."""

from __future__ import annotations

from acolytes_perf.declare import Answer
from acolytes_perf.methods.queueing.retries import Curve
from acolytes_perf.outputs.document import mark
from acolytes_perf.outputs.plot import Axis, Shape, plot


def chart(answer: Answer, curve: Curve, load: float, scale: float) -> str:
    """The curve of balances with its stable and unstable parts, and the rate of the call.

    Args:
        answer: of the call.
        curve: of the system, in erlang.
        load: of the requests, in erlang.
        scale: mean service time in seconds.
    """
    most = 1.3 * max(load, float(curve.system.servers))
    stable: list[tuple[float, ...]] = []
    unstable: list[tuple[float, ...]] = []
    for (attempts, requests, _), (_, after, _) in zip(curve.points, curve.points[1:]):
        if requests > most:
            continue
        point = (requests / scale, attempts / scale)
        (stable if after >= requests else unstable).append(point)
        (unstable if after >= requests else stable).append(())
    shapes = [
        Shape("line", "settles here", stable),
        Shape("dashed", "unstable", unstable),
        Shape("up", "this call", [(load / scale,)]),
        Shape("across", "capacity", [(curve.system.servers / scale,)]),
    ]
    shapes = [shape for shape in shapes if any(shape.points)]
    return plot(
        "Requests and the attempts that they cause",
        answer.outcome.answer,
        Axis("requests", "1/s"),
        Axis("attempts", "1/s"),
        shapes,
        mark(answer),
    )
