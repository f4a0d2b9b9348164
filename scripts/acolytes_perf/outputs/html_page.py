"""Parts of an HTML page that is one file: figures, tables and the page around them; `html_charts` has the charts.

The page loads nothing and runs no script. It follows the reader's light or dark setting, fits narrow and wide
screens, and prints. Each chart is drawn for a narrow and for a wide screen, so that its text keeps its size; a table of
the same values stands beside it. All texts are escaped here, so callers pass them as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from acolytes_perf.outputs.plot import escaped

_STYLE = """
:root { color-scheme: light dark; --back: #ffffff; --text: #1f2328; --soft: #4d555e; --line: #d0d7de;
  --panel: #f6f8fa; --warn: #8a5300; --focus: #0a58ca }
@media (prefers-color-scheme: dark) { :root { --back: #0d1117; --text: #e6edf3; --soft: #a9b4c0; --line: #3d444d;
  --panel: #161b22; --warn: #e3b341; --focus: #79b8ff } }
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 70rem; padding: 1rem; background: var(--back); color: var(--text);
  font: 16px/1.5 system-ui, sans-serif; overflow-wrap: anywhere }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0.5rem 0 }
h2 { font-size: 1.15rem; margin: 2.25rem 0 0.5rem; border-bottom: 1px solid var(--line); padding-bottom: 0.25rem }
h3 { font-size: 1rem; margin: 1.25rem 0 0.25rem } a { color: var(--focus) } code { font-size: 0.9em }
:target { background: var(--panel); outline: 2px solid var(--line); outline-offset: 4px }
p { margin: 0.5rem 0 } .lead { font-size: 1.1rem } .soft { color: var(--soft) }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(9.5rem, 1fr)); gap: 0.6rem; margin: 1rem 0 }
.cards div { background: var(--panel); border: 1px solid var(--line); border-radius: 6px; padding: 0.5rem 0.7rem }
.cards dt { color: var(--soft); font-size: 0.85rem } .cards dd { margin: 0; font-size: 1.2rem; font-weight: 600 }
.cards small, td small { display: block; color: var(--soft); font-size: 0.8rem; font-weight: 400 }
.warnings { border: 1px solid var(--line); border-left: 4px solid var(--warn); background: var(--panel);
  border-radius: 6px; margin: 1rem 0; padding: 0.3rem 1rem } .warnings ul, .notes { padding-left: 1.1rem }
.scroll { overflow-x: auto } figure { margin: 0.5rem 0 } figcaption { color: var(--soft); font-size: 0.9rem }
table { border-collapse: collapse; font-size: 0.9rem; font-variant-numeric: tabular-nums; min-width: 50% }
th, td { border-bottom: 1px solid var(--line); padding: 0.3rem 0.6rem; text-align: right; vertical-align: top;
  white-space: nowrap } thead th { background: var(--panel) }
