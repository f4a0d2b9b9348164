"""ghz's JSON (`--format json`): its calls, in nanoseconds, where `details` has them; else its figures."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from acolytes_perf.result_files.record import Batch, ToolSummary, check_latencies, check_times
from acolytes_perf.result_files.source import Source
from acolytes_perf.result_files.summary import load_json, number_at, object_at, scale, tool_summary
from acolytes_perf.result_files.timestamps import read_timestamp

NAME = "ghz (JSON)"


def recognises(head: bytes) -> bool:
    """Whether it is an object with ghz's members."""
    return head.lstrip()[:1] == b"{" and b'"fastest"' in head and b'"slowest"' in head and b'"rps"' in head


def read(source: Source) -> Iterator[Batch | ToolSummary]:
    """Every call; one failed unless its status is OK."""
    report = load_json(source)
    call = report.get("options", {}).get("call") if isinstance(report.get("options"), dict) else None
    details = report.get("details")
    if isinstance(details, list) and details:
        yield _calls(source, details, call if isinstance(call, str) else "")
        return
    codes = {
        code: number_at(report, "statusCodeDistribution", code) or 0
        for code in object_at(report, "statusCodeDistribution")
    }
    rows = report.get("latencyDistribution")
    percentiles = {
        (number_at(row, "percentage") or 0) / 100: scale(number_at(row, "latency"), 1e-9)
        for row in (rows if isinstance(rows, list) else [])
    }
    causes = {(code, ""): count for code, count in codes.items() if code.upper() != "OK"}
    yield tool_summary(
        source,
        requests=number_at(report, "count"),
        failed=sum(causes.values()) if codes else None,
        duration=scale(number_at(report, "total"), 1e-9),
        mean=scale(number_at(report, "average"), 1e-9),
        minimum=scale(number_at(report, "fastest"), 1e-9),
        maximum=scale(number_at(report, "slowest"), 1e-9),
        percentiles=percentiles,
        causes=causes,
    )


def _calls(source: Source, details: list[Any], name: str) -> Batch:
    kinds, rows, corrupt = source.kinds, [], 0
    for detail in details:
        latency, status = number_at(detail, "latency"), detail.get("status") if isinstance(detail, dict) else None
        try:
            if latency is None or not isinstance(status, str):
                raise ValueError("no latency")
            at = read_timestamp(str(detail.get("timestamp")))
            check_latencies((int(latency),), 1)
            check_times((at,), 1)
        except (ValueError, OverflowError):
            corrupt += 1
            continue
        message = detail.get("error")
        kind = kinds.get(name, status.upper() != "OK", status, message if isinstance(message, str) else "")
        rows.append((at, int(latency), kind))
    source.corrupt += corrupt
    return Batch([row[1] for row in rows], 1, [row[2] for row in rows], [row[0] for row in rows])
