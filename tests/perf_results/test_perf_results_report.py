"""What `results summarize` shows beside percentiles: failures, endpoints, the run over time, gaps, several runs."""

import json
import random
import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest

import headless_browser as browser
from acolytes_perf.cli import main

HEADING = "timeStamp,elapsed,label,responseCode,responseMessage,success\n"
SAMPLES = Path(__file__).parent / "samples"
HOSTILE = "GET /<script>alert(1)</script>&\"'\x1b[31m"


def write_run(path: Path, rows: list[tuple[int, int, str, str]]) -> Path:
    """A JTL file from time and latency in milliseconds, label, and the message of a failure (empty: none)."""
    lines = [
        f"{1_760_000_000_000 + at},{elapsed},{csv(label)},{f'500,{message},false' if message else '200,,true'}\n"
        for at, elapsed, label, message in rows
    ]
    path.write_text(HEADING + "".join(lines), encoding="utf-8")
    return path


def csv(label: str) -> str:
    return '"' + label.replace('"', '""') + '"'


def answer(capsys: pytest.CaptureFixture[str], call: str) -> dict[str, Any]:
    assert main([*shlex.split(f"results summarize {call}"), "--json"]) == 0
    output, error = capsys.readouterr()
    assert error == ""
    result: dict[str, Any] = json.loads(output)
    return result


def refused(capsys: pytest.CaptureFixture[str], call: str) -> str:
    assert main(shlex.split(f"results summarize {call}")) == 2
    return capsys.readouterr().err


def results(found: dict[str, Any]) -> dict[str, Any]:
    return {result["name"]: result["value"] for result in found["results"]}


def rows(found: dict[str, Any], name: str) -> dict[str, dict[str, Any]]:
    (table,) = (table for table in found["tables"] if table["name"] == name)
    return {row["label"]: {key: cell["value"] for key, cell in row["cells"].items()} for row in table["rows"]}


def codes(found: dict[str, Any]) -> set[str]:
    return {warning["code"] for warning in found["warnings"]}


