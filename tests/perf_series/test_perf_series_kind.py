"""Counters, counts and gauges that nothing names: told apart by their values, or refused; and how to override."""

import json
import math
import random
import shlex
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from acolytes_perf.cli import main
from acolytes_perf.errors import InputError
from acolytes_perf.series.series_kind import growth, only_grows, with_kind, with_kinds
from acolytes_perf.series.time_series import COUNTER, COUNTS, PER_SECOND, TimeSeries

START = 1772323200.0


def series(values: list[float], step: float = 300.0, unit: str = "") -> TimeSeries:
    return TimeSeries("", {"job": "api"}, unit, [START + step * at for at in range(len(values))], values, step)


def poisson(rng: random.Random, mean: float) -> int:
    """A draw, by the normal approximation where the mean is large."""
    if mean > 500:
        return max(0, round(rng.gauss(mean, math.sqrt(mean))))
    count, product, limit = 0, rng.random(), math.exp(-mean)
    while product > limit:
        count, product = count + 1, product * rng.random()
    return count


def kinds_of(*groups: list[float]) -> list[str] | None:
    """The kind of each series; None where they are refused."""
    try:
        return [one.kind for one in with_kinds([series(values) for values in groups], "/requests")]
    except InputError:
        return None


SEEDS = st.integers(0, 10**9)


@given(SEEDS, st.floats(0.5, 5000), st.integers(15, 300), st.integers(0, 10**7), st.floats(0, 0.2))
def test_a_counter_is_never_read_as_counts(seed: int, mean: float, steps: int, first: int, failing: float) -> None:
    rng = random.Random(seed)
    traffic = [poisson(rng, mean * (1.2 + math.sin(at / 12))) for at in range(steps)]
    failures = [sum(rng.random() < failing for _ in range(min(count, 200))) for count in traffic]
    # both restart together, where their values are high enough to show it
    restart = rng.randrange(10, steps)
    totals, failed = (
        [float(value) for value in _with_restart(counts, first, restart)] for counts in (traffic, failures)
    )
    assume(sum(later > earlier for earlier, later in pairwise(totals)) >= 10)
    assume(all(later > earlier or 2 * later < earlier for earlier, later in pairwise(totals) if later != earlier))
    found = kinds_of(totals, failed)
    assert found in ([COUNTER, COUNTER], None)


def _with_restart(counts: list[int], first: int, restart: int) -> list[int]:
    before = list(accumulate([first, *counts[:restart]]))
    return before + list(accumulate(counts[restart:]))


@given(SEEDS, st.floats(5, 20_000), st.floats(0, 0.05), st.integers(15, 300))
def test_counts_that_grow_are_never_read_as_a_counter(seed: int, mean: float, growth_a_step: float, steps: int) -> None:
    rng = random.Random(seed)
    means = [mean * (1 + growth_a_step) ** at for at in range(steps)]
    traffic = [float(poisson(rng, min(value, 1e9))) for value in means]
    failures = [float(poisson(rng, min(value, 1e9) / 500)) for value in means]
    assert kinds_of(traffic, failures) in ([COUNTS, COUNTS], None)


def test_how_often_growing_counts_are_refused_or_wrong() -> None:
    rng, found = random.Random(3), []
    for _ in range(400):
        # requests of a day, over two months in which the traffic doubles or triples
        mean, rise = 10 ** rng.uniform(2, 5), rng.uniform(0.012, 0.018)
        traffic = [float(poisson(rng, mean * (1 + rise) ** at)) for at in range(60)]
        failures = [float(poisson(rng, mean * (1 + rise) ** at / 300)) for at in range(60)]
        found.append(kinds_of(traffic, failures))
    assert found.count([COUNTS, COUNTS]) >= 396
    assert [COUNTER, COUNTER] not in found


def test_unclear_values_are_refused_and_clear_ones_decide_for_the_others() -> None:
    smooth = [10_000.0 + 900 * at for at in range(30)]
    with pytest.raises(InputError, match="only grows: is it a counter, or are these counts that rise"):
        with_kinds([series(smooth), series([0.0] * 30)], "/requests")
    # as daily counts these failures would go up and down
    assert kinds_of(smooth, [float(20 + at // 2) for at in range(30)]) == [COUNTER, COUNTER]
    assert kinds_of(smooth, [float(at % 4) for at in range(30)]) == [COUNTS, COUNTS]
    named = series(smooth)._replace(kind=COUNTER)
    assert [one.kind for one in with_kinds([named, series([0.0, 0.0, 1.0] + [1.0] * 27)], "/requests")] == [COUNTER] * 2
    # few failures do not look like a counter by themselves
    assert kinds_of([float(50 * at) for at in range(200)], [0.0] * 100 + [3.0] * 100) == [COUNTER, COUNTER]
    assert kinds_of([5.0, 7.0, 9.0], [0.0, 0.0, 1.0]) == [COUNTS, COUNTS]
    rates = with_kinds([series([0.5, 0.25, 0.75]), series([0.0, 0.0, 1.0])], "/requests")
    assert [one.kind for one in rates] == [PER_SECOND, PER_SECOND]
    assert all("else --kind" in one.notes[-1] for one in rates)


def test_a_kind_that_the_values_contradict_is_noted() -> None:
    grown, varied = series([float(50 * at) for at in range(200)]), series([float(20 + at % 7) for at in range(200)])
    counted = with_kind([grown, varied], "counts")
    assert [one.kind for one in counted] == [COUNTS, COUNTS]
    assert [len(one.notes) for one in counted] == [1, 0]
    assert "only grows as counters do" in counted[0].notes[0]
    assert with_kind([grown], "counter")[0].notes == ()


def test_restarts_are_no_falls_but_falls_are() -> None:
    assert only_grows([*range(0, 100, 5), *range(2, 100, 7)])
    assert not only_grows([0, 0, 2, 0, 0, 3, 0, 0, 1, 0])  # bursts of failures
    assert not only_grows([100, 120, 90, 130])
    assert growth(series([20.0] * 30)) != "grows"


def forecast(folder: Path, capsys: pytest.CaptureFixture[str], file: str, step: int, words: str = "") -> dict[str, Any]:
    values = [[START + step * at, str(100 + 40 * at)] for at in range(60)]
    (folder / file).write_text(json.dumps([{"metric": {}, "values": values}]))
    call = f"forecast runout --history {file} --season 1 --horizon {12 * step}s {words} --json"
    assert main(shlex.split(call)) == 0
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    return document


def test_gauges_that_rise_are_levels(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    # a queue, the sum of each day, and a number of pods: 100 + 40 * 71 twelve steps later
    for file, step in (("queue.json", 60), ("orders_total.json", 86400), ("pods_count.json", 60)):
        document = forecast(tmp_path, capsys, file, step)
        assert next(one for one in document["results"] if one["name"] == "demand")["value"] == pytest.approx(2940)
        assert any("it is read as a level (else --kind counter)" in text for text in document["assumptions"]), file
    counter = forecast(tmp_path, capsys, "requests_total.json", 60)
    assert next(one for one in counter["results"] if one["name"] == "demand")["value"] == pytest.approx(40 / 60)
    assert "If the values are not a counter, use --kind level." in counter["assumptions"]
    level = forecast(tmp_path, capsys, "requests_total.json", 60, "--kind level")
    assert next(one for one in level["results"] if one["name"] == "demand")["value"] == pytest.approx(2940)
