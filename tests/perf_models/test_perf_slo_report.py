"""`slo report`: windows, incidents and chances from counters and from lists of incidents."""

import itertools
import json
import math
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acolytes_perf import commands
from acolytes_perf.cli import main
from acolytes_perf.errors import InputError
from acolytes_perf.inputs.timeline import show_time
from acolytes_perf.methods.reliability.error_history import ErrorHistory
from acolytes_perf.methods.reliability.incidents import find_incidents, maximal_segments
from acolytes_perf.methods.reliability.missed_windows import chances_to_miss
from acolytes_perf.outcome import Outcome
from perf_answers import values

REPORT = commands.load("slo report")
START = 1792800000  # midnight
DAY, STEP = 86_400, 300
#: Steps of the incidents: 35 min at night of all, 50 min by day of a fifth, 10 min by day of all.
INCIDENTS = {range(5 * 288 + 36, 5 * 288 + 43): 1.0, range(13 * 288 + 156, 13 * 288 + 166): 0.2,
             range(25 * 288 + 240, 25 * 288 + 242): 1.0}  # fmt: skip


def traffic() -> tuple[list[int], list[int]]:
    """35 days with few requests at night."""
    source, every, bad = random.Random(7), [], []
    for index in range(35 * 288):
        count = 3 if index % 288 < 84 else 54
        share = next((share for steps, share in INCIDENTS.items() if index in steps), 0.0004)
        every.append(count)
        bad.append(sum(source.random() < share for _ in range(count)))
    return every, bad


EVERY, BAD = traffic()


def counters(folder: Path, resets_at: Sequence[int] = ()) -> dict[str, str]:
    """Two files with range queries of counters that begin with the first step."""
    for name, counts in (("requests", EVERY), ("errors", BAD)):
        total, points = 0, []
        for index, count in enumerate(counts):
            total = count if index in resets_at else total + count
            points.append([START + STEP * (index + 1), str(total)])
        result = [{"metric": {"service": "partner-api"}, "values": points}]
        document = {"status": "success", "data": {"resultType": "matrix", "result": result}}
        (folder / f"{name}_total.json").write_text(json.dumps(document))
    return {"requests": "requests_total.json", "errors": "errors_total.json"}


def report(**inputs: object) -> Outcome:
    return REPORT.run(REPORT.check(inputs))


