"""Files with more endpoints than have figures of their own, against counting in a dictionary."""

from __future__ import annotations

import json
import random
import re
import sys
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from acolytes_perf.cli import main
from acolytes_perf.methods.runs.load_test import LoadTestRun, read_run
from acolytes_perf.outputs.endpoint_warnings import endpoint_warnings, hold_ids
from acolytes_perf.result_files import endpoint_names, parallel
from acolytes_perf.result_files.endpoint_names import NameCounts

HEADING = "timeStamp,elapsed,label,responseCode,responseMessage,threadName,dataType,success,failureMessage"
Requests = list[tuple[int, int, str, bool]]


def requests_of(seed: int, rows: int, names: int) -> Requests:
    """Some names have many requests, and most only a few; the many appear late."""
    rng = random.Random(seed)
    common = [f"POST /common/{number}" for number in range(30)]
    made = []
    for row in range(rows):
        is_common = row > rows // 3 and rng.random() < 0.5
        name = rng.choice(common) if is_common else f"GET /é/{rng.randrange(names)}"
        made.append((1_760_000_000_000 + row * 7, rng.randrange(1, 900), name, rng.random() < 0.05))
    return made


def jtl(path: Path, requests: Requests) -> Path:
    lines = [
        f"{at},{elapsed},{name},{'500,Error' if failed else '200,OK'},t 1,text,{str(not failed).lower()},"
        for at, elapsed, name, failed in requests
    ]
    path.write_text("\n".join([HEADING, *lines]) + "\n", encoding="utf-8")
    return path


def k6(path: Path, requests: Requests) -> Path:
    with path.open("w", encoding="utf-8") as stream:
        for at, elapsed, name, failed in requests:
            seconds = at // 1000 - 1_760_000_000
            tags = {"name": name, "status": "500" if failed else "200", "expected_response": str(not failed).lower()}
            time = f"2025-10-09T{8 + seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{at % 1000:03}Z"
            point = {"metric": "http_req_duration", "type": "Point",
                     "data": {"time": time, "value": elapsed, "tags": tags}}  # fmt: skip
            stream.write(json.dumps(point, separators=(",", ":"), ensure_ascii=False) + "\n")
    return path


def check(run: LoadTestRun, requests: Requests) -> None:
    """Every endpoint with its own figures has all its requests, and the group has all others."""
    counts: defaultdict[str, Counter[int]] = defaultdict(Counter)
    failures: Counter[str] = Counter()
    for _, elapsed, name, failed in requests:
        counts[name][elapsed * 1_000_000] += 1
        failures[name] += failed
    names = [name for name in run.endpoints if name != run.other_name]
    assert run.whole.requests == len(requests)
    assert run.whole.failed == sum(failures.values())
    for name in names:
        assert run.endpoints[name].counts == counts[name]
        assert run.endpoints[name].failed == failures[name]
    assert run.other_endpoints == len(counts) - len(names)
    group = run.endpoints[run.other_name]
    others = sum((counts[name] for name in counts if name not in names), Counter())
    assert group.counts == others
    assert group.requests == sum(others.values())
    assert {f"POST /common/{number}" for number in range(30)} <= set(names)


@pytest.fixture(params=["fast", "plain"])
def extra(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "plain":
        monkeypatch.setitem(sys.modules, "numpy", None)
        monkeypatch.setitem(sys.modules, "msgspec", None)


@pytest.mark.usefixtures("extra")
@pytest.mark.parametrize("write", [jtl, k6])
@pytest.mark.parametrize("minimum", [1 << 60, 1 << 10])
def test_many_endpoints_are_one_group_with_their_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: object, minimum: int
) -> None:
    monkeypatch.setattr(parallel, "MIN_BYTES", minimum)
    requests = requests_of(1, 9000, 5000)
    path = write(tmp_path / "a", requests)  # type: ignore[operator]
    run = read_run(str(path), "/file", None, "none", endpoint_slices=False)
    assert len(run.endpoints) == endpoint_names.MAX_ENDPOINTS + 1
    check(run, requests)


@pytest.mark.usefixtures("extra")
def test_both_halves_have_few_names_and_the_file_has_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parallel, "MIN_BYTES", 1 << 10)
    rows = [(1_760_000_000_000 + row, 5, f"GET /{row % 700 + (row >= 4200) * 700}", False) for row in range(8400)]
    run = read_run(str(jtl(tmp_path / "a.jtl", rows)), "/file", None, "none", endpoint_slices=False)
    assert len(run.endpoints) == endpoint_names.MAX_ENDPOINTS + 1
    assert run.other_name == "400 other endpoints"
    assert {part.requests for name, part in run.endpoints.items() if name != run.other_name} == {6}


@pytest.mark.usefixtures("extra")
def test_the_requests_of_one_label_among_many(tmp_path: Path) -> None:
    requests = requests_of(2, 6000, 5000)
    requests.append((1_760_000_100_000, 77, "PUT /last", True))
    run = read_run(str(jtl(tmp_path / "a.jtl", requests)), "/file", "PUT /last", "none")
    assert (run.whole.requests, run.whole.failed, dict(run.whole.counts)) == (1, 1, {77_000_000: 1})


