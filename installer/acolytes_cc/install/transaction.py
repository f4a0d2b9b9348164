"""Change a set of files as one: all of it or nothing, also when the process is killed in the middle.

Everything that a change replaces is copied first, into ``<state>/snapshots/NNNN``; then a journal that names every
change is synced to disk, then the changes are made one by one, each in a single move. Moving the journal into its
snapshot is what makes them final. A journal still in its first place is a change that was cut short: ``recover`` undoes
it. The last snapshots stay, so that ``rollback`` can go back.

The application's own record of who uses it goes with that: a target enters it with the first journal, and leaves it
when an installation was undone or went.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from acolytes_cc.errors import Exit, UserError
from acolytes_cc.install import application
from acolytes_cc.install.files import make_folders, missing_folders, remove_staged, replace
from acolytes_cc.install.places import MANIFEST

STATE = "acolytes"
KEPT_SNAPSHOTS = 5


@dataclass(frozen=True)
class Change:
    """One file to write, or to remove where ``content`` is None; ``path`` is relative to the target.

    ``expected`` is the SHA-256 of what stands there according to the plan, None for nothing.
    """

    path: str
    content: bytes | None
    expected: str | None
    mode: int = 0o644


@contextlib.contextmanager
def locked(target: Path) -> Iterator[None]:
    """Hold the only right to change ``target``; UserError where another process holds it."""
    folder = next(parent for parent in [target, *target.parents] if parent.is_dir())
    handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)  # a folder can be locked, and no file stays behind
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise UserError(f"another acolytes is changing {target}: wait for it, then run again", Exit.CANNOT) from None
    finally:
        os.close(handle)


def commit(target: Path, changes: list[Change], leave: list[str] | None = None) -> None:
    """Make all changes or none, the last one last. Folders that are missing are made.

    ``leave`` names folders (relative to the target) that are removed at the end where they then are empty, last first.
    Raises UserError, with everything put back, when a file is not as the plan saw it or cannot be written.
    """
    record = {
        "made": folders_to_make(target, changes),
        "leave": leave or [],
        "application": application.folders(),
    }
    with contextlib.ExitStack() as stack:
        if not target.is_dir():  # the caller holds its parent, and the next process would ask for the folder itself
            make_folders(target)
            stack.enter_context(locked(target))
        try:
            _make_all(target, changes, record)
        except OSError as error:
            # of a move, the place that it leads to
            raise _undone(target, f"{error.filename2 or error.filename or target}: {error.strerror}") from None
        except UserError as error:
            raise _undone(target, str(error)) from None
        except BaseException:
            recover(target)
            raise
    _forget_oldest(target)


def recover(target: Path) -> list[str]:
    """Undo a change that was cut short, or tidy up after one that was not.

    Returns what was not put back because somebody changed it meanwhile.
    """
    state = target / STATE
    if state.is_symlink():  # a clone may bring one, and what is tidied up could be anybody's
        raise UserError(f"{state} is a link, which ours never is: remove it", Exit.CANNOT)
    left = _undo(target) if (state / "journal.json").is_file() else []
    for snapshot in snapshots(target):
        if not (snapshot / "journal.json").is_file():
            shutil.rmtree(snapshot)
    _forget_oldest(target)
    if not (target / MANIFEST).exists():
        finish(target)
    _remove_folders(target, [STATE, f"{STATE}/snapshots"])
    return left


def finish(target: Path) -> None:
    """After the last file of an installation went: forget its snapshots, and leave the folders that we made."""
    taken = snapshots(target)
    if not taken:
        return
    record = _journal(target, taken[-1] / "journal.json")
    for saved in (path for snapshot in taken for path in snapshot.iterdir()):
        if saved != taken[-1] / "journal.json":  # which goes last: until then all this can be done again
            saved.unlink()
    if not application.is_own_environment():  # that goes last of all, and is found by the application's record
        application.remove_user(target, record["application"], with_environment=False)
    for snapshot in taken:
        shutil.rmtree(snapshot)
    _remove_folders(target, [*record["leave"], f"{STATE}/snapshots"])


def folders_to_make(target: Path, changes: list[Change]) -> list[str]:
    """The folders that a commit of these changes will make, relative to the target, parents first."""
    written = (os.path.dirname(change.path) for change in changes if change.content is not None)
    parents = [target / folder for folder in dict.fromkeys([STATE, *written])]
    made = dict.fromkeys(folder for parent in parents for folder in missing_folders(parent))
    return [os.path.relpath(folder, target) for folder in made]


def snapshots(target: Path) -> list[Path]:
    """The snapshots of past changes, oldest first."""
    folder = target / STATE / "snapshots"
    return sorted(path for path in folder.iterdir() if path.name.isdigit()) if folder.is_dir() else []


def way_back(target: Path, steps: int) -> tuple[list[Change], list[str]]:
    """What leads back over the last ``steps`` changes, and which files somebody changed since, so that they stay.

    Raises UserError where there are not so many.
    """
    taken = snapshots(target)[-steps:]
    if len(taken) < steps:
        raise UserError(f"there are {len(taken)} steps to go back in {target}, not {steps}", Exit.CANNOT)
    wanted: dict[str, tuple[bytes | None, int]] = {}
    newest: dict[str, str | None] = {}
    for snapshot in reversed(taken):
        record = _journal(target, snapshot / "journal.json")
        for number, entry in enumerate(record["changes"]):
            newest.setdefault(entry["path"], entry["after"])
            saved = snapshot / str(number)
            old = saved.read_bytes() if entry["before"] is not None else None
            wanted[entry["path"]] = (old, saved.stat().st_mode & 0o777 if old is not None else 0o644)
    kept = [path for path, after in newest.items() if digest(target / path) != after]
    changes = [
        Change(path, content, newest[path], mode)
        for path, (content, mode) in wanted.items()
        if path not in kept and _sha256(content) != newest[path]
    ]
    return changes, kept


def digest(path: Path) -> str | None:
    """The SHA-256 of the file's bytes, None where there is nothing; UserError for what cannot be read.

    What is no file, or a link that leads nowhere, has the digest "": it is somebody else's.
    """
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except FileNotFoundError:
        return "" if path.is_symlink() else None
    except (IsADirectoryError, NotADirectoryError) as error:
        if isinstance(error, NotADirectoryError):
            raise UserError(f"{path}: a file stands where a folder is needed; move it away", Exit.CANNOT) from None
        return ""
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror}", Exit.CANNOT) from None


def _journal(target: Path, path: Path) -> dict[str, Any]:
    """A journal as a commit wrote it; UserError for any other.

    A clone may bring one, and what it names is written and removed. So it is taken only from a folder that is the
    user's alone, as ours always is and git never makes one, and it can name no file outside the target.
    """
    try:
        record: dict[str, Any] = json.loads(path.read_bytes())
        inside = all(_is_inside(entry["path"]) for entry in record["changes"]) and record["snapshot"].isdigit()
        inside &= all(isinstance(record[folders], list) for folders in ("made", "leave", "application"))
    except (ValueError, KeyError, TypeError, AttributeError):
        inside = False
    if not inside or not _is_private(target / STATE):
        raise UserError(f"{path} was not written by us, or its folder was opened to others: remove it", Exit.CANNOT)
    return record


def _is_private(folder: Path) -> bool:
    return not folder.stat().st_mode & 0o077


def _is_inside(path: str) -> bool:
    return not os.path.isabs(path) and ".." not in path.split("/")


def _make_all(target: Path, changes: list[Change], record: dict[str, Any]) -> None:
    state = target / STATE
    make_folders(state, 0o700)
    if not _is_private(state):
        raise UserError(f"{state} is open to others, who could write to it: chmod 700 it, or remove it")
    snapshot = _next_snapshot(target)
    record |= {"snapshot": snapshot.name, "changes": []}
    _write_journal(state, snapshot, record)  # with this alone, recover takes away what the next lines make
    if any(change.path == MANIFEST and change.content is not None for change in changes):
        application.add_user(target)
    record["changes"] = [_saved(target, snapshot / str(number), change) for number, change in enumerate(changes)]
    for staged in snapshot.iterdir():  # written first and synced then, the files cost the disk one wait, not many
        _sync(staged)
    _write_journal(state, snapshot, record)
    _sync(state)
    for number, change in enumerate(changes):
        _make(target, change, snapshot / f"{number}.new")
    _remove_folders(target, record["leave"])
    (state / "journal.json").rename(snapshot / "journal.json")


def _undo(target: Path) -> list[str]:
    state = target / STATE
    left = []
    record = _journal(target, state / "journal.json")
    snapshot = state / "snapshots" / record["snapshot"]
    for number, entry in reversed(list(enumerate(record["changes"]))):
        path = target / entry["path"]
        remove_staged(_real(path))
        found = digest(path)
        if found == entry["after"] != entry["before"]:
            _put_back(target, entry, snapshot / str(number))
        elif found != entry["before"]:
            left.append(entry["path"])
    if not (target / MANIFEST).is_file():
        application.remove_user(target, record["application"], with_environment=False)
    made: list[str] = record["made"]
    _remove_folders(target, made)
    if snapshot.is_dir():
        shutil.rmtree(snapshot)
    (state / "journal.json").unlink()
    _remove_folders(target, [*made, f"{STATE}/snapshots"])
    return left


def _write_journal(state: Path, snapshot: Path, record: dict[str, Any]) -> None:
    replace(snapshot / "journal.new", json.dumps(record).encode(), 0o600)
    (snapshot / "journal.new").rename(state / "journal.json")


def _forget_oldest(target: Path) -> None:
    for old in snapshots(target)[:-KEPT_SNAPSHOTS]:
        shutil.rmtree(old, ignore_errors=True)


def _next_snapshot(target: Path) -> Path:
    taken = snapshots(target)
    snapshot = target / STATE / "snapshots" / f"{int(taken[-1].name) + 1 if taken else 1:04}"
    make_folders(snapshot, 0o700)
    return snapshot


def _saved(target: Path, saved: Path, change: Change) -> dict[str, Any]:
    """Copy what a change replaces and stage what it writes; returns the change's entry in the journal."""
    path = target / change.path
    if digest(path) != change.expected:
        raise _changed(path)
    mode = change.mode & ~_umask()
    if change.expected is not None:
        mode = path.stat().st_mode & 0o777
        _write(saved, path.read_bytes(), mode)
    if change.content is not None:
        _write(saved.with_name(f"{saved.name}.new"), change.content, mode)
    return {"path": change.path, "before": change.expected, "after": _sha256(change.content)}


