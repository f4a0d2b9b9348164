"""Locust's statistics as JSON (`--json`, `--json-file`): an object for each endpoint, with counts of rounded times."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from acolytes_perf.result_files.record import ToolSummary
from acolytes_perf.result_files.source import Source
from acolytes_perf.result_files.summary import number_at, object_at, parse_number, tool_summary

NAME = "Locust (JSON)"
#: The percentiles of Locust's own report.
_SHARES = (0.5, 0.66, 0.75, 0.8, 0.9, 0.95, 0.98, 0.99, 0.999, 0.9999)
#: Locust's name of each figure, and ours.
_TITLES = {
    "num_requests": "requests", "num_failures": "failed", "total_response_time": "total", "min_response_time": "least",
    "max_response_time": "most", "start_time": "start", "last_request_timestamp": "end",
}  # fmt: skip


class _Totals(NamedTuple):
    """Figures of an endpoint, or of several together; times in milliseconds, and in seconds since 1970."""

    requests: float
    failed: float
    total: float
    least: float
    most: float
    start: float
    end: float
    counts: Counter[float]


def recognises(head: bytes) -> bool:
    """Whether it is a list of objects with the figures of Locust's statistics."""
    return head.lstrip()[:1] == b"[" and b'"num_requests"' in head and b'"num_failures"' in head


def read(source: Source) -> Iterator[ToolSummary]:
    """The figures of all endpoints together, and of each."""
    try:
        entries = json.loads(source.read_all().decode("utf-8"))
    except (ValueError, RecursionError):
        raise source.error("is damaged or truncated JSON: its tool did not finish writing it") from None
    parts = [(entry, _totals(entry)) for entry in entries if isinstance(entry, dict)]
    parts = [(entry, totals) for entry, totals in parts if totals.requests]
    if not parts:
        raise source.error("has no count of requests with latencies: the test sent nothing, or the file is truncated")
    yield _summary(source, _added([totals for _, totals in parts]), "")
    names = Counter(entry.get("name") for entry, _ in parts)
    for entry, totals in parts:
        name = str(entry.get("name") or "")
        # requests of one name by several methods are several endpoints
        method = f"{entry.get('method')} " if names[entry.get("name")] > 1 else ""
        yield _summary(source, totals, method + name)


def _totals(entry: Mapping[str, Any]) -> _Totals:
    counts: Counter[float] = Counter()
    times = object_at(entry, "response_times")
    for time in times:
        counts[parse_number(time) or 0.0] += int(number_at(times, time) or 0)
    figures = {title: number_at(entry, title) or 0.0 for title in _TITLES}
    return _Totals(**{name: figures[title] for title, name in _TITLES.items()}, counts=counts)


def _added(parts: list[_Totals]) -> _Totals:
    return _Totals(
        sum(part.requests for part in parts),
        sum(part.failed for part in parts),
        sum(part.total for part in parts),
        min(part.least for part in parts),
        max(part.most for part in parts),
        min(part.start for part in parts),
        max(part.end for part in parts),
        sum((part.counts for part in parts), Counter()),
    )


def _summary(source: Source, totals: _Totals, name: str) -> ToolSummary:
    times = (totals.start, totals.end) if totals.end > totals.start > 0 else None
    return tool_summary(
        source,
        requests=totals.requests,
        failed=totals.failed,
        duration=times[1] - times[0] if times else None,
        mean=totals.total / totals.requests / 1000,
        minimum=totals.least / 1000,
        maximum=totals.most / 1000,
        percentiles={share: _percentile(totals.counts, share) for share in _SHARES},
        name=name,
        times=times,
    )


def _percentile(counts: Counter[float], share: float) -> float | None:
    """Nearest rank, in seconds; None without counts."""
    rank, seen = max(1, math.ceil(share * sum(counts.values()))), 0
    for value in sorted(counts):
        seen += counts[value]
        if seen >= rank:
            return value / 1000
    return None
