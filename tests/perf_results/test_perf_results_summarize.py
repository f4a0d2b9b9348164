"""Percentiles against exact ones, intervals, warm-up, coordinated omission, memory, and odd files."""

import gzip
import json
import math
import random
import shlex
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from acolytes_perf.cli import main
from acolytes_perf.methods.latency.histogram import FIRST_BITS, MAX_SLICES, MAX_VALUES
from acolytes_perf.methods.latency.percentiles import (
    LatencyDistribution,
    correct_coordinated_omission,
    design_effect,
    percentile_rank_interval,
)
from acolytes_perf.methods.runs.collector import RunCollector
from acolytes_perf.result_files.record import Batch, RequestKind, round_to_leading_bits
from perf_answers import latencies

HEADING = "timeStamp,elapsed,label,success\n"
SCRIPTS = Path(__file__).parents[2] / "scripts"
SAMPLES = Path(__file__).parent / "samples"

SUCCESS = RequestKind("", failed=False)


def jtl(path: Path, rows: list[tuple[int, int]]) -> Path:
    path.write_text(HEADING + "".join(f"{at},{elapsed},a,true\n" for at, elapsed in rows), encoding="utf-8")
    return path


def summary(capsys: pytest.CaptureFixture[str], call: str) -> dict[str, Any]:
    code = main([*shlex.split(f"results summarize {call}"), "--json"])
    output, error = capsys.readouterr()
    assert (code, error) == (0, "")
    result: dict[str, Any] = json.loads(output, parse_constant=pytest.fail)
    return result


