"""Inputs that name result files of several runs: paths, patterns such as `before-*.jtl`, and folders."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence

from acolytes_perf.errors import InputError, one_line
from acolytes_perf.inputs.columns import RESULT_ROLES, ColumnChoice, parse_columns
from acolytes_perf.inputs.fields import Field, Inputs, text_field
from acolytes_perf.inputs.files import expand
from acolytes_perf.inputs.tables import Table
from acolytes_perf.inputs.units import TEXT

MEASURE_PATTERN = r"p(?!0*(\.0*)?$)\d{1,2}(\.\d{1,5})?|mean|throughput"
WARM_UP = text_field(
    "warm_up",
    "time at the start that does not count: auto, none, or a time",
    "30s",
    r"auto|none|\d{1,6}(\.\d{1,6})?(ms|s|min|h)",
    "auto, none or a time in ms, s, min or h",
    "auto",
)
COLUMNS = Field(
    "columns",
    TEXT,
    "columns of any CSV, TSV, NDJSON or access log, as ROLE=HEADING or ROLE=UNIT:HEADING; roles: "
    "time, duration, label, status, success",
    "time=ts,duration=ms:latency,label=path,status=code",
)
LABEL = Field("label", TEXT, "only the requests of this name", "GET /api/search")
#: The most runs on one side.
MOST_RUNS = 100
#: What the names of result files end in, for folders; a folder may hold other files, such as README.md.
_SUFFIXES = (".jtl", ".csv", ".tsv", ".json", ".ndjson", ".jsonl", ".xml", ".log", ".hlog", ".hgrm", ".txt", ".bin")


def read_columns(inputs: Inputs) -> list[ColumnChoice]:
    """The columns that the user chose for result files; empty without the input."""
    text = inputs.text("columns")
    return parse_columns(text, RESULT_ROLES) if text is not None else []


def runs_field(name: str, doc: str, example: str, *, required: bool = False) -> Field:
    """The declaration of an input that names the result files of a side."""
    return Field(name, TEXT, doc, example, max_items=MOST_RUNS, is_file=True, required=required)


def values_table(side: str) -> Table:
    """The declaration of an input with figures of a side's runs, instead of files."""
    return Table(
        f"{side}_values",
        (
            Field("measure", TEXT, "a percentile, mean or throughput", "p95", required=True, pattern=MEASURE_PATTERN,
                  pattern_doc="a percentile such as p95, mean or throughput"),
            Field("value", TEXT, "its value in one run", "412ms", required=True),
        ),
        f"figures of the {side}'s runs, one row for each run and measure, instead of files",
        "p95:412ms,p95:420ms", max_rows=500,
    )  # fmt: skip


def run_files(names: Sequence[str], pointer: str) -> list[str]:
    """The files of the runs, each once, in natural order where a pattern or folder names them.

    Args:
        names: paths, patterns or folders.
        pointer: JSON pointer of the input, for errors.

    Raises:
        InputError: a pattern or folder has no file, a file is named twice, or there are too many.
    """
    paths: list[str] = []
    real: set[str] = set()
    for name in names:
        for path in sorted(expand([name.strip()], pointer, _SUFFIXES), key=_natural):
            if os.path.realpath(path) in real:
                raise InputError(pointer, f"names {one_line(path)!r} twice: each run counts once")
            real.add(os.path.realpath(path))
            paths.append(path)
    if len(paths) > MOST_RUNS:
        raise InputError(pointer, f"names {len(paths)} files, and {MOST_RUNS} is the most: choose fewer")
    return paths


def check_apart(baseline: Sequence[str], candidate: Sequence[str]) -> None:
    """Raise an error for a file on both sides, which would compare a run with itself."""
    real = {os.path.realpath(path) for path in baseline}
    for index, path in enumerate(candidate):
        if os.path.realpath(path) in real:
            message = f"{one_line(path)!r} is also a file of the baseline: leave it out there"
            raise InputError(f"/candidate/{index}", message)


def _natural(path: str) -> list[tuple[int, int, str]]:
    """A key that sorts numbers by their value: `run-2` before `run-10`."""
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in re.split(r"(\d+)", path) if part]
