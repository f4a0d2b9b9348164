"""Artillery's report (`--output`), in milliseconds, of version 2 and of version 1."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from acolytes_perf.result_files.record import ToolSummary
from acolytes_perf.result_files.source import Source
from acolytes_perf.result_files.summary import load_json, number_at, object_at, scale, tool_summary, value_at

NAME = "Artillery (JSON)"
_SHARES = {"median": 0.5, "p50": 0.5, "p75": 0.75, "p90": 0.9, "p95": 0.95, "p99": 0.99, "p999": 0.999}
#: Names of the figures that the plugin metrics-by-endpoint adds.
_ENDPOINT = "plugins.metrics-by-endpoint."
_LOST = re.compile(r"E[A-Z_]{3,}|.*(?:[Tt]imeout|socket hang up).*")


def recognises(head: bytes) -> bool:
    """Whether it is an object that begins as its reports do."""
    return head.lstrip()[:1] == b"{" and b'"aggregate"' in head[:2000]


def read(source: Source) -> Iterator[ToolSummary]:
    """The whole run's figures, and those of its endpoints where the report has them.

    Requests with a status of 400 or above, or without a response, failed. Other errors that Artillery counts, such as a
    failed capture, are not requests: the same response has its status.
    """
    whole = value_at(load_json(source), "aggregate")
    counters, summaries = object_at(whole, "counters"), object_at(whole, "summaries")
    old = value_at(whole, "codes")
    codes = dict(old) if isinstance(old, Mapping) else _after(counters, "http.codes.")
    errors = {**_after(counters, "errors."), **object_at(whole, "errors")}
    sent = number_at(counters, "http.requests") or number_at(whole, "requestsCompleted")
    first, last = number_at(whole, "firstMetricAt"), number_at(whole, "lastMetricAt")
    times = value_at(summaries, "http.response_time") or value_at(whole, "latency")
    duration = (last - first) / 1000 if first and last and last > first else None
    yield _summary(source, "", times, codes, errors, sent, duration)
    for title, times in summaries.items():
        if title.startswith(_ENDPOINT + "response_time."):
            name = title[len(_ENDPOINT + "response_time.") :]
            codes = _after(counters, f"{_ENDPOINT}{name}.codes.")
            yield _summary(source, name, times, codes, _after(counters, f"{_ENDPOINT}{name}.errors."), None, duration)


def _after(counters: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    """The counters whose names start so, by the rest of their names."""
    return {name[len(prefix) :]: value for name, value in counters.items() if name.startswith(prefix)}


def _summary(
    source: Source, name: str, times: object, codes: Mapping[str, Any], errors: Mapping[str, Any],
    sent: float | None, duration: float | None,
) -> ToolSummary:  # fmt: skip
    causes: dict[tuple[str, str], float | None] = {
        (code, ""): number_at(codes, code) for code in codes if code[:1] in "45"
    }
    answered = sum(number_at(codes, code) or 0 for code in codes)
    # names such as ETIMEDOUT are those of a connection that failed
    lost = {error: number_at(errors, error) or 0 for error in errors if _LOST.fullmatch(error)}
    without_response = sum(lost.values())
    if sent is not None and codes:
        without_response = max(0.0, sent - answered)
    if sum(lost.values()) <= without_response:
        causes.update({("", error): count for error, count in lost.items()})
        lost_without_cause = without_response - sum(lost.values())
    else:
        lost_without_cause = without_response
    if lost_without_cause:
        causes[("", "no response")] = lost_without_cause
    requests = answered + without_response if sent is None else sent
    percentiles = {
        share: scale(number_at(times, title), 1e-3) for title, share in _SHARES.items() if number_at(times, title)
    }
    return tool_summary(
        source,
        requests=requests,
        failed=min(sum(count or 0 for count in causes.values()), requests),
        duration=duration,
        mean=scale(number_at(times, "mean"), 1e-3),
        minimum=scale(number_at(times, "min"), 1e-3),
        maximum=scale(number_at(times, "max"), 1e-3),
        percentiles=percentiles,
        causes=causes,
        name=name,
    )
