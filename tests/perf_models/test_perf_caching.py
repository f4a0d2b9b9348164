"""Hit ratios beside simulated caches, exhaustive enumeration, scipy's roots and Python's own LRU cache."""

import functools
import itertools
import json
import math
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq

from acolytes_perf.cli import main
from acolytes_perf.methods.popularity.caching import (
    Popularity,
    characteristic_time,
    is_exact,
    lfu_hit_ratio,
    lru_hit_ratio,
    replay,
    size_for,
    ttl_cache,
)


def _zipf(objects: int, alpha: float) -> Any:
    weights = np.arange(1, objects + 1, dtype=float) ** -alpha
    return weights / weights.sum()


def _answer(capsys: pytest.CaptureFixture[str], call: str) -> dict[str, Any]:
    assert main(["cache", "hit", *call.split(), "--json"]) == 0
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    return {result["name"]: result for result in document["results"]} | {"document": document}


@pytest.mark.parametrize(
    ("objects", "alpha", "capacity"),
    [(200, 0.9, 20), (5000, 0.6, 300), (5000, 1.0, 40), (20_000, 0.8, 2000), (20_000, 1.4, 500), (3000, 0.0, 700)],
)
def test_groups_give_what_all_objects_give(objects: int, alpha: float, capacity: int) -> None:
    shares = _zipf(objects, alpha)
    time = brentq(lambda t: -np.expm1(-shares * t).sum() - capacity, 1, 1e9, xtol=1e-9, rtol=1e-14)
    popularity = Popularity.zipf(objects, alpha)
    assert sum(group.objects for group in popularity.groups) == popularity.objects == objects
    assert math.fsum(group.objects * group.share for group in popularity.groups) == pytest.approx(1, abs=1e-12)
    assert characteristic_time(popularity, capacity) == pytest.approx(time, rel=1e-4)
    assert lru_hit_ratio(popularity, capacity) == pytest.approx((shares * -np.expm1(-shares * time)).sum(), abs=1e-5)
    assert lfu_hit_ratio(popularity, capacity) == pytest.approx(shares[:capacity].sum(), abs=1e-5)


@pytest.mark.parametrize(("objects", "alpha", "capacity"), [(10_000, 0.8, 1000), (2000, 1.1, 50), (500, 0.5, 100)])
def test_lru_is_within_0_002_of_a_simulated_one(objects: int, alpha: float, capacity: int) -> None:
    drawn = np.random.default_rng(11).choice(objects, 600_000, p=_zipf(objects, alpha)).tolist()

    @functools.lru_cache(maxsize=capacity)
    def fetch(_key: int) -> None:
        return None

    for key in drawn[:100_000]:
        fetch(key)
    before = fetch.cache_info().hits
    for key in drawn[100_000:]:
        fetch(key)
    simulated = (fetch.cache_info().hits - before) / 500_000
    assert abs(lru_hit_ratio(Popularity.zipf(objects, alpha), capacity) - simulated) <= 0.002


@settings(deadline=None)
@given(st.lists(st.integers(1, 50), min_size=2, max_size=6), st.integers(1, 5))
def test_few_objects_are_exact(counts: list[int], capacity: int) -> None:
    """King's sum over all orders of the last requests, written out."""
    popularity = Popularity.of_counts(counts)
    shares = [count / sum(counts) for count in counts]
    expected = 1.0
    if capacity < len(shares):
        expected = 0.0
        for order in itertools.permutations(shares, capacity):
            chance, held = 1.0, 0.0
            for share in order:
                chance, held = chance * share / (1 - held), held + share
            expected += chance * held
    assert is_exact(popularity, capacity)
    assert lru_hit_ratio(popularity, capacity) == pytest.approx(expected, abs=1e-9)


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=60).filter(any), st.data())
def test_lfu_is_the_best_and_holds_the_most_popular(counts: list[int], data: Any) -> None:
    popularity = Popularity.of_counts(counts)
    capacity = data.draw(st.integers(1, 70))
    expected = sum(sorted(counts)[::-1][:capacity]) / sum(counts)
    assert lfu_hit_ratio(popularity, capacity) == pytest.approx(expected)
    assert lru_hit_ratio(popularity, capacity) <= expected + 1e-9


