"""Where the board is. One function serves commands and hooks; no git process, no database, only `os`."""

from __future__ import annotations

import os

from .errors import UnavailableError

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from collections.abc import Mapping

FOLDER = os.path.join(".claude", "acolytes")
NAME = "quests.db"


def find_board(cwd: str, environ: Mapping[str, str]) -> str:
    """Return the absolute path of the board for a process in `cwd`; the file need not exist.

    `$ACOLYTES_QUEST_DB` wins; else it is `.claude/acolytes/quests.db` in the project's main working tree.
    Raises UnavailableError when `$ACOLYTES_QUEST_URL` asks for a server, which this version does not speak to.
    """
    if environ.get("ACOLYTES_QUEST_URL"):
        raise UnavailableError("ACOLYTES_QUEST_URL is set, but PostgreSQL is not available in this version: unset it")
    chosen = environ.get("ACOLYTES_QUEST_DB")
    if chosen:
        return os.path.abspath(os.path.join(cwd, os.path.expanduser(chosen)))
    return os.path.join(_main_tree(project_root(cwd)), FOLDER, NAME)


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


def _main_tree(root: str) -> str:
    """Return the main working tree of `root`, which may be another worktree of the same repository."""
    git_dir = _read_line(os.path.join(root, ".git"))
    if not git_dir.startswith("gitdir:"):
        return root
    git_dir = os.path.join(root, git_dir[len("gitdir:") :].strip())
    common = _read_line(os.path.join(git_dir, "commondir"))
    if not common:  # a submodule, or a repository with a separate git folder: it is its own main tree
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
