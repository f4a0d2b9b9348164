"""Gatling's simulation.log as text, of versions up to 3.9: tabs between the columns, times in milliseconds."""

from __future__ import annotations

import re
from collections.abc import Iterator

from acolytes_perf.result_files.record import MAX_NANOSECONDS, Batch
from acolytes_perf.result_files.source import Source

NAME = "Gatling (simulation.log)"
QUOTES = b""
#: Nanoseconds in a millisecond, and milliseconds in a second.
UNIT, PER_SECOND = 1_000_000, 1000
#: The name, start, end and outcome; what stands before them differs from version to version.
_REQUEST = re.compile(r"REQUEST\t(?:.*\t)?([^\t]*)\t(\d{10,14})\t(\d{10,14})\t(OK|KO)(?:\t.*)?")


def recognises(head: bytes) -> bool:
    """Whether it begins with the run's line, or is the binary log of newer versions."""
    return is_binary(head) or head.startswith((b"RUN\t", b"ASSERTION\t")) or b"\nREQUEST\t" in head


def is_binary(head: bytes) -> bool:
    """Whether it begins with a binary record that names a version."""
    return head[:1] == b"\0" and re.search(rb"3\.\d{1,2}\.\d{1,2}", head[:64]) is not None


def read(source: Source, label: str | None) -> Iterator[Batch]:
    """Every request, or those of one name."""
    if is_binary(source.head):
        raise source.refusal("is the binary log of a newer Gatling: give js/stats.json of its report instead")
    for block in source.blocks():
        latencies, failed, times, bad = [], [], [], 0
        for line in block.decode("utf-8", "replace").split("\n"):
            if not line.startswith("REQUEST"):
                bad += bool(line) and not line[:1].isupper()
                continue
            found = _REQUEST.fullmatch(line.rstrip("\r"))
            if not found or not 0 <= int(found[3]) - int(found[2]) <= MAX_NANOSECONDS // UNIT:
                bad += 1
                continue
            source.saw((found[1],))
            if label in (None, found[1]):
                latencies.append(int(found[3]) - int(found[2]))
                failed.append(found[4] == "KO")
                times.append(int(found[2]))
        source.mark_last(bad)
        yield Batch(latencies, UNIT, failed, times, PER_SECOND)
