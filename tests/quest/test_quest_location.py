"""Where the board is found: by variable, from a subfolder, from a worktree, and nowhere by accident."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from acolytes_quest.errors import UnavailableError
from acolytes_quest.location import find_board
from acolytes_quest.settings import open_board
from quest_support import Cli, git

PLACE = ".claude/acolytes/quests.db"


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


def test_a_worktree_of_a_moved_project_gets_no_board_of_its_own(
    repository: Path, tmp_path: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other"
    git(repository, "worktree", "add", "--quiet", str(other))
    moved = repository.rename(tmp_path / "moved")
    monkeypatch.chdir(other)
    create = ("create", "--mission", "m", "--agents", "w1")
    for words in (create, ("status",), ("monitor", "--role", "worker", "--agent", "w1", "--timeout", 0)):
        refused = cli.refused(*words, code=3)
        assert (
            f"{other} is a worktree of the repository {repository}/.git, which is not there any more: if it" in refused
        )
        assert "run `git worktree repair` in its main folder" in refused
    assert not (other / ".claude").exists()
    git(moved, "worktree", "repair")
    cli.ok(*create)
    assert (moved / PLACE).exists()


@pytest.mark.parametrize("bare", [False, True])
def test_a_worktree_that_was_moved_gets_no_board_of_its_own(
    bare: bool, repository: Path, tmp_path: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    if bare:
        git(tmp_path, "clone", "--quiet", "--bare", str(repository), "bare.git")
        repository = tmp_path / "bare.git"
    git(repository, "worktree", "add", "--quiet", str(tmp_path / "other"))
    moved = (tmp_path / "other").rename(tmp_path / "moved")
    (moved / "deep").mkdir()
    monkeypatch.chdir(moved / "deep")
    create = ("create", "--mission", "m", "--agents", "w1")
    for words in (create, ("status",), ("monitor", "--role", "worker", "--agent", "w1", "--timeout", 0)):
        refused = cli.refused(*words, code=3)
        name = repository if bare else repository / ".git"
        assert f"{moved} is a worktree of the repository {name}, which has it at {tmp_path}/other: if you" in refused
        assert "run `git worktree repair` in it" in refused
    assert not (moved / ".claude").exists()
    git(moved, "worktree", "repair")
    cli.ok(*create)
    assert (repository / PLACE).exists()
    assert not (moved / ".claude").exists()


def test_a_worktree_that_git_moved_keeps_the_board_of_the_project(repository: Path, tmp_path: Path) -> None:
    git(repository, "worktree", "add", "--quiet", str(tmp_path / "other"))
    git(repository, "worktree", "move", str(tmp_path / "other"), str(tmp_path / "moved"))
    assert find_board(str(tmp_path / "moved"), {}) == str(repository / PLACE)
    open_board(str(tmp_path / "moved"), {}).close()


def test_a_worktree_without_an_entry_gets_no_board_and_a_copy_one_of_its_own(repository: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    git(repository, "worktree", "add", "--quiet", str(other))
    shutil.copytree(other, tmp_path / "copy")
    open_board(str(tmp_path / "copy"), {}).close()
    assert find_board(str(tmp_path / "copy"), {}) == str(tmp_path / "copy" / PLACE)
    other.rename(tmp_path / "moved")
    git(repository, "worktree", "prune")
    with pytest.raises(UnavailableError, match=r"which has no entry for it any more: make the worktree again"):
        open_board(str(tmp_path / "moved"), {})


def test_a_worktree_without_its_project_keeps_the_board_that_it_has(tmp_path: Path) -> None:
    (tmp_path / ".git").write_text("gitdir: /nowhere/.git/worktrees/w\n", "utf-8")
    with pytest.raises(UnavailableError, match=r"the repository /nowhere/\.git, which"):
        open_board(str(tmp_path), {})
    open_board(str(tmp_path), {"ACOLYTES_QUEST_DB": "here.db"}).close()
    make_board(tmp_path)
    open_board(str(tmp_path), {}).close()


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


def make_board(folder: Path) -> str:
    board = folder / PLACE
    board.parent.mkdir(parents=True)
    board.touch()
    return str(board)


def test_without_git_a_subfolder_shares_the_nearest_board_above(tmp_path: Path) -> None:
    deep = tmp_path / "home/work/a/b"
    deep.mkdir(parents=True)
    environ = {"HOME": str(tmp_path / "home")}
    assert find_board(str(deep), environ) == str(deep / PLACE)
    make_board(tmp_path)  # above the home folder: somebody else's
    assert find_board(str(deep), environ) == str(deep / PLACE)
    at_home = make_board(tmp_path / "home")
    assert find_board(str(deep), environ) == at_home
    at_work = make_board(tmp_path / "home/work")
    assert find_board(str(deep), environ) == at_work
    own = make_board(deep)
    assert find_board(str(deep), environ) == own


def test_beside_the_home_folder_a_board_above_both_does_not_count(tmp_path: Path) -> None:
    (tmp_path / "srv/site").mkdir(parents=True)
    environ = {"HOME": str(tmp_path / "home")}
    make_board(tmp_path)
    assert find_board(str(tmp_path / "srv/site"), environ) == str(tmp_path / "srv/site" / PLACE)
    shared = make_board(tmp_path / "srv")
    assert find_board(str(tmp_path / "srv/site"), environ) == shared
    assert find_board(str(tmp_path), environ) == str(tmp_path / PLACE), "its own folder always counts"


def test_git_stops_the_search_for_a_board(repository: Path, tmp_path: Path) -> None:
    make_board(tmp_path)
    assert find_board(str(repository), {}) == str(repository / PLACE)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_board_of_another_user_above_gives_no_work(tmp_path: Path) -> None:
    os.chown(make_board(tmp_path), 12345, -1)
    (tmp_path / "a").mkdir()
    assert find_board(str(tmp_path / "a"), {}) == str(tmp_path / "a" / PLACE)


def test_two_folders_without_git_share_quests_and_files(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = (tmp_path / "plain").resolve()
    (root / "a/b").mkdir(parents=True)
    create = ("create", "--mission", "m", "--agents", "w1")
    monkeypatch.chdir(root)
    assert cli.ok(*create) == "1\n"
    monkeypatch.chdir(root / "a/b")
    assert cli.ok(*create) == "2\n"
    cli.ok("message", "--quest", 1, "--to", "w1", "--msg", "x")
    cli.ok("monitor", "--role", "worker", "--agent", "w1")
    cli.ok("respond", "--quest", 1, "--msg", "Completed: x", "--files", f"c.py,{root}/d.py")
    assert cli.data("status", "--quest", 1)["turns"][0]["files"] == ["a/b/c.py", "d.py"]


def test_a_broken_git_file_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / ".git").write_bytes(b"\xff\xfe nonsense")
    assert find_board(str(tmp_path), {}) == str(tmp_path / PLACE)


@pytest.mark.parametrize("link", [".claude", ".claude/acolytes", PLACE])
def test_a_link_out_of_the_project_is_not_followed(repository: Path, tmp_path: Path, link: str) -> None:
    victim = tmp_path / "victim"
    victim.mkdir(mode=0o755)
    (repository / link).parent.mkdir(parents=True, exist_ok=True)
    (repository / link).symlink_to(victim)
    with pytest.raises(UnavailableError, match="leads out of the project"):
        find_board(str(repository), {})


def test_a_git_file_that_the_repository_does_not_know_leads_nowhere(repository: Path, tmp_path: Path) -> None:
    fake = tmp_path / "fake"
    fake.mkdir()
    (fake / "meta").mkdir()
    (fake / "meta/commondir").write_text(str(repository / ".git"))
    (fake / ".git").write_text("gitdir: meta\n")
    assert find_board(str(fake), {}) == str(fake / PLACE)


def test_the_variable_wins(repository: Path, tmp_path: Path) -> None:
    assert find_board(str(repository), {"ACOLYTES_QUEST_DB": "x/my.db"}) == str(repository / "x/my.db")
    assert find_board(str(repository), {"ACOLYTES_QUEST_DB": f"{tmp_path}/my.db"}) == str(tmp_path / "my.db")
    assert find_board(str(repository), {"ACOLYTES_QUEST_DB": ""}) == str(repository / PLACE)


def test_a_board_on_a_server_has_no_file() -> None:
    with pytest.raises(UnavailableError, match="not in a file"):
        find_board("/", {"ACOLYTES_QUEST_URL": "postgresql://localhost/x"})


def modes(folder: Path) -> dict[str, str]:
    return {path.name: oct(path.stat().st_mode & 0o777) for path in [folder, *folder.iterdir()]}


def test_the_board_is_its_owners_alone_and_git_does_not_see_it(cli: Cli, project: Path) -> None:
    cli.ok("create", "--mission", "m", "--agents", "w1")
    cli.ok("monitor", "--role", "worker", "--agent", "w1", "--timeout", 0)
    folder = project / ".claude/acolytes"
    entries = modes(folder)
    assert (folder / ".gitignore").read_text("utf-8") == "*\n"
    assert entries.pop(".gitignore") == "0o644"
    assert (entries.pop("acolytes"), entries.pop("quests.db-bells")) == ("0o700", "0o700")
    assert {"quests.db", "quests.db-lock"} <= set(entries)
    assert set(entries.values()) == {"0o600"}


def test_a_folder_of_the_users_own_is_left_as_it_is(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shared = tmp_path / "shared"
    shared.mkdir(mode=0o755)
    monkeypatch.setenv("ACOLYTES_QUEST_DB", str(shared / "my.db"))
    cli.ok("create", "--mission", "m", "--agents", "w1")
    entries = modes(shared)
    assert entries["shared"] == "0o755"
    assert entries["my.db"] == "0o600"
    assert ".gitignore" not in entries


def test_a_path_with_the_letters_of_an_address_is_a_path(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ACOLYTES_QUEST_DB", str(tmp_path / "a?b#c%20d" / "my.db"))
    assert cli.ok("create", "--mission", "m", "--agents", "w1") == "1\n"
    assert (tmp_path / "a?b#c%20d" / "my.db").is_file()
