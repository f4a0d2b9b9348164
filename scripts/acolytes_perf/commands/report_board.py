"""A paper of one page for a decision: decision, money, risk and date from kept answers, with one or two charts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from acolytes_perf.declare import Answer, Command, Format
from acolytes_perf.errors import CannotAnswerError, one_line
from acolytes_perf.inputs.fields import Field, Inputs, text_field
from acolytes_perf.inputs.units import TEXT
from acolytes_perf.outcome import AnswerWarning, Outcome, Result
from acolytes_perf.outputs.answer_files import FOLDER, SavedAnswer, answers_field, chosen_answers
from acolytes_perf.outputs.document import mark
from acolytes_perf.reports.paper_inputs import FACTS, NO_DATE, short_text

if TYPE_CHECKING:
    from acolytes_perf.reports.paper import Paper

_MOST_ANSWERS = 5


def run(inputs: Inputs) -> Outcome:
    """Choose the figures, and check that the paper can be traced."""
    from acolytes_perf.reports.lint import check_report
    from acolytes_perf.reports.paper import write_paper
    from acolytes_perf.reports.paper_forms import as_markdown

    paper = write_paper(inputs, _answers(inputs))
    report = check_report(as_markdown(paper, ""), paper.answers)
    warnings = [AnswerWarning("missing", text, "add the answer, or leave it to the reader") for text in paper.missing]
    warnings += [
        AnswerWarning("untraced", one_line(finding.message, 300), f"{finding.fix}, or change the decision's text")
        for finding in report.findings
    ]
    by = "" if paper.date == NO_DATE else f"Decide by {paper.date}. "
    answer = f"{paper.decision.rstrip('.')}. {by}"
    answer += "; ".join(f"{line.name}: {line.value}" for line in [*paper.money[:2], *paper.risk[:2]])
    results = [
        Result("answers", len(paper.answers), "answers"),
        Result("amounts", len(paper.money), "figures"),
        Result("risks", len(paper.risk) + len(paper.warnings), "figures"),
        Result("figures", report.figures, "figures"),
        Result("findings", len(report.findings), "findings"),
    ]
    texts = ["Each figure is as its answer has it; nothing is computed again.", "--out FILE.html or FILE.md writes it."]
    return Outcome(answer.strip(), results, texts, warnings)


def _answers(inputs: Inputs) -> Sequence[SavedAnswer]:
    answers = chosen_answers(inputs, may_be_none=bool(inputs.rows("facts")))
    if len(answers) > _MOST_ANSWERS:
        message = f"{len(answers)} answers do not fit on one page; missing: a choice of at most {_MOST_ANSWERS}"
        raise CannotAnswerError("/answers", message)
    return answers


def _paper(answer: Answer) -> Paper:
    from acolytes_perf.reports.paper import write_paper

    return write_paper(answer.inputs, _answers(answer.inputs))


def _html(answer: Answer) -> str:
    from acolytes_perf.reports.paper_forms import as_html

    return as_html(_paper(answer), mark(answer))


def _markdown(answer: Answer) -> str:
    from acolytes_perf.reports.paper_forms import as_markdown

    return as_markdown(_paper(answer), mark(answer))


COMMAND = Command(
    name="report board",
    summary="One page for owners who decide, from kept answers: decision, money, risk, date, and one or two charts.",
    fields=(
        short_text("decision", "what to decide, as a sentence", "Rent more units for the sale.", 240),
        text_field("date", "by when to decide", "2026-12-15",
                   rf"\d{{4}}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])|{NO_DATE}", "a date", NO_DATE),
        answers_field(f"answers that the paper rests on, at most {_MOST_ANSWERS} (default: here and in {FOLDER}/)"),
        Field("money", TEXT, "amounts to show, as ID.NAME or ID.TABLE[ROW].NAME (default: all of the answers)",
              "d74f49d7a236.cost_now", max_items=4),
        Field("risk", TEXT, "chances to show, in the same form (default: all of the answers)",
              "d74f49d7a236.survival_now", max_items=4),
        Field("chart", TEXT, "answers to draw, by id (default: two, those of the decision first)", "d74f49d7a236",
              pattern="[0-9a-f]{4,12}", pattern_doc="the id of an answer", max_items=2, is_distinct=True),
        FACTS,
        short_text("title", "heading of the paper", "Capacity for Black Friday", 80, default="Decision paper"),
    ),
    run=run,
    formula="each figure as its answer has it",
    source="the paper of one page (decision, money, risk, date) of stakeholder communication; ISO 216 (A4)",
    example={
        "decision": "Rent more units for the sale.",
        "date": "2026-12-15",
        "facts": "unit price:31 USD/month:price list 2026-10",
    },
    results={
        "answers": "answers that the paper rests on",
        "amounts": "amounts of money",
        "risks": "chances and warnings",
        "figures": "numbers with a unit on the paper",
        "findings": "findings of report lint on the paper",
    },
    formats={"html": Format((".html",), _html), "paper": Format((".md",), _markdown)},
    positional="answers",
)  # fmt: skip
