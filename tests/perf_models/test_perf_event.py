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
from acolytes_perf.methods.capacity.curve import fit_capacity_curve
from acolytes_perf.methods.capacity.event_demand import event_demand
from acolytes_perf.methods.capacity.event_survival import EventSurvival
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
        f"forecast event --history {folder}/traffic.json --unit /s --at {EVENT:%Y-%m-%dT%H:%MZ} "
        f"--ratios 6.1x,4.8x,7.4x,5.5x --peak 1.8 --sizes {folder}/sizes.csv --size 24 --zones 2 --price '31 USD/month'"
    )


@pytest.mark.parametrize("seed", [11, 12, 13])
def test_a_sale_is_answered_by_one_call_with_the_true_figures(seed: int, tmp_path: Path, answered: Answer) -> None:
    document = answered(sale(tmp_path, seed))
    results = {result["name"]: result for result in document["results"]}
    usual, mean = ordinary(EVENT), math.exp(sum(map(math.log, RATIOS)) / len(RATIOS))
    best = math.sqrt((1 - CONTENTION) / COHERENCY)
    truth = {
        "ordinary": usual, "demand": usual * mean * 1.8, "capacity_now": capacity(24),
        "peak_size": best, "peak_capacity": capacity(best),
    }  # fmt: skip
    for name, value in truth.items():
        low, high = results[name]["ci"]
        assert low <= value <= (math.inf if high is None else high), (name, results[name])
    for name in ("ordinary", "demand", "capacity_now"):
        assert results[name]["value"] == pytest.approx(truth[name], rel=0.04), name
    values = document["values"]
    for ratio in RATIOS:
        assert values[f"events[{ratio}x].demand"] == pytest.approx(usual * ratio * 1.8, rel=0.04)
    lost = {name: values[f"zone_lost[with a zone lost].{name}"] for name in ("survival_now", "capacity_now")}
    assert lost["capacity_now"] == pytest.approx(capacity(12), rel=0.04)
    assert 0 < lost["survival_now"] < values["survival_now"] < 0.05
    assert values["run_out_now"] == pytest.approx(1 - values["survival_now"])
    assert f"(to run out {100 * values['run_out_now']:.1f} %)" in document["answer"]
    assert values["cost_now"] == 24 * 31
    assert values["targets[50 %].cost"] == 31 * values["targets[50 %].size"]
    for name, size in (("shed_now", 24), ("shed_now_zone_lost", 12)):
        assert values[f"targets[50 %].{name}"] == pytest.approx(1 - capacity(size) / truth["demand"], abs=0.03)
    warned = document["warned"]
    assert str(values["targets[50 %].size"]) in warned["extrapolated"]
    assert "beyond the largest measured size, 32" in warned["extrapolated"]
    assert warned["gaps"].startswith("7 values of 2016 are missing")
    assert "24 values" in warned["outliers"]
    assert "from 2026-10-03 to 2026-10-03T23:00Z" in warned["outliers"]


