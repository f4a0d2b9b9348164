"""What load tests' result files show: percentiles, throughput, failures, endpoints, and the run over time."""

from __future__ import annotations

from acolytes_perf.declare import Answer, Command, Format
from acolytes_perf.errors import CannotAnswerError, InputError, one_line, pointer_to
from acolytes_perf.inputs.fields import Field, Inputs
from acolytes_perf.inputs.tables import Table
from acolytes_perf.inputs.units import COUNT, DURATION, RATE, RATIO, show_duration
from acolytes_perf.methods.latency.histogram import EndpointStatistics, add_counts
from acolytes_perf.methods.latency.percentiles import LatencyDistribution, correct_coordinated_omission, wilson_interval
from acolytes_perf.methods.runs.files import COLUMNS, LABEL, WARM_UP, read_columns, run_files, runs_field
from acolytes_perf.methods.runs.load_test import LoadTestRun, read_run
from acolytes_perf.outcome import STATISTICAL, AnswerWarning, Interval, Outcome, Result, ResultTable, Row
from acolytes_perf.outputs.reader_notes import no_steady_state, reader_notes
from acolytes_perf.outputs.run_report import (
    answer_of,
    apdex_without_warm_up,
    assumptions_of,
    closed_model,
    coordinated_omission,
    counts_of,
    distribution_of,
    figures_row,
    file_warnings,
    latencies_of,
    percentile_name,
    percentile_table,
    read_from,
    run_tables,
    slices_of,
    successes_of,
)
from acolytes_perf.outputs.run_tables import run_table
from acolytes_perf.result_files.record import NANOSECONDS
from acolytes_perf.wording import format_quantity, pluralize

#: From this share of the intended rate on, the load generator kept it.
_MET = 0.98


def _draw_distribution(answer: Answer) -> str:
    from acolytes_perf.outputs.distribution_plot import draw  # only this format needs it

    return draw(answer)


def _draw_page(answer: Answer) -> str:
    from acolytes_perf.outputs.run_page import draw  # only this format needs it

    return draw(answer)


def run(inputs: Inputs) -> Outcome:
    """The figures of one run, or a row for each of several."""
    present = inputs.present("file", "values")
    if len(present) != 1:
        if present:
            raise InputError("/values", "cannot be used with file: leave one out", {"values": None})
        raise COMMAND.missing("values", "counted latencies; for a result file add --file FILE")
    if "values" in inputs:
        _refuse(inputs, ("label", "columns", "warm_up"), "needs a result file, but values has only counted latencies")
        return _one_run(inputs, _counted(inputs))
    paths = run_files(inputs.texts("file"), "/file")
    if len(paths) == 1:
        test_run = _read(inputs, paths[0])
        return _as_reported(inputs, test_run) if test_run.summary else _one_run(inputs, test_run)
    _refuse(inputs, (*_CORRECTION, "percentiles"), f"needs one run, but file names {len(paths)}")
    return _several_runs(inputs, [_read(inputs, path) for path in paths])


def _refuse(inputs: Inputs, names: tuple[str, ...], why: str) -> None:
    """Raise an error for an input that has no effect here."""
    for name in names:
        if name in inputs.written:
            raise InputError(pointer_to(name), why, {name: None})


