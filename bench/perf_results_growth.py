"""How time and memory of `results summarize` grow with the file, and with the number of its endpoints.

Reads a JTL, k6's NDJSON and an access log of nginx in several sizes, and JTLs with 20 and with 200,000 labels. With
`--before`, also compares the processor time with that of another checkout, in turns. Needs Linux.

    python bench/perf_results_growth.py [--megabytes 50,200,800] [--rounds 3] [--before FOLDER] [--json]
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

# a script can import its neighbours; mypy, which starts from the root of the checkout, cannot
from perf_access_log import measure, write_log  # type: ignore[import-not-found]
from perf_result_files import write_jtl, write_k6  # type: ignore[import-not-found]

SCRIPTS = Path(__file__).resolve().parent.parent / "scripts"
_SUMMARIZE = """
import io, sys
from contextlib import redirect_stdout
from acolytes_perf.cli import main
with redirect_stdout(io.StringIO()):
    assert main(["results", "summarize", "--set", "file=" + sys.argv[1], "--json"]) == 0
"""
_COMPARE = """
import io, sys
from contextlib import redirect_stdout
from acolytes_perf.cli import main
with redirect_stdout(io.StringIO()):
    assert main(["results", "compare", "--set", "baseline=" + sys.argv[1], "--set", "candidate=" + sys.argv[2]]) == 0
"""
#: Without numpy and msgspec.
_PLAIN = 'import sys\nsys.modules["numpy"] = sys.modules["msgspec"] = None\n'
WRITERS: dict[str, Callable[[Path, int], int]] = {"JTL": write_jtl, "k6": write_k6, "access log": write_log}
#: The most that the largest file may take of the memory of the next smaller one, and of its time for each megabyte. The
#: smallest file may need less: values are exact up to a number of them.
MOST_GROWTH = 1.25
#: The most that 200,000 labels may take of the time of 20.
MOST_LABELS = 3.0


def write_labels(path: Path, labels: int, rows: int = 400_000, seed: int = 3) -> None:
    """A JTL with so many labels, each of which occurs."""
    rng = random.Random(seed)
    with path.open("w", encoding="ascii") as stream:
        stream.write("timeStamp,elapsed,label,responseCode,responseMessage,threadName,dataType,success,failureMessage,")
        stream.write("bytes,sentBytes,grpThreads,allThreads,URL,Latency,IdleTime,Connect\n")
        for row in range(rows):
            label = row if row < labels else rng.randrange(labels)
            elapsed, ok = int(180 * rng.lognormvariate(0, 0.6)), rng.random() > 0.01
            code = "200,OK" if ok else "500,Internal Server Error"
            stream.write(
                f"{1_760_000_000_000 + row},{elapsed},GET /item/{label},{code},Thread Group 1-{row % 50},text,"
                f"{str(ok).lower()},,2048,182,50,50,https://shop.example/api,{elapsed},0,1\n"
            )


def processor_time(code: str, files: list[Path], scripts: Path = SCRIPTS) -> float:
    """Seconds of processor time of a process with its children."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    words = [sys.executable, "-c", code, *map(str, files)]
    subprocess.run(words, check=True, env={**os.environ, "PYTHONPATH": str(scripts)})
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def growth(folder: Path, sizes: list[int], rounds: int) -> dict[str, dict[int, dict[str, float]]]:
    """Of each format and size in megabytes: seconds of processor time for each megabyte, and peak megabytes."""
    figures: dict[str, dict[int, dict[str, float]]] = {}
    for name, write in WRITERS.items():
        files = {size: folder / f"{size}" for size in sizes}
        for size, file in files.items():
            write(file, size * 10**6)
        times: dict[int, list[float]] = {size: [] for size in sizes}
        for _ in range(rounds):
            for size, file in files.items():
                times[size].append(processor_time(_SUMMARIZE, [file]))
        figures[name] = {
            size: {
                "milliseconds_per_megabyte": 1000 * statistics.median(times[size]) / size,
                "megabytes": statistics.median(measure(_SUMMARIZE, file)[1] for _ in range(rounds)),
            }
            for size, file in files.items()
        }
        for file in files.values():
            file.unlink()
    return figures


def labels_ratio(folder: Path, rounds: int) -> dict[str, float]:
    """Processor time of 200,000 labels by that of 20, with numpy and without."""
    files = {count: folder / f"{count}.jtl" for count in (20, 200_000)}
    for count, file in files.items():
        write_labels(file, count)
    ratios = {}
    for name, code in (("fast", _SUMMARIZE), ("plain", _PLAIN + _SUMMARIZE)):
        times: dict[int, list[float]] = {count: [] for count in files}
        for _ in range(rounds):
            for count, file in files.items():
                times[count].append(processor_time(code, [file]))
        ratios[name] = statistics.median(times[200_000]) / statistics.median(times[20])
    return ratios


def ratios_to(before: Path, folder: Path, megabytes: int, rounds: int) -> dict[str, list[float]]:
    """Processor time by that of another checkout: three ratios of medians for each case."""
    files = [folder / "a.jtl", folder / "b.jtl", folder / "c.ndjson"]
    write_jtl(files[0], megabytes * 10**6)
    write_jtl(files[1], megabytes * 10**6, 2)
    write_k6(files[2], megabytes * 10**6)
    cases = {"JTL": (_SUMMARIZE, files[:1]), "k6": (_SUMMARIZE, files[2:]), "compare": (_COMPARE, files[:2])}
    ratios: dict[str, list[float]] = {}
    for name, (code, paths) in cases.items():
        for kind, full in (("fast", code), ("plain", _PLAIN + code)):
            ratios[f"{name}, {kind}"] = []
            for _ in range(3):
                times: dict[Path, list[float]] = {before: [], SCRIPTS: []}
                for number in range(rounds):
                    for scripts in list(times)[:: 1 if number % 2 else -1]:
                        times[scripts].append(processor_time(full, paths, scripts))
                medians = [statistics.median(times[scripts]) for scripts in (SCRIPTS, before)]
                ratios[f"{name}, {kind}"].append(medians[0] / medians[1])
    return ratios


def main() -> int:
    """Measure, print the tables, and return 1 when a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", default="50,200,800", help="sizes of the files")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--before", type=Path, help="another checkout to compare with")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    sizes = sorted(map(int, options.megabytes.split(",")))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        figures = growth(folder, sizes, options.rounds)
        labels = labels_ratio(folder, options.rounds)
        before = ratios_to(options.before / "scripts", folder, 200, options.rounds) if options.before else {}
    missed = [kind for kind, ratio in labels.items() if ratio > MOST_LABELS]
    for kind, rows in figures.items():
        ratios = [rows[sizes[-1]][key] / rows[sizes[-2:][0]][key] for key in rows[sizes[0]]]
        missed += [kind] * (max(ratios) > MOST_GROWTH)
    if options.json:
        print(json.dumps({"growth": figures, "labels": labels, "before": before, "missed": missed}))
        return 1 if missed else 0
    for kind, rows in figures.items():
        for size, row in rows.items():
            print(f"{kind:<11}{size:5} MB {row['milliseconds_per_megabyte']:6.2f} ms/MB {row['megabytes']:6.1f} MB")
    for kind, ratio in labels.items():
        print(f"200,000 labels, {kind}: {ratio:.2f} times the time of 20 (at most {MOST_LABELS})")
    for case, three in before.items():
        print(f"{case:<15}" + "".join(f"{ratio:7.3f}" for ratio in three) + " times the processor time of before")
    print(f"missed: {', '.join(missed)}" if missed else "all targets met")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