@pytest.mark.usefixtures("extra")
def test_the_group_is_the_same_with_a_warm_up(tmp_path: Path) -> None:
    requests = requests_of(3, 9000, 5000)
    path = jtl(tmp_path / "a.jtl", requests)
    run = read_run(str(path), "/file", None, "10s", endpoint_slices=False)
    full = read_run(str(path), "/file", None, "none", endpoint_slices=False)
    assert (set(run.endpoints), run.other_endpoints) == (set(full.endpoints), full.other_endpoints)
    start = min(request[0] for request in requests)
    late = [request for request in requests if request[0] >= start + 10_000]
    assert run.whole.requests == len(late) == sum(part.requests for part in run.endpoints.values())
    assert sum(part.failed_read for part in run.endpoints.values()) == sum(request[3] for request in requests)


def test_a_comparison_keeps_fewer_since_each_has_slices(tmp_path: Path) -> None:
    requests = requests_of(4, 9000, 5000)
    run = read_run(str(jtl(tmp_path / "a.jtl", requests)), "/file", None, "none")
    assert len(run.endpoints) == endpoint_names.MAX_SLICED_ENDPOINTS + 1
    check(run, requests)


@pytest.mark.parametrize("names", [30_000, 200_000])
@pytest.mark.parametrize("form", ["GET /item/%d", "%08x", "GET /search?q=%d&page=1"])
def test_the_number_of_names_is_estimated(names: int, form: str) -> None:
    counts = NameCounts()
    counts.add({(form % number).encode(): 1 for number in range(names)})
    kept = counts.kept(1000)
    assert not kept.is_exact
    assert kept.names == pytest.approx(names, rel=0.02)


def test_the_number_of_few_names_is_exact() -> None:
    first, second = NameCounts(), NameCounts()
    first.add({b"%d" % number: 2 if number < 3000 else 20 for number in range(4000)})
    second.add({b"%d" % number: 3 for number in range(3000, 9000)})
    first.merge(second)
    kept = first.kept(1000)
    assert (kept.names, kept.is_exact) == (9000, True)
    assert all(kept.which([b"%d" % number for number in range(3000, 4000)]))


def test_other_endpoints_are_said_with_a_fix(tmp_path: Path) -> None:
    run = read_run(str(jtl(tmp_path / "a.jtl", requests_of(5, 9000, 5000))), "/file", None, "none")
    (warning,) = endpoint_warnings(run)
    assert warning.code == "many_endpoints"
    assert f"{run.other_endpoints} other endpoints are counted as one group" in warning.message
    assert warning.message.endswith("; the names hold ids or query strings")
    assert "k6: tag name" in warning.fix


def test_ids_in_a_few_names_are_said(tmp_path: Path) -> None:
    rows = [(1_760_000_000_000 + row, 5, f"GET /orders/{row % 50}", False) for row in range(500)]
    (warning,) = endpoint_warnings(read_run(str(jtl(tmp_path / "a.jtl", rows)), "/file", None, "none"))
    assert (warning.code, warning.message) == (
        "ids_in_names",
        "the names of the 50 endpoints hold ids or query strings",
    )


def test_names_without_ids() -> None:
    assert not hold_ids(f"GET /page-{chr(97 + number // 26)}{chr(97 + number % 26)}" for number in range(200))
    assert hold_ids(f"GET /search?q={number}" for number in range(30))
    assert not hold_ids(f"GET /search?q={number}" for number in range(20))


def test_a_large_log_without_durations_is_counted_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parallel, "MIN_BYTES", 1 << 10)
    line = '10.0.0.1 - - [10/Oct/2025:13:55:{:02} +0000] "GET /a HTTP/1.1" {} 9 "-" "x"\n'
    path = tmp_path / "access.log"
    path.write_text("".join(line.format(row % 60, 500 if row % 10 == 0 else 200) for row in range(2000)))
    run = read_run(str(path), "/file", None, "none")
    assert (run.whole.requests, run.whole.failed) == (2000, 200)
    assert run.endpoints["GET /a"].requests == 2000


def test_compare_leaves_out_the_group(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paths = [jtl(tmp_path / f"{seed}.jtl", requests_of(seed, 9000, 5000)) for seed in (6, 7)]
    inputs = [f"{side}={path}" for side, path in zip(("baseline", "candidate"), paths, strict=True)]
    assert main(["results", "compare", "--json", "--set", inputs[0], "--set", inputs[1]]) == 0
    answer = json.loads(capsys.readouterr().out)
    (warning,) = [warning for warning in answer["warnings"] if warning["code"] == "many_endpoints"]
    assert re.match(
        r"\d+ other endpoints, those with fewest requests, count only in the whole run; \d+ are compared",
        warning["message"],
    )
    assert not [row for table in answer["tables"] for row in table["rows"] if "other endpoints" in row["label"]]
