"""Every statistical function agrees with scipy or numpy, or another test covers it."""

from __future__ import annotations

import importlib
import inspect
import math
from collections.abc import Callable, Iterator

import pytest
from scipy import stats

from acolytes_perf.methods.forecasting import forecasts, holt_winters
from perf_scipy_oracles import ORACLES, SERIES, Pair


@pytest.mark.parametrize(("oracle", "relative", "absolute"), ORACLES, ids=[entry[0].__name__ for entry in ORACLES])
def test_the_oracle_agrees(oracle: Callable[[], Iterator[Pair]], relative: float, absolute: float) -> None:
    pairs = list(oracle())
    assert pairs
    for index, pair in enumerate(pairs):
        assert math.isclose(pair.ours, pair.theirs, rel_tol=relative, abs_tol=absolute), (index, pair)


def test_the_first_step_of_simulated_futures_has_a_t_distribution() -> None:
    model = holt_winters.fit_holt_winters(SERIES[:25], 4, multiplicative=False)
    expected = forecasts.point_forecast(model, 1)[0]
    scores = [(path[0] - expected) / model.residual_sd for path in forecasts.simulate_paths(model, 1, 4000, 1)]
    assert stats.kstest(scores, "t", args=(model.degrees_of_freedom,)).pvalue > 0.01
    assert stats.kstest(scores, "norm").pvalue < 0.01


#: Functions of the statistical modules that another test covers: reference values, R's HoltWinters, or simulations.
ELSEWHERE = {
    "reliability.availability": {"availability_from_times", "alternatives_unavailability", "series_unavailability"},
    "forecasting.forecasts": {
        "fit_method", "apply_method", "simulate_paths", "prediction_intervals",
        "exceedance_probabilities", "backtest", "seasonal_naive_mae",
    },
    "forecasting.fixed_season": {"apply_fixed_season"},
    "forecasting.holt_winters": {"fit_seasonal_naive", "search_weights", "smooth"},
    "latency.percentiles": {"correct_coordinated_omission", "required_requests"},
    "forecasting.level_shifts": {"find_level_shifts", "remove_shift"},
    "forecasting.outliers": {"find_outliers", "has_relative_noise"},
    "reliability.low_traffic": {
        "threshold_errors", "false_alerts_per_month", "false_counts_per_month", "count_threshold", "errors_to_fire",
        "outage_detection_time", "min_requests_for_ratio",
    },
    "queueing.mmc": {"min_servers", "max_load"},
    "comparison.runs": {"sample_from_moments", "required_runs"},
    "capacity.scalability": {"contention_for_speedup", "require_points"},
    "forecasting.smoothing_model": {"infeasible_model"},
}  # fmt: skip


@pytest.mark.parametrize("name", [
    "capacity.event_demand", "capacity.scalability", "comparison.runs", "forecasting.fixed_season",
    "forecasting.forecasts", "forecasting.holt_winters", "forecasting.level_shifts", "forecasting.outliers",
    "forecasting.seasonal_line", "forecasting.smoothing_model", "latency.percentiles", "queueing.mmc",
    "reliability.availability", "reliability.low_traffic", "statistics.sample_size", "statistics.student_t",
])  # fmt: skip
def test_every_statistical_function_has_an_oracle(name: str) -> None:
    module = importlib.import_module(f"acolytes_perf.methods.{name}")
    functions = {
        key for key, value in inspect.getmembers(module, inspect.isfunction)
        if value.__module__ == module.__name__ and not key.startswith("_")
    }  # fmt: skip
    source = "".join(inspect.getsource(entry[0]) for entry in ORACLES)
    checked = {function for function in functions if f"{name.rpartition('.')[2]}.{function}(" in source}
    assert functions - checked == ELSEWHERE.get(name, set())
