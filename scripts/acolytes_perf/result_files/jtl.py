"""JMeter's result file (JTL) as CSV; elapsed is in milliseconds, timeStamp in milliseconds since 1970."""

from __future__ import annotations

import importlib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Optional

from acolytes_perf.result_files.delimited import SEPARATOR, BlockReader, Columns, read_batches, read_layout, read_titles
from acolytes_perf.result_files.k6 import Clock
from acolytes_perf.result_files.record import (
    MAX_NANOSECONDS,
    OTHER_ENDPOINTS,
    TRANSACTIONS,
    Batch,
    NamesOfRequests,
    RequestKind,
    RequestKinds,
    Requests,
    as_utf8,
    check_latencies,
    check_times,
)
from acolytes_perf.result_files.samples import NO_REQUEST, Samples, SampleTable
from acolytes_perf.result_files.source import Source

NAME = "JMeter JTL (CSV)"
QUOTES = b'"'
#: Nanoseconds in a millisecond, and milliseconds in a second.
UNIT, PER_SECOND = 1_000_000, 1000
_MAX_LATENCY = MAX_NANOSECONDS // UNIT
#: The cells of a group become a sample together.
_SAMPLE, _OUTCOME = "elapsed,label,responseCode,responseMessage", "success,failureMessage"
_REVERSED_OUTCOME = "failureMessage,success"
_CAUSE = ("responseCode", "responseMessage", "failureMessage")
_STANDARD_TITLES = [
    "timeStamp", "elapsed", "label", "responseCode", "responseMessage", "threadName", "dataType", "success"
]  # fmt: skip
_TIME_IN_ROW = re.compile(r"\d{12,13}|\d{4}[/-]\d\d[/-]\d\d[ T]\d\d:\d\d:\d\d\S*")
_ZONE = re.compile(rb"(?:Z|[+-]\d\d:?\d\d)$")
#: Precedes an unusual outcome in the text of a sample.
_OUTCOME_FOLLOWS = b"\x1e"
#: What JMeter writes into the message of a transaction's row, which sums up the rows of its requests.
TRANSACTION = "Number of samples in transaction"


def recognises(head: bytes) -> bool:
    """Whether the heading has the columns that every such file has, or the first row is one of JMeter's."""
    return {"timeStamp", "elapsed"} <= set(read_titles(head)) or _layout_without_heading(head) is not None


def _layout_without_heading(head: bytes) -> tuple[list[str], str] | None:
    """Titles and delimiter of a file whose first line is a row in JMeter's own order of columns; None for others.

    Version 2 of JMeter, whose files had no heading by default, has no column for the assertion's message.
    """
    cells, delimiter = read_layout(head)
    if len(cells) < 7 or not _TIME_IN_ROW.fullmatch(cells[0]) or not cells[1].isdigit():
        return None
    titles = _STANDARD_TITLES[:7]
    if len(cells) > 7 and cells[7] in ("true", "false"):
        titles = _STANDARD_TITLES[:8]
        if len(cells) >= 16:
            titles.append("failureMessage")
    elif cells[6] in ("true", "false"):
        titles[6] = "success"
    else:
        return None
    return titles + [f"column {index + 1}" for index in range(len(titles), len(cells))], delimiter


