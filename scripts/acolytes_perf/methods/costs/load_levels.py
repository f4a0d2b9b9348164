"""Load levels with what was measured at each, and the parts of a bill, from rows or from files with any headings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from acolytes_perf.errors import InputError
from acolytes_perf.inputs.fields import Field, Inputs, text_field
from acolytes_perf.inputs.money import MONTHS
from acolytes_perf.inputs.tables import Table
from acolytes_perf.inputs.units import NUMBER, RATE, RATIO

if TYPE_CHECKING:
    from acolytes_perf.series.sheets import Sheet

LEVELS = Table(
    "levels",
    (
        Field("load", RATE, "requests that arrive in a unit of time", "400/s", 1e-9, 1e12, required=True,
              aliases=("throughput", "rate", "rps")),
        Field("failures", RATIO, "share of them that fails, or breaks the SLO", "0.2%", 0, 1, default="0%"),
        Field("instances", NUMBER, "instances that run at this load", "12", 0, 1e7),
    ),
    "measured load levels, or files with such columns",
    "100/s:0.1%:4,400/s:0.2%:12,900/s:2.5%:24",
    max_rows=100,
    required=True,
    takes_files=True,
)  # fmt: skip
BILLS = Table(
    "bills",
    (
        text_field("name", "what it is for", "database", r"[^,:]{1,80}", "a name without comma and colon")._replace(
            required=True
        ),
        Field("cost", NUMBER, "what it costs in a month, whatever the load", "310", -1e12, 1e12, required=True),
    ),
    "parts of the bill that do not change with the load, or files with such columns",
    "database:310,network:90",
    max_rows=1000,
    takes_files=True,
    aliases=("bill", "invoice"),
)
ROLES = ("load", "failures", "instances", "name", "cost")
_LEVEL_WORDS = {
    "load": ("load", "throughput", "rps", "qps", "tps", "rate", "requests", "request", "arrivals", "arrival"),
    "failures": ("failures", "failed", "failure", "errors", "error", "rate"),
    "instances": ("instances", "servers", "nodes", "pods", "replicas", "workers", "machines", "vms", "units"),
}
_BILL_WORDS = {
    "name": ("name", "service", "item", "product", "what", "resource", "description", "sku"),
    "cost": ("cost", "price", "amount", "total", "spend", "charge", "costs", "bill"),
}
#: Words of units, which do not say what a column holds.
_UNITS = ("s", "second", "percent", "pct", "share", "ratio", "count", "number", "measured")


class Level(NamedTuple):
    """A load level: requests per second, share that fails, instances (None where they are not stated)."""

    load: float
    failures: float
    instances: float | None


class Bill(NamedTuple):
    """The sum of a bill's parts in a month, its currency, and how it was read, in sentences."""

    per_month: float
    currency: str
    notes: tuple[str, ...]


def read_levels(inputs: Inputs) -> tuple[list[Level], tuple[str, ...]]:
    """The load levels in ascending order, and notes.

    Raises:
        InputError: a row is wrong, or a load is there twice.
    """
    rows = inputs.rows("levels")
    notes: tuple[str, ...] = ()
    paths = inputs.texts("levels")
    if paths:
        raw, notes = _levels_of_files(paths, _part(inputs, ("load", "failures", "instances")))
        rows = _checked(LEVELS, raw)
    levels = [Level(row.number("load"), row.number("failures"), row.optional("instances")) for row in rows]
    levels.sort(key=lambda level: level.load)
    for one, other in zip(levels, levels[1:]):
        if one.load == other.load:
            raise InputError("/levels", f"has the load {one.load:.6g}/s twice: leave one out")
    stated = [level.instances is not None for level in levels]
    if any(stated) and not all(stated):
        raise InputError("/levels", "has instances for some levels only: add them for all, or leave them out")
    return levels, notes


