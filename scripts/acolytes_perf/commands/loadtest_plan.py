"""A load test before it runs: users, stages, samples, and scripts that carry it out."""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence

from acolytes_perf.declare import Answer, Command, Format
from acolytes_perf.errors import InputError
from acolytes_perf.inputs import input_sources as raw_inputs
from acolytes_perf.inputs.fields import MAX_ITEMS, Field, Inputs, choice_field, text_field
from acolytes_perf.inputs.load_profile import (
    HOLD_SECONDS,
    PROFILES,
    SMOKE_RATE,
    STRESS_LEVELS,
    Stage,
    build_stages,
    read_requests,
    read_target,
)
from acolytes_perf.inputs.tables import Table
from acolytes_perf.inputs.units import COUNT, DURATION, NUMBER, RATE, RATIO, TEXT, complement, show_duration, show_rate
from acolytes_perf.load_scripts import TOOLS, Plan, script
from acolytes_perf.methods.reliability.slo import DAY
from acolytes_perf.methods.statistics.sample_size import required_samples
from acolytes_perf.outcome import AnswerWarning, Outcome, Result, ResultTable, Row
from acolytes_perf.outputs.document import mark
from acolytes_perf.wording import format_quantity, pluralize


def run(inputs: Inputs) -> Outcome:
    """The load, its stages and its users, and whether the peak is long enough for the percentiles."""
    _check(inputs)
    rate, cycle = _rate(inputs), _cycle(inputs)
    planned, share = _stages(inputs, rate), min(request.share for request in read_requests(inputs))
    peak = max(stage.end_level for stage in planned)
    level = max((stage for stage in planned if stage.end_level == peak), key=lambda stage: stage.integral)
    response, timeout = inputs.number("response_time"), inputs.number("timeout")
    samples = math.floor(level.integral * share * (1 + 1e-9))
    results = [
        Result("throughput", rate, "1/s"),
        Result("peak_throughput", peak, "1/s"),
        Result("users", rate * cycle, "users"),
        Result("peak_users", peak * cycle, "users"),
        Result("in_flight", peak * response, "requests"),
        Result("max_in_flight", peak * timeout, "requests"),
        Result("latency_limit", _latency_limit(inputs), "s"),
        Result("failure_limit", inputs.number("failure_limit"), "ratio"),
        Result("test_time", sum(stage.seconds for stage in planned), "s"),
        Result("level_time", level.seconds, "s"),
        Result("requests", math.floor(sum(stage.integral for stage in planned)), "requests"),
        Result("samples", samples, "samples"),
    ]
    tables = [
        ResultTable("percentiles", "percentile", _sizes(inputs, level, share)),
        ResultTable("stages", "stage", _levels(planned, cycle, response)),
    ]
    profile = inputs.text("profile")
    answer = (
        f"{'An' if profile == 'endurance' else 'A'} {profile} test of "
        f"{format_quantity(sum(stage.seconds for stage in planned), 's')} ({inputs.text('model')} model) "
        f"with {format_quantity(peak, '1/s')} at its peak: {format_quantity(peak * response, 'requests')} in "
        "flight on average; "
        f"{format_quantity(peak * cycle, 'users')} make "
        f"{format_quantity(peak, '1/s')}; {pluralize(samples, 'sample')} of the rarest request at that level."
    )
    if peak != rate:
        answer += f" In production, {format_quantity(rate * cycle, 'users')} make {format_quantity(rate, '1/s')}."
    laws = {name: inputs.written[name] for name in ("response_time", "think_time") if name in inputs.written}
    next_calls = [("bottleneck laws", {"throughput": show_rate(rate), **laws, "users": max(1, round(rate * cycle))})]
    return Outcome(answer, results, _assumptions(inputs), _warnings(inputs, level, share, samples), next_calls,
                   tables=tables)  # fmt: skip


def _check(inputs: Inputs) -> None:
    """What single fields cannot see: which of them go together, and texts that must be JSON or an address."""
    if len(inputs.present("throughput", "users")) != 1:
        if "users" in inputs:
            message = "gives the throughput by users / (response_time + think_time): use one of the two"
            raise InputError("/users", message, {"users": None})
        raise COMMAND.missing("throughput", "or --users, who make it by their response_time and think_time")
    if not 1 <= read_target(inputs).port <= MOST_PORT:
        raise InputError("/url", f"has a port that is not in 1 to {MOST_PORT}", {"url": None})
    for index, row in enumerate(inputs.rows("requests")):
        body = row.text("body")
        if body is not None:
            try:
                raw_inputs.parse_json_object(body, "body")
            except InputError as error:
                raise InputError(f"/requests/{index}/body", f"is not a JSON object: {error.message}") from None
            if row.text("method") in ("GET", "HEAD"):
                raise InputError(f"/requests/{index}/body", f"cannot be sent with {row.text('method')}: use POST")


