"""Whether a candidate is slower than the baseline by more than the noise between runs; a gate for pipelines."""

from __future__ import annotations

import math
import os

from acolytes_perf.commands.results_summarize import LABEL, WARM_UP
from acolytes_perf.declare import Command
from acolytes_perf.errors import CannotAnswerError, InputError, one_line
from acolytes_perf.inputs.fields import Field, Inputs, text_field
from acolytes_perf.inputs.tables import Table
from acolytes_perf.inputs.units import COUNT, NUMBER, RATIO, TEXT
from acolytes_perf.methods.latency import (
    LatencyDistribution,
    design_effect,
    exceedances_by_slice,
    percentile_rank_interval,
)
from acolytes_perf.methods.load_test_run import LoadTestRun, read_run
from acolytes_perf.methods.run_comparison import (
    POWER,
    RelativeChange,
    RunSample,
    compare_runs,
    mann_whitney,
    required_runs,
    sample_from_moments,
    sample_of,
)
from acolytes_perf.outcome import STATISTICAL, AnswerWarning, Interval, Outcome, Result
from acolytes_perf.result_files.record import NANOSECONDS
from acolytes_perf.wording import format_quantity, pluralize

SIDES = ("baseline", "candidate")
#: A larger difference of the loads changes latencies by itself.
_SAME_LOAD = 0.1
#: The name of a metric without a name.
_UNNAMED = "the metric"


def run(inputs: Inputs) -> Outcome:
    """The change of the metric, whether it is more than noise, and the change that these runs would detect."""
    _check_apart(inputs)
    runs = {side: _runs(inputs, side) for side in SIDES}
    # figures without a file may be of anything
    metric = inputs.text("metric") or ("p95" if any(runs.values()) else _UNNAMED)
    figures = {side: _figures(inputs, side, runs[side], metric) for side in SIDES}
    baseline, candidate = (_side(inputs, side, figures[side]) for side in SIDES)
    limit = inputs.optional("regression")
    results = [
        Result("baseline", math.exp(baseline.log_mean), _unit(inputs, metric)),
        Result("candidate", math.exp(candidate.log_mean), _unit(inputs, metric)),
        Result("baseline_runs", baseline.runs, "runs"),
        Result("candidate_runs", candidate.runs, "runs"),
    ]
    warnings = _loads(runs, metric) + _tools(runs)
    if metric == _UNNAMED:
        message = "the metric has no name, so larger is taken as worse"
        warnings.append(
            AnswerWarning("unnamed_metric", message, "set --metric, for example p95; with throughput, smaller is worse")
        )
    if baseline.runs == candidate.runs == 1:
        return _one_each(runs, results, warnings, limit, metric)
    comparison = compare_runs(baseline, candidate)
    worse = -comparison.change if metric == "throughput" else comparison.change
    results += [
        Result("change", comparison.change, "ratio", Interval(comparison.low, comparison.high, STATISTICAL, 0.95)),
        Result("different", comparison.is_significant, ""),
        Result("smallest_detectable", comparison.detectable, "ratio"),
        Result("variation_between_runs", max(baseline.log_sd, candidate.log_sd), "ratio"),
    ]
    ranks = mann_whitney(figures["baseline"], figures["candidate"]) if all(figures.values()) else None
    if ranks:
        results += [Result("mann_whitney_u", ranks[0], ""), Result("mann_whitney_p", ranks[1], "probability")]
    failed = limit is not None and comparison.is_significant and worse >= limit
    if limit is not None:
        results.append(Result("gate_passed", not failed, ""))
        if not failed and comparison.detectable > limit:
            need = required_runs(limit, baseline, candidate)
            fix = f"make about {need} runs on each side" if need else "find out why the runs vary so much"
            message = (
                f"these runs would detect {format_quantity(comparison.detectable, 'ratio')}, not "
                f"{format_quantity(limit, 'ratio')}"
            )
            warnings.append(AnswerWarning("gate_is_blind", f"{message}: a passed gate proves little", fix))
    is_still = not baseline.log_sd and not candidate.log_sd
    if is_still:
        message = "the runs of each side do not vary at all: they may be copies of one run"
        warnings.append(AnswerWarning("no_variation", message, "use runs that were made separately"))
    answer = _answer(metric, comparison, worse, limit, failed=failed, is_still=is_still)
    return Outcome(answer, results, _assumptions(runs), warnings, failed=failed)


