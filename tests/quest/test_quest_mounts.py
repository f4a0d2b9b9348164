"""Boards on shares: refused before anything is made there, with what to do; local disks of every kind are not."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from acolytes_quest.stores import mounts
from quest_support import Cli, create

MEMORY = Path("/dev/shm")  # like a share, it has no disk's device number


@pytest.fixture
def board(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A place for a board on a file system without a disk."""
    if not MEMORY.is_dir() or os.major(MEMORY.stat().st_dev):
        pytest.skip("there is no file system in memory here")
    folder = Path(tempfile.mkdtemp(dir=MEMORY))
    monkeypatch.setenv("ACOLYTES_QUEST_DB", str(folder / "new" / "my.db"))
    monkeypatch.setattr(mounts, "_shares", {})
    yield folder / "new" / "my.db"
    shutil.rmtree(folder)


def mount(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *lines: str) -> None:
    """Let the kernel say what is mounted; NUMBER stands for the memory's device."""
    device = MEMORY.stat().st_dev
    number = f"{os.major(device)}:{os.minor(device)}"
    (tmp_path / "mounts").write_text("".join(f"{line}\n" for line in lines).replace("NUMBER", number), "utf-8")
    monkeypatch.setattr(mounts, "MOUNTS", str(tmp_path / "mounts"))
    monkeypatch.setattr(mounts, "_shares", {})


@pytest.mark.parametrize("kind", ["nfs4", "cifs", "9p", "virtiofs", "fuse.sshfs"])
def test_a_share_is_refused_and_nothing_is_made_there(
    cli: Cli, board: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, kind: str
) -> None:
    mount(
        monkeypatch, tmp_path, "1 0 8:1 / / rw - ext4 /dev/sda1 rw", f"2 1 NUMBER / /mnt rw shared:7 - {kind} far:/x rw"
    )
    line = cli.refused("create", "--mission", "m", "--agents", "w1", code=3)
    assert f"would be on a share ({kind})" in line
    assert "set ACOLYTES_QUEST_DB to a file on a disk of this machine, or ACOLYTES_QUEST_URL" in line
    assert not board.parent.exists()


def test_a_board_that_is_on_a_share_already_is_not_opened(
    cli: Cli, board: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    create(cli)
    mount(monkeypatch, tmp_path, "2 1 NUMBER / /mnt rw - nfs far:/x rw")
    for words in (("status",), ("message", "--quest", 1, "--to", "w1", "--msg", "x")):
        assert "on a share (nfs)" in cli.refused(*words, code=3)


@pytest.mark.parametrize(
    "line",
    [
        "2 1 NUMBER / /dev/shm rw - tmpfs tmpfs rw",
        "2 1 NUMBER / / rw - overlay overlay rw",
        "2 1 NUMBER / / rw - virtiofs root rw",  # a sandbox's own disk
        "2 1 0:9999 / /mnt rw - nfs4 far:/x rw",
        "",
    ],
)
def test_everything_else_is_a_disk_of_this_machine(
    cli: Cli, board: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, line: str
) -> None:
    mount(monkeypatch, tmp_path, *([line] if line else []))
    assert create(cli) == 1


def test_without_a_list_of_mounts_nothing_is_refused(
    cli: Cli, board: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(mounts, "MOUNTS", str(tmp_path / "nothing"))
    assert create(cli) == 1
