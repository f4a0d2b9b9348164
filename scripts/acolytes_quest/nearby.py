"""Which board a call uses, and whether there is another one that somebody may have meant.

That is the board of an outer folder, for a repository inside of another; that of the repository, for a worktree that
was moved or copied; the file of a project, beside a server; and a server that this project has used, while its address
is not set here.
"""

from __future__ import annotations

import os

from .errors import UnavailableError
from .location import (
    DB_VARIABLE,
    FOLDER,
    NAME,
    URL_VARIABLE,
    boards_above,
    find_board,
    main_tree,
    named_tree,
    quest_root,
)

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from collections.abc import Mapping

_SERVER_NOTE = "server"  # beside the place of the file: the address of the server that a quest was created on


class Boards:
    """The board of a call, and others nearby with the reason why each may be meant."""

    def __init__(self, own: str, others: list[tuple[str, str]]) -> None:
        self.own = own
        self.others = others

    def data(self) -> dict[str, object]:
        """Return both for JSON."""
        return {"board": self.own, "other_boards": [{"board": board, "why": why} for board, why in self.others]}

    @property
    def line(self) -> str:
        """Both in one line; empty without another board."""
        listed = "; ".join(f"{board} ({why})" for board, why in self.others)
        return f"this is the board {self.own}; there is another one: {listed}" if listed else ""


def boards(cwd: str, environ: Mapping[str, str]) -> Boards:
    """Return the board of a process in `cwd`, and those nearby. No board is opened."""
    url = environ.get(URL_VARIABLE)
    usual = {"HOME": environ.get("HOME", "")}
    root = quest_root(cwd, usual)
    place = os.path.join(main_tree(root), FOLDER, NAME)
    own = without_secrets(url) if url else _path(cwd, environ)
    others = []
    if own != place and os.path.isfile(place):
        variable = URL_VARIABLE if url else DB_VARIABLE
        others.append((place, f"the file of this project, used where {variable} is not set"))
    in_worktree = os.path.join(root, FOLDER, NAME)
    if in_worktree not in {own, place} and os.path.isfile(in_worktree):
        others.append((in_worktree, "in this worktree, which shares the board of the main tree"))
    named = named_tree(root)
    of_repository = os.path.join(named, FOLDER, NAME)
    if named and main_tree(root) == root and of_repository != own and os.path.isfile(of_repository):
        why = "of the repository, which has this worktree at another place: if you moved it, run `git worktree repair`"
        others.append((of_repository, why))
    server = "" if url else _noted_server(place)
    if server:
        others.append((server, f"a server that this project has used; {URL_VARIABLE} is not set here"))
    if not url and not environ.get(DB_VARIABLE):
        others += [
            (board, "of an outer folder")
            for board in boards_above(main_tree(root), environ.get("HOME"))
            if board not in {own, place}
        ]
    return Boards(own, others)


def note_server(cwd: str, environ: Mapping[str, str]) -> None:
    """Note which server the project uses, where a file can be written, for a shell in which its address is not set."""
    url = environ.get(URL_VARIABLE)
    if not url:
        return
    try:
        path = _note(find_board(cwd, {"HOME": environ.get("HOME", "")}))
        if _read(path) == without_secrets(url):
            return
        os.makedirs(os.path.dirname(path), 0o700, exist_ok=True)
        ignore = os.path.join(os.path.dirname(path), ".gitignore")
        if not os.path.exists(ignore):
            with open(ignore, "w", encoding="ascii") as file:
                file.write("*\n")
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600), "w") as file:
            file.write(without_secrets(url))
    except (OSError, UnavailableError):
        return  # where no file can be written, nothing can be said later


def without_secrets(url: str) -> str:
    """Return the address of a server without its user, password and options.

    >>> without_secrets("postgresql://me:secret@db.example.org:5432/quests?sslmode=require")
    'postgresql://db.example.org:5432/quests'
    """
    scheme, mark, rest = url.partition("://")
    if not mark:
        return "the server of " + URL_VARIABLE
    place = rest.partition("?")[0].partition("#")[0]
    return f"{scheme}://{place.rpartition('@')[2]}"


def _path(cwd: str, environ: Mapping[str, str]) -> str:
    try:
        return find_board(cwd, environ)
    except UnavailableError:
        return os.path.join(quest_root(cwd, environ), FOLDER, NAME)


def _note(board: str) -> str:
    return os.path.join(os.path.dirname(board), _SERVER_NOTE)


def _noted_server(place: str) -> str:
    return _read(_note(place))


def _read(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read(300).strip()
    except OSError:
        return ""
