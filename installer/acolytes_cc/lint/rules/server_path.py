"""The script or program of an MCP server is not where the file says.

## What it does
Looks for the file with which a server starts, in .mcp.json and in a plugin's manifest. That is a `command` with a path,
or the script of `node`, `python` and the like.

## Why
Client 2.1.332 starts a server in the folder of the session. For a server of a plugin, that is the project of the user
and not the plugin. So a path such as `server.js` is looked for in the project. It needs `${CLAUDE_PLUGIN_ROOT}`. If the
file is missing, the server has the status "failed", and its tools are missing. In `claude -p` there is no message.

## Bad
```json
{"mcpServers": {"notes": {"command": "node", "args": ["server.js"]}}}
```

## Good
```json
{"mcpServers": {"notes": {"command": "node", "args": ["${CLAUDE_PLUGIN_ROOT}/server.js"]}}}
```

## How to fix
Correct the path. In a plugin, write `${CLAUDE_PLUGIN_ROOT}/` in front of it.

## Source
Tested with client 2.1.332 in a project and in a plugin.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from acolytes_cc.definitions.registry import Registry
from acolytes_cc.lint.context.project import Project
from acolytes_cc.lint.printable import quoted
from acolytes_cc.lint.rule import Confidence, Kinds, Persona, ProjectProblem, Severity

CODE = "ACO527"
NAME = "server-path"
SEVERITY: Severity = "error"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("project",)

# A build makes these, and nobody commits them
_BUILT = re.compile(r"(?:^|/)(?:dist|build|out|target|bin|lib|node_modules|\.?venv)/")


def check(project: Project, _registry: Registry) -> Iterator[ProjectProblem]:
    for file, one, path in project.references():
        message = None
        if one.use == "bare-server" and project.surroundings.exists(path):
            right = "${CLAUDE_PLUGIN_ROOT}/" + one.path
            message = f"looks for {quoted(one.path)} in the project of the user. Write {quoted(right)}."
        elif one.use == "server" and not _BUILT.search(one.path) and not project.surroundings.exists(path):
            message = f"does not start: {quoted(one.path)} is not there. Correct the path."
        if message:
            yield ProjectProblem(file.path, one.line, one.column, f"The server {quoted(one.key)} {message}")
