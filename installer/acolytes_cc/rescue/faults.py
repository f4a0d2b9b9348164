"""What is wrong where the application does not start: its Python, its package, and the hooks that need them."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any, NamedTuple

from acolytes_cc.rescue.place import Installation, RescueError, recorded_targets


class Fault(NamedTuple):
    """One thing that is wrong, and the command that mends it."""

    check: str
    message: str
    command: str


def find_faults(data_home: Path, facts: dict[str, str]) -> list[Fault]:
    """Return what is wrong with the application and its installations.

    Args:
        data_home: The application's folder.
        facts: What the launchers were written with.
    """
    found = []
    python, base, mend = facts["python"], facts["base"], facts["mend"]
    if not _is_program(python):
        link = _dead_link(Path(python))
        because = f": its link leads to {link}, which is gone" if link else ""
        found.append(Fault("environment", f"the Python of the application, {python}, is gone{because}", mend))
    elif _imports(python):
        found.append(Fault("environment", f"{python} works, but the application is gone from it", mend))
    if not _is_program(base):
        message = f"the Python of the hooks and of acolytes-quest, {base}, is gone: all of them are silent"
        found.append(Fault("interpreter", message, mend))
    for target in recorded_targets(data_home):
        try:
            installation = Installation(target)
        except RescueError as error:
            found.append(Fault("installation", str(error), mend))
            continue
        update = f"acolytes update --yes {installation.options}"
        dead = sorted({word for word in _hook_words(installation) if os.path.isabs(word) and not os.path.exists(word)})
        for word in dead:
            message = f"hooks in {installation.settings_path} are silent, because {word} is gone"
            found.append(Fault("hooks", message, f"{mend}; then {update}"))
    return found


def _is_program(path: str) -> bool:
    return os.path.isfile(path) and os.access(path, os.X_OK)


def _dead_link(path: Path) -> str:
    """Where the chain of links from ``path`` ends, when nothing is there; empty for no such chain."""
    if not path.is_symlink():
        return ""
    for _ in range(20):
        if not path.is_symlink():
            break
        path = path.parent / os.readlink(path)
    return "" if path.exists() else os.path.normpath(path)


def _imports(python: str) -> bool:
    """Whether the application cannot be imported."""
    try:
        done = subprocess.run([python, "-I", "-c", "import acolytes_cc.verbs"], capture_output=True, check=False)
    except OSError:
        return True
    return done.returncode != 0


def _hook_words(installation: Installation) -> list[str]:
    """The words of our hook commands in the settings file, as far as it can be read."""
    record: dict[str, Any] = installation.settings or {}
    try:
        text = installation.settings_path.read_text("utf-8")
        json.loads(text)
    except (OSError, ValueError):
        return []
    words = []
    for _event, entry in record.get("entries", []):
        for hook in entry.get("hooks", []):
            words += [word for word in hook.get("args", []) if json.dumps(word) in text and "\n" not in word]
    return words