th:first-child { text-align: left; white-space: normal; min-width: 8rem; max-width: 26rem }
caption { text-align: left; color: var(--soft); font-size: 0.9rem; padding-bottom: 0.3rem }
summary { cursor: pointer; padding: 0.3rem 0; color: var(--soft) }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px }
dl.terms dt { font-weight: 600; margin-top: 0.5rem } dl.terms dd { margin: 0 }
footer { margin-top: 2.5rem; color: var(--soft); font-size: 0.85rem }
svg { display: block; width: 100%; height: auto; font: 12px system-ui, sans-serif } svg text { fill: currentColor }
svg.narrow { display: none } .grid { stroke: currentColor; opacity: 0.15 } .axis { stroke: currentColor }
.line { fill: none; stroke-width: 2 } .band { opacity: 0.2; stroke: none } .dashed { stroke-dasharray: 7 4 }
.rule { stroke-width: 1.5; stroke-dasharray: 2 3 }
@media (min-width: 50rem) { th:first-child { min-width: 14rem } }
@media (max-width: 40rem) { svg.wide { display: none } svg.narrow { display: block } body { padding: 0.75rem } }
@media print { :root { color-scheme: light; --back: #ffffff; --text: #000000; --soft: #333333; --line: #999999;
  --panel: #ffffff; --warn: #000000 } body { max-width: none; padding: 0 1px; font-size: 10pt }
  svg.wide { display: block } svg.narrow { display: none } figure, tr, .cards div { break-inside: avoid }
  h2 { break-after: avoid } thead { display: table-header-group } .scroll { overflow: visible }
  details::details-content { content-visibility: visible; height: auto } summary, details.screen { display: none }
  table { margin-top: 0.8rem; font-size: 8.5pt } caption { break-after: avoid } h2 { margin-top: 1.5rem }
  th, td { padding: 0.2rem 0.35rem } th:first-child { min-width: 12rem } dl.terms { columns: 2; font-size: 9pt }
  dl.terms dt { break-after: avoid } dl.terms dd { break-inside: avoid } footer { margin-top: 1rem }
  .cards { grid-template-columns: repeat(6, 1fr); gap: 0.4rem } .cards dd { font-size: 12pt }
  td small { font-size: 7pt } }
"""


class Cell(NamedTuple):
    """A cell of a table or a card: its text, a smaller one below it, and the key of the part that it leads to."""

    text: str
    note: str = ""
    target: str = ""


def page(title: str, lead: str, parts: Iterable[str], mark: str, style: str = "") -> str:
    """The whole file.

    Args:
        title: heading, and name of the window.
        lead: the answer in a sentence.
        parts: HTML of the sections, as the other functions of this module make it.
        mark: the line that names the calculation.
        style: more rules of CSS.
    """
    policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
    lines = [
        "<!DOCTYPE html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="color-scheme" content="light dark">',
        f"<title>{escaped(title)}</title>",
        f"<style>{_STYLE}{style}</style>",
        "</head>",
        "<body>",
        "<main>",
        f"<h1>{escaped(title)}</h1>",
        f'<p class="lead">{escaped(lead)}</p>',
        *parts,
        "</main>",
        f"<footer>{escaped(mark)}</footer>",
        "</body>",
        "</html>",
        f"<!-- {mark} -->",
    ]
    return "\n".join(lines) + "\n"


def section(heading: str, *parts: str, key: str = "", level: int = 2) -> str:
    """A section with a heading; links lead to its `key`."""
    start = f'<section id="{escaped(key)}">' if key else "<section>"
    return "\n".join([start, f"<h{level}>{escaped(heading)}</h{level}>", *parts, "</section>"])


def paragraph(text: str) -> str:
    """A paragraph in a softer colour."""
    return f'<p class="soft">{escaped(text)}</p>'


def bullets(texts: Sequence[str]) -> str:
    """A list of texts."""
    return "\n".join(['<ul class="notes">', *(f"<li>{escaped(text)}</li>" for text in texts), "</ul>"])


def warning_box(warnings: Sequence[tuple[str, str]]) -> str:
    """The warnings, each with how to fix it; empty without any."""
    if not warnings:
        return ""
    items = [f"<li>{escaped(message)}. <strong>Fix:</strong> {escaped(fix)}.</li>" for message, fix in warnings]
    return "\n".join([
        '<section class="warnings" aria-label="Warnings">',
        "<p><strong>Before you rely on these figures</strong></p>",
        "<ul>", *items, "</ul>", "</section>",
    ])  # fmt: skip


def cards(figures: Sequence[tuple[str, Cell]]) -> str:
    """The main figures by name."""
    items = [f"<div><dt>{escaped(name)}</dt><dd>{_content(cell)}</dd></div>" for name, cell in figures]
    return "\n".join(['<dl class="cards">', *items, "</dl>"])


def terms(explained: Sequence[tuple[str, str]]) -> str:
    """Names with what they mean."""
    items = [f"<dt>{escaped(name)}</dt><dd>{escaped(text)}</dd>" for name, text in explained]
    return "\n".join(['<dl class="terms">', *items, "</dl>"])


def table(caption: str, headings: Sequence[str], rows: Iterable[tuple[str, Sequence[Cell]]]) -> str:
    """A table that scrolls by itself where the screen is too narrow.

    Args:
        caption: says what the table shows.
        headings: of the row labels, and of each column.
        rows: label and cells.
    """
    head = "".join(f'<th scope="col">{escaped(text)}</th>' for text in headings)
    lines = [
        f'<div class="scroll" role="region" tabindex="0" aria-label="{escaped(caption)}">',
        f"<table><caption>{escaped(caption)}</caption><thead><tr>{head}</tr></thead><tbody>",
    ]
    for label, cells in rows:
        content = "".join(f"<td>{_content(cell)}</td>" for cell in cells)
        lines.append(f'<tr><th scope="row">{escaped(label)}</th>{content}</tr>')
    return "\n".join([*lines, "</tbody></table></div>"])


def folded(summary: str, content: str, *, is_printed: bool = True) -> str:
    """Content that opens on demand, and in print unless it says in numbers what a chart shows."""
    kind = "" if is_printed else ' class="screen"'
    return f"<details{kind}><summary>{escaped(summary)}</summary>\n{content}\n</details>"


def link(text: str, target: str) -> str:
    """A link to the part of the page with this key."""
    return f'<a href="#{escaped(target)}">{escaped(text)}</a>'


def _content(cell: Cell) -> str:
    text = link(cell.text, cell.target) if cell.target else escaped(cell.text)
    return text + (f"<small>{escaped(cell.note)}</small>" if cell.note else "")
