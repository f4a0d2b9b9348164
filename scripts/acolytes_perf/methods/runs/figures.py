"""The figures of load-test runs that comparisons and budgets use, by endpoint."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from acolytes_perf.errors import InputError, one_line, quoted
from acolytes_perf.inputs.columns import ColumnChoice
from acolytes_perf.inputs.fields import Inputs
from acolytes_perf.inputs.quantity import QuantityError
from acolytes_perf.inputs.units import read_duration, read_rate
from acolytes_perf.methods.comparison.releases import FAILURES, THROUGHPUT, WHOLE, EndpointFigures
from acolytes_perf.methods.latency.histogram import exceedances_by_slice
from acolytes_perf.methods.latency.percentiles import (
    Z95,
    LatencyDistribution,
    design_effect,
    percentile_rank_interval,
)
from acolytes_perf.methods.runs.files import check_apart, run_files
from acolytes_perf.methods.runs.order import Times
from acolytes_perf.result_files.record import NANOSECONDS

if TYPE_CHECKING:
    from acolytes_perf.methods.latency.histogram import EndpointStatistics
    from acolytes_perf.methods.runs.load_test import LoadTestRun
    from acolytes_perf.methods.runs.warm_up import Course


class RunRecord(NamedTuple):
    """One run.

    Attributes:
        path: of its file.
        format: name of the tool and its format.
        times: start and end, in seconds since 1970; None where unknown.
        warm_up_seconds: left out at the start.
        corrupt: lines that cannot be read.
        is_truncated: the file ends within a line.
        figures: by endpoint. WHOLE has those of all requests.
        appended_runs: how many further runs were written to the same file.
        left_out: number of rows of the file that are no requests, by what they are.
        notes: what the reader had to assume, a sentence each.
        first: the first time in the file, in seconds since 1970; 0 without times.
        has_steady_state: false where the latency changes through the whole run.
        others: what the endpoints without figures of their own are together; empty for none.
    """

    path: str
    format: str
    times: Times
    warm_up_seconds: float
    corrupt: int
    is_truncated: bool
    figures: Mapping[str, EndpointFigures]
    appended_runs: int = 0
    left_out: Mapping[str, int] = {}
    notes: Sequence[str] = ()
    first: float = 0.0
    has_steady_state: bool = True
    others: str = ""


def read_records(
    paths: Mapping[str, Sequence[str]],
    label: str | None,
    warm_up: str,
    measures: Sequence[str],
    columns: Sequence[ColumnChoice] = (),
) -> dict[str, list[RunRecord]]:
    """Read the result files of each side.

    With `auto` the same time is left out of all runs: the longest warm-up of a side, found from its runs together.

    Args:
        paths: of the files, by side.
        label: reads only the requests of this endpoint, if given.
        warm_up: `auto`, `none`, or a duration with its unit, for each run.
        measures: those to compute; percentiles are named like `p95`.
        columns: of any CSV, TSV, NDJSON or access log, as the user chose them.

    Raises:
        InputError: a file cannot be read, or does not tell when requests started, which a duration needs.
    """
    from acolytes_perf.methods.runs.load_test import read_run  # with figures instead of files it is not needed

    latencies = [measure for measure in measures if measure not in (FAILURES, THROUGHPUT)]
    records: dict[str, list[RunRecord]] = {}
    courses: dict[str, list[Course | None]] = {}
    for side, files in paths.items():
        records[side], courses[side] = [], []
        for index, path in enumerate(files):
            pointer, is_single = f"/{side}/{index}", len(files) == 1
            # what is found in all runs together is left out below
            own = "none" if warm_up == "auto" else warm_up
            run = read_run(path, pointer, label, own, columns, endpoint_slices=is_single)
            if warm_up == "auto":
                from acolytes_perf.methods.runs.warm_up import course_of

                courses[side].append(course_of(run.whole))
            elif warm_up != "none" and run.whole.first is None:
                message = f"has no effect on {one_line(path)}: {run.format} does not say when each request started"
                raise InputError("/warm_up", message, {"warm_up": None})
            records[side].append(_record(run, latencies, label, is_single=is_single))
    if warm_up == "auto":
        return _without_warm_up(records, courses, label, latencies, columns)
    return records


def _without_warm_up(
    records: dict[str, list[RunRecord]],
    courses: Mapping[str, Sequence[Course | None]],
    label: str | None,
    latencies: Sequence[str],
    columns: Sequence[ColumnChoice],
) -> dict[str, list[RunRecord]]:
    """The runs of all sides without the same time at their start, so that no side is spared more than the other."""
    from acolytes_perf.methods.runs.load_test import read_run_since
    from acolytes_perf.methods.runs.warm_up import find_warm_up

    sides = [[course for course in side if course] for side in courses.values() if side]
    if not all(len(known) == len(side) for known, side in zip(sides, filter(None, courses.values()))):
        return records  # some files have no times, and those of the others would be treated in another way
    found = [find_warm_up(side) for side in sides]
    if not all(one.is_steady for one in found):
        return {side: [run._replace(has_steady_state=False) for run in runs] for side, runs in records.items()}
    seconds = max((one.seconds for one in found), default=0.0)
    if not seconds:
        return records
    rest: dict[str, list[RunRecord]] = {}
    for side, runs in records.items():
        rest[side] = []
        for index, run in enumerate(runs):
            is_single = len(runs) == 1
            since = run.first + seconds
            kept = read_run_since(run.path, f"/{side}/{index}", label, since, columns, endpoint_slices=is_single)
            record = _record(kept, latencies, label, is_single=is_single)
            # where a file has too many endpoints, those with figures of their own may differ
            both = [name for name in record.figures if name in run.figures]
            figures = {name: _with_failures(record.figures[name], run.figures[name]) for name in both}
            rest[side].append(record._replace(figures=figures, times=run.times, warm_up_seconds=seconds))
    return rest


def _with_failures(rest: EndpointFigures, whole: EndpointFigures) -> EndpointFigures:
    """The latencies without those of the warm-up; failures count from the start, which otherwise hides them."""
    return rest._replace(requests=whole.requests, failures=whole.failures)


def read_sides(inputs: Inputs, sides: Sequence[str], measures: Sequence[str]) -> dict[str, list[RunRecord]]:
    """The runs of each side, from files or from figures; empty for a side that is not there.

    Args:
        inputs: with `warm_up`, and for each side those named like `baseline` and `baseline_values`.
        sides: `baseline`, `candidate` or both.
        measures: those to compute.

    Raises:
        InputError: a file cannot be read, or a side has both files and figures.
    """
    paths = {side: run_files(inputs.texts(side), f"/{side}") for side in sides}
    for side in sides:
        if paths[side] and f"{side}_values" in inputs:
            message = f"cannot be used with {side}: leave one out"
            raise InputError(f"/{side}_values", message, {f"{side}_values": None})
    if len(paths) == 2:
        check_apart(paths["baseline"], paths["candidate"])
    warm_up = inputs.text("warm_up") or "none"
    records = read_records({side: paths[side] for side in sides if paths[side]}, None, warm_up, measures)
    for side in sides:
        if side not in records:
            records[side] = _records_of_rows(inputs.rows(f"{side}_values"), f"/{side}_values")
    return {side: records[side] for side in sides}


def _records_of_rows(rows: Sequence[Inputs], pointer: str) -> list[RunRecord]:
    """A run for each row of the same measure, in their order."""
    values: dict[str, list[float]] = {}
    for index, row in enumerate(rows):
        measure, text = row.text("measure") or "", row.text("value") or ""
        try:
            value = read_rate(text, "100/s") if measure == THROUGHPUT else read_duration(text, "412ms")
        except QuantityError as error:
            raise InputError(f"{pointer}/{index}/value", f"{quoted(text)} {error}") from None
        if not value > 0:
            raise InputError(f"{pointer}/{index}/value", f"{quoted(text)} must be above 0")
        values.setdefault(measure, []).append(value)
    if len({len(figures) for figures in values.values()}) > 1:
        counts = ", ".join(f"{measure} {len(figures)}" for measure, figures in values.items())
        raise InputError(pointer, f"has not the same number of runs for each measure: {counts}")
    records = []
    for run in zip(*values.values()):
        figures = dict(zip(values, run))
        throughput = figures.pop(THROUGHPUT, None)
        records.append(
            RunRecord(
                path="",
                format="figures",
                times=None,
                warm_up_seconds=0.0,
                corrupt=0,
                is_truncated=False,
                figures={WHOLE: EndpointFigures(0, None, figures, throughput, figures)},
            )
        )
    return records


def share_of(measure: str) -> float:
    """The share of a percentile by its name.

    >>> share_of("p95")
    0.95
    """
    return float(measure[1:]) / 100


def _record(run: LoadTestRun, latencies: Sequence[str], label: str | None, *, is_single: bool) -> RunRecord:
    seconds = run.duration
    figures = {WHOLE: _figures(run.whole, seconds, latencies, is_single=is_single)}
    if label is None:
        for name, endpoint in run.endpoints.items():
            # of another file the group of all others has other members
            if name and name not in (WHOLE, run.other_name) and (endpoint.requests or endpoint.reported):
                figures[name] = _figures(endpoint, seconds, latencies, is_single=is_single)
    reported = run.summary.times if run.summary else None
    times = reported if run.start is None or run.end is None else (run.start, run.end)
    return RunRecord(
        path=run.path,
        format=run.format,
        times=times,
        warm_up_seconds=run.warm_up_seconds,
        corrupt=run.corrupt,
        is_truncated=run.is_truncated,
        figures=figures,
        appended_runs=run.appended_runs,
        left_out=run.left_out,
        notes=run.notes,
        first=run.whole.first or 0.0,
        others=run.other_name,
    )


def _figures(
    statistics: EndpointStatistics, seconds: float | None, latencies: Sequence[str], *, is_single: bool
) -> EndpointFigures:
    if statistics.reported:
        return _reported(statistics, seconds, latencies)
    # failures count with those of the warm-up, which otherwise hides them
    requests, failures = statistics.requests_read, statistics.failed_read
    distribution = LatencyDistribution(statistics.counts) if statistics.counts else None
    successes = distribution
    if distribution and statistics.failed and statistics.has_outcomes:
        successes = distribution.without(statistics.failed_counts)
    all_latencies = _latencies(distribution, latencies)
    errors = _errors(statistics, distribution, latencies) if is_single and distribution else {}
    return EndpointFigures(
        requests,
        failures if statistics.has_outcomes else None,
        all_latencies if successes is distribution else _latencies(successes, latencies),
        statistics.requests / seconds if seconds else None,
        all_latencies,
        errors,
    )


def _latencies(distribution: LatencyDistribution | None, measures: Sequence[str]) -> dict[str, float]:
    """Latencies in seconds; percentiles only where at least one request is beyond them."""
    if distribution is None:
        return {}
    latencies = {}
    for measure in measures:
        if measure == "mean":
            latencies[measure] = distribution.total / distribution.requests / NANOSECONDS
        elif distribution.requests * (1 - share_of(measure)) >= 1 - 1e-9:
            latencies[measure] = distribution.percentile(share_of(measure)) / NANOSECONDS
    return latencies


def _errors(
    statistics: EndpointStatistics, distribution: LatencyDistribution, measures: Sequence[str]
) -> dict[str, float]:
    """Standard errors of the logarithms of percentiles within the run, with the dependence of its requests."""
    errors = {}
    slices = [statistics.slices[number] for number in sorted(statistics.slices) if statistics.slices[number].requests]
    for measure in measures:
        if measure == "mean":
            continue
        share = share_of(measure)
        factor = design_effect(*exceedances_by_slice(slices, distribution.percentile(share)))
        ranks = percentile_rank_interval(distribution.requests, share, factor or 1.0)
        if ranks and distribution.at_rank(ranks[0]):
            errors[measure] = math.log(distribution.at_rank(ranks[1]) / distribution.at_rank(ranks[0])) / (2 * Z95)
    return errors


def _reported(statistics: EndpointStatistics, seconds: float | None, latencies: Sequence[str]) -> EndpointFigures:
    """The figures that the tool computed itself, of all requests."""
    reported = statistics.reported
    assert reported
    values = {}
    for measure in latencies:
        if measure == "mean":
            value = reported.mean
        else:
            shares = reported.percentiles.items()
            value = next((latency for share, latency in shares if abs(share - share_of(measure)) < 1e-9), None)
        if value:
            values[measure] = value
    seconds = reported.duration or seconds
    throughput = reported.requests / seconds if seconds else None
    return EndpointFigures(reported.requests, reported.failed, values, throughput, values)
