"""Commands on files as people have them: forecast runout and usl fit."""

import io
import json
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from acolytes_perf.cli import main
from acolytes_perf.inputs.quantity import QuantityError
from acolytes_perf.inputs.timeline import TIME, show_time
from perf_answers import document_values


@pytest.fixture
def answer(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., dict[str, Any]]:
    """The answer to a call, with the text of the file load.csv or of another name."""
    monkeypatch.chdir(tmp_path)

    def answered(text: str, call: str, file: str = "load.csv") -> dict[str, Any]:
        (tmp_path / file).write_text(text, encoding="utf-8")
        code = main([*shlex.split(call), "--json"])
        out, err = capsys.readouterr()
        if code:
            return {"code": code, "error": err}
        document: dict[str, Any] = json.loads(out)
        return {"code": code, **document, "values": document_values(document)}

    return answered


def hourly(heading: str, count: int = 24) -> str:
    times = [f"2026-03-{1 + at // 24:02}T{at % 24:02}:00" for at in range(count)]
    return "\n".join([heading, *(f"{time},{100 + at}" for at, time in enumerate(times))])


@pytest.mark.parametrize("heading", ["ts,load", "date_time,load", "Zeitpunkt,Last", "column_7,load"])
def test_hours_are_hours_whatever_the_heading_of_the_times(answer: Callable[..., dict[str, Any]], heading: str) -> None:
    # perf.md: 100 to 123 in 24 hours reach 140 in 17 hours; the answer was 18 days
    document = answer(hourly(heading), "forecast runout --history load.csv --capacity 140 --horizon 30h")
    assert document["values"]["chance_50_percent_in"] == pytest.approx(18 * 3600, abs=3600)
    assert any("steps of 1 h" in line for line in document["assumptions"])


def test_weeks_by_number_are_weeks(answer: Callable[..., dict[str, Any]]) -> None:
    text = "\n".join(["week,load", *(f"{week},{100 + week}" for week in range(1, 25))])
    document = answer(text, "forecast runout --history load.csv --capacity 140 --horizon 210d")
    assert document["values"]["chance_50_percent_in"] == pytest.approx(17 * 7 * 86400, abs=7 * 86400)
    assert "week counts steps, without dates." in document["assumptions"]


def test_a_counter_is_forecast_as_a_rate(answer: Callable[..., dict[str, Any]]) -> None:
    # 2,646,000 were counted when the counter was reset
    total, values = 0, []
    for at in range(60):
        total += 3600 * (10 + at)
        values.append([1772323200 + 3600 * at, str(total if at < 30 else total - 2_646_000)])
    result = [{"metric": {"__name__": "http_requests_total", "job": "api"}, "values": values}]
    document = answer(
        json.dumps({"status": "success", "data": {"resultType": "matrix", "result": result}}),
        "forecast runout --history query.json --capacity 80/s --horizon 20h --season 1",
        "query.json",
    )
    # the rate was 69/s in the last hour, and grows by 1/s an hour
    assert document["values"]["chance_50_percent_in"] == pytest.approx(12 * 3600, abs=3600)
    assert any("is a counter" in line for line in document["assumptions"])
    assert any("1 reset of the counter" in line for line in document["assumptions"])


def test_a_counter_without_a_name(answer: Callable[..., dict[str, Any]]) -> None:
    values = [[1772323200 + 3600 * at, str(3600 * (7 * at + at % 3))] for at in range(60)]
    text = json.dumps([{"metric": {"job": "api"}, "values": values}])
    options = "--season 1 --horizon 12h"
    for call, file in ((f"--history requests_total.json {options}", "requests_total.json"),
                       (f"--history query.json --kind counter {options}", "query.json")):  # fmt: skip
        document = answer(text, f"forecast runout {call}", file)
        assert document["values"]["demand"] == pytest.approx(7, abs=1.5)
        assert any("is a counter" in line for line in document["assumptions"])
    level = answer(text, f"forecast runout --history query.json {options}", "query.json")
    assert any("it is read as a level (else --kind counter)" in line for line in level["assumptions"])


def test_options_without_effect_are_refused(answer: Callable[..., dict[str, Any]]) -> None:
    for words, message in (
        ("--select zone=1", "no series has the label 'zone'"),
        ("--combine sum", "combine: has no effect: there is one series"),
        ("--quantile 99%", "quantile: has no effect: the file has no buckets of a histogram"),
        ("--columns value=lod", "has no column 'lod' (did you mean load?)"),
        ("--columns size=load", "'size' is not a role of a column here"),
        ("--step 90min", "step: is 1.5 h, but the times of the history are 1 h apart"),
    ):
        document = answer(hourly("ts,load"), f"forecast runout --history load.csv {words}")
        assert document["code"] == 2
        assert message in document["error"]
    assert answer(hourly("ts,load"), "forecast runout --history load.csv --step 1h")["code"] == 0


def test_a_longer_step_takes_means_of_rates_and_sums_of_counts(answer: Callable[..., dict[str, Any]]) -> None:
    times = [f"2026-03-{1 + at // 96:02}T{at // 4 % 24:02}:{at % 4 * 15:02}" for at in range(96 * 20)]
    text = "\n".join(["ts,load", *(f"{time},{at % 4 + 10 * (at // 96)}" for at, time in enumerate(times))])
    call = "forecast runout --history load.csv --season 1 --horizon 1d --step 1d"
    document = answer(text, call)
    assert document["values"]["demand"] == pytest.approx(201.5, rel=0.01)
    assert "Each step of 24 h is the mean of 96 points of 15 min." in document["assumptions"]


