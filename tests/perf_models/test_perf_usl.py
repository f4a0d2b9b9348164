"""The scalability law: published fits, the cases that must be refused, and the coverage of intervals."""

import json
import random
import re
import xml.etree.ElementTree as ET
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acolytes_perf.cli import main
from acolytes_perf.commands.usl_fit import COMMAND
from acolytes_perf.methods.capacity.scalability import UslModel, contention_for_speedup, fit_usl
from perf_answers import document_values

RAYTRACER = "1:20/s,4:78/s,8:130/s,12:170/s,16:190/s,20:200/s,24:210/s,28:230/s,32:260/s,48:280/s,64:310/s"
ISSUE = "1:60/s,2:120/s,4:220/s,8:400/s,12:440/s,16:490/s"
SIZES = (1, 2, 4, 8, 16, 32, 64, 96, 128)


def _answered(capsys: pytest.CaptureFixture[str], *settings: str) -> dict[str, Any]:
    words = ["usl", "fit", "--json", *(word for setting in settings for word in ("--set", setting))]
    assert main(words) == 0
    result: dict[str, Any] = json.loads(capsys.readouterr().out, parse_constant=pytest.fail)
    return result


def _values(result: dict[str, Any]) -> dict[str, Any]:
    return document_values(result)


@pytest.mark.parametrize(("points", "curve"), [(RAYTRACER, None), (ISSUE, 16.68)])
def test_a_peak_that_the_points_do_not_support_is_not_reported(
    capsys: pytest.CaptureFixture[str], points: str, curve: float | None
) -> None:
    result = _answered(capsys, f"points={points}")
    values = _values(result)
    assert result["warnings"][0]["code"] == "unsupported_peak"
    assert values["peak_size"] is values["peak_throughput"] is None
    assert values["curve_peak_size"] == (curve and pytest.approx(curve, abs=0.005))
    assert "support no peak" in result["answer"]


def test_linear_points_have_coefficients_of_0_and_no_peak(capsys: pytest.CaptureFixture[str]) -> None:
    result = _answered(capsys, "points=1:100/s,2:200/s,4:400/s,8:800/s,16:1600/s")
    assert result["answer"] == "Throughput grows in proportion to the size, up to 16; no peak follows from that."
    values = _values(result)
    assert (values["contention"], values["coherency"], values["curve_peak_size"]) == (0, 0, None)
    assert result["warnings"] == []


def test_throughput_that_falls_from_the_first_point_is_reported(capsys: pytest.CaptureFixture[str]) -> None:
    result = _answered(capsys, "points=1:100/s,2:90/s,4:80/s,8:60/s,16:30/s,32:10/s")
    assert result["answer"] == "Throughput falls from the first size on: 100/s at 1, and less above."
    assert "poor_fit" in [warning["code"] for warning in result["warnings"]]


def test_the_answer_names_a_whole_size_where_sizes_are_whole(capsys: pytest.CaptureFixture[str]) -> None:
    result = _answered(capsys, "points=1:100/s,2:190/s,4:340/s,8:540/s,16:700/s,32:690/s")
    assert result["answer"].startswith("Throughput peaks at a size of 22 with ")
    assert _values(result)["peak_size"] == pytest.approx(21.8, abs=0.01)
    halves = _answered(capsys, "points=1:100/s,2:190/s,4:340/s,8:540/s,16.5:700/s,32:690/s")
    assert re.match(r"Throughput peaks at a size of 2\d\.\d+ with ", halves["answer"])


def test_a_peak_beyond_the_points_is_marked(capsys: pytest.CaptureFixture[str]) -> None:
    law = UslModel(100, 0.02, 1e-5)
    points = ",".join(f"{size}:{law.throughput(size):.4f}/s" for size in SIZES)
    result = _answered(capsys, f"points={points}", "size=200")
    assert _values(result)["peak_size"] == pytest.approx(law.peak, rel=1e-3)
    assert [warning["code"] for warning in result["warnings"]] == ["beyond_measurements"] * 2
    assert _values(result)["throughput"] == pytest.approx(law.throughput(200), rel=1e-3)


def test_beyond_the_points_a_negative_coefficient_counts_as_0_as_in_forecast_event(
    capsys: pytest.CaptureFixture[str],
) -> None:
    runs = ((1, 47), (1, 49), (1, 50), (2, 96), (2, 98), (2, 96), (4, 192), (4, 188), (4, 192), (8, 376), (8, 377),
            (8, 372), (16, 719), (16, 721), (16, 711), (32, 1323), (32, 1341), (32, 1357))  # fmt: skip
    points = ",".join(f"{size}:{rate}/s" for size, rate in runs)
    result = _answered(capsys, f"points={points}", "size=148")
    assert _values(result)["coherency"] < 0
    (throughput,) = (one for one in result["results"] if one["name"] == "throughput")
    low, high = throughput["ci"]
    assert 0 < low < throughput["value"] < high < 148 * 50
    assert any("as in forecast event" in text for text in result["assumptions"])
    sizes = ",".join(f"{size}:{rate}" for size, rate in runs)
    history = ",".join(f"{100 + day % 3}:2026-10-{day:02}" for day in range(1, 29))
    call = f"forecast event --history {history} --at 2026-10-30 --ratios 6,7 --sizes {sizes} --size 148 --json"
    assert main(call.split()) == 0
    event = {one["name"]: one for one in json.loads(capsys.readouterr().out)["results"]}["capacity_now"]
    assert event["value"] == pytest.approx(throughput["value"])
    assert event["ci"] == pytest.approx(throughput["ci"])


