"""Container sizes against numpy and krr's formula, and the autoscaler against one that moves single pods."""

import json
import math
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acolytes_perf.commands.rightsize_k8s import COMMAND as RIGHTSIZE
from acolytes_perf.commands.scale_headroom import COMMAND as HEADROOM
from acolytes_perf.errors import CannotAnswerError
from acolytes_perf.methods.capacity.autoscaling import Autoscaler, follow, highest_target, resampled, worst_growth
from acolytes_perf.methods.capacity.rightsizing import coverage, growth_a_day, quantile
from acolytes_perf.outcome import Outcome
from perf_answers import figures, values

DAY, STEP = 86400, 300
START = 1_793_577_600  # a midnight (UTC)
MIB = 1024.0**2


def use_of(pod: int, days: float = 8) -> tuple[np.ndarray, np.ndarray]:
    """Times and cores of a pod: a daily wave, less on two days, with noise."""
    rng = np.random.default_rng(pod)
    times = START + np.arange(0, days * DAY, STEP)
    wave = 0.3 + 0.2 * np.sin((times % DAY) / DAY * 2 * math.pi)
    quiet = np.where((times // DAY) % 7 < 2, 0.4, 1.0)
    return times, np.maximum(0.01, wave * quiet * rng.uniform(0.7, 1.4, len(times)))


def write(path: Path, name: str, pods: dict[str, tuple[np.ndarray, np.ndarray]], container: str = "api") -> str:
    """A range query of Prometheus with one series for each pod."""
    result = [
        {
            "metric": {"__name__": name, "namespace": "shop", "pod": pod, "container": container},
            "values": [[int(time), f"{value:.10g}"] for time, value in zip(*points, strict=True)],
        }
        for pod, points in pods.items()
    ]
    path.write_text(json.dumps({"status": "success", "data": {"resultType": "matrix", "result": result}}))
    return str(path)


def answered(**inputs: Any) -> Outcome:
    return RIGHTSIZE.run(RIGHTSIZE.check(inputs))


PODS = {"api-7d9f8c6b5d-x2x5k": use_of(1), "api-7d9f8c6b5d-q8w2z": use_of(2)}


def test_the_request_is_the_percentile_of_the_busiest_day(tmp_path: Path) -> None:
    found = figures(answered(cpu=write(tmp_path / "cpu.json", "cpu_cores", PODS)))
    days = []
    for day in range(8):
        first = START + day * DAY
        both = [cores[(times >= first) & (times < first + DAY)] for times, cores in PODS.values()]
        days.append(np.quantile(np.concatenate(both), 0.95))
    request = found["cpu_request"]
    assert request.value == pytest.approx(math.ceil(max(days) * 1000) / 1000)
    assert request.interval
    assert request.interval.low == pytest.approx(math.ceil(min(days) * 1000) / 1000)
    assert found["cpu_peak"].value == pytest.approx(max(cores.max() for _, cores in PODS.values()), rel=1e-9)


def test_krr_answers_the_same_by_its_own_formula(tmp_path: Path) -> None:
    """numpy's quantile and maximum as krr uses them: up to 1 m and 1 MiB, at least 10 m and 100 MiB."""
    memory = {pod: (times, (200 + 100 * cores) * MIB) for pod, (times, cores) in PODS.items()}
    found = values(
        answered(
            cpu=write(tmp_path / "cpu.json", "cpu_cores", PODS),
            memory=write(tmp_path / "memory.json", "container_memory_working_set_bytes", memory),
        )
    )
    cores = max(np.quantile(series, 0.95) for _, series in PODS.values())
    assert found["krr_cpu_request"] == max(0.01, math.ceil(cores * 1000) / 1000)
    highest = max(series.max() for _, series in memory.values())
    assert found["krr_memory"] == max(100, math.ceil(highest * 1.15 / MIB))
    # a week's percentile leaves out the peak hours of its busiest day
    assert found["cpu_request"] >= found["krr_cpu_request"]


def test_a_counter_gives_what_its_rate_gives(tmp_path: Path) -> None:
    times, cores = use_of(3)
    counter = np.concatenate([[0.0], np.cumsum(cores[1:] * STEP)])
    name = "container_cpu_usage_seconds_total"
    by_counter = values(answered(cpu=write(tmp_path / "counter.json", name, {"api-0": (times, counter)})))
    by_rate = values(answered(cpu=write(tmp_path / "rate.json", "cpu_cores", {"api-0": (times[1:], cores[1:])})))
    assert by_counter["cpu_request"] == pytest.approx(by_rate["cpu_request"], abs=0.0011)
    assert by_counter["cpu_peak"] == pytest.approx(by_rate["cpu_peak"], rel=1e-4)


@pytest.mark.parametrize(("days", "missing"), [(6.5, "12 h more for a full week"), (1, "6 d more for a full week")])
def test_less_than_a_week_is_refused_with_what_is_missing(tmp_path: Path, days: float, missing: str) -> None:
    file = write(tmp_path / "cpu.json", "cpu_cores", {"api-0": use_of(1, days)})
    with pytest.raises(CannotAnswerError, match=missing):
        answered(cpu=file)


def test_a_week_with_holes_is_refused(tmp_path: Path) -> None:
    times, cores = use_of(1)
    kept = (times - START) % DAY < DAY / 2
    file = write(tmp_path / "cpu.json", "cpu_cores", {"api-0": (times[kept], cores[kept])})
    with pytest.raises(CannotAnswerError, match="missing: points in at least 80 % of it"):
        answered(cpu=file)


def test_pods_that_follow_each_other_cover_the_week_together(tmp_path: Path) -> None:
    times, cores = use_of(1)
    half = len(times) // 2
    pods = {"api-7d9f8c6b5d-aaaaa": (times[:half], cores[:half]), "api-6c8e7b5a4c-bbbbb": (times[half:], cores[half:])}
    assert values(answered(cpu=write(tmp_path / "cpu.json", "cpu_cores", pods)))["cpu_request"] > 0


def test_sums_and_pause_containers_are_left_out(tmp_path: Path) -> None:
    rows = json.loads(Path(write(tmp_path / "cpu.json", "cpu_cores", PODS)).read_text())
    times, cores = use_of(4)
    for container in ("", "POD"):
        row = {"metric": {"__name__": "cpu_cores", "pod": "api-7d9f8c6b5d-x2x5k", "container": container}}
        rows["data"]["result"].append(
            {**row, "values": [[int(t), f"{9 * c}"] for t, c in zip(times, cores, strict=True)]}
        )
    path = tmp_path / "all.json"
    path.write_text(json.dumps(rows))
    outcome = answered(cpu=str(path))
    assert values(outcome)["cpu_peak"] < 1
    assert any("2 series of cpu without a container" in text for text in outcome.assumptions)


def test_floors_and_limits_hold(tmp_path: Path) -> None:
    memory = {"api-0": (use_of(1)[0], 100 * MIB + 20 * MIB * use_of(1)[1])}
    files = {
        "cpu": write(tmp_path / "cpu.json", "cpu_cores", {"api-0": use_of(1)}),
        "memory": write(tmp_path / "memory.json", "memory_bytes", memory),
    }
    plain = values(answered(**files))
    assert values(answered(**files, heap="512MiB"))["memory"] == math.ceil(512 * 1.15)
    assert values(answered(**files, startup_memory="10MiB"))["memory"] == plain["memory"]
    limited = values(answered(**files, cpu_limit="peak", startup_cpu="3"))
    assert limited["cpu_limit"] == 3
    at_limit = answered(**files, current_cpu_limit=str(round(plain["cpu_peak"], 3)))
    assert 0 < values(at_limit)["throttled"] < 0.01
    assert "throttled" in {warning.code for warning in at_limit.warnings}


def test_growing_memory_is_told_from_noise_and_from_weeks() -> None:
    rng = random.Random(4)
    false_alarms = 0
    for _ in range(300):
        points = [(day * DAY + hour * 3600.0, 300 + rng.gauss(0, 20)) for day in range(8) for hour in range(24)]
        false_alarms += growth_a_day({"pod": points}) is not None
    assert false_alarms <= 6
    weekly = [(day * DAY, 300 + (100 if day % 7 < 5 else 0)) for day in range(14)]
    assert growth_a_day({"pod": [(float(time), float(value)) for time, value in weekly]}) is None
    leak = [
        (day * DAY + hour * 3600.0, 300 + 2.0 * (24 * day + hour) + rng.gauss(0, 5))
        for day in range(8)
        for hour in range(24)
    ]
    assert growth_a_day({"pod": leak}) == pytest.approx(48, rel=0.05)


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=60), st.floats(0, 1))
def test_the_quantile_is_numpys(sample: list[float], share: float) -> None:
    assert quantile(sample, share) == pytest.approx(float(np.quantile(sample, share)), rel=1e-9, abs=1e-9)


