"""Options, load levels and the worth of latency, against arithmetic of their own."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from acolytes_perf import commands
from acolytes_perf.errors import InputError
from acolytes_perf.inputs.money import read_price
from acolytes_perf.methods.choices.pareto import dominators
from acolytes_perf.outcome import Outcome, ResultPath

MONTH = 365.25 / 12 * 86400


def run(name: str, **inputs: object) -> Outcome:
    command = commands.load(name)
    return command.run(command.check(inputs))


def figure(outcome: Outcome, name: str, row: str | None = None, table: str | None = None) -> float:
    found = ResultPath(name, table, row).find(outcome)
    assert found
    assert found.value is not None
    return float(found.value)


def test_the_frontier_is_that_of_numpy() -> None:
    source = random.Random(1)
    for _ in range(300):
        points = [[source.randint(0, 5) for _ in range(3)] for _ in range(source.randint(2, 12))]
        array = np.array(points)
        beaten = [bool(((array <= row).all(axis=1) & (array < row).any(axis=1)).any()) for row in array]
        found = dominators(points)
        assert [other is not None for other in found] == beaten
        assert all(other is None or (array[other] <= array[index]).all() for index, other in enumerate(found))


def test_figures_that_fail_do_not_count() -> None:
    outcome = run(
        "cost frontier", options="A:1000:throughput=100/s; errors=2%; sla=99%,B:9999:throughput=1/s; errors=0%; sla=99%"
    )
    expected = 1000 / (100 * 0.98 * 0.99 * MONTH) * 1e6
    assert figure(outcome, "per_million", "A", "options") == pytest.approx(expected)
    assert "Dominated" not in outcome.answer  # B has fewer errors


def test_an_option_that_misses_the_slo_has_no_price_of_a_request() -> None:
    outcome = run(
        "cost frontier", options="A:10:p95=90ms; throughput=9/s,B:20:p95=50ms; throughput=9/s", slo="p95<=60ms"
    )
    assert outcome.answer.startswith("B is the cheapest option that keeps p95<=60ms")
    assert ResultPath("per_million", "options", "A").find(outcome) is None


def options_file(tmp_path: Path, text: str, **inputs: object) -> Outcome:
    file = tmp_path / "options.csv"
    file.write_text(text)
    return run("cost frontier", options=str(file), **inputs)


def test_options_from_a_file_count_by_the_month(tmp_path: Path) -> None:
    text = "instance type,usd_per_hour,p95_ms,notes\nsmall,0.1,80,old\nbig,0.4,50,new\n"
    outcome = options_file(tmp_path, text)
    assert figure(outcome, "cost", "small", "options") == pytest.approx(0.1 * MONTH / 3600)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name,cost,p95_ms,stars\nA,1,2,3\nB,2,1,4\n", "has the column 'stars', which has no effect here"),
        ("name,cost,p95_ms\nA,,2\nB,2,1\n", "line 2, column 'cost': is empty: write the cost"),
        ("name,cost\nA,1\nB,2\n", "is missing"),
        ("name,p95_ms\nA,1\nB,2\n", "has no column for cost"),
        ("name,cost,p95_ms\nA,1,2\nB,2,\n", "is missing"),
    ],
)
def test_tables_of_options_that_are_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(InputError) as error:
        options_file(tmp_path, text)
    assert message in error.value.message


def test_a_figure_of_any_name_counts_once_its_direction_is_said(tmp_path: Path) -> None:
    text = "name,cost,stars\nA,1,2\nB,2,1\n"
    assert "Dominated: B (by A)" in options_file(tmp_path, text, higher="stars").answer
    assert "no option is dominated" in options_file(tmp_path, text, lower="stars").answer


def test_what_a_request_costs_counts_successes_only() -> None:
    outcome = run("cost per-request", levels="100/s:1%:4,400/s:5%:9", instance_price="0.1 USD/hour", fixed="30 USD/day")
    cost = [30 * MONTH / 86400 + count * 0.1 * MONTH / 3600 for count in (4, 9)]
    good = [100 * 0.99 * MONTH, 400 * 0.95 * MONTH]
    for label, money, requests in zip(("100/s", "400/s"), cost, good, strict=True):
        assert figure(outcome, "per_million", label, "levels") == pytest.approx(money / requests * 1e6)
    extra = (cost[1] - cost[0]) / (good[1] - good[0]) * 1e6
    assert figure(outcome, "extra_per_million", "400/s", "levels") == pytest.approx(extra)


def test_one_measured_load_gives_three_levels_and_says_so() -> None:
    outcome = run("cost per-request", levels="900/s:2%:5", instance_price="70 USD/month")
    assert [row.label for row in outcome.tables[0].rows] == ["225/s", "450/s", "900/s"]
    assert "only the last load was measured" in outcome.answer
    assert [warning.code for warning in outcome.warnings] == ["one_level"]


def test_overload_is_warned_about() -> None:
    outcome = run("cost per-request", levels="100/s,200/s:70%", fixed="70 USD/month")
    assert [warning.code for warning in outcome.warnings] == ["overloaded"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("load,failures\n100,1%\n", "column 'load': has no unit of a rate: name it, as in `load [/s]`"),
        ("load [rps],failures\n100,2\n", "'2' is not a share"),
        ("load [rps],cpu\n100,2\n", "has the column 'cpu', which has no effect here"),
        ("failures\n1%\n", "has no column for load"),
    ],
)
def test_tables_of_levels_that_are_refused(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "levels.csv"
    file.write_text(text)
    with pytest.raises(InputError) as error:
        run("cost per-request", levels=str(file), fixed="1 USD/month")
    assert message in error.value.message


@pytest.mark.parametrize(
    ("text", "per_month"),
    [("12 USD/year", 1), ("3 EUR/quarter", 1), ("1 USD / month", 1), ("24 USD/day", 730.5), ("1 USD/hours", 730.5),
     ("1.2k EUR per year", 100)],
)  # fmt: skip
def test_prices_of_any_period_are_those_of_a_month(text: str, per_month: float) -> None:
    assert read_price(text, "/price", has_period=True).per_month == pytest.approx(per_month)


CALL = {"revenue": "1200 EUR/year", "before": "900ms", "after": "700ms", "elasticity": "1%..2%..4%", "per": "100ms"}


def test_the_worth_of_latency_is_that_of_a_simulation() -> None:
    outcome = run("roadmap impact", **CALL, margin="50%", cost="20..30..70", years=3, rate="8%")
    rng = np.random.default_rng(3)
    gain = rng.triangular(0.01, 0.02, 0.04, 400_000) * 2 * 1200
    factor = sum(1.08**-year for year in (1, 2, 3))
    values = gain * 0.5 * factor - rng.triangular(20, 30, 70, 400_000)
    assert figure(outcome, "extra_revenue") == pytest.approx(gain.mean(), rel=0.005)
    assert figure(outcome, "npv") == pytest.approx(values.mean(), rel=0.01)
    assert figure(outcome, "loss") == pytest.approx((values < 0).mean(), abs=0.005)
    assert figure(outcome, "break_even_elasticity") == pytest.approx(30 / (600 * factor) / 2)


def test_an_elasticity_in_per_cent_is_a_power_of_the_latency() -> None:
    call = {**CALL, "elasticity": "5%..10%..30%"}
    del call["per"]
    draws = np.random.default_rng(3).triangular(0.05, 0.10, 0.30, 400_000)
    expected = ((900 / 700) ** draws - 1).mean()
    assert figure(run("roadmap impact", **call), "revenue_change") == pytest.approx(expected, rel=0.005)


def test_what_is_not_shown_is_warned_about() -> None:
    codes = [warning.code for warning in run("roadmap impact", **{**CALL, "elasticity": "-1%..2%..4%"}).warnings]
    assert codes == ["elasticity_unproven", "range_unknown", "effect_not_shown"]
    sure = run("roadmap impact", **CALL, evidence="experiment", measured="600ms,1s", cost=5, years=2, rate="5%")
    assert [warning.code for warning in sure.warnings] == ["revenue_is_no_gain"]
