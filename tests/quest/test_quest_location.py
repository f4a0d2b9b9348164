"""Where the board is found: by variable, from a subfolder, from a worktree, and nowhere by accident."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from acolytes_quest.errors import UnavailableError
from acolytes_quest.location import find_board
from quest_support import Cli

PLACE = ".claude/acolytes/quests.db"


def git(folder: Path, *words: str) -> None:
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    subprocess.run(["git", *identity, *words], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A real repository with one commit."""
    folder = tmp_path / "main"
    folder.mkdir()
    git(folder, "init", "--quiet")
    git(folder, "commit", "--quiet", "--allow-empty", "-m", "first")
    return folder


def test_a_subfolder_shares_the_projects_board(repository: Path) -> None:
    (repository / "a/b").mkdir(parents=True)
    assert find_board(str(repository / "a/b"), {}) == str(repository / PLACE)


def test_a_worktree_shares_the_board_of_the_main_tree(repository: Path, tmp_path: Path) -> None:
    git(repository, "worktree", "add", "--quiet", str(tmp_path / "other"))
    (tmp_path / "other/deep").mkdir()
    assert find_board(str(tmp_path / "other/deep"), {}) == str(repository / PLACE)


def test_worktrees_of_a_bare_repository_share_one_board(repository: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "--quiet", "--bare", str(repository), "bare.git")
    for name in ("one", "two"):
        git(tmp_path / "bare.git", "worktree", "add", "--quiet", "-b", name, str(tmp_path / name))
    for name in ("one", "two"):
        assert find_board(str(tmp_path / name), {}) == str(tmp_path / "bare.git" / PLACE)


def test_a_submodule_has_a_board_of_its_own(repository: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "--quiet", str(repository), "library")
    git(repository, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(tmp_path / "library"), "lib")
    assert find_board(str(repository / "lib"), {}) == str(repository / "lib" / PLACE)


def test_without_git_it_is_the_current_folder(tmp_path: Path) -> None:
    assert find_board(str(tmp_path), {}) == str(tmp_path / PLACE)


def test_a_broken_git_file_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / ".git").write_bytes(b"\xff\xfe nonsense")
    assert find_board(str(tmp_path), {}) == str(tmp_path / PLACE)


def test_the_variable_wins(repository: Path, tmp_path: Path) -> None:
    assert find_board(str(repository), {"ACOLYTES_QUEST_DB": "x/my.db"}) == str(repository / "x/my.db")
    assert find_board(str(repository), {"ACOLYTES_QUEST_DB": f"{tmp_path}/my.db"}) == str(tmp_path / "my.db")
    assert find_board(str(repository), {"ACOLYTES_QUEST_DB": ""}) == str(repository / PLACE)


def test_a_server_is_not_available_yet(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACOLYTES_QUEST_URL", "postgresql://localhost/x")
    assert "PostgreSQL is not available in this version" in cli.refused("status", code=3)
    with pytest.raises(UnavailableError):
        find_board("/", {"ACOLYTES_QUEST_URL": "postgresql://localhost/x"})


def modes(folder: Path) -> dict[str, str]:
    return {path.name: oct(path.stat().st_mode & 0o777) for path in [folder, *folder.iterdir()]}


def test_the_board_is_its_owners_alone_and_git_does_not_see_it(cli: Cli, project: Path) -> None:
    cli.ok("create", "--mission", "m", "--agents", "w1")
    cli.ok("monitor", "--role", "worker", "--agent", "w1", "--timeout", 0)
    folder = project / ".claude/acolytes"
    found = modes(folder)
    assert (folder / ".gitignore").read_text("utf-8") == "*\n"
    assert found.pop(".gitignore") == "0o644"
    assert (found.pop("acolytes"), found.pop("quests.db-bells")) == ("0o700", "0o700")
    assert {"quests.db", "quests.db-lock"} <= set(found)
    assert set(found.values()) == {"0o600"}


def test_a_folder_of_the_users_own_is_left_as_it_is(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shared = tmp_path / "shared"
    shared.mkdir(mode=0o755)
    monkeypatch.setenv("ACOLYTES_QUEST_DB", str(shared / "my.db"))
    cli.ok("create", "--mission", "m", "--agents", "w1")
    found = modes(shared)
    assert found["shared"] == "0o755"
    assert found["my.db"] == "0o600"
    assert ".gitignore" not in found


def test_a_path_with_the_letters_of_an_address_is_a_path(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ACOLYTES_QUEST_DB", str(tmp_path / "a?b#c%20d" / "my.db"))
    assert cli.ok("create", "--mission", "m", "--agents", "w1") == "1\n"
    assert (tmp_path / "a?b#c%20d" / "my.db").is_file()
