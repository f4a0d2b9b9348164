"""Boards on a disk that fails them: damaged bytes, a full disk, a place that is read-only, a copy without its log."""

from __future__ import annotations

import json
import shlex
import shutil
import sqlite3
import subprocess
import tempfile
from pathlib import Path

import pytest

from quest_damage import MARK, READING, WRITING
from quest_support import PYTHON, SCRIPTS, Cli, create

BYTE = b"\xf3"


@pytest.fixture
def board(cli: Cli, project: Path) -> Path:
    """The file of a board with one quest and one message."""
    create(cli)
    cli.ok("message", "--quest", 1, "--to", "w1", "--msg", "say hello to everybody")
    return project / ".claude/acolytes/quests.db"


def damage(board: Path, text: bytes) -> None:
    """Replace the first byte of each `text` in the file, as a failing disk would."""
    data = board.read_bytes()
    assert text in data
    board.write_bytes(data.replace(text, BYTE + text[1:]))


# -- damage -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def damaged(board: Path) -> Path:
    damage(board, b"hello to everybody")
    return board


@pytest.mark.parametrize("words", READING)
def test_a_damaged_text_is_shown_with_a_mark(cli: Cli, damaged: Path, words: tuple[object, ...]) -> None:
    cli.ok(*words)
    cli.data(*words)
    for word in ("conversation", "export"):
        assert f"say {MARK}ello to everybody" in cli.ok(word, "--quest", 1)
        assert "message 1 (assignment, turn 1) from leader, damaged" in cli.ok(word, "--quest", 1)
        message = cli.data(word, "--quest", 1)["messages"][0]
        assert (message["text"], message["damaged"]) == (f"say {MARK}ello to everybody", True)


def test_monitor_hands_over_a_damaged_text(cli: Cli, damaged: Path) -> None:
    taken = cli.ok("monitor", "--role", "worker", "--agent", "w1", "--timeout", 0)
    assert f"say {MARK}ello to everybody" in taken
    assert "message 1 from leader, damaged" in taken
    cli.ok("respond", "--quest", 1, "--msg", "Completed: x", "--turn", 1)
    damage(damaged, b"Completed: x")
    news = cli.ok("monitor", "--role", "leader", "--timeout", 0)
    assert f"{MARK}ompleted: x" in news


def test_check_names_the_damaged_message_and_redact_mends_it(cli: Cli, damaged: Path) -> None:
    code, out, _ = cli.run("check")
    assert code == 1
    assert out == "damage: message 1 of quest 1: its text is not valid UTF-8; redact --quest 1 --seq 1 replaces it\n"
    cli.ok("redact", "--quest", 1, "--seq", 1, "--reason", "damaged")
    assert "the board is healthy" in cli.ok("check")


def test_other_damaged_texts_end_no_command_as_a_bug(cli: Cli, board: Path) -> None:
    damage(board, b"w1")  # the name of the worker, wherever it is
    damage(board, b"leader")
    damage(board, b"Survive the peak")
    assert cli.run("check")[0] in {1, 3}
    for words in (*READING, ("check",), *WRITING):
        assert cli.run(*words)[0] != 4, words
        assert cli.run(*words, "--json")[0] != 4, words


def test_a_turn_whose_text_cannot_be_read_is_not_taken(cli: Cli, board: Path, project: Path) -> None:
    cli.ok("message", "--quest", 1, "--to", "w2", "--msg", "y" * 20_000)  # longer than a page
    page = next(number for number in range(1, 200) if board.read_bytes()[4096 * number + 4 :].startswith(b"y" * 4000))
    with board.open("r+b") as file:  # the chain of its pages is broken
        file.seek(4096 * page)
        file.write(b"\xff" * 4)
    before = contents_of_turns(board)
    assert "damaged" in cli.refused("monitor", "--role", "worker", "--agent", "w2", "--timeout", 0, code=3)
    assert contents_of_turns(board) == before


