"""Burn-rate alerts at low traffic: false alerts by chance, in Prometheus itself, and in OpenSLO."""

import json
import math
import random
import re
import shutil
import subprocess
from collections import deque
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from acolytes_perf import commands
from acolytes_perf.errors import CannotAnswerError
from acolytes_perf.methods.reliability import low_traffic
from acolytes_perf.methods.reliability.slo import BurnRateAlert
from acolytes_perf.outputs.document import answer_to
from perf_answers import values

ALERTS = commands.load("slo alerts")
HOUR, MONTH = 3600.0, 30 * 86400.0


def alerts(**inputs: object) -> dict[str, Any]:
    return values(ALERTS.run(ALERTS.check(inputs)))


def rendered(name: str, **inputs: object) -> str:
    checked = ALERTS.check(inputs)
    return ALERTS.formats[name].render(answer_to(ALERTS, checked))


class Window:
    """The errors of a sliding window, at an even rate of events."""

    def __init__(self, span: float, least: int) -> None:
        self.span, self.least, self.errors = span, least, deque[float]()

    def is_above(self, now: float) -> bool:
        while self.errors and self.errors[0] <= now - self.span:
            self.errors.popleft()
        return len(self.errors) >= self.least


def simulated(alert: BurnRateAlert, rate: float, error_ratio: float, months: int, seed: int) -> float:
    """How often a month the alert starts to fire, with an event every 1/rate seconds that fails at random."""
    chance, now, began, firing = random.Random(seed), 0.0, 0, False
    windows = [
        Window(span, low_traffic.threshold_errors(alert, rate, span))
        for span in (alert.long_window, alert.short_window)
    ]
    while now < months * MONTH:
        # the steps to the next failed event are geometric
        step = 1 + math.floor(math.log(1 - chance.random()) / math.log1p(-error_ratio))
        before, now = now, now + step / rate
        ends = min((window.errors[-window.least] + window.span for window in windows if window.is_above(before)
                    and len(window.errors) >= window.least), default=before)  # fmt: skip
        firing = firing and ends > now
        for window in windows:
            window.is_above(now)
            window.errors.append(now)
        is_above = all(window.is_above(now) for window in windows)
        began += is_above and not firing
        firing = is_above
    return began / months


@pytest.mark.parametrize(
    ("slo", "long", "burn", "rate", "error_ratio"),
    [
        (0.999, HOUR, 14.4, 10 / HOUR, 0.0005),
        (0.999, 72 * HOUR, 1, 10 / HOUR, 0.0005),
        (0.99, 6 * HOUR, 6, 60 / HOUR, 0.02),
        (0.99, HOUR, 14.4, 100 / HOUR, 0.05),
        (0.95, 72 * HOUR, 1, 12 / HOUR, 0.04),
    ],
)
def test_false_alerts_are_as_frequent_as_in_a_simulation(
    request: pytest.FixtureRequest, slo: float, long: float, burn: float, rate: float, error_ratio: float
) -> None:
    alert = BurnRateAlert(long, burn, 1 - slo, MONTH)
    predicted = low_traffic.false_alerts_per_month(alert, rate, error_ratio)
    errors = 400_000 if request.config.getoption("--full") else 20_000
    months = max(1, round(errors / (rate * error_ratio * MONTH)))
    seen = simulated(alert, rate, error_ratio, months, seed=1)
    # four standard deviations of the count, and errors that leave the window just when another comes
    assert seen == pytest.approx(predicted, abs=4 * math.sqrt(2 * predicted / months) + 0.06 * predicted)


