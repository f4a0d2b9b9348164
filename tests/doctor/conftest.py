"""A healthy installation in a scratch home."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from acolytes_cc.doctor import settings_files
from client_user import pinned_client, user_path
from doctor_support import Patient

VERSION_ONLY = "#!/bin/sh\necho '2.1.330 (Claude Code)'\n"


@pytest.fixture(scope="session")
def healthy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose ``now`` has a home with our installation, and a project; ``before`` is a copy of it.

    Its definitions name its own path. So each test works in ``now``, which is made anew from ``before``.
    """
    root = tmp_path_factory.mktemp("healthy")
    home, project = root / "now/home", root / "now/shop"
    for folder in (home, project, root / "now/bin"):
        folder.mkdir(parents=True)
    subprocess.run(["git", "init", "-q", str(project)], check=True)
    command = [sys.executable, "-I", "-m", "acolytes_cc", "install", "--yes"]
    environment = {"HOME": str(home), "PATH": user_path()}
    subprocess.run(command, cwd=project, env=environment, check=True, capture_output=True)
    shutil.copytree(root / "now", root / "before", symlinks=True)
    return root


@pytest.fixture
def patient(healthy: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Patient:
    """Healthy, in user scope; the process is in the project's folder, and the real client is on PATH."""
    client = pinned_client()
    assert client, "the real client comes with the package claude-agent-sdk: python3 installer/bootstrap.py test"
    now = healthy / "now"
    shutil.rmtree(now)
    shutil.copytree(healthy / "before", now, symlinks=True)
    (now / "bin/claude").symlink_to(client)
    monkeypatch.setenv("HOME", str(now / "home"))
    monkeypatch.setenv("PATH", f"{now / 'bin'}{os.pathsep}{user_path()}")
    monkeypatch.chdir(now / "shop")
    monkeypatch.setattr(settings_files, "MANAGED_FOLDER", now / "managed")
    monkeypatch.setattr(settings_files, "MANAGED_PREFERENCES", now / "preferences")
    return Patient(now / "home", now / "shop", now / "bin", monkeypatch, capsys)


@pytest.fixture
def quick_patient(patient: Patient) -> Patient:
    """The same with a client that only prints its version, which the real one takes half a second for."""
    patient.program("claude", VERSION_ONLY)
    return patient
