"""The verbs backup and restore: whole, private, checked, while others work; and what they refuse."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from acolytes_quest.new_file import new_file
from postgres_server import PostgresServer
from quest_support import PYTHON, SCRIPTS, Cli, command, contents, create, eventually


@pytest.fixture
def board(cli: Cli, project: Path) -> Path:
    create(cli)
    cli.ok("message", "--quest", 1, "--to", "w1", "--msg", "first")
    return project / ".claude/acolytes/quests.db"


def rows(path: Path) -> list[tuple[int, int, str]]:
    connection = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
    result = connection.execute("SELECT quest, seq, text FROM message ORDER BY quest, seq").fetchall()
    connection.close()
    return result


@pytest.fixture
def waiter(board: Path, project: Path) -> Iterator[subprocess.Popen[str]]:
    """A worker that waits, so that what is written stays in the log."""
    words = command("monitor", "--role", "worker", "--agent", "w2", "--timeout", 60)
    process = subprocess.Popen(words, cwd=project, stdout=subprocess.PIPE, text=True)
    eventually(lambda: bool(list(board.parent.glob("quests.db-bells/w2@*"))), "the worker waits")
    yield process
    process.kill()
    process.communicate()


def test_a_backup_has_what_is_only_in_the_log(
    cli: Cli, board: Path, waiter: subprocess.Popen[str], project: Path
) -> None:
    cli.ok("message", "--quest", 1, "--to", "w1", "--msg", "second")
    assert [text for _, _, text in rows(board)] == ["first"]  # a copy of the file alone would lack it
    printed = cli.ok("backup", "--out", "copy.db")
    assert "1 quest, 2 turns, 2 messages, 3 events; it was read again, and is complete" in printed
    copy = project / "copy.db"
    assert [text for _, _, text in rows(copy)] == ["first", "second"]
    assert copy.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in project.iterdir() if path.name.startswith("copy")] == ["copy.db"]


def test_a_backup_is_one_file_that_every_reading_verb_takes(
    cli: Cli, board: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = cli.data("backup", "--out", "copy.db")
    assert {key: data[key] for key in ("quests", "turns", "messages", "events", "damage")} == {
        "quests": 1,
        "turns": 1,
        "messages": 1,
        "events": 2,
        "damage": [],
    }
    monkeypatch.setenv("ACOLYTES_QUEST_DB", str(project / "copy.db"))
    before = (project / "copy.db").read_bytes()
    for words, line in ((("status",), "Survive the peak"), (("check",), "healthy")):
        code, out, err = cli.run(*words)
        assert (code, line in out) == (0, True)
        assert "may be a copy that lacks" not in err  # there is a note that this is not the board of the project
    assert (project / "copy.db").read_bytes() == before
    cli.ok("message", "--quest", 1, "--to", "w1", "--msg", "goes on")  # it can become a board by hand
    assert (project / "copy.db").read_bytes()[18] == 2  # with a log


def test_a_backup_replaces_a_file_by_force_alone(cli: Cli, board: Path, project: Path) -> None:
    (project / "copy.db").write_text("mine", "utf-8")
    assert "exists already" in cli.refused("backup", "--out", "copy.db")
    assert (project / "copy.db").read_text("utf-8") == "mine"
    cli.ok("backup", "--out", "copy.db", "--force")
    assert len(rows(project / "copy.db")) == 1
    assert "cannot write" in cli.refused("backup", "--out", "no/such/folder")


@pytest.mark.parametrize("name", ["quests.db", "quests.db-wal", "quests.db-lock"])
def test_a_backup_never_replaces_the_board(cli: Cli, board: Path, name: str) -> None:
    before = board.read_bytes()
    assert "is the board itself, or belongs to it" in cli.refused("backup", "--out", board.parent / name, "--force")
    assert board.read_bytes() == before


def test_the_backup_of_a_damaged_board_says_so(cli: Cli, board: Path) -> None:
    board.write_bytes(board.read_bytes().replace(b"first", b"\xf3irst"))
    code, out, err = cli.run("backup", "--out", "copy.db")
    assert (code, err) == (1, "")
    assert "damage: message 1 of quest 1" in out
    assert "is damaged" in cli.refused("restore", "--file", "copy.db", "--force")


def test_a_restored_board_is_as_it_was(cli: Cli, board: Path, project: Path) -> None:
    before = contents(project)
    cli.ok("backup", "--out", "copy.db")
    cli.ok("message", "--quest", 1, "--to", "w1", "--msg", "too much")
    cli.ok("complete", "--quest", 1, "--summary", "s", "--force")
    assert "add --force" in cli.refused("restore", "--file", "copy.db")
    data = cli.data("restore", "--file", "copy.db", "--force")
    assert contents(project) == before
    assert "quest 1 open" in cli.ok("status")
    assert "healthy" in cli.ok("check")
    kept = Path(data["kept"])
    assert [text for _, _, text in rows(kept)][:2] == ["first", "too much"]
    assert kept.stat().st_mode & 0o777 == 0o600
    cli.ok("message", "--quest", 1, "--to", "w1", "--msg", "goes on")


def test_a_backup_is_restored_where_there_is_no_board(
    cli: Cli, board: Path, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli.ok("backup", "--out", "copy.db")
    before = contents(project)
    shutil.rmtree(board.parent)
    assert cli.data("restore", "--file", "copy.db")["kept"] is None
    assert contents(project) == before
    assert board.stat().st_mode & 0o777 == 0o600


def test_who_waits_hears_of_a_restored_board(
    cli: Cli, board: Path, waiter: subprocess.Popen[str], project: Path
) -> None:
    cli.ok("message", "--quest", 1, "--to", "w2", "--msg", "for the waiter", "--after", 1)
    cli.ok("cancel", "--quest", 1, "--turn", 1)
    cli.ok("message", "--quest", 1, "--to", "w2", "--msg", "held", "--key", "k")
    assert "held" in waiter.communicate(timeout=30)[0]
    cli.ok("backup", "--out", "copy.db")
    cli.ok("fail", "--quest", 1, "--summary", "s")
    words = command("monitor", "--role", "leader", "--timeout", 60, "--quest", 1)
    cli.ok("restore", "--file", "copy.db", "--force")
    leader = subprocess.run(words, cwd=project, capture_output=True, text=True, check=False, timeout=60)
    assert "quest 1 open" in leader.stdout


def test_a_running_wait_goes_on_in_the_restored_board(
    cli: Cli, board: Path, waiter: subprocess.Popen[str], project: Path
) -> None:
    with_turn = project / "with-turn.db"
    cli.ok("backup", "--out", "empty.db")
    cli.ok("message", "--quest", 1, "--to", "w1", "--msg", "other")
    shutil.copy(project / "empty.db", with_turn)
    other = sqlite3.connect(with_turn)
    other.executescript(
        "INSERT INTO turn (quest, assignee, state, queued_boot, queued_since) VALUES (1, 'w2', 'queued', '', 0);"
        "UPDATE quest SET next_seq = 3;"
        "INSERT INTO message (quest, seq, kind, sender, recipient, turn, text, at)"
        " VALUES (1, 2, 'assignment', 'leader', 'w2', 2, 'from the backup', 0);"
    )
    other.close()
    cli.ok("restore", "--file", with_turn, "--force")
    assert "from the backup" in waiter.communicate(timeout=30)[0]


@pytest.mark.parametrize(
    ("content", "line"),
    [(None, "is not a file"), (b"notes", "cannot be read as a board"), (b"", "is the database of another program")],
)
def test_what_is_no_backup_is_refused(cli: Cli, board: Path, project: Path, content: bytes | None, line: str) -> None:
    if content is not None:
        (project / "x.db").write_bytes(content)
    before = contents(project)
    assert line in cli.refused("restore", "--file", "x.db", "--force")
    assert contents(project) == before


def test_a_backup_of_an_older_version_is_upgraded(cli: Cli, project: Path) -> None:
    old = sqlite3.connect(project / "old.db")
    old.executescript((Path(__file__).parent / "data/board-v1.sql").read_text("utf-8"))
    old.close()
    cli.ok("restore", "--file", "old.db")
    assert "healthy" in cli.ok("check")
    assert cli.data("list")["quests"]


_WRITER = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from acolytes_quest.cli import main
for number in range(10_000):
    if main(["message", "--quest", "1", "--to", "w1,w2", "--msg", f"{number}", "--json"]):
        sys.exit("a writer was refused")
"""


