"""G/G/c queues: parallel servers with measured variation of arrivals and service. Times are in mean service times.

The squared coefficient of variation (scv) is the variance over the squared mean: 0 is constant, 1 exponential.

Sources: Crommelin, Delay probability formulae when the holding times are constant, 1932 (M/D/c, exact), with the roots
as in Janssen and van Leeuwaarden, Queueing Systems 50, 2005; Kimura, A two-moment approximation for the mean waiting
time in the GI/G/s queue, Operations Research 34(5), 1986 (M/G/c); Kraemer and Langenbach-Belz, 8th International
Teletraffic Congress, 1976, and Whitt, Approximations for the GI/G/m queue, Production and Operations Management 2(2),
1993 (arrivals that are not Poisson); Allen, Probability, Statistics and Queueing Theory, 1990, section 5.4
(Allen-Cunneen). Why two moments give only such intervals: Gupta et al., Queueing Systems 64, 2010. The terms for
several servers with more varied arrivals are fitted to event simulations, see the tests.
"""

from __future__ import annotations

import cmath
import math
from typing import NamedTuple

from acolytes_perf.methods.queueing.mmc import erlang_c

#: Whitt's limit of Cosmetatos' term; beyond it the approximations for arrivals that are not Poisson fail.
MAX_COSMETATOS_GAP = 0.24
#: With a larger scv of service the limits of `wait_percentile_bounds` have not been tested.
MAX_PERCENTILE_SCV = 4
#: How P(wait) and the mean of those who wait may differ from M/M/c, at the lower and at the upper limit.
_LOW_FACTORS, _HIGH_FACTORS = (0.85, 0.85), (1.2, 1.3)


class WaitBounds(NamedTuple):
    """A wait between the least and the most that distributions with these moments can cause.

    Attributes:
        low: lower limit, in mean service times.
        value: the estimate.
        high: upper limit.
    """

    low: float
    value: float
    high: float


def mmc_mean_wait(servers: int, utilisation: float) -> float:
    """Mean wait in M/M/c, exact; servers >= 1, 0 < utilisation < 1.

    Args:
        servers: at least 1.
        utilisation: above 0 and below 1.
    """
    return erlang_c(servers * utilisation, servers) / (servers * (1 - utilisation))


def mdc_mean_wait(servers: int, utilisation: float) -> float:
    """Mean wait in M/D/c, exact; servers >= 1, 0 < utilisation < 1.

    Args:
        servers: at least 1.
        utilisation: above 0 and below 1.

    >>> round(mdc_mean_wait(10, 0.9), 6), round(mdc_mean_wait(1, 0.5), 6)
    (0.344582, 0.5)
    """
    decay = servers * (utilisation - 1 - math.log(utilisation))
    return _mdc_by_sum(servers, utilisation) if decay > 0.5 else _mdc_by_roots(servers, utilisation)


def _mdc_by_sum(servers: int, utilisation: float) -> float:
    """Crommelin's sum over k of P(N >= kc) - P(N > kc) / utilisation, N Poisson with mean k times the load."""
    total, k = 0.0, 0
    while True:
        k += 1
        count, mean = k * servers, k * servers * utilisation
        probability = math.exp(count * math.log(mean) - mean - math.lgamma(count + 1))
        above, term, n = 0.0, probability, count
        while term > above * 1e-17:
            n += 1
            term *= mean / n
            above += term
        added = probability + above - above / utilisation
        total += added
        if added <= total * 1e-15:
            return total


def _mdc_by_roots(servers: int, utilisation: float) -> float:
    """From the roots inside the unit circle of z^c = exp(a (z - 1)), a the load; accurate at high utilisation."""
    load = servers * utilisation
    queue_length = utilisation / (2 * (1 - utilisation)) - (servers - 1 + load) / 2
    for k in range(1, servers):
        root_of_unity = cmath.exp(2j * cmath.pi * k / servers)
        root = root_of_unity * math.exp(-utilisation)
        for _ in range(60):  # Newton's method; five steps are usual
            power = root_of_unity * cmath.exp(utilisation * (root - 1))
            step = (root - power) / (1 - utilisation * power)
            root -= step
            if abs(step) < 1e-15:
                break
        queue_length += (1 / (1 - root)).real
    return queue_length / load


