"""ApacheBench's report as text, and its requests (`-g`) or percentiles (`-e`); times are in milliseconds."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from acolytes_perf.result_files.record import MAX_NANOSECONDS, CountedLatencies, ToolSummary
from acolytes_perf.result_files.source import Source
from acolytes_perf.result_files.summary import load_text, parse_number, scale, tool_summary

NAME = "ab"
_UNIT = 1_000_000
_GNUPLOT = b"starttime\tseconds\tctime\tdtime\tttime\twait"
_PERCENTILES = b"Percentage served,Time in ms"
_FIGURE = re.compile(
    r"^(Time taken for tests|Complete requests|Failed requests|Non-2xx responses):\s+([\d.]+)", re.MULTILINE
)
_CAUSES = re.compile(r"\(Connect: (\d+), Receive: (\d+), Length: (\d+), Exceptions: (\d+)\)")
_TOTAL = re.compile(r"^Total:\s+(\d+)\s+(\d+)\s+[\d.]+\s+(\d+)\s+(\d+)", re.MULTILINE)
_SHARE = re.compile(r"^\s*(\d+)%\s+(\d+)", re.MULTILINE)
#: `-g` has whole seconds as times: a shorter run has a duration that is too uncertain.
_LEAST_SECONDS = 20


def recognises(head: bytes) -> bool:
    """Whether it has the report's first lines, or the heading of one of its files."""
    is_report = b"This is ApacheBench" in head[:300] or b"Percentage of the requests served" in head
    return is_report or head.startswith((_GNUPLOT, _PERCENTILES))


def read(source: Source) -> Iterator[CountedLatencies | ToolSummary]:
    """The report, or every request without its outcome, which `-g` does not tell."""
    if source.head.startswith(_PERCENTILES):
        raise source.error("has percentiles of ab (-e) without the number of requests: use its report, or -g")
    yield _requests(source) if source.head.startswith(_GNUPLOT) else _report(source)


def _requests(source: Source) -> CountedLatencies:
    counts: Counter[int] = Counter()
    first, last = float("inf"), 0.0
    corrupt, at_end, is_heading = 0, False, True
    for line in source.lines():
        if is_heading or not line.strip():
            is_heading = False
            continue
        cells = line.split(b"\t")
        at_end = not (len(cells) == 6 and all(cell.strip().isdigit() and len(cell) < 16 for cell in cells[1:]))
        if at_end or int(cells[4]) * _UNIT > MAX_NANOSECONDS:
            corrupt += 1
            continue
        took = int(cells[4])
        counts[took * _UNIT] += 1
        first, last = min(first, int(cells[1])), max(last, int(cells[1]) + took / 1000)
    if corrupt:
        source.count_corrupt(corrupt, at_end=at_end)
    seconds = last - first
    return CountedLatencies(counts, 0.0, seconds if seconds >= _LEAST_SECONDS else None)


def _report(source: Source) -> ToolSummary:
    text = load_text(source)
    figures = {name: parse_number(value) for name, value in _FIGURE.findall(text)}
    total, broken = _TOTAL.search(text), _CAUSES.search(text)
    complete = figures.get("Complete requests")
    lost: dict[tuple[str, str], float] = (
        {("", name): int(broken[group][:18]) for name, group in _LOST.items()} if broken else {}
    )
    failed = figures.get("Failed requests")
    if failed and not broken:
        lost = {("", "failed"): failed}
    causes = {**lost, ("not 2xx", ""): figures.get("Non-2xx responses") or 0}
    shares = {int(share) / 100: scale(parse_number(value), 1e-3) for share, value in _SHARE.findall(text)}
    return tool_summary(
        source,
        requests=complete,
        failed=None if complete is None else min(complete, sum(causes.values())),
        duration=figures.get("Time taken for tests"),
        mean=int(total[2][:18]) / 1000 if total else None,
        minimum=int(total[1][:18]) / 1000 if total else None,
        maximum=int(total[4][:18]) / 1000 if total else None,
        percentiles=shares,
        causes=causes,
    )


#: Groups of `_CAUSES`. An answer of another length is a failure to ab only: pages with a date or a token differ.
_LOST = {"connect": 1, "receive": 2, "exception": 4}
