"""How throughput scales with users, threads or machines, and whether the measurements support a peak."""

from __future__ import annotations

import math

from acolytes_perf.declare import Answer, Command, Format
from acolytes_perf.errors import CannotAnswerError, InputError
from acolytes_perf.inputs.fields import Field, Inputs
from acolytes_perf.inputs.tables import Table
from acolytes_perf.inputs.units import NUMBER, RATE
from acolytes_perf.methods.capacity.scalability import (
    CONFIDENCE_LEVEL,
    UslFit,
    UslModel,
    contention_for_speedup,
    fit_usl,
    require_points,
)
from acolytes_perf.outcome import STATISTICAL, AnswerWarning, Interval, Outcome, Result, ResultTable, Row
from acolytes_perf.outputs.document import mark
from acolytes_perf.outputs.plot import Axis, Shape, plot
from acolytes_perf.series.series_input import columns_field, columns_for, refuse_without_files
from acolytes_perf.wording import format_quantity

_MOST_SIZE = 10**6
#: The share by which a curve may be off at a point without a warning.
_MOST_MISS = 0.1


def run(inputs: Inputs) -> Outcome:
    """Fit the curve to measured points, or compute it from coefficients."""
    target_results = _target_results(inputs)
    if "points" not in inputs:
        refuse_without_files(inputs, "columns")
        return _from_coefficients(inputs, target_results)
    for name in inputs.present("contention", "coherency"):
        raise InputError(f"/{name}", "follows from the points: leave it out", {name: None})
    notes = _read_files(inputs)
    fit = _fitted(inputs)
    results = [*_coefficients(fit), *_peaks(fit), *_closeness(inputs, fit)]
    warnings = _warnings(inputs, fit)
    texts = [*_ASSUMPTIONS, *notes]
    if "size" in inputs:
        throughput, how = _throughput(inputs, fit)
        results.append(throughput)
        texts += how
    results += target_results
    return Outcome(_answer(inputs, fit), results, texts, warnings, tables=[_table(inputs, fit)])


def _throughput(inputs: Inputs, fit: UslFit) -> tuple[Result, list[str]]:
    """The throughput at the given size, and what it rests on where that is not the fitted curve.

    Beyond the measured sizes a curve with a negative coefficient has no meaning: it may grow faster than the size.
    """
    size, points = inputs.number("size"), _points(inputs)
    if min(fit.model.contention, fit.model.coherency) < 0 and size > max(points)[0]:
        from acolytes_perf.methods.capacity.curve import fit_capacity_curve

        curve = fit_capacity_curve(points)
        if curve is not None:
            value, low, high = curve.capacity(size)
            text = (
                f"The throughput at {format_quantity(size, '')} is beyond the measurements: it is that of curves with "
                "contention and coherency of at least 0, as in forecast event; the fitted curve has no meaning there."
            )
            return Result("throughput", value, "1/s", Interval(low, high, STATISTICAL, CONFIDENCE_LEVEL)), [text]
    if fit.model.slowdown(size) <= 0:
        message = f"the curve has no throughput at {format_quantity(size, '')}; missing: points near that size"
        raise CannotAnswerError("/size", message)
    value, reach = fit.model.throughput(size), fit.half_width(fit.model.gradient(size))
    return Result("throughput", value, "1/s", _around(value, reach, least=0.0)), []


def _read_files(inputs: Inputs) -> tuple[str, ...]:
    """Puts the points of files in the place of their names.

    Returns:
        How the files were read.
    """
    if not inputs.texts("points") and "columns" not in inputs:
        return ()
    from acolytes_perf.series.points import read_points  # only calls with files need what it imports

    points = read_points(_POINTS, inputs, columns_for(inputs, [column.name for column in _POINTS.columns]))
    inputs.use_rows("points", points.rows)
    return points.notes


def _fitted(inputs: Inputs) -> UslFit:
    points = _points(inputs)
    require_points(points, "/points", "the fit")
    fit = fit_usl(points)
    if fit is None:
        message = "these points do not determine the curve; missing: points at sizes farther apart, from 1 on"
        raise CannotAnswerError("/points", message)
    return fit


def _points(inputs: Inputs) -> list[tuple[float, float]]:
    return [(row.number("size"), row.number("throughput")) for row in inputs.rows("points")]


