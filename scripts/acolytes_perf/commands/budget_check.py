"""Whether runs keep a performance budget: pass, fail or undecided for each limit; a gate for pipelines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from acolytes_perf.declare import Command, Format
from acolytes_perf.errors import InputError, MissingInputError, quoted
from acolytes_perf.inputs.fields import Field, Inputs, choice_field
from acolytes_perf.inputs.input_sources import parse_json_object, read_text_file
from acolytes_perf.inputs.tables import Table
from acolytes_perf.inputs.units import RATIO, TEXT
from acolytes_perf.methods.budgets.limits import (
    ABOVE_BASELINE,
    AT_LEAST,
    AT_MOST,
    BELOW_BASELINE,
    Budget,
    Limit,
    parse_budget,
)
from acolytes_perf.methods.budgets.page_inputs import DEVICE, PAGE_VALUES, PAGES
from acolytes_perf.methods.budgets.verdict import (
    FAIL,
    UNDECIDED,
    LimitVerdict,
    check_limits,
    count_verdicts,
    overall,
)
from acolytes_perf.methods.comparison.releases import THROUGHPUT, WHOLE
from acolytes_perf.methods.runs.figures import RunRecord, read_sides
from acolytes_perf.methods.runs.files import WARM_UP, runs_field, values_table
from acolytes_perf.outcome import AnswerWarning, Outcome, Result
from acolytes_perf.outputs import release_report
from acolytes_perf.outputs.budget_report import (
    CHANGE_COLUMNS,
    LIMIT_COLUMNS,
    describe,
    perhaps_kept,
    rule_texts,
    verdict_tables,
)
from acolytes_perf.outputs.github_summary import summary
from acolytes_perf.outputs.junit import test_suite
from acolytes_perf.outputs.render import room_for_tables
from acolytes_perf.wording import format_quantity, pluralize

_VARIATION = "5%"


def run(inputs: Inputs) -> Outcome:
    """Read the budget and the runs, and judge every limit."""
    if inputs.present("pages", "page_values"):
        return _page(inputs)
    if "device" in inputs:
        raise InputError("/device", "has no effect without page_values", {"device": None})
    budget = _budget(inputs)
    if "budget" in inputs and not inputs.present("candidate", "candidate_values"):
        raise COMMAND.missing("candidate", "the result files to check")
    sides = ("baseline", "candidate")
    twice = next((side for side in sides if inputs.text("budget") == "-" and "-" in inputs.texts(side)), None)
    if twice:
        raise InputError(f"/{twice}", "is standard input, which has the budget: name files for one of them")
    runs = read_sides(inputs, sides, budget.measures())
    if not runs["candidate"]:
        raise COMMAND.missing(
            "candidate_values", "one row for each run and measure; for result files add --candidate FILE,..."
        )
    is_assumed = all(len(side) < 2 for side in runs.values())
    if "variation" in inputs.written and not is_assumed:
        message = "has no effect: the runs show how much they vary"
        raise InputError("/variation", message, {"variation": None})
    endpoints = _endpoints(runs)
    if not runs["baseline"]:
        _refuse_missing_baseline(budget.limits(endpoints, has_baseline=False))
    has_failures = all(record.figures[WHOLE].failures is not None for side in runs.values() for record in side)
    limits = budget.limits(endpoints, has_baseline=bool(runs["baseline"]) and has_failures)
    figures = {side: [record.figures for record in records] for side, records in runs.items()}
    if "limits" in inputs and "candidate_values" in inputs:
        measured = {row.text("measure") for row in inputs.rows("candidate_values")}
        for index, limit in enumerate(inputs.rows("limits")):
            if limit.text("measure") not in measured:
                message = f"{limit.text('measure')} is not in candidate_values: add its values, or leave the limit out"
                raise InputError(f"/limits/{index}", message)
    verdicts = check_limits(limits, figures["candidate"], figures["baseline"], inputs.number("variation"))
    counts, verdict = count_verdicts(verdicts), overall(verdicts)
    failed = verdict == FAIL or (verdict == UNDECIDED and inputs.text("undecided") == "fail")
    needed = [one.runs_needed for one in verdicts if one.verdict == UNDECIDED]
    results = [
        Result("limits", len(verdicts), "limits"),
        Result("failed", counts["fail"], "limits"),
        Result("undecided", counts["undecided"], "limits"),
        Result("passed", counts["pass"], "limits"),
        Result("gate_passed", not failed, ""),
    ]
    if needed:
        results.append(Result("runs_needed", None if None in needed else max(n for n in needed if n), "runs"))
    texts = _assumptions(inputs, runs, verdicts, is_assumed=is_assumed)
    warnings = _warnings(inputs, runs, is_assumed=is_assumed)
    tables = verdict_tables(verdicts, room_for_tables(results, warnings, texts))
    return Outcome(describe(verdicts), results, texts, warnings, failed=failed, tables=tables)


def _page(inputs: Inputs) -> Outcome:
    """The check of a page, whose limits are of its Lighthouse score and metrics."""
    from acolytes_perf.outputs.page_report import page_outcome  # only pages need it

    if "limits" not in inputs:
        raise COMMAND.missing("limits", "such as score:90%,lcp:2.5s for a page")
    return page_outcome(inputs)


def _budget(inputs: Inputs) -> Budget:
    """The limits of the file, or those of the call."""
    names = inputs.present("budget", "limits")
    if not names:
        raise COMMAND.missing("limits", "limits for all requests; for a file with them add --budget FILE")
    if len(names) > 1:
        raise InputError("/limits", "cannot be used with budget: leave one out", {"limits": None})
    if names == ["limits"]:
        return _budget_of_rows(inputs.rows("limits"))
    path = inputs.text("budget") or ""
    try:
        content = parse_json_object(
            read_text_file(path, ""), quoted(path), '{"all_requests": {"p95": {"at_most": "500ms"}}}'
        )
    except InputError as error:
        if error.pointer:
            error.message = f"{quoted(path)}: {error.pointer[1:]} {error.message}"
        error.pointer = "/budget"
        raise
    return parse_budget(content, path)


def _budget_of_rows(rows: Sequence[Inputs]) -> Budget:
    section: dict[str, dict[str, object]] = {}
    for index, row in enumerate(rows):
        measure = row.text("measure") or ""
        is_change, is_throughput = "against" in row, measure == THROUGHPUT
        kind = (
            (BELOW_BASELINE if is_throughput else ABOVE_BASELINE)
            if is_change
            else AT_LEAST
            if is_throughput
            else AT_MOST
        )
        kinds = section.setdefault(measure, {})
        if kind in kinds:
            raise InputError(f"/limits/{index}", f"limits {measure} twice: leave one out")
        kinds[kind] = row.text("limit")
    return parse_budget({"all_requests": section}, "")


def _refuse_missing_baseline(limits: Sequence[Limit]) -> None:
    count = sum(limit.needs_baseline for limit in limits)
    if count:
        message = f"is missing, e.g. --baseline 'before-*.jtl': the budget has {pluralize(count, 'limit')} against it"
        raise MissingInputError("/baseline", message, {"baseline": "before-*.jtl"})


def _endpoints(runs: Mapping[str, Sequence[RunRecord]]) -> list[str]:
    """The endpoints that all runs of the candidate have, and those of the baseline where there are any."""
    everywhere = [record.figures for side in runs.values() for record in side]
    first = runs["candidate"][0].figures
    return [name for name in first if name != WHOLE and all(name in figures for figures in everywhere)]


def _warnings(inputs: Inputs, runs: Mapping[str, Sequence[RunRecord]], *, is_assumed: bool) -> list[AnswerWarning]:
    warnings = []
    if is_assumed:
        share = format_quantity(inputs.number("variation"), "ratio")
        message = f"no side has two runs, so that runs are assumed to vary by {share}"
        fix = "make 3 runs or more, or set --variation to what earlier runs showed"
        warnings.append(AnswerWarning("variation_assumed", message, fix))
    if all(runs.values()):
        return [*warnings, *release_report.run_warnings(runs, uses_throughput=False)]
    return [*warnings, *release_report.damage({"candidate": runs["candidate"]})]


def _assumptions(
    inputs: Inputs, runs: Mapping[str, Sequence[RunRecord]], verdicts: Sequence[LimitVerdict], *, is_assumed: bool
) -> list[str]:
    texts = [
        "Latencies are of successful requests. Each run counts as one figure; failures count over all runs.",
        *rule_texts([one.limit for one in verdicts]),
        "From fails_from on a limit fails in 80 of 100 checks: more runs lower it; for failures more requests do.",
        "A limit passes when the one-sided 95 % limit of the value, or of the change, is within it.",
    ]
    near = perhaps_kept(verdicts)
    if near:
        texts.insert(-2, near)
    action = "fails" if inputs.text("undecided") == "fail" else "passes"
    texts.append(f"An undecided budget {action} the gate (--undecided). runs_needed would decide in 80 of 100 checks.")
    if all(runs.values()):
        order = release_report.order_text(runs)
        texts += [order] if order else []
    if is_assumed:
        texts.append("The variation between runs is assumed, not measured.")
    texts += release_report.files_text(runs)
    return texts


_PAGE_LIMIT = {
    "value": "mean of the runs",
    "limit": "the limit of the budget: at least of the score, at most of a metric",
    "bound": "one-sided confidence limit of the value: 95 %, in the bad direction",
    "fails": "whether the limit fails: the value is beyond the limit by more than noise",
    "passes": "whether the limit passes: within the limit even in the bad case; no in both: undecided",
}
COMMAND = Command(
    name="budget check",
    summary="Whether runs keep a performance budget: pass, fail or undecided; JUnit XML, a GitHub summary; a gate.",
    fields=(
        Field("budget", TEXT, "the budget, a JSON file; budget init proposes one", "budget.json", is_file=True),
        Table(
            "limits",
            (
                Field("measure", TEXT, "a percentile, mean, failures or throughput", "p95", required=True),
                Field("limit", TEXT, "at most this; of throughput at least this", "500ms", required=True),
                choice_field("against", "with baseline: the most that it may be worse than the baseline", ("baseline",),
                             None),
            ),
            "limits of all requests, instead of a budget", "p95:500ms,failures:1%", max_rows=20,
        ),
        runs_field("candidate", "result files to check: one for each run, a pattern, or a folder", "after-*.jtl"),
        values_table("candidate"),
        runs_field("baseline", "result files to compare with, for limits against a baseline", "before-*.jtl"),
        values_table("baseline"),
        choice_field("undecided", "what an undecided budget does to the exit code", ("pass", "fail"), "pass"),
        Field("variation", RATIO, "standard deviation between runs, where no side has two runs", "3%", 1e-4, 1,
              default=_VARIATION),
        WARM_UP,
        PAGES, PAGE_VALUES, DEVICE,
    ),
    run=run,
    formula="value fails: one-sided t test of logarithms against the limit, failures by counts over runs, Holm's "
    "correction; change fails: the same test against no change, and the estimate is above the limit; pass when the "
    "one-sided 95 % limit is within the limit",
    source="Holm 1979; Welch 1947, doi 10.1093/biomet/34.1-2.28; Newcombe 1998 (method 10); Lighthouse 12 (score)",
    example={"limits": "p95:500ms,mean:300ms", "candidate_values": "p95:412ms,p95:420ms,mean:180ms,mean:186ms"},
    results={
        "limits": "limits of the budget, one for each endpoint and measure",
        "failed": "limits that fail; of unchanged releases that keep all limits of values at most 5 % have any",
        "undecided": "limits that more runs would decide",
        "passed": "limits that pass",
        "gate_passed": "whether the gate passed: no means exit code 1",
        "score": "Lighthouse score of the page, 0 to 1, as the mean of its runs",
        "runs_needed": "runs a side that would decide all limits in 80 of 100 checks; never: a value is at its limit",
    },
    tables={
        "page_limits": _PAGE_LIMIT,
        "page_time_limits": _PAGE_LIMIT,
        "page_metrics": {
            "time": "time of the metric: mean over the runs",
            "shift": "layout shift: mean over the runs",
            "score": "score of the metric, 0 to 1",
            "weight": "weight of the metric in the score of the page",
        },
        "latency_limits": LIMIT_COLUMNS,
        "failure_limits": LIMIT_COLUMNS,
        "throughput_limits": LIMIT_COLUMNS,
        "latency_changes": CHANGE_COLUMNS,
        "failure_changes": CHANGE_COLUMNS,
        "throughput_changes": CHANGE_COLUMNS,
    },
    formats={
        "junit": Format((".xml",), test_suite),
        "github": Format((), summary, "github-summary.md"),
    },
)  # fmt: skip
