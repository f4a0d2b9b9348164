"""Whether the suite would notice: known faults are planted, one at a time, into a copy of the scripts."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from quest_support import SCRIPTS

DATA = Path(__file__).parent / "data" / "planted-faults.txt"
SUITE = (
    *("commit", "contract", "contract_verbs", "reservations", "patterns", "trees", "news", "reach", "resume", "cli"),
    *("location", "model"),
    *("questions", "leader_mistakes", "listening", "plan", "finding", "json", "backup", "disk"),
)
SERVER = ("stores/postgres", "stores/waiting")  # faults in these files need a server
SERVER_SUITE = (
    "waiting_folder",
    "postgres_damage",
    "postgres_roles",
    "postgres_frozen",
    "postgres_waiters",
    "postgres_trips",
)
USUAL = 3  # how many faults are planted without --full
SECONDS = 1800  # far more than the suite takes, also on a machine with other work, where that can be 400


class Fault:
    """A file of the package, and the text in it that is replaced."""

    def __init__(self, block: str) -> None:
        self.name, self.file, *lines = block.strip().splitlines()
        self.old = "\n".join(line[2:] for line in lines if line.startswith("- "))
        self.new = "\n".join(line[2:] for line in lines if line.startswith("+ "))


FAULTS = [Fault(block) for block in re.split(r"(?m)^== ", DATA.read_text("utf-8"))[1:]]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "fault" in metafunc.fixturenames:
        faults = FAULTS if metafunc.config.getoption("--full") else FAULTS[:USUAL]
        metafunc.parametrize("fault", faults, ids=[fault.name for fault in faults])


def run_suite(scripts: Path, suite: tuple[str, ...]) -> subprocess.CompletedProcess[str]:
    """Run the board's tests, at a small size and on one engine, with the package as it lies in `scripts`."""
    one_engine = ["-k", "not Postgres and not server"] if suite == SUITE else []
    files = [str(Path(__file__).with_name(f"test_quest_{name}.py")) for name in suite]
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *one_engine, *files],
        env={**os.environ, "PYTHONPATH": str(scripts), "QUEST_MODEL_FEW": "40", "PYTHONDONTWRITEBYTECODE": "1"},
        cwd=scripts,
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the package, in a folder of its own."""
    shutil.copytree(SCRIPTS, tmp_path / "acolytes_quest", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def test_every_fault_still_names_what_is_there() -> None:
    stale = [fault.name for fault in FAULTS if (SCRIPTS / fault.file).read_text("utf-8").count(fault.old) != 1]
    assert stale == []
    assert len(FAULTS) >= 20
    assert len({fault.name for fault in FAULTS}) == len(FAULTS)


def test_the_suite_fails_for_a_planted_fault(fault: Fault, copy: Path) -> None:
    file = copy / "acolytes_quest" / fault.file
    file.write_text(file.read_text("utf-8").replace(fault.old, fault.new), "utf-8")
    done = run_suite(copy, SERVER_SUITE if fault.file.startswith(SERVER) else SUITE)
    assert done.returncode == 1, done.stdout[-2000:] + done.stderr[-2000:]


@pytest.mark.parametrize("suite", [SUITE, SERVER_SUITE], ids=["file", "server"])
def test_the_suite_passes_without_one(copy: Path, suite: tuple[str, ...], request: pytest.FixtureRequest) -> None:
    if not request.config.getoption("--full"):
        pytest.skip("the suite itself has just been run")
    done = run_suite(copy, suite)
    assert done.returncode == 0, done.stdout[-2000:]
