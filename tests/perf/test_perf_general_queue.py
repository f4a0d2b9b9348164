"""G/G/c: exact where it must be, and within its own interval of everything that was simulated or solved otherwise."""

import itertools
import math
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from acolytes_perf.cli import main
from acolytes_perf.commands.queue_mgc import COMMAND
from acolytes_perf.commands.queue_mmc import COMMAND as MMC
from acolytes_perf.errors import CannotAnswerError
from acolytes_perf.methods.queueing import mmc
from acolytes_perf.methods.queueing.general import (
    MAX_PERCENTILE_SCV,
    _poisson_arrivals_wait,
    cosmetatos_gap,
    gamma_gaps_wait,
    kingman_bound,
    mdc_mean_wait,
    mean_wait_bounds,
    mmc_mean_wait,
    wait_percentile_bounds,
)
from acolytes_perf.outcome import MODEL, SCENARIO, Interval
from perf_answers import figures
from perf_queue_oracles import chain_wait, draws, simulated_tail, simulated_wait, two_phases

utilisations, counts = st.floats(0.02, 0.995), st.integers(1, 300)
variations = st.floats(0, 20)


def crommelin(servers: int, utilisation: float) -> float:
    """M/D/c by the sum over Poisson tails, term by term."""
    total = 0.0
    for k in range(1, 4000):
        count, mean = k * servers, k * servers * utilisation
        terms = [math.exp(n * math.log(mean) - mean - math.lgamma(n + 1)) for n in range(count, count + 700)]
        added = math.fsum(terms) - math.fsum(terms[1:]) / utilisation
        total += added
        if added < 1e-13 * total:
            return total
    raise AssertionError("no convergence")


@pytest.mark.parametrize(
    ("servers", "utilisation"), [*itertools.product((1, 2, 3, 10), (0.1, 0.4, 0.6, 0.8)), (60, 0.95)]
)
def test_constant_service_is_exact(servers: int, utilisation: float) -> None:
    assert mdc_mean_wait(servers, utilisation) == pytest.approx(crommelin(servers, utilisation), rel=1e-9)


def test_published_values_of_constant_service() -> None:
    found = [mdc_mean_wait(servers, load) for servers, load in ((2, 0.8), (5, 0.8), (10, 0.9))]
    assert found == pytest.approx([0.903284, 0.28906, 0.344582], abs=5e-7)


CHAINS = [(2, 0.5), (2, 0.9), (5, 0.5), (5, 0.8), (10, 0.7), (10, 0.9)]


@pytest.mark.parametrize(("servers", "utilisation"), CHAINS)
@pytest.mark.parametrize(("scv", "rare"), [(0.5, None), (2, None), (2, 0.02), (4, None), (4, 0.3), (9, None), (9, 0.1)])
def test_the_model_error_covers_exact_solutions(
    servers: int, utilisation: float, scv: float, rare: float | None
) -> None:
    exact = chain_wait(servers, utilisation, two_phases(scv, rare) if scv > 1 else None, 300)
    found = _poisson_arrivals_wait(servers, utilisation, scv)
    assert found.low * (1 - 1e-9) <= exact <= found.high * (1 + 1e-9)
    if rare is None and scv <= 4:
        assert found.value == pytest.approx(exact, rel=0.06)


FAMILIES = [("gamma", 0.0), ("gamma", 0.3), ("lognormal", 0.5), ("gamma", 1.0), ("lognormal", 2.0), ("mixed", 3.0)]


@pytest.mark.parametrize(("gaps", "services"), list(itertools.product(FAMILIES, FAMILIES)), ids=str)
def test_simulated_queues_are_within_the_interval(
    request: pytest.FixtureRequest, gaps: tuple[str, float], services: tuple[str, float]
) -> None:
    full = request.config.getoption("--full")
    cases = [(1, 0.7), (4, 0.8), (10, 0.9), (3, 0.6)] if full else [(4, 0.8)]
    if gaps[1] == services[1] == 0:
        assert mean_wait_bounds(4, 0.8, 0, 0).value == 0
        return
    for servers, utilisation in cases:
        wait, error = simulated_wait(
            servers, utilisation, draws(*gaps), draws(*services), 1_000_000 if full else 60_000, seed=7
        )
        found = mean_wait_bounds(servers, utilisation, gaps[1], services[1])
        slack = 3 * error + 0.05 * wait
        assert found.low - slack <= wait <= found.high + slack, (servers, utilisation, found, wait, error)


TAILS = [(1, 0.7), (4, 0.8), (10, 0.9), (50, 0.9), (30, 0.8), (2, 0.5)]
SERVICES = [*FAMILIES, ("lognormal", 4.0), ("mixed", 4.0), ("gamma", 4.0)]


