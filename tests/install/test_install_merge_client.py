"""What the merge makes, the real client loads: our change and the user's, in a file that is still the user's."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from acolytes_cc.doctor.loopback import LoopbackModel, Role
from acolytes_cc.doctor.messages import Text
from acolytes_cc.install.merging.file import Merged, merge
from client_user import User, pinned_client
from support import build_tree

pytestmark = pytest.mark.client

BASE = """\
---
name: probe.merge
description: Finds out. Use when asked
tools: Read, Write
---

First line.
Second line.
Third line.
"""


def test_the_client_loads_a_merged_file(scratch_home: Path, tmp_path: Path) -> None:
    users = BASE.replace("tools: Read, Write\n", "# mine\ntools: Read, Write # few\ncolor: 'red'\n")
    users = users.replace("Third", "My third").replace("\n", "\r\n")
    ours = BASE.replace("Finds out.", "Finds out more.").replace("Write", "Bash").replace("First", "Our first")
    outcome = merge(BASE.encode(), users.encode(), ours.encode())
    assert isinstance(outcome, Merged)
    project = build_tree(tmp_path / "shop", {"README.md": "shop"})
    subprocess.run(["git", "init", "-q", str(project)], check=True)
    build_tree(scratch_home / ".claude/agents", {"probe.merge.md": outcome.content})
    client = pinned_client()
    assert client, "the real client comes with the wheel claude-agent-sdk"
    user = User(scratch_home, project, client)
    with LoopbackModel([Role("main", lambda _: True, [Text("done")])]) as model:
        user.ask(model, "go", "--agent", "probe.merge")
    request = model.requests[0]
    assert "Our first line." in request.system
    assert "My third line." in request.system
    assert {"Read", "Bash"} <= set(request.tools)
    assert "Write" not in request.tools
    with LoopbackModel([Role("main", lambda _: True, [Text("done")])]) as model:
        user.ask(model, "go")
    assert "- probe.merge: Finds out more. Use when asked" in model.requests[0].everything
