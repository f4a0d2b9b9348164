"""Boards that cannot be used: one line that says why, the right exit code, nothing changed, never "no work"."""

from __future__ import annotations

import json
import os
import shlex
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from acolytes_quest import cli as command
from quest_support import PYTHON, SCRIPTS, Cli

CREATE = ("create", "--mission", "m", "--agents", "w1")
EVERY = (
    ("status",),
    ("conversation", "--quest", 1),
    ("monitor", "--role", "worker", "--agent", "w1", "--timeout", 0),
    ("monitor", "--role", "leader", "--timeout", 0),
    ("message", "--quest", 1, "--to", "w1", "--msg", "x"),
    ("respond", "--quest", 1, "--msg", "x"),
    ("complete", "--quest", 1, "--summary", "x"),
    ("fail", "--quest", 1, "--summary", "x"),
    ("cancel", "--quest", 1, "--turn", 1),
    ("review", "--quest", 1, "--turn", 1, "--accept"),
    ("reserve", "--quest", 1, "--paths", "x"),
    ("log", "--quest", 1),
    ("export", "--quest", 1),
    ("check",),
    ("redact", "--quest", 1, "--seq", 1, "--reason", "x"),
    ("purge", "--older", 1),
)


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The board's path; there is none yet."""
    monkeypatch.setenv("ACOLYTES_QUEST_DB", str(tmp_path / "my.db"))
    return tmp_path / "my.db"


def test_without_a_board_nothing_is_made(cli: Cli, path: Path) -> None:
    for words in EVERY:
        if "worker" not in words:
            assert "no board here" in cli.refused(*words)
    assert list(path.parent.glob("my.db*")) == []


def test_a_file_that_is_no_database(cli: Cli, path: Path) -> None:
    path.write_text("these are my notes, and they are longer than a header\n" * 20, "utf-8")
    before = path.read_bytes()
    for words in (CREATE, *EVERY):
        assert "is not a quest board" in cli.refused(*words)
    assert path.read_bytes() == before


def test_another_programs_database(cli: Cli, path: Path) -> None:
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE quest (id INTEGER)")
    other.close()
    before = path.read_bytes()
    for words in (CREATE, *EVERY):
        assert "the database of another program" in cli.refused(*words)
    assert path.read_bytes() == before


def test_a_board_of_a_newer_version(cli: Cli, path: Path) -> None:
    cli.ok(*CREATE)
    with sqlite3.connect(path) as board:
        board.execute("PRAGMA user_version = 9")
    board.close()
    for words in (CREATE, *EVERY):
        assert "newer version (schema 9, this program reads" in cli.refused(*words, code=3)


def test_an_empty_file_becomes_a_board_by_create_alone(cli: Cli, path: Path) -> None:
    path.touch(0o644)
    assert "no board here" in cli.refused("status")
    assert cli.ok(*CREATE) == "1\n"
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_folder_in_place_of_the_board(cli: Cli, path: Path) -> None:
    path.mkdir()
    for words in (CREATE, *EVERY):
        assert "cannot use the board" in cli.refused(*words, code=3)


