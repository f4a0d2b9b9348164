"""Burn-rate alerts as Prometheus rules: a recorded error ratio for each window, and an alert for each pair."""

from __future__ import annotations

import math
import re
from typing import NamedTuple

from acolytes_perf.declare import Answer
from acolytes_perf.inputs.fields import Inputs
from acolytes_perf.inputs.units import complement, show_duration, show_ratio
from acolytes_perf.methods.reliability.alert_replay import AlertRule, no_traffic_window
from acolytes_perf.methods.reliability.low_traffic import min_requests_for_ratio
from acolytes_perf.methods.reliability.slo import BurnRateAlert, read_alerts
from acolytes_perf.outputs.document import mark
from acolytes_perf.outputs.render import warning_lines
from acolytes_perf.wording import format_quantity

DEFAULT_ERRORS = 'http_requests_total{code=~"5.."}'
DEFAULT_REQUESTS = "http_requests_total"

_STRING = r"(?:\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*')"
_MATCHER = rf"\s*[a-zA-Z_]\w*\s*(?:=~|!~|!=|=)\s*{_STRING}\s*"
#: An instant vector selector: a metric, and label matchers where there are any.
SELECTOR = rf"[a-zA-Z_:][\w:]*(?:\{{(?:{_MATCHER}(?:,{_MATCHER})*,?\s*)?\}})?"

#: How long there may be no samples, and no requests at most, in seconds.
_NO_DATA, _LONGEST_SILENCE = "15m", 86_400.0
_PLAIN = re.compile(r"(?!(?:true|false|null|yes|no|on|off|y|n)$)[A-Za-z_][A-Za-z0-9_.-]*", re.IGNORECASE | re.ASCII)


def rules(answer: Answer) -> str:
    """Write the rules file. The rules have no `for`: it would delay detection and reset at each short pause."""
    inputs = answer.inputs
    service = inputs.text("service") or "service"
    slos, names = inputs.numbers("slo"), counters(inputs)
    each = [(slo, rules_of(answer, slo)) for slo in slos]
    all_alerts = [rule.alert for _, slo_rules in each for rule in slo_rules]
    windows = sorted({round(window, 3) for one in all_alerts for window in (one.long_window, one.short_window)})
    lines = ["groups:", f"  - name: {_plain_or_quoted(f'slo_{service}')}", "    rules:"]
    for window in windows:
        lines += _recording(_record(window), service, _ratio(names, _duration(window)))
    counted = {
        _duration(rule.alert.long_window): None
        for _, slo_rules in each
        for rule in slo_rules
        if rule.count_rule is not None
    }
    failing = {
        _duration(span): None
        for _, slo_rules in each
        for rule in slo_rules
        for span, least in (
            (rule.alert.long_window, rule.count_rule or rule.min_failures),
            (rule.alert.short_window, rule.min_recent),
        )
        if least is not None
    }
    notes = _COUNTING if failing else []
    for span in failing:
        if span in counted:
            lines += _recording(f"slo:events:increase{span}", service, _events(names, span))
        lines += _recording(f"slo:errors:increase{span}", service, _errors(names, span))
    for slo, slo_rules in each:
        objective = show_ratio(slo) if len(slos) > 1 else None
        for rule in slo_rules:
            lines += _alerts_of(rule, _Names(service, objective), _budget_errors(answer, slo))
    lines += _absence(answer, service, names.requests)
    return (
        "\n".join(
            [
                f"# {mark(answer)}",
                f"# {answer.outcome.answer}",
                *(f"# {warning}" for warning in warning_lines(answer, "WARNING")),
                *(f"# {text}" for text in [*answer.outcome.assumptions, *notes]),
                *lines,
            ]
        )
        + "\n"
    )


#: increase() leaves out what a series begins with, which where few events come is all that there is.
_COUNTING = [
    "Counts take a series that was not there in the day before the window as it stands, since its first error is not",
    "in increase(). In a new Prometheus, and after a day without samples, they once take all that it had counted.",
]


