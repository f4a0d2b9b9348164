"""Time and peak memory of `results summarize` on a large access log of nginx, compared with duckdb.

Both find the number of requests, the failures, the span, p50, p95 and p99 of all requests and of each endpoint. duckdb
reads the log as CSV with spaces, which is its fastest way. Needs Linux, and duckdb in this Python.

    python bench/perf_access_log.py [--megabytes 200] [--rounds 3] [--json]
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SCRIPTS = Path(__file__).resolve().parent.parent / "scripts"
_AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36"
_PATHS = [("GET /api/search", 180), ("GET /api/item", 60), ("POST /api/cart", 90), ("POST /api/pay", 240)]
_OURS = """
import io, sys
from contextlib import redirect_stdout
from acolytes_perf.cli import main
with redirect_stdout(io.StringIO()):
    assert main(["results", "summarize", "--set", "file=" + sys.argv[1], "--json"]) == 0
"""
_DUCKDB = """
import sys
import duckdb
duckdb.sql("set preserve_insertion_order = false")
rows = f"read_csv('{sys.argv[1]}', delim=' ', quote='\\"', header=false, columns=" + COLUMNS + ")"
query = f'''
with log as (
    select regexp_extract(request, '^\\\\S+ [^ ?]+') as name, status::int as status,
           strptime(time, '[%d/%b/%Y:%H:%M:%S') as time, duration::double as duration from {rows}
)
select name, count(*), count(*) filter (status >= 400), min(time), max(time), avg(duration),
       quantile_disc(duration, [0.5, 0.95, 0.99]) from log group by rollup(name)
'''
assert len(duckdb.sql(query).fetchall()) == 5
"""
_FIELDS = (
    "client", "ident", "user", "time", "zone", "request", "status", "bytes", "referer", "agent", "duration", "upstream",
)  # fmt: skip
_COLUMNS = dict.fromkeys(_FIELDS, "VARCHAR")


def write_log(path: Path, size: int, seed: int = 1) -> int:
    """A log of about so many bytes in nginx's combined format with $request_time; the number of its lines."""
    rng, rows = random.Random(seed), 0
    with path.open("w", encoding="ascii") as stream:
        while stream.tell() < size:
            lines = []
            for _ in range(5000):
                name, typical = _PATHS[rng.randrange(4)]
                seconds = typical * rng.lognormvariate(0, 0.6) / 1000
                status = 200 if rng.random() > 0.01 else 502
                at = datetime.datetime.fromtimestamp(1_760_000_000 + rows // 500, datetime.timezone.utc)
                lines.append(
                    f"10.0.{rows % 250}.{rng.randrange(250)} - - [{at:%d/%b/%Y:%H:%M:%S} +0000] "
                    f'"{name}?q={rng.randrange(100_000)} HTTP/1.1" {status} {rng.randrange(9000)} '
                    f'"https://shop.example/" "{_AGENT}" {seconds:.3f} {seconds * 0.95:.3f}\n'
                )
                rows += 1
            stream.writelines(lines)
    return rows


def measure(code: str, log: Path) -> tuple[float, float]:
    """Seconds and peak megabytes of a process with its children."""
    start = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-c", code, str(log)], env={**os.environ, "PYTHONPATH": str(SCRIPTS)})
    peak = 0
    while process.poll() is None:
        peak = max(peak, sum(map(_resident, [process.pid, *_children(process.pid)])))
        time.sleep(0.005)
    if process.returncode:
        raise SystemExit(f"a measured program failed with exit code {process.returncode}")
    return time.perf_counter() - start, peak / 1e6


def _children(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def _resident(pid: int) -> int:
    """Bytes of memory, where processes that share a page have a part of it each."""
    try:
        return int(Path(f"/proc/{pid}/smaps_rollup").read_text().partition("Pss:")[2].split()[0]) << 10
    except (OSError, IndexError):
        return 0


def main() -> None:
    """Measure both in turns, and print the medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    programs = {"acolytes-perf": _OURS, "duckdb": f"COLUMNS = {str(_COLUMNS)!r}\n{_DUCKDB}"}
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in programs}
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "access.log"
        rows = write_log(log, options.megabytes * 10**6)
        for _ in range(options.rounds):
            for name, code in programs.items():
                taken[name].append(measure(code, log))
    medians = {
        name: {
            "seconds": statistics.median(run[0] for run in runs),
            "megabytes": statistics.median(run[1] for run in runs),
        }
        for name, runs in taken.items()
    }
    ours, other = medians["acolytes-perf"], medians["duckdb"]
    ratios = {key: ours[key] / other[key] for key in ours}
    if options.json:
        print(json.dumps({"rows": rows, "medians": medians, "ratios": ratios}))
        return
    print(f"{rows} lines, {options.megabytes} MB, median of {options.rounds}")
    for name, figures in medians.items():
        print(f"{name:14} {figures['seconds']:6.2f} s {figures['megabytes']:7.0f} MB")
    print(f"ratio          {ratios['seconds']:6.2f}   {ratios['megabytes']:7.2f}")


if __name__ == "__main__":
    main()