def _cycle(inputs: Inputs) -> float:
    return inputs.number("response_time") + inputs.number("think_time")


def _rate(inputs: Inputs) -> float:
    """Requests per second, given or made by the users: X = N / (R + Z)."""
    if "users" in inputs:
        return inputs.number("users") / _cycle(inputs)
    return inputs.number("throughput")


def _stages(inputs: Inputs, peak: float) -> list[Stage]:
    """The stages in arrivals per second, whatever the model."""
    profile = inputs.text("profile") or ""
    hold = inputs.number("hold") if "hold" in inputs else HOLD_SECONDS[profile]
    return build_stages(profile, peak, inputs.number("ramp"), hold, inputs.number("factor"))


def _levels(planned: Sequence[Stage], cycle: float, response: float) -> list[Row]:
    """A row for each level that the test goes to: how it is reached, how long it lasts, and who makes it."""
    rows: list[Row] = []
    ramp = 0.0
    for index, stage in enumerate(planned):
        if not stage.is_constant:
            ramp = stage.seconds
        if stage.is_constant or index == len(planned) - 1:
            cells = [
                Result("throughput", stage.end_level, "1/s"),
                Result("ramp", ramp, "s"),
                Result("hold", stage.seconds if stage.is_constant else 0.0, "s"),
                Result("users", stage.end_level * cycle, "users"),
                Result("in_flight", stage.end_level * response, "requests"),
            ]
            rows.append(Row(str(len(rows) + 1), cells))
            ramp = 0.0
    return rows


def _sizes(inputs: Inputs, level: Stage, share: float) -> list[Row]:
    """For each percentile the samples needed, by how many of the largest may be outliers, and the time they take."""
    rows, confidence = [], inputs.number("confidence")
    for percentile in inputs.numbers("percentiles"):
        orders = range(1, int(inputs.number("orders")) + 1)
        sizes = {order: required_samples(percentile, confidence, order) for order in orders}
        cells = [Result(f"samples_{order}", size, "samples") for order, size in sizes.items()]
        cells.append(Result("level_time_for_samples_1", _time_for(inputs, percentile, level, share), "s"))
        rows.append(Row(f"p{100 * percentile:.12g}", cells))
    return rows


def _time_for(inputs: Inputs, percentile: float, level: Stage, share: float) -> float:
    """How long the peak must last for the samples that a percentile of the rarest request needs."""
    return required_samples(percentile, inputs.number("confidence")) / (level.end_level * share)


def _warnings(inputs: Inputs, level: Stage, share: float, samples: int) -> list[AnswerWarning]:
    warnings = []
    highest = max(inputs.numbers("percentiles"))
    needed = required_samples(highest, inputs.number("confidence"))
    if samples < needed:
        message = (
            f"{pluralize(samples, 'sample')} of the rarest request are too few for its p{100 * highest:.12g}; it "
            f"takes {needed}"
        )
        enough = show_duration(math.ceil(_time_for(inputs, highest, level, share)))
        warnings.append(AnswerWarning("too_few_samples", message, f"use --hold {enough}, or lower --percentiles"))
    if inputs.text("model") == "closed":
        message = "users who wait for a slow response send less in that time, so the worst times are hardly sampled"
        fix = "use --model open, or evaluate with the intended rate"
        warnings.append(AnswerWarning("coordinated_omission", message, fix))
    if inputs.number("response_time") > inputs.number("timeout"):
        message = "the timeout is shorter than the expected response time"
        warnings.append(
            AnswerWarning("timeout_below_response_time", message, "set --timeout to several response times")
        )
    return warnings


def _assumptions(inputs: Inputs) -> list[str]:
    texts = [
        "Samples count as independent. Those of one busy period are alike, so plan several times as many.",
        "With samples_1 the largest sample is an upper bound of the percentile; with samples_2 the second largest.",
    ]
    if inputs.text("model") == "open":
        texts.append(
            "Open model: requests arrive at planned times, whether or not earlier ones are answered. Measure a "
            "response "
            "from its planned time, and discard a run in which the generator was late."
        )
        if "think_time" in inputs.written:
            texts.append("Scripts do not pause for the think_time; it only says how many users the arrivals stand for.")
    if "url" in inputs.written:
        return texts
    return [*texts, f"Scripts go to {inputs.text('url')}: set --url and --requests to your own."]


