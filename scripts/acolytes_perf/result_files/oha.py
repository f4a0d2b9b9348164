"""oha's JSON (`--output-format json`), in seconds."""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_perf.result_files.record import ToolSummary
from acolytes_perf.result_files.source import Source
from acolytes_perf.result_files.summary import loaded, members, number, numeral, reported

NAME = "oha (JSON)"


def recognises(head: bytes) -> bool:
    """Whether it is an object with oha's members."""
    return head.lstrip()[:1] == b"{" and b'"successRate"' in head and b'"summary"' in head


def read(source: Source, label: str | None) -> Iterator[ToolSummary]:
    """The summary and the percentiles; answers of 400 and more, and requests without an answer, failed."""
    del label
    found = loaded(source)
    codes = {code: number(found, "statusCodeDistribution", code) or 0
             for code in members(found, "statusCodeDistribution")}  # fmt: skip
    lost = sum(number(found, "errorDistribution", name) or 0 for name in members(found, "errorDistribution"))
    failed = lost + sum(count for code, count in codes.items() if code[:1] in "45")
    shares = {name: numeral(name[1:]) for name in members(found, "latencyPercentiles")}
    percentiles = {share / 100: number(found, "latencyPercentiles", name) for name, share in shares.items() if share}
    names = {"mean": "average", "least": "fastest", "most": "slowest"}
    latencies = {ours: number(found, "summary", theirs) for ours, theirs in names.items()}
    yield reported(
        source, lost + sum(codes.values()), failed, number(found, "summary", "total"), latencies, percentiles
    )