def mean_wait_bounds(servers: int, utilisation: float, arrival_scv: float, service_scv: float) -> WaitBounds:
    """Mean wait in G/G/c; exact for M/M/c, M/G/1 and M/D/c.

    The wait of M/G/c times a factor for arrivals that are not Poisson. The lower limit applies the factor that
    shortens the wait four times. The upper limit leaves it out for regular arrivals. For arrivals that vary more than
    Poisson's it is Daley's bound for one server, and what gamma distributed gaps cause for several. Where many servers
    have much room, only Kingman's bound is claimed.

    Args:
        servers: at least 1.
        utilisation: above 0 and below 1.
        arrival_scv: scv of the times between arrivals, at least 0.
        service_scv: scv of the service times, at least 0.
    """
    poisson = _poisson_arrivals_wait(servers, utilisation, service_scv)
    if arrival_scv == 1:
        return poisson
    ratio = (arrival_scv + service_scv) / (1 + service_scv)
    gap = cosmetatos_gap(servers, utilisation)
    if arrival_scv < 1:
        shorter, longer = _regular_arrivals_factor(utilisation, arrival_scv, service_scv, gap), 1.0
    else:
        shorter = math.exp(-(1 - utilisation) * (arrival_scv - 1) / (arrival_scv + 4 * service_scv))
        longer = 1 + 8 * gap * (1 - 1 / arrival_scv)
    low, value, high = (wait * ratio for wait in poisson)
    if gap > MAX_COSMETATOS_GAP:
        bound = kingman_bound(servers, utilisation, arrival_scv, service_scv)
        return WaitBounds(0.0, min(value * shorter * longer, bound), bound)
    value *= shorter * longer
    if arrival_scv < 1:
        return WaitBounds(low * shorter**4, value, high * longer * longer)
    most = daley_bound(utilisation, arrival_scv, service_scv)
    if servers > 1:
        most = max(high * longer * longer, high * gamma_gaps_factor(utilisation, arrival_scv))
        most = min(most, kingman_bound(servers, utilisation, arrival_scv, service_scv))
    return WaitBounds(low * shorter**4, value, max(most, value))


def _poisson_arrivals_wait(servers: int, utilisation: float, service_scv: float) -> WaitBounds:
    """M/G/c by Kimura's interpolation between M/D/c and M/M/c; exact for one server, and for scv 0 and 1.

    One limit is Allen-Cunneen's formula. The other is exponential service; or where service is less varied, as far
    from the estimate as Allen-Cunneen.
    """
    exponential = mmc_mean_wait(servers, utilisation)
    constant = exponential / 2 if servers == 1 else mdc_mean_wait(servers, utilisation)
    if constant < 1e-300:
        return WaitBounds(0.0, 0.0, 0.0)
    value = (1 + service_scv) / ((1 - service_scv) / constant + 2 * service_scv / exponential)
    if servers == 1 or service_scv == 0:
        return WaitBounds(value, value, value)
    allen_cunneen = exponential * (1 + service_scv) / 2
    if service_scv > 1:
        low, high = exponential, allen_cunneen
    else:
        low, high = allen_cunneen, value * value / allen_cunneen
    return WaitBounds(min(low, value), value, max(value, high))  # rounding must not reverse them


def wait_percentile_bounds(
    servers: int, utilisation: float, mean_wait: WaitBounds, share: float = 0.95, *, is_mmc: bool
) -> WaitBounds:
    """The wait that a share of the arrivals does not exceed, for Poisson arrivals.

    As many arrivals wait as in M/M/c, and those wait exponentially long (Whitt 1993, section 4). The limits are those
    of the mean, widened by what event simulations showed for common service times with an scv up to
    MAX_PERCENTILE_SCV (see the tests): two moments alone bound no percentile.

    Args:
        servers: at least 1.
        utilisation: above 0 and below 1.
        mean_wait: of all arrivals, as by `mean_wait_bounds`.
        share: above 0 and below 1.
        is_mmc: service is exponential, and so the percentile exact.
    """
    p_wait = erlang_c(servers * utilisation, servers)

    def percentile(mean: float, probability_factor: float, mean_factor: float) -> float:
        if p_wait <= 0:
            return 0.0
        return max(0.0, mean_factor * mean / p_wait * math.log(probability_factor * p_wait / (1 - share)))

    value = percentile(mean_wait.value, 1.0, 1.0)
    if is_mmc:
        return WaitBounds(value, value, value)
    return WaitBounds(percentile(mean_wait.low, *_LOW_FACTORS), value, percentile(mean_wait.high, *_HIGH_FACTORS))


