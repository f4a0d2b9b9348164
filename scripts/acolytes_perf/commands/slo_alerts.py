"""Alerts on the burn rate of an error budget, each over a long and a short window."""

from __future__ import annotations

import math
from collections.abc import Sequence

from acolytes_perf.declare import Answer, Command, Format
from acolytes_perf.errors import CannotAnswerError, InputError
from acolytes_perf.inputs.fields import MAX_ITEMS, Field, Inputs, text_field
from acolytes_perf.inputs.units import DURATION, NUMBER, RATE, RATIO, ROUNDING, at_most, complement, show_duration
from acolytes_perf.methods import low_traffic
from acolytes_perf.methods.slo import (
    DAY,
    SLO,
    WINDOW,
    BurnRateAlert,
    omitted_alerts,
    reachable_budget_shares,
    read_alerts,
)
from acolytes_perf.outcome import STATISTICAL, AnswerWarning, Interval, Outcome, Result, ResultTable, Row
from acolytes_perf.outputs.document import mark
from acolytes_perf.outputs.openslo import objects
from acolytes_perf.outputs.prometheus import DEFAULT_ERRORS, DEFAULT_TOTAL, SELECTOR, rules
from acolytes_perf.wording import format_quantity


def run(inputs: Inputs) -> Outcome:
    """Threshold, short window and timing of each alert, with warnings."""
    _check_counters(inputs)
    all_alerts = read_alerts(inputs)
    rate, error_ratio = inputs.optional("rate"), inputs.optional("error_ratio")
    results = _traffic(inputs, rate) if rate is not None else []
    warnings = _left_out(inputs)
    rows = []
    for alert in all_alerts:
        cells = _timing(alert, error_ratio, *_seen(inputs, alert))
        if rate is not None:
            cells += _chance(inputs, alert, rate)
        rows.append(Row(show_duration(alert.long_window), cells))
        warnings += _fires_while_met(alert)
    warnings += _low_traffic(all_alerts, rate)
    warnings += _unseen([alert for alert in all_alerts if _seen(inputs, alert)[0] is None])
    seen = min(
        (_seen(inputs, alert) for alert in all_alerts), key=lambda pair: math.inf if pair[0] is None else pair[0]
    )
    detection = "no alert detects a full outage"
    if seen[0] is not None:
        detection = (
            f"a full outage is detected after {format_quantity(seen[0], 's')} with {format_quantity(seen[1], 'ratio')} "
            "of the budget used"
        )
    answer = f"Alert on {_listed(inputs, all_alerts)}; {detection}."
    next_calls = [("slo budget", {name: inputs.written[name] for name in ("slo", "window") if name in inputs.written})]
    return Outcome(answer, results, _assumptions(inputs), warnings, next_calls,
                   tables=[ResultTable("alerts", "alert over", rows)])  # fmt: skip


def _seen(inputs: Inputs, alert: BurnRateAlert) -> tuple[float | None, float | None]:
    """When the rule of the alert detects a full outage, and the share of the budget that is used by then."""
    rate = inputs.optional("rate")
    if rate is None:
        return alert.detection_time(1), alert.budget_share
    failures = _failures(inputs, rate)
    seen = low_traffic.outage_detection_time(alert, rate, failures)
    return seen, None if seen is None else max(alert.budget_share, seen * rate / failures)


def _listed(inputs: Inputs, all_alerts: Sequence[BurnRateAlert]) -> str:
    """Write what to alert on: burn rates, or counts where one error would fire a burn rate."""
    rate, parts = inputs.optional("rate"), []
    counts = [rate is not None and alert.is_fired_by_one_error(rate) for alert in all_alerts]
    for alert, is_counted in zip(all_alerts, counts):
        what = format_quantity(alert.burn_rate, "x")
        if rate is not None and is_counted:
            what = format_quantity(low_traffic.count_threshold(alert, _failures(inputs, rate)), "errors")
        elif any(counts):
            what = f"a burn rate above {what}"
        parts.append(f"{what} over {format_quantity(alert.long_window, 's')} ({alert.severity})")
    listed = ", ".join(parts)
    return (
        f"{listed}; a rule by count is used where one error would fire a burn rate"
        if any(counts)
        else f"burn rates above {listed}"
    )


