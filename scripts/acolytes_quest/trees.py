"""The working trees of a project: the main one, and the worktrees of its repository. All of them share one board.

On the board of the repository, `.` is the main tree and a worktree has the name that git gave it. On any other board a
tree is named by its path.
"""

from __future__ import annotations

import os

from .location import DB_VARIABLE, FOLDER, NAME, URL_VARIABLE, git_folder, main_tree, quest_root

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from collections.abc import Mapping

MAIN = "."


def tree_of(cwd: str, environ: Mapping[str, str]) -> str:
    """Return the name of the working tree that `cwd` lies in."""
    root = quest_root(cwd, environ)
    return _name(root, main_tree(root), cwd, environ)


def locate(path: str, cwd: str, environ: Mapping[str, str]) -> tuple[str, str] | None:
    """Return the working tree that a file lies in, and the name of the file from there; None outside of the project.

    Links are followed. The file may lie in another tree than `cwd` does, also in one inside of another.
    """
    root = quest_root(cwd, environ)
    main = os.path.realpath(main_tree(root))
    real = os.path.realpath(os.path.join(cwd, path))
    folder = os.path.dirname(real)
    while folder != os.path.dirname(folder):
        is_root = os.path.exists(os.path.join(folder, ".git")) and os.path.realpath(main_tree(folder)) == main
        if is_root or folder == os.path.realpath(root):
            return _name(folder, main, cwd, environ), os.path.relpath(real, folder)
        folder = os.path.dirname(folder)
    return ("/", real.lstrip("/")) if os.path.realpath(root) == "/" and real != "/" else None


def words(tree: str) -> str:
    """Return a tree for a reader.

    >>> words("."), words("feature"), words("/srv/shop")
    ('the main working tree', 'the worktree feature', '/srv/shop')
    """
    if tree == MAIN:
        return "the main working tree"
    return tree if tree.startswith("/") else f"the worktree {tree}"


def elsewhere(tree: str | None, own: str) -> str:
    """Return ` in TREE` when that is another tree than `own`, else nothing. None is all trees."""
    return "" if tree in {None, own} else f" in {words(tree or MAIN)}"


def _name(root: str, main: str, cwd: str, environ: Mapping[str, str]) -> str:
    if environ.get(URL_VARIABLE) or _is_elsewhere(main, cwd, environ):
        return os.path.realpath(root)
    if os.path.realpath(root) == os.path.realpath(main):
        return MAIN
    return os.path.basename(os.path.normpath(git_folder(root)))


def _is_elsewhere(main: str, cwd: str, environ: Mapping[str, str]) -> bool:
    """Whether a variable names another file than the board of the project."""
    chosen = environ.get(DB_VARIABLE)
    if not chosen:
        return False
    path = os.path.join(cwd, os.path.expanduser(chosen))
    return os.path.realpath(path) != os.path.realpath(os.path.join(main, FOLDER, NAME))
