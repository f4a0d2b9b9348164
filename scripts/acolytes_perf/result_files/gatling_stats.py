"""Gatling's js/stats.json or global_stats.json, which its report has in every version; in milliseconds.

Which percentiles percentiles1 to 4 are is set in gatling.conf; here they are its defaults.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from acolytes_perf.result_files.record import ToolSummary
from acolytes_perf.result_files.source import Source
from acolytes_perf.result_files.summary import (
    load_json,
    number_at,
    object_at,
    parse_number,
    scale,
    tool_summary,
    value_at,
)

NAME = "Gatling (stats.json)"
_SHARES = {"percentiles1": 0.5, "percentiles2": 0.75, "percentiles3": 0.95, "percentiles4": 0.99}


def recognises(head: bytes) -> bool:
    """Whether it has the report's members."""
    return head.lstrip()[:1] == b"{" and b'"numberOfRequests"' in head and b'"percentiles1"' in head


def read(source: Source) -> Iterator[ToolSummary]:
    """The figures of all requests, and of each request's name in each group."""
    report = load_json(source)
    yield _summary(source, report, "")
    for name, part in _parts(report, ""):
        if _total(part, "numberOfRequests"):
            yield _summary(source, part, name)


def _parts(report: object, group: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The requests of a report with their names, which those of its groups precede."""
    for part in object_at(report, "contents").values():
        if not isinstance(part, Mapping):
            continue
        name = group + str(part.get("name"))
        if "contents" in part:
            yield from _parts(part, f"{name} / ")
        else:
            yield name, part


def _total(part: Mapping[str, Any], name: str, outcome: str = "total") -> float | None:
    stats = value_at(part, "stats") or part
    value = value_at(stats, name, outcome)
    return parse_number(value) if isinstance(value, str) else number_at(stats, name, outcome)


def _summary(source: Source, part: Mapping[str, Any], name: str) -> ToolSummary:
    requests, rate = _total(part, "numberOfRequests"), _total(part, "meanNumberOfRequestsPerSecond")
    return tool_summary(
        source,
        requests=requests,
        failed=_total(part, "numberOfRequests", "ko"),
        duration=requests / rate if requests and rate else None,
        mean=scale(_total(part, "meanResponseTime"), 1e-3),
        minimum=scale(_total(part, "minResponseTime"), 1e-3),
        maximum=scale(_total(part, "maxResponseTime"), 1e-3),
        percentiles={share: scale(_total(part, title), 1e-3) for title, share in _SHARES.items()},
        name=name,
    )
