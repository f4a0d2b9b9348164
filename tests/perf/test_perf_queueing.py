"""Erlang's formulas against an independent direct sum, and the smallest number of servers."""

import math
import random
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acolytes_perf.commands.queue_size import COMMAND
from acolytes_perf.methods.queueing import mmc
from acolytes_perf.methods.queueing.staffing import Targets
from acolytes_perf.outcome import Outcome
from perf_answers import values

#: Loads as exact fractions, so that the direct sum has no rounding at all.
loads = st.fractions(min_value=Fraction(1, 100), max_value=60, max_denominator=1000)


def exact_b(load: Fraction, servers: int) -> Fraction:
    """The textbook ratio, term by term."""
    term = total = Fraction(1)
    for k in range(1, servers + 1):
        term *= load / k
        total += term
    return term / total


def exact_c(load: Fraction, servers: int) -> Fraction:
    last = Fraction(1)
    total = Fraction(0)
    for k in range(servers):
        total += last
        last *= load / (k + 1)
    waiting = last * servers / (servers - load)
    return waiting / (total + waiting)


def log_sum_c(load: float, servers: int) -> float:
    """Erlang C for large loads, summed in logarithms: a third way, good to about 1e-9."""
    logs = [k * math.log(load) - math.lgamma(k + 1) for k in range(servers + 1)]
    top = max(logs)
    below = math.fsum(math.exp(value - top) for value in logs[:-1])
    waiting = math.exp(logs[-1] - top) * servers / (servers - load)
    return waiting / (below + waiting)


@given(loads, st.integers(1, 90))
def test_erlang_b_is_the_direct_sum(load: Fraction, servers: int) -> None:
    assert mmc.erlang_b(float(load), servers) == pytest.approx(float(exact_b(load, servers)), rel=1e-12)


@given(loads, st.integers(1, 40))
def test_erlang_c_is_the_direct_sum(load: Fraction, spare: int) -> None:
    servers = int(load) + spare
    expected = float(exact_c(load, servers))
    # close to saturation a load's own rounding to binary shows in c - a
    assert mmc.erlang_c(float(load), servers) == pytest.approx(expected, rel=1e-11)


@pytest.mark.parametrize(("load", "servers"), [(5000.0, 5100), (99000.0, 100000), (300.5, 301), (20000.0, 20200)])
def test_large_systems_agree_with_a_sum_in_logarithms(load: float, servers: int) -> None:
    assert mmc.erlang_c(load, servers) == pytest.approx(log_sum_c(load, servers), rel=1e-7)


def test_what_cannot_be_told_from_zero_is_zero() -> None:
    assert mmc.erlang_b(1.0, 1_000_000) == 0
    assert mmc.erlang_c(1e-9, 1000) == 0
    assert mmc.halfin_whitt(1.0, 1000) == 0


@given(st.floats(0.01, 500), st.integers(1, 600))
def test_more_servers_block_less_and_more_load_blocks_more(load: float, servers: int) -> None:
    blocked = mmc.erlang_b(load, servers)
    assert mmc.erlang_b(load, servers + 1) <= blocked
    assert mmc.erlang_b(load * 1.01, servers) >= blocked


def test_two_thousand_random_cases_never_have_one_server_too_many() -> None:
    generator = random.Random(20)
    for _ in range(2000):
        load = Fraction(generator.randint(1, 4000), 100)
        target = generator.choice([0.5, 0.2, 0.1, 0.05, 0.01, generator.random() * 0.98 + 0.01])
        servers = Targets(p_wait=target).min_servers(float(load), None)
        assert servers > load
        assert exact_c(load, servers) <= target
        assert servers - 1 <= load or exact_c(load, servers - 1) > target


