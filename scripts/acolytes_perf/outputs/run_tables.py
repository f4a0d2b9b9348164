"""The tables of a load-test run: percentiles, distribution, the run over time, endpoints, failures.

Source of apdex: Sevcik (editor), Application Performance Index technical specification 1.1, Apdex Alliance 2007: a
request of at most the target time T counts as satisfied, one of at most 4 T as tolerating (half), and any other one, or
one that failed, as frustrated.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from acolytes_perf.methods.latency.percentiles import LatencyDistribution
from acolytes_perf.outcome import Result, ResultTable, Row
from acolytes_perf.result_files.record import NANOSECONDS
from acolytes_perf.wording import format_quantity

#: The percentiles of endpoints and of intervals of time.
SHARES = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
#: Rows of the tables in an answer as text.
TEXT_ENDPOINTS, TEXT_FAILURES, TEXT_RUNS, TEXT_GAPS = 20, 10, 20, 5
#: The run over time as text has at most so many rows.
MOST_PARTS = 12
#: Steps of the distribution for each factor of ten.
_STEPS_PER_DECADE = 10


class TimePart(NamedTuple):
    """The requests that started in an interval of time; times in seconds since the start of the run."""

    start: float
    end: float
    failures: int | None
    #: None without requests.
    spread: LatencyDistribution | None

    @property
    def requests(self) -> int:
        """Their number."""
        return self.spread.requests if self.spread else 0


class FiguresRow(NamedTuple):
    """What the table says of one endpoint, or of one run.

    Attributes:
        name: of the endpoint, or the path of the run.
        requests: their number, without those of the warm-up.
        all_requests: with those of the warm-up.
        failures: how many of all failed; None where the file does not tell.
        duration: of the run in seconds; None where unknown.
        mean: latency in seconds.
        maximum: latency in seconds.
        percentiles: latencies in seconds by the names of SHARES.
        apdex: from 0 to 1; None without a target.
    """

    name: str
    requests: int
    all_requests: int
    failures: int | None
    duration: float | None
    mean: float | None
    maximum: float | None
    percentiles: Mapping[str, float]
    apdex: float | None = None


def apdex_of(successes: LatencyDistribution | None, requests: int, target: float) -> float:
    """Apdex of a run.

    Args:
        successes: latencies of the requests that did not fail, in nanoseconds; None where all failed.
        requests: number of all requests, at least 1.
        target: the time T in seconds.

    Returns:
        From 0 to 1.

    >>> apdex_of(LatencyDistribution({100_000_000: 6, 300_000_000: 2, 900_000_000: 1}), 10, 0.1)
    0.7
    """
    if successes is None:
        return 0.0
    satisfied, bearable = (requests_up_to(successes, factor * target * NANOSECONDS) for factor in (1, 4))
    return (satisfied + (bearable - satisfied) / 2) / requests


def requests_up_to(distribution: LatencyDistribution, limit: float) -> int:
    """How many requests took at most a time in nanoseconds.

    >>> requests_up_to(LatencyDistribution({10: 3, 20: 2}), 19)
    3
    """
    return distribution.up_to(round(limit))


def distribution_table(distribution: LatencyDistribution) -> ResultTable:
    """How many requests took how long, by steps of a tenth of a factor of ten."""
    first = next((value for value in distribution.values if value), 1)
    # a value that lies on the end of a step belongs to the step below
    power = math.ceil(math.log10(first) * _STEPS_PER_DECADE - 0.05) - 1
    rows, low, counted = [], 0.0, 0
    while counted < distribution.requests:
        power += 1
        high = _edge(power)
        until = requests_up_to(distribution, high * NANOSECONDS)
        rows.append(_step(low, high, until - counted))
        low, counted = high, until
    return ResultTable("distribution", "latency", rows, text_rows=0)


def _edge(power: int) -> float:
    """The end of a step in seconds, with three digits."""
    return float(f"{10 ** (power / _STEPS_PER_DECADE) / NANOSECONDS:.3g}")


def _step(low: float, high: float, requests: int) -> Row:
    label = f"up to {format_quantity(high, 's')}"
    return Row(label, [Result("from", low, "s"), Result("to", high, "s"), Result("requests", requests, "requests")])


def time_tables(intervals: Sequence[TimePart]) -> list[ResultTable]:
    """The run over time: every interval, and at most MOST_PARTS parts of it for a text."""
    if len(intervals) < 2:
        return []
    size = math.ceil(len(intervals) / MOST_PARTS)
    parts = [_joined(intervals[first : first + size]) for first in range(0, len(intervals), size)]
    columns = ["requests", "throughput", "error_rate", *SHARES]
    return [
        ResultTable("parts", "time", list(map(_interval_row, parts)), text_rows=MOST_PARTS, text_columns=columns),
        ResultTable("time_series", "time", list(map(_interval_row, intervals)), text_rows=0),
    ]


def clock(seconds: float) -> str:
    """A time since the start of the run, as on a stop watch.

    >>> clock(0.5), clock(75), clock(3725)
    ('0:00.5', '1:15', '1:02:05')
    """
    whole = math.floor(seconds + 5e-4)
    rest = f"{max(0.0, seconds - whole):.3f}"[1:].rstrip("0").rstrip(".")
    minutes, second = divmod(whole, 60)
    hours, minute = divmod(minutes, 60)
    return (f"{hours}:{minute:02}" if hours else f"{minute}") + f":{second:02}{rest}"


def _joined(intervals: Sequence[TimePart]) -> TimePart:
    failures = [part.failures for part in intervals if part.failures is not None]
    spreads = [part.spread for part in intervals if part.spread]
    spread = LatencyDistribution.merged(spreads) if spreads else None
    return TimePart(intervals[0].start, intervals[-1].end, sum(failures) if failures else None, spread)


def _interval_row(part: TimePart) -> Row:
    length = part.end - part.start
    results = [Result("start", part.start, "s"), Result("length", length, "s")]
    results.append(Result("requests", part.requests, ""))
    if length > 0:
        results.append(Result("throughput", part.requests / length, "1/s"))
    if part.failures is not None:
        results.append(Result("failures", part.failures, ""))
        if length > 0:
            results.append(Result("failure_rate", part.failures / length, "1/s"))
        if part.requests:
            results.append(Result("error_rate", part.failures / part.requests, "ratio"))
    if part.spread:
        results += [Result(name, part.spread.percentile(share) / NANOSECONDS, "s") for name, share in SHARES.items()]
    return Row(clock(part.start), results)


def endpoint_table(endpoints: Iterable[FiguresRow]) -> ResultTable:
    """A row for each endpoint, in the order given."""
    columns = ["requests", "error_rate", "apdex", *SHARES]
    rows = [_figures_row(endpoint) for endpoint in endpoints]
    return ResultTable("endpoints", "endpoint", rows, text_rows=TEXT_ENDPOINTS, text_columns=columns)


def run_table(runs: Iterable[FiguresRow]) -> ResultTable:
    """A row for each run."""
    columns = ["requests", "throughput", "error_rate", "apdex", *SHARES]
    return ResultTable("runs", "run", list(map(_figures_row, runs)), text_rows=TEXT_RUNS, text_columns=columns)


def _figures_row(figures: FiguresRow) -> Row:
    results = [Result("requests", figures.requests, "")]
    if figures.duration:
        results.append(Result("throughput", figures.requests / figures.duration, "1/s"))
    if figures.failures is not None:
        results.append(Result("failures", figures.failures, ""))
        if figures.all_requests:
            results.append(Result("error_rate", figures.failures / figures.all_requests, "ratio"))
    if figures.apdex is not None:
        results.append(Result("apdex", figures.apdex, ""))
    results += [Result(name, value, "s") for name, value in figures.percentiles.items()]
    named = (("mean", figures.mean), ("max", figures.maximum))
    return Row(figures.name, [*results, *(Result(name, value, "s") for name, value in named if value is not None)])


def failure_table(causes: Mapping[tuple[str, str], int], requests: int) -> ResultTable:
    """The failures by code and message, most frequent first.

    Args:
        causes: how often each code and message occurred.
        requests: number of all requests, for the shares.
    """
    ordered = sorted(causes.items(), key=lambda item: (-item[1], item[0]))
    rows = [
        Row(_cause(*cause), [Result("failures", count, ""), Result("share", count / requests, "ratio")])
        for cause, count in ordered
    ]
    return ResultTable("failures", "failure", rows, text_rows=TEXT_FAILURES)


def _cause(code: str, message: str) -> str:
    """Code and message as one text, without repeating what both say.

    >>> _cause("500", "Internal Server Error"), _cause("", ""), _cause("503", "503")
    ('500 Internal Server Error', 'without code or message', '503')
    """
    if not message or code == message:
        return code or "without code or message"
    return f"{code} {message}".strip()


def gap_table(gaps: Iterable[tuple[float, float]]) -> ResultTable:
    """Times without any request.

    Args:
        gaps: start and end of each in seconds since the start of the run.
    """
    rows = [Row(clock(start), [Result("start", start, "s"), Result("length", end - start, "s")]) for start, end in gaps]
    return ResultTable("gaps", "gap", rows, text_rows=TEXT_GAPS, text_columns=["length"])