def _left_out(inputs: Inputs) -> list[AnswerWarning]:
    """A warning about the default alerts that this objective cannot have."""
    omitted = omitted_alerts(inputs)
    if not omitted:
        return []
    burns = " and ".join(
        f"{format_quantity(alert.burn_rate, 'x')} over {format_quantity(alert.long_window, 's')}" for alert in omitted
    )
    most = format_quantity(1 / omitted[0].error_budget, "x")
    message = f"the usual alert on {burns} is left out, because a full outage burns only at {most}"
    return [
        AnswerWarning(
            "alert_left_out", message, f"to have all of them set --budget-shares {reachable_budget_shares(inputs)}"
        )
    ]


def _timing(alert: BurnRateAlert, error_ratio: float | None, seen: float | None, used: float | None) -> list[Result]:
    results = [
        Result("burn_rate", alert.burn_rate, "x"),
        Result("error_ratio", alert.threshold, "ratio"),
        Result("short_window", alert.short_window, "s"),
        Result("budget_used_at_detection", used, "ratio"),
        Result("detects_outage_in", seen, "s"),
        Result("resets_in", alert.reset_time(alert.short_window), "s"),
        Result("resets_in_without_short", alert.reset_time(alert.long_window), "s"),
        Result("budget_lasts", alert.slo_window / alert.burn_rate, "s"),
        Result("lowest_slo", max(0.0, 1 - 1 / alert.burn_rate), "ratio"),
    ]
    if error_ratio is not None:
        results.append(Result("detects_error_ratio_in", alert.detection_time(error_ratio), "s"))
    return results


def _chance(inputs: Inputs, alert: BurnRateAlert, rate: float) -> list[Result]:
    """How single errors affect an alert at this rate, and the rule by count that can replace it."""
    results = [
        Result("burn_of_one_error", alert.burn_rate_of_one_error(rate), "x"),
        Result("lowest_rate", 1 / (alert.long_window * alert.threshold), "1/s"),
    ]
    least, usual = low_traffic.threshold_errors(alert, rate, alert.long_window), _usual_errors(inputs)
    if least <= low_traffic.MAX_ERRORS:
        often = low_traffic.false_alerts_per_month(alert, rate, usual)
        results += [
            Result("min_errors", least, "errors"),
            Result("false_alerts", often, "a month"),
            _outage("smallest_outage", least, rate),
        ]
    if alert.is_fired_by_one_error(rate):
        failures = _failures(inputs, rate)
        count = low_traffic.count_threshold(alert, failures)
        is_seen = low_traffic.errors_to_fire(alert, rate, failures) is not None
        results += [
            Result("guard_events", low_traffic.min_requests_for_ratio(alert), "events"),
            Result("count_rule", count, "errors"),
            Result("false_counts", low_traffic.false_counts_per_month(alert, rate, usual, count), "a month"),
            *([_outage("smallest_outage_by_count", count, rate)] if is_seen else []),
        ]
    return results


def _outage(name: str, errors: int, rate: float) -> Result:
    """The time until so many events have occurred, with a 95 % interval for random events."""
    soon, late = (low_traffic.erlang_quantile(errors, rate, chance) for chance in (0.025, 0.975))
    return Result(name, errors / rate, "s", Interval(soon, late, STATISTICAL, 0.95))


def _usual_errors(inputs: Inputs) -> float:
    """The error ratio when nothing is wrong, by default half of what the objective allows."""
    usual = inputs.optional("usual_errors")
    return complement(inputs.number("slo")) / 2 if usual is None else usual


def _failures(inputs: Inputs, rate: float) -> float:
    """Bad events that the whole budget allows."""
    return complement(inputs.number("slo")) * rate * inputs.number("window")


def _traffic(inputs: Inputs, rate: float) -> list[Result]:
    failures = _failures(inputs, rate)
    return [
        Result("allowed_failures", math.floor(failures * (1 + ROUNDING)), "events"),
        Result("budget_share_of_one_error", 1 / failures, "ratio"),
    ]


