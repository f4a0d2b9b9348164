"""Alerts on the burn rate of an error budget, each over a long and a short window."""

from __future__ import annotations

import math

from acolytes_perf.declare import Command, Format, Outcome, Result, Warn
from acolytes_perf.errors import InputError
from acolytes_perf.fields import MOST_ITEMS, Field, Inputs, text_field
from acolytes_perf.prometheus import DEFAULT_ERRORS, DEFAULT_TOTAL, SELECTOR, rules
from acolytes_perf.slo import DAY, SLO, WINDOW, Alert, alerts
from acolytes_perf.units import DURATION, NUMBER, RATE, RATIO, ROUNDING, at_most, complement, show_duration
from acolytes_perf.wording import said


def run(inputs: Inputs) -> Outcome:
    """Threshold, short window and timing of each alert, and what goes wrong with it."""
    _check_counters(inputs)
    found = alerts(inputs)
    rate, error_ratio = inputs.optional("rate"), inputs.optional("error_ratio")
    results = _traffic(inputs, rate) if rate is not None else []
    warnings: list[Warn] = []
    for alert in found:
        results += _timing(alert, error_ratio, rate)
        warnings += _doubts(alert, rate)
    first = min(found, key=lambda alert: alert.long * alert.threshold)
    listed = ", ".join(f"{said(alert.burn, 'x')} over {said(alert.long, 's')} ({alert.severity})" for alert in found)
    answer = (
        f"Alert on burn rates above {listed}; a full outage is seen after {said(first.detects_in(1), 's')} "
        f"with {said(first.share, 'ratio')} of the budget used."
    )
    following = [("slo budget", {name: inputs.written[name] for name in ("slo", "window") if name in inputs.written})]
    return Outcome(answer, results, _assumptions(inputs), warnings, following)


def _timing(alert: Alert, error_ratio: float | None, rate: float | None) -> list[Result]:
    results = [
        Result("burn_rate", alert.burn, "x"),
        Result("error_ratio", alert.threshold, "ratio"),
        Result("short_window", alert.short, "s"),
        Result("budget_used_at_detection", alert.share, "ratio"),
        Result("detects_outage_in", alert.detects_in(1), "s"),
        Result("resets_in", alert.resets_in(alert.short), "s"),
        Result("resets_in_without_short", alert.resets_in(alert.long), "s"),
        Result("budget_lasts", alert.window / alert.burn, "s"),
        Result("lowest_slo", max(0.0, 1 - 1 / alert.burn), "ratio"),
    ]
    if error_ratio is not None:
        results.append(Result("detects_error_ratio_in", alert.detects_in(error_ratio), "s"))
    if rate is not None:
        results.append(Result("burn_of_one_error", alert.burn_of_one_error(rate), "x"))
        results.append(Result("lowest_rate", 1 / (alert.long * alert.threshold), "1/s"))
    return [result._replace(name=f"{show_duration(alert.long)}.{result.name}") for result in results]


def _traffic(inputs: Inputs, rate: float) -> list[Result]:
    failures = complement(inputs.number("slo")) * rate * inputs.number("window")
    return [
        Result("allowed_failures", math.floor(failures * (1 + ROUNDING)), "events"),
        Result("budget_share_of_one_error", 1 / failures, "ratio"),
    ]


def _doubts(alert: Alert, rate: float | None) -> list[Warn]:
    warnings = []
    if not at_most(1, alert.burn):
        message = f"{said(alert.burn, 'x')} over {said(alert.long, 's')} fires for a service that meets its SLO"
        enough = said(alert.long / alert.window, "ratio")
        warnings.append(Warn("fires_while_slo_met", message, f"give it more than {enough} of the budget"))
    if rate is not None and alert.burn_of_one_error(rate) > alert.burn:
        burn = said(alert.burn_of_one_error(rate), "x")
        above = said(alert.burn, "x")
        message = f"one error within {said(alert.long, 's')} burns at {burn} and fires the alert above {above}"
        enough = said(1 / (alert.long * alert.threshold), "1/s")
        fix = f"alert from {enough} on (add probes, join services), or use a longer window or a lower SLO"
        warnings.append(Warn("low_traffic", message, fix))
    return warnings


