"""Requests that wait for several calls: how many meet a slow one, their latency, and what hedging costs and gains."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from acolytes_perf.declare import Answer, Command, Format
from acolytes_perf.errors import CannotAnswerError, InputError, one_line
from acolytes_perf.inputs.fields import Field, Inputs
from acolytes_perf.inputs.units import COUNT, RATIO
from acolytes_perf.methods.latency.curve import LatencyCurve, MeasuredCurve, PercentileCurve
from acolytes_perf.methods.runs.files import COLUMNS, LABEL, WARM_UP, read_columns
from acolytes_perf.methods.steps.fan_out import Hedged, SlowestOf, allowed_slow_share, share_that_meets_slow
from acolytes_perf.methods.steps.source import (
    LONG_TAIL,
    PERCENTILES,
    SHORT_TAIL,
    curve_of,
    read_percentiles,
)
from acolytes_perf.methods.steps.total import Step, StepSum
from acolytes_perf.outcome import MODEL, STATISTICAL, AnswerWarning, Interval, Outcome, Result, ResultTable, Row
from acolytes_perf.wording import format_quantity, pluralize

_SHOWN = (0.5, 0.9, 0.95, 0.99)
#: Of hedges that are within this factor of the fastest one the cheapest is the best.
_NEAR_FASTEST = 1.05
#: From this share of extra calls on, hedging itself may slow the service down.
_MANY_EXTRA = 0.1


class _Source(NamedTuple):
    """The latency of one call, and what the answer assumes about it."""

    curve: MeasuredCurve | PercentileCurve
    note: str


class _Shape(NamedTuple):
    """A request: calls at once in each stage, and stages one after another."""

    calls: int
    stages: int

    def percentiles(self, curve: LatencyCurve, shares: Sequence[float]) -> list[float]:
        """Percentiles of the request, with a curve for each call."""
        slowest = SlowestOf(curve, self.calls)
        if self.stages == 1:
            return [slowest.percentile(share) for share in shares]
        total = StepSum([Step(f"stage {index}", slowest) for index in range(self.stages)], max(shares))
        return [total.percentile(share) for share in shares]

    def call_share(self, share: float) -> float:
        """The percentile of one call that decides a percentile of the request, by its largest call."""
        return SlowestOf(_NOTHING, self.calls * self.stages).call_share(share)


_NOTHING = PercentileCurve([(0.5, 1.0), (0.9, 1.0)])


def run(inputs: Inputs) -> Outcome:
    """The share that meets a slow call, or the latency of the whole request."""
    present = inputs.present("slow", "latency", "file")
    if not present:
        raise COMMAND.missing("slow", "the share of slow calls; or add --latency or --file")
    if len(present) > 1:
        raise InputError(f"/{present[-1]}", f"cannot be used with {present[0]}: leave one out", {present[-1]: None})
    shape = _Shape(int(inputs.number("calls")), int(inputs.number("stages")))
    if "slow" in inputs:
        return _slow_share(inputs, shape)
    for name in inputs.present("allowed_slow"):
        raise InputError(f"/{name}", "needs slow: a latency has no limit from which it is slow", {name: None})
    if "file" not in inputs:
        for name in [name for name in ("label", "columns", "warm_up") if name in inputs.written]:
            raise InputError(f"/{name}", "needs a result file, but latency has only percentiles", {name: None})
    return _latencies(inputs, shape)


def _slow_share(inputs: Inputs, shape: _Shape) -> Outcome:
    for name in ("percentile", "hedge_after", "label", "columns", "warm_up"):
        if name in inputs.written:
            raise InputError(f"/{name}", "needs latencies, but slow is only a share", {name: None})
    slow, calls = inputs.number("slow"), shape.calls * shape.stages
    meets = share_that_meets_slow(slow, calls)
    results = [Result("calls_of_a_request", calls, "calls"), Result("meets_slow", meets, "probability")]
    answer = (
        f"{format_quantity(meets, 'probability')} of the requests meet a slow call: each waits for "
        f"{pluralize(calls, 'call')}, of which {format_quantity(slow, 'ratio')} are slow."
    )
    if "allowed_slow" in inputs:
        allowed = allowed_slow_share(inputs.number("allowed_slow"), calls)
        results.append(Result("allowed_slow_calls", allowed, "ratio"))
        answer += (
            f" For at most {format_quantity(inputs.number('allowed_slow'), 'ratio')} of the requests, at most "
            f"{format_quantity(allowed, 'ratio')} of the calls may be slow."
        )
    return Outcome(answer, results, [_INDEPENDENT])


def _source(inputs: Inputs) -> _Source:
    if "latency" in inputs:
        return _Source(PercentileCurve(read_percentiles(inputs)), _BETWEEN)
    from acolytes_perf.methods.runs.load_test import read_run  # only calls with a file need it

    path = inputs.text("file") or ""
    found = read_run(path, "/file", inputs.text("label"), inputs.text("warm_up") or "none", read_columns(inputs))
    curve = curve_of(found.whole, path, "/file")
    note = f"The latencies of {one_line(path)} ({found.format}) are those of one call."
    return _Source(curve, note if isinstance(curve, MeasuredCurve) else f"{note} {_BETWEEN}")


def _latencies(inputs: Inputs, shape: _Shape) -> Outcome:
    """Percentiles of one call and of the request, without and with hedging."""
    source, chosen = _source(inputs), inputs.number("percentile")
    share = shape.call_share(chosen)
    shares = sorted({*_SHOWN, chosen})
    warnings = _beyond(source, chosen, share)
    if isinstance(source.curve, MeasuredCurve):
        shares = [one for one in shares if one <= chosen or _has_data(source.curve, shape.call_share(one))]
    one, whole = [source.curve.percentile(level) for level in shares], shape.percentiles(source.curve, shares)
    place = shares.index(chosen)
    intervals = [_interval(source, shape, level) for level in shares]
    rows = [
        Row(f"p{100 * level:.7g}", [Result("one_call", first, "s"), Result("request", total, "s", about)])
        for level, first, total, about in zip(shares, one, whole, intervals)
    ]
    results = [
        Result("calls_of_a_request", shape.calls * shape.stages, "calls"),
        Result("one_call", one[place], "s"),
        Result("request", whole[place], "s", intervals[place]),
        Result("deciding_percentile", share, "ratio"),
    ]
    name = f"p{100 * chosen:.7g}"
    answer = (
        f"{name} of a request that waits for {_calls(shape)} is {format_quantity(whole[place], 's')}, and of one call "
        f"{format_quantity(one[place], 's')}."
    )
    hedges, best, more = _hedging(inputs, source, shape, whole[place])
    answer += best
    results += more
    if more and (more[1].value or 0) > _MANY_EXTRA:
        warnings.append(_many_extra(more[1].value or 0))
    assumptions = [_INDEPENDENT, source.note, _HEDGE]
    tables = [ResultTable("percentiles", "percentile", rows), ResultTable("hedging", "hedge after", hedges)]
    return Outcome(answer, results, assumptions, warnings, tables=tables)


def _calls(shape: _Shape) -> str:
    if shape.stages == 1:
        return pluralize(shape.calls, "call")
    return f"{pluralize(shape.stages, 'stage')} of {pluralize(shape.calls, 'call')} each"


def _hedging(inputs: Inputs, source: _Source, shape: _Shape, unhedged: float) -> tuple[list[Row], str, list[Result]]:
    """A row for each percentile after which a call is sent again, and the best of them."""
    rows, cases = [], []
    for level in inputs.numbers("hedge_after"):
        delay = source.curve.percentile(level)
        hedged = Hedged(source.curve, delay)
        latency = shape.percentiles(hedged, [inputs.number("percentile")])[0]
        cells = [
            Result("delay", delay, "s"),
            Result("extra_calls", hedged.extra_calls, "ratio"),
            Result("request", latency, "s"),
        ]
        rows.append(Row(f"p{100 * level:.7g}", cells))
        cases.append((level, cells, latency))
    fastest = min(latency for _, _, latency in cases)
    level, cells, _ = min(
        (case for case in cases if case[2] <= _NEAR_FASTEST * fastest), key=lambda case: case[1][1].value or 0
    )
    if (cells[2].value or 0) > 0.99 * unhedged:
        text = " Hedging gains less than 1 %."
    else:
        late, more = format_quantity(cells[0].value, "s"), format_quantity(cells[1].value, "ratio")
        text = (
            f" A second call when there is no answer after {late} (p{100 * level:.7g}) makes it "
            f"{format_quantity(cells[2].value, 's')}, for {more} more calls."
        )
    return rows, text, [Result("hedged_request", cells[2].value, "s"), Result("extra_calls", cells[1].value, "ratio")]


def _has_data(curve: MeasuredCurve, share: float) -> bool:
    """Whether at least one independent request lies beyond a percentile."""
    return (1 - share) * curve.effective(min(share, 0.999)) >= 1


def _beyond(source: _Source, chosen: float, share: float) -> list[AnswerWarning]:
    """A warning where the deciding percentile is beyond the given ones; an error where a file has no such request."""
    name = f"p{100 * share:.8g}"
    if isinstance(source.curve, MeasuredCurve):
        if _has_data(source.curve, share):
            return []
        worth = source.curve.effective(min(share, 0.999))
        needed = 1 / (1 - share) * source.curve.requests / worth
        message = (
            f"p{100 * chosen:.7g} of the request is {name} of one call, but the file has {source.curve.requests} "
            f"requests (worth {worth:.0f} independent ones); missing: about {needed:.0f} requests, or a lower "
            "--percentile"
        )
        raise CannotAnswerError("/file", message)
    last = source.curve.points[-1][0]
    if share <= last:
        return []
    message = f"the request's percentile is {name} of one call, beyond p{100 * last:.7g}, the last one that is given"
    fix = "read the interval, or give a higher percentile, or a result file"
    return [AnswerWarning("beyond_percentiles", message, fix)]


def _interval(source: _Source, shape: _Shape, share: float) -> Interval | None:
    """How far the percentile of the request may be off."""
    if isinstance(source.curve, MeasuredCurve):
        ends = source.curve.interval(shape.call_share(share)) if shape.stages == 1 else None
        return Interval(*ends, STATISTICAL, 0.95) if ends else None
    if shape.call_share(share) <= source.curve.points[-1][0]:
        return None
    low, high = (shape.percentiles(source.curve.with_tail(tail), [share])[0] for tail in (SHORT_TAIL, LONG_TAIL))
    return Interval(low, high, MODEL)


def _many_extra(extra: float) -> AnswerWarning:
    message = f"{format_quantity(extra, 'ratio')} more calls may slow the service down itself"
    return AnswerWarning("many_extra_calls", message, "hedge after a higher percentile, or check with queue mmc")


def chart(answer: Answer) -> str:
    """Percentiles of one call, of the request, and of the hedged request."""
    from acolytes_perf.outputs.document import mark  # only this format needs them
    from acolytes_perf.outputs.plot import Axis, Shape, plot

    if "slow" in answer.inputs:
        raise CannotAnswerError("", "a chart is of latencies; missing: --latency or --file", {"--format": None})
    rows = next(table.rows for table in answer.outcome.tables if table.name == "percentiles")
    lines = []
    for kind, name, index in (("line", "one call", 0), ("line", "request", 1)):
        points = [(100 / (100 - float(row.label[1:])), float(row.results[index].value or 0)) for row in rows]
        lines.append(Shape(kind, name, points))
    ticks = [(100 / (100 - float(row.label[1:])), row.label) for row in rows]
    hedged = next(result.value for result in answer.outcome.results if result.name == "hedged_request")
    place = 1 / (1 - answer.inputs.number("percentile"))
    lines.append(Shape("points", "request, hedged", [(place, float(hedged or 0))]))
    x = Axis("percentile", log=True, ticks=ticks)
    return plot("Latency of a request", answer.outcome.answer, x, Axis("latency", "s", log=True), lines, mark(answer))


_INDEPENDENT = "Calls are slow independently. When they are slow together, fewer requests meet a slow one."
_BETWEEN = "Between two percentiles the latency is log-normal; beyond the last one it goes on with the same steepness."
_HEDGE = (
    "Hedging: the second call is as fast as a first one, independent of it, and not slowed down by the extra calls."
)

_RESULTS = {
    "calls_of_a_request": "calls of one request, in all stages",
    "meets_slow": "share of the requests with at least one slow call",
    "allowed_slow_calls": "share of calls that may be slow: with it allowed_slow of the requests meets a slow one",
    "one_call": "the percentile of one call",
    "request": "percentile of the whole request: the same percentile as that of a call",
    "deciding_percentile": "percentile of one call that all calls of so many requests must keep",
    "hedged_request": "percentile of the whole request with the best hedging: of the table",
    "extra_calls": "calls that are sent a second time, as a share of all",
}

COMMAND = Command(
    name="fanout",
    summary="How many requests meet a slow call when each waits for several, their latency, and what hedging gains.",
    fields=(
        Field("calls", COUNT, "calls that a request waits for at once", "100", 1, 10**6, required=True,
              aliases=("fanout", "n")),
        Field("stages", COUNT, "such steps one after another, as in a journey", "3", 1, 20, default="1"),
        Field("slow", RATIO, "share of the calls that are slow", "1%", 1e-12, 1),
        Field("allowed_slow", RATIO, "share of the requests that may meet a slow call", "5%", 1e-9, 0.999),
        PERCENTILES,
        Field("file", LABEL.kind, "a load test's result file with the latencies of one call", "run.jtl", is_file=True),
        LABEL,
        COLUMNS,
        WARM_UP,
        Field("percentile", RATIO, "percentile of the request to answer for", "99%", 0.01, 0.999999, default="99%"),
        Field("hedge_after", RATIO, "percentiles of a call after which it is sent once more", "95%", 0.01, 0.99999,
              default="90%,95%,99%", max_items=6, is_distinct=True),
    ),
    run=run,
    formula="share that meets a slow call = 1 - (1 - slow)^calls; F(request) = F(call)^calls, stages convolved; "
    "hedged: 1 - F = (1 - F(t)) (1 - F(t - delay))",
    source="Dean and Barroso 2013, doi 10.1145/2408776.2408794; David and Nagaraja, Order Statistics, 2003",
    example={"calls": "100", "latency": "p50:20ms,p95:60ms,p99:300ms"},
    results=_RESULTS,
    tables={
        "percentiles": {"one_call": "latency of one call", "request": "latency of a request that waits for all calls"},
        "hedging": {
            "delay": "time after which a call without an answer is sent once more",
            "extra_calls": "calls that are sent a second time, as a share of all",
            "request": "percentile of the whole request with the hedging",
        },
    },
    formats={"svg": Format((".svg",), chart)},
)  # fmt: skip