def _fires_while_met(alert: BurnRateAlert) -> list[AnswerWarning]:
    if at_most(1, alert.burn_rate):
        return []
    message = (
        f"{format_quantity(alert.burn_rate, 'x')} over {format_quantity(alert.long_window, 's')} fires for a service "
        "that meets its SLO"
    )
    enough = format_quantity(alert.long_window / alert.slo_window, "ratio")
    return [AnswerWarning("fires_while_slo_met", message, f"raise its share of the budget above {enough}")]


def _low_traffic(all_alerts: Sequence[BurnRateAlert], rate: float | None) -> list[AnswerWarning]:
    """A warning about alerts that one error would fire, with the traffic from which on it does not."""
    few = [alert for alert in all_alerts if rate is not None and alert.is_fired_by_one_error(rate)]
    if not few or rate is None:
        return []
    burns = ", ".join(
        f"{format_quantity(alert.burn_rate, 'x')} over {format_quantity(alert.long_window, 's')} (it burns at "
        f"{format_quantity(alert.burn_rate_of_one_error(rate), 'x')})"
        for alert in few
    )
    enough = ", ".join(format_quantity(1 / (alert.long_window * alert.threshold), "1/s") for alert in few)
    fix = (
        f"alert by count, as --format prometheus does; or raise the traffic above {enough} (probes, joined "
        "services); or lower the SLO"
    )
    return [AnswerWarning("low_traffic", f"one error fires an alert above {burns}", fix)]


def _unseen(all_alerts: Sequence[BurnRateAlert]) -> list[AnswerWarning]:
    """A warning about windows in which the rule by count never sees enough errors."""
    if not all_alerts:
        return []
    windows = " and ".join(format_quantity(alert.long_window, "s") for alert in all_alerts)
    message = f"too few errors for the rule by count occur within {windows}"
    fix = "alert over a longer window, or add probes"
    return [AnswerWarning("outage_unseen", f"{message}, even in a full outage: the rule fires only by chance", fix)]


def _check_counters(inputs: Inputs) -> None:
    """Raise an error where only one counter is the user's: the rules would divide different things."""
    counters = inputs.present("errors", "good", "total")
    if counters and ("total" not in counters or len(counters) != 2):
        need = "rules need total with errors or good"
        if "total" not in counters:
            raise COMMAND.missing("total", need)
        if len(counters) == 1:
            raise COMMAND.missing("errors", need)
        raise InputError("/good", f"is the rest of errors: {need}", {"good": None})


def _assumptions(inputs: Inputs) -> list[str]:
    texts = [
        "Traffic is constant, and there were no errors before. Scrape and rule intervals delay detection further.",
        "The short window is a twelfth of the long one. An alert fires while both are above the threshold.",
        "Alerts with a long window of a day or more make tickets, the others page somebody.",
        "Without traffic there is no error ratio and no alert: watch for missing traffic too.",
    ]
    if "rate" in inputs:
        texts.append(
            f"False alerts: errors occur at random in {format_quantity(_usual_errors(inputs), 'ratio')} of the events "
            "(--usual-errors). A rule that one error would fire waits for guard_events, and a rule by count "
            "replaces it."
        )
    if "total" not in inputs:
        texts.append(
            f"Prometheus rules count {DEFAULT_ERRORS} of {DEFAULT_TOTAL}: set --errors and --total to your counters."
        )
    return texts


