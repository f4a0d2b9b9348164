"""The text report of wrk2 and wrk with `--latency`; the percentiles of the detailed spectrum where it is there."""

from __future__ import annotations

import re
from collections.abc import Iterator

from acolytes_perf.result_files.record import ToolSummary
from acolytes_perf.result_files.source import Source
from acolytes_perf.result_files.summary import load_text, parse_duration, parse_number, tool_summary

NAME = "wrk2 (text)"
_SENT = re.compile(r"^\s*(\d+) requests in ([\d.]+\w+),", re.MULTILINE)
_SHARE = re.compile(r"^\s*([\d.]+)%\s+([\d.]+\w+)\s*$", re.MULTILINE)
_MEAN = re.compile(r"^\s*Latency\s+([\d.]+\w+)\s+[\d.]+\w+\s+([\d.]+\w+)", re.MULTILINE)
_EXACT_MEAN = re.compile(r"#\[Mean\s*=\s*([\d.]+),")
_STATUS = re.compile(r"Non-2xx or 3xx responses: (\d+)")
_ERRORS = re.compile(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)")


def recognises(head: bytes) -> bool:
    """Whether it has the report's first lines."""
    return b"Running " in head[:300] and b"Thread Stats" in head


def read(source: Source) -> Iterator[ToolSummary]:
    """The report; responses other than 2xx and 3xx failed, and so did requests with a socket error."""
    text = load_text(source)
    # with -U the report repeats itself without the waiting time of delayed requests
    recorded = text.partition("Uncorrected Latency")[0]
    sent, status, errors, mean = (pattern.search(text) for pattern in (_SENT, _STATUS, _ERRORS, _MEAN))
    if not sent:
        raise source.error("has no line 'requests in': the tool did not finish")
    lost = sum(map(int, errors.groups())) if errors else 0
    exact = _EXACT_MEAN.search(recorded)
    milliseconds = parse_number(exact[1]) if exact else None
    average = milliseconds / 1000 if milliseconds is not None else parse_duration(mean[1]) if mean else None
    found = _SHARE.findall(recorded)
    shares = {float(share) / 100: parse_duration(value) for share, value in found if parse_number(share)}
    maximum = shares.get(1.0) or (parse_duration(mean[2]) if mean else None)
    requests = int(sent[1][:18])
    yield tool_summary(
        source,
        requests=requests,
        failed=min(requests, lost + (int(status[1][:18]) if status else 0)),
        duration=parse_duration(sent[2]),
        mean=average,
        maximum=maximum,
        percentiles=shares,
    )