def _one_run(inputs: Inputs, test_run: LoadTestRun) -> Outcome:
    whole, interval = test_run.whole, _expected_interval(inputs)
    rate_warning = _rate_was_met(inputs, test_run)
    if rate_warning:
        interval = None
    counts = correct_coordinated_omission(whole.counts, interval) if interval else whole.counts
    if counts is None:
        message = (
            "is so short compared with these latencies that millions of requests are missing: the system was overloaded"
        )
        raise CannotAnswerError("/" + _interval_name(inputs), f"{message}; missing: a rate that it can carry")
    measured, slices, target = distribution_of(test_run), slices_of(whole), inputs.optional("apdex_target")
    distribution = LatencyDistribution(counts) if interval else measured
    for part in slices or ():
        part.keep_sorted()  # for each percentile's interval, and for the run over time
    all_successes = successes_of(whole, measured)
    results, warnings = counts_of(test_run, slices), file_warnings(test_run)
    if not test_run.has_steady_state:
        warnings.append(no_steady_state())
    if interval:
        results.append(Result("added", distribution.requests - whole.requests, "requests"))
        results.append(Result("total", distribution.requests, "requests"))
        mean = sum(value * count for value, count in counts.items()) / distribution.requests / NANOSECONDS
        latencies = latencies_of(test_run)
        results += [Result("mean", mean, "s"), *latencies[1:]]
    else:
        results += latencies_of(test_run)
        closed = closed_model(test_run)
        if rate_warning or closed:
            warnings.append(rate_warning or coordinated_omission(closed or "", can_correct=True))
    if target is not None:
        results.append(Result("apdex", apdex_without_warm_up(whole, target, all_successes), ""))
    successes = all_successes if whole.failed and not interval else None
    shares = inputs.numbers("percentiles")
    percentiles, too_few = percentile_table(distribution, successes, shares, None if interval else slices)
    if too_few:
        if inputs.text("warm_up") == "none":
            more = "; a warm-up that is included makes requests depend on each other, too (use --warm-up auto)"
            too_few = too_few._replace(fix=too_few.fix + more)
        warnings.append(too_few)
    by_name = {row.label: float(row.results[0].value or 0) for row in percentiles.rows}
    tables = [percentiles, *run_tables(test_run, distribution, target)]
    texts = assumptions_of(test_run, interval, has_intervals=bool(slices))
    apdex = _apdex(target, has_warm_up=bool(test_run.warm_up_seconds))
    return Outcome(answer_of(test_run, results, by_name), results, [*texts, *apdex], warnings, tables=tables)


def _apdex(target: float | None, *, has_warm_up: bool) -> list[str]:
    if target is None:
        return []
    limits = [format_quantity(factor * target, "s") for factor in (1, 4)]
    text = f"Apdex: up to {limits[0]} counts 1, up to {limits[1]} counts a half, slower or failed 0 (specification 1.1)"
    return [f"{text}; without the warm-up, except for failures." if has_warm_up else f"{text}."]


def _several_runs(inputs: Inputs, runs: list[LoadTestRun]) -> Outcome:
    """A row for each run, and the sums."""
    target = inputs.optional("apdex_target")
    rows = [figures_row(run.path, run.whole, run.duration, target, run.whole.has_outcomes) for run in runs]
    requests = sum(run.whole.requests_read for run in runs)
    results = [Result("runs", len(runs), "runs"), Result("all_requests", requests, "requests")]
    parts = []
    p95 = [row.percentiles["p95"] for row in rows if "p95" in row.percentiles]
    if p95:
        parts.append(f"p95 {format_quantity(min(p95), 's')} to {format_quantity(max(p95), 's')}")
    if all(run.whole.has_outcomes for run in runs):
        failures = sum(run.whole.failed_read for run in runs)
        results += [Result("failures", failures, ""), Result("error_rate", failures / requests, "ratio")]
        parts.append(f"{format_quantity(failures / requests, 'ratio')} failed")
    warnings = []
    for run in runs:
        found = [*file_warnings(run), *([] if run.has_steady_state else [no_steady_state()])]
        warnings += [warning._replace(message=f"{one_line(run.path)}: {warning.message}") for warning in found]
    texts = ["Percentiles are by nearest rank (type 1), of each run by itself.", *map(read_from, runs)]
    answer = f"{pluralize(len(runs), 'run')} with {pluralize(requests, 'request')}: {'; '.join(parts)}."
    cut = [run for run in runs if run.warm_up_seconds]
    if cut:
        texts.append(
            f"Warm-up is left out of the latency of {pluralize(len(cut), 'run')}; failures count from the start."
        )
    texts += reader_notes(runs)
    return Outcome(
        answer, results, [*texts, *_apdex(target, has_warm_up=bool(cut))], warnings, tables=[run_table(rows)]
    )


