"""Find the file of the board. Commands and hooks share this. It starts no git process and opens no database."""

from __future__ import annotations

import os

from .errors import UnavailableError

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FOLDER = os.path.join(".claude", "acolytes")
NAME = "quests.db"
DB_VARIABLE = "ACOLYTES_QUEST_DB"  # names the file of the board
URL_VARIABLE = "ACOLYTES_QUEST_URL"  # names a server instead


def find_board(cwd: str, environ: Mapping[str, str]) -> str:
    """Return the absolute path of the board for a process in `cwd`. The file may not exist yet.

    `$ACOLYTES_QUEST_DB` names it. Else it is `.claude/acolytes/quests.db` in the main working tree of the project.
    Without git, the project is the nearest folder at or above `cwd` with a board, else `cwd`.

    Raises:
        UnavailableError: `$ACOLYTES_QUEST_URL` names a server, or a link leads out of the project.
    """
    if environ.get(URL_VARIABLE):
        raise UnavailableError("the board is on the server that ACOLYTES_QUEST_URL names, not in a file")
    chosen = environ.get(DB_VARIABLE)
    if chosen:
        return os.path.abspath(os.path.join(cwd, os.path.expanduser(chosen)))
    root = main_tree(quest_root(cwd, environ))
    path = os.path.join(root, FOLDER, NAME)
    if not os.path.realpath(path).startswith(os.path.join(os.path.realpath(root), "")):
        # A clone can contain links. A command that runs without asking must not follow them out of the project.
        raise UnavailableError(f"{path} leads out of the project by a link: remove the link, or set ACOLYTES_QUEST_DB")
    return path


def quest_root(cwd: str, environ: Mapping[str, str]) -> str:
    """Return the folder of the project: the nearest at or above `cwd` with `.git`, else with a board, else `cwd`.

    A board without git counts only in the home folder and below, and only if the caller owns it. In a folder that many
    users can write to, a board of another user must not give work.
    """
    root = project_root(cwd)
    if os.path.exists(os.path.join(root, ".git")):
        return root
    return next((folder for folder in _upward(root, environ.get("HOME")) if _has_own_board(folder)), root)


def boards_above(root: str, home: str | None) -> list[str]:
    """Return the boards of the folders above `root` that the caller owns, up to the home folder, nearest first."""
    above = os.path.dirname(root)
    folders = _upward(above, home) if above != root else ()
    return [os.path.join(folder, FOLDER, NAME) for folder in folders if _has_own_board(folder)]


def project_root(cwd: str) -> str:
    """Return the nearest folder at or above `cwd` that holds `.git`, else `cwd` itself."""
    start = folder = os.path.abspath(cwd)
    while not os.path.exists(os.path.join(folder, ".git")):
        parent = os.path.dirname(folder)
        if parent == folder:
            return start
        folder = parent
    return folder


def main_tree(root: str) -> str:
    """Return the main working tree of `root`, which may be another worktree of the same repository."""
    named = named_tree(root)
    # A worktree is one only when the repository knows it, too: a `.git` file alone could name any folder.
    if named and os.path.realpath(_back_link(git_folder(root))) == os.path.realpath(os.path.join(root, ".git")):
        return named
    return root


def named_tree(root: str) -> str:
    """Return the main tree of the repository that the worktree `root` names; empty for any other folder.

    The repository may have the worktree at another place: this one was moved, or it is a copy.
    """
    git_dir = git_folder(root)
    common = _read_line(os.path.join(git_dir, "commondir")) if git_dir else ""
    if not common:  # a submodule, or a repository with a separate git folder, is its own main tree
        return ""
    common = os.path.normpath(os.path.join(git_dir, common))
    # Worktrees of a bare repository have no main tree: the repository's own folder is what they share.
    return os.path.dirname(common) if os.path.basename(common) == ".git" else common


def git_folder(root: str) -> str:
    """Return the git folder of a worktree or submodule, which a file `.git` names; empty without such a file."""
    line = _read_line(os.path.join(root, ".git"))
    return os.path.join(root, line[len("gitdir:") :].strip()) if line.startswith("gitdir:") else ""


def _back_link(git_dir: str) -> str:
    """The file `.git` of the worktree whose entry in its repository this folder is."""
    return os.path.join(git_dir, _read_line(os.path.join(git_dir, "gitdir")))


def check_repository(cwd: str, environ: Mapping[str, str]) -> None:
    """Refuse a new board in a worktree that lost its repository by a move: the project would have two boards then."""
    if environ.get(DB_VARIABLE):
        return
    root = quest_root(cwd, environ)
    entry = git_folder(root)
    repository, folder, _ = entry.rpartition("/worktrees/")
    if not folder:
        return
    if not os.path.isdir(repository):
        reason = "which is not there any more: if it was moved, run `git worktree repair` in its main folder"
    elif not os.path.isdir(entry):
        reason = "which has no entry for it any more: make the worktree again with `git worktree add`"
    elif not os.path.exists(_back_link(entry)):
        reason = (
            f"which has it at {os.path.dirname(_back_link(entry))}: if you moved it, run `git worktree repair` in it"
        )
    else:
        return  # a worktree that is in order, or a copy of one, which is a folder of its own
    raise UnavailableError(
        f"{root} is a worktree of the repository {repository}, {reason}; or name the file of the board by {DB_VARIABLE}"
    )


def in_own_folder(board: str) -> bool:
    """Whether the board lies in its own folder, and not at another place that a variable names."""
    return os.path.dirname(board).endswith(os.sep + FOLDER)


def _upward(folder: str, home: str | None) -> Iterator[str]:
    """Yield the folder and those above it, up to `home`."""
    above_home = os.path.join(os.path.dirname(os.path.realpath(home)), "") if home else ""
    while not above_home.startswith(os.path.join(os.path.realpath(folder), "")):
        yield folder
        parent = os.path.dirname(folder)
        if parent == folder:
            return
        folder = parent


def _has_own_board(folder: str) -> bool:
    try:
        return os.stat(os.path.join(folder, FOLDER, NAME)).st_uid == os.geteuid()
    except OSError:
        return False


def _read_line(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            return file.readline(4096).strip()
    except OSError:
        return ""
