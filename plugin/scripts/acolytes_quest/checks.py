"""What goes onto the board is checked here, once, before any transaction begins."""

from __future__ import annotations

import os

from .errors import RefusalError
from .location import quest_root

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MESSAGE_BYTES = 64 * 1024
BOARD_NAME = "board"  # signs the board's own messages, so that no member may bear it
EVERYONE = "all"  # as a receiver: every worker of the quest
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
_NAME_LETTERS = _LETTERS | frozenset("._:-")
_SESSION_LETTERS = _LETTERS | frozenset("_-")


def agent_name(given: str) -> str:
    """Return the canonical name of an agent: without the leading @ of a mention."""
    name = given.removeprefix("@")
    if not 1 <= len(name) <= 64 or name[0] not in _LETTERS or not _NAME_LETTERS.issuperset(name):
        raise RefusalError(
            f"{given!a} is no agent name: a letter or digit, then at most 63 letters, digits, dots and _ : -"
        )
    if name in {BOARD_NAME, EVERYONE}:
        raise RefusalError(f"the name {name!r} is the board's own: choose another")
    return name


def agent_names(given: str) -> list[str]:
    """Return the canonical names in a list with commas, each once, in their order."""
    names = [agent_name(part.strip()) for part in given.split(",") if part.strip()]
    if not names:
        raise RefusalError("no agent is named: give one or more with commas between, like w1,w2")
    return list(dict.fromkeys(names))


def session_id(given: str) -> str:
    """Return a session's id, as a hook appends it by --as."""
    if not 1 <= len(given) <= 64 or not _SESSION_LETTERS.issuperset(given):
        raise RefusalError(f"--as {given!a}: a session's id is 1 to 64 letters, digits, _ and -")
    return given


def text(given: str, what: str) -> str:
    """Return a text that may go onto the board: UTF-8, not empty, at most 64 KiB."""
    try:
        size = len(given.encode("utf-8"))
    except UnicodeEncodeError:
        raise RefusalError(f"the {what} is not valid UTF-8: remove its broken characters") from None
    if size > MESSAGE_BYTES:
        raise too_long(what)
    if "\0" in given:
        raise RefusalError(f"the {what} holds a NUL character: remove it")
    if not given.strip():
        raise RefusalError(f"the {what} is empty: say something")
    return given


def too_long(what: str) -> RefusalError:
    """Return the refusal of a text above the limit, whose whole length may be unknown."""
    return RefusalError(f"the {what} is longer than 64 KiB: put the long part into a file of the project and name that")


def files(given: str, cwd: str, environ: Mapping[str, str], option: str = "--files") -> list[str]:
    """Return the files in a list with commas as paths from the project's root. They are names: nothing is opened."""
    root = quest_root(cwd, environ)
    return list(dict.fromkeys(_inside(part.strip(), cwd, root, option) for part in given.split(",") if part.strip()))


def suggestion(name: str, known: Iterable[str]) -> str:
    """Return `; did you mean X?` when a known name is close to `name`, else nothing."""
    import difflib

    close = difflib.get_close_matches(name, list(known), 1)
    return f"; did you mean {close[0]}?" if close else ""


def _inside(name: str, cwd: str, root: str, option: str) -> str:
    text(name, "file's name")
    path = os.path.normpath(os.path.join(cwd, name))
    if ".." in name.split("/") or not path.startswith(root.rstrip(os.sep) + os.sep):
        raise RefusalError(f"{option} {name!a}: name files inside the project {root}, without `..`")
    return os.path.relpath(path, root)
