"""Load-test plans: sample sizes, users, stages, and scripts that mean what the plan says in each tool's own terms."""

import ast
import itertools
import json
import math
import re
import shlex
import shutil
import subprocess
import sys
import threading
from fractions import Fraction
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from acolytes_perf import commands
from acolytes_perf.cli import main
from acolytes_perf.inputs.load_profile import PROFILES, SPIKE_RAMP_SECONDS, Stage, build_stages, read_target
from acolytes_perf.methods.statistics.sample_size import required_samples
from acolytes_perf.outputs.document import answer_to
from perf_answers import values

PLAN = commands.load("loadtest plan")
BASE: dict[str, object] = {"throughput": "20/s", "response_time": "250ms", "ramp": "30s", "hold": "2min"}
#: Signs that end a literal, start a comment or a template, or escape, in one of the languages.
NASTY = {
    "t": "${__groovy(1)} #{x} {{ y }} \\ \\u0041 \\\" ' ''' \"\"\" */ // --> ]]> </stringProp> \n \u2028 \u00e9 %s"
}


def plan(**inputs: object) -> dict[str, Any]:
    return values(PLAN.run(PLAN.check({**BASE, **inputs})))


def codes(**inputs: object) -> list[str]:
    return [warning.code for warning in PLAN.run(PLAN.check({**BASE, **inputs})).warnings]


def test_every_stage_says_its_load_and_who_makes_it() -> None:
    result = plan(throughput="20/s", response_time="250ms", think_time="750ms", profile="spike", factor="3", ramp="60s")
    columns = ("throughput", "ramp", "hold", "users", "in_flight")
    rows = [tuple(result[f"stages[{number}].{column}"] for column in columns) for number in range(1, 5)]
    assert rows == [(20, 60, 120, 20, 5), (60, 10, 120, 60, 15), (20, 10, 120, 20, 5), (0, 60, 0, 0, 0)]
    assert (result["users"], result["peak_users"]) == (20, 60)


def test_the_answer_says_whose_users_it_means() -> None:
    usual, stress = (PLAN.run(PLAN.check({**BASE, "profile": profile})).answer for profile in ("load", "stress"))
    assert "; 5 users make 20/s;" in usual
    assert "In use" not in usual
    assert "; 10 users make 40/s;" in stress
    assert stress.endswith(" In production, 5 users make 20/s.")


def test_a_soak_test_is_one_of_endurance() -> None:
    assert PLAN.check({**BASE, "profile": "soak"}).normal["profile"] == "endurance"
    assert plan(profile="soak") == plan(profile="endurance")


def test_the_choices_of_a_text_are_in_the_help_and_in_the_schema(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["loadtest", "plan", "--help"]) == 0
    text = " ".join(capsys.readouterr().out.split())
    assert "shape of the load, one of smoke, load, stress, spike, endurance; soak is endurance" in text
    assert main(["loadtest", "plan", "--schema"]) == 0
    assert json.loads(capsys.readouterr().out)["properties"]["profile"]["enum"] == [*PROFILES, "soak"]


def script(tool: str, **inputs: object) -> str:
    checked = PLAN.check({**BASE, **inputs})
    return PLAN.formats[tool].render(answer_to(PLAN, checked))


def mix(body: object = None) -> list[dict[str, object]]:
    sent = json.dumps(NASTY if body is None else body)
    cart: dict[str, object] = {"path": "/cart;v=1?a='b'&c=$d", "method": "POST", "body": sent}
    return [{"path": "/search?q=shoes,red", "weight": 3}, cart]


def test_sample_sizes_are_the_published_ones() -> None:
    assert [required_samples(share, 0.95) for share in (0.9, 0.99, 0.999)] == [29, 299, 2995]
    assert [required_samples(0.95, 0.95, order) for order in range(1, 6)] == [59, 93, 124, 153, 181]


@given(st.integers(50, 990), st.integers(50, 99), st.integers(1, 4))
@settings(max_examples=40)
def test_a_sample_size_suffices_and_one_less_does_not(per_mille: int, per_cent: int, order: int) -> None:
    share, confidence = Fraction(per_mille, 1000), Fraction(per_cent, 100)

    def enough(count: int) -> bool:
        few = (math.comb(count, k) * (1 - share) ** k * share ** (count - k) for k in range(min(order, count + 1)))
        return sum(few) <= 1 - confidence

    result = required_samples(float(share), float(confidence), order)
    assert enough(result)
    assert result == order or not enough(result - 1)


