"""Series from Prometheus' HTTP API: range queries, with counters, classic and native histograms.

Source: Prometheus documentation, "HTTP API", sections "Range queries" and "Expression query result formats".
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from acolytes_perf.errors import InputError, one_line, quoted
from acolytes_perf.series.ordering import in_order
from acolytes_perf.series.time_series import COUNTER, LEVEL, TimeSeries, make_series

#: Endings of the names of counters (Prometheus documentation, "Metric and label naming"; OpenMetrics).
_COUNTER_ENDINGS = ("_total", "_count", "_sum", "_bucket")
_UNIT_ENDINGS = {"_seconds": "s", "_bytes": "B", "_ratio": "ratio"}


def is_prometheus(document: object) -> bool:
    """Whether a JSON document is an answer of the API, or the result list of one."""
    if isinstance(document, dict):
        data = document.get("data")
        return (
            "resultType" in document
            or (isinstance(data, dict) and "resultType" in data)
            or ("status" in document and ("errorType" in document or "data" in document))
        )
    return isinstance(document, list) and bool(document) and all(_is_series(entry) for entry in document)


def _is_series(entry: object) -> bool:
    return isinstance(entry, dict) and "metric" in entry and bool({"values", "histograms", "value"} & set(entry))


def read_prometheus(document: Any, where: str, pointer: str, source: str) -> list[TimeSeries]:
    """The series of a range query.

    A native histogram becomes the series `count` and `sum`, and one with `le` for each bucket, as a classic one has.

    Raises:
        InputError: the answer is an error or no range query, or a value is no number.
    """
    notes: list[str] = []
    if isinstance(document, dict) and document.get("status") == "error":
        raise InputError(pointer, f"{where} is an error of Prometheus: {one_line(str(document.get('error')), 120)}")
    if isinstance(document, dict):
        for kind in ("warnings", "infos"):
            texts = document.get(kind) or []
            notes += [f"Prometheus warns: {one_line(str(text), 120)}." for text in texts][:3]
        document = document.get("data", document)
    results = document
    if isinstance(document, dict):
        result_type = document.get("resultType")
        if result_type != "matrix":
            message = f"{where} is an instant query ({one_line(str(result_type))}), which has one point in time"
            raise InputError(pointer, f"{message}: export a range query, /api/v1/query_range")
        results = document.get("result")
    if not isinstance(results, list) or not all(_is_series(entry) for entry in results):
        raise InputError(pointer, f"{where} is not a range query of Prometheus: its result is not a list of series")
    if not results:
        raise InputError(pointer, f"{where} has no series: the query found nothing in its range")
    series: list[TimeSeries] = []
    for entry in results:
        series += _series_of(entry, where, pointer, source, tuple(notes))
    return series


def _series_of(
    entry: Mapping[str, Any], where: str, pointer: str, source: str, notes: tuple[str, ...]
) -> list[TimeSeries]:
    metric = entry["metric"]
    if not isinstance(metric, dict) or "value" in entry:
        raise InputError(pointer, f"{where} has a series that is not of a range query: export /api/v1/query_range")
    labels = {str(name): str(text) for name, text in metric.items() if name != "__name__"}
    name = str(metric.get("__name__", ""))
    series = []
    values = entry.get("values") or []
    if values:
        read = [_point(pair, where, pointer) for pair in values]
        missing = sum(value is None for _, value in read)
        points, order_notes = in_order(read, None, where, pointer)
        note = (f"{missing} values that are not finite numbers count as missing.",) if missing else ()
        if missing == len(read):
            raise InputError(
                pointer, f"{where}: no value of {quoted(name) if name else _label_text(labels)} is a finite number"
            )
        kind = COUNTER if name.endswith(_COUNTER_ENDINGS) else LEVEL
        unit = next((unit for ending, unit in _UNIT_ENDINGS.items() if name.endswith(ending)), "")
        series.append(
            make_series(
                points,
                name=name,
                labels=labels,
                kind=kind,
                unit=unit,
                notes=(*notes, *order_notes, *note),
                source=source,
            )
        )
    if entry.get("histograms"):
        series += _native(entry["histograms"], name, labels, where, pointer, source, notes)
    if not series:
        raise InputError(pointer, f"{where} has a series without values: {quoted(name or str(labels))}")
    return series


def _point(pair: object, where: str, pointer: str) -> tuple[float, float | None]:
    if not isinstance(pair, list) or len(pair) != 2:
        raise InputError(pointer, f"{where} has {quoted(str(pair))} where a pair of time and value is expected")
    return _number(pair[0], where, pointer), _finite(_number(pair[1], where, pointer))


def _number(raw: object, where: str, pointer: str) -> float:
    try:
        if isinstance(raw, (str, int, float)) and not isinstance(raw, bool):
            return float(raw)
    except (ValueError, OverflowError):
        pass
    raise InputError(pointer, f"{where} has {quoted(str(raw))} where a number is expected")


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _native(
    pairs: Sequence[Any],
    name: str,
    labels: Mapping[str, str],
    where: str,
    pointer: str,
    source: str,
    notes: tuple[str, ...],
) -> list[TimeSeries]:
    """Count, sum and cumulative buckets of a native histogram."""
    counts: list[tuple[float, float | None]] = []
    sums: list[tuple[float, float | None]] = []
    at: list[tuple[float, list[tuple[float, float]]]] = []
    for pair in pairs:
        if not isinstance(pair, list) or len(pair) != 2 or not isinstance(pair[1], dict):
            raise InputError(pointer, f"{where} has {quoted(str(pair))} where a native histogram is expected")
        time, body = _number(pair[0], where, pointer), pair[1]
        counts.append((time, _finite(_number(body.get("count"), where, pointer))))
        sums.append((time, _finite(_number(body.get("sum"), where, pointer))))
        at.append((time, _cumulative(body.get("buckets") or [], where, pointer)))
    counts, order_notes = in_order(counts, None, where, pointer)
    notes = (*notes, *order_notes)
    grows = all(
        later[1] >= earlier[1]
        for earlier, later in zip(counts, counts[1:])
        if earlier[1] is not None and later[1] is not None
    )
    kind = COUNTER if grows else LEVEL
    sums, _ = in_order(sums, None, where, pointer)
    at = sorted(dict(at).items())
    bounds = sorted({bound for _, buckets in at for bound, _ in buckets})
    bucket_notes = (*notes, "Buckets of a native histogram are read as those of a classic one.")
    buckets = [
        make_series(
            [(time, _below(cumulative, bound)) for time, cumulative in at],
            name=f"{name}_bucket", labels={**labels, "le": f"{bound:.12g}"}, kind=kind, notes=bucket_notes,
            source=source,
        )
        for bound in bounds
    ]  # fmt: skip
    infinite = make_series(
        counts, name=f"{name}_bucket", labels={**labels, "le": "+Inf"}, kind=kind, notes=bucket_notes, source=source
    )
    return [
        make_series(counts, name=f"{name}_count", labels=labels, kind=kind, notes=notes, source=source),
        make_series(sums, name=f"{name}_sum", labels=labels, kind=kind, notes=notes, source=source),
        *buckets,
        infinite,
    ]


def _cumulative(buckets: Sequence[Any], where: str, pointer: str) -> list[tuple[float, float]]:
    """Upper bound and number of all observations up to it, of buckets `[rule, low, high, count]`."""
    ordered = []
    for bucket in buckets:
        if not isinstance(bucket, list) or len(bucket) != 4:
            raise InputError(pointer, f"{where} has a bucket that is not [rule, low, high, count]")
        ordered.append((_number(bucket[2], where, pointer), _number(bucket[3], where, pointer)))
    total, cumulative = 0.0, []
    for bound, count in sorted(ordered):
        total += count
        if math.isfinite(bound):
            cumulative.append((bound, total))
    return cumulative


def _below(cumulative: Sequence[tuple[float, float]], bound: float) -> float:
    """The observations up to a bound; between two buckets those of the lower one."""
    return max((total for upper, total in cumulative if upper <= bound), default=0.0)


def _label_text(labels: Mapping[str, str]) -> str:
    """Labels as Prometheus writes them: `{job="api"}`."""
    return one_line("{" + ", ".join(f'{name}="{value}"' for name, value in labels.items()) + "}")
