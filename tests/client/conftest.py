"""The real client in a scratch home, with our installation in it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from client_user import User, pinned_client


@pytest.fixture
def user(scratch_home: Path, tmp_path: Path) -> User:
    client = pinned_client()
    assert client, "the real client comes with the wheel claude-agent-sdk: python3 installer/bootstrap.py test"
    project = tmp_path / "shop"
    project.mkdir()
    subprocess.run(["git", "init", "-q", str(project)], check=True)
    return User(scratch_home, project, client)


@pytest.fixture
def installed(user: User) -> User:
    user.acolytes("install", "--yes")
    return user