def test_no_interval_of_a_throughput_goes_below_0(capsys: pytest.CaptureFixture[str]) -> None:
    points = "1:100/s,2:300/s,4:200/s,8:900/s"
    result = _answered(capsys, f"points={points}", "size=8")
    lows = {one["name"]: one["ci"][0] for one in result["results"] if one["unit"] == "1/s" and one.get("ci")}
    assert {"rate", "throughput"} <= lows.keys()
    assert min(lows.values()) == 0
    assert main(["usl", "fit", "--points", points, "--size", "8"]) == 0
    line = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("  throughput"))
    assert re.search(r" \(\d[\d.]*/s to \d+/s, 95 %\)$", line)


laws = st.builds(UslModel, st.floats(1e-3, 1e6), st.floats(0, 0.5), st.floats(0, 0.02))


@given(laws)
def test_points_on_a_curve_give_that_curve(law: UslModel) -> None:
    result = fit_usl([(size, law.throughput(size)) for size in SIZES])
    assert result
    assert result.model.rate == pytest.approx(law.rate, rel=1e-6)
    assert result.model[1:] == pytest.approx(law[1:], rel=1e-5, abs=1e-7)


@given(laws, st.floats(1e-3, 1e3))
def test_the_unit_of_throughput_changes_the_rate_alone(law: UslModel, factor: float) -> None:
    rng = random.Random(1)
    points = [(size, law.throughput(size) * rng.uniform(0.98, 1.02)) for size in SIZES]
    one, other = fit_usl(points), fit_usl([(size, throughput * factor) for size, throughput in points])
    assert one
    assert other
    assert other.model.rate == pytest.approx(factor * one.model.rate, rel=1e-5)
    assert other.model[1:] == pytest.approx(one.model[1:], rel=1e-4, abs=1e-7)
    assert other.parameter_half_widths[1:] == pytest.approx(one.parameter_half_widths[1:], rel=1e-3, abs=1e-7)


@given(laws)
def test_throughput_is_highest_at_the_peak(law: UslModel) -> None:
    if law.peak is not None and law.peak > 1.01:
        around = max(law.throughput(law.peak * 0.999), law.throughput(law.peak * 1.001))
        assert law.throughput(law.peak) >= around * (1 - 1e-12)


@given(st.floats(1.1, 1000), st.floats(0, 0.5))
def test_the_contention_for_a_speedup_gives_that_speedup(size: float, contention: float) -> None:
    speedup = UslModel(1.0, contention, 0.0).throughput(size)
    assert contention_for_speedup(speedup, size) == pytest.approx(contention, abs=1e-9)


def test_intervals_cover_the_truth(request: pytest.FixtureRequest) -> None:
    """A short form of bench/perf_coverage_usl.py; the limits allow for the smaller number of trials."""
    trials = 4000 if request.config.getoption("--full") else 300
    rng, law = random.Random(3), UslModel(65, 0.027, 1e-4)
    assert law.peak
    covered = [0] * 4
    for _ in range(trials):
        result = fit_usl([(size, law.throughput(size) + rng.gauss(0, 20)) for size in SIZES])
        assert result
        assert result.model.peak
        for index, reach in enumerate(result.parameter_half_widths):
            covered[index] += abs(result.model[index] - law[index]) <= reach
        covered[3] += abs(result.model.peak - law.peak) <= result.peak_half_width
    slack = 3 * (0.95 * 0.05 / trials) ** 0.5
    assert all(0.95 - slack - 0.01 <= count / trials <= 0.95 + slack + 0.01 for count in covered), covered


def test_the_curve_is_drawn_with_its_band(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["usl", "fit", "--set", f"points={COMMAND.example['points']}", "--format", "svg"]) == 0
    picture = ET.fromstring(capsys.readouterr().out)
    assert len(picture.findall("{*}circle")) == 7
    assert picture.findall("{*}path[@class='line line']")


def test_every_point_has_its_residual(capsys: pytest.CaptureFixture[str]) -> None:
    law, bent = UslModel(20.0, 0.05, 0.001), (1.0, 1.0, 1.0, 0.7, 1.0, 1.0)
    exact = [(size, law.throughput(size)) for size in SIZES[:6]]
    for factors, is_poor in (((1.0,) * 6, False), (bent, True)):
        points = ",".join(
            f"{size}:{value * factor:.10g}/s" for (size, value), factor in zip(exact, factors, strict=True)
        )
        result = _answered(capsys, f"points={points}")
        values = _values(result)
        misses = [values[f"points[{at}].fitted"] / values[f"points[{at}].measured"] - 1 for at in range(1, 7)]
        assert [values[f"points[{at}].deviation"] for at in range(1, 7)] == pytest.approx(misses)
        assert [values[f"points[{at}].size"] for at in range(1, 7)] == list(SIZES[:6])
        assert values["largest_deviation"] == pytest.approx(max(map(abs, misses)))
        assert ("poor_fit" in [warning["code"] for warning in result["warnings"]]) is is_poor
        assert (values["r_squared"] < 0.99) is is_poor
