"""Damaged files: an answer or one line that says what is wrong, never a traceback."""

import json
import random
from pathlib import Path
from typing import Any

import pytest

from acolytes_perf.cli import main
from acolytes_perf.errors import PerfError
from acolytes_perf.series.counters import as_counts
from acolytes_perf.series.read import read_series

MINUTES = range(30)
STAMPS = [1772323200 + 60 * minute for minute in MINUTES]
HISTOGRAM = {"count": 3, "sum": 3, "bucketCounts": [1, 2], "explicitBounds": [1], "timeUnixNano": "1544712660300000000"}
POINTS = [{"asDouble": at, "timeUnixNano": f"{stamp}000000000"} for at, stamp in enumerate(STAMPS)]
METRICS = [
    {"name": "n", "unit": "ms", "gauge": {"dataPoints": POINTS}},
    {"name": "h", "histogram": {"aggregationTemporality": 2, "dataPoints": [HISTOGRAM]}},
]
BUCKETS = [
    [stamp, {"count": str(at), "sum": "3", "buckets": [[0, "1", "2", str(at)]]}] for at, stamp in enumerate(STAMPS)
]
DOCUMENTS = [
    [{"metric": {"__name__": "a_total"}, "values": [[stamp, str(at)] for at, stamp in enumerate(STAMPS)]}],
    [{"metric": {"a": "b"}, "histograms": BUCKETS}],
    {"Label": "x", "Datapoints": [{"Timestamp": str(stamp), "Average": 5, "Unit": "Percent"} for stamp in STAMPS]},
    {"MetricDataResults": [{"Label": "l", "Timestamps": STAMPS, "Values": list(MINUTES), "StatusCode": "Complete"}]},
    {"resourceMetrics": [{"resource": {}, "scopeMetrics": [{"metrics": METRICS}]}]},
]
TEXTS = [
    "ts,load\n" + "\n".join(f"2026-03-01T00:{minute:02}Z,{100 + minute}" for minute in MINUTES),
    "Datum;Last [ms];x\n" + "\n".join(f"01.03.2026 10:{minute:02};1.234,5;a" for minute in MINUTES),
    "time,cpu,mem\n" + "\n".join(f"{stamp},{120 + at}m,{512 + at}Mi" for at, stamp in enumerate(STAMPS)),
    "hour,zone,load\n" + "\n".join(f"{hour},{zone},{hour * zone}" for hour in range(9) for zone in (1, 2)),
    *map(json.dumps, DOCUMENTS),
]
PIECES = [
    "\0",
    "\n",
    ",",
    ";",
    "\t",
    '"',
    "{",
    "]",
    "null",
    "NaN",
    "1e999",
    "-1",
    "9" * 30,
    "\u00e9",
    "\ufeff",
    "1,234",
]
DIGITS = ["0", "9", "-", "e", ".", "", "11", "99999"]


def damaged(rng: random.Random) -> bytes:
    """One of the files with a few changes."""
    text = rng.choice(TEXTS)
    for _ in range(rng.randint(1, 2)):
        at = rng.randrange(len(text))
        digits = [index for index, char in enumerate(text) if char.isdigit()]
        if digits and rng.random() < 0.6:
            at = rng.choice(digits)
            text = text[:at] + rng.choice(DIGITS) + text[at + 1 :]
        elif rng.random() < 0.6:
            text = text[:at] + rng.choice(PIECES) + text[at:]
        else:
            text = text[:at] + text[at + rng.randint(1, 30) :]
    content = text.encode()
    return content[: rng.randrange(len(content))] if rng.random() < 0.1 else content


@pytest.mark.parametrize("seed", range(4))
def test_damaged_files_are_read_or_refused_in_one_line(tmp_path: Path, seed: int) -> None:
    rng, read = random.Random(seed), 0
    messages: list[str] = []
    file = tmp_path / "series"
    for _ in range(400):
        file.write_bytes(damaged(rng))
        options: dict[str, Any] = {
            "columns": rng.choice(["value=load", "time=ts", "label=zone"]) if rng.random() < 0.2 else None,
            "select": None,
        }
        if rng.random() < 0.2:
            options["select"] = rng.choice(["zone=1", "a=b", "name=~[", "!="])
        try:
            series = read_series([str(file)], **options)
            assert all(one.title.isprintable() and len(one.times) == len(one.values) for one in series)
            read += 1
            as_counts(series, "/requests")
        except PerfError as error:
            messages.append(error.message)
    assert all(map(str.isprintable, messages))
    assert read >= 20


def test_commands_answer_damaged_files_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    rng = random.Random(8)
    for _ in range(60):
        Path("series.csv").write_bytes(damaged(rng))
        call = rng.choice(["forecast runout --season 1 --horizon 5min --history", "usl fit --points"])
        code = main([*call.split(), "series.csv"])
        err = capsys.readouterr().err
        assert code in (0, 2, 3), err
        assert err.count("\n") == (code > 0)
