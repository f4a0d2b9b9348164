"""The latency of a whole request from its steps, and what each step may take so that the whole keeps its target."""

from __future__ import annotations

import math
from collections.abc import Sequence

from acolytes_perf.declare import Answer, Command, Format
from acolytes_perf.errors import InputError
from acolytes_perf.inputs.columns import listed
from acolytes_perf.inputs.fields import Field, Inputs
from acolytes_perf.inputs.units import DURATION, RATIO, at_most
from acolytes_perf.methods.latency.curve import MeasuredCurve
from acolytes_perf.methods.latency.percentiles import MIN_TAIL_REQUESTS, Z95
from acolytes_perf.methods.runs.files import COLUMNS, WARM_UP, read_columns, run_files, runs_field
from acolytes_perf.methods.steps.inputs import STEPS, Request, read_steps
from acolytes_perf.methods.steps.source import LONG_TAIL, SHORT_TAIL
from acolytes_perf.methods.steps.total import Step, StepSum, percentile_of
from acolytes_perf.outcome import (
    MODEL,
    STATISTICAL,
    AnswerWarning,
    Interval,
    Outcome,
    Result,
    ResultTable,
    Row,
    limits_of,
)
from acolytes_perf.wording import format_quantity

_SHOWN = (0.5, 0.95, 0.99)
#: A percentile that has fewer cells is computed with finer ones.
_FEW_CELLS = 50


def run(inputs: Inputs) -> Outcome:
    """Convolve the steps, then compare with the target and share it out."""
    request = _read(inputs)
    share, target = inputs.number("percentile"), inputs.optional("target")
    shares = sorted({*_SHOWN, share})
    total = StepSum(request.all_steps, max(shares))
    latencies = [_percentile(request, total, level) for level in shares]
    latency = latencies[shares.index(share)]
    intervals = _intervals(request, total, shares)
    targets = limits_of(target)
    rows = [
        Row(f"p{100 * level:.7g}", [Result("request", value, "s", about, targets)])
        for level, value, about in zip(shares, latencies, intervals)
    ]
    together = math.fsum(max(step.percentile(share) for step in group) for group in total.groups)
    name = f"p{100 * share:.7g}"
    results = [
        Result("request", latency, "s", intervals[shares.index(share)], targets),
        Result("when_slow_together", together, "s"),
    ]
    answer = (
        f"{name} of the request is {format_quantity(latency, 's', targets)} (adding up the steps' {name} would say "
        f"{format_quantity(together, 's')})"
    )
    table = _step_rows(request, total, inputs, latency)
    warnings: list[AnswerWarning] = []
    if target is not None:
        within = (
            total.share_within(target) if target <= total.largest else _reaching(request, target).share_within(target)
        )
        factor = target / latency if latency else None
        results += [
            Result("target", target, "s"),
            Result("within_target", within, "ratio", limits=[share]),
            Result("factor_for_all", factor, "x", limits=[1.0]),
        ]
        is_met = at_most(latency, target)
        answer += f"; the target of {format_quantity(target, 's')} is {'met' if is_met else 'missed'}"
        if not is_met:
            answer += f" ({format_quantity(within, 'ratio', [share])} of the requests keep it)"
            warnings.append(_missed(table, target / latency, name))
        about = intervals[shares.index(share)]
        if about is not None and about.high is not None and about.low <= target < about.high:
            warnings.append(_undecided(about.low, about.high))
    if request.has_percentiles and share > 0.99:
        warnings.append(_beyond(name))
    warnings += _too_few(request, share)
    assumptions = [_INDEPENDENT, *([_BETWEEN] if request.has_percentiles else []), *request.notes]
    tables = [ResultTable("percentiles", "percentile", rows), ResultTable("steps", "step", table)]
    return Outcome(f"{answer}.", results, assumptions, warnings, tables=tables)


def _read(inputs: Inputs) -> Request:
    if not inputs.present("steps", "file"):
        raise COMMAND.missing("steps", "the steps of a request with percentiles; or add --file for result files")
    if "file" not in inputs:
        for name in [name for name in ("columns", "warm_up") if name in inputs.written]:
            raise InputError(f"/{name}", "has no effect: the call names no file to read", {name: None})
        return read_steps(inputs, [])
    from acolytes_perf.methods.runs.load_test import read_run  # only calls with files need it

    paths = run_files(inputs.texts("file"), "/file")
    warm_up, columns = inputs.text("warm_up") or "none", read_columns(inputs)
    runs = [read_run(path, f"/file/{index}", None, warm_up, columns) for index, path in enumerate(paths)]
    return read_steps(inputs, runs)


