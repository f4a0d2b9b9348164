"""Charts of an HTML page, each drawn for a narrow and for a wide screen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from acolytes_perf.outputs.plot import COLOURS, Axis, Frame, Shape, drawing, escaped, horizontal_place

#: Frames of a chart by the class that the styles show or hide.
FRAMES = {
    "wide": Frame(width=880, height=320, left=76, right=28, top=34, bottom=52),
    "narrow": Frame(width=340, height=260, left=80, right=14, top=34, bottom=52),
}


class RangeBar(NamedTuple):
    """A bar of a range chart from `low` to `high`, with a line at `middle`; all in the axis's unit."""

    label: str
    low: float
    middle: float
    high: float


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


class Bar(NamedTuple):
    """A bar of a bar chart: its name, its length, and the length as a text."""

    label: str
    value: float
    text: str


def bar_chart(
    key: str, title: str, description: str, bars: Sequence[Bar], limit: tuple[float, str] | None = None
) -> str:
    """Horizontal bars from 0 on, each with its name and value above it.

    Args:
        key: unique on the page, of letters and hyphens.
        title: says what the chart shows.
        description: the same in more words; also the caption.
        bars: at least one; no value is below 0.
        limit: a value that a line marks, and what it is.
    """
    return _figure(key, title, description, lambda frame: _bar_drawing(bars, limit, frame))


def _bar_drawing(bars: Sequence[Bar], limit: tuple[float, str] | None, frame: Frame) -> tuple[int, list[str]]:
    step, top, left, right = 40, 30 if limit else 8, 8, frame.width - 24
    most = max([bar.value for bar in bars] + ([limit[0]] if limit else [])) or 1.0
    parts, longest = [], (right - left) // 7
    height = top + step * len(bars) + 6
    for index, bar in enumerate(bars):
        at = top + step * index
        room = longest - len(bar.text) - 2
        label = bar.label if len(bar.label) <= room else f"{bar.label[: max(1, room - 1)]}…"
        width = max(1.0, (right - left) * bar.value / most)
        parts.append(f'<text x="{left}" y="{at + 12}">{escaped(f"{label}: {bar.text}")}</text>')
        parts.append(f'<rect x="{left}" y="{at + 18}" width="{width:.1f}" height="13" fill="{COLOURS[0]}"/>')
    if limit:
        place = left + (right - left) * limit[0] / most
        parts.append(f'<path class="rule" stroke="{COLOURS[1]}" d="M{place:.1f} {top - 6}V{height - 4}"/>')
        anchor = "end" if place > frame.width / 2 else "start"
        parts.append(f'<text text-anchor="{anchor}" x="{place:.1f}" y="{top - 12}">{escaped(limit[1])}</text>')
    return height, parts


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
