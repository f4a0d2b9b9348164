"""Measures of a roadmap: values against numpy, scipy and arithmetic, and the chosen set against every set."""

from __future__ import annotations

import itertools
import random

import numpy as np
import pytest
from scipy import stats

from acolytes_perf import commands
from acolytes_perf.inputs.fields import Estimate
from acolytes_perf.methods.roadmap import best_set
from acolytes_perf.methods.statistics import three_points
from acolytes_perf.outcome import Outcome, ResultPath

RANGES = [Estimate(12000, 18000, 40000), Estimate(0, 0, 1), Estimate(-5, 3, 3), Estimate(2, 2.1, 9)]
MEASURES = (
    "M1:12000..18000..40000:8000..15000..17000:6,M2:25000..30000..70000:9000..24000..30000:9,"
    "M3:40000..60000..150000:30000..52000..60000:12:M4,M4:5000..7000..9000:1000..3000..5000:3"
)


def rank(**inputs: object) -> Outcome:
    command = commands.load("roadmap rank")
    return command.run(command.check({"rate": "8%", "years": 4, **inputs}))


def figure(outcome: Outcome, name: str, row: str | None = None, table: str = "measures") -> float:
    found = ResultPath(name, table if row else None, row).find(outcome)
    assert found
    assert found.value is not None
    return float(found.value)


def scipy_distribution(estimate: Estimate, name: str) -> stats.rv_continuous:
    low, likely, high = estimate
    width = high - low
    if name == "triangular":
        return stats.triang((likely - low) / width, loc=low, scale=width)
    return stats.beta(1 + 4 * (likely - low) / width, 1 + 4 * (high - likely) / width, loc=low, scale=width)


@pytest.mark.parametrize("estimate", RANGES)
@pytest.mark.parametrize("name", three_points.DISTRIBUTIONS)
def test_quantiles_and_moments_are_those_of_scipy(estimate: Estimate, name: str) -> None:
    oracle = scipy_distribution(estimate, name)
    count = 1999
    expected = oracle.ppf((np.arange(count) + 0.5) / count)
    width = estimate.high - estimate.low
    assert np.abs(np.array(three_points.quantiles(estimate, name, count)) - expected).max() < 2e-5 * width
    mean, variance = oracle.stats("mv")
    found = three_points.moments(estimate, name)
    assert found == pytest.approx((float(mean), float(variance)), rel=1e-9)


@pytest.mark.parametrize("distribution", three_points.DISTRIBUTIONS)
def test_values_are_within_one_per_cent_of_an_independent_simulation(distribution: str) -> None:
    outcome = rank(measures=MEASURES, distribution=distribution)
    rng = np.random.default_rng(7)
    factor = sum(1.08**-year for year in range(1, 5))
    values = {}
    for row in MEASURES.split(","):
        name, cost, gain = row.split(":")[:3]
        draws = []
        for text in (cost, gain):
            estimate = Estimate(*map(float, text.split("..")))
            draws.append(scipy_distribution(estimate, distribution).rvs(400_000, random_state=rng))
        values[name] = draws[1] * factor - draws[0]
    best = np.stack(list(values.values())).argmax(axis=0)
    for place, (name, draws) in enumerate(values.items()):
        assert figure(outcome, "npv", name) == pytest.approx(draws.mean(), rel=0.01)
        assert figure(outcome, "loss", name) == pytest.approx((draws < 0).mean(), abs=0.004)
        assert figure(outcome, "first", name) == pytest.approx((best == place).mean(), abs=0.006)
        npv = ResultPath("npv", "measures", name).find(outcome)
        assert npv is not None
        assert npv.interval is not None
        spread = draws.std()
        assert npv.interval.low == pytest.approx(np.quantile(draws, 0.05), abs=0.02 * spread)
        assert npv.interval.high == pytest.approx(np.quantile(draws, 0.95), abs=0.02 * spread)
    chosen = values["M3"] + values["M4"]
    assert figure(outcome, "chosen_npv") == pytest.approx(sum(one.mean() for one in values.values()), rel=0.01)
    limited = rank(measures=MEASURES, distribution=distribution, weeks=18)
    assert figure(limited, "chosen_npv") == pytest.approx(chosen.mean(), rel=0.01)
    rival = values["M1"] + values["M2"] + values["M4"]
    assert figure(limited, "chance_over_rival") == pytest.approx((chosen > rival).mean(), abs=0.01)