def test_several_series_are_chosen_or_added(answer: Callable[..., dict[str, Any]]) -> None:
    rows = [f"2026-03-{day:02},{host},{10 * day * (2 if host == 'b' else 1)}" for day in range(1, 25) for host in "ab"]
    text = "\n".join(["day,host,load", *rows])
    call = "forecast runout --history load.csv --horizon 1d --season 1"
    refused = answer(text, call)
    assert 'has 2 series (load{host="a"}, load{host="b"}): choose one, e.g. --select host=a' in refused["error"]
    demand = [answer(text, f"{call} {words}")["values"]["demand"] for words in ("--select host=b", "--combine sum")]
    assert demand == pytest.approx([500, 750], rel=0.01)


def test_a_percentile_of_a_histogram(answer: Callable[..., dict[str, Any]]) -> None:
    result = [
        {
            "metric": {"__name__": "latency_seconds_bucket", "le": le},
            "values": [[1772323200 + 3600 * at, str(count * at)] for at in range(40)],
        }
        for le, count in (("0.1", 50), ("0.2", 100), ("+Inf", 100))
    ]
    text = json.dumps({"status": "success", "data": {"resultType": "matrix", "result": result}})
    call = "forecast runout --history query.json --season 1 --horizon 2h"
    assert "choose a percentile, e.g. --quantile 99%" in answer(text, call, "query.json")["error"]
    document = answer(text, f"{call} --quantile 90%", "query.json")
    assert document["values"]["demand"] == pytest.approx(0.18)


def test_standard_input(answer: Callable[..., dict[str, Any]], monkeypatch: pytest.MonkeyPatch) -> None:
    for call in ("--history -", "--in -"):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(hourly("ts,load").encode())))
        assert answer("", f"forecast runout {call} --horizon 5h")["code"] == 0


SIZES = """workers,rps_p99_below_250ms
1,47
1,49
1,50
2,96
2,98
2,96
4,192
4,188
4,192
8,376
8,377
8,372
16,719
16,721
16,711
32,1323
32,1341
32,1357
"""


def test_points_from_a_file_with_any_headings(answer: Callable[..., dict[str, Any]]) -> None:
    call = "usl fit --points sizes.csv --size 24"
    three = "\n".join(f"{line},{number}" for number, line in enumerate(SIZES.splitlines())).replace("ms,0", "ms,run")
    assert (
        "has no column for throughput: its columns are workers, rps_p99_below_250ms, run; choose with --columns "
        "throughput=HEADING" in answer(three, call, "sizes.csv")["error"]
    )
    alone = answer(SIZES, call, "sizes.csv")
    assert "The column rps_p99_below_250ms is taken for throughput." in alone["assumptions"]
    document = answer(three, f"{call} --columns size=workers,throughput=rps_p99_below_250ms", "sizes.csv")
    assert "Columns of 'sizes.csv' that are not used: run." in document["assumptions"]
    assert document["results"] == alone["results"]
    # the curve behind the file carries 1,044/s at 24 workers
    assert document["values"]["throughput"] == pytest.approx(1044, rel=0.01)
    assert len(next(table for table in document["tables"] if table["name"] == "points")["rows"]) == 18


def test_units_of_points(answer: Callable[..., dict[str, Any]]) -> None:
    plain = SIZES.replace("rps_p99_below_250ms", "peak")
    call = "usl fit --points sizes.csv --size 24"
    refused = answer(plain, f"{call} --columns throughput=peak", "sizes.csv")
    assert "column 'peak' has no unit: name it, e.g. --columns throughput=/s:peak" in refused["error"]
    per_minute = answer(plain, f"{call} --columns throughput=/min:peak", "sizes.csv")
    assert per_minute["values"]["throughput"] == pytest.approx(1044 / 60, rel=0.01)
    semicolons = "Knoten;Durchsatz [rps]\n" + "\n".join(
        f"{size};{rate},5" for size, rate in ((1, 48), (2, 96), (4, 190), (8, 375), (16, 717))
    )
    document = answer(semicolons, f"{call} --columns size=Knoten,throughput=Durchsatz", "sizes.csv")
    assert document["values"]["throughput"] == pytest.approx(1050, rel=0.05)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("2026-11-27 19:00 +1", "2026-11-27T18:00Z"),
        ("27.11.2026 19:00", "2026-11-27T19:00Z"),
        ("27/11/2026", "2026-11-27"),
        ("Nov 27, 2026", "2026-11-27"),
        ("20261127T190000Z", "2026-11-27T19:00Z"),
    ],
)
def test_a_time_of_an_input_has_the_forms_of_files(text: str, shown: str) -> None:
    assert show_time(TIME.read(text, "2026-03-01")) == shown


def test_a_time_with_two_readings_proposes_both() -> None:
    with pytest.raises(QuantityError, match="could have the day or the month first") as error:
        TIME.read("03/04/2026", "2026-03-01")
    assert error.value.readings == ("2026-04-03", "2026-03-04")


def test_a_misspelt_heading_of_an_optional_column_is_not_dropped(answer: Callable[..., dict[str, Any]]) -> None:
    refused = answer(
        "name,demand,vists\ncpu,20ms,2\ndisk,30ms,1\n", "bottleneck bounds --users 20 --in stations.csv", "stations.csv"
    )
    assert "has the column 'vists' (did you mean visits?): rename it" in refused["error"]
