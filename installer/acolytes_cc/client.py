"""The one place that finds the Claude Code client on this machine and asks for its version.

``lint`` judges by the version of the client on PATH; ``doctor`` runs the client. The module imports almost nothing when
it is loaded, because a repeated ``acolytes lint`` comes through here before any library is imported.
"""

from __future__ import annotations

import os

_NAME = "claude"


def client_on_path() -> str | None:
    """Return the path of the ``claude`` program on PATH, links not followed; None if there is none."""
    for folder in os.environ.get("PATH", os.defpath).split(os.pathsep):
        program = os.path.join(folder, _NAME)
        if folder and os.path.isfile(program) and os.access(program, os.X_OK):
            return program
    return None


def bundled_client() -> str | None:
    """Return the client inside the installed Python package ``claude-agent-sdk``; None without that package."""
    from importlib.util import find_spec

    spec = find_spec("claude_agent_sdk")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        program = os.path.join(folder, "_bundled", _NAME)
        if os.path.isfile(program):
            return program
    return None


def file_identity(program: str) -> str:
    """Return a text that changes when the program, or what a link leads to, is replaced.

    Raises:
        OSError: The program is not there.
    """
    target = os.path.realpath(program)
    info = os.stat(target)
    return f"{target} {info.st_size} {info.st_mtime_ns}"


def client_version(program: str, timeout: float = 20) -> str | None:
    """Run ``program --version`` and return the version, such as ``2.1.330``; None if it prints none.

    Args:
        program: The path of a client.
        timeout: Seconds to wait. The client takes about half a second.
    """
    import re
    import subprocess

    from acolytes_cc.children import output_of

    try:
        process = output_of([program, "--version"], timeout)
    except (OSError, subprocess.TimeoutExpired):
        return None
    match = re.match(r"\d+\.\d+\.\d+", process.stdout.decode("utf-8", "replace").strip())
    return match[0] if match else None
