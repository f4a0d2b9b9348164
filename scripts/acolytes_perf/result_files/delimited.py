"""Reads CSV files by columns: whole blocks at once where nothing is quoted, else line by line."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Union

from acolytes_perf.errors import quoted
from acolytes_perf.result_files.record import NamesOfRequests, Requests
from acolytes_perf.result_files.source import BLOCK_BYTES, MAX_LINE_BYTES, Source

#: The cells of each column as bytes; most are numbers, which need no decoding.
Columns = Sequence[Sequence[bytes]]
#: Makes a batch of columns; ValueError for cells that it cannot read.
Convert = Callable[[Columns], Union[Requests, NamesOfRequests]]
#: Reads a block of whole lines; None for a block that needs the exact reader.
BlockReader = Callable[[bytes], Union[Requests, NamesOfRequests, None]]
#: Bytes of a block for a BlockReader, whose calls have a fixed cost.
READER_BLOCK_BYTES = 1 << 19
#: Separates the cells of a group that had to be put together.
SEPARATOR = b"\x1f"
_MAX_RESTARTS = 20


def read_titles(head: bytes) -> list[str]:
    """The titles of a CSV file's first line."""
    return read_layout(head)[0]


def read_layout(head: bytes) -> tuple[list[str], str]:
    """The titles of a CSV file's first line, and its delimiter."""
    line = head.removeprefix(b"\xef\xbb\xbf").split(b"\n", 1)[0].decode("utf-8", "replace").strip("\r")
    delimiter = find_delimiter(line)
    return [title.strip().strip('"') for title in line.split(delimiter)], delimiter


def find_delimiter(line: str) -> str:
    """The delimiter of a heading: comma, semicolon or tab."""
    return max(",;\t", key=line.count)


def read_batches(
    source: Source,
    names: Sequence[str],
    convert: Convert,
    block_reader: BlockReader | None = None,
    layout: tuple[Sequence[str], str] | None = None,
) -> Iterator[Requests | NamesOfRequests]:
    """Reads some columns of a CSV file.

    Args:
        source: the open file.
        names: titles of the columns; a missing column is empty in every row. A title with commas is a group of columns:
            its cells are one text, separated by the file's delimiter where they are neighbours, else by SEPARATOR.
        convert: makes a batch of these columns.
        block_reader: is tried first for each block.
        layout: titles and delimiter of a file without a heading.
    """
    titles, delimiter = layout or read_layout(source.head)
    needed = ",".join(names).split(",")
    twice = next((title for title in titles if title in needed and titles.count(title) > 1), None)
    if twice:
        raise source.error(f"has two columns {quoted(twice)}: remove or rename one")
    table = _Table(titles, delimiter, names)
    blocks = _closed_quotes(source)
    first = b""
    if source.begins_file and layout is None:
        first = next(blocks, b"").partition(b"\n")[2]
    if first:
        yield from _batches(source, first, table, convert)
    for parts in _together(blocks) if block_reader else ([block] for block in blocks):
        requests = block_reader(b"".join(parts)) if block_reader else None
        if requests is not None:
            yield requests
            continue
        for part in parts:
            yield from _batches(source, part, table, convert, last=part is parts[-1])


def decode_cells(column: Iterable[bytes]) -> list[str]:
    """The cells of a column as text."""
    return [cell.decode("utf-8", "replace") for cell in column]


