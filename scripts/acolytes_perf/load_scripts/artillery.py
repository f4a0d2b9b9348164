"""Artillery: virtual users who arrive and send one request each. It has no closed model."""

from __future__ import annotations

import json
import math

from acolytes_perf.errors import CannotAnswerError
from acolytes_perf.inputs.load_profile import Stage
from acolytes_perf.load_scripts import Plan


def script(plan: Plan, mark: str) -> str:
    """A YAML file for `artillery run`, its values in JSON, which is YAML as well."""
    if not plan.is_open:
        message = "artillery knows arrivals only, no fixed number of users: missing: a plan with model=open"
        raise CannotAnswerError("/model", message, {"model": None})
    config = {
        "target": plan.target.url,
        "http": {"timeout": math.ceil(plan.timeout), "maxSockets": plan.most_in_flight},
        "phases": [phase for stage in plan.stages for phase in _phases(stage)],
    }
    scenarios = [
        {"name": one.name, "weight": max(1, round(1e4 * one.share)), "flow": [_request(one.method, one.path, one.body)]}
        for one in plan.requests
    ]
    lines = [f"# {mark}", f"# {plan.title}", "# Run: artillery run FILE", f"config: {json.dumps(config)}", "scenarios:"]
    return "\n".join([*lines, *(f"  - {json.dumps(one)}" for one in scenarios)]) + "\n"


def _phases(stage: Stage) -> list[dict[str, object]]:
    """The stage in whole seconds; what arrives less often than once a second is counted instead."""
    seconds = max(1, round(stage.seconds))
    if stage.start_level == stage.end_level and stage.start_level >= 1:
        return [{"duration": seconds, "arrivalRate": stage.start_level}]
    if stage.start_level != stage.end_level and max(stage.start_level, stage.end_level) >= 1:
        return [{"duration": seconds, "arrivalRate": stage.start_level, "rampTo": stage.end_level}]
    return [{"duration": seconds, "arrivalCount": max(1, round(stage.integral))}]


def _request(method: str, path: str, body: str | None) -> dict[str, object]:
    about: dict[str, object] = {"url": path}
    if body is not None:
        about.update({"body": body, "headers": {"content-type": "application/json"}})
    return {method.lower(): about}
