"""Raw input from `--set key=value`, `--in FILE` (JSON or CSV) or `--input JSON`, before any quantity is read."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Sequence
from typing import Any

from acolytes_perf.errors import InputError, pointer_to, quoted
from acolytes_perf.inputs.tables import Table

MOST_BYTES = 1_000_000


def gather(file: str | None, inline: str | None, settings: Sequence[str], tables: Sequence[Table]) -> dict[str, object]:
    """One object from all sources. `--set` wins over a file or JSON, so that a case can be varied.

    A file that is no JSON object is CSV for the command's table, if it has exactly one.
    """
    if file is not None and inline is not None:
        raise InputError("", "--in and --input both give the whole input: use one of them")
    raw: dict[str, object] = {}
    if file is not None:
        text, where = content(file), "--in " + quoted(file)
        is_csv = len(tables) == 1 and not text.lstrip().startswith("{")
        if not is_csv and text.strip() and text.lstrip()[:1] not in '{["':
            several = "has several tables" if tables else "has no table"
            message = (
                f'{where} is no JSON object such as {{"slo": "99.9%"}}, and CSV is of no use: the command {several}'
            )
            raise InputError("", message)
        raw = {tables[0].name: tables[0].from_csv(_sized(text, where), where)} if is_csv else parsed(text, where)
    elif inline is not None:
        raw = parsed(inline, "--input")
    return {**raw, **_settings(settings)}


def parsed(text: str, where: str) -> dict[str, object]:
    """A JSON object without duplicate names and without numbers that are not finite."""
    try:
        found = json.loads(_sized(text, where), object_pairs_hook=_unique, parse_constant=_refused, parse_float=_finite)
    except json.JSONDecodeError as error:
        raise InputError("", f"{where} is not JSON: {error.msg} at line {error.lineno}, column {error.colno}") from None
    except (RecursionError, ValueError):
        raise InputError("", f"{where} is not JSON that can be read: too deep, or a number is too long") from None
    if not isinstance(found, dict):
        raise InputError("", f'{where} must be a JSON object such as {{"slo": "99.9%"}}')
    return found


def _sized(text: str, where: str) -> str:
    if len(text) > MOST_BYTES:
        raise InputError("", f"{where} is larger than {MOST_BYTES} bytes")
    return text


def content(file: str, asked: str = "--in") -> str:
    """The UTF-8 text of a file, or of standard input for `-`, up to a little over MOST_BYTES. `asked` is what named
    it, for a refusal.
    """
    try:
        if file == "-":
            content = sys.stdin.buffer.read(MOST_BYTES + 1)
        else:
            with open(file, "rb") as stream:
                content = stream.read(MOST_BYTES + 1)
        return content.decode("utf-8-sig")
    except OSError as error:
        raise InputError("", f"{asked} {quoted(file)} cannot be read: {error.strerror}") from None
    except ValueError:
        raise InputError("", f"{asked} {quoted(file)} is not UTF-8 text") from None


def _settings(settings: Sequence[str]) -> dict[str, object]:
    raw: dict[str, object] = {}
    for setting in settings:
        name, equals, value = setting.partition("=")
        if not equals or not name.strip():
            raise InputError("", f"--set takes key=value, not {quoted(setting)}")
        if name.strip() in raw:
            raise InputError(pointer_to(name.strip()), "is set twice: leave one out")
        raw[name.strip()] = value
    return raw


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise InputError(pointer_to(name), "is given twice: leave one out")
        found[name] = value
    return found


def _refused(constant: str) -> float:
    raise InputError("", f"{constant} is not a finite number")


def _finite(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else _refused(text)
