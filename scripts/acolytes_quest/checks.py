"""Check what goes onto the board, once, before any transaction begins."""

from __future__ import annotations

import os

from .errors import RefusalError
from .location import quest_root

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MESSAGE_BYTES = 64 * 1024
# What a person may be on a server's board. NO_ROLE takes the role away.
SERVER_ROLES = ("leader", "member", "reader")
NO_ROLE = "none"
BOARD_NAME = "board"  # the sender of the board's own messages; no member may have this name
EVERYONE = "all"  # as a recipient: every worker of the quest
ANYONE = "any"  # as a recipient: the first worker of the quest that takes the turn
PERSON = "person"  # who writes from a terminal, where there is no session
_RESERVED = {
    BOARD_NAME: "the board",
    EVERYONE: "all workers",
    ANYONE: "any worker",
    PERSON: "you, who write from a terminal",
}
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
_NAME_LETTERS = _LETTERS | frozenset("._:-")
_SESSION_LETTERS = _LETTERS | frozenset("_-")


def agent_name(text: str) -> str:
    """Return the name of an agent, without the leading @ of a mention.

    >>> agent_name("@ops.performance")
    'ops.performance'
    """
    name = text.removeprefix("@")
    if not 1 <= len(name) <= 64 or name[0] not in _LETTERS or not _NAME_LETTERS.issuperset(name):
        raise RefusalError(
            f"{text!a} is not an agent name: use a letter or digit, then at most 63 letters, digits, dots and _ : -"
        )
    word = name.lower()
    if word in _RESERVED:
        means = f"{name!r} means" if name == word else f"{name!r} is like {word!r}, which means"
        raise RefusalError(f"{means} {_RESERVED[word]}: give the agent another name")
    return name


def agent_names(text: str) -> list[str]:
    """Return the names in a list with commas, each once, in their order."""
    names = [agent_name(part.strip()) for part in text.split(",") if part.strip()]
    if not names:
        raise RefusalError("the list of agents is empty: name one or more, separated by commas, as in w1,w2")
    return list(dict.fromkeys(names))


def same_but_for_case(names: Iterable[str]) -> tuple[str, str] | None:
    """Return two different names that a reader takes for one.

    >>> same_but_for_case(["anna", "ben", "Anna"])
    ('anna', 'Anna')
    """
    first: dict[str, str] = {}
    return next(((other, name) for name in names if (other := first.setdefault(name.lower(), name)) != name), None)


def different(names: Iterable[str]) -> None:
    """Refuse two names of members that differ only in upper and lower case."""
    if same := same_but_for_case(names):
        raise RefusalError(f"{same[0]} and {same[1]} differ only in upper and lower case: use one name, or rename one")


def session_id(text: str) -> str:
    """Return the id of a session, as a hook appends it by --as."""
    if not 1 <= len(text) <= 64 or not _SESSION_LETTERS.issuperset(text):
        raise RefusalError(f"--as {text!a} is not a valid session id: use 1 to 64 letters, digits, _ and -")
    return text


def text(value: str, what: str) -> str:
    """Return a text that may go onto the board: UTF-8, not empty, at most 64 KiB. `what` names it in an error."""
    try:
        size = len(value.encode("utf-8"))
    except UnicodeEncodeError:
        raise RefusalError(f"the {what} is not valid UTF-8: remove its broken characters") from None
    if size > MESSAGE_BYTES:
        raise too_long(what)
    if "\0" in value:
        raise RefusalError(f"the {what} contains a NUL character: remove it")
    if not value.strip():
        raise RefusalError(f"the {what} is empty: write something")
    return value


def too_long(what: str) -> RefusalError:
    """Return the error for a text above the limit. Its whole length may be unknown."""
    return RefusalError(f"the {what} is longer than 64 KiB: put the long part into a file of the project and name that")


def files(value: str, cwd: str, environ: Mapping[str, str], option: str = "--files") -> list[str]:
    """Return the files in a list with commas, relative to the root of the project. No file is opened."""
    root = quest_root(cwd, environ)
    return list(dict.fromkeys(inside(part.strip(), cwd, root, option) for part in value.split(",") if part.strip()))


def inside(name: str, cwd: str, root: str, option: str) -> str:
    """Return a path relative to the folder `root` of the project, inside of which it must lie. It is not opened."""
    text(name, "name of a file")
    path = os.path.normpath(os.path.join(cwd, name))
    if ".." in name.split("/") or not path.startswith(root.rstrip(os.sep) + os.sep):
        raise RefusalError(f"{option} {name!a}: name files inside the project {root}, without `..`")
    return os.path.relpath(path, root)


def suggestion(name: str, names: Iterable[str]) -> str:
    """Return `; did you mean X?` when one of the existing names is similar to `name`, else nothing.

    >>> suggestion("respnd", ["create", "respond"])
    '; did you mean respond?'
    """
    import difflib

    close = difflib.get_close_matches(name, list(names), 1)
    return f"; did you mean {close[0]}?" if close else ""
