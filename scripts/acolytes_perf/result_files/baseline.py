"""A baseline: what `results summarize --out FILE.json` wrote."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from acolytes_perf import SCHEMA
from acolytes_perf.result_files.record import ToolSummary
from acolytes_perf.result_files.source import Source
from acolytes_perf.result_files.summary import load_json, number_at, parse_number, tool_summary

NAME = "baseline"


def recognises(head: bytes) -> bool:
    """Whether it is our own output of that command."""
    return SCHEMA.encode() in head[:200] and b'"results summarize"' in head[:400]


def read(source: Source) -> Iterator[ToolSummary]:
    """Its results, in seconds."""
    answer = load_json(source)
    values = {str(row.get("name")): number_at(row, "value") for row in _objects(answer.get("results"))}
    requests, rate = values.get("requests"), values.get("error_rate")
    yield tool_summary(
        source,
        requests=requests,
        failed=None if rate is None or requests is None else rate * requests,
        duration=values.get("duration"),
        mean=values.get("mean"),
        minimum=values.get("min"),
        maximum=values.get("max"),
        percentiles=_percentiles(answer),
    )


def _percentiles(answer: Mapping[str, Any]) -> dict[float, float | None]:
    """The latency by percentile, as shares from 0 to 1."""
    latencies: dict[float, float | None] = {}
    tables = [table for table in _objects(answer.get("tables")) if table.get("name") == "percentiles"]
    for row in (row for table in tables for row in _objects(table.get("rows"))):
        share, cells = parse_number(str(row.get("label"))[1:]), row.get("cells")
        cell = cells.get("latency") if isinstance(cells, dict) else None
        if share and isinstance(cell, dict):
            latencies[share / 100] = number_at(cell, "value")
    return latencies


def _objects(items: object) -> list[dict[str, Any]]:
    """The objects of a JSON list; empty for anything else."""
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []
