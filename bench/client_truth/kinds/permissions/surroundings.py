"""What the calls of the cases need: files, skills, agents and an MCP server."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.client_truth.case import Case

_CELL: dict[str, Any] = {
    "id": "a",
    "cell_type": "code",
    "source": [],
    "metadata": {},
    "outputs": [],
    "execution_count": None,
}
_NOTEBOOK = {"cells": [_CELL], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
SERVER = """
import json, sys
for line in sys.stdin:
    asked = json.loads(line)
    if "id" not in asked:
        continue
    result = {}
    if asked["method"] == "initialize":
        result = {"protocolVersion": asked["params"]["protocolVersion"], "capabilities": {"tools": {}},
                  "serverInfo": {"name": "shop", "version": "1"}}
    elif asked["method"] == "tools/list":
        result = {"tools": [{"name": name, "inputSchema": {"type": "object"}} for name in sys.argv[1:]]}
    elif asked["method"] == "tools/call":
        result = {"content": [{"type": "text", "text": "sold"}]}
    print(json.dumps({"jsonrpc": "2.0", "id": asked["id"], "result": result}), flush=True)
"""


def make_surroundings(cases: Sequence[Case], project: Path) -> None:
    """The files, skills and agents that the calls of the cases need."""
    for case in cases:
        for call in case.intent["calls"]:
            name = _name_of(call, case.intent["name"])
            folder = project / name
            (folder / "deep").mkdir(parents=True, exist_ok=True)
            for file in (folder / "data.txt", folder / "deep" / "data.txt"):
                file.write_text("data\n")
            (folder / "book.ipynb").write_text(json.dumps(_NOTEBOOK))
            if call["tool"] == "Skill":
                skill = project / ".claude" / "skills" / name / "SKILL.md"
                skill.parent.mkdir(parents=True, exist_ok=True)
                skill.write_text(f"---\nname: {name}\ndescription: A probe.\n---\n\nWork.\n")
            if call["tool"] == "Agent":
                agent = project / ".claude" / "agents" / f"{name}.md"
                agent.parent.mkdir(parents=True, exist_ok=True)
                agent.write_text(f"---\nname: {name}\ndescription: A probe.\n---\n\nYou are a probe.\n")


def _name_of(call: dict[str, Any], name: str) -> str:
    """The name in a call that no other case has; several calls of a case number it."""
    found = re.search(rf"{name}\d?", call["tool"] + json.dumps(call["input"]))
    return found[0] if found else name
