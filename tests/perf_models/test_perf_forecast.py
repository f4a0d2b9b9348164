"""Forecasts against R's figures, exceedance of a capacity, and selection by backtest."""

import itertools
import json
import math
import random
import shlex
import xml.etree.ElementTree as ET
from typing import Any

import pytest

from acolytes_perf.cli import main
from acolytes_perf.commands.forecast_runout import COMMAND
from acolytes_perf.methods.forecasting import holt_winters
from acolytes_perf.methods.forecasting.forecasts import (
    METHODS,
    apply_method,
    backtest,
    exceedance_probabilities,
    fit_method,
    interval_half_widths,
    point_forecast,
    prediction_intervals,
    simulate_paths,
)
from acolytes_perf.methods.forecasting.model_selection import predict, select_model
from acolytes_perf.methods.forecasting.smoothing_model import SmoothingModel
from acolytes_perf.outputs.command_line import call
from acolytes_perf.references import entries
from perf_answers import document_values

AIR = [float(word) for word in entries("forecast runout")[0]["cases"][0]["inputs"]["history"].split(",")]
EXAMPLE = call(COMMAND.name, COMMAND.example).removeprefix("acolytes-perf ")


def answer(capsys: pytest.CaptureFixture[str], words: str) -> dict[str, Any]:
    assert main([*shlex.split(words), "--json"]) == 0
    result: dict[str, Any] = json.loads(capsys.readouterr().out)
    result["values"] = document_values(result)
    return result


def test_the_sum_of_squares_equals_that_of_r() -> None:
    result = fit_method(AIR, 12, "multiplicative")
    assert result.sum_of_squares == pytest.approx(16570.778, abs=1e-3)
    assert result.weights == pytest.approx((0.2755925, 0.03269295, 0.8707292), abs=2e-4)


def test_the_seasonal_naive_backtest_equals_that_of_r() -> None:
    result = backtest(AIR, 12, "seasonal_naive", 24, 100, 1)
    assert result.mase == pytest.approx(2.4935191, rel=1e-6)
    assert result.coverage == 0.625


@pytest.mark.parametrize("method", METHODS)
def test_applying_fitted_weights_gives_the_fitted_model(method: str) -> None:
    result = fit_method(AIR, 12, method)
    assert apply_method(AIR, 12, method, result.weights) == result


def test_a_straight_line_continues_through_a_gap() -> None:
    values = [None if at == 9 else 10.0 + 2 * at for at in range(30)]
    assert point_forecast(fit_method(values, 1, "additive"), 3) == pytest.approx([70, 72, 74])


@pytest.mark.parametrize("method", ["additive", "multiplicative", "damped", "fixed_season"])
def test_half_widths_by_variance_equal_those_of_simulated_futures(method: str) -> None:
    model = fit_method(AIR, 12, method)
    limits = prediction_intervals(model, simulate_paths(model, 12, 2000, 3))
    halves = [(high - low) / 2 for low, high in limits]
    assert interval_half_widths(model, 12) == pytest.approx(halves, rel=0.12)


def test_a_damped_trend_fades() -> None:
    forecast = point_forecast(fit_method([10.0 + 2 * at for at in range(30)], 1, "damped"), 60)
    changes = [later - now for now, later in itertools.pairwise(forecast)]
    assert changes[0] > 0
    assert [later / now for now, later in itertools.pairwise(changes[:10])] == pytest.approx([0.9] * 9)
    assert changes[-1] == pytest.approx(0, abs=0.02)


def test_a_fixed_season_follows_the_level_without_a_trend() -> None:
    rng, level, values = random.Random(4), 100.0, []
    for at in range(80):
        level += rng.gauss(0, 3)
        values.append(level + (8, -3, -4, -1)[at % 4])
    forecast = point_forecast(fit_method(values, 4, "fixed_season"), 8)
    assert forecast[:4] == pytest.approx(forecast[4:])
    assert forecast[0] - forecast[1] == pytest.approx(11, abs=1.5)
    assert sum(forecast[:4]) / 4 == pytest.approx(level, abs=2)


def test_an_additive_line_is_fitted_through_gaps() -> None:
    values = [None if at in (5, 33) else 10.0 + 2 * at + (0, 5, -5)[at % 3] for at in range(40)]
    result = fit_method(values, 3, "line")
    assert point_forecast(result, 3) == pytest.approx([95, 87, 94])
    assert result.sum_of_squares == pytest.approx(0, abs=1e-9)


def test_a_multiplicative_line_is_fitted_through_gaps() -> None:
    values = [None if at in (5, 33) else (10.0 + 2 * at) * (0.9, 1.3, 0.8)[at % 3] for at in range(40)]
    result = fit_method(values, 3, "multiplicative_line")
    assert point_forecast(result, 3) == pytest.approx([90 * 1.3, 92 * 0.8, 94 * 0.9])
    assert result.sum_of_squares == pytest.approx(0, abs=1e-9)


