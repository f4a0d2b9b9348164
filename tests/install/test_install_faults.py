"""Killed at every file operation, out of space, locked, changed in between: the tree is wholly old or wholly new."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from pathlib import Path

import pytest

from acolytes_cc.cli import main
from acolytes_cc.errors import UserError
from acolytes_cc.install.application import registry
from acolytes_cc.install.disk.manifest import SettingsEntry, read_manifest
from acolytes_cc.install.disk.places import Places
from acolytes_cc.install.exclusive import exclusive
from acolytes_cc.install.going_back.plan import plan_rollback
from acolytes_cc.install.planning.files import make_plan
from acolytes_cc.install.planning.render import RenderedFile
from acolytes_cc.install.removal.apply import remove
from acolytes_cc.install.settings.hooks import settings_entries
from acolytes_cc.install.transaction.commit import lock_target
from acolytes_cc.install.transaction.records import BACK, states
from acolytes_cc.install.updating.apply import apply
from install_versions import fast_folder
from support import build_tree, read_tree

AGENT = "---\nname: {name}\ndescription: Use when {use}\n---\nbody {body}\n\nmore\n"


def agent(name: str, use: str, body: str = "old") -> RenderedFile:
    return RenderedFile(f"agents/{name}.md", AGENT.format(name=name, use=use, body=body).encode())


OLD = [
    *(agent(name, "old") for name in ("one", "two", "four", "five")),
    RenderedFile("acolytes/hooks/x.py", b"old\n"),
    RenderedFile("scripts/acolytes_quest/cli.py", b"old\n", executable=True),
]
NEW = [
    *(agent(name, "new") for name in ("one", "two", "three", "five")),
    RenderedFile("acolytes/hooks/x.py", b"new\n"),
    RenderedFile("scripts/acolytes_quest/cli.py", b"old\n", executable=True),
]
USERS = {
    "home/.claude/settings.json": '{\n  "model": "opus"\n}\n',
    "home/.claude/agents/mine.md": "mine",
    "home/.bashrc": "mine",
    "home/.local/share/other/file": "mine",
}
# what an update merges, and what it cannot
EDITS = {
    "agents/one.md": AGENT.format(name="one", use="old", body="old") + "my own line\n",
    "agents/two.md": AGENT.format(name="two", use="my own words", body="old"),
}
EVENTS = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.chmod", "open", "shutil.rmtree"}


@pytest.fixture
def root(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder whose ``home`` is the user's: the application's own files are in the tree that is compared."""
    with fast_folder() as folder:
        monkeypatch.setenv("HOME", str(folder / "run/home"))
        yield folder / "run"


def install(places: Places, files: list[RenderedFile], interpreter: str = "python3") -> None:
    old = read_manifest(places)
    entries = settings_entries(Path("/usr/bin", interpreter), places.state / "hooks", Path("/usr/bin"))
    apply(make_plan(places, files, entries, old), {}, old)


def update(places: Places) -> None:
    install(places, NEW, "python4")


def uninstall(places: Places) -> None:
    manifest = read_manifest(places)
    assert manifest
    remove(places, manifest)
    registry.remove_user(places.target)


def go_back(places: Places) -> None:
    assert main(["rollback", "--yes", "--json", "--target", str(places.target)]) == 0


def go_ahead(places: Places) -> None:
    assert main(["forward", "--yes", "--json", "--target", str(places.target)]) == 0


def settle_theirs(places: Places) -> None:
    assert main(["resolve", "two", "--theirs", "--json", "--target", str(places.target)]) == 0


def next_command(places: Places) -> None:
    """What every verb does first."""
    with exclusive(places.target):
        pass


def child(action: Callable[[], None], kill_at: int) -> int:
    """Run ``action`` in a process that dies before its file operation number ``kill_at``; returns its exit code."""
    pid = os.fork()
    if pid:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    operations = 0

    def operation(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal operations
        if event in EVENTS and (
            event != "open" or (isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR))
        ):
            operations += 1
            if operations == kill_at:
                os._exit(99)

    try:
        sys.addaudithook(operation)
        action()
        os._exit(0)
    finally:
        os._exit(1)


