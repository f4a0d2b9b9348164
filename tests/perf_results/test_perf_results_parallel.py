"""A file read as two halves, in one process or two, gives the same as when read as a whole."""

import gzip
import json
import os
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from acolytes_perf.errors import InputError
from acolytes_perf.methods.latency.histogram import EndpointStatistics
from acolytes_perf.methods.runs import collector
from acolytes_perf.methods.runs.collector import RunCollector
from acolytes_perf.methods.runs.load_test import read_run
from acolytes_perf.result_files import jtl, k6, parallel
from acolytes_perf.result_files.record import Batch, RequestKind, round_to_leading_bits
from acolytes_perf.result_files.source import Source

HEADING = "timeStamp,elapsed,label,success\n"
ODD = ["garbage\n", "\n", "1760000100000,7,a\n", "1760000100000,x,a,true\n", "1760000100000,7,a,true\r\n"]


def jtl_file(path: Path, seed: int, odd: list[str], rows: int = 4000) -> Path:
    rng = random.Random(seed)
    lines = [
        f"{1_760_000_000_000 + 40 * row + rng.randrange(900)},{int(rng.lognormvariate(5, 1))},{rng.choice('ab')},"
        f"{'true' if rng.random() < 0.97 else 'false'}\n"
        for row in range(rows)
    ]
    for row in odd:
        lines.insert(rng.randrange(len(lines)), row)
    path.write_text(HEADING + "".join(lines), encoding="utf-8", newline="")
    return path


def k6_file(path: Path, seed: int) -> Path:
    rng, lines = random.Random(seed), []
    for row in range(3000):
        tags = {"expected_response": rng.choice(["true", "true", "false"]), "name": rng.choice("ab")}
        for metric in ("http_req_duration", "http_req_waiting"):
            data = {"time": f"2026-01-02T03:{row // 60:02d}:{row % 60:02d}.{rng.randrange(10**6):06d}Z",
                    "value": round(rng.lognormvariate(5, 1), 6), "tags": tags}  # fmt: skip
            lines.append(json.dumps({"metric": metric, "type": "Point", "data": data}, separators=(",", ":")) + "\n")
    path.write_text("".join(lines), encoding="utf-8")
    return path


def place(path: Path, reader: object) -> int | None:
    source = Source(str(path), "/file")
    try:
        return parallel.split_position(source, reader)
    finally:
        source.close()


def figures(path: Path, label: str | None = None, warm: str = "none") -> object:
    run = read_run(str(path), "/file", label, warm)
    before = [run.with_warm_up] if run.with_warm_up else []
    return run._replace(whole=None, with_warm_up=None, endpoints=[*run.endpoints]), [  # type: ignore[arg-type]
        statistics_of(statistics) for statistics in (run.whole, *before, *run.endpoints.values())
    ]


def statistics_of(statistics: EndpointStatistics) -> dict[str, object]:
    attributes = dict(vars(statistics))
    attributes["slices"] = {
        number: (part.requests, part.failed, part.total, part.counts) for number, part in statistics.slices.items()
    }
    return attributes


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize(("label", "warm"), [(None, "none"), ("a", "none"), (None, "20s")])
def test_halves_give_what_the_whole_gives(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, seed: int, label: str | None, warm: str
) -> None:
    makes: list[Callable[[], Path]] = [
        lambda: jtl_file(tmp_path / "a.jtl", seed, ODD[: seed % 6]), lambda: k6_file(tmp_path / "a.ndjson", seed)
    ]  # fmt: skip
    for make in makes:
        file = make()
        whole = figures(file, label, warm)
        monkeypatch.setattr(parallel, "MIN_BYTES", 0)
        assert place(file, jtl if file.suffix == ".jtl" else k6)
        assert figures(file, label, warm) == whole
        monkeypatch.undo()


