"""Closed networks against sums over all their states, bounds around them, and the laws."""

import itertools
import math
import xml.etree.ElementTree as ET
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acolytes_perf.commands.bottleneck_bounds import COMMAND as BOUNDS
from acolytes_perf.commands.bottleneck_laws import COMMAND as LAWS
from acolytes_perf.commands.bottleneck_mva import COMMAND as MVA
from acolytes_perf.errors import CannotAnswerError, PerfError
from acolytes_perf.inputs.stations import Station
from acolytes_perf.methods.queueing import networks
from acolytes_perf.outputs.document import answer_to
from perf_answers import values

demands = st.fractions(min_value=Fraction(1, 100), max_value=5, max_denominator=100)


@st.composite
def closed_networks(draw: st.DrawFn) -> list[tuple[Fraction, int]]:
    """Stations as (demand, servers), 0 servers for a delay; at least one has a queue."""
    first = [(draw(demands), draw(st.integers(1, 3)))]
    return first + draw(st.lists(st.tuples(demands, st.integers(0, 3)), max_size=2))


def factor(demand: Fraction, servers: int, count: int) -> Fraction:
    """Weight of so many requests at a station, 0 servers being a delay."""
    return math.prod((demand / (min(j, servers) if servers else j) for j in range(1, count + 1)), start=Fraction(1))


def by_states(stations: list[tuple[Fraction, int]], think: Fraction, users: int) -> tuple[Fraction, list[Fraction]]:
    """Throughput and mean numbers, from the weights of all states."""
    everywhere = [*stations, (think, 0)]

    def states(count: int) -> list[tuple[int, ...]]:
        return [state for state in itertools.product(range(count + 1), repeat=len(everywhere)) if sum(state) == count]

    def weight(state: tuple[int, ...]) -> Fraction:
        return math.prod(
            (factor(*station, there) for station, there in zip(everywhere, state, strict=True)), start=Fraction(1)
        )

    total = sum(map(weight, states(users)), Fraction(0))
    fewer = sum(map(weight, states(users - 1)), Fraction(0))
    numbers = [
        sum((state[index] * weight(state) for state in states(users)), Fraction(0)) / total
        for index in range(len(stations))
    ]
    return fewer / total, numbers


def as_stations(stations: list[tuple[Fraction, int]]) -> list[Station]:
    return [
        Station(f"s{index}", float(demand), max(servers, 1), None, servers == 0)
        for index, (demand, servers) in enumerate(stations)
    ]


@given(closed_networks(), st.one_of(st.just(Fraction(0)), demands), st.integers(1, 6))
def test_mean_values_are_those_of_all_states(stations: list[tuple[Fraction, int]], think: Fraction, users: int) -> None:
    throughput, numbers = by_states(stations, think, users)
    found = networks.exact_mva(as_stations(stations), float(think), users)
    assert found.throughputs[-1] == pytest.approx(float(throughput), rel=1e-10)
    assert found.queue_lengths == pytest.approx([float(number) for number in numbers], rel=1e-9)


@given(closed_networks(), st.floats(0, 20), st.integers(1, 60))
def test_more_users_get_more_within_the_bounds(stations: list[tuple[Fraction, int]], think: float, users: int) -> None:
    found = as_stations(stations)
    throughputs = networks.exact_mva(found, think, users).throughputs
    assert all(one <= other * (1 + 1e-12) for one, other in itertools.pairwise(throughputs))
    for count in {1, users}:
        limits = networks.network_bounds(found, think, count)
        response = count / throughputs[count - 1] - think
        assert limits.min_throughput * (1 - 1e-9) <= throughputs[count - 1] <= limits.max_throughput * (1 + 1e-9)
        assert limits.min_response - 1e-9 * (response + think) <= response
        assert response <= limits.max_response + 1e-9 * (response + think)


@given(st.lists(demands, min_size=1, max_size=4), st.floats(0, 20), st.integers(1, 40))
def test_a_second_server_never_makes_it_slower(found: list[Fraction], think: float, users: int) -> None:
    one = as_stations([(demand, 1) for demand in found])
    two = [one[0]._replace(servers=2), *one[1:]]
    slow, fast = (networks.exact_mva(stations, think, users).throughputs[-1] for stations in (one, two))
    assert slow <= fast * (1 + 1e-12)


