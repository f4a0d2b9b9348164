"""The answer of `budget check` for a page: its score, its metrics and a verdict for each limit."""

from __future__ import annotations

import math
from collections.abc import Sequence

from acolytes_perf.inputs.fields import Inputs
from acolytes_perf.methods.budgets.page import SCORE, PageRun, PageVerdict, check_pages, read_limits, read_pages
from acolytes_perf.methods.budgets.page_score import METRICS, metric_score
from acolytes_perf.methods.budgets.verdict import FAIL, PASS, UNDECIDED
from acolytes_perf.outcome import AnswerWarning, Outcome, Result, ResultTable, Row
from acolytes_perf.wording import format_quantity, pluralize

_VERDICT = (
    "A limit fails when the mean of the runs is beyond it by more than noise, and passes when the one-sided 95 % limit "
    "is within it."
)


def page_outcome(inputs: Inputs) -> Outcome:
    """Check the page of a call.

    Raises:
        InputError: limits, reports or values are wrong.
    """
    runs = read_pages(inputs)
    verdicts = check_pages(runs, read_limits(inputs.rows("limits")), inputs.number("variation"))
    counts = {kind: sum(one.verdict == kind for one in verdicts) for kind in (FAIL, UNDECIDED, PASS)}
    undecided_fails = inputs.text("undecided") == "fail"
    failed = bool(counts[FAIL]) or (bool(counts[UNDECIDED]) and undecided_fails)
    score = math.fsum(run.score for run in runs) / len(runs)
    results = [
        Result("limits", len(verdicts), "limits"),
        Result("failed", counts[FAIL], "limits"),
        Result("undecided", counts[UNDECIDED], "limits"),
        Result("passed", counts[PASS], "limits"),
        Result("gate_passed", not failed, ""),
        Result("score", score, ""),
    ]
    times = [one for one in verdicts if one.measure in METRICS and METRICS[one.measure].is_time]
    others = [one for one in verdicts if one not in times]
    return Outcome(
        _answer(verdicts, score, len(runs)),
        results,
        [
            f"Score by the curves of Lighthouse 10 and later ({runs[0].device}); Lighthouse rounds scores to 0.01.",
            _VERDICT,
            f"An undecided budget {'fails' if undecided_fails else 'passes'} the gate (--undecided).",
        ],
        _warnings(inputs, len(runs)),
        failed=failed,
        tables=[
            ResultTable("page_limits", "limit", _rows(others, "")),
            ResultTable("page_time_limits", "limit", _rows(times, "s")),
            ResultTable("page_metrics", "metric", _metrics(runs)),
        ],
    )


def _answer(verdicts: Sequence[PageVerdict], score: float, runs: int) -> str:
    words = {FAIL: "fails", UNDECIDED: "is undecided", PASS: "passes"}
    texts = [f"{one.measure} {words[one.verdict]} ({_show(one)})" for one in verdicts]
    return f"Score {100 * score:.4g} of 100 over {pluralize(runs, 'run')}: {', '.join(texts)}."


def _show(one: PageVerdict) -> str:
    unit = "s" if one.measure in METRICS and METRICS[one.measure].is_time else ""
    word = "at least" if one.measure == SCORE else "at most"
    return f"{format_quantity(one.value, unit, [one.limit])}, {word} {format_quantity(one.limit, unit)}"


def _rows(verdicts: Sequence[PageVerdict], unit: str) -> list[Row]:
    return [
        Row(
            one.measure,
            [
                Result("value", one.value, unit, limits=[one.limit]),
                Result("limit", one.limit, unit),
                Result("bound", one.bound, unit, limits=[one.limit]),
                Result("fails", one.verdict == FAIL, ""),
                Result("passes", one.verdict == PASS, ""),
            ],
        )
        for one in verdicts
    ]


def _metrics(runs: Sequence[PageRun]) -> list[Row]:
    rows = []
    for name, metric in METRICS.items():
        mean = math.fsum(run.values[name] for run in runs) / len(runs)
        score = math.fsum(metric_score(name, run.values[name], run.device) for run in runs) / len(runs)
        value = Result("time", mean, "s") if metric.is_time else Result("shift", mean, "")
        rows.append(Row(name, [value, Result("score", score, ""), Result("weight", metric.weight, "ratio")]))
    return rows


def _warnings(inputs: Inputs, runs: int) -> list[AnswerWarning]:
    if runs > 1:
        return []
    share = format_quantity(inputs.number("variation"), "ratio")
    message = f"there is one run, so that runs are assumed to vary by {share} (of the score: by as many points)"
    return [AnswerWarning("variation_assumed", message, "make 5 runs, or set --variation to what earlier runs showed")]
