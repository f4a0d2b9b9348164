"""Artillery's report (`--output`), in milliseconds, of version 2 and of version 1."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from acolytes_perf.result_files.record import ToolSummary
from acolytes_perf.result_files.source import Source
from acolytes_perf.result_files.summary import inside, loaded, members, number, reported, scaled

NAME = "Artillery (JSON)"
_SHARES = {"median": 0.5, "p50": 0.5, "p75": 0.75, "p90": 0.9, "p95": 0.95, "p99": 0.99, "p999": 0.999}


def recognises(head: bytes) -> bool:
    """Whether it is an object that begins as its reports do."""
    return head.lstrip()[:1] == b"{" and b'"aggregate"' in head[:2000]


def read(source: Source, label: str | None) -> Iterator[ToolSummary]:
    """The whole run's figures; answers of 400 and more, and requests without an answer, failed."""
    del label
    whole = inside(loaded(source), "aggregate")
    counters = members(whole, "counters")
    times = inside(whole, "summaries", "http.response_time") or inside(whole, "latency")
    old = inside(whole, "codes")
    codes = old if isinstance(old, Mapping) else {
        name[len("http.codes."):]: value for name, value in counters.items() if name.startswith("http.codes.")
    }  # fmt: skip
    answered = sum(number(codes, code) or 0 for code in codes)
    lost = sum(number(counters, name) or 0 for name in counters if name.startswith("errors."))
    lost += sum(number(whole, "errors", name) or 0 for name in members(whole, "errors"))
    failed = lost + sum(number(codes, code) or 0 for code in codes if code[:1] in "45")
    sent = number(counters, "http.requests") or number(whole, "requestsCompleted") or answered
    first, last = number(whole, "firstMetricAt"), number(whole, "lastMetricAt")
    percentiles = {share: scaled(number(times, name), 1e-3) for name, share in _SHARES.items() if number(times, name)}
    latencies = {"mean": "mean", "least": "min", "most": "max"}
    yield reported(
        source, sent, min(failed, sent), (last - first) / 1000 if first and last and last > first else None,
        {ours: scaled(number(times, theirs), 1e-3) for ours, theirs in latencies.items()}, percentiles,
    )  # fmt: skip
