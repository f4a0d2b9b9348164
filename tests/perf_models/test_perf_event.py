"""`forecast event`: a sale whose truth is known, special days, gaps, and curves that the measurements allow."""

import json
import math
import random
import shlex
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from acolytes_perf.cli import main
from acolytes_perf.commands.forecast_event import COMMAND
from acolytes_perf.methods.capacity_curve import fit_capacity_curve
from acolytes_perf.methods.event_demand import event_demand
from acolytes_perf.methods.event_survival import EventSurvival
from perf_answers import document_values

DAY = (
    *(0.3, 0.25, 0.2, 0.2, 0.2, 0.25, 0.4, 0.6, 0.8, 0.9, 0.95, 1),
    *(1.1, 1.1, 1.05, 1, 1.1, 1.3, 1.5, 1.55, 1.4, 1.2, 0.8, 0.5),
)
WEEK = (1, 0.95, 0.95, 1, 1.1, 1.2, 1.25)
START = datetime(2026, 8, 31, tzinfo=timezone.utc)
HOLIDAY = datetime(2026, 10, 3, tzinfo=timezone.utc)
EVENT = datetime(2026, 11, 29, 19, tzinfo=timezone.utc)
RATE, CONTENTION, COHERENCY = 48.0, 0.004, 0.00002
RATIOS = (6.1, 4.8, 7.4, 5.5)
Answer = Callable[[str], dict[str, Any]]
SVG = "{http://www.w3.org/2000/svg}"


def ordinary(time: datetime) -> float:
    weeks = (time - START) / timedelta(weeks=1)
    return 90 * float(1.004**weeks) * DAY[time.hour] * 24 / sum(DAY) * WEEK[time.weekday()]


def capacity(size: float) -> float:
    return RATE * size / (1 + CONTENTION * (size - 1) + COHERENCY * size * (size - 1))


@pytest.fixture
def answered(capsys: pytest.CaptureFixture[str]) -> Answer:
    def answer(words: str) -> dict[str, Any]:
        assert main([*shlex.split(words), "--json"]) == 0
        document: dict[str, Any] = json.loads(capsys.readouterr().out)
        document["values"] = document_values(document)
        document["warned"] = {warning["code"]: warning["message"] for warning in document["warnings"]}
        return document

    return answer


def sale(folder: Path, seed: int) -> str:
    """Twelve weeks of hours with a holiday and a gap, and three runs of each size; the call that asks for the sale."""
    rng, points = random.Random(seed), []
    for hour in range(12 * 168):
        time = START + timedelta(hours=hour)
        if datetime(2026, 10, 13, 2, tzinfo=timezone.utc) <= time < datetime(2026, 10, 13, 9, tzinfo=timezone.utc):
            continue
        factor = 2.4 if time.date() == HOLIDAY.date() else 1
        points.append([int(time.timestamp()), f"{ordinary(time) * factor * math.exp(rng.gauss(0, 0.05)):.2f}"])
    series = {"metric": {"job": "tickets"}, "values": points}
    document = {"status": "success", "data": {"resultType": "matrix", "result": [series]}}
    (folder / "traffic.json").write_text(json.dumps(document))
    sizes = [(size, capacity(size) * math.exp(rng.gauss(0, 0.015))) for size in (1, 2, 4, 8, 16, 32) for _ in range(3)]
    lines = ["workers,rps_p99_below_250ms", *(f"{size},{throughput:.0f}" for size, throughput in sizes)]
    (folder / "sizes.csv").write_text("\n".join(lines))
    return (
        f"forecast event --history {folder}/traffic.json --at {EVENT:%Y-%m-%dT%H:%MZ} --ratios 6.1x,4.8,7.4,5.5 "
        f"--peak 1.8 --sizes {folder}/sizes.csv --size 24 --zones 2 --price '31 USD/month'"
    )


@pytest.mark.parametrize("seed", [11, 12, 13])
def test_a_sale_is_answered_by_one_call_with_the_true_figures(seed: int, tmp_path: Path, answered: Answer) -> None:
    document = answered(sale(tmp_path, seed))
    results = {result["name"]: result for result in document["results"]}
    usual, mean = ordinary(EVENT), math.exp(sum(map(math.log, RATIOS)) / len(RATIOS))
    best = math.sqrt((1 - CONTENTION) / COHERENCY)
    truth = {
        "ordinary": usual, "demand": usual * mean * 1.8, "capacity_now": capacity(24),
        "capacity_zone_lost": capacity(12), "peak_size": best, "peak_capacity": capacity(best),
    }  # fmt: skip
    for name, value in truth.items():
        low, high = results[name]["ci"]
        assert low <= value <= (math.inf if high is None else high), (name, results[name])
    for name in ("ordinary", "demand", "capacity_now", "capacity_zone_lost"):
        assert results[name]["value"] == pytest.approx(truth[name], rel=0.04), name
    values = document["values"]
    for ratio in RATIOS:
        assert values[f"events[{ratio}x].demand"] == pytest.approx(usual * ratio * 1.8, rel=0.04)
    assert 0 < values["survival_zone_lost"] < values["survival_now"] < 0.05
    assert values["cost_now"] == 24 * 31
    assert values["targets[50 %].cost"] == 31 * values["targets[50 %].size"]
    assert values["shed_now"] == pytest.approx(1 - capacity(24) / truth["demand"], abs=0.03)
    warned = document["warned"]
    assert str(values["targets[50 %].size"]) in warned["extrapolated"]
    assert "beyond the largest measured size, 32" in warned["extrapolated"]
    assert warned["gaps"].startswith("7 values of 2016 are missing")
    assert "24 values" in warned["outliers"]
    assert "from 2026-10-03 to 2026-10-03T23:00Z" in warned["outliers"]


