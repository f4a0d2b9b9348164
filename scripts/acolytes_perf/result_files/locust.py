"""Locust's CSV files (`--csv`): the statistics, their history, and the requests file of versions before 1."""

from __future__ import annotations

import csv
from collections.abc import Iterator

from acolytes_perf.result_files.delimited import read_titles
from acolytes_perf.result_files.record import ToolSummary
from acolytes_perf.result_files.source import Source
from acolytes_perf.result_files.summary import load_text, parse_number, scale, tool_summary

NAME = "Locust (CSV)"
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


def read(source: Source, label: str | None) -> Iterator[ToolSummary]:
    """The row of all requests, or of the label's; of the history the last one, whose totals hold for the run."""
    rows = list(csv.DictReader(load_text(source).splitlines()))
    total = "Aggregated" if label is None else label
    source.add_labels({row.get("Name") or "" for row in rows})
    selected = [row for row in rows if row.get("Name") in (total, "Total" if label is None else total)]
    if not selected:
        if label is None:
            raise source.error("has no row Aggregated: the file is truncated")
        return
    row = selected[-1]
    figures = {
        name: next((parse_number(row[title] or "") for title in titles if title in row), None)
        for name, titles in _TITLES.items()
    }
    is_history = "Timestamp" in row
    percentiles = {} if is_history else {
        share / 100: scale(parse_number(cell or ""), 1e-3)
        for title, cell in row.items()
        for share in [parse_number((title or "").rstrip("%")) if (title or "").endswith("%") else None]
        if share is not None
    }  # fmt: skip
    percentiles.setdefault(0.5, scale(figures["median"], 1e-3))
    rate = parse_number(row.get("Requests/s") or "")
    duration = figures["requests"] / rate if figures["requests"] and rate and not is_history else None
    if is_history:
        stamps = [stamp for row in selected for stamp in [parse_number(row.get("Timestamp") or "")] if stamp]
        duration = stamps[-1] - stamps[0] if len(stamps) > 1 else None
    yield tool_summary(
        source,
        requests=figures["requests"],
        failed=figures["failed"],
        duration=duration,
        mean=scale(figures["mean"], 1e-3),
        minimum=scale(figures["minimum"], 1e-3),
        maximum=scale(figures["maximum"], 1e-3),
        percentiles=percentiles,
    )