def whole(root: Path, allowed: set[bytes]) -> None:
    """Every file outside our state has one of the contents that it may have."""
    for name, (mode, content) in read_tree(root).items():
        if mode[0] == "-" and ".claude/acolytes/" not in name and not name.endswith(".acolytes-new"):
            assert content in allowed, name


VERBS = (
    "first install",
    "update",
    "resolve",
    "rollback",
    "rollback of the install",
    "forward",
    "new change",
    "uninstall",
)


def start(verb: str, root: Path) -> tuple[Places, Callable[[], None]]:
    """The tree before ``verb``, and what to do then. It is made once, and copied from then on."""
    places = Places("user", root / "home/.claude")
    before = root.with_name(f"before {verb}")
    if root.exists():
        shutil.rmtree(root)
    if not before.exists():
        prepare(verb, root, places)
        root.rename(before)
    shutil.copytree(before, root, symlinks=True)
    actions: dict[str, Callable[[], None]] = {
        "first install": lambda: install(places, OLD),
        "update": lambda: update(places),
        "new change": lambda: update(places),
        "resolve": lambda: settle_theirs(places),
        "forward": lambda: go_ahead(places),
        "uninstall": lambda: uninstall(places),
    }
    return places, actions.get(verb, lambda: go_back(places))


def prepare(verb: str, root: Path, places: Places) -> None:
    build_tree(root, USERS)
    if verb == "first install":
        return
    install(places, OLD)
    if verb in ("update", "rollback", "resolve", "forward", "new change"):
        build_tree(places.target, EDITS)
        (places.target / "agents/five.md").unlink()
    if verb in ("rollback", "resolve", "forward", "new change"):
        update(places)
    if verb in ("forward", "new change"):
        go_back(places)


@pytest.mark.parametrize("verb", VERBS)
def test_killed_at_every_file_operation(verb: str, root: Path) -> None:
    """Old and new are the trees before and after the same verb undisturbed: our state and the launchers, too."""
    _, action = start(verb, root)
    old = read_tree(root)
    assert child(action, 0) == 0
    new = read_tree(root)
    assert new != old
    allowed = {content for tree in (old, new) for _, content in tree.values()}
    outcomes = []
    for kill_at in count(1):
        places, action = start(verb, root)
        code = child(action, kill_at)
        if code == 0:
            break
        assert code == 99
        whole(root, allowed)
        next_command(places)
        after = read_tree(root)
        assert after in (old, new), (kill_at, sorted(set(after) ^ set(old)), sorted(set(after) ^ set(new)))
        outcomes.append(after == new)
    assert len(outcomes) > 30
    # what is cut short is undone; only the tidying up at the very end comes after the point of no return
    assert outcomes == sorted(outcomes)
    assert False in outcomes


@pytest.mark.parametrize("verb", VERBS)
def test_recovery_may_be_killed_itself(verb: str, root: Path, pytestconfig: pytest.Config) -> None:
    """At each of its file operations, again and again: it gets to its end, and to the same tree."""
    _, action = start(verb, root)
    old = read_tree(root)
    assert child(action, 0) == 0
    new = read_tree(root)
    killed = 0
    for kill_at in count(1, 1 if pytestconfig.getoption("--full") else 9):
        places, action = start(verb, root)
        if child(action, kill_at) == 0:
            break
        for again in count(1):
            if child(partial(next_command, places), again) == 0:
                break
            killed += 1
        assert read_tree(root) in (old, new), kill_at
    assert killed > 15


def test_killed_while_a_link_leads_to_another_disk(root: Path, tmp_path: Path) -> None:
    """There a file cannot be moved to: it is written beside, and what was cut short there goes, too."""
    if tmp_path.stat().st_dev == root.parent.stat().st_dev:
        pytest.skip("there is only one disk here")
    elsewhere = tmp_path / "agents"
    places = Places("user", root / "home/.claude")

    def begin() -> dict[str, tuple[str, bytes]]:
        for folder in (root, elsewhere):
            shutil.rmtree(folder, ignore_errors=True)
        build_tree(elsewhere, {"mine.md": "mine"})
        places.target.mkdir(parents=True)
        (places.target / "agents").symlink_to(elsewhere)
        install(places, OLD)
        return read_tree(elsewhere)

    old = begin()
    update(places)
    new = read_tree(elsewhere)
    for kill_at in count(1, 2):
        begin()
        if child(lambda: update(places), kill_at) == 0:
            break
        whole(elsewhere, {content for tree in (old, new) for _, content in tree.values()})
        next_command(places)
        assert read_tree(elsewhere) in (old, new), kill_at


