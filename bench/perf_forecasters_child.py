"""The other side of `perf_forecasters.py`: runs in an interpreter that has statsforecast, Prophet and data sets.

Reads one JSON object from standard input and writes one to standard output:
`{"do": "series"}` gives the public series, `{"do": "forecast", "cases": [...]}` the forecasts of the tools.
"""

# mypy: disable-error-code="import-not-found,import-untyped"

from __future__ import annotations

import json
import logging
import math
import os
import sys
import time
import warnings
from typing import Any

LEVEL = 95
#: Prophet needs dates: by steps in a season, the frequency and the seasons that it looks for.
DATES: dict[int, tuple[str, dict[str, Any]]] = {
    1: ("D", {}),
    4: ("QS", {"yearly_seasonality": True}),
    7: ("D", {"weekly_seasonality": True}),
    12: ("MS", {"yearly_seasonality": True}),
    24: ("h", {"daily_seasonality": True}),
    168: ("h", {"daily_seasonality": True, "weekly_seasonality": True}),
    336: ("30min", {"daily_seasonality": True, "weekly_seasonality": True}),
}


def public_series() -> list[dict[str, Any]]:
    """Series that packages ship: name, steps in a season, values."""
    import pandas as pd
    from pmdarima import datasets
    from prophet import tests
    from statsforecast.utils import AirPassengers
    from statsmodels import datasets as more
    from statsmodels.datasets import elec_equip
    from vega_datasets import local_data

    co2 = more.co2.load_pandas().data["co2"].resample("MS").mean().interpolate()
    employment = pd.read_csv(local_data.us_employment.filepath)
    temperatures = pd.read_csv(local_data.seattle_temps.filepath)["temp"]
    weather = pd.read_csv(local_data.seattle_weather.filepath)["temp_max"]
    macro = more.macrodata.load_pandas().data
    web = pd.read_csv(os.path.join(os.path.dirname(tests.__file__), "data.csv"))["y"]
    found = [
        ("air passengers", 12, AirPassengers),
        ("australian beer", 4, datasets.load_ausbeer()),
        ("australian residents", 4, datasets.load_austres()),
        ("wine sales", 12, datasets.load_wineind()),
        ("woollen yarn", 4, datasets.load_woolyrnq()),
        ("heart rate", 1, datasets.load_heartrate()),
        ("electricity of half hours", 336, datasets.load_taylor()),
        ("electrical equipment", 12, elec_equip.load_pandas().data.iloc[:, 0]),
        ("carbon dioxide", 12, co2),
        ("gross domestic product", 4, macro["realgdp"]),
        ("consumption", 4, macro["realcons"]),
        ("Nile", 1, more.nile.load_pandas().data["volume"]),
        ("employment", 12, employment["nonfarm"]),
        ("employment in retail", 12, employment["retail_trade"]),
        ("temperature of hours", 168, temperatures[-2016:]),
        ("temperature of days", 7, weather[-365:]),
        ("share price", 1, web[-250:]),
    ]
    return [
        {"name": name, "season": season, "values": [float(value) for value in values if not math.isnan(value)]}
        for name, season, values in found
    ]


def by_statsforecast(values: list[float], _season: int, horizon: int, model: Any) -> list[Any]:
    """Mean and limits by one of its models."""
    import numpy as np

    forecast = model.forecast(y=np.array(values, dtype=float), h=horizon, level=[LEVEL])
    return [forecast["mean"], forecast[f"lo-{LEVEL}"], forecast[f"hi-{LEVEL}"]]


def by_prophet(values: list[float], season: int, horizon: int, _model: Any) -> list[Any]:
    """Mean and limits by Prophet with the seasons that fit."""
    import pandas as pd
    from prophet import Prophet

    frequency, seasons = DATES[season]
    usual = {"yearly_seasonality": False, "weekly_seasonality": False, "daily_seasonality": False}
    model = Prophet(interval_width=LEVEL / 100, **{**usual, **seasons})
    times = pd.date_range("2024-01-01", periods=len(values) + horizon, freq=frequency)
    model.fit(pd.DataFrame({"ds": times[: len(values)], "y": values}))
    forecast = model.predict(pd.DataFrame({"ds": times[len(values) :]}))
    return [forecast["yhat"], forecast["yhat_lower"], forecast["yhat_upper"]]


def forecasts(cases: list[dict[str, Any]]) -> dict[str, Any]:
    """The forecasts of each tool for each case, and the seconds that each took."""
    from statsforecast.models import MSTL, AutoETS, AutoTheta

    answers: list[dict[str, Any]] = []
    seconds: dict[str, float] = {}
    for case in cases:
        season, horizon = case["season"], case["horizon"]
        is_long = season > 24
        parts = [season // 7, season] if is_long else season
        tools: dict[str, Any] = {
            "AutoETS": (by_statsforecast, MSTL(parts) if is_long else AutoETS(season_length=season)),
            "AutoTheta": (by_statsforecast, AutoTheta(season_length=season)),
            "Prophet": (by_prophet, None),
        }
        answer: dict[str, Any] = {}
        for name, (work, model) in tools.items():
            start = time.perf_counter()
            try:
                rows = work(case["values"], season, horizon, model)
                answer[name] = [[float(value) for value in row] for row in rows]
            except Exception as error:  # noqa: BLE001 -- a tool that cannot answer has no figures
                answer[name] = None
                print(f"{name}: {case['name']}: {error!r}", file=sys.stderr)
            seconds[name] = seconds.get(name, 0.0) + time.perf_counter() - start
        answers.append(answer)
    return {"answers": answers, "seconds": seconds}


def main() -> None:
    """Answer the request on standard input."""
    warnings.filterwarnings("ignore")
    for name in ("prophet", "cmdstanpy", "prophet.plot"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    request = json.load(sys.stdin)
    # the tools print, too
    out, sys.stdout = sys.stdout, sys.stderr
    json.dump(public_series() if request["do"] == "series" else forecasts(request["cases"]), out)


if __name__ == "__main__":
    main()
