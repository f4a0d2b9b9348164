"""A wheelhouse: a folder with the wheels of the application and of all that it needs, to install without an index."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
import sysconfig
import tempfile
from pathlib import Path

from setting_up import environment
from setting_up.errors import SetupError
from setting_up.pip_progress import run_pip
from setting_up.report import report

SUMS = "SHA256SUMS"
MADE_FOR = "made-for.json"


def make(folder: Path, source: str) -> int:
    """Fill ``folder`` with wheels for this Python and this platform; returns how many. An older wheelhouse is replaced.

    Args:
        folder: Where the wheels go: a new or empty folder, or a wheelhouse.
        source: The application, as a requirement for pip.

    Raises:
        SetupError: The folder holds something else, or pip failed.
    """
    folder = folder.absolute()
    if folder.exists() and not (folder.is_dir() and {path.name for path in folder.iterdir()} <= _expected(folder)):
        raise SetupError(f"{folder} is not empty, and holds more than a wheelhouse: name a new folder", 2)
    report(f"collecting the wheels of the application and of what it needs in {folder}")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f"{folder.name}-", dir=folder.parent) as scratch:
            new = Path(scratch, "wheels")
            new.mkdir()
            _fill(Path(scratch, "venv"), new, source)
            new.chmod(0o755)
            shutil.rmtree(folder, ignore_errors=True)
            new.rename(folder)
    except OSError as error:
        raise SetupError(f"cannot write {error.filename or folder}: {error.strerror}") from None
    return len([*folder.glob("*.whl")])


def pip_arguments(folder: Path) -> list[str]:
    """What makes pip install the application from ``folder`` and from nowhere else. Every hash is checked first.

    Raises:
        SetupError: This is no wheelhouse, it was made for another Python or platform, or a file is not what it was.
    """
    folder = folder.absolute()
    try:
        made_for = json.loads((folder / MADE_FOR).read_text("utf-8"))
        sums = _read_sums(folder)
        present = {path.name: _sha256(path) for path in folder.iterdir() if path.name != SUMS}
    except (OSError, ValueError):
        raise SetupError(f"{folder} is not a wheelhouse: make one with `bootstrap.py wheelhouse DIR`", 2) from None
    if made_for != _here():
        made, here = (" on ".join(map(str, row.values())) for row in (made_for, _here()))
        raise SetupError(f"{folder} was made for {made}, but this is {here}: make one on such a machine")
    wrong = sorted(name for name in {*sums, *present} if sums.get(name) != present.get(name))
    if wrong:
        raise SetupError(f"{folder / wrong[0]} is not the file that {SUMS} names: copy or make the wheelhouse again")
    own = [name for name in sums if name.startswith("acolytes_cc-") and name.endswith(".whl")]
    if len(own) != 1:
        raise SetupError(f"{folder} has {len(own)} wheels of acolytes-cc, and 1 is needed: make the wheelhouse again")
    os.environ["PIP_CONFIG_FILE"] = os.devnull  # --isolated leaves the machine's own configuration in force
    return ["--isolated", "--no-index", "--find-links", str(folder), str(folder / own[0])]


def _fill(scratch: Path, new: Path, source: str) -> None:
    environment.check(scratch)
    environment.make(scratch)
    command = [environment.python_of(scratch), "-m", "pip", "wheel", "--disable-pip-version-check", "--no-cache-dir"]
    code = run_pip([*command, "--wheel-dir", str(new), source])
    if code:
        raise SetupError(f"pip failed with exit code {code}; its message is above")
    (new / MADE_FOR).write_text(json.dumps(_here()) + "\n", "utf-8")
    rows = [f"{_sha256(path)}  {path.name}\n" for path in sorted(new.iterdir())]
    (new / SUMS).write_text("".join(rows), "utf-8")


def _here() -> dict[str, str]:
    """What compiled wheels depend on."""
    version = ".".join(map(str, sys.version_info[:2]))
    return {"python": f"{sys.implementation.name} {version}", "platform": sysconfig.get_platform()}


def _expected(folder: Path) -> set[str]:
    """The names of the files of the wheelhouse that was made there before."""
    return {SUMS, *_read_sums(folder)} if (folder / SUMS).is_file() else set()


def _read_sums(folder: Path) -> dict[str, str]:
    rows = (line.split("  ", 1) for line in (folder / SUMS).read_text("utf-8").splitlines())
    return {name: digest for digest, name in rows}


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
