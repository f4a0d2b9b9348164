"""Suppliers: totals by arithmetic of their own, and every threshold by looking at both of its sides."""

from __future__ import annotations

import math
import random
from pathlib import Path

import numpy as np
import pytest

from acolytes_perf import commands
from acolytes_perf.errors import InputError
from acolytes_perf.methods.costs import tariff_choice
from acolytes_perf.methods.costs.tariffs import GRADUATED, TIER_KINDS, VOLUME, Plan, Tariff, equal_loads, total_cost
from acolytes_perf.outcome import Outcome, ResultPath

#: What a question about suppliers looks like in practice.
SUPPLIERS = """supplier;first_50_tb_usd_per_tb;above_usd_per_tb;fixed_usd_per_month;p95_ms;sla
North;42;30;0;55;99.9
South;28;28;1400;62;99.99
"""


def compare(**inputs: object) -> Outcome:
    command = commands.load("cost compare")
    return command.run(command.check(inputs))


def figure(outcome: Outcome, name: str, row: str | None = None, table: str = "suppliers") -> float:
    found = ResultPath(name, table if row else None, row).find(outcome)
    assert found
    assert found.value is not None
    return float(found.value)


def random_tariff(source: random.Random, name: str) -> Tariff:
    limits = sorted(source.uniform(5, 200) for _ in range(source.randint(0, 3)))
    tiers = tuple((limit, source.uniform(1, 50)) for limit in [*limits, math.inf])
    return Tariff(
        name, tiers, source.choice([0, source.uniform(0, 3000)]), source.choice([0, source.uniform(0, 5000)]),
        source.choice([0, source.uniform(0, 9000)]), source.uniform(0.5, 2),
        source.choice([0, source.uniform(0, 0.95)]),
        source.choice([0, source.uniform(0, 900)]),
    )  # fmt: skip


def random_plan(source: random.Random, kind: str) -> Plan:
    return Plan(
        source.uniform(1, 300), source.choice([0, source.uniform(-0.05, 0.08)]), source.randint(1, 24), kind,
        source.random() < 0.3, source.choice([0, source.uniform(0, 20)]),
    )  # fmt: skip


def slow_total(tariff: Tariff, plan: Plan) -> float:
    """The total by an integral over the price of each unit, instead of sums over tiers."""
    total = tariff.setup
    for month in range(plan.months):
        load = plan.load * (1 + plan.growth) ** month
        missed = load * (1 - tariff.hit_ratio)
        units = (missed if plan.bills_misses else load) * tariff.units
        prices = [price for limit, price in tariff.tiers if units <= limit]
        usage = units * prices[0]
        if plan.kind == GRADUATED:
            edges = np.array([0.0, *(limit for limit, _ in tariff.tiers)]).clip(max=units)
            usage = float((np.diff(edges) * [price for _, price in tariff.tiers]).sum())
        total += max(tariff.minimum, usage + tariff.fixed) + tariff.penalty + missed * plan.miss_price
    return total


def test_totals_are_those_of_another_calculation() -> None:
    source = random.Random(2)
    for number in range(400):
        tariff, plan = random_tariff(source, "a"), random_plan(source, TIER_KINDS[number % 2])
        assert total_cost(tariff, plan) == pytest.approx(slow_total(tariff, plan), rel=1e-12)


@pytest.mark.parametrize("kind", TIER_KINDS)
def test_break_even_loads_are_all_changes_of_the_cheaper_one(kind: str) -> None:
    source, found_any = random.Random(4), 0
    for _ in range(30):
        first, second, plan = random_tariff(source, "a"), random_tariff(source, "b"), random_plan(source, kind)
        loads = equal_loads(first, second, plan)
        grid = np.unique(
            np.concatenate([np.linspace(0.01, 600, 400), *([load * 0.9999, load * 1.0001] for load in loads)])
        )
        grid = grid[grid <= 600]
        signs = np.sign(
            [slow_total(first, plan._replace(load=x)) - slow_total(second, plan._replace(load=x)) for x in grid]
        )
        changes = [(grid[i], grid[i + 1]) for i in range(len(grid) - 1) if signs[i] * signs[i + 1] < 0]
        for low, high in changes:
            assert any(low - 1e-9 <= load <= high + 1e-9 for load in loads), (first, second, plan)
        for load in loads:
            if 0.02 < load < 599:
                assert any(low - 1e-9 <= load <= high + 1e-9 for low, high in changes), (first, second, plan)
        found_any += bool(loads)
    assert found_any > 5