def test_measures_that_change_places_with_another_distribution_are_named() -> None:
    measures = "even:100:200..300..400,lopsided:100:10..320..540"
    npv = {name: [figure(rank(measures=measures, distribution=name), "npv", row) for row in ("even", "lopsided")]
           for name in three_points.DISTRIBUTIONS}  # fmt: skip
    (even, lopsided), (even_by_pert, lopsided_by_pert) = npv["triangular"], npv["pert"]
    found = [one for one in rank(measures=measures).warnings if one.code == "order_depends_on_distribution"]
    assert even > lopsided
    assert even_by_pert < lopsided_by_pert
    assert [one.message for one in found] == ["with pert instead, 'lopsided' has a higher npv than 'even'"]


def test_the_mean_is_exact_where_the_value_is_linear() -> None:
    outcome = rank(measures=MEASURES)
    factor = sum(1.08**-year for year in range(1, 5))
    for row in MEASURES.split(","):
        name, cost, gain = row.split(":")[:3]
        means = [sum(map(float, text.split(".."))) / 3 for text in (cost, gain)]
        assert figure(outcome, "npv", name) == pytest.approx(means[1] * factor - means[0], rel=1e-3)


@pytest.mark.parametrize(("timing", "shift"), [("end", 1.0), ("middle", 0.5), ("start", 0.0)])
def test_the_timing_of_gains_is_as_stated(timing: str, shift: float) -> None:
    outcome = rank(measures="one:100:40..40..41", timing=timing)
    factor = sum(1.08 ** -(year + shift) for year in range(4))
    assert figure(outcome, "npv", "one") == pytest.approx(121 / 3 * factor - 100, rel=1e-4)


def random_case(seed: int) -> tuple[list[float], list[float], float, list[list[int]]]:
    source = random.Random(seed)
    count = source.randint(1, 9)
    values = [source.choice([source.uniform(-20, 60), source.randint(-3, 9)]) for _ in range(count)]
    work = [source.choice([source.uniform(0, 12), source.randint(0, 5)]) for _ in range(count)]
    # what is needed has a smaller place in a shuffled order, so that there is no circle
    places = list(range(count))
    source.shuffle(places)
    before = [
        [other for other in range(count) if places[other] < places[index] and source.random() < 0.2]
        for index in range(count)
    ]
    return values, work, source.uniform(0, sum(work) * 1.1), before


def test_the_best_set_is_that_of_every_set_in_1000_cases() -> None:
    chosen_sizes = set()
    for seed in range(1000):
        values, work, limit, before = random_case(seed)
        found = best_set.best_set(values, work, limit, before)
        assert sum(work[index] for index in found) <= limit + 1e-9 * max(1, limit)
        assert all(set(before[index]) <= found for index in found)
        best = max(
            sum(values[index] for index in subset)
            for size in range(len(values) + 1)
            for subset in itertools.combinations(range(len(values)), size)
            if sum(work[index] for index in subset) <= limit + 1e-9 * max(1, limit)
            and all(set(before[index]) <= set(subset) for index in subset)
        )
        assert sum(values[index] for index in found) == pytest.approx(best, abs=1e-9), seed
        chosen_sizes.add(len(found))
    assert len(chosen_sizes) > 5  # the cases differ


