"""What a load test's result file shows: exact percentiles, throughput and errors with intervals."""

from __future__ import annotations

from acolytes_perf.declare import Command, Format
from acolytes_perf.errors import CannotAnswerError, InputError, MissingInputError, one_line
from acolytes_perf.inputs.fields import Field, Inputs, text_field
from acolytes_perf.inputs.tables import Table
from acolytes_perf.inputs.units import COUNT, DURATION, RATE, RATIO, TEXT, show_duration
from acolytes_perf.methods.latency import (
    LatencyDistribution,
    correct_coordinated_omission,
    design_effect,
    exceedances_by_slice,
    percentile_rank_interval,
    required_requests,
    wilson_interval,
)
from acolytes_perf.methods.latency_histogram import EndpointStatistics, TimeSlice, add_counts
from acolytes_perf.methods.load_test_run import LoadTestRun, read_run
from acolytes_perf.outcome import STATISTICAL, AnswerWarning, Interval, Outcome, Result, ResultTable, Row
from acolytes_perf.outputs.distribution_plot import draw
from acolytes_perf.result_files.record import NANOSECONDS
from acolytes_perf.wording import format_quantity, pluralize

WARM_UP = text_field(
    "warm_up",
    "time at the start that does not count: auto, none, or a time",
    "30s",
    r"auto|none|\d{1,6}(\.\d{1,6})?(ms|s|min|h)",
    "auto, none or a time with its unit",
    "auto",
)
#: From this share of the intended rate on, the load generator kept it.
_MET = 0.98
LABEL = Field("label", TEXT, "only the requests of this name", "GET /api/search")


def run(inputs: Inputs) -> Outcome:
    """Percentiles, mean, throughput and errors of one run."""
    present = inputs.present("file", "values")
    if len(present) != 1:
        if present:
            raise InputError("/values", "cannot be used with file: leave one out", {"values": None})
        raise COMMAND.missing("values", "counted latencies; for a result file add --file FILE")
    test_run = _run_of(inputs)
    if test_run.summary:
        return _as_reported(inputs, test_run)
    histogram, interval = test_run.whole, _expected_interval(inputs)
    rate_warning = _rate_was_met(inputs, test_run)
    if rate_warning:
        interval = None
    counts = correct_coordinated_omission(histogram.counts, interval) if interval else histogram.counts
    if counts is None:
        message = (
            "is so short compared with these latencies that millions of requests are missing: the system was overloaded"
        )
        raise CannotAnswerError("/" + _interval_name(inputs), f"{message}; missing: a rate that it can carry")
    distribution = LatencyDistribution(counts)
    slices = [histogram.slices[number] for number in sorted(histogram.slices) if histogram.slices[number].requests]
    results, warnings = _counts(test_run, slices), _file_warnings(test_run)
    if interval:
        results.append(Result("added", distribution.requests - histogram.requests, "requests"))
        results.append(Result("total", distribution.requests, "requests"))
        mean = sum(value * count for value, count in counts.items()) / distribution.requests / NANOSECONDS
    else:
        mean = histogram.mean
        warnings.append(rate_warning or _not_corrected())
    results += [
        Result("mean", mean, "s"),
        Result("min", distribution.values[0] / NANOSECONDS, "s"),
        Result("max", distribution.values[-1] / NANOSECONDS, "s"),
    ]
    rows, too_few = [], []
    for share in sorted(inputs.numbers("percentiles")):
        value = distribution.percentile(share)
        factor = None if interval else design_effect(*exceedances_by_slice(slices, value))
        ranks = percentile_rank_interval(distribution.requests, share, factor) if factor else None
        if factor and not ranks:
            too_few.append((share, required_requests(share, factor)))
        ends = [distribution.at_rank(rank) / NANOSECONDS for rank in ranks] if ranks else []
        about = Interval(ends[0], ends[1], STATISTICAL, 0.95) if ends else None
        rows.append(_row(share, value / NANOSECONDS, about))
    if too_few:
        names = ", ".join(f"{_name(share)} {need}" for share, need in too_few)
        message = f"too few requests for intervals; since they depend on each other, it takes about: {names}"
        fix = "run a longer test before you rely on these percentiles"
        if inputs.text("warm_up") == "none":
            fix += "; a warm-up that is included makes requests depend on each other, too (use --warm-up auto)"
        warnings.append(AnswerWarning("few_requests", message, fix))
    answer = _answer(test_run, results, rows)
    return Outcome(answer, results, _assumptions(test_run, slices, interval), warnings, tables=[_table(rows)])