def test_one_error_in_an_hour_of_ten_events_fires_all_alerts() -> None:
    result = alerts(slo="99.9%", rate="10/h", usual_errors="0.05%")
    # every error, 10/h * 720 h * 0.05 %, comes alone for the alert of 1 h
    assert result["alerts[1h].false_alerts"] == pytest.approx(3.6, abs=0.01)
    assert [result[f"alerts[{span}].min_errors"] for span in ("1h", "6h", "3d")] == [1, 1, 1]
    assert result["alerts[1h].smallest_outage"] == pytest.approx(360)
    assert [result[f"alerts[{span}].guard_events"] for span in ("1h", "6h", "3d")] == [70, 167, 1000]
    assert [result[f"alerts[{span}].count_rule"] for span in ("1h", "6h", "3d")] == [2, 2, 2]
    assert result["alerts[1h].false_counts"] == pytest.approx(720 * 0.005 * 9 * 0.0005 * 0.9995**8)
    assert result["alerts[1h].smallest_outage_by_count"] == pytest.approx(720)


def test_the_answer_reports_when_an_outage_is_detected() -> None:
    outcome = ALERTS.run(ALERTS.check({"slo": "99.9%", "rate": "10/h"}))
    assert outcome.answer.endswith("a full outage is detected after 12 min with 27.78 % of the budget used.")
    assert outcome.answer.startswith("Alert on 2 errors over 1 h (page), ")
    mixed = ALERTS.run(ALERTS.check({"slo": "99.9%", "rate": "60/h"})).answer
    assert "2 errors over 1 h (page), a burn rate above 6x over 6 h (page)" in mixed
    assert "after 51.84 s" in ALERTS.run(ALERTS.check({"slo": "99.9%", "rate": "1000/s"})).answer


@pytest.mark.parametrize("rate", ["10/h", "60/h", "1/d", "2/s"])
def test_an_outage_is_detected_with_the_error_that_fires_the_written_rule(rate: str) -> None:
    """Errors are evenly spaced, and each rule is evaluated after each of them."""
    inputs = ALERTS.check({"slo": "99.9%", "rate": rate})
    result, per_second = alerts(slo="99.9%", rate=rate), inputs.number("rate")
    for span, long in (("1h", HOUR), ("6h", 6 * HOUR), ("3d", 72 * HOUR)):
        count = result.get(f"alerts[{span}].count_rule")
        least = low_traffic.threshold_errors(
            BurnRateAlert(long, result[f"alerts[{span}].burn_rate"], 0.001, MONTH), per_second, long
        )
        times = [number / per_second for number in range(1, max(count or 0, least) + 1)]
        within = [sum(now - long < at <= now for at in times) for now in times]
        seen = next((at for at, errors in zip(times, within, strict=True) if errors >= (count or least)), None)
        assert result[f"alerts[{span}].detects_outage_in"] == (None if seen is None else pytest.approx(seen, rel=1e-6))
        used = result[f"alerts[{span}].budget_used_at_detection"]
        assert used == (None if seen is None else pytest.approx(seen * per_second / (0.001 * per_second * MONTH)))
        assert (f"alerts[{span}].smallest_outage_by_count" in result) == (count is not None and seen is not None)


def test_a_rule_that_detects_no_outage_is_reported() -> None:
    outcome = ALERTS.run(ALERTS.check({"slo": "99.9%", "rate": "1/d"}))
    (message,) = (one.message for one in outcome.warnings if one.code == "outage_unseen")
    assert message.startswith("too few errors for the rule by count occur within 1 h and 6 h, even in a full outage")
    unseen = {"slo": "99.9%", "rate": "1/d", "long_windows": "1h", "budget_shares": "2%"}
    assert "; no alert detects a full outage." in ALERTS.run(ALERTS.check(unseen)).answer
    with pytest.raises(CannotAnswerError, match="no rule detects an outage"):
        rendered("svg", **unseen)


def test_enough_traffic_has_no_rule_by_count() -> None:
    result = alerts(slo="99.9%", rate="100/s")
    assert not [name for name in result if "count" in name or "guard" in name]
    assert "slo:errors:increase" not in rendered("prometheus", slo="99.9%", rate="100/s")
    assert "alerts[1h].min_errors" not in alerts(slo="99.9%", rate="1000/s")


