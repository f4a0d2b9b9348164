"""Access logs of nginx, Apache, AWS ALB and Envoy: every line is a request, and a status of 400 or above a failure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timezone

from acolytes_perf.errors import InputError, quoted
from acolytes_perf.inputs.columns import ColumnChoice, unknown_heading
from acolytes_perf.result_files.access_shapes import Shape, find_shape
from acolytes_perf.result_files.record import (
    NANOSECONDS,
    Batch,
    RequestKind,
    RequestKinds,
    ToolSummary,
    check_latencies,
    check_times,
)
from acolytes_perf.result_files.source import Source
from acolytes_perf.time_units import SECONDS

NAME = "access log"
QUOTES = b""
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_MAX_TEXTS = 50_000
_MONTHS = {name: month for month, name in enumerate(b"Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), 1)}
#: Parts of a path that name one item: numbers, UUIDs and long hexadecimal numbers.
_ID = re.compile(
    r"(?<=/)(?:\d+|[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}|(?=[0-9a-fA-F]*\d)[0-9a-fA-F]{12,})(?=/|$)"
)


def recognises(head: bytes) -> bool:
    """Whether the first line is one of an access log."""
    return find_shape(head) is not None


class AccessLogReader:
    """Reads the lines of a log by its shape; `folds` puts `{id}` for the ids in names."""

    def __init__(self, shape: Shape, *, folds: bool) -> None:
        self.NAME, self._shape, self._folds = shape.name, shape, folds
        # the counts of a log without durations are of the whole file
        self.QUOTES = b"" if shape.unit else None

    def recognises(self, head: bytes) -> bool:
        """Whether the first line is one of an access log."""
        return recognises(head)

    def read(self, source: Source) -> Iterator[Batch | ToolSummary]:
        """Every request by method and path, without the query string; only counts where the log has no durations."""
        lines = _Lines(source, self._shape, folds=self._folds)
        return lines.batches() if self._shape.unit or source.kinds.counts_names else lines.summaries()


def reader_for(source: Source, columns: Sequence[ColumnChoice] = ()) -> AccessLogReader:
    """The reader of this log.

    Raises:
        InputError: the columns do not fit, or the log has durations of an unknown unit.
    """
    shape = find_shape(source.head)
    assert shape
    for choice in columns:
        shape = _with_choice(source, shape, choice)
    if shape.unclear_field is not None:
        field = shape.headings[shape.unclear_field]
        message = (
            f"does not say the unit of its {quoted(field)}: add --columns 'duration=us:{field}' for microseconds "
            "(Apache's %D), ms: or s: (%T)"
        )
        raise source.error(message)
    return AccessLogReader(shape, folds=any((choice.role, choice.unit) == ("label", "fold") for choice in columns))


def read(source: Source) -> Iterator[Batch | ToolSummary]:
    """Every request of a log that tells the unit of its durations."""
    return reader_for(source).read(source)


def fold_ids(name: str) -> str:
    """The name with `{id}` for numbers, UUIDs and long hexadecimal numbers in its path.

    >>> fold_ids("GET /orders/1234/items/550e8400-e29b-41d4-a716-446655440000")
    'GET /orders/{id}/items/{id}'
    """
    return _ID.sub("{id}", name)


def _with_choice(source: Source, shape: Shape, choice: ColumnChoice) -> Shape:
    """The shape with a column that the user chose."""
    headings = shape.headings
    if choice.role == "duration":
        if not headings:
            raise InputError(
                "/columns",
                f"{quoted(source.path)} is an {shape.name}, whose duration is always read: leave duration out",
            )
        place = choice.column(headings)
        if place is None and choice.heading.isdigit():
            place = ColumnChoice("", f"field {choice.heading}", "", f"field {choice.heading}").column(headings)
        if place is None:
            raise unknown_heading(choice, headings, quoted(source.path))
        factor = SECONDS.get(choice.unit)
        if factor is None:
            raise InputError(
                "/columns", f'the duration needs its unit: write "duration=us:{choice.heading}", or ms: or s:'
            )
        chosen = find_shape(source.head, (place[0], round(factor * NANOSECONDS)))
        assert chosen
        return chosen
    expected = {"time": "time", "status": "status", "label": "request"}.get(choice.role)
    if (
        expected is None
        or choice.heading != expected
        or choice.unit not in ("", "fold" if expected == "request" else "")
    ):
        raise InputError(
            "/columns",
            f"{quoted(choice.role + '=' + choice.text)} has no effect on an access log, whose time, request and status "
            'are always read: choose only "duration=UNIT:FIELD" or "label=fold:request"',
        )
    return shape


class _Cache(dict[bytes, int]):
    """Numbers by their text; most texts occur often. ValueError for an invalid one."""

    def __init__(self, convert: Callable[[bytes], int]) -> None:
        self._convert = convert

    def __missing__(self, text: bytes) -> int:
        if len(self) >= _MAX_TEXTS:
            self.clear()
        value = self[text] = self._convert(text)
        return value


class _Kinds(dict[tuple[bytes, bytes], RequestKind]):
    """Kinds of requests by method with path, and status."""

    def __init__(self, kinds: RequestKinds, *, folds: bool) -> None:
        self._kinds, self._folds = kinds, folds

    def __missing__(self, key: tuple[bytes, bytes]) -> RequestKind:
        if len(self) >= _MAX_TEXTS:
            self.clear()
        status = key[1].decode("ascii", "replace")
        name = _without_host(key[0].decode("utf-8", "replace"))
        failed = not status.isdigit() or not 100 <= int(status) < 400
        kind = self[key] = self._kinds.get(fold_ids(name) if self._folds else name, failed, status)
        return kind


class _Lines:
    """Reads the lines of a log by its shape."""

    def __init__(self, source: Source, shape: Shape, *, folds: bool) -> None:
        self._source, self._shape = source, shape
        self._exact = re.compile(rb"^" + shape.pattern + rb"$", re.MULTILINE)
        self._fast = re.compile(shape.fast_pattern)
        self._kinds, self._times = _Kinds(source.kinds, folds=folds), _Cache(read_time)
        self._durations = _Cache(self._read_duration)

    def batches(self) -> Iterator[Batch]:
        """The requests, by blocks; lines that cannot be read are counted."""
        for block in self._source.blocks():
            text = block.replace(b"\r\n", b"\n") if b"\r" in block else block
            lines = text.count(b"\n")
            rows = [] if b"\\" in text else self._fast.findall(text)
            if len(rows) != lines:
                rows = self._exact.findall(text)
            try:
                batch = self._converted(rows)
            except (ValueError, OverflowError):
                rows = [row for row in rows if self._is_valid(row)]
                batch = self._converted(rows)
            if len(rows) != lines:
                lines -= len(rows) + sum(not line.strip() for line in text.splitlines())
                last = text.rstrip(b"\n").rpartition(b"\n")[2]
                self._source.count_corrupt(lines, at_end=not self._exact.match(last))
            yield batch

    def _converted(self, rows: Sequence[tuple[bytes, ...]]) -> Batch:
        """The requests of some lines; ValueError where a time or a duration cannot be read."""
        latencies: list[int] = []
        if not rows:
            return Batch(latencies, 1, [], [], 1000)
        if self._shape.parts == 3:
            times, first, second, third, statuses, requests = zip(*rows)
            latencies = list(map(self._durations.__getitem__, map(b" ".join, zip(first, second, third))))
        elif self._shape.unit:
            times, requests, statuses, durations = zip(*rows)
            latencies = list(map(self._durations.__getitem__, durations))
        else:
            times, requests, statuses = zip(*rows)
            latencies = [0] * len(rows)
        kinds = list(map(self._kinds.__getitem__, zip(requests, statuses)))
        stamps = list(map(self._times.__getitem__, times))
        return Batch(latencies, self._shape.unit or 1, kinds, stamps, 1000, self._shape.times_are_ends)

    def _is_valid(self, row: tuple[bytes, ...]) -> bool:
        try:
            self._converted([row])
        except (ValueError, OverflowError):
            return False
        return True

    def summaries(self) -> Iterator[ToolSummary]:
        """The counts of a log without durations: of all requests, then of each name."""
        counts: Counter[RequestKind] = Counter()
        span: list[float] = []
        for batch in self.batches():
            counts.update(batch.kinds)
            span = [min([*span[:1], *batch.times]), max([*span[1:], *batch.times])] if batch.times else span
        by_name: dict[str, Counter[RequestKind]] = {}
        for kind, count in counts.items():
            by_name.setdefault(kind.name, Counter())[kind] += count
        duration = (span[1] - span[0]) / 1000 if span else None
        if counts:
            yield _summary(counts, duration, "")
        for name, part in sorted(by_name.items(), key=lambda item: -sum(item[1].values())):
            yield _summary(part, duration, name)

    def _read_duration(self, text: bytes) -> int:
        """The duration in units; several of them, of servers tried in turn or of ALB's parts, are added."""
        total = 0.0
        for part in re.split(rb"[,: ]+", text):
            value = 0.0 if part in (b"-", b"-1") else float(part)
            if not value >= 0:
                raise ValueError("negative")
            total += value
        in_units = round(total * self._shape.logged / self._shape.unit)
        check_latencies((in_units,), self._shape.unit)
        return in_units


