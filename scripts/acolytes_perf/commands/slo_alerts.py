"""Alerts on the burn rate of an error budget, each over a long and a short window."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from acolytes_perf.declare import Answer, Command, Format
from acolytes_perf.errors import CannotAnswerError, InputError
from acolytes_perf.inputs.fields import MAX_ITEMS, Field, Inputs, text_field
from acolytes_perf.inputs.units import (
    COUNT,
    DURATION,
    NUMBER,
    RATE,
    RATIO,
    ROUNDING,
    at_most,
    complement,
    show_duration,
    show_ratio,
)
from acolytes_perf.methods.reliability import low_traffic
from acolytes_perf.methods.reliability.alert_replay import AlertRule, Traffic, guarded_rule
from acolytes_perf.methods.reliability.slo import (
    DAY,
    SLO,
    WINDOW,
    BurnRateAlert,
    omitted_alerts,
    reachable_budget_shares,
    read_alerts,
)
from acolytes_perf.outcome import STATISTICAL, AnswerWarning, Interval, Outcome, Result, ResultTable, Row
from acolytes_perf.outputs.alert_meanings import ALERT_RESULTS, ALERT_TABLES
from acolytes_perf.outputs.alert_replay_report import (
    REPLAY_FIELDS,
    Replay,
    read_replay,
    replayed,
)
from acolytes_perf.outputs.alert_warnings import fires_while_met, low_traffic_warnings, outage_unseen
from acolytes_perf.outputs.document import mark
from acolytes_perf.outputs.openslo import objects
from acolytes_perf.outputs.prometheus import (
    DEFAULT_ERRORS,
    DEFAULT_REQUESTS,
    SELECTOR,
    contents,
    counters,
    rate_of,
    rules,
)
from acolytes_perf.wording import format_quantity


class Objective(NamedTuple):
    """One objective of the call, and the traffic that its rules are for.

    Attributes:
        inputs: of the call.
        slo: share of good events.
        rate: requests per second, None where unknown.
        usual: share of the requests that fails when nothing is wrong.
        traffic: of a history; None without one.
    """

    inputs: Inputs
    slo: float
    rate: float | None
    usual: float
    traffic: Traffic | None

    @property
    def failures(self) -> float:
        """Bad events that the whole budget allows; 0 without a rate."""
        return complement(self.slo) * (self.rate or 0.0) * self.inputs.number("window")

    def rule(self, alert: BurnRateAlert) -> AlertRule:
        """The rule that is written for an alert."""
        least = self.inputs.optional("min_failures")
        demanded = None if least is None else round(least)
        if self.traffic is not None:
            return guarded_rule(alert, self.traffic, self.usual, self.failures, demanded)
        if self.rate is not None and alert.is_fired_by_one_error(self.rate):
            return AlertRule(alert, count_rule=max(low_traffic.count_threshold(alert, self.failures), demanded or 0))
        return AlertRule(alert, demanded)

    def errors_to_fire(self, alert: BurnRateAlert) -> int | None:
        """The errors in the long window that fire the written rule; None where it never has so many requests."""
        rate = self.rate or 0.0
        needed = low_traffic.errors_to_fire(alert, rate, self.failures)
        rule = self.rule(alert)
        least = max(needed or 0, rule.min_failures or 0, rule.min_recent or 0, rule.count_rule or 0)
        return None if needed is None or least > rate * alert.long_window * (1 + ROUNDING) else least

    def seen(self, alert: BurnRateAlert) -> tuple[float | None, float | None]:
        """When the rule of the alert detects a full outage, and the share of the budget that is used by then."""
        if self.rate is None:
            return alert.detection_time(1), alert.budget_share
        errors, soonest = self.errors_to_fire(alert), alert.detection_time(1)
        if errors is None or soonest is None:
            return None, None
        time = max(soonest, errors / self.rate)
        if errors == low_traffic.threshold_errors(alert, self.rate, alert.long_window):
            time = low_traffic.outage_detection_time(alert, self.rate, self.failures) or time
        return time, max(alert.budget_share, time * self.rate / self.failures)

    def seen_when_quiet(self, alert: BurnRateAlert) -> float | None:
        """When the rule detects a full outage in the hour of the day with the fewest requests; None where never."""
        soonest = alert.detection_time(1)
        if self.traffic is None or soonest is None:
            return None
        rule, rate = self.rule(alert), self.traffic.lowest
        errors = max(
            low_traffic.threshold_errors(alert, rate, alert.long_window), rule.min_failures or 0, rule.min_recent or 0
        )
        if rule.count_rule is not None:
            errors = rule.count_rule
        most = rate * (1 + ROUNDING)
        if errors > most * alert.long_window or (rule.min_recent or 0) > most * alert.short_window:
            return None
        return max(soonest, errors / rate)


def run(inputs: Inputs) -> Outcome:
    """Threshold, short window and timing of each alert of each objective; with a history also its replay."""
    _check_counters(inputs)
    slos = inputs.numbers("slo")
    replay = read_replay(inputs)
    objectives = [_objective(inputs, slo, replay) for slo in slos]
    results: list[Result] = []
    warnings: list[AnswerWarning] = [] if replay is None else list(replay.case.warnings)
    rows: list[Row] = []
    sentences = []
    for objective in objectives:
        added, said, found = _alerts_of(objective, several=len(slos) > 1)
        rows += added
        sentences.append(said)
        warnings += [warning for warning in found if warning not in warnings]
    if len(slos) == 1 and objectives[0].rate is not None:
        results = _traffic(objectives[0])
    tables = [ResultTable("alerts", "alert over", rows)]
    assumptions = _assumptions(inputs, objectives[0])
    if replay is not None:
        by_slo = [(one.slo, [one.rule(alert) for alert in read_alerts(inputs, one.slo)]) for one in objectives]
        shown = replayed(replay, by_slo)
        results, tables = [*results, *shown.results], [*shown.tables, *tables]
        sentences += shown.sentences
        warnings += shown.warnings
        assumptions.append(
            f"Night is {inputs.text('night')} in time zone {inputs.text('timezone') or 'UTC'} (--night, --timezone)."
        )
        assumptions += replay.case.notes
    following = {"slo": show_ratio(slos[0])}
    following.update({name: str(inputs.written[name]) for name in ("window",) if name in inputs.written})
    return Outcome(" ".join(sentences), results, assumptions, warnings, [("slo budget", following)], tables=tables)


def _objective(inputs: Inputs, slo: float, replay: Replay | None) -> Objective:
    rate, usual = inputs.optional("rate"), inputs.optional("usual_errors")
    traffic = None
    if replay is not None and replay.has_rate:
        traffic = Traffic(rate, min(rate, replay.traffic.lowest)) if rate is not None else replay.traffic
        rate = traffic.mean
        if usual is None and replay.case.usual_share:
            usual = replay.case.usual_share
    return Objective(inputs, slo, rate, complement(slo) / 2 if usual is None else usual, traffic)


def _alerts_of(objective: Objective, *, several: bool) -> tuple[list[Row], str, list[AnswerWarning]]:
    """The rows of an objective's alerts, what to alert on in words, and warnings."""
    inputs, rate, error_ratio = objective.inputs, objective.rate, objective.inputs.optional("error_ratio")
    all_alerts = read_alerts(inputs, objective.slo)
    prefix = f"{show_ratio(objective.slo)} " if several else ""
    warnings = _left_out(inputs, objective.slo)
    rows = []
    for alert in all_alerts:
        cells = _timing(alert, error_ratio, *objective.seen(alert))
        rule = objective.rule(alert)
        least = (("min_failures", rule.min_failures), ("min_recent_failures", rule.min_recent))
        cells += [Result(name, count, "failures") for name, count in least if count is not None]
        if objective.traffic is not None:
            # the replay shows what chance does
            if rule.count_rule is not None:
                cells.append(Result("count_rule", rule.count_rule, "errors"))
        elif rate is not None:
            cells += _chance(objective, alert, rate)
            if several:
                cells += _traffic(objective)
        rows.append(Row(prefix + show_duration(alert.long_window), cells))
        warnings += fires_while_met(alert)
    warnings += low_traffic_warnings(all_alerts, rate)
    warnings += outage_unseen([alert for alert in all_alerts if objective.seen(alert)[0] is None])
    seen = min(
        (objective.seen(alert) for alert in all_alerts), key=lambda pair: math.inf if pair[0] is None else pair[0]
    )
    detection = "no alert detects a full outage"
    if seen[0] is not None:
        detection = (
            f"a full outage is detected after {format_quantity(seen[0], 's')} with {format_quantity(seen[1], 'ratio')} "
            "of the budget used"
        )
    alert_on = f"For {show_ratio(objective.slo)} alert" if several else "Alert"
    return rows, f"{alert_on} on {_listed(objective, all_alerts)}; {detection}{_when_quiet(objective)}.", warnings


