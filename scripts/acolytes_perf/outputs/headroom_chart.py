"""Chart of `scale headroom`: the load and what the ready pods carry, around the worst moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from acolytes_perf.declare import Answer
from acolytes_perf.outputs.document import mark
from acolytes_perf.outputs.plot import Axis, Shape, plot

if TYPE_CHECKING:
    from acolytes_perf.commands.scale_headroom import Case

#: Seconds before and after the worst moment.
_AROUND = 3600.0


def chart(answer: Answer, case: Case) -> str:
    """The load, the capacity of the ready pods, and the capacity with a zone lost."""
    period, use = case.scaler.sync_period, case.followed.use
    worst = max(range(len(use)), key=use.__getitem__)
    first = max(0, worst - round(_AROUND / period))
    last = min(len(use), worst + round(_AROUND / period) + 1)
    places = range(first, last)
    capacity = [case.followed.ready[place] * case.scaler.pod_capacity for place in places]
    times = [(place - worst) * period for place in places]
    unit = case.history.unit
    shapes = [
        Shape("line", "load", [(time, case.loads[place]) for time, place in zip(times, places)]),
        Shape("line", "ready pods carry", list(zip(times, capacity))),
    ]
    if case.spare < 1:
        shapes.append(
            Shape("dashed", "without a zone", [(time, one * case.spare) for time, one in zip(times, capacity)])
        )
    return plot(
        "The load and what the ready pods carry",
        answer.outcome.answer,
        Axis("time from the worst moment", "s"),
        Axis("load", unit),
        shapes,
        mark(answer),
    )
