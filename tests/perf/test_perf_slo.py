"""Error budgets and burn-rate alerts; the emitted Prometheus rules are run against a simulated incident."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from acolytes_perf import commands
from acolytes_perf.errors import InputError
from acolytes_perf.outputs.document import answer_to
from perf_answers import values

BUDGET, ALERTS = commands.load("slo budget"), commands.load("slo alerts")


def budget(**inputs: object) -> dict[str, Any]:
    return values(BUDGET.run(BUDGET.check(inputs)))


def alerts(**inputs: object) -> dict[str, Any]:
    return values(ALERTS.run(ALERTS.check(inputs)))


def codes(**inputs: object) -> list[str]:
    return [warning.code for warning in ALERTS.run(ALERTS.check(inputs)).warnings]


def test_half_of_the_budget_is_left_at_half_of_the_errors() -> None:
    found = budget(slo="99.9%", sli="99.95%")
    assert (found["used"], found["left"]) == pytest.approx((0.5, 0.5))


def test_time_events_and_sli_are_the_same_measurement() -> None:
    ways = [
        budget(slo="99.9%", elapsed="10d", downtime="864s"),
        budget(slo="99.9%", elapsed="10d", sli="99.9%"),
        budget(slo="99.9%", elapsed="10d", bad=10, total=10000),
        budget(slo="99.9%", elapsed="10d", good=9990, bad=10),
        budget(slo="99.9%", elapsed="10d", good=9990, total=10000),
        budget(slo="99.9%", elapsed="10d", good=9990, bad=10, total=10000),
        budget(slo="99.9%", elapsed="10d", bad=10, rate="1000/d"),
    ]
    for name in ("used", "left", "left_time", "burn_rate", "used_at_end"):
        assert [way[name] for way in ways] == pytest.approx([ways[0][name]] * len(ways))
    assert ways[0]["used"] == pytest.approx(1 / 3)


def test_exhaustion_is_projected_from_the_pace_so_far() -> None:
    fast = budget(slo="99.9%", window="30d", elapsed="10d", downtime="28.8min")
    assert fast["burn_rate"] == pytest.approx(2)
    assert fast["exhausted_in"] == pytest.approx(5 * 86400)
    assert budget(slo="99.9%", elapsed="10d", downtime="10min")["exhausted_in"] is None
    assert budget(slo="99.9%", elapsed="10d", downtime="50min")["exhausted_in"] == 0
    assert "exhausted_in" not in budget(slo="99.9%", downtime="10min")


def test_a_budget_that_lasts_for_now_and_not_to_the_end_is_warned_of() -> None:
    def warned(**inputs: object) -> list[tuple[str, str]]:
        outcome = BUDGET.run(BUDGET.check({"slo": "99.9%", "window": "30d", **inputs}))
        return [(one.code, one.fix) for one in outcome.warnings]

    assert warned(elapsed="12d", bad=90000, total="60M") == [
        ("budget_ends_early", "keep the burn rate at 0.6667x or less for the rest of the window, and the SLO is met")
    ]
    # at that pace the rest uses what is left
    rest = budget(slo="99.9%", window="30d", sli=f"{100 - 0.1 / 1.5}%", elapsed="18d")
    assert rest["used"] == pytest.approx(0.4)
    assert warned(elapsed="12d", bad=60000, total="60M") == []
    assert warned(elapsed="12d", downtime="50min") == [], "it is gone already"
    assert warned(elapsed="30d", downtime="43.2min") == []


def test_an_overspent_budget_says_by_how_much() -> None:
    outcome = BUDGET.run(BUDGET.check({"slo": "99.9%", "window": "30d", "downtime": "47min"}))
    assert outcome.answer == (
        "99.9 % over 30 d allows 43.2 min down; 108.8 % of it is used, 3.8 min too much: the SLO is missed."
    )


def test_a_budget_of_events_is_answered_in_events_first() -> None:
    over = BUDGET.run(BUDGET.check({"slo": "99.9%", "bad": 3, "total": 100}))
    assert over.answer == (
        "99.9 % over 30 d allows 0.1 bad events, or 43.2 min down; "
        "3000 % of it is used, 2.9 events too many (20.88 h down): the SLO is missed."
    )
    left = BUDGET.run(BUDGET.check({"slo": "99.9%", "bad": 420, "total": "1M", "elapsed": "12d"}))
    assert "16.8 % of it is used, which leaves 2080 events (35.94 min down)" in left.answer
    assert budget(slo="99.9%", bad=420, total="1M", elapsed="12d")["left_events"] == pytest.approx(2080)
    assert "left_events" not in budget(slo="99.9%", downtime="20min", rate="10/s")


def test_a_budget_below_one_event_is_said() -> None:
    outcome = BUDGET.run(BUDGET.check({"slo": "99.99%", "rate": "10/h"}))
    assert [warning.code for warning in outcome.warnings] == ["budget_below_one_event"]
    window = re.search(r"window of ([\d.]+ d)", outcome.warnings[0].fix)
    assert window
    assert not BUDGET.run(BUDGET.check({"slo": "99.99%", "rate": "10/h", "window": window[1]})).warnings


@given(st.floats(0.5, 0.99999), st.floats(0.01, 1), st.floats(0, 1))
def test_used_and_left_are_the_whole(slo: float, part: float, bad: float) -> None:
    elapsed = f"{part * 30:.6f}d"
    found = budget(slo=slo, window="30d", elapsed=elapsed, sli=1 - bad)
    assert found["used"] + found["left"] == pytest.approx(1)
    assert found["within_budget"] == (found["used"] <= 1)
    assert (found["exhausted_in"] is None) == (found["used"] < 1 and found["burn_rate"] <= 1)


def ratio_over(outage: float, error_ratio: float = 1.0) -> Callable[[float, float], float]:
    """Error ratio over the window that ends at a time, for an incident from 0 to `outage` under constant traffic."""
    return lambda time, window: error_ratio * max(0.0, min(time, outage) - max(0.0, time - window)) / window


def seconds(text: str) -> float:
    return sum(
        float(number) * {"d": 86400, "h": 3600, "m": 60, "s": 1, "ms": 0.001}[unit]
        for number, unit in re.findall(r"(\d+)(ms|[dhms])", text)
    )


def rules(**inputs: object) -> dict[str, Any]:
    checked = ALERTS.check(inputs)
    text = ALERTS.formats["prometheus"].render(answer_to(ALERTS, checked))
    found: dict[str, Any] = YAML(typ="safe").load(text)
    return found


def clauses(expression: str) -> list[tuple[float, float]]:
    """Window and threshold of each part of an alert's expression."""
    found = [
        re.fullmatch(r'slo:error_ratio:rate(\w+)\{slo="\w+"\} > ([\d.e-]+)', part) for part in expression.split(" and ")
    ]
    return [(seconds(match[1]), float(match[2])) for match in found if match]


