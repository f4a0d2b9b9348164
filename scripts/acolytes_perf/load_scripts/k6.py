"""k6: arrival rates by `ramping-arrival-rate`, users by `ramping-vus`."""

from __future__ import annotations

import json
import math

from acolytes_perf.inputs.load_profile import Stage
from acolytes_perf.load_scripts import Plan

#: Seconds of k6's timeUnit: k6 takes whole numbers, and the unit must be long enough to round by under a thousandth.
_UNITS = (1, 60, 3600, 86_400, 10_000_000)
#: Users that are ready from the start, where as many can be needed; each takes some megabytes at most.
_READY_USERS = 2000


def script(plan: Plan, mark: str) -> str:
    """An ES module for `k6 run`."""
    requests = [
        {
            "name": request.name,
            "method": request.method,
            "url": plan.target.url + request.path,
            "share": request.share,
            "body": request.body,
        }
        for request in plan.requests
    ]
    thresholds = {
        "http_req_failed": [f"rate<{plan.failure_limit:.12g}"],
        "http_req_duration": [f"p(95)<{plan.latency_limit * 1000:.12g}"],
    }
    if plan.is_open:
        # k6 drops iterations without a free user, and then the load is not as planned. There are users enough for
        # responses that all take the timeout, so that only the generator's own limits drop any.
        thresholds["dropped_iterations"] = ["count==0"]
    scenario = _open(plan) if plan.is_open else _closed(plan)
    options: dict[str, object] = {"scenarios": {"plan": scenario}, "thresholds": thresholds}
    pause = "" if plan.is_open else f"\n  sleep({plan.think_time:.12g});"
    return f"""// {mark}
// {plan.title}
// Run: k6 run FILE
import http from 'k6/http';
import {{ sleep }} from 'k6';

const requests = {json.dumps(requests, indent=2)};

export const options = {json.dumps(options, indent=2)};

export default function () {{
  let left = Math.random();
  const request = requests.find((candidate) => (left -= candidate.share) < 0) || requests[0];
  const params = {{ tags: {{ name: request.name }}, timeout: {json.dumps(f"{_milliseconds(plan.timeout)}ms")} }};
  if (request.body !== null) {{
    params.headers = {{ 'Content-Type': 'application/json' }};
  }}
  http.request(request.method, request.url, request.body, params);{pause}
}}
"""


def _open(plan: Plan) -> dict[str, object]:
    unit = _unit(plan.stages)
    return {
        "executor": "ramping-arrival-rate",
        "startRate": round(plan.stages[0].start_level * unit),
        "timeUnit": f"{unit}s",
        "stages": [{"target": round(stage.end_level * unit), "duration": _duration(stage)} for stage in plan.stages],
        # k6 drops iterations while it makes further users, so a slow system must find them ready
        "preAllocatedVUs": max(plan.in_flight, min(plan.max_in_flight, _READY_USERS)),
        "maxVUs": plan.max_in_flight,
        "gracefulStop": f"{math.ceil(plan.timeout)}s",
    }


def _closed(plan: Plan) -> dict[str, object]:
    return {
        "executor": "ramping-vus",
        "startVUs": round(plan.stages[0].start_level),
        "stages": [{"target": round(stage.end_level), "duration": _duration(stage)} for stage in plan.stages],
        "gracefulRampDown": f"{math.ceil(plan.timeout)}s",
    }


def _unit(stages: list[Stage]) -> int:
    rates = [rate for stage in stages for rate in (stage.start_level, stage.end_level) if rate > 0]
    exact = (
        unit for unit in _UNITS if all(abs(round(rate * unit) - rate * unit) <= 1e-3 * rate * unit for rate in rates)
    )
    return next(exact, _UNITS[-1])


def _duration(stage: Stage) -> str:
    return f"{_milliseconds(stage.seconds)}ms"


def _milliseconds(seconds: float) -> int:
    return max(1, round(seconds * 1000))
