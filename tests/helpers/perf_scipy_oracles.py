"""Every statistical function against scipy or numpy, which compute the same by other means."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
from scipy import integrate, optimize, special, stats

from acolytes_perf.methods.capacity import event_demand, scalability
from acolytes_perf.methods.comparison import runs
from acolytes_perf.methods.forecasting import (
    fixed_season,
    forecasts,
    holt_winters,
    outliers,
    seasonal_line,
    smoothing_model,
)
from acolytes_perf.methods.latency import percentiles
from acolytes_perf.methods.queueing import mmc
from acolytes_perf.methods.reliability import availability, low_traffic
from acolytes_perf.methods.statistics import sample_size, student_t


class Pair(NamedTuple):
    """One value by our function and by the oracle."""

    ours: float
    theirs: float


RNG = random.Random(12)
DEGREES = (0.7, 1, 2, 2.5, 5, 30, 1000)
PROBABILITIES = (1e-6, 0.025, 0.2, 0.5, 0.8, 0.975, 0.9999)
LOADS = ((0.5, 1), (3, 4), (14, 20), (95, 100), (0.01, 3))
SERIES = [10 + 0.5 * step + (3, -1, -2, 0)[step % 4] + RNG.gauss(0, 0.4) for step in range(41)]
GAPPY = [None if step in (5, 17) else value for step, value in enumerate(SERIES)]
#: Failures of runs, some of them without any.
SHARES = [[0.0, 0.0, 0.002], [0.01, 0.012, 0.03, 0.02], [0.06, 0.05, 0.061, 0.07, 0.058]]
FIGURES = [[RNG.lognormvariate(0, 0.3) for _ in range(size)] for size in (2, 3, 5, 8)]


def t_cdf() -> Iterator[Pair]:
    for value, degrees in itertools.product((-30, -2.1, -0.3, 0, 0.7, 4, 90), DEGREES):
        yield Pair(student_t.t_cdf(value, degrees), stats.t.cdf(value, degrees))


def t_quantile() -> Iterator[Pair]:
    for probability, degrees in itertools.product(PROBABILITIES[1:], DEGREES):
        yield Pair(student_t.t_quantile(probability, degrees), stats.t.ppf(probability, degrees))


def f_upper_tail() -> Iterator[Pair]:
    for ratio, numerator, denominator in itertools.product((0, 0.2, 1, 4, 30), (1, 4, 8), (2, 8, 60)):
        yield Pair(student_t.f_upper_tail(ratio, numerator, denominator), stats.f.sf(ratio, numerator, denominator))


def incomplete_beta() -> Iterator[Pair]:
    for x, a, b in itertools.product((0, 1e-4, 0.3, 0.5, 0.9, 1), (0.5, 2, 40), (0.5, 3, 200)):
        yield Pair(student_t._incomplete_beta(x, a, b), special.betainc(a, b, x))


def normal_quantiles() -> Iterator[Pair]:
    yield Pair(percentiles.Z95, stats.norm.ppf(0.975))
    yield Pair(forecasts._NORMAL_QUANTILE, stats.norm.ppf(0.975))


def mann_whitney() -> Iterator[Pair]:
    for sample, other in itertools.permutations(FIGURES, 2):
        result = runs.mann_whitney(sample, other)
        assert result
        expected = stats.mannwhitneyu(sample, other, alternative="two-sided", method="exact")
        yield Pair(result[0], expected.statistic)
        yield Pair(result[1], expected.pvalue)


def sample_of() -> Iterator[Pair]:
    for figures in FIGURES:
        sample = runs.sample_of(figures)
        yield Pair(sample.log_mean, float(np.mean(np.log(figures))))
        yield Pair(sample.log_sd, float(np.std(np.log(figures), ddof=1)))


def compare_runs() -> Iterator[Pair]:
    for baseline, candidate in itertools.permutations(FIGURES, 2):
        change = runs.compare_runs(runs.sample_of(baseline), runs.sample_of(candidate))
        welch = stats.ttest_ind(np.log(candidate), np.log(baseline), equal_var=False)
        low, high = welch.confidence_interval(runs.CONFIDENCE_LEVEL)
        middle = float(np.mean(np.log(candidate)) - np.mean(np.log(baseline)))
        yield Pair(change.change, math.expm1(middle))
        yield Pair(change.low, math.expm1(low))
        yield Pair(change.high, math.expm1(high))
        error = (high - low) / 2 / stats.t.ppf(0.975, welch.df)
        yield Pair(change.detectable, math.expm1(error * (stats.t.ppf(0.975, welch.df) + stats.t.ppf(0.8, welch.df))))
        assert change.is_significant == (welch.pvalue < 1 - runs.CONFIDENCE_LEVEL)


def compare_shares() -> Iterator[Pair]:
    for baseline, candidate in itertools.permutations(SHARES, 2):
        change = runs.compare_shares(baseline, candidate)
        welch = stats.ttest_ind(candidate, baseline, equal_var=False)
        low, high = welch.confidence_interval(runs.CONFIDENCE_LEVEL)
        yield Pair(change.low, low)
        yield Pair(change.high, high)
        error = (high - low) / 2 / stats.t.ppf(0.975, welch.df)
        yield Pair(change.detectable, error * (stats.t.ppf(0.975, welch.df) + stats.t.ppf(0.8, welch.df)))
        assert change.is_significant == (welch.pvalue < 1 - runs.CONFIDENCE_LEVEL)


def binomial_pmf() -> Iterator[Pair]:
    for count, trials, probability in itertools.product((0, 1, 3, 40), (1, 3, 50, 4000), (0, 1e-5, 0.3, 0.999, 1)):
        yield Pair(low_traffic.binomial_pmf(count, trials, probability), stats.binom.pmf(count, trials, probability))


def poisson_pmf() -> Iterator[Pair]:
    for count, mean in itertools.product((0, 1, 7, 300), (0, 1e-4, 2.5, 280)):
        yield Pair(low_traffic.poisson_pmf(count, mean), stats.poisson.pmf(count, mean))


def erlang_quantile() -> Iterator[Pair]:
    for count, rate, probability in itertools.product((1, 2, 30), (1e-4, 3.0), (0.05, 0.5, 0.95)):
        expected = stats.gamma.ppf(probability, count, scale=1 / rate)
        yield Pair(low_traffic.erlang_quantile(count, rate, probability), expected)


def wilson_interval() -> Iterator[Pair]:
    for failed, requests in ((0, 10), (1, 10), (5, 100), (100, 100), (37, 40_000)):
        ours = percentiles.wilson_interval(failed, requests, 1.0)
        theirs = stats.binomtest(failed, requests).proportion_ci(0.95, method="wilson")
        yield Pair(ours[0], theirs.low)
        yield Pair(ours[1], theirs.high)


def required_samples() -> Iterator[Pair]:
    for percentile, confidence, order in itertools.product((0.5, 0.95, 0.999), (0.9, 0.99), (1, 2, 5)):
        samples = sample_size.required_samples(percentile, confidence, order)
        # the order-th largest of n uniform samples has a beta distribution
        enough = stats.beta.sf(percentile, samples - order + 1, order)
        too_few = stats.beta.sf(percentile, samples - order, order) if samples > order else 0.0
        yield Pair(float(enough >= confidence > too_few), 1.0)


def replica_unavailability() -> Iterator[Pair]:
    for down, (replicas, required) in itertools.product((1e-9, 0.01, 0.4), ((2, 1), (3, 2), (9, 4))):
        ours = availability.replica_unavailability(down, replicas, required, 0.0)
        yield Pair(ours, stats.binom.sf(replicas - required, replicas, down))


def erlang_b() -> Iterator[Pair]:
    for load, servers in (*LOADS, (20, 14)):
        yield Pair(mmc.erlang_b(load, servers), stats.poisson.pmf(servers, load) / stats.poisson.cdf(servers, load))


def erlang_c() -> Iterator[Pair]:
    for load, servers in LOADS:
        busy = stats.poisson.pmf(servers, load) * servers / (servers - load)
        yield Pair(mmc.erlang_c(load, servers), busy / (stats.poisson.cdf(servers - 1, load) + busy))


def idle_probability() -> Iterator[Pair]:
    for load, servers in LOADS:
        busy = stats.poisson.pmf(servers, load) * servers / (servers - load)
        empty = stats.poisson.pmf(0, load) / (stats.poisson.cdf(servers - 1, load) + busy)
        yield Pair(mmc.idle_probability(load, servers), empty)


def halfin_whitt() -> Iterator[Pair]:
    for load, servers in LOADS:
        margin = (servers - load) / math.sqrt(load)
        expected = 1 / (1 + margin * stats.norm.cdf(margin) / stats.norm.pdf(margin))
        yield Pair(mmc.halfin_whitt(load, servers), expected)


def wait_percentile() -> Iterator[Pair]:
    for load, servers in LOADS:
        p_wait = mmc.erlang_c(load, servers)
        for share in (0.5, 0.95, 0.999):
            conditional = 1 - (1 - share) / p_wait
            expected = stats.expon.ppf(conditional, scale=1 / (servers - load)) if conditional > 0 else 0.0
            yield Pair(mmc.wait_percentile(p_wait, load, servers, share), expected)


def wait_tail_probability() -> Iterator[Pair]:
    for (load, servers), time in itertools.product(LOADS, (0.0, 0.3, 4.0)):
        p_wait = mmc.erlang_c(load, servers)
        expected = p_wait * stats.expon.sf(time, scale=1 / (servers - load))
        yield Pair(mmc.wait_tail_probability(p_wait, load, servers, time), expected)


def response_tail_probability() -> Iterator[Pair]:
    for (load, servers), time in itertools.product(LOADS, (0.1, 1.0, 4.0)):
        p_wait = mmc.erlang_c(load, servers)
        wait = stats.expon(scale=1 / (servers - load))
        served, _ = integrate.quad(lambda t, wait=wait, time=time: wait.pdf(t) * stats.expon.sf(time - t), 0, time)
        expected = (1 - p_wait) * stats.expon.sf(time) + p_wait * (wait.sf(time) + served)
        yield Pair(mmc.response_tail_probability(p_wait, load, servers, time), expected)


def response_percentile() -> Iterator[Pair]:
    for load in (0.2, 0.5, 0.95):  # the response time of M/M/1 is exponential
        expected = stats.expon.ppf(0.95, scale=1 / (1 - load))
        yield Pair(mmc.response_percentile(load, load, 1, 0.95), expected)


def median() -> Iterator[Pair]:
    for figures in FIGURES:
        yield Pair(outliers.median(figures), float(np.median(figures)))
        yield Pair(outliers._mad(figures), stats.median_abs_deviation(figures))
    yield Pair(outliers.SD_PER_MAD, round(1 / stats.norm.ppf(0.75), 4))


def quantile() -> Iterator[Pair]:
    for figures, probability in itertools.product(FIGURES, (0.0, 0.025, 0.5, 0.975, 1.0)):
        yield Pair(forecasts._quantile(sorted(figures), probability), float(np.quantile(figures, probability)))


def percentile() -> Iterator[Pair]:
    values = [RNG.randrange(1, 50) for _ in range(201)]
    distribution = percentiles.LatencyDistribution({value: values.count(value) for value in values})
    for share in (0.001, 0.5, 0.9, 0.95, 0.999, 1.0):
        yield Pair(distribution.percentile(share), float(np.quantile(values, share, method="inverted_cdf")))


def percentile_rank_interval() -> Iterator[Pair]:
    for requests, share in ((1000, 0.5), (5000, 0.95), (200_000, 0.99)):
        ranks = percentiles.percentile_rank_interval(requests, share, 1.0)
        assert ranks
        # the percentile lies between the order statistics if so many of the requests are below it
        covered = stats.binom.cdf(ranks[1] - 1, requests, share) - stats.binom.cdf(ranks[0] - 1, requests, share)
        yield Pair(float(0.95 <= covered < 0.965), 1.0)


def design_effect() -> Iterator[Pair]:
    totals, level = [], 0.0
    hits = []
    for _ in range(60):
        level = 0.8 * level + RNG.gauss(0, 0.05)
        totals.append(200)
        hits.append(round(200 * min(0.9, max(0.02, 0.3 + level))))
    share = sum(hits) / sum(totals)
    residuals = np.array(hits) - share * np.array(totals)
    covariances = np.correlate(residuals, residuals, "full")[len(hits) - 1 :]
    pairs = covariances[1:-1:2] + covariances[2::2]
    positive = itertools.takewhile(lambda pair: pair > 0, pairs[: (len(hits) - 1) // 2])
    variance = covariances[0] + 2 * sum(positive)
    ours = percentiles.design_effect(totals, hits)
    assert ours
    assert ours > 2
    yield Pair(ours, float(variance * 60 / 59 / (12_000 * share * (1 - share))))


def additive_line() -> Iterator[Pair]:
    present = [(step, value) for step, value in enumerate(SERIES)]
    design = np.array([[step, *(float(step % 4 == phase) for phase in range(4))] for step, _ in present])
    target = np.array([value for _, value in present])
    solution, squares, _, _ = np.linalg.lstsq(design, target, rcond=None)
    model = seasonal_line.fit_additive_line(SERIES, 4)
    degrees = len(SERIES) - 5
    covariance = np.linalg.inv(design.T @ design) * squares[0] / degrees
    residuals = target - design @ solution
    yield Pair(model.degrees_of_freedom, degrees)
    yield Pair(model.trend, solution[0])
    yield Pair(model.trend_se, math.sqrt(covariance[0][0]))
    yield Pair(model.sum_of_squares, squares[0])
    yield Pair(model.residual_sd, math.sqrt(squares[0] / degrees * (1 + 4 / len(SERIES))))
    for step, value in enumerate(forecasts.point_forecast(model, 6), len(SERIES)):
        yield Pair(value, solution[0] * step + solution[1 + step % 4])
    sd = math.sqrt(squares[0] / len(SERIES))
    likelihood = -2 * float(np.sum(stats.norm.logpdf(residuals, scale=sd)))
    yield Pair(model.minus_2_log_likelihood, likelihood - len(SERIES) * (1 + math.log(2 * math.pi)))
    correlations = np.correlate(residuals, residuals, "full")[len(SERIES) : len(SERIES) + 5] / squares[0]
    yield Pair(model.residual_autocorrelation, float(np.sum(correlations)) * math.sqrt(len(SERIES) / 5))


def multiplicative_line() -> Iterator[Pair]:
    series = [value * (1.1, 0.9, 0.8, 1.2)[step % 4] for step, value in enumerate(SERIES)]
    model = seasonal_line.fit_multiplicative_line(series, 4)
    fitted = [
        (model.level + model.trend * (step - len(series) + 1)) * model.seasonal[(step - len(series)) % 4]
        for step in range(len(series))
    ]
    residuals = np.array(series) / fitted - 1
    yield Pair(model.sum_of_squares, float(np.sum((np.array(series) - fitted) ** 2)))
    sd = math.sqrt(float(np.mean(residuals**2)))
    # the density of a value is that of its relative residual over the fitted value
    likelihood = -2 * float(np.sum(stats.norm.logpdf(residuals, scale=sd) - np.log(fitted)))
    yield Pair(model.minus_2_log_likelihood, likelihood - len(series) * (1 + math.log(2 * math.pi)))


def weighted_line() -> Iterator[Pair]:
    points = [(step, value) for step, value in enumerate(SERIES)]
    weights = [RNG.uniform(0.5, 2) for _ in points]
    slope, intercept = np.polyfit([step for step, _ in points], SERIES, 1, w=np.sqrt(weights))
    ours = seasonal_line._weighted_line(points, weights)
    yield Pair(ours[0], intercept)
    yield Pair(ours[1], slope)


def interpolation() -> Iterator[Pair]:
    present = [(step, value) for step, value in enumerate(GAPPY) if value is not None]
    for step, value in enumerate(smoothing_model.interpolate(GAPPY)):
        yield Pair(value, float(np.interp(step, *np.array(present).T)))


def smoothing_weights() -> Iterator[Pair]:
    for multiplicative in (False, True):
        model = holt_winters.fit_holt_winters(SERIES, 4, multiplicative=multiplicative)

        def squares(weights: np.ndarray, *, multiplicative: bool = multiplicative) -> float:
            alpha, beta, gamma = map(float, weights)
            state = holt_winters.apply_holt_winters(SERIES, 4, (alpha, beta, gamma), multiplicative=multiplicative)
            return state.sum_of_squares

        polished = optimize.minimize(squares, model.weights, method="Nelder-Mead", bounds=[(0, 1)] * 3)
        assert polished.fun <= model.sum_of_squares
        yield Pair(model.sum_of_squares, polished.fun)


def interval_half_widths() -> Iterator[Pair]:
    model = holt_winters.fit_holt_winters(SERIES, 4, multiplicative=False)
    quantile = stats.t.ppf(0.975, model.degrees_of_freedom)
    yield Pair(forecasts.interval_half_widths(model, 1)[0], quantile * model.residual_sd)


def usl() -> Iterator[Pair]:
    points = [
        (size, 50 * size / (1 + 0.03 * (size - 1) + 2e-4 * size * (size - 1)) * RNG.uniform(0.98, 1.02))
        for size in (1, 2, 4, 8, 16, 32, 64, 96)
    ]
    fit = scalability.fit_usl(points)
    assert fit

    def law(size: np.ndarray, rate: float, contention: float, coherency: float) -> np.ndarray:
        slowdown: np.ndarray = 1 + contention * (size - 1) + coherency * size * (size - 1)
        throughputs: np.ndarray = rate * size / slowdown
        return throughputs

    sizes, throughputs = np.array(points).T
    solution, covariance = optimize.curve_fit(law, sizes, throughputs, p0=(40, 0.01, 1e-4), xtol=1e-15, ftol=1e-15)
    for ours, theirs in zip(fit.model, solution, strict=True):
        yield Pair(ours, theirs)
    for half_width, variance in zip(fit.parameter_half_widths, np.diag(covariance), strict=True):
        yield Pair(half_width, stats.t.ppf(0.975, len(points) - 3) * math.sqrt(variance))
    yield Pair(fit.model.throughput(20), float(law(np.array(20.0), *solution)))


#: The oracle of each function, with the relative and absolute difference allowed.
def linear_systems() -> Iterator[Pair]:
    matrix = [[4.0, 1.0, 0.5], [1.0, 3.0, -0.7], [0.5, -0.7, 2.0]]
    solution, inverse = scalability.solve_symmetric(matrix, [1.0, -2.0, 3.0]), scalability.invert_symmetric(matrix)
    assert solution is not None
    assert inverse is not None
    for ours, theirs in zip(solution, np.linalg.solve(matrix, [1.0, -2.0, 3.0]), strict=True):
        yield Pair(ours, float(theirs))
    for row, expected in zip(inverse, np.linalg.inv(matrix), strict=True):
        for ours, theirs in zip(row, expected, strict=True):
            yield Pair(ours, float(theirs))


def central_limits() -> Iterator[Pair]:
    paths = [[RNG.gauss(0, 1), RNG.gauss(5, 2)] for _ in range(301)]
    for step in (0, 1):
        values = [path[step] for path in paths]
        for ours, share in zip(forecasts.central_interval(paths, step), (0.025, 0.975), strict=True):
            yield Pair(ours, float(np.quantile(values, share)))


def fixed_season_level() -> Iterator[Pair]:
    drift, values = 0.0, []
    for step in range(90):
        drift += RNG.gauss(0, 2)
        values.append(100 + drift + (8, -3, -5)[step % 3] + RNG.gauss(0, 1))
    line = seasonal_line.fit_additive_line(values, 3)
    seasonal = [line.seasonal[(phase - len(values)) % 3] for phase in range(3)]

    def squares(alpha: float) -> float:
        level, total = -line.trend * len(values), 0.0
        for step, value in enumerate(values):
            error = value - level - seasonal[step % 3]
            level, total = level + alpha * error, total + error * error
        return total

    best = optimize.minimize_scalar(squares, bounds=(0, 1), method="bounded", options={"xatol": 1e-7})
    model = fixed_season.fit_fixed_season(values, 3, multiplicative=False)
    yield Pair(model.sum_of_squares, best.fun)
    yield Pair(model.weights[0], best.x)


def mean_ratio() -> Iterator[Pair]:
    for ratios in ([6.1, 4.8, 7.4, 5.5], [2.0, 3.0]):
        logs = np.log(ratios)
        low, high = stats.t.interval(0.95, len(logs) - 1, logs.mean(), stats.sem(logs))
        for ours, theirs in zip(event_demand.mean_ratio(ratios, 0.95), (logs.mean(), low, high), strict=True):
            yield Pair(ours, math.exp(theirs))


def event_quantile() -> Iterator[Pair]:
    for ratios in ([6.1, 4.8, 7.4, 5.5], [2.0, 3.0, 2.5, 2.2, 2.9, 2.4, 2.6]):
        logs = np.log(ratios)
        scale = logs.std(ddof=1) * math.sqrt(1 + 1 / len(logs))
        exact = event_demand.event_demand(200, ratios, 1.8, 0.0)
        for probability in (0.05, 0.5, 0.9, 0.99):
            ratio = logs.mean() + scale * stats.t.ppf(probability, len(logs) - 1)
            yield Pair(exact.quantile(probability), 360 * math.exp(ratio))
        blurred = event_demand.event_demand(200, ratios, 1.8, 0.1)
        for capacity in (900, 2000, 4000):
            distance = math.log(capacity / 360) - logs.mean()

            def weighted(error: float, distance: float = distance, scale: float = scale, n: int = len(logs)) -> float:
                return float(stats.norm.pdf(error) * stats.t.cdf((distance - 0.1 * error) / scale, n - 1))

            yield Pair(blurred.probability_below(capacity), integrate.quad(weighted, -8, 8)[0])


ORACLES: list[tuple[Callable[[], Iterator[Pair]], float, float]] = [
    (t_cdf, 1e-11, 1e-300),
    (t_quantile, 1e-10, 0),
    (f_upper_tail, 1e-10, 1e-300),
    (incomplete_beta, 1e-11, 1e-300),
    (normal_quantiles, 1e-15, 0),
    (mann_whitney, 1e-12, 0),
    (sample_of, 1e-12, 1e-15),
    (compare_runs, 1e-9, 1e-12),
    (compare_shares, 1e-9, 1e-12),
    (binomial_pmf, 1e-10, 1e-300),
    (poisson_pmf, 1e-11, 1e-300),
    (erlang_quantile, 1e-9, 0),
    (wilson_interval, 1e-12, 1e-15),
    (required_samples, 0, 0),
    (replica_unavailability, 1e-12, 0),
    (erlang_b, 1e-12, 1e-300),
    (erlang_c, 1e-12, 1e-300),
    (idle_probability, 1e-12, 1e-300),
    (halfin_whitt, 1e-12, 1e-300),
    (wait_percentile, 1e-9, 1e-14),
    (wait_tail_probability, 1e-12, 1e-300),
    (response_tail_probability, 1e-8, 0),
    (response_percentile, 1e-12, 0),
    (median, 1e-15, 0),
    (quantile, 1e-14, 0),
    (percentile, 0, 0),
    (percentile_rank_interval, 0, 0),
    (design_effect, 1e-12, 0),
    (additive_line, 1e-9, 0),
    (multiplicative_line, 1e-9, 0),
    (weighted_line, 1e-11, 0),
    (interpolation, 1e-14, 0),
    (linear_systems, 1e-12, 0),
    (central_limits, 1e-12, 0),
    (fixed_season_level, 1e-4, 0),
    (mean_ratio, 1e-10, 0),
    (event_quantile, 2e-3, 0),
    (smoothing_weights, 1e-5, 0),
    (interval_half_widths, 1e-12, 0),
    (usl, 1e-5, 0),
]
