"""Runs pip, and says on a terminal what it is doing."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence

from acolytes_cc.progress import Progress, progress
from setting_up.programs import started


def run_pip(command: Sequence[str]) -> int:
    """Run `pip install`, and return its exit code.

    What it says about an error comes on standard error when it has ended: a pip that is interrupted while it starts
    prints a traceback, which nobody should read.
    """
    with tempfile.TemporaryFile() as said:
        with progress("installing packages", command="bootstrap") as line:
            # pip's own bar would need the same line, and its messages must wait until the line is free
            options = ["--progress-bar", "off", "--no-color"] if line.is_shown else ["--quiet"]
            with started([*command, "--no-input", *options], stdout=subprocess.PIPE, stderr=said) as pip:
                _show(pip, line)
        said.seek(0)
        shutil.copyfileobj(said, sys.stderr.buffer)
        sys.stderr.flush()
        return pip.returncode


def _show(pip: subprocess.Popen[bytes], line: Progress) -> None:
    """Show the first words of what pip says, as "Collecting click", and count what it collects."""
    collected = 0
    for said in pip.stdout or ():
        words = said.decode(errors="replace").split()
        if words[:1] == ["Collecting"]:
            collected += 1
            line.does(f"{words[1]}, package {collected}")
        elif words[:2] == ["Installing", "collected"]:
            line.does(f"copying {len(words) - 3} packages")
        elif words[:1] in (["Downloading"], ["Processing"], ["Installing"], ["Building"]):
            line.does(" ".join([words[0].lower(), *words[1:4]]).rstrip(":"))