def read(source: Source) -> Iterator[Requests | NamesOfRequests]:
    """Every sample but those of transactions."""
    without_heading = _layout_without_heading(source.head)
    titles, delimiter = without_heading or read_layout(source.head)
    if without_heading:
        source.notes["The file has no heading: its columns are taken to be in JMeter's own order."] = None
    clock = Clock()
    parse = _SampleParser(titles, delimiter.encode(), source.kinds)
    usual, table = parse.usual, SampleTable(parse)

    def convert(columns: Columns) -> Requests | NamesOfRequests:
        nonlocal table
        times, texts, outcomes = columns
        if source.kinds.counts_names:
            return parse.names_of(texts)
        try:
            stamps = list(map(int, times))
        except ValueError:
            stamps = [_milliseconds(text, clock) for text in times]
            if not all(text.isdigit() or _ZONE.search(text) for text in times):
                source.notes["The times have no zone: they are taken as UTC."] = None
        check_times(stamps, PER_SECOND)
        if source.kinds.has_others:
            return few_kinds(texts, outcomes, stamps)
        if table.is_full:
            table = SampleTable(parse)
        samples = list(map(table.__getitem__, texts))
        if outcomes.count(usual) != len(outcomes):
            for index in [index for index, outcome in enumerate(outcomes) if outcome != usual]:
                samples[index] = table[texts[index] + _OUTCOME_FOLLOWS + outcomes[index]]
        if table.has_no_requests and NO_REQUEST in samples:
            source.left_out[TRANSACTIONS] += samples.count(NO_REQUEST)
            stamps = [stamp for stamp, sample in zip(stamps, samples) if sample != NO_REQUEST]
            samples = [sample for sample in samples if sample != NO_REQUEST]
        return Samples(table, samples, stamps, PER_SECOND)

    def few_kinds(texts: Sequence[bytes], outcomes: Sequence[bytes], stamps: list[int]) -> Requests:
        """With many names most samples would occur only once; without them there are few kinds."""
        latencies, cells, kinds = parse.latencies_and_kinds(texts)
        for index in [index for index, outcome in enumerate(outcomes) if outcome != usual]:
            kinds[index] = parse.kind_of(cells[index], outcomes[index])
        if None in kinds:
            source.left_out[TRANSACTIONS] += kinds.count(None)
            latencies = [latency for latency, kind in zip(latencies, kinds) if kind]
            stamps = [stamp for stamp, kind in zip(stamps, kinds) if kind]
        return Batch(latencies, UNIT, [kind for kind in kinds if kind], stamps, PER_SECOND)

    layout = (titles, delimiter) if without_heading else None
    reader = _block_reader(titles, delimiter, parse, source.kinds)
    return read_batches(source, ("timeStamp", _SAMPLE, parse.columns), convert, reader, layout)


def _block_reader(
    titles: Sequence[str], delimiter: str, parse: _SampleParser, kinds: RequestKinds
) -> BlockReader | None:
    """The reader of blocks with numpy, where that is installed and the usual columns are present."""
    try:
        numpy_reader = importlib.import_module("acolytes_perf.result_files.jtl_arrays").ArrayReader
        required = [titles.index(name) for name in ("timeStamp", "elapsed", "success", "label")]
        others = [titles.index(name) if name in titles else -1 for name in _CAUSE]
        reader: BlockReader = numpy_reader(len(titles), required + others, delimiter, parse.kind, kinds)
        return reader
    except (ImportError, ValueError):
        return None


def _milliseconds(text: bytes, clock: Clock) -> int:
    """Milliseconds since 1970 of a number, or of a date and a time with the year first."""
    if text.isdigit():
        return int(text)
    date = text.decode("utf-8", "replace").replace("/", "-").replace(",", ".")
    return round(clock(date if _ZONE.search(text) else date + "Z") * PER_SECOND)


class _KindsByCells(dict[bytes, Optional[RequestKind]]):
    """The kind of usual outcome by the cells of label, code and message; None for a transaction."""

    def __init__(self, parser: _SampleParser) -> None:
        self._parser = parser

    def __missing__(self, cells: bytes) -> RequestKind | None:
        if len(self) >= RequestKinds.MAX_KINDS:
            self.clear()
        kind = self[cells] = self._parser.kind_of(cells, self._parser.usual)
        return kind