def _read(inputs: Inputs, path: str) -> LoadTestRun:
    warm_up = inputs.text("warm_up") or "none"
    test_run = read_run(path, "/file", inputs.text("label"), warm_up, read_columns(inputs), endpoint_slices=False)
    if warm_up not in ("auto", "none") and test_run.whole.first is None:
        message = f"has no effect: {test_run.format} does not say when each request started"
        raise InputError("/warm_up", message, {"warm_up": None})
    if test_run.summary and "apdex_target" in inputs:
        message = f"needs the latency of every request, but {test_run.format} has only summary figures"
        raise InputError("/apdex_target", message, {"apdex_target": None})
    return test_run


def _counted(inputs: Inputs) -> LoadTestRun:
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
        results.append(Result("failures", reported.failed, ""))
        results.append(Result("error_rate", reported.failed / reported.requests, "ratio", about))
    if reported.duration:
        results.append(Result("duration", reported.duration, "s"))
        results.append(Result("throughput", reported.requests / reported.duration, "1/s"))
    results += latencies_of(test_run)
    most = reported.maximum
    # some tools interpolate beyond the largest value, which no request took
    values = {
        percentile_name(share): value if most is None else min(value, most)
        for share, value in sorted(reported.percentiles.items())
    }
    if "percentiles" in inputs.written:
        values = _chosen(inputs, test_run, values)
    rows = [Row(name, [Result("latency", value, "s")]) for name, value in values.items()]
    texts = [f"Percentiles as {test_run.format} computed them, none above the largest value, by its own definition."]
    message = "the file has only summary figures: no intervals, no warm-up removal, no other percentiles"
    warnings = [
        *file_warnings(test_run),
        AnswerWarning("only_summary", message, "let the tool write every request, and use that file"),
    ]
    if reported.mean is None and not values:
        texts = []
        message = "the log has no durations: only the number of requests and their failures can be read"
        fix = "let the server log them: $request_time in nginx, %D in Apache"
        warnings[-1] = AnswerWarning("no_durations", message, fix)
    closed = closed_model(test_run)
    if closed:
        warnings.append(coordinated_omission(closed, can_correct=False))
    tables = [ResultTable("percentiles", "percentile", rows), *run_tables(test_run, None, None)]
    answer = answer_of(test_run, results, values)
    return Outcome(answer, results, [*texts, read_from(test_run), *reader_notes([test_run])], warnings, tables=tables)


def _chosen(inputs: Inputs, test_run: LoadTestRun, values: dict[str, float]) -> dict[str, float]:
    """Those of the reported percentiles that the user wants, which the file must have."""
    names = [percentile_name(share) for share in sorted(inputs.numbers("percentiles"))]
    missing = [name for name in names if name not in values]
    if missing:
        message = (
            f"{', '.join(missing)}: {test_run.format} has only {', '.join(values) or 'no percentile'}, "
            "and not every request"
        )
        raise InputError("/percentiles", message, {"percentiles": None})
    return {name: values[name] for name in names}


#: The inputs that correct coordinated omission.
_CORRECTION = ("intended_rate", "users", "expected_interval")
_EXAMPLE = "80ms:9000,120ms:900,400ms:99,900ms:1"

_RESULTS = {
    "requests": "requests that count: without the warm-up, with the failed ones",
    "all_requests": "requests with those of the warm-up; of several runs, their sum",
    "runs": "number of runs, each in a file of its own",
    "failures": "requests that failed, with those of the warm-up",
    "error_rate": "share of all requests that failed, with those of the warm-up",
    "apdex": "apdex score: share of satisfied requests and half of the tolerable ones, by apdex_target",
    "duration": "time from the first request to the end of the last",
    "throughput": "requests per second in that time",
    "warm_up": "time left out at the start, because the latency was not steady yet (MSER)",
    "added": "requests added for those that coordinated omission kept from being sent",
    "total": "requests with the added ones",
    "mean": "mean latency",
    "min": "smallest latency",
    "max": "largest latency",
}

