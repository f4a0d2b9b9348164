"""CSV files by columns: whole blocks at once where nothing is quoted, line by line where something is odd."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Union

from acolytes_perf.result_files.record import Batch, Requests
from acolytes_perf.result_files.source import BLOCK, LONGEST_LINE, Source

#: Cells as they stand in the file; most are numbers, which need no decoding.
Columns = Sequence[Sequence[bytes]]
Convert = Callable[[Columns], Batch]
#: Reads a block of whole lines; None when anything in it is odd.
Quick = Callable[[bytes], Union[Requests, None]]
#: Bytes of a block for a quick reader, for which each block costs the same however short it is.
TOGETHER = 1 << 19
_MOST_RESTARTS = 20


def heading(head: bytes) -> list[str]:
    """The titles of a CSV file's first line."""
    return layout(head)[0]


def layout(head: bytes) -> tuple[list[str], str]:
    """The titles of a CSV file's first line, and the sign between its columns."""
    line = head.removeprefix(b"\xef\xbb\xbf").split(b"\n", 1)[0].decode("utf-8", "replace").strip("\r")
    sign = delimiter(line)
    return [title.strip().strip('"') for title in line.split(sign)], sign


def delimiter(line: str) -> str:
    """The sign between the columns of a heading."""
    return max(",;\t", key=line.count)


def batches(source: Source, wanted: Sequence[str], convert: Convert, quick: Quick | None = None) -> Iterator[Requests]:
    """Batches of the columns wanted, each made by `quick` or else by `convert`, which raises ValueError for what it
    cannot read.

    A column that is not there is empty in every row.
    """
    table = _Table(*layout(source.head), wanted)
    blocks = _closed_quotes(source)
    first = next(blocks, b"").partition(b"\n")[2] if source.begins_file else b""
    if first:
        yield from _batches(source, first, table, convert)
    for parts in _together(blocks) if quick else ([block] for block in blocks):
        found = quick(b"".join(parts)) if quick else None
        if found is not None:
            yield found
            continue
        for part in parts:
            yield from _batches(source, part, table, convert, last=part is parts[-1])


def texts(column: Iterable[bytes]) -> list[str]:
    """The cells of a column as text."""
    return [cell.decode("utf-8", "replace") for cell in column]


class _Table:
    """The wanted columns of files with these titles; at least two of them are there."""

    def __init__(self, titles: Sequence[str], sign: str, wanted: Sequence[str]) -> None:
        self.sign, self.width = sign, len(titles)
        self._places = [titles.index(name) if name in titles else None for name in wanted]
        there = sorted(place for place in self._places if place is not None)
        self._groups = [None if place is None else there.index(place) for place in self._places]
        # a row's commas tell cells from each other, and its last cell ends with the line
        ends = [rf"\n{sign}" if place == self.width - 1 else sign for place in range(there[-1] + 1)]
        cells = [f"([^{end}]*)" if place in there else f"[^{end}]*" for place, end in enumerate(ends)]
        self._rows = re.compile(("\n" + sign.join(cells)).encode())
        self._frame = sign.encode() * (self.width - 1) + b"\n"
        self._content = bytes(set(range(256)) - set(f'{sign}"\r\n'.encode()))

    def columns(self, block: bytes) -> Columns | None:
        """The columns of a block in which every row has all its cells and none is quoted; None for any other.

        Taking away what is in the cells, and finding only the cells wanted, is quicker than splitting all.
        """
        frames = block.translate(None, self._content)
        rows = len(frames) // len(self._frame)
        if frames != self._frame * rows:
            return None
        found = list(zip(*self._rows.findall(b"\n" + block)))
        return [(b"",) * rows if group is None else found[group] for group in self._groups]

    def row(self, cells: Sequence[str]) -> list[bytes]:
        """The wanted cells of a row."""
        return [b"" if place is None else cells[place].encode() for place in self._places]


def _together(blocks: Iterable[bytes]) -> Iterator[list[bytes]]:
    parts: list[bytes] = []
    for block in blocks:
        parts.append(block)
        if len(parts) * BLOCK >= TOGETHER:
            yield parts
            parts = []
    if parts:
        yield parts


def _batches(source: Source, block: bytes, table: _Table, convert: Convert, *, last: bool = True) -> Iterator[Batch]:
    """`last` says that no block after this one has been read."""
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
    good = [row for row in rows if row is not None]
    try:
        if good:
            yield convert(list(zip(*good)))
    except ValueError:
        rows = [row if row is not None and _is_read(row, convert) else None for row in rows]
        good = [row for row in rows if row is not None]
        if good:
            yield convert(list(zip(*good)))
    if rows:
        source.mark_last(rows.count(None), at_end=last and rows[-1] is None)


def _records(text: str, table: _Table) -> list[list[bytes] | None]:
    """The wanted cells of each record, None for one that is damaged. A quote that stays open damages its line alone."""
    import csv

    csv.field_size_limit(LONGEST_LINE)
    lines = [line + "\n" for line in text.removesuffix("\n").split("\n")]
    found: list[list[bytes] | None] = []
    at = restarts = 0
    while at < len(lines):
        # where many are damaged each line is read by itself, as reading on would take the square of the time
        reader = csv.reader(
            lines[at:] if restarts < _MOST_RESTARTS else lines[at : at + 1], delimiter=table.sign, strict=True
        )
        done, damaged = 0, False
        try:
            for row in reader:
                damaged = len(row) != table.width and reader.line_num > done + 1
                if damaged:
                    break
                if row:
                    found.append(table.row(row) if len(row) == table.width else None)
                done = reader.line_num
        except csv.Error:
            damaged = True
        at += done + damaged
        if damaged:
            found.append(None)
            restarts += 1
    return found


def _is_read(row: Sequence[bytes], convert: Convert) -> bool:
    try:
        convert([[cell] for cell in row])
    except ValueError:
        return False
    return True


def _closed_quotes(source: Source) -> Iterator[bytes]:
    """Blocks that end outside quotes: a message of several lines belongs to one row."""
    held = b""
    for block in source.blocks():
        if not held and b'"' not in block:
            yield block
            continue
        whole = held + block
        if whole.count(b'"') % 2 and len(whole) < 4 * LONGEST_LINE:
            held = whole
        else:
            held = b""
            yield whole
    if held:
        yield held