def test_what_the_user_decides_on_is_in_one_answer(
    tmp_path: Path, answered: Answer, capsys: pytest.CaptureFixture[str]
) -> None:
    call = sale(tmp_path, 11)
    document = answered(call)
    values, warned = document["values"], document["warned"]
    best, best_lost = values["best_size"], values["zone_lost[with a zone lost].best_size"]
    assert values["best_survival"] < 0.9  # no wanted chance is in reach
    reached = [row["label"] for table in document["tables"] if table["name"] == "targets" for row in table["rows"]]
    assert reached == ["50 %", "75 %", "80 %", "90 %", "95 %", "99 %"]
    for chance in reached[:3]:
        assert values[f"targets[{chance}].size"] < values[f"targets[{chance}].size_zone_lost"]
    for chance in reached[3:]:
        assert values[f"targets[{chance}].size"] is values[f"targets[{chance}].size_zone_lost"] is None
        assert 0 < values[f"targets[{chance}].shed_at_best"] < values[f"targets[{chance}].shed_now"]
        assert values[f"targets[{chance}].shed_now"] < values[f"targets[{chance}].shed_now_zone_lost"]
    for size in (24, best, best_lost):
        assert values[f"sizes[{size}].cost"] == 31 * size
    assert values[f"sizes[{best}].survival"] == values["best_survival"]
    # the sizes on which the decision rests are those to measure, not the one for 50 %
    fixes = {warning["code"]: warning["fix"] for warning in document["warnings"]}
    assert fixes["extrapolated"] == f"measure at {best} before you rely on the answer"
    assert "since more units make it worse" in fixes["no_size_is_enough"]
    # the whole text fits, with the past events
    assert main(shlex.split(call)) == 0
    text = capsys.readouterr().out
    assert len(text.splitlines()) <= 40
    assert "more lines" not in text
    assert all(f"{ratio:g}x = " in text for ratio in RATIOS)
    # how the answer changes where the outliers are kept is what the second call says
    kept = answered(f"{call} --outliers keep")
    method = next(line for line in kept["assumptions"] if "by method" in line).split("by method ")[1].split(",")[0]
    assert f"with them the method is {method}, " in warned["outliers"]
    assert f"the chance {100 * kept['values']['survival_now']:.1f} %" in warned["outliers"]


def test_sizes_that_still_gain_at_the_limit_are_said_to_be_measured(answered: Answer) -> None:
    days = ",".join(f"{100 + day % 3}:2026-10-{day:02}" for day in range(1, 29))
    sizes = ",".join(f"{size}:{10 * size}" for size in (1, 2, 4, 8))
    document = answered(
        f"forecast event --history {days} --at 2026-10-30 --ratios 16,19,30 --sizes {sizes} --size 8 --peak 1.2"
    )
    fixes = {warning["code"]: warning["fix"] for warning in document["warnings"]}
    assert document["values"]["best_size"] == 128
    assert "or measure larger sizes, since those above 128 are not considered" in fixes["no_size_is_enough"]
    assert ", to run out " in document["answer"]


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


@pytest.fixture
def hours(tmp_path: Path) -> Path:
    """Four weeks of hours, the busiest at 18:00."""
    times = [datetime(2026, 10, 19, tzinfo=timezone.utc) + timedelta(hours=hour) for hour in range(672)]
    lines = ["time,load [1/min]", *(f"{at:%Y-%m-%dT%H:%M:%SZ},{6000 - 100 * abs(at.hour - 18)}" for at in times)]
    (tmp_path / "hours.csv").write_text("\n".join(lines))
    return tmp_path / "hours.csv"


EVENT_OF_HOURS = "--ratios 6.1x,4.8x,7.4x --sizes 1:48/s,2:97/s,4:190/s,8:375/s,16:720/s --size 16"


@pytest.mark.parametrize("day", ["2026-11-27", "27.11.2026", "2026-11-27Z", "2026-11-27+00:00"])
def test_a_day_alone_is_no_moment_for_a_history_of_hours(
    day: str, hours: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(shlex.split(f"forecast event --history {hours} --at '{day}' {EVENT_OF_HOURS}")) == 2
    error = capsys.readouterr().err
    assert "is a day, but the history has steps of 1 h: add the time of the event's peak" in error
    assert "such as 2026-11-27T18:00Z, the day's busiest in the history, or 2026-11-27T00:00Z for midnight" in error
    assert "--at 2026-11-27T18:00Z" in error.partition("; try: ")[2]


@pytest.mark.parametrize("moment", ["2026-11-27T00:00Z", "2026-11-27T18:00Z", "1795737600", "2026-11-27T01:00+01:00"])
def test_a_moment_of_a_day_is_answered(moment: str, hours: Path, answered: Answer) -> None:
    document = answered(f"forecast event --history {hours} --at {moment} {EVENT_OF_HOURS}")
    assert document["values"]["ordinary"] == pytest.approx(100 if "18:00" in moment else 70)
