"""The best set of measures under limited work, exactly: a knapsack with precedence, by branch and bound.

Sources: Kellerer, Pferschy and Pisinger, Knapsack Problems, 2004, sections 2.4 (branch and bound with the bound of
Dantzig 1957) and 13.1 (precedence constraints).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

#: Rounding of sums of weeks: 3 x 0.1 fit into 0.3.
_ROUNDING = 1e-9
#: Nodes of the search: about two seconds.
MOST_NODES = 400_000


class TooManySetsError(Exception):
    """The search has looked at MOST_NODES sets without an end."""


def best_set(
    values: Sequence[float],
    work: Sequence[float],
    limit: float,
    before: Sequence[Sequence[int]],
    more_than: float = 0.0,
    order: Sequence[int] | None = None,
) -> set[int]:
    """The set with the largest sum of values whose work is within the limit, and that has all that its members need.

    Args:
        values: of each item; negative for one that only makes others possible.
        work: of each item, at least 0.
        limit: of the sum of work, at least 0.
        before: for each item those that must be in the set when it is; without cycles.
        more_than: only sets that are worth more than this are of interest.
        order: all items, each after those that it needs; None to find one by `in_order`.

    Returns:
        The indices of the chosen items, empty where no set is worth more. Of sets with the same value, the one that
        was found first.

    Raises:
        TooManySetsError: the search takes too long.

    >>> sorted(best_set([10, 6, 6], [5, 3, 3], 6, [[], [], []]))
    [1, 2]
    """
    room = limit + _ROUNDING * max(1.0, limit)
    # every item after those that it needs, and of these the ones with the most value for the work first
    order = in_order(values, work, before) if order is None else order
    gains = sorted(
        (index for index in order if values[index] > 0),
        key=lambda index: -(values[index] / work[index] if work[index] else math.inf),
    )
    place = {index: position for position, index in enumerate(order)}
    best: tuple[float, set[int]] = (more_than, set())
    nodes = 0
    stack: list[tuple[int, float, float, frozenset[int], frozenset[int]]] = [(0, room, 0.0, frozenset(), frozenset())]
    while stack:
        position, left, value, chosen, left_out = stack.pop()
        nodes += 1
        if nodes > MOST_NODES:
            raise TooManySetsError
        if value > best[0]:
            best = value, set(chosen)
        if position == len(order):
            continue
        # without precedence, and with a part of the last item, no set from here on is worth more
        bound, free = value, left
        for index in gains:
            if place[index] < position or index in left_out:
                continue
            if work[index] <= free:
                bound, free = bound + values[index], free - work[index]
            else:
                bound += values[index] * free / work[index]
                break
        if bound <= best[0] + 1e-12 * abs(best[0]):
            continue
        item = order[position]
        without = left_out | {item} | {index for index in order[position + 1 :] if item in before[index]}
        stack.append((position + 1, left, value, chosen, without))
        if item not in left_out and work[item] <= left and all(need in chosen for need in before[item]):
            stack.append((position + 1, left - work[item], value + values[item], chosen | {item}, left_out))
    return best[1]


def most_value(values: Sequence[float], work: Sequence[float], limit: float) -> float:
    """No set is worth more: the best ones by value for the work, with a part of the last (Dantzig 1957).

    Args:
        values: of each item.
        work: of each item, at least 0.
        limit: of the sum of work, at least 0.

    >>> most_value([10, 6, -3], [5, 3, 1], 4)
    8.0
    """
    total, free = 0.0, limit
    gains = [(value, weeks) for value, weeks in zip(values, work) if value > 0]
    for value, weeks in sorted(gains, key=lambda item: -(item[0] / item[1] if item[1] else math.inf)):
        if weeks > free:
            return total + value * free / weeks
        total, free = total + value, free - weeks
    return total


def in_order(values: Sequence[float], work: Sequence[float], before: Sequence[Sequence[int]]) -> list[int]:
    """The items, each after those that it needs; of the possible ones the one with the most value for the work first.

    An item that makes others possible counts with the best of the ones behind it.

    Args:
        values: of each item.
        work: of each item, at least 0.
        before: for each item those that it needs; without cycles.
    """
    needs = closures(before)
    made_possible = [[index] for index in range(len(values))]
    for target, needed in enumerate(needs):
        for index in needed:
            made_possible[index].append(target)

    def worth(index: int) -> float:
        ratios = []
        for target in made_possible[index]:
            together = [target, *(need for need in needs[target] if need not in done)]
            weight = math.fsum(work[one] for one in together)
            gain = math.fsum(values[one] for one in together)
            ratios.append(gain / weight if weight else math.copysign(math.inf, gain))
        return max(ratios)

    order: list[int] = []
    done: set[int] = set()
    while len(order) < len(values):
        ready = [index for index in range(len(values)) if index not in done and done.issuperset(before[index])]
        chosen = max(ready, key=lambda index: (worth(index), -index))
        order.append(chosen)
        done.add(chosen)
    return order


def closures(before: Sequence[Sequence[int]]) -> list[set[int]]:
    """For each item everything that it needs, directly or not.

    Raises:
        ValueError: the items need each other in a circle; the argument is one that does.
    """
    found: list[set[int] | None] = [None] * len(before)
    for start in range(len(before)):
        path = [start]
        while path:
            item = path[-1]
            waiting = [need for need in before[item] if found[need] is None]
            if found[item] is not None or not waiting:
                found[item] = found[item] or {one for need in before[item] for one in ({need} | (found[need] or set()))}
                path.pop()
            elif waiting[0] in path:
                raise ValueError(waiting[0])
            else:
                path.append(waiting[0])
    return [needs or set() for needs in found]
