"""Locust's CSV files (`--csv`): the statistics, their history, and the requests file of versions before 1."""

from __future__ import annotations

import csv
from collections.abc import Iterator

from acolytes_perf.result_files.delimited import heading
from acolytes_perf.result_files.record import ToolSummary
from acolytes_perf.result_files.source import Source
from acolytes_perf.result_files.summary import numeral, reported, scaled, text_of

NAME = "Locust (CSV)"
#: Our name -> the titles of the statistics, of the history, and of old versions.
_TITLES = {
    "requests": ("Request Count", "Total Request Count", "# requests"),
    "failed": ("Failure Count", "Total Failure Count", "# failures"),
    "median": ("Median Response Time", "Total Median Response Time", "Median response time"),
    "mean": ("Average Response Time", "Total Average Response Time", "Average response time"),
    "least": ("Min Response Time", "Total Min Response Time", "Min response time"),
    "most": ("Max Response Time", "Total Max Response Time", "Max response time"),
}


def recognises(head: bytes) -> bool:
    """Whether the heading is that of one of the three files."""
    titles = set(heading(head))
    return any(titles >= {_TITLES["requests"][kind], _TITLES["mean"][kind]} for kind in range(3))


def read(source: Source, label: str | None) -> Iterator[ToolSummary]:
    """The row of all requests, or of the label's; of the history the last one, whose totals hold for the run."""
    rows = list(csv.DictReader(text_of(source).splitlines()))
    wanted = "Aggregated" if label is None else label
    source.saw({row.get("Name") or "" for row in rows})
    chosen = [row for row in rows if row.get("Name") in (wanted, "Total" if label is None else wanted)]
    if not chosen:
        if label is None:
            raise source.refusal("has no row Aggregated: it is cut off")
        return
    row = chosen[-1]
    figures = {
        name: next((numeral(row[title] or "") for title in titles if title in row), None)
        for name, titles in _TITLES.items()
    }
    history = "Timestamp" in row
    percentiles = {} if history else {
        share / 100: scaled(numeral(cell or ""), 1e-3)
        for title, cell in row.items()
        for share in [numeral((title or "").rstrip("%")) if (title or "").endswith("%") else None]
        if share is not None
    }  # fmt: skip
    percentiles.setdefault(0.5, scaled(figures["median"], 1e-3))
    rate = numeral(row.get("Requests/s") or "")
    seconds = figures["requests"] / rate if figures["requests"] and rate and not history else None
    if history:
        stamps = [stamp for one in chosen for stamp in [numeral(one.get("Timestamp") or "")] if stamp]
        seconds = stamps[-1] - stamps[0] if len(stamps) > 1 else None
    latencies = {name: scaled(figures[name], 1e-3) for name in ("mean", "least", "most")}
    yield reported(source, figures["requests"], figures["failed"], seconds, latencies, percentiles)
