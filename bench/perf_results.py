"""Time and peak memory of `results summarize` on large files, compared with pandas, polars and duckdb.

Makes a JTL and a k6 NDJSON file, measures every tool in a process of its own, in turns, and compares medians; memory is
that of all its processes together and needs Linux. Each answers what ours does: how many requests, how many of them
failed, when the first began and the last ended (throughput), exact p50, p90, p95 and p99, and the mean latency of each
second (warm-up); all must find the same. Ours also gives intervals for these and counts what is damaged. The others
read the columns they need, once, in the quickest way. They are installed into a scratch environment, as are numpy and
msgspec, with which ours is quicker ("fast").

    python bench/perf_results.py [--megabytes 200] [--rounds 3] [--environment FOLDER] [--json]
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path
from typing import Any

# a script can import its neighbours; mypy, which starts from the root of the checkout, cannot
from perf_result_files import write_jtl, write_k6  # type: ignore[import-not-found]

SCRIPTS = Path(__file__).resolve().parent.parent / "scripts"
PACKAGES = ["pandas", "polars", "duckdb", "msgspec", "numpy"]
#: Each sets `figures`: requests, failed, seconds, p50, p90, p95, p99 (ms) of the file in sys.argv[1].
_OURS = """
import io, json, sys
from contextlib import redirect_stdout
from acolytes_perf.cli import main
if not FAST:
    sys.modules["msgspec"] = sys.modules["numpy"] = None
with redirect_stdout(io.StringIO()) as printed:
    assert main(["results", "summarize", "--set", "file=" + sys.argv[1], "--json"]) == 0
answer = json.loads(printed.getvalue())
got = {one["name"]: one["value"] for one in answer["results"]}
percentiles = next(table for table in answer["tables"] if table["name"] == "percentiles")
got.update((row["label"], row["cells"]["latency"]["value"]) for row in percentiles["rows"])
figures = [got["requests"], round(got["error_rate"] * got["requests"]), got["duration"]]
figures += [got[name] * 1000 for name in ("p50", "p90", "p95", "p99")]
"""
_PANDAS = """
figures = [len(frame), int((~frame.success).sum()), seconds]
figures += list(frame.elapsed.quantile([0.5, 0.9, 0.95, 0.99], "lower"))
"""
_POLARS = """
elapsed = polars.col("elapsed")
figures = frame.select(
    polars.len(), (~polars.col("success")).sum().alias("failed"), seconds.alias("seconds"),
    *(elapsed.quantile(share, "lower").alias(str(share)) for share in (0.5, 0.9, 0.95, 0.99)),
).row(0)
means = frame.group_by(second).agg(elapsed.mean())
"""
_DUCKDB = """
*figures, percentiles = duckdb.sql(
    f"select count(*), count(*) filter (not success), {seconds}, quantile_disc(elapsed, [0.5, 0.9, 0.95, 0.99])"
    " from results").fetchall()[0]
figures += percentiles
means = duckdb.sql(f"select {second}, avg(elapsed) from results group by 1").fetchall()
"""
_JTL = {
    "ours": "FAST = False" + _OURS,
    "ours, fast": "FAST = True" + _OURS,
    "pandas": """