def contents_of_turns(board: Path) -> list[tuple[object, ...]]:
    with sqlite3.connect(board) as connection:
        rows = connection.execute("SELECT id, state, fence, attempt FROM turn ORDER BY id").fetchall()
    connection.close()
    return rows


def test_an_unexpected_error_on_a_damaged_board_is_no_bug(
    cli: Cli, damaged: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise TypeError

    monkeypatch.setattr("acolytes_quest.verbs.status._all", fail)
    assert "the board is damaged (message 1 of quest 1" in cli.refused("status", code=3)


# -- a place that is read-only ----------------------------------------------------------------------------------------


def in_namespace(script: str) -> subprocess.CompletedProcess[str]:
    """Run a shell script that may mount file systems, which no other process sees."""
    unshare = ["unshare", "-rm"] if shutil.which("unshare") else ["false"]
    if subprocess.run([*unshare, "true"], capture_output=True, check=False).returncode:
        pytest.skip("this system lets nobody mount a file system for one process")
    return subprocess.run([*unshare, "sh", "-c", script], capture_output=True, text=True, check=False, timeout=120)


def called(*words: object) -> str:
    return shlex.join([PYTHON, "-I", "-S", str(SCRIPTS / "__main__.py"), *map(str, words)])


def read_only(folder: Path, *words: object) -> subprocess.CompletedProcess[str]:
    """Run a verb where the file system of `folder` is mounted read-only."""
    place = shlex.quote(str(folder))
    return in_namespace(
        f"mount --bind {place} {place} && mount -o remount,ro,bind {place} && cd {place} && {called(*words)}"
    )


@pytest.fixture(params=["plain", "log with index", "log"])
def left(request: pytest.FixtureRequest, board: Path) -> Path:
    """A board that nobody uses: closed, or with a log that a killed process has left."""
    if request.param != "plain":
        code = (
            "import os, sqlite3\n"
            f"board = sqlite3.connect({str(board)!r})\n"
            "board.execute(\"UPDATE quest SET phase = 'last'\")\n"
            "board.commit()\n"
            "os._exit(0)\n"
        )
        subprocess.run([PYTHON, "-c", code], check=True)
        assert Path(f"{board}-wal").stat().st_size > 0
    if request.param == "log":
        Path(f"{board}-shm").unlink()
    return board


def test_a_read_only_board_can_be_read(project: Path, left: Path) -> None:
    has_log = Path(f"{left}-wal").exists()
    for words in (("status",), ("conversation", "--quest", 1), ("check",)):
        done = read_only(project, *words)
        assert done.returncode == 0, done.stderr
        assert (
            done.stderr
            == f"acolytes-quest: note: the board {left} is read-only here: commands that write are refused\n"
        )
        if words == ("status",):
            assert ('phase "last"' in done.stdout) == has_log
    done = read_only(project, "export", "--quest", 1, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert "is read-only here" in json.loads(done.stdout)["notes"][0]


@pytest.mark.parametrize("left", ["log"], indirect=True)
def test_a_log_without_a_place_for_a_copy_says_what_is_missing(project: Path, left: Path) -> None:
    """As in a container whose file system is read-only as a whole."""
    places = shlex.join([tempfile.gettempdir(), "/tmp", "/var/tmp", "/usr/tmp", str(project)])
    done = in_namespace(
        f'for place in {places}; do if [ -d "$place" ]; then mount --bind "$place" "$place" '
        f'&& mount -o remount,ro,bind "$place" || exit 9; fi; done; '
        f"cd {shlex.quote(str(project))} && {called('status')}"
    )
    assert (done.returncode, done.stdout) == (3, "")
    assert "its log cannot be read without a copy of both (No usable temporary directory" in done.stderr
    assert done.stderr.endswith("set TMPDIR to a folder with room\n")


# without news, a look of the leader writes nothing
@pytest.mark.parametrize("words", [words for words in WRITING if "leader" not in words])
def test_a_read_only_board_says_so_to_who_writes(project: Path, board: Path, words: tuple[object, ...]) -> None:
    done = read_only(project, *words)
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith(f"acolytes-quest: the board {board} is read-only here, and this command must write: ")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("words", [*READING, ("check",)])
def test_every_reading_verb_works_read_only(project: Path, board: Path, words: tuple[object, ...]) -> None:
    done = read_only(project, *words)
    assert done.returncode == 0, done.stderr


def test_a_copy_of_the_file_alone_says_what_may_be_missing(
    cli: Cli, board: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "copy.db"
    shutil.copy(board, copy)
    monkeypatch.setenv("ACOLYTES_QUEST_DB", str(copy))
    for words in (("status",), ("check",)):
        code, out, err = cli.run(*words)
        assert code == 0
        assert out
        assert err.startswith(f"acolytes-quest: note: {copy} may be a copy that lacks the newest messages")
    assert "may be a copy" in cli.data("status")["notes"][0]
    monkeypatch.delenv("ACOLYTES_QUEST_DB")
    assert "notes" not in cli.data("status")


# -- a full disk ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [("message", "--quest", 1, "--to", "w1", "--msg-file", "big"), ("create", "--mission", "m", "--agents", "w1")],
)
def test_a_full_disk_is_called_full(tmp_path: Path, words: tuple[object, ...]) -> None:
    place = shlex.quote(str(tmp_path))
    fill = "cat /dev/zero > fill 2> /dev/null"
    # There is a board on the disk before it is full, except for `create`, which then cannot make one.
    prepare = f"{called('create', '--mission', 'm', '--agents', 'w1')} && " if words[0] == "message" else ""
    done = in_namespace(
        f"mount -t tmpfs -o size=600k none {place} && cd {place} && mkdir .git && {prepare}"
        f"head -c 60000 /dev/zero | tr '\\0' x > big; {fill}; {called(*words)}; code=$?;"
        f" rm fill; {called('status')}; exit $code"
    )
    assert done.returncode == 3, done.stderr
    first = done.stderr.splitlines()[0]
    assert first.startswith(f"acolytes-quest: the disk of {tmp_path}/.claude/acolytes/quests.db")
    assert ": nothing was changed; free some space (df -h " in first
    assert "damaged" not in done.stderr
    if words[0] == "message":
        assert done.stdout.endswith('led by leader: "m"; turns: none\n')


@pytest.mark.parametrize("verb", ["backup", "export"])
def test_a_full_disk_for_a_copy_leaves_no_half_of_one(project: Path, board: Path, tmp_path: Path, verb: str) -> None:
    small = tmp_path / "small"
    small.mkdir()
    place = shlex.quote(str(small))
    words = ["--quest", "1"] if verb == "export" else []
    done = in_namespace(
        f"mount -t tmpfs -o size=32k none {place} && cd {shlex.quote(str(project))} &&"
        f" (cat /dev/zero > {place}/fill 2> /dev/null; {called(verb, *words, '--out', small / 'copy')}; code=$?;"
        f" ls {place}; exit $code)"
    )
    assert (done.returncode, done.stdout) == (3, "fill\n"), done.stderr
    assert done.stderr.startswith(f"acolytes-quest: cannot write {small}/copy")
    assert done.stderr.count("\n") == 1
    assert "damaged" not in done.stderr


@pytest.mark.parametrize(
    ("words", "line"),
    [
        ("database or disk is full", "or the one for temporary files is full"),
        ("disk I/O error", "fails, or your user's quota on it is used up"),
        ("database disk image is malformed", "is damaged (database disk image is malformed): move it away"),
    ],
)
def test_each_error_of_a_disk_is_said_for_what_it_is(
    cli: Cli, board: Path, monkeypatch: pytest.MonkeyPatch, words: str, line: str
) -> None:
    def fail(*_: object) -> None:
        raise sqlite3.OperationalError(words)

    monkeypatch.setattr("acolytes_quest.verbs.status._all", fail)
    assert line in cli.refused("status", code=3)
