"""Any CSV, TSV or NDJSON file as requests, by the columns that the user chose with `--columns`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from acolytes_perf.errors import InputError, quoted
from acolytes_perf.inputs.columns import RESULT_ROLES, ColumnChoice, unknown_heading
from acolytes_perf.inputs.dates import FORMATS as TIME_FORMATS
from acolytes_perf.inputs.dates import DateError, read_times
from acolytes_perf.result_files import Reader, access_log
from acolytes_perf.result_files.delimited import Columns, read_batches, read_layout
from acolytes_perf.result_files.record import (
    NANOSECONDS,
    Batch,
    NamesOfRequests,
    RequestKind,
    RequestKinds,
    Requests,
    check_latencies,
    check_times,
)
from acolytes_perf.result_files.source import Source
from acolytes_perf.series.cells import NumberError, heading_unit, read_numbers
from acolytes_perf.time_units import SECONDS

_SUCCESS = {"true": False, "1": False, "yes": False, "ok": False, "pass": False, "passed": False, "success": False,
            "false": True, "0": True, "no": True, "ko": True, "fail": True, "failed": True, "failure": True,
            "error": True, "timeout": True}  # fmt: skip
_GRPC_CODES = frozenset(map(str, range(17)))
_SAMPLE_ROWS = 50


def reader_of_columns(source: Source, columns: Sequence[ColumnChoice]) -> Reader:
    """The reader of the chosen columns.

    Raises:
        InputError: a column is not there, its cells do not fit its role, or the file has no columns.
    """
    if access_log.recognises(source.head):
        return access_log.reader_for(source, columns)
    if source.head.lstrip()[:1] == b"{":
        headings = _json_headings(source)
        rows = [[_cell(document, name) for name in headings] for document in _sample_documents(source)]
        return _ChosenColumns(source, columns, headings, rows, is_json=True)
    headings, delimiter = read_layout(source.head)
    if b"\0" in source.head or len(headings) < 2:
        raise source.error("has no columns: --columns needs CSV, TSV, NDJSON or an access log")
    import csv

    lines = source.head.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace").split("\n")[1:-1]
    try:
        sample = [row for row in csv.reader(lines[:_SAMPLE_ROWS], delimiter=delimiter) if len(row) == len(headings)]
    except csv.Error:
        sample = []
    return _ChosenColumns(source, columns, headings, sample, is_json=False)


class _ChosenColumns:
    """Reads requests from some columns of a file."""

    def __init__(
        self,
        source: Source,
        choices: Sequence[ColumnChoice],
        headings: Sequence[str],
        sample: Sequence[Sequence[str]],
        *,
        is_json: bool,
    ) -> None:
        self.NAME = "NDJSON by its columns" if is_json else "CSV by its columns"
        self.QUOTES = b"" if is_json else b'"'
        self._is_json, self._where = is_json, quoted(source.path)
        self._names: dict[str, str] = {}
        units: dict[str, str] = {}
        for choice in choices:
            place = choice.column(headings)
            if place is None:
                raise unknown_heading(choice, headings, self._where)
            if choice.role in self._names:
                raise _error(f"names two columns for {choice.role}: leave one out")
            if headings[place[0]] in self._names.values():
                raise _error(f"names the column {quoted(headings[place[0]])} twice: leave one out")
            self._names[choice.role], units[choice.role] = headings[place[0]], place[1]
        if "duration" not in self._names:
            raise _error("needs the column of the durations, such as duration=ms:latency")
        for role in ("label", "status", "success"):
            if units.get(role, "") not in ("", "fold" if role == "label" else ""):
                raise _error(f"{quoted(units[role])} is not a unit of {role}: write {role}={self._names[role]}")
        if is_json:  # lines of another kind have no duration
            duration = headings.index(self._names["duration"])
            sample = [row for row in sample if row[duration]]
        cells = {role: [row[headings.index(name)] for row in sample] for role, name in self._names.items()}
        self._unit = units["duration"] or heading_unit(self._names["duration"])
        self._time_format, self._sample_times = units.get("time", ""), cells.get("time", [])
        self._kinds = _Kinds(
            source.kinds,
            folds=units.get("label") == "fold",
            is_grpc=bool(cells.get("status")) and set(cells["status"]) <= _GRPC_CODES,
        )
        self._check(cells)

    def _check(self, cells: Mapping[str, Sequence[str]]) -> None:
        """Raises InputError where the first rows do not fit their roles."""
        if self._time_format and self._time_format not in TIME_FORMATS:
            raise _error(f"{quoted(self._time_format)} is not a format of times: use one of {', '.join(TIME_FORMATS)}")
        if not cells["duration"]:
            return
        name = quoted(self._names["duration"])
        if self._unit not in ("", *SECONDS):
            raise _error(f"{quoted(self._unit)} is not a unit of time: use one of {', '.join(SECONDS)}")
        try:
            numbers = read_numbers([cell for cell in cells["duration"] if cell.strip()], "", self._unit)
        except NumberError as error:
            raise _error(f"the duration {name} cannot be read: {error}") from None
        if numbers.unit != "s":
            raise _error(f"the duration needs its unit: write duration=ms:{self._names['duration']}, or us: or s:")
        if self._sample_times:
            try:
                read_times(self._sample_times, self._time_format)
            except DateError as error:
                raise _error(f"the time {quoted(self._names['time'])} cannot be read: {error}") from None
        for cell in cells.get("success", ()):
            if cell.strip().lower() not in _SUCCESS:
                raise _error(f"{quoted(cell)} in {quoted(self._names['success'])} is neither true nor false")
        for cell in cells.get("status", ()):
            if not cell.strip().isdigit() and cell.strip().lower() not in _SUCCESS and not cell.isupper():
                raise _error(
                    f"the status {quoted(cell)} in {quoted(self._names['status'])} is neither a code nor a word "
                    "such as OK or failed"
                )

    def recognises(self, head: bytes) -> bool:
        """A file is read by its columns only where the user chose them."""
        return bool(head)

    def read(self, source: Source) -> Iterator[Requests | NamesOfRequests]:
        """Every row as a request."""
        names = [self._names.get(role, "") for role in RESULT_ROLES]
        if self._is_json:
            return self._read_json(source, names)
        return read_batches(source, names, self._convert)

    def _read_json(self, source: Source, names: Sequence[str]) -> Iterator[Batch]:
        for block in source.blocks():
            rows: list[list[bytes]] = []
            corrupt, at_end, others = 0, False, 0
            for line in block.split(b"\n"):
                if not line.strip():
                    continue
                document = _loaded(line)
                row = [_cell(document, name).encode("utf-8", "replace") if name else b"" for name in names]
                at_end = document is None
                if document is not None and not row[1]:
                    others += 1
                elif at_end or not self._is_valid(row):
                    corrupt += 1
                else:
                    rows.append(row)
            if corrupt:
                source.count_corrupt(corrupt, at_end=at_end)
            if others:
                source.left_out[f"lines without {self._names['duration']}"] += others
            if rows:
                yield self._convert(list(zip(*rows)))

    def _is_valid(self, row: Sequence[bytes]) -> bool:
        try:
            self._latencies(row[1:2])
            self._kinds[(row[2], row[3], row[4])]
        except ValueError:
            return False
        return not self._names.get("time") or bool(row[0])

    def _convert(self, columns: Columns) -> Batch:
        times, durations, *cells = columns
        latencies = self._latencies(durations)
        kinds = list(map(self._kinds.__getitem__, zip(*cells)))
        if "time" not in self._names:
            return Batch(latencies, 1, kinds)
        texts = [cell.decode("utf-8", "replace").strip() for cell in times]
        # the format of all times is that of the first ones
        seconds = read_times([*self._sample_times, *texts], self._time_format).seconds[len(self._sample_times) :]
        check_times(seconds, 1)
        return Batch(latencies, 1, kinds, seconds)

    def _latencies(self, cells: Sequence[bytes]) -> list[int]:
        try:
            if self._unit in SECONDS:
                factor = SECONDS[self._unit] * NANOSECONDS
                latencies = [round(float(cell) * factor) for cell in cells]
                check_latencies(latencies, 1)
                return latencies
        except (ValueError, OverflowError):
            pass
        numbers = read_numbers([cell.decode("utf-8", "replace") for cell in cells], "", self._unit)
        if numbers.unit != "s" or None in numbers.values:
            raise ValueError("no duration")
        latencies = [round(value * NANOSECONDS) for value in numbers.values if value is not None]
        check_latencies(latencies, 1)
        return latencies


class _Kinds(dict[tuple[bytes, ...], RequestKind]):
    """Kinds by the cells of label, status and success; ValueError for an outcome that is neither."""

    def __init__(self, kinds: RequestKinds, *, folds: bool, is_grpc: bool) -> None:
        self._kinds, self._folds, self._is_grpc = kinds, folds, is_grpc

    def __missing__(self, cells: tuple[bytes, ...]) -> RequestKind:
        if len(self) >= 10_000:
            self.clear()
        label, status, success = (cell.decode("utf-8", "replace").strip() for cell in cells)
        failed: bool | None = None
        if success:
            outcome = _SUCCESS.get(success.lower())
            if outcome is None:
                raise ValueError("success")
            failed = outcome
        elif status.isdigit() and len(status) < 10:
            failed = status != "0" if self._is_grpc else not 100 <= int(status) < 400
        elif status:
            failed = _SUCCESS.get(status.lower(), True)
        kind = self[cells] = self._kinds.get(access_log.fold_ids(label) if self._folds else label, failed, status)
        return kind


def _error(message: str) -> InputError:
    return InputError("/columns", message)


def _loaded(line: bytes) -> Any:
    """The object of a line; None for anything else."""
    try:
        document = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


def _sample_documents(source: Source) -> list[Any]:
    documents = map(_loaded, source.head.split(b"\n"))
    return list(islice((document for document in documents if document is not None), _SAMPLE_ROWS))


def _json_headings(source: Source) -> list[str]:
    """The names of all members of the first lines; those of objects in objects have dots."""
    headings: dict[str, None] = {}

    def visit(document: Mapping[str, Any], before: str) -> None:
        for name, value in document.items():
            if isinstance(value, dict) and before.count(".") < 4:
                visit(value, f"{before}{name}.")
            else:
                headings[before + name] = None

    for document in _sample_documents(source):
        visit(document, "")
    if not headings:
        raise source.error("has no columns: --columns needs CSV, TSV, NDJSON with an object on each line, or a log")
    return list(headings)


def _cell(document: Any, name: str) -> str:
    """The text of a member, empty where it is missing; its name may have dots for objects in objects."""
    if isinstance(document, dict) and name in document:
        value = document[name]
    else:
        value = document
        for part in name.split("."):
            value = value.get(part) if isinstance(value, dict) else None
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else value if isinstance(value, str) else str(value)
