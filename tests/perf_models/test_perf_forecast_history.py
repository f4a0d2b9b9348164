"""Demand with times and units, as in files: the grid, gaps, seasons, level shifts and outliers."""

import json
import math
import random
import shlex
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from acolytes_perf.cli import main
from acolytes_perf.inputs.demand_quantity import DEMAND_QUANTITY, demand_quantity, display_unit
from acolytes_perf.inputs.quantity import QuantityError
from acolytes_perf.inputs.timeline import TIME, TimeGrid, place_on_grid, show_time
from acolytes_perf.methods.forecasting.forecasts import METHODS
from acolytes_perf.methods.forecasting.level_shifts import find_level_shifts, remove_shift
from acolytes_perf.methods.forecasting.model_selection import additional_values, predict, select_model
from acolytes_perf.methods.forecasting.outliers import find_outliers
from acolytes_perf.references import entries
from perf_answers import document_values

AIR = [float(word) for word in entries("forecast runout")[0]["cases"][0]["inputs"]["history"].split(",")]
START = datetime(2026, 1, 5, tzinfo=timezone.utc)


@pytest.fixture
def of_file(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Callable[[str, str], dict[str, Any]]:
    """The answer to the text of a CSV file, with further words of the call."""

    def answered(text: str, words: str = "") -> dict[str, Any]:
        file = tmp_path / "demand.csv"
        file.write_text(text, encoding="utf-8")
        assert main(["forecast", "runout", "--in", str(file), "--json", *shlex.split(words)]) == 0
        document: dict[str, Any] = json.loads(capsys.readouterr().out)
        document["values"] = document_values(document)
        document["codes"] = {warning["code"]: warning["message"] for warning in document["warnings"]}
        return document

    return answered


def csv(values: list[float], step: timedelta, heading: str = "time,demand") -> str:
    rows = (f"{START + at * step:%Y-%m-%dT%H:%MZ},{value:.6g}" for at, value in enumerate(values))
    return "\n".join([heading, *rows])


def steady(count: int, seed: int = 1) -> list[float]:
    rng = random.Random(seed)
    return [400 + 0.8 * at + 50 * math.sin(2 * math.pi * at / 7) + rng.gauss(0, 12) for at in range(count)]


@pytest.mark.parametrize(
    ("raw", "normal"),
    [
        ("2026-03-01", "2026-03-01"),
        ("2026-03", "2026-03-01"),
        ("2026", "2026-01-01"),
        ("2026-03-01 14:00", "2026-03-01T14:00Z"),
        ("2026-03-01T14:00:05.25Z", "2026-03-01T14:00:05.250Z"),
        ("2026-03-01T01:30+02:00", "2026-02-28T23:30Z"),
        ("2026-03-01T14:00:00-0530", "2026-03-01T19:30Z"),
        ("2026-03-01T14:00 UTC", "2026-03-01T14:00Z"),
        (1772373600, "2026-03-01T14:00Z"),
        ("1772373600.0", "2026-03-01T14:00Z"),
        ("1772373600000", "2026-03-01T14:00Z"),
        ("1772373600000ms", "2026-03-01T14:00Z"),
        ("1772373600000000", "2026-03-01T14:00Z"),
        ("1949-12", "1949-12-01"),
    ],
)
def test_times_are_read_and_shown_in_one_form(raw: object, normal: str) -> None:
    assert TIME.show(TIME.read(raw, "2026-03-01")) == normal
    assert TIME.show(TIME.read(normal, normal)) == normal


@pytest.mark.parametrize(
    ("raw", "normal", "number", "unit"),
    [
        ("118", 118, 118, ""), ("1.2k", 1200, 1200, ""), ("250 users", 250, 250, ""),
        ("120 req/s", "120/s", 120, "1/s"),
        ("7.2k/h", "2/s", 2, "1/s"), ("90rpm", "1.5/s", 1.5, "1/s"), ("80%", "80%", 0.8, "ratio"),
        ("80 ms", "80ms", 0.08, "s"), ("5 erlang", "5 erlang", 5, "erlang"), ("40 GB", "40000000000 B", 4e10, "B"),
        ("2MiB", "2097152 B", 2097152, "B"),
    ],
)  # fmt: skip
def test_quantities_are_read_in_base_units(raw: str, normal: object, number: float, unit: str) -> None:
    read = DEMAND_QUANTITY.read(raw, "118")
    assert DEMAND_QUANTITY.show(read) == normal
    assert DEMAND_QUANTITY.show(DEMAND_QUANTITY.read(normal, "118")) == normal
    assert tuple(demand_quantity(read)) == (pytest.approx(number), unit)


def test_bytes_are_shown_in_a_unit_of_a_thousand() -> None:
    assert display_unit("B", 4e10) == ("GB", 1e9)
    assert display_unit("B", 1000.0) == ("kB", 1e3)
    assert display_unit("1/s", 4e10) == ("1/s", 1)
    with pytest.raises(QuantityError, match="unknown unit"):
        DEMAND_QUANTITY.read("4 GiBi", "118")


def test_a_month_is_a_step_whatever_its_length() -> None:
    ends = [TIME.read(text, "") for text in ("2026-01-31", "2026-02-28", "2026-03-31", "2026-05-31")]
    grid, places = place_on_grid([float(time) for time in ends])
    assert places == [0, 1, 2, 4]
    assert [show_time(grid.time_at(place)) for place in range(5)] == [
        "2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31",
    ]  # fmt: skip
    assert grid.last_index_until(float(TIME.read("2026-04-29", ""))) == 2
    assert TimeGrid(0.0, 3600).last_index_until(7200.0) == 2


def test_times_in_any_order_jitter_and_gaps_give_an_even_grid() -> None:
    times = [7200.0, 0.0, 3605.0, 18000.0, 21590.0]
    grid, places = place_on_grid(times)
    assert places == [2, 0, 1, 5, 6]
    assert grid.step == pytest.approx(3600, abs=11)


def test_hours_of_a_week_with_gaps_and_an_outlier(of_file: Callable[..., dict[str, Any]]) -> None:
    rng, hour = random.Random(3), timedelta(hours=1)
    values = []
    for at in range(24 * 7 * 3 + 24):
        time = START + at * hour
        week = 0.6 if time.weekday() > 4 else 1
        daily = 1 + 0.4 * math.sin(2 * math.pi * (time.hour - 8) / 24)
        values.append((400 + 0.15 * at) * daily * week * math.exp(rng.gauss(0, 0.03)))
    values[290] *= 3
    lines = csv(values, hour, "timestamp,load [req/s]").splitlines()
    del lines[201:204]
    document = of_file("\n".join(lines), "--set capacity=50k/min --set horizon=7d")
    assert "a season of 168 steps, steps of 1 h" in document["assumptions"][0]
    assert document["codes"]["gaps"].startswith("3 values of 528 are missing")
    assert document["codes"]["outliers"].startswith(
        "1 value far from those of other seasons is left out: 477.8/s (3.054x) on 2026-01-17T02:00Z"
    )
    assert document["values"]["backtest[rolling].mase"] < 1
    # emptied it gives the same forecast
    highest = document["values"]["highest"]
    at = next(index for index, line in enumerate(lines) if line.startswith("2026-01-17T02:00Z"))
    lines[at] = "2026-01-17T02:00Z,"
    document = of_file("\n".join(lines), "--set capacity=50k/min --set horizon=7d")
    assert document["codes"].keys() == {"gaps"}
    assert document["values"]["highest"] == pytest.approx(highest, rel=1e-9)
    assert highest == pytest.approx((400 + 0.15 * 650) * 1.4, rel=0.1)


def test_a_capacity_reached_beyond_the_horizon_is_reported_with_a_horizon_for_it(
    of_file: Callable[..., dict[str, Any]],
) -> None:
    text = csv(steady(150), timedelta(days=1))
    document = of_file(text, "--set capacity=640")
    assert "with a probability of under 0.1 %" in document["answer"]
    days = int(
        next(one["fix"] for one in document["warnings"] if one["code"] == "beyond_horizon").split()[2].split("d")[0]
    )
    assert 40 < days < 150
    again = of_file(text, f"--set capacity=640 --set horizon={days}d")
    assert again["values"]["probability_exceeded"] > 0.5
    assert "beyond_horizon" not in again["codes"]
    dated = of_file(text, "--set capacity=640 --set by=2026-06-20")
    by = next(one["fix"] for one in dated["warnings"] if one["code"] == "beyond_horizon").split()[1:3]
    assert by[0] == "--by"
    assert by[1].startswith("2026-")
    assert "beyond_horizon" not in of_file(text, f"--set capacity=640 {' '.join(by)}")["codes"]
    assert "beyond_horizon" not in of_file(text, "--set capacity=900")["codes"], "further than the history goes back"


def test_a_level_shift_is_found_reported_and_removed(of_file: Callable[..., dict[str, Any]]) -> None:
    values = steady(120)
    values[70:] = [value + 120 for value in values[70:]]
    document = of_file(csv(values, timedelta(days=1)), "--set horizon=14d")
    assert "went up by 12" in document["codes"]["level_shift"]
    assert "on 2026-03-16; only later values are fitted" in document["codes"]["level_shift"]
    assert document["values"]["demand"] == pytest.approx(400 + 0.8 * 133 + 120, abs=60)
    assert "level_shift" not in of_file(csv(values, timedelta(days=1)), "--set shifts=ignore")["codes"]
    late = steady(120)
    late[100:] = [value - 90 for value in late[100:]]
    assert (
        "shifted to the new level" in of_file(csv(late, timedelta(days=1)), "--set horizon=14d")["codes"]["level_shift"]
    )


def test_growth_seasons_and_drift_are_not_level_shifts() -> None:
    assert find_level_shifts(AIR, 12) == []
    assert find_level_shifts([2.0 * at for at in range(60)], 1) == []
    assert find_level_shifts([100.0 + 50 * (at % 7) for at in range(90)], 7) == []
    assert find_level_shifts([5.0] * 50, 1) == []
    assert find_outliers([5.0] * 50, 1) == []
    assert find_outliers(AIR, 12) == []
    assert sum(bool(find_level_shifts(steady(84, seed), 7)) for seed in range(60)) <= 3


def test_removing_a_level_shift_leaves_none() -> None:
    values = steady(100)
    values[60:] = [value + 200 for value in values[60:]]
    (shift,) = find_level_shifts(values, 7)
    assert abs(shift.position - 60) <= 1
    assert shift.size == pytest.approx(200, abs=25)
    assert find_level_shifts(remove_shift(values, shift), 7) == []


def test_a_history_too_short_for_a_week_reports_what_is_missing(of_file: Callable[..., dict[str, Any]]) -> None:
    hours = [100 + 30 * math.sin(2 * math.pi * at / 24) + (at * 7) % 11 for at in range(24 * 5)]
    document = of_file(csv(hours, timedelta(hours=1)), "--set horizon=1d")
    assert "a season of 24 steps" in document["assumptions"][0]
    assert document["codes"]["too_few_seasons"].startswith("a season of 168 steps needs two seasons")


@pytest.mark.parametrize("season", [1, 7, 24])
@pytest.mark.parametrize("held", [None, 3])
def test_the_missing_values_are_enough(season: int, held: int | None) -> None:
    for values in ([], [1.0] * 9, [1.0, None] * 20, [1.0] + [None] * 30):
        more = additional_values(values, season, held)
        assert additional_values([*values, *[1.0] * more], season, held) == 0
        assert more == 0 or additional_values([*values, *[1.0] * (more - 1)], season, held) == 1


def test_a_date_a_horizon_and_now_mean_the_same(of_file: Callable[..., dict[str, Any]]) -> None:
    text = csv(steady(70), timedelta(days=1))
    by = of_file(text, "--set capacity=520 --set by=2026-04-14")
    assert by["answer"].startswith("Demand exceeds 520 by 2026-04-14 with a probability of")
    span = of_file(text, "--set capacity=520 --set horizon=30d")
    now = of_file(text, "--set capacity=520 --set now=2026-04-01 --set horizon=13d")
    assert by["results"] == span["results"] == now["results"]
    assert by["id"] != span["id"]


def test_a_year_of_months_is_answered_in_dates(of_file: Callable[..., dict[str, Any]]) -> None:
    rows = [f"{1949 + at // 12}-{at % 12 + 1:02};{value:g}" for at, value in enumerate(AIR)]
    document = of_file("\n".join(["Month;Passengers", *rows]), "--set capacity=700 --set by=1962-12-31")
    assert "a season of 12 steps, steps of 1 month" in document["assumptions"][0]
    assert "by 1962-12-01 with a probability of" in document["answer"]
    assert "5 % on 1961-0" in document["answer"]
    assert document["warnings"] == []


@pytest.mark.parametrize(
    ("one", "other", "factor"),
    [("/s", "/min", 60), ("GB", "MB", 1000), ("s", "ms", 1000), ("%", "", 0.01), ("", "k", 0.001)],
)
def test_the_unit_changes_no_probability(
    capsys: pytest.CaptureFixture[str], one: str, other: str, factor: float
) -> None:
    values = [12.5, 13, 14, 13.5, 15, 16, 15.5, 17, 18, 17.5, 19, 20, 19.5, 21, 22, 21.5]
    rows = []
    for unit, scale in ((one, 1.0), (other, factor)):
        history = ",".join(f"{value * scale:.10g}{unit}" for value in values)
        words = f"forecast runout --json --set season=1 --set horizon=9d --set capacity={28 * scale:.10g}{unit}"
        assert main([*words.split(), "--set", f"history={history}"]) == 0
        results = json.loads(capsys.readouterr().out)["results"]
        rows.append([result["value"] for result in results if result["name"].startswith(("prob", "chance", "rolling"))])
    assert all(row == pytest.approx(rows[0], rel=1e-6) for row in rows)


def test_rows_without_values_at_the_end_are_not_gaps(of_file: Callable[..., dict[str, Any]]) -> None:
    text = csv(steady(60), timedelta(days=1))
    later = "\n".join(f"{START + at * timedelta(days=1):%Y-%m-%d}," for at in range(60, 90))
    assert of_file(f"{text}\n{later}\n")["results"] == of_file(text)["results"]


def test_values_before_a_long_gap_are_used(of_file: Callable[..., dict[str, Any]]) -> None:
    """The last values alone would be too few."""
    lines = csv(steady(4500), timedelta(days=1)).splitlines()
    document = of_file("\n".join([*lines[:2300], *lines[-4:]]), "--set horizon=9d --set method=line")
    assert document["codes"]["gaps"].startswith("2197 values of 4500 are missing")
    assert document["values"]["demand"] == pytest.approx(400 + 0.8 * 4508, rel=0.02)


def test_an_exceeded_capacity_and_a_long_horizon_are_warned_of(of_file: Callable[..., dict[str, Any]]) -> None:
    document = of_file(csv(steady(60), timedelta(days=1)), "--set capacity=100 --set horizon=90d")
    assert {"already_exceeded", "beyond_backtest"} <= set(document["codes"])
    assert document["values"]["probability_exceeded"] == 1


def test_intervals_cover_the_future(request: pytest.FixtureRequest) -> None:
    """A short form of bench/perf_coverage_forecast.py: autocorrelated errors, and a line that does not turn."""
    trials, inside, total = (60 if request.config.getoption("--full") else 6), 0, 0
    for trial in range(trials):
        rng, error, series = random.Random(trial), 0.0, []
        for at in range(98):
            error = (0.6 if trial % 2 else 0.0) * error + rng.gauss(0, 12)
            series.append(400 + 0.8 * at + 50 * math.sin(2 * math.pi * at / 7) + error)
        selection = select_model(series[:84], [7, 1], METHODS, None, adjust_shifts=True)
        assert selection is not None
        limits = predict(selection, 14, trial).intervals
        rows = list(zip(series[84:], limits, strict=True))
        inside += sum(low <= value <= high for value, (low, high) in rows)
        total += len(rows)
    assert 0.88 <= inside / total <= 1


@pytest.mark.parametrize("heading", ["history", "History [/s]", "value [/s]", "requests (/s)", ""])
def test_a_column_is_taken_by_its_heading_the_tables_name_or_without_any(
    of_file: Callable[..., dict[str, Any]], heading: str
) -> None:
    figures = [str(100 + at) for at in range(28)]
    assert 127 < of_file("\n".join([heading, *figures] if heading else figures), "")["values"]["demand"] < 160


@pytest.mark.parametrize("heading", ["date,peak,low", "when,peak,low"])
def test_several_columns_of_numbers_without_a_name_of_demand_are_refused(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, heading: str
) -> None:
    file = tmp_path / "demand.csv"
    file.write_text("\n".join([heading, *(f"2026-01-{day:02},5,3" for day in range(1, 31))]))
    assert main(["forecast", "runout", "--in", str(file)]) == 2
    assert "has 2 series (peak, low): choose one, e.g. --columns value=peak" in capsys.readouterr().err
    assert main(["forecast", "runout", "--in", str(file), "--columns", "value=low"]) == 0