import sys
import pandas
frame = pandas.read_csv(sys.argv[1], usecols=["timeStamp", "elapsed", "success"])
seconds = ((frame.timeStamp + frame.elapsed).max() - frame.timeStamp.min()) / 1000
means = frame.groupby(frame.timeStamp // 1000).elapsed.mean()
""" + _PANDAS,
    "polars": """
import sys
import polars
frame = polars.scan_csv(sys.argv[1]).select("timeStamp", "elapsed", "success").collect(engine="streaming")
at = polars.col("timeStamp")
seconds, second = ((at + polars.col("elapsed")).max() - at.min()) / 1000, at // 1000
""" + _POLARS,
    "duckdb": """
import sys
import duckdb
duckdb.sql(f"create temp table results as select timeStamp, elapsed, success from read_csv('{sys.argv[1]}')")
seconds, second = "(max(timeStamp + elapsed) - min(timeStamp)) / 1000", "timeStamp // 1000"
""" + _DUCKDB,
}  # fmt: skip
_K6 = {
    "ours": "FAST = False" + _OURS,
    "ours, fast": "FAST = True" + _OURS,
    "pandas": """
import sys
import pandas
lines = pandas.read_json(sys.argv[1], lines=True)
points = lines[(lines["metric"] == "http_req_duration") & (lines["type"] == "Point")]["data"]
frame = pandas.DataFrame({
    "at": pandas.to_datetime(points.map(lambda data: data["time"]), format="ISO8601"),
    "elapsed": points.map(lambda data: data["value"]),
    "success": points.map(lambda data: data["tags"]["expected_response"] == "true"),
})
starts = frame["at"] - pandas.to_timedelta(frame["elapsed"], unit="ms")
seconds = (frame["at"].max() - starts.min()).total_seconds()
means = frame.groupby(frame["at"].dt.floor("s")).elapsed.mean()
""" + _PANDAS,
    "polars": """
import sys
import polars
tags = polars.Struct({"expected_response": polars.String})
data = polars.Struct({"time": polars.String, "value": polars.Float64, "tags": tags})
schema = {"metric": polars.String, "type": polars.String, "data": data}
field = polars.col("data").struct.field
lines = polars.scan_ndjson(sys.argv[1], schema=schema, ignore_errors=True)
frame = lines.filter((polars.col("metric") == "http_req_duration") & (polars.col("type") == "Point")).select(
    at=field("time").str.to_datetime(time_zone="UTC"), elapsed=field("value"),
    success=field("tags").struct.field("expected_response") == "true",
).collect(engine="streaming")
at = polars.col("at")
starts = at - polars.duration(microseconds=polars.col("elapsed") * 1000)
seconds, second = (at.max() - starts.min()).dt.total_milliseconds() / 1000, at.dt.truncate("1s")
""" + _POLARS,
    "duckdb": """
import sys
import duckdb
data = "STRUCT(time TIMESTAMP, value DOUBLE, tags STRUCT(expected_response VARCHAR))"
columns = "{metric: 'VARCHAR', type: 'VARCHAR', data: '" + data + "'}"
duckdb.sql(
    "create temp table results as select data.time as stamp, data.value as elapsed, "
    "data.tags.expected_response = 'true' as success "
    f"from read_json('{sys.argv[1]}', format='newline_delimited', columns={columns}) "
    "where metric = 'http_req_duration' and type = 'Point'"
)
seconds, second = "epoch(max(stamp)) - min(epoch(stamp) - elapsed / 1000)", "date_trunc('second', stamp)"
""" + _DUCKDB,
}  # fmt: skip
_REPORT = """
import json
print(json.dumps([float(one) for one in figures]))
"""
#: File, tool, measure, the other tool, and the largest ratio of the first to the other.
TARGETS = [
    ("k6", "ours, fast", "seconds", "pandas", 0.1),
    ("k6", "ours, fast", "seconds", "duckdb", 1.0),
    ("JTL", "ours", "seconds", "polars", 4.0),
    ("JTL", "ours", "megabytes", "polars", 0.1),
    ("JTL", "ours, fast", "seconds", "polars", 1.2),
]


def main(argv: list[str] | None = None) -> int:
    """Measure, print the table, and return 1 when a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--megabytes", type=int, default=200, help="size of each file (default: 200)")
    parser.add_argument("--rounds", type=int, default=3, help="measurements of each tool (default: 3)")
    parser.add_argument("--environment", type=Path, help="an environment that has the others already")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as folder:
        python = _python(options.environment, Path(folder))
        files = {"JTL": Path(folder, "results.jtl"), "k6": Path(folder, "results.ndjson")}
        write_jtl(files["JTL"], options.megabytes * 1_000_000)
        write_k6(files["k6"], options.megabytes * 1_000_000)
        figures = {
            kind: _measure(python, programs, files[kind], options.rounds)
            for kind, programs in (("JTL", _JTL), ("k6", _K6))
        }
    checks: list[dict[str, Any]] = [
        {"file": kind, "tool": tool, "measure": measure, "against": other, "most": most,
         "ratio": figures[kind][tool][measure] / figures[kind][other][measure]}
        for kind, tool, measure, other, most in TARGETS
    ]  # fmt: skip
    missed = [check for check in checks if check["ratio"] > check["most"]]
    if options.json:
        print(json.dumps({"megabytes": options.megabytes, "figures": figures, "checks": checks}))
    else:
        for kind, tools in figures.items():
            for tool, row in tools.items():
                print(
                    f"{kind:<4}{tool:<12}{row['seconds']:7.2f} s ({row['least']:.2f} to {row['most']:.2f})"
                    f"{row['megabytes']:8.0f} MB"
                )
        for check in checks:
            print(
                f"{check['file']}: {check['measure']} {check['ratio']:.3f} of {check['against']}'s, "
                f"at most {check['most']}: {'missed' if check in missed else 'met'}"
            )
    return 1 if missed else 0


def _python(environment: Path | None, folder: Path) -> str:
    """An interpreter with the other tools."""
    place = environment or folder / "environment"
    python = str(place / "bin" / "python")
    if environment is None:
        venv.create(place, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *PACKAGES], check=True)
    return python


def _measure(python: str, programs: dict[str, str], file: Path, rounds: int) -> dict[str, dict[str, float]]:
    runs: dict[str, list[float]] = {tool: [] for tool in programs}
    answers = {}
    for _ in range(max(1, rounds)):
        for tool, program in programs.items():
            before = os.times()
            process = _start(python, program, file)
            output = process.communicate()[0]
            runs[tool].append(os.times().elapsed - before.elapsed)
            answers[tool] = json.loads(output)
    for tool, answer in answers.items():
        # pandas and polars sometimes take the rank below the nearest one
        least = 0.0 if tool.startswith("ours") else 0.002
        if any(abs(one - other) > least * abs(other) for one, other in zip(answer, answers["ours"], strict=True)):
            raise SystemExit(f"{tool} and ours do not agree: {answers}")
    return {
        tool: {
            "seconds": statistics.median(measured),
            "least": min(measured),
            "most": max(measured),
            "megabytes": max(_peak(python, programs[tool], file) for _ in range(2)),
        }
        for tool, measured in runs.items()
    }


def _start(python: str, program: str, file: Path) -> subprocess.Popen[str]:
    """Starts the program, which prints its answers, in a session of its own."""
    environment = {**os.environ, "PYTHONPATH": str(SCRIPTS)}
    words = [python, "-c", program + _REPORT, str(file)]
    return subprocess.Popen(words, env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True)


def _peak(python: str, program: str, file: Path) -> float:
    """Peak memory of the program's processes in megabytes (PSS), sampled every 5 ms, in a run of its own."""
    process, most = _start(python, program, file), 0
    while process.poll() is None:
        most = max(most, sum(map(_share, _of_session(process.pid))))
        time.sleep(0.005)
    process.communicate()
    return most / 1024


def _of_session(session: int) -> list[Path]:
    return [folder for folder in Path("/proc").glob("[0-9]*") if _session(int(folder.name)) == session]


def _session(process: int) -> int | None:
    try:
        return os.getsid(process)
    except ProcessLookupError:
        return None


def _share(folder: Path) -> int:
    """Proportional set size of a process in kilobytes; 0 after its end."""
    try:
        lines = (folder / "smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


if __name__ == "__main__":
    sys.exit(main())
