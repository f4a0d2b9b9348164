"""Runs the load tests of the worked case with Locust against the shop, and writes their results.

python load.py [--seconds 8] [--runs 3] [--out measured]

- OUT/sizes.csv: requests per second that shops of 1 to 32 workers answer when customers wait for nothing.
- OUT/levels.csv: the means of the runs of each size.
- OUT/old-N.json and OUT/new-N.json: both releases on 4 workers with 20 customers, in turn.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).resolve().parent
SIZES = (1, 2, 4, 8, 16, 32)
#: Workers, answers per second, and the percentage of requests that failed.
Row = tuple[int, float, float]


def main() -> None:
    """Run all tests, one after the other."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=8, help="length of each run")
    parser.add_argument("--runs", type=int, default=3, help="runs of each size and each release")
    parser.add_argument("--out", type=Path, default=Path("measured"))
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    rows: list[Row] = []
    for size in SIZES:
        for _ in range(options.runs):
            file = options.out / "size.json"
            run(file, options.seconds, workers=size, customers=3 * size)
            rows.append((size, *throughput(file)))
            file.unlink()
    write_table(options.out / "sizes.csv", rows)
    write_table(options.out / "levels.csv", [means(rows, size) for size in SIZES])
    for number in range(1, options.runs + 1):
        for release in ("old", "new"):
            file = options.out / f"{release}-{number}.json"
            run(file, options.seconds, workers=4, customers=20, pause=0.4, release=release)


def run(file: Path, seconds: int, *, workers: int, customers: int, pause: float = 0, release: str = "old") -> None:
    """Start a shop, send it requests, and write Locust's JSON."""
    print(f"{workers} workers, {release} release, {customers} customers", flush=True)
    with shop(workers, release) as address:
        command = [sys.executable, "-m", "locust", "--locustfile", str(HERE / "locustfile.py"), "--headless", "--host",
                   address, "--users", str(customers), "--spawn-rate", str(customers), "--run-time", f"{seconds}s",
                   "--json-file", str(file.with_suffix("")), "--loglevel", "ERROR", "--only-summary"]  # fmt: skip
        subprocess.run(command, env={**os.environ, "PAUSE": str(pause)}, capture_output=True, check=True)


@contextmanager
def shop(workers: int, release: str) -> Iterator[str]:
    """A shop that runs, and its address."""
    command = [sys.executable, str(HERE / "shop.py"), "--workers", str(workers), "--release", release]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def throughput(file: Path) -> tuple[float, float]:
    """Answers per second of a run, and the percentage of requests that failed."""
    entries = json.loads(file.read_text(encoding="utf-8"))
    requests = sum(entry["num_requests"] for entry in entries)
    failures = sum(entry["num_failures"] for entry in entries)
    span = max(entry["last_request_timestamp"] for entry in entries) - min(entry["start_time"] for entry in entries)
    return (requests - failures) / span, 100 * failures / requests


def means(rows: Sequence[Row], size: int) -> Row:
    """The means of the runs of a size."""
    runs = [row for row in rows if row[0] == size]
    return size, statistics.mean(row[1] for row in runs), statistics.mean(row[2] for row in runs)


def write_table(file: Path, rows: Sequence[Row]) -> None:
    """Write rows as CSV."""
    with file.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["workers", "rps", "failures [%]"])
        writer.writerows([size, f"{rate:.1f}", f"{failed:.2f}"] for size, rate, failed in rows)


if __name__ == "__main__":
    main()
