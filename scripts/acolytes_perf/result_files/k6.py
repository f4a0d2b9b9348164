"""k6's streamed results (`--out json`): one JSON object per line; those of http_req_duration are requests."""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Callable, Iterator
from typing import Any, Union

from acolytes_perf.result_files.record import Batch, RequestKind, RequestKinds, check_latencies
from acolytes_perf.result_files.source import Source

NAME = "k6 (NDJSON)"
QUOTES = b""
_NAME = "http_req_duration"
METRIC = b'"http_req_duration"'
#: The metric of gRPC requests, whose blocks are read line by line.
_GRPC_NAME = "grpc_req_duration"
GRPC = b'"grpc_req_duration"'
_DECLARED = re.compile(rb'"type": ?"Metric"')
#: How k6 starts and ends a line, and what therefore separates two.
_BEGIN, _END = b'{"metric":"', b"}}}\n"
_SEPARATOR = _END + _BEGIN
_DURATION, _GRPC_DURATION = b'http_req_duration"', b'grpc_req_duration"'
#: k6's other metrics have other letters at this index; comparing it first takes a third of the time.
_DISTINCT_INDEX = _DURATION.index(b"d")
#: A request between separators: time, its fraction, value, and tags without their last brace. A line that only starts
#: as a request has empty groups; the conversion of the groups checks them.
_POINT = re.compile(
    rb'http_req_duration"(?:,"type":"Point","data":\{"time":"(.{19})(\.\d+)?Z",'
    rb'"value":((?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?),"tags":(\{.*)\n)?'
)
#: The tags that decide about name and outcome, in the order of `outcome_of`.
_TAGS = ("expected_response", "status", "name", "error", "error_code")
#: Limit of a cache of texts; most tests have few different ones.
_MAX_TAGS = 10_000
#: Times in seconds since 1970, latencies in nanoseconds, and kinds of requests.
Points = tuple[list[float], list[int], list[RequestKind]]
#: Endpoint, outcome, code and message, as `RequestKinds.get` takes them.
_Outcome = tuple[str, bool, str, str]
#: The same for one line, with its time as text; None for a line of another metric.
Parse = Callable[[bytes], Union[tuple[str, int, _Outcome], None]]


def recognises(head: bytes) -> bool:
    """Whether the first line is a metric or a point of k6."""
    line = head.lstrip().split(b"\n", 1)[0]
    return line.startswith(b"{") and b'"metric"' in line and (b'"type":"' in line or b'"type": "' in line)


def read(source: Source) -> Iterator[Batch]:
    """Every request, named by its tag `name`; k6 gives the time at which it ended."""
    parse: Parse = _by_json
    clock, slow_blocks = Clock(), 0
    kinds = source.kinds
    seconds, tags = _SecondsCache(clock), _TagsCache(kinds)
    for block in source.blocks():
        points = _read_regular_block(block, seconds, tags)
        if points is None:
            slow_blocks += 1
            if slow_blocks == 2:  # the first block always declares metrics, and is not worth the import of msgspec
                parse = choose_parser()
            points, corrupt = _read_lines(block, parse, clock, kinds)
            source.count_corrupt(corrupt)
        times, latencies, outcomes = points
        if times:
            yield Batch(latencies, 1, outcomes, times, times_are_ends=True)