def test_users_and_throughput_are_one_law() -> None:
    assert plan(throughput="2/s", response_time="5s", think_time="15s")["users"] == pytest.approx(40)
    users = PLAN.check({"users": 40, "response_time": "5s", "think_time": "15s"})
    result = values(PLAN.run(users))
    assert result["throughput"] == pytest.approx(2)
    assert result["in_flight"] == pytest.approx(10)


@given(st.sampled_from(PROFILES), st.floats(0.5, 1e4), st.floats(1, 600), st.floats(1, 7200), st.floats(1, 10))
def test_stages_join_and_reach_what_the_profile_says(
    profile: str, peak: float, ramp: float, hold: float, factor: float
) -> None:
    result = build_stages(profile, peak, ramp, hold, factor)
    assert all(before.end_level == after.start_level for before, after in itertools.pairwise(result))
    top = {"smoke": min(peak, 1), "stress": peak * factor, "spike": peak * factor}.get(profile, peak)
    assert max(stage.end_level for stage in result) == pytest.approx(top)
    assert profile == "smoke" or (result[0].start_level, result[-1].end_level) == (0, 0)
    if profile == "spike":
        rise = next(stage for stage in result if stage.start_level == peak)
        assert rise.seconds in (SPIKE_RAMP_SECONDS, hold)


@pytest.mark.parametrize(
    ("url", "parts"),
    [
        ("https://a.example", ("https", "a.example", 443, "")),
        ("http://a.example/base/", ("http", "a.example", 80, "/base")),
        ("http://[::1]:8080", ("http", "::1", 8080, "")),
        ("http://127.0.0.1:99/x/y", ("http", "127.0.0.1", 99, "/x/y")),
    ],
)
def test_an_address_has_its_parts(url: str, parts: tuple[str, str, int, str]) -> None:
    result = read_target(PLAN.check({**BASE, "url": url}))
    assert result == parts
    assert literal(script("k6", url=url), "const requests")[0]["url"] == f"{result.url}/"


def test_the_level_part_is_where_percentiles_come_from() -> None:
    result = plan(percentiles="99.9%", requests=mix())
    assert result["samples"] == 20 * 120 / 4
    assert result["percentiles[p99.9].level_time_for_samples_1"] == pytest.approx(2995 / 5)
    assert result["test_time"] == 180
    assert result["requests"] == 20 * 150


def test_too_few_samples_are_said_until_the_time_that_mends_it() -> None:
    assert codes(percentiles="99.9%") == ["too_few_samples"]
    (warning,) = PLAN.run(PLAN.check({**BASE, "percentiles": "99.9%"})).warnings
    hold = re.match(r"use --hold (\S+),", warning.fix)
    assert hold
    assert codes(percentiles="99.9%", hold=hold[1]) == []
    assert codes(percentiles="99.9%", hold="149s") == ["too_few_samples"]


def test_a_closed_plan_is_warned_about_and_open_is_the_default() -> None:
    assert codes(percentiles="90%", model="closed") == ["coordinated_omission"]
    assert codes(percentiles="90%") == []
    assert "Open model" in " ".join(PLAN.run(PLAN.check(BASE)).assumptions)


def test_an_open_plan_says_that_its_scripts_do_not_think() -> None:
    def warnings_of(**inputs: object) -> str:
        return " ".join(PLAN.run(PLAN.check({**BASE, **inputs})).assumptions)

    assert "Scripts do not pause for the think_time" in warnings_of(think_time="5s")
    assert "think_time" not in warnings_of(think_time="5s", model="closed")
    assert "think_time" not in warnings_of()


@pytest.mark.parametrize(
    ("tool", "call"),
    [
        ("k6", "k6 run FILE"),
        ("jmeter", "jmeter -n -t FILE -l results.jtl"),
        ("locust", "locust --headless --locustfile FILE"),
        ("artillery", "artillery run FILE"),
        ("gatling", "mvn gatling:test"),
    ],
)
def test_a_script_says_how_it_is_run(tool: str, call: str) -> None:
    assert call in script(tool)


# what each script says, read with a parser of its format


def literal(text: str, name: str) -> Any:
    """The value of a script's constant, which is JSON."""
    start = text.index(name + " = ") + len(name) + 3
    return json.JSONDecoder().raw_decode(text[start:])[0]