def test_the_unit_of_a_multiplicative_line_changes_nothing_else() -> None:
    rng = random.Random(4)
    values = [(100 + at) * (0.8, 1.2)[at % 2] * (1 + rng.gauss(0, 0.03)) for at in range(40)]
    one = fit_method(values, 2, "multiplicative_line")
    for factor in (1e-300, 1e-9, 1e200):
        other = fit_method([value * factor for value in values], 2, "multiplicative_line")
        assert [value / factor for value in point_forecast(other, 4)] == pytest.approx(point_forecast(one, 4))
        assert [value / factor for value in interval_half_widths(other, 4)] == pytest.approx(
            interval_half_widths(one, 4)
        )
        assert other.minus_2_log_likelihood == pytest.approx(one.minus_2_log_likelihood + 80 * math.log(factor))


def test_half_widths_of_a_multiplicative_line_equal_those_of_simulated_futures() -> None:
    rng = random.Random(4)
    values = [(100 + at) * (0.8, 1.2)[at % 2] * (1 + rng.gauss(0, 0.03)) for at in range(40)]
    result = fit_method(values, 2, "multiplicative_line")
    limits = prediction_intervals(result, simulate_paths(result, 20, 4000, 1))
    expected = [(limits[step][1] - limits[step][0]) / 2 for step in (0, 1, 9, 19)]
    assert [interval_half_widths(result, 20)[step] for step in (0, 1, 9, 19)] == pytest.approx(expected, rel=0.08)
    assert interval_half_widths(result, 2)[1] > 1.3 * interval_half_widths(result, 2)[0], (
        "what is larger varies by more"
    )


@pytest.mark.parametrize("shares", [True, False])
def test_the_line_with_the_higher_likelihood_is_selected(*, shares: bool) -> None:
    rng, right = random.Random(3), 0
    for _ in range(20):
        values = []
        for at in range(48):
            line, season = 1000 + 15 * at, 0.2 * (at % 12 in (10, 11))
            size = line if shares else 1000
            values.append(line + season * size + rng.gauss(0, 0.02) * size)
        result = select_model(values, [12, 1], ("line", "multiplicative_line"), None, adjust_shifts=True)
        right += result is not None and (result.best.method == "multiplicative_line") == shares
    assert right >= 15


def test_values_at_0_exclude_the_multiplicative_line() -> None:
    falling = [max(1.0, 100.0 - 9 * at) for at in range(40)]
    assert fit_method(falling, 1, "multiplicative_line").residual_sd == math.inf
    result = select_model([*falling, 0.0], [1], METHODS, None, adjust_shifts=True)
    assert result is not None
    assert result.best.method not in ("multiplicative", "multiplicative_line")


def test_the_interval_of_a_line_is_that_of_its_regression() -> None:
    """Without a season: t s sqrt(1 + 1/n + (h + n/2)^2 / Sxx), Draper and Smith, chapter 3."""
    rng, count = random.Random(2), 40
    values = [5.0 + 0.3 * at + rng.gauss(0, 1) for at in range(count)]
    result = fit_method(values, 1, "line")
    spread = count * (count**2 - 1) / 12
    deviation = math.sqrt(result.sum_of_squares / (count - 2))
    middle = (count - 1) / 2
    expected = [
        2.02439 * deviation * math.sqrt(1 + 1 / count + (count - 1 + step - middle) ** 2 / spread)
        for step in (1, 5, 20)
    ]
    assert [interval_half_widths(result, 20)[step - 1] for step in (1, 5, 20)] == pytest.approx(expected, rel=0.01)
    limits = prediction_intervals(result, simulate_paths(result, 20, 4000, 1))
    assert [(limits[step - 1][1] - limits[step - 1][0]) / 2 for step in (1, 5, 20)] == pytest.approx(expected, rel=0.08)


def test_a_line_is_not_selected_where_the_level_drifts() -> None:
    rng, level, values = random.Random(5), 600.0, []
    for _ in range(80):
        level += 0.5 + rng.gauss(0, 6)
        values.append(level)
    assert fit_method(values, 1, "line").residual_autocorrelation > 3
    result = select_model(values, [1], METHODS, None, adjust_shifts=True)
    assert result is not None
    assert result.best.method != "line"


def test_exceedance_probabilities_never_decrease() -> None:
    assert exceedance_probabilities([[1.0, 5.0, 1.0], [1.0, 1.0, 1.0]], 4) == [0, 0.5, 0.5]


def test_a_longer_path_starts_as_a_shorter_one() -> None:
    model = fit_method(AIR, 12, "multiplicative")
    assert [path[:5] for path in simulate_paths(model, 9, 20, 4)] == simulate_paths(model, 5, 20, 4)
    assert simulate_paths(model, 5, 20, 5) != simulate_paths(model, 5, 20, 4)


