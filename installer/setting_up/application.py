"""The application's own environment, in ``${XDG_DATA_HOME:-~/.local/share}/acolytes/venv``.

A new version is set up in a folder beside the old one, which works on meanwhile. The old one stays until `acolytes
install` has succeeded, so an interruption or an error leaves what was there before.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import tempfile
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from setting_up import environment, programs
from setting_up.errors import SetupError
from setting_up.report import report

#: Beside the environment, while a version is replaced; acolytes_cc/install/application/registry.py removes them, too.
NEW, OLD = "venv.new", "venv.old"


def install(source: Sequence[str], options: Sequence[str]) -> int:
    """Set up the application from ``source``, arguments for pip, and run `acolytes install` with ``options``.

    Returns:
        The exit code of `acolytes install`.

    Raises:
        SetupError: The environment could not be made. What was there before is there again.
    """
    home = data_home()
    environment.check(home)
    if "--dry-run" in options:
        with tempfile.TemporaryDirectory(prefix="acolytes-") as scratch:
            return _run(_filled(Path(scratch, "venv"), source), options)
    try:
        record_folders(home)
    except OSError as error:
        raise SetupError(f"cannot make {error.filename or home}: {error.strerror}") from None
    folder, new = home / "venv", home / NEW
    try:
        _restore(folder)
        with environment.remove_if_it_fails(new):
            _filled(new, source, _asked_for(folder))
            _write_shebangs(new, folder)
        with _replaced(folder, new):
            code = _run(folder, options or ["--yes"])
            if code:
                raise _InstallFailedError(code)
    except _InstallFailedError as failed:
        return failed.code
    finally:
        _remove_if_unused(home)
    return 0


def data_home() -> Path:
    """The application's own folder; acolytes_cc/install/disk/places.py finds the same."""
    base = os.environ.get("XDG_DATA_HOME", "")
    return (Path(base) if os.path.isabs(base) else Path.home() / ".local" / "share") / "acolytes"


def record_folders(home: Path) -> None:
    """Make the application's folder, and record in it which folders an uninstall may remove again.

    From then on acolytes_cc/install/application/registry.py keeps the record, ``users.json``.
    """
    made = [str(folder) for folder in reversed([home, *home.parents]) if not folder.exists()]
    home.mkdir(parents=True, exist_ok=True)
    record = home / "users.json"
    if made and not record.exists():
        record.write_text(json.dumps({"targets": [], "folders": made}), encoding="utf-8")
        record.chmod(0o600)


class _InstallFailedError(Exception):
    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def _restore(folder: Path) -> None:
    """Bring back what a run that was killed has moved aside, and refuse an environment of somebody else."""
    old = folder.with_name(OLD)
    if old.exists():
        shutil.rmtree(folder, ignore_errors=True)
        old.rename(folder)
    if folder.exists() and not (folder / environment.MARK).exists():
        raise SetupError(f"{folder} was not made by this script: move it away and run this again")


@contextlib.contextmanager
def _replaced(folder: Path, new: Path) -> Iterator[None]:
    """Put ``new`` in the place of ``folder``; when the body raises, what was there before is there again."""
    old = folder.with_name(OLD)
    if folder.exists():
        folder.rename(old)
    try:
        new.rename(folder)
        yield
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        shutil.rmtree(new, ignore_errors=True)
        if old.exists():
            old.rename(folder)
        raise
    if old.exists():
        old.rename(new)  # a run that is killed from here on leaves nothing for `_restore`
        shutil.rmtree(new, ignore_errors=True)


def _write_shebangs(new: Path, folder: Path) -> None:
    """Make the scripts of an environment name the interpreter where it will be."""
    before, after = (f"#!{environment.python_of(place)}\n".encode() for place in (new, folder))
    for script in (new / "bin").iterdir():
        if script.is_file() and not script.is_symlink() and (content := script.read_bytes()).startswith(before):
            script.write_bytes(after + content[len(before) :])


def _filled(folder: Path, source: Sequence[str], extras: Collection[str] = ()) -> Path:
    environment.make(folder)
    missing = sorted(set(extras) - _asked_for(folder) - {"acolytes_cc"})
    try:
        environment.fill(folder, [*source, *missing])
    except SetupError:
        if not missing:
            raise
        environment.fill(folder, source)
        report(f"the new environment lacks {', '.join(missing)}: add them again with its pip, see docs/install.md")
    return folder


def _asked_for(folder: Path) -> set[str]:
    """The packages that somebody asked pip for in an environment, such as numpy for large result files."""
    marks = folder.glob("lib/python*/site-packages/*.dist-info/REQUESTED")
    return {mark.parent.name.partition("-")[0] for mark in marks}


def _run(folder: Path, options: Sequence[str]) -> int:
    command = [environment.python_of(folder), "-I", "-m", "acolytes_cc", "install", *options]
    return programs.run(command)


def _remove_if_unused(home: Path) -> None:
    """Remove everything again when nothing was installed and nobody else uses it."""
    with contextlib.suppress(OSError, ValueError):
        record = json.loads((home / "users.json").read_text(encoding="utf-8"))
        if not record["targets"]:
            shutil.rmtree(home)
            for folder in reversed(record["folders"][:-1]):
                os.rmdir(folder)
