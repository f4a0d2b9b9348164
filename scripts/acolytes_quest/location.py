"""Where the board's file is. One function serves commands and hooks; no git process, no database, only `os`."""

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
    """Return the absolute path of the board for a process in `cwd`; the file need not exist.

    `$ACOLYTES_QUEST_DB` wins; else it is `.claude/acolytes/quests.db` in the project's main working tree;
    without git, that of the nearest folder upward which has one, else of `cwd`.
    Raises UnavailableError when `$ACOLYTES_QUEST_URL` names a server, so that there is no file, and when a link leads
    out of the project.
    """
    if environ.get(URL_VARIABLE):
        raise UnavailableError("the board is on the server that ACOLYTES_QUEST_URL names, not in a file")
    chosen = environ.get(DB_VARIABLE)
    if chosen:
        return os.path.abspath(os.path.join(cwd, os.path.expanduser(chosen)))
    root = _main_tree(quest_root(cwd, environ))
    path = os.path.join(root, FOLDER, NAME)
    if not os.path.realpath(path).startswith(os.path.join(os.path.realpath(root), "")):
        # A clone can carry links; a command that runs unasked must not follow them out of the project.
        raise UnavailableError(f"{path} leads out of the project by a link: remove the link, or set ACOLYTES_QUEST_DB")
    return path


def quest_root(cwd: str, environ: Mapping[str, str]) -> str:
    """Return the project's folder: the nearest at or above `cwd` with `.git`, else with a board, else `cwd` itself.

    A board without git counts up to the home folder and not above it, and only when it is the caller's own: in a
    folder that many may write to, somebody else's must not give work.
    """
    root = project_root(cwd)
    if os.path.exists(os.path.join(root, ".git")):
        return root
    return next((folder for folder in _upward(root, environ.get("HOME")) if _has_own_board(folder)), root)


def project_root(cwd: str) -> str:
    """Return the nearest folder at or above `cwd` that holds `.git`, else `cwd` itself."""
    start = folder = os.path.abspath(cwd)
    while not os.path.exists(os.path.join(folder, ".git")):
        parent = os.path.dirname(folder)
        if parent == folder:
            return start
        folder = parent
    return folder


def in_own_folder(board: str) -> bool:
    """Whether the board lies in the folder that is the board's alone, and not wherever a variable put it."""
    return os.path.dirname(board).endswith(os.sep + FOLDER)


def _upward(folder: str, home: str | None) -> Iterator[str]:
    """Yield the folder and those above it, but none that lies above `home`."""
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


def _main_tree(root: str) -> str:
    """Return the main working tree of `root`, which may be another worktree of the same repository."""
    git_dir = _read_line(os.path.join(root, ".git"))
    if not git_dir.startswith("gitdir:"):
        return root
    git_dir = os.path.join(root, git_dir[len("gitdir:") :].strip())
    common = _read_line(os.path.join(git_dir, "commondir"))
    # A submodule, or a repository with a separate git folder, is its own main tree. A worktree is one only when the
    # repository knows it, too: a `.git` file alone could name any folder.
    back = os.path.join(git_dir, _read_line(os.path.join(git_dir, "gitdir")))
    if not common or os.path.realpath(back) != os.path.realpath(os.path.join(root, ".git")):
        return root
    common = os.path.normpath(os.path.join(git_dir, common))
    # Worktrees of a bare repository have no main tree: the repository's own folder is what they share.
    return os.path.dirname(common) if os.path.basename(common) == ".git" else common


def _read_line(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            return file.readline(4096).strip()
    except OSError:
        return ""