@pytest.mark.parametrize("services", SERVICES, ids=str)
def test_simulated_tails_are_within_the_limits(request: pytest.FixtureRequest, services: tuple[str, float]) -> None:
    full = request.config.getoption("--full")
    for servers, utilisation in TAILS if full else TAILS[1::2]:
        arrivals = 1_000_000 if full else 100_000
        simulated = simulated_tail(servers, utilisation, draws(*services), arrivals, seed=11)
        found = wait_percentile_bounds(
            servers, utilisation, _poisson_arrivals_wait(servers, utilisation, services[1]), is_mmc=services[1] == 1
        )
        slack = 0 if services[1] != 1 else 0.1 * simulated  # exact, and so without limits
        assert found.low - slack <= simulated <= found.high + slack, (servers, utilisation, simulated, found)


@given(counts, utilisations, st.floats(0, MAX_PERCENTILE_SCV))
def test_a_tail_lies_within_its_limits_and_is_exact_for_exponential_service(
    servers: int, utilisation: float, service: float
) -> None:
    low, value, high = wait_percentile_bounds(
        servers, utilisation, _poisson_arrivals_wait(servers, utilisation, service), is_mmc=False
    )
    assert 0 <= low <= value * (1 + 1e-12) <= high * (1 + 1e-9)
    exact = wait_percentile_bounds(
        servers, utilisation, _poisson_arrivals_wait(servers, utilisation, 1), is_mmc=True
    ).value
    inputs = {"offered_load": servers * utilisation, "servers": servers}
    assert exact == pytest.approx(_results(MMC, **inputs)["percentiles[p95].wait"].value, rel=1e-6, abs=1e-9)


def test_limits_of_a_tail_hold_for_all_inputs_within_theirs() -> None:
    case = {"offered_load": 0.8, "servers": 1}
    wide = _results(**case, service_scv="0.9..0.95..1")["p95_wait"].interval
    inner = _results(**case, service_scv=0.95)["p95_wait"].interval
    assert wide.low <= inner.low
    assert wide.high >= inner.high


def test_a_wait_that_is_next_to_nothing_has_no_share_of_error(capsys: pytest.CaptureFixture[str]) -> None:
    words = "queue mgc --offered_load 0.1 --servers 100 --arrival_scv 0.5 --json"
    assert main(words.split()) == 0
    assert "Infinity" not in capsys.readouterr().out


def test_a_tail_is_told_for_random_arrivals_and_moderate_service_alone() -> None:
    case = {"arrival_rate": "90/s..100/s..110/s", "service_time": "80ms", "servers": 10}
    told = _results(**case, service_scv=2)["p95_wait"]
    ends = [_results(**{**case, "arrival_rate": rate}, service_scv=2)["p95_wait"] for rate in ("90/s", "110/s")]
    assert told.interval == Interval(ends[0].interval.low, ends[1].interval.high, SCENARIO)
    for more in ({"arrival_scv": 1.5}, {"arrival_scv": "0.9..1..1.1"}, {"service_scv": 5}, {"service_scv": "1..5"}):
        assert "p95_wait" not in _results(**case, **more)


@given(counts, utilisations)
def test_limits_are_the_exact_formulas(servers: int, utilisation: float) -> None:
    exponential = mmc_mean_wait(servers, utilisation)
    assert mean_wait_bounds(servers, utilisation, 1, 1).value == pytest.approx(exponential, rel=1e-12)
    assert mean_wait_bounds(servers, utilisation, 1, 0).value == pytest.approx(
        mdc_mean_wait(servers, utilisation), rel=1e-12
    )


@given(utilisations, variations)
def test_one_server_is_pollaczek_and_khinchine(utilisation: float, service: float) -> None:
    found = mean_wait_bounds(1, utilisation, 1, service)
    assert found.low == found.value == found.high
    assert found.value == pytest.approx(utilisation / (1 - utilisation) * (1 + service) / 2, rel=1e-12)


@given(counts, utilisations, variations, variations)
def test_the_interval_holds_its_value_and_nothing_exceeds_kingman(
    servers: int, utilisation: float, arrivals: float, service: float
) -> None:
    found = mean_wait_bounds(servers, utilisation, arrivals, service)
    assert 0 <= found.low <= found.value * (1 + 1e-12) <= found.high * (1 + 2e-12) < math.inf
    if cosmetatos_gap(servers, utilisation) > 0.24 and arrivals != 1:
        assert found.high == kingman_bound(servers, utilisation, arrivals, service)


@given(counts, utilisations, st.sampled_from([0.0, 0.5, 1.0, 3.0]), st.floats(0, 4), st.floats(0.001, 2))
def test_more_variation_waits_longer(
    servers: int, utilisation: float, arrivals: float, service: float, more: float
) -> None:
    assume(arrivals == 1 or cosmetatos_gap(servers, utilisation) <= 0.24)
    here, there = (mean_wait_bounds(servers, utilisation, arrivals, scv).value for scv in (service, service + more))
    assert here <= there * (1 + 1e-9)


@given(counts, st.floats(0.02, 0.97), st.floats(0, 9))
def test_more_load_waits_longer_and_more_servers_do_not(servers: int, utilisation: float, service: float) -> None:
    here = mean_wait_bounds(servers, utilisation, 1, service).value
    assert here <= mean_wait_bounds(servers, utilisation * 1.02, 1, service).value * (1 + 1e-9)
    load = utilisation * servers
    assert mean_wait_bounds(servers + 1, load / (servers + 1), 1, service).value <= here * (1 + 1e-9)


