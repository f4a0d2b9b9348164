"""JMeter: an Open Model Thread Group for each request (JMeter 5.5 and later), or plain thread groups for users."""

from __future__ import annotations

from typing import NamedTuple

from acolytes_perf.inputs.load_profile import Request, Stage
from acolytes_perf.load_scripts import Plan
from acolytes_perf.outputs.plot import escaped


def script(plan: Plan, mark: str) -> str:
    """A JMX test plan."""
    groups = [part for request in plan.requests for part in _open(plan, request)] if plan.is_open else _closed(plan)
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        "<!-- Run: jmeter -n -t FILE -l results.jtl -->",
        '<jmeterTestPlan version="1.2" properties="5.0">',
        "<hashTree>",
        f'<TestPlan guiclass="TestPlanGui" testclass="TestPlan" testname="{escaped(plan.title)}" enabled="true">',
        '<elementProp name="TestPlan.user_defined_variables" elementType="Arguments">',
        '<collectionProp name="Arguments.arguments"/>',
        "</elementProp>",
        "</TestPlan>",
        "<hashTree>",
        *groups,
        "</hashTree>",
        "</hashTree>",
        "</jmeterTestPlan>",
        f"<!-- {mark} -->",
    ]
    return "\n".join(lines) + "\n"


def _open(plan: Plan, request: Request) -> list[str]:
    kind = "OpenModelThreadGroup"
    return [
        f'<{kind} guiclass="{kind}Gui" testclass="{kind}" testname="{escaped(request.name)}" enabled="true">',
        f'<elementProp name="ThreadGroup.main_controller" elementType="{kind}Controller"/>',
        _text("ThreadGroup.on_sample_error", "continue"),
        _text(f"{kind}.schedule", _schedule(plan.stages, request.share)),
        f"</{kind}>",
        "<hashTree>",
        *_request(plan, request),
        "</hashTree>",
    ]


def _schedule(stages: list[Stage], share: float) -> str:
    """Rates with the times between them; the group changes linearly from each rate to the next."""
    steps = (
        f"random_arrivals({stage.seconds * 1000:.0f} ms) rate({stage.end_level * share:.9g}/s)" for stage in stages
    )
    return " ".join([f"rate({stages[0].start_level * share:.9g}/s)", *steps])


def _closed(plan: Plan) -> list[str]:
    """A thread group for each rise of the number of users; it ends when the number falls as low again."""
    lines: list[str] = []
    for start, ramp, end, users in _user_groups(plan.stages):
        lines += [
            '<ThreadGroup guiclass="ThreadGroupGui" testclass="ThreadGroup" testname="users" enabled="true">',
            _text("ThreadGroup.on_sample_error", "continue"),
            '<elementProp name="ThreadGroup.main_controller" elementType="LoopController">',
            _flag("LoopController.continue_forever", on=False),
            '<intProp name="LoopController.loops">-1</intProp>',
            "</elementProp>",
            _text("ThreadGroup.num_threads", str(users)),
            _text("ThreadGroup.ramp_time", str(max(1, round(ramp)))),
            _flag("ThreadGroup.scheduler", on=True),
            _text("ThreadGroup.duration", str(max(1, round(end - start)))),
            _text("ThreadGroup.delay", str(round(start))),
            "</ThreadGroup>",
            "<hashTree>",
            *(line for request in plan.requests for line in _shared(plan, request)),
            "</hashTree>",
        ]
    return lines


class _UserGroup(NamedTuple):
    """Users who start together: start, ramp and end in seconds, and their number."""

    start: float
    ramp: float
    end: float
    users: int