def first(holds: Callable[[float], bool], start: float, end: float, step: float = 0.1) -> float | None:
    count = round((end - start) / step)
    return next((start + index * step for index in range(count + 1) if holds(start + index * step)), None)


def fires(parts: list[tuple[float, float]], ratio: Callable[[float, float], float]) -> Callable[[float], bool]:
    return lambda time: all(ratio(time, window) > threshold for window, threshold in parts)


def alert_rules(found: dict[str, Any]) -> list[dict[str, Any]]:
    """The alerts on burn rates and counts, without those on missing data."""
    return [rule for rule in found["groups"][0]["rules"] if "long_window" in rule.get("labels", {})]


def test_the_36x_alert_fires_after_2_16_minutes_and_its_long_window_resets_after_57_84() -> None:
    (rule,) = alert_rules(rules(slo="99.9%", window="30d", long_windows="1h", budget_shares="5%"))
    parts = clauses(rule["expr"])
    assert [window for window, _ in parts] == [3600, 300]
    detected = first(fires(parts, ratio_over(7200)), 0, 3600)
    assert detected == pytest.approx(2.16 * 60, abs=0.11)
    still_firing = fires(parts[:1], ratio_over(7200))
    reset = first(lambda time: not still_firing(time), 7200, 7200 + 3600)
    assert reset == pytest.approx(7200 + 57.84 * 60, abs=0.11)


@pytest.mark.parametrize("error_ratio", [1.0, 0.3, 0.05])
@pytest.mark.parametrize("slo", ["99.9%", "99%", "99.95%"])
def test_every_emitted_rule_fires_and_resets_when_the_result_says(slo: str, error_ratio: float) -> None:
    found = alerts(slo=slo, error_ratio=error_ratio)
    for rule in alert_rules(rules(slo=slo)):
        parts, column = clauses(rule["expr"]), rule["labels"]["long_window"]
        assert len(parts) == 2
        step = parts[0][0] / 36000
        said = found[f"alerts[{column}].detects_error_ratio_in"]
        seen = first(fires(parts, ratio_over(1e9, error_ratio)), 0, parts[0][0], step)
        assert (seen is None) == (said is None)
        if seen is not None:
            assert seen == pytest.approx(said, abs=1.5 * step)
    # an outage that ends as soon as it is seen still keeps the alert for the time said
    for rule in alert_rules(rules(slo=slo)):
        parts, column = clauses(rule["expr"]), rule["labels"]["long_window"]
        outage = found[f"alerts[{column}].detects_outage_in"] * 1.01
        firing = fires(parts, ratio_over(outage))
        step = parts[1][0] / 36000
        stopped = first(lambda time, firing=firing: not firing(time), outage, outage + parts[0][0], step)  # type: ignore[misc]
        assert stopped == pytest.approx(outage + found[f"alerts[{column}].resets_in"], abs=1.5 * step)


