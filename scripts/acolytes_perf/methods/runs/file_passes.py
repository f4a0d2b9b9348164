"""Passes through a result file: counting its requests, or only their names where it has too many of them.

A large file is read as two halves at the same time.
"""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import NamedTuple, TypeVar

from acolytes_perf.errors import InputError
from acolytes_perf.inputs.columns import ColumnChoice
from acolytes_perf.methods.runs.collector import RunCollector
from acolytes_perf.result_files import Reader, reader_of
from acolytes_perf.result_files.endpoint_names import KeptNames, NameCounts, TooManyNamesError
from acolytes_perf.result_files.parallel import run_in_parallel, split_position
from acolytes_perf.result_files.record import Batch, NamesOfRequests, RequestKinds
from acolytes_perf.result_files.source import Source, file_error

Result = TypeVar("Result")


class ReadingPass(NamedTuple):
    """What was read of a file, or of one half of it.

    Attributes:
        collector: the requests.
        format: name of the tool and its format.
        head: the first bytes of the file.
        bytes: its size.
        corrupt: lines that cannot be read.
        is_truncated: the file ends within a line.
        appended_runs: how many further runs were written to the same file.
        version: of the tool, where the file tells; empty otherwise.
        left_out: number of rows of the file that are no requests, by what they are.
        notes: what the reader had to assume, sentences as keys.
    """

    collector: RunCollector
    format: str
    head: bytes
    bytes: int
    corrupt: int
    is_truncated: bool
    appended_runs: int
    version: str
    left_out: Counter[str]
    notes: Mapping[str, None]


class ResultFile(NamedTuple):
    """A result file to read.

    Attributes:
        path: of the file.
        pointer: JSON pointer of the input that names it, for errors.
        columns: as the user chose them; empty for a known format.
        label: the only requests that count; None for all.
        most_endpoints: names that are kept where the file has more of them.
    """

    path: str
    pointer: str
    columns: Sequence[ColumnChoice]
    label: str | None
    most_endpoints: int

    def read(self, make_collector: Callable[[], RunCollector], kept: KeptNames | None) -> ReadingPass:
        """Reads all requests; raises TooManyNamesError for more endpoints than are kept, if `kept` is None."""

        def read(reader: Reader, source: Source) -> ReadingPass:
            collector = make_collector()
            for record in reader.read(source):
                assert not isinstance(record, NamesOfRequests), "only names were read"
                collector.add(record)
            collector.close()
            return _reading_pass(reader, source, collector)

        def merge(first: ReadingPass, second: ReadingPass) -> ReadingPass:
            merged = _merged(first, second)
            if kept is None and len(merged.collector.endpoints) > self.most_endpoints:
                raise TooManyNamesError
            return merged

        return self._in_halves(RequestKinds(self.most_endpoints, kept, self.label), read, merge)

    def kept_names(self) -> KeptNames:
        """The names with most requests, by a pass of its own."""

        def read(reader: Reader, source: Source) -> NameCounts:
            names = NameCounts()
            for record in reader.read(source):
                if isinstance(record, NamesOfRequests):
                    names.add(record.counts)
                elif isinstance(record, Batch):
                    names.add(source.kinds.names_of(record.kinds).counts)
            return names

        return self._in_halves(RequestKinds(counts_names=True), read, _merged_names).kept(self.most_endpoints)

    def error(self, message: str) -> InputError:
        """An InputError that names this file."""
        return file_error(self.path, self.pointer, message)

    def _in_halves(
        self,
        kinds: RequestKinds,
        read: Callable[[Reader, Source], Result],
        merge: Callable[[Result, Result], Result],
    ) -> Result:
        source = Source(self.path, self.pointer)
        source.kinds = kinds
        try:
            reader = reader_of(source, self.columns)
            start_of_second = split_position(source, reader)
            with _no_garbage_collection():
                if start_of_second is None:
                    return read(reader, source)

                def read_rest() -> Result:
                    # a process that is a copy of this one would share the file's position
                    rest = source.open_rest(start_of_second)
                    try:
                        return read(reader, rest)
                    finally:
                        rest.close()

                source.stop_at(start_of_second)
                return merge(*run_in_parallel(lambda: read(reader, source), read_rest))
        finally:
            source.close()


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """Stops the search for reference cycles, which do not occur here; it takes a tenth of the time."""
    is_collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if is_collecting:
            gc.enable()


def _reading_pass(reader: Reader, source: Source, collector: RunCollector) -> ReadingPass:
    return ReadingPass(
        collector=collector,
        format=reader.NAME,
        bytes=source.bytes,
        head=source.head,
        corrupt=source.corrupt,
        is_truncated=source.is_truncated,
        appended_runs=source.appended_runs,
        version=source.version,
        left_out=source.left_out,
        notes=source.notes,
    )


def _merged(first: ReadingPass, second: ReadingPass) -> ReadingPass:
    """Both halves of a file of requests."""
    first.collector.merge(second.collector)
    return first._replace(
        corrupt=first.corrupt + second.corrupt,
        is_truncated=second.is_truncated,
        appended_runs=first.appended_runs + second.appended_runs,
        left_out=first.left_out + second.left_out,
        notes={**first.notes, **second.notes},
    )


def _merged_names(first: NameCounts, second: NameCounts) -> NameCounts:
    first.merge(second)
    return first
