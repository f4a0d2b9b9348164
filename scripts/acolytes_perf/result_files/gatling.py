"""Gatling's simulation.log as text, of versions up to 3.9: columns separated by tabs, times in milliseconds."""

from __future__ import annotations

import re
from collections.abc import Iterator

from acolytes_perf.result_files.record import MAX_NANOSECONDS, Batch
from acolytes_perf.result_files.source import Source

NAME = "Gatling (simulation.log)"
QUOTES = b""
#: Nanoseconds in a millisecond, and milliseconds in a second.
UNIT, PER_SECOND = 1_000_000, 1000
#: Name, times, outcome and message; the columns before them differ between versions. Newer versions have two times,
#: start and end. Version 2.0 has four: start and end of sending, start and end of the response.
_REQUEST = re.compile(
    r"REQUEST\t(?:.*\t)?((?!\d{10,14}\t)[^\t]*)\t(\d{10,14})\t(\d{10,14})(?:\t\d{10,14}\t(\d{10,14}))?\t(OK|KO)(?:\t([^\t]*).*)?"
)


def recognises(head: bytes) -> bool:
    """Whether it starts with the line of the run."""
    return head.startswith((b"RUN\t", b"ASSERTION\t")) or b"\nREQUEST\t" in head


def read(source: Source) -> Iterator[Batch]:
    """Every request, with its name."""
    kinds = source.kinds
    for block in source.blocks():
        latencies, outcomes, times, corrupt = [], [], [], 0
        for line in block.decode("utf-8", "replace").split("\n"):
            if not line.startswith("REQUEST"):
                corrupt += bool(line) and not line[:1].isupper()
                continue
            match = _REQUEST.fullmatch(line.rstrip("\r"))
            start, end = (int(match[2]), int(match[4] or match[3])) if match else (0, -1)
            if not match or not 0 <= end - start <= MAX_NANOSECONDS // UNIT:
                corrupt += 1
                continue
            latencies.append(end - start)
            failed = match[5] == "KO"
            outcomes.append(kinds.get(match[1], failed, "", (match[6] or "").strip()))
            times.append(start)
        source.count_corrupt(corrupt)
        yield Batch(latencies, UNIT, outcomes, times, PER_SECOND)
