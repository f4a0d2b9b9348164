#!/usr/bin/env python3
"""Set everything up from a clone, with nothing but python3 (venv, pip) and git.

    python3 installer/bootstrap.py            install into your ~/.claude (options go to `acolytes install`)
    python3 installer/bootstrap.py test       set up .venv and run all tests (options go to pytest)

The first makes an environment of the application's own in ``${XDG_DATA_HOME:-~/.local/share}/acolytes``; the clone may
be deleted afterwards.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OLDEST = (3, 10)


def main(arguments: list[str]) -> int:
    """Run the wanted part; the exit code is that of its last command."""
    if sys.version_info < OLDEST:
        return _fail(f"Python {OLDEST[0]}.{OLDEST[1]} or later is needed, this is {sys.version.split()[0]}")
    if shutil.which("git") is None:
        return _fail("git is needed and not on PATH")
    if arguments[:1] == ["test"]:
        return _test(arguments[1:])
    return _install(arguments[1:] if arguments[:1] == ["install"] else arguments)


def _install(options: list[str]) -> int:
    base = os.environ.get("XDG_DATA_HOME", "")
    home = (Path(base) if os.path.isabs(base) else Path.home() / ".local" / "share") / "acolytes"
    note_folders(home)
    _say(f"setting up {home / 'venv'} (about a minute)")
    code = _environment(home / "venv", [str(ROOT)])
    if code:
        return code
    python = _python(home / "venv")
    return subprocess.run(
        [python, "-I", "-m", "acolytes_cc", "install", *(options or ["--yes"])], check=False
    ).returncode


def _test(options: list[str]) -> int:
    folder = ROOT / ".venv"
    _say(f"setting up {folder} (a few minutes at first)")
    code = _environment(folder, ["--editable", f"{ROOT}[test]"])
    if code:
        return code
    return subprocess.run([_python(folder), "-m", "pytest", "-n", "auto", *options], cwd=ROOT, check=False).returncode


def _environment(folder: Path, packages: list[str]) -> int:
    """Make the environment, anew where it is broken, and install ``packages`` into it."""
    python = _python(folder)
    if not _works(python):
        try:
            venv.create(folder, clear=True, with_pip=True, symlinks=True)
        except (OSError, subprocess.CalledProcessError) as error:
            return _fail(f"no virtual environment in {folder} ({error}); on Debian: apt install python3-venv")
    # Leave no cache behind where pip has none: what we install can be taken away without a trace.
    cache = [] if (Path.home() / ".cache" / "pip").is_dir() else ["--no-cache-dir"]
    command = [python, "-m", "pip", "install", "--quiet", "--upgrade", "--disable-pip-version-check", *cache, *packages]
    done = subprocess.run(command, check=False)
    return _fail(f"pip failed with exit {done.returncode}; its own message stands above") if done.returncode else 0


def _works(python: str) -> bool:
    with contextlib.suppress(OSError):
        return not subprocess.run([python, "-m", "pip", "--version"], capture_output=True, check=False).returncode
    return False


def note_folders(home: Path) -> None:
    """Make the application's folder, and note there which folders uninstall may take away again.

    ``users.json`` is kept by acolytes_cc/install/application.py from then on.
    """
    made = [str(folder) for folder in reversed([home, *home.parents]) if not folder.exists()]
    home.mkdir(parents=True, exist_ok=True)
    notes = home / "users.json"
    if made and not notes.exists():
        notes.write_text(json.dumps({"targets": [], "folders": made}), encoding="utf-8")
        notes.chmod(0o600)


def _python(folder: Path) -> str:
    return str(folder / "bin" / "python")


def _say(text: str) -> None:
    print(f"bootstrap: {text}", file=sys.stderr, flush=True)


def _fail(text: str) -> int:
    _say(text)
    return 3


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