def test_k6_rises_and_stays_at_the_planned_rates() -> None:
    text = script("k6", requests=mix())
    options, requests = literal(text, "export const options"), literal(text, "const requests")
    scenario = options["scenarios"]["plan"]
    assert scenario["executor"] == "ramping-arrival-rate"
    assert (scenario["startRate"], scenario["timeUnit"]) == (0, "1s")
    assert scenario["stages"] == [
        {"target": 20, "duration": "30000ms"},
        {"target": 20, "duration": "120000ms"},
        {"target": 0, "duration": "30000ms"},
    ]
    assert (scenario["preAllocatedVUs"], scenario["maxVUs"]) == (200, 200)
    assert options["thresholds"] == {
        "dropped_iterations": ["count==0"],
        "http_req_failed": ["rate<0.01"],
        "http_req_duration": ["p(95)<750"],
    }
    assert [(one["method"], one["url"], one["share"]) for one in requests] == [
        ("GET", "http://localhost:8080/search?q=shoes,red", 0.75),
        ("POST", "http://localhost:8080/cart;v=1?a='b'&c=$d", 0.25),
    ]
    assert json.loads(requests[1]["body"]) == NASTY
    closed = literal(
        script("k6", model="closed", think_time="750ms", latency_limit="400ms", failure_limit="0.2%"),
        "export const options",
    )
    assert closed["thresholds"] == {"http_req_failed": ["rate<0.002"], "http_req_duration": ["p(95)<400"]}
    assert closed["scenarios"]["plan"]["executor"] == "ramping-vus"
    assert [stage["target"] for stage in closed["scenarios"]["plan"]["stages"]] == [20, 20, 0]


@given(st.floats(1e-3, 1e5))
def test_k6_keeps_small_and_odd_rates_within_a_thousandth(rate: float) -> None:
    text = script("k6", throughput=f"{rate:.6g}/s", percentiles="50%")
    scenario = literal(text, "export const options")["scenarios"]["plan"]
    unit = int(scenario["timeUnit"].removesuffix("s"))
    assert scenario["stages"][0]["target"] / unit == pytest.approx(float(f"{rate:.6g}"), rel=1.1e-3)


def test_locust_sends_the_mix_and_bodies_by_literals() -> None:
    tree = ast.parse(script("locust", requests=mix()))
    values = {
        read_target.id: ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign)
        for read_target in node.targets
        if isinstance(read_target, ast.Name)
    }
    assert values["STAGES"] == [(30.0, 0.0, 20.0), (120.0, 20.0, 20.0), (30.0, 20.0, 0.0)]
    assert [row[:4] for row in values["REQUESTS"]] == [
        (0.75, "GET /search?q=shoes,red", "GET", "/search?q=shoes,red"),
        (0.25, "POST /cart;v=1?a='b'&c=$d", "POST", "/cart;v=1?a='b'&c=$d"),
    ]
    assert json.loads(values["REQUESTS"][1][4]) == NASTY
    (user,) = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    assert user.name == "Arrivals"


def test_artillery_counts_arrivals_that_are_rarer_than_one_a_second() -> None:
    result = YAML(typ="safe").load(script("artillery", requests=mix()))
    assert result["config"]["target"] == "http://localhost:8080"
    assert result["config"]["phases"] == [
        {"duration": 30, "arrivalRate": 0.0, "rampTo": 20.0},
        {"duration": 120, "arrivalRate": 20.0},
        {"duration": 30, "arrivalRate": 20.0, "rampTo": 0.0},
    ]
    assert [one["weight"] for one in result["scenarios"]] == [7500, 2500]
    assert json.loads(result["scenarios"][1]["flow"][0]["post"]["body"]) == NASTY
    slow = YAML(typ="safe").load(script("artillery", throughput="6/min", percentiles="50%"))
    assert slow["config"]["phases"][1] == {"duration": 120, "arrivalCount": 12}


def properties(element: ElementTree.Element) -> dict[str, str]:
    return {
        one.get("name", ""): one.text or "" for one in element.iter() if one.tag.endswith("Prop") and one.get("name")
    }


