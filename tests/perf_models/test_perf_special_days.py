"""Outliers, special days and a calendar: what one day does to a forecast, and what was exceeded in the history."""

import json
import math
import random
import shlex
from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from acolytes_perf.cli import main
from acolytes_perf.methods.forecasting.outliers import find_outliers
from acolytes_perf.methods.forecasting.special_days import SpecialDay, effects, without_days
from perf_answers import document_values

START = datetime(2026, 1, 5, tzinfo=timezone.utc)
Answer = Callable[[str, str], dict[str, Any]]


@pytest.fixture
def answered(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Answer:
    def answer(csv: str, words: str) -> dict[str, Any]:
        (tmp_path / "load.csv").write_text(csv)
        call = f"forecast runout --history {tmp_path}/load.csv {words} --json"
        assert main(shlex.split(call)) == 0
        document: dict[str, Any] = json.loads(capsys.readouterr().out)
        document["values"] = document_values(document)
        document["warned"] = {warning["code"]: warning["message"] for warning in document["warnings"]}
        return document

    return answer


def hours(weeks: int, seed: int, special: range, factor: float) -> str:
    """Hours that grow by 1.5 % a week, with a day of hours that differs."""
    rng, lines = random.Random(seed), ["time,load"]
    for hour in range(weeks * 168):
        time = START + timedelta(hours=hour)
        daily = 1 + 0.4 * math.sin(2 * math.pi * (time.hour - 8) / 24)
        value = 750 * 1.015 ** (hour / 168) * daily * (0.8 if time.weekday() > 4 else 1) * math.exp(rng.gauss(0, 0.02))
        lines.append(f"{time:%Y-%m-%dT%H:%MZ},{value * (factor if hour in special else 1):.2f}")
    return "\n".join(lines)


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("factor", [1.8, 0.3])
def test_one_special_day_does_not_change_the_forecast(seed: int, factor: float, answered: Answer) -> None:
    special = range(40 * 24, 41 * 24)
    document = answered(hours(9, seed, special, factor), "--capacity 1600")
    highest = next(result for result in document["results"] if result["name"] == "highest")
    # two weeks ahead at 14:00, with the highest of ten errors of 2 %
    truth = 750 * 1.015**10.9 * 1.4 * 1.03
    assert highest["value"] == pytest.approx(truth, rel=0.03)
    assert highest["ci"][0] < truth < highest["ci"][1]
    assert document["values"]["probability_exceeded"] == 0
    assert document["warned"]["outliers"].startswith("24 values far from those of other seasons are left out: ")
    assert "from 2026-02-14 to 2026-02-14T23:00Z" in document["warned"]["outliers"]
    ordinary = answered(hours(9, seed, range(0), 1), "--capacity 1600")
    assert "outliers" not in ordinary["warned"]
    assert highest["value"] == pytest.approx(ordinary["values"]["highest"], rel=0.02)


def test_outliers_that_are_kept_widen_the_forecast(answered: Answer) -> None:
    text = hours(9, 1, range(40 * 24, 41 * 24), 1.8)
    assert "outliers" not in answered(text, "--outliers keep")["warned"]


def days(values: list[float]) -> str:
    return "\n".join(["time,load", *(f"{date(2026, 1, 1) + timedelta(days=at)},{v}" for at, v in enumerate(values))])


def test_what_was_exceeded_in_the_history_is_said(answered: Answer) -> None:
    rng = random.Random(5)
    values = [rng.gauss(50, 2) for _ in range(59)]
    values.insert(57, 95)
    document = answered(days(values), "--capacity 90")
    said = "emand was above the capacity in 1 of 60 steps, the last time with 95 on 2026-02-27"
    assert said in document["answer"]
    assert said in document["warned"]["exceeded_in_history"]
    assert document["values"]["steps_exceeded"] == 1
    assert document["values"]["demand"] == pytest.approx(50, abs=3)


@pytest.mark.parametrize("heading", ["ts,load", "date_time,load", "week,load"])
def test_an_unknown_heading_of_times_is_read(heading: str, answered: Answer) -> None:
    lines = [f"{START + timedelta(hours=at):%Y-%m-%d %H:%M},{100 + 2 * at}" for at in range(24)]
    document = answered("\n".join([heading, *lines]), "--capacity 140 --season 1 --horizon 24h")
    assert "steps of 1 h" in document["assumptions"][0]
    # 146 is the last value; hour 21 was the first above 140
    assert document["values"]["steps_exceeded"] == 3
    below = answered("\n".join([heading, *lines]), "--capacity 181 --season 1 --horizon 24h")
    assert below["values"]["chance_50_percent_in"] == 18 * 3600


def test_a_run_at_the_end_is_no_outlier_and_recurring_ones_are_none() -> None:
    rng = random.Random(2)
    values = [rng.gauss(50, 1) for _ in range(90)]
    values[-3:] = [80, 81, 80]
    assert find_outliers(values, 7) == []
    values = [rng.gauss(50, 1) + (30 if at % 30 == 5 else 0) for at in range(150)]
    assert find_outliers(values, 7) == []
    values[35] -= 30
    values[65] -= 30
    values[100] += 30
    assert [run.start for run in find_outliers(values, 7)] == [5, 95, 100, 125]


def test_series_without_outliers_have_none() -> None:
    found = 0
    for seed in range(40):
        rng, level, values = random.Random(seed), 500.0, []
        for at in range(168):
            level += rng.gauss(0, 3)
            values.append(level + 40 * math.sin(2 * math.pi * at / 7) + rng.gauss(0, 10))
        found += bool(find_outliers(values, 7))
    assert found <= 2


def sales(effect: float, past: tuple[int, ...], spread: float = 0.01) -> list[float]:
    rng, values = random.Random(9), []
    for at in range(300):
        value = (100 + 0.1 * at) * (1, 1, 1, 1, 1.1, 0.8, 0.7)[at % 7] * rng.gauss(1, 0.02)
        values.append(value * (effect * math.exp(rng.gauss(0, spread)) if at in past else 1))
    return values


def test_a_calendar_carries_the_effect_of_past_days_to_later_ones(answered: Answer) -> None:
    past = (72, 163, 254)
    names = [f"{date(2026, 1, 1) + timedelta(days=at)}:sale" for at in (*past, 330)]
    document = answered(days(sales(2, past)), f"--calendar {','.join(names)} --by 2026-12-05 --capacity 200")
    ordinary = (100 + 0.1 * 330) * (1, 1, 1, 1, 1.1, 0.8, 0.7)[330 % 7]
    assert document["values"]["highest"] == pytest.approx(2 * ordinary, rel=0.06)
    assert document["values"]["chance_50_percent_in"] == (330 - 299) * 86400
    assert "outliers" not in document["warned"]
    assert any("A day of sale has" in line and "3 past days" in line for line in document["assumptions"])
    without = answered(days(sales(2, past)), f"--calendar {','.join(names[:3])} --by 2026-12-05")
    assert without["values"]["highest"] < 1.3 * ordinary


def test_days_of_a_calendar_without_a_past_are_warned_of(answered: Answer) -> None:
    text = days(sales(1, ()))
    assert "days of sale have no past day" in answered(text, "--calendar 2026-11-03:sale")["warned"]["unknown_day"]
    one = answered(text, "--calendar 2026-03-03:sale,2026-11-03:sale")["warned"]
    assert "have one past day" in one["one_past_day"]


def test_the_effect_of_a_day_is_its_factor() -> None:
    values: list[float] = [100.0] * 40
    values[10], values[20] = 200.0, 300.0
    days_ = [SpecialDay("sale", range(10, 11)), SpecialDay("sale", range(20, 21)), SpecialDay("", range(30, 31))]
    result = effects(values, 7, days_)
    assert set(result) == {"sale"}
    assert result["sale"].factor == pytest.approx(math.sqrt(6))
    assert without_days(values, days_)[30] is None