def plan(inputs: Inputs) -> Plan:
    """What the scripts carry out; the inputs have been checked by `run`."""
    rate, is_open = _rate(inputs), inputs.text("model") == "open"
    planned = _stages(inputs, rate)
    peak = max(stage.end_level for stage in planned)
    scale = 1.0 if is_open else _cycle(inputs)
    levels = [Stage(stage.seconds, stage.start_level * scale, stage.end_level * scale) for stage in planned]
    most = max(1, math.ceil(peak * inputs.number("timeout")))
    profile, model = inputs.text("profile"), inputs.text("model")
    return Plan(
        title=f"{profile} profile, {model} model, {format_quantity(peak, '1/s')} at its peak",
        target=read_target(inputs),
        requests=read_requests(inputs),
        stages=levels if is_open else [_whole(stage) for stage in levels],
        is_open=is_open,
        think_time=inputs.number("think_time"),
        timeout=inputs.number("timeout"),
        in_flight=min(most, max(1, math.ceil(2 * peak * inputs.number("response_time")))),
        max_in_flight=most,
        latency_limit=_latency_limit(inputs),
        failure_limit=inputs.number("failure_limit"),
    )


def _latency_limit(inputs: Inputs) -> float:
    """Seconds that 95 % of the responses may take."""
    limit = inputs.optional("latency_limit")
    return USUAL_P95 * inputs.number("response_time") if limit is None else limit


def _whole(stage: Stage) -> Stage:
    """The stage in whole users, of which a level that is not 0 has at least one."""
    start, end = (math.ceil(level * (1 - 1e-9)) for level in (stage.start_level, stage.end_level))
    return Stage(stage.seconds, float(start), float(end))


def _script(tool: str, answer: Answer) -> str:
    return script(tool, plan(answer.inputs), mark(answer))


def _curve(answer: Answer) -> str:
    """The load over the time of the test."""
    inputs = answer.inputs
    from acolytes_perf.outputs.plot import Axis, Shape, plot

    now, points = 0.0, []
    for stage in _stages(inputs, _rate(inputs)):
        points += [(now, stage.start_level), (now + stage.seconds, stage.end_level)]
        now += stage.seconds
    sent = "arrivals" if inputs.text("model") == "open" else "arrivals, if users get the expected response_time"
    shapes = [Shape("line", sent, points), Shape("across", "throughput in production", [(_rate(inputs),)])]
    title = f"Load profile: {inputs.text('profile')}"
    return plot(title, answer.outcome.answer, Axis("time", "s"), Axis("arrivals", "1/s"), shapes, mark(answer))


MOST_PORT = 65535
#: The 95 % percentile of exponential times, as a multiple of their mean.
USUAL_P95 = 3.0
_URL_SIGNS = r"[A-Za-z0-9._~!$&'()*+,;=:@%/-]"
_URL = (
    rf"https?://(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{{0,252}})|\[[0-9a-fA-F:]{{2,39}}\])(?::[0-9]{{1,5}})?(?:/{_URL_SIGNS}*)?"
)
_PATH = rf"/{_URL_SIGNS}*(?:\?(?:{_URL_SIGNS}|\?)*)?"
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")

_RESULTS = {
    "throughput": "requests per unit of time that are expected in production",
    "peak_throughput": "the highest rate that the test sends",
    "users": "users who make the throughput, each waiting for the response and thinking: X (R + Z)",
    "peak_users": "users who make the peak",
    "in_flight": "requests in flight on average at the peak: if they take response_time",
    "max_in_flight": "requests in flight if all of them take timeout: what the load generator must be able to hold",
    "latency_limit": "limit of the response time: the test fails when its 95 % percentile is not below this",
    "failure_limit": "the test fails when not less than this share of the requests fails",
    "test_time": "how long the test takes",
    "level_time": "how long the peak lasts; percentiles are computed from this part",
    "requests": "requests sent in all",
    "samples": "samples of the rarest request at the peak",
}

_TABLES = {
    "percentiles": {
        "samples_N": "least number of samples whose N-th largest is an upper bound of the percentile",
        "level_time_for_samples_1": "time that the peak must last for the first number of samples: of the rarest "
        "request",
    },
    "stages": {
        "throughput": "requests per unit of time of this stage",
        "ramp": "how long the load takes to reach it",
        "hold": "how long it lasts",
        "users": "users who make it",
        "in_flight": "their requests in flight on average",
    },
}

