"""The published definitions that the benches of the linter copy, and timed runs of a linter."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

PACKAGE = "acolytes==2.1.2"
AGENTS = "acolytes/data/agents/"


class Run(NamedTuple):
    """One run of a program: how long it took, its largest memory in MB, and how many of the files it named."""

    seconds: float
    megabytes: float
    named: int


def download(folder: Path) -> Path:
    """The wheel of the published package."""
    command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", str(folder), PACKAGE]
    subprocess.run(command, check=True)
    return next(folder.glob("*.whl"))


def read_originals(wheel: Path) -> dict[str, bytes]:
    """The definitions in the wheel, by their names."""
    with zipfile.ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if name.startswith(AGENTS) and name.endswith(".md")]
        return {Path(name).stem: archive.read(name) for name in sorted(names)}


def run_program(command: Sequence[str], project: Path, folder: Path, patience: float) -> Run:
    """Run a program in a project; one that takes longer than the patience is ended."""
    environ = {"HOME": str(folder), "XDG_CACHE_HOME": str(folder / "cache"), "PATH": os.environ["PATH"]}
    with open(folder / "output", "w+b") as output:
        start = time.perf_counter()
        process = subprocess.Popen(
            command,
            cwd=project,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
        while True:
            ended, _, usage = os.wait4(process.pid, os.WNOHANG)
            seconds = time.perf_counter() - start
            if ended or seconds > patience:
                break
            time.sleep(0.0005)
        if ended:
            process.returncode = 0  # it was waited for here
        else:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        output.seek(0)
        named = len(set(re.findall(rb"[\w.-]+\.md\b", output.read())))
    return Run(min(seconds, patience), usage.ru_maxrss / 1024, named)
