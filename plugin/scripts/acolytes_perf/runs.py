"""One test run from its result file: read once, and once more without its warm-up where it has one."""

from __future__ import annotations

import gc
from typing import NamedTuple

from acolytes_perf.errors import InputError, one_line, quoted
from acolytes_perf.latency import warm_up
from acolytes_perf.result_files import reader_of
from acolytes_perf.result_files.record import Counted, Reported
from acolytes_perf.result_files.source import Source
from acolytes_perf.tally import Tally
from acolytes_perf.units import read_duration


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


def _pass(path: str, pointer: str, label: str | None, since: float | None) -> Run:
    source, tally = Source(path, pointer), Tally(since)
    reported, resolution, seconds = None, 0.0, None
    collects = gc.isenabled()
    gc.disable()  # looking for cycles, of which there are none, takes a tenth of the time
    try:
        reader = reader_of(source)
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
        source.close()
        if collects:
            gc.enable()
    read = reported.requests if reported else tally.requests
    if not read and since is None:
        raise _empty(source, reader.NAME, label)
    if tally.bits:
        resolution = max(resolution, 2.0**-tally.bits)
    return Run(
        path, reader.NAME, source.bytes, source.corrupt, source.cut, tally, reported, 0.0, read, resolution,
        tally.seconds if seconds is None else seconds,
    )  # fmt: skip


def _empty(source: Source, name: str, label: str | None) -> InputError:
    if label is not None and source.labels:
        there = ", ".join(sorted(one_line(one, 30) for one in source.labels)[:6])
        error = InputError("/label", f"{quoted(label)} names no request of this file; there are {there}")
        error.fix = {"label": None}
        return error
    lines = f", and {source.corrupt} lines that cannot be read" if source.corrupt else ""
    return source.refusal(f"is {name} without any request{lines}")
