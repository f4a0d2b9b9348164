"""CSV files by columns: whole blocks at once where nothing is quoted, line by line where something is odd."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Union

from acolytes_perf.result_files.record import Batch, Requests
from acolytes_perf.result_files.source import BLOCK, LONGEST_LINE, Source

Columns = Sequence[Sequence[str]]
Convert = Callable[[Columns], Batch]
#: Reads a block of whole lines; None when anything in it is odd.
Quick = Callable[[bytes], Union[Requests, None]]
#: Bytes of a block for a quick reader, for which each block costs the same however short it is.
TOGETHER = 1 << 19


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
    titles, sign = layout(source.head)
    places = [titles.index(name) if name in titles else None for name in wanted]
    blocks = _closed_quotes(source)
    first = next(blocks, b"").partition(b"\n")[2]
    if first:
        yield from _batches(source, first, sign, len(titles), places, convert)
    for block in _together(blocks) if quick else blocks:
        found = quick(block) if quick else None
        if found is not None:
            yield found
        else:
            yield from _batches(source, block, sign, len(titles), places, convert)


def _together(blocks: Iterable[bytes]) -> Iterator[bytes]:
    parts: list[bytes] = []
    for block in blocks:
        parts.append(block)
        if len(parts) * BLOCK >= TOGETHER:
            yield b"".join(parts)
            parts.clear()
    if parts:
        yield b"".join(parts)


def _batches(
    source: Source, block: bytes, sign: str, width: int, places: Sequence[int | None], convert: Convert
) -> Iterator[Batch]:
    text = block.decode("utf-8", "replace")
    if "\r" in text:
        text = text.replace("\r\n", "\n")
    lines = text.count("\n")
    cells = [] if '"' in text else text[:-1].replace("\n", sign).split(sign)
    if len(cells) == lines * width:
        columns = [[""] * lines if place is None else cells[place::width] for place in places]
        try:
            yield convert(columns)
        except ValueError:  # rows too long and too short may cancel out
            pass
        else:
            return
    yield from _slowly(source, text, sign, width, places, convert)


def _slowly(
    source: Source, text: str, sign: str, width: int, places: Sequence[int | None], convert: Convert
) -> Iterator[Batch]:
    rows, bad = [], 0
    reader = csv.reader(text.splitlines(keepends=True), delimiter=sign)
    while True:
        try:
            row = next(reader, None)
        except csv.Error:
            bad += 1
            continue
        if row is None:
            break
        if len(row) == width:
            rows.append(["" if place is None else row[place] for place in places])
        elif row:
            bad += 1
    try:
        if rows:
            yield convert(list(zip(*rows)))
    except ValueError:
        good = [row for row in rows if _is_read(row, convert)]
        bad += len(rows) - len(good)
        if good:
            yield convert(list(zip(*good)))
    source.mark_last(bad)


def _is_read(row: Sequence[str], convert: Convert) -> bool:
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