def test_thresholds_change_the_winner_and_nothing_before_does() -> None:
    source, seen = random.Random(9), set()
    for _ in range(60):
        tariffs = [random_tariff(source, name) for name in "abc"]
        plan = random_plan(source, GRADUATED)
        winner = tariff_choice.cheapest(tariffs, plan)

        def at_load(x: float, tariffs: list[Tariff] = tariffs, plan: Plan = plan) -> int:
            return tariff_choice.cheapest(tariffs, plan._replace(load=x))

        def at_growth(x: float, tariffs: list[Tariff] = tariffs, plan: Plan = plan) -> int:
            return tariff_choice.cheapest(tariffs, plan._replace(growth=x))

        def at_penalty(x: float, tariffs: list[Tariff] = tariffs, plan: Plan = plan) -> int:
            return tariff_choice.cheapest([one._replace(penalty=one.penalty * x) for one in tariffs], plan)

        cases = [
            ("load", tariff_choice.load_changes(tariffs, plan), plan.load, at_load),
            ("growth", tariff_choice.growth_changes(tariffs, plan), plan.growth, at_growth),
            ("penalty", tariff_choice.penalty_changes(tariffs, plan), 1.0, at_penalty),
        ]
        for name, changes, now, winner_at in cases:
            for change, side in zip(changes, (-1, 1), strict=True):
                if change is None:
                    continue
                seen.add((name, side))
                step = 1e-5 * max(abs(change.value), abs(change.value - now))
                assert winner_at(change.value + side * step) == change.winner
                inside = np.linspace(now, change.value - side * step, 50)
                assert all(winner_at(value) == winner for value in inside)
    assert len(seen) == 6


def test_the_question_about_suppliers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("suppliers.csv").write_text(SUPPLIERS)
    call = {"suppliers": "suppliers.csv", "load": "90 TB", "growth": "3%", "months": 12}
    outcome = compare(**call, penalties="sla>=99.95%:2000")
    loads = [90 * 1.03**month for month in range(12)]
    north = sum(50 * 42 + (load - 50) * 30 + 2000 for load in loads)
    south = sum(28 * load + 1400 for load in loads)
    assert figure(outcome, "total", "North") == pytest.approx(north)
    assert figure(outcome, "best_total") == pytest.approx(south)
    assert figure(outcome, "saving_per_month") == pytest.approx((north - south) / 12)
    assert figure(outcome, "penalty_below") == pytest.approx(1 - (north - south) / 24000)
    quick = compare(**call, slo="p95<=60ms")
    assert quick.answer.startswith("North costs 45518 USD over 12 months; it is also the cheapest without the SLO")
    good = compare(**call, slo="sla>=99.95%")
    assert "North would cost 7045 USD less, but does not keep sla>=99.95%" in good.answer
    exact = compare(**call, slo="sla>=99.9%")  # as a division, 99.9 / 100 is more than 0.999
    assert exact.answer.startswith("North costs 45518 USD over 12 months")


def read(tmp_path: Path, text: str, **inputs: object) -> Outcome:
    file = tmp_path / "s.csv"
    file.write_text(text)
    return compare(**{"suppliers": str(file), "load": "90 TB", **inputs})