def test_service_levels_are_met_at_the_answer_and_not_one_below() -> None:
    generator = random.Random(21)
    for _ in range(500):
        load = Fraction(generator.randint(1, 3000), 100)
        wait, level = generator.uniform(0.01, 2), generator.uniform(0.3, 0.999)
        servers = Targets(max_wait=wait, late_share=1 - level).min_servers(float(load), 1.0)
        reached = [
            1 - float(exact_c(load, count)) * math.exp(-(count - float(load)) * wait)
            for count in (servers, servers - 1)
            if count > load
        ]
        assert reached[0] >= level
        assert all(value < level for value in reached[1:])


@given(loads, st.floats(0.001, 0.9))
def test_blocking_is_met_at_the_answer_and_not_one_below(load: Fraction, target: float) -> None:
    servers = Targets(blocking=target).min_servers(float(load), None)
    assert exact_b(load, servers) <= target * (1 + 1e-9)
    assert servers == 1 or exact_b(load, servers - 1) > target * (1 - 1e-9)


@given(st.integers(1, 2000), st.floats(0.001, 0.5))
@settings(max_examples=50)
def test_the_load_carried_is_the_largest(servers: int, target: float) -> None:
    for targets in (Targets(blocking=target), Targets(p_wait=target), Targets(max_wait=0.5, late_share=target)):
        load = targets.max_load(servers, 1.0)
        assert targets.are_met(load, servers, 1.0)
        assert not targets.are_met(load * (1 + 1e-9), servers, 1.0)


@pytest.mark.parametrize(
    ("load", "exact", "rule"),
    [
        (1, [2, 3, 3], [2, 3, 3]),
        (5, [7, 8, 9], [7, 8, 9]),
        (10, [12, 14, 16], [12, 14, 15]),
        (50, [54, 58, 61], [54, 58, 61]),
        (100, [106, 111, 115], [106, 111, 115]),
        (250, [259, 268, 274], [259, 267, 273]),
        (500, [512, 525, 533], [512, 524, 532]),
        (1000, [1017, 1034, 1046], [1017, 1034, 1045]),
    ],
)
def test_rows_of_tijms_table_5_3_2(load: int, exact: list[int], rule: list[int]) -> None:
    found = [Targets(p_wait=target) for target in (0.5, 0.2, 0.1)]
    assert [targets.min_servers(load, None) for targets in found] == exact
    assert [targets.min_servers_by_square_root(load, None) for targets in found] == rule


def test_limits_that_are_kept_exactly_cost_no_server_more() -> None:
    assert Targets(max_utilisation=0.8).min_servers(96.0, None) == 120
    assert Targets(max_utilisation=0.07).min_servers(0.07 * 100, None) == 100
    assert Targets(p_wait=0.8).min_servers(0.8, None) == 1


@given(st.floats(0.05, 0.999), st.integers(1, 300), st.floats(0.01, 0.999))
def test_response_percentiles_invert_the_distribution(utilisation: float, servers: int, share: float) -> None:
    load = utilisation * servers
    p_wait = mmc.erlang_c(load, servers)
    time = mmc.response_percentile(p_wait, load, servers, share)
    assert mmc.response_tail_probability(p_wait, load, servers, time) == pytest.approx(1 - share, rel=1e-9)
    assert time >= mmc.wait_percentile(p_wait, load, servers, share)


def test_response_times_where_the_two_exponentials_coincide() -> None:
    """With exactly one spare server the closed form divides by zero; its limit does not."""
    assert mmc.response_tail_probability(0.5, 1.0, 2, 3.0) == pytest.approx(math.exp(-3) * (1 + 0.5 * 3))
    near = mmc.response_tail_probability(0.5, 1.0 + 1e-7, 2, 3.0)
    assert near == pytest.approx(mmc.response_tail_probability(0.5, 1.0, 2, 3.0), rel=1e-6)


def _results(**inputs: object) -> dict[str, object]:
    return values(COMMAND.run(COMMAND.check(inputs)))


