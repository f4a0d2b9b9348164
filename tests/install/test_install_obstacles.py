"""What stands in the way of the real verbs: one line, and nothing changed; out of the way, it works."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from acolytes_cc.install.application.registry import read_users
from install_machine import INSTALL, UPDATE, Machine
from install_versions import fast_folder
from support import build_tree, read_tree


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Iterator[Machine]:
    with fast_folder() as folder:
        yield Machine(folder, monkeypatch)


def refused(machine: Machine, verb: tuple[str, ...], *says: str) -> None:
    """The verb fails with one line, and changes nothing."""
    before = read_tree(machine.home)
    assert machine.run(verb) in (2, 3)
    said = machine.said.read_text()
    assert said.count("\n") == 1, said
    assert all(word in said for word in says), said
    assert read_tree(machine.home) == before


def system(*command: str | Path) -> None:
    """Run a tool of the system's, or skip the test where it is not allowed to or not there."""
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"{command[0]} does not work here: {error}")


@pytest.mark.parametrize(
    ("verb", "free"), [(INSTALL, (0, 4, 40, 150, 300)), (UPDATE, (0, 4, 12, 24))], ids=["install", "update"]
)
def test_a_disk_that_fills_up_at_any_moment(verb: tuple[str, ...], free: tuple[int, ...], machine: Machine) -> None:
    shutil.rmtree(machine.home)
    machine.home.mkdir()
    system("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", machine.home)
    try:
        build_tree(machine.home, {".claude/settings.json": "{}", ".local/share/mine": "mine"})
        if verb == UPDATE:
            assert machine.run(INSTALL) == 0
        for kilobytes in free:
            space = os.statvfs(machine.home)
            filler = machine.home / "filler"
            filler.write_bytes(b"x" * (space.f_bavail * space.f_frsize - kilobytes * 1024))
            refused(machine, verb, "No space left on device")
            filler.unlink()
        assert machine.run(verb) == 0
    finally:
        subprocess.run(["umount", machine.home], check=True)


@pytest.mark.parametrize("name", ["agents/one.md", "settings.json", "acolytes/manifest.json"])
def test_a_file_that_nobody_may_write(
    name: str, tmp_path: Path, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a disk of its own kind: memory knows no such flag."""
    monkeypatch.setenv("HOME", str(tmp_path))
    machine.home, machine.target = tmp_path, tmp_path / ".claude"
    build_tree(tmp_path, {".claude/settings.json": "{}"})
    assert machine.run(INSTALL) == 0
    path = machine.target / name
    system("chattr", "+i", path)
    try:
        if name == "settings.json":
            refused(machine, ("uninstall",), "settings.json", "Operation not permitted")
        else:
            refused(machine, UPDATE, path.name, "Operation not permitted")
    finally:
        system("chattr", "-i", path)
    assert machine.run(UPDATE) == 0
    assert machine.run(("uninstall",)) == 0


@pytest.mark.parametrize(
    "name",
    [
        "agents/one.md",
        "settings.json",
        "scripts/acolytes_quest/cli.py",
        "acolytes/hooks/session_start.py",
        "acolytes/manifest.json",
        "acolytes/baseline/agents/one.md",
        "acolytes/conflicts/agents/one.md",
    ],
)
def test_a_folder_where_a_file_is_to_be(name: str, machine: Machine) -> None:
    (machine.target / "settings.json").unlink()
    if name.startswith("acolytes/"):
        (machine.target / "acolytes").mkdir(mode=0o700)
    build_tree(machine.target, {f"{name}/mine": "mine"})
    refused(machine, INSTALL, name)


@pytest.mark.parametrize(
    "name", ["agents", "scripts", "acolytes", "acolytes/hooks", "acolytes/baseline", "acolytes/snapshots"]
)
def test_a_file_where_a_folder_is_to_be(name: str, machine: Machine) -> None:
    shutil.rmtree(machine.target / "agents")
    if name.startswith("acolytes/"):
        (machine.target / "acolytes").mkdir(mode=0o700)
    build_tree(machine.target, {name: "mine"})
    refused(machine, INSTALL, name)


@pytest.mark.parametrize("name", [".claude", ".claude/agents", ".claude/settings.json", ".local/share/acolytes"])
def test_a_link_that_leads_nowhere(name: str, machine: Machine) -> None:
    shutil.rmtree(machine.target)
    (machine.home / name).parent.mkdir(parents=True, exist_ok=True)
    (machine.home / name).symlink_to(machine.home / "gone")
    refused(machine, INSTALL, name, "link")


def test_a_state_that_is_a_link_is_refused(machine: Machine) -> None:
    """A clone may bring one: what is tidied up there would be the user's."""
    build_tree(machine.home, {"backups/snapshots/2024/mine": "mine"})
    (machine.target / "acolytes").symlink_to(machine.home / "backups")
    refused(machine, INSTALL, "acolytes is a link")


def test_a_state_that_is_open_to_others_is_refused(machine: Machine) -> None:
    """Others could write what the next command would undo."""
    build_tree(machine.target, {"acolytes/mine": "mine"})
    refused(machine, INSTALL, "acolytes is open to other users")


def test_folders_that_are_links_stay_links(machine: Machine) -> None:
    """As with dotfiles: the whole folder, or the agents in it, lie elsewhere."""
    (machine.home / "dotfiles").mkdir()
    for path in (machine.target / "agents", machine.target):
        path.rename(machine.home / "dotfiles" / path.name)
        path.symlink_to(machine.home / "dotfiles" / path.name)
    before = read_tree(machine.home)
    for verb in (INSTALL, UPDATE, ("rollback",), UPDATE, ("uninstall",)):
        assert machine.run(verb) == 0, machine.said.read_text()
    assert read_tree(machine.home) == before


def test_many_installs_at_once_are_one(machine: Machine) -> None:
    """Into a folder that is not there yet, which each of them would make."""
    shutil.rmtree(machine.target)
    start = read_tree(machine.home)
    assert machine.run(INSTALL) == 0
    alone = read_tree(machine.home)
    for _ in range(10):
        assert machine.run(("uninstall",)) == 0
        assert read_tree(machine.home) == start
        processes = [machine.start(INSTALL) for _ in range(4)]
        codes = [os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) for process in processes]
        assert set(codes) <= {0, 3}
        assert 0 in codes
        assert read_tree(machine.home) == alone


def test_installs_into_several_folders_at_once_all_count(machine: Machine) -> None:
    """They share the application's own record, and the last to go takes the application with it."""
    targets = [machine.home / f"work{number}" for number in range(4)]
    for target in targets:
        target.mkdir()
    start = read_tree(machine.home)
    for _ in range(5):
        for verb in (INSTALL, ("uninstall",)):
            processes = [machine.start([*verb, "--target", str(target)]) for target in targets]
            assert [os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) for process in processes] == [0] * 4
            assert sorted(read_users().targets) == ([str(target) for target in targets] if verb == INSTALL else [])
        assert read_tree(machine.home) == start
