"""The cash flows of `roadmap roi`, from rows or from files with any headings, each with its time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from acolytes_perf.errors import InputError
from acolytes_perf.inputs.fields import Field, Inputs
from acolytes_perf.inputs.money import chosen_currency
from acolytes_perf.inputs.tables import Table
from acolytes_perf.inputs.timeline import EARLIEST, LATEST, TIME, show_time
from acolytes_perf.inputs.units import NUMBER
from acolytes_perf.methods.roadmap.cash_flows import Flow

if TYPE_CHECKING:
    from acolytes_perf.series.sheets import Sheet

_MOST_MONEY = 1e15
#: Spreadsheets count years of 365 days between dates.
_YEAR = 365 * 86400.0
#: Periods in a year.
PERIODS = {"year": 1, "quarter": 4, "month": 12}
#: When in its period a flow after the first one comes.
TIMINGS = {"end": 0.0, "middle": 0.5, "start": 1.0}
FLOWS = Table(
    "flows",
    (
        Field("amount", NUMBER, "money that comes in, or goes out where it is negative", "12000",
              -_MOST_MONEY, _MOST_MONEY, required=True, aliases=("flow", "cash", "net")),
        Field("date", TIME, "when; without dates there is one flow for each period", "2026-03-01", EARLIEST, LATEST),
    ),
    "cash flows, the first one now, or files with such columns",
    "-70000,12000,15000,18000,21000,26000",
    min_rows=2,
    max_rows=1200,
    required=True,
    takes_files=True,
    aliases=("cash_flows", "cashflows", "values"),
)  # fmt: skip
ROLES = ("amount", "inflow", "outflow", "date", "period")
_WORDS = {
    "amount": ("amount", "flow", "cash", "cashflow", "cash_flow", "net", "net_cash_flow", "net_flow", "value", "total"),
    "inflow": ("inflow", "in", "income", "gain", "gains", "benefit", "benefits", "saving", "savings", "revenue",
               "return", "cash_in"),
    "outflow": ("outflow", "out", "cost", "costs", "expense", "expenses", "spend", "investment", "cash_out"),
    "date": ("date", "when", "day", "datum"),
    "period": ("period", "year", "quarter", "month", "t", "n", "jahr"),
}  # fmt: skip


class Flows(NamedTuple):
    """Flows in order of time, in years after the first; a label for each; currency and notes.

    Attributes:
        flows: times in periods, or in years where there are dates.
        labels: a date or the number of the period.
        currency: empty where nothing says it.
        notes: how files were read, in sentences.
        is_dated: whether the times come from dates.
    """

    flows: list[Flow]
    labels: list[str]
    currency: str
    notes: tuple[str, ...]
    is_dated: bool


def role_of(words: list[str], _heading: str) -> str | None:
    """The role that a heading means by its words; None for an unknown one.

    >>> role_of(["cash", "flow"], ""), role_of(["month"], ""), role_of(["region"], "")
    ('amount', 'period', None)
    """
    joined = "_".join(words)
    return next((role for role, names in _WORDS.items() if joined in names), None)


def read_flows(inputs: Inputs) -> Flows:
    """The flows of the call, or of the files that it names.

    Raises:
        InputError: a row is wrong, some have dates and others not, or all are at one time.
    """
    rows, currency = inputs.rows("flows"), ""
    notes: tuple[str, ...] = ()
    paths = inputs.texts("flows")
    if paths:
        raw, currency, notes = _from_files(paths, inputs.text("columns"))
        checked = FLOWS.read(raw)[1]
        assert isinstance(checked, list)
        rows = [row for row in checked if isinstance(row, Inputs)]
    elif "columns" in inputs:
        raise InputError("/columns", "has no effect: flows are not from a file", {"columns": None})
    currency = chosen_currency(inputs, currency)
    amounts = [row.number("amount") for row in rows]
    dates = [row.optional("date") for row in rows]
    present = [date for date in dates if date is not None]
    if present and len(present) < len(dates):
        raise InputError(f"/flows/{dates.index(None)}/date", "is missing: give all flows a date, or none")
    if not present:
        shift = TIMINGS[inputs.text("timing") or "end"]
        times = [0.0, *(index - shift for index in range(1, len(amounts)))]
        flows = [Flow(time, amount) for time, amount in zip(times, amounts)]
        return Flows(
            flows,
            [str(index) for index in range(len(amounts))],
            chosen_currency(inputs, currency),
            notes,
            is_dated=False,
        )
    for name in ("timing", "period"):
        if name in inputs.written:
            raise InputError(f"/{name}", "has no effect: the flows have dates", {name: None})
    if min(present) == max(present):
        raise InputError("/flows", "has all flows on one date: write when each one comes")
    first = present[0]
    if min(present) < first:
        raise InputError("/flows", f"has a date before the first flow, {show_time(first)}: begin with the first one")
    order = sorted(range(len(amounts)), key=lambda index: present[index])
    flows = [Flow((present[index] - first) / _YEAR, amounts[index]) for index in order]
    return Flows(flows, [show_time(present[index]) for index in order], currency, notes, is_dated=True)


def _from_files(paths: Sequence[str], columns: str | None) -> tuple[list[dict[str, object]], str, tuple[str, ...]]:
    from acolytes_perf.series.sheets import read_sheets  # only files need it

    rows: list[dict[str, object]] = []
    currencies: dict[str, None] = {}
    notes: dict[str, None] = {}
    for sheet in read_sheets(paths, columns, "/flows", role_of, ROLES, ()):
        amounts = _amounts(sheet, currencies)
        if "period" in sheet.places and "date" in sheet.places:
            raise sheet.error("period", None, "is beside dates: leave it out with --columns ignore=...")
        if "period" in sheet.places:
            _check_periods(sheet)
        dates = sheet.texts("date") if "date" in sheet.places else [""] * len(amounts)
        rows += [
            {"amount": f"{amount:.15g}", **({"date": date} if date else {})} for amount, date in zip(amounts, dates)
        ]
        notes.update(dict.fromkeys(sheet.notes))
    if len(currencies) > 1:
        raise InputError("/flows", f"has amounts in {' and '.join(sorted(currencies))}: write all in one currency")
    return rows, next(iter(currencies), ""), tuple(notes)


def _amounts(sheet: Sheet, currencies: dict[str, None]) -> list[float]:
    """The net flow of each row."""
    roles = [role for role in ("amount", "inflow", "outflow") if role in sheet.places]
    if not roles:
        message = f"{sheet.where} has no column for amount: its columns are {', '.join(sheet.cells.headings[:8])}"
        raise InputError("/flows", f"{message}; choose with --columns amount=HEADING")
    if "amount" in roles and len(roles) > 1:
        raise sheet.error(roles[1], None, "is beside the net amount: leave it out with --columns ignore=...")
    if roles == ["outflow"]:
        raise sheet.error(
            "outflow", None, "is the only column of money: add one of inflows, or choose --columns amount="
        )
    sums = [0.0] * len(sheet.cells.rows)
    for role in roles:
        values, code = sheet.money(role)
        if code:
            currencies[code] = None
        for row, value in enumerate(values):
            if value is None and roles == ["amount"]:
                raise sheet.error(role, row, "is empty: write 0 where nothing is paid")
            if role == "outflow" and value is not None and value < 0:
                raise sheet.error(role, row, "is below 0: write costs without a sign beside a column of inflows")
            sums[row] += (-1 if role == "outflow" else 1) * (value or 0.0)
    return sums


def _check_periods(sheet: Sheet) -> None:
    """The rows must be periods that follow each other."""
    numbers = []
    for row, text in enumerate(sheet.texts("period")):
        match = re.fullmatch(r"[A-Za-z]*\s*(\d{1,4})", text)
        if match is None:
            raise sheet.error("period", row, f"'{text}' is not the number of a period: number them from 0")
        numbers.append(int(match[1]))
    gap = next((row for row in range(1, len(numbers)) if numbers[row] != numbers[row - 1] + 1), None)
    if gap is not None:
        message = f"{numbers[gap]} does not follow {numbers[gap - 1]}: write a row for every period, with 0 for no flow"
        raise sheet.error("period", gap, message)
