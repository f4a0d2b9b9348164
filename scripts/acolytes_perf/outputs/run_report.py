"""What `results summarize` says of one run: its figures, tables, assumptions and warnings."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from acolytes_perf.errors import one_line
from acolytes_perf.methods.latency.histogram import EndpointStatistics, TimeSlice, exceedances_by_slice
from acolytes_perf.methods.latency.percentiles import (
    LatencyDistribution,
    design_effect,
    percentile_rank_interval,
    required_requests,
    wilson_interval,
)
from acolytes_perf.methods.runs.load_test import LoadTestRun
from acolytes_perf.outcome import STATISTICAL, AnswerWarning, Interval, Result, ResultTable, Row
from acolytes_perf.outputs.endpoint_warnings import endpoint_warnings
from acolytes_perf.outputs.reader_notes import damage_warnings, reader_notes
from acolytes_perf.outputs.run_tables import (
    SHARES,
    FiguresRow,
    TimePart,
    apdex_of,
    distribution_table,
    endpoint_table,
    failure_table,
    gap_table,
    time_tables,
)
from acolytes_perf.result_files.record import NANOSECONDS
from acolytes_perf.wording import format_quantity, pluralize

#: Tools whose users wait for an answer before they send the next request, whatever their options.
CLOSED_TOOLS = ("Locust", "hey", "oha", "wrk (", "ab (", "ApacheBench", "autocannon", "siege")
#: How far requests in flight vary less than the throughput where users wait, and how far the throughput must vary.
_STEADY_IN_FLIGHT, _VARYING_THROUGHPUT = 1 / 3, 0.1
#: The percentiles that the answer names where there are more.
_USUAL = ("p50", "p90", "p95", "p99", "p99.9")
#: The fewest slices of time from which that is judged.
_FEWEST_SLICES = 10


def slices_of(statistics: EndpointStatistics) -> list[TimeSlice]:
    """The slices with requests, in order of time."""
    return [statistics.slices[number] for number in sorted(statistics.slices) if statistics.slices[number].requests]


def distribution_of(run: LoadTestRun) -> LatencyDistribution:
    """The latencies of the whole run in order."""
    whole, endpoints = run.whole, [endpoint for endpoint in run.endpoints.values() if endpoint.requests]
    is_exact = all(statistics.bits is None for statistics in (whole, *endpoints))
    if is_exact and sum(endpoint.requests for endpoint in endpoints) == whole.requests:
        # their rows in the table need them in order anyway, and sorted parts are merged in linear time
        return LatencyDistribution.merged([endpoint.distribution for endpoint in endpoints])
    return whole.distribution


def counts_of(run: LoadTestRun, slices: Sequence[TimeSlice]) -> list[Result]:
    """Requests, failures, duration, throughput and warm-up. Failures count from the start, warm-up included."""
    whole = run.whole
    results = [Result("requests", whole.requests, "requests")]
    if run.warm_up_seconds:
        results.append(Result("all_requests", whole.requests_read, "requests"))
    if whole.has_outcomes and whole.requests_read:
        factor = design_effect([part.requests for part in slices], [part.failed for part in slices]) or 1.0
        about = Interval(*wilson_interval(whole.failed_read, whole.requests_read, factor), STATISTICAL, 0.95)
        results.append(Result("failures", whole.failed_read, ""))
        results.append(Result("error_rate", whole.failed_read / whole.requests_read, "ratio", about))
    if run.duration:
        results.append(Result("duration", run.duration, "s"))
        results.append(Result("throughput", whole.requests / run.duration, "1/s"))
    if run.warm_up_seconds:
        results.append(Result("warm_up", run.warm_up_seconds, "s"))
    return results


def latencies_of(run: LoadTestRun) -> list[Result]:
    """Mean, least and greatest latency."""
    whole, reported = run.whole, run.summary
    if reported:
        named = (("mean", reported.mean), ("min", reported.minimum), ("max", reported.maximum))
        return [Result(name, value, "s") for name, value in named if value is not None]
    return [
        Result("mean", whole.mean, "s"),
        Result("min", min(whole.counts) / NANOSECONDS, "s"),
        Result("max", max(whole.counts) / NANOSECONDS, "s"),
    ]


def percentile_table(
    distribution: LatencyDistribution,
    successes: LatencyDistribution | None,
    shares: Sequence[float],
    slices: Sequence[TimeSlice] | None,
) -> tuple[ResultTable, AnswerWarning | None]:
    """The percentiles of all requests and of successes, and a warning where requests are too few for intervals.

    Args:
        distribution: of all requests.
        successes: of those that did not fail; None where it is the same or unknown.
        shares: above 0 and below 1.
        slices: for the intervals; None without intervals.
    """
    rows, too_few = [], []
    for share in sorted(shares):
        value = distribution.percentile(share)
        factor = design_effect(*exceedances_by_slice(slices, value)) if slices is not None else None
        ranks = percentile_rank_interval(distribution.requests, share, factor) if factor else None
        if factor and not ranks:
            too_few.append(f"{percentile_name(share)} {required_requests(share, factor)}")
        ends = [distribution.at_rank(rank) / NANOSECONDS for rank in ranks] if ranks else []
        about = Interval(ends[0], ends[1], STATISTICAL, 0.95) if ends else None
        cells = [Result("latency", value / NANOSECONDS, "s", about)]
        if successes:
            cells.append(Result("successes", successes.percentile(share) / NANOSECONDS, "s"))
        rows.append(Row(percentile_name(share), cells))
    warning = None
    if too_few:
        message = "too few requests for intervals; since they depend on each other, it takes about: " + ", ".join(
            too_few
        )
        warning = AnswerWarning("few_requests", message, "run a longer test before you rely on these percentiles")
    return ResultTable("percentiles", "percentile", rows), warning


def percentile_name(share: float) -> str:
    """The usual name of a percentile.

    >>> percentile_name(0.999)
    'p99.9'
    """
    return f"p{100 * share:.10g}"


def successes_of(statistics: EndpointStatistics, distribution: LatencyDistribution) -> LatencyDistribution | None:
    """The latencies of the requests that did not fail; None where there are none.

    Args:
        statistics: of the requests.
        distribution: the latencies of all of them.
    """
    return distribution.without(statistics.failed_counts) if statistics.failed else distribution


def apdex_without_warm_up(
    statistics: EndpointStatistics, target: float, successes: LatencyDistribution | None
) -> float:
    """Apdex of the requests after the warm-up, and of all that failed: no failure is left out anywhere."""
    failed_before = statistics.failed_read - statistics.failed if statistics.has_outcomes else 0
    return apdex_of(successes, statistics.requests + failed_before, target)


def run_tables(run: LoadTestRun, distribution: LatencyDistribution | None, apdex: float | None) -> list[ResultTable]:
    """The tables beside the percentiles: failures, endpoints, the run over time, gaps, distribution."""
    whole = run.whole
    tables = []
    if whole.causes and whole.requests_read:
        tables.append(failure_table(whole.causes, whole.requests_read))
    if run.endpoints:
        rows = (
            figures_row(name, endpoint, run.duration, apdex, whole.has_outcomes)
            for name, endpoint in run.endpoints.items()
        )
        tables.append(endpoint_table(rows))
    tables += time_tables(_parts(run))
    start = (run.with_warm_up or whole).first or 0.0
    tables.append(gap_table((first - start, last - start) for first, last in run.gaps))
    if distribution:
        tables.append(distribution_table(distribution))
    return tables


def figures_row(
    name: str,
    statistics: EndpointStatistics,
    duration: float | None,
    target: float | None,
    has_outcomes: bool,  # noqa: FBT001
) -> FiguresRow:
    """The row of an endpoint, or of a run.

    Args:
        name: of the row.
        statistics: of its requests.
        duration: of the run, in seconds.
        target: of apdex, in seconds; None without apdex.
        has_outcomes: whether the file tells which requests failed.
    """
    failures = statistics.failed_read if has_outcomes and statistics.has_outcomes else None
    reported = statistics.reported
    if reported:
        by_name = {percentile_name(share): value for share, value in reported.percentiles.items()}
        percentiles = {share: by_name[share] for share in SHARES if share in by_name}
        seconds, number = reported.duration or duration, reported.requests
        return FiguresRow(name, number, number, failures, seconds, reported.mean, reported.maximum, percentiles)
    if not statistics.requests:
        return FiguresRow(name, 0, statistics.requests_read, failures, None, None, None, {})
    spread = statistics.distribution
    percentiles = {share: spread.percentile(value) / NANOSECONDS for share, value in SHARES.items()}
    apdex = None if target is None else apdex_without_warm_up(statistics, target, successes_of(statistics, spread))
    maximum = spread.values[-1] / NANOSECONDS
    numbers = statistics.requests, statistics.requests_read
    return FiguresRow(name, *numbers, failures, duration, statistics.mean, maximum, percentiles, apdex)


def _parts(run: LoadTestRun) -> list[TimePart]:
    """The slices of time as parts of the run; those without requests, too."""
    whole = run.with_warm_up or run.whole
    if not whole.slices or whole.first is None or whole.last is None:
        return []
    width, numbers = whole.slice_seconds, range(min(whole.slices), max(whole.slices) + 1)
    parts = []
    for number in numbers:
        # the first and the last slice are only partly within the run
        first, last = max(whole.first, number * width), min(whole.last, (number + 1) * width)
        piece = whole.slices.get(number)
        failures = (piece.failed if piece else 0) if whole.has_outcomes else None
        spread = piece.distribution if piece and piece.requests else None
        parts.append(TimePart(first - whole.first, last - whole.first, failures, spread))
    return parts


def file_warnings(run: LoadTestRun) -> list[AnswerWarning]:
    """What is wrong with the file, or unusual in the run."""
    warnings = damage_warnings([run])
    if run.gaps:
        longest = max(end - start for start, end in run.gaps)
        message = (
            f"no request started in {pluralize(len(run.gaps), 'stretch').replace('stretchs', 'stretches')} of time, "
            f"the longest of {format_quantity(longest, 's')}"
        )
        fix = "check whether the load generator stopped or the file holds several runs"
        warnings.append(AnswerWarning("gaps", message, fix))
    return [*warnings, *endpoint_warnings(run)]


def closed_model(run: LoadTestRun) -> str | None:
    """What shows that users waited for answers before they sent more; None where nothing shows it."""
    if run.format.startswith(CLOSED_TOOLS):
        return f"{run.format.split(' (')[0]} sends no request while a user waits"
    in_flight = _constant_in_flight(run.whole)
    if in_flight is None:
        return None
    return f"about {pluralize(round(in_flight), 'request')} stayed in flight while the throughput changed"


def _constant_in_flight(whole: EndpointStatistics) -> float | None:
    """Mean number of requests in flight, where it stays while the throughput changes; None otherwise.

    By Little's law that number is the latencies of a slice, summed, over its width.
    """
    numbers = sorted(whole.slices)[1:-1]  # the first and the last are not full
    slices = [whole.slices[number] for number in numbers]
    requests = sum(part.requests for part in slices)
    total = sum(part.total for part in slices)
    width = whole.slice_seconds * NANOSECONDS
    if len(slices) < _FEWEST_SLICES or not total or total / requests > width / 2:
        return None
    in_flight = [part.total / width for part in slices]
    spread, varying = _variation(in_flight), _variation([float(part.requests) for part in slices])
    if varying < _VARYING_THROUGHPUT or spread > _STEADY_IN_FLIGHT * varying:
        return None
    return sum(in_flight) / len(in_flight)


def _variation(values: Sequence[float]) -> float:
    """The coefficient of variation."""
    mean = sum(values) / len(values)
    return math.sqrt(sum((value - mean) ** 2 for value in values) / len(values)) / mean


def coordinated_omission(reason: str, *, can_correct: bool) -> AnswerWarning:
    """The warning that slow answers kept requests from being sent. Only single requests can be corrected."""
    message = f"{reason}, so slow answers kept requests from being sent: these figures are too good"
    fix = "test with arrival rates (an open model)"
    return AnswerWarning(
        "coordinated_omission", message, f"set --intended-rate and --users, or {fix}" * can_correct or fix
    )


def read_from(run: LoadTestRun) -> str:
    """Where the figures come from."""
    name = "standard input" if run.path == "-" else one_line(run.path)
    tool = f"{run.format} {one_line(run.version)}".rstrip()
    return f"Read from {name}: {tool}, {run.bytes} bytes, {run.requests_read} requests."


def assumptions_of(run: LoadTestRun, interval: int | None, *, has_intervals: bool) -> list[str]:
    """What the figures of a run's requests rest on."""
    texts = [
        "Percentiles are by nearest rank (type 1): the smallest measured value that this share does not exceed.",
        "Failed requests count with their time.",
    ]
    if run.path:
        texts.append(read_from(run))
    if interval:
        step = format_quantity(interval / NANOSECONDS, "s")
        texts.append(
            f"Corrected for coordinated omission with one request per user every {step}, as HdrHistogram does."
        )
    elif has_intervals:
        texts.append("Intervals are from order statistics, corrected for the dependence between time slices.")
    if run.resolution:
        texts.append(f"Values are resolved to 1 part in {round(1 / run.resolution)}.")
    if run.warm_up_seconds:
        left = run.requests_read - run.whole.requests
        texts.append(
            f"Warm-up: {left} requests of the first {format_quantity(run.warm_up_seconds, 's')} are left out of "
            "latency and throughput; their failures count."
        )
    return texts + reader_notes([run])


def answer_of(run: LoadTestRun, results: Sequence[Result], percentiles: Mapping[str, float]) -> str:
    """The answer in a sentence."""
    by_name = {result.name: result for result in results}
    # a tool may report more of them than a sentence can hold
    usual = {name: percentiles[name] for name in _USUAL if name in percentiles}
    named = usual if usual and len(percentiles) > len(_USUAL) else percentiles
    texts = [f"{name} {format_quantity(value, 's')}" for name, value in list(named.items())[: len(_USUAL)]]
    if not texts and "mean" in by_name:
        texts = [f"mean {format_quantity(by_name['mean'].value, 's')}"]
    parts = [", ".join(texts)] if texts else []
    if "throughput" in by_name:
        parts.append(f"{format_quantity(by_name['throughput'].value, '1/s')}")
    if "error_rate" in by_name:
        parts.append(f"{format_quantity(by_name['error_rate'].value, 'ratio')} failed")
    text = f"{pluralize(run.whole.requests, 'request')}: {'; '.join(parts)}"
    if run.warm_up_seconds:
        left = format_quantity(run.warm_up_seconds, "s")
        return f"{text}; the first {left} are left out as warm-up."
    return f"{text}." if run.has_steady_state else f"{text}. The run has no steady state."