class _Names(NamedTuple):
    """What a rule is about: the service, and the objective where there are several."""

    service: str
    objective: str | None

    @property
    def selector(self) -> str:
        """The label matcher of the recorded series."""
        return f'{{slo="{_escaped(self.service)}"}}'

    @property
    def title(self) -> str:
        """For people, in a text that Prometheus expands as a template."""
        name = self.service.replace("{{", '{{"{{"}}')
        return name if self.objective is None else f"{name} ({self.objective})"


def rules_of(answer: Answer, slo: float) -> list[AlertRule]:
    """The rules of an objective, as the answer's table of alerts has them."""
    rows = {row.label: row for table in answer.outcome.tables if table.name == "alerts" for row in table.rows}
    prefix = f"{show_ratio(slo)} " if len(answer.inputs.numbers("slo")) > 1 else ""
    result = []
    for alert in read_alerts(answer.inputs, slo):
        cells = {cell.name: cell.value for cell in rows[prefix + show_duration(alert.long_window)].results}
        counts = [cells.get(name) for name in ("min_failures", "min_recent_failures", "count_rule")]
        result.append(AlertRule(alert, *(None if count is None else round(count) for count in counts)))
    return result


def _figure(answer: Answer, name: str) -> float | None:
    return next((result.value for result in answer.outcome.results if result.name == name), None)


def rate_of(answer: Answer) -> float | None:
    """Requests per second: the input, or what the history says."""
    rate = answer.inputs.optional("rate")
    return _figure(answer, "mean_rate") if rate is None else rate


def _budget_errors(answer: Answer, slo: float) -> float:
    return complement(slo) * (rate_of(answer) or 0.0) * answer.inputs.number("window")


def _recording(name: str, service: str, expression: str) -> list[str]:
    return [
        f"      - record: {name}",
        "        labels:",
        f"          slo: {_plain_or_quoted(service)}",
        f"        expr: {_yaml(expression)}",
    ]


def _alerts_of(rule: AlertRule, names: _Names, budget_errors: float) -> list[str]:
    """The alert; with a rule by count for traffic so low that one error would fire it: then it waits for events."""
    alert, span = rule.alert, _duration(rule.alert.long_window)
    # increase() is no whole number where it extrapolates to the ends of the window
    errors = f"slo:errors:increase{span}{names.selector}"
    if rule.count_rule is None:
        recent = f"slo:errors:increase{_duration(alert.short_window)}{names.selector}"
        guards = [
            f"{counted} > {least - 0.5:.12g}"
            for counted, least in ((errors, rule.min_failures), (recent, rule.min_recent))
            if least is not None
        ]
        return _rule(alert, names, " and ".join(guards))
    guard = f"slo:events:increase{span}{names.selector} >= {min_requests_for_ratio(alert)}"
    summary = (
        f"{names.title} has had {rule.count_rule} errors or more in {span}: "
        f"{format_quantity(rule.count_rule / budget_errors, 'ratio')} of its error budget"
    )
    enough = f"{errors} > {rule.count_rule - 0.5:.12g}"
    return [*_rule(alert, names, guard), *_alert("ErrorCount", alert, names, enough, summary)]


def _rule(alert: BurnRateAlert, names: _Names, guard: str | None = None) -> list[str]:
    above = f"{names.selector} > {alert.threshold:.12g}"
    expression = f"{_record(alert.long_window)}{above} and {_record(alert.short_window)}{above}"
    if guard:
        expression += f" and {guard}"
    burn, share = f"{alert.burn_rate:.6g}", format_quantity(alert.budget_share, "ratio")
    window = _duration(alert.long_window)
    summary = f"{names.title} uses its error budget at {burn}x the allowed rate or more: {share} in {window}"
    return _alert("ErrorBudgetBurn", alert, names, expression, summary)


def _alert(name: str, alert: BurnRateAlert, names: _Names, expression: str, summary: str) -> list[str]:
    objective = [] if names.objective is None else [f"          objective: '{names.objective}'"]
    return [
        f"      - alert: {name}_{_duration(alert.long_window)}",
        f"        expr: {_yaml(expression)}",
        "        labels:",
        f"          severity: {alert.severity}",
        f"          long_window: {_duration(alert.long_window)}",
        *objective,
        "        annotations:",
        f"          summary: {_yaml(summary)}",
    ]


