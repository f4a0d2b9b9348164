"""k6's end-of-test summary as JSON (`--summary-export`, or `handleSummary`), in milliseconds."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from acolytes_perf.result_files.record import ToolSummary
from acolytes_perf.result_files.source import Source
from acolytes_perf.result_files.summary import load_json, number_at, object_at, scale, tool_summary, value_at

NAME = "k6 (summary)"


def recognises(head: bytes) -> bool:
    """Whether it is an object with k6's metrics."""
    return head.lstrip()[:1] == b"{" and b'"metrics"' in head and b'"type":"Point"' not in head


def read(source: Source) -> Iterator[ToolSummary]:
    """The figures of http_req_duration, and of its thresholds for the tag `name`.

    A run with gRPC alone has those of grpc_req_duration.
    """
    metrics = _metrics(load_json(source))
    protocol = "http" if "http_req_duration" in metrics or "grpc_req_duration" not in metrics else "grpc"
    if protocol == "grpc":
        source.notes["Requests are the iterations of gRPC: k6 counts no gRPC requests, and no failures of them."] = None
    yield _summary(source, metrics, protocol, "")
    for title in metrics:
        match = re.fullmatch(rf"{protocol}_req_duration\{{name:(.*)\}}", title)
        if match and _requests(metrics, protocol, match[1]):
            yield _summary(source, metrics, protocol, match[1])
        elif match:
            note = "Endpoints without a count are left out: set a threshold on http_reqs{name:..}, too."
            source.notes[note] = None


def _metrics(document: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The figures of each metric by its name, in any of k6's forms."""
    metrics = value_at(document, "metrics") or value_at(document, "results", "metrics")
    if isinstance(metrics, list):
        metrics = {str(value_at(metric, "name")): metric for metric in metrics}
    return {name: object_at(metric, "values") or object_at(metric) for name, metric in object_at(metrics).items()}


def _requests(metrics: Mapping[str, Mapping[str, Any]], protocol: str, name: str) -> float | None:
    tag = f"{{name:{name}}}" if name else ""
    failed = metrics.get(f"http_req_failed{tag}", {})
    for counts, title in ((metrics.get(f"{protocol}_reqs{tag}"), "count"), (failed, "total"),
                          (metrics.get(f"{protocol}_req_duration{tag}"), "count")):  # fmt: skip
        count = number_at(counts, title)
        if count is not None:
            return count
    passes, fails = number_at(failed, "passes"), number_at(failed, "fails")
    if passes is not None and fails is not None:
        return passes + fails
    return number_at(metrics.get("iterations"), "count") if protocol == "grpc" and not name else None


def _summary(source: Source, metrics: Mapping[str, Mapping[str, Any]], protocol: str, name: str) -> ToolSummary:
    tag = f"{{name:{name}}}" if name else ""
    trend = metrics.get(f"{protocol}_req_duration{tag}", {})
    requests = _requests(metrics, protocol, name)
    rate = metrics.get(f"http_req_failed{tag}", {}) if protocol == "http" else {}
    share = next(
        (value for title in ("value", "rate") for value in [number_at(rate, title)] if value is not None), None
    )
    if share is None and number_at(rate, "matches") is not None and number_at(rate, "total"):
        share = (number_at(rate, "matches") or 0) / (number_at(rate, "total") or 1)
    counter = metrics.get("http_reqs", {}) if protocol == "http" else metrics.get("iterations", {})
    all_requests, per_second = number_at(counter, "count"), number_at(counter, "rate")
    shares = {title: _share(title) for title in trend}
    percentiles = {share: scale(number_at(trend, title), 1e-3) for title, share in shares.items() if share is not None}
    return tool_summary(
        source,
        requests=requests,
        failed=None if share is None or requests is None else share * requests,
        duration=all_requests / per_second if all_requests and per_second else None,
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