def _run_of(inputs: Inputs) -> LoadTestRun:
    path = inputs.text("file")
    if path is not None:
        try:
            return read_run(path, "/file", inputs.text("label"), inputs.text("warm_up") or "none")
        except InputError as error:
            if error.pointer == "/file" and not error.fix:
                fix = {"file": None, "values": _EXAMPLE}
                raise MissingInputError(error.pointer, error.message, fix) from None
            raise
    whole = EndpointStatistics()
    counts: dict[int, int] = {}
    for row in inputs.rows("values"):
        value = round(row.number("latency") * NANOSECONDS)
        counts[value] = counts.get(value, 0) + int(row.number("count"))
    add_counts(whole.counts, counts.items())
    whole.requests = whole.requests_read = sum(counts.values())
    whole.total = sum(value * count for value, count in counts.items())
    whole.has_outcomes = False
    return LoadTestRun(
        path="", format="counted values", bytes=0, corrupt=0, is_truncated=False, whole=whole, endpoints={}
    )


def _interval_name(inputs: Inputs) -> str:
    return next(iter(inputs.present("expected_interval", "intended_rate")), "")


def _expected_interval(inputs: Inputs) -> int | None:
    """Planned nanoseconds between two requests of a user, None where there is no plan."""
    names = inputs.present("expected_interval", "intended_rate")
    if len(names) == 2:
        raise InputError("/expected_interval", "cannot be used with intended_rate: leave one out", {names[0]: None})
    if "users" in inputs.written and "intended_rate" not in inputs:
        raise InputError("/users", "needs intended_rate, which the users share", {"users": None})
    if not names:
        return None
    value = inputs.number(names[0])
    return max(1, round((inputs.number("users") / value if names[0] == "intended_rate" else value) * NANOSECONDS))


def _rate_was_met(inputs: Inputs, test_run: LoadTestRun) -> AnswerWarning | None:
    """A warning that the intended rate was reached, so that no request is missing; None otherwise."""
    intended = inputs.optional("intended_rate")
    if intended is None or not test_run.duration or test_run.whole.requests / test_run.duration < _MET * intended:
        return None
    measured = format_quantity(test_run.whole.requests / test_run.duration, "1/s")
    message = (
        f"the measured rate of {measured} reaches the intended {format_quantity(intended, '1/s')}: no requests are "
        "added"
    )
    step = show_duration(inputs.number("users") / intended)
    return AnswerWarning(
        "rate_was_met", message, f"if users waited nevertheless, --expected-interval {step} adds the missing requests"
    )


def _name(share: float) -> str:
    return f"p{100 * share:.10g}"


def _row(share: float, seconds: float, interval: Interval | None = None) -> Row:
    return Row(_name(share), [Result("latency", seconds, "s", interval)])


def _table(rows: list[Row]) -> ResultTable:
    return ResultTable("percentiles", "percentile", rows)