def _when_quiet(objective: Objective) -> str:
    """How soon a full outage is detected in the hour of the day with the fewest requests."""
    traffic = objective.traffic
    if traffic is None or at_most(traffic.mean, traffic.lowest):
        return ""
    alerts = read_alerts(objective.inputs, objective.slo)
    times = [time for time in map(objective.seen_when_quiet, alerts) if time is not None]
    start = " at the mean rate; in the quietest hour of the day"
    if not times:
        return f"{start} by no alert"
    return f"{start} ({format_quantity(traffic.lowest, '1/s')}) after {format_quantity(min(times), 's')}"


def _listed(objective: Objective, all_alerts: Sequence[BurnRateAlert]) -> str:
    """Write what to alert on: burn rates, or counts where one error would fire a burn rate."""
    parts = []
    rules = [objective.rule(alert) for alert in all_alerts]
    has_counts = any(rule.count_rule is not None for rule in rules)
    for rule in rules:
        what = format_quantity(rule.alert.burn_rate, "x")
        if rule.count_rule is not None:
            what = format_quantity(rule.count_rule, "errors")
        elif has_counts:
            what = f"a burn rate above {what}"
        if rule.min_failures is not None:
            what += f" with at least {format_quantity(rule.min_failures, 'failures')}"
        what += f" over {format_quantity(rule.alert.long_window, 's')}"
        if rule.min_recent is not None:
            recent = format_quantity(rule.min_recent, "failures")
            what += f" and {recent} over {format_quantity(rule.alert.short_window, 's')}"
        parts.append(f"{what} ({rule.alert.severity})")
    listed = ", ".join(parts)
    return (
        f"{listed}; a rule by count is used where one error would fire a burn rate"
        if has_counts
        else f"burn rates above {listed}"
    )


