"""The answer of `results compare` for one measure: figures that the user gives, or one run on each side."""

from __future__ import annotations

import math
from typing import NamedTuple

from acolytes_perf.methods.comparison.runs import (
    POWER,
    RelativeChange,
    RunSample,
    ShareChange,
    compare_runs,
    compare_shares,
    mann_whitney,
    required_runs,
)
from acolytes_perf.outcome import STATISTICAL, AnswerWarning, Interval, Outcome, Result
from acolytes_perf.wording import format_quantity

#: The name of a measure without a name.
UNNAMED = "the metric"


class Figures(NamedTuple):
    """One measure of both sides.

    Attributes:
        measure: its name.
        unit: of the figures.
        baseline: a figure for each run; empty where only `samples` has their mean and deviation.
        candidate: the same.
        limit: the gate's, as a ratio; None without a gate.
    """

    measure: str
    unit: str
    baseline: list[float]
    candidate: list[float]
    limit: float | None


def report_samples(figures: Figures, baseline: RunSample, candidate: RunSample) -> Outcome:
    """The change of the measure as a ratio."""
    comparison, limit = compare_runs(baseline, candidate), figures.limit
    interval = Interval(comparison.low, comparison.high, STATISTICAL, 0.95)
    worse = -comparison.change if figures.measure == "throughput" else comparison.change
    results = [
        *_sides(figures, math.exp(baseline.log_mean), math.exp(candidate.log_mean), baseline.runs, candidate.runs),
        Result("change", comparison.change, "ratio", interval, both_ways(limit)),
        Result("different", comparison.is_significant, ""),
        Result("smallest_detectable", comparison.detectable, "ratio"),
        Result("variation_between_runs", max(baseline.log_sd, candidate.log_sd), "ratio"),
        *_ranks(figures),
    ]
    failed = limit is not None and comparison.is_significant and worse >= limit
    warnings = _unnamed(figures)
    if limit is not None:
        results.append(Result("gate_passed", not failed, ""))
        if not failed and comparison.detectable > limit:
            warnings.append(blind_gate(comparison.detectable, limit, required_runs(limit, baseline, candidate)))
    is_still = not baseline.log_sd and not candidate.log_sd
    if is_still:
        message = "the runs of each side do not vary at all: they may be copies of one run"
        warnings.append(AnswerWarning("no_variation", message, "use runs that were made separately"))
    answer = _answer(figures, comparison, worse, failed=failed, is_still=is_still)
    return Outcome(answer, results, ASSUMPTIONS, warnings, failed=failed)


def report_shares(figures: Figures) -> Outcome:
    """The change of a share, such as that of failed requests, as a difference. Shares may be 0."""
    change, limit = compare_shares(figures.baseline, figures.candidate), figures.limit
    interval = Interval(change.low, change.high, STATISTICAL, 0.95)
    results = [
        *_sides(figures, change.baseline, change.candidate, len(figures.baseline), len(figures.candidate)),
        Result("difference", change.difference, "ratio", interval),
        Result("different", change.is_significant, ""),
        Result("smallest_detectable", change.detectable, "ratio"),
        *_ranks(figures),
    ]
    is_large = limit is not None and change.difference >= limit * change.baseline
    failed = change.is_significant and change.difference > 0 and is_large
    if limit is not None:
        results.append(Result("gate_passed", not failed, ""))
    texts = [
        "Each run counts as one share. Welch's t test of the shares, two-sided.",
        "The counts of failures and requests say more than shares: result files have them.",
    ]
    return Outcome(_share_answer(figures, change, failed=failed), results, texts, failed=failed)


def _share_answer(figures: Figures, change: ShareChange, *, failed: bool) -> str:
    before, after = format_quantity(change.baseline, "ratio"), format_quantity(change.candidate, "ratio")
    reach = f"(95 % interval of the difference {format_quantity(change.low, 'ratio')} to "
    reach += f"{format_quantity(change.high, 'ratio')})"
    if change.is_significant:
        word = "worse" if change.difference > 0 else "better"
        sentence = f"{figures.measure} changed from {before} to {after} {reach}: {word}, and more than noise"
    else:
        sentence = f"No difference shown: {figures.measure} {before} and {after} {reach}"
    return sentence + gate_text(figures.limit, failed=failed)


