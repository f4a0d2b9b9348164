"""`slo alerts` with a history: which rules would have fired, and the rules for odd names and missing data."""

import json
import random
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from acolytes_perf import commands
from acolytes_perf.cli import main
from acolytes_perf.errors import InputError
from acolytes_perf.inputs.timeline import show_time
from acolytes_perf.methods.reliability.alert_replay import (
    AlertRule,
    Firing,
    Traffic,
    detection,
    firings,
    guarded_rule,
    joined,
    no_traffic_window,
)
from acolytes_perf.methods.reliability.error_history import ErrorHistory
from acolytes_perf.methods.reliability.slo import BurnRateAlert
from acolytes_perf.outcome import Outcome
from acolytes_perf.outputs.document import answer_to
from perf_answers import values

ALERTS = commands.load("slo alerts")
START, STEP = 1792800000, 300
NIGHT, DAY = range(5 * 288 + 36, 5 * 288 + 43), range(13 * 288 + 156, 13 * 288 + 166)


def counters(folder: Path) -> dict[str, str]:
    """28 days with 3 requests in 5 minutes at night, an outage at night, and a fifth that fails by day."""
    source, sums = random.Random(11), [0, 0]
    points: list[list[list[object]]] = [[], []]
    for index in range(28 * 288):
        count = 3 if index % 288 < 84 else 54
        share = 1.0 if index in NIGHT else 0.2 if index in DAY else 0.0004
        sums[0] += count
        sums[1] += sum(source.random() < share for _ in range(count))
        for column, total in zip(points, sums, strict=True):
            column.append([START + STEP * (index + 1), str(total)])
    for name, column in zip(("all", "bad"), points, strict=True):
        document = {"status": "success", "data": {"resultType": "matrix", "result": [{"metric": {}, "values": column}]}}
        (folder / f"{name}_total.json").write_text(json.dumps(document))
    return {"requests": "all_total.json", "errors": "bad_total.json", "kind": "counter"}


def answered(**inputs: object) -> Outcome:
    return ALERTS.run(ALERTS.check(inputs))


def rules_text(**inputs: object) -> str:
    return ALERTS.formats["prometheus"].render(answer_to(ALERTS, ALERTS.check(inputs)))


def test_both_incidents_are_paged_and_chance_pages_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = values(answered(slo="99.9%,99.95%", **counters(tmp_path)))
    for slo in ("99.9%", "99.95%"):
        assert result[f"replay[{slo}].incidents_not_paged"] == 0
        assert result[f"replay[{slo}].pages_at_night"] == 1
        for steps, at_night in ((NIGHT, True), (DAY, False)):
            name = f"incidents[{slo} {show_time(START + STEP * steps.start)}]"
            assert 0 < result[f"{name}.paged_after"] <= 900
            assert result[f"{name}.began_at_night"] is at_night
    # at night one failure is more than 1.44 % of an hour's requests
    assert result["lowest_rate_of_day"] == pytest.approx(36 / 3600)
    assert result["alerts[99.9% 1h].min_failures"] >= 2
    assert result["alerts[99.9% 1h].min_recent_failures"] == 2