def _counts(test_run: LoadTestRun, slices: list[TimeSlice]) -> list[Result]:
    histogram = test_run.whole
    results = [Result("requests", histogram.requests, "requests")]
    if histogram.has_outcomes:
        factor = design_effect([part.requests for part in slices], [part.failed for part in slices]) or 1.0
        # a system that fails while it starts fails: the failures of the warm-up count
        failed, requests = histogram.failed_read, histogram.requests_read
        about = Interval(*wilson_interval(failed, requests, factor), STATISTICAL, 0.95)
        results.append(Result("error_rate", failed / requests, "ratio", about))
    if test_run.duration:
        results.append(Result("duration", test_run.duration, "s"))
        results.append(Result("throughput", histogram.requests / test_run.duration, "1/s"))
    if test_run.warm_up_seconds:
        results.append(Result("warm_up", test_run.warm_up_seconds, "s"))
    return results


def _as_reported(inputs: Inputs, test_run: LoadTestRun) -> Outcome:
    """The figures that the tool computed. They have no intervals."""
    reported = test_run.summary
    assert reported
    named = _interval_name(inputs)
    if named:
        message = f"needs every request, but {test_run.format} has only summary figures"
        raise InputError(f"/{named}", message, {named: None, "users": None})
    results = [Result("requests", reported.requests, "requests")]
    if reported.failed is not None and reported.requests:
        about = Interval(*wilson_interval(reported.failed, reported.requests, 1.0), STATISTICAL, 0.95)
        results.append(Result("error_rate", reported.failed / reported.requests, "ratio", about))
    if reported.duration:
        results.append(Result("duration", reported.duration, "s"))
        results.append(Result("throughput", reported.requests / reported.duration, "1/s"))
    for name, value in (("mean", reported.mean), ("min", reported.minimum), ("max", reported.maximum)):
        if value is not None:
            results.append(Result(name, value, "s"))
    most = reported.maximum
    # some tools interpolate beyond the largest value, which no request took
    rows = [
        _row(share, value if most is None else min(value, most))
        for share, value in sorted(reported.percentiles.items())
    ]
    texts = [f"Percentiles as {test_run.format} computed them, none above the largest value, by its own definition."]
    message = "the file has only summary figures: no intervals, no warm-up removal, no other percentiles"
    warnings = [
        *_file_warnings(test_run),
        AnswerWarning("only_summary", message, "let the tool write every request, and use that file"),
    ]
    answer = _answer(test_run, results, rows)
    return Outcome(answer, results, [*texts, _read_from(test_run)], warnings, tables=[_table(rows)])


def _answer(test_run: LoadTestRun, results: list[Result], rows: list[Row]) -> str:
    by_name = {result.name: result for result in results}
    percentiles = [f"{row.label} {format_quantity(row.results[0].value, 's')}" for row in rows]
    parts = [", ".join(percentiles[:5]) or f"mean {format_quantity(by_name['mean'].value, 's')}"]
    if "throughput" in by_name:
        parts.append(f"{format_quantity(by_name['throughput'].value, '1/s')}")
    if "error_rate" in by_name:
        parts.append(f"{format_quantity(by_name['error_rate'].value, 'ratio')} failed")
    text = f"{pluralize(int(by_name['requests'].value or 0), 'request')}: {'; '.join(parts)}"
    return text + (
        f"; the first {format_quantity(test_run.warm_up_seconds, 's')} are left out as warm-up."
        if test_run.warm_up_seconds
        else "."
    )


def _file_warnings(test_run: LoadTestRun) -> list[AnswerWarning]:
    warnings = []
    if test_run.corrupt:
        message = f"{pluralize(test_run.corrupt, 'line')} could not be read and are not counted"
        warnings.append(
            AnswerWarning("corrupt_lines", message, "check where the file is damaged before you trust the rest")
        )
    if test_run.is_truncated:
        message = "the file ends in the middle of a line: the test stopped early, or the disk was full"
        warnings.append(AnswerWarning("cut_off", message, "treat it as a part of the run, or test again"))
    return warnings


def _not_corrected() -> AnswerWarning:
    message = (
        "a user who waits sends nothing in that time: if the load generator waited for answers, these figures are "
        "too good "
        "(coordinated omission)"
    )
    return AnswerWarning(
        "coordinated_omission", message, "set --intended-rate and --users, or test with arrival rates (an open model)"
    )