def test_coverage_counts_the_last_week() -> None:
    points = [(float(time), 1.0) for time in range(0, 10 * DAY, 3600) if not 8 * DAY <= time < 9 * DAY]
    found = coverage({"pod": points}, 3600.0)
    assert found.seconds == 10 * DAY
    assert found.share == pytest.approx(6 / 7, abs=0.01)


class Pod:
    """A pod that is ready from a time on."""

    def __init__(self, ready_at: float) -> None:
        self.ready_at = ready_at


def moved_pods(scaler: Autoscaler, loads: list[float]) -> list[int]:
    """Ready pods at each sync, by a list of pods and the rules as Kubernetes' documentation states them."""
    pods = [Pod(0.0) for _ in range(scaler.bounded(math.ceil(loads[0] / (scaler.pod_capacity * scaler.target) - 1e-9)))]
    ready_counts: list[int] = []
    recommendations: list[tuple[float, int]] = []
    for sync in range(len(loads)):
        now = sync * scaler.sync_period
        ready_counts.append(sum(pod.ready_at <= now + 1e-9 for pod in pods))
        then = max(0, sync - round(scaler.metric_lag / scaler.sync_period))
        ready_then, seen = ready_counts[then], loads[then]
        used = min(seen, ready_then * scaler.pod_capacity) if scaler.saturates else seen
        ratio = used / ready_then / scaler.pod_capacity / scaler.target
        unready = max(0, len(pods) - ready_then)
        desired = len(pods)
        if abs(ratio - 1) > scaler.tolerance + 1e-12:
            if ratio > 1 and unready:
                again = used / len(pods) / scaler.pod_capacity / scaler.target
                if again > 1 + scaler.tolerance + 1e-12:
                    desired = max(len(pods), math.ceil(again * len(pods) - 1e-9))
            else:
                desired = math.ceil(ratio * ready_then - 1e-9)
        desired = scaler.bounded(desired)
        recommendations.append((now, desired))
        recent = [
            one
            for time, one in recommendations
            if time >= now - round(scaler.stabilisation / scaler.sync_period) * scaler.sync_period - 1e-9
        ]
        if desired > len(pods):
            allowed = max(2 * len(pods), len(pods) + 4)
            pods += [Pod(now + scaler.start_time) for _ in range(min(desired, allowed) - len(pods))]
        elif max(recent) < len(pods):
            pods.sort(key=lambda pod: pod.ready_at)
            del pods[max(recent) :]
    return ready_counts