def both_ways(limit: float | None) -> list[float]:
    """The limit of a gate for measures that rise and for throughput, which falls."""
    return [] if limit is None else [limit, -limit]


def gate_text(limit: float | None, *, failed: bool) -> str:
    """The end of the answer: what the gate says, if there is one."""
    return (
        "." if limit is None else f"; the gate of {format_quantity(limit, 'ratio')} {'fails' if failed else 'passes'}."
    )


def blind_gate(detectable: float, limit: float, runs: int | None) -> AnswerWarning:
    """The warning of a gate that passes although the runs could not show what it forbids."""
    shown = format_quantity(detectable, "ratio", [limit])
    message = f"these runs would detect {shown}, not {format_quantity(limit, 'ratio')}"
    fix = f"make about {runs} runs on each side" if runs else "find out why the runs vary so much"
    return AnswerWarning("gate_is_blind", f"{message}: a passed gate proves little", fix)


def report_one_each(figures: Figures, error_within_runs: float | None) -> Outcome:
    """One run on each side: only the noise between requests is known, and that does not decide."""
    before, after = figures.baseline[0], figures.candidate[0]
    results = _sides(figures, before, after, 1, 1)
    message = "one run on each side cannot separate a change from the noise between runs (1 to 10 % on most systems)"
    warning = AnswerWarning("one_run", message, "make 5 runs on each side, alternating, and pass all of them")
    if before:
        change = after / before - 1
        results.append(Result("change", change, "ratio"))
        size = f"{format_quantity(abs(change), 'ratio')} {'higher' if change > 0 else 'lower'}"
    else:
        size = f"{format_quantity(after, figures.unit)} after 0"
    if error_within_runs:
        results.append(Result("error_within_runs", error_within_runs, "ratio"))
    answer = f"Undecided: {figures.measure} is {size}, and one run on each side cannot separate that from the noise"
    return Outcome(f"{answer} between runs.", results, ASSUMPTIONS[:1], [*_unnamed(figures), warning])


ASSUMPTIONS = [
    "Each run counts as one figure. The figures of a side are independent and vary in proportion to their size.",
    "Welch's t test of logarithms, two-sided: 5 % of comparisons of identical systems report a difference.",
    "Runs of both sides were made alternately on the same machines, so that nothing else differs.",
]


def _sides(figures: Figures, before: float, after: float, runs_before: int, runs_after: int) -> list[Result]:
    return [
        Result("baseline", before, figures.unit),
        Result("candidate", after, figures.unit),
        Result("baseline_runs", runs_before, "runs"),
        Result("candidate_runs", runs_after, "runs"),
    ]


def _ranks(figures: Figures) -> list[Result]:
    """The Mann-Whitney test, which needs the figures of both sides."""
    if not figures.baseline or not figures.candidate:
        return []
    ranks = mann_whitney(figures.baseline, figures.candidate)
    if not ranks:
        return []
    return [Result("mann_whitney_u", ranks[0], ""), Result("mann_whitney_p", ranks[1], "probability")]


def _unnamed(figures: Figures) -> list[AnswerWarning]:
    if figures.measure != UNNAMED:
        return []
    message = "the metric has no name, so larger is taken as worse"
    fix = "set --metric, for example p95; with throughput, smaller is worse"
    return [AnswerWarning("unnamed_metric", message, fix)]


def _answer(figures: Figures, comparison: RelativeChange, worse: float, *, failed: bool, is_still: bool) -> str:
    limits = both_ways(figures.limit)
    size, low, high = (
        format_quantity(end, "ratio", limits) for end in (abs(comparison.change), comparison.low, comparison.high)
    )
    size += " higher" if comparison.change > 0 else " lower"
    reach = f"(95 % interval {low} to {high})"
    if comparison.is_significant:
        noise = "in runs without any noise" if is_still else "and more than noise"
        sentence = f"{figures.measure} is {size} {reach}: {'worse' if worse > 0 else 'better'}, {noise}"
    else:
        sentence = (
            f"No difference shown: {figures.measure} is {size} {reach}; these runs would detect "
            f"{format_quantity(comparison.detectable, 'ratio')} or more in {format_quantity(POWER, 'ratio')} of cases"
        )
    return sentence + gate_text(figures.limit, failed=failed)
