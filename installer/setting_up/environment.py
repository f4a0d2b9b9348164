"""A virtual environment that is there as a whole or not at all."""

from __future__ import annotations

import contextlib
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
from setting_up.programs import started

MARK = "made-by-acolytes"  # a file in each environment that bootstrap made: no other is ever deleted
NEEDED_BYTES = 200 * 1024**2  # an environment of the application takes 90 MB, and pip as much again while it works
_FULL_BYTES = 5 * 1024**2


def check(folder: Path, needed: int = NEEDED_BYTES) -> None:
    """Raise SetupError where no environment can be made: before anything is written."""
    if find_spec("venv") is None or find_spec("ensurepip") is None:
        raise SetupError(f"{sys.executable} has no venv or no pip; {_debians_venv()}")
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
    command = [sys.executable, "-m", "venv", "--clear", "--symlinks", str(folder)]
    try:
        with remove_if_it_fails(folder), progress("making an environment", command="bootstrap"):
            with started(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
                said, _ = process.communicate()
            if process.returncode:
                raise SetupError(_why(folder, said.decode(errors="replace")))
            (folder / MARK).touch()
    except OSError as error:
        reason = f"{error.filename or folder}: {os.strerror(error.errno or 0)}"
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


def _why(folder: Path, said: str) -> str:
    """Why there is no environment in ``folder``, after what venv has said."""
    if free_bytes(folder) < _FULL_BYTES:
        reason = "the disk is full"
    elif "ensurepip" in said:  # Debian's venv says so on several lines
        reason = " ".join(said.split())[:300] + f"; {_debians_venv()}"
    else:
        reason = (said.strip().splitlines() or ["venv failed"])[-1].removeprefix("Error: ")
    return f"cannot make a virtual environment in {folder}: {reason}"


def _debians_venv() -> str:
    """The advice for a Python of Debian; python3-venv is only that of the usual Python there."""
    is_usual = os.path.realpath(sys.executable) == os.path.realpath("/usr/bin/python3")
    version = "3" if is_usual else f"{sys.version_info[0]}.{sys.version_info[1]}"
    return f"on Debian, run: apt install python{version}-venv"
