"""Run the real Claude Code client, offline, in a home of its own."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

OLDEST = (2, 1, 330)
"""The oldest client that our agents and hooks were proved with."""


@dataclass(frozen=True)
class Run:
    """What one run of the client left: its exit code, its answer and its debug file."""

    code: int
    stdout: str
    stderr: str
    debug: str

    @property
    def result(self) -> dict[str, Any]:
        """The object that ``--output-format json`` prints; empty when the client printed none."""
        try:
            parsed = json.loads(self.stdout)
        except ValueError:
            return {}
        return parsed if isinstance(parsed, dict) else {}


def find_client() -> Path | None:
    """The client inside the wheel ``claude-agent-sdk`` when installed, else ``claude`` on PATH, else None."""
    spec = find_spec("claude_agent_sdk")
    for location in (spec.submodule_search_locations or []) if spec else []:
        bundled = Path(location, "_bundled", "claude")
        if bundled.is_file():
            return bundled
    found = shutil.which("claude")
    return Path(found) if found else None


def ask_version(client: Path) -> tuple[int, ...] | None:
    """The version that the client prints, or None."""
    try:
        done = subprocess.run(
            [client, "--version"], capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    match = re.match(r"(\d+)\.(\d+)\.(\d+)", done.stdout.strip())
    return tuple(map(int, match.groups())) if match else None


def environment(home: Path, url: str, base: Mapping[str, str] | None = None) -> dict[str, str]:
    """The client's environment: a home of its own, the loopback model, and nothing of the caller's client.

    Every CLAUDE*, ANTHROPIC* and cloud provider's switch of the caller is dropped: no real model is reachable.
    """
    source = os.environ if base is None else base
    kept = {k: v for k, v in source.items() if k in ("PATH", "LANG", "LC_ALL", "TERM", "TMPDIR", "SSL_CERT_FILE")}
    return {
        **kept,
        "HOME": str(home),
        "ANTHROPIC_BASE_URL": url,
        "ANTHROPIC_API_KEY": "loopback",
        "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
        "DISABLE_AUTOUPDATER": "1",
        "DISABLE_TELEMETRY": "1",
    }


def run_client(
    client: Path, *arguments: str, cwd: Path, env: Mapping[str, str], debug_file: Path, timeout: float = 120
) -> Run:
    """Run the client once with standard input closed; ``debug_file`` takes its debug log."""
    command: Sequence[str] = [str(client), "--debug-file", str(debug_file), *arguments]
    done = subprocess.run(
        command,
        cwd=cwd,
        env=dict(env),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
    debug = debug_file.read_text("utf-8", "replace") if debug_file.is_file() else ""
    return Run(done.returncode, done.stdout, done.stderr, debug)
