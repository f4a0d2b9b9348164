"""Artillery's report (`--output`), in milliseconds, of version 2 and of version 1."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from acolytes_perf.result_files.record import ToolSummary
from acolytes_perf.result_files.source import Source
from acolytes_perf.result_files.summary import load_json, number_at, object_at, scale, tool_summary, value_at

NAME = "Artillery (JSON)"
_SHARES = {"median": 0.5, "p50": 0.5, "p75": 0.75, "p90": 0.9, "p95": 0.95, "p99": 0.99, "p999": 0.999}


def recognises(head: bytes) -> bool:
    """Whether it is an object that begins as its reports do."""
    return head.lstrip()[:1] == b"{" and b'"aggregate"' in head[:2000]


def read(source: Source) -> Iterator[ToolSummary]:
    """The whole run's figures; requests with a status of 400 or above, or without a response, failed."""
    whole = value_at(load_json(source), "aggregate")
    counters = object_at(whole, "counters")
    times = value_at(whole, "summaries", "http.response_time") or value_at(whole, "latency")
    old = value_at(whole, "codes")
    codes = old if isinstance(old, Mapping) else {
        name[len("http.codes."):]: value for name, value in counters.items() if name.startswith("http.codes.")
    }  # fmt: skip
    answered = sum(number_at(codes, code) or 0 for code in codes)
    lost = sum(number_at(counters, name) or 0 for name in counters if name.startswith("errors."))
    lost += sum(number_at(whole, "errors", name) or 0 for name in object_at(whole, "errors"))
    failed = lost + sum(number_at(codes, code) or 0 for code in codes if code[:1] in "45")
    sent = number_at(counters, "http.requests") or number_at(whole, "requestsCompleted") or answered
    first, last = number_at(whole, "firstMetricAt"), number_at(whole, "lastMetricAt")
    percentiles = {
        share: scale(number_at(times, name), 1e-3) for name, share in _SHARES.items() if number_at(times, name)
    }
    yield tool_summary(
        source,
        requests=sent,
        failed=min(failed, sent),
        duration=(last - first) / 1000 if first and last and last > first else None,
        mean=scale(number_at(times, "mean"), 1e-3),
        minimum=scale(number_at(times, "min"), 1e-3),
        maximum=scale(number_at(times, "max"), 1e-3),
        percentiles=percentiles,
    )
