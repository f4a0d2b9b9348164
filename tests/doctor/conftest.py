"""A healthy installation in a scratch home, with the real client on PATH."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from acolytes_cc.doctor import settings_files
from acolytes_cc.doctor.client import find_client
from client_user import user_path
from doctor_support import Patient


@pytest.fixture
def patient(
    scratch_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Patient:
    """Healthy, in user scope; the process is in the project's folder."""
    client = find_client()
    assert client, "the real client comes with the wheel claude-agent-sdk: python3 installer/bootstrap.py test"
    programs, project = tmp_path / "bin", tmp_path / "shop"
    programs.mkdir()
    project.mkdir()
    subprocess.run(["git", "init", "-q", str(project)], check=True)
    (programs / "claude").symlink_to(client)
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{user_path()}")
    monkeypatch.chdir(project)
    monkeypatch.setattr(settings_files, "MANAGED_FOLDER", tmp_path / "managed")
    monkeypatch.setattr(settings_files, "MANAGED_PREFERENCES", tmp_path / "preferences")
    patient = Patient(scratch_home, project, programs, monkeypatch, capsys)
    patient.acolytes("install", "--yes")
    return patient