def test_the_rules_record_each_window_once_and_have_no_for() -> None:
    found = rules(
        slo="99.9%", service="checkout", errors_metric='hits{code=~"5.."}', requests_metric='hits{job="it\'s"}'
    )
    records = [rule["record"] for rule in found["groups"][0]["rules"] if "record" in rule]
    assert records == [f"slo:error_ratio:rate{span}" for span in ("5m", "30m", "1h", "6h", "3d")]
    assert found["groups"][0]["rules"][0]["expr"] == (
        'sum(rate(hits{code=~"5.."}[5m])) / sum(rate(hits{job="it\'s"}[5m]))'
    )
    assert [rule["labels"]["severity"] for rule in alert_rules(found)] == ["page", "page", "ticket"]
    assert all("for" not in rule for rule in alert_rules(found))
    assert all('{slo="checkout"}' in rule["expr"] for rule in alert_rules(found))


def test_the_annotation_says_at_which_pace_the_budget_goes() -> None:
    summaries = [rule["annotations"]["summary"] for rule in alert_rules(rules(slo="99.9%"))]
    assert summaries == [
        "service uses its error budget at 14.4x the allowed rate or more: 2 % in 1h",
        "service uses its error budget at 6x the allowed rate or more: 5 % in 6h",
        "service uses its error budget at 1x the allowed rate or more: 10 % in 3d",
    ]


def test_good_events_count_down_from_one() -> None:
    found = rules(slo="99%", good_metric='latency_seconds_bucket{le="0.3"}',
                  requests_metric="latency_seconds_count", long_windows="1h",
                  budget_shares="2%")  # fmt: skip
    assert found["groups"][0]["rules"][0]["expr"] == (
        '1 - (sum(rate(latency_seconds_bucket{le="0.3"}[5m])) or vector(0)) / sum(rate(latency_seconds_count[5m]))'
    )


def test_odd_windows_are_written_as_prometheus_reads_them() -> None:
    found = rules(slo="99.9%", long_windows="90min,100s", budget_shares="2%,0.1%")
    records = [rule["record"] for rule in found["groups"][0]["rules"] if "record" in rule]
    assert records == [f"slo:error_ratio:rate{span}" for span in ("8s333ms", "1m40s", "7m30s", "1h30m")]


def test_an_alert_that_can_never_fire_is_refused_with_one_that_can() -> None:
    with pytest.raises(InputError) as refused:
        alerts(slo="90%", long_windows="1h,6h,3d", budget_shares="2%,5%,10%")
    assert refused.value.pointer == "/budget_shares/0"
    assert refused.value.fix == {"budget_shares": "0.44%,5%,10%"}
    with pytest.raises(InputError) as refused:
        alerts(slo="95%", long_windows="1h", burn_rates=20)
    assert refused.value.pointer == "/burn_rates/0"
    assert alerts(slo="95%", long_windows="1h", burn_rates=19.9)["alerts[1h].detects_outage_in"] == pytest.approx(3582)


def test_a_default_that_can_never_fire_is_left_out_and_said() -> None:
    assert codes(slo="90%") == ["alert_left_out"]
    assert {name.partition(".")[0] for name in alerts(slo="90%")} == {"alerts[6h]", "alerts[3d]"}
    assert codes(slo="90%", budget_shares="0.44%,5%,10%") == []


def test_some_of_the_default_windows_keep_their_shares() -> None:
    found, every = alerts(slo="99.9%", long_windows="6h,1h"), alerts(slo="99.9%")
    assert {name: every[name] for name in found} == found


def test_an_alert_that_fires_while_the_slo_is_met_is_said() -> None:
    assert codes(slo="99.9%", window="28d", long_windows="3d", budget_shares="10%") == ["fires_while_slo_met"]
    assert codes(slo="99.9%", window="30d", long_windows="3d", budget_shares="10%") == []


def test_low_traffic_is_said_up_to_the_rate_that_mends_it() -> None:
    case = {"slo": "99.9%", "long_windows": "1h", "budget_shares": "2%"}
    assert codes(**case, rate="10/h") == ["low_traffic"]
    lowest = alerts(**case, rate="10/h")["alerts[1h].lowest_rate"] * 3600
    assert codes(**case, rate=f"{lowest * 0.99}/h") == ["low_traffic"]
    assert codes(**case, rate=f"{lowest * 1.01}/h") == []


@given(st.floats(0.9, 0.9999), st.floats(0.001, 0.02), st.floats(0.05, 1))
def test_an_alert_uses_its_share_of_the_budget_whatever_the_error_ratio(
    slo: float, share: float, error_ratio: float
) -> None:
    found = alerts(slo=slo, long_windows="6h", budget_shares=share, error_ratio=error_ratio)
    detected = found["alerts[6h].detects_error_ratio_in"]
    if detected is not None:
        used = detected * error_ratio / ((1 - slo) * 30 * 86400)
        assert used == pytest.approx(found["alerts[6h].budget_used_at_detection"], rel=1e-6)


def test_a_budget_that_is_used_to_the_second_is_met() -> None:
    for slo, downtime in (("99.9%", "43.2min"), ("99.95%", "21.6min"), ("99.99%", "4.32min"), ("99.7%", "129.6min")):
        found = budget(slo=slo, window="30d", downtime=downtime)
        assert (found["within_budget"], found["left"], found["left_time"]) == (True, 0, 0)