@given(st.floats(0.001, 0.999), counts)
def test_the_chance_that_nobody_is_there_is_the_direct_sum(utilisation: float, servers: int) -> None:
    load = utilisation * servers
    logs = [k * math.log(load) - math.lgamma(k + 1) for k in range(servers)]
    last = servers * math.log(load) - math.lgamma(servers + 1) - math.log(1 - utilisation)
    total = math.fsum(math.exp(value - load) for value in [*logs, last])
    assert mmc.idle_probability(load, servers) == pytest.approx(math.exp(-load) / total, rel=1e-9)


def _results(command: Any = COMMAND, **inputs: object) -> dict[str, Any]:
    return figures(command.run(command.check(inputs)))


def test_the_intervals_of_the_inputs_are_carried_through() -> None:
    case = {"service_time": "80ms", "servers": 10, "service_scv": 2}
    found = _results(arrival_rate="90/s..100/s..110/s", **case)
    ends = [_results(arrival_rate=rate, **case)["mean_wait"].interval for rate in ("90/s", "110/s")]
    assert found["mean_wait"].interval == Interval(ends[0].low, ends[1].high, SCENARIO)
    assert {ends[0].kind, ends[1].kind} == {MODEL}
    middle = _results(arrival_rate="100/s", **case)
    assert found["mean_wait"].value == middle["mean_wait"].value
    assert found["utilisation"].interval[:2] == pytest.approx((0.72, 0.88))
    assert _results(arrival_rate="90/s..110/s", **case)["mean_wait"].value == middle["mean_wait"].value


def test_an_interval_that_reaches_overload_has_no_end_and_says_so() -> None:
    inputs = COMMAND.check({"arrival_rate": "90/s..100/s..130/s", "service_time": "80ms", "servers": 10})
    outcome = COMMAND.run(inputs)
    (wait,) = (result for result in outcome.results if result.name == "mean_wait")
    assert wait.interval
    assert wait.interval.high is None
    assert [warning.code for warning in outcome.warnings] == ["may_overload"]
    assert "or more" in outcome.answer


@pytest.mark.parametrize("command", [COMMAND, MMC])
@pytest.mark.parametrize("load", [{"offered_load": 12}, {"arrival_rate": "10/s", "service_time": "1s"}])
def test_overload_has_no_waiting_time(command: Any, load: dict[str, object]) -> None:
    with pytest.raises(CannotAnswerError) as caught:
        command.run(command.check({**load, "servers": 10}))
    assert "missing: " in caught.value.message
    assert caught.value.exit_code == 3
    assert caught.value.fix
    command.run(command.check({**load, "servers": caught.value.fix["servers"]}))
    with pytest.raises(CannotAnswerError, match="has no waiting time; missing: less than 100 %"):
        command.run(command.check({"utilisation": "130%", "servers": 10}))


def test_a_loss_system_bears_any_load_and_has_no_waiting_time() -> None:
    found = _results(MMC, offered_load=10, servers=10, overflow="lost")
    assert found["blocking"].value == pytest.approx(0.214582343107347, rel=1e-12)
    assert not [name for name in found if "wait" in name]
    assert _results(MMC, offered_load=50, servers=10, overflow="lost")["blocking"].value > 0.8


def test_service_rate_is_the_inverse_of_service_time() -> None:
    by_time = _results(MMC, arrival_rate="9/s", service_time="1s", servers=10)
    assert by_time == _results(MMC, arrival_rate="9/s", service_rate="1/s", servers=10)


@given(st.floats(0.05, 0.99), counts)
def test_mean_values_obey_littles_law(utilisation: float, servers: int) -> None:
    found = _results(MMC, utilisation=f"{utilisation:.6f}", service_time="80ms", servers=servers)
    rate = found["offered_load"].value / 0.08
    assert found["mean_queue"].value == pytest.approx(rate * found["mean_wait"].value)
    assert found["mean_in_system"].value == pytest.approx(rate * found["mean_response"].value)
    assert found["mean_response"].value == pytest.approx(found["mean_wait"].value + 0.08)
    waits = [found[f"percentiles[p{share}].wait"].value for share in (50, 95, 99)]
    assert waits == sorted(waits)


@pytest.mark.parametrize(("utilisation", "scv"), [(0.8, 4), (0.5, 4), (0.3, 2), (0.95, 9), (0.8, 1.5)])
def test_gamma_distributed_gaps_are_within_the_interval(utilisation: float, scv: float) -> None:
    """Kleinrock's root by another way: the transform of the gaps is iterated to its fixed point."""
    root = 0.5
    for _ in range(20_000):
        root = (1 + (1 - root) * scv / utilisation) ** (-1 / scv)
    exact = root / (1 - root)
    bounds = mean_wait_bounds(1, utilisation, scv, 1)
    assert bounds.low <= exact <= bounds.high
    assert gamma_gaps_wait(utilisation, scv) == pytest.approx(exact, rel=1e-6)
    if (utilisation, scv) == (0.8, 4):
        assert exact * 0.1 == pytest.approx(1.0955, abs=5e-5)
