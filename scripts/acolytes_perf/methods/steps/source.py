"""Where a latency's distribution comes from: a load test's result file, or a few percentiles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from acolytes_perf.errors import CannotAnswerError, InputError, quoted
from acolytes_perf.inputs.fields import Field, Inputs
from acolytes_perf.inputs.tables import Table
from acolytes_perf.inputs.units import DURATION, TEXT
from acolytes_perf.methods.latency.curve import MeasuredCurve, PercentileCurve

if TYPE_CHECKING:
    from acolytes_perf.methods.latency.histogram import EndpointStatistics

_PERCENTILE = r"p(?!0*(\.0*)?$)\d{1,2}(\.\d{1,5})?"
PERCENTILES = Table(
    "latency",
    (
        Field("percentile", TEXT, "a percentile", "p95", required=True, pattern=_PERCENTILE,
              pattern_doc="a percentile such as p95"),
        Field("value", DURATION, "the latency that so many calls do not exceed", "60ms", 1e-7, 86400, required=True),
    ),
    "percentiles of one call's latency, at least two",
    "p50:20ms,p95:60ms,p99:300ms",
    min_rows=2, max_rows=12,
)  # fmt: skip

#: The tail beyond the last percentile, for the ends of an interval: none, and twice as steep as before it.
SHORT_TAIL, LONG_TAIL = 0.0, 2.0

Points = list[tuple[float, float]]


def read_percentiles(inputs: Inputs) -> Points:
    """The percentiles of PERCENTILES in rising order, as shares.

    Raises:
        InputError: one is there twice, or a higher one has a lower latency.
    """
    rows = [(float((row.text("percentile") or "")[1:]) / 100, row.number("value")) for row in inputs.rows("latency")]
    for index, (share, _) in enumerate(rows):
        if share in [other for other, _ in rows[:index]]:
            raise InputError(f"/latency/{index}/percentile", "is there twice: leave one out")
    check_order(sorted(rows), "/latency")
    return sorted(rows)


def check_order(points: Points, pointer: str) -> None:
    """Raise an error for a percentile that is lower than one before it."""
    for (low, first), (high, second) in zip(points, points[1:]):
        if second < first:
            message = f"p{100 * high:.7g} is lower than p{100 * low:.7g}, which cannot be: check the values"
            raise InputError(pointer, message)


def curve_of(statistics: EndpointStatistics, where: str, pointer: str) -> MeasuredCurve | PercentileCurve:
    """The distribution of an endpoint, or of a whole run.

    Args:
        statistics: of its requests.
        where: names it in errors.
        pointer: JSON pointer of the input, for errors.

    Raises:
        CannotAnswerError: the file has only figures of its tool, and too few percentiles among them.
    """
    if statistics.reported is None:
        slices = [statistics.slices[number] for number in sorted(statistics.slices)]
        return MeasuredCurve(statistics.counts, [part for part in slices if part.requests])
    reported = sorted(statistics.reported.percentiles.items())
    points = [(share, value) for share, value in reported if value > 0 and 0 < share < 1]
    if len(points) < 2:
        message = f"{quoted(where)} has no requests and fewer than two percentiles; missing: a file with each request"
        raise CannotAnswerError(pointer, message)
    check_order(points, pointer)
    return PercentileCurve(points)