def test_jmeter_has_a_group_of_arrivals_for_each_request() -> None:
    root = ElementTree.fromstring(script("jmeter", requests=mix()))
    groups = root.findall(".//OpenModelThreadGroup")
    schedule = "rate(0/s) random_arrivals(30000 ms) rate({0}/s) random_arrivals(120000 ms) rate({0}/s) "
    schedule += "random_arrivals(30000 ms) rate(0/s)"
    result = [properties(group)["OpenModelThreadGroup.schedule"] for group in groups]
    assert result == [schedule.format(15), schedule.format(5)]
    samplers = [properties(one) for one in root.findall(".//HTTPSamplerProxy")]
    assert [(one["HTTPSampler.method"], one["HTTPSampler.path"]) for one in samplers] == [
        ("GET", "/search?q=shoes,red"),
        ("POST", "/cart;v=1?a='b'&c=$d"),
    ]
    assert (samplers[1]["HTTPSampler.domain"], samplers[1]["HTTPSampler.port"]) == ("localhost", "8080")
    assert json.loads(samplers[1]["Argument.value"]) == NASTY
    # each element is followed by the tree of its children
    for tree in root.iter("hashTree"):
        assert all((child.tag == "hashTree") == bool(index % 2) for index, child in enumerate(tree)) or tree is root[0]


def test_jmeter_users_of_a_closed_plan_rise_and_fall_with_the_stages() -> None:
    closed = {"model": "closed", "think_time": "750ms", "profile": "spike", "factor": 3}
    root = ElementTree.fromstring(script("jmeter", **closed))
    groups = [properties(group) for group in root.findall(".//ThreadGroup")]

    def users(second: float) -> float:
        there = 0.0
        for group in groups:
            since, rise = second - float(group["ThreadGroup.delay"]), float(group["ThreadGroup.ramp_time"])
            if 0 <= since < float(group["ThreadGroup.duration"]):
                there += float(group["ThreadGroup.num_threads"]) * min(1.0, since / rise)
        return there

    assert [users(second) for second in (15, 60, 200, 320, 400)] == [10, 20, 60, 20, 20]
    assert all("OpenModel" not in one.tag for one in root.iter())


def test_gatling_injects_at_rates_or_keeps_users() -> None:
    text = script("gatling", requests=mix())
    assert "rampUsersPerSec(0.0).to(20.0).during(Duration.ofMillis(30000L)),\n" in text
    assert "constantUsersPerSec(20.0).during(Duration.ofMillis(120000L)),\n" in text
    assert ".on(percent(75.0).then(exec(request0))).orElse(exec(request1))" in text
    body = re.search(r'StringBody\((".*")\)\);', text)
    assert body
    assert json.loads(json.loads(body[1])) == NASTY
    closed = script("gatling", model="closed", think_time="750ms")
    assert "constantConcurrentUsers(20).during(Duration.ofMillis(120000L))" in closed
    assert ".exec(request0).pause(Duration.ofMillis(750L));" in closed


@pytest.mark.parametrize("tool", ["k6", "jmeter", "locust", "artillery", "gatling"])
@given(st.dictionaries(st.text(max_size=8), st.one_of(st.text(max_size=20), st.integers(), st.booleans()), max_size=3))
@settings(max_examples=25)
def test_no_body_starts_a_template_or_ends_a_literal(tool: str, body: dict[str, Any]) -> None:
    odd = {**body, "${a}": "#{b} {{c}} \\${d} \\", "n": {"m": [{}]}}
    text = script(tool, requests=mix(odd))
    assert text.isascii()
    assert not [sign for sign in ("${", "#{", "{{") if sign in text]
    if tool == "jmeter":
        root = ElementTree.fromstring(text)
        assert json.loads(properties(root)["Argument.value"]) == odd
    if tool == "artillery":
        result = YAML(typ="safe").load(text)
        assert json.loads(result["scenarios"][1]["flow"][0]["post"]["body"]) == odd


