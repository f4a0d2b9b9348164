"""Killed at every file operation, out of space, locked, changed in between: the tree is wholly old or wholly new."""

from __future__ import annotations

import os
import resource
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from acolytes_cc.errors import UserError
from acolytes_cc.install import transaction
from acolytes_cc.install.apply import apply, remove
from acolytes_cc.install.hook_entries import settings_entries
from acolytes_cc.install.manifest import read_manifest
from acolytes_cc.install.places import Places
from acolytes_cc.install.plan import make_plan
from acolytes_cc.install.render import Rendered
from support import build_tree, read_tree

AGENT = "---\nname: {name}\ndescription: Use when {use}\n---\nbody {body}\n"
OLD = [
    Rendered("agents/one.md", AGENT.format(name="one", use="old", body="old").encode()),
    Rendered("agents/two.md", AGENT.format(name="two", use="old", body="old").encode()),
    Rendered("acolytes/hooks/x.py", b"old\n"),
    Rendered("scripts/acolytes_quest/cli.py", b"old\n", executable=True),
]
NEW = [
    Rendered("agents/one.md", AGENT.format(name="one", use="new", body="old").encode()),
    Rendered("agents/three.md", AGENT.format(name="three", use="new", body="new").encode()),
    Rendered("acolytes/hooks/x.py", b"new\n"),
    Rendered("scripts/acolytes_quest/cli.py", b"old\n", executable=True),
]
USERS = {
    "home/.claude/settings.json": '{\n  "model": "opus"\n}\n',
    "home/.claude/agents/mine.md": "mine",
    "home/.bashrc": "mine",
}
EVENTS = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.chmod", "open", "shutil.rmtree"}


def install(places: Places, files: list[Rendered]) -> None:
    old = read_manifest(places)
    entries = settings_entries(Path("/usr/bin/python3"), places.state / "hooks", Path("/usr/bin"))
    apply(make_plan(places, files, entries, old), {}, old)


def uninstall(places: Places) -> None:
    manifest = read_manifest(places)
    assert manifest
    remove(places, manifest)


def go_back(places: Places) -> None:
    manifest = read_manifest(places)
    transaction.commit(
        places.target, transaction.way_back(places.target, 1)[0], leave=manifest.folders if manifest else []
    )
    if read_manifest(places) is None:
        transaction.finish(places.target)


def next_command(places: Places) -> None:
    """What every verb does first."""
    with transaction.locked(places.target):
        transaction.recover(places.target)
        if read_manifest(places) is None:
            transaction.finish(places.target)


def child(action: Callable[[], None], kill_at: int) -> int:
    """Run ``action`` in a process that dies before its file operation number ``kill_at``; returns its exit code."""
    pid = os.fork()
    if pid:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    count = 0

    def operation(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal count
        if event in EVENTS and (
            event != "open" or (isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR))
        ):
            count += 1
            if count == kill_at:
                os._exit(99)

    try:
        sys.addaudithook(operation)
        action()
        os._exit(0)
    finally:
        os._exit(1)


def whole(places: Places, allowed: set[bytes]) -> None:
    """Every file outside our state has one of the contents that it may have."""
    for path in places.target.rglob("*"):
        if path.is_file() and places.state not in path.parents:
            assert path.read_bytes() in allowed, path


def without_state(root: Path) -> dict[str, tuple[str, bytes]]:
    """The tree but for the journal's own snapshots."""
    return {name: entry for name, entry in read_tree(root).items() if "acolytes/snapshots" not in name}


@pytest.mark.parametrize("verb", ["first install", "update", "rollback", "rollback of the install", "uninstall"])
def test_killed_at_every_file_operation(verb: str, tmp_path: Path) -> None:
    """Old and new are the trees before and after the same verb undisturbed."""

    def start(root: Path) -> tuple[Places, Callable[[], None]]:
        build_tree(root, USERS)
        places = Places("user", root / "home/.claude")
        if verb == "first install":
            return places, lambda: install(places, OLD)
        install(places, OLD)
        if verb == "rollback":
            install(places, NEW)
        actions = {"update": lambda: install(places, NEW), "uninstall": lambda: uninstall(places)}
        return places, actions.get(verb, lambda: go_back(places))

    # one place for all runs, for settings and manifest name it
    root = tmp_path / "run"
    places, action = start(root)
    old = without_state(root)
    assert child(action, 0) == 0
    new = without_state(root)
    assert new != old
    allowed = {content for tree in (old, new) for _, content in tree.values()}
    outcomes = set()
    kill_at = 0
    while True:
        kill_at += 1
        os.rename(root, tmp_path / f"done-{kill_at}")
        places, action = start(root)
        code = child(action, kill_at)
        if code == 0:
            break
        assert code == 99
        whole(places, allowed)
        next_command(places)
        after = without_state(root)
        assert after in (old, new), (kill_at, sorted(set(after) ^ set(old)), sorted(set(after) ^ set(new)))
        outcomes.add(after == new)
    assert kill_at > 30
    # what is cut short is undone; only the tidying up at the very end comes after the point of no return
    assert False in outcomes


