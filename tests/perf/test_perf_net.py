"""`net` beside a simulation of TCP's slow start by segments, and the identities of its limits."""

import heapq
import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acolytes_perf.cli import main
from acolytes_perf.inputs.data_sizes import BANDWIDTH, SIZE, read_bandwidth, read_size
from acolytes_perf.inputs.quantity import QuantityError
from acolytes_perf.methods.latency.tcp import transfer_time


def _answer(capsys: pytest.CaptureFixture[str], call: str) -> dict[str, Any]:
    assert main(["net", *call.split(), "--json"]) == 0
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    return {result["name"]: result["value"] for result in document["results"]} | {"document": document}


def _simulated(segments: int, rtt: float, seconds_each: float, first: int, most: float) -> float:
    """When the last segment arrives: each acknowledgement opens the window by one segment, up to `most`."""
    free_at = rtt  # the request has arrived after half a round trip; times here are those of the receiver
    window, in_flight, sent, last = float(first), 0, 0, 0.0
    acknowledged: list[float] = []
    now = rtt
    while sent < segments:
        while acknowledged and acknowledged[0] <= now + 1e-12:
            heapq.heappop(acknowledged)
            in_flight -= 1
            window = min(window + 1, most)
        if in_flight < math.floor(window + 1e-9):
            last = max(free_at, now) + seconds_each
            free_at = last
            heapq.heappush(acknowledged, last - seconds_each + rtt)
            in_flight += 1
            sent += 1
        else:
            now = acknowledged[0]
    return last


@pytest.mark.parametrize("segments", [1, 9, 10, 11, 30, 31, 70, 71, 150, 1000])
def test_slow_start_on_a_fast_link_takes_the_rounds_of_a_simulation(segments: int) -> None:
    simulated = _simulated(segments, 0.1, 1e-9, 10, math.inf)
    computed = transfer_time(segments * 1460, 0.1, 1e14, 14600, 0)
    assert computed == pytest.approx(simulated, abs=1e-5)


@pytest.mark.parametrize("segments", [100, 2000, 20_000])
@pytest.mark.parametrize("bandwidth", [1e6, 2e7, 3e8])
def test_a_transfer_that_fills_the_link_is_within_a_round_trip_of_a_simulation(segments: int, bandwidth: float) -> None:
    rtt, each = 0.08, 1460 * 8 / bandwidth
    simulated = _simulated(segments, rtt, each, 10, 1e9)
    computed = transfer_time(segments * 1460, rtt, bandwidth, 14600, 0)
    assert abs(computed - simulated) <= rtt * 1.01


def test_the_smallest_limit_decides(capsys: pytest.CaptureFixture[str]) -> None:
    wide = _answer(capsys, "--bandwidth 10Mbit/s --rtt 10ms --window 4MiB")
    assert wide["throughput"] == 10e6
    assert wide["document"]["answer"].endswith("limited by the link.")
    assert wide["document"]["warnings"] == []
    lossy = _answer(capsys, "--bandwidth 1Gbit/s --rtt 100ms --window 64MiB --loss 1%")
    assert lossy["throughput"] == lossy["loss_limit"] == pytest.approx(8 * 1460 / 0.1 * math.sqrt(1.5 / 0.01))
    several = _answer(capsys, f"--bandwidth 1Gbit/s --rtt 100ms --loss 1% --connections {lossy['connections_to_fill']}")
    assert several["throughput"] == 1e9


def test_a_window_as_large_as_the_product_fills_the_link(capsys: pytest.CaptureFixture[str]) -> None:
    product = _answer(capsys, "--bandwidth 300Mbit/s --rtt 37ms")["bdp"]
    filled = _answer(capsys, f"--bandwidth 300Mbit/s --rtt 37ms --window {product}B")
    assert (filled["throughput"], filled["connections_to_fill"]) == (pytest.approx(300e6), 1)


def test_a_cdn_takes_its_share_of_the_traffic(capsys: pytest.CaptureFixture[str]) -> None:
    call = "--bandwidth 1Gbit/s --rtt 120ms --window 4MiB --size 500kB --requests 100/s --edge-rtt 10ms --hit-ratio"
    none, some, every = (_answer(capsys, f"{call} {share}%") for share in (0, 60, 100))
    assert some["traffic"] == 100 * 500e3 * 8
    assert some["origin_traffic"] == pytest.approx(0.4 * some["traffic"])
    assert (none["origin_requests"], every["origin_requests"]) == (100, 0)
    assert some["cdn_transfer_time"] == pytest.approx(
        0.4 * none["cdn_transfer_time"] + 0.6 * every["cdn_transfer_time"]
    )
    assert every["cdn_transfer_time"] < none["transfer_time"]
    full = _answer(capsys, "--bandwidth 100Mbit/s --rtt 20ms --size 500kB --requests 30/s")
    assert [warning["code"] for warning in full["document"]["warnings"]] == ["small_window", "full_link"]


@given(st.floats(1, 1e15), st.sampled_from([SIZE, BANDWIDTH]))
def test_what_is_shown_is_read_as_the_same(value: float, kind: Any) -> None:
    text = kind.show(value)
    assert kind.show(kind.read(text, text)) == text
    assert kind.read(text, text) == pytest.approx(value, rel=1e-11)


@pytest.mark.parametrize(
    ("text", "bytes_"), [("1KiB", 1024), ("1 kB", 1000), ("1KB", 1000), ("2MiB", 2 << 20), ("3bytes", 3)]
)
def test_sizes_have_units(text: str, bytes_: int) -> None:
    assert read_size(text, "1B") == bytes_


@pytest.mark.parametrize("text", ["5", "5Mb", "5m", "5 parsec", "5MB/s", "5 bit"])
def test_what_could_be_something_else_is_no_size(text: str) -> None:
    with pytest.raises(QuantityError):
        read_size(text, "1B")


@pytest.mark.parametrize(
    ("text", "bits"), [("1kbps", 1e3), ("1Kb/s", 1e3), ("10 Gbit/s", 1e10), ("1MB/s", 8e6), ("1MiB/s", 8 << 20)]
)
def test_bandwidths_have_units(text: str, bits: float) -> None:
    assert read_bandwidth(text, "1Mbit/s") == bits
