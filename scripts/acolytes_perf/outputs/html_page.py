"""Parts of an HTML page that is one file: tables, charts and the page around them.

The page loads nothing and runs no script. It follows the reader's light or dark setting, fits narrow and wide
screens, and prints. Each chart is drawn for a narrow and for a wide screen, so that its text keeps its size; a table of
the same values stands beside it. All texts are escaped here, so callers pass them as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from acolytes_perf.outputs.plot import COLOURS, Axis, Frame, Shape, drawing, escaped, horizontal_place

#: Frames of a chart by the class that the styles show or hide.
FRAMES = {
    "wide": Frame(width=880, height=320, left=76, right=28, top=34, bottom=52),
    "narrow": Frame(width=340, height=260, left=80, right=14, top=34, bottom=52),
}
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
  --panel: #ffffff; --warn: #000000 } body { max-width: none; padding: 0; font-size: 10pt }
  svg.wide { display: block } svg.narrow { display: none } figure, tr, .cards div { break-inside: avoid }
  h2 { break-after: avoid } thead { display: table-header-group } .scroll { overflow: visible }
  details::details-content { content-visibility: visible; height: auto } }
"""


class Cell(NamedTuple):
    """A cell of a table or a card: its text, and a smaller one below it."""

    text: str
    note: str = ""


class RangeBar(NamedTuple):
    """A bar of a range chart from `low` to `high`, with a line at `middle`; all in the axis's unit."""

    label: str
    low: float
    middle: float
    high: float


def page(title: str, lead: str, parts: Iterable[str], mark: str) -> str:
    """The whole file.

    Args:
        title: heading, and name of the window.
        lead: the answer in a sentence.
        parts: HTML of the sections, as the other functions of this module make it.
        mark: the line that names the calculation.
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
        f"<style>{_STYLE}</style>",
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


def section(heading: str, *parts: str) -> str:
    """A section with a heading."""
    return "\n".join(["<section>", f"<h2>{escaped(heading)}</h2>", *parts, "</section>"])


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


def folded(summary: str, content: str) -> str:
    """Content that opens on demand, and in print."""
    return f"<details><summary>{escaped(summary)}</summary>\n{content}\n</details>"


def chart(key: str, title: str, description: str, x: Axis, y: Axis, shapes: Sequence[Shape]) -> str:
    """A chart for narrow and wide screens.

    Args:
        key: unique on the page, of letters and hyphens.
        title: says what the chart shows.
        description: the same in more words, for who cannot see it; also the caption.
        x: axis to the right.
        y: axis upwards.
        shapes: at least one of their points must be finite.
    """
    return _figure(key, title, description, lambda frame: (frame.height, drawing(x, y, shapes, frame)))


def range_chart(key: str, title: str, description: str, unit: str, bars: Sequence[RangeBar]) -> str:
    """Horizontal bars on one logarithmic axis, each with its label above it.

    Args:
        key: unique on the page, of letters and hyphens.
        title: says what the chart shows.
        description: the same in more words; also the caption.
        unit: of the axis.
        bars: at least one; all values must be more than 0.
    """
    return _figure(key, title, description, lambda frame: _range_drawing(unit, bars, frame))


def _range_drawing(unit: str, bars: Sequence[RangeBar], frame: Frame) -> tuple[int, list[str]]:
    step = 36
    tall = frame._replace(height=step * len(bars) + 64, left=14, right=34, top=8)
    ends = [(bar.low, 0.0) for bar in bars] + [(bar.high, 1.0) for bar in bars]
    # the axes of a chart without a vertical scale
    parts = drawing(Axis("", unit, log=True), Axis("", ticks=()), [Shape("none", "", ends)], tall)
    place = horizontal_place(Axis("", unit, log=True), [end for end, _ in ends], tall)
    for index, bar in enumerate(bars):
        top = tall.top + 14 + step * index
        left, middle, right = place(bar.low), place(bar.middle), place(bar.high)
        longest = (tall.end - tall.left) // 7
        label = bar.label if len(bar.label) <= longest else f"{bar.label[: longest - 1]}…"
        width = max(1.0, float(right) - float(left))
        parts.append(f'<text x="{tall.left + 4}" y="{top}">{escaped(label)}</text>')
        box = f'x="{left}" y="{top + 4}" width="{width:.1f}" height="11"'
        parts.append(f'<rect class="band" {box} fill="{COLOURS[0]}"/>')
        for at, colour in ((left, COLOURS[0]), (middle, COLOURS[1]), (right, COLOURS[3])):
            box = f'x="{float(at) - 1.5:.1f}" y="{top + 3}" width="3" height="13"'
            parts.append(f'<rect {box} fill="{colour}"/>')
    return tall.height, parts


def _figure(key: str, title: str, description: str, drawn: Callable[[Frame], tuple[int, list[str]]]) -> str:
    parts = [f"<figure><figcaption>{escaped(description)}</figcaption>"]
    for name, frame in FRAMES.items():
        height, elements = drawn(frame)
        parts += [
            f'<svg class="{name}" role="img" aria-labelledby="{key}-{name}" viewBox="0 0 {frame.width} {height}">',
            f'<title id="{key}-{name}">{escaped(f"{title}. {description}")}</title>',
            *elements,
            "</svg>",
        ]
    return "\n".join([*parts, "</figure>"])


def _content(cell: Cell) -> str:
    return escaped(cell.text) + (f"<small>{escaped(cell.note)}</small>" if cell.note else "")
