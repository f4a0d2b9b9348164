"""The paper of one page, as HTML and as Markdown."""

from __future__ import annotations

from collections.abc import Sequence

from acolytes_perf.outputs.html_page import Cell, bullets, page, paragraph, section, table
from acolytes_perf.outputs.plot import escaped
from acolytes_perf.reports.answer_charts import charted
from acolytes_perf.reports.paper import Line, Paper, Remark

#: One page of A4: narrow margins, small type, two columns.
_STYLE = """
@page { size: A4; margin: 10mm }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(17rem, 1fr)); gap: 0 1.5rem }
.pair section { min-width: 0 } .date { font-weight: 600 } table { width: 100%; table-layout: fixed }
th:first-child { min-width: 0 } td, th { white-space: normal }
td a { white-space: nowrap }
figure svg { max-width: 46rem }
@media print { body { font-size: 8pt; line-height: 1.25 } h1 { font-size: 14pt } .lead { font-size: 10.5pt }
  h2 { font-size: 10pt; margin: 0.4rem 0 0.1rem } p, ul, dl { margin: 0.2rem 0 } figure svg { max-height: 44mm }
  h3 { font-size: 8.5pt; margin: 0.1rem 0 0 } h1 { margin: 0 } table, caption, figcaption, footer,
  td small { font-size: 7.5pt }
  .pair { grid-template-columns: 1fr 1fr } th, td { padding: 0.1rem 0.3rem } footer { margin-top: 0.5rem } }
"""


def as_html(paper: Paper, chart: tuple[str, str] | None, mark: str) -> str:
    """The paper as a page. `chart` is its title and its drawing."""
    parts = [
        f'<p class="date">Decide by {escaped(paper.date)}</p>',
        '<div class="pair">',
        section("Money", *_figures("Money", paper.money)),
        section("Risk", *_figures("Risk", paper.risk), *_remarks(paper.warnings)),
        "</div>",
        *([bullets([f"Missing: {text}." for text in paper.missing])] if paper.missing else []),
        *([section(*chart)] if chart else []),
        section("Why", *_remarks(paper.reasons)),
        '<div class="pair">',
        *([section("Assumptions", *_remarks(paper.assumptions))] if paper.assumptions else []),
        *([section("Where the figures come from", *_origins(paper))] if paper.answers else []),
        "</div>",
    ]  # fmt: skip
    return page(paper.title, paper.decision, parts, mark, _STYLE)


def _figures(name: str, lines: Sequence[Line]) -> list[str]:
    if not lines:
        return []
    rows = [(line.name, [Cell(line.value), Cell(line.origin, target=_target(line.origin))]) for line in lines]
    return [table(f"{name}: figures", ["figure", "value", "origin"], rows)]


def _target(origin: str) -> str:
    return f"answer-{origin}" if len(origin) == 12 and set(origin) <= set("0123456789abcdef") else ""


def _remarks(remarks: Sequence[Remark]) -> list[str]:
    return [bullets([f"{one.text.rstrip('.')} ({one.id})." for one in remarks])] if remarks else []


def _origins(paper: Paper) -> list[str]:
    return [
        section(f"{answer.command}, id {answer.id}", paragraph(answer.path), key=f"answer-{answer.id}", level=3)
        for answer in paper.answers
    ]


def as_markdown(paper: Paper, mark: str) -> str:
    """The paper as Markdown, which `report lint` finds nothing in."""
    ids = ", ".join(answer.id for answer in paper.answers)
    lines = [f"# {paper.title}", "", f"**Decision**: {paper.decision.rstrip('.')}{f' ({ids})' if ids else ''}.", ""]
    lines += [f"**Decide by**: {paper.date}", ""]
    for name, figures in (("Money", paper.money), ("Risk", paper.risk)):
        lines += [f"## {name}", ""]
        if figures:
            lines += ["| Figure | Value | Origin |", "|---|---|---|"]
            lines += [f"| {_cell(line.name)} | {_cell(line.value)} | {_cell(line.origin)} |" for line in figures]
            lines.append("")
        if name == "Risk":
            lines += [*_items(paper.warnings), ""] if paper.warnings else []
    lines += [*(f"- Missing: {text}." for text in paper.missing), *([""] if paper.missing else [])]
    lines += _chart(paper)
    for name, remarks in (("Why", paper.reasons), ("Assumptions", paper.assumptions)):
        if remarks:
            lines += [f"## {name}", "", *_items(remarks), ""]
    if paper.answers:
        lines += ["## Where the figures come from", ""]
        lines += [f"- {answer.id}: `acolytes-perf {answer.command}`, `{answer.path}`" for answer in paper.answers]
    return "\n".join([*lines, "", f"<!-- {mark} -->"]) + "\n"


def _items(remarks: Sequence[Remark]) -> list[str]:
    return [f"- {_line(one.text).rstrip('.')} ({one.id})." for one in remarks]


def _chart(paper: Paper) -> list[str]:
    """The chart as a table with bars of characters."""
    for answer in paper.answers:
        title, bars = charted(answer)
        most = max((bar.value for bar in bars), default=0)
        if most > 0:
            lines = [f"## {title}", "", f"From {answer.command} {answer.id}:", "", "| | value | |", "|---|---|---|"]
            lines += [f"| {_cell(bar.label)} | {bar.text} | {'█' * round(24 * bar.value / most)} |" for bar in bars]
            return [*lines, ""]
    return []


def _line(text: str) -> str:
    return " ".join(text.split())


def _cell(text: str) -> str:
    return _line(text).replace("|", "\\|")
