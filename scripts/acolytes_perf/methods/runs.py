"""One test run from its result file: read once, and once more without its warm-up where it has one."""

from __future__ import annotations

import gc
from functools import partial
from typing import NamedTuple

from acolytes_perf.errors import InputError, one_line, quoted
from acolytes_perf.inputs.units import read_duration
from acolytes_perf.methods.latency import warm_up
from acolytes_perf.methods.tally import Tally
from acolytes_perf.result_files import Reader, reader_of
from acolytes_perf.result_files.halves import both, middle
from acolytes_perf.result_files.record import Counted, Reported
from acolytes_perf.result_files.source import Source


class Run(NamedTuple):
    """What was in a file: counted requests, or with `reported` only what its tool computed.

    `cut_seconds` were left out at the start, of the `read` requests that were there.
    """

    path: str
    format: str
    bytes: int
    corrupt: int
    cut: bool
    tally: Tally
    reported: Reported | None
    cut_seconds: float
    read: int
    resolution: float
    seconds: float | None


def read_run(path: str, pointer: str, label: str | None, warm: str) -> Run:
    """Reads the file. `warm` is `auto`, `none`, or how long the start is that does not count, with its unit."""
    run = _pass(path, pointer, label, None)
    tally = run.tally
    if warm == "none" or run.reported or tally.first is None:
        return run
    since = warm_up(tally) if warm == "auto" else tally.first + read_duration(warm, warm)
    if since is None or since <= tally.first:
        return run
    rest = _pass(path, pointer, label, since)
    if not rest.tally.requests:
        raise InputError("/warm_up", f"{quoted(warm)} is longer than the run", {"warm_up": None})
    return rest._replace(cut_seconds=since - tally.first, read=tally.requests)


class _Part(NamedTuple):
    """What reading a file, or a part of it, gave."""

    tally: Tally
    reported: Reported | None
    resolution: float
    seconds: float | None
    corrupt: int
    cut: bool
    labels: set[str]


def _pass(path: str, pointer: str, label: str | None, since: float | None) -> Run:
    source = Source(path, pointer)
    try:
        reader = reader_of(source)
        half = middle(source, reader)
        if half is None:
            part = _read(reader, source, label, since)
        else:
            # a process that is a copy of this one would share the file's position
            second = partial(_read_rest, reader, source, half, label, since)
            source.until(half)
            part = _joined(*both(partial(_read, reader, source, label, since), second))
    finally:
        source.close()
    tally = part.tally
    read = part.reported.requests if part.reported else tally.requests
    if not read and since is None:
        raise _empty(source, reader.NAME, label, part)
    resolution = max(part.resolution, 2.0**-tally.bits) if tally.bits else part.resolution
    seconds = tally.seconds if part.seconds is None else part.seconds
    return Run(
        path, reader.NAME, source.bytes, part.corrupt, part.cut, tally, part.reported, 0.0, read, resolution, seconds,
    )  # fmt: skip


def _read(reader: Reader, source: Source, label: str | None, since: float | None) -> _Part:
    tally = Tally(since)
    reported, resolution, seconds = None, 0.0, None
    collects = gc.isenabled()
    gc.disable()  # looking for cycles, of which there are none, takes a tenth of the time
    try:
        for record in reader.read(source, label):
            if isinstance(record, Counted):
                tally.add_counted(record.counts)
                resolution, seconds = record.resolution, record.seconds
            elif isinstance(record, Reported):
                reported = record
            else:
                tally.add(record)
        tally.settle()
    finally:
        if collects:
            gc.enable()
    return _Part(tally, reported, resolution, seconds, source.corrupt, source.cut, source.labels)


def _read_rest(reader: Reader, source: Source, start: int, label: str | None, since: float | None) -> _Part:
    rest = source.rest(start)
    try:
        return _read(reader, rest, label, since)
    finally:
        rest.close()


def _joined(first: _Part, second: _Part) -> _Part:
    """Both halves of a file of requests."""
    first.tally.take_in(second.tally)
    corrupt, labels = first.corrupt + second.corrupt, first.labels | second.labels
    return first._replace(corrupt=corrupt, cut=second.cut, labels=labels)


def _empty(source: Source, name: str, label: str | None, part: _Part) -> InputError:
    if label is not None and part.labels:
        there = ", ".join(sorted(one_line(one, 30) for one in part.labels)[:6])
        error = InputError("/label", f"{quoted(label)} names no request of this file; there are {there}")
        error.fix = {"label": None}
        return error
    lines = f", and {part.corrupt} lines that cannot be read" if part.corrupt else ""
    return source.refusal(f"is {name} without any request{lines}")
