"""What a release changed, in every endpoint and measure, by more than the noise between runs; a gate for pipelines."""

from __future__ import annotations

import math
from collections.abc import Sequence

from acolytes_perf.declare import Command
from acolytes_perf.errors import CannotAnswerError, InputError, one_line
from acolytes_perf.inputs.fields import Field, Inputs
from acolytes_perf.inputs.tables import Table
from acolytes_perf.inputs.units import COUNT, FIGURE, NUMBER, RATIO, TEXT
from acolytes_perf.methods.comparison.releases import (
    FAILURES,
    MEASURES,
    THROUGHPUT,
    WHOLE,
    MeasureChange,
    compare_releases,
    figure_of,
)
from acolytes_perf.methods.comparison.runs import RunSample, sample_from_moments, sample_of
from acolytes_perf.methods.runs.figures import RunRecord, read_records
from acolytes_perf.methods.runs.files import (
    COLUMNS,
    LABEL,
    WARM_UP,
    check_apart,
    read_columns,
    run_files,
    runs_field,
)
from acolytes_perf.outcome import AnswerWarning, Outcome, Result
from acolytes_perf.outputs import figure_report, release_report
from acolytes_perf.outputs.render import room_for_tables
from acolytes_perf.wording import format_quantity

SIDES = ("baseline", "candidate")


def run(inputs: Inputs) -> Outcome:
    """All changes of result files; the change of one measure for figures that the user gives."""
    names = {side: _input_of(inputs, side) for side in SIDES}
    paths = {side: run_files(inputs.texts(side), f"/{side}") if names[side] == side else [] for side in SIDES}
    check_apart(*paths.values())
    has_files, has_figures = any(paths.values()), not all(paths.values())
    if not has_files:
        for name in ("label", "columns", "warm_up"):
            if name in inputs.written:
                raise InputError(f"/{name}", "has no effect: the call names no result file", {name: None})
    measures = _measures(inputs, has_files=has_files, has_figures=has_figures)
    warm_up, label = inputs.text("warm_up") or "none", inputs.text("label")
    named = {side: names for side, names in paths.items() if names}
    records = read_records(named, label, warm_up, measures, read_columns(inputs))
    runs = {side: records.get(side, []) for side in SIDES}
    if has_files and has_figures and inputs.texts("metric") != [FAILURES]:
        figures = next(name for side, name in names.items() if name != side)
        message = "cannot be compared with files: it has no unit; give files of both sides, or figures of both"
        raise InputError(f"/{figures}", message)
    if has_figures:
        return _compare_figures(inputs, runs, measures[0])
    if all(len(side) == 1 for side in runs.values()):
        return _one_each(inputs, runs, measures)
    return _compare_files(inputs, runs, measures)


def _compare_files(inputs: Inputs, runs: dict[str, list[RunRecord]], measures: Sequence[str]) -> Outcome:
    for measure in inputs.texts("metric"):
        _require(runs, measure)
    before, after = ([run.figures for run in runs[side]] for side in SIDES)
    changes = compare_releases(before, after, measures)
    tests = sum(1 + (change.relative is not None) for change in changes)
    reported = [change for change in changes if change.is_reported]
    results = [
        *(Result(f"{side}_runs", len(runs[side]), "runs") for side in SIDES),
        Result("endpoints", len({change.endpoint for change in changes} - {WHOLE}) or 1, "endpoints"),
        Result("tests", tests, "tests"),
        Result("worse", sum(change.is_worse for change in reported), "changes"),
        Result("better", sum(not change.is_worse for change in reported), "changes"),
    ]
    warnings = release_report.run_warnings(runs, uses_throughput=THROUGHPUT in measures)
    limit, failed = inputs.optional("regression"), False
    answer = release_report.describe(changes, limit)
    if limit is not None:
        failed = any(_is_regression(change, limit) for change in reported)
        results.append(Result("gate_passed", not failed, ""))
        if not failed:
            warnings += _blind(changes, limit, min(map(len, runs.values())))
    if not any(change.variation for change in changes if change.measure != FAILURES):
        message = "the runs of each side do not vary at all: they may be copies of one run"
        warnings.append(AnswerWarning("no_variation", message, "use runs that were made separately"))
    texts = release_report.assumptions(runs, tests)
    with_failed = release_report.all_requests_table(runs, changes)
    if with_failed.rows:
        texts.insert(1, release_report.successes_text(runs, changes))
    tables = [*release_report.change_tables(changes, limit, room_for_tables(results, warnings, texts)), with_failed]
    return Outcome(
        answer + figure_report.gate_text(limit, failed=failed),
        results,
        texts,
        warnings,
        failed=failed,
        tables=tables,
    )


