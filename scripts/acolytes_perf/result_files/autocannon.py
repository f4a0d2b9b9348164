"""autocannon's JSON (`--json`); latencies are in milliseconds, the duration in seconds."""

from __future__ import annotations

import re
from collections.abc import Iterator

from acolytes_perf.result_files.record import ToolSummary
from acolytes_perf.result_files.source import Source
from acolytes_perf.result_files.summary import load_json, number_at, object_at, scale, tool_summary

NAME = "autocannon (JSON)"
_PERCENTILE = re.compile(r"p(\d+)(?:_(\d+))?")


def recognises(head: bytes) -> bool:
    """Whether it is an object with autocannon's members."""
    return head.lstrip()[:1] == b"{" and b'"latency"' in head and b'"p97_5"' in head and b'"non2xx"' in head


def read(source: Source) -> Iterator[ToolSummary]:
    """The figures; requests without an answer and with a status of 400 or above failed."""
    report = load_json(source)
    codes = {code: number_at(report, "statusCodeStats", code, "count") or 0
             for code in object_at(report, "statusCodeStats")}  # fmt: skip
    causes = {(code, ""): count for code, count in codes.items() if code[:1] in "45"}
    refused = (number_at(report, "4xx") or 0) + (number_at(report, "5xx") or 0)
    if sum(causes.values()) != refused:
        causes = {("4xx or 5xx", ""): refused}
    timeouts, lost = number_at(report, "timeouts") or 0, number_at(report, "errors") or 0
    causes["", "timeout"], causes["", "no answer"] = timeouts, max(0, lost - timeouts)
    times = object_at(report, "latency")
    percentiles = {}
    for name in times:
        match = _PERCENTILE.fullmatch(name)
        if match and not name.startswith("p0"):
            percentiles[float(f"{match[1]}.{match[2] or 0}") / 100] = scale(number_at(times, name), 1e-3)
    yield tool_summary(
        source,
        requests=(number_at(report, "requests", "total") or 0) + lost,
        failed=refused + lost,
        duration=number_at(report, "duration"),
        mean=scale(number_at(times, "average"), 1e-3),
        minimum=scale(number_at(times, "min"), 1e-3),
        maximum=scale(number_at(times, "max"), 1e-3),
        percentiles=percentiles,
        causes=causes,
    )
