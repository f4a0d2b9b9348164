"""The public collections: which ones, at which commit, and where they are on this machine."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

from acolytes_cc.definitions.registry import registry
from acolytes_cc.lint.engine.file_results import InputFile
from acolytes_cc.lint.engine.run import run
from acolytes_cc.lint.file_selection import select_files
from acolytes_cc.lint.finding import LintReport
from acolytes_cc.lint.settings.policy import Policy

ROOT = Path(__file__).resolve().parents[2]
PINS = ROOT / "tests" / "lint" / "data" / "collections.json"
FOLDER = ROOT / "build" / "collections"


def collections() -> dict[str, Path]:
    """Return the folder of each collection that was fetched, by its name ``owner/name``."""
    folders = {name: FOLDER / name.replace("/", "+") for name in json.loads(PINS.read_text("utf-8"))}
    missing = [name for name, folder in folders.items() if not folder.is_dir()]
    if missing:
        raise SystemExit(f"not there: {', '.join(missing)}; run: python bench/lint_corpus fetch")
    return folders


def fetch(source: str) -> None:
    """Fetch each collection at its commit. ``source`` is an address in which {} stands for ``owner/name``."""
    for name, commit in json.loads(PINS.read_text("utf-8")).items():
        folder = FOLDER / name.replace("/", "+")
        subprocess.run(["git", "init", "--quiet", folder], check=True)
        _git(folder, "fetch", "--quiet", "--depth", "1", source.format(name), commit)
        _git(folder, "checkout", "--quiet", "--force", "--detach", "FETCH_HEAD")
        print(f"{name} {commit}")


def lint(folder: Path) -> LintReport:
    """Return what every rule finds in a folder, seen from this folder, as a user who works there sees it."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        selected = select_files(["."])
        return run([InputFile(path) for path in selected.files], Policy(persona="auditor"), registry())
    finally:
        os.chdir(before)


def _git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", folder, *arguments], check=True)