def _percentile(request: Request, total: StepSum, share: float) -> float:
    """A percentile of the request, with finer cells where it has few of them."""
    value = total.percentile(share)
    return value if value > _FEW_CELLS * total.width else StepSum(request.all_steps, share).percentile(share)


def _reaching(request: Request, target: float) -> StepSum:
    """The sum of the steps with cells that reach a target beyond its percentiles."""
    return StepSum(request.all_steps, 0.99, target)


def _intervals(request: Request, total: StepSum, shares: Sequence[float]) -> list[Interval | None]:
    """How far percentiles of the request may be off: by the tails of percentiles, or by the samples of files."""
    if request.has_percentiles:
        low, high = (StepSum(request.with_tail(tail).all_steps, max(shares)) for tail in (SHORT_TAIL, LONG_TAIL))
        ends = [(low.percentile(share), high.percentile(share)) for share in shares]
        # what the tails do not change is as exact as the cells
        return [Interval(*pair, MODEL) if pair[1] - pair[0] > 0.005 * pair[1] else None for pair in ends]
    return [_sample_interval(request, total, share) for share in shares]


def _sample_interval(request: Request, total: StepSum, share: float) -> Interval | None:
    """The 95 % interval of a percentile by the requests of the files; None where these are too few."""
    samples = [
        (step, step.curve.effective(share)) for step, _ in request.steps if isinstance(step.curve, MeasuredCurve)
    ]
    error = Z95 * total.deviation(total.percentile(share), samples)
    if share + error >= math.fsum(total.cells):
        return None
    return Interval(total.percentile(max(1e-9, share - error)), total.percentile(share + error), STATISTICAL, 0.95)


def _step_rows(request: Request, total: StepSum, inputs: Inputs, latency: float) -> list[Row]:
    """A row for each step: its own percentile, what the request gains without it, and what it may take."""
    share, target = inputs.number("percentile"), inputs.optional("target")
    rows = []
    reaching = total if target is None or target <= total.largest else _reaching(request, target)
    for step, times in request.steps:
        own = step.percentile(share) if times == 1 else StepSum([step] * times, share).percentile(share)
        without = _without(request, total, step, share)
        cells = [Result("own", own, "s"), Result("saves", max(0.0, latency - without), "s")]
        if target is not None:
            alone = reaching.scale_that_keeps(step, target, share)
            cells += [
                Result("may_take", own * target / latency if latency else None, "s"),
                Result("may_take_alone", None if alone is None else own * alone, "s"),
            ]
        rows.append(Row(step.name, cells))
    return rows


def _without(request: Request, total: StepSum, step: Step, share: float) -> float:
    """The percentile of the request without a step."""
    if step.group is None:
        return percentile_of(total.without(step), total.width, share)
    return StepSum([other for other in request.all_steps if other is not step], share).percentile(share)


def _missed(rows: Sequence[Row], factor: float, name: str) -> AnswerWarning:
    """What brings the request back to its target."""
    alone = [(row.label, row.results[0].value, row.results[3].value) for row in rows]
    possible = [(label, own, limit) for label, own, limit in alone if limit is not None and own]
    message = (
        f"{name} of every step must fall to {format_quantity(factor, 'ratio')} of today's, when all share the work"
    )
    if not possible:
        return AnswerWarning("target_missed", message, "no step alone is enough: change several, or raise the target")
    label, own, limit = max(possible, key=lambda one: (one[2] or 0) / (one[1] or 1))
    fix = f"or only {label} from {format_quantity(own, 's')} to {format_quantity(limit, 's')}"
    return AnswerWarning("target_missed", message, fix)


def _undecided(low: float, high: float) -> AnswerWarning:
    message = f"the target lies in the interval, {format_quantity(low, 's')} to {format_quantity(high, 's')}"
    return AnswerWarning("target_undecided", message, "use result files of the steps, or of more requests")


