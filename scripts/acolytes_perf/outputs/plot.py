"""A chart as SVG: axes with ticks, and lines, points, bands, bars and rules with a legend.

Written by hand, since importing the usual plotting library takes some thirty times as long as a whole calculation. The
chart says what it shows in words (title and description), and follows the reader's light or dark setting.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

from acolytes_perf.wording import format_quantity

#: On either background each has a contrast of at least 3, and neighbours differ for the colour-blind.
COLOURS = ("#2f74d0", "#c2530a", "#2b8a3e", "#a845c4")
_STYLE = """
svg { background: #ffffff; color: #1f2328; font: 12px system-ui, sans-serif }
@media (prefers-color-scheme: dark) { svg { background: #0d1117; color: #e6edf3 } }
text { fill: currentColor } .title { font-size: 15px; font-weight: 600 } .grid { stroke: currentColor; opacity: 0.15 }
.axis { stroke: currentColor } .line { fill: none; stroke-width: 2 } .band { opacity: 0.2; stroke: none }
.rule { stroke-width: 1.5; stroke-dasharray: 2 3 } .dashed { stroke-dasharray: 7 4 }
"""

_DAY = 86400.0
#: About the width of a character.
_CHARACTER = 6.4
#: Steps in seconds that a clock's reader finds round.
_CLOCK_STEPS = (2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200)

#: How a shape is drawn, and what its points are: `band` (x, low, high), `across` (y,), `up` (x,), others (x, y). An
#: empty one interrupts a line. `none` draws nothing, but its points count for the axes.
KINDS = ("line", "dashed", "points", "bars", "band", "across", "up", "none")


class Frame(NamedTuple):
    """The size of a chart and its margins, in pixels."""

    width: int = 720
    height: int = 420
    left: int = 84
    right: int = 40
    top: int = 46
    bottom: int = 58

    @property
    def end(self) -> int:
        """Where the plotted area ends on the right."""
        return self.width - self.right

    @property
    def floor(self) -> int:
        """Where the plotted area ends below."""
        return self.height - self.bottom


#: The frame of a chart that is a file of its own.
FILE_FRAME = Frame()
#: The height of one of several panels.
_PANEL_HEIGHT = 330


class Axis(NamedTuple):
    """What runs along an axis. `format_quantity` knows the unit. `ticks` are own places with their texts.

    With `log` all values must be more than 0.
    """

    label: str
    unit: str = ""
    log: bool = False
    ticks: Sequence[tuple[float, str]] | None = None


class Shape(NamedTuple):
    """One series of the chart, one of KINDS."""

    kind: str
    label: str
    points: Sequence[tuple[float, ...]]


class Panel(NamedTuple):
    """One of several charts in a file, one below the other."""

    x: Axis
    y: Axis
    shapes: Sequence[Shape]


class _Scale(NamedTuple):
    """Where a value of an axis is on the page, and the values to mark."""

    at: Callable[[float], str]
    ticks: Sequence[tuple[float, str]]


def plot(
    title: str, description: str, x: Axis, y: Axis, shapes: Sequence[Shape], mark: str, frame: Frame = FILE_FRAME
) -> str:
    """Write the SVG. `mark` is the line that names the calculation. At least one point must be finite."""
    return stacked(title, description, [Panel(x, y, shapes)], mark, frame)


def stacked(title: str, description: str, panels: Sequence[Panel], mark: str, frame: Frame = FILE_FRAME) -> str:
    """Write the SVG with the panels one below the other, each as high as a chart alone or a little less."""
    height = frame.height if len(panels) == 1 else _PANEL_HEIGHT
    about = 'role="img" aria-labelledby="title description"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {frame.width} {height * len(panels)}" {about}>',
        f'<title id="title">{escaped(title)}</title>',
        f'<desc id="description">{escaped(description)}</desc>',
        f"<style>{_STYLE}</style>",
        f'<text class="title" x="{frame.left}" y="20">{escaped(title)}</text>',
    ]
    for index, panel in enumerate(panels):
        part = frame._replace(height=height * (index + 1), top=height * index + frame.top)
        parts += drawing(*panel, part)
    return "\n".join([*parts, "</svg>", f"<!-- {mark} -->"]) + "\n"


def drawing(x: Axis, y: Axis, shapes: Sequence[Shape], frame: Frame) -> list[str]:
    """The axes, the shapes and the legend as SVG elements, for a file or for a page that has its own styles.

    Args:
        x: axis to the right.
        y: axis upwards.
        shapes: at least one of their points must be finite.
        frame: the size.
    """
    along = [point[0] for shape in shapes if shape.kind != "across" for point in shape.points if point]
    heights = [
        value for shape in shapes if shape.kind != "up" for point in shape.points for value in _heights(shape, point)
    ]
    across = _scale(x, along, frame.left, frame.end, to_ticks=False)
    # a little room above what is highest, which would else lie on the frame
    room = [] if y.log or min(heights) < 0 else [0.0, max(heights) * 1.03]
    up = _scale(y, [*room, *heights], frame.floor, frame.top, to_ticks=True)
    parts = _axes(x, y, across, up, frame)
    for index, shape in enumerate(shapes):
        parts += _drawn(shape, COLOURS[index % len(COLOURS)], across.at, up.at, frame)
    return parts + _legend(shapes, frame)


def horizontal_place(x: Axis, values: Sequence[float], frame: Frame) -> Callable[[float], str]:
    """Where each value of an axis to the right is on the page, as `drawing` places the same values."""
    return _scale(x, values, frame.left, frame.end, to_ticks=False).at


def _heights(shape: Shape, point: tuple[float, ...]) -> tuple[float, ...]:
    return point if shape.kind == "across" else point[1:]


def escaped(text: str) -> str:
    """The text for an XML element or attribute, without characters that XML does not allow."""
    plain = "".join(sign if sign.isprintable() else " " for sign in text)
    return plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def _scale(axis: Axis, values: Sequence[float], start: float, end: float, *, to_ticks: bool) -> _Scale:
    if not values or not all(map(math.isfinite, values)):
        raise ValueError(f"no finite range for {axis.label}")
    read: Callable[[float], float] = math.log10 if axis.log else float
    low, high = read(min(values)), read(max(values))
    if high - low < 1e-12 * max(1.0, abs(high)):
        low, high = low - 0.5, high + 0.5
    places = _places(axis, low, high)
    if not axis.log and axis.ticks is None and to_ticks:
        low, high = min(low, places[0]), max(high, places[-1])
    elif not axis.log:
        places = [place for place in places if low <= place <= high]
    own = [(value, format_quantity(value, axis.unit) if value else "0") for value in places]

    def at(value: float) -> str:
        return f"{start + (read(value) - low) / (high - low) * (end - start):.1f}"

    return _Scale(at, own if axis.ticks is None else axis.ticks)


def _places(axis: Axis, low: float, high: float) -> list[float]:
    """The places of the ticks. Times of a second or more have round minutes, hours and days."""
    if not axis.log:
        return _round_steps(low, high, axis.unit)
    if axis.unit == "s" and high >= 1:
        times = [10.0**power for power in range(math.floor(low), 2)] + [60, 600, 3600, 6 * 3600]
        times += [_DAY * 10.0**power for power in range(math.ceil(high))]
        inside = [time for time in times if low - 1e-9 <= math.log10(time) <= high + 1e-9]
        if len(inside) > 2:
            return inside
    if high - low < 1:
        round_ones = (place for place in _round_steps(10**low, 10**high, axis.unit) if place > 0)
        return [place for place in round_ones if low <= math.log10(place) <= high]
    return _round_factors(low, high)


def _round_steps(low: float, high: float, unit: str) -> list[float]:
    """About five round values that enclose the range."""
    rough = (high - low) / 5
    scale = _DAY if unit == "s" and rough > _DAY / 2 else 1.0
    power = scale * 10 ** math.floor(math.log10(rough / scale))
    steps: Sequence[float] = [factor * power for factor in (1, 2, 5, 10)]
    if unit == "s" and 1 < rough <= _DAY / 2:
        steps = _CLOCK_STEPS
    step = next(step for step in steps if step >= rough * (1 - 1e-9))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [float(f"{index * step:.12g}") for index in range(first, last + 1)]


def _round_factors(low: float, high: float) -> list[float]:
    """The powers of ten between two logarithms, and where they are few also 2 and 5 times these."""
    factors = (1, 2, 5) if high - low < 3 else (1,)
    inside = [factor * 10.0**power for power in range(math.floor(low), math.ceil(high) + 1) for factor in factors]
    return [value for value in inside if low - 1e-9 <= math.log10(value) <= high + 1e-9]


def _axes(x: Axis, y: Axis, across: _Scale, up: _Scale, frame: Frame) -> list[str]:
    left, bottom, right, top = frame.left, frame.floor, frame.end, frame.top
    parts = [f'<path class="axis" fill="none" d="M{left} {top}V{bottom}H{right}"/>']
    free = -math.inf
    for value, words in across.ticks:
        parts.append(f'<path class="grid" d="M{across.at(value)} {top}V{bottom}"/>')
        half = _CHARACTER * len(words) / 2
        if float(across.at(value)) - half < free:
            continue  # the text would touch the one before it
        free = float(across.at(value)) + half + _CHARACTER
        parts.append(f'<text text-anchor="middle" x="{across.at(value)}" y="{bottom + 18}">{escaped(words)}</text>')
    for value, words in up.ticks:
        parts.append(f'<path class="grid" d="M{left} {up.at(value)}H{right}"/>')
        parts.append(f'<text text-anchor="end" x="{left - 6}" y="{up.at(value)}" dy="4">{escaped(words)}</text>')
    middle = (left + right) / 2
    parts.append(f'<text text-anchor="middle" x="{middle}" y="{bottom + 40}">{escaped(x.label)}</text>')
    turned = f'transform="translate(14 {(top + bottom) / 2}) rotate(-90)"'
    return [*parts, f'<text text-anchor="middle" {turned}>{escaped(y.label)}</text>']


def _drawn(shape: Shape, colour: str, x: Callable[[float], str], y: Callable[[float], str], frame: Frame) -> list[str]:
    bottom, points = frame.floor, shape.points
    if shape.kind in ("line", "dashed"):
        runs = [list(run) for there, run in itertools.groupby(points, bool) if there]
        path = "".join("M" + "L".join(f"{x(point[0])} {y(point[1])}" for point in run) for run in runs if len(run) > 1)
        alone = [run[0] for run in runs if len(run) == 1]
        dots = [f'<circle cx="{x(point[0])}" cy="{y(point[1])}" r="1.5" fill="{colour}"/>' for point in alone]
        return [f'<path class="line {shape.kind}" stroke="{colour}" d="{path}"/>', *dots] if path else dots
    if shape.kind == "none":
        return []
    if shape.kind == "band":
        there = [f"{x(point[0])} {y(point[1])}" for point in points]
        back = [f"{x(point[0])} {y(point[2])}" for point in reversed(points)]
        path = "L".join(there + back)
        return [f'<path class="band" fill="{colour}" d="M{path}Z"/>'] if points else []
    if shape.kind == "points":
        return [f'<circle cx="{x(point[0])}" cy="{y(point[1])}" r="3.5" fill="{colour}"/>' for point in points]
    if shape.kind == "bars":
        wide = max(1.0, 0.7 * (frame.end - frame.left) / max(1, len(points)))
        return [
            f'<rect x="{float(x(point[0])) - wide / 2:.1f}" y="{y(point[1])}" width="{wide:.1f}" '
            f'height="{bottom - float(y(point[1])):.1f}" fill="{colour}"/>'
            for point in points
        ]
    ends = [
        f"M{frame.left} {y(at)}H{frame.end}" if shape.kind == "across" else f"M{x(at)} {frame.top}V{bottom}"
        for (at,) in points
    ]
    return [f'<path class="rule" stroke="{colour}" d="{path}"/>' for path in ends]


def _legend(shapes: Sequence[Shape], frame: Frame) -> list[str]:
    """The legend above the plotted area, for the shapes that have a label."""
    parts, left = [], float(frame.left)
    for index, shape in enumerate(shapes):
        if shape.label:
            colour = COLOURS[index % len(COLOURS)]
            faint = ' class="band"' if shape.kind == "band" else ""
            parts.append(f'<rect{faint} x="{left:.0f}" y="{frame.top - 17}" width="14" height="6" fill="{colour}"/>')
            parts.append(f'<text x="{left + 18:.0f}" y="{frame.top - 10}">{escaped(shape.label)}</text>')
            left += 34 + _CHARACTER * len(shape.label)
    return parts
