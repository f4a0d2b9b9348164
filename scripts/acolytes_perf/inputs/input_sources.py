"""Collects raw inputs from `--set key=value`, `--in FILE` (JSON or CSV) and `--input JSON`, before they are checked."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Sequence
from typing import Any

from acolytes_perf.errors import InputError, pointer_to, quoted
from acolytes_perf.inputs.tables import Table

MAX_BYTES = 1_000_000
#: The beginning of a file that tells its kind, and the names in it of JSON that holds series.
_HEAD = 4096
_SERIES_KEYS = (b"resultType", b"errorType", b"MetricDataResults", b"Datapoints", b"resourceMetrics")


def gather_inputs(
    file: str | None, inline: str | None, settings: Sequence[str], tables: Sequence[Table]
) -> dict[str, object]:
    """One object from all sources. `--set` overrides a file or JSON.

    Args:
        file: value of `--in`; a file that is not a JSON object is CSV for the command's only table.
        inline: value of `--input`.
        settings: values of `--set`.
        tables: the command's inputs of rows.

    Raises:
        InputError: a source cannot be read, or they contradict each other.
    """
    if file is not None and inline is not None:
        raise InputError("", "--in and --input both give the whole input: use one of them")
    raw: dict[str, object] = {}
    series = [table for table in tables if table.takes_files]
    if file is not None and len(series) == 1 and _is_data(file):
        from acolytes_perf.inputs.tables import names_files

        raw = {series[0].name: file if names_files(file) else f"./{file}"}
    elif file is not None:
        text, where = read_text_file(file), "--in " + quoted(file)
        is_csv = len(tables) == 1 and not text.lstrip().startswith("{")
        if not is_csv and text.strip() and text.lstrip()[:1] not in '{["':
            reason = "has several tables" if tables else "has no table"
            message = f'{where} is not a JSON object such as {{"slo": "99.9%"}}, and not CSV: the command {reason}'
            raise InputError("", message)
        raw = (
            {tables[0].name: tables[0].from_csv(_checked_size(text, where), where)}
            if is_csv
            else parse_json_object(text, where)
        )
    elif inline is not None:
        raw = parse_json_object(inline, "--input")
    return {**raw, **_settings(settings)}


def _is_data(file: str) -> bool:
    """Whether a file holds rows or series, and no JSON object of inputs by name."""
    try:
        if file == "-":
            stream = sys.stdin.buffer
            start = stream.peek(_HEAD) if hasattr(stream, "peek") else stream.read(_HEAD)
            if stream.seekable():
                stream.seek(0)
        else:
            with open(file, "rb") as stream:
                start = stream.read(_HEAD)
    except (OSError, ValueError):
        return False  # reading it says why
    start = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    return not start.startswith((b"{", b'"')) or any(b'"%s"' % key in start for key in _SERIES_KEYS)


def parse_json_object(text: str, where: str, example: str = '{"slo": "99.9%"}') -> dict[str, object]:
    """A JSON object without duplicate names and with finite numbers; `where` and `example` are for errors."""
    try:
        parsed = json.loads(
            _checked_size(text, where),
            object_pairs_hook=_without_duplicates,
            parse_constant=_refuse_constant,
            parse_float=_finite,
        )
    except json.JSONDecodeError as error:
        raise InputError("", f"{where} is not JSON: {error.msg} at line {error.lineno}, column {error.colno}") from None
    except (RecursionError, ValueError):
        raise InputError(
            "", f"{where} is not readable JSON: it is nested too deeply, or a number is too long"
        ) from None
    if not isinstance(parsed, dict):
        raise InputError("", f"{where} must be a JSON object such as {example}")
    return parsed


def _checked_size(text: str, where: str) -> str:
    if len(text) > MAX_BYTES:
        raise InputError("", f"{where} is larger than {MAX_BYTES} bytes")
    return text


def read_text_file(file: str, option: str = "--in") -> str:
    """The UTF-8 text of a file, or of standard input for `-`; a file over MAX_BYTES is cut off just above it.

    Args:
        file: its path.
        option: the option that named it, for errors.

    Raises:
        InputError: the file cannot be read, or is not UTF-8.
    """
    try:
        if file == "-":
            content = sys.stdin.buffer.read(MAX_BYTES + 1)
        else:
            with open(file, "rb") as stream:
                content = stream.read(MAX_BYTES + 1)
        return content.decode("utf-8-sig")
    except OSError as error:
        raise InputError("", f"{option} {quoted(file)} cannot be read: {error.strerror}".lstrip()) from None
    except ValueError:
        raise InputError("", f"{option} {quoted(file)} is not UTF-8 text".lstrip()) from None


def _settings(settings: Sequence[str]) -> dict[str, object]:
    raw: dict[str, object] = {}
    for setting in settings:
        name, equals, value = setting.partition("=")
        if not equals or not name.strip():
            raise InputError("", f"--set takes NAME=VALUE, not {quoted(setting)}")
        if name.strip() in raw:
            raise InputError(pointer_to(name.strip()), "is set twice: leave one out")
        raw[name.strip()] = value
    return raw


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members: dict[str, Any] = {}
    for name, value in pairs:
        if name in members:
            raise InputError(pointer_to(name), "is there twice: leave one out")
        members[name] = value
    return members


def _refuse_constant(constant: str) -> float:
    raise InputError("", f"{constant} is not a finite number")


def _finite(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else _refuse_constant(text)
