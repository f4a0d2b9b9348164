"""A virtual environment that is there as a whole or not at all."""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from acolytes_cc.progress import progress
from setting_up.errors import SetupError
from setting_up.pip_progress import run_pip

MARK = "made-by-acolytes"  # a file in each environment that bootstrap made: no other is ever deleted
NEEDED_BYTES = 200 * 1024**2  # an environment of the application takes 90 MB, and pip as much again while it works
_FULL_BYTES = 5 * 1024**2


def check(folder: Path, needed: int = NEEDED_BYTES) -> None:
    """Raise SetupError where no environment can be made: before anything is written."""
    if find_spec("venv") is None or find_spec("ensurepip") is None:
        raise SetupError(f"{sys.executable} has no venv or no pip; on Debian, run: apt install python3-venv")
    free = free_bytes(folder)
    if free < needed:
        raise SetupError(
            f"{folder} needs {needed >> 20} MB, but only {free >> 20} MB are free there: make room, and run this again"
        )


def make(folder: Path) -> None:
    """Make a new environment with pip in ``folder``. What an interruption or an error leaves is removed.

    Raises:
        SetupError: It cannot be made.
    """
    import venv

    said = io.StringIO()
    try:
        with contextlib.redirect_stdout(said), progress("making an environment", command="bootstrap"):
            venv.create(folder, clear=True, with_pip=True, symlinks=True)
            (folder / MARK).touch()
    except BaseException as error:
        is_full = free_bytes(folder) < _FULL_BYTES  # before the folder goes
        shutil.rmtree(folder, ignore_errors=True)
        if isinstance(error, SystemExit):  # Debian's venv says why on standard output, and ends the program
            reason = " ".join(said.getvalue().split())[:300] + "; on Debian, run: apt install python3-venv"
        elif isinstance(error, (OSError, subprocess.CalledProcessError)):
            reason = "the disk is full" if is_full else _reason(folder, error)
        else:
            raise
        raise SetupError(f"cannot make a virtual environment in {folder}: {reason}") from None


def fill(folder: Path, packages: Sequence[str]) -> None:
    """Install ``packages`` into the environment, or their newer versions.

    Raises:
        SetupError: pip failed; its own message is on standard error.
    """
    # Where pip has no cache, make none: an uninstall must be able to remove everything.
    cache = [] if (Path.home() / ".cache" / "pip").is_dir() else ["--no-cache-dir"]
    command = [python_of(folder), "-m", "pip", "install", "--upgrade", "--disable-pip-version-check"]
    code = run_pip([*command, *cache, *packages])
    if code:
        full = f": the disk of {folder} is full" if free_bytes(folder) < _FULL_BYTES else "; its message is above"
        raise SetupError(f"pip failed with exit code {code}{full}")


def works(folder: Path) -> bool:
    """Whether the environment starts and has pip."""
    with contextlib.suppress(OSError):
        command = [python_of(folder), "-m", "pip", "--version"]
        return not subprocess.run(command, capture_output=True, check=False).returncode
    return False


def python_of(folder: Path) -> str:
    """The interpreter of an environment."""
    return str(folder / "bin" / "python")


@contextlib.contextmanager
def remove_if_it_fails(folder: Path):  # type: ignore[no-untyped-def] # the type would need an import of typing
    """Remove ``folder`` when the body raises anything, also KeyboardInterrupt."""
    try:
        yield
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def free_bytes(folder: Path) -> int:
    """The free bytes of the disk on which ``folder`` is, or will be."""
    existing = next(parent for parent in (folder, *folder.parents) if parent.exists())
    return shutil.disk_usage(existing).free


def _reason(folder: Path, error: OSError | subprocess.CalledProcessError) -> str:
    if isinstance(error, OSError):
        return f"{error.filename or folder}: {os.strerror(error.errno or 0)}"
    said = (error.output or b"").decode(errors="replace").strip().splitlines()
    return said[-1] if said else f"{error.cmd[0]} failed with exit code {error.returncode}"
