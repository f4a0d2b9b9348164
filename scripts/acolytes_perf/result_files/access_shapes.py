"""Shapes of access logs: where the time, the request, the status and the duration stand in a line.

Sources: ngx_http_log_module and ngx_http_upstream_module (nginx.org); mod_log_config (Apache HTTP Server 2.4);
"Access logs for your Application Load Balancer" (AWS); "Access logging" (Envoy).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|\[[^\]]*\]|\S+')
_CLOCK = re.compile(
    rb"\[(\d{2}/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}|\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:?\d\d))\]"
)
_ALB = re.compile(rb"(?:https?|h2|grpcs|wss?) \d{4}-\d\d-\d\dT[\d:.]+Z \S+ \S+:\d+ \S+ -?[\d.]+ -?[\d.]+ -?[\d.]+ ")
#: A duration of nginx in seconds, one for each server that it tried; `-` where it tried none.
_SECONDS = re.compile(rb'"?(?:-|\d{1,7}\.\d{3}(?:(?:, | : )(?:-|\d{1,7}\.\d{3}))*)"?')
_NAMED = re.compile(rb'"?(rt|request_time|urt|upstream_response_time|upstream_time)[=:]"?([\d.]+|-)"?')
_INTEGER = re.compile(rb"\d{1,12}")
#: The inside of a quoted field, with quotes that a backslash marks.
ESCAPED = rb'(?:[^"\\\n]|\\.)*'
#: Parts of patterns, and what takes a third of the time where a block has no backslash and each match is one line.
_FASTER = (
    (ESCAPED, rb'[^"]*'), (rb"[^\[\n]*", rb"[^[]*"), (rb"[^\]\n]", rb"[^\]]"), (rb"[^\n]*", rb".*"),
    (rb'[^ "\n]+', rb"[^ ]+"), (rb"[^ \n]+", rb"[^ ]+"),
)  # fmt: skip
_QUOTED, _BARE, _BRACKETS = b'"' + ESCAPED + b'"', rb'[^ "\n]+', rb"\[[^\]\n]*\]"
_METHOD_PATH = rb'"([^ "\n]*(?: [^ ?"\n]*)?)' + ESCAPED + b'"'
#: The first number of a field, after a name such as `rt=`; servers that were tried in turn have one each.
_DURATION = rb' "?(?:[a-z_]+[=:]"?)?([^" \n,]+(?:(?:, | : )[^" \n,]+)*)'
_FAST_DURATION = rb' "?(?:[a-z_]+[=:]"?)?([\d.]+)(?: [^:].*|".*)?'
_SECOND = 1_000_000_000
#: Headings of the fields of a line in the combined format, for `--columns`.
COMBINED = ("client", "ident", "user", "time", "request", "status", "bytes", "referer", "agent")
#: From this median on, whole numbers are microseconds: as milliseconds half of the requests would take over 10 s.
_MICROSECONDS_FROM = 10_000


class Shape(NamedTuple):
    """How to read the lines of a log.

    Attributes:
        name: of the log, as users read it.
        pattern: matches a line; its groups are time, request, status and durations, in this order.
        unit: nanoseconds in the unit that durations are rounded to; 0 where the log has none.
        logged: nanoseconds in the unit in which they are logged.
        times_are_ends: whether lines have the time when the request ended.
        headings: of the fields, for `--columns`.
        unclear_field: index of the field with whole numbers of an unknown unit; None where there is none.
        parts: groups of the pattern that add up to the duration; several stand before the status and the request.
    """

    name: str
    pattern: bytes
    unit: int
    logged: int
    times_are_ends: bool
    headings: Sequence[str] = ()
    unclear_field: int | None = None
    parts: int = 1

    @property
    def fast_pattern(self) -> bytes:
        """Matches a line with its end, in a text without backslashes; wrong unless there are as many matches as lines.

        A field may match across lines here. Then there are fewer matches than lines.
        """
        pattern = self.pattern.replace(_DURATION + rb"[^\n]*", _FAST_DURATION)
        for slow, fast in _FASTER:
            pattern = pattern.replace(slow, fast)
        return pattern + rb"\n"


def sample_lines(head: bytes) -> list[bytes]:
    """The first whole lines of a file, without empty ones."""
    lines = head.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    whole = lines[:-1] if len(lines) > 1 else lines
    return [line.rstrip(b"\r") for line in whole[:200] if line.strip()]


def find_shape(head: bytes, duration: tuple[int, int] | None = None) -> Shape | None:
    """The shape of a log by its first lines; None for anything else.

    Args:
        head: the first bytes of the file.
        duration: index of the field with the duration, and nanoseconds in its unit, where the user chose it.
    """
    lines = sample_lines(head)
    if not lines:
        return None
    if _ALB.match(lines[0]):
        pattern = (
            rb"\w+ ([^ \n]+) [^ \n]+ [^ \n]+ [^ \n]+ (-?[\d.]+) (-?[\d.]+) (-?[\d.]+) (\d+|-) [^ \n]+ [^ \n]+ [^ \n]+ "
            rb'"([^ "\n]*(?: [^ ?"\n]*)?)[^\n]*'
        )
        return Shape("AWS ALB access log", pattern, 1000, _SECOND, times_are_ends=True, parts=3)
    rows = [_TOKEN.findall(line) for line in lines]
    place = _place_of_time(rows[0])
    if place is None:
        return None
    rows = [row for row in rows if _place_of_time(row) == place]
    if place == 0:
        return _envoy(rows)
    return _combined(rows, place, duration)


def _place_of_time(row: Sequence[bytes]) -> int | None:
    """The index of the time, which a quoted request and a status follow."""
    for place, token in enumerate(row[:6]):
        if token[:1] == b"[" and _CLOCK.fullmatch(token):
            after = row[place + 1 : place + 3]
            is_log = len(after) == 2 and after[0][:1] == b'"' and re.fullmatch(rb"\d{1,3}", after[1])
            return place if is_log else None
    return None


def _envoy(rows: Sequence[Sequence[bytes]]) -> Shape | None:
    """Envoy's default format, or that of Istio, which has three more fields after the flags."""
    numbers = [index for index, token in enumerate(rows[0][:12]) if index > 2 and _INTEGER.fullmatch(token)]
    place = next((start for start in numbers if {start + 1, start + 2} <= set(numbers)), None)
    if place is None:
        return None
    before = b"".join(rb" " + _kind([row[index] for row in rows]) for index in range(3, place))
    pattern = rb"\[([^\]\n]+)\] " + _METHOD_PATH + rb" (\d{1,3})" + before + rb" \d+ \d+ (\d+|-)[^\n]*"
    return Shape("Envoy access log", pattern, 1_000_000, 1_000_000, times_are_ends=False)