def _deviations(inputs: Inputs, fit: UslFit) -> list[float]:
    """Fitted over measured throughput - 1, for each point."""
    return [fit.model.throughput(size) / throughput - 1 for size, throughput in _points(inputs)]


def _closeness(inputs: Inputs, fit: UslFit) -> list[Result]:
    """How well the curve fits: R squared and the largest deviation."""
    points = _points(inputs)
    mean = math.fsum(throughput for _, throughput in points) / len(points)
    spread = math.fsum((throughput - mean) ** 2 for _, throughput in points)
    rest = math.fsum((throughput - fit.model.throughput(size)) ** 2 for size, throughput in points)
    return [
        Result("r_squared", 1 - rest / spread if spread else None, ""),
        Result("largest_deviation", max(map(abs, _deviations(inputs, fit))), "ratio"),
    ]


def _table(inputs: Inputs, fit: UslFit) -> ResultTable:
    """A row for each point."""
    rows = []
    for index, ((size, throughput), deviation) in enumerate(zip(_points(inputs), _deviations(inputs, fit)), 1):
        cells = [
            Result("size", size, ""),
            Result("measured", throughput, "1/s"),
            Result("fitted", fit.model.throughput(size), "1/s"),
            Result("deviation", deviation, "ratio"),
        ]
        rows.append(Row(str(index), cells))
    return ResultTable("points", "point", rows)


def _around(value: float, reach: float, least: float = -math.inf) -> Interval:
    """The interval, cut off at the least possible value."""
    return Interval(max(least, value - reach), value + reach, STATISTICAL, CONFIDENCE_LEVEL)


def _coefficients(fit: UslFit) -> list[Result]:
    rate, contention, coherency = fit.parameter_half_widths
    return [
        Result("rate", fit.model.rate, "1/s", _around(fit.model.rate, rate, least=0.0)),
        # a negative coefficient shows that the law does not fit, so its interval is not cut off
        Result("contention", fit.model.contention, "", _around(fit.model.contention, contention)),
        Result("coherency", fit.model.coherency, "", _around(fit.model.coherency, coherency)),
    ]


def _peaks(fit: UslFit) -> list[Result]:
    """The peak of the curve, and the peak that the points support, which is the same or none."""
    peak = fit.model.peak
    if peak is None:
        names = ("peak_size", "peak_throughput", "curve_peak_size", "curve_peak_throughput")
        return [Result(name, None, "1/s" if "throughput" in name else "") for name in names]
    highest = fit.model.throughput(peak)
    curve = [Result("curve_peak_size", peak, ""), Result("curve_peak_throughput", highest, "1/s")]
    if not fit.supports_peak:
        return [Result("peak_size", None, ""), Result("peak_throughput", None, "1/s"), *curve]
    size = _around(peak, fit.peak_half_width, least=1.0)
    if fit.model.coherency <= fit.parameter_half_widths[2]:
        size = size._replace(high=None)  # without coherency there is no peak, and that is not excluded
    throughput = _around(highest, fit.peak_throughput_half_width, least=0.0)
    return [Result("peak_size", peak, "", size), Result("peak_throughput", highest, "1/s", throughput), *curve]


def _answer(inputs: Inputs, fit: UslFit) -> str:
    peak, points = fit.model.peak, _points(inputs)
    smallest, largest = min(points)[0], max(points)[0]
    first = max(throughput for size, throughput in points if size == smallest)
    if all(throughput < first for size, throughput in points if size > smallest):
        return (
            f"Throughput falls from the first size on: {format_quantity(first, '1/s')} at "
            f"{format_quantity(smallest, '')}, and less above."
        )
    if fit.supports_peak and peak is not None:
        if all(size.is_integer() for size, _ in points):
            peak = max(
                math.floor(peak), math.ceil(peak), key=fit.model.throughput
            )  # there is no part of a user or a machine
        return (
            f"Throughput peaks at a size of {format_quantity(peak, '')} with "
            f"{format_quantity(fit.model.throughput(peak), '1/s')}; "
            f"contention {format_quantity(fit.model.contention, '')}, coherency "
            f"{format_quantity(fit.model.coherency, '')}."
        )
    if fit.model.contention == fit.model.coherency == 0:
        return (
            f"Throughput grows in proportion to the size, up to {format_quantity(largest, '')}; no peak follows "
            "from that."
        )
    return f"These measurements, up to a size of {format_quantity(largest, '')}, support no peak of throughput."


