"""A horizontal pod autoscaler that follows a load: its own arithmetic, with the delays of metric and start.

Every sync period the autoscaler compares the mean use of the ready pods, some time ago, with the target. Within the
tolerance it changes nothing. Else it wants ceil(pods * use / target). While pods are starting it counts them without
any use before it adds more. It at most doubles the pods or adds 4 in 15 s. It removes pods only down to the highest
number that it wanted within the stabilisation window.

Sources: Kubernetes documentation, "Horizontal Pod Autoscaling", sections "Algorithm details" and "Default behavior";
pkg/controller/podautoscaler/replica_calculator.go and horizontal.go.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

#: What the autoscaler may add within this many seconds: the same number again, or so many pods.
_POLICY_SECONDS, _POLICY_PODS, _POLICY_FACTOR = 15.0, 4, 2.0


class Autoscaler(NamedTuple):
    """An autoscaler and its pods; times in seconds.

    Attributes:
        pod_capacity: load that one ready pod carries, above 0.
        target: use of a pod that it keeps, above 0 and at most 1.
        start_time: from the decision until a new pod is ready, at least 0.
        metric_lag: age of the metric at a decision, at least 0.
        sync_period: between two decisions, above 0.
        tolerance: relative difference from the target that changes nothing, at least 0.
        stabilisation: how long a lower number must be wanted, at least 0.
        min_pods: least number, at least 1.
        max_pods: greatest number; None without a limit.
        saturates: the metric stops at the capacity of the pods, as processor use does; a request rate does not.
    """

    pod_capacity: float
    target: float
    start_time: float
    metric_lag: float
    sync_period: float
    tolerance: float
    stabilisation: float
    min_pods: int
    max_pods: int | None
    saturates: bool

    @property
    def reaction_time(self) -> float:
        """The longest time from a load to the pods that answer it, without waiting for a policy."""
        return self.metric_lag + self.sync_period + self.start_time

    def bounded(self, pods: float) -> int:
        """The number within the limits."""
        return int(max(self.min_pods, pods if self.max_pods is None else min(pods, self.max_pods)))

    def wanted(self, load: float, ready: int, pods: int) -> int:
        """The number that the autoscaler wants, before policies, stabilisation and limits.

        Args:
            load: that the metric shows.
            ready: pods that the metric is of, at least 1.
            pods: that there are now; those above `ready` do not serve yet.

        >>> Autoscaler(100, 0.5, 60, 0, 15, 0.1, 300, 1, None, True).wanted(180, 2, 2)
        4
        """
        used = min(load, ready * self.pod_capacity) if self.saturates else load
        ratio = used / (ready * self.pod_capacity * self.target)
        if abs(ratio - 1) <= self.tolerance + 1e-12:
            return pods
        if ratio > 1 and pods > ready:
            ratio = used / (pods * self.pod_capacity * self.target)
            if ratio <= 1 + self.tolerance + 1e-12:
                return pods
            return max(pods, math.ceil(ratio * pods - 1e-9))
        return math.ceil(ratio * ready - 1e-9)


class Followed(NamedTuple):
    """How an autoscaler followed a load.

    Attributes:
        ready: pods at work at each sync.
        use: load over the capacity of the ready pods at each sync; above 1 they are overloaded.
    """

    ready: list[int]
    use: list[float]

    def overloaded(self, spare: float = 1.0) -> float:
        """The share of the time in which the load is above `spare` times the capacity of the ready pods."""
        return sum(one > spare * (1 + 1e-9) for one in self.use) / len(self.use)

    def longest_overload(self) -> int:
        """The most syncs in a row that are overloaded."""
        longest = current = 0
        for one in self.use:
            current = current + 1 if one > 1 + 1e-9 else 0
            longest = max(longest, current)
        return longest


def resampled(values: Sequence[float | None], step: float, period: float) -> list[float]:
    """A load at each sync period, on straight lines between its points, gaps included.

    Args:
        values: at even steps; the first and the last one are present.
        step: seconds between values.
        period: seconds between syncs.
    """
    known = [(index * step, value) for index, value in enumerate(values) if value is not None]
    result, place = [], 0
    for count in range(int(known[-1][0] / period + 1e-9) + 1):
        time = count * period
        while place < len(known) - 2 and known[place + 1][0] <= time:
            place += 1
        (start, before), (end, after) = known[place], known[min(place + 1, len(known) - 1)]
        share = (time - start) / (end - start) if end > start else 0.0
        result.append(before + (after - before) * min(1.0, share))
    return result


def follow(scaler: Autoscaler, loads: Sequence[float]) -> Followed:
    """Simulates the autoscaler over loads at its sync periods; it starts with the pods that the first one needs."""
    lag = round(scaler.metric_lag / scaler.sync_period)
    window = round(scaler.stabilisation / scaler.sync_period)
    periods = scaler.sync_period / _POLICY_SECONDS
    ready = scaler.bounded(math.ceil(loads[0] / (scaler.pod_capacity * scaler.target) - 1e-9))
    starting: deque[tuple[int, int]] = deque()  # the sync at which they are ready, and how many
    start_syncs = math.ceil(scaler.start_time / scaler.sync_period - 1e-9)
    highest: deque[tuple[int, int]] = deque()  # wants within the window, falling
    history, use = [], []
    for now, load in enumerate(loads):
        while starting and starting[0][0] <= now:
            ready += starting.popleft()[1]
        history.append(ready)
        use.append(load / (ready * scaler.pod_capacity))
        pods = ready + sum(count for _, count in starting)
        seen = max(0, now - lag)
        wanted = scaler.bounded(scaler.wanted(loads[seen], history[seen], pods))
        while highest and highest[-1][1] <= wanted:
            highest.pop()
        highest.append((now, wanted))
        while highest[0][0] < now - window:
            highest.popleft()
        if wanted > pods:
            limit = max(pods * _POLICY_FACTOR**periods, pods + _POLICY_PODS * periods)
            added = min(wanted, max(pods + 1, int(limit))) - pods
            if start_syncs:
                starting.append((now + start_syncs, added))
            else:
                ready += added
        elif highest[0][1] < pods:
            excess = pods - highest[0][1]
            while excess and starting:
                at, count = starting.pop()
                if count > excess:
                    starting.append((at, count - excess))
                excess -= min(count, excess)
            ready -= excess
    return Followed(history, use)


def worst_growth(loads: Sequence[float], syncs: int, least: float) -> tuple[float, int]:
    """The greatest factor by which a load grows within so many syncs, and where that begins.

    Args:
        loads: at each sync.
        syncs: the time to look ahead, at least 1.
        least: loads below this count as this much, since the least number of pods carries them.
    """
    factor, place = 1.0, 0
    # the highest load within the next syncs, by a falling queue
    window: deque[int] = deque()
    for index in range(len(loads) - 1, -1, -1):
        while window and window[0] > index + syncs:
            window.popleft()
        if window:
            ahead = loads[window[0]] / max(loads[index], least)
            if ahead > factor:
                factor, place = ahead, index
        while window and loads[window[-1]] <= loads[index]:
            window.pop()
        window.append(index)
    return factor, place


def highest_target(scaler: Autoscaler, loads: Sequence[float], spare: float) -> float | None:
    """The highest target in whole per cent that keeps the use at or below `spare`; None where none from 5 % does.

    Args:
        scaler: whose target is varied.
        loads: at each sync.
        spare: share of the capacity that must be enough, such as 2/3 when one of three zones fails.
    """

    def keeps_up(per_cent: int) -> bool:
        return max(follow(scaler._replace(target=per_cent / 100), loads).use) <= spare * (1 + 1e-9)

    low, high = 4, 95
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if keeps_up(middle) else (low, middle - 1)
    return low / 100 if low > 4 else None
