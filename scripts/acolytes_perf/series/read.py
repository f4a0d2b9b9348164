"""Reads series from files of any of the formats, which are told apart by their content."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from acolytes_perf.errors import InputError, quoted
from acolytes_perf.inputs.columns import ColumnChoice, parse_columns
from acolytes_perf.inputs.files import expand, read_text
from acolytes_perf.series.choose import by_columns, in_unit, labels_of, selected
from acolytes_perf.series.ordering import in_order
from acolytes_perf.series.prometheus import is_prometheus, read_prometheus
from acolytes_perf.series.rows import Rows, parse_rows, printable
from acolytes_perf.series.tabular import read_rows
from acolytes_perf.series.time_series import TimeSeries, make_series

_FORMATS = "CSV, TSV, records in JSON, a Prometheus range query, CloudWatch JSON or OTLP JSON"


def read_series(
    paths: Sequence[str],
    *,
    columns: str | None = None,
    select: str | None = None,
    unit: str | None = None,
    roles: Sequence[str] = ("value",),
    pointer: str = "/history",
) -> list[TimeSeries]:
    """The series of all files. Files that hold parts of the same series are joined.

    Args:
        paths: files, folders, patterns such as `cpu-*.csv`, or `-` for standard input.
        columns: text of `--columns`; roles that belong to other inputs must be taken out before.
        select: text of `--select`, such as `job=api,code=~5..`.
        unit: of numbers for which a file says none.
        roles: what columns of numbers may be chosen for, besides `time` and `label`.
        pointer: of the input, for errors.

    Raises:
        InputError: a file cannot be read, has another format, or a choice has no effect.
    """
    choices = parse_columns(columns, ["time", *roles, "label"])
    label_names = labels_of(select) if select is not None else []
    series: list[TimeSeries] = []
    for path in expand(paths, pointer):
        series += _read_file(path, choices, unit or "", pointer, label_names)
    series = _joined(series, pointer)
    if select is not None:
        series = selected(series, select)
    return series


def read_table_rows(path: str, pointer: str) -> Rows | None:
    """The rows of a CSV, TSV or NDJSON file; None for a file of another format."""
    text = read_text(path, pointer)
    where = "standard input" if path == "-" else quoted(path)
    if text.lstrip()[:1] not in ("{", "["):
        return parse_rows(text, where, pointer)
    document = _parse_json(text, where, pointer)
    is_records = isinstance(document, list) and document and all(isinstance(entry, dict) for entry in document)
    return _records(document, where, pointer) if is_records and not is_prometheus(document) else None


def _read_file(
    path: str, choices: Sequence[ColumnChoice], unit: str, pointer: str, label_names: Sequence[str]
) -> list[TimeSeries]:
    text = read_text(path, pointer)
    where = "standard input" if path == "-" else quoted(path)
    start = text.lstrip()[:1]
    if start not in ("{", "["):
        return read_rows(
            parse_rows(text, where, pointer), choices, where, pointer, path, unit=unit, label_names=label_names
        )
    document = _parse_json(text, where, pointer)
    if is_prometheus(document):
        found = read_prometheus(document, where, pointer, path)
    else:
        from acolytes_perf.series.cloudwatch import is_cloudwatch, read_cloudwatch
        from acolytes_perf.series.otlp import is_otlp, read_otlp

        if is_cloudwatch(document):
            found = read_cloudwatch(document, where, pointer, path)
        elif is_otlp(document):
            found = read_otlp(document, where, pointer, path)
        elif isinstance(document, list) and document and all(isinstance(entry, dict) for entry in document):
            return read_rows(
                _records(document, where, pointer), choices, where, pointer, path, unit=unit, label_names=label_names
            )
        else:
            raise InputError(pointer, f"{where} is JSON, but no series: write {_FORMATS}")
    if choices:
        found = by_columns(found, choices, where)
    if unit:
        found = [in_unit(one, unit) for one in found]
    return found


def _parse_json(text: str, where: str, pointer: str) -> Any:
    """One document, or a list of the documents of an NDJSON file."""
    try:
        return json.loads(text)
    except RecursionError:
        raise InputError(pointer, f"{where} is JSON that is nested too deeply") from None
    except ValueError as error:
        documents = _parse_lines(text, where, pointer)
        if not documents:
            raise InputError(pointer, f"{where} is not JSON: {error}") from None
        return documents


def _parse_lines(text: str, where: str, pointer: str) -> list[Any]:
    """The documents of NDJSON; empty where the first line is none.

    Raises:
        InputError: a later line is not JSON.
    """
    documents: list[Any] = []
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            document = _parse_line(line)
            if document is None and not documents:
                return []
            if document is None:
                raise InputError(pointer, f"{where} line {number} is not JSON: complete the file")
            documents.append(document)
    return documents


def _parse_line(line: str) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _records(documents: Sequence[dict[str, Any]], where: str, pointer: str) -> Rows:
    """Records of JSON as rows; their names are the headings."""
    headings = list(dict.fromkeys(name for document in documents for name in document))
    rows = []
    for number, document in enumerate(documents, 1):
        cells = [document.get(heading) for heading in headings]
        nested = next((heading for heading, cell in zip(headings, cells) if isinstance(cell, (dict, list))), None)
        if nested is not None:
            message = f"{where} record {number} has {quoted(nested)} with more inside"
            raise InputError(pointer, f"{message}: write {_FORMATS}")
        rows.append(["" if cell is None else repr(cell) if isinstance(cell, float) else str(cell) for cell in cells])
    return Rows([printable(heading) for heading in headings], rows, list(range(1, len(rows) + 1)))


def _joined(series: Sequence[TimeSeries], pointer: str) -> list[TimeSeries]:
    """Series of the same name, labels and role from several files become one."""
    groups: dict[tuple[object, ...], list[TimeSeries]] = {}
    for one in series:
        groups.setdefault((one.name, tuple(sorted(one.labels.items())), one.role), []).append(one)
    joined = []
    for parts in groups.values():
        first = parts[0]
        if len(parts) == 1:
            joined.append(first)
            continue
        if len({part.unit for part in parts}) > 1 or len({part.dated for part in parts}) > 1 or not first.dated:
            raise InputError(pointer, f"{first.title} of {first.source} and {parts[1].source} do not fit together")
        points = [(time, value) for part in parts for time, value in zip(part.times, part.values) if value is not None]
        where = f"{first.title} of {len(parts)} files"
        ordered, notes = in_order(sorted(points, key=lambda point: point[0]), None, where, pointer)
        all_notes = dict.fromkeys([note for part in parts for note in part.notes] + list(notes))
        joined.append(
            make_series(
                ordered,
                name=first.name,
                labels=first.labels,
                unit=first.unit,
                kind=first.kind,
                role=first.role,
                notes=tuple(all_notes),
                source=", ".join(part.source for part in parts),
            )
        )
    return joined
