"""The folder of those who wait for a board on a server: nothing of it is left, and nobody loses it while using it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from acolytes_quest.stores.postgres_engine import PostgresBoard
from acolytes_quest.stores.waiting_folder import WaitingFolder, remove_left
from postgres_server import PostgresServer
from quest_desk import Desk
from quest_support import SCRIPTS, Cli, create

# Uses a folder, says so, and waits to be killed.
USER = """
import sys
from acolytes_quest.stores.waiting_folder import WaitingFolder
folder = WaitingFolder(sys.argv[1])
open(folder.path() + "/file", "w").close()
print("here", flush=True)
sys.stdin.read()
"""
# Uses and leaves a folder over and over, with a file of its own in it.
CROWD = """
import os
from acolytes_quest.stores.waiting_folder import WaitingFolder
folder = WaitingFolder("b")
for number in range(300):
    path = folder.path()
    name = os.path.join(path, str(os.getpid()))
    open(name, "w").close()
    assert os.path.exists(name)
    if number % 3:
        os.unlink(name)
    folder.leave()
"""


@pytest.fixture
def parent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    parent = tmp_path / "run"
    parent.mkdir()
    for name in ("XDG_RUNTIME_DIR", "TMPDIR"):
        monkeypatch.setenv(name, str(parent))
    monkeypatch.setenv("PYTHONPATH", str(SCRIPTS.parent))
    return parent


def user(board: str) -> subprocess.Popen[str]:
    call = [sys.executable, "-c", USER, board]
    process = subprocess.Popen(call, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    assert process.stdout.readline() == "here\n"
    return process


def test_the_last_one_removes_the_folder(parent: Path) -> None:
    one, other = WaitingFolder("b"), WaitingFolder("b")
    path = one.path()
    assert path == one.path() == other.path()
    assert Path(path or "").stat().st_mode & 0o777 == 0o700
    one.leave()
    assert os.listdir(parent)
    other.leave()
    assert os.listdir(parent) == []
    assert one.path() == path, "it can be used again"
    one.leave()
    assert os.listdir(parent) == []


def test_what_killed_ones_left_is_removed_and_nothing_that_is_used(parent: Path) -> None:
    killed, lives = user("killed"), user("lives")
    assert len(os.listdir(parent)) == 2
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    foreign = parent / f"acolytes-quest-{os.geteuid()}-0000abcd"
    foreign.mkdir(0o755)
    foreign.chmod(0o755)
    remove_left()
    left = [name for name in os.listdir(parent) if name != foreign.name]
    assert len(left) == 1, "the one that is used, and no other"
    assert os.listdir(parent / left[0]) == ["file"]
    assert foreign.exists(), "we did not make it"
    lives.kill()
    lives.communicate()


def test_a_folder_that_others_may_write_to_is_not_used(parent: Path) -> None:
    folder = WaitingFolder("b")
    path = Path(folder.path() or "")
    folder.leave()
    path.mkdir(0o777)
    path.chmod(0o777)
    assert folder.path() != str(path)
    folder.leave()


def test_nobody_loses_the_folder_while_others_leave_it(parent: Path) -> None:
    crowd = [subprocess.Popen([sys.executable, "-c", CROWD], stderr=subprocess.PIPE, text=True) for _ in range(4)]
    assert [process.communicate()[1] for process in crowd] == [""] * 4
    assert os.listdir(parent) == []


def test_no_command_leaves_a_folder(
    cli: Cli, parent: Path, postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with postgres.board_database() as name:
        monkeypatch.setenv("ACOLYTES_QUEST_URL", postgres.url(name))
        create(cli, "w1")
        for words in (("status",), ("monitor", "--role", "worker", "--agent", "w1", "--timeout", 0)):
            cli.ok(*words)
        cli.ok("monitor", "--role", "worker", "--agent", "w1", "--timeout", 0.5)
        assert os.listdir(parent) == []


def test_the_folder_may_be_cleaned_away_while_it_is_used(parent: Path, postgres: PostgresServer) -> None:
    with postgres.board_database() as name:
        board = PostgresBoard(postgres.url(name))
        desk = Desk(board)
        desk.do("create", "--mission", "m", "--agents", "w1")
        look = ("monitor", "--role", "worker", "--agent", "w1", "--timeout", 0.1)
        desk.do(*look)
        folder = Path(board._folder.path() or "")
        assert folder.parent == parent
        for made_again in (True, False):
            shutil.rmtree(folder)
            if not made_again:
                folder.symlink_to(parent / "of another user")
            assert desk.do(*look)["status"] == "timeout"
            assert (folder.is_dir(), folder.is_symlink()) == (made_again, not made_again)
        board.close()