def kingman_bound(servers: int, utilisation: float, arrival_scv: float, service_scv: float) -> float:
    """The mean wait that no G/G/c with these scv exceeds (Kingman 1970); far too high where utilisation is low.

    Args:
        servers: at least 1.
        utilisation: above 0 and below 1.
        arrival_scv: scv of the times between arrivals, at least 0.
        service_scv: scv of the service times, at least 0.
    """
    variation = arrival_scv / (servers * utilisation) + utilisation * (service_scv + 1 - 1 / servers)
    return variation / (2 * (1 - utilisation))


def daley_bound(utilisation: float, arrival_scv: float, service_scv: float) -> float:
    """The mean wait that no G/G/1 with these scv exceeds.

    Source: Daley, "Inequalities for moments of tails of random variables", Zeitschrift fuer
    Wahrscheinlichkeitstheorie 41, 1977.

    Args:
        utilisation: above 0 and below 1.
        arrival_scv: scv of the times between arrivals, at least 0.
        service_scv: scv of the service times, at least 0.

    >>> round(daley_bound(0.8, 4, 1), 6)
    14.0
    """
    return ((2 - utilisation) * arrival_scv + utilisation * service_scv) / (2 * (1 - utilisation))


def gamma_gaps_wait(utilisation: float, arrival_scv: float) -> float:
    """Mean wait in G/M/1 with gamma distributed times between arrivals, exact.

    Source: Kleinrock, "Queueing Systems", volume 1, 1975, section 6.4: W = s / (1 - s), s the root of the transform.

    Args:
        utilisation: above 0 and below 1.
        arrival_scv: scv of the times between arrivals, above 0.

    >>> round(gamma_gaps_wait(0.8, 4), 4), round(gamma_gaps_wait(0.5, 1), 6)
    (10.9552, 1.0)
    """
    low, high = 0.0, 1.0
    for _ in range(200):
        root = (low + high) / 2
        transform = (1 + (1 - root) * arrival_scv / utilisation) ** (-1 / arrival_scv)
        low, high = (root, high) if transform > root else (low, root)
    return low / (1 - low)


def gamma_gaps_factor(utilisation: float, arrival_scv: float) -> float:
    """How much longer gamma distributed gaps make the wait of G/M/1 than its two moments say in heavy traffic.

    Args:
        utilisation: above 0 and below 1.
        arrival_scv: scv of the times between arrivals, above 0.
    """
    return gamma_gaps_wait(utilisation, arrival_scv) / ((arrival_scv + 1) / 2 * utilisation / (1 - utilisation))


def cosmetatos_gap(servers: int, utilisation: float) -> float:
    """Cosmetatos' term: how much several servers differ from one that is as fast as all of them; 0 for one.

    Args:
        servers: at least 1.
        utilisation: above 0 and below 1.
    """
    return (1 - utilisation) * (servers - 1) * (math.sqrt(4 + 5 * servers) - 2) / (16 * servers * utilisation)


def _regular_arrivals_factor(utilisation: float, arrival_scv: float, service_scv: float, gap: float) -> float:
    """Kraemer and Langenbach-Belz for an arrival scv below 1, and Whitt's term for several servers (1993, 2.23)."""
    total_scv = arrival_scv + service_scv
    if total_scv < 1e-9:
        return 0.0
    single_server = math.exp(-2 * (1 - utilisation) * (1 - arrival_scv) ** 2 / (3 * utilisation * total_scv))
    several = 1 - 4 * min(MAX_COSMETATOS_GAP, gap)
    return single_server * math.pow(several, (1 - arrival_scv) * min(1.0, 1 / total_scv))