def _check_counters(inputs: Inputs) -> None:
    """Rules with one counter of the user's and one of the defaults would divide unlike things."""
    counters = inputs.given("errors", "good", "total")
    if counters and ("total" not in counters or len(counters) != 2):
        need = "rules need total and one of errors and good"
        if "total" not in counters:
            raise COMMAND.missing("total", need)
        if len(counters) == 1:
            raise COMMAND.missing("errors", need)
        raise InputError("/good", f"is the rest of errors: {need}", {"good": None})


def _assumptions(inputs: Inputs) -> list[str]:
    texts = [
        "Traffic is constant, and there were no errors before; scrape and rule intervals come on top of detection.",
        "The short window is a twelfth of the long one; both must be above the threshold. A day or more is a ticket.",
        "No traffic at all gives no ratio and fires nothing: watch for absence as well.",
    ]
    if "total" not in inputs:
        texts.append(f"Prometheus rules count {DEFAULT_ERRORS} of {DEFAULT_TOTAL}: set errors and total to yours.")
    return texts


_GOOD = 'latency_seconds_bucket{le="0.3"}'
_METRIC = "a metric name, with label matchers in braces where there are any"
_NAME = "a name of at most 61 letters, digits and _, the first no digit"

_LEGEND = {
    "burn_rate": "the alert fires above this multiple of the allowed error ratio; at 1x the budget lasts one window",
    "error_ratio": "the same as a share of bad events",
    "short_window": "must be above the threshold as well, so that the alert ends soon after the errors",
    "budget_used_at_detection": "share of the window's budget that is gone when it fires",
    "detects_outage_in": "time from the start of a full outage to the alert",
    "detects_error_ratio_in": "the same for the error_ratio given; never: below the threshold",
    "resets_in": "time from the end of that outage to the end of the alert",
    "resets_in_without_short": "the same if there were only the long window",
    "budget_lasts": "time until a whole budget is gone at that burn rate",
    "lowest_slo": "below this objective the alert can never fire: not even a full outage burns that fast",
    "burn_of_one_error": "burn rate over the long window that a single error makes at the rate given",
    "lowest_rate": "traffic from which on a single error does not fire it",
    "allowed_failures": "bad events that the whole budget allows at the rate given",
    "budget_share_of_one_error": "share of that budget that a single error uses",
}

COMMAND = Command(
    name="slo alerts",
    summary="Burn-rate alerts for an SLO: thresholds, windows, time to detect and to reset; Prometheus rules.",
    fields=(
        SLO,
        WINDOW,
        Field(
            "long_windows",
            DURATION,
            "long window of each alert",
            "1h,6h,3d",
            60,
            366 * DAY,
            default="1h,6h,3d",
            many=MOST_ITEMS,
        ),
        Field(
            "budget_shares",
            RATIO,
            "share of the budget that each may use (2%,5%,10% if not given)",
            "2%,5%,10%",
            1e-6,
            1,
            many=MOST_ITEMS,
            also=("budget",),
        ),
        Field(
            "burn_rates",
            NUMBER,
            "burn rate of each, instead of budget_shares",
            "14.4,6,1",
            1e-3,
            1e9,
            many=MOST_ITEMS,
            also=("burn",),
        ),
        Field("error_ratio", RATIO, "an incident's error ratio, to see when it is detected", "10%", 1e-9, 1),
        Field(
            "rate",
            RATE,
            "events per unit of time, to see what a single error does",
            "10/h",
            1e-9,
            1e12,
            also=("traffic",),
        ),
        text_field("errors", "counter of bad events, for the rules", DEFAULT_ERRORS, SELECTOR, _METRIC),
        text_field("good", "counter of good events, instead of errors", _GOOD, SELECTOR, _METRIC),
        text_field("total", "counter of all events", DEFAULT_TOTAL, SELECTOR, _METRIC),
        text_field("service", "name in rules and labels", "checkout", r"[a-zA-Z_][a-zA-Z0-9_]{0,60}", _NAME, "service"),
    ),
    run=run,
    formula="burn rate = share * window / long; threshold = burn rate * (1 - SLO); "
    "detected in long * threshold / error ratio; reset in short * (1 - threshold) after a full outage",
    source="The Site Reliability Workbook (Google, 2018), chapter 5, tables 5-4 to 5-8",
    example={"slo": "99.9%", "window": "30d"},
    legend=_LEGEND,
    formats={"prometheus": Format((".yml", ".yaml"), rules)},
)
