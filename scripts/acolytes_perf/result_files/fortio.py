"""fortio's JSON (`-json`), in seconds; the duration of the run is in nanoseconds."""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_perf.result_files.record import ToolSummary
from acolytes_perf.result_files.source import Source
from acolytes_perf.result_files.summary import load_json, number_at, object_at, scale, tool_summary

NAME = "fortio (JSON)"
#: Codes of the runners for gRPC, TCP and UDP; an HTTP status is a number.
_GOOD = ("OK", "SERVING", "PING")


def recognises(head: bytes) -> bool:
    """Whether it is an object with fortio's members."""
    return head.lstrip()[:1] == b"{" and b'"RunType"' in head and b'"DurationHistogram"' in head


def read(source: Source) -> Iterator[ToolSummary]:
    """The figures; requests without an answer and with a status of 400 or above failed."""
    report = load_json(source)
    if isinstance(report.get("Version"), str):
        source.version = str(report["Version"])[:40]
    times = object_at(report, "DurationHistogram")
    codes = {code: number_at(report, "RetCodes", code) or 0 for code in object_at(report, "RetCodes")}
    causes = {(code, ""): count for code, count in codes.items() if _has_failed(code)}
    rows = times.get("Percentiles")
    percentiles = {
        (number_at(row, "Percentile") or 0) / 100: number_at(row, "Value")
        for row in (rows if isinstance(rows, list) else [])
    }
    yield tool_summary(
        source,
        requests=number_at(times, "Count"),
        failed=sum(causes.values()) if codes else None,
        duration=scale(number_at(report, "ActualDuration"), 1e-9),
        mean=number_at(times, "Avg"),
        minimum=number_at(times, "Min"),
        maximum=number_at(times, "Max"),
        percentiles=percentiles,
        causes=causes,
    )


def _has_failed(code: str) -> bool:
    """Whether a code of fortio is a failure; `-1` is a request without an answer."""
    return not 100 <= int(code) < 400 if code.lstrip("-").isdigit() else code.upper() not in _GOOD