def _without_host(name: str) -> str:
    """Method and path of a request whose address has a scheme and a host.

    >>> _without_host("GET https://shop.example:443/cart")
    'GET /cart'
    """
    method, _, path = name.partition(" ")
    scheme, slashes, rest = path.partition("://")
    if slashes and "/" not in scheme:
        return f"{method} /{rest.partition('/')[2]}"
    return name


def read_time(text: bytes) -> int:
    """Milliseconds since 1970 of a time in the common log format or in ISO 8601; ValueError for any other text.

    >>> read_time(b"10/Oct/2000:13:55:36 -0700")
    971211336000
    """
    if text[2:3] == b"/":
        month = _MONTHS.get(text[3:6], 0)
        day, year, hour, minute, second = map(int, (text[:2], text[7:11], text[12:14], text[15:17], text[18:20]))
        zone = text[21:]
        moment = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=timezone.utc)
    else:
        clock, zone = (text[:-1], b"+0000") if text[-1:] == b"Z" else (text[:-6], text[-6:].replace(b":", b""))
        moment = datetime.fromisoformat(clock[:19].decode("ascii")).replace(tzinfo=timezone.utc)
        fraction = clock[19:]
        if fraction:
            moment = moment.replace(microsecond=int(float(fraction) * 1_000_000))
    sign = -1 if zone[:1] == b"-" else 1
    offset = sign * (int(zone[1:3]) * 60 + int(zone[3:5])) * 60
    elapsed = moment - _EPOCH
    stamp = (elapsed.days * 86400 + elapsed.seconds - offset) * 1000 + elapsed.microseconds // 1000
    check_times((stamp,), 1000)
    return stamp


def _summary(counts: Counter[RequestKind], duration: float | None, name: str) -> ToolSummary:
    failures: Counter[tuple[str, str]] = Counter()
    for kind, count in counts.items():
        if kind.failed:
            failures[kind.code, kind.message] += count
    return ToolSummary(
        sum(counts.values()), sum(failures.values()), duration or None, None, None, None, {}, dict(failures), name
    )
