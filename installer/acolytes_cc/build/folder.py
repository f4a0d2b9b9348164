"""Put a built folder in its place: as a whole, and never over a file that no build wrote."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping
from pathlib import Path

from acolytes_cc.errors import Exit, UserError
from acolytes_cc.signals import scratch_folder, signals_held

# The next build reads it to know which files a build wrote and nobody edited. `sha256sum -c` reads it, too.
RECORD = ".claude-plugin/files.sha256"


def place(folder: Path, files: Mapping[str, bytes], is_executable: Callable[[str], bool]) -> bool:
    """Make ``folder`` hold exactly ``files`` and their record; return whether anything changed.

    The new folder is written beside the old one and then moved, so that no reader sees half of it.

    Raises:
        UserError: The folder holds a file that no build wrote or that was edited since, or it cannot be written.
            Nothing was changed.
    """
    folder = Path(os.path.realpath(folder))
    files = {**files, RECORD: _record(files)}
    try:
        present = _present(folder)
        _refuse_foreign(folder, present, files)
        if present == files and all(_has_execute_bit(folder / name) == is_executable(name) for name in files):
            return False
        folder.parent.mkdir(parents=True, exist_ok=True)
        with scratch_folder(f".{folder.name}.", folder.parent) as beside:
            new, old = beside / "new", beside / "old"
            for name, content in files.items():
                path = new / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
                path.chmod(0o755 if is_executable(name) else 0o644)
            with signals_held():
                if folder.exists():
                    os.rename(folder, old)
                try:
                    os.rename(new, folder)
                except OSError:
                    if old.exists():
                        os.rename(old, folder)
                    raise
    except OSError as error:
        raise UserError(f"{error.filename or folder}: {error.strerror}", Exit.CANNOT) from None
    return True


def _has_execute_bit(path: Path) -> bool:
    return bool(path.stat().st_mode & 0o100)


def _record(files: Mapping[str, bytes]) -> bytes:
    return "".join(f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files)).encode()


def _present(folder: Path) -> dict[str, bytes]:
    """Return the files of the folder without Python's bytecode, {path: content}; {} where there is no folder."""
    if folder.exists() and not folder.is_dir():
        raise UserError(f"{folder} is not a folder; name a folder")
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else b""
        for path in sorted(folder.rglob("*"))
        if (path.is_symlink() or not path.is_dir()) and path.suffix != ".pyc"
    }


def _refuse_foreign(folder: Path, present: Mapping[str, bytes], files: Mapping[str, bytes]) -> None:
    recorded = set(present.get(RECORD, b"").decode("utf-8", "replace").splitlines())
    foreign = [
        name
        for name, content in present.items()
        if name != RECORD
        and content != files.get(name)
        and f"{hashlib.sha256(content).hexdigest()}  {name}" not in recorded
    ]
    if foreign:
        shown = ", ".join(foreign[:20]) + (f" and {len(foreign) - 20} more" if len(foreign) > 20 else "")
        raise UserError(f"{folder} holds files that no build wrote: {shown}; name another folder, or move them away")
