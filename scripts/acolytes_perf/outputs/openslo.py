"""An SLO and its burn-rate alerts as OpenSLO v1 objects, several YAML documents in one file.

Source: OpenSLO specification, apiVersion openslo/v1. A condition has one window there, so the short windows are lost.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from acolytes_perf.declare import Answer
from acolytes_perf.errors import CannotAnswerError
from acolytes_perf.inputs.fields import Inputs
from acolytes_perf.inputs.units import show_duration, show_ratio
from acolytes_perf.methods.reliability.slo import DAY, BurnRateAlert
from acolytes_perf.outputs.document import mark
from acolytes_perf.outputs.prometheus import counters, rules_of
from acolytes_perf.outputs.render import warning_lines
from acolytes_perf.wording import format_quantity


def objects(answer: Answer) -> str:
    """The file's text: each SLO, and for each alert a policy, its condition, and where it goes."""
    inputs = answer.inputs
    service, slos = _name(inputs.text("service") or "service"), inputs.numbers("slo")
    parts: list[dict[str, Any]] = []
    targets: set[str] = set()
    left_out = False
    for slo in slos:
        name = service if len(slos) == 1 else f"{service[:50]}-{_name(show_ratio(slo).replace('.', '-').rstrip('%'))}"
        rules = rules_of(answer, slo)
        alerts = [rule.alert for rule in rules if rule.count_rule is None]
        left_out = left_out or len(alerts) < len(rules)
        targets |= {alert.severity for alert in alerts}
        parts.append(_slo(inputs, service, name, slo, alerts))
        for alert in alerts:
            parts += [_policy(name, alert), _condition(name, alert)]
    parts += [_object("AlertNotificationTarget", one, {"target": one}) for one in sorted(targets)]
    head = [
        f"# {mark(answer)}",
        f"# {answer.outcome.answer}",
        *(f"# {warning}" for warning in warning_lines(answer, "WARNING")),
        "# A condition has one window: these have the long one, end as late as it does, and wait a minute, its least.",
    ]
    if left_out:
        head.append(
            "# Alerts that one error would fire are left out: OpenSLO has no rule by count, Prometheus rules do."
        )
    return "\n".join(head) + "\n" + "".join(f"---\n{json.dumps(one, indent=2)}\n" for one in parts)


def _slo(inputs: Inputs, service: str, name: str, slo: float, alerts: list[BurnRateAlert]) -> dict[str, Any]:
    total, errors, good = counters(inputs)
    counted = {"good": _source(good)} if good else {"bad": _source(errors)}
    spec = {
        "service": service,
        "indicator": {
            "metadata": {"name": f"{name}-errors"},
            "spec": {"ratioMetric": {"counter": True, **counted, "total": _source(total)}},
        },
        "timeWindow": [{"duration": _shorthand(inputs.number("window")), "isRolling": True}],
        "budgetingMethod": "Occurrences",
        "objectives": [{"displayName": f"{name} objective", "target": float(f"{slo:.12g}")}],
        "alertPolicies": [{"alertPolicyRef": _alert_name(name, alert)} for alert in alerts],
    }
    return _object("SLO", name, spec)


def _source(selector: str) -> dict[str, Any]:
    return {"metricSource": {"type": "Prometheus", "spec": {"query": f"sum({selector})"}}}


def _policy(name: str, alert: BurnRateAlert) -> dict[str, Any]:
    spec = {
        "description": (
            f"{format_quantity(alert.budget_share, 'ratio')} of the error budget within "
            f"{show_duration(alert.long_window)}"
        ),
        "alertWhenBreaching": True,
        "alertWhenResolved": False,
        "alertWhenNoData": False,
        "conditions": [{"conditionRef": _alert_name(name, alert)}],
        "notificationTargets": [{"targetRef": alert.severity}],
    }
    return _object("AlertPolicy", _alert_name(name, alert), spec)


def _condition(name: str, alert: BurnRateAlert) -> dict[str, Any]:
    condition = {
        "kind": "burnrate",
        "op": "gt",
        "threshold": float(f"{alert.burn_rate:.12g}"),
        "lookbackWindow": _shorthand(alert.long_window),
        "alertAfter": "1m",
    }
    return _object("AlertCondition", _alert_name(name, alert), {"severity": alert.severity, "condition": condition})


def _object(kind: str, name: str, spec: Mapping[str, Any]) -> dict[str, Any]:
    return {"apiVersion": "openslo/v1", "kind": kind, "metadata": {"name": name}, "spec": spec}


def _alert_name(name: str, alert: BurnRateAlert) -> str:
    return f"{name}-burn-{_shorthand(alert.long_window)}"


def _name(service: str) -> str:
    """The service in the letters that an OpenSLO name has."""
    return re.sub(r"[^a-z0-9]+", "-", service.lower()).strip("-") or "service"


def _shorthand(seconds: float) -> str:
    """The duration in OpenSLO's one number and one unit; there are no seconds."""
    for unit, size in (("d", DAY), ("h", 3600.0), ("m", 60.0)):
        if seconds % size == 0:
            return f"{seconds / size:.0f}{unit}"
    message = f"OpenSLO has no seconds: missing: a window of whole minutes, unlike {show_duration(seconds)}"
    raise CannotAnswerError("/long_windows", message)
