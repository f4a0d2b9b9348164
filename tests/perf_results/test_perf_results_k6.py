"""k6's summaries in each of their forms, and runs of gRPC, WebSockets and the browser."""

import json
from pathlib import Path
from typing import Any

import pytest

from acolytes_perf.cli import main
from acolytes_perf.methods.runs.load_test import LoadTestRun, read_run
from acolytes_perf.result_files.record import ToolSummary
from perf_samples import SAMPLES

TREND = {"avg": 42.5, "min": 20, "med": 25, "max": 425, "p(90)": 55, "p(95)": 60}


def read(path: Path, document: Any) -> LoadTestRun:
    path.write_text(json.dumps(document))
    return read_run(str(path), "/file", None, "none")


def summary_of(run: LoadTestRun) -> ToolSummary:
    assert run.summary
    return run.summary


def machine_readable(metrics: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The form of `--new-machine-readable-summary`, by k6's machine_readable.go of version 2.2.0."""
    listed = [{"contains": "default", "name": name, "type": "x", "values": values} for name, values in metrics.items()]
    return {
        "config": {"duration": 20.0, "execution": "local"}, "metadata": {"k6Version": "2.2.0"},
        "results": {"metrics": listed}, "version": "1.0.0",
    }  # fmt: skip


def test_a_machine_readable_summary_has_the_length_of_the_test_and_the_version() -> None:
    run = read_run(str(SAMPLES / "k6_machine_summary.json"), "/file", None, "none")
    assert (run.duration, run.version, summary_of(run).requests, summary_of(run).failed) == (15, "2.2.0", 60, 3)


@pytest.mark.parametrize("form", ["export", "handled", "machine"])
@pytest.mark.parametrize("protocol", ["http", "browser_http"])
def test_every_form_gives_the_same_figures(tmp_path: Path, form: str, protocol: str) -> None:
    values: dict[str, dict[str, Any]] = {f"{protocol}_req_duration": TREND, "iterations": {"count": 40, "rate": 2}}
    failed = {"passes": 6, "fails": 114, "value": 0.05}
    if form == "export":
        document: Any = {"metrics": {**values, f"{protocol}_req_failed": failed}}
    elif form == "handled":
        failed["rate"] = failed.pop("value")
        values[f"{protocol}_req_failed"] = failed
        document = {"metrics": {name: {"type": "x", "values": value} for name, value in values.items()}}
        document["state"] = {"testRunDurationMs": 20_000}
    else:
        values[f"{protocol}_req_failed"] = {"matches": 6, "total": 120, "rate": 0.05}
        values["iterations"] = {"count": 40}
        document = machine_readable(values)
    found = summary_of(read(tmp_path / "a.json", document))
    assert (found.requests, found.failed, found.duration, found.mean, found.maximum) == (120, 6, 20, 0.0425, 0.425)
    assert found.percentiles == {0.5: 0.025, 0.9: 0.055, 0.95: 0.06}


def test_grpc_counts_its_calls_or_says_that_it_counts_iterations(tmp_path: Path) -> None:
    metrics: dict[str, dict[str, Any]] = {
        "grpc_req_duration": {**TREND, "count": 90},
        "iterations": {"count": 30, "rate": 3},
    }
    run = read(tmp_path / "a.json", {"metrics": metrics})
    assert (summary_of(run).requests, summary_of(run).failed, run.duration, list(run.notes)) == (90, None, 10, [])
    del metrics["grpc_req_duration"]["count"]
    run = read(tmp_path / "a.json", {"metrics": metrics})
    assert summary_of(run).requests == 30
    assert [note.partition(",")[0] for note in run.notes] == ["k6 counts no gRPC calls in this file"]
    assert read(tmp_path / "a.json", machine_readable(metrics)).duration == 20


def test_a_summary_of_websockets_alone_is_refused_with_a_way_out(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    metrics: dict[str, dict[str, Any]] = {"ws_sessions": {"count": 9, "rate": 1}, "ws_session_duration": TREND}
    for document in ({"metrics": metrics}, machine_readable(metrics)):
        (tmp_path / "a.json").write_text(json.dumps(document))
        assert main(["results", "summarize", "--file", str(tmp_path / "a.json")]) == 2
        error = capsys.readouterr().err
        assert "is k6 (summary) of WebSocket sessions, without any request: measure the answers by a Trend" in error


@pytest.mark.parametrize("metric", ["ws_session_duration", "browser_http_req_duration"])
def test_points_without_requests_can_be_read_as_the_message_says(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, metric: str
) -> None:
    lines: list[Any] = [{"type": "Metric", "data": {"name": name}, "metric": name} for name in (metric, "iterations")]
    for second in range(30):
        for name, value in ((metric, 100 + second), ("iterations", 1)):
            data = {"time": f"2026-01-02T03:04:{second:02}.5Z", "value": value, "tags": {"group": ""}}
            lines.append({"metric": name, "type": "Point", "data": data})
    file = tmp_path / "a.json"
    file.write_text("".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines))
    assert main(["results", "summarize", "--file", str(file)]) == 2
    error = capsys.readouterr().err
    assert f"is k6 (NDJSON) without any request; for its {metric} set --columns " in error
    options = error.partition("set ")[2].partition(";")[0].split()
    assert main(["results", "summarize", "--file", str(file), *options, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["answer"].startswith("30 requests: p50 114 ms, p90 126 ms")
    assert "Not counted as requests: 2 lines without data.value." in found["assumptions"]