def read_bill(inputs: Inputs) -> Bill:
    """The sum of the parts of a bill.

    Raises:
        InputError: a row is wrong.
    """
    paths = inputs.texts("bills")
    if not paths:
        return Bill(sum(row.number("cost") for row in inputs.rows("bills")), "", ())
    from acolytes_perf.series.sheets import read_sheets  # only files need it

    rows: list[dict[str, object]] = []
    currencies: dict[str, None] = {}
    notes: dict[str, None] = {}
    for sheet in read_sheets(paths, _part(inputs, ("name", "cost")), "/bills", _bill_role, ROLES, ("name", "cost")):
        values, code = sheet.money("cost")
        if code:
            currencies[code] = None
        period = next((MONTHS[word] for word in sheet.words("cost") if word in MONTHS and len(word) > 1), 1.0)
        for row, (name, value) in enumerate(zip(sheet.texts("name"), values)):
            if value is None:
                raise sheet.error("cost", row, "is empty: write the cost, 0 for none")
            rows.append({"name": name.replace(",", " ").replace(":", " "), "cost": f"{value / period:.15g}"})
        notes.update(dict.fromkeys(sheet.notes))
    if len(currencies) > 1:
        raise InputError("/bills", f"has amounts in {' and '.join(sorted(currencies))}: write all in one currency")
    return Bill(sum(row.number("cost") for row in _checked(BILLS, rows)), next(iter(currencies), ""), tuple(notes))


def _part(inputs: Inputs, roles: Sequence[str]) -> str | None:
    """The part of `--columns` for one of both tables."""
    from acolytes_perf.series.series_input import columns_for

    return columns_for(inputs, (*roles, "ignore"), ROLES)


def _checked(table: Table, raw: list[dict[str, object]]) -> list[Inputs]:
    checked = table.read(raw)[1]
    assert isinstance(checked, list)
    return [row for row in checked if isinstance(row, Inputs)]


def _level_role(words: list[str], _heading: str) -> str | None:
    kept = [word for word in words if word not in _UNITS]
    return next((role for role, names in _LEVEL_WORDS.items() if kept and set(kept) <= set(names)), None)


def _bill_role(words: list[str], _heading: str) -> str | None:
    kept = "_".join(word for word in words if word not in MONTHS)
    if not kept and words:
        return "cost"  # a currency and a period, such as usd_per_month
    return next((role for role, names in _BILL_WORDS.items() if kept in names), None)


def _levels_of_files(paths: Sequence[str], columns: str | None) -> tuple[list[dict[str, object]], tuple[str, ...]]:
    from acolytes_perf.series.sheets import read_sheets  # only files need it

    rows: list[dict[str, object]] = []
    notes: dict[str, None] = {}
    for sheet in read_sheets(paths, columns, "/levels", _level_role, ROLES, ("load",)):
        cells = {"load": _rates(sheet)}
        for role in ("failures", "instances"):
            if role in sheet.places:
                values, unit = sheet.numbers(role)
                if unit not in ("", "ratio"):
                    raise sheet.error(role, None, "has another unit than expected")
                cells[role] = ["" if value is None else f"{value:.15g}" for value in values]
        rows += [
            {role: texts[row] for role, texts in cells.items() if texts[row]} for row in range(len(sheet.cells.rows))
        ]
        notes.update(dict.fromkeys(sheet.notes))
    return rows, tuple(notes)


def _rates(sheet: Sheet) -> list[str]:
    values, unit = sheet.numbers("load")
    if unit != "1/s":
        heading = sheet.heading("load")
        raise sheet.error("load", None, f"has no unit of a rate: name it, as in `{heading.split('[')[0].strip()} [/s]`")
    row = next((row for row, value in enumerate(values) if value is None), None)
    if row is not None:
        raise sheet.error("load", row, "is empty: write the load")
    return [f"{quoted_rate}/s" for quoted_rate in (f"{value:.15g}" for value in values if value is not None)]