def test_a_warm_up_never_hides_failures(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """60 s, and half of the requests of the first 6 s fail: 5 % of all."""
    run = write_run(tmp_path / "a.jtl", [
        (10 * index, (400 if index < 600 else 100) + index % 7, "a", "down" if index < 600 and index % 2 else "")
        for index in range(6000)
    ])  # fmt: skip
    found = answer(capsys, f"--file {run}")
    assert results(found)["warm_up"] == pytest.approx(6, abs=0.6)
    assert results(found)["error_rate"] == pytest.approx(0.05)
    assert results(found)["failures"] == 300
    assert results(found)["all_requests"] == 6000
    assert rows(found, "failures") == {"500 down": {"failures": 300, "share": 0.05}}
    assert rows(found, "endpoints")["a"]["error_rate"] == pytest.approx(0.05)
    series = list(rows(found, "time_series").values())
    assert sum(part["failures"] for part in series) == 300
    assert sum(part["requests"] for part in series) == 6000
    assert "5 % failed" in found["answer"]


def test_a_linear_leak_has_no_steady_state(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    rng = random.Random(1)
    leak = [(100 * index, round((100 + index / 30) * rng.lognormvariate(0, 0.3)), "a", "") for index in range(6000)]
    found = answer(capsys, f"--file {write_run(tmp_path / 'a.jtl', leak)}")
    assert "warm_up" not in results(found)
    assert "no_steady_state" in codes(found)
    assert found["answer"].endswith("The run has no steady state.")


def test_endpoints_failures_and_successes_are_counted_exactly(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    rng = random.Random(2)
    requests = [
        (
            20 * index,
            rng.randrange(1, 900),
            f"GET /{min(29, int(rng.expovariate(0.2)))}",
            rng.choice(["", "", "a", "b"]),
        )
        for index in range(5000)
    ]
    found = answer(capsys, f"--file {write_run(tmp_path / 'a.jtl', requests)} --warm-up none --apdex-target 200ms")
    table = rows(found, "endpoints")
    assert [row["requests"] for row in table.values()] == sorted(
        (row["requests"] for row in table.values()), reverse=True
    )
    for label, row in table.items():
        own = [(elapsed, message) for _, elapsed, name, message in requests if name == label]
        good = [elapsed for elapsed, message in own if not message]
        assert row["requests"] == len(own)
        assert row["failures"] == len(own) - len(good)
        assert row["max"] == max(elapsed for elapsed, _ in own) / 1000
        points = sum(1.0 if elapsed <= 200 else 0.5 if elapsed <= 800 else 0.0 for elapsed in good)
        assert row["apdex"] == pytest.approx(points / len(own))
    causes = {message: sum(row[3] == message for row in requests) for message in ("a", "b")}
    assert {label: row["failures"] for label, row in rows(found, "failures").items()} == {
        f"500 {message}": count for message, count in causes.items()
    }
    good = sorted(elapsed for _, elapsed, _, message in requests if not message)
    assert rows(found, "percentiles")["p90"]["successes"] == good[-(-len(good) * 9 // 10) - 1] / 1000
    assert sum(row["requests"] for row in rows(found, "distribution").values()) == 5000
    steps = list(rows(found, "distribution").values())
    for step in steps:
        inside = [elapsed for _, elapsed, _, _ in requests if step["from"] < elapsed / 1000 <= step["to"]]
        assert step["requests"] == len(inside)


def test_apdex_leaves_out_the_warm_up_except_for_its_failures(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    lines = [f"{1_760_000_000_000 + 100 * at},{900 if at < 100 else 50},a,200,true\n" for at in range(1000)]
    for at in range(0, 100, 10):
        lines[at] = lines[at].replace("200,true", "500,false")
    (tmp_path / "a.jtl").write_text("timeStamp,elapsed,label,responseCode,success\n" + "".join(lines))
    for warm_up, expected in (("none", 900 / 1000), ("10s", 900 / 910)):
        found = answer(capsys, f"--file {tmp_path}/a.jtl --warm-up {warm_up} --apdex-target 100ms")
        assert {one["name"]: one["value"] for one in found["results"]}["apdex"] == pytest.approx(expected)
        assert rows(found, "endpoints")["a"]["apdex"] == pytest.approx(expected)
        (text,) = (text for text in found["assumptions"] if text.startswith("Apdex: "))
        assert text.endswith("without the warm-up, except for failures.") is (warm_up != "none")


def test_the_text_shows_twenty_endpoints_and_json_all(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    names = [f"GET /with/a/name/that/is/rather/long/{index:02}" for index in range(30)]
    run = write_run(tmp_path / "a.jtl", [(10 * index, 50, names[index % 30], "") for index in range(3000)])
    assert main(["results", "summarize", "--file", str(run)]) == 0
    text = capsys.readouterr().out
    assert len(re.findall(r"^  GET /with/a.*/(\d\d) ", text, re.MULTILINE)) == 20
    assert "and 10 more, see --json" in text
    tables = text.split("\n\n")[2:5]
    assert max(len(line) for table in tables for line in table.splitlines()) <= 100
    assert len(rows(answer(capsys, f"--file {run}"), "endpoints")) == 30


def test_time_series_has_the_throughput_of_each_part(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """100/s for 30 s, nothing for 10 s, then 50/s for 30 s."""
    times = [*range(0, 30_000, 10), *range(40_000, 70_000, 20)]
    found = answer(capsys, f"--file {write_run(tmp_path / 'a.jtl', [(at, 20, 'a', '') for at in times])}")
    series = list(rows(found, "time_series").values())
    inner = {part["throughput"] for part in series[2:-2]}
    assert any(rate == pytest.approx(100, rel=0.02) for rate in inner)
    assert any(rate == pytest.approx(50, rel=0.02) for rate in inner)
    assert 0 in inner
    (gap,) = rows(found, "gaps").values()
    assert gap["start"] == pytest.approx(30, abs=1)
    assert gap["length"] == pytest.approx(10, abs=1.5)
    assert "gaps" in codes(found)
    assert len(rows(found, "parts")) <= 12


def test_only_a_closed_model_is_warned_of(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """10 users without think time, whose latency doubles for a while, against a fixed arrival rate with the same."""
    closed, at = [], 0
    for _ in range(20_000):
        latency = 200 if 30_000 < at < 60_000 else 100
        closed.append((at, latency, "a", ""))
        at += latency // 10
    arrivals = [(10 * index, 200 if 3000 < index < 6000 else 100, "a", "") for index in range(10_000)]
    found = answer(capsys, f"--file {write_run(tmp_path / 'closed.jtl', closed)} --warm-up none")
    assert "coordinated_omission" in codes(found)
    assert any("about 10 requests stayed in flight" in warning["message"] for warning in found["warnings"])
    found = answer(capsys, f"--file {write_run(tmp_path / 'open.jtl', arrivals)} --warm-up none")
    assert "coordinated_omission" not in codes(found)
    assert "coordinated_omission" in codes(answer(capsys, f"--file {SAMPLES / 'locust_stats.csv'}"))
    assert "coordinated_omission" not in codes(answer(capsys, f"--file {SAMPLES / 'wrk2.txt'}"))
    assert "coordinated_omission" not in codes(answer(capsys, f"--file {SAMPLES / 'k6.ndjson'}"))


def test_several_runs_have_a_row_each(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    for index in range(1, 12):
        slow = [(10 * at, 20 * index, "a", "x" if at < index else "") for at in range(1000)]
        write_run(tmp_path / f"run-{index}.jtl", slow)
    (tmp_path / "README.md").write_text("not a run", encoding="utf-8")
    for value in (f"'{tmp_path}/run-*.jtl'", str(tmp_path), ",".join(f"{tmp_path}/run-{n}.jtl" for n in range(1, 12))):
        found = answer(capsys, f"--file {value}")
        table = rows(found, "runs")
        assert [Path(label).name for label in table] == [f"run-{index}.jtl" for index in range(1, 12)]
        assert [row["p95"] for row in table.values()] == [0.02 * index for index in range(1, 12)]
        assert results(found)["failures"] == 66
    message = refused(capsys, f"--file {tmp_path} --intended-rate 5/s")
    assert "intended_rate: needs one run, but file names 11" in message


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            "--file {}/wrk2.txt --apdex-target 1s",
            "apdex_target: needs the latency of every request, but wrk2",
        ),
        ("--file {}/locust_stats.csv --percentiles 42%", "percentiles: p42: Locust (CSV) has only p50"),
        ("--file {}/jmeter.jtl,{}/k6.ndjson --percentiles 42%", "percentiles: needs one run, but file names 2"),
        ("--file {}/wrk2.txt --warm-up 3s", "warm_up: has no effect: wrk2 (text) does not say when each request"),
    ],
)
def test_an_input_without_effect_is_refused(capsys: pytest.CaptureFixture[str], call: str, message: str) -> None:
    assert message in refused(capsys, call.replace("{}", str(SAMPLES)))


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a run with hostile labels, failures, a warm-up and a gap."""
    folder, rng = tmp_path_factory.mktemp("page"), random.Random(3)
    names = [HOSTILE, "GET /api/v1/customers/{customerId}/orders/{orderId}/items", *(f"GET /{n}" for n in range(25))]
    run = write_run(folder / "run.jtl", [
        (20 * index + (30_000 if index > 9000 else 0),
         round((60 + max(0, 300 - index / 3)) * rng.lognormvariate(0, 0.5)),
         names[min(26, int(rng.expovariate(0.2)))],
         rng.choice(["Internal Server Error", "</title><b>"]) if rng.random() < 0.02 else "")
        for index in range(15_000)
    ])  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        assert main(["results", "summarize", "--file", run.name, "--apdex-target", "100ms", "--out", "page.html"]) == 0
    return folder / "page.html"


def test_the_page_needs_nothing_else_and_runs_no_script(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert "<script" not in text
    assert not re.search(r"https?:|//[a-z]|url\(|@import|\bon\w+=|<(link|img|iframe|object|base)\b", text)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&amp;&quot;'" in text
    assert "\x1b" not in text
    assert "&lt;/title&gt;&lt;b&gt;" in text
    assert text.count("<svg") == 2 * 4
    for heading in ("Latency over time", "Throughput and failures", "Distribution of the latency", "Endpoints"):
        assert f"<h2>{heading}</h2>" in text
    assert "end of the warm-up" in text
    assert "<dt>All requests</dt><dd>15000</dd>" in text
    assert "@media print" in text
    ids = re.findall(r' id="([^"]+)"', text)
    assert len(ids) == len(set(ids))


@pytest.mark.skipif(browser.path() is None, reason="needs a Chromium on PATH")
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [400, 1400])
def test_a_browser_shows_the_page_without_a_finding(
    page: Path, tmp_path_factory: pytest.TempPathFactory, width: int, dark: bool
) -> None:
    script = browser.axe(tmp_path_factory.getbasetemp() / "axe")
    seen, console = browser.look(page, width, dark=dark, script=script or "")
    assert console == []
    assert seen["dark"] is dark
    assert seen["width"] <= width
    if script is None:
        pytest.skip("axe-core could not be fetched; the rest passed")
    assert seen["violations"] == []


@pytest.mark.skipif(browser.path() is None, reason="needs a Chromium on PATH")
def test_paper_has_the_charts_and_not_the_values_that_they_show(page: Path, tmp_path: Path) -> None:
    """The series of 120 times would take two pages by itself."""
    text = page.read_text(encoding="utf-8")
    assert len(re.findall('<details class="screen"><summary>Table of these values', text)) == 2
    assert "summary, details.screen { display: none }" in text
    command = [browser.path() or "", "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer"]
    for hidden, content in ((True, text), (False, text.replace(' class="screen"', ""))):
        file, paper = tmp_path / "page.html", tmp_path / "page.pdf"
        file.write_text(content, encoding="utf-8")
        subprocess.run(
            [*command, f"--print-to-pdf={paper}", file.as_uri()], check=True, capture_output=True, timeout=60
        )
        pages = len(re.findall(rb"/Type /Page\b", paper.read_bytes()))
        assert (pages <= 5) is hidden, pages


def test_a_run_without_times_has_a_page(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for call in ("--values 80ms:9000,120ms:900", "--values 0ms:3", f"--file {SAMPLES / 'wrk2.txt'}",
                 f"--file {SAMPLES / 'jmeter.jtl'},{SAMPLES / 'k6.ndjson'}"):  # fmt: skip
        assert main([*shlex.split(f"results summarize {call}"), "--format", "html"]) == 0
        text = capsys.readouterr().out
        assert text.startswith("<!DOCTYPE html>")
        assert "<h1>" in text
