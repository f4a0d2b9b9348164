"""The real client in a scratch home, with our installation in it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from client_user import User, pinned_client
from installed_home import InstalledHome


@pytest.fixture(scope="session")
def client() -> Path:
    client = pinned_client()
    assert client, "the real client comes with the package claude-agent-sdk: python3 installer/bootstrap.py test"
    return client


@pytest.fixture
def user(scratch_home: Path, tmp_path: Path, client: Path) -> User:
    """A user without anything of ours."""
    project = tmp_path / "shop"
    project.mkdir()
    subprocess.run(["git", "init", "-q", str(project)], check=True)
    return User(scratch_home, project, client)


@pytest.fixture(scope="session")
def installed_home(tmp_path_factory: pytest.TempPathFactory) -> InstalledHome:
    return InstalledHome.make(tmp_path_factory.mktemp("installed"))


@pytest.fixture
def installed(installed_home: InstalledHome, monkeypatch: pytest.MonkeyPatch, client: Path) -> User:
    """A user with our installation, as it is after the install."""
    installed_home.restore()
    monkeypatch.setenv("HOME", str(installed_home.home))
    return User(installed_home.home, installed_home.project, client)
