"""k6's streamed results (`--out json`): one JSON object a line, of which those of http_req_duration are requests."""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Callable, Iterator
from typing import Any, Union

from acolytes_perf.result_files.record import Batch, check_latencies
from acolytes_perf.result_files.source import Source

NAME = "k6 (NDJSON)"
QUOTES = b""
_NAME = "http_req_duration"
METRIC = b'"http_req_duration"'
_DECLARED = re.compile(rb'"type": ?"Metric"')
#: How a line of k6 begins and ends, and what so stands between two.
_BEGIN, _END = b'{"metric":"', b"}}}\n"
_MEET = _END + _BEGIN
_WANTED = b'http_req_duration"'
#: Where k6's other metrics of requests have other letters; to look there first takes a third of the time.
_TELLS = _WANTED.index(b"d")
#: A request between those: time, its fraction, value, tags without their last brace. Reading these tells whether they
#: are such. What begins as a request and is none has empty groups.
_POINT = re.compile(
    rb'http_req_duration"(?:,"type":"Point","data":\{"time":"(.{19})(\.\d+)?Z",'
    rb'"value":((?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?),"tags":(\{.*)\n)?'
)
#: Texts of tags that are remembered; most tests have a handful.
_MOST_TAGS = 10_000
#: Seconds since 1970, nanoseconds, and of the tags whether the request failed and its name.
Points = tuple[list[float], list[int], list[tuple[bool, str]]]
#: The same of one line with its time as written; None for one of another metric.
Parse = Callable[[bytes], Union[tuple[str, int, tuple[bool, str]], None]]


def recognises(head: bytes) -> bool:
    """Whether the first line is a metric or a point of k6."""
    line = head.lstrip().split(b"\n", 1)[0]
    return line.startswith(b"{") and b'"metric"' in line and (b'"type":"' in line or b'"type": "' in line)


def read(source: Source, label: str | None) -> Iterator[Batch]:
    """Every request, or those whose tag `name` is the label."""
    parse: Parse = _by_json
    clock, odd = Clock(), 0
    seconds, tags = _Seconds(clock), _Tags()
    for block in source.blocks():
        points = _quickly(block, seconds, tags)
        if points is None:
            odd += 1
            if odd == 2:  # every file's first block declares the metrics, for which msgspec's import takes too long
                parse = parser_of_points()
            points, bad = _points(block, parse, clock)
            source.mark_last(bad)
        times, latencies, known = points
        if not times:
            continue
        batch = Batch(latencies, 1, [failed for failed, _ in known], times)
        if label is None:
            yield batch
        else:
            source.saw({name for _, name in known})
            yield batch.chosen([name == label for _, name in known])