def test_without_least_failures_chance_would_page_at_night(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    history = [0.0] * 2000
    history[100] = history[900] = 1.0
    few = ErrorHistory([STEP * (index + 1.0) for index in range(2000)], [3.0] * 2000, history, STEP)
    alert = BurnRateAlert(3600, 14.4, 0.001, 30 * 86_400)
    assert len(firings(few, AlertRule(alert))) == 2
    assert firings(few, AlertRule(alert, min_failures=2)) == []
    assert firings(few, AlertRule(alert, min_recent=2)) == []
    assert firings(few, AlertRule(alert, count_rule=2)) == []


def test_an_outage_hardly_ever_pages_twice() -> None:
    # 54 requests in 5 minutes; a fifth fails for 50 minutes, which stay in the long window for the next 6 hours
    rng, alert = random.Random(2), BurnRateAlert(6 * 3600, 6.0, 0.001, 30 * 86_400)
    rate = 54 / STEP
    rule = guarded_rule(alert, Traffic(rate, rate), 0.0004, 0.001 * rate * 30 * 86_400, None)
    again = {True: 0, False: 0}
    for _ in range(400):
        bad = [float(sum(rng.random() < (0.2 if 10 <= at < 20 else 0.0004) for _ in range(54))) for at in range(120)]
        history = ErrorHistory([STEP * (at + 1.0) for at in range(120)], [54.0] * 120, bad, STEP)
        for is_guarded in again:
            fired = firings(history, rule if is_guarded else rule._replace(min_recent=None))
            assert fired[0].start <= 13 * STEP
            again[is_guarded] += len(joined(fired, 3600)) > 1
    assert again[True] <= 400 * 0.04
    assert again[False] >= 400 * 0.1


@pytest.mark.parametrize("share", [1.0, 0.1])
def test_the_replay_fires_when_the_formula_says(share: float) -> None:
    step = 10.0
    bad = [1000 * share if 1000 <= index < 1360 else 0.0 for index in range(3000)]
    history = ErrorHistory([step * (index + 1) for index in range(3000)], [1000.0] * 3000, bad, step)
    alert = BurnRateAlert(3600, 14.4, 0.001, 30 * 86_400)
    [firing] = firings(history, AlertRule(alert))
    expected = alert.detection_time(share)
    assert expected is not None
    assert firing.start - 10_000 == pytest.approx(expected, abs=2 * step)
    # it ends when the short window is below its threshold
    assert firing.end - 13_600 == pytest.approx(300 * (1 - alert.threshold / share), abs=2 * step)
    assert detection([firing], 10_000, 13_600) == firing.start - 10_000
    assert detection([firing], 20_000, 20_600) is None


def test_firings_of_several_rules_are_one_page() -> None:
    fired = [Firing(100, 200), Firing(150, 400), Firing(500, 600)]
    assert joined(fired) == [Firing(100, 400), Firing(500, 600)]
    assert joined(fired, 100) == [Firing(100, 600)]


def test_a_missed_incident_is_named() -> None:
    outcome = answered(slo="99%", incidents="2026-10-29:35min:100%,2026-11-06:50min:5%")
    result = values(outcome)
    assert result["replay[99%].incidents_not_paged"] == 1
    assert "not paged: 2026-11-06 (50 min)" in outcome.answer
    assert result["incidents[2026-11-06].paged_after"] is None
    assert result["incidents[2026-10-29].began_at_night"] is True
    moved = values(answered(slo="99%", incidents="2026-10-29:35min", timezone="Asia/Tokyo"))
    assert moved["incidents[2026-10-29].began_at_night"] is False


@pytest.mark.parametrize(
    "name", ["partner-api", 'a "quoted" \\ name', "it's", "{{ $labels.job }}", "true", "Zürich: 1"]
)
def test_any_service_name_is_a_label(tmp_path: Path, name: str) -> None:
    text = rules_text(slo="99.9%,99.95%", service=name, rate="20/h")
    rules: list[dict[str, Any]] = YAML(typ="safe").load(text)["groups"][0]["rules"]
    assert {rule["labels"]["slo"] for rule in rules if "record" in rule} == {name}
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    burning = [rule for rule in rules if "long_window" in rule["labels"]]
    assert all(f'{{slo="{quoted}"}}' in rule["expr"] for rule in burning)
    assert {rule["labels"]["objective"] for rule in burning} == {"99.9%", "99.95%"}
    records = [rule["record"] for rule in rules if "record" in rule]
    assert len(records) == len(set(records))
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("there is no promtool (Debian's package prometheus has it)")
    (tmp_path / "rules.yml").write_text(text)
    done = subprocess.run([promtool, "check", "rules", "rules.yml"], cwd=tmp_path, capture_output=True, text=True,
                          check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_a_name_of_two_lines_is_refused() -> None:
    with pytest.raises(InputError, match="must be one line"):
        ALERTS.check({"slo": "99.9%", "service": "a\nb"})


def test_missing_samples_and_missing_requests_page(tmp_path: Path) -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("there is no promtool (Debian's package prometheus has it)")
    (tmp_path / "rules.yml").write_text(
        rules_text(slo="99.9%", rate="20/h", service="partner-api", errors_metric="bad", requests_metric="all")
    )
    minutes = round(no_traffic_window(20 / 3600) / 60)

    def fires(series: str, at: int, name: str) -> dict[str, Any]:
        return {
            "interval": "1m",
            "input_series": [{"series": "all", "values": series}],
            "promql_expr_test": [
                {"expr": f'count(ALERTS{{alertname="{name}",slo="partner-api"}})', "eval_time": f"{at}m",
                 "exp_samples": [{"labels": "{}", "value": 1}]},
                {"expr": f'count(ALERTS{{alertname="{name}"}})', "eval_time": "99m", "exp_samples": []},
            ],
        }  # fmt: skip

    test = {
        "rule_files": ["rules.yml"],
        "evaluation_interval": "1m",
        "tests": [
            fires("0+1x100 _x100", 121, "SloNoData"),
            fires("0+1x100 100x100", 101 + minutes, "SloNoTraffic"),
        ],
    }
    (tmp_path / "test.yml").write_text(json.dumps(test))
    done = subprocess.run([promtool, "test", "rules", "test.yml"], cwd=tmp_path, capture_output=True, text=True,
                          check=False)  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_rules_count_what_the_files_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    files = counters(tmp_path)
    outcome = answered(slo="99.9%", **files)
    assert any("rules count bad_total of all_total (by the series, or" in text for text in outcome.assumptions)
    assert "sum(rate(bad_total[5m])) / sum(rate(all_total[5m]))" in rules_text(slo="99.9%", **files)
    # names and shared labels of the series come before the name of the file; a label that differs is left out
    for name in ("all", "bad"):
        path = tmp_path / f"{name}_total.json"
        document = json.loads(path.read_text())
        [series] = document["data"]["result"]
        each = [{**series, "metric": {"__name__": f"api_{name}_total", "job": 'a "b"', "pod": pod}} for pod in "xy"]
        path.write_text(json.dumps({**document, "data": {**document["data"], "result": each}}))
    text = rules_text(slo="99.9%", **files)
    assert 'sum(rate(api_bad_total{job="a \\"b\\""}[5m])) / sum(rate(api_all_total{job="a \\"b\\""}[5m]))' in text
    text = rules_text(slo="99.9%", requests_metric="mine", errors_metric="failed", **files)
    assert "sum(rate(failed[5m])) / sum(rate(mine[5m]))" in text


def test_files_without_names_of_two_counters_name_no_counter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    files = counters(tmp_path)
    for name in ("all", "bad"):
        document = json.loads((tmp_path / f"{name}_total.json").read_text())
        (tmp_path / f"{name}.json").write_text(json.dumps(document))
        document["data"]["result"][0]["metric"] = {"__name__": "http_total", "code": name}
        (tmp_path / f"{name}_total.json").write_text(json.dumps(document))
    for more in (files, {**files, "requests": "all.json", "errors": "bad.json"}):
        assert 'rate(http_requests_total{code=~"5.."}[5m])' in rules_text(slo="99.9%", **more)


def test_the_text_says_what_the_night_changes_and_what_the_guards_save(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    outcome = answered(slo="99.9%", timezone="Europe/Berlin", **counters(tmp_path))
    # 36 requests an hour at night, and the rule of an hour needs so many failures
    needed = values(outcome)["alerts[1h].min_failures"]
    assert needed == 3
    assert "in the quietest hour of the day (36/h) after 5 min" in outcome.answer
    assert "14.4x with at least 3 failures over 1 h and 2 failures over 5 min (page)" in outcome.answer
    assert "Night is 22:00-07:00 in time zone Europe/Berlin (--night, --timezone)." in outcome.assumptions
    saved = outcome.answer.rpartition("on this history they save ")[2]
    assert int(saved.split()[0]) >= 1


def test_a_rules_file_is_written_and_the_whole_answer_is_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    files = [word for name, text in counters(tmp_path).items() for word in (f"--{name}", text)]
    call = ["slo", "alerts", "--slo", "99.9%", *files]
    assert main(call) == 0
    answer = capsys.readouterr().out
    assert main([*call, "--format", "prometheus", "--out", "rules.yml"]) == 0
    shown = capsys.readouterr()
    assert shown.out.startswith(answer)
    assert "written: rules.yml (acolytes.perf/1 slo alerts, id " in shown.out
    assert "it holds 9 recording rules and the alerts ErrorBudgetBurn_1h, ErrorBudgetBurn_6h, " in shown.out
    assert "not in a replay: SloNoData, SloNoTraffic" in shown.out
    assert shown.err == ""