@given(st.floats(0.9, 0.9999), st.floats(0.01, 100), st.floats(0.01, 1), st.sampled_from([1.0, 6.0, 72.0]))
def test_more_errors_fire_more_alerts_until_they_always_fire(
    slo: float, rate: float, part: float, hours: float
) -> None:
    alert = BurnRateAlert(hours * HOUR, 3.0, 1 - slo, MONTH)
    usual = part * (1 - slo)
    few, many = (low_traffic.false_alerts_per_month(alert, rate / HOUR, ratio) for ratio in (usual / 2, usual))
    assert 0 <= few <= many + 1e-6
    assert low_traffic.false_alerts_per_month(alert, rate / HOUR, 0) == 0


@given(st.integers(1, 50), st.floats(1e-4, 10), st.floats(0.01, 0.99))
def test_the_time_until_so_many_events_is_an_erlang_quantile(count: int, rate: float, chance: float) -> None:
    time = low_traffic.erlang_quantile(count, rate, chance)
    fewer = math.fsum(math.exp(k * math.log(rate * time) - rate * time - math.lgamma(k + 1)) for k in range(count))
    assert 1 - fewer == pytest.approx(chance, abs=1e-6)


def rules(text: str) -> list[dict[str, Any]]:
    result: list[dict[str, Any]] = YAML(typ="safe").load(text)["groups"][0]["rules"]
    return result


def test_rules_for_low_traffic_wait_for_events_and_count_errors() -> None:
    result = rules(
        rendered("prometheus", slo="99.9%", rate="10/h", service="web", long_windows="1h", budget_shares="2%")
    )
    by_name = {rule.get("alert") or rule["record"]: rule["expr"] for rule in result}
    old = "last_over_time(http_requests_total[1d] offset 1h)"
    events = f"sum((http_requests_total unless {old}) or increase(http_requests_total[1h]))"
    assert by_name["slo:events:increase1h"] == events
    assert by_name["slo:errors:increase1h"] == events.replace("_total", '_total{code=~"5.."}')
    assert ": 27.78 % of its error budget" in next(
        rule["annotations"]["summary"] for rule in result if rule.get("alert") == "ErrorCount_1h"
    )
    assert by_name["ErrorBudgetBurn_1h"].endswith(' and slo:events:increase1h{slo="web"} >= 70')
    assert by_name["ErrorCount_1h"] == 'slo:errors:increase1h{slo="web"} > 1.5'
    good = rules(rendered("prometheus", slo="99.9%", rate="10/h", good_metric="ok", requests_metric="all",
                          long_windows="1h", budget_shares="2%"))  # fmt: skip
    by_name = {rule.get("alert") or rule["record"]: rule["expr"] for rule in good}
    events, ok = (
        f"sum(({one} unless last_over_time({one}[1d] offset 1h)) or increase({one}[1h]))" for one in ("all", "ok")
    )
    assert by_name["slo:errors:increase1h"] == f"{events} - ({ok} or vector(0))"


def _promtool() -> str:
    tool = shutil.which("promtool")
    if tool is None:
        pytest.skip("there is no promtool (Debian's package prometheus has it)")
    return tool


