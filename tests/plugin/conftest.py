"""The plugin as a user gets it: from a copy of the repository, installed by the real client."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from client_user import pinned_client
from plugin_user import PluginUser, copy_checkout


@pytest.fixture
def user(scratch_home: Path, tmp_path: Path) -> PluginUser:
    client = pinned_client()
    assert client, "the real client comes with the wheel claude-agent-sdk: python3 installer/bootstrap.py test"
    project = tmp_path / "shop"
    project.mkdir()
    subprocess.run(["git", "init", "-q", str(project)], check=True)
    marketplace = copy_checkout(tmp_path / "repository")
    return PluginUser(scratch_home, project, client, marketplace)


@pytest.fixture
def installed(user: PluginUser) -> PluginUser:
    user.install()
    return user
