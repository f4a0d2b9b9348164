"""The confidence interval of a percentile of one run, whose requests depend on each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from acolytes_perf.declare import Command
from acolytes_perf.errors import CannotAnswerError, InputError
from acolytes_perf.inputs.fields import Field, Inputs
from acolytes_perf.inputs.units import DURATION, RATIO, TEXT
from acolytes_perf.methods.runs.files import COLUMNS, LABEL, WARM_UP, read_columns
from acolytes_perf.methods.statistics.dependent_percentile import percentile_interval
from acolytes_perf.outcome import STATISTICAL, AnswerWarning, Interval, Outcome, Result, ResultTable, Row
from acolytes_perf.wording import format_interval, format_quantity, pluralize

if TYPE_CHECKING:
    from acolytes_perf.methods.runs.load_test import LoadTestRun
    from acolytes_perf.methods.statistics.dependent_percentile import PercentileInterval

_MOST_VALUES = 20_000


def run(inputs: Inputs) -> Outcome:
    """Read the requests in order, and find the interval of each percentile."""
    latencies, test_run = _read(inputs)
    level = inputs.number("level")
    shares = sorted(set(inputs.numbers("percentiles")))
    found = {f"p{100 * share:.6g}": percentile_interval(latencies, share, level) for share in shares}
    answered = {name: one for name, one in found.items() if one.low is not None}
    if not answered:
        name, one = min(found.items(), key=lambda item: item[1].needed)
        message = (
            f"has {pluralize(len(latencies), 'request')}, too few for an interval of {name}, since they depend on each "
            f"other; missing: {one.needed - len(latencies)} more at the same rate, about {one.needed} in all"
        )
        raise CannotAnswerError("/file" if test_run else "/latencies", message)
    results = [Result("requests", len(latencies), "requests")]
    if test_run and test_run.warm_up_seconds:
        results.append(Result("warm_up", test_run.warm_up_seconds, "s"))
    return Outcome(
        _answer(answered, level),
        results,
        _assumptions(inputs, test_run),
        _warnings(found, len(latencies), test_run),
        tables=[ResultTable("percentiles", "percentile", [_row(name, one, level) for name, one in found.items()])],
    )


def _read(inputs: Inputs) -> tuple[list[float], LoadTestRun | None]:
    if "latencies" in inputs and "file" in inputs:
        raise InputError("/latencies", "cannot be used with file: leave one out", {"latencies": None})
    if "latencies" in inputs:
        for name in ("label", "columns", "warm_up"):
            if name in inputs.written:
                raise InputError(f"/{name}", "has no effect without a file", {name: None})
        return inputs.numbers("latencies"), None
    path = inputs.text("file")
    if path is None:
        raise COMMAND.missing("file", "a result file with single requests; or give latencies")
    from acolytes_perf.methods.runs.request_sequence import read_sequence  # only files need it

    return read_sequence(path, "/file", inputs.text("label"), inputs.text("warm_up") or "auto", read_columns(inputs))


def _row(name: str, one: PercentileInterval, level: float) -> Row:
    limits = None
    if one.low is not None and one.high is not None:
        limits = Interval(one.low, one.high, STATISTICAL, level)
    return Row(
        name,
        [
            Result("latency", one.value, "s", limits),
            Result("inflation", one.inflation, "x"),
            Result("needed", one.needed, "requests"),
        ],
    )


def _answer(answered: dict[str, PercentileInterval], level: float) -> str:
    texts = []
    for name, one in answered.items():
        limits = format_interval(one.low or 0.0, one.high, "s", STATISTICAL, level)
        texts.append(
            f"{name} is {format_quantity(one.value, 's')} ({limits}; "
            f"{format_quantity(one.inflation, '')} requests count as one)"
        )
    return f"{', '.join(texts)}."


def _assumptions(inputs: Inputs, test_run: LoadTestRun | None) -> list[str]:
    texts = [
        "The run is in steady state. Its requests depend on each other; those of another run may differ by more.",
        "The interval is of this run's system and load. Of runs that are repeated, compare the runs (results compare).",
    ]
    if test_run is None:
        return texts
    if "label" not in inputs and len(test_run.endpoints) > 1:
        texts.append(f"All {len(test_run.endpoints)} endpoints together; --label chooses one.")
    if test_run.whole.failed:
        texts.append(f"{test_run.whole.failed} failed requests are among them.")
    return [*texts, *test_run.notes]


def _warnings(
    found: dict[str, PercentileInterval], requests: int, test_run: LoadTestRun | None
) -> Sequence[AnswerWarning]:
    warnings = []
    short = {name: one.needed for name, one in found.items() if one.low is None}
    if short:
        needs = ", ".join(f"{name} {needed}" for name, needed in short.items())
        message = f"{requests} requests are too few for some intervals, since they depend on each other"
        warnings.append(AnswerWarning("run_too_short", message, f"run longer; requests needed: {needs}"))
    if test_run and not test_run.has_steady_state:
        from acolytes_perf.outputs.reader_notes import no_steady_state

        warnings.append(no_steady_state())
    return warnings


#: Response times in milliseconds of a queue that is 60 % busy, one after the other.
_EXAMPLE = (
    12, 15, 9, 31, 44, 52, 40, 18, 7, 11, 9, 14, 26, 33, 21, 8, 5, 17, 12, 6, 9, 28, 35, 47, 61, 58, 39, 22, 13, 8, 10,
    7, 19, 24, 11, 6, 14, 9, 16, 30, 27, 12, 8, 5, 11, 20, 34, 29, 15, 9, 7, 13, 10, 25, 38, 31, 17, 8, 6, 12,
)  # fmt: skip

COMMAND = Command(
    name="latency ci",
    summary="The confidence interval of a percentile such as p99 of one run, whose requests depend on each other.",
    fields=(
        Field("file", TEXT, "result file with single requests",
              "run.jtl", is_file=True),
        Field("latencies", DURATION, "latencies in order of time, instead of a file", "12ms,15ms,9ms", 0, 7 * 86400,
              max_items=_MOST_VALUES),
        LABEL,
        COLUMNS,
        WARM_UP,
        Field("percentiles", RATIO, "percentiles with an interval", "95%,99%", 1e-6, 0.9999999, default="99%",
              max_items=20),
        Field("level", RATIO, "confidence level", "90%", 0.5, 0.999, default="95%"),
    ),
    run=run,
    formula="ranks n (p +- t sqrt(p (1 - p) f / n)), f = 1 + 2 sum of the autocorrelations of 1{latency > percentile}, "
    "at least that of the median; refused below 3 f(median) / (1 - p) requests",
    source="Geyer 1992, section 3.3 (initial monotone sequence); Heidelberger and Lewis 1984 (percentiles of dependent "
    "sequences)",
    example={"latencies": ",".join(f"{value}ms" for value in _EXAMPLE), "percentiles": "50%,70%"},
    results={
        "requests": "requests without those of the warm-up",
        "warm_up": "time at the start that does not count",
    },
    tables={
        "percentiles": {
            "latency": "the percentile",
            "inflation": "so many requests count as one independent request",
            "needed": "about how many requests an interval needs",
        }
    },
)  # fmt: skip
