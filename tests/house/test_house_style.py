"""The house: style and types, held by the command that runs the tests."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from support import ROOT


def test_no_file_is_over_500_lines() -> None:
    folders = [ROOT / name for name in ("bench", "hooks", "installer", "scripts", "tests")]
    long = {
        str(path): lines
        for folder in folders
        for path in folder.rglob("*.py")
        if (lines := len(path.read_text("utf-8").splitlines())) > 500
    }
    assert long == {}


@pytest.mark.parametrize(
    "command",
    [
        ["ruff", "check", "."],
        ["ruff", "format", "--check", "."],
        ["mypy"],
    ],
    ids=["ruff-check", "ruff-format", "mypy-strict"],
)
def test_style_and_types(command: list[str]) -> None:
    done = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]


def test_nothing_of_a_machine_is_in_tracked_text() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    pattern = re.compile(r"(?:^|[^A-Za-z0-9_.])/(?:root|home/(?!dev\b|you\b|user\b)[a-z]+|work|Users)/[A-Za-z0-9._-]+")
    for name in listed.stdout.split("\0"):
        path = ROOT / name
        if name and path.is_file():
            match = pattern.search(path.read_bytes().decode("utf-8", "replace"))
            assert not match, f"{name}: {match[0] if match else ''}"