def test_a_folder_takes_all_scripts_and_takes_them_again(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    call = "loadtest plan --set throughput=20/s --set response_time=250ms --out plan/"
    for model, artillery in (("open", True), ("closed", False)):
        assert main(shlex.split(f"{call} --set model={model}")) == 0
        names = {path.name for path in Path("plan").iterdir()}
        assert {"LoadTest.java", "loadtest-plan-k6.js", "loadtest-plan-jmeter.jmx", "loadtest-plan.svg"} <= names
        written = json.loads(Path("plan/loadtest-plan.json").read_text())
        assert ("plan/loadtest-plan-artillery.yml" in written["artefacts"]) == artillery
        # the mark holds a hash of the file, and is a comment in each language
        assert Path("plan/LoadTest.java").read_text().startswith("// acolytes.perf/1 loadtest plan, id ")
        assert Path("plan/LoadTest.java").read_text().endswith("\n}\n")
    capsys.readouterr()
    assert main(shlex.split("loadtest plan --set throughput=2/s --set response_time=1s --set model=closed "
                            "--format artillery")) == 3  # fmt: skip
    assert capsys.readouterr().err.startswith("acolytes-perf: model: artillery has no fixed number of users")


def test_java_parses_the_simulation(tmp_path: Path) -> None:
    if shutil.which("javac") is None:
        pytest.skip("there is no javac")
    for model in ("open", "closed"):
        (tmp_path / model).mkdir()
        file = tmp_path / model / "LoadTest.java"
        file.write_text(script("gatling", requests=mix(), model=model))
        done = subprocess.run(["javac", str(file)], capture_output=True, text=True, check=False)
        # without Gatling's classes, names are unknown; text that is not Java gives other messages
        kinds = set(re.findall(r"error: (.*)", done.stderr))
        unknown = {f"package io.gatling.javaapi.{name} does not exist" for name in ("core", "http")}
        assert kinds <= {*unknown, "cannot find symbol", "static import only from classes and interfaces"}, kinds


def test_node_runs_the_k6_script_with_stand_ins_for_k6(tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("there is no node")
    (tmp_path / "http.mjs").write_text("export default { request: (...all) => { globalThis.seen = all; } };\n")
    (tmp_path / "k6.mjs").write_text("export const sleep = (time) => { globalThis.slept = time; };\n")
    text = script("k6", requests=mix()[1:], model="closed", think_time="3s")
    (tmp_path / "plan.mjs").write_text(text.replace("'k6/http'", "'./http.mjs'").replace("'k6'", "'./k6.mjs'"))
    check = "import('./plan.mjs').then((m) => { m.default(); console.log(JSON.stringify([seen, slept])); })"
    done = subprocess.run([node, "-e", check], cwd=tmp_path, capture_output=True, text=True, check=True)
    (method, url, body, params), slept = json.loads(done.stdout)
    assert (method, url, slept) == ("POST", "http://localhost:8080/cart;v=1?a='b'&c=$d", 3)
    assert json.loads(body) == NASTY
    assert params["timeout"] == "10000ms"


class _Server(ThreadingHTTPServer):
    def __init__(self) -> None:
        self.seen: list[tuple[str, str]] = []
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.seen.append((self.path, body.decode()))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.mark.parametrize("model", ["open", "closed"])
def test_locust_carries_the_plan_out(tmp_path: Path, request: pytest.FixtureRequest, model: str) -> None:
    tool = shutil.which("locust") or shutil.which("locust", path=str(Path(sys.executable).parent))
    if tool is None:
        pytest.skip("locust is not installed")
    if model == "closed" and not request.config.getoption("--full"):
        pytest.skip("the open plan takes long enough")
    server = _Server()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    times = {"ramp": "1s", "hold": "1s", "throughput": "50/s", "think_time": "100ms"}
    url = f"http://127.0.0.1:{server.server_address[1]}/base"
    file = tmp_path / "locustfile.py"
    file.write_text(script("locust", requests=mix()[1:], url=url, model=model, **times))
    command = [tool, "--headless", "--locustfile", str(file)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    server.shutdown()
    server.server_close()
    assert done.returncode == 0, done.stderr
    assert {path for path, _ in server.seen} == {"/base/cart;v=1?a='b'&c=$d"}
    assert all(json.loads(body) == NASTY for _, body in server.seen)
    if model == "open":
        assert 95 <= len(server.seen) <= 100  # the area under the stages
    else:
        assert server.seen


def test_a_rate_that_never_arrives_within_a_stage_still_has_whole_phases() -> None:
    result = YAML(typ="safe").load(script("artillery", throughput="1/h", hold="1s", percentiles="50%"))
    assert all(phase["arrivalCount"] >= 1 for phase in result["config"]["phases"])


def test_a_stage_has_its_mean_level_times_its_time() -> None:
    assert Stage(10, 2, 4).integral == 30