class _Table:
    """Finds some columns in blocks of a file with these titles; at least one of them is present."""

    def __init__(self, titles: Sequence[str], delimiter: str, names: Sequence[str]) -> None:
        self.delimiter, self.width = delimiter, len(titles)
        #: For each name the places of its columns, and whether they are matched as one text.
        self._places: list[list[int | None]] = []
        self._is_one: list[bool] = []
        for name in names:
            places = [titles.index(title) if title in titles else None for title in name.split(",")]
            start = places[0]
            self._places.append(places)
            self._is_one.append(start is not None and places == list(range(start, start + len(places))))
        matched = [
            place
            for places, is_one in zip(self._places, self._is_one)
            for place in (places[:1] if is_one else places)
            if place is not None
        ]
        self._groups = {place: index for index, place in enumerate(sorted(set(matched)))}
        first = {places[0]: len(places) for places, is_one in zip(self._places, self._is_one) if is_one}
        last_in_group = {place + size - 1 for place, size in first.items() if place is not None}
        # delimiters end the cells of a row, except its last one, which ends with the line
        cells = []
        for place in range(max(place for places in self._places for place in places if place is not None) + 1):
            cell = rf"[^\n{delimiter}]*" if place == self.width - 1 else f"[^{delimiter}]*"
            before = "(" if place in self._groups else ""
            is_end = place in last_in_group or (place in self._groups and place not in first)
            cells.append(before + cell + (")" if is_end else ""))
        self._rows = re.compile(("\n" + delimiter.join(cells)).encode())
        self._heading = delimiter.join(titles).encode()
        self._frame = delimiter.encode() * (self.width - 1) + b"\n"
        self._content = bytes(set(range(256)) - set(f'{delimiter}"\r\n'.encode()))

    def columns(self, block: bytes) -> Columns | None:
        """The columns of a block; None unless every row has all its cells, none of them quoted.

        Deleting the content of all cells to check the rows, and matching only some cells, is faster than splitting all.
        """
        frames = block.translate(None, self._content)
        rows = len(frames) // len(self._frame)
        if frames != self._frame * rows:
            return None
        cells = self._rows.findall(b"\n" + block)
        # `findall` gives tuples only for several groups
        columns = list(zip(*cells)) if self._rows.groups > 1 else [tuple(cells)]
        if not rows:
            columns = [()] * len(self._groups)
        parts: list[Sequence[bytes]] = []
        for places, is_one in zip(self._places, self._is_one):
            if is_one and places[0] is not None:
                parts.append(columns[self._groups[places[0]]])
            else:
                cells = [(b"",) * rows if place is None else columns[self._groups[place]] for place in places]
                parts.append(list(map(SEPARATOR.join, zip(*cells))))
        return parts

    def count_headings(self, block: bytes) -> int:
        """How many lines repeat the heading: JMeter appends a run to an existing file, its heading included."""
        return block.splitlines().count(self._heading)

    def row(self, cells: Sequence[str]) -> list[bytes]:
        """The cells of these columns in a row."""
        return [SEPARATOR.join(_cell(cells, place) for place in places) for places in self._places]


def _cell(cells: Sequence[str], place: int | None) -> bytes:
    return b"" if place is None else cells[place].encode().replace(SEPARATOR, b" ")


def _together(blocks: Iterable[bytes]) -> Iterator[list[bytes]]:
    parts: list[bytes] = []
    for block in blocks:
        parts.append(block)
        if len(parts) * BLOCK_BYTES >= READER_BLOCK_BYTES:
            yield parts
            parts = []
    if parts:
        yield parts


def _batches(
    source: Source, block: bytes, table: _Table, convert: Convert, *, last: bool = True
) -> Iterator[Requests | NamesOfRequests]:
    """The batches of a block; `last` means that no later block has been read."""
    if b"\r" in block:
        block = block.replace(b"\r\n", b"\n")
    columns = table.columns(block)
    if columns is not None:
        try:
            yield convert(columns)
        except ValueError:
            pass
        else:
            return
    rows = _records(block.decode("utf-8", "replace"), table)
    valid = [row for row in rows if row is not None]
    try:
        if valid:
            yield convert(list(zip(*valid)))
    except ValueError:
        rows = [row if row is not None and _is_valid(row, convert) else None for row in rows]
        valid = [row for row in rows if row is not None]
        if valid:
            yield convert(list(zip(*valid)))
    if rows:
        headings = table.count_headings(block) if None in rows else 0
        source.appended_runs += headings
        source.count_corrupt(rows.count(None) - headings, at_end=last and rows[-1] is None)


def _records(text: str, table: _Table) -> list[list[bytes] | None]:
    """The cells of each record, None for a damaged one. A quote that is never closed damages only its own line."""
    import csv

    csv.field_size_limit(MAX_LINE_BYTES)
    lines = [line + "\n" for line in text.removesuffix("\n").split("\n")]
    records: list[list[bytes] | None] = []
    start = restarts = 0
    while start < len(lines):
        # with many damaged lines each line is read by itself: reading on would take quadratic time
        reader = csv.reader(
            lines[start:] if restarts < _MAX_RESTARTS else lines[start : start + 1],
            delimiter=table.delimiter,
            strict=True,
        )
        lines_read, is_damaged = 0, False
        try:
            for row in reader:
                is_damaged = len(row) != table.width and reader.line_num > lines_read + 1
                if is_damaged:
                    break
                if row:
                    records.append(table.row(row) if len(row) == table.width else None)
                lines_read = reader.line_num
        except csv.Error:
            is_damaged = True
        start += lines_read + is_damaged
        if is_damaged:
            records.append(None)
            restarts += 1
    return records


def _is_valid(row: Sequence[bytes], convert: Convert) -> bool:
    try:
        convert([[cell] for cell in row])
    except ValueError:
        return False
    return True


def _closed_quotes(source: Source) -> Iterator[bytes]:
    """Blocks that end outside of quotes, since a message of several lines belongs to one row."""
    held = b""
    for block in source.blocks():
        if not held and b'"' not in block:
            yield block
            continue
        whole = held + block
        if whole.count(b'"') % 2 and len(whole) < 4 * MAX_LINE_BYTES:
            held = whole
        else:
            held = b""
            yield whole
    if held:
        yield held