def test_the_size_for_the_mean_is_near_the_true_one(tmp_path: Path, answered: Answer) -> None:
    sizes = [answered(sale(tmp_path, seed))["values"]["targets[50 %].size"] for seed in range(21, 26)]
    demand = ordinary(EVENT) * math.exp(sum(map(math.log, RATIOS)) / len(RATIOS)) * 1.8
    true_size = next(size for size in range(1, 300) if capacity(size) >= demand)
    assert sorted(sizes)[2] == pytest.approx(true_size, rel=0.08)


def test_intervals_of_the_capacity_beyond_the_measurements_hold_the_truth() -> None:
    rng, inside, total = random.Random(7), 0, 40
    for _ in range(total):
        points = [
            (size, capacity(size) * math.exp(rng.gauss(0, 0.015))) for size in (1, 2, 4, 8, 16, 32) for _ in "abc"
        ]
        curve = fit_capacity_curve(points)
        assert curve is not None
        _, low, high = curve.capacity(67)
        inside += low <= capacity(67) <= high
    assert inside / total >= 0.9


def test_a_throughput_that_grows_faster_than_the_size_is_taken_as_proportional() -> None:
    points = [(size, 10.0 * size**1.2) for size in (1, 2, 4, 8, 16, 32)]
    curve = fit_capacity_curve(points)
    assert curve is not None
    assert all(model.contention == model.coherency == 0 for model in curve.draws)
    assert curve.peak()[0][0] == math.inf


def test_chances_agree_with_simulated_sales() -> None:
    points = [(size, capacity(size)) for size in (1, 2, 4, 8, 16, 32)]
    curve = fit_capacity_curve(points)
    assert curve is not None
    survival = EventSurvival(event_demand(200, RATIOS, 1.8, 0.1), curve)
    rng, logs = random.Random(3), [math.log(ratio) for ratio in RATIOS]
    mean = sum(logs) / 4
    scale = math.sqrt(sum((log - mean) ** 2 for log in logs) / 3 * 1.25)
    demands = []
    for _ in range(20_000):
        deviation = rng.gauss(0, 1) / math.sqrt(rng.gammavariate(1.5, 2) / 3)
        demands.append(360 * math.exp(mean + scale * deviation + rng.gauss(0, 0.1)))
    for size in (40, 67, 100):
        share = sum(demand <= capacity(size) for demand in demands) / len(demands)
        assert survival.chance(size) == pytest.approx(share, abs=0.012)
    for chance in (0.5, 0.7):
        smallest = survival.smallest_size(chance)
        assert smallest is not None
        assert survival.chance(smallest) >= chance > survival.chance(smallest - 1)
    shed = survival.shed(24, 0.95)
    assert survival.chance(24, 1 - shed) == pytest.approx(0.95, abs=0.002)


def test_one_size_less_never_survives_more_likely_below_the_peak() -> None:
    curve = fit_capacity_curve([(size, capacity(size)) for size in (1, 2, 4, 8, 16, 32)])
    assert curve is not None
    survival = EventSurvival(event_demand(200, RATIOS, 1.8, 0.1), curve)
    chances = [survival.chance(size) for size in range(1, 200, 7)]
    assert chances == sorted(chances)
    assert survival.chance(0) == 0


@pytest.mark.parametrize("others", [(), ("zones", "price")])
def test_the_chart_shows_the_chance_of_each_size_and_capacity_against_demand(
    capsys: pytest.CaptureFixture[str], others: tuple[str, ...]
) -> None:
    call = ["forecast", "event"]
    for name, value in COMMAND.example.items():
        call += [] if name in ("zones", "price") and name not in others else [f"--{name}", value]
    assert main([*call, "--json"]) == 0
    found = document_values(json.loads(capsys.readouterr().out))
    assert main([*call, "--format", "svg"]) == 0
    root = ElementTree.fromstring(capsys.readouterr().out)
    written = {str(element.text): element for element in root.iter(f"{SVG}text")}
    assert ("with a zone lost" in written, "10 (310)" in written) == (bool(others), bool(others))
    assert {"now: 10", "largest measured: 16", "capacity, 95 %", "measured"} <= set(written)
    # both panels have the same sizes along them
    lines = [str(element.get("d")) for element in root.iter(f"{SVG}path") if element.get("class") == "line line"]
    survival, capacities = ([tuple(map(float, pair.split())) for pair in line[1:].split("L")] for line in lines)
    assert [place for place, _ in survival] == [place for place, _ in capacities]
    # the chance of the size now lies where the axes have it
    bottom, top = (float(written[text].get("y", "")) for text in ("0 %", "100 %"))
    now = written["10 (310)" if others else "10"].get("x", "")
    height = next(point[1] for point in survival if point[0] == float(now))
    assert (bottom - height) / (bottom - top) == pytest.approx(found["survival_now"], abs=0.001)
