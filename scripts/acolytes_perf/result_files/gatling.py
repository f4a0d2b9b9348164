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
#: Name, start, end and outcome; the columns before them differ between versions.
_REQUEST = re.compile(r"REQUEST\t(?:.*\t)?([^\t]*)\t(\d{10,14})\t(\d{10,14})\t(OK|KO)(?:\t.*)?")


def recognises(head: bytes) -> bool:
    """Whether it starts with the line of the run, or is the binary log of newer versions."""
    return is_binary(head) or head.startswith((b"RUN\t", b"ASSERTION\t")) or b"\nREQUEST\t" in head


def is_binary(head: bytes) -> bool:
    """Whether it starts with a binary record that names a version."""
    return head[:1] == b"\0" and re.search(rb"3\.\d{1,2}\.\d{1,2}", head[:64]) is not None


def read(source: Source, label: str | None) -> Iterator[Batch]:
    """Every request, or those of one name."""
    if is_binary(source.head):
        raise source.error("is the binary log of a newer Gatling: use js/stats.json of its report instead")
    for block in source.blocks():
        latencies, failed, times, corrupt = [], [], [], 0
        for line in block.decode("utf-8", "replace").split("\n"):
            if not line.startswith("REQUEST"):
                corrupt += bool(line) and not line[:1].isupper()
                continue
            match = _REQUEST.fullmatch(line.rstrip("\r"))
            if not match or not 0 <= int(match[3]) - int(match[2]) <= MAX_NANOSECONDS // UNIT:
                corrupt += 1
                continue
            source.add_labels((match[1],))
            if label in (None, match[1]):
                latencies.append(int(match[3]) - int(match[2]))
                failed.append(match[4] == "KO")
                times.append(int(match[2]))
        source.count_corrupt(corrupt)
        yield Batch(latencies, UNIT, failed, times, PER_SECOND)
