"""Options with a cost and figures of quality, from rows or from files with any headings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from acolytes_perf.errors import InputError, quoted
from acolytes_perf.inputs.fields import Field, Inputs, text_field
from acolytes_perf.inputs.money import MONTHS, chosen_currency
from acolytes_perf.inputs.tables import Table
from acolytes_perf.inputs.units import NUMBER
from acolytes_perf.methods.choices.requirements import (
    ERRORS,
    LATENCY,
    THROUGHPUT,
    Measured,
    figure_name,
    read_figures,
)

OPTIONS = Table(
    "options",
    (
        text_field("name", "name of the option", "A", r"[^,:]{1,80}", "a name without comma and colon")._replace(
            required=True
        ),
        Field("cost", NUMBER, "what it costs in a month", "420", 0, 1e12, required=True),
        text_field("figures", "figures of quality", "p95=80ms; throughput=400/s; errors=0.2%", r"[^,:]{3,300}",
                   "figures as NAME=VALUE; ...")._replace(required=True),
    ),
    "options with cost and figures, or files with such columns",
    "A:420:p95=80ms; throughput=400/s,B:900:p95=45ms; throughput=900/s",
    min_rows=2,
    max_rows=200,
    required=True,
    takes_files=True,
    aliases=("configurations", "candidates"),
)  # fmt: skip
ROLES = ("name", "cost")
_NAMES = ("name", "option", "configuration", "config", "instance", "size", "variant", "supplier", "plan", "type")
_COSTS = ("cost", "price", "costs", "spend", "bill")


class Option(NamedTuple):
    """An option: its cost in a month, and its figures by name."""

    name: str
    cost: float
    figures: dict[str, Measured]


class Options(NamedTuple):
    """All options, their currency, and how they were read, in sentences."""

    items: list[Option]
    currency: str
    notes: tuple[str, ...]


def is_better_when_higher(name: str) -> bool | None:
    """Whether a figure should be large; None where its name does not say."""
    words = name.split("_")
    if name == "availability" or any(word in THROUGHPUT for word in words):
        return True
    if any(re.fullmatch(LATENCY, word) or word in ERRORS for word in words):
        return False
    return None


def read_options(inputs: Inputs) -> Options:
    """The options of the call, or of the files that it names.

    Raises:
        InputError: a row is wrong, a name is there twice, or an option lacks a figure that others have.
    """
    rows, currency = inputs.rows("options"), ""
    notes: tuple[str, ...] = ()
    paths = inputs.texts("options")
    if paths:
        raw, currency, notes = _from_files(
            paths, inputs.text("columns"), inputs.texts("higher") + inputs.texts("lower")
        )
        checked = OPTIONS.read(raw)[1]
        assert isinstance(checked, list)
        rows = [row for row in checked if isinstance(row, Inputs)]
    elif "columns" in inputs:
        raise InputError("/columns", "has no effect: options are not from a file", {"columns": None})
    items: list[Option] = []
    for index, row in enumerate(rows):
        name = row.text("name") or ""
        if name in (one.name for one in items):
            raise InputError(f"/options/{index}/name", f"{quoted(name)} is there twice: use each name once")
        items.append(
            Option(name, row.number("cost"), read_figures(row.text("figures") or "", f"/options/{index}/figures"))
        )
    names = list(dict.fromkeys(name for one in items for name in one.figures))
    for index, one in enumerate(items):
        missing = next((name for name in names if name not in one.figures), None)
        if missing:
            raise InputError(
                f"/options/{index}/figures", f"{quoted(one.name)} has no {missing}, which others have: add it"
            )
        other = next((name for name in names if one.figures[name].unit != items[0].figures[name].unit), None)
        if other:
            raise InputError(
                f"/options/{index}/figures", f"{other} of {quoted(one.name)} has another unit than the others"
            )
    return Options(items, chosen_currency(inputs, currency), notes)


def _from_files(
    paths: Sequence[str], columns: str | None, named: Sequence[str]
) -> tuple[list[dict[str, object]], str, tuple[str, ...]]:
    from acolytes_perf.methods.choices.figure_cells import figures_cells  # only files need these
    from acolytes_perf.series.sheets import read_sheets

    own = {"_".join(word for word in re.split(r"[\W_]+", name.lower()) if word) for name in named}

    def role_of(words: list[str], _heading: str) -> str | None:
        joined = "_".join(words)
        if joined in own:
            return f"figure {joined}"
        if joined in _NAMES or (len(words) == 2 and words[0] in _NAMES and words[1] in ("name", "type")):
            return "name"
        rest = [word for word in words if word not in MONTHS and word not in _COSTS]
        has_period = any(word in MONTHS for word in words)
        if not rest and (has_period or set(words) & set(_COSTS)):
            return "cost"
        figure = figure_name(words)
        return f"figure {figure}" if figure else None

    rows: list[dict[str, object]] = []
    currencies: dict[str, None] = {}
    notes: dict[str, None] = {}
    for sheet in read_sheets(paths, columns, "/options", role_of, ROLES, ("name", "cost")):
        values, code = sheet.money("cost")
        if code:
            currencies[code] = None
        period = next((MONTHS[word] for word in sheet.words("cost") if word in MONTHS and len(word) > 1), None)
        if period is None:
            notes["The costs count as those of a month."] = None
        figures = figures_cells(sheet)
        for row, (name, value) in enumerate(zip(sheet.texts("name"), values)):
            if value is None:
                raise sheet.error("cost", row, "is empty: write the cost")
            rows.append(
                {
                    "name": name.replace(",", " ").replace(":", " "),
                    "cost": f"{value / (period or 1.0):.15g}",
                    **({"figures": figures[row]} if figures[row] else {}),
                }
            )
        notes.update(dict.fromkeys(sheet.notes))
    if len(currencies) > 1:
        raise InputError("/options", f"has amounts in {' and '.join(sorted(currencies))}: write all in one currency")
    return rows, next(iter(currencies), ""), tuple(notes)
