"""Quest boards at uninstall: they stay, hidden from git, and `--purge` takes exactly those that it named."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from acolytes_cc.cli import main
from support import ROOT, build_tree, read_tree
from terminal_user import Terminal


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A git repository, and the folder that everything is called in."""
    folder = tmp_path / "project"
    subprocess.run(["git", "init", "-q", str(folder)], check=True)
    monkeypatch.chdir(folder)
    return folder


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    code = main([*arguments, "--json"])
    captured = capsys.readouterr()
    assert (code, captured.err) == (0, "")
    return json.loads(captured.out)


def create_board(cwd: Path, board: Path) -> list[Path]:
    """A quest on a new board; returns the files that are there because of it."""
    before = set(cwd.rglob("*")) | set(board.parent.rglob("*"))
    script = ROOT / "scripts/acolytes_quest/quest_create.py"
    command = [sys.executable, "-I", "-B", str(script), "--mission", "m", "--agents", "ops.performance"]
    subprocess.run(command, cwd=cwd, check=True, capture_output=True)
    assert board.is_file()
    return [path for path in {*cwd.rglob("*"), *board.parent.rglob("*")} - before if path.is_file()]


def files(root: Path) -> list[str]:
    return sorted(
        path for path, (mode, _) in read_tree(root).items() if mode[0] == "-" and not path.startswith(".git/")
    )


