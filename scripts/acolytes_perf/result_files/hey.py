"""hey's text report, in seconds."""

from __future__ import annotations

import re
from collections.abc import Iterator

from acolytes_perf.result_files.record import ToolSummary
from acolytes_perf.result_files.source import Source
from acolytes_perf.result_files.summary import load_text, parse_number, tool_summary

NAME = "hey (text)"
_FIGURE = re.compile(r"^\s*(Total|Slowest|Fastest|Average|Requests/sec):\s+([\d.]+)", re.MULTILINE)
_PERCENTILE = re.compile(r"^\s*([\d.]+)%+ in ([\d.]+) secs", re.MULTILINE)
_STATUS = re.compile(r"^\s*\[(\d{3})\]\s+(\d+) responses", re.MULTILINE)
_ERROR = re.compile(r"^\s*\[(\d+)\]\s+(\D.*?)\s*$", re.MULTILINE)


def recognises(head: bytes) -> bool:
    """Whether it has the report's first lines."""
    return b"Summary:" in head and b"Requests/sec:" in head and b"Fastest:" in head


def read(source: Source) -> Iterator[ToolSummary]:
    """The report; requests with a status of 400 or above, or without a response, failed."""
    text, _, errors = load_text(source).partition("Error distribution:")
    figures = {name: parse_number(value) for name, value in _FIGURE.findall(text)}
    codes = [(code, int(count[:18])) for code, count in _STATUS.findall(text)]
    causes = {("", message): int(count[:18]) for count, message in _ERROR.findall(errors)}
    lost = sum(causes.values())
    causes.update({(code, ""): count for code, count in codes if code[0] in "45"})
    percentiles = {
        float(share) / 100: parse_number(value) for share, value in _PERCENTILE.findall(text) if parse_number(share)
    }
    yield tool_summary(
        source,
        requests=lost + sum(count for _, count in codes),
        failed=sum(causes.values()),
        duration=figures.get("Total"),
        mean=figures.get("Average") or None,
        # without any response these are 0, not measured
        minimum=figures.get("Fastest") if codes else None,
        maximum=figures.get("Slowest") if codes else None,
        percentiles=percentiles,
        causes=causes,
    )