def _combined(rows: Sequence[Sequence[bytes]], place: int, chosen: tuple[int, int] | None) -> Shape:
    """The common and the combined format, with fields that were added at the end."""
    width = min(map(len, rows))
    headings = ["host", *COMBINED] if place == 4 else list(COMBINED)
    agent = place + 5 if _is_quoted(rows, place + 4) and _is_quoted(rows, place + 5) else place + 3
    names = [*headings[: agent + 1], *(f"field {index + 1}" for index in range(agent + 1, width))]
    field, logged, name, unclear = None, 0, "access log", None
    if chosen:
        field, logged = chosen
    else:
        field = _seconds_field(rows, agent + 1, width)
        if field is not None:
            logged, name = _SECOND, "nginx access log"
        else:
            field, unclear = _whole_numbers(rows, agent + 1, width)
            if field is not None:
                logged, name = 1000, "Apache access log (%D, microseconds)"
    unit = 0 if field is None else 1 if chosen else 1_000_000 if logged == _SECOND else logged
    pattern = rb"[^\[\n]*\[([^\]\n]+)\] " + _METHOD_PATH + rb" (\d{1,3})"
    if field is not None:
        for index in range(place + 3, field):
            pattern += rb" " + _kind([row[index] for row in rows])
        pattern += _DURATION
    is_end = name.startswith("nginx") or not field
    return Shape(name, pattern + rb"[^\n]*", unit, logged, is_end, names, unclear)


def _whole_numbers(rows: Sequence[Sequence[bytes]], first: int, width: int) -> tuple[int | None, int | None]:
    """The field with microseconds, or else the first one with whole numbers of an unknown unit."""
    fields = [
        index
        for index in range(first, width)
        if all(_INTEGER.fullmatch(row[index]) or row[index] == b"-" for row in rows)
    ]
    if len(fields) == 1:
        values = sorted(int(row[fields[0]]) for row in rows if row[fields[0]] != b"-")
        if values and values[len(values) // 2] >= _MICROSECONDS_FROM:
            return fields[0], None
    return None, fields[0] if fields else None


def _seconds_field(rows: Sequence[Sequence[bytes]], first: int, width: int) -> int | None:
    """The field with nginx's seconds, with or without a name such as `rt=`."""
    for index in range(first, width):
        cells = [row[index] for row in rows]
        if all(map(_NAMED.fullmatch, cells)):
            return index
    for index in range(first, width):
        cells = [row[index] for row in rows]
        if all(map(_SECONDS.fullmatch, cells)) and any(cell.strip(b'"') != b"-" for cell in cells):
            return index
    return None


def _is_quoted(rows: Sequence[Sequence[bytes]], index: int) -> bool:
    return all(row[index][:1] == b'"' for row in rows if len(row) > index) and any(len(row) > index for row in rows)


def _kind(cells: Sequence[bytes]) -> bytes:
    """The pattern of a field by its cells."""
    first = cells[0][:1]
    if any(cell[:1] != first for cell in cells):
        if all(cell[:1] not in b'"[' for cell in cells):
            return _BARE
        return rb"(?:" + rb"|".join((_QUOTED, _BRACKETS, _BARE)) + rb")"
    return _QUOTED if first == b'"' else _BRACKETS if first == b"[" else _BARE