class _SecondsCache(dict[bytes, float]):
    """Seconds since 1970 by the text of a time in UTC, without its fraction."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def __missing__(self, text: bytes) -> float:
        if len(self) >= _MAX_TAGS:
            self.clear()
        self[text] = seconds = self._clock(text.decode() + "Z")
        return seconds


class _TagsCache(dict[bytes, RequestKind]):
    """The kind of a request by the text of its tags: JSON without its last brace.

    Raises ValueError for an invalid text.
    """

    def __init__(self, kinds: RequestKinds) -> None:
        self._kinds = kinds

    def __missing__(self, text: bytes) -> RequestKind:
        if len(self) >= _MAX_TAGS:
            self.clear()
        self[text] = kind = self._kinds.get(*_outcome(json.loads(text + b"}")))
        return kind


def _read_regular_block(block: bytes, seconds: _SecondsCache, tags: _TagsCache) -> Points | None:
    """The requests of a block exactly as k6 writes it; None for any other block."""
    if not block.startswith(_BEGIN) or not block.endswith(_END):
        return None
    lines = block[: -len(_END)].split(_SEPARATOR)
    lines[0] = lines[0][len(_BEGIN) :]
    if b"\n" in b"".join(lines):  # quicker than to count it
        return None
    try:
        durations = [line for line in lines if line[_DISTINCT_INDEX] == _DURATION[_DISTINCT_INDEX]]
    except IndexError:
        return None
    requests = [line for line in durations if line.startswith(_DURATION)]
    if len(requests) != len(durations) and any(line.startswith(_GRPC_DURATION) for line in durations):
        return None
    matches = _POINT.findall(b"\n".join(requests) + b"\n")
    if not matches:
        return [], [], []
    whole, fractions, values, texts = zip(*matches)
    try:
        times = [seconds[text] + float(fraction or 0) for text, fraction in zip(whole, fractions)]
        latencies = [int(float(value) * 1e6 + 0.5) for value in values]
        check_latencies(latencies, 1)
        return times, latencies, list(map(tags.__getitem__, texts))
    except (ValueError, OverflowError, RecursionError):
        return None


def choose_parser() -> Parse:
    """The parser of a line: with msgspec, where it is installed, it takes a quarter of the time."""
    try:
        msgspec = importlib.import_module("msgspec")
    except ImportError:
        return _by_json
    loads = _struct_decoder(msgspec)

    def parse(line: bytes) -> tuple[str, int, _Outcome] | None:
        if not line.isascii():
            line.decode()  # msgspec itself checks only the members that it returns
        try:
            point = loads(line)
        except msgspec.MsgspecError:
            return _by_json(line)  # raises for a wrong line, or accepts what is wrong in other members
        if point.metric != _NAME:
            return None
        data, tags = point.data, point.data.tags
        latency = int(data.value * 1e6 + 0.5)
        check_latencies((latency,), 1)
        return (
            data.time,
            latency,
            outcome_of(tags.expected_response, tags.status, tags.name, tags.error, tags.error_code),
        )

    return parse


def _struct_decoder(msgspec: Any) -> Callable[[bytes], Any]:
    """Reads only the necessary members; defaults stand for tags that a test leaves out."""
    tags = msgspec.defstruct("Tags", [(name, str, "") for name in _TAGS], gc=False)
    data = msgspec.defstruct("Data", [("time", str), ("value", float), ("tags", tags)], gc=False)
    line = msgspec.defstruct("Line", [("metric", str), ("data", data)], gc=False)
    decode: Callable[[bytes], Any] = msgspec.json.Decoder(line).decode
    return decode


def _by_json(line: bytes) -> tuple[str, int, _Outcome] | None:
    return _parse_point(json.loads(line))


def _parse_point(point: Any) -> tuple[str, int, _Outcome] | None:
    """The result of `Parse` for a JSON value; raises ValueError for a wrong one."""
    try:
        metric = point["metric"]
        if metric not in (_NAME, _GRPC_NAME):
            return None
        data = point["data"]
        text, value = data["time"], data["value"]
        latency = int(value * 1e6 + 0.5)
        outcome = _outcome(data["tags"], is_grpc=metric == _GRPC_NAME)
    except (TypeError, LookupError, OverflowError) as error:
        raise ValueError(str(error)) from None
    if not isinstance(text, str) or value is True or value is False:
        raise ValueError("the time is not a text, or the value not a number")
    check_latencies((latency,), 1)
    return text, latency, outcome


def _outcome(tags: Any, *, is_grpc: bool = False) -> _Outcome:
    if not isinstance(tags, dict):
        raise ValueError("tags")
    texts = [tags.get(key, "") for key in _TAGS]
    if not all(isinstance(tag, str) for tag in texts):
        raise ValueError("a tag is not a text")
    if is_grpc:
        _, status, name, error, _ = texts
        return name, status not in ("", "0"), status, error
    return outcome_of(*texts)


def outcome_of(expected: str, status: str, name: str, error: str, error_code: str) -> _Outcome:
    """Endpoint, outcome, code and message by the tags of a request.

    k6 marks responses that the test expects; without that mark the status decides. Status 0 means no response, whose
    reason is in the tag `error_code`.
    """
    failed = expected == "false" or (not expected and is_error(status))
    return name, failed, error_code if status in ("", "0") and error_code else status, error


def is_error(status: str) -> bool:
    """Whether a status, 0 included, means failure; an empty one does not."""
    return status != "" and status[:1] not in "123"


def _read_lines(block: bytes, parse: Parse, clock: Clock, kinds: RequestKinds) -> tuple[Points, int]:
    times: list[float] = []
    latencies: list[int] = []
    outcomes: list[RequestKind] = []
    corrupt = 0
    for line in block.split(b"\n"):
        if (METRIC not in line and GRPC not in line) or _DECLARED.search(line):
            corrupt += bool(line.strip()) and not _is_object(line)
            continue
        try:
            point = _by_json(line) if GRPC in line else parse(line)
            if point:
                times.append(clock(point[0]))
                latencies.append(point[1])
                outcomes.append(kinds.get(*point[2]))
        except (ValueError, RecursionError):
            corrupt += 1
    return (times, latencies, outcomes), corrupt


def _is_object(line: bytes) -> bool:
    return line.startswith(b"{") and line.rstrip().endswith(b"}")


class Clock:
    """Converts ISO times to seconds since 1970; raises ValueError for other texts.

    >>> Clock()("1970-01-01T00:00:01.5Z")
    1.5
    """

    _PARTS = re.compile(r"(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d)(?:[.,](\d+))?(Z|[+-]\d\d:?\d\d)?")

    def __init__(self) -> None:
        self._whole: dict[str, float] = {}

    def __call__(self, text: str) -> float:
        """The seconds of a time such as `2026-01-02T03:04:05.678901234+01:00`."""
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
