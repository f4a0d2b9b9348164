"""JMeter's result file (JTL) as XML: t is in milliseconds, ts in milliseconds since 1970."""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_perf.result_files.jtl_arrays import PER_SECOND, UNIT
from acolytes_perf.result_files.record import Batch, check_latencies, check_times
from acolytes_perf.result_files.source import Source

NAME = "JMeter JTL (XML)"


def recognises(head: bytes) -> bool:
    """Whether its root is that of a test's results."""
    return b"<testResults" in head[:2000]


def read(source: Source, label: str | None) -> Iterator[Batch]:
    """Every sample below the root, or those of one label; samples within a sample are part of it."""
    # entities of a document type could expand without limit
    if b"<!DOCTYPE" in source.head or b"<!ENTITY" in source.head:
        raise source.error("declares a document type, which JMeter never writes")
    from xml.parsers.expat import ExpatError, ParserCreate

    parser = ParserCreate()
    samples = _SampleCollector(source, label)
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

    def __init__(self, source: Source, label: str | None) -> None:
        self._source, self._label, self._depth = source, label, 0
        self._rows: list[tuple[int, bool, int]] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth == 2 and name in ("sample", "httpSample"):
            try:
                row = int(attributes["t"]), attributes.get("s") == "false", int(attributes["ts"])
                check_latencies((row[0],), UNIT)
                check_times((row[2],), PER_SECOND)
            except (LookupError, ValueError):
                self._source.corrupt += 1
                return
            label = attributes.get("lb", "")
            self._source.add_labels((label,))
            if self._label in (None, label):
                self._rows.append(row)

    def end(self, name: str) -> None:
        del name
        self._depth -= 1

    def take(self) -> Batch:
        """The samples collected since the last call."""
        latencies, failed, times = ([row[column] for row in self._rows] for column in range(3))
        self._rows = []
        return Batch(latencies, UNIT, [bool(value) for value in failed], times, PER_SECOND)
