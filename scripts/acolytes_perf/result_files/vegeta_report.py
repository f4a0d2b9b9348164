"""vegeta's report, as JSON (nanoseconds) or as text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from acolytes_perf.result_files.record import ToolSummary
from acolytes_perf.result_files.source import Source
from acolytes_perf.result_files.summary import loaded, members, number, numeral, reported, scaled, seconds_of, text_of

NAME = "vegeta (report)"
_LINE = re.compile(r"^(Requests|Duration|Latencies|Success)\s+\[([^\]]*)\]\s+(.*)$", re.MULTILINE)


def recognises(head: bytes) -> bool:
    """Whether it has the report's members or lines."""
    is_json = head.lstrip()[:1] == b"{" and b'"latencies"' in head and b'"50th"' in head
    return is_json or (head.startswith(b"Requests ") and b"\nLatencies " in head)


def read(source: Source, label: str | None) -> Iterator[ToolSummary]:
    """The figures; a request failed by vegeta's own measure of success."""
    del label
    yield _from_json(source) if source.head.lstrip()[:1] == b"{" else _from_text(source)


def _from_json(source: Source) -> ToolSummary:
    found = loaded(source)
    times = members(found, "latencies")
    shares = {name: numeral(name[:-2]) for name in times if name.endswith("th")}
    percentiles = {share / 100: scaled(number(times, name), 1e-9) for name, share in shares.items() if share}
    latencies = {"mean": "mean", "least": "min", "most": "max"}
    requests, success = number(found, "requests"), number(found, "success")
    return reported(
        source, requests, None if success is None or requests is None else (1 - success) * requests,
        scaled(number(found, "duration"), 1e-9),
        {ours: scaled(number(times, theirs), 1e-9) for ours, theirs in latencies.items()}, percentiles,
    )  # fmt: skip


def _from_text(source: Source) -> ToolSummary:
    lines = {}
    for name, titles, values in _LINE.findall(text_of(source)):
        lines[name] = dict(zip(map(str.strip, titles.split(",")), map(str.strip, values.split(","))))
    requests = numeral(lines.get("Requests", {}).get("total", ""))
    success = numeral(lines.get("Success", {}).get("ratio", "").rstrip("%"))
    times = {name: seconds_of(value) for name, value in lines.get("Latencies", {}).items()}
    percentiles = {float(name) / 100: value for name, value in times.items() if numeral(name)}
    return reported(
        source, requests, None if success is None or requests is None else (1 - success / 100) * requests,
        seconds_of(lines.get("Duration", {}).get("attack", "")),
        {"mean": times.get("mean"), "least": times.get("min"), "most": times.get("max")}, percentiles,
    )  # fmt: skip
