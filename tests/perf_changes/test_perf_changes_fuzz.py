"""Damaged files of events and histories: an answer, or one line that says what is wrong."""

import random
import shlex
from pathlib import Path

import pytest

from acolytes_perf.cli import main

HERE = Path(__file__).parent
PIECES = [
    "\0",
    "\n",
    ",",
    ";",
    '"',
    "{",
    "]",
    "NaN",
    "1e999",
    "-1",
    "9" * 30,
    "\u00e9",
    "\ufeff",
    "2026-13-45",
    "=",
    "",
]


def damaged(text: str, rng: random.Random) -> str:
    for _ in range(rng.randrange(1, 6)):
        at = rng.randrange(len(text) + 1)
        text = text[:at] + rng.choice(PIECES) + text[at + rng.randrange(4) :]
    return text


@pytest.mark.parametrize("seed", range(60))
def test_damaged_files_are_no_bug(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rng = random.Random(seed)
    monkeypatch.chdir(tmp_path)
    for name in ("p95-daily.csv", "deploys.csv"):
        text = (HERE / name).read_text(encoding="utf-8")
        is_damaged = rng.random() < 0.7
        (tmp_path / name).write_text(damaged(text, rng) if is_damaged else text, encoding="utf-8")
    call = "changes --history p95-daily.csv --events deploys.csv --columns value=p95"
    code = main(shlex.split(call))
    output, error = capsys.readouterr()
    assert code in (0, 2, 3)
    assert bool(output) == (code == 0)
    if code:
        assert error.count("\n") == 1
        assert error.isascii()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("name\nv1\n", "has no column of times: its columns are name; choose with --columns event_time=HEADING"),
        ("time,name\nsoon,v1\n", "line 2, column 'time': "),
        ("time,name\n", "has a heading and no row below it"),
        ("{}", "is no table: use CSV, TSV or NDJSON with a column of times"),
        ("time,name\n2019-01-01,v1\n", "has no event between 2026-01-05 and 2026-04-04, the times of the history"),
    ],
)
def test_wrong_events_are_one_line(
    content: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("p95-daily.csv").write_bytes((HERE / "p95-daily.csv").read_bytes())
    Path("events.csv").write_text(content, encoding="utf-8")
    assert main(shlex.split("changes --history p95-daily.csv --columns value=p95 --events events.csv")) == 2
    assert message in capsys.readouterr().err


def test_the_gate_fails_when_the_last_change_is_worse(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("p95-daily.csv").write_bytes((HERE / "p95-daily.csv").read_bytes())
    call = "changes --history p95-daily.csv --columns value=p95 --worse"
    assert [main(shlex.split(f"{call} {direction}")) for direction in ("higher", "lower")] == [0, 1]
    assert "2 lasting changes" in capsys.readouterr().out
