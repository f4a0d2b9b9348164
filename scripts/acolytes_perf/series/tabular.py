"""Series from rows: CSV and TSV files with any headings, Grafana's CSV exports, and NDJSON records.

Sources: RFC 4180; Grafana documentation, "Download visualization data" (series joined by time, and series to rows).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from acolytes_perf.errors import InputError, quoted
from acolytes_perf.inputs.columns import ColumnChoice, listed
from acolytes_perf.series.cells import heading_unit, scale_of
from acolytes_perf.series.layout import Layout, chosen_columns, find_layout
from acolytes_perf.series.ordering import in_order
from acolytes_perf.series.row_times import counted_months, counted_step, times_of
from acolytes_perf.series.rows import Rows
from acolytes_perf.series.time_series import TimeSeries, make_series

_MOST_LABEL_VALUES = 200
_LABELLED = re.compile(r"\s*([A-Za-z_:][\w:.]*)?\s*\{(.*)\}\s*")
_LABEL = re.compile(r'\s*([A-Za-z_][\w.]*)\s*=\s*"((?:[^"\\]|\\.)*)"\s*,?')


def read_rows(
    table: Rows,
    choices: Sequence[ColumnChoice],
    where: str,
    pointer: str,
    source: str,
    *,
    unit: str = "",
    label_names: Sequence[str] = (),
) -> list[TimeSeries]:
    """The series of a table: one for each column of numbers, and for each combination of labels.

    Args:
        table: headings and cells.
        choices: of `--columns`; the roles `time` and `label` are known here, all others name columns of numbers.
        where: names the file in errors.
        pointer: of the input, for errors.
        source: the file.
        unit: of columns that have none, where the user names it.
        label_names: headings that `--select` names.

    Raises:
        InputError: a choice has no column, times or numbers are not understood, or a time is there twice.
    """
    if unit and scale_of(unit) is None:
        raise InputError("/unit", f"{quoted(unit)} is not a unit: use one such as ms, s, /s, %, MB or cores")
    roles = chosen_columns(table, choices, where)
    layout = find_layout(table, roles, where, pointer, unit, label_names)
    times, notes = times_of(table, layout, roles, where, pointer)
    chosen = [(index, role) for index, (role, _) in roles.items() if role not in ("time", "label")]
    columns = chosen or [(index, "") for index in layout.numbers]
    if not columns:
        raise InputError(pointer, f"{where} has no column of numbers: its columns are {listed(table.headings)}")
    if unit and all(_has_unit(table.headings[index], roles.get(index)) for index, _ in columns):
        raise InputError("/unit", "has no effect: the columns have units already", {"unit": None})
    labels = list(layout.labels)
    if times is None and any(len({row[index] for row in table.rows}) == len(table.rows) > 2 for index in labels):
        names = listed([table.headings[index] for index in labels])
        raise InputError(pointer, f"{where}: the column {names} is neither times nor numbers, and differs in each row")
    if times is not None and len(set(times.seconds)) == len(times.seconds):
        labels, unused = _needed_labels(table, layout)
        notes = (*notes, f"Columns of {where} that are not used: {listed(unused)}.") if unused else notes
    elif times is not None and not chosen:
        labels, columns = _with_numeric_label(table, layout, times.seconds, columns)
    name_column = _series_name_column(table, labels)
    groups: dict[tuple[str, ...], list[int]] = {}
    for row, cells in enumerate(table.rows):
        groups.setdefault(tuple(cells[index].strip() for index in labels), []).append(row)
    series = []
    for index, role in columns:
        for key, rows in groups.items():
            name, own = _name_and_labels(table.headings[index])
            pairs = {table.headings[label]: text for label, text in zip(labels, key) if label != name_column}
            if name_column is not None:
                name, extra = _name_and_labels(key[labels.index(name_column)])
                own.update(extra)
            numbers = layout.numbers[index]
            values = [numbers.values[row] for row in rows]
            if all(value is None for value in values):
                continue
            common = (*notes, *numbers.notes)
            described = TimeSeries(name, {**own, **pairs}, numbers.unit, [], [], 0.0, role=role, source=source)
            if times is None:
                series.append(described._replace(times=rows, values=values, notes=common, dated=False))
                continue
            points = [(times.seconds[row], value) for row, value in zip(rows, values)]
            lines = [table.lines[row] for row in rows]
            ordered, order_notes = in_order(points, lines, where, pointer, dated=times.dated)
            series.append(
                make_series(
                    ordered,
                    name=name,
                    labels=described.labels,
                    unit=numbers.unit,
                    role=role,
                    dated=times.dated,
                    notes=(*common, *order_notes),
                    source=source,
                    step=counted_step(table, layout, times),
                    months=counted_months(table, layout, times),
                )
            )
    return series


def _has_unit(heading: str, role: tuple[str, str] | None) -> bool:
    """Whether a heading or `--columns` says the unit of a column."""
    return bool(heading_unit(heading) or (role and role[1]))


def _needed_labels(table: Rows, layout: Layout) -> tuple[list[int], list[str]]:
    """The labels where each time is there once: those that the user names, or that are the same in all rows.

    Returns:
        The columns, and the headings of the others, such as the name of the weekday.
    """
    needed, unused = [], []
    for index in layout.labels:
        if index in layout.chosen or len({cell.strip() for cell in table.column(index)}) == 1:
            needed.append(index)
        else:
            unused.append(table.headings[index])
    return needed, unused


def _with_numeric_label(
    table: Rows, layout: Layout, seconds: Sequence[float], columns: Sequence[tuple[int, str]]
) -> tuple[list[int], list[tuple[int, str]]]:
    """Takes a column of whole numbers for a label, such as a zone 1, 2 or 3, where times repeat without it."""
    labels = list(layout.labels)
    keys = [(seconds[row], *(cells[index] for index in labels)) for row, cells in enumerate(table.rows)]
    if len(columns) < 2 or len(set(keys)) == len(keys):
        return labels, list(columns)
    for index, _ in columns:
        cells = [cell.strip() for cell in table.column(index)]
        few = len(set(cells)) <= min(_MOST_LABEL_VALUES, len(cells) // 2) and all(map(str.isdecimal, cells))
        if few and len({(*key, cell) for key, cell in zip(keys, cells)}) == len(keys):
            return sorted([*labels, index]), [column for column in columns if column[0] != index]
    return labels, list(columns)


def _series_name_column(table: Rows, labels: Sequence[int]) -> int | None:
    """The column of series' names in Grafana's export of series as rows, and in similar ones."""
    words = ("series", "metric", "_field", "name", "__name__")
    return next((index for index in labels if table.headings[index].strip().lower() in words), None)


def _name_and_labels(heading: str) -> tuple[str, dict[str, str]]:
    """Name and labels of a heading such as `http_requests_total{job="api"}`.

    >>> _name_and_labels('{job="api", code="200"}')
    ('', {'job': 'api', 'code': '200'})
    """
    match = _LABELLED.fullmatch(heading)
    if not match or (match[2].strip() and not _LABEL.match(match[2])):
        return heading, {}
    labels = {pair[1]: pair[2].replace('\\"', '"') for pair in _LABEL.finditer(match[2])}
    return match[1] or labels.pop("__name__", ""), labels
