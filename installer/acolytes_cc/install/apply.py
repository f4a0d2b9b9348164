"""Carry a plan out, whole or not at all, and take an installation away."""

from __future__ import annotations

import contextlib
import os
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from acolytes_cc import __version__
from acolytes_cc.errors import Exit, UserError
from acolytes_cc.install import settings
from acolytes_cc.install.manifest import Manifest, SettingsLedger, sha256
from acolytes_cc.install.places import Places
from acolytes_cc.install.plan import Plan, SettingsStep


@dataclass
class Undo:
    """What was changed so far, newest last: enough to put it back when a later step fails."""

    folders: list[Path] = field(default_factory=list)
    files: list[tuple[Path, bytes | None, int]] = field(default_factory=list)

    def roll_back(self) -> None:
        for path, content, mode in reversed(self.files):
            with contextlib.suppress(OSError):
                if content is None:
                    path.unlink()
                else:
                    replace(path, content, mode)
        for folder in reversed(self.folders):
            with contextlib.suppress(OSError):
                folder.rmdir()


def apply(plan: Plan, answers: dict[str, object], old: Manifest | None) -> Manifest:
    """Write what the plan says, the manifest last. On any error everything is put back and UserError raised."""
    undo = Undo()
    target = plan.places.target
    try:
        _make_folder(target, undo)
        _make_folder(plan.places.state, undo, 0o700)
        for step in plan.steps:
            path = target / step.path
            if step.action in ("add", "update") and step.file:
                _make_folder(path.parent, undo)
                _write(path, step.file.content, 0o755 if step.file.executable else 0o644, undo)
            elif step.action == "remove":
                undo.files.append((path, path.read_bytes(), path.stat().st_mode & 0o777))
                path.unlink()
        if plan.settings.action != "unchanged":
            _write(plan.settings.path, _bytes(plan.settings.after), 0o600, undo)
        manifest = _manifest(plan, answers, old, undo.folders)
        _write(plan.places.manifest, manifest.model_dump_json(indent=1).encode() + b"\n", 0o600, undo)
    except OSError as error:
        undo.roll_back()
        raise UserError(f"nothing was changed: {error.filename or target}: {error.strerror}", Exit.CANNOT) from None
    except BaseException:
        undo.roll_back()
        raise
    return manifest


def remove(places: Places, manifest: Manifest) -> list[str]:
    """Take away what the manifest names. Returns what stays because the user changed it, relative to the target."""
    kept = []
    try:
        if manifest.settings:
            _take_out_entries(places.settings, manifest.settings)
        for path in manifest.files:
            file = places.target / path
            if _is_ours(file, manifest.files[path]):
                file.unlink()
                _remove_bytecode(file)
            elif file.exists():
                kept.append(path)
        # What only we ever write here. Boards and whatever else lies beside them stay.
        places.manifest.unlink()
        for folder in reversed(manifest.folders):
            with contextlib.suppress(OSError):  # not empty: it holds something of the user's
                (places.target / folder).rmdir()
    except OSError as error:
        raise UserError(f"stopped at {error.filename}: {error.strerror}; run it again", Exit.CANNOT) from None
    return kept


def replace(path: Path, content: bytes, mode: int) -> None:
    """Write ``content`` beside ``path`` and put it in its place in one move: a reader sees the old file or the new."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with open(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(name, mode)
        os.replace(name, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise


def make_folders(folder: Path, mode: int = 0o777) -> list[Path]:
    """Make ``folder`` (with ``mode``) and its parents; returns the ones that were missing, parents first."""
    made: list[Path] = []
    missing = [parent for parent in [folder, *folder.parents] if not parent.exists()]
    for parent in reversed(missing):
        parent.mkdir(mode=mode if parent == folder else 0o777)
        made.append(parent)
    return made


def _make_folder(folder: Path, undo: Undo, mode: int = 0o777) -> None:
    undo.folders += make_folders(folder, mode)


def _write(path: Path, content: bytes, mode: int, undo: Undo) -> None:
    try:
        before: bytes | None = path.read_bytes()
        mode = path.stat().st_mode & 0o777
    except FileNotFoundError:
        before = None
    # a link stays a link: what it leads to is written
    path = path.resolve() if path.is_symlink() else path
    undo.files.append((path, before, mode))
    replace(path, content, mode)


def _manifest(plan: Plan, answers: dict[str, object], old: Manifest | None, made: list[Path]) -> Manifest:
    target = plan.places.target
    kept = old.files if old else {}
    files = {
        step.path: sha256(step.file.content) if step.action in ("add", "update", "unchanged") else kept[step.path]
        for step in plan.steps
        if step.file
    }
    # parents of the target are named by a path that leads upward
    folders = [os.path.relpath(folder, target) for folder in made]
    return Manifest(
        version=__version__,
        scope=plan.places.scope,
        answers=dict(answers),
        files=files,
        folders=[*(old.folders if old else []), *folders],
        settings=_ledger(plan.settings, old.settings if old else None),
    )


def _ledger(step: SettingsStep, old: SettingsLedger | None) -> SettingsLedger:
    after = sha256(_bytes(step.after))
    if old is None:
        return SettingsLedger(entries=step.entries, after=after, before=step.before)
    untouched = step.before is not None and sha256(_bytes(step.before)) == old.after
    # Edited by somebody else since: the original bytes are history, and from now on what is there is the original.
    original = old.before if untouched else settings.without_entries(step.path, step.after, step.entries, old.before)
    return SettingsLedger(entries=step.entries, after=after, before=original)


def _take_out_entries(path: Path, ledger: SettingsLedger) -> None:
    text = settings.read_text(path)
    if text is None:
        return
    if sha256(_bytes(text)) == ledger.after:
        text = ledger.before
    else:
        text = settings.without_entries(path, text, ledger.entries, ledger.before)
        if ledger.before is None and text.strip() == "{}":
            text = None
    if text is None:
        path.unlink()
    else:
        replace(path.resolve(), _bytes(text), path.stat().st_mode & 0o777)


def _is_ours(file: Path, digest: str) -> bool:
    try:
        return sha256(file.read_bytes()) == digest
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return False


def _remove_bytecode(script: Path) -> None:
    """The interpreter's own by-product beside a script of ours."""
    cache = script.parent / "__pycache__"
    for compiled in cache.glob(f"{script.stem}.*.pyc"):
        compiled.unlink()
    with contextlib.suppress(OSError):
        cache.rmdir()


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
