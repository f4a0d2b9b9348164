"""Change points: against an exhaustive search, exact cases, and seeded series with and without changes."""

import itertools
import math
import random
from collections.abc import Sequence

import numpy as np
import pytest

from acolytes_perf.inputs.timeline import TimeGrid
from acolytes_perf.methods.changes.near_events import chance_of_as_many, near_events
from acolytes_perf.methods.changes.noise import clip_outliers, noise_by_differences, running_median
from acolytes_perf.methods.changes.points import find_change_points, seeded_intervals
from acolytes_perf.methods.changes.seasonal_profile import without_season
from acolytes_perf.methods.changes.series import find_changes
from acolytes_perf.series.event_list import Event


def noisy(count: int, seed: int, autocorrelation: float = 0.0) -> list[float]:
    rng, value, values = random.Random(seed), 0.0, []
    for _ in range(count + 50):
        value = autocorrelation * value + math.sqrt(1 - autocorrelation**2) * rng.gauss(0, 1)
        values.append(value)
    return values[50:]


def least_squares_places(values: Sequence[float], changes: int, least: int) -> tuple[int, ...]:
    """The places of so many changes with the least sum of squares, of all there are."""

    def cost(places: tuple[int, ...]) -> float:
        parts = np.split(np.asarray(values), places)
        if min(map(len, parts)) < least:
            return math.inf
        return float(sum(((part - part.mean()) ** 2).sum() for part in parts))

    return min(itertools.combinations(range(least, len(values) - least + 1), changes), key=cost)


@pytest.mark.parametrize("seed", range(6))
def test_two_clear_changes_are_where_an_exhaustive_search_finds_them(seed: int) -> None:
    values = [level + noise for level, noise in zip([0] * 20 + [8] * 15 + [3] * 20, noisy(55, seed), strict=True)]
    found = find_change_points(values, 5)
    assert tuple(change.position for change in found.changes) == least_squares_places(clip_outliers(values)[0], 2, 5)


def test_levels_and_sizes_are_differences_of_means() -> None:
    values = [10 + noise for noise in noisy(60, 3)] + [20 + noise for noise in noisy(40, 4)]
    found = find_change_points(values, 5)
    (change,) = found.changes
    clipped = clip_outliers(values)[0]
    assert change.position == 60
    assert change.before == pytest.approx(np.mean(clipped[:60]))
    assert change.size == pytest.approx(np.mean(clipped[60:]) - np.mean(clipped[:60]))
    assert change.low <= 60 <= change.high
    assert found.levels[59:61] == pytest.approx([change.before, change.before + change.size])


def test_without_noise_the_place_is_exact() -> None:
    (change,) = find_change_points([0.0] * 37 + [1.0] * 63, 5).changes
    assert (change.low, change.position, change.high, change.size, change.error) == (37, 37, 37, 1.0, 0.0)


@pytest.mark.parametrize("values", [[5.0] * 30, [0.0] * 20, [1.0, 2.0] * 20, [float(at) for at in range(50)]])
def test_series_without_a_step_have_none(values: list[float]) -> None:
    assert find_change_points(values, 5).changes == []


def test_a_straight_line_is_a_trend_and_a_step_on_it_a_change() -> None:
    noise = noisy(120, 9)
    line = find_change_points([0.3 * at + off for at, off in enumerate(noise)], 5)
    assert line.changes == []
    assert line.trend == pytest.approx(0.3, abs=0.02)
    stepped = find_change_points([0.3 * at + off + (12 if at >= 70 else 0) for at, off in enumerate(noise)], 5)
    assert [change.position for change in stepped.changes] == [70]
    assert stepped.changes[0].size == pytest.approx(12, abs=3 * stepped.changes[0].error)


def test_spikes_are_outliers_and_no_changes() -> None:
    values = noisy(100, 5)
    for at in (20, 21, 64):
        values[at] += 30
    found = find_change_points(values, 5)
    assert found.changes == []
    assert {20, 21, 64} <= set(found.outliers)


