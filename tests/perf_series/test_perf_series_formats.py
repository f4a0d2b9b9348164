"""Exports of Grafana, InfluxDB, CloudWatch and OpenTelemetry: the documented examples, and what they can hold."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from acolytes_perf.errors import InputError
from acolytes_perf.inputs.timeline import show_time
from acolytes_perf.series.counters import as_counts, increases, quantile_of_buckets
from acolytes_perf.series.read import read_series
from acolytes_perf.series.time_series import COUNTER, COUNTS, LEVEL, TimeSeries

#: aws-cli, awscli/examples/cloudwatch/get-metric-statistics.rst: hour and maximum of each data point, in its order.
AWS_CLI = (
    "00 0.33,03 99.67,07 0.34,12 0.34,02 0.34,01 0.34,17 3.39,13 0.33,-1 0.67,06 0.34,11 0.34,10 0.34,19 8,15 0.34,"
    "14 0.34,16 0.34,09 0.34,04 2,08 0.68,05 0.33,18 6.67"
)
NANOSECONDS = 10**9
START = 1772323200


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., list[TimeSeries]]:
    """The series of a text, or of a JSON document."""

    def series(content: Any, **options: Any) -> list[TimeSeries]:
        file = tmp_path / "export"
        file.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return read_series([str(file)], **options)

    return series


def test_grafana_series_joined_by_time(read: Callable[..., list[TimeSeries]]) -> None:
    # an export shown in the guide "Grafana CSV Export Replay" of sonda
    text = (
        '"Time","{__name__=""up"", instance=""localhost:9090"", job=""prometheus""}",'
        '"{__name__=""up"", instance=""localhost:9100"", job=""node""}"\n'
        "1704067200000,1,1\n1704067215000,1,1\n1704067230000,0,1\n1704067245000,1,0\n1704067260000,1,1\n"
    )
    first, second = read(text)
    assert first.title == 'up{instance="localhost:9090", job="prometheus"}'
    assert (show_time(first.times[0]), first.step, first.values) == ("2024-01-01", 15, [1, 1, 0, 1, 1])
    assert read(text, select="job=node")[0].values == second.values == [1, 1, 1, 0, 1]


def test_grafana_formatted_values(read: Callable[..., list[TimeSeries]]) -> None:
    # Grafana's `sep=,` for Excel, formatted times and values, `undefined` and empty cells
    text = (
        'sep=,\n"Time","checkout","p99"\n2026-03-01 14:00:00,1.25 K,85.2 ms\n2026-03-01 14:05:00,900,1.20 s\n'
        "2026-03-01 14:10:00,undefined,\n2026-03-01 14:15:00,1.1 Mil,90 ms\n"
    )
    load, latency = read(text)
    assert load.values == [1250, 900, None, 1.1e6]
    assert (latency.values, latency.unit) == ([0.0852, 1.2, None, 0.09], "s")
    assert "Times without a zone are read as UTC." in load.notes


def test_grafana_series_as_rows(read: Callable[..., list[TimeSeries]]) -> None:
    rows = [f'"{name}";"2026-03-01T{hour:02}:00:00+00:00";{hour * factor}' for name, factor in (("a", 1), ("b", 2))
            for hour in range(3)]  # fmt: skip
    series = read("\n".join(['"Series";"Time";"Value"', *rows]))
    assert [(one.name, list(one.values)) for one in series] == [("a", [0, 1, 2]), ("b", [0, 2, 4])]
    assert read("\n".join(['"Series";"Time";"Value"', *rows]), select="name=b")[0].values == [0, 2, 4]


def test_annotated_csv_of_influxdb(read: Callable[..., list[TimeSeries]]) -> None:
    # InfluxDB documentation, "Annotated CSV": annotations, an empty first column, the table's number
    head = "#group,false,false,true,true,false\n#datatype,string,long,dateTime:RFC3339\n#default,_result,,\n"
    rows = [
        f",,{table},2026-03-01T00:00:00Z,2026-03-02T00:00:00Z,2026-03-01T0{hour}:00:00Z,{hour + 10 * table},cpu,{host}"
        for table, host in enumerate("ab")
        for hour in range(5)
    ]
    text = head + "\n".join([",result,table,_start,_stop,_time,_value,_field,host", *rows])
    series = read(text)
    assert [one.labels for one in series] == [{"host": "a"}, {"host": "b"}]
    assert (series[1].name, series[1].step, list(series[1].values)) == ("cpu", 3600, [10, 11, 12, 13, 14])


def test_several_columns_of_times_need_a_choice(read: Callable[..., list[TimeSeries]]) -> None:
    text = "opened,closed,load\n2026-03-01,2026-03-02,5\n2026-03-02,2026-03-04,6\n"
    with pytest.raises(InputError, match=r"of times, opened, closed: choose one, e\.g\. --columns time="):
        read(text)
    assert show_time(read(text, columns="time=closed")[0].times[-1]) == "2026-03-04"


def test_statistics_of_cloudwatch(read: Callable[..., list[TimeSeries]]) -> None:
    points = [
        {
            "Timestamp": "2014-02-18T23:18:00Z" if hour == "-1" else f"2014-02-19T{hour}:18:00Z",
            "Maximum": float(value),
            "Unit": "Percent",
        }
        for hour, value in (point.split() for point in AWS_CLI.split(","))
    ]
    (series,) = read({"Datapoints": points, "Label": "CPUUtilization"})
    assert (series.name, series.unit, series.step, series.kind) == ("Maximum", "ratio", 3600, LEVEL)
    assert (show_time(series.times[0]), len(series.values)) == ("2014-02-18T23:18Z", 21)
    assert series.values[:5] == pytest.approx([0.0067, 0.0033, 0.0034, 0.0034, 0.9967])
    assert series.labels == {"metric": "CPUUtilization"}


def test_several_statistics_are_chosen_by_name(read: Callable[..., list[TimeSeries]]) -> None:
    points = [
        {
            "Timestamp": f"2026-03-01T0{hour}:00:00+00:00",
            "Average": 100.0 + hour,
            "SampleCount": 60.0,
            "ExtendedStatistics": {"p99": 400.0},
            "Unit": "Milliseconds",
        }
        for hour in (3, 1, 0)
    ]
    document = {"Label": "Latency", "Datapoints": points}
    assert [one.name for one in read(document)] == ["Average", "SampleCount", "p99"]
    (average,) = read(document, columns="value=Average")
    assert (average.values, average.unit, average.role) == ([0.1, 0.101, None, 0.103], "s", "value")
    assert any("missing, not 0" in note for note in average.notes)
    assert read(document, columns="value=SampleCount")[0].kind == COUNTS
    with pytest.raises(InputError, match="has no column 'p95' \\(did you mean p99\\?\\)"):
        read(document, columns="value=p95")


def test_metric_data_of_cloudwatch(read: Callable[..., list[TimeSeries]]) -> None:
    # the newest first, as the API does by default
    stamps = [f"2026-03-01T00:{minute:02}:00+00:00" for minute in (15, 10, 0)]
    result = {"Id": "m1", "Label": "RequestCount", "Timestamps": stamps, "Values": [7.0, 6.0, 5.0]}
    (series,) = read({"MetricDataResults": [{**result, "StatusCode": "Complete"}], "Messages": []})
    assert (series.name, list(series.values), series.step) == ("RequestCount", [5, None, 6, 7], 300)
    (with_epoch,) = read({"MetricDataResults": [{**result, "Timestamps": [START + 600, START + 300, START]}]})
    assert list(with_epoch.values) == [5, 6, 7]
    for change, message in (
        ({"StatusCode": "PartialData"}, "'RequestCount' is PartialData, not Complete"),
        ({"Timestamps": stamps[:2]}, "has not as many Timestamps as Values"),
        ({"Values": []}, "has no data points"),
    ):
        with pytest.raises(InputError) as error:
            read({"MetricDataResults": [{**result, **change}]})
        assert message in error.value.message
    with pytest.raises(InputError, match="is one page of several"):
        read({"MetricDataResults": [result], "NextToken": "x"})


def otlp(*metrics: dict[str, Any], service: str = "shop") -> dict[str, Any]:
    attributes = [{"key": "service.name", "value": {"stringValue": service}}]
    scope = {"scope": {"name": "s"}, "metrics": list(metrics)}
    return {"resourceMetrics": [{"resource": {"attributes": attributes}, "scopeMetrics": [scope]}]}


def points(key: str, values: list[Any], **more: Any) -> list[dict[str, Any]]:
    return [
        {key: value, "timeUnixNano": str((START + 60 * at) * NANOSECONDS), **more} for at, value in enumerate(values)
    ]


def test_the_example_of_the_protocol(read: Callable[..., list[TimeSeries]]) -> None:
    # opentelemetry-proto, examples/metrics.json
    stamp = 1544712660300000000
    histogram = {"timeUnixNano": stamp, "count": 3, "sum": 3, "bucketCounts": [1, 1, 1], "explicitBounds": [1]}
    document = otlp(
        {
            "name": "my.counter",
            "unit": "1",
            "sum": {
                "aggregationTemporality": 1,
                "isMonotonic": True,
                "dataPoints": [{"asDouble": 5, "timeUnixNano": stamp}],
            },
        },
        {"name": "my.gauge", "unit": "1", "gauge": {"dataPoints": [{"asDouble": 10, "timeUnixNano": stamp}]}},
        {"name": "my.histogram", "unit": "1", "histogram": {"aggregationTemporality": 1, "dataPoints": [histogram]}},
    )
    series = {one.title.replace(', service.name="my.service"', ""): one for one in read(document)}
    assert {title: (one.kind, list(one.values)) for title, one in series.items()} == {
        'my.counter{service.name="shop"}': (COUNTS, [5]),
        'my.gauge{service.name="shop"}': (LEVEL, [10]),
        'my.histogram_count{service.name="shop"}': (COUNTS, [3]),
        'my.histogram_sum{service.name="shop"}': (COUNTS, [3]),
        'my.histogram_bucket{le="1", service.name="shop"}': (COUNTS, [1]),
        'my.histogram_bucket{le="+Inf", service.name="shop"}': (COUNTS, [3]),
    }
    assert show_time(series['my.gauge{service.name="shop"}'].times[0]) == "2018-12-13T14:51:00.300Z"


def test_cumulative_sums_are_counters(read: Callable[..., list[TimeSeries]]) -> None:
    body = {"aggregationTemporality": 2, "isMonotonic": True, "dataPoints": points("asInt", ["5", "9", "2"])}
    (series,) = read(otlp({"name": "requests", "sum": body}))
    assert (series.kind, increases(series).values) == (COUNTER, [4, 2])
    level = {**body, "isMonotonic": False}
    assert read(otlp({"name": "in_flight", "sum": level}))[0].kind == LEVEL
    named = {**body, "aggregationTemporality": "AGGREGATION_TEMPORALITY_CUMULATIVE"}
    assert read(otlp({"name": "requests", "sum": named}))[0].kind == COUNTER
    with pytest.raises(InputError, match="says neither delta nor cumulative"):
        read(otlp({"name": "requests", "sum": {**body, "aggregationTemporality": 0}}))


def test_lines_of_the_file_exporter(read: Callable[..., list[TimeSeries]]) -> None:
    lines = [
        json.dumps(otlp({"name": "latency", "unit": "ms", "gauge": {"dataPoints": [point]}}))
        for point in points("asDouble", [80.0, 90.0, 85.0])
    ]
    (series,) = read("\n".join(lines))
    assert (list(series.values), series.unit, series.step) == ([0.08, 0.09, 0.085], "s", 60)


def test_exponential_histograms(read: Callable[..., list[TimeSeries]]) -> None:
    # scale 0: buckets (1, 2], (2, 4], (4, 8]
    body = {
        "aggregationTemporality": 1,
        "dataPoints": points(
            "count", ["40", "40"], scale=0, sum=100, zeroCount="0",
            positive={"offset": 0, "bucketCounts": ["10", "20", "10"]},
        ),
    }  # fmt: skip
    series = read(otlp({"name": "latency", "unit": "s", "exponentialHistogram": body}))
    buckets = [one for one in series if "le" in one.labels]
    assert [one.labels["le"] for one in buckets] == ["2", "4", "8", "+Inf"]
    assert quantile_of_buckets(buckets, 0.5, "/history").values == [3, 3]
    assert as_counts([one for one in series if one.name == "latency_count"], "/requests").values == [40, 40]


@pytest.mark.parametrize(
    "metric",
    [
        {"name": "x", "gauge": {"dataPoints": [{"asDouble": "five", "timeUnixNano": "1"}]}},
        {"name": "x", "gauge": {"dataPoints": [{"asDouble": 5}]}},
        {"name": "x", "gauge": {"dataPoints": 5}},
        {"name": "x", "gauge": 5},
        {"name": "x"},
        {"name": "x", "gauge": {"dataPoints": []}},
        5,
    ],
)
def test_broken_otlp_is_refused_in_one_line(read: Callable[..., list[TimeSeries]], metric: Any) -> None:
    with pytest.raises(InputError) as error:
        read(otlp(metric))
    assert "\n" not in error.value.message