def _write(path: Path, content: bytes, mode: int) -> None:
    """Write a new file of a folder that means nothing yet: not synced, and broken off, a part of it."""
    with open(path, "xb") as stream:
        stream.write(content)
        os.fchmod(stream.fileno(), mode)


def _make(target: Path, change: Change, staged: Path) -> None:
    path = target / change.path
    if digest(path) != change.expected:
        raise _changed(path)
    if change.content is None:
        _real(path).unlink()
        _remove_bytecode(path)
    else:
        if not path.parent.is_dir():
            make_folders(path.parent)
        _move(staged, _real(path))


def _put_back(target: Path, entry: dict[str, Any], saved: Path) -> None:
    path = target / entry["path"]
    if entry["before"] is None:
        _real(path).unlink()
    else:
        make_folders(path.parent)
        back = saved.with_name(f"{saved.name}.back")
        replace(back, saved.read_bytes(), saved.stat().st_mode & 0o777)
        _move(back, _real(path))


def _real(path: Path) -> Path:
    """A link stays a link: what it leads to is written, or removed."""
    return path.resolve() if path.is_symlink() else path


def _move(staged: Path, path: Path) -> None:
    try:
        staged.replace(path)
    except OSError as error:
        if error.errno != errno.EXDEV:  # a link may lead to another file system
            raise
        replace(path, staged.read_bytes(), staged.stat().st_mode & 0o777)


def _remove_folders(target: Path, folders: list[str]) -> None:
    """Remove those that are empty, the last first."""
    for folder in reversed(folders):
        with contextlib.suppress(OSError):  # it holds something, or is gone already
            os.rmdir(os.path.normpath(target / folder))


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _remove_bytecode(script: Path) -> None:
    """The interpreter's own by-product beside a script of ours."""
    cache = script.parent / "__pycache__"
    for compiled in cache.glob(f"{script.stem}.*.pyc"):
        compiled.unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        cache.rmdir()


def _sha256(content: bytes | None) -> str | None:
    return None if content is None else hashlib.sha256(content).hexdigest()


def _changed(path: Path) -> UserError:
    return UserError(f"{path} was changed while this ran; run it again", Exit.CANNOT)


def _undone(target: Path, reason: str) -> UserError:
    try:
        left = recover(target)
    except (OSError, UserError) as error:
        return UserError(f"{reason}; putting everything back failed, too ({error}): run any command again", Exit.CANNOT)
    if left:
        return UserError(f"{reason}; put back, but for what was changed meanwhile: {', '.join(left)}", Exit.CANNOT)
    return UserError(f"nothing was changed: {reason}", Exit.CANNOT)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
