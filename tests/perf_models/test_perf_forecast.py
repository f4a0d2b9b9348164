"""Forecasts against R's figures, what a capacity is exceeded by, gaps, and intervals that hold what they promise."""

import json
import math
import random
import xml.etree.ElementTree as ET
from typing import Any

import pytest

from acolytes_perf.cli import main
from acolytes_perf.commands.forecast_runout import COMMAND
from acolytes_perf.forecasting import backtest, exceeded_by, fit, forecast, futures
from acolytes_perf.references import entries

AIR = [float(word) for word in entries("forecast runout")[0]["cases"][0]["inputs"]["history"].split(",")]


def test_the_least_squares_are_rs() -> None:
    found = fit(AIR, 12, "multiplicative")
    assert found.squares == pytest.approx(16570.778, abs=1e-3)
    assert found.weights == pytest.approx((0.2755925, 0.03269295, 0.8707292), abs=2e-4)


def test_the_seasonal_naive_backtest_is_rs() -> None:
    found = backtest(AIR, 12, "seasonal_naive", 24, 100, 1)
    assert found.mase == pytest.approx(2.4935191, rel=1e-6)
    assert found.coverage == 0.625


def test_a_straight_line_goes_on_for_ever_through_a_gap() -> None:
    values = [None if at == 9 else 10.0 + 2 * at for at in range(30)]
    assert forecast(fit(values, 1, "additive"), 3) == pytest.approx([70, 72, 74])


def test_once_exceeded_is_exceeded() -> None:
    assert exceeded_by([[1.0, 5.0, 1.0], [1.0, 1.0, 1.0]], 4) == [0, 0.5, 0.5]
    paths = futures(fit(AIR, 12, "multiplicative"), 24, 300, 1)
    shares = [exceeded_by(paths, capacity) for capacity in (500.0, 650.0, 800.0)]
    assert all(row == sorted(row) for row in shares)
    assert shares[0][-1] >= shares[1][-1] >= shares[2][-1]


def test_the_answer_ends_in_a_probability_and_a_time(capsys: pytest.CaptureFixture[str]) -> None:
    words = [word for name, value in COMMAND.example.items() for word in ("--set", f"{name}={value}")]
    assert main(["forecast", "runout", "--json", *words]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    values = {result["name"]: result["value"] for result in found["results"]}
    assert 0 < values["probability_exceeded"] < 1
    assert 0 < values["probability_reached_in"] <= 30 * 86400
    assert main(["forecast", "runout", "--format", "svg", *words]) == 0
    assert ET.fromstring(capsys.readouterr().out).findall("{*}path[@class='band']")


def test_intervals_hold_the_values_held_back(request: pytest.FixtureRequest) -> None:
    """A short form of bench/perf_coverage.py."""
    trials, season = (200 if request.config.getoption("--full") else 30), 7
    rng, total = random.Random(5), 0.0
    for trial in range(trials):
        level, values = 500.0, []
        for at in range(10 * season):
            error = rng.gauss(0, 15)
            values.append(level + 60 * math.sin(2 * math.pi * at / season) + error)
            level += 1 + 0.3 * error
        total += backtest(values, season, "additive", 2 * season, 300, trial).coverage
    assert 0.88 <= total / trials <= 0.99
