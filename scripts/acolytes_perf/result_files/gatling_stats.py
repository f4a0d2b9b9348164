"""Gatling's js/stats.json or global_stats.json, which its report has in every version; in milliseconds.

Which percentiles percentiles1 to 4 are is set in gatling.conf; here they are its defaults.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from acolytes_perf.result_files.record import ToolSummary
from acolytes_perf.result_files.source import Source
from acolytes_perf.result_files.summary import inside, loaded, members, number, numeral, reported, scaled

NAME = "Gatling (stats.json)"
_SHARES = {"percentiles1": 0.5, "percentiles2": 0.75, "percentiles3": 0.95, "percentiles4": 0.99}


def recognises(head: bytes) -> bool:
    """Whether it has the report's members."""
    return head.lstrip()[:1] == b"{" and b'"numberOfRequests"' in head and b'"percentiles1"' in head


def read(source: Source, label: str | None) -> Iterator[ToolSummary]:
    """The figures of all requests, or of the request of one name."""
    found = loaded(source)
    parts = [one for one in members(found, "contents").values() if isinstance(one, Mapping)]
    source.saw({str(one.get("name")) for one in parts})
    chosen = found if label is None else next((one for one in parts if one.get("name") == label), None)
    if chosen is None:
        return
    stats = inside(chosen, "stats") or chosen

    def total(name: str, outcome: str = "total") -> float | None:
        value = inside(stats, name, outcome)
        return numeral(value) if isinstance(value, str) else number(stats, name, outcome)

    latencies = {"mean": "meanResponseTime", "least": "minResponseTime", "most": "maxResponseTime"}
    requests, rate = total("numberOfRequests"), total("meanNumberOfRequestsPerSecond")
    yield reported(
        source, requests, total("numberOfRequests", "ko"), requests / rate if requests and rate else None,
        {ours: scaled(total(theirs), 1e-3) for ours, theirs in latencies.items()},
        {share: scaled(total(name), 1e-3) for name, share in _SHARES.items()},
    )  # fmt: skip
