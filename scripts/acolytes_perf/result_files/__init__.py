"""Result files of load-testing tools, recognised by their content.

Each format is a module with `NAME`, `recognises(head) -> bool` and `read(source) -> Iterator[Record]`, which raises
`source.error(...)` for a file that it cannot use. Each request has the name of its endpoint, each failure its code and
message (`RequestKind`); figures that a tool computed itself are a `ToolSummary` of the run and one of each endpoint.
A format of lines also has `QUOTES`, the signs that may hold several lines together in one record; its files can be read
as two halves.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

from acolytes_perf.inputs.files import other_kind

if TYPE_CHECKING:
    from acolytes_perf.inputs.columns import ColumnChoice
    from acolytes_perf.result_files.record import Record
    from acolytes_perf.result_files.source import Source

#: In the order in which they are tried: the most distinctive first.
FORMATS = (
    "baseline", "hdr", "gatling", "vegeta", "k6", "jtl", "jtl_xml", "k6_csv", "hey_csv", "locust", "locust_json",
    "vegeta_report",
    "gatling_stats", "oha", "artillery", "k6_summary", "hey", "wrk2", "gatling_binary", "ab", "autocannon",
    "ghz", "fortio", "siege", "taurus", "access_log",
)  # fmt: skip


class Reader(Protocol):
    """The interface of a format's module."""

    NAME: str

    def recognises(self, head: bytes) -> bool:
        """Whether the file's first bytes are those of this format."""

    def read(self, source: Source) -> Iterator[Record]:
        """The records of the file."""


def reader_of(source: Source, columns: Sequence[ColumnChoice] = ()) -> Reader:
    """The reader of a file, or of the columns that the user chose; raises InputError for an unknown format."""
    if not source.head.strip():
        raise source.error("is empty")
    if source.head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise source.error("is UTF-16: save it as UTF-8")
    if columns:
        from acolytes_perf.result_files.chosen_columns import reader_of_columns

        return reader_of_columns(source, columns)
    for name in FORMATS:
        reader: Reader = importlib.import_module(f"{__name__}.{name}")
        if reader.recognises(source.head):
            return reader.reader_for(source) if hasattr(reader, "reader_for") else reader
    what = other_kind(source.head)
    if what:
        raise source.error(f"is not a known result file, but {what}")
    raise source.error(
        "is not a known result file: use that of a load-testing tool (k6, JMeter, Gatling, Locust, hey, ..), "
        "an access log, or name the columns of CSV, TSV or NDJSON, such as --columns time=ts,duration=ms:latency"
    )