def _read_from(test_run: LoadTestRun) -> str:
    return (
        f"Read from {one_line(test_run.path)}: {test_run.format}, {test_run.bytes} bytes, {test_run.requests_read} "
        "requests."
    )


def _assumptions(test_run: LoadTestRun, slices: list[TimeSlice], interval: int | None) -> list[str]:
    texts = [
        "Percentiles are by nearest rank (type 1): the smallest measured value that this share does not exceed.",
        "Failed requests count with their time.",
    ]
    if test_run.path:
        texts.append(_read_from(test_run))
    if interval:
        step = format_quantity(interval / NANOSECONDS, "s")
        texts.append(
            f"Corrected for coordinated omission with one request per user every {step}, as HdrHistogram does."
        )
    elif slices:
        texts.append("Intervals are from order statistics, corrected for the dependence between time slices.")
    if test_run.resolution:
        texts.append(f"Values are resolved to 1 part in {round(1 / test_run.resolution)}.")
    if test_run.warm_up_seconds:
        left = test_run.requests_read - test_run.whole.requests
        texts.append(
            f"Warm-up: {left} requests of the first {format_quantity(test_run.warm_up_seconds, 's')} are left out."
        )
    return texts


_EXAMPLE = "80ms:9000,120ms:900,400ms:99,900ms:1"

_RESULTS = {
    "requests": "requests that count: without the warm-up, with the failed ones",
    "error_rate": "share of the requests that failed, those of the warm-up included",
    "duration": "time from the start of the first request to the end of the last",
    "throughput": "requests per second in that time",
    "warm_up": "time left out at the start, because the latency was not steady yet (MSER)",
    "added": "requests added for those that coordinated omission kept from being sent",
    "total": "requests with the added ones",
    "mean": "mean latency",
    "min": "smallest latency",
    "max": "largest latency",
}

_TABLES = {"percentiles": {"latency": "the latency that this share of the requests does not exceed"}}

COMMAND = Command(
    name="results summarize",
    summary="What a load test's result file shows: exact percentiles with intervals, throughput, errors, warm-up.",
    fields=(
        Field("file", TEXT, "result file of k6, JMeter or another tool, also as .gz", "run.json",
              is_file=True),
        Table(
            "values",
            (
                Field("latency", DURATION, "a latency", "80ms", 0, 7 * 86400, required=True),
                Field("count", COUNT, "number of requests with this latency", "900", 1, 1e12, default="1"),
            ),
            "counted latencies, instead of a file",
            _EXAMPLE,
        ),
        LABEL,
        Field(
            "percentiles", RATIO, "percentiles to compute", "50%,90%,95%,99%,99.9%", 1e-6, 0.9999999,
            default="50%,90%,95%,99%,99.9%", max_items=8,
        ),
        WARM_UP,
        Field("intended_rate", RATE, "planned rate of all users together, to correct coordinated omission",
              "200/s", 1e-6, 1e9, aliases=("rate",)),
        Field("users", COUNT, "users, threads or connections that share the intended rate", "50", 1, 1e7, default="1"),
        Field("expected_interval", DURATION, "time from one request of a user to the next, instead of intended_rate",
              "10ms", 1e-6, 86400),
    ),
    run=run,
    formula="p(q) = the ceil(q n)-th smallest; interval = order statistics of ranks n q -+ 1.96 sqrt(n q (1 - q) tau), "
    "tau = n requests over independent ones; error rate by Wilson; warm-up by MSER",
    source="Hyndman and Fan 1996, doi 10.2307/2684934; Geyer 1992, doi 10.1214/ss/1177011137; White 1997, "
    "doi 10.1177/003754979706900601; HdrHistogram",
    example={"values": _EXAMPLE},
    results=_RESULTS,
    tables=_TABLES,
    formats={"svg": Format((".svg",), draw)},
)  # fmt: skip
