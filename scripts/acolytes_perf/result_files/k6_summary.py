"""k6's end-of-test summary as JSON (`--summary-export`, or `handleSummary`), in milliseconds."""

from __future__ import annotations

import re
from collections.abc import Iterator

from acolytes_perf.result_files.record import ToolSummary
from acolytes_perf.result_files.source import Source
from acolytes_perf.result_files.summary import load_json, number_at, object_at, scale, tool_summary, value_at

NAME = "k6 (summary)"


def recognises(head: bytes) -> bool:
    """Whether it is an object with k6's metrics."""
    return head.lstrip()[:1] == b"{" and b'"metrics"' in head and b'"type":"Point"' not in head


def read(source: Source) -> Iterator[ToolSummary]:
    """The figures of http_req_duration."""
    metrics = value_at(load_json(source), "metrics")
    trend = value_at(metrics, "http_req_duration")
    trend = value_at(trend, "values") or trend
    counter = value_at(metrics, "http_reqs")
    counter = value_at(counter, "values") or counter
    rate = value_at(metrics, "http_req_failed")
    rate = value_at(rate, "values") or rate
    requests = number_at(counter, "count")
    share = number_at(rate, "rate") if number_at(rate, "value") is None else number_at(rate, "value")
    per_second = number_at(counter, "rate")
    names = {name: re.fullmatch(r"p\((\d+(?:\.\d+)?)\)", name) for name in object_at(trend)}
    percentiles = {float(match[1]) / 100: scale(number_at(trend, name), 1e-3) for name, match in names.items() if match}
    percentiles.setdefault(0.5, scale(number_at(trend, "med"), 1e-3))
    yield tool_summary(
        source,
        requests=requests,
        failed=None if share is None or requests is None else share * requests,
        duration=requests / per_second if requests and per_second else None,
        mean=scale(number_at(trend, "avg"), 1e-3),
        minimum=scale(number_at(trend, "min"), 1e-3),
        maximum=scale(number_at(trend, "max"), 1e-3),
        percentiles=percentiles,
    )
