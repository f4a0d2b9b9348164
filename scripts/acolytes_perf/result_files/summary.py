"""Helpers for small files in which tools write only the figures that they computed."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Any

from acolytes_perf.result_files.record import ToolSummary
from acolytes_perf.result_files.source import Source

#: A duration as Go and wrk print it: `1.2ms`, `1m3.5s`.
_PARTS = re.compile(r"(\d+(?:\.\d+)?)(ns|us|\u00b5s|\u03bcs|ms|s|m|h)")
_SECONDS = {"ns": 1e-9, "us": 1e-6, "\u00b5s": 1e-6, "\u03bcs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}


def load_json(source: Source) -> Mapping[str, Any]:
    """The file as a JSON object; raises InputError for anything else."""
    try:
        document = json.loads(source.read_all().decode("utf-8"))
    except (ValueError, RecursionError):
        raise source.error("is damaged or truncated JSON: its tool did not finish writing it") from None
    if not isinstance(document, dict):
        raise source.error("is JSON, but not an object")
    return document


def load_text(source: Source) -> str:
    """The file as text."""
    return source.read_all().decode("utf-8", "replace")


def value_at(document: Any, *path: str) -> Any:
    """The value at a path of member names in nested objects; None without one."""
    for name in path:
        document = document.get(name) if isinstance(document, Mapping) else None
    return document


def object_at(document: Any, *path: str) -> Mapping[str, Any]:
    """The object at a path; an empty one for anything else."""
    value = value_at(document, *path)
    return value if isinstance(value, Mapping) else {}


def number_at(document: Any, *path: str) -> float | None:
    """The number at a path; None for a negative or infinite one, and for anything else."""
    value = value_at(document, *path)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return float(value) if math.isfinite(value) and 0 <= value < 1e18 else None


def parse_number(text: str) -> float | None:
    """The number of a text; None for a negative or infinite one, and for any other text."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) and 0 <= value < 1e18 else None


def parse_duration(text: str) -> float | None:
    """Seconds of a duration such as `1m3.5s`; None for any other text.

    >>> parse_duration("1m3.5s")
    63.5
    """
    parts = _PARTS.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text.strip():
        return None
    return sum(float(number) * _SECONDS[unit] for number, unit in parts)


def tool_summary(
    source: Source,
    *,
    requests: float | None,
    failed: float | None,
    duration: float | None,
    mean: float | None,
    minimum: float | None = None,
    maximum: float | None,
    percentiles: Mapping[float, float | None],
    causes: Mapping[tuple[str, str], float | None] | None = None,
    name: str = "",
    times: tuple[float, float] | None = None,
) -> ToolSummary:
    """The figures of a tool.

    Args:
        source: the file, for errors.
        requests: their number.
        failed: how many of them failed.
        duration: of the run, in seconds.
        mean: latency, in seconds.
        minimum: latency, in seconds.
        maximum: latency, in seconds.
        percentiles: latencies in seconds, by share; None and shares outside of 0 to 1 are left out.
        causes: how many requests failed by code and message.
        name: of the endpoint; empty for the whole run.
        times: when the run started and ended, in seconds since 1970.

    Raises:
        InputError: there are no requests, or no latencies though not all failed, more failures than requests,
            or percentiles that fall.
    """
    present = {share: value for share, value in sorted(percentiles.items()) if value is not None and 0 < share < 1}
    if not requests or not (present or mean or failed == requests):
        raise source.error("has no count of requests with latencies: the test sent nothing, or the file is truncated")
    if failed is not None and failed > requests:
        raise source.error("has more failures than requests: it is damaged")
    if list(present.values()) != sorted(present.values()):
        raise source.error("has percentiles that fall, such as a p95 below the p50: it is damaged")
    return ToolSummary(
        requests=int(requests),
        failed=None if failed is None else round(failed),
        duration=duration or None,
        mean=mean,
        minimum=minimum,
        maximum=maximum,
        percentiles=present,
        causes={cause: int(count) for cause, count in (causes or {}).items() if count},
        name=name,
        times=times,
    )


def scale(value: float | None, factor: float) -> float | None:
    """The value times a factor; None for None."""
    return None if value is None else value * factor
