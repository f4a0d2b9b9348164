"""vegeta's report, as JSON (nanoseconds) or as text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from acolytes_perf.result_files.record import ToolSummary
from acolytes_perf.result_files.source import Source
from acolytes_perf.result_files.summary import (
    load_json,
    load_text,
    number_at,
    object_at,
    parse_duration,
    parse_number,
    scale,
    tool_summary,
)

NAME = "vegeta (report)"
_LINE = re.compile(r"^(Requests|Duration|Latencies|Success)\s+\[([^\]]*)\]\s+(.*)$", re.MULTILINE)


def recognises(head: bytes) -> bool:
    """Whether it has the report's members or lines."""
    is_json = head.lstrip()[:1] == b"{" and b'"latencies"' in head and b'"50th"' in head
    return is_json or (head.startswith(b"Requests ") and b"\nLatencies " in head)


def read(source: Source) -> Iterator[ToolSummary]:
    """The figures; a request failed by vegeta's own measure of success."""
    yield _from_json(source) if source.head.lstrip()[:1] == b"{" else _from_text(source)


def _from_json(source: Source) -> ToolSummary:
    report = load_json(source)
    times = object_at(report, "latencies")
    shares = {name: parse_number(name[:-2]) for name in times if name.endswith("th")}
    percentiles = {share / 100: scale(number_at(times, name), 1e-9) for name, share in shares.items() if share}
    requests, success = number_at(report, "requests"), number_at(report, "success")
    return tool_summary(
        source,
        requests=requests,
        failed=None if success is None or requests is None else (1 - success) * requests,
        duration=scale(number_at(report, "duration"), 1e-9),
        mean=scale(number_at(times, "mean"), 1e-9),
        minimum=scale(number_at(times, "min"), 1e-9),
        maximum=scale(number_at(times, "max"), 1e-9),
        percentiles=percentiles,
    )


def _from_text(source: Source) -> ToolSummary:
    lines = {}
    for name, titles, values in _LINE.findall(load_text(source)):
        lines[name] = dict(zip(map(str.strip, titles.split(",")), map(str.strip, values.split(","))))
    requests = parse_number(lines.get("Requests", {}).get("total", ""))
    success = parse_number(lines.get("Success", {}).get("ratio", "").rstrip("%"))
    times = {name: parse_duration(value) for name, value in lines.get("Latencies", {}).items()}
    percentiles = {float(name) / 100: value for name, value in times.items() if parse_number(name)}
    return tool_summary(
        source,
        requests=requests,
        failed=None if success is None or requests is None else (1 - success / 100) * requests,
        duration=parse_duration(lines.get("Duration", {}).get("attack", "")),
        mean=times.get("mean"),
        minimum=times.get("min"),
        maximum=times.get("max"),
        percentiles=percentiles,
    )
