"""The paper of one page, as HTML and as Markdown."""

from __future__ import annotations

from collections.abc import Sequence

from acolytes_perf.outputs.html_page import Cell, bullets, page, paragraph, section, table
from acolytes_perf.outputs.plot import escaped
from acolytes_perf.reports.answer_charts import any_chart, charted
from acolytes_perf.reports.paper import Line, Paper, Remark

#: One page of A4: narrow margins, small type, two columns.
_STYLE = """
@page { size: A4; margin: 10mm }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(17rem, 1fr)); gap: 0 1.5rem }
.pair section { min-width: 0 } .date { font-weight: 600 } table { width: 100%; table-layout: fixed }
th:first-child { min-width: 0 } td, th { white-space: normal }
td a { white-space: nowrap } tbody th { font-weight: 400 } th:first-child { width: 40% } th:last-child { width: 32% }
.origins section { display: flex; flex-wrap: wrap; gap: 0 1rem; align-items: baseline }
.origins h3, .origins p { margin: 0 }
figure svg { max-width: 46rem } .charts svg.wide { display: none } .charts svg.narrow { display: block }
@media print { body { font-size: 7.6pt; line-height: 1.2 } h1 { font-size: 14pt } .lead { font-size: 10.5pt }
  h2 { font-size: 10pt; margin: 0.25rem 0 0.1rem } p, ul, dl { margin: 0.2rem 0 } figure svg { max-height: 34mm }
  figure { margin: 0 }
  h3 { font-size: 8.5pt; margin: 0.1rem 0 0 } h1 { margin: 0 } table, caption, figcaption, footer,
  td small { font-size: 7.5pt }
  .charts svg.wide { display: none } .charts svg.narrow { display: block; max-height: 32mm }
  caption { display: none } .pair figure svg { width: auto; max-width: 100% }
  .pair { grid-template-columns: 1fr 1fr } table { margin: 0 } th, td { padding: 0.05rem 0.3rem }
  footer { margin-top: 0.3rem } }
"""


def as_html(paper: Paper, mark: str) -> str:
    """The paper as a page, with one chart, or with two side by side."""
    drawn = [chart for one in paper.charted if (chart := any_chart(one, f"chart-{one.id}"))]
    charts = [section(*chart) for chart in drawn]
    parts = [
        f'<p class="date">Decide by: {escaped(paper.date)}</p>',
        '<div class="pair">',
        section("Money", *_figures("Money", paper.money)),
        section("Risk", *_figures("Risk", paper.risk), *_remarks(paper.warnings)),
        "</div>",
        *([bullets([f"Missing: {text}." for text in paper.missing])] if paper.missing else []),
        *(['<div class="pair charts">', *charts, "</div>"] if len(charts) > 1 else charts),
        section("Why", *_remarks(paper.reasons)),
        *([section("Assumptions", *_remarks(paper.assumptions))] if paper.assumptions else []),
        *([section("Where the figures come from", *_origins(paper))] if paper.answers else []),
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
    sections = [
        section(f"{answer.command}, id {answer.id}", paragraph(answer.path), key=f"answer-{answer.id}", level=3)
        for answer in paper.answers
    ]
    return ['<div class="origins">', *sections, "</div>"]


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
    lines += _charts(paper)
    for name, remarks in (("Why", paper.reasons), ("Assumptions", paper.assumptions)):
        if remarks:
            lines += [f"## {name}", "", *_items(remarks), ""]
    if paper.answers:
        lines += ["## Where the figures come from", ""]
        lines += [f"- {answer.id}: `acolytes-perf {answer.command}`, `{answer.path}`" for answer in paper.answers]
    return "\n".join([*lines, "", f"<!-- {mark} -->"]) + "\n"


def _items(remarks: Sequence[Remark]) -> list[str]:
    return [f"- {_line(one.text).rstrip('.')} ({one.id})." for one in remarks]


def _charts(paper: Paper) -> list[str]:
    """The charts as tables with bars of characters."""
    lines = []
    for answer in paper.charted:
        title, bars = charted(answer)
        most = max((bar.value for bar in bars), default=0)
        if most > 0:
            lines += [f"## {title}", "", f"From {answer.command} {answer.id}:", "", "| | value | |", "|---|---|---|"]
            lines += [f"| {_cell(bar.label)} | {bar.text} | {'█' * round(24 * bar.value / most)} |" for bar in bars]
            lines.append("")
    return lines


def _line(text: str) -> str:
    return " ".join(text.split())


def _cell(text: str) -> str:
    return _line(text).replace("|", "\\|")
