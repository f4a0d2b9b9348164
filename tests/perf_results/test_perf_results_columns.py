"""Any file by `--columns`, and access logs: right figures, one line for what does not fit, and no traceback."""

import importlib
import random
from pathlib import Path

import pytest

from acolytes_perf.cli import main
from acolytes_perf.errors import InputError
from acolytes_perf.inputs.columns import RESULT_ROLES, parse_columns
from acolytes_perf.methods.runs.load_test import LoadTestRun, read_run
from acolytes_perf.result_files import FORMATS
from acolytes_perf.result_files.meanings import MEANINGS

SAMPLES = Path(__file__).parent / "samples"
CSV = """ts;latency;path;code
2026-01-01T00:00:00Z;12;/a/1;200
2026-01-01T00:00:01.5Z;15;/a/2;500
2026-01-01T00:00:03Z;1000;/b;404
"""
CHOICE = "time=ts,duration=ms:latency,label=path,status=code"
NGINX = '1.2.3.4 - - [10/Oct/2025:13:55:{second:02} +0000] "{request}" {status} 12 "-" "{agent}" {end}\n'


def run_of(file: Path, content: str, columns: str | None = None, label: str | None = None) -> LoadTestRun:
    file.write_text(content, encoding="utf-8")
    return read_run(str(file), "/file", label, "none", parse_columns(columns, RESULT_ROLES) if columns else ())


def refusal(file: Path, content: str, columns: str | None = None) -> str:
    with pytest.raises(InputError) as caught:
        run_of(file, content, columns)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def latencies(run: LoadTestRun) -> list[float]:
    return sorted(value / 1e6 for value, count in run.whole.counts.items() for _ in range(count))


def nginx(*requests: tuple[int, str, int, str], agent: str = "UA") -> str:
    return "".join(
        NGINX.format(second=second, request=request, status=status, agent=agent, end=end)
        for second, request, status, end in requests
    )


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_columns_of_delimited_text(tmp_path: Path, delimiter: str) -> None:
    run = run_of(tmp_path / "f", CSV.replace(";", delimiter), CHOICE)
    assert (run.whole.requests, run.whole.failed) == (3, 2)
    assert latencies(run) == [12, 15, 1000]
    assert run.duration == pytest.approx(4)
    assert set(run.endpoints) == {"/a/1", "/a/2", "/b"}
    assert run.whole.causes == {("500", ""): 1, ("404", ""): 1}


@pytest.mark.parametrize(
    ("unit", "cells", "expected"),
    [("us:", "1500", 1.5), ("s:", "0.25", 250), ("ns:", "2000000", 2), ("", "12ms", 12), ("", "1.5s", 1500)],
)
def test_units_of_durations(tmp_path: Path, unit: str, cells: str, expected: float) -> None:
    run = run_of(tmp_path / "f", f"ts,took\n1767225600,{cells}\n1767225601,{cells}\n", f"time=ts,duration={unit}took")
    assert latencies(run) == [pytest.approx(expected)] * 2
    assert run.whole.failed == 0
    assert not run.whole.has_outcomes


def test_a_heading_may_have_the_unit(tmp_path: Path) -> None:
    assert latencies(run_of(tmp_path / "f", "at,latency_ms\n1767225600,7\n", "duration=latency_ms")) == [7]


def test_members_of_ndjson_and_folded_ids(tmp_path: Path) -> None:
    lines = '{"t":1767225600123,"http":{"ms":12,"path":"/a/12"},"ok":true}\n{"t":1767225601123,"http":{"ms":14,"path":"/a/9"},"ok":false}\n'  # noqa: E501
    run = run_of(tmp_path / "f", lines, "time=t,duration=ms:http.ms,label=fold:http.path,success=ok")
    assert (run.whole.requests, run.whole.failed) == (2, 1)
    assert run.duration == pytest.approx(1.014)
    assert list(run.endpoints) == ["/a/{id}"]


