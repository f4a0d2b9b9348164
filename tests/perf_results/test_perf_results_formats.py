"""Every format by its sample, recognised by content alone; damaged files are tolerated or refused, never a bug."""

import gzip
import json
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from acolytes_perf.cli import main
from acolytes_perf.result_files import FORMATS
from acolytes_perf.result_files.k6 import choose_parser
from perf_answers import latencies
from perf_samples import FORMAT_OF, SAMPLES

#: What a file tells of its tool.
VERSIONS = {"gatling_binary.log": " 3.12.0", "fortio.json": " 1.60.3", "k6_machine_summary.json": " 2.2.0"}
#: Requests, share that failed, and latencies in milliseconds of the files that a real tool wrote.
REAL: dict[str, tuple[int, float | None, dict[str, float]]] = {
    "hey.txt": (300, 0.02, {"mean": 47.3, "min": 3.8, "p50": 48.0, "p99": 56.1, "max": 59.9}),
    "hey.csv": (200, 0.01, {"min": 5.3, "p50": 48.0, "p99": 63.6, "max": 64.1}),
    "locust_stats.csv": (405, 9 / 405, {"mean": 50.042056, "p50": 49, "p99": 62, "max": 79.483662}),
    "locust.json": (1207, 14 / 1207, {"mean": 17.584637, "min": 5.637348, "p50": 10, "p99": 48, "max": 110.931503}),
    "locust_stats_history.csv": (405, 9 / 405, {"mean": 50.042056, "p50": 49, "max": 79.483662}),
    "ab.txt": (300, 11 / 300, {"mean": 19, "min": 5, "p50": 20, "p90": 32, "p99": 33, "max": 34}),
    # ab's report interpolates between the two middle requests, and rounds up
    "ab.tsv": (300, None, {"min": 5, "p90": 31, "p99": 33, "max": 34}),
    "autocannon.json": (787, 21 / 787, {"mean": 18.51, "min": 4, "p50": 19, "p97.5": 32, "p99": 33, "max": 33}),
    "siege.json": (679, 18 / 679, {"mean": 20, "min": 0, "max": 40}),
    "siege.txt": (679, 18 / 679, {"mean": 20, "min": 0, "max": 40}),
    "siege.log": (679, 18 / 679, {"mean": 20}),
    "taurus.csv": (506, 0, {"mean": 20.34, "min": 5, "p50": 20, "p95": 34, "p99": 37, "p99.9": 85, "max": 85}),
    "wrk.txt": (210, 3 / 210, {"mean": 46.97, "p50": 47.97, "p99": 56.42, "max": 64.11}),
}
#: Of the requests of all other samples; a file has those that its format keeps.
WRITTEN = {"mean": 42.68333, "min": 20, "p50": 25, "p75": 40, "p90": 55, "p95": 55, "p99": 425, "max": 425}
KEEPS_REQUESTS = ["k6.ndjson", "k6.csv", "jmeter.jtl", "jmeter.xml", "gatling.log", "gatling_2.log", "vegeta.ndjson"]


def summarized(capsys: pytest.CaptureFixture[str], file: Path, *more: str) -> dict[str, Any]:
    words = [word for setting in (f"file={file}", *more) for word in ("--set", setting)]
    code = main(["results", "summarize", *words, "--json"])
    output, error = capsys.readouterr()
    assert (code, error) == (0, "")
    result: dict[str, Any] = json.loads(output, parse_constant=pytest.fail)
    return result


def values(result: dict[str, Any]) -> dict[str, Any]:
    return {name: figure["value"] for name, figure in latencies(result).items()}


def codes(result: dict[str, Any]) -> set[str]:
    return {warning["code"] for warning in result["warnings"]}


def test_every_sample_is_expected_and_every_format_has_one() -> None:
    there = {file.name for file in SAMPLES.iterdir()} - {"README.md", "releases"}
    assert there == set(FORMAT_OF)
    assert len(set(FORMAT_OF.values())) == len(FORMATS) - 1 + 3  # the baseline is our own, and four logs share a reader