class _Seconds(dict[bytes, float]):
    """Seconds since 1970 of a time in UTC without its fraction."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def __missing__(self, text: bytes) -> float:
        if len(self) >= _MOST_TAGS:
            self.clear()
        self[text] = found = self._clock(text.decode() + "Z")
        return found


class _Tags(dict[bytes, tuple[bool, str]]):
    """Whether a request of these tags, a JSON object without its last brace, failed, and its name; ValueError for what
    is none.
    """

    def __missing__(self, text: bytes) -> tuple[bool, str]:
        if len(self) >= _MOST_TAGS:
            self.clear()
        self[text] = found = _failed_and_name(json.loads(text + b"}"))
        return found


def _quickly(block: bytes, seconds: _Seconds, tags: _Tags) -> Points | None:
    """The requests of a block in which nothing is odd; None for any other."""
    if not block.startswith(_BEGIN) or not block.endswith(_END):
        return None
    lines = block[: -len(_END)].split(_MEET)
    lines[0] = lines[0][len(_BEGIN) :]
    if b"\n" in b"".join(lines):  # quicker than to count it
        return None
    try:
        wanted = [line for line in lines if line[_TELLS] == _WANTED[_TELLS] and line.startswith(_WANTED)]
    except IndexError:
        return None
    found = _POINT.findall(b"\n".join(wanted) + b"\n")
    if not found:
        return [], [], []
    whole, fractions, values, texts = zip(*found)
    try:
        times = [seconds[text] + float(fraction or 0) for text, fraction in zip(whole, fractions)]
        latencies = [int(float(value) * 1e6 + 0.5) for value in values]
        check_latencies(latencies, 1)
        return times, latencies, list(map(tags.__getitem__, texts))
    except (ValueError, OverflowError, RecursionError):
        return None


def parser_of_points() -> Parse:
    """A point of a line; with msgspec, where it is installed, in a quarter of the time."""
    try:
        msgspec = importlib.import_module("msgspec")
    except ImportError:
        return _by_json
    loads = _struct_decoder(msgspec)

    def parse(line: bytes) -> tuple[str, int, tuple[bool, str]] | None:
        if not line.isascii():
            line.decode()  # which msgspec does with names and texts that are wanted, alone
        try:
            found = loads(line)
        except msgspec.MsgspecError:
            return _by_json(line)  # which tells what is wrong, or takes what is wrong where nothing is wanted
        if found.metric != _NAME:
            return None
        data, tags = found.data, found.data.tags
        latency = int(data.value * 1e6 + 0.5)
        check_latencies((latency,), 1)
        failed = tags.expected_response == "false" or (not tags.expected_response and is_error(tags.status))
        return data.time, latency, (failed, tags.name)

    return parse


def _struct_decoder(msgspec: Any) -> Callable[[bytes], Any]:
    """Reads only the members that are wanted; their defaults stand for tags that a test leaves out."""
    tags = msgspec.defstruct("Tags", [("expected_response", str, ""), ("status", str, ""), ("name", str, "")], gc=False)
    data = msgspec.defstruct("Data", [("time", str), ("value", float), ("tags", tags)], gc=False)
    line = msgspec.defstruct("Line", [("metric", str), ("data", data)], gc=False)
    found: Callable[[bytes], Any] = msgspec.json.Decoder(line).decode
    return found


def _by_json(line: bytes) -> tuple[str, int, tuple[bool, str]] | None:
    return _point(json.loads(line))


def _point(found: Any) -> tuple[str, int, tuple[bool, str]] | None:
    """What `Parse` says; ValueError for a line of another shape."""
    try:
        if found["metric"] != _NAME:
            return None
        data = found["data"]
        text, value = data["time"], data["value"]
        latency = int(value * 1e6 + 0.5)
        known = _failed_and_name(data["tags"])
    except (TypeError, LookupError, OverflowError) as error:
        raise ValueError(str(error)) from None
    if not isinstance(text, str) or value is True or value is False:
        raise ValueError("the time is no text, or the value no number")
    check_latencies((latency,), 1)
    return text, latency, known


def _failed_and_name(tags: Any) -> tuple[bool, str]:
    if not isinstance(tags, dict):
        raise ValueError("tags")
    expected, status, name = (tags.get(key, "") for key in ("expected_response", "status", "name"))
    if not all(isinstance(one, str) for one in (expected, status, name)):
        raise ValueError("a text is none")
    return expected == "false" or (not expected and is_error(status)), name


def is_error(status: str) -> bool:
    """Whether a status is that of a failed request, 0 included; an absent one tells nothing."""
    return status != "" and status[:1] not in "123"


def _points(block: bytes, parse: Parse, clock: Clock) -> tuple[Points, int]:
    times, latencies, known, bad = [], [], [], 0
    for line in block.split(b"\n"):
        if METRIC not in line or _DECLARED.search(line):
            bad += bool(line.strip()) and not _is_object(line)
            continue
        try:
            found = parse(line)
            if found:
                times.append(clock(found[0]))
                latencies.append(found[1])
                known.append(found[2])
        except (ValueError, RecursionError):
            bad += 1
    return (times, latencies, known), bad


def _is_object(line: bytes) -> bool:
    return line.startswith(b"{") and line.rstrip().endswith(b"}")


class Clock:
    """Seconds since 1970 of an ISO time such as `2026-01-02T03:04:05.678901234+01:00`; ValueError for none."""

    _PARTS = re.compile(r"(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d)(?:[.,](\d+))?(Z|[+-]\d\d:?\d\d)?")

    def __init__(self) -> None:
        self._whole: dict[str, float] = {}

    def __call__(self, text: str) -> float:
        zone = text[-6:] if text[-1:] != "Z" else "Z"
        key = text[:19] + zone
        start = self._whole.get(key)
        if start is None:
            start = self._read(text)
            if len(self._whole) > 10_000:
                self._whole.clear()
            self._whole[key] = start
        fraction = text[20 : -len(zone)] if text[19:20] == "." else ""
        return start + float(f"0.{fraction}") if fraction.isdigit() else start

    def _read(self, text: str) -> float:
        from datetime import datetime

        parts = self._PARTS.fullmatch(text)
        if not parts:
            raise ValueError("time")
        zone = (parts[3] or "Z").replace("Z", "+00:00")
        zone = zone if ":" in zone else f"{zone[:3]}:{zone[3:]}"
        return datetime.fromisoformat(f"{parts[1].replace(' ', 'T')}{zone}").timestamp()
