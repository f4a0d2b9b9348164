"""Gatling: its Java DSL, with users that are injected at a rate or kept at a number."""

from __future__ import annotations

import json

from acolytes_perf.inputs.load_profile import Request
from acolytes_perf.load_scripts import Plan


def script(plan: Plan, mark: str) -> str:
    """A simulation: class LoadTest, to be saved as LoadTest.java."""
    open_or_closed = "Open" if plan.is_open else "Closed"
    steps = ",\n        ".join(_injected(plan))
    flow = _mix(plan.requests) if plan.is_open else f"{_mix(plan.requests)}).pause({_time(plan.think_time)}"
    sent = "\n\n".join(_request(request, index) for index, request in enumerate(plan.requests))
    whole = sum(stage.seconds for stage in plan.stages)
    return f"""// {mark}
// {plan.title}
// Save as LoadTest.java among the simulations of a Gatling project, and run: mvn gatling:test
import static io.gatling.javaapi.core.CoreDsl.*;
import static io.gatling.javaapi.http.HttpDsl.*;

import io.gatling.javaapi.core.*;
import io.gatling.javaapi.http.*;
import java.time.Duration;

public class LoadTest extends Simulation {{
  HttpProtocolBuilder protocol = http.baseUrl({json.dumps(plan.target.url)});

{sent}

  ScenarioBuilder plan = scenario("plan").exec({flow});

  {{
    setUp(plan.inject{open_or_closed}(
        {steps}
    ).protocols(protocol)).maxDuration({_time(whole + plan.timeout)});
  }}
}}
"""


def _mix(requests: list[Request]) -> str:
    """A choice by share. The last is what else: percentages that add up to more than 100 by rounding are refused."""
    parts = [
        f"percent({100 * request.share!r}).then(exec(request{index}))" for index, request in enumerate(requests[:-1])
    ]
    last = f"request{len(parts)}"
    return f"randomSwitch().on({', '.join(parts)}).orElse(exec({last}))" if parts else last


def _request(request: Request, index: int) -> str:
    lines = [
        f"  HttpRequestActionBuilder request{index} = http({json.dumps(request.name)})",
        f"      .httpRequest({json.dumps(request.method)}, {json.dumps(request.path)})",
    ]
    if request.body is not None:
        lines.append('      .header("Content-Type", "application/json")')
        lines.append(f"      .body(StringBody({json.dumps(request.body)}))")
    return "\n".join(lines) + ";"


def _injected(plan: Plan) -> list[str]:
    steps = []
    for stage in plan.stages:
        during = f".during({_time(stage.seconds)})"
        if plan.is_open:
            level, ramp = (
                f"constantUsersPerSec({stage.start_level!r})",
                f"rampUsersPerSec({stage.start_level!r}).to({stage.end_level!r})",
            )
        else:
            start, end = round(stage.start_level), round(stage.end_level)
            level, ramp = f"constantConcurrentUsers({start})", f"rampConcurrentUsers({start}).to({end})"
        steps.append((level if stage.is_constant else ramp) + during)
    return steps


def _time(seconds: float) -> str:
    return f"Duration.ofMillis({max(0, round(seconds * 1000))}L)"