def _answer(
    metric: str, comparison: RelativeChange, worse: float, limit: float | None, *, failed: bool, is_still: bool
) -> str:
    size = f"{format_quantity(abs(comparison.change), 'ratio')} {'higher' if comparison.change > 0 else 'lower'}"
    reach = f"(95 % interval {format_quantity(comparison.low, 'ratio')} to {format_quantity(comparison.high, 'ratio')})"
    if comparison.is_significant:
        noise = "in runs without any noise" if is_still else "and more than noise"
        sentence = f"{metric} is {size} {reach}: {'worse' if worse > 0 else 'better'}, {noise}"
    else:
        sentence = (
            f"No difference shown: {metric} is {size} {reach}; these runs would detect "
            f"{format_quantity(comparison.detectable, 'ratio')} or more in {format_quantity(POWER, 'ratio')} of cases"
        )
    if limit is None:
        return sentence + "."
    return f"{sentence}; the gate of {format_quantity(limit, 'ratio')} {'fails' if failed else 'passes'}."


def _one_each(
    runs: dict[str, list[LoadTestRun]], results: list[Result], warnings: list[AnswerWarning], limit: float | None,
    metric: str,
) -> Outcome:  # fmt: skip
    """One run on each side: only the noise between requests is known, and that does not decide."""
    if limit is not None:
        message = (
            "needs the noise between runs, and one run on each side shows none; missing: one run more, better five"
        )
        raise CannotAnswerError("/regression", message, {"regression": None})
    change = results[1].value / results[0].value - 1  # type: ignore[operator]
    about = _within(runs, metric)
    results.append(Result("change", change, "ratio"))
    if about:
        results.append(Result("error_within_runs", about, "ratio"))
    message = "one run on each side cannot separate a change from the noise between runs (1 to 10 % on most systems)"
    warnings.append(AnswerWarning("one_run", message, "make 5 runs on each side, alternating, and pass all of them"))
    size = f"{format_quantity(abs(change), 'ratio')} {'higher' if change > 0 else 'lower'}"
    answer = (
        f"Undecided: {metric} is {size}, and one run on each side cannot separate that from the noise between runs."
    )
    return Outcome(answer, results, _assumptions(runs), warnings)


def _within(runs: dict[str, list[LoadTestRun]], metric: str) -> float | None:
    """How far the noise between requests may move the change of a percentile; None where it is unknown."""
    if not all(runs.values()) or not metric.startswith("p"):
        return None
    squares = 0.0
    for side in SIDES:
        tally, share = runs[side][0].whole, _share(metric)
        if not tally.counts:
            return None
        spread = LatencyDistribution(tally.counts)
        slices = [tally.slices[number] for number in sorted(tally.slices) if tally.slices[number].requests]
        factor = design_effect(*exceedances_by_slice(slices, spread.percentile(share)))
        ranks = percentile_rank_interval(spread.requests, share, factor) if factor else None
        if not ranks or not spread.at_rank(ranks[0]):
            return None
        squares += (math.log(spread.at_rank(ranks[1]) / spread.at_rank(ranks[0])) / 2) ** 2
    return math.expm1(math.sqrt(squares))


