"""oha's JSON (`--output-format json`), in seconds."""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_perf.result_files.record import ToolSummary
from acolytes_perf.result_files.source import Source
from acolytes_perf.result_files.summary import load_json, number_at, object_at, parse_number, tool_summary

NAME = "oha (JSON)"
#: Requests under way when the time of `-z` is over; oha's success rate does not count them either.
_DEADLINE = "aborted due to deadline"


def recognises(head: bytes) -> bool:
    """Whether it is an object with oha's members."""
    return head.lstrip()[:1] == b"{" and b'"successRate"' in head and b'"summary"' in head


def read(source: Source) -> Iterator[ToolSummary]:
    """The summary and the percentiles; requests with a status of 400 or above, or without a response, failed."""
    report = load_json(source)
    codes = {code: number_at(report, "statusCodeDistribution", code) or 0
             for code in object_at(report, "statusCodeDistribution")}  # fmt: skip
    errors = {error: number_at(report, "errorDistribution", error) or 0
              for error in object_at(report, "errorDistribution")}  # fmt: skip
    aborted = errors.pop(_DEADLINE, 0)
    if aborted:
        source.left_out["requests that oha itself aborted at the end of the test"] += int(aborted)
    causes = {(code, ""): count for code, count in codes.items() if code[:1] in "45"}
    causes.update({("", error): count for error, count in errors.items()})
    shares = {name: parse_number(name[1:]) for name in object_at(report, "latencyPercentiles")}
    percentiles = {
        share / 100: number_at(report, "latencyPercentiles", name) for name, share in shares.items() if share
    }
    yield tool_summary(
        source,
        requests=sum(errors.values()) + sum(codes.values()),
        failed=sum(causes.values()),
        duration=number_at(report, "summary", "total"),
        mean=number_at(report, "summary", "average"),
        minimum=number_at(report, "summary", "fastest"),
        maximum=number_at(report, "summary", "slowest"),
        percentiles=percentiles,
        causes=causes,
    )