def test_backups_beside_writers_are_of_one_moment_each(
    cli: Cli, board: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ACOLYTES_QUEST_BUSY", "60")  # on a loaded machine, one of three writers may wait long
    words = [PYTHON, "-I", "-c", _WRITER, str(SCRIPTS.parent)]
    writers = [subprocess.Popen(words, cwd=project, stdout=subprocess.DEVNULL) for _ in range(3)]
    try:
        sizes: list[int] = []
        eventually(lambda: len(cli.data("status", "--quest", 1)["turns"]) > 3, "they write")
        for number in range(8):
            sizes.append(cli.data("backup", "--out", f"{number}.db")["messages"])
            assert [writer.poll() for writer in writers] == [None] * 3
    finally:
        for writer in writers:
            writer.kill()
            writer.wait()
    assert sizes == sorted(sizes)
    assert sizes[0] < sizes[-1]
    for number, size in enumerate(sizes):
        monkeypatch.setenv("ACOLYTES_QUEST_DB", str(project / f"{number}.db"))
        assert "healthy" in cli.ok("check")
        assert [row["seq"] for row in cli.data("conversation", "--quest", 1)["messages"]] == [*range(1, size + 1)]


def test_nothing_is_lost_between_the_copy_and_the_restore(cli: Cli, board: Path, project: Path) -> None:
    cli.ok("backup", "--out", "copy.db")
    words = [PYTHON, "-I", "-c", _WRITER, str(SCRIPTS.parent)]
    with (project / "acknowledged").open("w") as out:
        writers = [subprocess.Popen(words, cwd=project, stdout=out) for _ in range(2)]
        try:
            eventually(lambda: (project / "acknowledged").stat().st_size > 2000, "both write")
            kept = Path(cli.data("restore", "--file", "copy.db", "--force")["kept"])
        finally:
            for writer in writers:
                writer.kill()
                writer.wait()
    written = [json.loads(line) for line in (project / "acknowledged").read_text("utf-8").splitlines()]
    numbers = Counter(row["seq"] for call in written for row in call["messages"])
    cli.ok("backup", "--out", "now.db")
    held = Counter(seq for path in (kept, project / "now.db") for _, seq, _ in rows(path) if seq > 1)
    assert not numbers - held  # a number is in the copy, or was given once more after the restore


def test_killed_at_any_moment_a_restore_is_whole_or_not_at_all(cli: Cli, board: Path, project: Path) -> None:
    for number in range(60):
        cli.ok("message", "--quest", 1, "--to", "w1", "--msg", f"{number} " + "x" * 20_000)
    cli.ok("backup", "--out", "big.db")
    big = len(rows(project / "big.db"))
    cli.ok("cancel", "--quest", 1, "--summary", "s")
    small = big + 1
    started = time.monotonic()
    subprocess.run(command("restore", "--file", "big.db", "--force"), cwd=project, capture_output=True, check=True)
    length = time.monotonic() - started
    cli.ok("cancel", "--quest", 1, "--summary", "s")
    for step in range(12):
        process = subprocess.Popen(command("restore", "--file", "big.db", "--force"), cwd=project)
        time.sleep(length * (0.3 + 0.06 * step))
        process.kill()
        process.wait()
        assert "healthy" in cli.ok("check")
        assert len(cli.data("export", "--quest", 1)["messages"]) in {big, small}


def test_a_server_names_the_lines_of_its_own_programs(
    cli: Cli, project: Path, postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with postgres.board_database() as name:
        monkeypatch.setenv("ACOLYTES_QUEST_URL", postgres.url(name))
        create(cli)
        cli.ok("message", "--quest", 1, "--to", "w1", "--msg", "first")
        environment = {**os.environ, "PATH": f"{postgres.programs}:{os.environ['PATH']}"}
        dump = cli.refused("backup", "--out", "a copy").partition(
            ": the board is on a server, which makes its backups itself: "
        )[2]
        assert "pg_dump" in dump
        subprocess.run(["sh", "-c", dump], env=environment, check=True, capture_output=True)
        cli.ok("cancel", "--quest", 1, "--summary", "s")
        line = cli.refused("restore", "--file", "a copy")
        restore = line.partition(": the board is on a server, which restores its backups itself: ")[2]
        subprocess.run(["sh", "-c", restore], env=environment, check=True, capture_output=True)
        assert "quest 1 open" in cli.ok("status")
        cli.ok("message", "--quest", 1, "--to", "w1", "--msg", "goes on")
        assert "healthy" in cli.ok("check")


def test_what_a_killed_backup_has_left_is_not_in_the_way(cli: Cli, board: Path, project: Path) -> None:
    code = "import os, signal; from acolytes_quest import cli, new_file"
    code += "; new_file.sync = lambda _: os.kill(os.getpid(), signal.SIGKILL); cli.main(['backup', '--out', 'b.db'])"
    for _ in range(2):
        words = [PYTHON, "-I", "-c", f"import sys; sys.path.insert(0, sys.argv[1]); {code}", str(SCRIPTS.parent)]
        assert subprocess.run(words, cwd=project, check=False).returncode == -signal.SIGKILL
    assert len(list(project.glob("b.db*"))) == 1  # the second one has removed what the first one left
    others = ["b.db-new-0123456", "b.db-new-mine", "bxdb-new-01234567", "c.db-new-01234567"]
    for name in others:
        (project / name).write_text("mine", "utf-8")
    cli.ok("backup", "--out", "b.db")
    cli.ok("export", "--quest", 1, "--out", "e.md")
    files = {path.name for path in project.iterdir() if not path.name.startswith(".")}
    assert files == {"b.db", "e.md", *others}


def test_a_backup_leaves_the_file_of_another_that_is_being_written(tmp_path: Path) -> None:
    path = str(tmp_path / "b.db")
    with new_file(path, replace=True) as first:
        with new_file(path, replace=True) as second:
            assert Path(first).exists()
        assert (Path(first).exists(), Path(second).exists()) == (True, False)
    assert [each.name for each in tmp_path.iterdir()] == ["b.db"]


def test_a_name_that_is_no_utf8_is_a_name_like_any_other(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / os.fsdecode(b"caf\xe9 100%#?")
    folder.mkdir()
    monkeypatch.setenv("ACOLYTES_QUEST_DB", str(folder / "my.db"))
    create(cli)
    backup = folder / os.fsdecode(b"f\xfcr.db")
    cli.ok("backup", "--out", backup)
    cli.ok("restore", "--file", backup, "--force")
    assert cli.data("check")["healthy"] is True
    assert "quest 1 open" in cli.ok("status")