def _runs(inputs: Inputs, side: str) -> list[LoadTestRun]:
    """The runs in the files of the side; empty where the user gave figures."""
    names = inputs.present(side, f"{side}_values", f"{side}_stats")
    if not names:
        raise COMMAND.missing(f"{side}_values", f"one figure for each run; for result files add --{side} FILE,...")
    if len(names) > 1:
        raise InputError(f"/{names[1]}", f"cannot be used with {names[0]}: leave one out", {names[1]: None})
    label, warm = inputs.text("label"), inputs.text("warm_up") or "none"
    paths = inputs.texts(side)
    double = next((path for index, path in enumerate(paths) if path in paths[:index]), None)
    if double is not None:
        raise InputError(f"/{side}", f"names {one_line(double)!r} twice: each run counts once")
    return [read_run(path, f"/{side}/{index}", label, warm) for index, path in enumerate(paths)]


def _check_apart(inputs: Inputs) -> None:
    """Raise an error for a file on both sides, which would compare a run with itself."""
    baseline_files = {os.path.realpath(path) for path in inputs.texts("baseline")}
    for index, path in enumerate(inputs.texts("candidate")):
        if os.path.realpath(path) in baseline_files:
            raise InputError(
                f"/candidate/{index}", f"{one_line(path)!r} is also a file of the baseline: leave it out there"
            )


def _figures(inputs: Inputs, side: str, runs: list[LoadTestRun], metric: str) -> list[float]:
    """One figure for each run; empty where the user gave only mean and deviation."""
    if runs:
        return [_figure(test_run, metric, f"/{side}/{index}") for index, test_run in enumerate(runs)]
    return inputs.numbers(f"{side}_values")


def _side(inputs: Inputs, side: str, figures: list[float]) -> RunSample:
    if figures:
        return sample_of(figures)
    row = inputs.rows(f"{side}_stats")[0]
    return sample_from_moments(int(row.number("runs")), row.number("mean"), row.number("sd"))


def _share(metric: str) -> float:
    return float(metric[1:]) / 100


def _figure(test_run: LoadTestRun, metric: str, pointer: str) -> float:
    """The run's value of the metric, which must be above 0."""
    reported, histogram = test_run.summary, test_run.whole
    value: float | None
    if metric == "throughput":
        seconds = reported.duration if reported else test_run.duration
        value = (reported.requests if reported else histogram.requests) / seconds if seconds else None
    elif metric == "mean":
        value = reported.mean if reported else histogram.mean
    elif reported:
        value = next(
            (latency for share, latency in reported.percentiles.items() if abs(share - _share(metric)) < 1e-9), None
        )
    else:
        value = LatencyDistribution(histogram.counts).percentile(_share(metric)) / NANOSECONDS
    if not value:
        what = "is 0" if value == 0 else "is not in the file"
        raise InputError(
            pointer, f"{metric} {what} ({one_line(test_run.path)}, {test_run.format}): choose another --metric"
        )
    return value


def _unit(inputs: Inputs, metric: str) -> str:
    if "baseline" not in inputs or "candidate" not in inputs:
        return ""
    return "1/s" if metric == "throughput" else "s"


def _loads(runs: dict[str, list[LoadTestRun]], metric: str) -> list[AnswerWarning]:
    rates = []
    for side in SIDES:
        side_rates = [
            test_run.whole.requests / test_run.duration
            for test_run in runs[side]
            if test_run.duration and test_run.whole.requests
        ]
        if not side_rates:
            return []
        rates.append(sum(side_rates) / len(side_rates))
    if metric == "throughput" or abs(rates[1] / rates[0] - 1) <= _SAME_LOAD:
        return []
    message = (
        f"the loads of the sides differ: {format_quantity(rates[0], '1/s')} and "
        f"{format_quantity(rates[1], '1/s')}; latency "
        "depends on the load"
    )
    return [AnswerWarning("load_differs", message, "test both sides with the same arrival rate")]


def _tools(runs: dict[str, list[LoadTestRun]]) -> list[AnswerWarning]:
    """A warning where the tools differ: they start and stop the clock at different moments."""
    formats = sorted({test_run.format for side in SIDES for test_run in runs[side]})
    if len(formats) < 2:
        return []
    message = f"the runs were measured by different tools ({', '.join(formats)}), which measure differently"
    return [AnswerWarning("tools_differ", message, "measure both sides with the same tool and script")]