def test_a_folder_that_was_made_for_it_goes_again(root: Path) -> None:
    """Only a kill in the instant between making or removing folders can leave one, and then it is empty."""
    places = Places("user", root / "home/deep/config")
    empty = 0
    for kill_at in count(1):
        if root.exists():
            shutil.rmtree(root)
        build_tree(root, USERS)
        old = read_tree(root)
        if child(lambda: install(places, OLD), kill_at) == 0:
            break
        next_command(places)
        if not (places.target / "agents").exists():
            left = read_tree(root)
            empty += left != old
            assert left | old == left
            assert left.keys() - old.keys() <= {"home/deep", "home/deep/config"}
    assert empty < 10 < kill_at


def test_a_file_that_changes_between_plan_and_apply_stops_everything(tmp_path: Path) -> None:
    build_tree(tmp_path, USERS)
    places = Places("user", tmp_path / "home/.claude")
    install(places, OLD)
    manifest = read_manifest(places)
    entries = settings_entries(Path("/usr/bin/python3"), places.state / "hooks", Path("/usr/bin"))
    for name in ("agents/one.md", "agents/three.md", "settings.json"):
        plan = make_plan(places, NEW, [*entries, SettingsEntry("Stop", {"hooks": []})], manifest)
        before = (places.target / name).read_bytes() if (places.target / name).exists() else None
        build_tree(places.target, {name: '{"mine": 1}'})
        changed = read_tree(tmp_path)
        with pytest.raises(UserError, match="was changed while this ran"):
            apply(plan, {}, manifest)
        assert read_tree(tmp_path) == changed
        (places.target / name).unlink() if before is None else (places.target / name).write_bytes(before)


def test_a_full_disk_changes_nothing(tmp_path: Path) -> None:
    build_tree(tmp_path, USERS)
    places = Places("user", tmp_path / "home/.claude")
    install(places, OLD)
    old = read_tree(tmp_path)
    big = [*OLD, RenderedFile("agents/big.md", AGENT.format(name="b", use="b", body="x" * 100_000).encode())]

    def limited() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))
        with pytest.raises(UserError, match=r"nothing was changed: .*File too large"):
            install(places, big)

    assert child(limited, 0) == 0
    assert read_tree(tmp_path) == old


def test_two_at_once_are_one_after_the_other(tmp_path: Path) -> None:
    target = tmp_path / "home/.claude"
    with lock_target(target):

        def second() -> None:
            with pytest.raises(UserError, match="another acolytes is changing"), lock_target(target):
                pass

        assert child(second, 0) == 0
    with lock_target(target):
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
        install(places, [RenderedFile("agents/one.md", AGENT.format(name="one", use="x", body=number).encode())])
    assert len(states(places.target, BACK)) == 5
    go_back(places)
    assert "body 6" in (places.target / "agents/one.md").read_text()
    with pytest.raises(UserError, match=r"cannot go back 5 states in .*: only 4 are possible"):
        plan_rollback(places.target, 5, BACK)


def test_what_the_user_changed_since_stays_at_a_rollback(tmp_path: Path) -> None:
    places = Places("user", tmp_path / ".claude")
    install(places, OLD)
    install(places, NEW)
    build_tree(places.target, {"agents/one.md": "mine now"})
    plan = plan_rollback(places.target, 1, BACK)
    assert plan.kept == ["agents/one.md"]
    go_back(places)
    assert (places.target / "agents/one.md").read_text() == "mine now"
    assert not (places.target / "agents/three.md").exists()
    assert (places.target / "agents/two.md").exists()
