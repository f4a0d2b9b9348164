"""Series from OTLP JSON: metrics as the OpenTelemetry Collector's file exporter writes them.

Source: OpenTelemetry specification, metrics data model; opentelemetry-proto, metrics.proto and its JSON mapping
(64-bit integers are texts, enumerations are numbers).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from acolytes_perf.errors import InputError, quoted
from acolytes_perf.series.cells import scale_of
from acolytes_perf.series.ordering import in_order
from acolytes_perf.series.time_series import COUNTER, COUNTS, LEVEL, TimeSeries, make_series

_DELTA = (1, "1", "AGGREGATION_TEMPORALITY_DELTA")
_CUMULATIVE = (2, "2", "AGGREGATION_TEMPORALITY_CUMULATIVE")
#: A key of one series: name, unit, kind and labels.
_Key = tuple[str, str, str, tuple[tuple[str, str], ...]]


def is_otlp(document: object) -> bool:
    """Whether a JSON document is an export of metrics, or a list of them."""
    documents = document if isinstance(document, list) else [document]
    return bool(documents) and all(isinstance(entry, dict) and "resourceMetrics" in entry for entry in documents)


def read_otlp(document: Any, where: str, pointer: str, source: str) -> list[TimeSeries]:
    """The series of all metrics; histograms become `NAME_count`, `NAME_sum` and `NAME_bucket` with `le`.

    Raises:
        InputError: the document is not understood, or a metric says neither delta nor cumulative.
    """
    points: dict[_Key, list[tuple[float, float | None]]] = {}
    try:
        for metric, labels in _metrics(document if isinstance(document, list) else [document]):
            for name, kind, extra, time, value in _points(metric, where, pointer):
                pairs = tuple(sorted({**labels, **extra}.items()))
                points.setdefault((name, str(metric.get("unit", "")), kind, pairs), []).append((time, value))
    except (AttributeError, KeyError, OverflowError, TypeError, ValueError) as error:
        message = f"{where} is not OTLP JSON of metrics: {type(error).__name__} at {quoted(str(error))}"
        raise InputError(pointer, message) from None
    if not points:
        raise InputError(pointer, f"{where} has no data points of metrics")
    series = []
    for (name, unit, kind, pairs), values in points.items():
        ordered, notes = in_order(values, None, where, pointer)
        scale = scale_of("" if unit.startswith("{") or name.endswith(("_count", "_bucket")) else unit)
        if scale is None:
            notes = (*notes, f"The unit {unit} of {name} is not converted.")
        else:
            ordered = [(time, None if value is None else scale.apply(value)) for time, value in ordered]
        base = scale.unit if scale else ""
        series.append(
            make_series(ordered, name=name, labels=dict(pairs), unit=base, kind=kind, notes=notes, source=source)
        )
    return series


def _metrics(documents: Sequence[Any]) -> Iterator[tuple[Mapping[str, Any], dict[str, str]]]:
    """Each metric with the attributes of its resource that name a service or an instance."""
    for document in documents:
        for resource in document["resourceMetrics"]:
            attributes = _attributes(resource.get("resource", {}).get("attributes", []))
            for scope in resource.get("scopeMetrics", []):
                for metric in scope.get("metrics", []):
                    yield metric, attributes


def _attributes(pairs: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    return {str(pair["key"]): str(next(iter(pair["value"].values()), "")) for pair in pairs}


def _points(
    metric: Mapping[str, Any], where: str, pointer: str
) -> Iterator[tuple[str, str, dict[str, str], float, float | None]]:
    """Name, kind, labels, time and value of each figure of a metric."""
    name = str(metric.get("name", ""))
    form = next(
        (form for form in ("gauge", "sum", "histogram", "exponentialHistogram", "summary") if form in metric), None
    )
    if form is None:
        raise InputError(pointer, f"{where}: the metric {quoted(name)} is of no kind of OTLP")
    body = metric[form]
    kind = LEVEL if form in ("gauge", "summary") else _kind(body, name, where, pointer, is_histogram=form != "sum")
    for point in body.get("dataPoints", []):
        time, labels = int(point["timeUnixNano"]) / 1e9, _attributes(point.get("attributes", []))
        if int(point.get("flags", 0)) & 1:
            yield name, kind, labels, time, None
        elif form in ("gauge", "sum"):
            raw = point["asDouble"] if "asDouble" in point else point["asInt"]
            yield name, kind, labels, time, _number(raw)
        else:
            kind_of_count = COUNTER if form == "summary" else kind
            yield f"{name}_count", kind_of_count, labels, time, _number(point.get("count", 0))
            if "sum" in point:
                yield f"{name}_sum", kind_of_count, labels, time, _number(point["sum"])
            for bound, count in _buckets(point, form):
                yield f"{name}_bucket", kind, {**labels, "le": bound}, time, count
            for quantile in point.get("quantileValues", []):
                yield (
                    name,
                    LEVEL,
                    {**labels, "quantile": f"{quantile.get('quantile', 0):g}"},
                    time,
                    _number(quantile.get("value", 0)),
                )


def _kind(body: Mapping[str, Any], name: str, where: str, pointer: str, *, is_histogram: bool) -> str:
    temporality = body.get("aggregationTemporality")
    if temporality in _DELTA:
        return COUNTS
    if temporality in _CUMULATIVE:
        return COUNTER if is_histogram or body.get("isMonotonic") else LEVEL
    message = f"{where}: the metric {quoted(name)} says neither delta nor cumulative"
    raise InputError(pointer, f"{message}: set its aggregationTemporality")


def _number(raw: object) -> float | None:
    value = float(raw)  # type: ignore[arg-type]
    return value if math.isfinite(value) else None


def _buckets(point: Mapping[str, Any], form: str) -> Iterator[tuple[str, float]]:
    """Upper bound and number of observations up to it."""
    if form == "histogram":
        total = 0.0
        bounds = [f"{float(bound):.12g}" for bound in point.get("explicitBounds", [])]
        for bound, count in zip(bounds, point.get("bucketCounts", [])):
            total += float(count)
            yield bound, total
        yield "+Inf", float(point.get("count", 0))
    elif form == "exponentialHistogram":
        base = 2.0 ** (2.0 ** -int(point["scale"]))
        positive, negative = point.get("positive", {}), point.get("negative", {})
        if any(float(count) for count in negative.get("bucketCounts", [])):
            raise ValueError("negative observations")
        total = float(point.get("zeroCount", 0))
        offset = int(positive.get("offset", 0))
        for index, count in enumerate(positive.get("bucketCounts", [])):
            total += float(count)
            yield f"{base ** (offset + index + 1):.12g}", total
        yield "+Inf", float(point.get("count", 0))