def _absence(answer: Answer, service: str, total: str) -> list[str]:
    """Alerts for what the others cannot see: no samples, and no requests."""
    lines = _absent("SloNoData", service, f"absent_over_time({total}[{_NO_DATA}])", f"has no samples for {_NO_DATA}")
    rate = _figure(answer, "lowest_rate_of_day") or rate_of(answer)
    if rate is None:
        return lines
    window = 60 * math.ceil(no_traffic_window(rate) / 60)
    if window > _LONGEST_SILENCE:
        return lines
    span = _duration(window)
    return lines + _absent("SloNoTraffic", service, f"sum(increase({total}[{span}])) == 0", f"had no request in {span}")


def _absent(name: str, service: str, expression: str, what: str) -> list[str]:
    title = service.replace("{{", '{{"{{"}}')
    return [
        f"      - alert: {name}",
        f"        expr: {_yaml(expression)}",
        "        labels:",
        "          severity: page",
        f"          slo: {_plain_or_quoted(title)}",
        "        annotations:",
        f"          summary: {_yaml(f'{title} {what}: burn-rate alerts see nothing')}",
    ]


class Counters(NamedTuple):
    """The selectors that the rules count: all events, bad ones, and good ones where these are counted instead."""

    requests: str
    errors: str
    good: str | None


def counters(inputs: Inputs) -> Counters:
    """The counters that the inputs name, else those that the files of the history name, else usual ones."""
    total = inputs.text("requests_metric")
    if total is not None:
        return Counters(total, inputs.text("errors_metric") or DEFAULT_ERRORS, inputs.text("good_metric"))
    from acolytes_perf.series.pairs import counters_of

    of_files = counters_of(inputs)
    if of_files is None:
        return Counters(DEFAULT_REQUESTS, DEFAULT_ERRORS, None)
    total, other = of_files
    return Counters(total, DEFAULT_ERRORS, other) if "good" in inputs else Counters(total, other, None)


def contents(text: str) -> str:
    """What a rules file holds, in a line."""
    names = list(dict.fromkeys(re.findall(r"^ +- alert: (.+)$", text, re.MULTILINE)))
    recorded = len(re.findall(r"^ +- record: ", text, re.MULTILINE))
    absent = [name for name in names if name.startswith("SloNo")]
    return (
        f"it holds {recorded} recording rules and the alerts {', '.join(names)}; not in a replay: {', '.join(absent)}"
    )


def _ratio(names: Counters, span: str) -> str:
    total, errors, good = names
    if good:
        # without any series of good events there is no sum of them, and that is the full outage
        return f"1 - (sum(rate({good}[{span}])) or vector(0)) / sum(rate({total}[{span}]))"
    return f"sum(rate({errors}[{span}])) / sum(rate({total}[{span}]))"


def _events(names: Counters, span: str) -> str:
    return _increase(names.requests, span)


def _errors(names: Counters, span: str) -> str:
    if names.good:
        return f"{_events(names, span)} - ({_increase(names.good, span)} or vector(0))"
    return _increase(names.errors, span)


def _increase(counter: str, span: str) -> str:
    """The increase in the span, with the first sample of a series that starts in it."""
    return f"sum(({counter} unless last_over_time({counter}[1d] offset {span})) or increase({counter}[{span}]))"


def _record(window: float) -> str:
    return f"slo:error_ratio:rate{_duration(window)}"


def _duration(seconds: float) -> str:
    """The duration as Prometheus writes it: `1h30m`."""
    left, text = round(seconds * 1000), ""
    for unit, size in (("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1)):
        if left >= size:
            text += f"{left // size}{unit}"
            left %= size
    return text


def _escaped(text: str) -> str:
    """The text inside the double quotes of a label matcher."""
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _plain_or_quoted(text: str) -> str:
    """A text as YAML reads it back: as it is where that is surely a text."""
    return text if _PLAIN.fullmatch(text) else _yaml(text)


def _yaml(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
