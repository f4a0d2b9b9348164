"""Reading the small files in which tools write computed figures only."""

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


def loaded(source: Source) -> Mapping[str, Any]:
    """The file as a JSON object."""
    try:
        found = json.loads(source.whole().decode("utf-8"))
    except (ValueError, RecursionError):
        raise source.refusal("is JSON that is damaged or cut off: its tool did not finish writing it") from None
    if not isinstance(found, dict):
        raise source.refusal("is JSON, but no object")
    return found


def text_of(source: Source) -> str:
    """The file as text."""
    return source.whole().decode("utf-8", "replace")


def inside(found: Any, *path: str) -> Any:
    """What stands there in nested objects, None for nothing."""
    for name in path:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def members(found: Any, *path: str) -> Mapping[str, Any]:
    """The object there, an empty one for anything else."""
    there = inside(found, *path)
    return there if isinstance(there, Mapping) else {}


def number(found: Any, *path: str) -> float | None:
    """The number there, None when there is none that can be: negative, not finite, or no number."""
    value = inside(found, *path)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return float(value) if math.isfinite(value) and 0 <= value < 1e18 else None


def numeral(text: str) -> float | None:
    """The number that a text is, None when it is none that can be."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) and 0 <= value < 1e18 else None


def seconds_of(text: str) -> float | None:
    """Seconds of a duration in words such as `1m3.5s`, None when it is none."""
    parts = _PARTS.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text.strip():
        return None
    return sum(float(number) * _SECONDS[unit] for number, unit in parts)


def reported(
    source: Source,
    requests: float | None,
    failed: float | None,
    seconds: float | None,
    latencies: Mapping[str, float | None],
    percentiles: Mapping[float, float | None],
) -> ToolSummary:
    """The figures, if there are batch_size of them; `latencies` has mean, least and most, all in seconds."""
    known = {share: value for share, value in percentiles.items() if value is not None and 0 < share < 1}
    if not requests or not (known or latencies.get("mean")):
        raise source.refusal("has no count of requests with their latencies: the test sent nothing, or the file is cut")
    if failed is not None and failed > requests:
        raise source.refusal("has more failures than requests: it is damaged")
    return ToolSummary(
        int(requests), None if failed is None else round(failed), seconds or None,
        latencies.get("mean"), latencies.get("least"), latencies.get("most"), known,
    )  # fmt: skip


def scaled(value: float | None, factor: float) -> float | None:
    """The value times a factor, None for None."""
    return None if value is None else value * factor