def test_more_capacity_is_never_more_likely_exceeded_and_more_time_never_less(request: pytest.FixtureRequest) -> None:
    """About 1,000 pairs of a capacity and a horizon; a hundred times as many in full."""
    rng, series = random.Random(7), 60 if request.config.getoption("--full") else 4
    for trial in range(series):
        season = rng.choice((1, 5, 7))
        values = [
            300 + rng.uniform(-1, 3) * at + 40 * math.sin(at * 6.28 / season) + rng.gauss(0, 20) for at in range(50)
        ]
        result = select_model(values, [season], METHODS, None, adjust_shifts=True)
        assert result is not None
        paths = {steps: predict(result, steps, trial).paths for steps in (6, 14, 30)}
        capacities = sorted(rng.uniform(100, 800) for _ in range(8))
        shares = {
            steps: [exceedance_probabilities(one, capacity) for capacity in capacities] for steps, one in paths.items()
        }
        for rows in shares.values():
            assert all(row == sorted(row) for row in rows)
            assert all(column == sorted(column, reverse=True) for column in map(list, zip(*rows, strict=True)))
        for shorter, longer in ((6, 14), (14, 30)):
            assert [row[:shorter] for row in shares[longer]] == shares[shorter]


def test_the_answer_gives_a_probability_and_its_times(capsys: pytest.CaptureFixture[str]) -> None:
    result = answer(capsys, EXAMPLE)
    values = result["values"]
    assert 0.05 < values["probability_exceeded"] < 0.5
    assert 0 < values["chance_5_percent_in"] <= 30 * 86400
    assert values["chance_50_percent_in"] is None
    assert "50 % not within the horizon" in result["answer"]
    assert answer(capsys, EXAMPLE) == result
    assert answer(capsys, EXAMPLE + " --set seed=2")["id"] != result["id"]


def test_without_a_capacity_the_answer_is_demand_alone(capsys: pytest.CaptureFixture[str]) -> None:
    result = answer(capsys, "forecast runout --set history=5,6,7,8,9,10,11,12 --set season=1 --set horizon=2d")
    assert result["answer"].startswith("Within 48 h demand is expected to be 14 (95 % interval 14 to 14")
    assert "probability_exceeded" not in result["values"]


def test_the_better_of_model_and_naive_is_selected_and_named(capsys: pytest.CaptureFixture[str]) -> None:
    air = ",".join(f"{value:g}" for value in AIR)
    result = answer(capsys, f"forecast runout --set history={air} --set season=12 --set held_out=24")
    assert result["values"]["backtest[rolling].mase"] < result["values"]["backtest[seasonal_naive].mase"]
    assert "Method multiplicative, a season of 12 steps" in result["assumptions"][0]
    assert "chosen by rolling backtest (seasonal_naive is " in result["assumptions"][0]
    naive = answer(capsys, f"forecast runout --set history={air} --set season=12 --set method=seasonal_naive")
    assert naive["values"]["backtest[rolling].mase"] == naive["values"]["backtest[seasonal_naive].mase"]
    assert "chosen" not in naive["assumptions"][0]
    steps = select_model([100.0 + 50 * (at % 7) for at in range(40)], [7], METHODS, None, adjust_shifts=True)
    assert steps is not None
    assert steps.best.mean_absolute_error == pytest.approx(0, abs=1e-6)


def test_intervals_with_too_little_coverage_are_widened() -> None:
    """Autocorrelated errors, which a naive forecast with independent steps does not expect."""
    rng, error, values = random.Random(3), 0.0, []
    for at in range(160):
        error = 0.97 * error + rng.gauss(0, 1)
        values.append(200 + at + error)
    result = select_model(values, [1], ["seasonal_naive"], 20, adjust_shifts=False)
    assert result is not None
    assert result.best.interval_scale > 1.3
    assert 0.5 < result.best.coverage <= 1
    plain, wide = prediction_intervals(result.model, [[0.0] * 5]), predict(result, 5, 1).intervals
    assert [high - low for low, high in wide] == pytest.approx(
        [result.best.interval_scale * (high - low) for low, high in plain]
    )


def test_the_chart_has_history_forecast_band_and_capacity(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*shlex.split(EXAMPLE), "--format", "svg"]) == 0
    chart = ET.fromstring(capsys.readouterr().out)
    assert chart.findall("{*}path[@class='band']")
    assert chart.findall("{*}path[@class='rule']")
    assert len(chart.findall("{*}path[@class='line dashed']")) == 1
    words = " ".join("".join(text.itertext()) for text in chart.findall("{*}text"))
    assert all(word in words for word in ("history", "forecast", "95 %", "capacity"))


def test_a_flat_valley_of_weights_ends_the_search(monkeypatch: pytest.MonkeyPatch) -> None:
    """Daily traffic under a weekly season: the weights of trend and season fit alike along a line."""
    calls = 0
    original = holt_winters.smooth

    def counted(*args: Any, **options: Any) -> SmoothingModel:
        nonlocal calls
        calls += 1
        return original(*args, **options)

    monkeypatch.setattr(holt_winters, "smooth", counted)
    values: list[float | None] = [
        round((100 + 50 * math.sin((hour % 24 - 12) / 12 * math.pi)) * (1 + 0.03 * math.sin(hour * hour)), 2)
        for hour in range(588)
    ]
    holt_winters.fit_holt_winters(values, 168, multiplicative=True)
    assert calls < 10_000
