"""Locust's CSV files (`--csv`): the statistics, their history, and the requests file of versions before 1."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Mapping

from acolytes_perf.result_files.delimited import read_titles
from acolytes_perf.result_files.record import ToolSummary
from acolytes_perf.result_files.source import Source
from acolytes_perf.result_files.summary import load_text, parse_number, scale, tool_summary

NAME = "Locust (CSV)"
_LAST_SECOND = "Locust writes this file once a second: the last requests may be missing. Its --json has all."
#: Titles of each figure: in the statistics, in the history, and in old versions.
_TITLES = {
    "requests": ("Request Count", "Total Request Count", "# requests"),
    "failed": ("Failure Count", "Total Failure Count", "# failures"),
    "median": ("Median Response Time", "Total Median Response Time", "Median response time"),
    "mean": ("Average Response Time", "Total Average Response Time", "Average response time"),
    "minimum": ("Min Response Time", "Total Min Response Time", "Min response time"),
    "maximum": ("Max Response Time", "Total Max Response Time", "Max response time"),
}


def recognises(head: bytes) -> bool:
    """Whether the heading is that of one of the three files."""
    titles = set(read_titles(head))
    return any(titles >= {_TITLES["requests"][kind], _TITLES["mean"][kind]} for kind in range(3))


def read(source: Source) -> Iterator[ToolSummary]:
    """The row of all requests, and those of the endpoints; in a history the last ones, which are totals."""
    rows = list(csv.DictReader(load_text(source).splitlines()))
    whole = [row for row in rows if row.get("Name") in ("Aggregated", "Total") and _method(row) == ""]
    if not whole:
        raise source.error("has no row Aggregated: the file is truncated")
    is_history = "Timestamp" in whole[-1]
    source.notes[_LAST_SECOND] = None
    stamps = [stamp for row in whole for stamp in [parse_number(row.get("Timestamp") or "")] if stamp]
    yield _summary(source, whole[-1], "", stamps[-1] - stamps[0] if is_history and len(stamps) > 1 else None)
    others = [row for row in rows if row not in whole]
    names = Counter(row.get("Name") for row in others if not is_history)
    last_of = {}
    for row in others:
        name, method = row.get("Name") or "", _method(row)
        # requests of one name by several methods are several endpoints
        last_of[f"{method} {name}" if names[name] > 1 and method else name] = row
    for name, row in last_of.items():
        if name and _figure(row, "requests"):
            yield _summary(source, row, name, None)


def _method(row: Mapping[str, str]) -> str:
    return (row.get("Type") or row.get("Method") or "").replace("None", "")


def _figure(row: Mapping[str, str], name: str) -> float | None:
    return next((parse_number(row[title] or "") for title in _TITLES[name] if title in row), None)


def _summary(source: Source, row: Mapping[str, str], name: str, duration: float | None) -> ToolSummary:
    is_history = "Timestamp" in row
    percentiles = {} if is_history else {
        share / 100: scale(parse_number(cell or ""), 1e-3)
        for title, cell in row.items()
        for share in [parse_number((title or "").rstrip("%")) if (title or "").endswith("%") else None]
        if share is not None
    }  # fmt: skip
    percentiles.setdefault(0.5, scale(_figure(row, "median"), 1e-3))
    requests, rate = _figure(row, "requests"), parse_number(row.get("Requests/s") or "")
    if requests and rate and not is_history:
        duration = requests / rate
    return tool_summary(
        source,
        requests=requests,
        failed=_figure(row, "failed"),
        duration=duration,
        mean=scale(_figure(row, "mean"), 1e-3),
        minimum=scale(_figure(row, "minimum"), 1e-3),
        maximum=scale(_figure(row, "maximum"), 1e-3),
        percentiles=percentiles,
        name=name,
    )
