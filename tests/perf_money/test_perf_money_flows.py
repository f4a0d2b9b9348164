"""Cash flows: values and all rates against numpy's roots of polynomials, scipy's root finder and spreadsheets."""

from __future__ import annotations

import random

import numpy as np
import pytest
from scipy import optimize

from acolytes_perf import commands
from acolytes_perf.methods.roadmap.cash_flows import (
    Flow,
    annuity_factor,
    internal_rates,
    modified_rate,
    payback,
    present_value,
)
from acolytes_perf.outcome import Outcome, ResultPath


def yearly(*amounts: float) -> list[Flow]:
    return [Flow(index, amount) for index, amount in enumerate(amounts)]


def roi(**inputs: object) -> Outcome:
    command = commands.load("roadmap roi")
    return command.run(command.check({"rate": "8%", **inputs}))


def figure(outcome: Outcome, name: str) -> float:
    found = ResultPath(name).find(outcome)
    assert found
    assert found.value is not None
    return float(found.value)


def test_all_rates_are_those_of_the_polynomial() -> None:
    source = random.Random(5)
    counts: dict[int, int] = {}
    for _ in range(1500):
        amounts = [source.choice([-1, 1]) * source.uniform(0.2, 100) for _ in range(source.randint(2, 9))]
        roots = np.roots(list(reversed(amounts)))
        real = [root.real for root in roots if abs(root.imag) < 1e-9 * max(1, abs(root.real)) and root.real > 0]
        expected = sorted(1 / root - 1 for root in real if -0.9999 < 1 / root - 1 < 1e6)
        if any(abs(root.imag) < 1e-5 for root in roots if root.real > 0 and abs(root.imag) > 1e-9):
            continue  # too near to a double root for numpy to decide
        assert internal_rates(yearly(*amounts)) == pytest.approx(expected, rel=1e-6, abs=1e-8)
        counts[len(expected)] = counts.get(len(expected), 0) + 1
    assert set(counts) >= {0, 1, 2, 3}


def test_rates_of_dated_flows_make_the_value_zero() -> None:
    source, compared = random.Random(8), 0
    for _ in range(300):
        flows = [Flow(0, -source.uniform(10, 100))]
        flows += [Flow(source.uniform(0.1, 5), source.uniform(1, 60)) for _ in range(source.randint(1, 6))]
        found = internal_rates(flows)
        if present_value(flows, -0.99989) < 0 or present_value(flows, 1e5) > 0:
            continue  # a loss or a gain beyond all measure
        expected = optimize.brentq(lambda rate, flows=flows: present_value(flows, rate), -0.99989, 1e5)
        assert found == pytest.approx([expected], rel=1e-7, abs=1e-9)
        compared += 1
    assert compared > 200


def test_a_double_rate_is_found_once() -> None:
    assert internal_rates(yearly(-4, 12, -9)) == pytest.approx([0.5])


def test_rates_of_spreadsheets() -> None:
    assert modified_rate(yearly(-120000, 39000, 30000, 21000, 37000, 46000), 0.10, 0.12) == pytest.approx(
        0.126094, abs=1e-6
    )
    assert modified_rate(yearly(-120000, 39000, 30000, 21000), 0.10, 0.12) == pytest.approx(-0.048045, abs=1e-6)
    assert modified_rate(yearly(-120000, 39000, 30000, 21000, 37000, 46000), 0.10, 0.14) == pytest.approx(
        0.134759, abs=1e-6
    )


def test_annuities_are_sums_of_powers() -> None:
    for rate, years, timing in [(0.08, 4, 1.0), (0.0, 7, 0.5), (0.25, 30, 0.0)]:
        assert annuity_factor(rate, years, timing) == pytest.approx(
            sum(1 / (1 + rate) ** (year + timing) for year in range(years))
        )


@pytest.mark.parametrize(
    ("amounts", "rate", "expected"),
    [
        ((-100, 60, 60), 0.0, 1 + 40 / 60),
        ((-100, 100), 0.0, 1.0),
        ((-100, 50), 0.0, None),
        ((-100, 150, -60, 20), 0.0, 2.5),
        ((-100, 150, -60), 0.0, None),
        ((50, 20), 0.0, 0.0),
        ((-100, 66, 66), 0.1, 1 + 40 / (66 / 1.21)),
    ],
)
def test_payback(amounts: tuple[float, ...], rate: float, expected: float | None) -> None:
    assert payback(yearly(*amounts), rate) == (None if expected is None else pytest.approx(expected))


def test_months_have_effective_yearly_rates() -> None:
    outcome = roi(flows="-1000," + ",".join(["100"] * 12), period="month")
    per_month = optimize.brentq(lambda rate: -1000 + sum(100 / (1 + rate) ** month for month in range(1, 13)), 0, 1)
    assert figure(outcome, "irr") == pytest.approx((1 + per_month) ** 12 - 1)
    assert figure(outcome, "payback") == pytest.approx(10 / 12)
    assert figure(outcome, "npv") == pytest.approx(-1000 + sum(100 / 1.08 ** (month / 12) for month in range(1, 13)))


@pytest.mark.parametrize(("timing", "shift"), [("end", 0.0), ("middle", 0.5), ("start", 1.0)])
def test_the_timing_of_flows_is_as_stated(timing: str, shift: float) -> None:
    outcome = roi(flows="-100,60,70", timing=timing)
    assert figure(outcome, "npv") == pytest.approx(-100 + 60 / 1.08 ** (1 - shift) + 70 / 1.08 ** (2 - shift))


def test_several_rates_are_all_said_and_warned_about() -> None:
    outcome = roi(flows="-100,230,-132", rate="15%")
    assert "2 internal rates of return, 10 % and 20 %" in outcome.answer
    assert [warning.code for warning in outcome.warnings] == ["several_rates"]
    assert figure(outcome, "irr") == pytest.approx(0.10)


def test_a_loan_is_said_to_be_one() -> None:
    assert [warning.code for warning in roi(flows="100,-120").warnings] == ["like_a_loan"]


def test_the_interval_of_the_rate_becomes_one_of_the_value() -> None:
    npv = ResultPath("npv").find(roi(flows="-100,60,70", rate="5%..8%..12%"))
    assert npv is not None
    assert npv.interval is not None
    assert npv.interval[:2] == pytest.approx((-100 + 60 / 1.12 + 70 / 1.12**2, -100 + 60 / 1.05 + 70 / 1.05**2))
