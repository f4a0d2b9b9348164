"""The rows of a roadmap's measures from files: three columns for a range become one cell, and periods become years."""

from __future__ import annotations

from collections.abc import Sequence

from acolytes_perf.errors import InputError, quoted
from acolytes_perf.inputs.money import MONTHS
from acolytes_perf.methods.roadmap.measure_columns import RICE, ROLES, WSJF, role_of
from acolytes_perf.series.sheets import Sheet, read_sheets

_POINTER = "/measures"


def rows_of_files(
    paths: Sequence[str], columns: str | None
) -> tuple[list[dict[str, object]], str, tuple[str, ...], dict[str, int]]:
    """The rows of files as the table of measures takes them.

    Args:
        paths: of the files.
        columns: text of `--columns`; None without one.

    Returns:
        The rows, the currency, how the files were read, and the index of each measure by its id.

    Raises:
        InputError: a file cannot be read, a column is missing or unknown, or a cell is wrong.
    """
    rows: list[dict[str, object]] = []
    notes: dict[str, None] = {}
    currencies: dict[str, str] = {}
    ids: dict[str, int] = {}
    for sheet in read_sheets(paths, columns, _POINTER, role_of, ROLES, ()):
        cells = _texts(sheet, ids, len(rows))
        for subject, is_money in (("cost", True), ("gain", True), ("weeks", False)):
            texts, currency = _ranges(sheet, subject, notes, is_money=is_money)
            cells[subject] = texts
            if currency:
                currencies.setdefault(currency, sheet.where)
        notes.update(dict.fromkeys(sheet.notes))
        rows += [
            {role: texts[row] for role, texts in cells.items() if texts and texts[row]}
            for row in range(len(sheet.cells.rows))
        ]
    if len(currencies) > 1:
        raise InputError(_POINTER, f"has amounts in {' and '.join(currencies)}: write all in one currency")
    return rows, next(iter(currencies), ""), tuple(notes), ids


def _texts(sheet: Sheet, ids: dict[str, int], start: int) -> dict[str, list[str]]:
    """Name, dependencies and scores of each row."""
    if "name" not in sheet.places and "id" not in sheet.places:
        message = f"{sheet.where} has no column for name: its columns are {', '.join(sheet.cells.headings[:8])}"
        raise InputError(_POINTER, f"{message}; choose with --columns name=HEADING")
    names = [sheet.texts(role) for role in ("id", "name") if role in sheet.places]
    if len(names) > 1:
        ids.update({key: start + row for row, key in enumerate(names[0]) if key})
    cells = {"name": [" ".join(part for part in parts if part) for parts in zip(*names)]}
    for row, name in enumerate(cells["name"]):
        cells["name"][row] = name.replace(",", " ").replace(":", " ")
    for role in ("after", "years", *RICE, *WSJF):
        if role in sheet.places:
            cells[role] = sheet.texts(role)
    return cells


def _ranges(sheet: Sheet, subject: str, notes: dict[str, None], *, is_money: bool) -> tuple[list[str], str]:
    """The cells LOW..LIKELY..HIGH of a subject, and their currency."""
    roles = [
        role for role in (f"{subject}_low", subject, f"{subject}_likely", f"{subject}_high") if role in sheet.places
    ]
    if not roles:
        if is_money:
            message = (
                f"{sheet.where} has no column for {subject}: its columns are {', '.join(sheet.cells.headings[:8])}"
            )
            raise InputError(_POINTER, f"{message}; choose with --columns {subject}_likely=HEADING")
        return [], ""
    if subject in roles and f"{subject}_likely" in roles:
        heading = sheet.heading(subject)
        raise sheet.error(subject, None, f"is beside likely values: leave it out with --columns ignore={heading}")
    if roles == [subject] and any(".." in text for text in sheet.texts(subject)):
        return sheet.texts(subject), ""
    if len(roles) == 1 and not roles[0].endswith(("likely", subject)):
        raise sheet.error(roles[0], None, f"is alone: add columns for {subject}_likely and both ends")
    if len(roles) == 2 and not (roles[0].endswith("_low") and roles[1].endswith("_high")):
        raise sheet.error(roles[0], None, f"lacks the other end: add columns for {subject}_low and {subject}_high")
    columns, currency = [], ""
    for role in roles:
        values, code = sheet.money(role) if is_money else sheet.numbers(role)
        if code and currency and code != currency:
            raise sheet.error(role, None, f"is in {code}, and others in {currency}: write all in one currency")
        currency = code or currency
        factor = _yearly(sheet, role, subject, notes) if is_money else 1.0
        columns.append([None if value is None else value * factor for value in values])
    texts = []
    for row, cells in enumerate(zip(*columns)):
        present = [value for value in cells if value is not None]
        if present and len(present) < len(cells):
            role = roles[cells.index(None)]
            raise sheet.error(role, row, f"is empty: write a value for {role}, or leave out the whole range")
        if not present and is_money:
            raise sheet.error(roles[0], row, f"is empty: write the {subject}")
        if present != sorted(present):
            name = quoted("..".join(f"{value:.12g}" for value in present))
            raise sheet.error(roles[0], row, f"{name} is not in the order low, likely, high")
        texts.append("..".join(f"{value:.15g}" for value in present))
    return texts, currency if is_money else ""


def _yearly(sheet: Sheet, role: str, subject: str, notes: dict[str, None]) -> float:
    """What a gain is multiplied by to be one of a year; a cost for a period is refused."""
    period = next((word for word in sheet.words(role) if word in MONTHS and len(word) > 1), None)
    if period is None:
        return 1.0
    if subject == "cost":
        message = f"is per {period}, but a cost is paid once: subtract what it costs each year from the gain"
        raise sheet.error(role, None, message)
    factor = 12 / MONTHS[period]
    if factor != 1:
        notes[f"Gains per {period} count {factor:.6g} times a year."] = None
    return factor
