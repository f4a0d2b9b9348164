"""An MCP server that the user chose comes with the agent that uses it, and the real client calls its tools."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from acolytes_cc.doctor.loopback import LoopbackModel, Role
from acolytes_cc.doctor.messages import Text, ToolUse
from client_user import User
from support import build_tree

pytestmark = pytest.mark.client


def test_code_index_by_choice(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    server = Path(sys.executable).parent / "code-index-mcp"
    assert server.is_file(), "code-index-mcp comes with the extra `test`"
    build_tree(user.project, {"checkout.py": "def total():\n    return 1\n"})
    # on PATH as a user has it, and alone: our own commands are the product's to bring
    build_tree(user.home, {"bin/.keep": ""})
    (user.home / "bin/code-index-mcp").symlink_to(server)
    monkeypatch.setenv("PATH", f"{os.environ['PATH']}{os.pathsep}{user.home}/bin")
    user.acolytes("install", "--yes", "--data", "mcp_servers=code-index")
    project = {"path": str(user.project)}
    call = {"description": "w", "prompt": "p", "subagent_type": "ops.performance", "run_in_background": False}
    roles = [
        Role(
            "agent",
            user.is_agent("ops.performance"),
            [
                ToolUse("mcp__code-index__set_project_path", project),
                ToolUse("mcp__code-index__find_files", {"pattern": "*.py"}),
                Text("done"),
            ],
        ),
        Role("main", lambda _: True, [ToolUse("Agent", call), Text("main done")]),
    ]
    with LoopbackModel(roles) as model:
        user.ask(model, "go", allowed="Agent mcp__code-index")
    requests = model.of("agent")
    assert [tool for tool in requests[0].tools if tool.startswith("mcp__code-index__")]
    assert "code-index" in requests[0].system
    assert "checkout.py" in requests[2].tool_results[0]