@pytest.mark.parametrize(
    ("text", "total"),
    [
        ("vendor,usd per tb\nA,30\n", 30 * 90),
        ("provider,price_per_gb_eur\nA,0.03\n", 30 * 90),
        ("name,up_to_50_tb,over_50_tb\nA,42,30\n", 42 * 50 + 30 * 40),
        ("name,first 10 TB ($/TB),next 40 TB ($/TB),rest ($/TB)\nA,50,42,30\n", 500 + 42 * 40 + 30 * 40),
        ("name,0-50 tb,50-80 tb,above 80 tb\nA,42,30,20\n", 42 * 50 + 30 * 30 + 20 * 10),
        ("name;price (kEUR per tb);fixed per year\nA;0,03;1200\n", 30 * 90 + 100),
        ("name,price,monthly minimum,setup fee\nA,$1,$500,$20\n", 520),
        ("supplier,price,minimum commit usd,migration usd\nA,$1,500,20\n", 520),
        ('[{"name": "A", "price": 30, "fixed": 5}]', 30 * 90 + 5),
    ],
)
def test_headings_that_people_write(tmp_path: Path, text: str, total: float) -> None:
    assert figure(read(tmp_path, text, months=1), "best_total") == pytest.approx(total)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name,price,score\nA,3,7\n", "has the column 'score', which has no effect here: give it a role"),
        ("name,price\nA,\n", "line 2, column 'price': is empty: write the price, 0 for none"),
        ("name,price\nA,cheap\n", "line 2, column 'price': 'cheap' is not a number"),
        ("name,p95_ms\nA,3\n", "has no column of prices: its columns are name, p95_ms; choose with --columns price="),
        ("price\n3\n", "has no column for name"),
        ("name,first_50_tb\nA,3\n", "column 'first_50_tb': is the last tier: add a column above_... for the rest"),
        ("name,above_50_tb,first_50_tb\nA,3,4\n", "must be the last tier"),
        ("name,usd_per_request\nA,3\n", "is per request, and the load is in TB: give --load in request"),
        ("name,price_usd,fixed_eur\nA,3,4\n", "has amounts in EUR and USD: write all in one currency"),
        ("name,price,hit_ratio\nA,3,92\n", "'92' is not a share between 0 and 1: write 92%"),
        ("name,price,setup_per_year\nA,3,4\n", "is for a period, but a setup is paid once"),
        ("name,price,price_tb\nA,3,4\n", "has two columns for price, 'price' and 'price_tb'"),
        ("name,first_1.5_tb,above\nA,3,4\n", "has the column 'first_1.5_tb', which has no effect here"),
        ("name,price\nA,3,4\n", "line 2 has 3 fields, but the heading has 2"),
    ],
)
def test_tables_of_suppliers_that_are_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(InputError) as error:
        read(tmp_path, text)
    assert message in error.value.message


def test_columns_can_be_chosen_and_left_out(tmp_path: Path) -> None:
    text = "name,rate card,stars\nA,30,5\n"
    outcome = read(tmp_path, text, columns="price=rate card,ignore=stars", months=1)
    assert figure(outcome, "best_total") == 2700
    assert "stars" in outcome.assumptions[-1]


def test_volume_tiers_price_the_whole_volume() -> None:
    outcome = compare(suppliers="A:42 to 50; 30", load="90 TB", months=1, tiers=VOLUME)
    assert figure(outcome, "best_total") == 2700


def test_growth_that_decides_is_warned_about() -> None:
    outcome = compare(suppliers="A:10,B:8:250", load="90 TB", growth="0%..1%..9%", months=24)
    assert [warning.code for warning in outcome.warnings] == ["growth_decides"]


@pytest.mark.parametrize("cost", ["2000 USD", "$2000", "2k USD/month", "2000"])
def test_a_penalty_may_have_its_currency(cost: str) -> None:
    call = {name: value for name, value in commands.load("cost compare").example.items() if name != "penalties"}
    plain = compare(**call, penalties="sla>=99.95%:2000")
    outcome = compare(**call, penalties=f"sla>=99.95%:{cost}")
    assert [result.value for result in outcome.results] == [result.value for result in plain.results]
    assert ("USD" in outcome.answer) == (cost != "2000")
