"""What the user may not read or change is found, and mended by the commands of the finding. Root may do everything."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from doctor_support import QUEST_CREATE, Patient
from support import build_tree

# root without its capabilities is a user like any other, and the interpreter of the tests can still be reached
_AS_A_USER = ("setpriv", "--bounding-set=-all", "--inh-caps=-all") if os.geteuid() == 0 else ()
CONFIG, DATA = "home/.claude", "home/.local/share/acolytes"
CLOSED_FILES = (
    f"{CONFIG}/settings.json",
    "home/.claude.json",
    f"{CONFIG}/agents/ops.performance.md",
    f"{CONFIG}/agents/mine.md",
    f"{CONFIG}/skills/quest/SKILL.md",
    f"{CONFIG}/scripts/acolytes_quest/cli.py",
    f"{CONFIG}/scripts/acolytes_quest/quest_status.py",
    f"{CONFIG}/acolytes/hooks/post_tool_use.py",
    f"{DATA}/bin/acolytes",
    f"{DATA}/hook",
    f"{DATA}/users.json",
    "shop/.claude/settings.local.json",
    "shop/.claude/acolytes/quests.db",
)
CLOSED_FOLDERS = (f"{CONFIG}/agents", f"{CONFIG}/skills", f"{CONFIG}/acolytes", f"{DATA}/bin", "shop/.claude")
UNCHANGEABLE = (
    CONFIG,
    f"{CONFIG}/skills",
    f"{CONFIG}/acolytes/hooks",
    DATA,
    "shop/.claude/acolytes",
    "shop/.claude/acolytes/quests.db",
)

pytestmark = pytest.mark.skipif(bool(_AS_A_USER) and not shutil.which("setpriv"), reason="root may do everything")


@pytest.fixture
def user(quick_patient: Patient) -> Iterator[Patient]:
    patient = quick_patient
    build_tree(
        patient.project.parent,
        {
            "home/.claude.json": "{}",
            f"{CONFIG}/agents/mine.md": "---\nname: mine\ndescription: Use when I say so\n---\nx\n",
            "shop/.claude/settings.local.json": "{}",
        },
    )
    patient.quest(*QUEST_CREATE)
    yield patient
    subprocess.run(["chmod", "-R", "u+rwX", str(patient.project.parent)], check=True)


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*_AS_A_USER, *command], capture_output=True, text=True, check=False)


def acolytes(*arguments: str) -> subprocess.CompletedProcess[str]:
    return run(sys.executable, "-I", "-m", "acolytes_cc", *arguments)


@pytest.mark.parametrize(
    ("paths", "mode"),
    [(CLOSED_FILES, 0), ((f"{CONFIG}/acolytes/manifest.json",), 0), (CLOSED_FOLDERS, 0), (UNCHANGEABLE, 0o500)],
    ids=["files that cannot be read", "the manifest", "folders that cannot be read", "what cannot be changed"],
)
def test_what_is_closed_is_found_and_opened(paths: tuple[str, ...], mode: int, user: Patient) -> None:
    root = user.project.parent
    closed = {str(root / path) for path in paths}
    for path in sorted(closed, reverse=True):
        Path(path).chmod(mode & (0o777 if Path(path).is_dir() else 0o444))
    findings = json.loads(acolytes("doctor", "--json").stdout)["findings"]
    assert {finding["path"] for finding in findings if finding["check"] == "access"} == closed
    for finding in findings:
        for command in finding["commands"]:
            assert run("sh", "-c", command).returncode == 0, finding
    after = json.loads(acolytes("doctor", "--json").stdout)
    assert (after["findings"], after["healthy"]) == ([], True)


def test_another_command_names_the_folder_to_open(user: Patient) -> None:
    folder = user.config / "agents"
    folder.chmod(0)
    ended = acolytes("update", "--yes")
    assert (ended.returncode, ended.stderr.count("\n")) == (3, 1)
    assert ended.stderr.endswith(f": Permission denied; run `chmod u+rwx {folder}`\n"), ended.stderr
