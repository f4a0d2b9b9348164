"""Choices among options: priorities from comparisons in pairs (AHP), closeness to the ideal (TOPSIS), varied weights.

Sources: Saaty, Decision making with the analytic hierarchy process, International Journal of Services Sciences 1(1),
2008, doi 10.1504/IJSSCI.2008.017590; Saaty, The Analytic Hierarchy Process, 1980 (random indices); Hwang and Yoon,
Multiple Attribute Decision Making, 1981, doi 10.1007/978-3-642-48318-9 (TOPSIS); Butler, Jia and Dyer, Simulation
techniques for the sensitivity analysis of multi-criteria decision models, European Journal of Operational Research 103,
1997, doi 10.1016/S0377-2217(96)00307-4 (weights at random and by rank).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

#: Saaty's mean consistency index of random comparisons of so many things.
_RANDOM_INDEX = (0.0, 0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59)
#: The most things that comparisons in pairs may have.
MOST_COMPARED = len(_RANDOM_INDEX) - 1
DRAWS = 2000
#: How far each weight is varied.
THIRD = 1 / 3


class Priorities(NamedTuple):
    """The outcome of comparisons in pairs.

    Attributes:
        weights: of the things in their order; they sum up to 1.
        consistency: the consistency ratio; up to 0.1 is usual.
        worst: the indices of the pair that fits the weights least.
    """

    weights: list[float]
    consistency: float
    worst: tuple[int, int]


def priorities(matrix: Sequence[Sequence[float]]) -> Priorities:
    """The principal eigenvector of a reciprocal matrix, and how consistent its comparisons are (Saaty 2008).

    Args:
        matrix: how many times as important each row is as each column; at most MOST_COMPARED rows.

    >>> [round(weight, 4) for weight in priorities([[1, 3], [1 / 3, 1]]).weights]
    [0.75, 0.25]
    """
    size = len(matrix)
    weights = [1 / size] * size
    for _ in range(10_000):
        product = [math.fsum(a * w for a, w in zip(row, weights)) for row in matrix]
        total = math.fsum(product)
        change = max(abs(value / total - weight) for value, weight in zip(product, weights))
        weights = [value / total for value in product]
        if change < 1e-14:
            break
    largest = math.fsum(math.fsum(a * w for a, w in zip(row, weights)) for row in matrix)
    index = (largest - size) / (size - 1) if size > 1 else 0.0
    random_index = _RANDOM_INDEX[size]
    pairs = [(i, j) for i in range(size) for j in range(i + 1, size)]
    worst = max(pairs, key=lambda pair: abs(_misfit(matrix, weights, *pair)), default=(0, 0))
    return Priorities(weights, max(0.0, index / random_index) if random_index else 0.0, worst)


def _misfit(matrix: Sequence[Sequence[float]], weights: Sequence[float], row: int, column: int) -> float:
    return math.log(matrix[row][column] * weights[column] / weights[row])


class Alternatives:
    """Options with a value for each criterion, compared by weights.

    With `is_ideal` it is TOPSIS: how close each option is to the best value of every criterion. Else the values are
    priorities, which are added up (AHP).
    """

    def __init__(self, values: Sequence[Sequence[float]], higher_is_better: Sequence[bool], *, is_ideal: bool) -> None:
        """Takes a row of values for each option, and for each criterion which values are better."""
        self._is_ideal = is_ideal
        self._values = values
        if not is_ideal:
            return
        lengths = [math.hypot(*column) or 1.0 for column in zip(*values)]
        rows = [[value / length for value, length in zip(row, lengths)] for row in values]
        columns = list(zip(*rows))
        best = [max(column) if higher else min(column) for column, higher in zip(columns, higher_is_better)]
        worst = [min(column) if higher else max(column) for column, higher in zip(columns, higher_is_better)]
        self._to_best = [[(value - end) ** 2 for value, end in zip(row, best)] for row in rows]
        self._to_worst = [[(value - end) ** 2 for value, end in zip(row, worst)] for row in rows]

    def scores(self, weights: Sequence[float]) -> list[float]:
        """The score of each option: its closeness from 0 to 1, or the sum of its weighted priorities."""
        if not self._is_ideal:
            return [sum([value * weight for value, weight in zip(row, weights)]) for row in self._values]
        squares = [weight * weight for weight in weights]
        scores = []
        for near, far in zip(self._to_best, self._to_worst):
            to_best = math.sqrt(sum([part * square for part, square in zip(near, squares)]))
            to_worst = math.sqrt(sum([part * square for part, square in zip(far, squares)]))
            scores.append(to_worst / (to_best + to_worst) if to_best + to_worst else 0.5)
        return scores

    def winner(self, weights: Sequence[float]) -> int:
        """The index of the option with the best score."""
        scores = self.scores(weights)
        return scores.index(max(scores))


class WinShares(NamedTuple):
    """How often each option wins when the weights vary: by up to a third, and at random in their order."""

    by_third: list[int]
    by_rank: list[int]


def win_shares(options: Alternatives, weights: Sequence[float], count: int, draws: int = DRAWS) -> WinShares:
    """Draw weights and count the wins, always with the same random numbers.

    Args:
        options: the options.
        weights: of the criteria.
        count: number of options.
        draws: how often the weights are drawn, for each way.
    """
    import random  # only here, since it takes as long to import as the rest

    rng = random.Random(20080101)  # noqa: S311 -- no secret
    shares = WinShares([0] * count, [0] * count)
    for _ in range(draws):
        shares.by_third[options.winner([weight * rng.uniform(1 - THIRD, 1 + THIRD) for weight in weights])] += 1
        # exponential numbers over their sum are uniform on all weights that sum up to 1
        drawn = sorted((rng.expovariate(1) for _ in weights), reverse=True)
        order = sorted(range(len(weights)), key=lambda index: (-weights[index], rng.random()))
        ranked = dict(zip(order, drawn))
        shares.by_rank[options.winner([ranked[index] for index in range(len(weights))])] += 1
    return shares


class Flip(NamedTuple):
    """The nearest weight of a criterion, of all weights together 1, with which another option wins."""

    weight: float
    winner: int


def nearest_flip(options: Alternatives, weights: Sequence[float], criterion: int) -> Flip | None:
    """Change one weight, the others in proportion, until another option wins; None where no weight does it.

    The way to 0 and to 1 is tried in 100 steps each; what lies between two steps may be missed.
    """
    winner, start = options.winner(weights), weights[criterion]
    rest = math.fsum(weights) - start

    def at(share: float) -> list[float]:
        scale = (1 - share) / rest if rest else 0.0
        return [share if index == criterion else weight * scale for index, weight in enumerate(weights)]

    found = [
        flip for end in (0.0, 1.0) if (flip := _first_flip(lambda share: options.winner(at(share)), start, end, winner))
    ]
    return min(found, key=lambda flip: abs(flip.weight - start), default=None)


def _first_flip(winner_at: Callable[[float], int], start: float, end: float, winner: int) -> Flip | None:
    """The first share on the way to an end with another winner."""
    before = start
    for step in range(1, 101):
        after = start + (end - start) * step / 100
        other = winner_at(after)
        if other != winner:
            for _ in range(30):
                middle = (before + after) / 2
                if winner_at(middle) == winner:
                    before = middle
                else:
                    after = middle
            return Flip(after, winner_at(after))
        before = after
    return None


def dominated(values: Sequence[Sequence[float]], higher_is_better: Sequence[bool]) -> Mapping[int, int]:
    """The options that another one beats or equals in every criterion, each with such an option."""

    def beats(one: Sequence[float], other: Sequence[float]) -> bool:
        pairs = [(a, b) if higher else (b, a) for a, b, higher in zip(one, other, higher_is_better)]
        return all(a >= b for a, b in pairs) and any(a > b for a, b in pairs)

    return {
        index: next(place for place, other in enumerate(values) if beats(other, row))
        for index, row in enumerate(values)
        if any(beats(other, row) for other in values)
    }