COMMAND = Command(
    name="loadtest plan",
    summary="A load test's users, stages and sample sizes, with scripts for k6, JMeter, Locust, Artillery, Gatling.",
    fields=(
        Field("throughput", RATE, "requests per unit of time expected in production", "200/s", 1e-4, 1e6,
              aliases=("arrival_rate", "rate", "x")),
        Field("users", COUNT, "users who send them, instead of throughput", "400", 1, 10_000_000, aliases=("n", "vus")),
        Field("response_time", DURATION, "expected time of a response", "250ms", 1e-6, DAY,
              required=True, aliases=("r",)),
        Field("think_time", DURATION, "a user's time between response and next request", "5s", 0, DAY,
              default="0s", aliases=("z",)),
        choice_field("profile", "shape of the load", PROFILES, "load", {"soak": "endurance"}),
        choice_field("model", "open: arrivals that wait for nobody; closed: users who wait for each response",
                     ("open", "closed"), "open"),
        Field("hold", DURATION, "how long each level lasts (default by the profile)", "10min", 1, 30 * DAY,
              aliases=("duration",)),
        Field("ramp", DURATION, "how long the load takes to rise and to fall", "1min", 1, DAY, default="1min"),
        Field("factor", NUMBER, "multiple of the throughput that stress and spike reach", "2", 1, 100, default="2"),
        Field("percentiles", RATIO, "percentiles of the response time to measure", "90%,99%,99.9%",
              0.01, complement(1e-7), default="90%,99%,99.9%", max_items=MAX_ITEMS, is_distinct=True),
        Field("confidence", RATIO, "confidence of the bound on a percentile", "95%", 0.5, complement(1e-6),
              default="95%"),
        Field("orders", COUNT, "sample sizes to show: bound by the largest sample, by the second largest, and so on",
              "2", 1, 10, default="1"),
        Field("timeout", DURATION, "time after which a request is cancelled", "10s", 1e-3, 3600, default="10s"),
        Field("latency_limit", DURATION, "p95 of the response time from which on the test fails (default 3 times "
              "response_time)", "500ms", 1e-6, 3600, aliases=("p95", "limit")),
        Field("failure_limit", RATIO, "share of failed requests from which on the test fails", "1%", 1e-6, 1,
              default="1%"),
        text_field("url", "where the requests go", "https://staging.example.com", _URL,
                   "an http or https address without a query", "http://localhost:8080"),
        Table(
            "requests",
            (
                Field("path", TEXT, "path and query", "/search?q=shoes", required=True, pattern=_PATH,
                      pattern_doc="a path that starts with / and has URL signs only (others as %20)"),
                Field("weight", NUMBER, "its share against the others' weights", "3", 1e-3, 1e6, default="1"),
                choice_field("method", "HTTP method", _METHODS, "GET"),
                text_field("body", "a JSON object to send", '{"id": 7}', r"\{.*\}", "a JSON object"),
            ),
            "the mix of requests (default one GET /)",
            "/:3,/cart:1:POST",
            max_rows=50,
        ),
    ),
    run=run,
    formula="users N = X (R + Z); in flight X R; least n with P(Binomial(n, 1 - p) < k) <= 1 - confidence "
    "for the k-th largest sample; "
    f"smoke: at most {format_quantity(SMOKE_RATE, '1/s')}; stress: {STRESS_LEVELS} levels up to factor; spike: "
    "factor in 10 s",
    source="Denning & Buzen 1978 (interactive response time law); Wilks 1941 (order statistics); "
    "Schroeder, Wierman & Harchol-Balter 2006 (open and closed models)",
    example={"throughput": "200/s", "response_time": "250ms", "think_time": "5s"},
    results=_RESULTS,
    tables=_TABLES,
    formats={
        "k6": Format((".js",), functools.partial(_script, TOOLS[0])),
        "jmeter": Format((".jmx",), functools.partial(_script, TOOLS[1])),
        "locust": Format((".py",), functools.partial(_script, TOOLS[2])),
        "artillery": Format((".yml", ".yaml"), functools.partial(_script, TOOLS[3])),
        "gatling": Format((".java",), functools.partial(_script, TOOLS[4]), "LoadTest.java"),
        "svg": Format((".svg",), _curve),
    },
)  # fmt: skip