def test_a_time_to_live_is_that_of_a_simulation() -> None:
    shares, rng = _zipf(50, 1.0), random.Random(5)
    now, expires, hits, held = 0.0, [0.0] * 50, 0, 0
    requests = 200_000
    for key in rng.choices(range(50), shares, k=requests):
        now += rng.expovariate(10)
        held += sum(until > now for until in expires) if rng.random() < 0.05 else 0
        if expires[key] > now:
            hits += 1
        else:
            expires[key] = now + 3
    cache = ttl_cache(Popularity.zipf(50, 1.0), 10 * 3)
    assert cache.hit_ratio == pytest.approx(hits / requests, abs=0.004)
    assert cache.objects == pytest.approx(held / (0.05 * requests), rel=0.02)


@settings(deadline=None, max_examples=30)
@given(st.integers(1, 10**7), st.floats(0, 2), st.floats(0.01, 0.999), st.booleans())
def test_the_size_for_a_hit_ratio_is_the_smallest(objects: int, alpha: float, target: float, is_lru: bool) -> None:
    popularity = Popularity.zipf(objects, alpha)
    compute = lru_hit_ratio if is_lru else lfu_hit_ratio
    size = size_for(popularity, target, is_lru=is_lru)
    assert compute(popularity, size) >= target * (1 - 1e-9)
    assert size == 1 or compute(popularity, size - 1) < target


@given(st.lists(st.sampled_from("abcdefg"), min_size=1, max_size=200), st.integers(1, 8))
def test_a_replay_is_what_pythons_own_cache_does(requests: list[str], capacity: int) -> None:
    @functools.lru_cache(maxsize=capacity)
    def fetch(_key: str) -> None:
        return None

    for key in requests:
        fetch(key)
    assert replay(requests, capacity) == fetch.cache_info().hits / len(requests)


def test_a_file_of_requests_is_counted_and_replayed(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    drawn = random.Random(3).choices([f"/item/{key}" for key in range(40)], _zipf(40, 1.0), k=3000)
    file = tmp_path / "log.csv"
    file.write_text("path\n" + "\n".join(drawn) + "\n")
    found = _answer(capsys, f"--counts {file} --capacity 12")
    assert found["objects"]["value"] == len(set(drawn))
    assert found["replayed_hit_ratio"]["value"] == pytest.approx(replay(drawn, 12))
    assert abs(found["replayed_hit_ratio"]["value"] - found["hit_ratio"]["value"]) < 0.03
    counted = tmp_path / "counts.csv"
    counted.write_text("path;hits\n" + "".join(f"{key};{drawn.count(key)}\n" for key in sorted(set(drawn))))
    same = _answer(capsys, f"--counts {counted} --capacity 12")
    assert same["hit_ratio"] == found["hit_ratio"]
    assert "replayed_hit_ratio" not in same


def test_an_uncertain_exponent_gives_the_interval_between_its_ends(capsys: pytest.CaptureFixture[str]) -> None:
    ends = [_answer(capsys, f"--items 50000 --zipf {zipf} --capacity 900")["hit_ratio"]["value"] for zipf in (0.7, 0.9)]
    both = _answer(capsys, "--items 50000 --zipf 0.7..0.9 --capacity 900")["hit_ratio"]
    assert (both["ci"], both["ci_kind"]) == (pytest.approx(ends), "scenario")


def test_memory_holds_so_many_objects(capsys: pytest.CaptureFixture[str]) -> None:
    found = _answer(capsys, "--items 50000 --zipf 0.8 --memory 1MB --object-size 3kB --requests 10/s --miss-price 2")
    assert (found["capacity"]["value"], found["memory"]["value"]) == (333, 999_000)
    missed = 1 - found["hit_ratio"]["value"]
    assert found["month_price"]["value"] == pytest.approx(missed * 10 * 30 * 86400 / 1e6 * 2)


def test_the_curve_rises_and_marks_the_size(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cache", "hit", "--items", "10k", "--zipf", "0.9", "--capacity", "500", "--format", "svg"]) == 0
    assert "most popular objects (LFU)" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "start"),
    [
        ("a,b,c\n1,2,3\n", "columns: '{}' has the columns a, b, c: write --columns object=HEADING"),
        ("path,hits\n/a,x\n", "counts: '{}' line 2: 'x' is not a count of requests"),
        ("path,hits\n/a,-3\n", "counts: '{}' line 2: '-3' is not a count of requests"),
        ("path,hits\n/a,0\n", "counts: has no request: all counts are 0"),
        ("path,hits\n", "counts: '{}' has a heading and no row below it"),
        ("", "counts: '{}' is empty"),
    ],
)
def test_a_file_that_is_not_clear_is_refused(
    content: str, start: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("counts.csv").write_text(content)
    assert main(["cache", "hit", "--counts", "counts.csv", "--capacity", "3"]) == 2
    assert capsys.readouterr().err.startswith(f"acolytes-perf: {start.format('counts.csv')}")
