"""What all who work in a project need to update it: a part of the manifest that is committed with the definitions.

It has no path of a machine. Our own manifest stays out of git: it names folders and settings of one machine. The shared
part travels with the definitions. So where both are there, the shared part is right about them.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from acolytes_cc.errors import Exit, UserError, cannot_read
from acolytes_cc.install.answers.questions import TEMPLATES, Answers
from acolytes_cc.install.disk.files import sha256
from acolytes_cc.install.disk.places import DEFINITIONS, Places

SHARED = "acolytes.lock.json"
"""relative to the target"""
FORMAT = "acolytes.shared/1"
_MOST_REVISIONS = 200


class SharedPart(NamedTuple):
    """The installed version, the answers, and the SHA-256 of each definition as it was rendered."""

    version: str
    answers: Answers
    files: dict[str, str]
    texts: dict[str, bytes]
    """the definitions that somebody edited, as they were rendered: git's history may never have had these texts"""

    def to_json(self, places: Places) -> bytes:
        """The bytes of the file. Templates in the project are named from its root, others by their last name alone."""
        answers = dict(self.answers)
        if TEMPLATES in answers:
            folder, root = Path(answers[TEMPLATES]), places.target.parent
            answers[TEMPLATES] = folder.relative_to(root).as_posix() if folder.is_relative_to(root) else folder.name
        files = {path: self.files[path] for path in sorted(self.files) if path.startswith(DEFINITIONS)}
        row = {"format": FORMAT, "version": self.version, "answers": answers, "files": files}
        if self.texts:
            texts = {path: self.texts[path].decode("utf-8", "surrogateescape") for path in sorted(self.texts)}
            row["texts"] = {path: text.split("\n") for path, text in texts.items()}  # a line each, which git can show
        return json.dumps(row, indent=1).encode() + b"\n"


def read_shared(places: Places) -> SharedPart | None:
    """The shared part in project scope, or None where there is none; UserError for one that cannot be read."""
    path = places.target / SHARED
    if places.scope != "project":
        return None
    try:
        return _checked(json.loads(path.read_bytes()), places)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise cannot_read(path, error) from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        message = f"{path} is damaged, or a newer version of acolytes wrote it: restore it with git, or update acolytes"
        raise UserError(message, Exit.CANNOT) from None


def shared_text(places: Places, path: str, written: str) -> bytes | None:
    """The text of a definition with the SHA-256 ``written``: from the shared part, or from git's history.

    Who did not install a version has no record of it, and a merge needs that text.

    Returns:
        None where it is in neither.
    """
    shared = read_shared(places)
    text = shared.texts.get(path) if shared else None
    return text if text is not None and sha256(text) == written else _from_history(places.target, path, written)


def unshared(places: Places, shared: SharedPart, edited: Iterable[str]) -> list[str]:
    """Those of the ``edited`` definitions whose rendered text nobody could find once they are committed as they are.

    A definition that was committed before the edit, together with the shared part, is in git's history.
    """
    paths = [path for path in edited if path in shared.files and path not in shared.texts]
    committed = _committed(places) if paths else None
    return [path for path in paths if committed is None or committed.files.get(path) != shared.files[path]]


def _committed(places: Places) -> SharedPart | None:
    """The shared part in the last commit; None where there is none, or none that can be read."""
    try:
        git = ["git", "-C", str(places.target), "show", f"HEAD:./{SHARED}"]
        shown = subprocess.run(git, capture_output=True, check=False)
        return _checked(json.loads(shown.stdout), places)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _from_history(target: Path, path: str, written: str) -> bytes | None:
    git = ["git", "-C", str(target)]
    try:
        listed = subprocess.run(
            [*git, "log", f"-{_MOST_REVISIONS}", "--format=%H", "--", path], capture_output=True, text=True, check=False
        )
        for revision in listed.stdout.split():
            shown = subprocess.run([*git, "show", f"{revision}:./{path}"], capture_output=True, check=False)
            if shown.returncode == 0 and sha256(shown.stdout) == written:
                return shown.stdout
    except OSError:
        pass  # without git there is no history
    return None


def _checked(row: dict[str, object], places: Places) -> SharedPart:
    version, answers, files, texts = row["version"], row["answers"], row["files"], row.get("texts", {})
    if row["format"] != FORMAT or not (isinstance(version, str) and isinstance(answers, dict)):
        raise ValueError("not a shared part")
    if not isinstance(files, dict) or not all(isinstance(written, str) for written in files.values()):
        raise ValueError("files are not texts")
    if not isinstance(texts, dict) or texts.keys() - files:
        raise ValueError("texts are not those of files")
    if any(not path.startswith(DEFINITIONS) or ".." in path.split("/") or "\0" in path for path in files):
        raise ValueError("a path leads elsewhere")
    if TEMPLATES in answers:
        answers = answers | {TEMPLATES: str(places.target.parent / str(answers[TEMPLATES]))}
    contents = {path: "\n".join(lines).encode("utf-8", "surrogateescape") for path, lines in texts.items()}
    return SharedPart(version, answers, files, contents)