@given(
    st.lists(st.floats(1, 3000), min_size=3, max_size=12),
    st.sampled_from([0.3, 0.5, 0.8]),
    st.sampled_from([0.0, 30.0, 60.0, 300.0]),
    st.sampled_from([0.0, 30.0, 60.0]),
    st.integers(1, 5),
    st.booleans(),
)
@settings(max_examples=120)
def test_the_autoscaler_moves_pods_as_one_of_single_pods_does(
    corners: list[float], target: float, start: float, lag: float, least: int, saturates: bool
) -> None:
    scaler = Autoscaler(100.0, target, start, lag, 15.0, 0.1, 300.0, least, 60, saturates)
    loads = resampled(corners, 300.0, 15.0)
    assert follow(scaler, loads).ready == moved_pods(scaler, loads)


@pytest.mark.parametrize("saturates", [True, False])
def test_a_steady_load_keeps_its_pods(saturates: bool) -> None:
    scaler = Autoscaler(50.0, 0.7, 60.0, 30.0, 15.0, 0.1, 300.0, 1, None, saturates)
    found = follow(scaler, [500.0] * 500)
    assert set(found.ready) == {math.ceil(500 / 35)}
    assert found.overloaded() == 0


def test_the_target_that_is_called_enough_is() -> None:
    rng = random.Random(2)
    for _ in range(20):
        corners = [rng.uniform(100, 1500) for _ in range(8)]
        loads = resampled(corners, 180.0, 15.0)
        scaler = Autoscaler(50.0, 0.8, 60.0, 30.0, 15.0, 0.1, 300.0, 2, None, saturates=False)
        spare = rng.choice([1.0, 2 / 3])
        needed = highest_target(scaler, loads, spare)
        if needed is not None:
            assert max(follow(scaler._replace(target=needed), loads).use) <= spare * (1 + 1e-9)


@given(st.lists(st.floats(1, 1000), min_size=2, max_size=40), st.integers(1, 12), st.floats(1, 500))
def test_the_steepest_ramp_is_that_of_all_pairs(loads: list[float], syncs: int, least: float) -> None:
    ahead = [max(loads[at + 1 : at + 1 + syncs]) / max(loads[at], least) for at in range(len(loads) - 1)]
    assert worst_growth(loads, syncs, least)[0] == pytest.approx(max(1.0, *ahead), rel=1e-12)


def test_a_lost_zone_needs_more_headroom_and_a_quick_start_less() -> None:
    call = {"history": "100,110,105,300,320,310,100,90", "step": "2min", "pod_capacity": "20", "start_time": "60s"}
    plain, zonal, quick = (
        values(HEADROOM.run(HEADROOM.check({**call, **more})))["headroom"]
        for more in ({}, {"zones": 3}, {"start_time": "5s", "metric_lag": "0s"})
    )
    assert quick < plain < zonal


def test_a_file_of_a_metric_is_followed(tmp_path: Path) -> None:
    times = START + np.arange(0, DAY, 60)
    load = 200 + 150 * np.sin((times % DAY) / DAY * 2 * math.pi)
    file = write(tmp_path / "load.json", "http_requests_per_second", {"api-0": (times, load)})
    found = values(HEADROOM.run(HEADROOM.check({"history": file, "pod_capacity": "20", "start_time": "60s"})))
    assert found["keeps_up"] is True
    assert found["pods_mean"] == pytest.approx(200 / 16, rel=0.15)
