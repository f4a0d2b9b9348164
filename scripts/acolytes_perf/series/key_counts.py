"""Keys with their counts, from rows of a call or from files."""

from __future__ import annotations

from acolytes_perf.errors import InputError, quoted
from acolytes_perf.inputs.fields import Field, Inputs
from acolytes_perf.inputs.files import expand
from acolytes_perf.inputs.tables import Table
from acolytes_perf.inputs.units import NUMBER, TEXT

_MOST_KEYS = 1_000_000
_COUNTS = ("count", "requests", "hits", "reads", "calls", "ops", "n", "rate", "load", "weight", "size", "rows")
_KEYS = ("key", "name", "tenant", "customer", "id", "object", "url", "partition", "user")

#: The input of keys and their counts.
KEYS = Table(
    "keys",
    (
        Field("key", TEXT, "the key, tenant or object", "tenant-7", required=True, aliases=_KEYS[1:]),
        Field("count", NUMBER, "its requests, or any other measure of its load", "5000", 0, 1e18, required=True,
              aliases=_COUNTS[1:]),
    ),
    "counts by key; or CSV files with a column of counts, instead of key_count and zipf",
    "a:5000,b:1200,c:800",
    min_rows=1,
    max_rows=100_000,
    takes_files=True,
)  # fmt: skip


def read_key_counts(inputs: Inputs) -> tuple[list[str], list[float]]:
    """The keys and their counts, from the input KEYS.

    Raises:
        InputError: a file cannot be read, has no column of counts, or a wrong one; or every count is 0.
    """
    counts: dict[str, float] = {}
    pairs = [(row.text("key") or "", row.number("count")) for row in inputs.rows("keys")]
    for path in expand(inputs.texts("keys"), "/keys") if inputs.texts("keys") else []:
        pairs += _read_file(path)
    for name, count in pairs:
        counts[name] = counts.get(name, 0.0) + count  # parts of several files belong together
    if len(counts) > _MOST_KEYS:
        raise InputError("/keys", f"has {len(counts)} keys, more than {_MOST_KEYS}: add up the rarest ones")
    if not any(counts.values()):
        raise InputError("/keys", "has no count above 0")
    return list(counts), list(counts.values())


def _read_file(path: str) -> list[tuple[str, float]]:
    from acolytes_perf.series.read import read_table_rows  # only calls with files need the reader

    where = "standard input" if path == "-" else quoted(path)
    table = read_table_rows(path, "/keys")
    if table is None:
        raise InputError("/keys", f"{where} is not CSV, TSV or records in JSON with a column of counts")
    titles = [heading.strip().lower() for heading in table.headings]
    place = next((titles.index(name) for name in (*_COUNTS, "value") if name in titles), None)
    if place is None and len(titles) == 2:
        place = 1
    if place is None:
        raise InputError("/keys", f"{where} has no column count: its headings are {', '.join(table.headings[:6])}")
    named = next((titles.index(name) for name in _KEYS if name in titles), 0 if place else None)
    counts = [_number(row[place], where, line) for row, line in zip(table.rows, table.lines)]
    names = [row[named] for row in table.rows] if named is not None else [f"line {line}" for line in table.lines]
    return list(zip(names, counts))


def _number(cell: str, where: str, line: int) -> float:
    try:
        number = float(cell)
    except ValueError:
        number = -1.0
    if not 0 <= number <= 1e18:
        raise InputError("/keys", f"{where} line {line} has the count {quoted(cell)}, which is not a number from 0 on")
    return number