def _user_groups(stages: list[Stage]) -> list[_UserGroup]:
    """The users of each rise; the last to start are the first to end."""
    now, running, ended = 0.0, [], []
    rises = [Stage(1.0, 0.0, stages[0].start_level)] * (stages[0].start_level > 0) + stages
    for stage in rises:
        change = round(stage.end_level) - round(stage.start_level)
        if change > 0:
            running.append((now, stage.seconds, change))
        while change < 0:
            start, ramp, users = running.pop()
            leaving = min(users, -change)
            ended.append(_UserGroup(start, ramp, now, leaving))
            change += leaving
            if users > leaving:
                running.append((start, ramp, users - leaving))
        now += stage.seconds
    return sorted([*ended, *(_UserGroup(start, ramp, now, users) for start, ramp, users in running)])


def _shared(plan: Plan, request: Request) -> list[str]:
    """The request in a controller that runs it for its share of the iterations."""
    kind = "ThroughputController"
    return [
        f'<{kind} guiclass="{kind}Gui" testclass="{kind}" testname="{escaped(request.name)}" enabled="true">',
        f'<intProp name="{kind}.style">1</intProp>',
        _flag(f"{kind}.perThread", on=False),
        f"<FloatProperty><name>{kind}.percentThroughput</name><value>{100 * request.share:.9g}</value></FloatProperty>",
        f"</{kind}>",
        "<hashTree>",
        *_request(plan, request),
        "</hashTree>",
    ]


def _request(plan: Plan, request: Request) -> list[str]:
    target, timeout = plan.target, str(max(1, round(plan.timeout * 1000)))
    about = (
        f'guiclass="HttpTestSampleGui" testclass="HTTPSamplerProxy" testname="{escaped(request.name)}" enabled="true"'
    )
    children = _headers() * (request.body is not None) + _pause(plan.think_time) * (not plan.is_open)
    return [
        f"<HTTPSamplerProxy {about}>",
        _flag("HTTPSampler.postBodyRaw", on=request.body is not None),
        '<elementProp name="HTTPsampler.Arguments" elementType="Arguments">',
        '<collectionProp name="Arguments.arguments">',
        *_body(request.body),
        "</collectionProp>",
        "</elementProp>",
        _text("HTTPSampler.protocol", target.scheme),
        _text("HTTPSampler.domain", target.host),
        _text("HTTPSampler.port", str(target.port)),
        _text("HTTPSampler.path", target.base_path + request.path),
        _text("HTTPSampler.method", request.method),
        _text("HTTPSampler.connect_timeout", timeout),
        _text("HTTPSampler.response_timeout", timeout),
        _flag("HTTPSampler.use_keepalive", on=True),
        _flag("HTTPSampler.follow_redirects", on=True),
        "</HTTPSamplerProxy>",
        "<hashTree>",
        *children,
        "</hashTree>",
    ]


def _body(body: str | None) -> list[str]:
    if body is None:
        return []
    return [
        '<elementProp name="" elementType="HTTPArgument">',
        _flag("HTTPArgument.always_encode", on=False),
        _text("Argument.value", body),
        _text("Argument.metadata", "="),
        "</elementProp>",
    ]


def _headers() -> list[str]:
    return [
        '<HeaderManager guiclass="HeaderPanel" testclass="HeaderManager" testname="headers" enabled="true">',
        '<collectionProp name="HeaderManager.headers">',
        '<elementProp name="Content-Type" elementType="Header">',
        _text("Header.name", "Content-Type"),
        _text("Header.value", "application/json"),
        "</elementProp>",
        "</collectionProp>",
        "</HeaderManager>",
        "<hashTree/>",
    ]


def _pause(seconds: float) -> list[str]:
    # a timer below a sampler waits before that sampler
    return [
        '<ConstantTimer guiclass="ConstantTimerGui" testclass="ConstantTimer" testname="think" enabled="true">',
        _text("ConstantTimer.delay", str(round(seconds * 1000))),
        "</ConstantTimer>",
        "<hashTree/>",
    ]


def _text(name: str, value: str) -> str:
    return f'<stringProp name="{name}">{escaped(value)}</stringProp>'


def _flag(name: str, *, on: bool) -> str:
    return f'<boolProp name="{name}">{str(on).lower()}</boolProp>'