def test_a_peak_is_the_same_as_that_much_more_load() -> None:
    peak = _results(arrival_rate="1000/s", service_time="80ms", p_wait="20%", peak_factor=1.5)
    more = _results(arrival_rate="1500/s", service_time="80ms", p_wait="20%")
    assert peak == more


def test_offered_load_and_one_of_the_others_give_the_times() -> None:
    by_rate = _results(offered_load=96, arrival_rate="1200/s", p_wait="20%")
    assert by_rate == _results(offered_load=96, service_time="80ms", p_wait="20%")
    assert by_rate == _results(arrival_rate="1200/s", service_time="80ms", p_wait="20%")


def test_given_servers_are_judged() -> None:
    judged = _results(offered_load=96, service_time="80ms", servers=104, p_wait="20%")
    needed = _results(offered_load=96, service_time="80ms", p_wait="20%")["servers"]
    assert judged["targets_met"] is False
    assert judged["needed[needed].servers"] == needed
    assert _results(offered_load=96, servers=needed, p_wait="20%")["targets_met"] is True


def test_the_load_carried_at_the_peak_leaves_less_for_the_mean() -> None:
    flat, peaked = _results(servers=15, blocking="1%"), _results(servers=15, blocking="1%", peak_factor=2)
    assert peaked["offered_load"] == pytest.approx(flat["offered_load"] / 2)  # type: ignore[operator]


def test_two_targets_need_what_the_stricter_one_needs() -> None:
    wait, busy = {"p_wait": "20%"}, {"max_utilisation": "70%"}
    counts = [_results(offered_load=50, **targets)["servers"] for targets in (wait, busy, {**wait, **busy})]
    assert counts == [58, 72, 72]


def test_losses_may_exceed_what_a_queue_can_bear() -> None:
    assert _results(offered_load=100, blocking="30%")["servers"] == pytest.approx(72, abs=2)
    assert _results(offered_load=100, servers=50, blocking="30%")["targets_met"] is False


def test_positions_are_not_one_too_many_for_rounding() -> None:
    """21 at work with 30 % away are exactly 30, though 21 / 0.7 is a little more in binary."""
    found = _results(offered_load=14.7, max_utilisation="70%", shrinkage="30%")
    assert (found["servers"], found["positions"]) == (21, 30)


def _outcome(**inputs: object) -> Outcome:
    return COMMAND.run(COMMAND.check(inputs))


def test_a_thin_margin_is_mended_by_more_servers_and_not_by_a_lower_peak() -> None:
    case = {"arrival_rate": "1200/s", "service_time": "80ms"}
    (at_peak,) = _outcome(**case, peak_factor=3, servers=289).warnings
    assert at_peak.fix == "keep a reserve with --max-utilisation 80%"
    (at_mean,) = _outcome(**case, servers=104).warnings
    assert at_mean.fix.startswith("plan for the peak with --peak-factor 1.2 (or your own)")
    assert not _outcome(**case, peak_factor=3, max_utilisation="80%").warnings


@pytest.mark.parametrize(
    ("inputs", "answer"),
    [
        ({"offered_load": 0.8, "servers": 1},
         "1 server under 0.8 erlang: 80 % wait, utilisation 80 %, mean response 5 times the service time."),
        ({"offered_load": 0.8, "servers": 2}, "2 servers under 0.8 erlang: 22.86 % wait, utilisation 40 %."),
        ({"arrival_rate": "100/h", "service_time": "1min", "p_wait": "90%"},
         ("2 servers for 1.667 erlang: 75.76 % wait, utilisation 83.33 %, mean response 3.273 times the service time; "
          "one server less cannot carry it.")),
        ({"offered_load": 10, "servers": 30}, "30 servers under 10 erlang: under 0.0001 % wait, utilisation 33.33 %."),
    ],
)  # fmt: skip
def test_the_answer_says_what_a_reader_must_not_miss(inputs: dict[str, object], answer: str) -> None:
    assert _outcome(**inputs).answer == answer
