"""Two boards where one was meant: what a call says of the board that it uses, and of another one nearby."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from acolytes_quest import nearby
from postgres_server import PostgresServer
from quest_support import Cli, git

CREATE = ("create", "--mission", "m", "--agents", "w1")
LOOK = ("monitor", "--role", "worker", "--agent", "w1", "--timeout", 0)


def both_are_named(cli: Cli, own: str, other: str) -> None:
    """The verbs that do not need a quest name both, in one line and as data."""
    for words in (CREATE, ("status",)):
        data = cli.data(*words)
        assert data["board"] == own
        assert [row["board"] for row in data["other_boards"]] == [other]
        code, _, err = cli.run(*words)
        assert code == 0
        assert err.count("\n") == 1
        assert f"this is the board {own}; there is another one: {other} (" in err


@pytest.fixture
def outer(cli: Cli, project: Path) -> str:
    """A project with a board; its path."""
    cli.ok(*CREATE)
    return str(project / ".claude/acolytes/quests.db")


def test_with_one_board_nothing_is_said(cli: Cli, outer: str) -> None:
    assert cli.data("status")["other_boards"] == []
    assert cli.data("status")["board"] == outer
    assert cli.ok(*CREATE) == "2\n"
    assert f"w9 is in no open quest on the board {outer}" in cli.ok(*LOOK[:4], "w9", *LOOK[5:])


@pytest.mark.parametrize("mark", ["folder", "file"])
def test_a_repository_inside_of_another(
    cli: Cli, project: Path, outer: str, monkeypatch: pytest.MonkeyPatch, mark: str
) -> None:
    inner = project / "vendor/lib"
    inner.mkdir(parents=True)
    if mark == "folder":
        (inner / ".git").mkdir()
    else:
        (inner / ".git").write_text("gitdir: ../../.git/modules/lib\n")  # as a submodule has it
    monkeypatch.setenv("HOME", str(project.parent))
    monkeypatch.chdir(inner)
    own = str(inner / ".claude/acolytes/quests.db")
    assert f"this is the board {own}; there is another one: {outer} (of an outer folder)" in cli.refused("status")
    code, out, err = cli.run(*LOOK)
    assert (code, f"w1 is in no open quest on the board {own}" in out) == (0, True)
    assert outer in err
    both_are_named(cli, own, outer)


def test_a_folder_without_git_inside_of_another(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "home/work/sub").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path / "home/work/sub")
    cli.ok(*CREATE)
    monkeypatch.chdir(tmp_path / "home/work")
    cli.ok(*CREATE)
    monkeypatch.chdir(tmp_path / "home/work/sub")
    place = ".claude/acolytes/quests.db"
    both_are_named(cli, str(tmp_path / "home/work/sub" / place), str(tmp_path / "home/work" / place))


def test_another_file_beside_that_of_the_project(
    cli: Cli, outer: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ACOLYTES_QUEST_DB", str(tmp_path / "my.db"))
    both_are_named(cli, str(tmp_path / "my.db"), outer)


def test_a_server_in_one_shell_only(
    cli: Cli, outer: str, postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with postgres.board_database() as name:
        url = postgres.url(name)
        monkeypatch.setenv("ACOLYTES_QUEST_URL", url)
        server = nearby.without_secrets(url)
        both_are_named(cli, server, outer)
        monkeypatch.delenv("ACOLYTES_QUEST_URL")
        assert "ACOLYTES_QUEST_URL is not set here" in cli.run("status")[2]
        both_are_named(cli, outer, server)


def test_a_password_is_not_shown() -> None:
    for url in ("postgresql://me:hunter2@h/d", "postgresql://h/d?password=hunter2", "host=h password=hunter2"):
        assert "hunter2" not in nearby.without_secrets(url)


@pytest.mark.parametrize("how", ["moved", "copied"])
def test_a_worktree_at_another_place_than_its_repository_has_it(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    main, first, here = (tmp_path / name for name in ("main", "first", "here"))
    main.mkdir()
    git(main, "init", "--quiet")
    git(main, "commit", "--quiet", "--allow-empty", "-m", "first")
    git(main, "worktree", "add", "--quiet", str(first))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(first)
    cli.ok(*CREATE)
    shared = str(main / ".claude/acolytes/quests.db")
    shutil.copytree(first, here)
    if how == "moved":  # and has a board of its own from before
        monkeypatch.chdir(here)
        assert cli.run(*CREATE)[0] == 0
        shutil.rmtree(first)
    monkeypatch.chdir(here)
    both_are_named(cli, str(here / ".claude/acolytes/quests.db"), shared)
    assert "if you moved it, run `git worktree repair`)" in cli.run("status")[2]
    git(here, "worktree", "repair")
    assert cli.data("status")["board"] == shared
