"""Gatling's js/stats.json or global_stats.json, which its report has in every version; in milliseconds.

Which percentiles percentiles1 to 4 are is set in gatling.conf; here they are its defaults.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

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


def read(source: Source, label: str | None) -> Iterator[ToolSummary]:
    """The figures of all requests, or of the request of one name."""
    report = load_json(source)
    requests_by_name = [part for part in object_at(report, "contents").values() if isinstance(part, Mapping)]
    source.add_labels({str(part.get("name")) for part in requests_by_name})
    selected = report
    if label is not None:
        selected = next((part for part in requests_by_name if part.get("name") == label), {})
    if not selected:
        return
    stats = value_at(selected, "stats") or selected

    def total(name: str, outcome: str = "total") -> float | None:
        value = value_at(stats, name, outcome)
        return parse_number(value) if isinstance(value, str) else number_at(stats, name, outcome)

    requests, rate = total("numberOfRequests"), total("meanNumberOfRequestsPerSecond")
    yield tool_summary(
        source,
        requests=requests,
        failed=total("numberOfRequests", "ko"),
        duration=requests / rate if requests and rate else None,
        mean=scale(total("meanResponseTime"), 1e-3),
        minimum=scale(total("minResponseTime"), 1e-3),
        maximum=scale(total("maxResponseTime"), 1e-3),
        percentiles={share: scale(total(name), 1e-3) for name, share in _SHARES.items()},
    )