def _left_out(inputs: Inputs, slo: float) -> list[AnswerWarning]:
    """A warning about the default alerts that this objective cannot have."""
    omitted = omitted_alerts(inputs, slo)
    if not omitted:
        return []
    burns = " and ".join(
        f"{format_quantity(alert.burn_rate, 'x')} over {format_quantity(alert.long_window, 's')}" for alert in omitted
    )
    most = format_quantity(1 / omitted[0].error_budget, "x")
    message = f"the usual alert on {burns} is left out, because a full outage burns only at {most}"
    return [
        AnswerWarning(
            "alert_left_out", message, f"to have all of them set --budget-shares {reachable_budget_shares(inputs, slo)}"
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


def _chance(objective: Objective, alert: BurnRateAlert, rate: float) -> list[Result]:
    """How single errors affect an alert at this rate, and the rule by count that can replace it."""
    results = [
        Result("burn_of_one_error", alert.burn_rate_of_one_error(rate), "x"),
        Result("lowest_rate", 1 / (alert.long_window * alert.threshold), "1/s"),
    ]
    least, usual = low_traffic.threshold_errors(alert, rate, alert.long_window), objective.usual
    if least <= low_traffic.MAX_ERRORS:
        often = low_traffic.false_alerts_per_month(alert, rate, usual)
        results += [
            Result("min_errors", least, "errors"),
            Result("false_alerts", often, "a month"),
            _outage("smallest_outage", least, rate),
        ]
    count = objective.rule(alert).count_rule
    if count is not None:
        is_seen = objective.errors_to_fire(alert) is not None
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


def _traffic(objective: Objective) -> list[Result]:
    failures = objective.failures
    return [
        Result("allowed_failures", math.floor(failures * (1 + ROUNDING)), "events"),
        Result("budget_share_of_one_error", 1 / failures, "ratio"),
    ]


def _check_counters(inputs: Inputs) -> None:
    """Raise an error where only one metric is the user's: the rules would divide different things."""
    counters = inputs.present("requests_metric", "errors_metric", "good_metric")
    if counters and ("requests_metric" not in counters or len(counters) != 2):
        need = "rules need requests_metric with errors_metric or good_metric"
        if "requests_metric" not in counters:
            raise COMMAND.missing("requests_metric", need)
        if len(counters) == 1:
            raise COMMAND.missing("errors_metric", need)
        raise InputError("/good_metric", f"is the rest of errors_metric: {need}", {"good_metric": None})


def _assumptions(inputs: Inputs, objective: Objective) -> list[str]:
    texts = [
        "Traffic is constant, and there were no errors before. Scrape and rule intervals delay detection further.",
        "The short window is a twelfth of the long one. An alert fires while both are above the threshold.",
        "Alerts with a long window of a day or more make tickets, the others page somebody.",
        "Without traffic there is no error ratio: the rules alert on missing samples and traffic; a replay does not.",
    ]
    if objective.rate is not None:
        texts.append(
            f"False alerts: errors occur at random in {format_quantity(objective.usual, 'ratio')} of the events "
            "(--usual-errors). A rule that one error would fire waits for guard_events, and a rule by count "
            "replaces it."
        )
    if "requests_metric" not in inputs:
        requests, errors, good = counters(inputs)
        whose = "the usual names" if requests == DEFAULT_REQUESTS else "by the series, or the files' names"
        texts.append(
            f"Prometheus rules count {good or errors} of {requests} ({whose}): set --requests-metric and "
            f"--{'good' if good else 'errors'}-metric for others."
        )
    return texts


def _curve(answer: Answer) -> str:
    """How soon the rule of each alert detects an error ratio."""
    inputs = answer.inputs
    from acolytes_perf.outputs.plot import Axis, Shape, plot

    slos = inputs.numbers("slo")
    if len(slos) > 1:
        raise InputError("/slo", "a chart shows one objective: leave the others out")
    shapes, rate = [], rate_of(answer)
    objective = Objective(inputs, slos[0], rate, 0.0, None)
    for alert in read_alerts(inputs, slos[0]):
        name, needed = format_quantity(alert.burn_rate, "x"), alert.long_window * alert.threshold
        lowest = alert.threshold
        if rate is not None:
            errors = objective.errors_to_fire(alert)
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
_NAME = "a text of at most 200 characters on one line"

COMMAND = Command(
    name="slo alerts",
    summary="Burn-rate alerts for an SLO: thresholds, windows, time to detect; Prometheus rules and OpenSLO.",
    fields=(
        SLO._replace(
            max_items=MAX_ITEMS, is_distinct=True, example="99.9%,99.95%", doc="the objectives: shares of good events"
        ),
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
        Field(
            "min_failures",
            COUNT,
            "failures that the long window needs, too (default: by the history, else none)",
            "3",
            1,
            10**6,
        ),
        text_field(
            "requests_metric",
            "counter of all events, for the rules",
            DEFAULT_REQUESTS,
            SELECTOR,
            _METRIC + " (files: --requests)",
        ),
        text_field("errors_metric", "counter of bad events", DEFAULT_ERRORS, SELECTOR, _METRIC + " (files: --errors)"),
        text_field(
            "good_metric",
            "counter of good events, instead of errors_metric",
            _GOOD,
            SELECTOR,
            _METRIC + " (files: --good)",
        ),
        text_field("service", "name in rules and labels", "checkout", r"[^\x00-\x1f\x7f]{1,200}", _NAME, "service"),
        *REPLAY_FIELDS,
    ),
    run=run,
    formula="burn rate = share * window / long; threshold = burn rate * (1 - SLO); "
    "detected in long * threshold / error ratio; reset in short * (1 - threshold) after a full outage",
    source="The Site Reliability Workbook (Google, 2018), chapter 5, tables 5-4 to 5-8",
    example={"slo": "99.9%", "window": "30d"},
    results=ALERT_RESULTS,
    tables=ALERT_TABLES,
    formats={
        "prometheus": Format((".yml", ".yaml"), rules, holds=contents),
        "openslo": Format((".yaml",), objects),
        "svg": Format((".svg",), _curve),
    },
)
