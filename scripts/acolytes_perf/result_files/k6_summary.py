"""k6's end-of-test summary as JSON, in milliseconds.

It is that of `--summary-export`, of `handleSummary`, or either with `--new-machine-readable-summary` (schema 1.0.0).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from acolytes_perf.result_files.record import ToolSummary
from acolytes_perf.result_files.source import Source
from acolytes_perf.result_files.summary import load_json, number_at, object_at, scale, tool_summary, value_at

NAME = "k6 (summary)"
_ITERATIONS = (
    "k6 counts no gRPC calls in this file, and no failures of them: each iteration counts as one request. Where one "
    "makes several calls, add count to summaryTrendStats."
)


def recognises(head: bytes) -> bool:
    """Whether it is an object with k6's metrics."""
    return head.lstrip()[:1] == b"{" and b'"metrics"' in head and b'"type":"Point"' not in head


def read(source: Source) -> Iterator[ToolSummary]:
    """The figures of http_req_duration, and of its thresholds for the tag `name`.

    A run without HTTP has those of grpc_req_duration, or of the browser module's browser_http_req_duration.
    """
    document = load_json(source)
    metrics = _metrics(document)
    source.version = str(value_at(document, "metadata", "k6Version") or "")[:40]
    protocol = next((name for name in ("http", "grpc", "browser_http") if f"{name}_req_duration" in metrics), "")
    if not protocol:
        raise source.error(_without_requests(metrics))
    if protocol == "grpc" and _counted(metrics, protocol, "") is None:
        source.notes[_ITERATIONS] = None
    duration = _duration(document, metrics)
    yield _summary(source, metrics, protocol, "", duration)
    for title in metrics:
        match = re.fullmatch(rf"{protocol}_req_duration\{{name:(.*)\}}", title)
        if match and _counted(metrics, protocol, match[1]):
            yield _summary(source, metrics, protocol, match[1], duration)
        elif match:
            note = "Endpoints without a count are left out: set a threshold on http_reqs{name:..}, too."
            source.notes[note] = None


def _without_requests(metrics: Mapping[str, object]) -> str:
    if any(name.startswith("ws_") for name in metrics):
        return (
            "is k6 (summary) of WebSocket sessions, without any request: measure the answers by a Trend of your own, "
            "and read k6's --out json with --columns time=data.time,duration=ms:data.value,label=metric --label TREND"
        )
    return "is k6 (summary) without any request"


def _duration(document: Mapping[str, Any], metrics: Mapping[str, Mapping[str, Any]]) -> float | None:
    """Seconds of the run: as the file tells, or a counter over its rate."""
    milliseconds, seconds = number_at(document, "state", "testRunDurationMs"), number_at(document, "config", "duration")
    if milliseconds or seconds:
        return scale(milliseconds, 1e-3) or seconds
    for name in ("http_reqs", "iterations", "data_sent", "data_received"):
        count, rate = number_at(metrics.get(name), "count"), number_at(metrics.get(name), "rate")
        if count and rate:
            return count / rate
    return None


def _metrics(document: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The figures of each metric by its name, in any of k6's forms."""
    metrics = value_at(document, "metrics") or value_at(document, "results", "metrics")
    if isinstance(metrics, list):
        metrics = {str(value_at(metric, "name")): metric for metric in metrics}
    return {name: object_at(metric, "values") or object_at(metric) for name, metric in object_at(metrics).items()}


def _counted(metrics: Mapping[str, Mapping[str, Any]], protocol: str, name: str) -> float | None:
    """The number of requests with this name, or of all; None where the file does not tell."""
    tag = f"{{name:{name}}}" if name else ""
    failed = metrics.get(f"{protocol}_req_failed{tag}", {})
    for counts, title in ((metrics.get(f"{protocol}_reqs{tag}"), "count"), (failed, "total"),
                          (metrics.get(f"{protocol}_req_duration{tag}"), "count")):  # fmt: skip
        count = number_at(counts, title)
        if count is not None:
            return count
    passes, fails = number_at(failed, "passes"), number_at(failed, "fails")
    return passes + fails if passes is not None and fails is not None else None


def _summary(
    source: Source, metrics: Mapping[str, Mapping[str, Any]], protocol: str, name: str, duration: float | None
) -> ToolSummary:
    tag = f"{{name:{name}}}" if name else ""
    trend = metrics.get(f"{protocol}_req_duration{tag}", {})
    requests = _counted(metrics, protocol, name)
    if requests is None and protocol == "grpc":
        requests = number_at(metrics.get("iterations"), "count")
    rate = metrics.get(f"{protocol}_req_failed{tag}", {})
    shares_of_failures = (number_at(rate, title) for title in ("value", "rate"))
    share = next((value for value in shares_of_failures if value is not None), None)
    if share is None and number_at(rate, "matches") is not None and number_at(rate, "total"):
        share = (number_at(rate, "matches") or 0) / (number_at(rate, "total") or 1)
    shares = {title: _share(title) for title in trend}
    percentiles = {share: scale(number_at(trend, title), 1e-3) for title, share in shares.items() if share is not None}
    return tool_summary(
        source,
        requests=requests,
        failed=None if share is None or requests is None else share * requests,
        duration=duration,
        mean=scale(number_at(trend, "avg"), 1e-3),
        minimum=scale(number_at(trend, "min"), 1e-3),
        maximum=scale(number_at(trend, "max"), 1e-3),
        percentiles=percentiles,
        name=name,
    )


def _share(title: str) -> float | None:
    """The share of a percentile's title, such as `p(95)`, `p95` or `med`."""
    if title in ("med", "median"):
        return 0.5
    match = re.fullmatch(r"p\(?(\d+(?:\.\d+)?)\)?", title)
    return float(match[1]) / 100 if match else None
