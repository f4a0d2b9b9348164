"""Holm's correction: many tests in one answer, with a limited risk that any of them is a false alarm.

Source: Holm, A simple sequentially rejective multiple test procedure, Scandinavian Journal of Statistics 6(2), 1979.
It needs no assumption about how the tests depend on each other.
"""

from __future__ import annotations

from collections.abc import Sequence


def holm_adjusted(p_values: Sequence[float]) -> list[float]:
    """The p-values, adjusted for their number.

    Args:
        p_values: of all tests, each from 0 to 1.

    Returns:
        Adjusted p-values in the same order. When each one below 0.05 counts as a change, a set of tests without any
        change has a false alarm in at most 5 % of cases.

    >>> [round(p, 3) for p in holm_adjusted([0.01, 0.04, 0.03])]
    [0.03, 0.06, 0.06]
    """
    adjusted = [0.0] * len(p_values)
    highest = 0.0
    for rank, index in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        highest = max(highest, min(1.0, (len(p_values) - rank) * p_values[index]))
        adjusted[index] = highest
    return adjusted
