"""Change a set of files as one: all of it or nothing, also when the process is killed in the middle.

1. Everything that is to be replaced is copied into a record, see ``records``.
2. A journal that names every change is synced to disk.
3. The changes are made one by one, each in a single move.
4. The journal is moved into its record. This makes the changes final. From here on, Ctrl-C and SIGTERM wait: what is
   left to do is short, and nothing undoes a half of it.

A journal that is still in its first place belongs to a transaction that was killed: ``recovery.recover`` undoes it. The
last records are kept, so that ``rollback`` can go back.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from acolytes_cc.errors import Exit, UserError, reason
from acolytes_cc.install.disk.files import (
    digest,
    link_target,
    make_folders,
    missing_folders,
    move,
    sha256,
    sync,
    sync_all,
)
from acolytes_cc.install.disk.places import MANIFEST
from acolytes_cc.install.transaction.journal import (
    JOURNAL,
    STATE,
    Journal,
    JournalEntry,
    is_private,
    state_folder,
    write_journal,
)
from acolytes_cc.install.transaction.records import Place, next_place, remove_obsolete
from acolytes_cc.install.transaction.recovery import UserRegistry, recover, remove_folders
from acolytes_cc.signals import signals_held


class FileChange(NamedTuple):
    """One file to write, or to remove where ``content`` is None; ``path`` is relative to the target.

    ``expected`` is the SHA-256 of the file that the plan saw there, None for no file.
    """

    path: str
    content: bytes | None
    expected: str | None
    mode: int = 0o644


@contextlib.contextmanager
def lock_target(target: Path) -> Iterator[None]:
    """Let no other process change ``target`` meanwhile; UserError where one is doing that already."""
    folder = next(parent for parent in [target, *target.parents] if parent.is_dir())
    handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)  # locking the folder itself leaves no lock file
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        message = f"another acolytes is changing {target}: wait until it ends, then run this again"
        raise UserError(message, Exit.CANNOT) from None
    finally:
        os.close(handle)


def commit(
    target: Path,
    changes: list[FileChange],
    registry: UserRegistry,
    *,
    folders_to_remove: list[str] | None = None,
    place: Place | None = None,
    tidy: Callable[[], object] = lambda: None,
) -> None:
    """Make all changes or none, in their order. Folders that are missing are made.

    Args:
        target: The configuration folder; the caller holds ``lock_target``.
        changes: The changes, the manifest's last.
        registry: The application's record of its users.
        folders_to_remove: Folders (relative to the target, parents first) to remove at the end where they are empty.
        place: Where the record goes that undoes the changes; None for a new change.
        tidy: What else is to be done when the changes are final.

    Raises:
        UserError: A file is not as the plan saw it, or cannot be written. Everything is as before.
    """
    place = place or next_place(target)
    journal = Journal(
        snapshot=f"{place.number:04}",
        entries=[],
        created_folders=folders_to_make(target, changes),
        folders_to_remove=folders_to_remove or [],
        application_folders=registry.application_folders(),
        stack=place.stack,
        turn=place.turn,
        is_state=place.is_state,
    )
    with contextlib.ExitStack() as stack:
        try:
            if not target.is_dir():  # the caller holds its parent, and the next process would lock the folder itself
                make_folders(target)
                stack.enter_context(lock_target(target))
            _make_all(target, changes, journal, place.folder(target), registry)
            stack.enter_context(signals_held())
            (state_folder(target) / JOURNAL).rename(place.folder(target) / JOURNAL)
        except OSError as error:
            # filename2 is the place that a move leads to
            said = reason(error, error.filename2 or error.filename or target, "")
            raise _undone(target, said, journal, registry) from None
        except UserError as error:
            raise _undone(target, str(error), journal, registry) from None
        except BaseException:
            _undo(target, journal, registry)
            raise
        remove_obsolete(target)
        tidy()


def folders_to_make(target: Path, changes: list[FileChange]) -> list[str]:
    """The folders that a commit of these changes will make, relative to the target, parents first."""
    written = (os.path.dirname(change.path) for change in changes if change.content is not None)
    parents = [target / folder for folder in dict.fromkeys([STATE, *written])]
    missing = dict.fromkeys(folder for parent in parents for folder in missing_folders(parent))
    return [os.path.relpath(folder, target) for folder in missing]


def _make_all(
    target: Path, changes: list[FileChange], journal: Journal, snapshot: Path, registry: UserRegistry
) -> None:
    state = state_folder(target)
    make_folders(state, 0o700)
    if not is_private(state):
        raise UserError(f"{state} is open to other users: run `chmod 700 {state}`, or remove the folder")
    make_folders(snapshot, 0o700)
    write_journal(state, snapshot, journal)  # with this alone, recover removes what the next lines make
    if any(change.path == MANIFEST and change.content is not None for change in changes):
        registry.add_user(target)
    entries = [_stage(target, snapshot / str(number), change) for number, change in enumerate(changes)]
    sync_all(list(snapshot.iterdir()))
    write_journal(state, snapshot, journal._replace(entries=entries))
    sync(state)
    for number, change in enumerate(changes):
        _make(target, change, snapshot / f"{number}.new")
    remove_folders(target, journal.folders_to_remove)


def _stage(target: Path, saved: Path, change: FileChange) -> JournalEntry:
    """Copy the file that a change replaces to ``saved``, and write the new one beside that copy."""
    path = target / change.path
    _check_unchanged(path, change)
    mode = change.mode & ~_umask()
    if change.expected is not None:
        mode = path.stat().st_mode & 0o777
        _write(saved, path.read_bytes(), mode)
    if change.content is not None:
        _write(saved.with_name(f"{saved.name}.new"), change.content, mode)
    return JournalEntry(change.path, change.expected, None if change.content is None else sha256(change.content))


def _write(path: Path, content: bytes, mode: int) -> None:
    """Write a new file without syncing it: until the journal names the file, nobody reads it."""
    with open(path, "xb") as stream:
        stream.write(content)
        os.fchmod(stream.fileno(), mode)


def _make(target: Path, change: FileChange, staged: Path) -> None:
    path = target / change.path
    _check_unchanged(path, change)
    if change.content is None:
        link_target(path).unlink()
        _remove_bytecode(path)
    else:
        if not path.parent.is_dir():
            make_folders(path.parent)
        move(staged, link_target(path))


def _check_unchanged(path: Path, change: FileChange) -> None:
    if digest(path) != change.expected:
        raise UserError(f"{path} was changed while this ran; run it again", Exit.CANNOT)


def _remove_bytecode(script: Path) -> None:
    """Remove what the interpreter wrote beside a script of ours."""
    cache = script.parent / "__pycache__"
    for compiled in cache.glob(f"{script.stem}.*.pyc"):
        compiled.unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        cache.rmdir()


def _undo(target: Path, journal: Journal, registry: UserRegistry) -> list[str]:
    """Undo what was done so far, as ``recover`` does; the folders go, too, that were made before the journal was."""
    with signals_held():
        not_restored = recover(target, registry)
        remove_folders(target, journal.created_folders)
        return not_restored


def _undone(target: Path, reason: str, journal: Journal, registry: UserRegistry) -> UserError:
    try:
        not_restored = _undo(target, journal, registry)
    except (OSError, UserError) as error:
        message = f"{reason}; undoing the changes failed too ({error}): run any acolytes command to try again"
        return UserError(message, Exit.CANNOT)
    if not_restored:
        paths = ", ".join(not_restored)
        return UserError(f"{reason}; undone, except for files that were changed meanwhile: {paths}", Exit.CANNOT)
    return UserError(f"nothing was changed: {reason}", Exit.CANNOT)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