@pytest.mark.parametrize("name", FORMAT_OF)
@pytest.mark.parametrize("zipped", [False, True])
def test_a_sample_gives_its_requests_errors_and_latencies(
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    name: str,
    zipped: bool,
) -> None:
    # a name that says nothing: the content tells
    file = tmp_path / "result"
    content = (SAMPLES / name).read_bytes()
    file.write_bytes(gzip.compress(content) if zipped else content)
    result = summarized(capsys, file, "warm_up=none")
    got = values(result)
    requests, failed, latencies = REAL.get(name, (60, 0.05, WRITTEN))
    assert any(f": {FORMAT_OF[name]}{VERSIONS.get(name, '')}, " in text for text in result["assumptions"])
    assert got["requests"] == requests
    if name not in ("hdr.hlog", "ab.tsv"):
        assert got["error_rate"] == pytest.approx(failed)
    tolerance = 1e-3 if name == "hdr.hlog" else 0.01 if name in ("gatling_stats.json", "wrk2.txt") else 1e-4
    shared = latencies.keys() & got.keys()
    assert {"mean", "p50", "max"} & shared
    assert {key: got[key] * 1000 for key in shared} == pytest.approx(
        {key: latencies[key] for key in shared}, rel=tolerance
    )
    assert all(value <= got["max"] for key, value in got.items() if key[1:2].isdigit() and "max" in got)


@pytest.mark.parametrize("name", KEEPS_REQUESTS)
def test_a_label_picks_its_requests(capsys: pytest.CaptureFixture[str], name: str) -> None:
    assert values(summarized(capsys, SAMPLES / name, "label=POST /pay"))["requests"] == 20
    assert main(["results", "summarize", "--set", f"file={SAMPLES / name}", "--set", "label=GET /nothing"]) == 2
    assert "'GET /nothing' is not a request of this file; it has GET /api, POST /pay" in capsys.readouterr().err


@pytest.mark.parametrize("name", KEEPS_REQUESTS)
def test_corrupt_lines_are_counted_and_a_truncated_last_line_is_reported(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, name: str
) -> None:
    content = (SAMPLES / name).read_bytes()
    file = tmp_path / name
    shutil.copy(SAMPLES / name, file)
    whole = values(summarized(capsys, file))["requests"]
    end = content.rindex(b"REQUEST") + 20 if name.startswith("gatling") else len(content) - 40
    file.write_bytes(content[:end])
    result = summarized(capsys, file)
    assert "cut_off" in codes(result)
    assert "corrupt_lines" not in codes(result)
    assert whole - 2 <= values(result)["requests"] <= whole
    if name != "jmeter.xml":
        lines = content.split(b"\n")
        file.write_bytes(b"\n".join([*lines[:9], b"\x00\xff garbage", b'{"metric":"http_req_duration"', *lines[9:]]))
        result = summarized(capsys, file)
        (warning,) = (one for one in result["warnings"] if one["code"] == "corrupt_lines")
        assert warning["message"].startswith("2 lines could not be read")
        assert values(result)["requests"] == whole


@pytest.mark.parametrize("name", sorted(FORMAT_OF))
def test_a_file_truncated_anywhere_gives_an_answer_or_one_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, name: str
) -> None:
    content = (SAMPLES / name).read_bytes()
    file = tmp_path / "result"
    for part in range(1, 24):
        file.write_bytes(content[: len(content) * part // 24])
        code = main(["results", "summarize", "--set", f"file={file}"])
        _output, error = capsys.readouterr()
        assert code in (0, 2), error
        assert error.count("\n") == (code == 2)


@pytest.mark.parametrize("line", [
    b'{"metric":"http_req_duration","type":"Point","data":{"time":"2026-01-02T03:04:05.5Z","value":12.345678,"tags":%s}}'
    % tags
    for tags in (b"{}", b'{"expected_response":"false"}', b'{"status":"500"}', b'{"status":"0"}', b'{"status":"204"}',
                 b'{"expected_response":"true","status":"404","name":"a\\u00e9"}', b"[]", b"null", b'{"name":5}', b"{")
])  # fmt: skip
def test_k6_lines_mean_the_same_with_msgspec_and_without(monkeypatch: pytest.MonkeyPatch, line: bytes) -> None:
    pytest.importorskip("msgspec")

    def read() -> object:
        try:
            return choose_parser()(line)
        except ValueError:
            return None

    fast = read()
    monkeypatch.setitem(sys.modules, "msgspec", None)
    assert read() == fast
    assert fast is None or fast[1] == 12_345_678  # type: ignore[index]


def test_a_baseline_is_written_and_read_again(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["results", "summarize", "--set", f"file={SAMPLES / 'k6.ndjson'}", "--out", "base.json"]) == 0
    first = values(json.loads(Path("base.json").read_text()))
    capsys.readouterr()
    again = values(summarized(capsys, Path("base.json")))
    assert {name: again[name] for name in ("requests", "p95", "max")} == {
        name: first[name] for name in ("requests", "p95", "max")
    }
