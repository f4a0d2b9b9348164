"""Prometheus range queries: rates, counters with resets and gaps, classic and native histograms."""

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from acolytes_perf.errors import InputError
from acolytes_perf.series.choose import combined, longer_steps, single
from acolytes_perf.series.counters import as_counts, histogram_quantile, increases, per_second, quantile_of_buckets
from acolytes_perf.series.read import read_series
from acolytes_perf.series.time_series import COUNTER, LEVEL, TimeSeries

#: Prometheus documentation, "HTTP API", section "Range queries": the example of an answer.
DOCUMENTED = {
    "status": "success",
    "data": {
        "resultType": "matrix",
        "result": [
            {
                "metric": {"__name__": "up", "job": "prometheus", "instance": "localhost:9090"},
                "values": [[1435781430.781, "1"], [1435781445.781, "1"], [1435781460.781, "1"]],
            },
            {
                "metric": {"__name__": "up", "job": "node", "instance": "localhost:9091"},
                "values": [[1435781430.781, "0"], [1435781445.781, "0"], [1435781460.781, "1"]],
            },
        ],
    },
}
START = 1772323200


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., list[TimeSeries]]:
    """The series of a JSON document."""

    def series(document: Any, **options: Any) -> list[TimeSeries]:
        file = tmp_path / "query.json"
        file.write_text(json.dumps(document))
        return read_series([str(file)], **options)

    return series


def matrix(*series: tuple[dict[str, str], list[Any]], step: int = 60) -> dict[str, Any]:
    """A range query; None leaves a point out."""
    result = [
        {
            "metric": metric,
            "values": [[START + step * at, str(value)] for at, value in enumerate(values) if value is not None],
        }
        for metric, values in series
    ]
    return {"status": "success", "data": {"resultType": "matrix", "result": result}}


def test_the_documented_answer(read: Callable[..., list[TimeSeries]]) -> None:
    first, second = read(DOCUMENTED)
    assert (first.title, first.step, first.kind) == ('up{job="prometheus", instance="localhost:9090"}', 15, LEVEL)
    assert (second.times[0], second.values) == (1435781430.781, [0, 0, 1])
    assert read(DOCUMENTED, select="job=node")[0].values == [0, 0, 1]
    with pytest.raises(InputError) as error:
        single([first, second], "/history")
    assert "has 2 series" in error.value.message
    assert "--select job=prometheus" in error.value.message


@pytest.mark.parametrize("unwrap", [lambda d: d, lambda d: d["data"], lambda d: d["data"]["result"]])
def test_the_answer_the_data_or_the_result_alone(read: Callable[..., list[TimeSeries]], unwrap: Any) -> None:
    assert len(read(unwrap(DOCUMENTED))) == 2


def test_increases_with_resets_and_gaps(read: Callable[..., list[TimeSeries]]) -> None:
    # Prometheus: a fall is a reset, so that 40 to 5 counts 5; the gap's 30 are at its end
    document = matrix(({"__name__": "http_requests_total"}, [10, 25, 40, 5, 5, None, None, 35, 36]))
    (series,) = read(document)
    assert series.kind == COUNTER
    counts = increases(series)
    assert counts.values == [15, 15, 5, 0, None, None, 30, 1]
    assert sum(counts.present) == 66
    notes = "\n".join(counts.notes)
    assert "1 reset of the counter, at 2026-03-01T00:03Z" in notes
    assert "What was counted over gaps, 30, is at the first point after each gap." in notes
    rates = per_second(series)
    assert rates.values == pytest.approx([0.25, 0.25, 5 / 60, 0, None, None, 30 / 180, 1 / 60])
    assert rates.unit == "1/s"


def test_counters_of_instances_are_added_after_their_increases(read: Callable[..., list[TimeSeries]]) -> None:
    # adding the counters first would take the restart of b for a fall of the sum
    document = matrix(
        ({"__name__": "requests_total", "instance": "a"}, [0, 10, 20, 30, 40]),
        ({"__name__": "requests_total", "instance": "b"}, [100, 105, 2, 4, None]),
    )
    counts = as_counts(read(document), "/requests")
    assert counts.values == [15, 12, 12, 10]
    assert any("2 series are combined: sum" in note for note in counts.notes)


def test_counters_without_a_name_are_told_by_their_values(read: Callable[..., list[TimeSeries]]) -> None:
    grows = [5 * at for at in range(40)]
    assert as_counts(read(matrix(({"job": "api"}, grows))), "/requests").values == [5] * 39
    varies = as_counts(read(matrix(({"job": "api"}, [5, 7, 4, 9] * 5))), "/requests")
    assert varies.values[:3] == [5, 7, 4]
    assert any("is read as counts within the step that ends at each time" in note for note in varies.notes)
    rate = as_counts(read(matrix(({"job": "api"}, [0.5, 0.25, 0.75] * 5))), "/requests")
    assert rate.values[:3] == [30, 15, 45]
    assert any("is read as a rate per second" in note for note in rate.notes)


