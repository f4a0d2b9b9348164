"""vegeta's results as JSON lines (`vegeta encode`), latencies in nanoseconds."""

from __future__ import annotations

import json
from collections.abc import Iterator

from acolytes_perf.result_files.k6 import Clock
from acolytes_perf.result_files.record import Batch, check_latencies
from acolytes_perf.result_files.source import Source

NAME = "vegeta (JSON lines)"
QUOTES = b""


def recognises(head: bytes) -> bool:
    """Whether the first line is a result, or the file is in the binary form that only vegeta reads."""
    line = head.lstrip().split(b"\n", 1)[0]
    return is_binary(head) or (line[:1] == b"{" and b'"attack"' in line and b'"latency"' in line)


def is_binary(head: bytes) -> bool:
    """Whether it starts with the gob types of Go for vegeta's result."""
    return b"\xff" in head[:8] and b"Attack" in head[:400] and b"Latency" in head[:400]


def read(source: Source) -> Iterator[Batch]:
    """Every request, named by method and URL."""
    if is_binary(source.head):
        raise source.error("is vegeta's binary form: convert it by 'vegeta encode --to json'")
    clock, kinds = Clock(), source.kinds
    for block in source.blocks():
        latencies, outcomes, times, corrupt = [], [], [], 0
        for line in filter(bytes.strip, block.split(b"\n")):
            try:
                result = json.loads(line)
                latency, code = result["latency"], result["code"]
                at, name = clock(result["timestamp"]), f"{result.get('method', '')} {result.get('url', '')}".strip()
                if type(latency) is not int or type(code) is not int:
                    raise ValueError("not a whole number")
                check_latencies((latency,), 1)
            except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
                corrupt += 1
                continue
            latencies.append(latency)
            outcomes.append(kinds.get(name, not 200 <= code < 400, str(code), str(result.get("error") or "")))
            times.append(at)
        source.count_corrupt(corrupt)
        yield Batch(latencies, 1, outcomes, times)
