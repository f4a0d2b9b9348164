"""Erlang A (M/M/c+M): a queue whose callers give up after an exponential patience.

Times are in mean service times, `patience` is the mean patience in them. An arrival that finds j others waiting would
wait for a sum of exponential times with the rates c, c + 1/patience, ..., c + j/patience. exp(-wait/patience) of that
sum has the distribution Beta(c patience, j + 1). So every probability is a sum of positive terms, without integrals.

Sources: Palm, Research on telephone traffic carried by full availability groups, Tele 1, 1957; Garnett, Mandelbaum and
Reiman, Designing a call center with impatient customers, Manufacturing and Service Operations Management 4(3), 2002;
Mandelbaum and Zeltyn, Service engineering in action: the Palm/Erlang-A queue, 2007.
"""

from __future__ import annotations

import math

from acolytes_perf.methods.queueing.birth_death import SteadyState, steady_state

#: Most waiting callers that are computed.
MAX_WAITING = 20_000
#: States that are this much rarer than the likeliest one do not change any figure.
_RAREST = 1e-40


class ImpatientQueue:
    """Erlang A in its steady state.

    Args:
        load: offered, in erlang, above 0.
        servers: c, at least 1.
        patience: mean time until a waiting caller gives up, above 0.

    Attributes:
        servers: c.
        patience: as above.
        p_wait: share of the arrivals that finds all servers busy.
        mean_queue: mean number that wait.
        abandonment: share of the arrivals that gives up.
        busy: mean number of busy servers.
        mean_wait: of all arrivals, until they are served or give up.

    Raises:
        OverflowError: too many states matter, since a long queue forms.
    """

    def __init__(self, load: float, servers: int, patience: float) -> None:
        self.servers, self.patience = servers, patience
        state = steady_state(
            lambda _: load,
            lambda number: min(number, servers) + max(0, number - servers) / patience,
            rarest=_RAREST,
        )
        if state.first + len(state.probabilities) - servers > MAX_WAITING:
            raise OverflowError(f"more than {MAX_WAITING} wait")
        self._waiting = _from(state, servers)
        self.p_wait = min(1.0, math.fsum(self._waiting))
        self.mean_queue = math.fsum(count * one for count, one in enumerate(self._waiting))
        self.mean_wait = self.mean_queue / load
        self.abandonment = self.mean_wait / patience
        self.busy = load * (1 - self.abandonment)

    def wait_exceeds(self, time: float) -> float:
        """P(wait > time) of all arrivals, until they are served or give up; time at least 0."""
        if time == 0:
            return self.p_wait
        still_patient = math.exp(-time / self.patience)
        return still_patient * self._beta_sums(self.servers * self.patience, still_patient)

    def served_within(self, time: float) -> float:
        """The share of all arrivals that is served within a time, at least 0; the service level."""
        start = self.servers * self.patience
        share = 1 - self.p_wait
        patient = math.exp(-time / self.patience)
        # given j: E[U; U > patient] of U ~ Beta(start, j + 1), whose mean is start / (start + j + 1)
        below = self._beta_terms(start + 1, patient)
        for count, (one, less) in enumerate(zip(self._waiting, below)):
            share += one * start / (start + count + 1) * max(0.0, 1 - less)
        return min(1.0, share)

    def wait_percentile(self, share: float) -> float:
        """The wait that a share of all arrivals does not exceed, to a relative 1e-8; 0 <= share < 1."""
        rest = 1 - share
        if self.p_wait <= rest:
            return 0.0
        low, high = 0.0, min(1.0, self.patience)
        while self.wait_exceeds(high) > rest:
            low, high = high, 2 * high
        while high - low > 1e-8 * high:
            middle = (low + high) / 2
            low, high = (middle, high) if self.wait_exceeds(middle) > rest else (low, middle)
        return low

    def _beta_sums(self, start: float, point: float) -> float:
        return math.fsum(one * below for one, below in zip(self._waiting, self._beta_terms(start, point)))

    def _beta_terms(self, start: float, point: float) -> list[float]:
        """P(Beta(start, j + 1) < point) for each j: the sum of the first j + 1 negative binomial terms."""
        log_point, log_rest = (
            math.log(point) if point > 0 else -math.inf,
            math.log1p(-point) if point < 1 else -math.inf,
        )
        sums, total = [], 0.0
        log_term = start * log_point if point > 0 else -math.inf
        for count in range(len(self._waiting)):
            total += math.exp(log_term)
            sums.append(min(1.0, total))
            log_term += log_rest + math.log((start + count) / (count + 1))
        return sums


def _from(state: SteadyState, servers: int) -> list[float]:
    """The probabilities of 0, 1, ... waiting behind busy servers."""
    gap = state.first - servers
    return [0.0] * gap + state.probabilities if gap >= 0 else state.probabilities[-gap:]


def garnett_abandonment(load: float, servers: int, patience: float) -> tuple[float, float]:
    """The square-root approximation of (P(wait), share that gives up) for many servers (Garnett et al., theorem 4).

    Args:
        load: offered, in erlang, above 0.
        servers: c, at least 1.
        patience: mean, in mean service times, above 0.
    """
    margin, root = (servers - load) / math.sqrt(load), math.sqrt(patience)
    free = _hazard(-margin)
    if free < 1e-300:  # nobody waits
        return 0.0, 0.0
    waits = 1 / (1 + _hazard(margin * root) / (free * root))
    given = (_hazard(margin * root) / root - margin) / math.sqrt(load)
    return waits, max(0.0, waits * given)


def _hazard(value: float) -> float:
    """phi(x) / (1 - Phi(x)) of the standard normal distribution."""
    if value > 25:
        return value + 1 / value
    if value < -38:  # the density underflows
        return 0.0
    return math.exp(-value * value / 2) * math.sqrt(2 / math.pi) / math.erfc(value / math.sqrt(2))