def _warnings(inputs: Inputs, fit: UslFit) -> list[AnswerWarning]:
    warnings = []
    largest = max(size for size, _ in _points(inputs))
    farther = "measure more often, and at larger sizes"
    negative = [name for name in ("contention", "coherency") if getattr(fit.model, name) < 0]
    if negative:
        message = f"{' and '.join(negative)} came out negative, which no system has: no peak follows"
        warnings.append(AnswerWarning("unsupported_peak", message, farther))
    elif fit.model.peak is not None and not fit.supports_peak:
        message = "the intervals of contention and coherency both reach 0: the curve's peak is not established"
        warnings.append(AnswerWarning("unsupported_peak", message, farther))
    elif fit.model.peak is not None and fit.model.peak > largest:
        message = f"the peak is beyond the largest measured size, {format_quantity(largest, '')}"
        warnings.append(AnswerWarning("beyond_measurements", message, "measure at the peak before you rely on it"))
    misses = _deviations(inputs, fit)
    worst = max(range(len(misses)), key=lambda index: abs(misses[index]))
    if abs(misses[worst]) > _MOST_MISS:
        size, measured = _points(inputs)[worst]
        fitted = format_quantity(fit.model.throughput(size), "1/s")
        message = (
            f"at a size of {format_quantity(size, '')} the curve gives {fitted}, but "
            f"{format_quantity(measured, '1/s')} was measured"
        )
        fix = "measure that point again; if it stays, the law does not describe this system over this range of sizes"
        warnings.append(AnswerWarning("poor_fit", message, fix))
    if inputs.optional("size") is not None and inputs.number("size") > largest:
        message = f"the size is beyond the largest measured size, {format_quantity(largest, '')}"
        warnings.append(
            AnswerWarning(
                "beyond_measurements", message, f"measure at a size of {format_quantity(inputs.number('size'), '')}"
            )
        )
    return warnings


def _target_results(inputs: Inputs) -> list[Result]:
    """The highest contention with which a wanted speedup is reached."""
    present = inputs.present("wanted_speedup", "wanted_size")
    if not present:
        return []
    for name in ("wanted_speedup", "wanted_size"):
        if name not in present:
            raise COMMAND.missing(name, "a wanted speedup is that of a size")
    speedup, size = inputs.number("wanted_speedup"), inputs.number("wanted_size")
    contention = contention_for_speedup(speedup, size, inputs.optional("coherency") or 0.0)
    if contention < 0:
        message = (
            f"{format_quantity(size, '')} are never {format_quantity(speedup, 'x')} as fast as one; missing: a "
            "larger wanted_size"
        )
        raise CannotAnswerError("/wanted_speedup", message)
    return [Result("contention_for_wanted", contention, "")]


def _from_coefficients(inputs: Inputs, target_results: list[Result]) -> Outcome:
    """Speedup from coefficients: Amdahl's law where there is no coherency."""
    if "contention" not in inputs:
        raise COMMAND.missing("points", "measured points, or else contention and size")
    if "size" not in inputs:
        raise COMMAND.missing("size", "the speedup is that of a size")
    law = UslModel(1.0, inputs.number("contention"), inputs.optional("coherency") or 0.0)
    size, peak = inputs.number("size"), law.peak
    if law.coherency > 0:
        limit: float | None = law.throughput(max(1.0, peak)) if peak is not None else 1.0
    else:
        limit = 1 / law.contention if law.contention > 0 else None
    results = [
        Result("speedup", law.throughput(size), "x"),
        Result("speedup_limit", limit, "x"),
        Result("peak_size", peak, ""),
        *target_results,
    ]
    answer = f"A size of {format_quantity(size, '')} is {format_quantity(law.throughput(size), 'x')} as fast as one"
    most = "there is no limit" if limit is None else f"no size is more than {format_quantity(limit, 'x')} as fast"
    return Outcome(f"{answer}; {most}.", results, _ASSUMPTIONS[:1])