_FIGURES = {
    "requests": "requests that count",
    "throughput": "requests per second, over the time of the whole run",
    "failures": "requests that failed, with those of the warm-up",
    "error_rate": "share of the requests that failed",
    "apdex": "apdex score: by apdex_target",
    "p50": "median latency",
    "p95": "95th percentile of the latency: 95 % of the requests take no longer",
    "p99": "99th percentile of the latency: 99 % of the requests take no longer",
    "mean": "mean latency",
    "max": "largest latency",
}
_OVER_TIME = {
    "start": "time since the start of the run",
    "length": "length of this part of the run",
    "requests": "requests that started in this time",
    "throughput": "requests per second",
    "failures": "requests of this part that failed",
    "failure_rate": "failures per second",
    "error_rate": "share of the requests that failed",
    "p50": "median latency, to 1 part in 256",
    "p95": "95th percentile of the latency: to 1 part in 256",
    "p99": "99th percentile of the latency: to 1 part in 256",
}
_TABLES = {
    "percentiles": {
        "latency": "the latency that this share of the requests does not exceed",
        "successes": "latency of the requests that did not fail",
    },
    "failures": {
        "failures": "failed requests with this code and message, with those of the warm-up",
        "share": "their share of all requests",
    },
    "endpoints": _FIGURES,
    "parts": _OVER_TIME,
    "time_series": _OVER_TIME,
    "gaps": {"start": "time since the start of the run", "length": "time without any request"},
    "distribution": {
        "from": "lower end of the latency, not included",
        "to": "upper end, included",
        "requests": "requests with such a latency",
    },
    "runs": _FIGURES,
}

COMMAND = Command(
    name="results summarize",
    summary="What load tests' result files show: percentiles, failures, endpoints, the run over time, warm-up.",
    fields=(
        runs_field("file", "result files of k6, JMeter or another tool, a row for each run; also patterns and folders, "
                   "and words without an option",
                   "run.json"),
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
        COLUMNS,
        Field(
            "percentiles", RATIO, "percentiles to compute", "50%,90%,95%,99%,99.9%", 1e-6, 0.9999999,
            default="50%,90%,95%,99%,99.9%", max_items=8, is_distinct=True,
        ),
        WARM_UP,
        Field("apdex_target", DURATION, "time up to which a user is satisfied, to compute apdex", "500ms", 1e-3, 3600),
        Field("intended_rate", RATE, "planned rate of all users together, to correct coordinated omission",
              "200/s", 1e-6, 1e9, aliases=("rate",)),
        Field("users", COUNT, "users, threads or connections that share the intended rate", "50", 1, 1e7, default="1"),
        Field("expected_interval", DURATION, "time from one request of a user to the next, instead of intended_rate",
              "10ms", 1e-6, 86400),
    ),
    run=run,
    formula="p(q) = the ceil(q n)-th smallest; interval = order statistics of ranks n q -+ 1.96 sqrt(n q (1 - q) tau), "
    "tau = n requests over independent ones; error rate by Wilson; warm-up by MSER; "
    "apdex = (satisfied + tolerable / 2) / requests, with the limits T and 4 T",
    source="Hyndman and Fan 1996, doi 10.2307/2684934; Geyer 1992, doi 10.1214/ss/1177011137; White 1997, "
    "doi 10.1177/003754979706900601; HdrHistogram; Apdex specification 1.1, 2007",
    example={"values": _EXAMPLE},
    results=_RESULTS,
    tables=_TABLES,
    formats={"svg": Format((".svg",), _draw_distribution), "html": Format((".html", ".htm"), _draw_page)},
    positional="file",
)  # fmt: skip
