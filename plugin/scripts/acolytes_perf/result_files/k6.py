"""k6's streamed results (`--out json`): one JSON object a line, of which those of http_req_duration are requests."""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from acolytes_perf.result_files.record import Batch, check_latencies
from acolytes_perf.result_files.source import Source

NAME = "k6 (NDJSON)"
METRIC = b'"http_req_duration"'
_START = b'\n{"metric":"http_req_duration"'
DECLARED = b'"type":"Metric"'


def recognises(head: bytes) -> bool:
    """Whether the first line is a metric or a point of k6."""
    line = head.lstrip().split(b"\n", 1)[0]
    return line.startswith(b"{") and b'"metric"' in line and (b'"type":"' in line or b'"type": "' in line)


def read(source: Source, label: str | None) -> Iterator[Batch]:
    """Every request, or those whose tag `name` is the label."""
    parse, clock = parser_of_points(), Clock()
    for block in source.blocks():
        points, bad = _points(block, parse, clock)
        source.mark_last(bad)
        source.saw({name for _, _, _, name in points})
        chosen = points if label is None else [point for point in points if point[3] == label]
        latencies = [latency for _, latency, _, _ in chosen]
        yield Batch(latencies, 1, [failed for _, _, failed, _ in chosen], [time for time, _, _, _ in chosen])


def parser_of_points() -> Callable[[bytes], tuple[str, int, bool, str]]:
    """A point of a line; with msgspec, where it is installed, in a quarter of the time."""
    try:
        msgspec = importlib.import_module("msgspec")
    except ImportError:
        return lambda line: _point(json.loads(line))
    loads = _struct_decoder(msgspec)

    def parse(line: bytes) -> tuple[str, int, bool, str]:
        try:
            data = loads(line).data
        except msgspec.MsgspecError as error:
            raise ValueError(str(error)) from None
        tags = data.tags
        latency = int(data.value * 1e6 + 0.5)
        check_latencies((latency,), 1)
        failed = tags.expected_response == "false" or (not tags.expected_response and is_error(tags.status))
        return data.time, latency, failed, tags.name

    return parse


def _struct_decoder(msgspec: Any) -> Callable[[bytes], Any]:
    """Reads only the members that are wanted; their defaults stand for tags that a test leaves out."""
    tags = msgspec.defstruct("Tags", [("expected_response", str, ""), ("status", str, ""), ("name", str, "")], gc=False)
    data = msgspec.defstruct("Data", [("time", str), ("value", float), ("tags", tags)], gc=False)
    found: Callable[[bytes], Any] = msgspec.json.Decoder(msgspec.defstruct("Line", [("data", data)], gc=False)).decode
    return found


def _point(found: Any) -> tuple[str, int, bool, str]:
    """Time, nanoseconds, whether it failed, name; ValueError for a line of another shape."""
    try:
        data = found["data"]
        tags = data["tags"]
        text, value = data["time"], data["value"]
        latency = int(value * 1e6 + 0.5)
        expected, status = tags.get("expected_response", ""), tags.get("status", "")
        name = tags.get("name", "")
    except (TypeError, LookupError, AttributeError, OverflowError) as error:
        raise ValueError(str(error)) from None
    if not all(isinstance(one, str) for one in (text, expected, status, name)):
        raise ValueError("a text is none")
    check_latencies((latency,), 1)
    return text, latency, expected == "false" or (not expected and is_error(status)), name


def is_error(status: str) -> bool:
    """Whether a status is that of a failed request, 0 included; an absent one tells nothing."""
    return status != "" and status[:1] not in "123"


def _points(
    block: bytes, parse: Callable[[bytes], tuple[str, int, bool, str]], clock: Clock
) -> tuple[list[tuple[float, int, bool, str]], int]:
    points, bad = [], 0
    for line in _chosen(block):
        if DECLARED in line:
            continue
        try:
            text, latency, failed, name = parse(line)
            points.append((clock(text), latency, failed, name))
        except (ValueError, RecursionError):
            bad += 1
    # counting where lines meet is quick; only where something is odd is each looked at
    if block.count(b"}\n{") != block.count(b"\n") - 1 or not _is_object(block):
        lines = block.split(b"\n")
        bad += sum(METRIC not in line and not _is_object(line) for line in lines if line.strip())
    return points, bad


def _chosen(block: bytes) -> list[bytes]:
    """The lines that name the metric; where all have k6's own order of members, found without looking at the others."""
    parts = (b"\n" + block).split(_START)
    if len(parts) - 1 == block.count(METRIC):
        return [_START[1:] + part[: part.find(b"\n")] for part in parts[1:]]
    return [line for line in block.split(b"\n") if METRIC in line]


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
