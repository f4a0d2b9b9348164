"""Whether a page keeps limits of its Lighthouse score and metrics: pass, fail or undecided, over one run or several.

A limit fails when the mean of the runs is beyond it by more than noise (one-sided t test, Bonferroni's correction over
all limits), and passes when its one-sided 95 % limit is within it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from acolytes_perf.errors import InputError, quoted
from acolytes_perf.inputs.fields import Inputs
from acolytes_perf.inputs.files import read_text
from acolytes_perf.inputs.quantity import QuantityError
from acolytes_perf.inputs.units import read_duration, read_number, read_ratio
from acolytes_perf.methods.budgets.page_score import DESKTOP, METRICS, MOBILE, page_score
from acolytes_perf.methods.budgets.verdict import FAIL, PASS, UNDECIDED
from acolytes_perf.methods.runs.files import run_files
from acolytes_perf.methods.statistics.student_t import t_quantile

SCORE = "score"
_SIGNIFICANCE = 0.05
#: As many degrees of freedom as a variation that is assumed, not estimated, stands for.
_ASSUMED = 1e6


class PageRun(NamedTuple):
    """The metrics of one run by name, in seconds, and the score by the curves of its device."""

    values: dict[str, float]
    score: float
    device: str


class PageVerdict(NamedTuple):
    """What the runs say about one limit of a measure: the score or a metric."""

    measure: str
    limit: float
    value: float
    bound: float
    verdict: str


def read_pages(inputs: Inputs) -> list[PageRun]:
    """The runs of the call.

    Raises:
        InputError: a report is none, a metric is missing, or an input has no effect.
    """
    if "pages" in inputs and "page_values" in inputs:
        raise InputError("/page_values", "cannot be used with pages: leave one out", {"page_values": None})
    for name in inputs.present("budget", "candidate", "candidate_values", "baseline", "baseline_values"):
        raise InputError(f"/{name}", "cannot be used with a page: give limits, and pages or page_values", {name: None})
    if "warm_up" in inputs.written:
        raise InputError("/warm_up", "has no effect on a page", {"warm_up": None})
    if "pages" in inputs:
        if "device" in inputs:
            raise InputError("/device", "has no effect: each report names its own", {"device": None})
        runs = [_report(path) for path in run_files(inputs.texts("pages"), "/pages")]
        if len({run.device for run in runs}) > 1:
            raise InputError("/pages", "has reports of mobile and of desktop: compare each with its own limits")
        return runs
    return _from_rows(inputs.rows("page_values"), inputs.text("device") or MOBILE)


def _report(path: str) -> PageRun:
    text, where = read_text(path, "/pages"), quoted(path)
    try:
        document = json.loads(text)
        audits, settings = document["audits"], document.get("configSettings") or {}
        found = {name: audits[metric.audit].get("numericValue") for name, metric in METRICS.items()}
        device = settings.get("formFactor") or MOBILE
    except (ValueError, RecursionError, LookupError, TypeError, AttributeError):
        message = f"{where} is not a Lighthouse report in JSON: write one with --output=json"
        raise InputError("/pages", message) from None
    for name, value in found.items():
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < 1e9:
            message = f"{where} has no value of {METRICS[name].audit}: the run failed, so leave it out"
            raise InputError("/pages", message)
    if device not in (MOBILE, DESKTOP):
        raise InputError("/pages", f"{where} is of the device {quoted(str(device))}, which has no curves")
    values = {name: value / 1000 if METRICS[name].is_time else float(value) for name, value in found.items()}
    return PageRun(values, page_score(values, device), device)


def _from_rows(rows: Sequence[Inputs], device: str) -> list[PageRun]:
    columns: dict[str, list[float]] = {name: [] for name in METRICS}
    for index, row in enumerate(rows):
        name = row.text("metric") or ""
        columns[name].append(_value(name, row.text("value") or "", f"/page_values/{index}"))
    counts = {len(values) for values in columns.values()}
    if len(counts) > 1:
        fewest = min(columns, key=lambda name: len(columns[name]))
        message = (
            f"has {len(columns[fewest])} values of {fewest}, and {max(counts)} of another metric: give each run all"
        )
        raise InputError("/page_values", f"{message} of {', '.join(METRICS)}")
    runs = [dict(zip(columns, values)) for values in zip(*columns.values())]
    return [PageRun(values, page_score(values, device), device) for values in runs]


def _value(measure: str, text: str, pointer: str) -> float:
    """The value of a metric or a score."""
    try:
        if measure == SCORE:
            value = read_ratio(text, "90%")
        elif METRICS[measure].is_time:
            value = read_duration(text, "2.5s")
        else:
            value = read_number(text, "0.1")
    except QuantityError as error:
        hint = f": write {error.readings[0]}" if error.readings else ""
        raise InputError(pointer, f"{measure} {quoted(text)} {error}{hint}") from None
    if value < 0 or (measure == SCORE and value > 1):
        raise InputError(pointer, f"{measure} {quoted(text)} must be {'0 to 100%' if measure == SCORE else 'above 0'}")
    return value


def read_limits(rows: Sequence[Inputs]) -> dict[str, float]:
    """The limits of the call by measure: at least of the score, at most of each metric.

    Raises:
        InputError: a measure is none of a page, is there twice, or is against a baseline.
    """
    limits: dict[str, float] = {}
    for index, row in enumerate(rows):
        measure = (row.text("measure") or "").lower()
        if measure != SCORE and measure not in METRICS:
            message = f"{quoted(measure)} is not a measure of a page: write {SCORE}, {', '.join(METRICS)}"
            raise InputError(f"/limits/{index}", message)
        if measure in limits:
            raise InputError(f"/limits/{index}", f"limits {measure} twice: leave one out")
        if "against" in row:
            raise InputError(f"/limits/{index}", "cannot be against a baseline: a page has limits of its own only")
        limits[measure] = _value(measure, row.text("limit") or "", f"/limits/{index}")
    return limits


def check_pages(runs: Sequence[PageRun], limits: Mapping[str, float], variation: float) -> list[PageVerdict]:
    """A verdict for each limit.

    Args:
        runs: at least one.
        limits: by measure.
        variation: standard deviation between runs where there is one run: of the score itself, and as a share of each
            metric.
    """
    verdicts = []
    for measure, limit in limits.items():
        values = [run.score if measure == SCORE else run.values[measure] for run in runs]
        mean = math.fsum(values) / len(values)
        if len(values) > 1:
            freedom = float(len(values) - 1)
            error = math.sqrt(math.fsum((value - mean) ** 2 for value in values) / freedom / len(values))
        else:
            freedom, error = _ASSUMED, variation * (1.0 if measure == SCORE else mean)
        sign = -1.0 if measure == SCORE else 1.0
        beyond = sign * (mean - limit)
        reach = t_quantile(1 - _SIGNIFICANCE, freedom) * error
        to_fail = t_quantile(1 - _SIGNIFICANCE / len(limits), freedom) * error
        verdict = FAIL if beyond > to_fail else PASS if beyond + reach <= 0 else UNDECIDED
        verdicts.append(PageVerdict(measure, limit, mean, max(0.0, mean + sign * reach), verdict))
    return verdicts