def test_many_users_at_several_servers_lose_no_digits() -> None:
    """The textbook recursion finds p(0|n) as a difference, and gives negative chances long before this."""
    stations = [Station("a", 1.0, 16), Station("b", 0.0601, 1)]
    found = networks.exact_mva(stations, 0.0, 3000)
    assert found.throughputs[-1] == pytest.approx(16, rel=1e-6)
    assert sum(found.queue_lengths) == pytest.approx(3000)
    assert all(number >= 0 for number in found.queue_lengths)


@given(
    st.lists(st.tuples(demands, demands, st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=2),
)
def test_classes_are_those_of_all_states(classes: list[tuple[Fraction, Fraction, int, int]]) -> None:
    """Two classes at two queues, thinking a while: weights are multinomial."""
    users = [max(1, one[2]) for one in classes]
    thinks = [Fraction(one[3]) for one in classes]
    both = [[one[0], one[1]] for one in classes]

    def norm(counts: tuple[int, ...]) -> Fraction:
        places = [
            [split for split in itertools.product(range(count + 1), repeat=3) if sum(split) == count]
            for count in counts
        ]
        total = Fraction(0)
        for first, second in itertools.product(*places):
            value = Fraction(1)
            for k in range(2):
                value *= math.comb(first[k] + second[k], first[k])
                value *= both[0][k] ** first[k] * both[1][k] ** second[k]
            for split, think in ((first, thinks[0]), (second, thinks[1])):
                value *= think ** split[2] / math.factorial(split[2])
            total += value
        return total

    whole = norm((users[0], users[1]))
    fewer = [norm((users[0] - 1, users[1])), norm((users[0], users[1] - 1))]
    found = networks.multiclass_mva(
        [[float(demand) for demand in row] for row in both], [False, False], [float(think) for think in thinks], users
    )
    assert found.throughputs == pytest.approx([float(one / whole) for one in fewer], rel=1e-10)


def _results(command: Any, **inputs: object) -> dict[str, Any]:
    return values(command.run(command.check(inputs)))


def test_one_class_is_the_same_as_classes_with_one() -> None:
    stations = "cpu:20ms,disk:45ms,api:120ms:1:::delay"
    single = _results(MVA, stations=stations, users=30, think_time="1s")
    classes = _results(MVA, stations=stations, classes="web:30:1s")
    assert classes["classes[web].throughput"] == pytest.approx(single["throughput"])
    assert classes["stations[disk].queue_length"] == pytest.approx(single["stations[disk].queue_length"])


def test_a_class_may_have_demands_of_its_own() -> None:
    found = _results(MVA, stations="cpu:20ms,disk:45ms", classes="web:5:1s,batch:2", demands="batch:disk:300ms")
    assert found["classes[batch].response_time"] > found["classes[web].response_time"]
    assert found["stations[disk].utilisation"] == pytest.approx(
        0.045 * found["classes[web].throughput"] + 0.3 * found["classes[batch].throughput"]
    )


def test_asymptotic_bounds_of_the_textbook() -> None:
    found = _results(BOUNDS, stations="cpu:9.2s,disk:8s", users=20, think_time="120s")
    assert found["max_throughput"] == pytest.approx(1 / 9.2)
    assert found["min_response"] == pytest.approx(64)
    assert found["saturation_users"] == pytest.approx((9.2 + 8 + 120) / 9.2)


@given(st.floats(0.01, 100), st.floats(0.01, 100), st.floats(0, 50))
def test_littles_law_closes(throughput: float, response: float, think: float) -> None:
    x, r, z = f"{throughput:.6f}/s", f"{response:.6f}s", f"{think:.6f}s"
    users = (_results(LAWS, throughput=x, response_time=r, think_time=z).get("users")) or float(x[:-2]) * float(r[:-1])
    back = _results(LAWS, users=f"{users:.9g}", response_time=r, think_time=z)["throughput"]
    assert back == pytest.approx(float(x[:-2]), rel=1e-6)


def test_numbers_that_do_not_agree_are_said() -> None:
    inputs = {"throughput": "10/s", "response_time": "1s", "users": 8}
    assert [warning.code for warning in LAWS.run(LAWS.check(inputs)).warnings] == ["do_not_agree"]
    assert not LAWS.run(LAWS.check({**inputs, "users": 10.2})).warnings
    with_think_time = {**inputs, "users": 40, "think_time": "1s"}
    assert [warning.code for warning in LAWS.run(LAWS.check(with_think_time)).warnings] == ["do_not_agree"]


def test_more_users_than_requests_in_the_system_think() -> None:
    inputs = {"throughput": "10/s", "response_time": "0.5s", "users": 100, "stations": "cpu:20ms"}
    outcome = LAWS.run(LAWS.check(inputs))
    assert _results(LAWS, **inputs)["think_time"] == pytest.approx(9.5)
    assert not outcome.warnings
    assert outcome.next_calls[0][1]["think_time"] == "9.5s"


def test_the_answer_tells_littles_response_time_from_the_networks() -> None:
    inputs = {"throughput": "40/s", "users": 50, "think_time": "1s", "stations": "web:20ms:4,app:45ms:2,db:15ms"}
    outcome = LAWS.run(LAWS.check(inputs))
    assert outcome.answer.startswith("By Little's law a response takes 250 ms; app is the bottleneck")
    assert outcome.answer.endswith("with random arrivals a response takes 294.4 ms.")
    # what the next call repeats is the same system
    assert outcome.next_calls == [
        ("bottleneck bounds", {"stations": inputs["stations"], "users": 50, "think_time": "1s"})
    ]
    disagreeing = LAWS.run(LAWS.check({"throughput": "40/s", "response_time": "350ms", "users": 2}))
    assert disagreeing.answer == (
        "14 requests are in the system on average; these do not agree with the number of users."
    )


def test_a_measured_utilisation_gives_the_demand() -> None:
    rows = [{"name": "cpu", "utilisation": "35%", "servers": 4}, {"name": "disk", "demand": "20ms"}]
    found = _results(LAWS, throughput="14/s", stations=rows)
    assert found["stations[cpu].demand"] == pytest.approx(0.1)
    assert found["max_throughput"] == pytest.approx(40)
    assert found["stations[cpu].utilisation"] == pytest.approx(0.35)


@pytest.mark.parametrize("throughput", ["22.3/s", "50/s"])
def test_an_overloaded_station_has_no_times_and_says_what_is_missing(throughput: str) -> None:
    inputs = {"stations": "cpu:20ms:4,disk:45ms", "throughput": throughput}
    with pytest.raises(CannotAnswerError, match=r"disk carries at most 22\.22/s.*missing: ") as caught:
        LAWS.run(LAWS.check(inputs))
    assert caught.value.exit_code == 3


def test_what_is_lacking_is_at_least_a_server() -> None:
    for station in ("a:570ms:57", "a:290ms:29"):
        with pytest.raises(CannotAnswerError, match="missing: 1 server more for a"):
            LAWS.run(LAWS.check({"stations": station, "throughput": "100/s"}))


def test_every_overloaded_station_is_named_with_what_it_lacks() -> None:
    inputs = {"stations": "web:20ms:4,app:45ms:2,db:15ms,far:9s:1:::delay", "throughput": "100/s"}
    with pytest.raises(CannotAnswerError) as caught:
        LAWS.run(LAWS.check(inputs))
    assert caught.value.message == (
        "app carries at most 44.44/s, db carries at most 66.67/s, not 100/s: they are overloaded; missing: "
        "3 servers more for app, or a demand there below 20 ms, 1 server more for db, or a demand there below 10 ms"
    )


@pytest.mark.parametrize(
    "inputs",
    [
        {"stations": "cpu:20ms:64,disk:1ms:64,net:1ms:64", "users": "1M"},
        {"stations": "cpu:20ms", "classes": "a:999,b:999,c:999"},
        {"stations": "cpu:20ms:4", "classes": "a:9,b:9"},
    ],
)
def test_what_takes_too_long_is_refused_at_once(inputs: dict[str, object]) -> None:
    with pytest.raises(PerfError, match="missing: ") as caught:
        MVA.run(MVA.check(inputs))
    assert caught.value.exit_code == 3


def test_the_curve_is_drawn_with_its_limits() -> None:
    inputs = MVA.check({"stations": "cpu:20ms:4,disk:45ms", "users": 400, "think_time": "1s"})
    svg = MVA.formats["svg"].render(answer_to(MVA, inputs))
    root = ET.fromstring(svg)
    classes = [element.get("class") for element in root.iter()]
    assert {"line line", "band"} <= set(classes)
    assert "disk" in (root.findtext("{http://www.w3.org/2000/svg}desc") or "")