def curve(answer: Answer) -> str:
    """The measured points, and the fitted curve with the band of its mean."""
    inputs = answer.inputs
    if "points" not in inputs:
        message = "the curve is drawn through measured points; missing: points"
        raise CannotAnswerError("", message, {"--format": None})
    fit, points = _fitted(inputs), _points(inputs)
    largest = max(size for size, _ in points)
    peak = fit.model.peak if fit.supports_peak else None
    end = max(largest * 1.25, min(peak * 1.25, largest * 3) if peak else 0)
    sizes = [1 + (end - 1) * step / 150 for step in range(151)]
    sizes = [size for size in sizes if fit.model.slowdown(size) > 0.01]
    band = [(size, fit.model.throughput(size), fit.half_width(fit.model.gradient(size))) for size in sizes]
    shapes = [
        Shape("band", "95 %", [(size, max(0.0, value - reach), value + reach) for size, value, reach in band]),
        Shape("line", "fitted", [(size, value) for size, value, _ in band]),
        Shape("points", "measured", points),
    ]
    if peak is not None and peak <= end:
        shapes.append(Shape("up", "peak", [(peak,)]))
    return plot(
        "Throughput by size", answer.outcome.answer, Axis("size"), Axis("throughput", "1/s"), shapes, mark(answer)
    )


_ASSUMPTIONS = (
    "Contention (units wait for each other) and coherency (each pair exchanges data) are the only limits.",
    "Errors of the throughput are independent and of equal size everywhere. Each point is a run in steady state.",
)

_RESULTS = {
    "rate": "throughput at size 1, as fitted",
    "contention": "the law's coefficient of contention; below 0 the law does not fit these points",
    "coherency": "the law's coefficient of coherency; below 0 the law does not fit these points",
    "peak_size": "size with the highest throughput: if the measurements support it",
    "peak_throughput": "highest throughput: if the measurements support it",
    "curve_peak_size": "size at which the fitted curve is highest, supported or not",
    "curve_peak_throughput": "throughput at which the fitted curve is highest, supported or not",
    "r_squared": "share of the variance of the throughput that the curve explains",
    "largest_deviation": "largest deviation of the curve from a point: as a share of the measured throughput",
    "throughput": "mean throughput at the given size",
    "speedup": "speedup at the given size: times as fast as one",
    "speedup_limit": "speedup that no size exceeds",
    "contention_for_wanted": "the highest contention with which the wanted speedup is reached",
}

_TABLES = {
    "points": {
        "size": "size of the point",
        "measured": "measured throughput",
        "fitted": "throughput of the fitted curve",
        "deviation": "fitted over measured - 1",
    }
}

_POINTS = Table(
    "points",
    (
        Field(
            "size", NUMBER, "users, threads or machines", "8", 1, _MOST_SIZE, required=True,
            aliases=("n", "users", "threads", "nodes", "workers", "concurrency"),
        ),
        Field("throughput", RATE, "measured there", "130/s", 1e-9, 1e12, required=True, aliases=("x", "rps")),
    ),
    "measured throughput at each size, such as a number of servers, or a CSV file of it",
    "1:20/s,4:78/s,8:130/s,16:190/s",
    takes_files=True,
)  # fmt: skip

COMMAND = Command(
    name="usl fit",
    summary="Scalability: contention, coherency and peak throughput from measurements, or speedup by Amdahl's law.",
    fields=(
        _POINTS,
        columns_field("size", "throughput"),
        Field("contention", NUMBER, "contention (serial share), instead of points", "0.05", 0, 1),
        Field("coherency", NUMBER, "coherency (default 0: Amdahl's law)", "0.0001", 0, 1),
        Field("size", NUMBER, "size at which to compute throughput or speedup", "64", 1, _MOST_SIZE),
        Field("wanted_speedup", NUMBER, "speedup to reach: shows the highest contention for it", "80", 1, _MOST_SIZE),
        Field("wanted_size", NUMBER, "size at which to reach wanted_speedup", "100", 1.001, _MOST_SIZE),
    ),
    run=run,
    formula="X(N) = rate N / (1 + contention (N - 1) + coherency N (N - 1)), least squares of X; "
    "peak at sqrt((1 - contention) / coherency); intervals by the delta method with t(0.975, n - 3)",
    source="Gunther 2007, chapters 4 to 6; Amdahl 1967",
    example={"points": "1:64.9/s,18:995.9/s,36:1652.4/s,72:1853.2/s,108:1828.9/s,144:1775/s,216:1702.2/s"},
    results=_RESULTS,
    tables=_TABLES,
    formats={"svg": Format((".svg",), curve)},
)  # fmt: skip
