"""Whether every number with a unit in a report can be traced: to an answer, an assumption or a source."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from acolytes_perf.declare import Command
from acolytes_perf.errors import InputError, one_line, quoted
from acolytes_perf.inputs.fields import Field, Inputs
from acolytes_perf.inputs.files import expand, read_text
from acolytes_perf.inputs.units import TEXT
from acolytes_perf.outcome import AnswerWarning, Outcome, Result, ResultTable, Row
from acolytes_perf.outputs.answer_files import SavedAnswer, answers_field, beside, read_answers
from acolytes_perf.wording import pluralize

if TYPE_CHECKING:
    from acolytes_perf.reports.lint import Finding, Report


def run(inputs: Inputs) -> Outcome:
    """Check every report against the answers beside it."""
    from acolytes_perf.reports.lint import check_report

    names = inputs.present("file", "text")
    if not names:
        raise COMMAND.missing("text", "the text to check; for a report add its name, as in report lint FILE.md")
    if len(names) > 1:
        raise InputError("/text", "cannot be used with file: leave one out", {"text": None})
    given = read_answers(inputs.texts("answers"), "/answers") if "answers" in inputs else None
    reports: list[tuple[str, Report]] = []
    if names == ["text"]:
        answers = beside(["."]) if given is None else given
        reports.append(("text", check_report(inputs.text("text") or "", answers)))
    else:
        for path in expand(inputs.texts("file"), "/file", (".md", ".markdown")):
            _refuse_page(path)
            text = read_text(path, "/file")
            folder = "." if path == "-" else os.path.dirname(path) or "."
            answers = beside([folder, "."]) if given is None else given
            reports.append((one_line(path), check_report(text, answers)))
    return _outcome(reports, given)


def _refuse_page(path: str) -> None:
    """Refuse a page, whose styles would count as figures.

    Raises:
        InputError: the file is HTML by its name.
    """
    if path.lower().endswith((".html", ".htm")):
        message = f"{quoted(path)} is HTML: lint Markdown; report board checks its own page, and writes FILE.md as well"
        raise InputError("/file", message)


def _outcome(reports: Sequence[tuple[str, Report]], given: Sequence[SavedAnswer] | None) -> Outcome:
    from acolytes_perf.reports.foreign_units import LANGUAGES
    from acolytes_perf.reports.language import ENGLISH
    from acolytes_perf.reports.lint import ASSUMED, SOURCED, TRACED

    findings = [(path, finding) for path, report in reports for finding in report.findings]
    figures = sum(report.figures for _, report in reports)
    counts = {kind: sum(report.counts[kind] for _, report in reports) for kind in (TRACED, ASSUMED, SOURCED)}
    ids = {found for _, report in reports for found in report.ids}
    results = [
        Result("figures", figures, "figures"),
        Result("traced", counts[TRACED], "figures"),
        Result("assumed", counts[ASSUMED], "figures"),
        Result("sourced", counts[SOURCED], "figures"),
        Result("findings", len(findings), "findings"),
        Result("answers_cited", len(ids), "answers"),
    ]
    about = f"{counts[TRACED]} traced to an answer, {counts[ASSUMED]} assumed, {counts[SOURCED]} with a source"
    answer = f"{pluralize(len(findings), 'finding')} in {pluralize(figures, 'number')} with a unit: {about}."
    if not figures and not findings:
        answer = "No finding: the text has no number with a unit."
    where = "the given answers" if given is not None else "answers beside the report and in perf-answers/"
    texts = [
        f"Ids are looked up in {where}. A figure agrees when it is one of that answer, to the printed precision.",
        "Code, headings, dates, versions and percentiles such as p95 are no figures.",
    ]
    warnings = [
        _other_language(path, report)
        for path, report in reports
        if report.unread or report.language not in (ENGLISH, *LANGUAGES)
    ]
    warnings += [_warning(*pair) for pair in findings]
    return Outcome(
        answer, results, texts, warnings, failed=bool(findings),
        tables=[ResultTable("places", "finding", [_row(*pair) for pair in findings], text_rows=0)],
    )  # fmt: skip


def _other_language(path: str, report: Report) -> AnswerWarning:
    """Say what this check does not see in a report that is not in English."""
    from acolytes_perf.reports.foreign_units import LANGUAGES  # a report in English does without

    message = f"{path} is written in {report.language}"
    if report.language not in LANGUAGES:
        message += f", but words for units are read in English, {', '.join(sorted(LANGUAGES))} only"
    if report.unread:
        examples = ", ".join(f"'{one_line(text, 40)}'" for text in report.unread[:3])
        numbers = pluralize(len(report.unread), "number")
        message += f": {numbers} without a unit that is read, as in {examples}, not checked"
    fix = "write units as symbols or in English (%, ms, 1200/s, 12 h, 3.5M EUR), or check these numbers by hand"
    return AnswerWarning("other_language", message, fix)


def _warning(path: str, finding: Finding) -> AnswerWarning:
    message = f"{path}:{finding.line}:{finding.column}: {finding.message}"
    return AnswerWarning(finding.code, one_line(message, 400), finding.fix)


def _row(path: str, finding: Finding) -> Row:
    label = one_line(f"{path}: {finding.code} {finding.text}", 200)
    return Row(label, [Result("line", finding.line, ""), Result("column", finding.column, "")])


COMMAND = Command(
    name="report lint",
    summary="Whether every number with a unit in a report has an origin: an answer's id, an assumption or a source.",
    fields=(
        Field("file", TEXT, "Markdown files (no HTML), a pattern or a folder; also as words without an option",
              "performance-roadmap.md", max_items=100, is_file=True),
        Field("text", TEXT, "a text to check, instead of a file", "100 servers for 1,200/s (assumption)."),
        answers_field("answers that ids mean (default: beside the report, and in perf-answers/)"),
    ),
    run=run,
    formula="|printed - answer's figure| <= half of the last printed digit, in the answer's unit",
    source="NIST Special Publication 811 (2008), appendix B.7.1 (rounding to the last digit kept)",
    example={"text": "100 servers for 1,200/s (assumption)."},
    results={
        "figures": "numbers with a unit",
        "traced": "figures that an answer with a cited id has",
        "assumed": "figures with the word assumption",
        "sourced": "figures with a source",
        "findings": "what is wrong",
        "answers_cited": "different answers whose ids are cited",
    },
    tables={"places": {"line": "of the report, from 1", "column": "in the line, from 1"}},
    positional="file",
)  # fmt: skip
