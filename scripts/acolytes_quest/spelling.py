"""Whether the file system takes two spellings of a name for one: by case, or by composed and decomposed characters.

It is looked at, at the place in question, because one disk can have both kinds of folders.
"""

from __future__ import annotations

import contextlib
import os

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_ENTRIES = 200  # so many entries of a folder are looked at
_SWAPPED = str.maketrans(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
)


def other_case(name: str) -> str:
    """Return a name in the other case; the same name if it has no ASCII letters."""
    return name.translate(_SWAPPED)


def other_form(name: str) -> str:
    """Return a name with composed characters decomposed, or the reverse; the same name if it has neither."""
    if name.isascii():
        return name
    import unicodedata

    decomposed = unicodedata.normalize("NFD", name)
    return decomposed if decomposed != name else unicodedata.normalize("NFC", name)


def is_one_entry(folder: str, name: str, other: str) -> bool:
    """Whether `other` is another spelling of the entry `name` of a folder, and no entry of its own."""
    try:
        one, two = (os.lstat(os.path.join(folder, spelling)) for spelling in (name, other))
        # Two hard links are one file, too, but then both spellings are listed.
        return os.path.samestat(one, two) and not {name, other}.issubset(os.listdir(folder))
    except OSError:
        return False


def ignores_case(folder: str) -> bool:
    """Whether upper and lower case are the same in the names of a folder, which may not exist yet."""
    return bool(_evidence(folder, other_case))


def ignores_form(folder: str, *, may_write: bool) -> bool:
    """Whether composed and decomposed characters are the same in the names of a folder, which may not exist yet.

    Few folders have a name that shows it. Then, with `may_write`, an empty folder is made there for a moment.
    """
    seen = _evidence(folder, other_form)
    return _tried(_existing(folder)) if seen is None and may_write else bool(seen)


def _evidence(folder: str, change: Callable[[str], str]) -> bool | None:
    """Return what an entry of the folder shows, or of the nearest one above it on the same disk; None without one."""
    for place in _upward(_existing(folder)):
        for name in _entries(place):
            if change(name) != name:
                return is_one_entry(place, name, change(name))
    return None


def _tried(folder: str) -> bool:
    name = f".acolytes-{os.urandom(8).hex()}-\u00e9"
    try:
        os.mkdir(os.path.join(folder, name), 0o700)
    except OSError:
        return False  # nobody can make a file there
    try:
        return is_one_entry(folder, name, other_form(name))
    finally:
        with contextlib.suppress(OSError):
            os.rmdir(os.path.join(folder, name))


def _existing(folder: str) -> str:
    while not os.path.isdir(folder):
        folder = os.path.dirname(folder)
    return folder


def _upward(folder: str) -> Iterator[str]:
    with contextlib.suppress(OSError):
        device = os.stat(folder).st_dev
        while os.stat(folder).st_dev == device:
            yield folder
            if folder == os.path.dirname(folder):
                return
            folder = os.path.dirname(folder)


def _entries(folder: str) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            return [entry.name for entry, _ in zip(entries, range(_ENTRIES))]
    except OSError:
        return []