def test_no_half_begins_within_a_quoted_cell(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(parallel, "MIN_BYTES", 0)
    cell = '"' + "1760000100000,7,a,true\n" * 9000 + '"'
    file = tmp_path / "a.jtl"
    file.write_text(HEADING + "1760000000000,5,a,true\n" + f"1760000001000,6,{cell},true\n")
    assert place(file, jtl) is None
    assert read_run(str(file), "/file", None, "none").whole.requests == 2


def test_a_gzip_or_small_file_or_one_without_lines_is_read_as_a_whole(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    small = jtl_file(tmp_path / "a.jtl", 0, [])
    packed = tmp_path / "a.jtl.gz"
    packed.write_bytes(gzip.compress(small.read_bytes()))
    assert place(small, jtl) is None
    monkeypatch.setattr(parallel, "MIN_BYTES", 0)
    assert place(small, object()) is place(packed, jtl) is None


def test_a_file_that_changed_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(parallel, "MIN_BYTES", 0)
    split_position = parallel.split_position
    for change in (lambda file: os.truncate(file, 0), lambda file: os.truncate(file, 20_000), _replaced):
        file = jtl_file(tmp_path / "a.jtl", 1, [])

        def changed(source: Source, reader: object, change: Callable[[Path], object] = change) -> int | None:
            place = split_position(source, reader)
            change(Path(source.path))
            return place

        monkeypatch.setattr("acolytes_perf.methods.runs.file_passes.split_position", changed)
        with pytest.raises(InputError, match="changed while it was read"):
            read_run(str(file), "/file", None, "none")


def _replaced(file: Path) -> None:
    packed = gzip.compress(file.read_bytes())
    file.unlink()
    file.write_bytes(packed)


SCRIPT = """
import os, signal, sys
from acolytes_perf.result_files import parallel
from acolytes_perf.methods.runs.load_test import read_run
parallel.MIN_BYTES, here, forks = 0, os.getpid(), []
if sys.argv[2] == "no signal":
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
def no_pipe():
    raise OSError(24, "Too many open files")
if sys.argv[2] == "no pipe":
    os.pipe = no_pipe
parallel._count_processors = lambda: 2
fork = os.fork
def counted():
    forks.append(1)
    if sys.argv[2] == "no room":
        raise BlockingIOError(11, "Resource temporarily unavailable")
    return fork()
os.fork = counted
send = parallel._send_result
def work(*arguments):
    if sys.argv[2] == "dies":
        os.kill(os.getpid(), 9)
    send(*arguments)
parallel._send_result = work
run = read_run(sys.argv[1], "/file", None, "none")
print(len(forks), run.whole.requests, run.corrupt, run.whole.total)
try:
    os.wait()
except ChildProcessError:
    print("no child is left")
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no processes can be copied here")
@pytest.mark.parametrize("how", ["works", "dies", "no room", "no pipe", "no signal"])
def test_a_second_process_reads_a_half_or_its_failure_has_no_effect(tmp_path: Path, how: str) -> None:
    file = jtl_file(tmp_path / "a.jtl", 1, ODD)
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(file), how], capture_output=True, text=True, check=False, timeout=60
    )
    run = read_run(str(file), "/file", None, "none")
    assert done.stderr == ""
    forks = 0 if how == "no pipe" else 1
    assert done.stdout == f"{forks} {run.whole.requests} {run.corrupt} {run.whole.total}\nno child is left\n"


def test_a_task_that_fails_in_this_process_leaves_no_other_process() -> None:
    script = """
import os
from acolytes_perf.result_files import parallel
parallel._count_processors = lambda: 2
def fails(): raise ValueError("here")
def waits(): import time; time.sleep(60)
try:
    parallel.run_in_parallel(fails, waits)
except ValueError as error:
    print(error)
try:
    os.wait()
except ChildProcessError:
    print("no child is left")
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=30)
    assert (done.stdout, done.stderr) == ("here\nno child is left\n", "")


@pytest.mark.parametrize("most", [50, 400, 10**6])
def test_histograms_of_any_resolution_merge(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    """Counts and sums are those of one histogram; values agree as far as both are resolved."""
    monkeypatch.setattr(collector, "MAX_VALUES", most)
    for seed in range(30):
        rng = random.Random(seed)
        size = rng.randrange(2, 900)
        latencies = [int(rng.lognormvariate(15, 2)) for _ in range(size)]
        times = sorted(rng.uniform(1e9, 1e9 + 10 ** rng.uniform(-2, 4)) for _ in range(size))
        cut, failed = rng.randrange(size + 1), [rng.random() < 0.1 for _ in range(size)]
        parts = [RunCollector(), RunCollector(), RunCollector()]
        kinds = {failed: RequestKind("", failed) for failed in (False, True)}
        for part, (start, stop) in zip(parts, [(0, size), (0, cut), (cut, size)], strict=True):
            part.add(Batch(latencies[start:stop], 1, [kinds[it] for it in failed[start:stop]], times[start:stop]))
            part.close()
        parts[1].merge(parts[2])
        parts[0].finish()
        parts[1].finish()
        whole, joined = parts[0].whole, parts[1].whole
        for name in ("requests", "failed", "total", "first", "last", "slice_seconds", "duration"):
            assert getattr(joined, name) == getattr(whole, name), name
        assert sum(joined.counts.values()) == size
        assert len(joined.counts) <= most
        assert joined.bits is None or all(round_to_leading_bits(value, joined.bits) == value for value in joined.counts)
        assert {number: one.requests for number, one in joined.slices.items()} == {
            number: one.requests for number, one in whole.slices.items()
        }
        resolution = 2.0 ** -min(joined.bits or 60, whole.bits or 60)
        pairs = zip(sorted(joined.counts.elements()), sorted(whole.counts.elements()), strict=True)
        assert all(abs(ours - theirs) <= 4 * resolution * theirs for ours, theirs in pairs)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no processes can be copied here")
def test_only_one_process_shows_progress() -> None:
    script = """
import sys
from acolytes_perf.result_files import parallel
parallel._count_processors = lambda: 2
print(parallel.run_in_parallel(*[lambda: sys.stderr is None] * 2))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=30)
    assert (done.stdout, done.stderr) == ("(False, True)\n", "")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no processes can be copied here")
def test_the_second_process_ends_with_the_first() -> None:
    script = """
import os, sys, time
from acolytes_perf.result_files import parallel
parallel._count_processors = lambda: 2
def there():
    print('begun', flush=True)
    while os.getppid() == parent:
        time.sleep(0.01)
    return "x" * 10_000_000
parent = os.getpid()
parallel.run_in_parallel(lambda: time.sleep(60), there)
"""
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "begun\n"
        process.kill()
        # ends when the child, which holds it, too, has ended
        assert process.communicate(timeout=30)[0] == ""


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("has_numpy", [False, True])
def test_without_slices_of_endpoints_all_other_figures_are_the_same(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, seed: int, *, has_numpy: bool
) -> None:
    if not has_numpy:
        monkeypatch.setattr(jtl, "_block_reader", lambda *_: None)
    for file in (jtl_file(tmp_path / "a.jtl", seed, ODD[:seed]), k6_file(tmp_path / "a.ndjson", seed)):
        for warm in ("none", "20s"):
            full = read_run(str(file), "/file", None, warm)
            quick = read_run(str(file), "/file", None, warm, endpoint_slices=False)
            assert statistics_of(quick.whole) == statistics_of(full.whole)
            assert quick.whole.slices
            for name, endpoint in full.endpoints.items():
                assert statistics_of(quick.endpoints[name]) == {**statistics_of(endpoint), "slices": {}}