@pytest.mark.parametrize("resets_at", [(), (3000, 9000)])
def test_counters_give_the_requests_of_the_last_30_days(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, resets_at: tuple[int, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    outcome = report(slo="99.9%,99.95%", **counters(tmp_path, resets_at))
    result = values(outcome)
    every, bad = sum(EVERY[5 * 288 :]), sum(BAD[5 * 288 :])
    assert (result["requests"], result["bad"]) == (every, bad)
    assert result["objectives[99.9% over 30d].sli"] == pytest.approx(1 - bad / every)
    assert result["objectives[99.9% over 30d].used"] == pytest.approx(bad / every / 0.001)
    assert result["objectives[99.95% over 30d].used"] == pytest.approx(bad / every / 0.0005)
    time = sum(failed / count for count, failed in zip(EVERY[5 * 288 :], BAD[5 * 288 :], strict=True)) * STEP
    assert result["bad_time"] == pytest.approx(time)
    assert result["objectives[99.9% over 30d].used_by_time"] == pytest.approx(time / (0.001 * 30 * DAY))


def test_incidents_are_found_and_the_night_is_cheap_only_by_requests(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    outcome = report(slo="99.9%", **counters(tmp_path))
    result = values(outcome)
    for (steps, share), minutes in zip(INCIDENTS.items(), (35, 50, 10), strict=True):
        name = f"incidents[{show_time(START + STEP * steps.start)}]"
        assert result[f"{name}.duration"] == pytest.approx(minutes * 60, abs=STEP)
        assert result[f"{name}.bad_share"] == pytest.approx(share, abs=0.04)
    assert len([name for name in result if name.startswith("incidents[") and name.endswith(".duration")]) == 3
    night = f"incidents[{show_time(START + STEP * (5 * 288 + 36))}]"
    assert result[f"{night}.bad_time"] == 35 * 60
    assert result[f"{night}.budget_by_time"] > 10 * result[f"{night}.budget"]
    assert "The largest by time began 2026-10-29T03:00Z (35 min, 100 % failed); by requests it is only number 3" in (
        outcome.answer
    )


def test_the_chance_to_miss_has_a_wide_interval_after_three_incidents(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    outcome = report(slo="99%,99.9%,99.95%", **counters(tmp_path))
    tables = {table.name: table for table in outcome.tables}
    chances = [
        next(cell for cell in row.results if cell.name == "chance_to_miss") for row in tables["objectives"].rows[:3]
    ]
    assert [chance.value for chance in chances] == sorted(chance.value or 0 for chance in chances)
    assert chances[0].value == 0
    middle = chances[1].interval
    assert middle is not None
    assert middle.high is not None
    assert middle.high - middle.low > 0.4
    assert "few_incidents" in [warning.code for warning in outcome.warnings]
    assert outcome == report(slo="99%,99.9%,99.95%", **counters(tmp_path))


@pytest.mark.parametrize(
    ("slo", "incidents", "texts"),
    [
        # 45 min are more than the 43.2 min that 99.9 % allows
        ("99.9%", "2026-11-06:45min:100%", ["SLI 99.896 % by time, 104.2 % of the budget used, missed;"]),
        ("99.9%", "2026-11-06:2592.1s:100%", ["SLI 99.899996 % by time, 100.004 % of the budget used, missed;"]),
        ("99.9%", "2026-11-06:2591.9s:100%", ["SLI 99.900004 % by time, 99.9961 % of the budget used, met;"]),
        ("99.9%", "2026-11-06:43.2min:100%", ["SLI 99.9 % by time, 100 % of the budget used, met;"]),
        ("99.75%", "2026-11-06:6500s:100%", ["SLI 99.749 % by time, 100.3 % of the budget used, missed;"]),
        ("95%", "2026-11-06:129610s:100%", ["SLI 94.9996 % by time, 100.01 % of the budget used, missed;"]),
        (
            "99.9%",
            "2026-10-29:35min:100%,2026-11-06:50min:20%",
            ["SLI 99.977 % by time, 23.15 % of the budget used, met, but missed in the worst window;",
             "by time (SLI 99.896 %, missed)."],
        ),
        ("99.9%,99.5%", "2026-11-06:45min:100%", ["by time (SLI 99.896 %, 99.9% missed)."]),
        ("99.5%,99%", "2026-11-06:45min:100%", ["by time (SLI 99.9 %, met)."]),
    ],
)  # fmt: skip
def test_a_share_is_not_rounded_across_its_objective(slo: str, incidents: str, texts: list[str]) -> None:
    outcome = report(slo=slo, incidents=incidents, since="2026-10-01", until="2026-12-01")
    for text in texts:
        assert text in outcome.answer


def test_the_table_and_other_commands_show_a_missed_objective_as_missed(capsys: pytest.CaptureFixture[str]) -> None:
    call = "slo report --slo 99.9% --incidents 2026-11-06:45min:100% --since 2026-10-01 --until 2026-12-01"
    for words, line in (
        (call, "sli_by_time             99.896 %"),
        ("slo budget --slo 99.9% --downtime 2592.1s", "sli            99.899996 %"),
        ("slo budget --slo 99.9% --downtime 2592.1s", "used           100.004 %"),
        ("slo compose --slo 99.9% --components a:99.9%,b:99.9999%", "availability       99.8999 %"),
    ):
        assert main(words.split()) == 0
        assert line in capsys.readouterr().out


def test_one_call_says_what_can_be_promised_instead(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    outcome = report(slo="99.9%,99.95%", **counters(tmp_path))
    result = values(outcome)
    # the worst 30 days use most of the budget of 99.8 %, and more than that of the next higher level
    for used in ("worst_used", "worst_used_by_time"):
        assert 0.5 < result[f"objectives[99.8% over 30d].{used}"] <= 1
    assert result["objectives[99.8% over 30d].chance_to_miss"] < result["objectives[99.9% over 30d].chance_to_miss"]
    assert "Every 30d of the history met 99.8% by requests (the next misses it with" in outcome.answer
    [row, *_] = next(table for table in outcome.tables if table.name == "incidents").rows
    for name in ("budget", "budget_by_time"):
        share = result[f"other_shares[99.95% {row.label}].{name}"]
        assert share == pytest.approx(2 * result[f"incidents[{row.label}].{name}"])
    assert "in 35 d" in next(one.message for one in outcome.warnings if one.code == "few_incidents")


def test_a_level_that_no_window_met_is_not_promised() -> None:
    outcome = report(slo="99.9%", incidents="2026-10-05:20d:100%", since="2026-10-01", until="2026-11-01")
    assert "met none of the usual levels by time" in outcome.answer


def test_the_chance_is_that_of_a_binomial() -> None:
    # one day in twenty is fully bad; the budget allows 1.5 of 30 days
    days = [ErrorHistory([DAY], [100], [100 if day == 0 else 0], DAY).use(0, 1) for day in range(20)]
    [(by_requests, by_time)] = chances_to_miss(days, 30 * DAY, [1.5 / 30])
    expected = 1 - 0.95**30 - 30 * 0.05 * 0.95**29
    assert by_requests.value == pytest.approx(expected, abs=0.015)
    assert by_time.value == by_requests.value
    assert by_requests.low < expected < by_requests.high


def test_no_incident_is_found_where_there_is_none() -> None:
    source, histories = random.Random(3), 0
    for _ in range(40):
        every = [source.choice((0, 2, 50)) for _ in range(2000)]
        bad = [sum(source.random() < 0.002 for _ in range(count)) for count in every]
        times = [STEP * (index + 1.0) for index in range(len(every))]
        histories += bool(find_incidents(ErrorHistory(times, every, bad, STEP)).incidents)
    assert histories <= 3


@given(st.lists(st.integers(-5, 5), min_size=1, max_size=30))
@settings(max_examples=200)
def test_a_maximal_segment_has_the_largest_sum(scores: list[int]) -> None:
    segments = list(maximal_segments(scores, 1))
    best = max(sum(scores[i:j]) for i in range(len(scores)) for j in range(i + 1, len(scores) + 1))
    assert max((sum(scores[i:j]) for i, j in segments), default=best) == best
    assert all(end <= start for (_, end), (start, _) in itertools.pairwise(segments))


def brute_worst(history: ErrorHistory, steps: int) -> float:
    every, bad = history.requests, history.bad
    windows = [(sum(every[i : i + steps]), sum(bad[i : i + steps])) for i in range(len(every) - steps + 1)]
    return max(failed / count for count, failed in windows if count)


def test_the_worst_window_is_the_worst_of_all() -> None:
    source = random.Random(5)
    every = [source.randint(0, 9) for _ in range(300)]
    bad = [source.randint(0, count) for count in every]
    history = ErrorHistory([60.0 * (index + 1) for index in range(300)], every, bad, 60)
    for steps in (1, 7, 100, 300):
        worst = history.worst_window(60.0 * steps, by_time=False)
        assert worst.bad_share == pytest.approx(brute_worst(history, steps))
        assert worst.end - worst.start == 60 * steps


LISTS: list[tuple[str, dict[str, Any]]] = [
    ("date,minutes,share failed\n2026-10-29 03:00,35,100%\n2026-11-06 13:00,50,20%\n", {}),
    ("Date;Minutes;Failed (%)\n29.10.2026 03:00;35;100\n06.11.2026 13:00;50;20\n", {}),
    ("start\tend\tshare\n2026-10-29T03:00Z\t2026-10-29T03:35Z\t1\n2026-11-06T13:00Z\t2026-11-06T13:50Z\t0.2\n", {}),
    ("began,lasted,hit,note\n2026-10-29T03:00Z,35min,1,x\n2026-11-06T13:00Z,50min,0.2,y\n",
     {"columns": "duration=lasted,share=hit"}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "more"), LISTS)
def test_a_list_of_incidents_is_read_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, more: dict[str, Any]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "incidents.csv").write_text(text)
    outcome = report(slo="99.9%", incidents="incidents.csv", since="2026-10-15", until="2026-11-14", **more)
    result = values(outcome)
    assert result["bad_time"] == pytest.approx(45 * 60)
    assert result["objectives[99.9% over 30d].used_by_time"] == pytest.approx(45 / 43.2)
    assert result["incidents[2026-10-29T03:00Z].duration"] == 35 * 60


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("date,minutes,share\n2026-10-29,35,20\n", "'20' is not a share between 0 and 1: write 20%"),
        ("date,minutes,share\n2026-10-29,,1\n", "column 'minutes': has no"),
        ("date,duration,share\n2026-10-29,35,1\n", "column 'duration' has no unit: name it"),
        ("date,share\n2026-10-29,1\n", "has no column for duration: its columns are date, share"),
        ("minutes,share\n35,1\n", "has no column for date"),
    ],
)
def test_an_incident_without_one_meaning_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "incidents.csv").write_text(text)
    with pytest.raises(InputError, match=message):
        report(slo="99.9%", incidents="incidents.csv")


def test_whole_months_are_assumed_and_said() -> None:
    outcome = report(slo="99.9%", incidents="2026-10-29:35min")
    assert [warning.code for warning in outcome.warnings][:1] == ["period_assumed"]
    assert "from 2026-10-01 to 2026-11-01" in outcome.warnings[0].message


def test_a_short_history_uses_a_part_of_the_budget() -> None:
    outcome = report(slo="99.9%", incidents="2026-10-05:10.8min", since="2026-10-01", until="2026-10-16", window="30d")
    assert values(outcome)["objectives[99.9% over 30d].used_by_time"] == pytest.approx(0.25)
    assert "window_not_over" in [warning.code for warning in outcome.warnings]
    assert math.isclose(values(outcome)["objectives[99.9% over 30d].left_time"], 0.75 * 43.2 * 60)


def test_mixed_up_files_are_warned_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    files = counters(tmp_path)
    outcome = REPORT.run(REPORT.check({"slo": "99.9%", "requests": files["requests"], "good": files["errors"]}))
    assert "mostly_failed" in [warning.code for warning in outcome.warnings]
    outcome = REPORT.run(REPORT.check({"slo": "99.9%", **files}))
    assert "mostly_failed" not in [warning.code for warning in outcome.warnings]
