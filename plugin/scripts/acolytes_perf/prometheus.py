"""Burn-rate alerts as Prometheus rules: a recorded error ratio for each window, and an alert for each pair."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from acolytes_perf.fields import Inputs
from acolytes_perf.render import mark, warnings_of
from acolytes_perf.slo import Alert, alerts
from acolytes_perf.wording import said

DEFAULT_ERRORS = 'http_requests_total{code=~"5.."}'
DEFAULT_TOTAL = "http_requests_total"

_STRING = r"(?:\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*')"
_MATCHER = rf"\s*[a-zA-Z_]\w*\s*(?:=~|!~|!=|=)\s*{_STRING}\s*"
#: An instant vector selector: a metric, and label matchers where there are any.
SELECTOR = rf"[a-zA-Z_:][\w:]*(?:\{{(?:{_MATCHER}(?:,{_MATCHER})*,?\s*)?\}})?"


def rules(inputs: Inputs, document: Mapping[str, Any]) -> str:
    """The rules file. There is no `for`: it would put off detection and forget a burn that pauses for a moment."""
    found = alerts(inputs)
    service = inputs.text("service") or "service"
    lines = ["groups:", f"  - name: slo_{service}", "    rules:"]
    for window in sorted({round(window, 3) for alert in found for window in (alert.long, alert.short)}):
        lines += [
            f"      - record: {_record(window)}",
            "        labels:",
            f"          slo: {service}",
            f"        expr: {_yaml(_ratio(inputs, _duration(window)))}",
        ]
    for alert in found:
        lines += _rule(alert, service)
    return (
        "\n".join(
            [
                f"# {mark(document)}",
                f"# {document['answer']}",
                *(f"# {warning}" for warning in warnings_of(document, "WARNING")),
                *(f"# {text}" for text in document["assumptions"]),
                *lines,
            ]
        )
        + "\n"
    )


def _rule(alert: Alert, service: str) -> list[str]:
    above = f'{{slo="{service}"}} > {alert.threshold:.12g}'
    expression = f"{_record(alert.long)}{above} and {_record(alert.short)}{above}"
    burn, share = f"{alert.burn:.6g}", said(alert.share, "ratio")
    summary = f"{service} uses its error budget at {burn}x the allowed rate or more: {share} in {_duration(alert.long)}"
    return [
        f"      - alert: ErrorBudgetBurn_{_duration(alert.long)}",
        f"        expr: {_yaml(expression)}",
        "        labels:",
        f"          severity: {alert.severity}",
        f"          long_window: {_duration(alert.long)}",
        "        annotations:",
        f"          summary: {_yaml(summary)}",
    ]


def _ratio(inputs: Inputs, span: str) -> str:
    good, errors, total = inputs.text("good"), inputs.text("errors"), inputs.text("total")
    total = total or DEFAULT_TOTAL
    if good:
        return f"1 - sum(rate({good}[{span}])) / sum(rate({total}[{span}]))"
    return f"sum(rate({errors or DEFAULT_ERRORS}[{span}])) / sum(rate({total}[{span}]))"


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
