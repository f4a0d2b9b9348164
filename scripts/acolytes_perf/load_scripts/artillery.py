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
        message = "artillery has no fixed number of users: missing: a plan with model=open"
        raise CannotAnswerError("/model", message, {"model": None})
    config = {
        "target": plan.target.url,
        "http": {"timeout": math.ceil(plan.timeout), "maxSockets": plan.max_in_flight},
        "phases": [phase for stage in plan.stages for phase in _phases(stage)],
    }
    scenarios = [
        {
            "name": request.name,
            "weight": max(1, round(1e4 * request.share)),
            "flow": [_request(request.method, request.path, request.body)],
        }
        for request in plan.requests
    ]
    lines = [f"# {mark}", f"# {plan.title}", "# Run: artillery run FILE", f"config: {json.dumps(config)}", "scenarios:"]
    return "\n".join([*lines, *(f"  - {json.dumps(scenario)}" for scenario in scenarios)]) + "\n"


def _phases(stage: Stage) -> list[dict[str, object]]:
    """The stage in whole seconds, with a count of arrivals for a rate below one per second."""
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