def _is_regression(change: MeasureChange, limit: float) -> bool:
    """Whether a reported change is worse by at least the limit, relative to the baseline."""
    if not change.change.is_significant or not change.is_worse:
        return False
    size = change.change.value
    if change.measure == FAILURES:  # the difference of shares; after 0 any rise is endless
        return size >= limit * change.baseline
    return abs(size) >= limit


def _blind(changes: Sequence[MeasureChange], limit: float, runs: int) -> list[AnswerWarning]:
    """The warning of a passed gate whose runs could not show its limit, in the median endpoint's best latency."""
    smallest: dict[str, float] = {}
    for change in changes:
        if change.measure not in (FAILURES, THROUGHPUT):
            smallest[change.endpoint] = min(change.detectable, smallest.get(change.endpoint, math.inf))
    if not smallest:
        return []
    detectable = sorted(smallest.values())[len(smallest) // 2]
    if detectable <= limit:
        return []
    return [figure_report.blind_gate(detectable, limit, math.ceil(runs * (detectable / limit) ** 2))]


def _one_each(inputs: Inputs, runs: dict[str, list[RunRecord]], measures: Sequence[str]) -> Outcome:
    _refuse_gate(inputs)
    measure = measures[0] if inputs.texts("metric") else "p95"
    figures = _figures(runs, measure, None)
    errors = [run.figures[WHOLE].errors.get(measure) for side in runs.values() for run in side]
    # latencies that the tool rounds may have an error of 0
    known = [error for error in errors if error is not None]
    within = math.expm1(1.96 * math.hypot(*known)) if len(known) == len(errors) else None
    outcome = figure_report.report_one_each(figures, within)
    shares = [run.figures[WHOLE] for side in runs.values() for run in side]
    answer = outcome.answer
    if all(share.failures is not None for share in shares):
        before, after = (format_quantity((share.failures or 0) / share.requests, "ratio") for share in shares)
        answer += f" Failures: {before} and {after}."
    warnings = [*outcome.warnings, *release_report.run_warnings(runs, uses_throughput=THROUGHPUT in measures)]
    texts = [*outcome.assumptions, *release_report.files_text(runs)]
    rows = release_report.single_run_table(runs, measures, room_for_tables(outcome.results, warnings, texts))
    return outcome._replace(answer=answer, warnings=warnings, tables=[rows], assumptions=texts)


def _refuse_gate(inputs: Inputs) -> None:
    if "regression" in inputs:
        message = "needs the noise between runs, and one run on each side shows none; missing: one run more"
        raise CannotAnswerError("/regression", f"{message}, better five", {"regression": None})


def _compare_figures(inputs: Inputs, runs: dict[str, list[RunRecord]], measure: str) -> Outcome:
    figures = _figures(runs, measure, inputs)
    both = all(runs.values())
    warnings = release_report.run_warnings(runs, uses_throughput=True) if both else release_report.damage(runs)
    sides = (figures.baseline, figures.candidate)
    texts = release_report.files_text(runs)
    if all(len(side) == 1 for side in sides):
        _refuse_gate(inputs)
        outcome = figure_report.report_one_each(figures, None)
        warnings += outcome.warnings
        return outcome._replace(warnings=warnings, assumptions=[*outcome.assumptions, *texts])
    if measure == FAILURES:
        if not all(sides):
            raise InputError("/metric", "failures need a figure for each run: use result files or *_values")
        outcome = figure_report.report_shares(figures)
        warnings += outcome.warnings
        return outcome._replace(warnings=warnings, assumptions=[*outcome.assumptions, *texts])
    samples = [_sample(inputs, side, values) for side, values in zip(SIDES, sides)]
    outcome = figure_report.report_samples(figures, *samples)
    warnings += outcome.warnings
    return outcome._replace(warnings=warnings, assumptions=[*outcome.assumptions, *texts])


def _sample(inputs: Inputs, side: str, figures: list[float]) -> RunSample:
    if figures:
        for index, figure in enumerate(figures):
            if not figure:
                message = "'0' must be more than 0, since changes are ratios: only --metric failures takes 0"
                raise InputError(f"/{side}_values/{index}", message)
        return sample_of(figures)
    row = inputs.rows(f"{side}_stats")[0]
    return sample_from_moments(int(row.number("runs")), row.number("mean"), row.number("sd"))


def _figures(runs: dict[str, list[RunRecord]], measure: str, inputs: Inputs | None) -> figure_report.Figures:
    """One measure of both sides, from files or as the user gave it."""
    values = []
    for side in SIDES:
        if runs[side]:
            values.append([_figure(run, measure, f"/{side}/{index}") for index, run in enumerate(runs[side])])
        else:
            values.append(inputs.numbers(f"{side}_values") if inputs else [])
    unit = "ratio" if measure == FAILURES else ""
    if all(runs.values()) and measure != FAILURES:
        unit = "1/s" if measure == THROUGHPUT else "s"
    limit = inputs.optional("regression") if inputs else None
    return figure_report.Figures(measure, unit, values[0], values[1], limit)


def _figure(record: RunRecord, measure: str, pointer: str) -> float:
    """The run's value of the measure, of all its requests."""
    whole = record.figures[WHOLE]
    if measure == FAILURES:
        value = None if whole.failures is None else whole.failures / whole.requests
    else:
        value = figure_of(whole, measure)
    if value is None:
        message = f"{measure} is not in the file ({one_line(record.path)}, {record.format}): choose another --metric"
        raise InputError(pointer, message)
    return value


def _require(runs: dict[str, list[RunRecord]], measure: str) -> None:
    """Raise an error where a run lacks a measure that the user chose."""
    for side in SIDES:
        for index, record in enumerate(runs[side]):
            _figure(record, measure, f"/{side}/{index}")


def _measures(inputs: Inputs, *, has_files: bool, has_figures: bool) -> list[str]:
    chosen = list(dict.fromkeys(inputs.texts("metric")))
    if has_figures:
        if len(chosen) > 1:
            raise InputError(
                "/metric", "takes one measure with figures; several need result files", {"metric": chosen[0]}
            )
        # figures without a file may be of anything
        return chosen or (["p95"] if has_files else [figure_report.UNNAMED])
    if not chosen:
        return list(MEASURES)
    # a fast error looks like a fast answer
    return [*chosen, *([] if FAILURES in chosen else [FAILURES])]


def _input_of(inputs: Inputs, side: str) -> str:
    """The name of the input that has the side's runs."""
    names = inputs.present(side, f"{side}_values", f"{side}_stats")
    if not names:
        if inputs.present(*SIDES):
            raise COMMAND.missing(side, "the files of the other side need files to compare with")
        raise COMMAND.missing(f"{side}_values", f"one figure for each run; for result files add --{side} FILE,...")
    if len(names) > 1:
        raise InputError(f"/{names[1]}", f"cannot be used with {names[0]}: leave one out", {names[1]: None})
    return names[0]


def _side_fields(side: str, figures: str, stats: str) -> tuple[Field | Table, ...]:
    return (
        runs_field(side, f"result files of the {side}: one for each run, a pattern, or a folder", f"{side}-*.jtl"),
        Field(f"{side}_values", FIGURE, f"one figure for each run of the {side}, not files", figures, 0, 1e15,
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
    "baseline_runs": "number of runs of the baseline",
    "candidate_runs": "number of runs of the candidate",
    "endpoints": "endpoints that all runs have",
    "tests": "tests that the correction takes into account",
    "worse": "changes in the bad direction by more than noise",
    "better": "changes in the good direction by more than noise",
    "gate_passed": "whether the gate passed: no means exit code 1",
    "baseline": "figures or one run a side: the baseline's measure, the geometric mean of its runs",
    "candidate": "the candidate's measure, the geometric mean of its runs",
    "change": "candidate over baseline - 1: 5 % means 5 % more than the baseline",
    "difference": "difference of the shares: candidate less baseline",
    "different": "whether the change is more than noise: the 95 % interval of the change excludes 0",
    "smallest_detectable": "the smallest increase that these runs would detect in 80 of 100 comparisons",
    "variation_between_runs": "standard deviation between runs, as a share, of the side that varies more",
    "mann_whitney_u": "pairs of runs in which the baseline is larger",
    "mann_whitney_p": "probability of so extreme a number of pairs if both sides are alike",
    "error_within_runs": (
        "possible error of the change by the requests of the two runs: alone, without noise between runs"
    ),
}

_SIDES = {
    "baseline": "the baseline: geometric mean of its runs; failures: share of all its requests",
    "candidate": "the candidate: in the same way",
}
_CHANGES = {
    **_SIDES,
    "change": "candidate over baseline - 1; for failures the difference of the shares",
    "p": "how likely such a change is without any, corrected for all tests: below 5 % it is more than noise",
    "smallest_detectable": "the smallest change that these runs show in 80 of 100 comparisons",
}
_TABLES = {
    "failures": _CHANGES,
    "latencies": {
        **_CHANGES,
        "against_others": "change against the median of the other endpoints: a slower machine does not cause it",
        "p_against_others": "probability of so large a change against the other endpoints: by noise alone",
    },
    "throughput": _CHANGES,
    "changed_latencies": {
        "smallest_detectable": _CHANGES["smallest_detectable"],
        "against_others": "change against the median of the other endpoints, which a slower machine does not cause",
        "p_against_others": "probability of such a change against the others without a difference",
    },
    "with_failed_requests": _SIDES,
    "runs": {name: _CHANGES[name] for name in ("baseline", "candidate", "change")},
}

COMMAND = Command(
    name="results compare",
    summary="Which endpoints of a candidate are slower or fail more than the baseline's by more than noise; a gate.",
    fields=(
        *_side_fields("baseline", "102,99,101,100,98", "5:36105.6:31.2"),
        *_side_fields("candidate", "107,109,106,110,108", "5:36142.6:50"),
        Field(
            "metric", TEXT, "what is compared: percentiles, mean, failures, throughput; default all", "p95",
            max_items=8, pattern=r"p(?!0*(\.0*)?$)\d{1,2}(\.\d{1,5})?|mean|throughput|failures",
            pattern_doc="a percentile such as p95, mean, failures or throughput", aliases=("metrics", "measure"),
        ),
        Field("regression", RATIO, "gate: exit code 1 when worse by this much and by more than noise", "5%",
              1e-6, 1, aliases=("gate",)),
        LABEL,
        COLUMNS,
        WARM_UP,
    ),
    run=run,
    formula="t = difference of the mean logarithms / standard error, for each endpoint and measure; failures by counts "
    "over runs; Holm's correction over all tests",
    source="Welch 1947, doi 10.1093/biomet/34.1-2.28; Holm 1979; Mann and Whitney 1947, doi 10.1214/aoms/1177730491",
    example={"baseline_values": "102,99,101,100,98", "candidate_values": "107,109,106,110,108"},
    results=_RESULTS,
    tables=_TABLES,
)  # fmt: skip