@pytest.mark.parametrize("inputs", [
    {"slo": "99.9%"},
    {"slo": "99.9%", "rate": "10/h"},
    {"slo": "99.5%", "window": "28d", "long_windows": "90min,100s", "budget_shares": "2%,0.1%"},
    {"slo": "99%", "good_metric": 'ok{le="0.3",job=\'it"s\'}', "requests_metric": "all", "rate": "1/h",
     "service": "web"},
])  # fmt: skip
def test_promtool_accepts_the_rules(tmp_path: Path, inputs: dict[str, object]) -> None:
    file = tmp_path / "rules.yml"
    file.write_text(rendered("prometheus", **inputs))
    done = subprocess.run([_promtool(), "check", "rules", str(file)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_prometheus_fires_and_resets_the_36x_alert_at_the_computed_times(tmp_path: Path) -> None:
    """Prometheus itself runs the rules over a full outage of half an hour, sampled every 5 seconds."""
    inputs = {"slo": "99.9%", "window": "30d", "long_windows": "1h", "budget_shares": "5%"}
    result, step, start, outage = alerts(**inputs), 5, 7200, 1800
    (tmp_path / "rules.yml").write_text(rendered("prometheus", **inputs))
    before, during, after = start // step, outage // step, 7200 // step
    total = before + during + after
    series = [
        {"series": 'http_requests_total{code="200"}', "values": f"0+100x{before} {100 * before}+0x{during - 1} "
                                                                  f"{100 * before}+100x{after}"},
        {"series": 'http_requests_total{code="500"}', "values": f"0+0x{before} 100+100x{during - 1} "
                                                                  f"{100 * during}+0x{after}"},
    ]  # fmt: skip
    assert total * step > start + outage
    fired, reset = start + result["alerts[1h].detects_outage_in"], start + outage + result["alerts[1h].resets_in"]
    alert = {
        "exp_labels": {"severity": "page", "long_window": "1h", "slo": "service"},
        "exp_annotations": {"summary": "service uses its error budget at 36x the allowed rate or more: 5 % in 1h"},
    }
    # two samples on either side: rate() extrapolates to the ends of its window
    places = [(fired - 10, False), (fired + 15, True), (reset - 10, True), (reset + 15, False)]
    cases = [
        {"eval_time": f"{round(at)}s", "alertname": "ErrorBudgetBurn_1h", "exp_alerts": [alert] * is_firing}
        for at, is_firing in places
    ]
    test = {
        "rule_files": ["rules.yml"],
        "evaluation_interval": f"{step}s",
        "tests": [{"interval": f"{step}s", "input_series": series, "alert_rule_test": cases}],
    }
    (tmp_path / "test.yml").write_text(json.dumps(test))
    command = [_promtool(), "test", "rules", "test.yml"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("values", "counted"),
    [
        ("_x300 2x600", {299: None, 302: 2, 359: 2, 365: 0}),  # a series that begins with its first errors
        ("0x300 2x600", {299: 0, 305: 2, 359: 2, 365: 0}),
        ("1000x300 1002x600", {299: 0, 305: 2, 365: 0}),
        ("1000x300 0 2x600", {299: 0, 305: 2}),  # a restart
        ("1000x300 _x90 1000x600", {299: 0, 392: 0, 420: 0}),  # an hour and a half without samples
    ],
)
def test_prometheus_counts_the_first_errors_of_a_series(
    tmp_path: Path, values: str, counted: dict[int, float | None]
) -> None:
    (tmp_path / "rules.yml").write_text(rendered("prometheus", slo="99.9%", rate="10/h"))
    name = "slo:errors:increase1h"
    cases = []
    for minute, value in counted.items():
        sample = [] if value is None else [{"labels": f'{name}{{slo="service"}}', "value": value}]
        # increase() extrapolates to the ends of its window, by less than half of an error here
        rounded = f"round({name})"
        if sample:
            sample[0]["labels"] = '{slo="service"}'
        cases.append({"expr": rounded, "eval_time": f"{minute}m", "exp_samples": sample})
    series = [
        {"series": 'http_requests_total{code="200"}', "values": "0+1x900"},
        {"series": 'http_requests_total{code="500"}', "values": values},
    ]
    test = {
        "rule_files": ["rules.yml"],
        "evaluation_interval": "1m",
        "tests": [{"interval": "1m", "input_series": series, "promql_expr_test": cases}],
    }
    (tmp_path / "test.yml").write_text(json.dumps(test))
    command = [_promtool(), "test", "rules", "test.yml"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", ["ErrorCount_1h", "ErrorBudgetBurn_1h"])
def test_an_outage_without_any_good_series_is_detected(tmp_path: Path, name: str) -> None:
    rate = {"rate": "10/h"} if name == "ErrorCount_1h" else {}
    metrics = {"good_metric": "good", "requests_metric": "total"}
    (tmp_path / "rules.yml").write_text(rendered("prometheus", slo="99.9%", **metrics, **rate))
    expression = f'count(ALERTS{{alertname="{name}"}})'
    test = {
        "rule_files": ["rules.yml"],
        "evaluation_interval": "1m",
        "tests": [
            {
                "interval": "1m",
                "input_series": [{"series": 'total{pod="b"}', "values": "0+1x400"}],
                "promql_expr_test": [
                    {"expr": expression, "eval_time": "5h", "exp_samples": [{"labels": "{}", "value": 1}]}
                ],
            }
        ],
    }
    (tmp_path / "test.yml").write_text(json.dumps(test))
    command = [_promtool(), "test", "rules", "test.yml"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def openslo(**inputs: object) -> dict[str, list[dict[str, Any]]]:
    """The objects of the file by kind."""
    result: dict[str, list[dict[str, Any]]] = {}
    for one in YAML(typ="safe").load_all(rendered("openslo", **inputs)):
        if one is not None:
            assert one["apiVersion"] == "openslo/v1"
            assert re.fullmatch(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?", one["metadata"]["name"])
            result.setdefault(one["kind"], []).append(one)
    return result


def test_openslo_objects_refer_to_each_other_and_agree() -> None:
    result = openslo(slo="99.9%", window="28d", service="Check_out", good_metric="ok", requests_metric="all")
    (slo,) = result["SLO"]
    assert slo["spec"]["objectives"][0]["target"] == 0.999
    assert slo["spec"]["timeWindow"] == [{"duration": "28d", "isRolling": True}]
    metric = slo["spec"]["indicator"]["spec"]["ratioMetric"]
    assert metric["good"]["metricSource"]["spec"]["query"] == "sum(ok)"
    assert "bad" not in metric
    policies = {one["metadata"]["name"]: one["spec"] for one in result["AlertPolicy"]}
    assert [one["alertPolicyRef"] for one in slo["spec"]["alertPolicies"]] == list(policies)
    conditions = {one["metadata"]["name"]: one["spec"] for one in result["AlertCondition"]}
    targets = {one["metadata"]["name"] for one in result["AlertNotificationTarget"]}
    for policy in policies.values():
        assert len(policy["conditions"]) == 1
        assert policy["conditions"][0]["conditionRef"] in conditions
        assert policy["notificationTargets"][0]["targetRef"] in targets
    burns = [(one["condition"]["lookbackWindow"], one["condition"]["threshold"]) for one in conditions.values()]
    assert burns == [("1h", 13.44), ("6h", 5.6), ("3d", pytest.approx(28 / 30))]


def test_openslo_omits_and_reports_alerts_that_one_error_would_fire() -> None:
    result = openslo(slo="99.9%", rate="60/h")
    assert [one["spec"]["condition"]["lookbackWindow"] for one in result["AlertCondition"]] == ["6h", "3d"]
    assert len(result["SLO"][0]["spec"]["alertPolicies"]) == 2
    assert "left out: OpenSLO has no rule by count" in rendered("openslo", slo="99.9%", rate="60/h")
    assert "AlertPolicy" not in openslo(slo="99.9%", rate="10/h")
    assert "left out" not in rendered("openslo", slo="99.9%", rate="10/s")


def test_openslo_has_no_seconds() -> None:
    assert openslo(slo="99%", long_windows="90min", budget_shares="2%")["AlertCondition"][0]["spec"]["condition"] == {
        "kind": "burnrate", "op": "gt", "threshold": 9.6, "lookbackWindow": "90m", "alertAfter": "1m",
    }  # fmt: skip
    with pytest.raises(CannotAnswerError, match="no seconds"):
        openslo(slo="99%", long_windows="100s", budget_shares="0.1%")


def test_the_plot_has_a_line_for_each_alert() -> None:
    text = rendered("svg", slo="99.9%")
    assert text.count('class="line line"') == 3
    assert "14.4x over 1 h" in text
    text = rendered("svg", slo="99.9%", rate="1/d")
    assert text.count('class="line line"') == 1
    assert "2 errors over 3 d" in text