class _SampleParser:
    """Reads the texts of samples: the cells of _SAMPLE and, where they are unusual, those of _OUTCOME."""

    def __init__(self, titles: Sequence[str], delimiter: bytes, kinds: RequestKinds) -> None:
        self._delimiter, self._kinds = delimiter, kinds
        self._kinds_by_cells: dict[tuple[bytes, bytes], RequestKind | None] = {}
        self._kinds_of_usual = _KindsByCells(self)
        self._has_success = "success" in titles
        outcome = [b"true" if self._has_success else b"", b""]
        pairs = [",".join(pair) for pair in zip(titles, titles[1:])]
        # neighbours, in JMeter's own order or in another one, are one text in each line and need not be put together
        self._is_reversed = _REVERSED_OUTCOME in pairs
        #: The columns of outcomes, and the text of most of them.
        self.columns = _REVERSED_OUTCOME if self._is_reversed else _OUTCOME
        separator = delimiter if self.columns in pairs else SEPARATOR
        self.usual = separator.join(outcome[::-1] if self._is_reversed else outcome)

    def __call__(self, text: bytes) -> tuple[int, RequestKind] | None:
        """Latency and kind of a sample; None for a transaction. Raises ValueError for a wrong text."""
        cells, follows, outcome = text.partition(_OUTCOME_FOLLOWS)
        elapsed, _, rest = cells.partition(self.separator_of(cells))
        latency = int(elapsed)
        if not 0 <= latency <= _MAX_LATENCY:
            raise ValueError("latency out of bounds")
        key = rest, outcome if follows else self.usual
        try:
            kind = self._kinds_by_cells[key]
        except KeyError:
            if len(self._kinds_by_cells) >= self._kinds.MAX_KINDS:
                self._kinds_by_cells.clear()
            kind = self._kinds_by_cells[key] = self.kind_of(*key)
        return None if kind is None else (latency * UNIT, kind)

    def kind_of(self, cells: bytes, outcome: bytes) -> RequestKind | None:
        """The kind of a request by the cells after its latency, and those of _OUTCOME; None for a transaction."""
        label, code, message = self._split(cells, 3)
        success, failure = self._split(outcome, 2)[:: -1 if self._is_reversed else 1]
        failed = has_failed(success, code, has_success=self._has_success)
        if message.startswith(TRANSACTION):
            return None
        return self._kinds.get(label, failed, code, failure or message)

    def kind(self, success: bytes, label: bytes, code: bytes, message: bytes, failure: bytes) -> RequestKind:
        """The kind of a request by its cells; ValueError for a transaction, and for a wrong outcome."""
        texts = [cell.decode("utf-8", "replace") for cell in (success, label, code, message, failure)]
        if texts[3].startswith(TRANSACTION):
            raise ValueError("a transaction")
        return self._kinds.get(texts[1], has_failed(texts[0], texts[2]), texts[2], texts[4] or texts[3])

    def separator_of(self, cells: bytes) -> bytes:
        """What separates the cells of a group."""
        return SEPARATOR if SEPARATOR in cells else self._delimiter

    def parts_of(self, texts: Sequence[bytes]) -> tuple[list[int], list[bytes], list[bytes], bytes]:
        """Latencies in milliseconds, labels, the cells after them, and what separates these, of usual outcomes."""
        separator = self.separator_of(texts[0]) if texts else b""  # the same in a block
        parts = [text.split(separator, 2) for text in texts]
        latencies = [int(part[0]) for part in parts]
        check_latencies(latencies, UNIT)
        return latencies, [part[1] for part in parts], [part[2] for part in parts], separator

    def latencies_and_kinds(self, texts: Sequence[bytes]) -> tuple[list[int], list[bytes], list[RequestKind | None]]:
        """Latencies, cells and kinds of samples of usual outcome, where few labels are told apart."""
        latencies, labels, rests, separator = self.parts_of(texts)
        other, kinds = OTHER_ENDPOINTS.encode(), self._kinds_of_usual
        cells = [
            (label if is_kept else other) + separator + rest
            for label, rest, is_kept in zip(labels, rests, self._kinds.are_kept(labels))
        ]
        return latencies, cells, list(map(kinds.__getitem__, cells))

    def names_of(self, texts: Sequence[bytes]) -> NamesOfRequests:
        """How many samples have which label."""
        _, labels, rests, separator = self.parts_of(texts)
        if TRANSACTION.encode() in b"".join(rests):
            messages = [rest.partition(separator)[2] for rest in rests]
            labels = [label for label, text in zip(labels, messages) if not text.startswith(TRANSACTION.encode())]
        return NamesOfRequests(Counter(as_utf8(labels)))

    def _split(self, text: bytes, size: int) -> list[str]:
        cells = text.split(self.separator_of(text))
        if len(cells) != size:
            raise ValueError("cells")
        return [cell.decode("utf-8", "replace") for cell in cells]


def has_failed(success: str, code: str, *, has_success: bool = True) -> bool | None:
    """Whether a sample failed; by the code where the file does not tell, and None without one."""
    if has_success:
        if success not in ("true", "false", "TRUE", "FALSE", ""):
            raise ValueError("success")
        if success:
            return success.lower() == "false"
    # codes below 400 are successes for JMeter; other texts say that there was no response
    return not (len(code) == 3 and code.isdigit() and code < "400") if code else None
