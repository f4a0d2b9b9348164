"""`decide` beside numpy's eigenvectors and an independent TOPSIS on 1,000 cases, and exhaustive weights."""

import itertools
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acolytes_perf.cli import main
from acolytes_perf.methods.choices.decision_inputs import templates
from acolytes_perf.methods.choices.decisions import Alternatives, dominated, nearest_flip, priorities, win_shares

_RANDOM_INDEX = {3: 0.58, 4: 0.90, 5: 1.12, 6: 1.24, 7: 1.32, 8: 1.41}


def _answer(capsys: pytest.CaptureFixture[str], *call: str) -> dict[str, Any]:
    assert main(["decide", *call, "--json"]) == 0
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    return document


def _cells(document: dict[str, Any], table: str) -> dict[str, dict[str, Any]]:
    rows = next(one["rows"] for one in document["tables"] if one["name"] == table)
    return {row["label"]: {name: cell["value"] for name, cell in row["cells"].items()} for row in rows}


def _topsis(values: Any, weights: Any, higher: list[bool]) -> Any:
    """TOPSIS as Hwang and Yoon write it down."""
    lengths = np.sqrt((values**2).sum(axis=0))
    weighted = values / np.where(lengths == 0, 1, lengths) * weights
    best = np.where(higher, weighted.max(axis=0), weighted.min(axis=0))
    worst = np.where(higher, weighted.min(axis=0), weighted.max(axis=0))
    to_best = np.linalg.norm(weighted - best, axis=1)
    to_worst = np.linalg.norm(weighted - worst, axis=1)
    return to_worst / (to_best + to_worst)


def test_1000_random_choices_are_those_of_an_independent_topsis() -> None:
    rng = np.random.default_rng(1)
    for _ in range(1000):
        count, criteria = rng.integers(2, 9), rng.integers(1, 9)
        values = rng.uniform(0.1, 100, (count, criteria)).round(3)
        higher = [bool(one) for one in rng.integers(0, 2, criteria)]
        weights = rng.dirichlet(np.ones(criteria))
        scores = Alternatives(values.tolist(), higher, is_ideal=True).scores(weights.tolist())
        assert scores == pytest.approx(_topsis(values, weights, higher).tolist(), abs=1e-12)


def test_1000_random_matrices_have_the_eigenvector_and_consistency_of_numpy() -> None:
    rng = np.random.default_rng(2)
    for _ in range(1000):
        size = int(rng.integers(3, 9))
        matrix = np.ones((size, size))
        for row, column in itertools.combinations(range(size), 2):
            matrix[row, column] = float(rng.choice([1, 2, 3, 4, 5, 6, 7, 8, 9])) ** rng.choice([-1, 1])
            matrix[column, row] = 1 / matrix[row, column]
        roots, vectors = np.linalg.eig(matrix)
        largest = int(np.argmax(roots.real))
        vector = np.abs(vectors[:, largest].real)
        found = priorities(matrix.tolist())
        assert found.weights == pytest.approx((vector / vector.sum()).tolist(), abs=1e-9)
        ratio = (roots[largest].real - size) / (size - 1) / _RANDOM_INDEX[size]
        assert found.consistency == pytest.approx(ratio, abs=1e-8)


@given(st.lists(st.floats(0.1, 9), min_size=2, max_size=8))
def test_consistent_comparisons_give_their_weights_back(weights: list[float]) -> None:
    found = priorities([[one / other for other in weights] for one in weights])
    assert found.weights == pytest.approx([weight / sum(weights) for weight in weights])
    assert found.consistency == pytest.approx(0, abs=1e-9)


def test_win_shares_are_those_of_exhaustive_weights() -> None:
    values, higher = [[3.0, 8.0, 5.0], [9.0, 2.0, 4.0], [5.0, 5.0, 9.0]], [True, True, True]
    options, weights = Alternatives(values, higher, is_ideal=True), [0.5, 0.3, 0.2]
    shares = win_shares(options, weights, 3)
    third, rank = np.zeros(3), np.zeros(3)
    grid = np.linspace(-1 / 3, 1 / 3, 41)
    for changes in itertools.product(grid, repeat=3):
        third[options.winner([w * (1 + c) for w, c in zip(weights, changes, strict=True)])] += 1
    for a, b in itertools.product(np.linspace(0, 1, 301), repeat=2):
        if a >= b >= 1 - a - b >= 0:
            rank[options.winner([a, b, 1 - a - b])] += 1
    assert np.array(shares.by_third) / 2000 == pytest.approx(third / third.sum(), abs=0.03)
    assert np.array(shares.by_rank) / 2000 == pytest.approx(rank / rank.sum(), abs=0.03)


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_at_the_nearest_other_weight_another_option_wins_and_before_it_none(data: Any) -> None:
    count, criteria = data.draw(st.integers(2, 4)), data.draw(st.integers(2, 4))
    values = data.draw(
        st.lists(st.lists(st.integers(1, 20), min_size=criteria, max_size=criteria), min_size=count, max_size=count)
    )
    options = Alternatives(values, [True] * criteria, is_ideal=True)
    weights = [1 / criteria] * criteria
    flip, winner = nearest_flip(options, weights, 0), options.winner(weights)

    def at(share: float) -> list[float]:
        return [share, *[(1 - share) / (criteria - 1)] * (criteria - 1)]

    def wins(share: float) -> bool:
        scores = options.scores(at(share))
        return scores[winner] >= max(scores) - 1e-12

    steps = [weights[0] + (end - weights[0]) * step / 100 for end in (0.0, 1.0) for step in range(101)]
    reached = 1.0 if flip is None else abs(flip.weight - weights[0])
    assert all(wins(share) for share in steps if abs(share - weights[0]) < reached - 1e-9)
    if flip is not None:
        scores = options.scores(at(flip.weight))
        assert flip.winner != winner
        assert scores[flip.winner] >= scores[winner] - 1e-12


