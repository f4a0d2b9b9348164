"""Series from CloudWatch: the answers of GetMetricData and of GetMetricStatistics, as the AWS CLI prints them.

Source: Amazon CloudWatch API Reference, GetMetricData (MetricDataResult) and GetMetricStatistics (Datapoint).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from acolytes_perf.errors import InputError, one_line, quoted
from acolytes_perf.inputs.dates import DateError, read_times
from acolytes_perf.series.cells import scale_of
from acolytes_perf.series.ordering import in_order
from acolytes_perf.series.time_series import COUNTS, LEVEL, TimeSeries, make_series

#: Units of the API that are spelled otherwise here.
_UNITS = {"Count/Second": "/s", "Percent": "%", "None": "", "Count": ""}
_STATISTICS = ("Average", "Sum", "Minimum", "Maximum", "SampleCount")


def is_cloudwatch(document: object) -> bool:
    """Whether a JSON document is an answer of the API."""
    return isinstance(document, dict) and bool({"MetricDataResults", "Datapoints"} & set(document))


def read_cloudwatch(document: Mapping[str, Any], where: str, pointer: str, source: str) -> list[TimeSeries]:
    """The series: one for each result, or for each statistic of the data points.

    Raises:
        InputError: a result is incomplete, has no points, or they are not understood.
    """
    if "MetricDataResults" in document:
        results = document["MetricDataResults"]
        if not isinstance(results, list) or not all(isinstance(result, dict) for result in results):
            raise InputError(pointer, f"{where} has no list of MetricDataResults")
        if document.get("NextToken"):
            raise InputError(pointer, f"{where} is one page of several: get all pages, or a shorter range")
        series = [_result(result, where, pointer, source) for result in results if result.get("Values")]
    else:
        series = _statistics(document, where, pointer, source)
    if not series:
        raise InputError(pointer, f"{where} has no data points: check the name of the metric, its dimensions and range")
    return series


def _result(result: Mapping[str, Any], where: str, pointer: str, source: str) -> TimeSeries:
    name = str(result.get("Label") or result.get("Id") or "")
    if result.get("StatusCode") not in (None, "Complete"):
        message = f"{where}: {quoted(name)} is {one_line(str(result['StatusCode']))}"
        raise InputError(pointer, f"{message}, not Complete: get the rest of the data first")
    stamps, values = result.get("Timestamps"), result["Values"]
    if not isinstance(stamps, list) or not isinstance(values, list) or len(stamps) != len(values):
        raise InputError(pointer, f"{where}: {quoted(name)} has not as many Timestamps as Values")
    return _series(name, stamps, values, "", LEVEL, where, pointer, source, {"Id": str(result.get("Id", ""))})


def _statistics(document: Mapping[str, Any], where: str, pointer: str, source: str) -> list[TimeSeries]:
    points = document["Datapoints"]
    if not isinstance(points, list) or not all(isinstance(point, dict) for point in points):
        raise InputError(pointer, f"{where} has no list of Datapoints")
    units = {str(point.get("Unit", "None")) for point in points}
    if len(units) > 1:
        names = " and ".join(map(quoted, sorted(units)))
        raise InputError(pointer, f"{where} has data points in {names}: ask for one with --unit of the AWS CLI")
    unit = next(iter(units), "")
    label, series = str(document.get("Label", "")), []
    extended = {name for point in points for name in point.get("ExtendedStatistics") or {}}
    for name in [*_STATISTICS, *sorted(extended)]:
        pairs = [
            (point.get("Timestamp"), {**point, **(point.get("ExtendedStatistics") or {})}.get(name)) for point in points
        ]
        pairs = [(stamp, value) for stamp, value in pairs if value is not None]
        if pairs:
            own_unit = "" if name == "SampleCount" else unit
            kind = COUNTS if name in ("Sum", "SampleCount") else LEVEL
            stamps, values = [stamp for stamp, _ in pairs], [value for _, value in pairs]
            labels = {"metric": label} if label else {}
            series.append(_series(name, stamps, values, own_unit, kind, where, pointer, source, labels))
    return series


def _series(
    name: str,
    stamps: list[Any],
    values: list[Any],
    unit: str,
    kind: str,
    where: str,
    pointer: str,
    source: str,
    labels: Mapping[str, str],
) -> TimeSeries:
    scale = scale_of(_UNITS.get(unit, unit.lower() if unit.endswith("s") else unit))
    if scale is None:
        raise InputError(pointer, f"{where} has the unit {quoted(unit)}, which no command here uses")
    if not all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in values):
        raise InputError(pointer, f"{where}: {quoted(name)} has a value that is not a number")
    try:
        times = read_times([str(stamp) for stamp in stamps])
    except DateError as error:
        raise InputError(pointer, f"{where}: {quoted(name)}: {error}") from None
    points = [(time, scale.apply(value)) for time, value in zip(times.seconds, values)]
    ordered, notes = in_order(points, None, where, pointer)
    notes = tuple(note for note in notes if "newest" not in note)  # the usual order of the API
    notes = (*notes, "CloudWatch returns no points for times without data: they are missing, not 0.")
    made = make_series(
        ordered, name=name, labels=labels, unit=scale.unit, kind=kind, notes=(*times.notes, *notes), source=source
    )
    return made if made.gaps else made._replace(notes=made.notes[:-1])