@pytest.mark.parametrize("first", ["board", "install"])
def test_a_projects_board_stays_and_git_does_not_see_it(
    first: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    board = project / ".claude/acolytes/quests.db"
    if first == "board":
        create_board(project, board)
    run(capsys, "install", "--scope", "project")
    if first == "install":
        create_board(project, board)
    content = board.read_bytes()
    shown = run(capsys, "uninstall", "--scope", "project", "--yes")
    assert (shown["boards"], shown["purged"]) == ([str(board)], [])
    assert board.read_bytes() == content
    assert {"acolytes/.gitignore", "acolytes/quests.db"} <= {path.removeprefix(".claude/") for path in files(project)}
    assert not [path for path in files(project) if not path.startswith(".claude/acolytes/")]
    status = ["git", "status", "--porcelain", "--untracked-files=all"]
    assert subprocess.run(status, cwd=project, capture_output=True, check=True).stdout == b""


def test_the_report_says_in_one_line_where_the_board_is(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, "install", "--scope", "project")
    board = project / ".claude/acolytes/quests.db"
    create_board(project, board)
    assert main(["uninstall", "--scope", "project", "--yes"]) == 0
    assert [line for line in capsys.readouterr().out.splitlines() if str(board) in line and "--purge" in line]


@pytest.mark.parametrize("scope", ["user", "project"])
def test_without_a_board_no_trace_is_left(scope: str, project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = read_tree(project.parent)
    run(capsys, "install", "--scope", scope)
    shown = run(capsys, "uninstall", "--scope", scope, "--purge", "--yes")
    assert (shown["boards"], shown["purged"]) == ([], [])
    assert read_tree(project.parent) == before
    assert read_tree(Path.home()) == {}


@pytest.mark.parametrize("scope", ["user", "project"])
def test_a_purge_takes_exactly_what_it_named(scope: str, project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    board = project / ".claude/acolytes/quests.db"
    build_tree(project, {".claude/acolytes/quests.db-notes": "mine", ".claude/agents/mine.md": "mine"})
    board.parent.chmod(0o700)
    before = read_tree(project)
    run(capsys, "install", "--scope", scope)
    made = create_board(project, board)
    build_tree(project, {".claude/acolytes/quests.db-v1-backup": "old"})
    bells = project / ".claude/acolytes/quests.db-bells"
    bells.mkdir(exist_ok=True)
    os.mkfifo(bells / "ops.performance@0")
    named = run(capsys, "uninstall", "--scope", scope, "--purge", "--dry-run")["purged"]
    assert {str(path) for path in made} <= set(named)
    assert board.is_file()
    shown = run(capsys, "uninstall", "--scope", scope, "--purge", "--yes")
    assert (shown["boards"], shown["purged"]) == ([], named)
    assert read_tree(project) == before


def test_a_purge_after_the_uninstall(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, "install", "--scope", "project")
    create_board(project, project / ".claude/acolytes/quests.db")
    run(capsys, "uninstall", "--scope", "project", "--yes")
    shown = run(capsys, "uninstall", "--scope", "project", "--purge", "--yes")
    assert str(project / ".claude/acolytes/quests.db") in shown["purged"]
    assert files(project) == []


def test_nobody_purges_without_having_said_so(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, "install", "--scope", "project")
    create_board(project, project / ".claude/acolytes/quests.db")
    before = read_tree(project)
    for form in ([], ["--json"]):
        assert main(["uninstall", "--scope", "project", "--purge", *form]) == 2
        error = capsys.readouterr().err
        assert "--yes" in error
        assert error.count("\n") == 1
    assert read_tree(project) == before


def test_a_terminal_is_told_what_cannot_be_undone(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, "install", "--scope", "project")
    board = project / ".claude/acolytes/quests.db"
    create_board(project, board)
    with Terminal("uninstall", "--scope", "project", "--purge", cwd=project) as terminal:
        assert f"would delete permanently: {board}\n" in terminal.sees("[y/N]: ")
        terminal.types("")
        assert terminal.ends() == 130
        assert "nothing was changed" in terminal.shown
    assert board.is_file()


def test_another_installations_board_stays(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, "install", "--scope", "project")
    run(capsys, "install")
    board = project / ".claude/acolytes/quests.db"
    create_board(project, board)
    shown = run(capsys, "uninstall", "--purge", "--yes")
    assert (shown["boards"], shown["purged"]) == ([str(board)], [])
    assert board.is_file()


def test_a_project_is_not_purged_from_another(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run(capsys, "install", "--scope", "project")
    other = tmp_path / "other"
    subprocess.run(["git", "init", "-q", str(other)], check=True)
    board = other / ".claude/acolytes/quests.db"
    create_board(other, board)
    monkeypatch.chdir(other)
    target = str(project / ".claude")
    shown = run(capsys, "uninstall", "--scope", "project", "--target", target, "--purge", "--yes")
    assert (shown["boards"], shown["purged"]) == ([], [])
    assert board.is_file()


@pytest.mark.parametrize("what", ["ours", "another program's", "text", "link", "none"])
def test_a_board_named_by_the_environment_goes_only_when_it_is_one(
    what: str, project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run(capsys, "install")
    path = tmp_path / "my.db"
    monkeypatch.setenv("ACOLYTES_QUEST_DB", str(path))
    if what == "ours":
        create_board(project, path)
    elif what == "another program's":
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("CREATE TABLE mine (x)")
    elif what == "text":
        path.write_text("mine")
    elif what == "link":
        create_board(project, path)
        path.rename(tmp_path / "elsewhere.db")
        path.symlink_to(tmp_path / "elsewhere.db")
    build_tree(tmp_path, {"my.db-notes": "mine", ".gitignore": "*\n"})
    shown = run(capsys, "uninstall", "--purge", "--yes")
    assert shown["purged"][-1:] == ([str(path)] if what == "ours" else [])
    assert os.path.lexists(path) == (what not in ("ours", "none"))
    assert (tmp_path / "my.db-notes").is_file()
    assert (tmp_path / ".gitignore").is_file()


def test_a_rollback_over_the_first_install_leaves_the_board_hidden(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(capsys, "install", "--scope", "project")
    create_board(project, project / ".claude/acolytes/quests.db")
    run(capsys, "rollback", "--scope", "project")
    assert [path for path in files(project) if not path.startswith(".claude/acolytes/quests.db")] == [
        ".claude/acolytes/.gitignore"
    ]
