"""Burn-rate alerts as Prometheus rules: a recorded error ratio for each window, and an alert for each pair."""

from __future__ import annotations

from acolytes_perf.declare import Answer
from acolytes_perf.inputs.fields import Inputs
from acolytes_perf.methods.low_traffic import count_threshold, min_requests_for_ratio
from acolytes_perf.methods.slo import BurnRateAlert, read_alerts
from acolytes_perf.outputs.document import mark
from acolytes_perf.outputs.render import warning_lines
from acolytes_perf.wording import format_quantity

DEFAULT_ERRORS = 'http_requests_total{code=~"5.."}'
DEFAULT_TOTAL = "http_requests_total"

_STRING = r"(?:\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*')"
_MATCHER = rf"\s*[a-zA-Z_]\w*\s*(?:=~|!~|!=|=)\s*{_STRING}\s*"
#: An instant vector selector: a metric, and label matchers where there are any.
SELECTOR = rf"[a-zA-Z_:][\w:]*(?:\{{(?:{_MATCHER}(?:,{_MATCHER})*,?\s*)?\}})?"


def rules(answer: Answer) -> str:
    """Write the rules file. The rules have no `for`: it would delay detection and reset at each short pause."""
    inputs = answer.inputs
    alerts = read_alerts(inputs)
    service = inputs.text("service") or "service"
    lines = ["groups:", f"  - name: slo_{service}", "    rules:"]
    for window in sorted({round(window, 3) for alert in alerts for window in (alert.long_window, alert.short_window)}):
        lines += [
            f"      - record: {_record(window)}",
            "        labels:",
            f"          slo: {service}",
            f"        expr: {_yaml(_ratio(inputs, _duration(window)))}",
        ]
    rate, notes = inputs.optional("rate"), []
    for alert in alerts:
        if rate is not None and alert.is_fired_by_one_error(rate):
            lines += _counted(inputs, alert, service, rate * alert.error_budget * alert.slo_window)
            notes = _COUNTING
        else:
            lines += _rule(alert, service)
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


def _counted(inputs: Inputs, alert: BurnRateAlert, service: str, failures: float) -> list[str]:
    """The alert for traffic so low that one error would fire it: it waits for events, and a rule by count is added."""
    span, count = _duration(alert.long_window), count_threshold(alert, failures)
    guard = f'slo:events:increase{span}{{slo="{service}"}} >= {min_requests_for_ratio(alert)}'
    # increase() is no whole number where it extrapolates to the ends of the window
    enough = f'slo:errors:increase{span}{{slo="{service}"}} > {count - 0.5:.12g}'
    lines = []
    for record, text in (("events", _events(inputs, span)), ("errors", _errors(inputs, span))):
        lines += [
            f"      - record: slo:{record}:increase{span}",
            "        labels:",
            f"          slo: {service}",
            f"        expr: {_yaml(text)}",
        ]
    summary = (
        f"{service} has had {count} errors or more in {span}: {format_quantity(count / failures, 'ratio')} of its "
        "error budget"
    )
    return [*lines, *_rule(alert, service, guard), *_alert("ErrorCount", alert, enough, summary)]


def _rule(alert: BurnRateAlert, service: str, guard: str | None = None) -> list[str]:
    above = f'{{slo="{service}"}} > {alert.threshold:.12g}'
    expression = f"{_record(alert.long_window)}{above} and {_record(alert.short_window)}{above}"
    if guard:
        expression += f" and {guard}"
    burn, share = f"{alert.burn_rate:.6g}", format_quantity(alert.budget_share, "ratio")
    window = _duration(alert.long_window)
    summary = f"{service} uses its error budget at {burn}x the allowed rate or more: {share} in {window}"
    return _alert("ErrorBudgetBurn", alert, expression, summary)


def _alert(name: str, alert: BurnRateAlert, expression: str, summary: str) -> list[str]:
    return [
        f"      - alert: {name}_{_duration(alert.long_window)}",
        f"        expr: {_yaml(expression)}",
        "        labels:",
        f"          severity: {alert.severity}",
        f"          long_window: {_duration(alert.long_window)}",
        "        annotations:",
        f"          summary: {_yaml(summary)}",
    ]


def _ratio(inputs: Inputs, span: str) -> str:
    good, errors, total = inputs.text("good"), inputs.text("errors"), inputs.text("total")
    total = total or DEFAULT_TOTAL
    if good:
        # without any series of good events there is no sum of them, and that is the full outage
        return f"1 - (sum(rate({good}[{span}])) or vector(0)) / sum(rate({total}[{span}]))"
    return f"sum(rate({errors or DEFAULT_ERRORS}[{span}])) / sum(rate({total}[{span}]))"


def _events(inputs: Inputs, span: str) -> str:
    return _increase(inputs.text("total") or DEFAULT_TOTAL, span)


def _errors(inputs: Inputs, span: str) -> str:
    if inputs.text("good"):
        return f"{_events(inputs, span)} - ({_increase(inputs.text('good') or '', span)} or vector(0))"
    return _increase(inputs.text("errors") or DEFAULT_ERRORS, span)


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


def _yaml(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
