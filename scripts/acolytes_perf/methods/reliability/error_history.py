"""Failed and all requests over time: the SLI of a window, by requests and by time, and the worst window.

By requests every request counts the same, so an outage at night is cheap. By time every step counts the same, and
counts as bad by the share of its requests that failed.

Source: The Site Reliability Workbook, Google, 2018, chapter 2 (request-based SLIs); Google, "The Art of SLOs", 2019
(time-based SLIs).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

#: Times of two points of the same moment differ by less than this share of a step.
_SAME = 1e-3


class Use(NamedTuple):
    """What was measured between two times.

    Attributes:
        start: seconds since 1970.
        end: seconds since 1970.
        requests: all of them.
        bad: failed ones.
        time: seconds of the steps that had requests.
        bad_time: the same seconds, each step times the share of its requests that failed.
    """

    start: float
    end: float
    requests: float
    bad: float
    time: float
    bad_time: float

    @property
    def bad_share(self) -> float:
        """Share of failed requests, 0 without requests."""
        return self.bad / self.requests if self.requests else 0.0

    @property
    def bad_time_share(self) -> float:
        """Share of bad time, 0 without requests."""
        return self.bad_time / self.time if self.time else 0.0


class ErrorHistory:
    """Steps in order, without those of which nothing is known.

    Attributes:
        times: the end of each step, in seconds since 1970.
        requests: in each step.
        bad: failed ones among them.
        step: seconds in a step.
    """

    def __init__(self, times: Sequence[float], requests: Sequence[float], bad: Sequence[float], step: float) -> None:
        self.times, self.requests, self.bad, self.step = list(times), list(requests), list(bad), step
        shares = [failed / every if every else 0.0 for every, failed in zip(requests, bad)]
        self._sums = [
            [0.0, *accumulate(column)]
            for column in (requests, bad, [step * (every > 0) for every in requests], [step * one for one in shares])
        ]

    @property
    def start(self) -> float:
        """The start of the first step."""
        return self.times[0] - self.step

    @property
    def end(self) -> float:
        """The end of the last step."""
        return self.times[-1]

    def part(self, since: float | None, until: float | None) -> ErrorHistory:
        """The steps that lie between two times; may be empty."""
        slack = _SAME * self.step
        kept = [
            row
            for row in zip(self.times, self.requests, self.bad)
            if (since is None or row[0] - self.step >= since - slack) and (until is None or row[0] <= until + slack)
        ]
        columns = list(zip(*kept)) or [(), (), ()]
        return ErrorHistory(columns[0], columns[1], columns[2], self.step)

    def use(self, first: int, last: int) -> Use:
        """What was measured in the steps from `first` up to, without, `last`."""
        requests, bad, time, bad_time = (sums[last] - sums[first] for sums in self._sums)
        return Use(self.times[first] - self.step, self.times[last - 1], requests, bad, time, bad_time)

    def last_window(self, window: float) -> Use:
        """What was measured in the last `window` seconds, or in all of the history where it is shorter."""
        earliest = self._earliest(window)
        first = next(index for index, time in enumerate(self.times) if time > earliest)
        return self.use(first, len(self.times))

    def _earliest(self, window: float) -> float:
        return self.end - window + _SAME * self.step

    def worst_window(self, window: float, *, by_time: bool) -> Use:
        """The window of so many seconds with the largest bad share."""
        worst, first = self.last_window(window), 0
        share = worst.bad_time_share if by_time else worst.bad_share
        requests, bad = self._sums[2:] if by_time else self._sums[:2]
        # a long history has many steps: what is the same for all is computed once
        times, start, slack = self.times, self.start, _SAME * self.step
        least = min(window, self.end - start) * (1 - _SAME)
        for last, time in enumerate(times, 1):
            while times[first] <= time - window + slack:
                first += 1
            if time - start < least:
                continue
            every = requests[last] - requests[first]
            if every and (bad[last] - bad[first]) / every > share * (1 + 1e-12):
                worst, share = self.use(first, last), (bad[last] - bad[first]) / every
        return worst

    def in_windows(self, window: float) -> list[tuple[float, float]]:
        """Requests and failed ones in the window that ends with each step."""
        requests, bad = self._sums[:2]
        result, first = [], 0
        for last, time in enumerate(self.times, 1):
            while first < last - 1 and self.times[first] <= time - window + _SAME * self.step:
                first += 1
            result.append((requests[last] - requests[first], bad[last] - bad[first]))
        return result

    def days(self) -> list[Use]:
        """Whole days of 24 h, counted back from the end; a day without any step is left out."""
        day, result, last = 86_400.0, [], len(self.times)
        places = [int((self.end - time + _SAME * self.step) // day) for time in self.times]
        complete = int((self.end - self.start + _SAME * self.step) // day)
        for place in range(complete):
            first = last
            while first and places[first - 1] == place:
                first -= 1
            if first < last:
                result.append(self.use(first, last))
            last = first
        return result[::-1]