def test_codes_of_grpc_and_words(tmp_path: Path) -> None:
    text = "ts,ms,code\n1767225600,1,0\n1767225601,2,14\n"
    assert run_of(tmp_path / "f", text, "duration=ms:ms,status=code").whole.failed == 1
    text = "ts,ms,code\n1767225600,1,OK\n1767225601,2,UNAVAILABLE\n"
    assert run_of(tmp_path / "f", text, "duration=ms:ms,status=code").whole.failed == 1


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ("duration=ms:latncy", "has no column 'latncy' (did you mean latency?)"),
        ("duration=ms:zzz", "it has ts, latency, path, code"),
        ("duration=latency", "the duration needs its unit: write duration=ms:latency"),
        ("duration=kg:latency", "'kg' is not a unit of time"),
        ("time=ts", "needs the column of the durations"),
        ("duration=ms:latency,label=latency", "names the column 'latency' twice"),
        ("duration=ms:latency,duration=ms:code", "names two columns for duration"),
        ("duration=ms:path", "cannot be read"),
        ("duration=ms:latency,time=path", "the time 'path' cannot be read"),
        ("duration=ms:latency,success=path", "is neither true nor false"),
        ("duration=ms:latency,status=path", "is neither a code nor a word"),
        ("duration=ms:latency,statos=code", "is not a role of a column here (did you mean status?)"),
    ],
)
def test_what_does_not_fit_is_refused(tmp_path: Path, columns: str, message: str) -> None:
    assert message in refusal(tmp_path / "f", CSV, columns)


def test_columns_without_a_file_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["results", "summarize", "--values", "80ms:9", "--columns", "duration=ms:a"]) == 2
    assert "columns: needs a result file" in capsys.readouterr().err


def test_names_of_a_log_are_without_query_string_and_host(tmp_path: Path) -> None:
    log = nginx((1, "GET /a?x=1 HTTP/1.1", 200, "0.250"), (2, "GET http://h/a?x=2 HTTP/1.1", 404, "0.100"))
    run = run_of(tmp_path / "f", log)
    assert list(run.endpoints) == ["GET /a"]
    assert run.whole.causes == {("404", ""): 1}
    assert latencies(run) == [100, 250]
    # the log has the time of the end: from 13:55:00.75 to 13:55:02
    assert run.duration == pytest.approx(1.25)


def test_a_quoted_agent_cannot_forge_a_duration(tmp_path: Path) -> None:
    log = nginx((1, "GET /a HTTP/1.1", 200, "0.250"), (2, "GET /a HTTP/1.1", 200, "0.100"))
    log += nginx((3, "GET /a HTTP/1.1", 200, "0.300"), agent=r"x \" 9.000 y")
    assert latencies(run_of(tmp_path / "f", log)) == [100, 250, 300]


@pytest.mark.parametrize(
    ("end", "expected"),
    [
        ("0.250 0.240", 250), ("rt=0.250 uct=0.001 urt=0.240", 250), ('rt=0.250 urt="0.240"', 250), ('"0.250"', 250),
        ("0.250 .", 250),
    ],
)  # fmt: skip
def test_forms_of_durations_in_nginx(tmp_path: Path, end: str, expected: float) -> None:
    log = nginx((1, "GET /a HTTP/1.1", 200, end), (2, "GET /a HTTP/1.1", 200, end))
    assert latencies(run_of(tmp_path / "f", log)) == [expected] * 2


def test_several_upstream_servers_are_added_and_none_is_zero(tmp_path: Path) -> None:
    log = nginx((1, "GET /a HTTP/1.1", 200, '"0.250"'), (2, "GET /a HTTP/1.1", 502, '"0.100, 0.200"'))
    log += nginx((3, "GET /a HTTP/1.1", 304, '"-"'))
    assert latencies(run_of(tmp_path / "f", log)) == [0, 250, 300]


def test_whole_numbers_need_a_unit_where_it_is_not_certain(tmp_path: Path) -> None:
    log = nginx((1, "GET /a HTTP/1.1", 200, "2"), (2, "GET /a HTTP/1.1", 200, "0"))
    assert "add --columns 'duration=us:field 10'" in refusal(tmp_path / "f", log)
    assert latencies(run_of(tmp_path / "f", log, "duration=s:field 10")) == [0, 2000]
    assert "has no column 'field 12'" in refusal(tmp_path / "f", log, "duration=s:field 12")
    assert "has no effect on an access log" in refusal(tmp_path / "f", log, "duration=s:field 10,success=status")


