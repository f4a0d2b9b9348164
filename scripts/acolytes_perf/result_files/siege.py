"""siege's report: JSON since 4.0.5, lines of text before; and its log, of one run a line. Times are in seconds."""

from __future__ import annotations

import re
from collections.abc import Iterator

from acolytes_perf.result_files.record import ToolSummary
from acolytes_perf.result_files.source import Source
from acolytes_perf.result_files.summary import load_text, parse_number, tool_summary

NAME = "siege"
_FIGURE = re.compile(r'^[{\s]*"?([A-Za-z][A-Za-z_ ]+?)"?:\s*([\d.]+)', re.MULTILINE)
_LOG_HEADING = re.compile(rb"\s*Date & Time,\s*Trans,\s*Elap Time,")
_LOG_LINE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,.*")


def recognises(head: bytes) -> bool:
    """Whether it has the lines of a report, or the heading of a log."""
    if _LOG_HEADING.match(head):
        return True
    lower = head.lower()
    return (b"longest_transaction" in lower or b"longest transaction" in lower) and b"availability" in lower


def read(source: Source) -> Iterator[ToolSummary]:
    """The figures of a run; siege calls requests transactions, and reports those that failed beside them."""
    text = load_text(source)
    if _LOG_HEADING.match(source.head):
        figures = _from_log(source, text)
    else:
        figures = {name.lower().replace(" ", "_"): parse_number(value) for name, value in _FIGURE.findall(text)}
    served, failed = figures.get("transactions"), figures.get("failed_transactions")
    yield tool_summary(
        source,
        requests=None if served is None else served + (failed or 0),
        failed=failed,
        duration=figures.get("elapsed_time"),
        mean=figures.get("response_time"),
        minimum=figures.get("shortest_transaction"),
        maximum=figures.get("longest_transaction"),
        percentiles={},
    )


def _from_log(source: Source, text: str) -> dict[str, float | None]:
    """The figures of the log's only run."""
    runs = [line.strip() for line in text.splitlines() if _LOG_LINE.match(line.strip())]
    if len(runs) != 1:
        raise source.error(f"has {len(runs)} runs of siege: keep the line of one below the heading")
    cells = [parse_number(cell.strip()) for cell in runs[0].split(",")]
    if len(cells) != 10:
        raise source.error(f"has {len(cells)} fields in a line, not siege's 10: it is damaged")
    names = "elapsed_time", "response_time", "failed_transactions", "transactions"
    return dict(zip(names, (cells[2], cells[4], cells[9], cells[1])))
