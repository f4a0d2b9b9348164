"""Suppliers with their prices and their figures of quality, from rows or from files with any headings."""

from __future__ import annotations

import math
import re
from typing import NamedTuple

from acolytes_perf.errors import InputError, quoted
from acolytes_perf.inputs.fields import Field, Inputs, text_field
from acolytes_perf.inputs.money import chosen_currency
from acolytes_perf.inputs.tables import Table
from acolytes_perf.inputs.units import NUMBER, RATIO
from acolytes_perf.methods.choices.requirements import Measured, read_figures
from acolytes_perf.methods.costs.tariffs import Tariff

_MOST_MONEY = 1e12
_TIER = r"([\d.eE+-]+)(?:\s+to\s+([\d.eE+]+))?"
SUPPLIERS = Table(
    "suppliers",
    (
        text_field("name", "name of the supplier", "North", r"[^,:]{1,80}", "a name without comma and colon")._replace(
            required=True
        ),
        text_field(
            "prices", "price of a unit by tier of a month's volume", "42 to 50; 30",
            r"[\d.eE+-]+(?:\s+to\s+[\d.eE+]+)?(?:\s*;\s*[\d.eE+-]+(?:\s+to\s+[\d.eE+]+)?)*",
            "prices as PRICE to LIMIT; ...; PRICE",
        )._replace(required=True),
        Field("fixed", NUMBER, "paid each month", "1400", 0, _MOST_MONEY, default="0"),
        Field("minimum", NUMBER, "least bill of a month, with the fixed part", "500", 0, _MOST_MONEY, default="0"),
        Field("setup", NUMBER, "paid once", "2000", 0, _MOST_MONEY, default="0"),
        Field("units", NUMBER, "units that it bills for one unit of load", "1.024", 1e-12, 1e12, default="1"),
        Field("hit_ratio", RATIO, "share of the load that its cache answers", "92%", 0, 1),
        text_field("figures", "figures of quality", "p95=55ms; sla=99.9%", r"[^,:]{3,300}",
                   "figures as NAME=VALUE; ..."),
    ),
    "suppliers with their prices, or files with such columns",
    "North:42 to 50; 30:::::: p95=55ms; sla=99.9%,South:28:1400",
    min_rows=1,
    max_rows=50,
    required=True,
    takes_files=True,
    aliases=("providers", "vendors", "tariffs"),
)  # fmt: skip


#: Columns of files, by what they hold.
ROLES = ("name", "price", "fixed", "minimum", "setup", "units", "hit_ratio", "prices")


class Supplier(NamedTuple):
    """A supplier: its prices, its figures of quality by name, and whether its hit ratio is its own."""

    tariff: Tariff
    figures: dict[str, Measured]
    has_hit_ratio: bool


class Suppliers(NamedTuple):
    """All suppliers, their currency and the unit of the load (empty where nothing says them), and notes."""

    items: list[Supplier]
    currency: str
    unit: str
    notes: tuple[str, ...]


def read_suppliers(inputs: Inputs, load_unit: str) -> Suppliers:
    """The suppliers of the call, or of the files that it names.

    Args:
        inputs: with `suppliers`, and `hit_ratio` for those that have none of their own.
        load_unit: of the load, empty for none.

    Raises:
        InputError: a row is wrong, or a name is there twice.
    """
    rows, currency, unit = inputs.rows("suppliers"), "", load_unit
    notes: tuple[str, ...] = ()
    paths = inputs.texts("suppliers")
    if paths:
        from acolytes_perf.methods.costs.supplier_files import rows_of_files  # only files need it

        read = rows_of_files(paths, inputs.text("columns"), load_unit, ROLES)
        raw, currency, unit, notes = read.rows, read.currency, load_unit or read.unit, read.notes
        checked = SUPPLIERS.read(raw)[1]
        assert isinstance(checked, list)
        rows = [row for row in checked if isinstance(row, Inputs)]
    elif "columns" in inputs:
        raise InputError("/columns", "has no effect: suppliers are not from a file", {"columns": None})
    items = [_supplier(row, index, inputs.optional("hit_ratio")) for index, row in enumerate(rows)]
    names = [item.tariff.name for item in items]
    for index, name in enumerate(names):
        if name in names[:index]:
            raise InputError(f"/suppliers/{index}/name", f"{quoted(name)} is there twice: use each name once")
    return Suppliers(items, chosen_currency(inputs, currency), unit, notes)


def _supplier(row: Inputs, index: int, hit_ratio: float | None) -> Supplier:
    name, pointer = row.text("name") or "", f"/suppliers/{index}"
    own = row.optional("hit_ratio")
    share = own if own is not None else hit_ratio or 0.0
    tariff = Tariff(
        name,
        read_tiers(row.text("prices") or "", f"{pointer}/prices"),
        row.number("fixed"),
        row.number("minimum"),
        row.number("setup"),
        row.number("units"),
        share,
    )
    return Supplier(tariff, read_figures(row.text("figures") or "", f"{pointer}/figures"), own is not None)


def read_tiers(text: str, pointer: str) -> tuple[tuple[float, float], ...]:
    """The tiers of a text `PRICE to LIMIT; PRICE`.

    Raises:
        InputError: limits do not ascend, the last tier has one, or a price is no number.

    >>> read_tiers("42 to 50; 30", "/prices")
    ((50.0, 42.0), (inf, 30.0))
    """
    tiers: list[tuple[float, float]] = []
    for part in text.split(";"):
        match = re.fullmatch(_TIER, part.strip())
        try:
            price, limit = float(match[1]), float(match[2]) if match[2] else math.inf  # type: ignore[index]
        except (TypeError, ValueError):
            raise InputError(pointer, f"{quoted(part.strip())} is not a tier: write PRICE to LIMIT, or PRICE") from None
        if price < 0 or not math.isfinite(price) or limit > 1e18 < math.inf != limit:
            raise InputError(pointer, f"{quoted(part.strip())} must have a price of at least 0 and a finite limit")
        if tiers and limit <= tiers[-1][0]:
            raise InputError(pointer, f"{quoted(text)}: the limits must ascend, and only the last tier has none")
        tiers.append((limit, price))
    if math.isfinite(tiers[-1][0]):
        raise InputError(pointer, f"{quoted(text)} says no price above {tiers[-1][0]:.6g}: add '; PRICE' for the rest")
    return tuple(tiers)
