"""The rows of suppliers from files: columns of tiers become one cell of prices, others are figures of quality."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from acolytes_perf.errors import InputError
from acolytes_perf.inputs.money import MONTHS
from acolytes_perf.methods.choices.figure_cells import figures_cells
from acolytes_perf.methods.choices.requirements import figure_name
from acolytes_perf.methods.costs.monthly_load import unit_factor
from acolytes_perf.series.sheets import Sheet, plain_words, read_sheets

_POINTER = "/suppliers"
_MONEY = ("fixed", "minimum", "setup")
_WORDS = {
    "setup": ("setup", "migration", "onboarding", "entry", "exit", "once"),
    "minimum": ("minimum", "min", "commit", "commitment"),
    "fixed": ("fixed", "base", "subscription", "flat", "fee", "platform"),
}
_NAMES = ("name", "supplier", "provider", "vendor", "option", "cdn", "cloud", "host", "anbieter")
_PRICE_WORDS = frozenset(("price", "prices", "rate", "cost", "unit"))
#: Words beside the ones that say which part of a bill a column holds.
_BILL_WORDS = frozenset(("cost", "price", "bill", "spend", "one", "off", "fee"))
_FIRST, _NEXT = ("first", "up", "until", "under", "below"), ("next",)
_REST = ("above", "over", "beyond", "rest", "remaining", "remainder", "then", "after", "more", "from")
_COUNT = re.compile(r"(\d+)(k|m)?")
_UNIT_WORD = re.compile(r"[kmgtp]?i?b|requests?|reqs?|calls?|hits?|messages?|operations?|transactions?|[a-z]{2,}")


class SupplierRows(NamedTuple):
    """Rows as the table of suppliers takes them, the currency, the unit of the volume, and notes."""

    rows: list[dict[str, object]]
    currency: str
    unit: str
    notes: tuple[str, ...]


class Tier(NamedTuple):
    """What a heading says of a tier: how its limit counts, the limit, and the units of limit and price."""

    kind: str
    limit: float
    limit_unit: str
    price_unit: str


def role_of(words: list[str], heading: str) -> str | None:
    """The role that a heading means by its words; None for an unknown one.

    A tier's role is its heading, and that of a figure of quality its name.

    >>> role_of(["first", "50", "tb", "tb"], "first_50_tb"), role_of(["p95", "ms"], "p95_ms"), role_of(["sla"], "sla")
    ('tier first_50_tb', 'figure p95', 'figure availability')
    """
    joined = "_".join(words)
    if joined in _NAMES or (words and words[0] in _NAMES and words[1:] in ([], ["name"])):
        return "name"
    if joined in ("units", "units_load", "units_unit"):
        return "units"
    if joined == "prices":
        return "prices"
    if "hit" in words or "hitrate" in words:
        return "hit_ratio"
    if tier_of(words, heading) is not None:
        return f"tier {heading}"
    subject = next((role for role, names in _WORDS.items() if set(words) & set(names)), None)
    if subject:
        rest = [
            word for word in words
            if word not in _WORDS[subject] and word not in MONTHS and word not in _BILL_WORDS
        ]  # fmt: skip
        return None if rest else subject
    figure = figure_name(words)
    if figure:
        return f"figure {figure}"
    rest = [word for word in words if word not in _PRICE_WORDS]
    is_price = len(rest) <= 1 and rest == [word for word in rest if _UNIT_WORD.fullmatch(word) and word not in MONTHS]
    has_money = len(rest) < len(words) or (bool(rest) and plain_words(heading) != _all_words(heading))
    return "price" if is_price and has_money else None


def _all_words(heading: str) -> list[str]:
    return [word for word in re.split(r"[\W_]+", heading.lower()) if word]


def tier_of(words: list[str], heading: str) -> Tier | None:
    """The tier that a heading names; None for another column, and for limits with a decimal point."""
    kept = [word for word in words if word not in _PRICE_WORDS]
    if not kept or re.search(r"\d[.,]\d", heading):
        return None
    kind, rest = kept[0], kept[1:]
    counts = [index for index, word in enumerate(kept) if _COUNT.fullmatch(word)]
    if kind in _REST and kind != "from":
        units = [word for word in rest if not _COUNT.fullmatch(word)]
        return Tier("rest", 0.0, "", units[-1] if units else "") if len(units) <= 2 else None
    if _COUNT.fullmatch(kind) and len(counts) == 2:
        kind, rest = "up", kept[counts[1] :]
    elif kind == "from" and len(counts) == 1:
        return Tier("rest", 0.0, "", kept[-1] if kept[-1] != kept[counts[0]] else "")
    if kind not in (*_FIRST, *_NEXT) or not rest:
        return None
    match = _COUNT.fullmatch(rest[0])
    if not match or len(rest) > 3:
        return None
    limit = float(match[1]) * {"k": 1e3, "m": 1e6, None: 1.0}[match[2]]
    units = rest[1:]
    return Tier("next" if kind in _NEXT else "up", limit, units[0] if units else "", units[-1] if units else "")


def rows_of_files(paths: Sequence[str], columns: str | None, load_unit: str, roles: Sequence[str]) -> SupplierRows:
    """The rows of files as the table of suppliers takes them.

    Args:
        paths: of the files.
        columns: text of `--columns`; None without one.
        load_unit: unit of the load, which prices and limits are converted to; empty to take the one of the headings.
        roles: that `--columns` may name.

    Raises:
        InputError: a file cannot be read, a column is missing or unknown, or a cell is wrong.
    """
    rows: list[dict[str, object]] = []
    notes: dict[str, None] = {}
    currencies: dict[str, None] = {}
    unit = load_unit
    for sheet in read_sheets(paths, columns, _POINTER, role_of, roles, ("name",)):
        prices, unit = _prices(sheet, unit, currencies)
        if unit and not load_unit:
            notes[f"The load is in {unit.upper() if unit.endswith('b') else unit}, as the headings of prices say."] = (
                None
            )
        cells = {"name": [text.replace(",", " ").replace(":", " ") for text in sheet.texts("name")], "prices": prices}
        for role in _MONEY:
            if role in sheet.places:
                cells[role] = _monthly(sheet, role, currencies)
        for role in ("units", "hit_ratio"):
            if role in sheet.places:
                cells[role] = _shares(sheet, role)
        cells["figures"] = figures_cells(sheet)
        notes.update(dict.fromkeys(sheet.notes))
        rows += [
            {role: texts[row] for role, texts in cells.items() if texts[row]} for row in range(len(sheet.cells.rows))
        ]
    if len(currencies) > 1:
        raise InputError(_POINTER, f"has amounts in {' and '.join(sorted(currencies))}: write all in one currency")
    return SupplierRows(rows, next(iter(currencies), ""), unit, tuple(notes))


def _prices(sheet: Sheet, unit: str, currencies: dict[str, None]) -> tuple[list[str], str]:
    """The cell of prices of each row, and the unit of the volume."""
    tiers = [role for role in sheet.places if role.startswith("tier ")]
    if "prices" in sheet.places:
        if tiers or "price" in sheet.places:
            raise sheet.error("prices", None, "is beside other columns of prices: keep one of the two")
        return sheet.texts("prices"), unit
    if not tiers and "price" not in sheet.places:
        message = f"{sheet.where} has no column of prices: its columns are {', '.join(sheet.cells.headings[:8])}"
        raise InputError(_POINTER, f"{message}; choose with --columns price=HEADING")
    if tiers and "price" in sheet.places:
        raise sheet.error(
            "price", None, "is beside tiers: name it above_..., or leave it out with --columns ignore=..."
        )
    columns, limit = [], 0.0
    for place, role in enumerate(tiers or ["price"]):
        values, code = sheet.money(role)
        if code:
            currencies[code] = None
        heading = sheet.heading(role)
        tier = tier_of(plain_words(heading), heading) if tiers else None
        price_unit = tier.price_unit if tier else next(
            (word for word in plain_words(heading) if word not in _PRICE_WORDS), ""
        )  # fmt: skip
        unit = unit or price_unit
        factor = _factor(sheet, role, price_unit, unit)
        if tier is not None:
            is_rest, is_last = tier.kind == "rest", place == len(tiers) - 1
            if is_rest != is_last:
                message = (
                    "must be the last tier" if is_rest else "is the last tier: add a column above_... for the rest"
                )
                raise sheet.error(role, None, message)
            size = tier.limit / _factor(sheet, role, tier.limit_unit, unit)
            limit = 0.0 if is_rest else limit + size if tier.kind == "next" else size
        columns.append(([None if value is None else value * factor for value in values], limit))
    texts = []
    for row in range(len(sheet.cells.rows)):
        parts = []
        for (values, end), role in zip(columns, tiers or ["price"]):
            value = values[row]
            if value is None:
                raise sheet.error(role, row, "is empty: write the price, 0 for none")
            parts.append(f"{value:.15g} to {end:.15g}" if end else f"{value:.15g}")
        texts.append("; ".join(parts))
    return texts, unit


def _factor(sheet: Sheet, role: str, unit: str, load_unit: str) -> float:
    """How many of a heading's units there are in a unit of load."""
    if not unit or not load_unit:
        return 1.0
    factor = unit_factor(unit, load_unit)
    if factor is None and role in sheet.chosen:
        return 1.0
    if factor is None:
        message = f"is per {unit}, and the load is in {load_unit}: give --load in {unit}"
        raise sheet.error(role, None, message)
    return factor


def _monthly(sheet: Sheet, role: str, currencies: dict[str, None]) -> list[str]:
    """The amounts of a column for a month; those of `setup` are paid once."""
    values, code = sheet.money(role)
    if code:
        currencies[code] = None
    period = next((MONTHS[word] for word in sheet.words(role) if word in MONTHS and len(word) > 1), None)
    if role == "setup" and period is not None:
        raise sheet.error(role, None, "is for a period, but a setup is paid once: rename it to fixed")
    return ["" if value is None else f"{value / (period or 1.0):.15g}" for value in values]


def _shares(sheet: Sheet, role: str) -> list[str]:
    """The cells of a share or a factor; numbers from 1 to 100 below a heading with `percent` or % are per cent."""
    values, unit = sheet.numbers(role)
    if unit not in ("", "ratio"):
        raise sheet.error(role, None, "has another unit than a number or a share")
    row = next(
        (row for row, value in enumerate(values) if role == "hit_ratio" and value is not None and value > 1), None
    )
    if row is not None:
        text = sheet.texts(role)[row]
        raise sheet.error(role, row, f"'{text}' is not a share between 0 and 1: write {text}%")
    return ["" if value is None else f"{value:.15g}" for value in values]
