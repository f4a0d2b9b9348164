"""Availability of parts: exact sums over all states, monotony, and what the answer warns of."""

import itertools
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acolytes_perf.commands.slo_compose import COMMAND
from acolytes_perf.methods.reliability import availability
from acolytes_perf.outcome import Outcome
from perf_answers import values

shares = st.floats(0, 1)
downs = st.floats(1e-9, 0.999)


@given(downs, st.integers(1, 7), st.integers(1, 7))
def test_replicas_are_the_sum_over_all_their_states(down: float, replicas: int, needed: int) -> None:
    needed = min(needed, replicas)
    expected = math.fsum(
        math.prod(down if failed else 1 - down for failed in state)
        for state in itertools.product((True, False), repeat=replicas)
        if replicas - sum(state) < needed
    )
    assert availability.replica_unavailability(down, replicas, needed, 0) == pytest.approx(expected, rel=1e-9)


@given(downs, st.integers(1, 20), st.integers(1, 20), shares)
def test_a_replica_more_helps_and_a_needed_one_more_does_not(
    down: float, replicas: int, needed: int, shared: float
) -> None:
    needed = min(needed, replicas)
    here = availability.replica_unavailability(down, replicas, needed, shared)
    assert 0 <= here <= 1
    assert availability.replica_unavailability(down, replicas + 1, needed, shared) <= here * (1 + 1e-9)
    if needed > 1:
        assert availability.replica_unavailability(down, replicas, needed - 1, shared) <= here * (1 + 1e-9)


@given(st.lists(downs, min_size=1, max_size=6))
def test_a_chain_is_worse_and_alternatives_are_better_than_each(parts: list[float]) -> None:
    assert availability.series_unavailability(*parts) >= max(parts) * (1 - 1e-12)
    assert availability.alternatives_unavailability(parts, 0) <= min(parts) * (1 + 1e-12)
    assert availability.series_unavailability(*parts) == pytest.approx(
        1 - math.prod(1 - down for down in parts), abs=1e-12
    )


def test_small_unavailabilities_are_not_lost_beside_one() -> None:
    assert availability.series_unavailability(1e-12, 2e-12) == pytest.approx(3e-12, rel=1e-9)
    assert availability.replica_unavailability(1e-6, 3, 1, 0) == pytest.approx(1e-18, rel=1e-9)


def _outcome(**inputs: object) -> Outcome:
    return COMMAND.run(COMMAND.check(inputs))


def _results(**inputs: object) -> dict[str, Any]:
    return values(_outcome(**inputs))


def test_published_examples() -> None:
    serial = _results(components="app:99.99%,one:99.99%,two:99.99%")
    assert serial["availability"] == pytest.approx(0.9997, abs=1e-6)
    assert serial["downtime_per_year"] == pytest.approx(157.66 * 60, abs=1)
    assert _results(components="web:99%:2,db:99%")["availability"] == pytest.approx(0.989901)
    times = [{"name": "app", "mtbf": "150d", "mttr": "1h"}]
    assert _results(components=times)["availability"] == pytest.approx(0.99972, abs=1e-5)


def test_a_group_is_up_while_one_of_its_parts_is() -> None:
    rows = [
        {"name": "east", "availability": "99%", "group": "region"},
        {"name": "west", "availability": "98%", "group": "region"},
        {"name": "dns", "availability": "99.99%"},
    ]
    found = _results(components=rows)
    assert found["parts[region].availability"] == pytest.approx(1 - 0.01 * 0.02)
    assert found["availability"] == pytest.approx((1 - 0.01 * 0.02) * 0.9999)


def test_failures_that_come_together_limit_what_replicas_bring() -> None:
    alone = _outcome(components="app:99%:3")
    together = _results(components="app:99%:3", shared_failures="10%")["availability"]
    assert together == pytest.approx(1 - 0.001, abs=1e-5)
    (warning,) = alone.warnings
    assert warning.code == "independence_assumed"
    assert "99.9 % remain" in warning.message
    assert not _outcome(components="app:99%,db:99%").warnings
    assert _results(components="app:99%", shared_failures="50%")["availability"] == pytest.approx(0.99)


def test_the_budget_is_shared_out_and_the_worst_named() -> None:
    outcome = _outcome(components="lb:99.99%,app:99.8%,db:99.95%", slo="99.9%")
    found: dict[str, Any] = values(outcome)
    assert found["slo_met"] is False
    assert found["parts[app].budget_used"] == pytest.approx(2)
    assert found["parts[app].needed_availability"] == pytest.approx(0.999 / (0.9999 * 0.9995))
    assert found["parts[db].needed_availability"] is None  # the others have used the budget already
    assert found["needed_of_each"] ** 3 == pytest.approx(0.999)
    assert outcome.warnings[-1].message.startswith("app alone takes 200 %")


def test_a_loss_shows_in_availability_and_load() -> None:
    parts = [{"name": "app", "availability": "99.9%", "replicas": 4, "needed": 2, "utilisation": "60%"}]
    found = _results(components=parts, what_if="app:1")
    assert found["load_after_loss[app].utilisation"] == pytest.approx(0.8)
    assert found["after_loss[after_loss].availability"] < found["availability"]
    assert 0.5 < found["load_after_loss[app].p_wait"] < 0.8
    gone = _outcome(components=parts, what_if="app:2")
    assert [warning.code for warning in gone.warnings] == ["independence_assumed", "overload_after_loss"]
    lost = values(_outcome(components=parts, what_if="app:3"))
    assert lost["after_loss[after_loss].availability"] == 0
