"""Compares the registry with the real client."""

from __future__ import annotations

import subprocess
import sys

import pytest

from client_user import pinned_client
from support import ROOT


@pytest.mark.client
@pytest.mark.skipif(pinned_client() is None, reason="no client: install the extra `test`")
def test_the_client_treats_each_tool_name_as_the_registry_says() -> None:
    script = ROOT / "bench" / "client_registry.py"
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 differ from the registry" in done.stdout
