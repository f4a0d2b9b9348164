"""Time and peak memory of `results summarize` on large files, beside pandas, polars and duckdb on the same question.

Makes a JTL and a k6 NDJSON file, measures every tool in a process of its own, in turns, and compares medians. The
others are installed into a scratch environment, as is msgspec, which makes k6's lines quicker to read; all must find
the same p99.

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
import venv
from pathlib import Path
from typing import Any

# a script finds its neighbours, and mypy, which starts from the checkout's root, does not
from perf_result_files import write_jtl, write_k6  # type: ignore[import-not-found]

SCRIPTS = Path(__file__).resolve().parent.parent / "scripts"
PACKAGES = ["pandas", "polars", "duckdb", "msgspec"]
_OURS = """
import io, json, sys
from contextlib import redirect_stdout
from acolytes_perf.cli import main
if not FAST:
    sys.modules["msgspec"] = None
with redirect_stdout(io.StringIO()) as printed:
    assert main(["results", "summarize", "--set", "file=" + sys.argv[1], "--json"]) == 0
found = {one["name"]: one["value"] for one in json.loads(printed.getvalue())["results"]}
p99 = found["p99"] * 1000
"""
#: Each sets p99, in milliseconds, of the file in sys.argv[1].
_JTL = {
    "ours": "FAST = False" + _OURS,
    "pandas": """
import sys
import pandas
p99 = pandas.read_csv(sys.argv[1])["elapsed"].quantile(0.99, "lower")
""",
    "polars": """
import sys
import polars
frame = polars.scan_csv(sys.argv[1]).select(polars.col("elapsed").quantile(0.99, "lower"))
p99 = frame.collect(engine="streaming").item()
""",
    "duckdb": """
import sys
import duckdb
p99 = duckdb.sql(f"select quantile_disc(elapsed, 0.99) from read_csv('{sys.argv[1]}')").fetchall()[0][0]
""",
}
_K6 = {
    "ours": "FAST = False" + _OURS,
    "ours, fast": "FAST = True" + _OURS,
    "pandas": """
import sys
import pandas
frame = pandas.read_json(sys.argv[1], lines=True)
points = frame[(frame["metric"] == "http_req_duration") & (frame["type"] == "Point")]
p99 = points["data"].map(lambda data: data["value"]).quantile(0.99, "lower")
""",
    "polars": """
import sys
import polars
schema = {"metric": polars.String, "type": polars.String, "data": polars.Struct({"value": polars.Float64})}
lines = polars.scan_ndjson(sys.argv[1], schema=schema, ignore_errors=True)
points = lines.filter((polars.col("metric") == "http_req_duration") & (polars.col("type") == "Point"))
value = polars.col("data").struct.field("value").quantile(0.99, "lower")
p99 = points.select(value).collect(engine="streaming").item()
""",
    "duckdb": """
import sys
import duckdb
columns = "{metric: 'VARCHAR', type: 'VARCHAR', data: 'STRUCT(value DOUBLE)'}"
p99 = duckdb.sql(
    f"select quantile_disc(data.value, 0.99) from read_json('{sys.argv[1]}', format='newline_delimited', "
    f"columns={columns}) where metric = 'http_req_duration' and type = 'Point'"
).fetchall()[0][0]
""",
}
_REPORT = """
import resource
print(float(p99), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""
#: File, tool, measure, the other tool, and the most that the first may be of the other's.
TARGETS = [
    ("k6", "ours, fast", "seconds", "pandas", 0.1),
    ("k6", "ours, fast", "seconds", "duckdb", 1.0),
    ("JTL", "ours", "seconds", "polars", 4.0),
    ("JTL", "ours", "megabytes", "polars", 0.1),
    ("JTL", "ours", "seconds", "polars", 1.2),
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
        found = {
            kind: _measure(python, programs, files[kind], options.rounds)
            for kind, programs in (("JTL", _JTL), ("k6", _K6))
        }
    checks: list[dict[str, Any]] = [
        {"file": kind, "tool": tool, "measure": measure, "against": other, "most": most,
         "ratio": found[kind][tool][measure] / found[kind][other][measure]}
        for kind, tool, measure, other, most in TARGETS
    ]  # fmt: skip
    missed = [check for check in checks if check["ratio"] > check["most"]]
    if options.json:
        print(json.dumps({"megabytes": options.megabytes, "found": found, "checks": checks}))
    else:
        for kind, tools in found.items():
            for tool, row in tools.items():
                print(
                    f"{kind:<4}{tool:<12}{row['seconds']:7.2f} s ({row['least']:.2f} to {row['most']:.2f})"
                    f"{row['megabytes']:8.0f} MB   p99 {row['p99']:.1f} ms"
                )
        for check in checks:
            print(
                f"{check['file']}: {check['measure']} {check['ratio']:.3f} of {check['against']}'s, "
                f"at most {check['most']}: {'missed' if check in missed else 'met'}"
            )
    return 1 if missed else 0


def _python(environment: Path | None, folder: Path) -> str:
    """An interpreter that has the others."""
    place = environment or folder / "environment"
    python = str(place / "bin" / "python")
    if environment is None:
        venv.create(place, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *PACKAGES], check=True)
    return python


def _measure(python: str, programs: dict[str, str], file: Path, rounds: int) -> dict[str, dict[str, float]]:
    runs: dict[str, list[tuple[float, float, float]]] = {tool: [] for tool in programs}
    for _ in range(max(1, rounds)):
        for tool, program in programs.items():
            runs[tool].append(_run(python, program, file))
    rows = {}
    for tool, measured in runs.items():
        seconds = [one[0] for one in measured]
        rows[tool] = {
            "seconds": statistics.median(seconds),
            "least": min(seconds),
            "most": max(seconds),
            "megabytes": max(one[1] for one in measured),
            "p99": measured[0][2],
        }
    values = [row["p99"] for row in rows.values()]
    if max(values) - min(values) > 0.002 * max(values):
        raise SystemExit(f"the tools do not agree: {rows}")
    return rows


def _run(python: str, program: str, file: Path) -> tuple[float, float, float]:
    """Seconds, peak megabytes and p99 of one process."""
    before = os.times()
    environment = {**os.environ, "PYTHONPATH": str(SCRIPTS)}
    words = [python, "-c", program + _REPORT, str(file)]
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=True)
    p99, peak = done.stdout.split()
    return os.times().elapsed - before.elapsed, int(peak) / 1024, float(p99)


if __name__ == "__main__":
    sys.exit(main())
