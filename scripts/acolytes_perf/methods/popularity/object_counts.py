"""How often each object was requested, from rows of the call or from a file: counts, or one row a request."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from acolytes_perf.errors import InputError, quoted
from acolytes_perf.inputs.columns import listed, parse_columns, unknown_heading
from acolytes_perf.inputs.fields import Field, Inputs
from acolytes_perf.inputs.tables import Table
from acolytes_perf.inputs.units import COUNT, TEXT
from acolytes_perf.series.rows import Rows

COUNTS = Table(
    "counts",
    (
        Field("object", TEXT, "name of an object", "/home", required=True),
        Field("count", COUNT, "requests for it", "900", 0, 10**15, default="1"),
    ),
    "requests of each object; in a file without a column of counts each row is a request, in order",
    "home:900,cart:300,help:12",
    takes_files=True,
)
_ROLES = ("object", "count")
#: Headings that need no `--columns`.
_USUAL = {
    "object": ("object", "key", "path", "url", "uri", "name", "id", "item", "query", "request", "endpoint"),
    "count": ("count", "counts", "requests", "hits", "n", "total", "value"),
}


class ObjectCounts(NamedTuple):
    """Requests by object; `in_order` are the objects of the requests in order, where the file has each request."""

    counts: Counter[str]
    in_order: Sequence[str] | None = None


def read_counts(inputs: Inputs) -> ObjectCounts:
    """The counts of the input `counts`, whether written in the call or in files.

    Raises:
        InputError: a file cannot be read, or its columns are not clear; there is no request.
    """
    choices = inputs.text("columns")
    counts: Counter[str] = Counter()
    in_order: list[str] | None = []
    rows = inputs.rows("counts")
    if rows and choices is not None:
        raise InputError("/columns", "has no effect: counts names no file", {"columns": None})
    for row in rows:
        counts[row.text("object") or ""] += int(row.number("count"))
        in_order = None
    for path in inputs.texts("counts"):
        from acolytes_perf.series.read import read_table_rows  # a fifth of the start, and only files need it

        table = read_table_rows(path, "/counts")
        if table is None:
            raise InputError("/counts", f"{quoted(path)} has no rows of objects: use CSV, TSV or NDJSON")
        one = _from_file(table, choices, quoted(path))
        counts.update(one.counts)
        in_order = None if in_order is None or one.in_order is None else [*in_order, *one.in_order]
    if not any(counts.values()):
        raise InputError("/counts", "has no request: all counts are 0")
    return ObjectCounts(counts, in_order)


def _from_file(table: Rows, choices: str | None, where: str) -> ObjectCounts:
    by_role: dict[str, int] = {}
    for choice in parse_columns(choices, _ROLES):
        found = choice.column(table.headings)
        if found is None:
            raise unknown_heading(choice, table.headings, where)
        by_role[choice.role] = found[0]
    plain = [heading.strip().lower() for heading in table.headings]
    if "object" not in by_role:
        by_role["object"] = _usual(plain, "object", where, table)
    if "count" not in by_role and choices is None:
        place = next((plain.index(name) for name in _USUAL["count"] if name in plain), None)
        if place is not None and place != by_role["object"]:
            by_role["count"] = place
    objects = table.column(by_role["object"])
    if "count" not in by_role:
        return ObjectCounts(Counter(objects), objects)
    counts: Counter[str] = Counter()
    for name, cell, line in zip(objects, table.column(by_role["count"]), table.lines):
        counts[name] += _count(cell, line, where)
    return ObjectCounts(counts)


def _usual(plain: Sequence[str], role: str, where: str, table: Rows) -> int:
    """The column with a usual heading, or the only one."""
    if len(plain) == 1:
        return 0
    place = next((plain.index(name) for name in _USUAL[role] if name in plain), None)
    if place is None:
        example = f"write --columns {role}=HEADING"
        raise InputError("/columns", f"{where} has the columns {listed(table.headings)}: {example}")
    return place


def _count(cell: str, line: int, where: str) -> int:
    try:
        number = float(cell)
    except ValueError:
        number = -1.0
    if not 0 <= number <= 10**15 or number != int(number):
        raise InputError("/counts", f"{where} line {line}: {quoted(cell.strip())} is not a count of requests")
    return int(number)
