"""Remembers the whole answer to a call, for as long as all that it depends on is the same.

An editor or a commit hook asks the same again and again: the answer is there before a library is imported. So this
module imports next to nothing.
"""

from __future__ import annotations

import os
import sys
import time
from hashlib import sha256

from acolytes_cc.lint.cache.client_version import client_on_path, identity

_FOLDER = "answers"
_FOLDERS = ("cache", "engine", "fix", "report", "rules", "settings", "support")
_MOST = 2_000
# A larger definition is not loaded anyway
_LARGEST = 1_048_576
# Everything that the linter may look at; acolytes_cc.definitions.files goes by them
_ENDINGS = (".json", ".markdown", ".md", ".mdown", ".txt")
_YOUNG_NANOSECONDS = 2_000_000_000
_SETTINGS = (".acolytes.toml", "pyproject.toml")
_MANIFEST = os.path.join(".claude-plugin", "plugin.json")


class Answer:
    """An exit code and what was printed."""

    def __init__(self, code: int, text: bytes) -> None:
        self.code = code
        self.text = text


def key_of(arguments: list[str]) -> str | None:
    """What an answer depends on, as a name; None for a call whose answer is not to be remembered.

    These are the program, the client on PATH, the settings, the content of every file that is named, and of folders
    what git goes by, too: size, times and number of each file that may count.
    """
    files = [argument for argument in arguments if os.path.isfile(argument)]
    folders = [argument for argument in arguments if os.path.isdir(argument)]
    hidden = any(argument.startswith("-") and "=" in argument for argument in arguments)  # it may name a file
    if not (files or folders) or hidden or sys.stdout.isatty():
        return None
    client = client_on_path()
    digest = sha256(program_hash())
    try:
        for text in (os.getcwd(), identity(client) if client else "", *arguments):
            digest.update(os.fsencode(text) + b"\0")
        for file in files:
            digest.update(_content(file))
        for place in (*map(os.path.dirname, files), *folders):
            digest.update(repr([os.path.exists(path) for path in _above(place, _MANIFEST)]).encode())
        for folder in folders:
            digest.update(_state_of(folder))
        for name in _SETTINGS:
            for path in _above("", name):
                digest.update(_content(path) if os.path.isfile(path) else b"-")
    except (OSError, ValueError):
        return None
    return digest.hexdigest()


def _state_of(folder: str) -> bytes:
    """Changes when anything changes in a folder that the linter may look at; ValueError when it changed just now.

    A file that is written twice in the moment between two ticks of the clock looks the same: so a young one counts as
    unknown.
    """
    digest = sha256()
    newest = 0
    entered: set[tuple[int, int]] = set()
    waiting = [folder]
    while waiting:
        parent = waiting.pop()
        info = os.stat(parent)
        if (info.st_dev, info.st_ino) in entered:
            continue
        entered.add((info.st_dev, info.st_ino))
        digest.update(b"%d\0" % info.st_mtime_ns)  # a link to a folder that was entered before shows here
        with os.scandir(parent) as entries:
            for entry in sorted(entries, key=lambda entry: entry.name):
                if entry.is_dir():
                    waiting += [entry.path] if entry.name != ".git" else []
                elif entry.name.lower().endswith(_ENDINGS):
                    info = entry.stat()
                    newest = max(newest, info.st_ctime_ns)
                    digest.update(os.fsencode(f"{entry.path}\0{info.st_ino} {info.st_size} {info.st_mode} "))
                    digest.update(b"%d %d\0" % (info.st_mtime_ns, info.st_ctime_ns))
    if time.time_ns() - newest < _YOUNG_NANOSECONDS:
        raise ValueError(folder)
    return digest.digest()


def remembered(key: str) -> Answer | None:
    """The answer to the same call before; None when it is not known."""
    try:
        with open(os.path.join(folder(), _FOLDER, key), "rb") as file:
            code, _, text = file.read().partition(b"\n")
        return Answer(int(code), text)
    except (OSError, ValueError):
        return None


def say(text: bytes) -> bool:
    """Print an answer; False when that is not possible, which is for somebody with more patience to explain."""
    try:
        sys.stdout.buffer.write(text)
        sys.stdout.flush()
    except OSError:
        return False
    return True


def remember(key: str, code: int, text: bytes) -> None:
    """Keep an answer; the oldest go when there are too many."""
    from pathlib import Path

    from acolytes_cc.lint.atomic_write import replace_content
    from acolytes_cc.lint.cache.store import private

    answers = Path(folder(), _FOLDER)
    try:
        if private(answers.parent) and private(answers):
            replace_content(answers / key, b"%d\n" % code, text)
            kept = sorted(answers.iterdir(), key=lambda path: path.stat().st_mtime)
            for path in kept[: len(kept) - _MOST * 3 // 4] if len(kept) > _MOST else ():
                path.unlink(missing_ok=True)
    except OSError:
        return


def folder() -> str:
    """Where the linter's caches are: ``${XDG_CACHE_HOME:-~/.cache}/acolytes/lint``."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    base = base if os.path.isabs(base) else os.path.join(os.path.expanduser("~"), ".cache")
    return os.path.join(base, "acolytes", "lint")


def program_hash() -> bytes:
    """Changes with whatever decides on an answer: our code, the registry, and the interpreter."""
    package = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    digest = sha256(sys.version.encode())
    schemas = os.path.join(package, "_data", "schemas")
    if not os.path.isdir(schemas):  # as acolytes_cc.resources finds them, which imports too much for here
        schemas = os.path.join(os.path.dirname(os.path.dirname(package)), "schemas")
    for part in ("lint", *(f"lint/{name}" for name in _FOLDERS), "definitions", schemas):
        parent = os.path.join(package, part)
        for name in sorted(os.listdir(parent)):
            if name.endswith((".py", "-registry.json")):
                digest.update(_content(os.path.join(parent, name)))
    return digest.digest()


def _above(path: str, name: str) -> list[str]:
    """Where ``name`` would be in a folder, and in each one above."""
    found = []
    parent = os.path.abspath(path)
    while True:
        found.append(os.path.join(parent, name))
        if parent == os.path.dirname(parent):
            return found
        parent = os.path.dirname(parent)


def _content(path: str) -> bytes:
    with open(path, "rb") as file:
        content = file.read(_LARGEST + 1)
    if len(content) > _LARGEST:
        raise ValueError(path)
    return content
