"""k6's end-of-test summary as JSON (`--summary-export`, or `handleSummary`), in milliseconds."""

from __future__ import annotations

import re
from collections.abc import Iterator

from acolytes_perf.result_files.record import ToolSummary
from acolytes_perf.result_files.source import Source
from acolytes_perf.result_files.summary import inside, loaded, members, number, reported, scaled

NAME = "k6 (summary)"


def recognises(head: bytes) -> bool:
    """Whether it is an object with k6's metrics."""
    return head.lstrip()[:1] == b"{" and b'"metrics"' in head and b'"type":"Point"' not in head


def read(source: Source, label: str | None) -> Iterator[ToolSummary]:
    """The figures of http_req_duration."""
    del label
    metrics = inside(loaded(source), "metrics")
    trend = inside(metrics, "http_req_duration")
    trend = inside(trend, "values") or trend
    counter = inside(metrics, "http_reqs")
    counter = inside(counter, "values") or counter
    rate = inside(metrics, "http_req_failed")
    rate = inside(rate, "values") or rate
    requests = number(counter, "count")
    share = number(rate, "rate") if number(rate, "value") is None else number(rate, "value")
    per_second = number(counter, "rate")
    names = {name: re.fullmatch(r"p\((\d+(?:\.\d+)?)\)", name) for name in members(trend)}
    percentiles = {float(found[1]) / 100: scaled(number(trend, name), 1e-3) for name, found in names.items() if found}
    percentiles.setdefault(0.5, scaled(number(trend, "med"), 1e-3))
    yield reported(
        source, requests,
        None if share is None or requests is None else share * requests,
        requests / per_second if requests and per_second else None,
        {"mean": scaled(number(trend, "avg"), 1e-3), "least": scaled(number(trend, "min"), 1e-3),
         "most": scaled(number(trend, "max"), 1e-3)},
        percentiles,
    )  # fmt: skip
