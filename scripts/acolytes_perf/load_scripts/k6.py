"""k6: arrival rates by `ramping-arrival-rate`, users by `ramping-vus`."""

from __future__ import annotations

import json
import math

from acolytes_perf.inputs.load_profile import Stage
from acolytes_perf.load_scripts import Plan

#: k6 takes whole numbers only: a rate is counted over so many seconds that it loses under a thousandth.
_UNITS = (1, 60, 3600, 86_400, 10_000_000)


def script(plan: Plan, mark: str) -> str:
    """An ES module for `k6 run`."""
    requests = [
        {
            "name": one.name,
            "method": one.method,
            "url": plan.target.url + one.path,
            "share": one.share,
            "body": one.body,
        }
        for one in plan.requests
    ]
    options: dict[str, object] = {"scenarios": {"plan": _open(plan) if plan.is_open else _closed(plan)}}
    if plan.is_open:
        # k6 drops what it has no user for, and then the load was not the one planned
        options["thresholds"] = {"dropped_iterations": ["count==0"]}
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
  const one = requests.find((request) => (left -= request.share) < 0) || requests[0];
  const params = {{ tags: {{ name: one.name }}, timeout: {json.dumps(f"{_milliseconds(plan.timeout)}ms")} }};
  if (one.body !== null) {{
    params.headers = {{ 'Content-Type': 'application/json' }};
  }}
  http.request(one.method, one.url, one.body, params);{pause}
}}
"""


def _open(plan: Plan) -> dict[str, object]:
    unit = _unit(plan.stages)
    return {
        "executor": "ramping-arrival-rate",
        "startRate": round(plan.stages[0].start_level * unit),
        "timeUnit": f"{unit}s",
        "stages": [{"target": round(stage.end_level * unit), "duration": _duration(stage)} for stage in plan.stages],
        "preAllocatedVUs": plan.in_flight,
        "maxVUs": plan.most_in_flight,
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
