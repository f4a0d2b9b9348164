"""Figures of others that a user gives, each with its source."""

from __future__ import annotations

from typing import NamedTuple

from acolytes_perf.errors import InputError, quoted
from acolytes_perf.inputs.fields import Field, Inputs
from acolytes_perf.inputs.tables import Table
from acolytes_perf.inputs.units import TEXT


class Benchmark(NamedTuple):
    """A figure of others, the same figure of this system if it is given, and the source."""

    name: str
    value: str
    source: str
    ours: str | None


BENCHMARKS = Table(
    "benchmarks",
    (
        Field("name", TEXT, "what is compared", "p75 LCP", required=True),
        Field("value", TEXT, "the figure of others, with its unit", "2.5 s", required=True),
        Field("source", TEXT, "where it is published, with its date", "Chrome UX Report 2026-10", required=True),
        Field("ours", TEXT, "the figure of this system", "2.1 s"),
    ),
    "figures of the industry or of competitors, each with its source",
    "p75 LCP:2.5 s:Chrome UX Report 2026-10:2.1 s",
    max_rows=50,
)


def read_benchmarks(inputs: Inputs) -> list[Benchmark]:
    """The benchmarks of a call.

    Raises:
        InputError: a value has no unit, or the two figures of a row measure different things.
    """
    found = []
    for index, row in enumerate(inputs.rows("benchmarks")):
        one = Benchmark(row.text("name") or "", row.text("value") or "", row.text("source") or "", row.text("ours"))
        kinds = [_kind(text, f"/benchmarks/{index}/{name}") for name, text in (("value", one.value), ("ours", one.ours))
                 if text is not None]  # fmt: skip
        if len(set(kinds)) > 1:
            message = f"{quoted(one.ours)} and {quoted(one.value)} measure different things: {kinds[1]} and {kinds[0]}"
            raise InputError(f"/benchmarks/{index}/ours", message)
        found.append(one)
    return found


def _kind(text: str, pointer: str) -> str:
    from acolytes_perf.reports.figures import find_figures

    figures = find_figures(text)
    if len(figures) != 1 or figures[0].text != text.strip():
        raise InputError(pointer, f"{quoted(text)} is not one figure with a unit, such as 2.5 s, 0.4 % or 31 USD/month")
    return figures[0].unit.kind