def _too_few(request: Request, share: float) -> list[AnswerWarning]:
    """A warning for files with hardly any request beyond the percentile."""
    few = [
        step.name
        for step, _ in request.steps
        if isinstance(step.curve, MeasuredCurve) and step.curve.effective(share) * (1 - share) < MIN_TAIL_REQUESTS
    ]
    if not few:
        return []
    message = f"fewer than {MIN_TAIL_REQUESTS} independent requests of {listed(few, 3)} are slower than this percentile"
    return [AnswerWarning("too_few_requests", message, "use longer runs, or a lower --percentile")]


def _beyond(name: str) -> AnswerWarning:
    message = f"{name} is beyond p99, the last percentile of the steps"
    return AnswerWarning("beyond_percentiles", message, "read the interval, or use result files of the steps")


def chart(answer: Answer) -> str:
    """The share of the requests within each latency, with the target."""
    from acolytes_perf.outputs.document import mark  # only this format needs them
    from acolytes_perf.outputs.plot import Axis, Shape, plot

    request, share = _read(answer.inputs), answer.inputs.number("percentile")
    target = answer.inputs.optional("target")
    total = StepSum(request.all_steps, max(share, 0.99))
    most = max(1.2 * (target or 0.0), 1.5 * total.percentile(share))
    ends = [most * index / 250 for index in range(1, 251)]
    slowest = sorted((step for step, _ in request.steps), key=lambda step: -step.percentile(share))[:2]
    lines = [
        Shape("line", "request", [(end, total.share_within(end)) for end in ends]),
        *(Shape("dashed", step.name, [(end, step.share_within(end)) for end in ends]) for step in slowest),
    ]
    if target is not None:
        lines.append(Shape("up", "target", [(target,)]))
    ticks = [(part / 100, f"{part} %") for part in (0, 25, 50, 75, 95)]
    y = Axis("share of the requests", ticks=[*ticks, (1.0, "100 %")])
    return plot("Latency of the request", answer.outcome.answer, Axis("latency", "s"), y, lines, mark(answer))


_INDEPENDENT = (
    "A request is slow in one step independently of the others. when_slow_together is the other extreme: the same "
    "requests are slow in every step, the only case where percentiles add up."
)
_BETWEEN = "Between a step's percentiles the latency is log-normal; the interval is for no tail and one twice as steep."

_RESULTS = {
    "request": "the percentile of the whole request",
    "when_slow_together": "percentile if the same requests are slow in every step",
    "target": "the target for this percentile",
    "within_target": "share of the requests that keep the target",
    "factor_for_all": "by what factor all steps may change together so that the target is just kept",
}

COMMAND = Command(
    name="latency budget",
    summary="The latency of a request from its steps in series and in parallel, and what each step may take.",
    fields=(
        STEPS,
        runs_field("file", "result files: one a step, or one whose endpoints are the steps", "run.jtl"),
        Field("percentile", RATIO, "the percentile to answer for", "99%", 0.5, 0.9999, default="99%"),
        Field("target", DURATION, "the most that this percentile of the whole request may be", "400ms", 1e-6, 86400),
        COLUMNS,
        WARM_UP,
    ),
    run=run,
    formula="F(request) = convolution of the steps; F(parallel steps) = product of theirs; may_take = own * target / "
    "request; interval of files: Hoeffding's variance",
    source="Feller 1968, section XI.2; David and Nagaraja, Order Statistics, 2003; Hoeffding 1948, doi "
    "10.1214/aoms/1177730196; Dean and Barroso 2013, doi 10.1145/2408776.2408794",
    example={"steps": "gateway:5ms:12ms:30ms,search:20ms:60ms:150ms:backends,stock:10ms:30ms:200ms:backends",
             "target": "200ms"},
    results=_RESULTS,
    tables={
        "percentiles": {"request": "the percentile of the whole request"},
        "steps": {
            "own": "percentile of the step by itself: all its times together",
            "saves": "saving of the request's percentile without the step",
            "may_take": "percentile that the step may have when all steps change by the same factor",
            "may_take_alone": "percentile that it may have when only this step changes; never: the others are too slow",
        },
    },
    formats={"svg": Format((".svg",), chart)},
)  # fmt: skip
