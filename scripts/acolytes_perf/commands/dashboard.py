"""A dashboard for executives: one HTML page of answers, in five groups, each figure with its origin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from acolytes_perf.declare import Answer, Command, Format
from acolytes_perf.inputs.fields import Field, Inputs
from acolytes_perf.inputs.units import TEXT
from acolytes_perf.outcome import AnswerWarning, Outcome, Result, ResultTable, Row
from acolytes_perf.outputs.answer_files import FOLDER, answers_field, chosen_answers
from acolytes_perf.reports.benchmarks import BENCHMARKS, read_benchmarks
from acolytes_perf.wording import pluralize

if TYPE_CHECKING:
    from acolytes_perf.reports.overview import Overview


def run(inputs: Inputs) -> Outcome:
    """Sort the answers into the five groups, and say what is missing."""
    overview = _overview(inputs)
    from acolytes_perf.reports.dashboard_page import counted

    results = counted(overview)
    by_name = {result.name: result.value for result in results}
    missing = [kpi.name for _, kpi in overview.missing]
    answer = f"{pluralize(len(overview.answers), 'answer')} in {by_name['groups_covered']} of 5 groups"
    answer += f"; missing: {', '.join(missing)}." if missing else "; nothing is missing."
    rows = [
        Row(group.name, [
            Result("answers", sum(len(answers) for _, answers in kpis), "answers"),
            Result("missing", sum(group == other for other, _ in overview.missing), "subjects"),
        ])
        for group, kpis in overview.groups
    ]  # fmt: skip
    edited = [one.path for one in overview.answers if one.is_edited]
    warnings = [
        AnswerWarning("edited_answer", f"{path} was edited after it was written", "make the answer again with --save")
        for path in edited
    ]
    texts = ["Each figure is as its answer has it; nothing is computed again. The page links it to command and method."]
    return Outcome(answer, results, texts, warnings, tables=[ResultTable("groups", "group", rows)])


def _overview(inputs: Inputs) -> Overview:
    from acolytes_perf.reports.overview import arrange

    benchmarks = read_benchmarks(inputs)
    answers = chosen_answers(inputs, may_be_none=bool(benchmarks))
    return arrange(answers, benchmarks)


def _page(answer: Answer) -> str:
    from acolytes_perf.reports.dashboard_page import draw

    return draw(answer, _overview(answer.inputs), answer.inputs.text("title") or "")


COMMAND = Command(
    name="dashboard",
    summary="One HTML page for executives from kept answers, in five groups; each figure leads to its origin.",
    fields=(
        answers_field(f"answers: files, folders or patterns (default: here and in {FOLDER}/)"),
        BENCHMARKS,
        Field("title", TEXT, "heading of the page", "Checkout, October 2026", default="Performance dashboard"),
    ),
    run=run,
    formula="each figure as its answer has it",
    source="the five groups of figures in the role of a strategic performance consultant; WCAG 2.2 for the page",
    example={"benchmarks": "p75 LCP:2.5 s:Chrome UX Report 2026-10:2.1 s"},
    results={
        "answers": "answers on the page",
        "groups_covered": "groups with a figure, of 5",
        "subjects_missing": "subjects without a figure",
        "targets_missed": "answers whose target is missed, and edited files",
        "warnings": "warnings of the answers",
    },
    tables={"groups": {"answers": "answers in the group", "missing": "its subjects without a figure"}},
    formats={"html": Format((".html",), _page)},
    positional="answers",
)  # fmt: skip
