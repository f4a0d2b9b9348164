"""What the readers give: requests in batches, counted latencies, or only what a tool computed itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Union

NANO = 1_000_000_000
#: No request takes longer; anything above is a damaged number.
MOST_NANOSECONDS = 7 * 86400 * NANO


class Batch(NamedTuple):
    """Requests in the file's order: all three lists are as long.

    Latencies are whole numbers of `unit` nanoseconds, times numbers of `tick` seconds; times may be missing as a whole.
    """

    latencies: Sequence[int]
    unit: int
    failed: Sequence[bool]
    times: Sequence[float] | None = None
    tick: float = 1.0


class Counted(NamedTuple):
    """Latencies in nanoseconds with how often each occurred, without times; `resolution` is their relative step."""

    counts: Mapping[int, int]
    resolution: float
    seconds: float | None = None


class Reported(NamedTuple):
    """What a tool computed and of which the requests are lost: seconds, shares of percentiles to seconds."""

    requests: int
    failed: int | None
    seconds: float | None
    mean: float | None
    least: float | None
    most: float | None
    percentiles: Mapping[float, float]


Record = Union[Batch, Counted, Reported]


def check_latencies(latencies: Sequence[int], unit: int) -> None:
    """Raises ValueError for a latency that cannot be."""
    if latencies and (min(latencies) < 0 or max(latencies) * unit > MOST_NANOSECONDS):
        raise ValueError("latency out of bounds")
