"""The application in the environment that bootstrap makes for it: it can take itself away, to the last file."""

from __future__ import annotations

import shutil
import subprocess
import sysconfig
import venv
from pathlib import Path

import pytest

from support import ROOT, read_tree

DATA = ("agent_templates", "hooks", "schemas", "LICENSE")


@pytest.fixture
def python(scratch_home: Path) -> Path:
    """The interpreter of such an environment, with our packages as a wheel brings them; others are looked up here."""
    place = scratch_home / ".local/share/acolytes/venv"
    venv.create(place, with_pip=False, symlinks=True)
    (packages,) = place.glob("lib/python*/site-packages")
    ignored = shutil.ignore_patterns("__pycache__")
    for package in ("installer/acolytes_cc", "scripts/acolytes_quest", "scripts/acolytes_perf"):
        shutil.copytree(ROOT / package, packages / Path(package).name, ignore=ignored)
    for name in DATA:
        data = packages / "acolytes_cc/_data" / name
        data.parent.mkdir(exist_ok=True)
        shutil.copytree(ROOT / name, data, ignore=ignored) if (ROOT / name).is_dir() else shutil.copy(ROOT / name, data)
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return place / "bin/python"


def acolytes(python: Path, home: Path, *arguments: str) -> str:
    """What the installed command prints."""
    done = subprocess.run(
        [python, "-I", "-m", "acolytes_cc", *arguments],
        env={"HOME": str(home), "PATH": "/usr/local/bin:/usr/bin:/bin"},
        cwd=home,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, ""), (done.stdout, done.stderr)
    return done.stdout


@pytest.mark.parametrize("verb", ["uninstall", "rollback"])
def test_nothing_is_left_of_it(verb: str, python: Path, scratch_home: Path) -> None:
    acolytes(python, scratch_home, "install", "--yes")
    launcher = scratch_home / ".local/share/acolytes/bin/acolytes"
    assert subprocess.run([launcher, "status"], capture_output=True, check=False).returncode == 0
    acolytes(python, scratch_home, "lint", ".claude/agents")
    assert (scratch_home / ".cache/acolytes/lint/cache.sqlite").exists()
    plan = acolytes(python, scratch_home, verb, "--dry-run")
    assert "  would remove the application with its environment and cache\n" in plan
    said = acolytes(python, scratch_home, verb, "--yes")
    assert "the application, its environment and its cache are removed too" in said
    assert [path for path in read_tree(scratch_home) if not path.startswith((".local", ".cache"))] == []
    assert list((scratch_home / ".cache").iterdir()) == []
    assert not (scratch_home / ".local/share/acolytes").exists()