def by_name(result: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return latencies(result)


@pytest.mark.parametrize("count", [1, 2, 3, 99, 100, 101, 1003])
def test_percentiles_are_the_exact_ones_and_never_above_the_maximum(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, count: int
) -> None:
    rng = random.Random(count)
    latencies = [round(rng.lognormvariate(4, 1)) for _ in range(count)]
    file = jtl(tmp_path / "a", [(1000 * index, latency) for index, latency in enumerate(latencies)])
    got = by_name(summary(capsys, f"--set file={file} --set warm_up=none"))
    for name, share in (("p50", 0.5), ("p90", 0.9), ("p95", 0.95), ("p99", 0.99), ("p99.9", 0.999)):
        # the definition itself: the smallest value that at least this share does not exceed
        exact = min(one for one in latencies if sum(other <= one for other in latencies) >= share * count - 1e-9)
        assert got[name]["value"] == exact / 1000
        assert got[name]["value"] <= got["max"]["value"]
    assert got["mean"]["value"] == pytest.approx(sum(latencies) / count / 1000)


def test_two_values_have_no_percentile_above_the_larger(capsys: pytest.CaptureFixture[str]) -> None:
    got = by_name(summary(capsys, "--set values=100ms,1000ms --set percentiles=95%"))
    assert got["p95"]["value"] == 1


def test_too_many_different_values_keep_their_leading_bits() -> None:
    rng = random.Random(1)
    latencies = [int(rng.lognormvariate(18, 1)) for _ in range(MAX_VALUES * 5 // 4)]
    collector = RunCollector()
    for start in range(0, len(latencies), 5000):
        collector.add(Batch(latencies[start : start + 5000], 1, [SUCCESS] * 5000, [start / 100] * 5000))
    collector.finish()
    tally = collector.whole
    assert len(tally.counts) <= MAX_VALUES
    assert len(tally.slices) <= MAX_SLICES
    assert tally.bits is not None
    assert tally.bits <= FIRST_BITS
    latencies.sort()
    spread = LatencyDistribution(tally.counts)
    for share in (0.01, 0.5, 0.99, 0.9999):
        exact = latencies[math.ceil(share * len(latencies)) - 1]
        assert abs(spread.percentile(share) - exact) <= exact * 2.0**-tally.bits
    assert tally.requests == spread.requests == len(latencies)


def test_leading_bits_round_to_the_nearest() -> None:
    rng = random.Random(2)
    for _ in range(3000):
        value, bits = rng.getrandbits(rng.randrange(1, 60)), rng.randrange(2, 20)
        kept = round_to_leading_bits(value, bits)
        assert abs(kept - value) <= value * 2.0**-bits
        assert round_to_leading_bits(kept, bits) == kept


def test_an_interval_is_wider_where_slices_differ_and_covers_the_percentile() -> None:
    rng = random.Random(3)
    totals = [200] * 100
    steady = [sum(rng.random() < 0.1 for _ in range(200)) for _ in totals]
    level, waves = 0.0, []
    for _ in totals:
        level = 0.8 * level + rng.gauss(0, 0.03)
        waves.append(round(200 * min(0.9, max(0.0, 0.1 + level))))
    calm, stormy = design_effect(totals, steady), design_effect(totals, waves)
    assert calm is not None
    assert stormy is not None
    assert calm < 2.5
    assert stormy > 5
    assert design_effect([200] * 5, [20] * 5) is None
    narrow, wide = percentile_rank_interval(20_000, 0.9, calm), percentile_rank_interval(20_000, 0.9, stormy)
    assert narrow is not None
    assert wide is not None
    assert wide[0] < narrow[0] < 18_000 < narrow[1] < wide[1]
    assert percentile_rank_interval(400, 0.99, 1) is None


@pytest.mark.parametrize("utilisation", [0.5, 0.8])
def test_intervals_of_a_queue_cover_its_p99(request: pytest.FixtureRequest, utilisation: float) -> None:
    trials, rng, held = 200 if request.config.getoption("--full") else 20, random.Random(4), 0
    true = -math.log(0.01) / (1 - utilisation)  # M/M/1, service time 1
    for _ in range(trials):
        now = free = 0.0
        for _ in range(2000):  # from empty to steady
            now += rng.expovariate(utilisation)
            free = max(free, now) + rng.expovariate(1)
        latencies, times = [], []
        for _ in range(10_000):
            now += rng.expovariate(utilisation)
            free = max(free, now) + rng.expovariate(1)
            latencies.append(int((free - now) * 1e9))
            times.append(now)
        collector = RunCollector()
        collector.add(Batch(latencies, 1, [SUCCESS] * len(latencies), times))
        collector.finish()
        tally = collector.whole
        spread = LatencyDistribution(tally.counts)
        slices = [tally.slices[number] for number in sorted(tally.slices)]
        value = round_to_leading_bits(spread.percentile(0.99), 8)
        above = [sum(count for one, count in part.counts.items() if one > value) for part in slices]
        ranks = percentile_rank_interval(10_000, 0.99, design_effect([part.requests for part in slices], above) or 1.0)
        held += ranks is None or spread.at_rank(ranks[0]) <= true * 1e9 <= spread.at_rank(ranks[1])
    assert held / trials >= (0.8 if trials < 100 else 0.85)  # uncorrected ones: 0.57 and 0.25


def test_warm_up_is_cut_visibly_and_only_where_there_is_one(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    rng = random.Random(5)
    steady = [round(100 * rng.lognormvariate(0, 0.3)) for _ in range(6000)]
    warming = [latency + max(0, 400 - index // 2) for index, latency in enumerate(steady)]
    calm, warm = (
        jtl(tmp_path / str(index), [(10 * place, one) for place, one in enumerate(latencies)])
        for index, latencies in enumerate((steady, warming))
    )
    got = summary(capsys, f"--set file={calm}")
    assert "warm_up" not in by_name(got)
    got = summary(capsys, f"--set file={warm}")
    cut = by_name(got)["warm_up"]["value"]
    assert 5 <= cut <= 12
    assert "left out as warm-up" in got["answer"]
    left = 6000 - by_name(got)["requests"]["value"]
    assert any(f"Warm-up: {left} requests" in text for text in got["assumptions"])
    assert left == pytest.approx(100 * cut, abs=2)
    # what is left is counted exactly
    rest = sorted(latency for place, latency in enumerate(warming) if place >= left)
    assert by_name(got)["p99"]["value"] == rest[math.ceil(0.99 * len(rest)) - 1] / 1000
    assert by_name(summary(capsys, f"--set file={warm} --set warm_up=none"))["requests"]["value"] == 6000
    assert by_name(summary(capsys, f"--set file={warm} --set warm_up=10s"))["requests"]["value"] == 5000
    assert main(["results", "summarize", "--set", f"file={calm}", "--set", "warm_up=2h"]) == 2
    assert "warm_up: '2h' is longer than the run; try:" in capsys.readouterr().err


def test_coordinated_omission_is_corrected(capsys: pytest.CaptureFixture[str]) -> None:
    raw = summary(capsys, "--set values=1ms:10000,100s:1")
    # counted values do not show whether users waited
    assert "coordinated_omission" not in {warning["code"] for warning in raw["warnings"]}
    assert by_name(raw)["p99"]["value"] == 0.001
    corrected = summary(capsys, "--set values=1ms:10000,100s:1 --set intended_rate=5k/s --set users=50")
    assert "coordinated_omission" not in {warning["code"] for warning in corrected["warnings"]}
    assert by_name(corrected)["p99"]["value"] == pytest.approx(98, rel=1e-3)
    assert by_name(corrected)["added"]["value"] == 9999
    assert correct_coordinated_omission({10: 3, 25: 2}, 10) == {10: 3, 25: 2, 15: 2}
    assert Counter(correct_coordinated_omission({40: 1}, 10)) == Counter([40, 30, 20, 10])


def test_nothing_is_added_to_a_run_that_kept_its_rate(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    # 100/s for 60 s, one of them slow
    file = jtl(tmp_path / "run.jtl", [(10 * at, 3000 if at == 2000 else 20) for at in range(6000)])
    for rate, is_met in (("100/s", True), ("101/s", True), ("104/s", False)):
        result = summary(capsys, f"--set file={file} --set warm_up=none --set users=10 --set intended_rate={rate}")
        assert ("rate_was_met" in {warning["code"] for warning in result["warnings"]}) is is_met
        assert ("added" in by_name(result)) is not is_met
    (warning,) = (one for one in summary(capsys, f"--set file={file} --set intended_rate=100/s")["warnings"]
                  if one["code"] == "rate_was_met")  # fmt: skip
    assert "reaches the intended 100/s: no requests are added" in warning["message"]
    assert "--expected-interval 10ms" in warning["fix"]


def test_the_picture_shows_the_percentiles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["results", "summarize", "--set", "values=80ms:9000,120ms:900,400ms:99,900ms:1", "--out", "a.svg"]) == 0
    text = Path("a.svg").read_text(encoding="utf-8")
    assert all(f">{percent} %<" in text for percent in ("50", "99", "99.9"))


MEASURE = """
import resource, sys
from acolytes_perf.cli import main
assert main(["results", "summarize", "--set", "file=" + sys.argv[1], "--json"]) == 0
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)
"""


def test_memory_is_flat_in_the_size_of_the_file(tmp_path: Path) -> None:
    peaks = []
    for rows in (300_000, 900_000):  # more than are kept to be counted together
        rng = random.Random(6)
        file = tmp_path / str(rows)
        with file.open("w", encoding="utf-8") as stream:
            stream.write(HEADING)
            stream.writelines(f"{index},{rng.randrange(4000)},a,true\n" for index in range(rows))
        words = [sys.executable, "-c", MEASURE, str(file)]
        done = subprocess.run(words, env={"PYTHONPATH": str(SCRIPTS)}, capture_output=True, text=True, check=True)
        peaks.append(int(done.stderr))
    # in KiB on Linux, in bytes on macOS
    assert peaks[1] - peaks[0] < 8 * 1024 * (1024 if sys.platform == "darwin" else 1)


POINT = b'{"metric":"http_req_duration","type":"Point","data":'


def odd_files() -> list[tuple[str, bytes, str]]:
    """Name, content, and the start of the error after the file's name."""
    point = (
        b'{"metric":"http_req_duration","type":"Point","data":{"time":"2026-01-02T03:04:05Z","value":%s,"tags":{}}}\n'
    )
    unknown_format = "is not a known result file"
    return [
        ("empty", b"", "is empty"),
        ("blanks", b" \n\n", "is empty"),
        ("bom", b"\xef\xbb\xbf", unknown_format),
        ("zeros", b"\0" * 5000, unknown_format),
        ("random", random.Random(7).randbytes(5000), unknown_format),
        ("text", b"hello\n", unknown_format),
        ("utf16", "timeStamp,elapsed\n".encode("utf-16"), "is UTF-16"),
        ("png", b"\x89PNG\r\n\x1a\n" + b"\0" * 99, unknown_format),
        ("html", b"<html><body>no</body></html>", unknown_format),
        ("json", b"{}", unknown_format),
        ("list", b"[1, 2, 3]", unknown_format),
        ("csv", b"a,b,c\n1,2,3\n", unknown_format),
        ("deep", b"[" * 90_000, unknown_format),
        ("heading", HEADING.encode(), "is JMeter JTL (CSV) without any request"),
        ("gzip of nothing", gzip.compress(b""), "is empty"),
        ("gzip of text", gzip.compress(b"hello"), unknown_format),
        ("gzip cut", gzip.compress(b"hello")[:6], "is truncated gzip without any content"),
        ("no gzip", b"\x1f\x8b" + b"hello" * 20, "is damaged gzip"),
        ("bomb", gzip.compress(point % b"1" + b" " * 80_000_000), "expands to more than 250 times its size"),
        ("negative", HEADING.encode() + b"1000,-5,a,true\n", "but not one of its lines can be read"),
        ("negative time", HEADING.encode() + b"-1000,5,a,true\n", "but not one of its lines can be read"),
        ("nan", HEADING.encode() + b"1000,NaN,a,true\n", "but not one of its lines can be read"),
        ("infinite", HEADING.encode() + b"1000,Infinity,a,true\n", "but not one of its lines can be read"),
        ("huge number", HEADING.encode() + b"1000,%s,a,true\n" % (b"9" * 3000), "but not one of its lines can be read"),
        ("an age", HEADING.encode() + b"1000,999999999999,a,true\n", "but not one of its lines can be read"),
        ("success", HEADING.encode() + b"1000,5,a,maybe\n", "but not one of its lines can be read"),
        ("huge line", HEADING.encode() + b"x" * 3_000_000 + b"\n", "but not one of its lines can be read"),
        *[
            (f"k6 value {value!r}", point % value, "but not one of its lines can be read")
            for value in (b"-1", b"NaN", b"1e400", b'"5"', b"null", b"[]", b"1e18", b"-Infinity", b"{}", b"")
        ],
        *[
            (f"k6 line {index}", line + b"\n" + point % b"-1", "but not one of its lines can be read")
            for index, line in enumerate(
                [
                    b'{"metric":"http_req_duration","type":"Point"}',
                    POINT + b"7}",
                    POINT + b'{"time":5,"value":1,"tags":{}}}',
                    POINT + b'{"time":"","value":1,"tags":{}}}',
                    POINT + b'{"time":"yesterday","value":1,"tags":{}}}',
                    POINT + b'{"time":"2026-13-02T03:04:05Z","value":1,"tags":{}}}',
                    POINT + b'{"value":1,"tags":{}}}',
                    POINT + b'{"time":"2026-01-02T03:04:05Z","value":1,"tags":[]}}',
                    POINT + b'{"time":"2026-01-02T03:04:05Z","value":1,"tags":{"name":5}}}',
                    POINT + b"" + b"[" * 5000,
                ]
            )
        ],
        *[
            (f"summary {index}", text, "")
            for index, text in enumerate(
                [
                    b'{"metrics":{}}',
                    b'{"metrics":[]}',
                    b'{"metrics":{"http_req_duration":5}}',
                    b'{"metrics":',
                    b'{"metrics":{"http_req_duration":{"avg":"x"},"http_reqs":{"count":-1}}}',
                    b'{"metrics":{"http_req_duration":{"avg":NaN},"http_reqs":{"count":1}}}',
                    b'{"aggregate":{}}',
                    b'{"aggregate":null}',
                    b'{"aggregate":{"counters":{"http.requests":5}}}',
                    b'{"aggregate":{"counters":[1],"codes":{"200":"x"}}}',
                    b'{"aggregate":{"counters":{"http.requests":1e30}}}',
                    b'{"summary":{"successRate":1}}',
                    b'{"summary":[],"successRate":1}',
                    b'{"summary":{"successRate":1},"statusCodeDistribution":[200]}',
                    b'{"latencies":{"50th":1}}',
                    b'{"latencies":[],"50th":1}',
                    b'{"latencies":{"50th":1,"xth":2},"requests":"many"}',
                    b'{"numberOfRequests":{"total":"-"},"percentiles1":{}}',
                    b'{"stats":[],"numberOfRequests":1,"percentiles1":2}',
                    b'{"schema":"acolytes.perf/1","command":"results summarize","results":[1]}',
                    b'{"schema":"acolytes.perf/1","command":"results summarize","results":5}',
                    b'{"schema":"acolytes.perf/1","command":"results summarize","results":[{"name":5,"value":true}]}',
                    b"Running 2s test\n  Thread Stats\n",
                    b"Running 2s test\n  Thread Stats\n  0 requests in 2.00s, 0B read\n",
                    b"Running 2s test\n  Thread Stats\n  5 requests in 2.00 years, 0B read\n",
                    b"Summary:\n Fastest: x\n Requests/sec: y\n",
                    b"Summary:\n Fastest: 1.1.1 secs\n Requests/sec: 1..2\n",
                    b"Requests      [total, rate]  x\nDuration\nLatencies     [min]  5\n",
                    b"Requests  \nLatencies ",
                    b"Type,Name,Request Count,Failure Count,Average Response Time\n",
                    b"Type,Name,Request Count,Failure Count,Average Response Time\n,Aggregated,x,y,z\n",
                    b"Type,Name,Request Count,Failure Count,Average Response Time\n,Aggregated\n",
                    b"Type,Name,Request Count,Failure Count,Average Response Time\n,Aggregated,5,9,1\n",
                    b"Timestamp,Name,Total Request Count,Total Average Response Time\nnever,Aggregated,nan,inf\n",
                    b"<testResults",
                    b"<testResults><a></b>",
                    b'<testResults><sample t="x" ts="1"/></testResults>',
                    b'<!DOCTYPE a [<!ENTITY b "c">]><testResults>&b;</testResults>',
                    b"<testResults/>",
                    b'<testResults><sample t="-1" ts="1" s="true"/></testResults>',
                    b"RUN\tx\n",
                    b"RUN\tx\nREQUEST\tbroken\n",
                    b"RUN\tx\nREQUEST\t\ta\t1760000000009\t1760000000001\tOK\n",
                    b"\0\0\0\0\x063.12.0",
                    b"\x0a\xff\x81\x03\x01\x01\x06Result\x01\xff\x82\x00\x01\x0a\x01\x06Attack\x01\x0c\x00\x01\x07Latency",
                    b'{"attack":"","latency":"x","code":200}\n',
                    b'{"attack":"","latency":5,"code":"200"}\n',
                    b'{"attack":"","latency":true,"code":200,"timestamp":"2026-01-02T03:04:05Z"}\n',
                    b'{"attack":[],"latency":\n',
                    b'{"attack":"","latency":5,"code":200,"timestamp":5}\n',
                    b'"StartTimestamp","Interval_Compressed_Histogram"\n',
                    b'"Interval_Compressed_Histogram"\n1,2,3,HISTFAAAA\n',
                    b'"Interval_Compressed_Histogram"\n1,2,3,%s\n' % (b"A" * 500),
                    b'"Interval_Compressed_Histogram"\n1,nan,inf,x\n',
                    b'"Interval_Compressed_Histogram"\n1,2,3,HISTFAAAABx4nJNpmSzMwMAgygABAFtSBGk=\n',
                    b'"Interval_Compressed_Histogram"\n\xff\xfe\n',
                    b"response-time,status-code,offset\n",
                    b"response-time,status-code,offset\ninf,200,0\n",
                    b"response-time,status-code,offset\n-1,200,0\n",
                    b"response-time,status-code,offset\n1,ok,0\n",
                    b"metric_name,timestamp,metric_value\n",
                    b"metric_name,timestamp,metric_value\nhttp_req_duration,x,1\n",
                    b"metric_name,timestamp,metric_value\nhttp_req_duration,5,inf\n",
                    b"metric_name,timestamp,metric_value\nother,5,1\n",
                ]
            )
        ],
    ]


def test_unusual_files_are_refused_in_one_line_with_a_fix(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    cases = odd_files()
    assert len(cases) >= 100
    file = tmp_path / "result"
    for name, content, refusal in cases:
        file.write_bytes(content)
        code = main(["results", "summarize", "--set", f"file={file}"])
        output, error = capsys.readouterr()
        assert (code, output) == (2, ""), (name, error, output)
        assert error.startswith(f"acolytes-perf: file: '{str(file)[:20]}"), (name, error)
        assert refusal in error, (name, error)
        assert error.count("\n") == 1, name
        assert "; try: acolytes-perf results summarize --help" in error, name


def test_k6_lines_with_blanks_are_valid(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Programs that rewrite such files put a blank after colons and commas."""
    lines = (SAMPLES / "k6.ndjson").read_text("utf-8").splitlines()
    file = tmp_path / "blanks.ndjson"
    file.write_text("".join(json.dumps(json.loads(line)) + "\n" for line in lines), encoding="utf-8")
    result, other = (summary(capsys, f"--set file={one}") for one in (file, SAMPLES / "k6.ndjson"))
    assert result["results"] == other["results"]
    assert [one["code"] for one in result["warnings"]] == [one["code"] for one in other["warnings"]]


def test_few_requests_with_a_warm_up_are_warned_of(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = jtl(tmp_path / "a.jtl", [(1000 * index, 20 + index % 7) for index in range(40)])
    for warm, is_said in (("none", True), ("auto", False)):
        result = summary(capsys, f"--set file={file} --set warm_up={warm}")
        (fix,) = (one["fix"] for one in result["warnings"] if one["code"] == "few_requests")
        assert ("--warm-up auto" in fix) is is_said


def test_a_mixed_encoding_and_odd_lines_between_good_ones_are_counted(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    good = [
        f"{index},{index % 50},caf\u00e9,true\n".encode("latin-1" if index % 2 else "utf-8") for index in range(1000)
    ]
    good[500:500] = [b"1,2,3\n", b"\n", b"x" * 1_200_000 + b"\n", b"1,2,3,true,5\n", b"1,2,3\n", b"1,2,a,true,9,9\n"]
    file = tmp_path / "a"
    file.write_bytes(b"\xef\xbb\xbf" + HEADING.encode().replace(b"\n", b"\r\n") + b"".join(good))
    result = summary(capsys, f"--set file={file} --set warm_up=none")
    assert by_name(result)["requests"]["value"] == 1000
    (warning,) = (one for one in result["warnings"] if one["code"] == "corrupt_lines")
    assert warning["message"].startswith("5 lines could not be read")