def test_a_file_in_place_of_the_boards_folder(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("ACOLYTES_QUEST_DB", str(tmp_path / "file" / "my.db"))
    assert "cannot create" in cli.refused(*CREATE, code=3)


@pytest.mark.skipif(os.geteuid() == 0, reason="modes do not bind root")
def test_a_read_only_folder(cli: Cli, path: Path) -> None:
    cli.ok(*CREATE)
    path.parent.chmod(0o500)
    path.chmod(0o400)
    try:
        assert "cannot" in cli.refused("message", "--quest", 1, "--to", "w1", "--msg", "x", code=3)
    finally:
        path.parent.chmod(0o700)


def test_a_gate_that_cannot_be_opened(cli: Cli, path: Path) -> None:
    cli.ok(*CREATE)
    (path.parent / "my.db-lock").unlink()
    (path.parent / "my.db-lock").mkdir()
    assert "cannot write beside the board" in cli.refused("complete", "--quest", 1, "--summary", "s", code=3)


@pytest.fixture
def locked(cli: Cli, path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A board that another connection holds exclusively, readers and all."""
    cli.ok(*CREATE)
    monkeypatch.setenv("ACOLYTES_QUEST_BUSY", "0.2")
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("PRAGMA locking_mode = EXCLUSIVE")
    holder.execute("BEGIN EXCLUSIVE")
    yield
    holder.close()


@pytest.mark.usefixtures("locked")
def test_a_locked_board_is_never_reported_as_no_work(cli: Cli) -> None:
    for words in (CREATE, *EVERY):
        assert "is locked" in cli.refused(*words, code=3)


def test_a_gate_held_by_another_writer(cli: Cli, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import fcntl

    cli.ok(*CREATE)
    monkeypatch.setenv("ACOLYTES_QUEST_BUSY", "0.2")
    with (path.parent / "my.db-lock").open("w") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        assert "the board is locked" in cli.refused("message", "--quest", 1, "--to", "w1", "--msg", "x", code=3)
        assert "quest 1 open" in cli.ok("status")  # reading needs no gate
    cli.ok("message", "--quest", 1, "--to", "w1", "--msg", "x")


def test_a_damaged_board(cli: Cli, path: Path) -> None:
    cli.ok(*CREATE)
    data = bytearray(path.read_bytes())
    data[4096:] = b"\xff" * (len(data) - 4096)
    path.write_bytes(data)
    assert "damaged" in cli.refused("status", code=3)


@pytest.mark.parametrize("name", ["LEASE", "BUSY", "POLL"])
@pytest.mark.parametrize("value", ["x", "0", "-1", "nan", "inf"])
def test_settings_that_are_no_seconds(cli: Cli, monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"ACOLYTES_QUEST_{name}", value)
    assert f"ACOLYTES_QUEST_{name}={value!a}: give seconds" in cli.refused("status")


def test_a_bug_is_one_line_and_a_private_log(
    cli: Cli, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    cli.ok(*CREATE)
    with sqlite3.connect(path) as board:
        board.execute("DROP TABLE turn_file")
    board.close()
    cli.ok("message", "--quest", 1, "--to", "w1", "--msg", "x")
    line = cli.refused("status", "--quest", 1, code=4)
    assert "this is a bug" in line
    log = Path(line.rpartition(" ")[2])
    assert "Traceback" in log.read_text("utf-8")
    assert log.stat().st_mode & 0o777 == 0o600


def test_a_bug_without_a_place_for_its_log_says_where_it_came_up(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise TypeError("x")

    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "missing"))
    monkeypatch.setattr("acolytes_quest.cli._run", fail)
    line = cli.refused("status", code=4)
    assert "this is a bug in acolytes-quest (TypeError: x); it came up in test_quest_faults.py, line " in line
    assert line.rstrip().endswith("for a log set TMPDIR to a folder with room")


def test_an_interrupt_is_130(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "_run", interrupt)
    assert cli.run("status")[0] == 130


def run_into(redirection: str, *words: object) -> subprocess.CompletedProcess[str]:
    """Run `acolytes-quest` with its output led elsewhere by the shell."""
    call = shlex.join([PYTHON, "-I", "-S", str(SCRIPTS / "__main__.py"), *map(str, words)])
    return subprocess.run(["/bin/sh", "-c", f"{call} {redirection}"], capture_output=True, text=True, check=False)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
@pytest.mark.parametrize("words", [("status",), ("status", "--json"), ("--help",), ("status", "--help"), CREATE])
@pytest.mark.parametrize(
    ("redirection", "why"),
    [("> /dev/full", "No space left on device"), (">&-", "it is closed")],
    ids=["full", "closed"],
)
def test_an_answer_that_cannot_be_written_is_one_line(
    cli: Cli, path: Path, redirection: str, why: str, words: tuple[str, ...]
) -> None:
    cli.ok(*CREATE)
    done = run_into(redirection, *words)
    assert (done.returncode, done.stdout) == (3, "")
    line = json.loads(done.stderr)["error"]["message"] if "--json" in words else done.stderr
    assert line.removeprefix("acolytes-quest: ").startswith(
        f"the command is done, but its output cannot be written to standard output ({why}): "
    )
    assert done.stderr.count("\n") == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
@pytest.mark.parametrize("redirection", ["2> /dev/full", "2>&-", "> /dev/full 2>&1", ">&- 2>&-"])
def test_without_a_place_to_complain_the_exit_code_stays(path: Path, redirection: str) -> None:
    assert run_into(redirection, "status").returncode == 2  # there is no board


def test_a_closed_pipe_is_not_an_error(cli: Cli, path: Path) -> None:
    cli.ok(*CREATE)
    done = run_into("| true", "status")
    assert (done.returncode, done.stderr) == (0, "")
