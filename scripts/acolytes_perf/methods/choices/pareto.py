"""The Pareto frontier: the options that no other one beats in every figure.

Source: Ehrgott, Multicriteria Optimization, 2005, section 2.1 (efficient and dominated alternatives).
"""

from __future__ import annotations

from collections.abc import Sequence


def dominators(points: Sequence[Sequence[float]]) -> list[int | None]:
    """For each point the first one that is at least as small in every figure and smaller in one; None on the frontier.

    Args:
        points: figures of which less is better, the same number for each point.

    >>> dominators([(1, 5), (2, 2), (3, 2)])
    [None, None, 1]
    """
    return [
        next(
            (
                other
                for other, values in enumerate(points)
                if all(value <= own for value, own in zip(values, point)) and tuple(values) != tuple(point)
            ),
            None,
        )
        for point in points
    ]
