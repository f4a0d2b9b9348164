"""Taurus' final statistics (`dump-csv`), in seconds; its `kpi.jtl` is a JTL."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator

from acolytes_perf.result_files.delimited import read_titles
from acolytes_perf.result_files.record import ToolSummary
from acolytes_perf.result_files.source import Source
from acolytes_perf.result_files.summary import load_text, parse_number, tool_summary

NAME = "Taurus (final stats)"


def recognises(head: bytes) -> bool:
    """Whether the heading is that of final statistics."""
    return {"label", "avg_rt", "succ", "fail", "perc_50.0"} <= set(read_titles(head))


def read(source: Source) -> Iterator[ToolSummary]:
    """The figures of the run, in the row without a label, and of each label; a sample failed as Taurus counts it."""
    try:
        rows = list(csv.DictReader(load_text(source).splitlines()))
    except csv.Error:
        raise source.error("is damaged CSV: Taurus did not finish writing it") from None
    if not any(row.get("label") == "" for row in rows):
        raise source.error("has no row without a label, which has the figures of the run: it is truncated")
    for row in sorted(rows, key=lambda row: bool(row.get("label"))):
        cells = {name: parse_number(cell) for name, cell in row.items() if isinstance(name, str) and cell}
        shares = {name: parse_number(name[5:]) for name in cells if name.startswith("perc_")}
        failed, passed = cells.get("fail"), cells.get("succ")
        # codes of samples that passed are not told from those of samples that failed
        causes = {
            (name[3:], ""): count or 0.0
            for name, count in cells.items()
            if re.fullmatch(r"rc_[45]\d\d", name) and failed
        }
        yield tool_summary(
            source,
            requests=None if failed is None or passed is None else failed + passed,
            failed=failed,
            duration=None,
            mean=cells.get("avg_rt"),
            minimum=cells.get("perc_0.0"),
            maximum=cells.get("perc_100.0"),
            percentiles={share / 100: cells[name] for name, share in shares.items() if share},
            causes=causes if sum(causes.values()) <= (failed or 0) else {},
            name=row.get("label") or "",
        )
