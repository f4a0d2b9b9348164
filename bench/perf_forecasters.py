"""Compares the forecasts of `forecast runout` with statsforecast and Prophet: error (MASE) and coverage side by side.

Three groups of series: public ones that packages ship, the 12 simulated kinds of `perf_coverage_forecast.py`, and the
same with one special day (a value, or a day of hours, at 1.8 times). Each tool gets the same history and forecasts
the same held-out end. MASE is the mean absolute error over that of repeating the season within the history; coverage
is the share of held-out values inside the 95 % intervals. The exit code is 1 when the mean of our MASE over the three
groups is above that of another tool.

The tools need an interpreter of their own: `pip install statsforecast prophet statsmodels pmdarima vega_datasets`.

    python bench/perf_forecasters.py --python /path/to/bin/python [--trials 5] [--json]
"""

from __future__ import annotations

import argparse
import json
import math
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, NamedTuple

from perf_coverage_forecast import KINDS  # type: ignore[import-not-found]

from acolytes_perf.methods.forecasting.forecasts import METHODS, seasonal_naive_mae
from acolytes_perf.methods.forecasting.model_selection import additional_values, predict, select_model

CHILD = Path(__file__).with_name("perf_forecasters_child.py")
OURS = "forecast runout"
SPECIAL_DAY = 1.8
#: Steps of a day and a week, where the season is a week.
DAYS = {168: 24, 336: 48}


class Case(NamedTuple):
    """A series to forecast: a group, a name, steps in a season, the history, and the held-out values."""

    group: str
    name: str
    season: int
    history: list[float]
    future: list[float]


class Score(NamedTuple):
    """MASE, and the share of values inside the intervals."""

    mase: float
    coverage: float


def simulated(trials: int) -> list[Case]:
    """Series of each kind, without and with a special day."""
    cases = []
    for name, kind in KINDS.items():
        rng, count, ahead = random.Random(name), kind.season * kind.seasons, max(2 * kind.season, 12)
        for _ in range(trials):
            series = kind.make(rng, count + ahead, kind.season)
            history, future = series[:count], series[count:]
            cases.append(Case("simulated", name, kind.season, history, future))
            length = 24 if kind.season == 24 else 1
            start = rng.randrange(count // 3, count - 4 * max(3, kind.season) // 3) // length * length
            special = [
                value * SPECIAL_DAY if start <= at < start + length else value for at, value in enumerate(history)
            ]
            cases.append(Case("with a special day", name, kind.season, special, future))
    return cases


def public(python: str) -> list[Case]:
    """The public series, of which two seasons are held out, at most a fifth."""
    cases = []
    for series in _ask(python, {"do": "series"}):
        values, season = series["values"], series["season"]
        ahead = min(len(values) // 5, max(12, 2 * season if season < 100 else season))
        cases.append(Case("public", series["name"], season, values[:-ahead], values[-ahead:]))
    return cases


def ours(case: Case) -> list[list[float]]:
    """Mean and limits by `forecast runout`."""
    day = DAYS.get(case.season, case.season if case.season == 24 else 1)
    seasons = sorted({case.season, day, 1}, reverse=True)
    usable = [season for season in seasons if not additional_values(case.history, season)]
    selection = select_model(case.history, usable, METHODS, None, adjust_shifts=True, day=day)
    assert selection is not None
    prediction = predict(selection, len(case.future), 1)
    lows, highs = zip(*prediction.intervals, strict=True)
    return [prediction.expected, list(lows), list(highs)]


def score(case: Case, forecast: list[list[float]]) -> Score:
    """Error and coverage of a forecast."""
    mean, lows, highs = forecast
    scale = seasonal_naive_mae(case.history, case.season)
    errors = [abs(value - expected) for value, expected in zip(case.future, mean, strict=True)]
    inside = [low <= value <= high for value, low, high in zip(case.future, lows, highs, strict=True)]
    return Score(math.fsum(errors) / len(errors) / scale, sum(inside) / len(inside))


def _ask(python: str, request: dict[str, Any]) -> Any:
    run = subprocess.run([python, str(CHILD)], input=json.dumps(request), stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(run.stdout)


def _mean(scores: list[Score]) -> Score:
    return Score(*(math.fsum(values) / len(values) for values in zip(*scores, strict=True)))


def main(argv: list[str] | None = None) -> int:
    """Forecast with all tools, print the tables, and return 1 where ours is worse in the mean."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--python", required=True, help="an interpreter that has the other tools")
    parser.add_argument("--trials", type=int, default=5, help="simulated series of each kind (default: 5)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args(argv)
    cases = public(options.python) + simulated(options.trials)
    start = time.perf_counter()
    own = [ours(case) for case in cases]
    seconds = {OURS: time.perf_counter() - start}
    request = [
        {"name": case.name, "season": case.season, "horizon": len(case.future), "values": case.history}
        for case in cases
    ]
    others = _ask(options.python, {"do": "forecast", "cases": request})
    seconds.update(others["seconds"])
    tables: dict[str, dict[str, dict[str, list[Score]]]] = {}
    for case, forecast, answers in zip(cases, own, others["answers"], strict=True):
        row = tables.setdefault(case.group, {}).setdefault(case.name, {})
        for tool, answer in {OURS: forecast, **answers}.items():
            if answer is not None:
                row.setdefault(tool, []).append(score(case, answer))
    means: dict[str, dict[str, Score]] = {}
    for group, rows in tables.items():
        tools = list(seconds)
        means[group] = {
            tool: _mean([_mean(row[tool]) for row in rows.values() if all(name in row for name in tools)])
            for tool in tools
        }
    total = {tool: _mean([row[tool] for row in means.values()]) for tool in seconds}
    is_kept = all(total[OURS].mase <= other.mase for other in total.values())
    if options.json:
        figures = {
            group: {name: {tool: _mean(scores)._asdict() for tool, scores in row.items()} for name, row in rows.items()}
            for group, rows in tables.items()
        }
        by_group = {group: {tool: mean._asdict() for tool, mean in row.items()} for group, row in means.items()}
        print(json.dumps({"series": figures, "means": by_group, "seconds": seconds, "kept": is_kept}))
        return 0 if is_kept else 1
    print(f"{'MASE, coverage':<28}" + "".join(f"{tool:>18}" for tool in seconds))
    for group, rows in tables.items():
        lines = [(name, {tool: _mean(scores) for tool, scores in row.items()}) for name, row in rows.items()]
        for name, scores in [*lines, (f"MEAN, {group}", means[group])]:
            cells = [
                f"{scores[tool].mase:>9.2f}{scores[tool].coverage:>9.0%}" if tool in scores else f"{'-':>18}"
                for tool in seconds
            ]
            print(f"{name:<28}" + "".join(cells))
        print()
    print(f"{'MEAN, all groups':<28}" + "".join(f"{row.mase:>9.2f}{row.coverage:>9.0%}" for row in total.values()))
    print(f"{'seconds':<28}" + "".join(f"{value:>18.1f}" for value in seconds.values()))
    print("ours is not worse in the mean: " + ("kept" if is_kept else "MISSED"))
    return 0 if is_kept else 1


if __name__ == "__main__":
    sys.exit(main())