def test_ids_of_a_log_are_folded_only_on_request(tmp_path: Path) -> None:
    log = nginx((1, "GET /a/1 HTTP/1.1", 200, "0.250"), (2, "GET /a/2 HTTP/1.1", 200, "0.100"))
    assert set(run_of(tmp_path / "f", log).endpoints) == {"GET /a/1", "GET /a/2"}
    assert set(run_of(tmp_path / "f", log, "label=fold:request").endpoints) == {"GET /a/{id}"}


def test_a_log_without_durations_gives_requests_and_failures(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "access.log"
    file.write_text(nginx((1, "GET /a HTTP/1.1", 200, ""), (5, "GET /a HTTP/1.1", 500, "")).replace(" \n", "\n"))
    assert main(["results", "summarize", "--file", str(file)]) == 0
    output = capsys.readouterr().out
    assert "2 requests: 30/min; 50 % failed." in output
    assert "the log has no durations" in output


def test_a_failure_of_a_balancer_without_times_counts(tmp_path: Path) -> None:
    lines = (SAMPLES / "alb.log").read_text().splitlines(keepends=True)
    lost = lines[0].replace("0.001 0.019 0.001 200 200", "-1 -1 -1 504 -")
    run = run_of(tmp_path / "f", "".join([*lines, lost]))
    assert (run.whole.requests, run.whole.failed) == (61, 4)


def test_every_reader_has_its_row() -> None:
    assert set(MEANINGS) == {*FORMATS, "chosen_columns"}
    for name in MEANINGS:
        importlib.import_module(f"acolytes_perf.result_files.{name}")
    assert all(all(meaning) for meaning in MEANINGS.values())


def test_the_runs_of_a_log_of_siege_are_not_mixed(tmp_path: Path) -> None:
    content = (SAMPLES / "siege.log").read_text()
    assert "has 2 runs of siege" in refusal(tmp_path / "f", content + content.splitlines()[-1] + "\n")


def test_percentiles_of_ab_alone_are_refused(tmp_path: Path) -> None:
    assert "without the number of requests" in refusal(tmp_path / "f", "Percentage served,Time in ms\n0,4.638\n")


NEW = [
    "gatling_binary.log", "ab.txt", "ab.tsv", "autocannon.json", "ghz.json", "ghz_summary.json", "fortio.json",
    "siege.json", "siege.txt", "siege.log", "taurus.csv", "nginx.log", "apache.log", "alb.log", "envoy.log",
]  # fmt: skip


def damaged(content: bytes, rng: random.Random) -> bytes:
    """The content after one kind of damage."""
    at = rng.randrange(len(content) or 1)
    noise = rng.choice([b'"', b"-", b"[", b"{", b"999999999999999999999", b"nan", b"1e400"])
    value = rng.choice([b"-1", b"1e999", b"null", b"[]", b'"'])
    kinds = [
        content[:at],
        content[:at] + bytes(rng.randrange(256) for _ in range(9)) + content[at:],
        content[:at] + b"\0" * 5 + content[at + 3 :],
        content.replace(b"\n", b"\r\n", rng.randrange(9)),
        content.replace(b"\n", b"\r"),
        content[:at] + b"x" * 2_000_000 + content[at:],
        content[:at] + noise + content[at + 1 :],
        content.replace(b"0", value, rng.randrange(1, 9)),
        content + content,
    ]
    return rng.choice(kinds)


@pytest.mark.parametrize("name", [*NEW, "columns.csv", "columns.ndjson"])
def test_damaged_files_give_an_answer_or_one_line(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    more = []
    if name.startswith("columns"):
        more = ["--columns", CHOICE]
        json_lines = '{"ts":"2026-01-01T00:00:00Z","latency":12,"path":"/a","code":200}\n' * 9
        content = (CSV * 3 if name.endswith("csv") else json_lines).encode()
    else:
        content = (SAMPLES / name).read_bytes()
    rng = random.Random(name)
    file = tmp_path / "result"
    for _ in range(25):
        damage = content
        for _ in range(rng.randint(1, 3)):
            damage = damaged(damage, rng)
        file.write_bytes(damage)
        code = main(["results", "summarize", "--file", str(file), *more])
        output, error = capsys.readouterr()
        assert code in (0, 2, 3), error
        assert "a bug" not in error
        assert len(error.splitlines()) == (code != 0)
        assert bool(output) == (code == 0)