def _curve(answer: Answer) -> str:
    """How soon the rule of each alert detects an error ratio."""
    inputs = answer.inputs
    from acolytes_perf.outputs.plot import Axis, Shape, plot

    shapes, rate = [], inputs.optional("rate")
    for alert in read_alerts(inputs):
        name, needed = format_quantity(alert.burn_rate, "x"), alert.long_window * alert.threshold
        lowest = alert.threshold
        if rate is not None:
            errors = low_traffic.errors_to_fire(alert, rate, _failures(inputs, rate))
            if errors is None:
                continue
            if alert.is_fired_by_one_error(rate):
                name, needed = f"{errors} errors", errors / rate
                lowest = min(needed / alert.long_window, 0.999)  # a line needs a length
        ratios = [lowest ** (1 - step / 40) for step in range(1, 41)]
        points = [(ratio, needed / ratio) for ratio in ratios]
        shapes.append(Shape("line", f"{name} over {format_quantity(alert.long_window, 's')}", points))
    if not shapes:
        raise CannotAnswerError(
            "/rate", "no rule detects an outage at this rate; missing: more traffic, or longer windows"
        )
    x, y = Axis("error ratio of the incident", "ratio", log=True), Axis("time to the alert", "s", log=True)
    return plot("How soon burn-rate alerts fire", answer.outcome.answer, x, y, shapes, mark(answer))


_GOOD = 'latency_seconds_bucket{le="0.3"}'
_METRIC = "a metric name, with label matchers in braces where there are any"
_NAME = "a name of at most 61 letters, digits and _, the first no digit"

_RESULTS = {
    "allowed_failures": "bad events that the whole budget allows at `rate`",
    "budget_share_of_one_error": "share of that budget that one error uses",
}

_TABLES = {
    "alerts": {
        "burn_rate": "threshold, as a multiple of the allowed error ratio; at 1x the budget lasts exactly one window",
        "error_ratio": "the same threshold as a share of bad events",
        "short_window": "window that must be above the threshold too, so that the alert ends soon after the errors",
        "budget_used_at_detection": "share of the budget that is used when a full outage fires the alert",
        "detects_outage_in": "time from the start of a full outage until the alert (or the rule by count) fires",
        "detects_error_ratio_in": "the same for an incident with `error_ratio`; never: it is below the threshold",
        "resets_in": "time from the end of that outage to the end of the alert",
        "resets_in_without_short": "the same with the long window alone",
        "budget_lasts": "time until a full budget is used up at this burn rate",
        "lowest_slo": "below this objective the alert can never fire: a full outage does not burn that fast",
        "burn_of_one_error": "burn rate over the long window that one error makes at `rate`",
        "lowest_rate": "traffic from which on one error does not fire the alert",
        "min_errors": "fewest errors in the long window that fire the alert at `rate`",
        "false_alerts": "how often the alert fires while errors occur at their usual ratio",
        "smallest_outage": "shortest full outage that the alert detects; 95 % interval if events are random",
        "guard_events": "events in the long window from which on one error does not fire the alert",
        "count_rule": "errors in the long window that use its share of the budget, at least 2: a rule by count",
        "false_counts": "how often the rule by count fires while errors occur at their usual ratio",
        "smallest_outage_by_count": "shortest full outage that the rule by count detects",
    }
}

COMMAND = Command(
    name="slo alerts",
    summary="Burn-rate alerts for an SLO: thresholds, windows, time to detect; Prometheus rules and OpenSLO.",
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
            max_items=MAX_ITEMS,
        ),
        Field(
            "budget_shares",
            RATIO,
            "share of the budget that each alert may use (default 2%,5%,10% for 1h,6h,3d)",
            "2%,5%,10%",
            1e-6,
            1,
            max_items=MAX_ITEMS,
            aliases=("budget",),
        ),
        Field(
            "burn_rates",
            NUMBER,
            "burn rate of each alert, instead of budget_shares",
            "14.4,6,1",
            1e-3,
            1e9,
            max_items=MAX_ITEMS,
            aliases=("burn",),
        ),
        Field("error_ratio", RATIO, "error ratio of an incident: shows when it is detected", "10%", 1e-9, 1),
        Field(
            "rate",
            RATE,
            "events per unit of time: shows what one error does",
            "10/h",
            1e-9,
            1e12,
            aliases=("traffic",),
        ),
        Field("usual_errors", RATIO, "error ratio when nothing is wrong (default half of 1 - slo)", "0.02%", 0, 1),
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
    results=_RESULTS,
    tables=_TABLES,
    formats={
        "prometheus": Format((".yml", ".yaml"), rules),
        "openslo": Format((".yaml",), objects),
        "svg": Format((".svg",), _curve),
    },
)
