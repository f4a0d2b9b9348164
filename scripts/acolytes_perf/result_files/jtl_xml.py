"""JMeter's result file (JTL) as XML: t is in milliseconds, ts in milliseconds since 1970."""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_perf.result_files.jtl import PER_SECOND, TRANSACTION, UNIT, has_failed
from acolytes_perf.result_files.record import (
    TRANSACTIONS,
    Batch,
    RequestKind,
    check_latencies,
    check_times,
)
from acolytes_perf.result_files.source import Source

NAME = "JMeter JTL (XML)"


def recognises(head: bytes) -> bool:
    """Whether its root is that of a test's results."""
    return b"<testResults" in head[:2000]


def read(source: Source) -> Iterator[Batch]:
    """Every sample below the root or a transaction; samples within a sample are part of it."""
    # entities of a document type could expand without limit
    if b"<!DOCTYPE" in source.head or b"<!ENTITY" in source.head:
        raise source.error("declares a document type, which JMeter never writes")
    from xml.parsers.expat import ExpatError, ParserCreate

    parser = ParserCreate()
    samples = _SampleCollector(source)
    parser.StartElementHandler, parser.EndElementHandler = samples.start, samples.end
    for block in source.blocks():
        try:
            parser.Parse(block, False)  # noqa: FBT003 -- the argument has no name
        except ExpatError:
            source.is_truncated = True
            yield samples.take()
            return
        yield samples.take()
    try:
        parser.Parse(b"", True)  # noqa: FBT003 -- the argument has no name
    except ExpatError:
        source.is_truncated = True
    yield samples.take()


class _SampleCollector:
    """Collects the samples while the parser runs."""

    def __init__(self, source: Source) -> None:
        self._source, self._kinds = source, source.kinds
        # of each open element, whether samples within it are requests of their own
        self._holds_requests: list[bool] = []
        self._rows: list[tuple[int, RequestKind, int]] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        message = attributes.get("rm", "")
        is_request = name in ("sample", "httpSample") and self._holds_requests[-1:] == [True]
        is_transaction = name == "sample" and message.startswith(TRANSACTION)
        self._holds_requests.append(not self._holds_requests or (is_request and is_transaction))
        if is_request and is_transaction:
            self._source.left_out[TRANSACTIONS] += 1
        elif is_request:
            try:
                latency, stamp = int(attributes["t"]), int(attributes["ts"])
                failed = has_failed(attributes.get("s", ""), attributes.get("rc", ""))
                check_latencies((latency,), UNIT)
                check_times((stamp,), PER_SECOND)
            except (LookupError, ValueError):
                self._source.corrupt += 1
                return
            kind = self._kinds.get(attributes.get("lb", ""), failed, attributes.get("rc", ""), message)
            self._rows.append((latency, kind, stamp))

    def end(self, name: str) -> None:
        del name
        self._holds_requests.pop()

    def take(self) -> Batch:
        """The samples collected since the last call."""
        rows, self._rows = self._rows, []
        latencies, kinds, times = ([row[column] for row in rows] for column in range(3))
        return Batch(latencies, UNIT, kinds, times, PER_SECOND)  # type: ignore[arg-type]
