"""Result files of load-testing tools: which tool wrote one, by its content alone, and what is in it.

A module a format: `NAME`, `recognises(head) -> bool`, and `read(source, label) -> Iterator[Record]`, which raises
InputError by `source.refusal` for a file that it cannot use. One of lines has `QUOTES`, what may hold several of them
together in one record; its files can be read in halves.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from typing import Protocol

from acolytes_perf.result_files.record import Record
from acolytes_perf.result_files.source import Source

#: In the order asked: the surest signs first.
FORMATS = (
    "baseline", "hdr", "gatling", "vegeta", "k6", "jtl", "jtl_xml", "k6_csv", "hey_csv", "locust", "vegeta_report",
    "gatling_stats", "oha", "artillery", "k6_summary", "hey", "wrk2",
)  # fmt: skip


class Reader(Protocol):
    """What every module of a format has."""

    NAME: str

    def recognises(self, head: bytes) -> bool:
        """Whether the file's first bytes are those of this format."""

    def read(self, source: Source, label: str | None) -> Iterator[Record]:
        """What is in the file; of requests with a name only those of the label, if one is given."""


def reader_of(source: Source) -> Reader:
    """The reader of a file; InputError when it is none of these."""
    if not source.head.strip():
        raise source.refusal("is empty")
    if source.head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise source.refusal("is UTF-16: save it as UTF-8")
    for name in FORMATS:
        reader: Reader = importlib.import_module(f"{__name__}.{name}")
        if reader.recognises(source.head):
            return reader
    raise source.refusal(
        "is no result file that is known: k6, JMeter, Gatling, Artillery, Locust, wrk2, hey, "
        "vegeta and oha write them, and HdrHistogram its logs"
    )