def test_values_that_are_no_numbers_are_missing(read: Callable[..., list[TimeSeries]]) -> None:
    (series,) = read(matrix(({}, ["1", "NaN", "+Inf", "2"])))
    assert series.values == [1, None, None, 2]
    assert "2 values that are not finite numbers count as missing." in series.notes


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (
            {"status": "error", "errorType": "bad_data", "error": "invalid parameter 'query'"},
            "is an error of Prometheus: invalid parameter",
        ),
        (
            {"status": "success", "data": {"resultType": "vector", "result": [{"metric": {}, "value": [1, "2"]}]}},
            "is an instant query (vector), which has one point in time: export a range query",
        ),
        ({"status": "success", "data": {"resultType": "matrix", "result": []}}, "the query found nothing in its range"),
        ([{"metric": {}, "values": [[1772323200, "five"]]}], "has 'five' where a number is expected"),
        ([{"metric": {}, "values": [[1772323200, "NaN"]]}], "is a finite number"),
        ([{"metric": {}, "values": [[1772323200]]}], "where a pair of time and value is expected"),
        ([{"metric": [], "values": [[1772323200, "1"]]}], "that is not of a range query"),
        ({"numbers": [1, 2]}, "is JSON, but no series"),
        ([[1, 2]], "is JSON, but no series"),
    ],
)
def test_other_answers_are_refused(read: Callable[..., list[TimeSeries]], document: Any, message: str) -> None:
    with pytest.raises(InputError) as error:
        read(document)
    assert message in error.value.message


def test_quantiles_of_a_classic_histogram(read: Callable[..., list[TimeSeries]]) -> None:
    bounds = {"0.05": 24, "0.1": 33, "0.2": 100, "0.5": 129, "+Inf": 134}
    document = matrix(
        *(({"__name__": "latency_seconds_bucket", "le": le}, [0, count, 2 * count]) for le, count in bounds.items())
    )
    series = quantile_of_buckets(read(document), 0.5, "/history")
    # rank 67 of 134 lies in the bucket from 0.1 (33) to 0.2 (100)
    assert series.values == pytest.approx([0.1 + 0.1 * (67 - 33) / (100 - 33)] * 2)
    assert series.unit == "s"
    # good requests of a latency objective are those of one bucket
    assert as_counts(read(document, select="le=0.2"), "/good").values == [100, 100]
    with pytest.raises(InputError, match=r"no bucket le=\"\+Inf\""):
        quantile_of_buckets(read(document, select="le!=+Inf"), 0.5, "/history")


def test_histogram_quantile_as_prometheus_tests_it() -> None:
    # promql/promqltest/testdata/histograms.test of Prometheus: testhistogram, positive
    buckets = [(0.1, 5.0), (0.2, 7.0), (1.0, 11.0), (math.inf, 12.0)]
    for quantile, value in {0.0: 0.0, 0.2: 0.048, 0.5: 0.15, 0.8: 0.72, 1.0: 1.0}.items():
        assert histogram_quantile(quantile, buckets) == pytest.approx(value)
    assert histogram_quantile(0.5, [(1.0, 0.0), (math.inf, 0.0)]) is None


def test_native_histograms(read: Callable[..., list[TimeSeries]]) -> None:
    def histogram(times: int) -> dict[str, Any]:
        buckets = [[0, "0.5", "1", str(10 * times)], [0, "1", "2", str(30 * times)], [0, "2", "4", str(20 * times)]]
        return {"count": str(60 * times), "sum": str(90.5 * times), "buckets": buckets}

    pairs = [[START + 60 * at, histogram(at + 1)] for at in range(3)]
    document = [{"metric": {"__name__": "latency_seconds", "job": "api"}, "histograms": pairs}]
    series = read(document)
    assert increases(read(document, columns="value=latency_seconds_count")[0]).values == [60, 60]
    assert increases(next(one for one in series if one.name.endswith("_sum"))).values == [90.5, 90.5]
    buckets = [one for one in series if one.name.endswith("_bucket")]
    assert [one.labels["le"] for one in buckets] == ["1", "2", "4", "+Inf"]
    assert quantile_of_buckets(buckets, 0.5, "/history").values == pytest.approx([1 + 20 / 30] * 2)


def test_longer_steps_add_counts(read: Callable[..., list[TimeSeries]]) -> None:
    # 02:00 to 03:00 in minutes: the points at 02:01 to 03:00 belong to that hour
    document = matrix(({"__name__": "requests_total"}, [3 * at for at in range(60 * 4 + 1)]))
    counts = longer_steps(increases(read(document)[0]), 3600)
    assert counts is not None
    assert (counts.values, counts.times[0]) == ([180] * 4, START + 3600)
    assert longer_steps(read(document)[0], 90) is None


def test_combining_levels_leaves_gaps(read: Callable[..., list[TimeSeries]]) -> None:
    document = matrix(({"host": "a"}, [1, 2, 3, 4]), ({"host": "b"}, [10, None, 30, 40]))
    series = read(document)
    assert combined(series, "sum", "/history").values == [11, None, 33, 44]
    assert combined(series, "mean", "/history").values == [5.5, None, 16.5, 22]
    assert combined(series, "max", "/history").values == [10, None, 30, 40]
