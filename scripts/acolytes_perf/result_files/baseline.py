"""A baseline: what `results summarize --out FILE.json` wrote."""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_perf import SCHEMA
from acolytes_perf.result_files.record import ToolSummary
from acolytes_perf.result_files.source import Source
from acolytes_perf.result_files.summary import loaded, number, numeral, reported

NAME = "baseline"


def recognises(head: bytes) -> bool:
    """Whether it is our own output of that command."""
    return SCHEMA.encode() in head[:200] and b'"results summarize"' in head[:400]


def read(source: Source, label: str | None) -> Iterator[ToolSummary]:
    """Its results, in seconds."""
    del label
    rows = loaded(source).get("results")
    rows = rows if isinstance(rows, list) else []
    values = {str(row.get("name")): number(row, "value") for row in rows if isinstance(row, dict)}
    shares = {name: numeral(name[1:].replace("_", ".")) for name in values if name[:1] == "p"}
    requests, rate = values.get("requests"), values.get("error_rate")
    yield reported(
        source, requests, None if rate is None or requests is None else rate * requests, values.get("duration"),
        {name: values.get(name) for name in ("mean", "least", "most")},
        {share / 100: values[name] for name, share in shares.items() if share},
    )  # fmt: skip