def test_recovery_may_be_killed_itself(tmp_path: Path) -> None:
    root = tmp_path / "run"
    places = Places("user", root / "home/.claude")
    build_tree(root, USERS)
    install(places, OLD)
    old = without_state(root)
    for late in (25, 35, 45):
        assert child(lambda: install(places, NEW), late) == 99
        for kill_at in range(1, 60):
            if child(lambda: next_command(places), kill_at) == 0:
                break
        next_command(places)
        assert without_state(root) == old


def test_a_file_that_changes_between_plan_and_apply_stops_everything(tmp_path: Path) -> None:
    build_tree(tmp_path, USERS)
    places = Places("user", tmp_path / "home/.claude")
    install(places, OLD)
    manifest = read_manifest(places)
    entries = settings_entries(Path("/usr/bin/python3"), places.state / "hooks", Path("/usr/bin"))
    for name in ("agents/one.md", "agents/three.md", "settings.json"):
        plan = make_plan(places, NEW, [*entries, ("Stop", {"hooks": []})], manifest)
        before = (places.target / name).read_bytes() if (places.target / name).exists() else None
        build_tree(places.target, {name: '{"mine": 1}'})
        changed = without_state(tmp_path)
        with pytest.raises(UserError, match="was changed while this ran"):
            apply(plan, {}, manifest)
        assert without_state(tmp_path) == changed
        (places.target / name).unlink() if before is None else (places.target / name).write_bytes(before)


def test_a_full_disk_changes_nothing(tmp_path: Path) -> None:
    build_tree(tmp_path, USERS)
    places = Places("user", tmp_path / "home/.claude")
    install(places, OLD)
    old = without_state(tmp_path)
    big = [*OLD, Rendered("agents/big.md", AGENT.format(name="b", use="b", body="x" * 100_000).encode())]

    def limited() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))
        with pytest.raises(UserError, match=r"nothing was changed: .*File too large"):
            install(places, big)

    assert child(limited, 0) == 0
    assert without_state(tmp_path) == old


def test_two_at_once_are_one_after_the_other(tmp_path: Path) -> None:
    target = tmp_path / "home/.claude"
    with transaction.locked(target):

        def second() -> None:
            with pytest.raises(UserError, match="another acolytes is changing"), transaction.locked(target):
                pass

        assert child(second, 0) == 0
    with transaction.locked(target):
        pass


def test_links_stay_links(tmp_path: Path) -> None:
    build_tree(tmp_path, {"dot/settings.json": '{"model": "opus"}', "dot/agents/mine.md": "mine"})
    (tmp_path / ".claude").mkdir()
    for name in ("settings.json", "agents"):
        (tmp_path / ".claude" / name).symlink_to(tmp_path / "dot" / name)
    before = read_tree(tmp_path)
    places = Places("user", tmp_path / ".claude")
    install(places, OLD)
    assert (tmp_path / ".claude/settings.json").is_symlink()
    assert "SubagentStart" in (tmp_path / "dot/settings.json").read_text()
    uninstall(places)
    assert read_tree(tmp_path) == before


def test_a_link_that_leads_nowhere_is_somebody_elses(tmp_path: Path) -> None:
    (tmp_path / ".claude/agents").mkdir(parents=True)
    (tmp_path / ".claude/agents/one.md").symlink_to(tmp_path / "gone.md")
    with pytest.raises(UserError, match=r"are not ours.*one\.md"):
        install(Places("user", tmp_path / ".claude"), OLD)
    assert not (tmp_path / "gone.md").exists()


def test_only_the_last_five_steps_are_kept(tmp_path: Path) -> None:
    places = Places("user", tmp_path / ".claude")
    for number in range(8):
        install(places, [Rendered("agents/one.md", AGENT.format(name="one", use="x", body=number).encode())])
    assert len(transaction.snapshots(places.target)) == 5
    go_back(places)
    assert "body 6" in (places.target / "agents/one.md").read_text()
    with pytest.raises(UserError, match="steps to go back"):
        transaction.way_back(places.target, 6)


def test_what_the_user_changed_since_stays_at_a_rollback(tmp_path: Path) -> None:
    places = Places("user", tmp_path / ".claude")
    install(places, OLD)
    install(places, NEW)
    build_tree(places.target, {"agents/one.md": "mine now"})
    changes, kept = transaction.way_back(places.target, 1)
    assert kept == ["agents/one.md"]
    transaction.commit(places.target, changes)
    assert (places.target / "agents/one.md").read_text() == "mine now"
    assert not (places.target / "agents/three.md").exists()
    assert (places.target / "agents/two.md").exists()
