"""A healthy installation in a scratch home."""

from __future__ import annotations

import os

import pytest

from acolytes_cc.doctor import settings_files
from client_user import pinned_client, user_path
from doctor_support import Patient
from installed_home import InstalledHome

VERSION_ONLY = "#!/bin/sh\necho '2.1.330 (Claude Code)'\n"


@pytest.fixture(scope="session")
def installed_home(tmp_path_factory: pytest.TempPathFactory) -> InstalledHome:
    return InstalledHome.make(tmp_path_factory.mktemp("healthy"))


@pytest.fixture
def patient(
    installed_home: InstalledHome, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Patient:
    """Healthy, in user scope; the process is in the project's folder, and the real client is on PATH."""
    client = pinned_client()
    assert client, "the real client comes with the package claude-agent-sdk: python3 installer/bootstrap.py test"
    place = installed_home
    place.restore()
    (place.programs / "claude").symlink_to(client)
    monkeypatch.setenv("HOME", str(place.home))
    monkeypatch.setenv("PATH", f"{place.programs}{os.pathsep}{user_path()}")
    monkeypatch.chdir(place.project)
    monkeypatch.setattr(settings_files, "MANAGED_FOLDER", place.now / "managed")
    monkeypatch.setattr(settings_files, "MANAGED_PREFERENCES", place.now / "preferences")
    return Patient(place.home, place.project, place.programs, monkeypatch, capsys)


@pytest.fixture
def quick_patient(patient: Patient) -> Patient:
    """The same with a client that only prints its version, which the real one takes half a second for."""
    patient.program("claude", VERSION_ONLY)
    return patient