@pytest.mark.parametrize(("autocorrelation", "within"), [(0.0, 0.1), (0.5, 0.12), (0.8, 0.12)])
def test_noise_is_estimated_beside_steps(autocorrelation: float, within: float) -> None:
    values = [noise + 6 * (at // 700) for at, noise in enumerate(noisy(2100, 1, autocorrelation))]
    noise = noise_by_differences(values)
    assert noise.autocorrelation == pytest.approx(autocorrelation, abs=within)
    assert noise.sd == pytest.approx(1, rel=0.25)


@pytest.mark.parametrize("kind", ["independent", "spikes", "autocorrelated"])
def test_few_series_without_a_change_show_one(kind: str) -> None:
    rng, flagged = random.Random(7), 0
    for seed in range(200):
        values = noisy(100, 1000 + seed, 0.5 if kind == "autocorrelated" else 0.0)
        if kind == "spikes":
            values = [value + (20 if rng.random() < 0.03 else 0) for value in values]
        flagged += bool(find_change_points(values, 5).changes)
    assert flagged <= 10


def test_a_step_of_5_percent_in_2_percent_noise_is_found() -> None:
    found = 0
    for seed in range(100):
        values = [100 + 2 * noise + (5 if at >= 50 else 0) for at, noise in enumerate(noisy(100, seed))]
        found += any(abs(change.position - 50) <= 5 for change in find_change_points(values, 5).changes)
    assert found >= 95


def test_a_running_median_is_that_of_numpy() -> None:
    values = noisy(40, 2)
    expected = [float(np.median(values[max(0, at - 3) : at + 4])) for at in range(40)]
    assert running_median(values, 3) == pytest.approx(expected)


def test_seeded_intervals_cover_the_series_at_every_length() -> None:
    by_length: dict[int, set[int]] = {}
    for start, end in seeded_intervals(100, 10):
        assert 0 <= start < end <= 100
        by_length.setdefault(end - start, set()).update(range(start, end))
    assert set.union(*by_length.values()) == set(range(100))
    assert min(by_length) >= 10


def test_a_daily_course_is_taken_away_and_the_change_under_it_is_found() -> None:
    wave = [100 + 30 * math.sin(at * math.pi / 12) + 3 * off for at, off in enumerate(noisy(480, 6))]
    assert find_changes(wave, [168, 24], 5).segments.changes == []
    found = find_changes([value + (8 if at >= 300 else 0) for at, value in enumerate(wave)], [168, 24], 5)
    assert found.season == 24
    assert [abs(change.position - 300) <= 3 for change in found.segments.changes] == [True]


def test_noise_alone_has_no_season() -> None:
    assert all(without_season(noisy(70, seed), [7]).season == 1 for seed in range(50))


def test_relative_noise_gives_ratios() -> None:
    values = [math.exp(0.05 * off) * (1000 if at >= 40 else 100) for at, off in enumerate(noisy(100, 8))]
    found = find_changes(values, [], 5)
    (change,) = found.segments.changes
    size = found.size(change)
    assert found.is_relative
    assert size.change is not None
    assert size.change_low is not None
    assert size.change_high is not None
    assert size.change == pytest.approx(9, rel=0.05)
    assert size.change_low < 9 < size.change_high
    assert size.after - size.before == pytest.approx(size.before * size.change)


def test_gaps_do_not_move_a_change() -> None:
    values: list[float | None] = [off + (9 if at >= 50 else 0) for at, off in enumerate(noisy(100, 3))]
    for at in (10, 11, 49, 70):
        values[at] = None
    found = find_changes(values, [], 5)
    assert [found.positions[change.position] for change in found.segments.changes] == [50]


def test_events_are_near_by_time_and_by_chance_as_counted() -> None:
    values = [off + (9 if at >= 50 else 0) for at, off in enumerate(noisy(100, 3))]
    found = find_changes(values, [], 5)
    (change,) = found.segments.changes
    grid = TimeGrid(0.0, 60.0)
    events = [Event(60.0 * at + 30, str(at)) for at in (20, 49, 60)]
    near = near_events(change, found.positions, grid, events, 60.0)
    assert [event.name for event in near.events] == ["49"]
    before, after = change.position - change.low + 1, change.high - change.position
    places = range(before, 100 - after)
    hits = sum(
        any(60 * (at - before) - 60 <= event.time <= 60 * (at + after) + 60 for event in events) for at in places
    )
    assert near.by_chance == pytest.approx(hits / len(places))


def test_the_chance_of_as_many_is_that_of_all_combinations() -> None:
    chances = [0.1, 0.5, 0.7, 0.25]
    for hits in range(5):
        expected = sum(
            math.prod(chance if hit else 1 - chance for chance, hit in zip(chances, case, strict=True))
            for case in itertools.product((False, True), repeat=4)
            if sum(case) >= hits
        )
        assert chance_of_as_many(chances, hits) == pytest.approx(expected)