def test_the_order_keeps_what_is_needed_first() -> None:
    for seed in range(200):
        values, work, _, before = random_case(seed)
        order = best_set.in_order(values, work, before)
        assert sorted(order) == list(range(len(values)))
        assert all(order.index(need) < order.index(index) for index in order for need in before[index])


def test_a_large_roadmap_is_solved_fast_enough() -> None:
    source = random.Random(3)
    values = [source.uniform(1, 100) for _ in range(60)]
    work = [source.uniform(1, 20) for _ in range(60)]
    before = [[] if index % 4 else [index - 1] if index else [] for index in range(60)]
    found = best_set.best_set(values, work, 150, before)
    assert sum(work[index] for index in found) <= 150
    # no single exchange makes it better
    for leave, join in itertools.product(found, set(range(60)) - found):
        other = (found - {leave}) | {join}
        fits = sum(work[index] for index in other) <= 150
        if fits and all(set(before[index]) <= other for index in other):
            assert values[join] <= values[leave] + 1e-9


def test_needs_are_found_by_name_first_word_and_id() -> None:
    outcome = rank(measures="M1 cache:1..2..3:9:2,M2:1..2..3:9:2:m1,M3:1..2..3:9:2:M1 cache+M2")
    plan = next(table for table in outcome.tables if table.name == "plan")
    assert [row.label for row in plan.rows] == ["M1 cache", "M2", "M3"]
    assert [figure(outcome, "phase", row.label, "plan") for row in plan.rows] == [1, 2, 3]


def test_a_measure_that_loses_is_done_where_it_makes_a_better_one_possible() -> None:
    outcome = rank(measures="base:100..110..120:1:2,gain:10..20..30:200:2:base", weeks=4)
    assert outcome.answer.startswith("Do base, then gain (4 of 4 weeks)")
    alone = rank(measures="base:100..110..120:1:2,gain:10..20..30:200:2:base", weeks=3)
    assert alone.answer.startswith("Do none of these measures")


def test_likely_figures_that_choose_another_set_are_warned_about() -> None:
    outcome = rank(measures="wide:10..10..400:100:5,sure:100..101..102:90:5", weeks=5)
    assert outcome.answer.startswith("Do sure")
    assert {warning.code for warning in outcome.warnings} >= {"likely_choice_differs", "lopsided_ranges"}


def test_weeks_that_hardly_suffice_are_warned_about() -> None:
    outcome = rank(measures="a:1..2..3:9:2..5..14", weeks=7.5)
    assert figure(outcome, "chance_weeks_suffice") == pytest.approx(0.6088, abs=0.001)  # triangular
    assert [warning.code for warning in outcome.warnings] == ["weeks_are_tight"]


def test_the_next_best_set_is_that_of_every_set() -> None:
    source, compared = random.Random(6), 0
    for _ in range(40):
        names = [f"m{index}" for index in range(6)]
        weeks = {name: source.randint(1, 6) for name in names}
        needs = {name: source.choice([None, None, *names[:index]]) for index, name in enumerate(names)}
        rows = []
        for name in names:
            cost = f"{source.randint(1, 9)}..10..{source.randint(11, 30)}"
            rows.append(f"{name}:{cost}:{source.randint(2, 9)}:{weeks[name]}:{needs[name] or ''}")
        outcome = rank(measures=",".join(rows), weeks=12, draws=1000)
        means = {name: figure(outcome, "npv", name) for name in names}
        chosen = {name for name in names if figure(outcome, "chosen", name)}
        possible = [
            set(subset)
            for size in range(1, 7)
            for subset in itertools.combinations(names, size)
            if sum(weeks[name] for name in subset) <= 12 and all(needs[name] in (None, *subset) for name in subset)
        ]
        rivals = [sum(means[name] for name in subset) for subset in possible if not subset <= chosen]
        if chosen and rivals:
            assert figure(outcome, "rival_npv") == pytest.approx(max(rivals))
            compared += 1
    assert compared > 20