def _assumptions(runs: dict[str, list[LoadTestRun]]) -> list[str]:
    texts = [
        "Each run counts as one figure. The figures of a side are independent and vary in proportion to their size.",
        "Welch's t test of logarithms, two-sided: 5 % of comparisons of identical systems report a difference.",
        "Runs of both sides were made alternately on the same machines, so that nothing else differs.",
    ]
    for side in SIDES:
        if runs[side]:
            formats = ", ".join(sorted({test_run.format for test_run in runs[side]}))
            cuts = ", ".join(format_quantity(test_run.warm_up_seconds, "s") for test_run in runs[side])
            warm = (
                f"; left out at the start: {cuts}" if any(test_run.warm_up_seconds for test_run in runs[side]) else ""
            )
            texts.append(f"{side}: {pluralize(len(runs[side]), 'file')} of {formats}{warm}.")
    return texts


def _side_fields(side: str, figures: str, stats: str) -> tuple[Field | Table, ...]:
    return (
        Field(side, TEXT, f"result files of the {side}, one for each run", f"{side}-1.json,{side}-2.json", max_items=50,
              is_file=True),
        Field(f"{side}_values", NUMBER, f"one figure for each run of the {side}, not files", figures, 1e-12, 1e15,
              max_items=50),
        Table(
            f"{side}_stats",
            (
                Field("runs", COUNT, "number of runs", "5", 2, 1e6, required=True),
                Field("mean", NUMBER, "mean of their figures", "36105.6", 1e-12, 1e15, required=True),
                Field("sd", NUMBER, "standard deviation of their figures", "31.2", 0, 1e15, required=True),
            ),
            f"mean and standard deviation of the {side}'s runs, instead of the figures", stats, max_rows=1,
        ),
    )  # fmt: skip


_RESULTS = {
    "baseline": "the metric of the baseline: the geometric mean of its runs",
    "candidate": "the metric of the candidate: the geometric mean of its runs",
    "baseline_runs": "number of runs of the baseline",
    "candidate_runs": "number of runs of the candidate",
    "change": "candidate over baseline - 1: 5 % means 5 % more than the baseline",
    "different": "whether the 95 % interval of the change excludes 0",
    "smallest_detectable": "the smallest increase that these runs would detect in 80 of 100 comparisons",
    "variation_between_runs": "standard deviation between runs, as a share, of the side that varies more",
    "mann_whitney_u": "pairs of runs in which the baseline is larger",
    "mann_whitney_p": "probability of so extreme a number of pairs if both sides are alike",
    "error_within_runs": (
        "how far the change may be off by the requests of the two runs alone, without noise between runs"
    ),
    "gate_passed": "no: worse by at least `regression`, and by more than the noise",
}

COMMAND = Command(
    name="results compare",
    summary="Whether a candidate is slower than the baseline by more than the noise between runs; a gate for CI.",
    fields=(
        *_side_fields("baseline", "102,99,101,100,98", "5:36105.6:31.2"),
        *_side_fields("candidate", "107,109,106,110,108", "5:36142.6:50"),
        text_field("metric", "what is compared (default p95 of files)", "p95",
                   r"p(?!0*(\.0*)?$)\d{1,2}(\.\d{1,5})?|mean|throughput",
                   "a percentile such as p95, mean or throughput"),
        Field("regression", RATIO, "gate: exit code 1 when worse by this much and by more than noise", "5%",
              1e-6, 1, aliases=("gate",)),
        LABEL,
        WARM_UP,
    ),
    run=run,
    formula="t = difference of the mean logarithms / sqrt(s1^2/n1 + s2^2/n2), Welch's degrees of freedom; smallest "
    "detectable = exp((t(.975) + t(.8)) * standard error) - 1",
    source="Welch 1947, doi 10.1093/biomet/34.1-2.28; Mann and Whitney 1947, doi 10.1214/aoms/1177730491",
    example={"baseline_values": "102,99,101,100,98", "candidate_values": "107,109,106,110,108"},
    results=_RESULTS,
)  # fmt: skip
