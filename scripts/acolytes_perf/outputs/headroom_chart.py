"""Chart of `scale headroom`: the load and what the ready pods carry, around the worst moment."""

from __future__ import annotations

from collections.abc import Sequence

from acolytes_perf.declare import Answer
from acolytes_perf.methods.capacity.autoscaling import Autoscaler, Followed
from acolytes_perf.outputs.document import mark
from acolytes_perf.outputs.plot import Axis, Shape, plot

#: Seconds before and after the worst moment.
_AROUND = 3600.0


def chart(
    answer: Answer, loads: Sequence[float], scaler: Autoscaler, followed: Followed, spare: float, unit: str
) -> str:
    """The load, the capacity of the ready pods, and the capacity with a zone lost.

    Args:
        answer: of the call.
        loads: at each sync.
        scaler: with the capacity of a pod.
        followed: how it followed the loads.
        spare: share of the pods that a lost zone leaves; 1 without zones.
        unit: of the loads.
    """
    period, use = scaler.sync_period, followed.use
    worst = max(range(len(use)), key=use.__getitem__)
    first = max(0, worst - round(_AROUND / period))
    last = min(len(use), worst + round(_AROUND / period) + 1)
    places = range(first, last)
    capacity = [followed.ready[place] * scaler.pod_capacity for place in places]
    times = [(place - worst) * period for place in places]
    shapes = [
        Shape("line", "load", [(time, loads[place]) for time, place in zip(times, places)]),
        Shape("line", "ready pods carry", list(zip(times, capacity))),
    ]
    if spare < 1:
        shapes.append(Shape("dashed", "without a zone", [(time, one * spare) for time, one in zip(times, capacity)]))
    return plot(
        "The load and what the ready pods carry",
        answer.outcome.answer,
        Axis("time from the worst moment", "s"),
        Axis("load", unit),
        shapes,
        mark(answer),
    )