@given(st.lists(st.lists(st.integers(0, 3), min_size=2, max_size=2), min_size=2, max_size=6))
def test_a_dominated_option_never_wins(values: list[list[int]]) -> None:
    higher = [True, False]
    beaten = dominated(values, higher)
    for low, high in beaten.items():
        assert values[high][0] >= values[low][0]
        assert values[high][1] <= values[low][1]
    options = Alternatives(values, higher, is_ideal=True)
    scores = options.scores([0.4, 0.6])
    assert all(scores[low] <= scores[high] + 1e-12 for low, high in beaten.items())


def test_pairs_of_options_by_criteria_are_added_up(capsys: pytest.CaptureFixture[str]) -> None:
    found = _answer(capsys, "--pairs", "speed:price:3,A:B:2:speed,A:B:0.25:price")
    expected = 0.75 * 2 / 3 + 0.25 * 0.2
    assert _cells(found, "options")["A"]["score"] == pytest.approx(expected)
    assert _cells(found, "criteria")["speed"]["weight"] == pytest.approx(0.75)


def test_contradictions_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    found = _answer(capsys, "--pairs", "a:b:3,b:c:3,c:a:3")
    assert found["warnings"][0]["code"] == "inconsistent_pairs"
    assert "the others suggest" in found["warnings"][0]["fix"]


@pytest.mark.parametrize("name", ["load-test-tools"])
def test_a_template_answers_and_takes_other_weights(capsys: pytest.CaptureFixture[str], name: str) -> None:
    assert name in templates()
    found = _answer(capsys, "--template", name)
    assert found["warnings"][0]["code"] == "equal_weights"
    chosen = _answer(capsys, "--template", name, "--criteria", "distributed:5,protocols:3")
    assert chosen["answer"].startswith("JMeter is best")
    assert math.isclose(_cells(chosen, "criteria")["distributed"]["weight"], 5 / 8)


@pytest.mark.parametrize(
    ("content", "start"),
    [
        ("vendor\nA\nB\n", "scores: 'v.csv' has one column: it needs options in the first, and criteria beside it"),
        ("vendor,price\nA,x\nB,2\n", "scores: 'v.csv' line 2: 'x' is not a number of at least 0"),
        ("vendor,price\nA,1\nA,2\n", "scores: 'A' has 'price' twice: leave one out"),
        ("option,criterion,value\nA,price,1\n", "scores: has one option: a choice needs two"),
    ],
)
def test_a_file_that_is_not_clear_is_refused(
    content: str, start: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("v.csv").write_text(content)
    assert main(["decide", "--scores", "v.csv"]) == 2
    assert capsys.readouterr().err.startswith(f"acolytes-perf: {start}")


def test_files_give_what_rows_give(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    rows = [("A", 120, 800), ("B", 90, 500), ("C", 200, 900)]
    Path("wide.csv").write_text("vendor;price;speed\n" + "".join(f"{a};{b};{c}\n" for a, b, c in rows))
    Path("long.csv").write_text(
        "option,criterion,value\n" + "".join(f"{a},price,{b}\n{a},speed,{c}\n" for a, b, c in rows)
    )
    Path("criteria.csv").write_text("criterion,weight,best\nprice,2,low\nspeed,3,high\n")
    inline = ",".join(f"{a}:price:{b},{a}:speed:{c}" for a, b, c in rows)
    answers = [
        _answer(capsys, "--scores", scores, "--criteria", criteria)["tables"]
        for scores in (inline, "wide.csv", "long.csv")
        for criteria in ("price:2:low,speed:3", "criteria.csv")
    ]
    assert all(tables == answers[0] for tables in answers)
